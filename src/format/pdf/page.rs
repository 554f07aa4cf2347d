//! The text of one content stream, and the stream without some of it.

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::content::{self, Op, Operand, operators};
use super::font::{Code, Font};
use super::label::{self, Labels};
use super::pixels;
use crate::model::Edit;

type Matrix = [f64; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// Most glyphs of one stream; beyond it the page counts as too large.
const GLYPHS: usize = 4 << 20;

/// `a` applied before `b`.
fn times(a: &Matrix, b: &Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// Fonts already read, by their object.
#[derive(Default)]
pub(super) struct Fonts {
    read: HashMap<ObjectId, usize>,
    all: Vec<Font>,
}

impl Fonts {
    fn of(&mut self, document: &Document, resources: Option<&Dictionary>, name: &[u8]) -> usize {
        let fonts =
            resources.and_then(|r| r.get_deref(b"Font", document).ok()).and_then(|o| o.as_dict().ok());
        let object = fonts.and_then(|f| f.get(name).ok());
        let id = object.and_then(|o| o.as_reference().ok());
        if let Some(known) = id.and_then(|id| self.read.get(&id)) {
            return *known;
        }
        let dict = object.and_then(|o| document.dereference(o).ok()).and_then(|(_, o)| o.as_dict().ok());
        self.all.push(dict.map_or_else(Font::unknown, |dict| Font::load(document, dict)));
        if let Some(id) = id {
            self.read.insert(id, self.all.len() - 1);
        }
        self.all.len() - 1
    }
}

/// The text state (9.3), which `q` and `Q` keep.
#[derive(Clone)]
struct State {
    ctm: Matrix,
    font: Option<usize>,
    font_name: Rc<[u8]>,
    size: f64,
    spacing: f64,
    word_spacing: f64,
    /// Horizontal scaling; 1 is 100 %.
    scale: f64,
    leading: f64,
    rise: f64,
    mode: i64,
}

/// One glyph that was shown.
struct Glyph {
    /// Index into the pieces of the show.
    piece: usize,
    /// Where its code begins in the piece, and how long it is.
    at: usize,
    code: Code,
    font: usize,
    /// Advance in text space before horizontal scaling.
    advance: f64,
    start: (f64, f64),
    end: (f64, f64),
    size: f64,
    /// Its text in the block.
    text: (u32, u32),
}

enum Piece {
    Text(Vec<u8>),
    Adjust(f64),
}

/// One operator that shows text.
struct Show {
    start: usize,
    end: usize,
    pieces: Vec<Piece>,
    /// What `'` and `"` do before they show.
    before: Vec<u8>,
    state: State,
    /// The glyphs are `first..`.
    first: usize,
    /// The font counts in units of its own (Type 3): its size says nothing of how large letters are.
    own_units: bool,
}

/// What a content stream shows.
pub(super) struct Content {
    pub(super) text: String,
    /// Replacement texts of marked content; viewers copy them instead of the glyphs. A copy has none.
    pub(super) hidden: Vec<String>,
    glyphs: Vec<Glyph>,
    shows: Vec<Show>,
    marks: Vec<(usize, usize, Vec<u8>)>,
    /// Glyphs of which no character is known.
    pub(super) unknown: usize,
    pub(super) invisible: usize,
    /// Area under pictures, in units of the page.
    pub(super) pictures: f64,
    /// Pictures that are objects of their own, also those within forms.
    pub(super) images: Vec<ObjectId>,
    /// Where pictures stand in the stream itself.
    pub(super) inline: Vec<(usize, usize)>,
    /// Curves and lines drawn: letters may be among them.
    pub(super) curves: usize,
    pub(super) too_large: bool,
    vertical: bool,
}

impl Content {
    pub(super) fn letters(&self) -> usize {
        self.text.chars().filter(|c| c.is_alphanumeric()).count()
    }

    pub(super) fn shown(&self) -> usize {
        self.glyphs.len()
    }

    pub(super) fn is_vertical(&self) -> bool {
        self.vertical
    }

    pub(super) fn read(
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

    /// Puts the glyphs' texts together, with blanks and line ends where they stand apart.
    fn write_text(&mut self, fonts: &mut Fonts) {
        let mut by_font: HashMap<usize, Vec<u32>> = HashMap::new();
        for glyph in &self.glyphs {
            by_font.entry(glyph.font).or_default().push(glyph.code.code);
        }
        for (font, codes) in by_font {
            fonts.all[font].settle(codes.into_iter());
        }
        let mut last: Option<((f64, f64), (f64, f64), f64)> = None;
        for glyph in &mut self.glyphs {
            let text = fonts.all[glyph.font].text(glyph.code.code);
            if let Some((start, end, size)) = last {
                let size = size.max(glyph.size).max(0.01);
                let along = (end.0 - start.0, end.1 - start.1);
                let length = along.0.hypot(along.1);
                let (ux, uy) = if length > 0.0 { (along.0 / length, along.1 / length) } else { (1.0, 0.0) };
                let (dx, dy) = (glyph.start.0 - end.0, glyph.start.1 - end.1);
                let (gap, off) = (dx * ux + dy * uy, (dy * ux - dx * uy).abs());
                let blank = self.text.ends_with([' ', '\n']) || text.is_some_and(|t| t.starts_with(' '));
                if off > size * 0.5 || gap < -size * 1.5 {
                    if off > size * 2.0 && !self.text.ends_with("\n\n") {
                        self.text.push('\n');
                    }
                    if !self.text.ends_with("\n\n") {
                        self.text.push('\n');
                    }
                } else if gap > size * 0.17 && !blank {
                    self.text.push(' ');
                }
            }
            last = Some((glyph.start, glyph.end, glyph.size));
            let from = self.text.len() as u32;
            match text {
                Some(text) => self.text.push_str(text),
                None => {
                    self.unknown += 1;
                    self.text.push('\u{FFFD}');
                }
            }
            glyph.text = (from, self.text.len() as u32);
        }
    }

    /// The stream with the glyphs of `edits` taken out and their labels drawn in their place, and without the
    /// pictures in it where they are to be `gone`.
    pub(super) fn without(
        &self,
        bytes: &[u8],
        edits: &[Edit],
        pictures_gone: bool,
        labels: &mut Labels,
    ) -> Vec<u8> {
        let mut gone: Vec<Option<usize>> = vec![None; self.glyphs.len()];
        let mut at = 0;
        for (n, edit) in edits.iter().enumerate() {
            while self.glyphs.get(at).is_some_and(|g| g.text.1 <= edit.start) {
                at += 1;
            }
            let mut k = at;
            while self.glyphs.get(k).is_some_and(|g| g.text.0 < edit.end) {
                gone[k] = Some(n);
                k += 1;
            }
        }
        let mut changes: Vec<(usize, usize, Vec<u8>)> = self.marks.clone();
        if pictures_gone {
            changes.extend(self.inline.iter().map(|(start, end)| (*start, *end, Vec::new())));
        }
        let mut drawn = vec![false; edits.len()];
        for (n, show) in self.shows.iter().enumerate() {
            let end = self.shows.get(n + 1).map_or(self.glyphs.len(), |s| s.first);
            if gone[show.first..end].iter().any(Option::is_some) {
                let new = self.show_again(show, end, &gone, edits, &mut drawn, labels);
                changes.push((show.start, show.end, new));
            }
        }
        changes.sort_by_key(|c| c.0);
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for (start, end, new) in changes {
            if start < at {
                continue;
            }
            out.extend_from_slice(&bytes[at..start]);
            out.extend_from_slice(&new);
            at = end;
        }
        out.extend_from_slice(&bytes[at..]);
        out
    }

    /// A show operator anew: kept codes in strings, gaps as wide as what is gone.
    fn show_again(
        &self,
        show: &Show,
        end: usize,
        gone: &[Option<usize>],
        edits: &[Edit],
        drawn: &mut [bool],
        labels: &mut Labels,
    ) -> Vec<u8> {
        let mut out = show.before.clone();
        let mut array: Vec<Operand> = Vec::new();
        let state = &show.state;
        let unit = if state.size == 0.0 { 0.0 } else { 1000.0 / state.size };
        let mut k = show.first;
        for (n, piece) in show.pieces.iter().enumerate() {
            let bytes = match piece {
                Piece::Adjust(by) => {
                    array.push(Operand::Number(*by));
                    continue;
                }
                Piece::Text(bytes) => bytes,
            };
            let mut kept = Vec::new();
            while let Some(glyph) = self.glyphs[..end].get(k).filter(|g| g.piece == n) {
                let Some(edit) = gone[k] else {
                    kept.extend_from_slice(
                        bytes.get(glyph.at..glyph.at + glyph.code.length).unwrap_or_default(),
                    );
                    k += 1;
                    continue;
                };
                if !kept.is_empty() {
                    array.push(Operand::Text(std::mem::take(&mut kept)));
                }
                // glyphs of one finding in this string
                let first = k;
                while k < end && self.glyphs[k].piece == n && gone[k] == Some(edit) {
                    k += 1;
                }
                let room: f64 = self.glyphs[first..k].iter().map(|g| g.advance).sum();
                let mut used = 0.0;
                if !std::mem::replace(&mut drawn[edit], true) && !edits[edit].text.is_empty() {
                    // the label may be as wide as all that is gone from this operator
                    let all = (first..end).filter(|g| gone[*g] == Some(edit));
                    let (room, count) = all.fold((0.0, 0), |(w, n), g| (w + self.glyphs[g].advance, n + 1));
                    flush(&mut array, &mut out);
                    used = self.label(show, &edits[edit].text, (room, count), &mut out, labels);
                }
                array.push(Operand::Number(-(room - used) * unit));
            }
            if !kept.is_empty() {
                array.push(Operand::Text(kept));
            }
        }
        flush(&mut array, &mut out);
        out
    }

    /// Draws a label and restores the text state; answers its advance in text space before scaling.
    fn label(
        &self,
        show: &Show,
        text: &str,
        (room, count): (f64, usize),
        out: &mut Vec<u8>,
        labels: &mut Labels,
    ) -> f64 {
        let (state, own_units) = (&show.state, show.own_units);
        let size = if own_units { room / count.max(1) as f64 / 0.55 } else { state.size };
        let natural = Labels::width(text) / 1000.0 * size;
        let squeeze = if natural.abs() > room.abs() && natural != 0.0 {
            (room / natural).abs().clamp(0.3, 1.0)
        } else {
            1.0
        };
        let n = content::number;
        let mut put = |text: String| out.extend_from_slice(text.as_bytes());
        put(format!(
            "/{} {} Tf 0 Tc 0 Tw {} Tz ",
            String::from_utf8_lossy(label::NAME),
            n(size),
            n(squeeze * state.scale * 100.0)
        ));
        if state.mode == 3 {
            put("0 Tr ".to_owned());
        }
        let mut code = Vec::new();
        content::hex(&labels.encode(text), &mut code);
        out.extend_from_slice(&code);
        out.extend_from_slice(b" Tj ");
        Operand::Name(state.font_name.to_vec()).write(out);
        let mut put = |text: String| out.extend_from_slice(text.as_bytes());
        put(format!(
            " {} Tf {} Tc {} Tw {} Tz ",
            n(state.size),
            n(state.spacing),
            n(state.word_spacing),
            n(state.scale * 100.0)
        ));
        if state.mode == 3 {
            put("3 Tr ".to_owned());
        }
        natural * squeeze
    }

    /// The lines of the text with `edits` applied, drawn one below the other on a page of this size.
    pub(super) fn plain(text: &str, edits: &[Edit], size: (f64, f64), labels: &mut Labels) -> Vec<u8> {
        let text = super::super::members::edited(text, edits);
        let columns = ((size.0 - 72.0) / 5.0).max(20.0) as usize;
        let mut lines = Vec::new();
        for line in text.lines() {
            let chars: Vec<char> = line.chars().collect();
            lines.extend(chars.chunks(columns).map(|c| c.iter().collect::<String>()));
            if chars.is_empty() {
                lines.push(String::new());
            }
        }
        let step = ((size.1 - 72.0) / lines.len().max(1) as f64).clamp(1.0, 12.0);
        let n = content::number;
        let mut out = format!(
            "BT /{} {} Tf {} TL 36 {} Td\n",
            String::from_utf8_lossy(label::NAME),
            n(step * 0.8),
            n(step),
            n(size.1 - 36.0)
        )
        .into_bytes();
        for line in lines {
            content::hex(&labels.encode(&line), &mut out);
            out.extend_from_slice(b" Tj T*\n");
        }
        out.extend_from_slice(b"ET\n");
        out
    }
}

fn flush(array: &mut Vec<Operand>, out: &mut Vec<u8>) {
    if !array.is_empty() {
        Operand::Array(std::mem::take(array)).write(out);
        out.extend_from_slice(b" TJ ");
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
            self.content.hidden.push(super::strings::decode(value.text().unwrap_or_default()));
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
        let Ok(bytes) = form.get_plain_content_with_limit(super::STREAM) else { return };
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

/// The dictionary of resources with the labels' font in it.
pub(super) fn with_label_font(
    document: &Document,
    resources: Option<&Dictionary>,
    font: ObjectId,
) -> Dictionary {
    let mut resources = resources.cloned().unwrap_or_default();
    let mut fonts = resources
        .get_deref(b"Font", document)
        .ok()
        .and_then(|o| o.as_dict().ok())
        .cloned()
        .unwrap_or_default();
    fonts.set(label::NAME, Object::Reference(font));
    resources.set("Font", Object::Dictionary(fonts));
    resources
}
