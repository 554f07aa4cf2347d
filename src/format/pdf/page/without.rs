//! The stream without some of its text, and the labels in its place.

use super::*;

impl Content {
    /// The stream with the glyphs of `edits` taken out and their labels drawn in their place, and without the
    /// pictures in it where they are to be `gone`.
    pub(in crate::format::pdf) fn without(
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
    pub(in crate::format::pdf) fn plain(
        text: &str,
        edits: &[Edit],
        size: (f64, f64),
        labels: &mut Labels,
    ) -> Vec<u8> {
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

/// The dictionary of resources with the labels' font in it.
pub(in crate::format::pdf) fn with_label_font(
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
