//! Messages of Outlook put together as mail: what a file of one message (`msg`) and a message store (`pst`) share.

mod compressed_rtf;
mod date;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::date::Moment;
use super::eml::charset::Charset;
use super::eml::header::{Parametric, encode_words};
use super::eml::transfer;
use super::{Info, Visitor};
use crate::model::{Block, NO_COLUMN, ReadError, Reason, SegmentKind};

/// Messages attached to messages.
pub(super) const DEPTH: u32 = 16;

/// The value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Characters.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
    /// Anything that is not text.
    Bytes(Vec<u8>),
    /// A number, a truth value, a time.
    Number(u64),
    /// The number of a node that holds the value.
    Object(u32),
}

/// The properties of a message, recipient, attachment or folder by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    /// The code page of texts that are not Unicode; 0 where none is told.
    pub(super) codepage: u16,
    pub(super) values: BTreeMap<u16, Value>,
}

/// A message with what belongs to it.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) properties: Properties,
    pub(super) recipients: Vec<Properties>,
    pub(super) attachments: Vec<Attachment>,
}

/// A file or message that is attached.
#[derive(Debug)]
pub(super) struct Attachment {
    pub(super) properties: Properties,
    pub(super) content: Content,
}

/// What is attached.
#[derive(Debug)]
pub(super) enum Content {
    /// A file.
    File(Vec<u8>),
    /// A message.
    Message(Box<Item>),
    /// Only the name of something that stands elsewhere.
    Name,
    /// Something that was not read.
    Unread(Reason),
}

impl Properties {
    /// A text without the zeros that may end it; `None` for an empty one.
    pub(super) fn text(&self, id: u16) -> Option<&str> {
        let Value::Text(text) = self.values.get(&id)? else { return None };
        let text = text.trim_end_matches('\0');
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn bytes(&self, id: u16) -> Option<&[u8]> {
        let Value::Bytes(bytes) = self.values.get(&id)? else { return None };
        Some(bytes)
    }

    pub(super) fn number(&self, id: u16) -> Option<u64> {
        let Value::Number(number) = self.values.get(&id)? else { return None };
        Some(*number)
    }

    /// Every text of these properties but those with a place in the mail.
    fn others<'a>(&'a self, used: &'a [u16]) -> impl Iterator<Item = &'a str> {
        let rest = self.values.iter().filter(|(id, _)| !used.contains(id) && label(**id).is_none());
        rest.flat_map(|(_, value)| match value {
            Value::Text(text) => std::slice::from_ref(text),
            Value::Texts(texts) => texts,
            _ => &[],
        })
        .map(|text| text.trim_end_matches('\0'))
        .filter(|text| !text.is_empty())
    }
}

/// Text in a code page of Windows, which is guessed where none is told.
pub(super) fn decode(bytes: &[u8], codepage: u16) -> String {
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

/// Properties that become fields or the body of the mail (MS-OXPROPS).
const USED: [u16; 15] = [
    0x0C1A, 0x0042, 0x5D01, 0x0C1F, 0x0065, 0x0E04, 0x0E03, 0x0E02, 0x0037, 0x1035, 0x1000, 0x1013, 0x1009,
    0x3701, 0x39FE,
];

/// Properties of people in an address book, by the words that the copy puts before them (MS-OXPROPS).
fn label(id: u16) -> Option<&'static str> {
    Some(match id {
        0x3A06 => "Given name",
        0x3A11 => "Surname",
        0x3A44 => "Middle name",
        0x3A4F => "Nickname",
        0x3A16 => "Company",
        0x3A17 => "Position",
        0x3A18 => "Department",
        0x3A1A => "Phone",
        0x3A08 | 0x3A1B => "Business phone",
        0x3A09 | 0x3A2F => "Home phone",
        0x3A1C => "Mobile phone",
        0x3A1F => "Other phone",
        0x3A2E => "Assistant phone",
        0x3A23..=0x3A25 => "Fax",
        0x3A15 => "Address",
        0x3A29 | 0x3A5D => "Street",
        0x3A27 | 0x3A59 => "City",
        0x3A28 | 0x3A5C => "Region",
        0x3A26 | 0x3A5A => "Country",
        0x3A2A | 0x3A5B => "Postal code",
        0x3A42 => "Date of birth",
        0x3A41 => "Wedding",
        0x3A48 => "Spouse",
        0x3A58 => "Children",
        0x3A4E => "Manager",
        0x3A30 => "Assistant",
        _ => return None,
    })
}

/// What became of a message.
#[derive(Default)]
pub(super) struct Told {
    /// Texts of properties for which mail has no place.
    pub(super) other: BTreeSet<String>,
    pub(super) info: Info,
}

impl Told {
    /// Keeps the texts of these properties that have no place in the mail.
    pub(super) fn keep(&mut self, properties: &Properties) {
        self.other.extend(properties.others(&USED).map(str::to_owned));
    }

    /// Shows the texts that the copy leaves out.
    pub(super) fn show(&self, visitor: &mut dyn Visitor, part: &str) -> Result<(), ReadError> {
        let mut block = Block { part: Some(part.into()), first_row: 1, ..Block::default() };
        for (row, text) in (0..).zip(self.other.iter().filter(|t| !t.trim().is_empty())) {
            block.push(text, NO_COLUMN, row, SegmentKind::Meta);
            if block.text.len() > 1 << 20 {
                visitor.block(&mut block)?;
                block.clear();
                block.part = Some(part.into());
            }
        }
        if !block.segments.is_empty() {
            visitor.block(&mut block)?;
        }
        Ok(())
    }
}

fn address(name: Option<&str>, mail: Option<&str>) -> String {
    match (name, mail) {
        (Some(name), Some(mail)) if name != mail => format!("{name} <{mail}>"),
        (Some(one), _) | (None, Some(one)) => one.to_owned(),
        (None, None) => "unknown".to_owned(),
    }
}

/// Who sent a message, as its field says it.
fn sender(message: &Properties) -> String {
    let name = message.text(0x0C1A).or_else(|| message.text(0x0042));
    address(name, [0x5D01, 0x0C1F, 0x0065].into_iter().find_map(|id| message.text(id)))
}

/// The time at which a message was sent or received.
pub(super) fn sent(message: &Properties) -> Option<Moment> {
    message.number(0x0039).or_else(|| message.number(0x0E06)).map(Moment::of_windows)
}

/// Writes a message as mail. `place` is where it lay, for the field `X-Folder`.
pub(super) fn compose(item: Item, place: &str, depth: u32, told: &mut Told) -> Vec<u8> {
    let message = &item.properties;
    told.keep(message);
    let mut head = String::new();
    let mut field = |name: &str, value: &str| {
        let one_line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        head.push_str(&format!("{name}: {}\r\n", encode_words(one_line.trim())));
    };
    field("From", &sender(message));
    for (name, id) in
        [("To", 0x0E04), ("Cc", 0x0E03), ("Bcc", 0x0E02), ("Subject", 0x0037), ("Message-ID", 0x1035)]
    {
        if let Some(value) = message.text(id) {
            field(name, subject(value));
        }
    }
    if let Some(moment) = sent(message) {
        field("Date", &moment.of_mail());
    }
    if !place.is_empty() {
        field("X-Folder", place);
    }
    for recipient in &item.recipients {
        told.keep(recipient);
        let mail = recipient.text(0x39FE).or_else(|| recipient.text(0x3003));
        field("X-Recipient", &address(recipient.text(0x3001), mail));
    }
    let mut parts = bodies(message, told);
    for attachment in item.attachments {
        parts.extend(attached(attachment, depth, told));
    }
    head.push_str("MIME-Version: 1.0\r\n");
    if parts.is_empty() {
        head.push_str("\r\n");
        return head.into_bytes();
    }
    let boundary = format!("=_qupia_0000000000_part{depth}");
    head.push_str(&format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n"));
    let mut mail = head.into_bytes();
    for part in parts {
        mail.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        mail.extend(part);
        mail.extend_from_slice(b"\r\n");
    }
    mail.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    mail
}

/// A subject without the two characters that tell the length of `RE: ` (MS-PST 2.5.3.1.1.1).
fn subject(text: &str) -> &str {
    text.strip_prefix('\u{1}')
        .map_or(text, |rest| rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or(""))
}

/// The body in each of its forms, and what is known of a person.
fn bodies(message: &Properties, told: &mut Told) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    let text = message.text(0x1000);
    let html = message.bytes(0x1013).or_else(|| message.text(0x1013).map(str::as_bytes));
    if let Some(text) = text {
        parts.push(part("text/plain; charset=utf-8", None, text.as_bytes()));
    }
    if let Some(html) = html {
        parts.push(part("text/html", None, html));
    }
    if let Some(rtf) = message.bytes(0x1009).filter(|_| text.is_none() && html.is_none()) {
        match compressed_rtf::unpack(rtf) {
            Some(rtf) => parts.push(part("application/rtf", Some("body.rtf"), &rtf)),
            None => told.info.partly.push((Reason::Damaged, "body in RTF".to_owned())),
        }
    }
    let known = message.values.iter().filter_map(|(id, value)| {
        let value = match value {
            Value::Text(text) => text.trim_end_matches('\0').to_owned(),
            Value::Texts(texts) => texts.join(", "),
            Value::Number(time) => Moment::of_windows(*time).of_day(),
            _ => return None,
        };
        label(*id).filter(|_| !value.is_empty()).map(|label| format!("{label}: {value}\r\n"))
    });
    let known: String = known.collect();
    if !known.is_empty() {
        parts.push(part("text/plain; charset=utf-8", None, known.as_bytes()));
    }
    parts
}

/// An attachment as a part of the mail; `None` for one that has no content of its own.
fn attached(attachment: Attachment, depth: u32, told: &mut Told) -> Option<Vec<u8>> {
    let properties = &attachment.properties;
    told.other.extend(properties.others(&[0x3707, 0x3704, 0x3001, 0x370E]).map(str::to_owned));
    let name = [0x3707, 0x3704, 0x3001].into_iter().find_map(|id| properties.text(id));
    match attachment.content {
        Content::File(bytes) => {
            let kind = properties.text(0x370E).filter(|k| k.is_ascii() && !k.contains(['\r', '\n', ';']));
            let kind = kind.filter(|k| !k.starts_with("multipart/") && !k.starts_with("message/"));
            let kind = kind.unwrap_or("application/octet-stream");
            Some(part(kind, Some(name.unwrap_or("attachment.bin")), &bytes))
        }
        Content::Message(item) if depth < DEPTH => {
            let mut whole = b"Content-Type: message/rfc822\r\n\r\n".to_vec();
            whole.extend(compose(*item, "", depth + 1, told));
            Some(whole)
        }
        Content::Message(_) => {
            let what = format!("more than {DEPTH} messages in one another");
            told.info.partly.push((Reason::LimitReached, what));
            None
        }
        Content::Name => {
            told.other.extend(name.map(str::to_owned));
            None
        }
        Content::Unread(reason) => {
            told.info.partly.push((reason, format!("attachment {}", name.unwrap_or("without name"))));
            None
        }
    }
}

fn part(kind: &str, name: Option<&str>, bytes: &[u8]) -> Vec<u8> {
    let mut head = format!("Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n");
    if let Some(name) = name {
        let mut disposition = Parametric { value: "attachment".to_owned(), parameters: Vec::new() };
        disposition.set("filename", name);
        head.push_str(&format!("Content-Disposition: {}\r\n", disposition.write()));
    }
    head.push_str("\r\n");
    head.push_str(&transfer::to_base64(bytes, "\r\n"));
    head.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_lose_the_length_of_their_prefix() {
        assert_eq!(subject("\u{1}\u{5}RE: отчёт"), "RE: отчёт");
        assert_eq!(subject("отчёт"), "отчёт");
        assert_eq!(subject("\u{1}"), "");
    }

    #[test]
    fn people_of_an_address_book_have_words_before_their_values() {
        let mut item = Item::default();
        item.properties.values.insert(0x3A1C, Value::Text("+7 701 555 12 34".to_owned()));
        item.properties.values.insert(0x8012, Value::Texts(vec!["а".to_owned(), "б".to_owned()]));
        let mut told = Told::default();
        let mail = String::from_utf8(compose(item, "Контакты", 0, &mut told)).unwrap();
        let body = transfer::to_base64("Mobile phone: +7 701 555 12 34\r\n".as_bytes(), "\r\n");
        assert!(mail.contains(body.trim()), "{mail}");
        assert!(mail.contains("X-Folder: "));
        assert_eq!(told.other.len(), 2);
    }
}
