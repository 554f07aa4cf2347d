//! The text of one content stream, and the stream without some of it.

mod reader;
mod without;

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::content::{self, Op, Operand, operators};
use super::font::{Code, Font};
use super::label::{self, Labels};
use super::pixels;
use crate::model::Edit;

pub(super) use without::with_label_font;

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
}
