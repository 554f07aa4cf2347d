//! Messages of Outlook (MS-OXMSG): put together as a mail message and walked through as one.
//!
//! The copy is an EML file; properties that mail has no field for are read and left out.

use std::io::{Cursor, Read};
use std::sync::Arc;

use super::eml::{MESSAGE, Walk};
use super::mapi::{self, Attachment, Content, DEPTH, Item, Properties, Told, Value, decode};
use super::members::{self, Budget};
use super::{CopyKind, Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::Input;

/// The format `msg`.
pub struct Msg;

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
        let item = Storage { file: &mut self.file, path: "/".to_owned() }.item(0)?;
        let mut told = Told::default();
        let mail = mapi::compose(item, "", 0, &mut told);
        // the copy has no place for these
        told.show(visitor, "properties")?;
        let mut budget = Budget::new(&self.limits);
        let mut walk = Walk { visitor, budget: &mut budget, copy: out.is_some(), place: String::new() };
        let new = walk.message(&mail)?;
        if let Some(out) = out {
            out.write_all(new.as_deref().unwrap_or(&mail))?;
            out.flush()?;
        }
        Ok(told.info)
    }
}

/// A storage of the file: a message, a recipient, an attachment.
struct Storage<'a> {
    file: &'a mut File,
    path: String,
}

impl Storage<'_> {
    fn stream(&mut self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let path = format!("{}{name}", self.path);
        self.file.open_stream(path).ok()?.take(MESSAGE).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    fn children(&self) -> Result<Vec<(String, bool)>, ReadError> {
        let entries = self.file.read_storage(&self.path).map_err(|_| members::broken("msg"))?;
        Ok(entries.map(|e| (e.name().to_owned(), e.is_storage())).collect())
    }

    fn within(&mut self, name: &str) -> Storage<'_> {
        Storage { path: format!("{}{name}/", self.path), file: &mut *self.file }
    }

    /// All properties; `codepage` is that of the message where the storage tells none.
    fn properties(&mut self, codepage: u16, names: &[(String, bool)]) -> Properties {
        let mut out = Properties { codepage, ..Properties::default() };
        // values of fixed size stand in one stream (MS-OXMSG, 2.4), whose header is 32, 24 or 8 bytes long
        let fixed = self.stream("__properties_version1.0").unwrap_or_default();
        for entry in fixed.get(fixed.len() % 16..).unwrap_or_default().chunks_exact(16) {
            let (Ok(kind), Ok(id)) = (entry[..2].try_into(), entry[2..4].try_into()) else { continue };
            let Ok(value) = entry[8..16].try_into() else { continue };
            if matches!(u16::from_le_bytes(kind), 0x02 | 0x03 | 0x0B | 0x14 | 0x40) {
                out.values.insert(u16::from_le_bytes(id), Value::Number(u64::from_le_bytes(value)));
            }
        }
        let told = out.number(0x3FFD).or_else(|| out.number(0x3FDE)).filter(|n| *n > 0);
        out.codepage = told.map_or(codepage, |n| u16::try_from(n & 0xFFFF).unwrap_or(codepage));
        for (name, _) in names.iter().filter(|n| !n.1) {
            let Some(tag) = name.strip_prefix("__substg1.0_").and_then(|n| n.get(..8)) else { continue };
            let Ok(tag) = u32::from_str_radix(tag, 16) else { continue };
            let (id, kind) = ((tag >> 16) as u16, tag & 0xFFFF);
            // a property with several values has a stream for each, and one with their lengths
            let several = kind & 0x1000 != 0;
            let wanted = matches!(kind & 0xFFF, 0x1E | 0x1F) || kind == 0x102;
            if !wanted || several != name.contains('-') {
                continue;
            }
            let Some(bytes) = self.stream(name) else { continue };
            let text = match kind & 0xFFF {
                0x1F => encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes).0.into_owned(),
                0x1E => decode(&bytes, out.codepage),
                _ => {
                    out.values.insert(id, Value::Bytes(bytes));
                    continue;
                }
            };
            match out.values.get_mut(&id) {
                Some(Value::Texts(texts)) => texts.push(text),
                // the same property may stand in Unicode, too
                Some(Value::Text(_)) if kind == 0x1E => {}
                _ if several => _ = out.values.insert(id, Value::Texts(vec![text])),
                _ => _ = out.values.insert(id, Value::Text(text)),
            }
        }
        out
    }

    /// The message of this storage with all that is attached to it.
    fn item(&mut self, depth: u32) -> Result<Item, ReadError> {
        if depth > DEPTH {
            return Err(ReadError::limit(format!("more than {DEPTH} messages in one another")));
        }
        let children = self.children()?;
        let properties = self.properties(0, &children);
        let codepage = properties.codepage;
        let mut item = Item { properties, ..Item::default() };
        for (name, _) in children.iter().filter(|c| c.1) {
            let mut storage = self.within(name);
            let names = storage.children()?;
            if name.starts_with("__recip_version1.0_") {
                item.recipients.push(storage.properties(codepage, &names));
            } else if name.starts_with("__attach_version1.0_") {
                let mut properties = storage.properties(codepage, &names);
                let content = match properties.values.remove(&0x3701) {
                    Some(Value::Bytes(bytes)) => Content::File(bytes),
                    // what is attached by reference stands elsewhere
                    _ if matches!(properties.number(0x3705), Some(2..=4 | 7)) => Content::Name,
                    _ => storage.embedded(depth, &names)?,
                };
                item.attachments.push(Attachment { properties, content });
            }
        }
        Ok(item)
    }

    /// What an attachment without a file holds.
    fn embedded(&mut self, depth: u32, names: &[(String, bool)]) -> Result<Content, ReadError> {
        const INNER: &str = "__substg1.0_3701000D";
        if !names.iter().any(|n| n.1 && n.0 == INNER) {
            return Ok(Content::Unread(Reason::UnsupportedFormat));
        }
        let mut inner = self.within(INNER);
        let known =
            inner.children()?.iter().any(|c| c.0 == "__properties_version1.0" || c.0.contains("001F"));
        if !known {
            // the storage of an object of another program
            return Ok(Content::Unread(Reason::UnsupportedFormat));
        }
        Ok(Content::Message(Box::new(inner.item(depth + 1)?)))
    }
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
