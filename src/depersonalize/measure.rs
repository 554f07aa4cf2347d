use std::time::Duration;
#[cfg(not(unix))]
use std::time::Instant;

use super::fit::{self, Room};
use super::token::{ScopeId, TokenFunction, Tokens};
use super::{Key, KeyOrigin};
use crate::detect::{Canonical, canonical_bytes};
use crate::model::Category;

/// IINs with a valid check digit for every calendar day of 1926-2026 and both sexes, counted exactly.
pub const IIN_SPACE: u64 = 731_702_499;

/// Tokens of twelve-digit numbers that one core of this machine makes in a second, measured for about `time`:
/// the speed at which whoever had the key could try out numbers.
pub fn tokens_per_second(function: TokenFunction, time: Duration) -> f64 {
    let tokens = Tokens::new(Key::from_bytes(&mut [1; 32], KeyOrigin::Ephemeral), function);
    let scope = ScopeId::default();
    let (mut first, mut made) = (850_101_000_000u64, 0u64);
    let start = Clock::start();
    loop {
        let values: Vec<String> = (first..first + 4096).map(|n| n.to_string()).collect();
        first += 4096;
        together(&tokens, scope, values.iter().map(String::as_bytes));
        made += 4096;
        let spent = start.elapsed();
        if spent >= time {
            return made as f64 / spent.as_secs_f64();
        }
    }
}

/// Whole replacements of different IINs that one core makes in a second, from the written value to the text that stands
/// in the copy: as `IIN_…` and as twelve digits. For benchmarks.
pub fn replacements_per_second(function: TokenFunction, time: Duration) -> (f64, f64) {
    let tokens = Tokens::new(Key::from_bytes(&mut [1; 32], KeyOrigin::Ephemeral), function);
    // more values than the caches hold near: every one is another, and nothing is left from the one before
    let values: Vec<[u8; 12]> = (0..1 << 18).map(valid_iin).collect();
    let rate = |digits: bool| {
        let room = Room { number: digits, ..Room::default() };
        let (mut made, start) = (0u64, Clock::start());
        loop {
            let some = values.iter().cycle().skip(made as usize % values.len()).take(4096);
            let written = |value: &[u8; 12]| {
                canonical_bytes(Category::IIN, std::str::from_utf8(value).unwrap_or_default())
            };
            if digits {
                for value in some {
                    let (text, whole) = (std::str::from_utf8(value).unwrap_or_default(), written(value));
                    let made = fit::token(&tokens, Category::IIN, ScopeId::default(), &whole, text, room);
                    std::hint::black_box(made);
                }
            } else {
                // as blocks of a file are worked on: together
                let whole: Vec<Canonical> = some.map(written).collect();
                together(&tokens, ScopeId::default(), whole.iter().map(|v| &v[..]));
            }
            made += 4096;
            let spent = start.elapsed();
            if spent >= time {
                return made as f64 / spent.as_secs_f64();
            }
        }
    };
    (rate(false), rate(true))
}

/// Makes the tokens of IINs as those of a block are made.
fn together<'v>(tokens: &Tokens, scope: ScopeId, values: impl Iterator<Item = &'v [u8]>) {
    let mut messages = Vec::with_capacity(4096);
    for value in values {
        match tokens.message(Category::IIN, scope, value) {
            Some(message) => messages.push(message),
            None => drop(std::hint::black_box(tokens.token(Category::IIN, scope, value))),
        }
    }
    tokens.many(Category::IIN, &messages, |token| drop(std::hint::black_box(token)));
}

/// Time of the processor for this thread: other programs on the machine do not slow it.
struct Clock {
    #[cfg(unix)]
    start: Duration,
    #[cfg(not(unix))]
    start: Instant,
}

impl Clock {
    #[cfg(unix)]
    fn now() -> Duration {
        let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the structure is valid for writing.
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut t) };
        Duration::new(t.tv_sec.unsigned_abs(), t.tv_nsec.unsigned_abs() as u32)
    }

    fn start() -> Clock {
        Clock {
            #[cfg(unix)]
            start: Clock::now(),
            #[cfg(not(unix))]
            start: Instant::now(),
        }
    }

    fn elapsed(&self) -> Duration {
        #[cfg(unix)]
        return Clock::now().saturating_sub(self.start);
        #[cfg(not(unix))]
        return self.start.elapsed();
    }
}

/// A number of the right look with its check digit.
fn valid_iin(n: u64) -> [u8; 12] {
    let mut value = *b"850101300000";
    let mut rest = n;
    for at in [10, 9, 8, 7, 1, 0] {
        value[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    // not every number is given out; those that are not keep their last digit
    let d = value.map(|b| u64::from(b - b'0'));
    value[11] = b'0' + fit::id_check(&d).unwrap_or(0) as u8;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The attack that a public salt allows, over a slice of the space; and the same attack without the key.
    #[test]
    fn a_public_salt_gives_all_numbers_away_and_an_unknown_key_none() {
        let space: Vec<String> = (0..40_000u32).map(|n| format!("8501013{n:05}")).collect();
        let people: Vec<&String> = space.iter().step_by(40).take(1000).collect();
        let salted = |value: &str| *blake3::hash(format!("public salt{value}").as_bytes()).as_bytes();
        let leaked: std::collections::HashSet<[u8; 32]> = people.iter().map(|p| salted(p)).collect();
        let recovered = space.iter().filter(|guess| leaked.contains(&salted(guess))).count();
        assert_eq!(recovered, 1000);

        let token =
            |t: &Tokens, v: &str| String::from(t.token(Category::IIN, ScopeId::default(), v.as_bytes()));
        let tokens = Tokens::new(Key::random().unwrap(), TokenFunction::Blake3);
        let ours: std::collections::HashSet<String> = people.iter().map(|p| token(&tokens, p)).collect();
        // the attacker has the program and the policy, and guesses a key
        let guessed = Tokens::new(Key::random().unwrap(), TokenFunction::Blake3);
        let recovered = space.iter().filter(|guess| ours.contains(&token(&guessed, guess))).count();
        assert_eq!(recovered, 0);
        // with the key the attack works, which is why it is destroyed
        assert_eq!(space.iter().filter(|guess| ours.contains(&token(&tokens, guess))).count(), 1000);
    }

    #[test]
    fn the_rate_is_measured() {
        let rate = tokens_per_second(TokenFunction::Blake3, Duration::from_millis(20));
        assert!(rate > 1000.0, "{rate}");
    }
}
