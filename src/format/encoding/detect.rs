//! Which encoding a sample is in.
//!
//! UTF-8 is proved by validation. UTF-16 without a mark shows in its units: Cyrillic text has high bytes
//! 0x04, not zeros. For one-byte encodings chardetng is asked first; it knows no Kazakh table and calls such
//! text windows-1251, so that answer gets a second look at the letters inside words.

use std::cell::RefCell;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::{Encoding, SingleByte};

/// What a sample turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// Nothing beyond ASCII so far: any encoding but UTF-16 may follow.
    Ascii,
    /// Text in this encoding.
    Text(Encoding),
    /// Not text.
    Binary,
}

/// The first bytes of a file, decoded, for formats that are text.
pub struct Sample {
    /// UTF-8; invalid bytes stay.
    pub text: Vec<u8>,
    /// The encoding found.
    pub encoding: Encoding,
    /// True where the whole file is in `text`.
    pub whole: bool,
}

impl Sample {
    /// Decodes the head of a file; `None` where it is not text.
    pub fn of(head: &[u8]) -> Option<Sample> {
        let encoding = match guess(head) {
            Guess::Binary => return None,
            Guess::Ascii => Encoding::Utf8,
            Guess::Text(encoding) => encoding,
        };
        let mut text = Vec::with_capacity(head.len());
        match encoding {
            Encoding::Utf8 => text.extend_from_slice(head),
            Encoding::Single(table) => table.decode(head, &mut text),
            Encoding::Utf16Le | Encoding::Utf16Be => {
                decode_utf16(head, encoding == Encoding::Utf16Be, &mut text, |_, _| {});
            }
        }
        if text.starts_with("\u{FEFF}".as_bytes()) {
            text.drain(..3);
        }
        Some(Sample { text, encoding, whole: head.len() < crate::source::HEAD })
    }
}

/// Appends UTF-16 as UTF-8 and returns how many bytes were used (all but an odd last one).
/// A lone surrogate reads as U+FFFD. `mark` is told text length and bytes used every 256 units.
pub fn decode_utf16(raw: &[u8], big: bool, text: &mut Vec<u8>, mut mark: impl FnMut(usize, usize)) -> usize {
    let unit =
        |p: &[u8]| if big { u16::from_be_bytes([p[0], p[1]]) } else { u16::from_le_bytes([p[0], p[1]]) };
    let units = raw.len() / 2;
    let (mut k, mut next) = (0, 0);
    while k < units {
        if k >= next {
            mark(text.len(), k * 2);
            next = k + 256;
        }
        let u = unit(&raw[k * 2..]);
        k += 1;
        if u < 0x80 {
            text.push(u as u8);
            continue;
        }
        let mut c = char::from_u32(u32::from(u));
        if c.is_none() && u < 0xDC00 && k < units {
            let low = unit(&raw[k * 2..]);
            if (0xDC00..0xE000).contains(&low) {
                c = char::from_u32(0x10000 + ((u32::from(u) - 0xD800) << 10) + (u32::from(low) - 0xDC00));
                k += 1;
            }
        }
        text.extend_from_slice(c.unwrap_or('\u{FFFD}').encode_utf8(&mut [0; 4]).as_bytes());
    }
    units * 2
}

/// What `sample`, the beginning of a file, is.
pub fn guess(sample: &[u8]) -> Guess {
    // the head of a file is asked about when its format is looked for, by its reader, and by whoever decodes it
    thread_local! {
        static LAST: RefCell<(Vec<u8>, Guess)> = const { RefCell::new((Vec::new(), Guess::Ascii)) };
    }
    if sample.is_empty() || sample.len() > crate::source::HEAD {
        return look(sample);
    }
    LAST.with_borrow_mut(|(last, guess)| {
        if last.as_slice() != sample {
            *guess = look(sample);
            last.clear();
            last.extend_from_slice(sample);
        }
        *guess
    })
}

fn look(sample: &[u8]) -> Guess {
    if sample.starts_with(b"\xEF\xBB\xBF") {
        return Guess::Text(Encoding::Utf8);
    }
    if let Some(utf16) = utf16(sample) {
        return Guess::Text(utf16);
    }
    // without branches, and in pieces that a byte can count
    let odd =
        |b: u8| u8::from(b < 0x20) & u8::from(b.wrapping_sub(8) > 5) & u8::from(b.wrapping_sub(0x1A) > 1);
    let odd: usize = sample.chunks(128).map(|c| usize::from(c.iter().fold(0u8, |n, b| n + odd(*b)))).sum();
    let zeros = memchr::memchr_iter(0, sample).count();
    if odd * 50 > sample.len() || zeros * 200 > sample.len() {
        return Guess::Binary;
    }
    if sample.is_ascii() {
        return Guess::Ascii;
    }
    if is_utf8(sample) {
        return Guess::Text(Encoding::Utf8);
    }
    match zeros {
        0 => guess_single_byte(sample).map_or(Guess::Binary, |t| Guess::Text(Encoding::Single(t))),
        _ => Guess::Binary,
    }
}

/// True where the text beyond ASCII is UTF-8, or for a good part so (a file put together from several).
pub fn is_utf8(sample: &[u8]) -> bool {
    if let Ok(text) = simdutf8::basic::from_utf8(sample) {
        // one character in use here is enough, and mostly the first
        let odd = text.chars().filter(|c| *c >= '\u{80}').try_fold(0, |odd, c| {
            let mut seen = Utf8Count::default();
            seen.add(c);
            if seen.good > 0 { None } else { Some(odd + seen.odd) }
        });
        return odd.is_none_or(|odd| odd > 4);
    }
    let seen = count_utf8(sample);
    if seen.bad == 0 {
        return seen.good > 0 || seen.odd > 4;
    }
    seen.good * 5 > seen.bad + seen.odd || (seen.bad < 4 && seen.odd == 0 && ends_cut(sample))
}

/// True where the only fault is a character cut off at the end.
fn ends_cut(sample: &[u8]) -> bool {
    std::str::from_utf8(sample).is_err_and(|e| e.error_len().is_none())
}

/// What stands beyond ASCII in some bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8Count {
    /// Characters in use here.
    pub good: usize,
    /// Valid characters of scripts far from here: CP866 and KOI8 make some by chance.
    pub odd: usize,
    /// Bytes that are not UTF-8.
    pub bad: usize,
}

/// Counts what stands beyond ASCII.
pub fn count_utf8(bytes: &[u8]) -> Utf8Count {
    let mut seen = Utf8Count::default();
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        seen.count(text);
        return seen;
    }
    for chunk in bytes.utf8_chunks() {
        seen.count(chunk.valid());
        seen.bad += chunk.invalid().len();
    }
    seen
}

impl Utf8Count {
    fn count(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|b| b >= 0x80) {
            let mut chars = rest[at..].chars();
            for c in chars.by_ref().take_while(|c| !c.is_ascii()) {
                self.add(c);
            }
            rest = chars.as_str();
        }
    }

    /// Counts a character beyond ASCII.
    fn add(&mut self, c: char) {
        match c {
            '\0'..='\u{9F}' => {}
            '\u{A0}'..='\u{52F}' | '\u{1E00}'..='\u{27BF}' => self.good += 1,
            '\u{1F000}'..='\u{1FAFF}' | '\u{FE00}'..='\u{FFFD}' => self.good += 1,
            _ => self.odd += 1,
        }
    }
}

fn utf16(sample: &[u8]) -> Option<Encoding> {
    match sample {
        [0xFF, 0xFE, 0, 0, ..] => return None,
        [0xFF, 0xFE, ..] => return Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => return Some(Encoding::Utf16Be),
        _ => {}
    }
    let units = sample.len().min(16 << 10) / 2;
    if units < 4 {
        return None;
    }
    // a share of units that are letters, digits and signs in use here; the other byte order has nearly none
    let fits = |hi: usize| {
        let fits = |p: &[u8]| {
            let (high, low) = (p[hi], p[1 - hi]);
            match high {
                0 => matches!(low, b'\t' | b'\n' | b'\r' | 0x20..=0x7E | 0xA0..=0xFF),
                4 => low != 0,
                0x20 => matches!(low, 0x00..=0x3F | 0xAC | 0xB8 | 0xBD),
                0x21 => low == 0x16 || low == 0x22,
                _ => false,
            }
        };
        // most files are told by their first few hundred bytes
        let most = units * 3 / 100;
        let mut misses = 0;
        sample[..units * 2].chunks_exact(2).all(|p| {
            misses += usize::from(!fits(p));
            misses <= most
        })
    };
    match (fits(1), fits(0)) {
        (true, false) => Some(Encoding::Utf16Le),
        (false, true) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// The one-byte encoding of a sample that is not UTF-8; `None` where no table makes words of it.
pub fn guess_single_byte(sample: &[u8]) -> Option<&'static SingleByte> {
    let sample = non_ascii_lines(sample, 16 << 10);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&sample, true);
    let first = detector.guess(Some(b"kz"), Utf8Detection::Deny).name().to_ascii_lowercase();
    let (own, score) = best_cyrillic(&sample);
    let cyrillic = ["windows-1251", "koi8-u", "koi8-r", "ibm866", "iso-8859-5", "x-mac-cyrillic"];
    let name = match first.as_str() {
        // chardetng weighs pairs of letters; own scoring only overrules it where its reading makes no words
        n if cyrillic.contains(&n) => {
            let theirs = SingleByte::named(n).map_or(0, |t| words(t, &sample));
            if score > 0 && theirs * 2 < score { own } else { n }
        }
        _ if score > 0 => own,
        n => n,
    };
    match name {
        "windows-1251" => Some(kazakh(&sample)),
        "koi8-u" | "koi8-r" => SingleByte::named(if has_ukrainian(&sample) { "koi8-u" } else { "koi8-r" }),
        other => SingleByte::named(other).or_else(|| SingleByte::named("windows-1252")),
    }
}

/// Lines that hold something beyond ASCII, up to `most` bytes of them.
fn non_ascii_lines(sample: &[u8], most: usize) -> Vec<u8> {
    let mut lines = Vec::new();
    for line in sample.split_inclusive(|b| *b == b'\n') {
        if !line.is_ascii() {
            let room = most - lines.len();
            lines.extend_from_slice(&line[..line.len().min(room)]);
            if lines.len() >= most {
                break;
            }
        }
    }
    lines
}

fn best_cyrillic(sample: &[u8]) -> (&'static str, i64) {
    ["windows-1251", "ibm866", "koi8-u", "iso-8859-5"]
        .into_iter()
        .filter_map(|name| Some((name, words(SingleByte::named(name)?, sample))))
        .rev()
        .max_by_key(|s| s.1)
        .unwrap_or(("windows-1251", 0))
}

/// How well a table makes Cyrillic words of the sample: letters by their frequency in Russian and Kazakh, words
/// with a capital in the middle or a sign between letters count against it.
fn words(table: &SingleByte, sample: &[u8]) -> i64 {
    let mut score = 0;
    for word in sample.split(|b| *b < 0x80).filter(|w| !w.is_empty()) {
        let chars = || word.iter().map(|b| table.char(*b));
        let letters = chars().all(|c| matches!(c, '\u{401}'..='\u{45F}' | 'Ґ' | 'ґ'));
        let shape = chars().skip(1).all(char::is_lowercase) || chars().all(char::is_uppercase);
        if letters && (shape || word.len() == 1) {
            score += chars().map(|c| weight(c.to_lowercase().next().unwrap_or(c))).sum::<i64>();
        } else {
            let signs = chars()
                .all(|c| matches!(c, '«' | '»' | '№' | '—' | '–' | '\u{A0}' | '“' | '”' | '…' | '─'..='╬'));
            score -= if signs { 0 } else { 2 * word.len() as i64 };
        }
    }
    score
}

fn weight(c: char) -> i64 {
    match c {
        'о' | 'а' | 'е' | 'и' | 'н' | 'т' | 'с' | 'р' | 'л' | 'в' => 3,
        'к' | 'д' | 'м' | 'у' | 'п' | 'ы' | 'б' | 'г' | 'я' | 'й' => 2,
        'ъ' | 'щ' | 'ц' | 'ф' | 'э' | 'ё' => 0,
        _ => 1,
    }
}

/// The bytes of і ї є ґ in KOI8-U, which are frames in KOI8-R, beside a letter.
fn has_ukrainian(sample: &[u8]) -> bool {
    sample.windows(2).any(|w| {
        let special = |b: u8| matches!(b, 0xA4 | 0xA6 | 0xA7 | 0xAD | 0xB4 | 0xB6 | 0xB7 | 0xBD);
        (special(w[0]) && w[1] >= 0xC0) || (special(w[1]) && w[0] >= 0xC0)
    })
}

/// The second look at text called windows-1251: KZ-1048 and PTCP154 share its Russian letters, and put
/// Kazakh ones where it has Ukrainian, Serbian and Macedonian ones or signs.
fn kazakh(sample: &[u8]) -> &'static SingleByte {
    let [w1251, kz, ptcp] = ["windows-1251", "kz-1048", "ptcp154"].map(SingleByte::built_in);
    const KAZAKH: &str = "әғқңөұүһӘҒҚҢӨҰҮҺ";
    let russian = |b: Option<&u8>| b.is_some_and(|b| *b >= 0xC0);
    let (mut for_kz, mut for_ptcp, mut against) = (0, 0, 0);
    for (k, b) in sample.iter().enumerate().filter(|(_, b)| **b >= 0x80 && **b < 0xC0) {
        let before = k.checked_sub(1).and_then(|k| sample.get(k));
        let inside = russian(before) || russian(sample.get(k + 1));
        if !inside {
            continue;
        }
        let (c, in_kz, in_ptcp) = (w1251.char(*b), kz.char(*b), ptcp.char(*b));
        // Ukrainian has ї only after a vowel or at the beginning; Kazakh ү stands after consonants
        let vowel = before.is_none_or(|b| !russian(Some(b)) || "аеиоуюяєіыэ".contains(w1251.char(*b)));
        if c == 'ї' && vowel {
            against += 2;
            continue;
        }
        let kz_letter = KAZAKH.contains(in_kz);
        let ptcp_letter = KAZAKH.contains(in_ptcp);
        // frequent letters of Kazakh count more than those that one table puts on another's rare one
        let worth = |c: char| if matches!(c, 'қ' | 'ә' | 'ң' | 'ұ' | 'ө' | 'ү') { 2 } else { 1 };
        match (kz_letter, ptcp_letter) {
            (true, true) => {
                for_kz += worth(in_kz);
                for_ptcp += worth(in_ptcp);
            }
            (true, false) => for_kz += 2 * worth(in_kz),
            (false, true) => for_ptcp += 2 * worth(in_ptcp),
            // quotation marks and dashes touch words too; they say nothing
            (false, false) => {}
        }
    }
    if for_kz.max(for_ptcp) <= against {
        w1251
    } else if for_ptcp > for_kz {
        ptcp
    } else {
        kz
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RU: &str = "Заявление подал Ахметов Нурлан, проживающий по адресу: г. Алматы, ул. Абая, д. 5";
    const KK: &str =
        "Қазақстан Республикасының азаматы, тұрғылықты мекенжайы: Түркістан көшесі, 7-үй. Ғалым Әбілов";

    fn encoded(name: &str, text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        Encoding::Single(SingleByte::named(name).unwrap()).encode(
            text,
            crate::format::encoding::Lack::Near,
            &mut out,
        );
        out
    }

    fn name(bytes: &[u8]) -> &'static str {
        match guess(bytes) {
            Guess::Ascii => "ascii",
            Guess::Binary => "binary",
            Guess::Text(e) => e.name(),
        }
    }

    #[test]
    fn one_byte_encodings() {
        for n in ["windows-1251", "koi8-r", "ibm866", "iso-8859-5"] {
            assert_eq!(name(&encoded(n, RU)), n);
            for short in
                ["ФИО;ИИН\nИванов Иван;1", "Имя,Адрес\nАйгуль,Алматы", "ИИН: 1, Сапаров Е.Н.", "тел. дом."]
            {
                assert_eq!(name(&encoded(n, short)), n, "{short}");
            }
        }
        for n in ["kz-1048", "ptcp154"] {
            assert_eq!(name(&encoded(n, KK)), n);
            for short in
                ["Қайрат Сәрсенов;Алматы қаласы", "ЖСН;Аты-жөні\n1;Нұрлан Серікұлы", "Ғалым Мұқанов, Шымкент"]
            {
                assert_eq!(name(&encoded(n, short)), n, "{short}");
            }
        }
        let ukrainian = "Україна, її громадянин проживає за адресою: Київ, вулиця Українська";
        assert_eq!(name(&encoded("windows-1251", ukrainian)), "windows-1251");
        assert_eq!(name(&encoded("koi8-u", ukrainian)), "koi8-u");
    }

    #[test]
    fn utf16_without_a_mark() {
        for text in [RU, KK, "plain ASCII text", "№ 5 — «Алма»"] {
            let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!((name(&le), name(&be)), ("utf-16le", "utf-16be"), "{text}");
            assert_eq!(Sample::of(&le).unwrap().text, text.as_bytes());
            assert_eq!(Sample::of(&be).unwrap().text, text.as_bytes());
        }
    }

    #[test]
    fn utf8_with_faults_stays_utf8() {
        let mut bytes = RU.as_bytes().to_vec();
        bytes.splice(20..21, [0xFF, 0xFE]);
        assert_eq!(name(&bytes), "utf-8");
        bytes.truncate(bytes.len() - 4);
        bytes.extend_from_slice("я".as_bytes().split_last().unwrap().1);
        assert_eq!(name(&bytes), "utf-8");
        assert_eq!(name(b"a\xD0"), "utf-8");
    }

    #[test]
    fn ascii_and_binary() {
        assert_eq!(name(b"line 1\nline 2\r\n\tx"), "ascii");
        assert_eq!(name(b"x"), "ascii");
        assert_eq!(name(&[0, 0, 0, 0]), "binary");
        assert_eq!(name(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF"), "binary");
    }
}
