use hmac::{Hmac, KeyInit, Mac};
use rustc_hash::FxHashMap;
use sha2::Sha256;
use zeroize::Zeroize;

use super::Key;
use super::many;
use super::permute::Permutation;
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

    /// Whole tokens of many values of one kind, given to `take` in their order: several times as fast as one by one.
    pub fn many<'v>(
        &self,
        category: Category,
        values: impl Iterator<Item = (ScopeId, &'v [u8])>,
        mut take: impl FnMut(Text),
    ) {
        let slot = self.slots.get(&category).filter(|_| self.function == TokenFunction::Blake3);
        let mut values = values.peekable();
        let mut batch = many::Batch::default();
        while values.peek().is_some() {
            batch.clear();
            for (scope, value) in values.by_ref().take(many::SIZE) {
                match slot.and_then(|_| message(scope, b't', value)) {
                    Some(message) => batch.push(message),
                    None => batch.push_done(self.bits(category, scope, b't', value)),
                }
            }
            if let Some(slot) = slot {
                batch.hash(self.key.derived(*slot));
            }
            batch.results().iter().for_each(|bits| take(whole(category, bits)));
        }
    }

    /// The whole token: `IIN_` and 20 characters.
    pub fn token(&self, category: Category, scope: ScopeId, value: &[u8]) -> Text {
        whole(category, &self.bits(category, scope, b't', value))
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
    message[0] = tag;
    message[1..17].copy_from_slice(&scope.0);
    message[17..63].get_mut(..value.len())?.copy_from_slice(value);
    message[63] = value.len() as u8;
    Some(message)
}

/// A whole token of 256 keyed bits.
fn whole(category: Category, bits: &[u8; 32]) -> Text {
    let name = category.as_str().as_bytes();
    // written on the stack, and kept in place where it is short
    let mut text = [0u8; 96];
    let at = name.len().min(64);
    text[..at].copy_from_slice(&name[..at]);
    text[..at].make_ascii_uppercase();
    text[at] = b'_';
    let body = at + 1;
    // 90 of the first 128 bits, from the front: twelve characters in the first word, six across the border
    let all = u128::from_be_bytes(*bits.first_chunk().unwrap_or(&[0; 16]));
    let (first, across) = ((all >> 64) as u64, (all >> 8) as u64);
    for (k, c) in text[body..body + 12].iter_mut().enumerate() {
        *c = ALPHABET[(first >> (59 - 5 * k) & 31) as usize];
    }
    for (k, c) in text[body + 12..body + BODY - 2].iter_mut().enumerate() {
        *c = ALPHABET[(across >> (55 - 5 * k) & 31) as usize];
    }
    let end = body + BODY;
    let check = check(&text[..end - 2]);
    text[end - 2..end].copy_from_slice(&check);
    std::str::from_utf8(&text[..end]).unwrap_or_default().into()
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
        let long = "ж".repeat(60);
        for function in [TokenFunction::Blake3, TokenFunction::HmacSha256] {
            let t = tokens(5, function);
            for category in [Category::PERSON, Category::new("badge_number")] {
                let values: Vec<(ScopeId, String)> = (0..150u8)
                    .map(|n| {
                        (ScopeId([n % 3; 16]), if n % 7 == 0 { format!("{long}{n}") } else { n.to_string() })
                    })
                    .collect();
                let mut made = Vec::new();
                t.many(category, values.iter().map(|v| (v.0, v.1.as_bytes())), |token| made.push(token));
                let alone: Vec<Text> =
                    values.iter().map(|v| t.token(category, v.0, v.1.as_bytes())).collect();
                assert_eq!(made, alone);
            }
        }
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
