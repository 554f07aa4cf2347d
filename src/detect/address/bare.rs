//! Parts whose type word stands behind, and parts without one: `Абай көшесі`, `5-үй`, `Абая 150`, `…, 60`.

use super::parts::{Context, Parser, Part};
use super::token::{Gap, TokenKind};
use super::words::{Word, kind};

impl Parser<'_> {
    /// A name with its type word behind it: `Алмалинский район`, `Абай көшесі`, `Абая ул.`.
    pub(super) fn named(&self, i: usize, cx: &Context) -> Option<Part> {
        let t = self.t;
        let first = t.get(i)?;
        let quoted = matches!(first.kind, TokenKind::Sign(_));
        let mut j = i + usize::from(quoted);
        let head = t.get(j)?;
        let mut ordinal = false;
        if head.kind == TokenKind::Number {
            if head.chars > 3 {
                return None;
            }
            let suffixed =
                t.glued(j + 1, '-') && t.is_word(j + 2) && t.get(j + 2).is_some_and(|w| w.chars <= 3);
            ordinal = suffixed;
            j += if suffixed { 3 } else { 1 };
            if !suffixed && !self.words.after_number(t.low(j)) && !t.get(j).is_some_and(|w| w.cap) {
                return None;
            }
        } else if head.kind != TokenKind::Word {
            return None;
        }
        let small = !ordinal && head.kind == TokenKind::Word && !head.cap;
        let initial = t.glued(j + 1, '.') && t.get(j).is_some_and(|x| x.chars == 1 && x.cap);
        if self.is_not_name(j) && !quoted && !initial {
            return None;
        }
        let city_first = self.place_at(i).is_some_and(|p| p.0.city_alone);
        for k in 0..6 {
            let (w, n) = self.word_at(j);
            let named = w.post & kind::NAMED;
            if named != 0 && (k > 0 || ordinal) && t.gap(j) <= Gap::Space {
                let bits = (0..u32::BITS).map(|b| 1 << b).filter(|b| named & b != 0);
                // sure meanings before hints
                let (sure, hints): (Vec<u32>, Vec<u32>) = bits.partition(|b| w.post_abbr & b == 0);
                let behind = |of: &u32| self.behind(i, j, n, w, *of, city_first, small, cx);
                if let Some(of) = sure.iter().chain(&hints).find_map(behind) {
                    if of & (kind::REGION | kind::DISTRICT | kind::CITY) != 0 && self.begins_later(i, j) {
                        return None;
                    }
                    let known = self.place_at(i).is_some_and(|p| i + p.1 == j);
                    return Some(Part { known, weak: small, ..Part::typed(of, j + n) });
                }
                if w.pre & named != 0
                    && named & (kind::STREET | kind::MICRO | kind::CITY) != 0
                    && w.post_abbr & named == 0
                {
                    return None;
                }
            }
            let x = t.get(j)?;
            let go_on = match x.kind {
                TokenKind::Word => {
                    (k == 0 || x.gap <= Gap::Space)
                        && (x.cap
                            || (k == 0 && small)
                            || self.words.goes_on(t.low(j))
                            || self.words.after_number(t.low(j)))
                        && (k == 0 || w.other & kind::LABEL == 0)
                }
                TokenKind::Number => k > 0 && x.gap == Gap::None && t.glued(j - 1, '-') && x.chars <= 2,
                TokenKind::Sign(c) => {
                    k > 0
                        && ((c == '.' && x.gap == Gap::None && t.get(j - 1).is_some_and(|p| p.chars == 1))
                            || (c == '-' && x.gap == Gap::None && t.is_number(j + 1))
                            || (quoted && matches!(c, '»' | '"' | '”')))
                }
            };
            if !go_on || (small && k > 0) {
                return None;
            }
            j += 1;
        }
        None
    }

    /// Do words that are no part of the place stand before its name, which ends before `j`: «Кеше Ақтөбе қаласы»,
    /// «А.С.Жүнісов Ақжар ауылы»?
    fn begins_later(&self, i: usize, j: usize) -> bool {
        let t = self.t;
        let ends = |k: usize| self.place_at(k).is_some_and(|p| k + p.1 == j);
        let initial = |k: usize| t.get(k).is_some_and(|x| x.chars == 1 && x.cap) && t.glued(k + 1, '.');
        let words = (i..j).filter(|k| t.is_word(*k) && t.get(*k).is_some_and(|x| x.cap && x.chars > 1));
        !ends(i) && ((i + 1..j).any(ends) || (initial(i) && words.count() > 1))
    }

    /// Is the type word at `j` the type of the name from `i` to `j`, and not of what follows? Its kind.
    fn behind(
        &self,
        i: usize,
        j: usize,
        n: usize,
        w: Word,
        of: u32,
        city_first: bool,
        small: bool,
        cx: &Context,
    ) -> Option<u32> {
        let t = self.t;
        let after = j + n;
        let dotted = self.dotted(j, n);
        let name_ends = |e: &[&str]| e.iter().any(|s| t.low(j - 1).ends_with(s));
        let place = self.place_at(i).filter(|p| i + p.1 == j).map(|p| p.0);
        let number_at = |k: usize| t.is_number(k) && t.gap(k) <= Gap::Space;
        let house_follows = t.sign(after) == Some(',') && self.word_at(after + 1).0.pre & kind::HOUSE != 0;
        let number_follows = number_at(after)
            || house_follows
            || (t.sign(after) == Some(',') && number_at(after + 1))
            || t.sign(after) == Some('№');
        if w.post_abbr & of != 0 {
            let fits = match of {
                kind::CITY => {
                    let ends = dotted || t.sign(after) == Some(',');
                    // "Алматы г., Гагарина пр.", but not "Алматы 2010 г."
                    let comma = dotted && t.sign(after) == Some(',');
                    ends && place.is_some_and(|m| m.city.is_some()) && (t.low(j) != "г" || comma)
                }
                kind::VILLAGE => dotted && t.get(j).is_some_and(|x| !x.cap) && t.sign(after) == Some(','),
                // "Розыбакиев к, 247": the one letter only behind a place
                kind::STREET => number_follows && (t.low(j) != "к" || cx.have & kind::ADMIN != 0),
                kind::RURAL => true,
                _ => false,
            };
            if !fits {
                return None;
            }
        }
        if small && (of & (kind::STREET | kind::MICRO) == 0 || !number_follows) {
            return None;
        }
        let both = w.pre & of != 0;
        if both && t.get(after).is_some_and(|x| x.cap && x.gap <= Gap::Space) {
            // "Алмалинский район Абая": an adjective belongs to the word behind it
            let adjective = name_ends(&["ий", "ый", "ой", "ого", "ому", "ом", "ая", "ую"]);
            if city_first && of & (kind::STREET | kind::MICRO) != 0 {
                return None;
            }
            if !adjective && place.is_none_or(|m| !m.is_district && m.region.is_none()) {
                return None;
            }
        }
        if city_first && both && of & (kind::STREET | kind::MICRO) != 0 && !number_follows {
            return None;
        }
        match of {
            kind::REGION => place.is_some_and(|m| m.region.is_some()).then_some(of),
            kind::DISTRICT => {
                let adjective = name_ends(&["ий", "ого", "ому", "ом", "им"]);
                // in English the word stands behind every name: "Medeu district"
                let english =
                    t.get(j).is_some_and(|x| x.latin && x.chars > 3) && t.get(i).is_some_and(|x| x.cap);
                (!both || adjective || english || place.is_some_and(|m| m.is_district)).then_some(of)
            }
            kind::STREET if t.get(j).is_some_and(|x| x.latin && x.chars <= 3) => {
                // "St", "rd": only with a capital or a dot, and a capital name
                (dotted || t.get(j).is_some_and(|x| x.cap) || cx.have != 0 || number_follows).then_some(of)
            }
            _ => Some(of),
        }
    }

    /// A city or region that needs no word.
    pub(super) fn known_place(&self, i: usize) -> Option<Part> {
        let t = self.t;
        if matches!(t.low(i), "левый" | "правый" | "левом" | "правом" | "левого" | "правого")
            && t.low(i + 1).starts_with("берег")
            && t.gap(i + 1) == Gap::Space
        {
            return Some(Part { bare: true, weak: true, ..Part::typed(kind::DISTRICT, i + 2) });
        }
        let (m, n) = self.place_at(i)?;
        let cap = t.get(i)?.cap;
        if m.region_alone && t.get(i)?.upper {
            return Some(Part { known: true, bare: true, ..Part::typed(kind::REGION, i + n) });
        }
        (m.city_alone && cap).then_some(Part { known: true, bare: true, ..Part::typed(kind::CITY, i + n) })
    }

    /// `Абая 150` behind a city, a label or in a column; `Абая 150, кв. 33` anywhere.
    pub(super) fn bare_street(&self, i: usize, cx: &Context) -> Option<Part> {
        let t = self.t;
        let x = t.get(i)?;
        let numbered = x.kind == TokenKind::Number;
        let short = x.chars < 3 && !t.glued(i + 1, '.') && !numbered;
        if cx.have & (kind::STREET | kind::HOUSE) != 0 || self.is_not_name(i) || short {
            return None;
        }
        // it begins an address: an empty line may stand before it
        let (end, _) = self.name_behind(i, kind::STREET, Gap::Break)?;
        // "КУИ № 4418": an abbreviation is no street
        if x.upper && x.chars < 6 && !cx.column && !t.glued(i + 1, '-') {
            return None;
        }
        let comma = t.glued(end, ',');
        let at = end + usize::from(comma) + usize::from(t.sign(end + usize::from(comma)) == Some('№'));
        let (w, n) = self.word_at(at);
        let typed_house = w.pre & kind::HOUSE != 0 && self.number(at + n, true).is_some();
        let house = if typed_house { self.number(at + n, true)? } else { self.number(at, false)? };
        if t.gap(at) > Gap::Space || (!typed_house && !self.free_after(at, house)) {
            return None;
        }
        // "Мақат ауд. Доссор кенті Бөкетов 15": a village and what it lies in need no comma
        let levels = (cx.have & (kind::REGION | kind::DISTRICT | kind::CITY | kind::VILLAGE)).count_ones();
        let below = cx.last == kind::VILLAGE && levels >= 2 && t.gap(i) == Gap::Space && x.cap;
        let admin = cx.have & (kind::ADMIN | kind::MICRO | kind::COMPLEX) != 0 && cx.comma || below;
        let next = house + usize::from(t.sign(house) == Some(','));
        let (w, n) = self.word_at(next);
        let flat = w.pre & (kind::FLAT | kind::BLOCK) != 0 && self.number(next + n, true).is_some();
        // "Жандосов 34/1, 58 пәтерге"
        let kazakh = next > house && t.is_number(next) && t.gap(next + 1) <= Gap::Space;
        let flat = flat || kazakh && x.cap && self.word_at(next + 1).0.post & kind::FLAT != 0;
        // "Абылай хана 92, г. Алматы"
        let city = next > house
            && at == end
            && t.gap(next) <= Gap::Space
            && w.pre & kind::CITY != 0
            && self.place_at(next + n).is_some_and(|p| p.0.city.is_some());
        let honoured = matches!(t.low(i), "им" | "имени");
        let small = !x.cap && !numbered && !honoured;
        // "живет стая из 8-10", "не живет года 2"
        if small
            && (i..end).any(|k| {
                matches!(t.low(k), "из" | "от" | "до" | "на" | "по" | "с" | "около" | "года" | "год")
            })
        {
            return None;
        }
        // "АСП 3 кв 2023", "сдает 2 кв 25": a quarter of a year
        if w.pre & kind::FLAT != 0 && self.is_quarter(next, n) {
            return None;
        }
        // "address: IPv4(…)", "address = void 0": names of programs, not of streets
        if x.latin && !cx.column && (small || t.gap(at) == Gap::None) {
            return None;
        }
        // "во дворе дома Сатпаева 29/3"
        let prior = i.checked_sub(1).map_or("", |k| t.low(k));
        let of_house =
            matches!(prior, "дом" | "дома" | "доме" | "дому") && !small && house > at + 1 && !comma;
        // "(Абая 41-17)": a street that bears a name, a house and a flat
        let pair = !small
            && !comma
            && !numbered
            && t.gap(at) == Gap::Space
            && !x.latin
            && self.house_and_flat(at, house)
            && bears_name(t.low(end.saturating_sub(1)));
        // "(Найманбаев 120-14)": nothing else stands between the brackets
        let bracketed = !small
            && !numbered
            && !x.latin
            && t.gap(at) == Gap::Space
            && i.checked_sub(1).and_then(|k| t.sign(k)) == Some('(')
            && t.sign(house) == Some(')')
            && self.house_and_flat(at, house)
            && ["ев", "ов", "ин"].iter().any(|e| t.low(end.saturating_sub(1)).ends_with(e));
        let pair = pair || bracketed;
        // "Щучинск, Боровская, 64"
        let adjective = comma
            && !numbered
            && (bears_name(t.low(end.saturating_sub(1))) || t.low(end.saturating_sub(1)).ends_with("ая"));
        let told = of_house
            || pair
            || cx.label
            || cx.column
            || (admin && !small && (!comma || typed_house || flat || adjective));
        if !(told || (city && !small && !comma) || (flat && (!comma || adjective) && (!small || x.chars > 3)))
        {
            return None;
        }
        let sum = if typed_house { kind::STREET } else { kind::STREET | kind::HOUSE };
        Some(Part { bare: !(of_house || pair), ..Part::typed(sum, if typed_house { end } else { house }) })
    }

    /// `Степной-3, 4/2-37`, `Аксай-2, 38-14`: a part of a town that has a number, before a house.
    pub(super) fn numbered_quarter(&self, i: usize, cx: &Context) -> Option<Part> {
        let t = self.t;
        let name = t.get(i).is_some_and(|x| x.cap && !x.latin && x.chars >= 4 && !(x.upper && x.chars < 6));
        let dash = t.glued(i + 1, '-') && t.is_number(i + 2) && t.gap(i + 2) == Gap::None;
        let short = t.get(i + 2).is_some_and(|n| n.chars <= 2);
        let told = cx.have & (kind::CITY | kind::VILLAGE) != 0 && cx.comma || cx.label || cx.column;
        let taken = cx.have & (kind::STREET | kind::MICRO | kind::HOUSE) != 0 || self.is_not_name(i);
        if !(name && dash && short && told) || taken {
            return None;
        }
        let at = i + 3 + usize::from(t.glued(i + 3, ','));
        let (w, n) = self.word_at(at);
        let sure = cx.label || cx.column;
        let house = at > i + 3
            && self.number(at, false).is_some_and(|end| sure || self.house_and_flat(at, end))
            || w.pre & kind::HOUSE != 0 && self.number(at + n, true).is_some();
        house.then_some(Part { bare: true, ..Part::typed(kind::MICRO, i + 3) })
    }

    /// Is the word at `at`, of `n` tokens, that of a quarter: one of four before it, a year behind?
    pub(super) fn is_quarter(&self, at: usize, n: usize) -> bool {
        let t = self.t;
        let before = at.checked_sub(1).is_some_and(|k| matches!(t.low(k), "1" | "2" | "3" | "4"));
        let year = t.low(at + n);
        let far = year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
        before && t.is_number(at + n) && (far || matches!(year.len(), 2) && year.starts_with('2'))
    }

    /// `41-17`, `28/2-517`: the number of a house and, behind a dash, that of a flat, and nothing more.
    fn house_and_flat(&self, at: usize, end: usize) -> bool {
        let t = self.t;
        let dash = end >= at + 3 && t.sign(end - 2).is_some_and(|c| matches!(c, '-' | '–'));
        let short = |k: usize| t.get(k).is_some_and(|n| n.chars <= 3);
        let ends = !t.sign(end).is_some_and(|c| matches!(c, '-' | '–' | '/' | '.') && t.is_number(end + 1));
        dash && t.is_number(at) && t.is_number(end - 1) && short(at) && short(end - 1) && ends
    }

    /// `5 үй`, `5-үй`, `33 кв`, `6-й микрорайон`, `8-көше`, `150 Abay Avenue`.
    pub(super) fn number_first(&self, i: usize, cx: &Context) -> Option<Part> {
        let t = self.t;
        let joined = |end: usize| {
            let dash = t.sign(end).is_some_and(|c| matches!(c, '-' | '–'));
            let at = end + usize::from(dash);
            (dash, at)
        };
        // a suffix such as "-й", "-шы" is read before the type word
        let plain = self.number(i, false)?;
        let mut ends = vec![plain];
        if t.glued(i + 1, '-') && t.is_word(i + 2) && t.get(i + 2).is_some_and(|w| w.chars <= 3) {
            ends.push(i + 3);
        }
        for end in ends {
            let (dash, at) = joined(end);
            let (w, n) = self.word_at(at);
            if w.post == 0 || t.gap(at) > Gap::Space {
                continue;
            }
            let after = at + n;
            let house =
                cx.have & (kind::STREET | kind::MICRO | kind::HOUSE | kind::VILLAGE | kind::COMPLEX) != 0;
            if w.post & kind::HOUSE != 0 {
                // "33 дом" only behind a street, "5 үй" anywhere
                if t.low(at) == "дом" && (!house || t.is_number(after)) {
                    continue;
                }
                return Some(Part::typed(kind::HOUSE, after));
            }
            if w.post & kind::FLAT != 0 {
                // "10 кв 5": the number behind belongs to the word
                if w.pre & kind::FLAT != 0
                    && w.post & kind::FLAT != 0
                    && !dash
                    && t.is_number(after)
                    && t.gap(after) <= Gap::Space
                    && matches!(t.low(at), "кв" | "квартира" | "офис")
                {
                    continue;
                }
                let area = t.low(at) == "кв" && matches!(t.low(after), "м" | "метр" | "метров");
                let hint = w.post_abbr & kind::FLAT != 0;
                if area
                    || (hint && !(cx.have & kind::HOUSE != 0 && (self.dotted(at, n) || self.ends(after))))
                    || (!house && w.pre & kind::FLAT != 0)
                {
                    continue;
                }
                return Some(Part::typed(kind::FLAT, after));
            }
            if w.post & kind::BLOCK != 0 && house {
                return Some(Part::typed(kind::BLOCK, after));
            }
            if w.post & kind::MICRO != 0 && t.get(i).is_some_and(|x| x.chars <= 3) {
                let hint = w.post_abbr & kind::MICRO != 0;
                // "Семей қаласы, 343-квартал"
                if hint && (cx.have & kind::CITY == 0 || dash && !cx.comma) {
                    continue;
                }
                return Some(Part { weak: hint, ..Part::typed(kind::MICRO, after) });
            }
            if w.post & kind::STREET != 0 && (dash || end > plain) && w.post_abbr & kind::STREET == 0 {
                // "3-й переулок Сыпатай батыра"
                let named = w.pre & kind::STREET != 0 && t.get(after).is_some_and(|x| x.cap);
                let name = named.then(|| self.name_behind(after, kind::STREET, Gap::Space)).flatten();
                return Some(Part::typed(kind::STREET, name.map_or(after, |n| n.0)));
            }
        }
        self.english(plain)
    }

    /// `150 Abay Avenue`, `12/3 Satpayev St.`
    fn english(&self, from: usize) -> Option<Part> {
        let t = self.t;
        for j in from..from + 5 {
            let x = t.get(j).filter(|x| x.kind == TokenKind::Word && x.latin && x.gap == Gap::Space)?;
            let (w, n) = self.word_at(j);
            if j > from && w.post & kind::STREET != 0 {
                return Some(Part::typed(kind::STREET | kind::HOUSE, j + n));
            }
            if self.is_not_name(j) || !(x.cap || (j > from && self.words.goes_on(t.low(j)))) {
                return None;
            }
        }
        None
    }

    /// Does the text end at `i`, or a sign stand there?
    fn ends(&self, i: usize) -> bool {
        self.t.gap(i) >= Gap::Line || self.t.sign(i).is_some()
    }

    /// The trunk's digit of a telephone: `8 7282 41-30-12`, `8 (727) …`.
    fn trunk(&self, i: usize) -> bool {
        let t = self.t;
        let open = i + 1 + usize::from(matches!(t.sign(i + 1), Some('(' | '-')));
        matches!(t.low(i), "7" | "8")
            && t.is_number(open)
            && t.get(open).is_some_and(|x| (3..=5).contains(&x.chars))
    }

    /// `12-25-61` behind a city: microdistrict, house and flat, as people of Aktau write; not a day.
    fn triple(&self, i: usize, end: usize) -> bool {
        let t = self.t;
        let number = |k: usize| t.is_number(k).then(|| t.low(k).parse::<u32>().unwrap_or(0));
        // "3Б-21-7"
        let letter =
            t.is_word(i + 1) && t.gap(i + 1) == Gap::None && t.get(i + 1).is_some_and(|w| w.chars == 1);
        let k = i + usize::from(letter);
        let (Some(a), Some(b), Some(_)) = (number(i), number(k + 2), number(k + 4)) else { return false };
        let dashes = t.sign(k + 1) == Some('-') && t.sign(k + 3) == Some('-');
        end == k + 5 && dashes && (1..=40).contains(&a) && (b > 12 || a > 31 || letter)
    }

    /// A number that is a house behind a street, or a flat behind a house.
    pub(super) fn bare_number(&self, i: usize, cx: &Context) -> Option<Part> {
        let t = self.t;
        if t.gap(i) > Gap::Space && !(t.gap(i) == Gap::Line && cx.comma) {
            return None;
        }
        let end = self.number(i, t.is_word(i))?;
        if !self.free_after(i, end) || self.trunk(i) {
            return None;
        }
        // Актау and Жанаозен number their houses so, and need no comma
        let numbered = || {
            let near = [i.wrapping_sub(1), i.wrapping_sub(2)];
            near.iter().any(|k| matches!(t.low(*k), "актау" | "жанаозен" | "aktau" | "zhanaozen"))
        };
        if cx.last == kind::CITY && (cx.comma || cx.label || numbered()) && self.triple(i, end) {
            let all = kind::MICRO | kind::HOUSE | kind::FLAT;
            return Some(Part { bare: true, ..Part::typed(all, end) });
        }
        let house_of = kind::STREET | kind::MICRO | kind::COMPLEX | kind::CORNER;
        if cx.have & kind::HOUSE == 0 && cx.last & house_of != 0 {
            return Some(Part { bare: true, ..Part::typed(kind::HOUSE, end) });
        }
        if cx.have & kind::HOUSE == 0 && cx.last == kind::VILLAGE && cx.comma {
            return Some(Part { bare: true, weak: true, ..Part::typed(kind::HOUSE, end) });
        }
        let flat =
            cx.have & kind::FLAT == 0 && cx.last & (kind::HOUSE | kind::BLOCK) != 0 && (cx.comma || cx.dash);
        // what follows a bare flat must not be counted by it: "дом 5, 12 человек"
        let open = !t.is_word(end)
            || t.gap(end) >= Gap::Line
            || t.get(end).is_some_and(|x| x.cap)
            || !self.word_at(end).0.is_none();
        (flat && open).then_some(Part { bare: true, ..Part::typed(kind::FLAT, end) })
    }
}

/// Is this how the last word of a street's name ends that bears the name of somebody, or one of those that every town has?
fn bears_name(word: &str) -> bool {
    const KNOWN: [&str; 16] = [
        "абая",
        "ленина",
        "мира",
        "победы",
        "гоголя",
        "достык",
        "сатпаева",
        "желтоксан",
        "гагарина",
        "чехова",
        "тауелсиздик",
        "республики",
        "женис",
        "назарбаева",
        "иманова",
        "бейбитшилик",
    ];
    let endings = ["ова", "ева", "ского", "цкого", "ской"];
    KNOWN.contains(&word) || word.chars().count() >= 6 && endings.iter().any(|e| word.ends_with(e))
}
