use hmac::{Hmac, KeyInit, Mac};
use rustc_hash::FxHashMap;
use sha2::Sha256;
use zeroize::Zeroize;

use super::Key;
use super::many;
use super::permute::Permutation;
use crate::detect::SHORT;
use crate::model::replacement::{ALPHABET, BODY, check};
use crate::model::{Category, Text};

/// The keyed function that makes tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TokenFunction {
    /// BLAKE3 in keyed mode.
    #[default]
    #[serde(rename = "blake3")]
    Blake3,
    /// HMAC-SHA256 (RFC 2104, FIPS 198-1), where a standard is asked for.
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
}

impl TokenFunction {
    /// As it stands in policies and reports.
    pub fn name(self) -> &'static str {
        match self {
            TokenFunction::Blake3 => "blake3",
            TokenFunction::HmacSha256 => "hmac-sha256",
        }
    }
}

/// Bits of a token that come from the key (18 characters of 5 bits; two more characters are a check).
pub const TOKEN_BITS: u32 = 5 * (BODY as u32 - 2);

/// All keyed functions of one run. One key per category is derived from the run's key, so that a
/// telephone number cannot be matched with an account number of the same digits.
pub(super) struct Tokens {
    key: Key,
    slots: FxHashMap<Category, usize>,

    function: TokenFunction,
    numbers: Permutation,
    phones: Permutation,
    ids: Permutation,
}

/// So many tokens are best made at once.
pub(super) const TOGETHER: usize = many::SIZE;

/// What a token depends on besides the value: nothing, the file, the document or the cell.
#[derive(Clone, Copy, Default)]
pub(super) struct ScopeId(pub [u8; 16]);

impl Tokens {
    pub fn new(mut key: Key, function: TokenFunction) -> Tokens {
        // the purposes that are asked for once a value, besides the kinds of data
        let purposes = ["value", "scope", "noise", "shift_dates", "shuffle"].map(Category::new);
        let known: Vec<Category> = Category::known().chain(purposes).collect();
        let room = key.derive_into_page(&known);
        let slots = known[..room].iter().enumerate().map(|(n, c)| (*c, n)).collect();
        let permutation = |purpose| {
            let mut derived = key.derive(purpose);
            let p = Permutation::new(&derived);
            derived.zeroize();
            p
        };
        let (numbers, phones, ids) =
            (permutation("numbers of 12 digits"), permutation("national numbers"), permutation("ids"));
        Tokens { slots, function, numbers, phones, ids, key }
    }

    pub fn key(&self) -> &Key {
        &self.key
    }

    pub fn into_key(self) -> Key {
        self.key
    }

    /// 256 keyed bits of a value, apart for every category, scope and use.
    pub fn bits(&self, category: Category, scope: ScopeId, tag: u8, value: &[u8]) -> [u8; 32] {
        match self.slots.get(&category) {
            Some(n) => self.keyed(self.key.derived(*n), scope, tag, value),
            None => {
                let mut derived = self.key.derive(category.as_str());
                let bits = self.keyed(&derived, scope, tag, value);
                derived.zeroize();
                bits
            }
        }
    }

    fn keyed(&self, key: &[u8; 32], scope: ScopeId, tag: u8, value: &[u8]) -> [u8; 32] {
        match self.function {
            TokenFunction::Blake3 => match message(scope, tag, value) {
                Some(message) => *blake3::keyed_hash(key, &message).as_bytes(),
                None => {
                    let mut hasher = blake3::Hasher::new_keyed(key);
                    // no message of one block begins so
                    hasher.update(&[tag | 0x80]).update(&scope.0).update(value);
                    *hasher.finalize().as_bytes()
                }
            },
            TokenFunction::HmacSha256 => {
                // a key of 32 bytes is never refused: RFC 2104 takes any length
                let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
                mac.update(&[tag]);
                mac.update(&scope.0);
                mac.update(value);
                mac.finalize().into_bytes().into()
            }
        }
    }

    /// What is hashed for the whole token of a value, so that many can be made at once by [`Tokens::many`]; `None`
    /// where the token must be made alone.
    pub fn message(&self, category: Category, scope: ScopeId, value: &[u8]) -> Option<[u8; 64]> {
        self.makes_many(category).then(|| message(scope, b't', value))?
    }

    /// Can tokens of this kind of data be made by [`Tokens::many`]?
    pub fn makes_many(&self, category: Category) -> bool {
        self.function == TokenFunction::Blake3 && self.slots.contains_key(&category)
    }

    /// Whole tokens of messages of one kind of data, given to `take` in their order: several times as fast as one by
    /// one.
    pub fn many(&self, category: Category, messages: &[[u8; 64]], mut take: impl FnMut(Text)) {
        let Some(slot) = self.slots.get(&category) else { return };
        let (prefix, mut results) = (Prefix::new(category), [[0; 32]; many::SIZE]);
        for some in messages.chunks(many::SIZE) {
            many::hash(self.key.derived(*slot), some, &mut results);
            results[..some.len()].iter().for_each(|bits| take(prefix.whole(bits)));
        }
    }

    /// The whole token: `IIN_` and 20 characters.
    pub fn token(&self, category: Category, scope: ScopeId, value: &[u8]) -> Text {
        Prefix::new(category).whole(&self.bits(category, scope, b't', value))
    }

    /// The form for narrow text columns: `Q` and base 32, `width` characters in all (8-21 carry a check).
    pub fn compact(&self, category: Category, scope: ScopeId, value: &[u8], width: usize) -> String {
        let width = width.min(BODY + 1);
        let bits = self.bits(category, scope, b't', value);
        let mut text = Vec::with_capacity(width);
        text.push(b'Q');
        if width >= crate::model::replacement::COMPACT_MIN {
            base32(&bits, width - 3, &mut text);
            let check = check(&text);
            text.extend(check);
        } else {
            base32(&bits, width.saturating_sub(1), &mut text);
            text.truncate(width);
        }
        ascii(text)
    }

    /// `n` keyed decimal digits.
    pub fn digits(&self, category: Category, scope: ScopeId, value: &[u8], n: usize) -> Vec<u8> {
        let bits = self.bits(category, scope, b'd', value);
        let mut xof = blake3::Hasher::new_keyed(&bits).finalize_xof();
        let mut out = Vec::with_capacity(n);
        let mut byte = [0u8; 64];
        while out.len() < n {
            xof.fill(&mut byte);
            // bytes from 250 on would make some digits likelier than others
            out.extend(byte.iter().filter(|b| **b < 250).map(|b| b % 10).take(n - out.len()));
        }
        out
    }

    /// A number between 0 and 1 that depends on the value and the key.
    pub fn unit(&self, category: Category, scope: ScopeId, tag: u8, value: &[u8]) -> f64 {
        let bits = self.bits(category, scope, tag, value);
        let n = u64::from_le_bytes(std::array::from_fn(|k| bits[k]));
        (n >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn numbers(&self) -> &Permutation {
        &self.numbers
    }

    pub fn phones(&self) -> &Permutation {
        &self.phones
    }

    pub fn ids(&self) -> &Permutation {
        &self.ids
    }
}

/// What is hashed of a value that fits into one block of BLAKE3: its use, its scope, the value and its length.
fn message(scope: ScopeId, tag: u8, value: &[u8]) -> Option<[u8; 64]> {
    let mut message = [0; 64];
    message_of(scope, tag, &mut message, |room| {
        room.get_mut(..value.len())?.copy_from_slice(value);
        Some(value.len())
    })?;
    Some(message)
}

/// The same, into `message`, of a value that `put` writes in front of the room that is given to it, which is zeros and
/// stays so behind the value, telling its length.
#[inline]
pub(super) fn message_of(
    scope: ScopeId,
    tag: u8,
    message: &mut [u8; 64],
    put: impl FnOnce(&mut [u8; SHORT]) -> Option<usize>,
) -> Option<()> {
    *message = [0; 64];
    message[0] = tag;
    message[1..17].copy_from_slice(&scope.0);
    let (room, rest) = message[17..].split_first_chunk_mut::<SHORT>()?;
    let length = put(room)?;
    debug_assert!(room[length..].iter().all(|b| *b == 0));
    rest[0] = length as u8;
    Some(())
}

/// What a token begins with: the name of its kind of data in capitals, and room for the rest.
struct Prefix {
    text: Room,
    body: usize,
}

/// Words of eight bytes are read from it.
#[derive(Clone, Copy)]
#[repr(align(8))]
struct Room([u8; Text::ROOM]);

/// Each two characters of ten bits.
static PAIRS: [[u8; 2]; 1024] = {
    let mut pairs = [[0; 2]; 1024];
    let mut k = 0;
    while k < 1024 {
        pairs[k] = [ALPHABET[k >> 5], ALPHABET[k & 31]];
        k += 1;
    }
    pairs
};

impl Prefix {
    fn new(category: Category) -> Prefix {
        let name = category.as_str().as_bytes();
        let mut text = [0; Text::ROOM];
        let at = name.len().min(Text::ROOM - BODY - 1);
        text[..at].copy_from_slice(&name[..at]);
        text[..at].make_ascii_uppercase();
        text[at] = b'_';
        Prefix { text: Room(text), body: at + 1 }
    }

    /// A whole token of 256 keyed bits.
    #[inline]
    fn whole(&self, bits: &[u8; 32]) -> Text {
        let (mut text, body) = (self.text, self.body);
        // 90 of the first 128 bits, from the front: twelve characters in the first word, six across the border
        let all = u128::from_be_bytes(*bits.first_chunk().unwrap_or(&[0; 16]));
        let (first, across) = ((all >> 64) as u64, (all >> 8) as u64);
        let pair = |bits: u64| PAIRS[(bits & 1023) as usize];
        let signs = [
            pair(first >> 54),
            pair(first >> 44),
            pair(first >> 34),
            pair(first >> 24),
            pair(first >> 14),
            pair(first >> 4),
            pair(across >> 50),
            pair(across >> 40),
            pair(across >> 30),
        ];
        let end = body + BODY;
        text.0[body..end - 2].copy_from_slice(signs.as_flattened());
        let check = check(&text.0[..end - 2]);
        text.0[end - 2..end].copy_from_slice(&check);
        Text::word(&text.0, end)
    }
}

/// Appends `n` characters of 5 bits each (at most 51 from 32 bytes).
fn base32(bits: &[u8; 32], n: usize, out: &mut Vec<u8>) {
    for first in (0..n).step_by(8) {
        // five bytes are eight characters
        let word = (0..5).fold(0u64, |w, k| w << 8 | u64::from(bits[(first / 8 * 5 + k) & 31]));
        for k in 0..(n - first).min(8) {
            out.push(ALPHABET[(word >> (35 - 5 * k) & 31) as usize]);
        }
    }
}

fn ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::replacement::{is_compact, is_token};

    fn tokens(byte: u8, function: TokenFunction) -> Tokens {
        Tokens::new(Key::from_bytes(&mut [byte; 32], crate::depersonalize::KeyOrigin::Ephemeral), function)
    }

    #[test]
    fn tokens_tell_themselves() {
        for function in [TokenFunction::Blake3, TokenFunction::HmacSha256] {
            let t = tokens(1, function);
            let token = t.token(Category::IIN, ScopeId::default(), b"850101300123");
            assert!(token.starts_with("IIN_") && token.len() == 24, "{token}");
            assert!(is_token(token.as_bytes()));
            for width in 8..=21 {
                let short = t.compact(Category::IIN, ScopeId::default(), b"850101300123", width);
                assert_eq!(short.len(), width);
                assert!(is_compact(short.as_bytes()), "{short}");
            }
        }
    }

    #[test]
    fn no_token_is_shared_by_two_keys_categories_scopes_or_functions() {
        let (a, b) = (tokens(1, TokenFunction::Blake3), tokens(2, TokenFunction::Blake3));
        let h = tokens(1, TokenFunction::HmacSha256);
        let mut seen = std::collections::HashSet::new();
        let (none, file) = (ScopeId::default(), ScopeId([1; 16]));
        for n in 0..500u64 {
            let value = format!("{n:012}");
            let v = value.as_bytes();
            for token in [
                a.token(Category::IIN, none, v),
                b.token(Category::IIN, none, v),
                h.token(Category::IIN, none, v),
                a.token(Category::IIN, file, v),
                a.token(Category::BIN, none, v),
                a.token(Category::new("badge_number"), none, v),
            ] {
                let body = token.rsplit('_').next().unwrap().to_owned();
                assert!(seen.insert(body), "twice: {token}");
            }
            assert_eq!(a.token(Category::IIN, none, v), a.token(Category::IIN, none, v));
        }
    }

    #[test]
    fn tokens_made_together_are_those_made_alone() {
        let t = tokens(5, TokenFunction::Blake3);
        let long = "ж".repeat(60);
        let category = Category::PERSON;
        let (mut messages, mut alone) = (Vec::new(), Vec::new());
        for n in 0..150u8 {
            let (scope, value) = (ScopeId([n % 3; 16]), n.to_string());
            messages.push(t.message(category, scope, value.as_bytes()).unwrap());
            alone.push(t.token(category, scope, value.as_bytes()));
            assert!(t.message(category, scope, format!("{long}{n}").as_bytes()).is_none());
        }
        let mut made = Vec::new();
        t.many(category, &messages, |token| made.push(token));
        assert_eq!(made, alone);
        assert!(t.message(Category::new("badge_number"), ScopeId::default(), b"1").is_none());
        let standard = tokens(5, TokenFunction::HmacSha256);
        assert!(standard.message(category, ScopeId::default(), b"1").is_none());
    }

    #[test]
    fn no_two_messages_are_one() {
        let t = tokens(3, TokenFunction::Blake3);
        let token = |v: &[u8]| t.token(Category::ADDRESS, ScopeId::default(), v);
        // the last byte of a block is the length of a short value
        let (short, long) = ([b'x'; 46], [[b'x'; 46].as_slice(), &[46]].concat());
        assert_ne!(token(&short), token(&long));
        assert_ne!(token(b"x"), token(b"x\0"));
    }

    #[test]
    fn long_values_are_hashed_whole() {
        let t = tokens(3, TokenFunction::Blake3);
        let (mut a, mut b) = (vec![b'x'; 48], vec![b'x'; 48]);
        a.push(b'1');
        b.push(b'2');
        let token = |v: &[u8]| t.token(Category::ADDRESS, ScopeId::default(), v);
        assert_ne!(token(&a), token(&b));
        assert_ne!(token(&a[..47]), token(&a[..46]));
    }
}
