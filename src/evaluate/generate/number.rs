//! Invented numbers of every kind, with right check digits, in the ways people write them.

use super::rng::Rng;

/// Weights of the Kazakh tax numbers, first and second pass.
fn kz_check(digits: &str) -> Option<u32> {
    let d: Vec<u32> = digits.bytes().map(|b| u32::from(b - b'0')).collect();
    let first: u32 = d.iter().zip(1..).map(|(a, w)| a * w).sum::<u32>() % 11;
    if first < 10 {
        return Some(first);
    }
    let second: u32 = d.iter().enumerate().map(|(i, a)| a * ((i as u32 + 2) % 11 + 1)).sum::<u32>() % 11;
    (second < 10).then_some(second)
}

fn with_check(rng: &mut Rng, head: &str, free: usize) -> String {
    loop {
        let body = format!("{head}{}", rng.digits(free));
        if let Some(c) = kz_check(&body) {
            return format!("{body}{c}");
        }
    }
}

pub(super) fn iin(rng: &mut Rng, (y, m, d): (u64, u64, u64), male: bool) -> String {
    let century = if y < 2000 { 3 } else { 5 } + u64::from(!male);
    with_check(rng, &format!("{:02}{m:02}{d:02}{century}", y % 100), 4)
}

pub(super) fn bin(rng: &mut Rng) -> String {
    let head = format!(
        "{:02}{:02}{}{}",
        rng.range(0, 24),
        rng.range(1, 12),
        rng.pick(&["4", "4", "4", "5", "6"]),
        rng.pick(&["0", "0", "1", "2", "3"])
    );
    with_check(rng, &head, 5)
}

pub(super) fn rnn(rng: &mut Rng) -> String {
    loop {
        let body = format!("{}{}", rng.pick(&["6004", "0904", "3005", "6205"]), rng.digits(7));
        let sum: u32 = body.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * (i as u32 % 10 + 1)).sum();
        if sum % 11 < 10 {
            return format!("{body}{}", sum % 11);
        }
    }
}

pub(super) fn luhn(rng: &mut Rng, head: &str, len: usize) -> String {
    let body = format!("{head}{}", rng.digits(len - 1 - head.len()));
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0') * if i % 2 == 0 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A card number in one of the habits.
pub(super) fn card(rng: &mut Rng) -> String {
    let head = rng.pick(&["4400", "4003", "5169", "5453", "2200", "5578", "6223"]);
    let n = luhn(rng, head, 16);
    let fours: Vec<&str> = (0..4).map(|k| &n[k * 4..k * 4 + 4]).collect();
    match rng.range(0, 5) {
        0 | 1 => n,
        2 => fours.join("-"),
        3 => fours.join("\u{a0}"),
        _ => fours.join(" "),
    }
}

/// A Kazakh account number (IBAN) in one of the habits.
pub(super) fn iban(rng: &mut Rng) -> String {
    let bank = rng.pick(&["722", "821", "914", "601", "125", "948", "856", "998", "319", "777"]);
    let middle = rng.pick(&["S", "C", "0", "1", "K", "A", "T", "Z"]);
    let bban = format!("{bank}{middle}{}", rng.digits(12));
    let number = |s: &str| {
        s.chars().fold(0u64, |acc, c| {
            let v = u64::from(c.to_digit(36).unwrap_or(0));
            (if v > 9 { acc * 100 + v } else { acc * 10 + v }) % 97
        })
    };
    let n = format!("KZ{:02}{bban}", 98 - number(&format!("{bban}KZ00")));
    let fours =
        || n.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>();
    match rng.range(0, 9) {
        0 | 1 => fours().join(" "),
        2 => fours().join("\u{a0}"),
        3 => n.to_lowercase(),
        4 => format!("К{}", &n[1..]),
        _ => n,
    }
}

/// A phone with its country or trunk prefix.
pub(super) fn phone(rng: &mut Rng) -> String {
    let code = rng.pick(&[
        "700", "701", "702", "705", "706", "707", "708", "747", "771", "775", "776", "777", "778", "703",
    ]);
    let (a, b, c) = (rng.digits(3), rng.digits(2), rng.digits(2));
    match rng.range(0, 17) {
        0 => format!("+7 {code} {a} {b} {c}"),
        1 => format!("+7({code}){a}{b}{c}"),
        2 => format!("8 {code} {a}-{b}-{c}"),
        3 => format!("8-{code}-{a}-{b}-{c}"),
        4 => format!("8{code}{a}{b}{c}"),
        5 => format!("+7{code}{a}{b}{c}"),
        6 => format!("+7 ({code}) {a}-{b}-{c}"),
        7 => format!("+7.{code}.{a}.{b}.{c}"),
        8 => format!("8 (7172) {}-{b}-{c}", rng.range(10, 99)),
        9 => format!("+7 (727) {a}-{b}-{c}"),
        10 => format!("8({code}) {a} {b} {c}"),
        11 => format!("+7\u{a0}{code}\u{a0}{a}\u{a0}{b}\u{a0}{c}"),
        12 => format!("+7-{code}-{a}-{b}{c}"),
        13 => format!("8 {code} {a}{b}{c}"),
        14 => format!("+7 7212 {} {b} {c}", rng.range(10, 99)),
        15 => format!("8(727){a}{b}{c}"),
        16 => format!("+7 {code} {a}{b}{c}"),
        _ => format!("+7 {code}-{a}-{b}-{c}"),
    }
}

/// A phone without prefix, as it stands behind a word such as "тел."
pub(super) fn phone_local(rng: &mut Rng) -> String {
    let (a, b, c) = (rng.range(200, 999), rng.digits(2), rng.digits(2));
    match rng.range(0, 5) {
        0 => format!("{}-{b}-{c}", rng.range(20, 99)),
        1 => format!("(7212) {}-{b}-{c}", rng.range(20, 99)),
        2 => format!("{a}-{b}-{c}"),
        3 => format!("701 {a} {b} {c}"),
        4 => format!("707{a}{b}{c}"),
        _ => format!("(727) {a}-{b}-{c}"),
    }
}

pub(super) fn email(rng: &mut Rng, mailbox: &str) -> String {
    let zone = rng.pick(&[
        "mail.ru",
        "gmail.com",
        "inbox.kz",
        "example.kz",
        "bk.ru",
        "yandex.kz",
        "company.example.org",
        "corp.example.kz",
    ]);
    format!("{mailbox}@{zone}")
}

pub(super) fn plate(rng: &mut Rng) -> String {
    let region = rng.range(1, 20);
    let letters = rng.letters(3, "ABCDEFHKLMNOPRSTUVWXYZ");
    match rng.range(0, 6) {
        0 => format!("{} {letters} {region:02}", rng.digits(3)),
        1 => format!("{}{}{region:02}", rng.digits(3), &letters[..2]),
        2 => format!("{}{}{region:02}", rng.digits(3), rng.letters(3, "АВСЕНКМОРТХ")),
        3 => format!("{}{}{}", rng.pick(&["A", "Z", "B", "M", "F"]), rng.digits(3), &letters[..2]),
        _ => format!("{}{letters}{region:02}", rng.digits(3)),
    }
}

pub(super) fn vin(rng: &mut Rng) -> String {
    format!(
        "{}{}{}",
        rng.pick(&["XTA", "JTD", "WBA", "KMH", "X9F"]),
        rng.letters(8, "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"),
        rng.digits(6)
    )
}

pub(super) fn snils(rng: &mut Rng) -> String {
    let n = format!("1{}", rng.digits(8));
    let sum: u32 =
        n.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * (9 - i as u32)).sum::<u32>() % 101 % 100;
    format!("{}-{}-{} {sum:02}", &n[..3], &n[3..6], &n[6..])
}

pub(super) fn ru_inn(rng: &mut Rng) -> String {
    let mut n = format!("77{}", rng.digits(8));
    for weights in [&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8][..], &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8][..]] {
        let sum: u32 = n.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
        n.push_str(&(sum % 11 % 10).to_string());
    }
    n
}

fn mrz_check(s: &str) -> u32 {
    s.bytes()
        .zip([7u32, 3, 1].into_iter().cycle())
        .map(|(b, w)| {
            w * match b {
                b'0'..=b'9' => u32::from(b - b'0'),
                b'A'..=b'Z' => u32::from(b - b'A') + 10,
                _ => 0,
            }
        })
        .sum::<u32>()
        % 10
}

/// The machine-readable zone of an identity card (ICAO 9303 part 5, TD1).
pub(super) fn mrz(rng: &mut Rng, iin: &str, male: bool, latin: &str) -> String {
    let number = format!("0{}", rng.digits(8));
    let n = format!("{number}{}", mrz_check(&number));
    let one = format!("IDKAZ{n}{iin}<<<");
    let birth = &iin[..6];
    let expiry = format!("3{}{:02}{:02}", rng.digits(1), rng.range(1, 12), rng.range(1, 28));
    let sex = if male { 'M' } else { 'F' };
    let (b, e) = (format!("{birth}{}", mrz_check(birth)), format!("{expiry}{}", mrz_check(&expiry)));
    let total = mrz_check(&format!("{}{b}{e}{}", &one[5..], "<<<<<<<<<<<"));
    let two = format!("{b}{sex}{e}KAZ<<<<<<<<<<<{total}");
    let mut words = latin.split(' ');
    let (given, surname) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let three = format!("{:<<30}", format!("{}<<{}", surname.to_uppercase(), given.to_uppercase()));
    format!("{one}\n{two}\n{three}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_examples() {
        assert_eq!(kz_check("99123150001"), Some(6));
        assert_eq!(kz_check("99123150070"), Some(7));
        assert_eq!(kz_check("99123150077"), None);
        let mut rng = Rng::new(1);
        for _ in 0..50 {
            let m = mrz(&mut rng, "991231500016", true, "Serik Akhmetov");
            assert!(m.lines().all(|l| l.len() == 30), "{m}");
            assert_eq!(iban(&mut rng).replace([' ', '\u{a0}'], "").chars().count(), 20);
        }
    }
}
