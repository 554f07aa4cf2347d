//! The font in which labels are drawn: not embedded, asked for by the names of its glyphs, with a map to Unicode,
//! so that it shows and copies Russian and Kazakh without a font file in every document.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::glyphs;

/// The name of the font in the resources of a page.
pub(super) const NAME: &[u8] = b"QupiaLabel";

/// Codes that are given to characters.
const FIRST: u8 = 33;

/// The characters that labels have used so far.
#[derive(Default)]
pub(super) struct Labels {
    chars: Vec<char>,
    id: Option<ObjectId>,
}

impl Labels {
    /// The font's object; its content is written at the end.
    pub(super) fn id(&mut self, document: &mut Document) -> ObjectId {
        *self.id.get_or_insert_with(|| document.new_object_id())
    }

    /// The codes of a text; blanks are code 32, what finds no place any more becomes a question mark.
    pub(super) fn encode(&mut self, text: &str) -> Vec<u8> {
        text.chars()
            .filter(|c| !c.is_control())
            .map(|c| {
                if c == ' ' {
                    return b' ';
                }
                let at = self.chars.iter().position(|known| *known == c).or_else(|| {
                    (self.chars.len() < usize::from(u8::MAX - FIRST)).then(|| {
                        self.chars.push(c);
                        self.chars.len() - 1
                    })
                });
                at.and_then(|at| u8::try_from(at).ok()).map_or(b' ', |at| FIRST + at)
            })
            .collect()
    }

    /// Width of a text in thousandths of the font size.
    pub(super) fn width(text: &str) -> f64 {
        text.chars().filter(|c| !c.is_control()).map(width).sum()
    }

    /// Writes the font's objects.
    pub(super) fn finish(self, document: &mut Document) {
        let Some(id) = self.id else { return };
        let mut differences: Vec<Object> = vec![Object::Integer(32), Object::Name(b"space".to_vec())];
        let mut widths = vec![Object::Integer(width(' ') as i64)];
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Labels def /CMapType 2 def \
             1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <20> <0020> endbfchar\n",
        );
        for (n, c) in self.chars.iter().enumerate() {
            differences.push(Object::Name(glyphs::name(*c).into_bytes()));
            widths.push(Object::Integer(width(*c) as i64));
            let units: String = c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("{u:04X}")).collect();
            map.push_str(&format!("1 beginbfchar <{:02X}> <{units}> endbfchar\n", usize::from(FIRST) + n));
        }
        map.push_str("endcmap CMapName currentdict /CMap defineresource pop end end");
        let unicode = document.add_object(Stream::new(Dictionary::new(), map.into_bytes()));
        let descriptor = document.add_object(dictionary! {
            "Type" => "FontDescriptor", "FontName" => "ArialMT", "Flags" => 32, "ItalicAngle" => 0, "Ascent" => 905,
            "Descent" => -212, "CapHeight" => 716, "StemV" => 80,
            "FontBBox" => vec![Object::Integer(-665), Object::Integer(-325), Object::Integer(2000), Object::Integer(1006)],
        });
        let font = dictionary! {
            "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => "ArialMT", "FirstChar" => 32,
            "LastChar" => 32 + self.chars.len() as i64, "Widths" => widths,
            "Encoding" => dictionary! { "Type" => "Encoding", "BaseEncoding" => "WinAnsiEncoding", "Differences" => differences },
            "FontDescriptor" => Object::Reference(descriptor), "ToUnicode" => Object::Reference(unicode),
        };
        document.objects.insert(id, Object::Dictionary(font));
    }
}

/// About how wide a sans-serif draws a character, in thousandths of its size.
fn width(c: char) -> f64 {
    match c {
        ' ' | '.' | ',' | ':' | ';' | 'i' | 'l' | 'j' | 'I' | '[' | ']' | '!' | '/' | 't' | 'f' | 'і' => {
            278.0
        }
        '-' | '(' | ')' | 'r' => 333.0,
        'm' | 'M' | 'W' | 'ж' | 'м' | 'ш' | 'щ' | 'ю' | 'Ж' | 'М' | 'Ш' | 'Щ' | 'Ю' | 'Ф' | '№' | '—' => {
            890.0
        }
        c if c.is_uppercase() => 700.0,
        _ => 556.0,
    }
}
