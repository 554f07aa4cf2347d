//! The operators of a content stream, one after another: what they show and where.

use super::super::{STREAM, strings};
use super::*;

impl Content {
    pub(in crate::format::pdf) fn read(
        document: &Document,
        resources: Option<&Dictionary>,
        bytes: &[u8],
        fonts: &mut Fonts,
    ) -> Content {
        let mut reader = Reader {
            document,
            resources,
            fonts,
            content: Content {
                text: String::new(),
                hidden: Vec::new(),
                glyphs: Vec::new(),
                shows: Vec::new(),
                marks: Vec::new(),
                unknown: 0,
                invisible: 0,
                pictures: 0.0,
                images: Vec::new(),
                inline: Vec::new(),
                curves: 0,
                too_large: false,
                vertical: false,
            },
            state: State {
                ctm: IDENTITY,
                font: None,
                font_name: Rc::from(&b""[..]),
                size: 0.0,
                spacing: 0.0,
                word_spacing: 0.0,
                scale: 1.0,
                leading: 0.0,
                rise: 0.0,
                mode: 0,
            },
            saved: Vec::new(),
            matrix: IDENTITY,
            line: IDENTITY,
        };
        for op in operators(bytes) {
            reader.operator(&op);
            if reader.content.glyphs.len() > GLYPHS {
                reader.content.too_large = true;
                break;
            }
        }
        let Reader { mut content, fonts, .. } = reader;
        content.write_text(fonts);
        content
    }
}

struct Reader<'a> {
    document: &'a Document,
    resources: Option<&'a Dictionary>,
    fonts: &'a mut Fonts,
    content: Content,
    state: State,
    saved: Vec<State>,
    /// Text matrix and text line matrix.
    matrix: Matrix,
    line: Matrix,
}

impl Reader<'_> {
    fn operator(&mut self, op: &Op<'_>) {
        let number = |n: usize| op.operands.get(n).and_then(Operand::number).unwrap_or(0.0);
        let matrix = || -> Matrix { [number(0), number(1), number(2), number(3), number(4), number(5)] };
        match op.name {
            b"q" => {
                if self.saved.len() < 4096 {
                    self.saved.push(self.state.clone());
                }
            }
            b"Q" => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            b"cm" => self.state.ctm = times(&matrix(), &self.state.ctm),
            b"BT" => (self.matrix, self.line) = (IDENTITY, IDENTITY),
            b"Tm" => (self.matrix, self.line) = (matrix(), matrix()),
            b"Td" => self.next_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tf" => {
                if let Some(name) = op.operands.first().and_then(Operand::name) {
                    self.state.font = Some(self.fonts.of(self.document, self.resources, name));
                    self.state.font_name = Rc::from(name);
                }
                self.state.size = number(1);
            }
            b"Tc" => self.state.spacing = number(0),
            b"Tw" => self.state.word_spacing = number(0),
            b"Tz" => self.state.scale = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Tr" => self.state.mode = number(0) as i64,
            b"Tj" | b"TJ" => self.show(op, 0, Vec::new()),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.show(op, 0, b"T* ".to_vec());
            }
            b"\"" => {
                (self.state.word_spacing, self.state.spacing) = (number(0), number(1));
                self.next_line(0.0, -self.state.leading);
                let n = content::number;
                let before = format!("{} Tw {} Tc T* ", n(number(0)), n(number(1)));
                self.show(op, 2, before.into_bytes());
            }
            b"Do" => self.external(op),
            b"BI" => {
                self.picture();
                self.content.inline.push((op.start, op.end));
            }
            b"BDC" | b"DP" => self.mark(op),
            b"c" | b"v" | b"y" | b"l" => self.content.curves += 1,
            _ => {}
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = times(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.matrix = self.line;
    }

    /// The area of the unit square under the present matrix.
    fn picture(&mut self) {
        self.content.pictures += area(&self.state.ctm);
    }

    fn external(&mut self, op: &Op<'_>) {
        let Some(name) = op.operands.first().and_then(Operand::name) else { return };
        let objects = self.resources.and_then(|r| r.get_deref(b"XObject", self.document).ok());
        let object =
            objects.and_then(|o| o.as_dict().ok()).and_then(|d| d.get_deref(name, self.document).ok());
        let Some(stream) = object.and_then(|o| o.as_stream().ok()) else { return };
        let id = objects.and_then(|o| o.as_dict().ok()?.get(name).ok()?.as_reference().ok());
        match stream.dict.get(b"Subtype").ok().and_then(|k| k.as_name().ok()) {
            Some(b"Image") => {
                self.picture();
                self.content.images.extend(id.filter(|_| pixels::is_picture(self.document, stream)));
            }
            Some(b"Form") => {
                let mut nested = Nested { document: self.document, content: &mut self.content, seen: 0 };
                nested.form(stream, &self.state.ctm, 0);
            }
            _ => {}
        }
    }

    /// Marked content with texts of its own: they are read, and left out of the copy.
    fn mark(&mut self, op: &Op<'_>) {
        let Some(Operand::Dict(entries)) = op.operands.get(1) else { return };
        let (texts, kept): (Vec<_>, Vec<_>) = entries.iter().cloned().partition(|(key, value)| {
            matches!(key.as_slice(), b"ActualText" | b"Alt" | b"E") && value.text().is_some()
        });
        if texts.is_empty() {
            return;
        }
        for (_, value) in &texts {
            self.content.hidden.push(strings::decode(value.text().unwrap_or_default()));
        }
        let mut new = Vec::new();
        op.operands[0].write(&mut new);
        new.push(b' ');
        Operand::Dict(kept).write(&mut new);
        new.push(b' ');
        new.extend_from_slice(op.name);
        self.content.marks.push((op.start, op.end, new));
    }

    fn show(&mut self, op: &Op<'_>, operand: usize, before: Vec<u8>) {
        let pieces: Vec<Piece> = match op.operands.get(operand) {
            Some(Operand::Text(text)) => vec![Piece::Text(text.clone())],
            Some(Operand::Array(items)) => items
                .iter()
                .filter_map(|item| match item {
                    Operand::Text(text) => Some(Piece::Text(text.clone())),
                    Operand::Number(n) => Some(Piece::Adjust(*n)),
                    _ => None,
                })
                .collect(),
            _ => return,
        };
        let font = match self.state.font {
            Some(font) => font,
            None => {
                let font = self.fonts.of(self.document, None, b"");
                self.state.font = Some(font);
                font
            }
        };
        let first = self.content.glyphs.len();
        for (n, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Adjust(by) => self.advance(-by / 1000.0 * self.state.size * self.state.scale),
                Piece::Text(bytes) => {
                    let codes = self.fonts.all[font].split(bytes);
                    let mut at = 0;
                    for code in codes {
                        self.glyph(n, at, code, font);
                        at += code.length;
                    }
                }
            }
        }
        let own_units = self.fonts.all[font].scale != 1.0;
        let (start, end, state) = (op.start, op.end, self.state.clone());
        self.content.shows.push(Show { start, end, pieces, before, state, first, own_units });
    }

    fn glyph(&mut self, piece: usize, at: usize, code: Code, font: usize) {
        let known = &self.fonts.all[font];
        let state = &self.state;
        let mut advance = known.width(code.code) / 1000.0 * state.size + state.spacing;
        if known.is_space(code) {
            advance += state.word_spacing;
        }
        self.content.vertical |= known.vertical;
        let place = |m: &Matrix| {
            let m = times(m, &state.ctm);
            (m[4], m[5])
        };
        let start = place(&self.matrix);
        let whole = times(&self.matrix, &state.ctm);
        // how high a line of this size stands on the page
        let letters = if known.scale == 1.0 { 0.0 } else { advance.abs() / 0.55 };
        let size = state.size.abs().max(letters) * whole[2].hypot(whole[3]);
        let scale = state.scale;
        let invisible = state.mode == 3;
        self.advance(advance * scale);
        let end = {
            let m = times(&self.matrix, &self.state.ctm);
            (m[4], m[5])
        };
        self.content.invisible += usize::from(invisible);
        self.content.glyphs.push(Glyph { piece, at, code, font, advance, start, end, size, text: (0, 0) });
    }

    fn advance(&mut self, by: f64) {
        self.matrix = times(&[1.0, 0.0, 0.0, 1.0, by, 0.0], &self.matrix);
    }
}
/// Most forms that are looked at for pictures within one stream, and how deep.
const FORMS: (usize, usize) = (2000, 12);

/// Pictures within forms: a scan may stand in one.
struct Nested<'a> {
    document: &'a Document,
    content: &'a mut Content,
    seen: usize,
}

impl Nested<'_> {
    fn form(&mut self, form: &lopdf::Stream, ctm: &Matrix, depth: usize) {
        self.seen += 1;
        if self.seen > FORMS.0 || depth > FORMS.1 {
            return;
        }
        let Ok(bytes) = form.get_plain_content_with_limit(STREAM) else { return };
        let resources = form.dict.get_deref(b"Resources", self.document).ok().and_then(|o| o.as_dict().ok());
        let objects = resources.and_then(|r| r.get_deref(b"XObject", self.document).ok()?.as_dict().ok());
        let own: Vec<f64> = form
            .dict
            .get_deref(b"Matrix", self.document)
            .ok()
            .and_then(|o| o.as_array().ok())
            .map(|a| a.iter().filter_map(|o| o.as_float().ok().map(f64::from)).collect())
            .unwrap_or_default();
        let own: Matrix = own.try_into().unwrap_or(IDENTITY);
        let (mut ctm, mut saved) = (times(&own, ctm), Vec::new());
        for op in operators(&bytes) {
            let number = |n: usize| op.operands.get(n).and_then(Operand::number).unwrap_or(0.0);
            match op.name {
                b"q" if saved.len() < 4096 => saved.push(ctm),
                b"Q" => ctm = saved.pop().unwrap_or(ctm),
                b"cm" => {
                    ctm = times(&[number(0), number(1), number(2), number(3), number(4), number(5)], &ctm);
                }
                b"BI" => self.content.pictures += area(&ctm),
                b"Do" => {
                    let entry =
                        op.operands.first().and_then(Operand::name).and_then(|n| objects?.get(n).ok());
                    let id = entry.and_then(|e| e.as_reference().ok());
                    let object = entry.and_then(|e| self.document.dereference(e).ok());
                    let Some(stream) = object.and_then(|(_, o)| o.as_stream().ok()) else { continue };
                    match stream.dict.get(b"Subtype").ok().and_then(|k| k.as_name().ok()) {
                        Some(b"Image") => {
                            self.content.pictures += area(&ctm);
                            let picture = id.filter(|_| pixels::is_picture(self.document, stream));
                            self.content.images.extend(picture);
                        }
                        Some(b"Form") => self.form(stream, &ctm, depth + 1),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

/// The area of the unit square under a matrix.
fn area(m: &Matrix) -> f64 {
    (m[0] * m[3] - m[1] * m[2]).abs()
}
