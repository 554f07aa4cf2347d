//! What the pieces of a record are by the company that they stand in.

use super::forms::{self, Form, behind_sign, form, longitude};
use super::{Piece, Told, kin, of_person};
use crate::detect::detector::Detector;
use crate::detect::fold::{Folded, fold};
use crate::detect::lexicon::matches;
use crate::model::Category;

impl Detector {
    /// What the pieces of a record are by the company that they stand in. `line`: of running text.
    pub(super) fn tell(&self, text: &[u8], pieces: &[Piece], line: bool, out: &mut Vec<Told>) {
        let forms: Vec<Option<Form>> = pieces
            .iter()
            .map(|p| if p.known.is_some() { None } else { form(&text[p.start..p.end]) })
            .collect();
        let listed = |id: &'static str, p: &Piece| {
            (p.known.is_none() && p.end - p.start <= 40).then(|| self.listed_value(id, text, p)).flatten()
        };
        let has = |of: &[Category]| pieces.iter().any(|p| p.known.is_some_and(|k| of.contains(&k)));
        let is = |f: fn(&Form) -> bool| forms.iter().flatten().any(f);
        // kinds that are known, and kinds of forms that agree with them
        let mut kinds: Vec<Category> = pieces.iter().filter_map(|p| p.known).filter(|k| counts(*k)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut agree: Vec<u8> = forms.iter().flatten().filter_map(|f| weight(*f)).collect();
        agree.sort_unstable();
        agree.dedup();
        let total = kinds.len() + agree.len();
        let person = has(&[Category::PERSON, Category::IIN, Category::PASSPORT, Category::ID_CARD]);
        if !kinds.iter().any(|k| of_person(*k)) {
            return;
        }
        if total < 2 {
            // the day or year of somebody's birth needs but a word for it
            for (k, p) in pieces.iter().enumerate() {
                let family = || {
                    line && k > 0
                        && pieces[k - 1].known == Some(Category::PERSON)
                        && kin::near(text, pieces, k)
                };
                let told = match forms[k] {
                    Some(Form::Born) => {
                        out.push(("birth_date", p.start, p.start + 4, p.segment));
                        false
                    }
                    Some(Form::Year) => family() || line && kin::listed(text, pieces, k),
                    Some(Form::Day { .. }) => family(),
                    Some(Form::Faith) if person => {
                        out.push(("special_religion", p.start, p.end, p.segment));
                        false
                    }
                    _ => false,
                };
                if told {
                    out.push(("birth_date", p.start, p.end, p.segment));
                }
            }
            return;
        }
        let vehicle = has(&[Category::PLATE, Category::VIN, Category::VEHICLE_CERTIFICATE])
            || is(|f| matches!(f, Form::Plate { .. } | Form::Vehicle));
        let born = has(&[Category::BIRTH_DATE]);
        let numbers: Vec<[u8; 6]> = pieces
            .iter()
            .filter(|p| p.known == Some(Category::IIN))
            .filter_map(|p| {
                let digits: Vec<u8> =
                    text[p.start..p.end].iter().copied().filter(u8::is_ascii_digit).collect();
                digits.first_chunk::<6>().copied()
            })
            .collect();
        let of_number = |d: &[u8; 6]| numbers.contains(d);
        let beside = |k: usize, f: &dyn Fn(usize) -> bool| {
            k.checked_sub(1).is_some_and(f) || k + 1 < pieces.len() && f(k + 1)
        };
        for (k, p) in pieces.iter().enumerate() {
            let mut tell = |rule| out.push((rule, p.start, p.end, p.segment));
            // "ARM AT0412345": what stands behind a state is the number of its passport
            let state = k > 0
                && (forms[k - 1] == Some(Form::State)
                    || pieces[k - 1].known == Some(Category::CITIZENSHIP)
                        && pieces[k - 1].end - pieces[k - 1].start == 3);
            if state && p.known.is_none() && person && total >= 3 && forms::of_state(&text[p.start..p.end]) {
                let card = matches!(forms[k], Some(Form::IdCard { .. }));
                tell(if card { "id_card" } else { "passport" });
                continue;
            }
            // "17041952 2": the figure behind a day is a sex (ISO/IEC 5218)
            let coded = k > 0
                && p.start == pieces[k - 1].end + 1
                && text[p.start - 1] == b' '
                && matches!(&text[p.start..p.end], b"1" | b"2");
            if coded
                && person
                && total >= 3
                && (matches!(forms[k - 1], Some(Form::Day { .. }))
                    || pieces[k - 1].known == Some(Category::BIRTH_DATE))
            {
                tell("sex");
                continue;
            }
            let Some(f) = forms[k] else {
                if p.known.is_none() && person {
                    if let Some(end) = listed("marital_status", p) {
                        out.push(("marital_status", p.start, end, p.segment));
                    } else if total >= 3
                        && let Some(end) = listed("nationality", p)
                    {
                        out.push(("nationality", p.start, end, p.segment));
                    }
                }
                continue;
            };
            match f {
                Form::Day { six, export } => {
                    let sex = beside(k, &|n| {
                        matches!(forms[n], Some(Form::Sex { .. })) || pieces[n].known == Some(Category::SEX)
                    });
                    let family = line && !born && kin::near(text, pieces, k);
                    // "16AUG87/F/21APR33": behind a birth and a sex stands the day until which a passport is valid
                    let term = k >= 2
                        && matches!(forms[k - 1], Some(Form::Sex { .. }))
                        && matches!(forms[k - 2], Some(Form::Day { .. }));
                    if term && !of_number(&six) {
                        continue;
                    }
                    if of_number(&six) || family || !born && person && sex && (export || total >= 3) {
                        tell("birth_date");
                    }
                }
                // a copy keeps the word behind it
                Form::Born => out.push(("birth_date", p.start, p.start + 4, p.segment)),
                Form::Year => {
                    let named = k > 0 && pieces[k - 1].known == Some(Category::PERSON);
                    if line && named && (kin::near(text, pieces, k) || kin::listed(text, pieces, k)) {
                        tell("birth_date");
                    }
                }
                Form::Sex { letter } => {
                    let day = beside(k, &|n| {
                        matches!(forms[n], Some(Form::Day { .. }))
                            || pieces[n].known == Some(Category::BIRTH_DATE)
                    });
                    if person && (day || !letter) && total >= 3 {
                        tell("sex");
                    }
                }
                Form::Plate { sure } if sure || vehicle && (total >= 3 || !line) => tell("plate"),
                Form::Licence if vehicle && person => tell("driver_licence"),
                Form::Vehicle if vehicle && person => tell("vehicle_certificate"),
                Form::Passport { told: true } => {
                    let at = p.start + behind_sign(&text[p.start..p.end]);
                    out.push(("passport", at, p.end, p.segment));
                }
                Form::RuPassport => {
                    let at = p.start + behind_sign(&text[p.start..p.end]);
                    out.push(("ru_passport", at, p.end, p.segment));
                }
                Form::IdCard { told: true } => {
                    let at = p.start + behind_sign(&text[p.start..p.end]);
                    out.push(("id_card", at, p.end, p.segment));
                }
                Form::Passport { .. } if total >= 3 && person => tell("passport"),
                Form::Foreign
                    if total >= 3
                        && person
                        && (is(|f| *f == Form::State) || has(&[Category::CITIZENSHIP])) =>
                {
                    tell("passport");
                }
                Form::IdCard { .. } if total >= 3 && person && (born || !numbers.is_empty()) => {
                    tell("id_card")
                }
                Form::Military if person && total >= 3 => tell("military_id"),
                Form::Phone if has(&[Category::PERSON]) => tell("phone"),
                Form::Abroad if has(&[Category::PERSON, Category::PHONE, Category::IMEI]) => tell("phone"),
                Form::Degrees { latitude: true } => {
                    let east = pieces.get(k + 1).filter(|e| {
                        matches!(forms[k + 1], Some(Form::Degrees { .. })) && longitude(&text[e.start..e.end])
                    });
                    if let Some(e) = east {
                        tell("coordinates");
                        out.push(("coordinates", e.start, e.end, e.segment));
                    }
                }
                Form::Faith if person => tell("special_religion"),
                Form::Land if person || has(&[Category::ADDRESS]) => tell("cadastral"),
                Form::Age if person || has(&[Category::PHONE]) && total >= 2 => tell("age"),
                Form::Postcode if has(&[Category::ADDRESS]) => tell("postcode_digits"),
                Form::Rnn if total >= 3 => tell("rnn"),
                Form::State if total >= 4 && person && (born || is(|f| matches!(f, Form::Day { .. }))) => {
                    tell("citizenship");
                }
                _ => {}
            }
        }
    }

    /// Where the value of a rule's list ends that is all of a piece, but for a word or two behind it.
    fn listed_value(&self, id: &str, text: &[u8], p: &Piece) -> Option<usize> {
        let rule = self.rule_named(id)?;
        let piece = &text[p.start..p.end];
        if piece.iter().any(u8::is_ascii_digit) || !forms::letters_only(piece) {
            return None;
        }
        let mut f = Folded::default();
        f.push(piece, p.start as u32);
        let end = self.values[rule].iter().filter_map(|v| matches(v, &f.text, 0)).max()?;
        let country = memchr::memmem::find(&f.text, &fold("стан")).is_some();
        (end == f.text.trim_ascii_end().len() && end >= 3 && !country).then_some(p.end)
    }
}

/// Categories that count for a record of somebody.
fn counts(c: Category) -> bool {
    of_person(c)
        || [
            Category::ADDRESS,
            Category::CARD,
            Category::IBAN,
            Category::PLATE,
            Category::VIN,
            Category::RNN,
            Category::SIK,
            Category::IMEI,
            Category::DRIVER_LICENCE,
            Category::CITIZENSHIP,
            Category::SEX,
            Category::MARITAL_STATUS,
            Category::NATIONALITY,
            Category::MILITARY_ID,
            Category::BIRTH_PLACE,
        ]
        .contains(&c)
}

/// Forms that few other things have count for a record, each kind once.
fn weight(f: Form) -> Option<u8> {
    match f {
        Form::Day { export: true, .. } => Some(0),
        Form::Born => Some(1),
        Form::Sex { .. } => Some(2),
        Form::Plate { .. } => Some(3),
        Form::Passport { .. } => Some(4),
        Form::IdCard { told: true } => Some(5),
        Form::RuPassport => Some(6),
        Form::Rnn => Some(7),
        Form::Vehicle => Some(8),
        Form::Foreign => Some(9),
        Form::State => Some(10),
        Form::Degrees { .. } => Some(11),
        Form::Phone => Some(12),
        _ => None,
    }
}
