//! Messages of Outlook (MS-OXMSG): put together as a mail message and walked through as one.
//!
//! The copy is an EML file; properties that mail has no field for are read and left out.

mod compressed_rtf;

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::sync::Arc;

use super::eml::charset::Charset;
use super::eml::header::encode_words;
use super::eml::{MESSAGE, Walk, transfer};
use super::members::{self, Budget};
use super::{CopyKind, Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::Input;

/// The format `msg`.
pub struct Msg;

/// Messages attached to messages.
const DEPTH: u32 = 16;

type File = cfb::CompoundFile<Cursor<Arc<[u8]>>>;

impl Format for Msg {
    fn id(&self) -> &'static str {
        "msg"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        if !head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            return 0;
        }
        let holds = |text: &str| {
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            memchr::memmem::find(head, &utf16).is_some()
        };
        let named = name.rsplit_once('.').is_some_and(|(_, e)| e.eq_ignore_ascii_case("msg"));
        if holds("__properties_version1.0") || holds("__substg1.0_") || named { 97 } else { 0 }
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("eml")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_bytes(MESSAGE)?;
        let file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| members::broken("msg"))?;
        Ok(Opened::Document(Box::new(Message { file, limits: Arc::clone(limits) })))
    }
}

struct Message {
    file: File,
    limits: Arc<Limits>,
}

impl Document for Message {
    fn process(
        mut self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut other = BTreeSet::new();
        let mut info = Info::default();
        let mail = compose(&mut self.file, "/", 0, &mut other, &mut info)?;
        for text in &other {
            // the copy has no place for these
            members::show(visitor, "properties", text)?;
        }
        let mut budget = Budget::new(&self.limits);
        let mut walk = Walk { visitor, budget: &mut budget, copy: out.is_some(), place: String::new() };
        let new = walk.message(&mail)?;
        if let Some(out) = out {
            out.write_all(new.as_deref().unwrap_or(&mail))?;
            out.flush()?;
        }
        Ok(info)
    }
}

/// The properties of one storage: a message, a recipient, an attachment.
struct Properties<'a> {
    file: &'a mut File,
    path: String,
    codepage: u16,
}

impl Properties<'_> {
    fn bytes(&mut self, id: u16, kind: u16) -> Option<Vec<u8>> {
        let path = format!("{}__substg1.0_{id:04X}{kind:04X}", self.path);
        let mut bytes = Vec::new();
        self.file.open_stream(path).ok()?.take(MESSAGE).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    fn text(&mut self, id: u16) -> Option<String> {
        let text = match self.bytes(id, 0x001F) {
            Some(bytes) => encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes).0.into_owned(),
            None => decode(&self.bytes(id, 0x001E)?, self.codepage),
        };
        let text = text.trim_end_matches('\0').to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// A value of fixed size, from the stream of all properties (MS-OXMSG, 2.4).
    fn fixed(&mut self, id: u16) -> Option<u64> {
        let mut bytes = Vec::new();
        let path = format!("{}__properties_version1.0", self.path);
        self.file.open_stream(path).ok()?.take(1 << 20).read_to_end(&mut bytes).ok()?;
        // the header before the entries is 32, 24 or 8 bytes long
        let start = bytes.len() % 16;
        let entries = bytes.get(start..)?.chunks_exact(16);
        let entry = entries.rev().find(|e| e[2..4] == id.to_le_bytes())?;
        Some(u64::from_le_bytes(entry[8..16].try_into().ok()?))
    }
}

fn decode(bytes: &[u8], codepage: u16) -> String {
    let label = match codepage {
        0 => String::new(),
        65001 => "utf-8".to_owned(),
        20866 => "koi8-r".to_owned(),
        866 => "ibm866".to_owned(),
        28595 => "iso-8859-5".to_owned(),
        n => format!("windows-{n}"),
    };
    Charset::named(&label, bytes).decode(bytes)
}

/// Writes the message of a storage as mail. Texts of properties without a field go to `other`.
fn compose(
    file: &mut File,
    path: &str,
    depth: u32,
    other: &mut BTreeSet<String>,
    info: &mut Info,
) -> Result<Vec<u8>, ReadError> {
    if depth > DEPTH {
        return Err(ReadError::limit(format!("more than {DEPTH} messages in one another")));
    }
    let mut message = Properties { file, path: path.to_owned(), codepage: 0 };
    let codepage = message.fixed(0x3FFD).or_else(|| message.fixed(0x3FDE)).unwrap_or(0);
    message.codepage = u16::try_from(codepage & 0xFFFF).unwrap_or(0);
    let codepage = message.codepage;
    let mut head = String::new();
    let mut field = |name: &str, value: String| {
        let one_line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        head.push_str(&format!("{name}: {}\r\n", encode_words(one_line.trim())));
    };
    let address = |name: Option<String>, mail: Option<String>| match (name, mail) {
        (Some(name), Some(mail)) if name != mail => format!("{name} <{mail}>"),
        (Some(one), _) | (None, Some(one)) => one,
        (None, None) => "unknown".to_owned(),
    };
    let name = message.text(0x0C1A).or_else(|| message.text(0x0042));
    let mail = message.text(0x5D01).or_else(|| message.text(0x0C1F)).or_else(|| message.text(0x0065));
    field("From", address(name, mail));
    for (name, id) in
        [("To", 0x0E04), ("Cc", 0x0E03), ("Bcc", 0x0E02), ("Subject", 0x0037), ("Message-ID", 0x1035)]
    {
        if let Some(value) = message.text(id) {
            field(name, value);
        }
    }
    if let Some(date) = message.fixed(0x0039).or_else(|| message.fixed(0x0E06)) {
        field("Date", date_of(date));
    }
    let (text, html) = (message.text(0x1000), message.bytes(0x1013, 0x0102));
    let html = html.or_else(|| message.text(0x1013).map(String::into_bytes));
    let rtf = message.bytes(0x1009, 0x0102).filter(|_| text.is_none() && html.is_none());
    let mut parts = Vec::new();
    if let Some(text) = text {
        parts.push(part("text/plain; charset=utf-8", None, text.as_bytes()));
    }
    if let Some(html) = html {
        parts.push(part("text/html", None, &html));
    }
    if let Some(rtf) = rtf {
        match compressed_rtf::unpack(&rtf) {
            Some(rtf) => parts.push(part("application/rtf", Some("body.rtf"), &rtf)),
            None => info.partly.push((Reason::Damaged, "body in RTF".to_owned())),
        }
    }
    let children: Vec<(String, bool)> = message
        .file
        .read_storage(path)
        .map_err(|_| members::broken("msg"))?
        .map(|e| (e.name().to_owned(), e.is_storage()))
        .collect();
    for (name, _) in children.iter().filter(|c| c.0.starts_with("__recip_version1.0_")) {
        let mut recipient = Properties { file: &mut *message.file, path: format!("{path}{name}/"), codepage };
        let name = recipient.text(0x3001);
        let mail = recipient.text(0x39FE).or_else(|| recipient.text(0x3003));
        field("X-Recipient", address(name, mail));
    }
    for (name, _) in children.iter().filter(|c| c.0.starts_with("__attach_version1.0_")) {
        let inner = format!("{path}{name}/");
        let mut attachment = Properties { file: &mut *message.file, path: inner.clone(), codepage };
        let name =
            attachment.text(0x3707).or_else(|| attachment.text(0x3704)).or_else(|| attachment.text(0x3001));
        let name = name.unwrap_or_else(|| "attachment.bin".to_owned());
        if let Some(bytes) = attachment.bytes(0x3701, 0x0102) {
            let kind = attachment.text(0x370E).filter(|k| k.is_ascii() && !k.contains(['\r', '\n', ';']));
            let kind = kind.filter(|k| !k.starts_with("multipart/") && !k.starts_with("message/"));
            parts.push(part(kind.as_deref().unwrap_or("application/octet-stream"), Some(&name), &bytes));
            continue;
        }
        let embedded = format!("{inner}__substg1.0_3701000D/");
        if message.file.is_storage(&embedded) {
            let mail = compose(message.file, &embedded, depth + 1, other, info)?;
            let mut whole = b"Content-Type: message/rfc822\r\n\r\n".to_vec();
            whole.extend(mail);
            parts.push(whole);
        } else {
            info.partly.push((Reason::UnsupportedFormat, format!("attachment {name}")));
        }
    }
    // every other text property, so that nothing is left unread
    let used =
        [0x0C1A, 0x0042, 0x5D01, 0x0C1F, 0x0065, 0x0E04, 0x0E03, 0x0E02, 0x0037, 0x1035, 0x1000, 0x1013];
    for (name, _) in children.iter().filter(|c| !c.1) {
        let id = name.strip_prefix("__substg1.0_").and_then(|n| u32::from_str_radix(n.get(..8)?, 16).ok());
        let Some(id) = id.filter(|id| matches!(id & 0xFFFF, 0x1E | 0x1F)) else { continue };
        let id = (id >> 16) as u16;
        if !used.contains(&id)
            && let Some(text) = message.text(id)
        {
            other.insert(text);
        }
    }
    head.push_str("MIME-Version: 1.0\r\n");
    let boundary = "=_qupia_0000000000_part";
    head.push_str(&format!("Content-Type: multipart/mixed; boundary=\"{boundary}{depth}\"\r\n\r\n"));
    let mut mail = head.into_bytes();
    for part in parts {
        mail.extend_from_slice(format!("--{boundary}{depth}\r\n").as_bytes());
        mail.extend(part);
        mail.extend_from_slice(b"\r\n");
    }
    mail.extend_from_slice(format!("--{boundary}{depth}--\r\n").as_bytes());
    Ok(mail)
}

fn part(kind: &str, name: Option<&str>, bytes: &[u8]) -> Vec<u8> {
    let mut head = format!("Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n");
    if let Some(name) = name {
        let mut disposition =
            super::eml::header::Parametric { value: "attachment".to_owned(), parameters: Vec::new() };
        disposition.set("filename", name);
        head.push_str(&format!("Content-Disposition: {}\r\n", disposition.write()));
    }
    head.push_str("\r\n");
    head.push_str(&transfer::to_base64(bytes, "\r\n"));
    head.into_bytes()
}

/// A date of Windows (100 ns since 1601) as RFC 5322 writes it, in UTC.
fn date_of(filetime: u64) -> String {
    let seconds = (filetime / 10_000_000).saturating_sub(11_644_473_600);
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // civil date from a day count (proleptic Gregorian calendar, years that begin in March)
    let z = days as i64 + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = MONTHS.get((month - 1).clamp(0, 11) as usize).copied().unwrap_or("Jan");
    format!("{day:02} {name} {year:04} {:02}:{:02}:{:02} +0000", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::eml::Eml;
    use super::super::trial::{IIN, SURNAME, Trial, copy_of};
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn sample() -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        let mut put = |path: &str, bytes: &[u8]| {
            if let Some((folder, _)) = path.rsplit_once('/').filter(|f| !f.0.is_empty()) {
                file.create_storage_all(folder).unwrap();
            }
            file.create_stream(path).unwrap().write_all(bytes).unwrap();
        };
        let mut fixed = vec![0; 32];
        fixed.extend_from_slice(&[3, 0, 0xFD, 0x3F, 6, 0, 0, 0]);
        fixed.extend_from_slice(&1251u64.to_le_bytes());
        fixed.extend_from_slice(&[0x40, 0, 0x39, 0, 6, 0, 0, 0]);
        fixed.extend_from_slice(&133_170_000_000_000_000u64.to_le_bytes());
        put("/__properties_version1.0", &fixed);
        put("/__substg1.0_0C1A001F", &utf16(SURNAME));
        put("/__substg1.0_0C1F001F", &utf16("a@example.kz"));
        put("/__substg1.0_0037001E", &encoding_rs::WINDOWS_1251.encode("Тема Пробников").0);
        put("/__substg1.0_1000001F", &utf16(&format!("Текст {IIN}\r\n")));
        put("/__substg1.0_8001001F", &utf16("свойство Пробников"));
        put("/__recip_version1.0_#00000000/__substg1.0_3001001F", &utf16("Получатель Пробников"));
        put("/__attach_version1.0_#00000000/__substg1.0_3707001F", &utf16("Пробников.csv"));
        put("/__attach_version1.0_#00000000/__substg1.0_37010102", IIN.as_bytes());
        let inner = "/__attach_version1.0_#00000001/__substg1.0_3701000D/";
        put(&format!("{inner}__substg1.0_0037001F"), &utf16("Вложенное"));
        put(&format!("{inner}__substg1.0_1000001F"), &utf16("внутри Пробников"));
        file.into_inner().into_inner()
    }

    #[test]
    fn copy_is_mail() {
        let file = sample();
        assert_eq!(Msg.recognise(&file, "x"), 97);
        let (copy, trial) = copy_of(&Msg, &file, "a.msg").unwrap();
        assert!(trial.partly.is_empty(), "{:?}", trial.partly);
        for text in
            ["Тема Пробников", "свойство Пробников", "Получатель Пробников", "внутри Пробников", "Вложенное"]
        {
            assert!(trial.text.contains(text), "{text}: {}", trial.text);
        }
        assert!(trial.found >= 7, "{}", trial.found);
        assert!(Eml.recognise(&copy, "a.eml") > 0);
        let mut again = Trial::default();
        again.scan(&Eml, &copy, "a.eml").unwrap();
        assert_eq!(again.found, 0, "{}", again.text);
        assert!(again.text.contains("Текст XXXXXXXXXXXX"));
        assert!(String::from_utf8_lossy(&copy).contains("Date: "));
    }

    #[test]
    fn dates() {
        assert_eq!(date_of(116_444_736_000_000_000), "01 Jan 1970 00:00:00 +0000");
        assert_eq!(date_of(133_170_000_000_000_000), "31 Dec 2022 22:40:00 +0000");
    }

    #[test]
    fn damage_never_panics() {
        let file = sample();
        for cut in (0..file.len()).step_by(509) {
            let _ = copy_of(&Msg, &file[..cut], "a.msg");
        }
        for at in (0..file.len()).step_by(61) {
            let mut bad = file.clone();
            bad[at] ^= 0x41;
            let _ = copy_of(&Msg, &bad, "a.msg");
        }
    }
}
