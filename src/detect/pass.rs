//! The one pass over all bytes: where could anything stand?
//!
//! Works on masks of 64 bytes and shifts of them; what it names is looked at byte by byte afterwards. The windows of 64
//! overlap by the length of the longest form, so that nothing is carried from one to the next. A trigger's position is
//! the first byte after the digits that gave it (or the sign itself), so that a pass needs to look back only.

use super::lanes::{Gate, Lanes, Quick, Step, Verdict, walk};
use super::openers::Openers;
use crate::model::Level;

/// Why a place is worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// A run of at least [`Wanted::run`] digits ended before this byte.
    Run,
    /// Digits in groups ended before this byte, or a wide character stands at it.
    Groups,
    /// A digit after `+`, `(`, or after a single 7 or 8 and a separator; this byte is the digit or bracket.
    Prefix,
    /// `@`.
    At,
    /// Two dots between digits, the last digit is this byte.
    Dots,
    /// Colons or dashes at the distances of a hardware address, or of an IPv6 address.
    Colons,
    /// An unbroken run of exactly 17 letters and digits ended before this byte.
    Seventeen,
    /// Digits and letters like `A05D5H7` ended before this byte.
    Index,
    /// Two digits after a letter or after letter and blank (plates) ended before this byte.
    Plate,
    /// A letter, three digits and a letter, with or without blanks between; this byte is the last letter.
    OldPlate,
    /// `<<` of a machine-readable zone.
    Zone,
    /// Two digits, a full stop and four digits ended before this byte (coordinates).
    Decimal,
    /// Groups of digits with dashes or colons, as in cadastral numbers, ended before this byte.
    Cadastral,
    /// `*` beside a digit, or a separator away from one; this byte is the last of them.
    Masked,
    /// A digit at the beginning of a line whose predecessor ends with one.
    Broken,
    /// A digit after `KZ`; this byte is the digit.
    Kz,
    /// A word begins here that may be one of those that are looked for.
    Word,
    /// A number begins here, near behind letters that labels of mistyped ones end with, or behind crossed out digits.
    Odd,
    /// This byte is a digit among others in boxes of a form.
    Boxes,
}

/// Which triggers the rules in use ask for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    /// Shortest run of digits worth a look.
    pub run: u32,
    pub groups: bool,
    pub dates: bool,
    pub phone: bool,
    pub email: bool,
    pub net: bool,
    pub vin: bool,
    pub index: bool,
    pub plate: bool,
    pub zone: bool,
    pub iban: bool,
    pub broken: bool,
    pub decimal: bool,
    pub cadastral: bool,
    /// Numbers that are told by the label before them: see [`Odd`].
    pub odd: bool,
}

/// Numbers that no form of a number tells: a digit lost or doubled, in boxes, crossed out in part. Words before them
/// are looked for from here, so that most text needs no look at its words.
struct Odd {
    digit: u64,
    high: u64,
    i: u64,
    n: u64,
    x: u64,
    dot: u64,
    sep: u64,
    pipe: u64,
}

impl Odd {
    /// The first digits of numbers that stand within eight bytes behind a letter outside ASCII or behind `IIN`, or
    /// next to `XX` or `..`.
    #[inline(always)]
    fn starts(&self) -> u64 {
        let two = |m: u64| m & (m << 1);
        // most windows hold neither: three operations instead of thirty
        if self.high | two(self.i) | two(self.x) | two(self.dot) == 0 {
            return 0;
        }
        let near = self.high | (self.n & (two(self.i) << 1));
        let near = near | near << 1;
        let near = near | near << 2;
        let near = (near | near << 4) << 1;
        let crossed = two(self.x) | two(self.dot);
        let crossed = (crossed | ((crossed << 1) & self.sep)) << 1;
        self.digit & !(self.digit << 1) & (near | crossed)
    }

    /// The last of at least four digits that stand alone between blanks or bars.
    #[inline(always)]
    fn boxed(&self) -> u64 {
        let sign = self.sep | self.pipe;
        let alone = self.digit & (sign << 1) & (sign >> 1);
        if alone.count_ones() < 4 { 0 } else { 1 << (63 - alone.leading_zeros()) }
    }
}

/// Ends of runs of digits of an exact length.
struct Ends {
    e1: u64,
    e2: u64,
    e3: u64,
    e4: u64,
    e6: u64,
    e7: u64,
    /// Four digits and more end before a byte.
    four: u64,
}

impl Ends {
    #[inline(always)]
    fn of(d: u64) -> Ends {
        let end = !d;
        let a2 = d & (d << 1);
        let a3 = a2 & (d << 2);
        let a4 = a2 & (a2 << 2);
        let exact = |a: u64, n: u32| (a << 1) & end & !(d << (n + 1));
        Ends {
            e1: exact(d, 1),
            e2: exact(a2, 2),
            e3: exact(a3, 3),
            e4: exact(a4, 4),
            e6: exact(a4 & (a2 << 4), 6),
            e7: exact(a4 & (a3 << 4), 7),
            four: a4 << 1,
        }
    }

    /// Numbers in groups.
    #[inline(always)]
    fn groups(&self, sep: u64) -> u64 {
        let Ends { e2, e3, e4, e6, .. } = *self;
        let (s2, s3, s4) = (e2 & sep, e3 & sep, e4 & sep);
        (e3 & ((s3 | s4) << 4)) | (e4 & (s4 << 5)) | (e6 & (((e6 & sep) | s4 | s2) << 7))
    }

    /// Telephones in groups; short local ones are 55-12-34, 2-12-34, 234-5678.
    #[inline(always)]
    fn phones(&self, sep: u64, dash: u64) -> u64 {
        let Ends { e1, e2, e3, e4, e7, .. } = *self;
        let local = (e2 & ((e2 & dash) << 3) & (((e1 | e2 | e3) & dash) << 6)) | (e4 & ((e3 & dash) << 5));
        // "701 77 12 044"
        let odd = e3 & ((e2 & sep) << 4) & ((e2 & sep) << 7);
        (e7 & (((e3 | e4) & sep) << 8)) | local | odd
    }

    /// Dates; `sign` is what may part their numbers.
    #[inline(always)]
    fn days(&self, sign: u64) -> u64 {
        let Ends { e1, e2, e4, .. } = *self;
        let (s1, s2, s4) = (e1 & sign, e2 & sign, e4 & sign);
        (e4 & ((s2 | s1) << 5)) | (e2 & (s2 << 3) & ((s4 | s2) << 6))
    }

    /// Cadastral numbers.
    #[inline(always)]
    fn cadastral(&self, colon: u64, dash: u64) -> u64 {
        let Ends { e2, e3, e6, e7, .. } = *self;
        let russian = (e7 & ((e2 & colon) << 8)) | (e6 & ((e2 & colon) << 7));
        (e3 & ((e3 & (colon | dash)) << 4)) | russian
    }
}

/// Calls `hit` with every trigger; each kind in rising order of position. Positions may equal `bytes.len()`.
pub(crate) fn pass(
    level: Level,
    bytes: &[u8],
    want: &Wanted,
    words: Option<&Openers>,
    hit: impl FnMut(Trigger, usize),
) {
    let things = want.vin || want.index || want.plate || want.zone || want.decimal || want.cadastral;
    if want.dates || want.net || things || words.is_some_and(|w| !w.only_brackets()) {
        walk(level, bytes, &mut Pass::<_, true>::new(bytes, want, words, hit));
    } else {
        walk(level, bytes, &mut Pass::<_, false>::new(bytes, want, words, hit));
    }
}

/// Masks with all or no bits, by what is wanted.
struct Flags {
    groups: u64,
    dates: u64,
    phone: u64,
    email: u64,
    net: u64,
    vin: u64,
    index: u64,
    plate: u64,
    zone: u64,
    iban: u64,
    broken: u64,
    decimal: u64,
    cadastral: u64,
    odd: u64,
}

/// The pass with (`ALL`) or without the triggers that only documents, things and networks need.
struct Pass<'a, H, const ALL: bool> {
    text: &'a [u8],
    len: usize,
    words: Option<&'a Openers>,
    run: u32,
    on: Flags,
    hit: H,
}

impl<'a, H: FnMut(Trigger, usize), const ALL: bool> Pass<'a, H, ALL> {
    fn new(text: &'a [u8], want: &Wanted, words: Option<&'a Openers>, hit: H) -> Pass<'a, H, ALL> {
        let on = |flag: bool| if flag { u64::MAX } else { 0 };
        let on = Flags {
            groups: on(want.groups),
            dates: on(want.dates),
            phone: on(want.phone),
            email: on(want.email),
            net: on(want.net),
            vin: on(want.vin),
            index: on(want.index),
            plate: on(want.plate),
            zone: on(want.zone),
            iban: on(want.iban),
            broken: on(want.broken),
            decimal: on(want.decimal),
            cadastral: on(want.cadastral),
            odd: on(want.odd),
        };
        Pass { text, len: text.len(), words, run: want.run.clamp(1, 13), on, hit }
    }

    #[inline(always)]
    fn odd(&mut self, off: usize, m: Odd) {
        let new = u64::MAX << <Self as Step>::BACK;
        let boxed = m.boxed() & new;
        if boxed != 0 {
            (self.hit)(Trigger::Boxes, off + boxed.trailing_zeros() as usize - <Self as Step>::BACK);
        }
        let mut starts = m.starts() & new;
        while starts != 0 {
            let at = off + starts.trailing_zeros() as usize - <Self as Step>::BACK;
            starts &= starts - 1;
            (self.hit)(Trigger::Odd, at);
        }
    }

    /// Are there digits that others, or letters, may belong to?
    #[inline(always)]
    fn joined(&self, d: u64, sep: u64, dot: u64, z: u64) -> bool {
        let d1 = d << 1;
        let group = d & ((d1 & sep) << 1);
        // groups end with three digits and more, but for `55-12-34`; a date's first group has four
        let long_group = d & d1 & (group << 2);
        let four = d & d1 & (d << 2) & (d << 3);
        let local = group & (group << 3) & !(four << 5);
        // the trunk prefix: a digit alone, a separator or full stop, a digit
        let trunk = d & ((d1 & (sep | dot) & !(d << 2)) << 1);
        let kz = d & ((z << 1) | (z << 2));
        long_group | local | trunk | kz != 0
    }

    /// Tells of runs of digits, and of those that meet at a line end.
    #[inline(always)]
    fn runs(&mut self, off: usize, d: u64, line: u64) {
        let run = (self.long(d) << 1) & !d;
        let broken = d & (line << 1) & (d << 2) & self.on.broken;
        let mut all = (run | broken) >> <Self as Step>::BACK;
        while all != 0 {
            let k = all.trailing_zeros() as usize;
            all &= all - 1;
            if off + k > self.len {
                break;
            }
            let trigger =
                if run >> (k + <Self as Step>::BACK) & 1 == 1 { Trigger::Run } else { Trigger::Broken };
            (self.hit)(trigger, off + k);
        }
    }

    /// The last digits of runs of at least `run` of them.
    #[inline(always)]
    fn long(&self, d: u64) -> u64 {
        let two = d & (d << 1);
        let four = two & (two << 2);
        let eight = four & (four << 4);
        match self.run {
            9.. => eight & (eight << (self.run - 8)),
            4..=8 => four & (four << (self.run - 4)),
            _ => two,
        }
    }
}

impl<H: FnMut(Trigger, usize), const ALL: bool> Step for Pass<'_, H, ALL> {
    // the longest form, 17 letters and digits between others, is 19 bytes long; that of numbers alone 15
    const BACK: usize = if ALL { 24 } else { 16 };

    /// Most of a text is far from any number that could be meant. Runs of digits that nothing joins to others, and
    /// those that meet at a line end, are told from here; everything else needs all masks.
    #[inline(always)]
    fn quick(&mut self, off: usize, q: Quick) -> Verdict {
        if ALL {
            return Verdict::Step;
        }
        let d = q.digit;
        if d == 0 {
            return if q.rare | (q.full & (q.lead << 1)) == 0 { Verdict::Done } else { Verdict::Look };
        }
        let two = |m: u64| m & (m << 1);
        let alone = d & (q.sep << 1) & (q.sep >> 1);
        if q.rare | q.high | two(q.ix) | two(q.dot) != 0 || alone.count_ones() >= 4 {
            return Verdict::Look;
        }
        if self.joined(d, q.sep, q.dot, q.z) {
            return Verdict::Step;
        }
        self.runs(off, d, q.line);
        Verdict::Done
    }

    /// The same for a window with signs or letters that numbers may lean on.
    #[inline(always)]
    fn look(&mut self, off: usize, g: Gate) -> bool {
        if let Some(words) = self.words {
            let mut starts = g.bracket & (u64::MAX << Self::BACK);
            while starts != 0 {
                let at = off + starts.trailing_zeros() as usize - Self::BACK;
                starts &= starts - 1;
                if words.may_sign(self.text, at) {
                    (self.hit)(Trigger::Word, at);
                }
            }
        }
        let d = g.digit;
        let wide = g.full & (g.lead << 1);
        if (d | g.at | wide) == 0 {
            return false;
        }
        if self.on.odd != 0 {
            let Gate { digit, high, i, n, x, dot, sep, pipe, .. } = g;
            self.odd(off, Odd { digit, high, i, n, x, dot, sep, pipe });
        }
        if (g.at | wide | g.sign | ((d << 1) & g.lead)) != 0 || self.joined(d, g.sep, g.dot, g.z) {
            return true;
        }
        self.runs(off, d, g.line);
        false
    }

    #[inline(always)]
    fn step(&mut self, off: usize, m: Lanes) {
        let d = m.digit;
        let sep = m.blank | m.dash | m.slash;
        let wide = m.full & (m.lead << 1);
        if ALL && let Some(words) = self.words {
            // not behind a letter, or a capital behind a small letter
            let letter = (m.alpha | (m.cyrillic << 1)) << 1;
            let camel = m.upper & ((m.alpha & !m.upper) << 1);
            let mut starts =
                (((m.alpha | m.cyrillic) & !letter) | camel | m.under | m.bracket) & (u64::MAX << Self::BACK);
            while starts != 0 {
                let at = off + starts.trailing_zeros() as usize - Self::BACK;
                starts &= starts - 1;
                if words.may(self.text, at) {
                    (self.hit)(Trigger::Word, at);
                }
            }
        }
        // nothing of interest in these 64 bytes
        let signs = if ALL { m.less | m.colon } else { 0 };
        if (d | m.at | signs | wide) == 0 {
            return;
        }
        if ALL && self.on.odd != 0 {
            let Lanes { digit, high, i, n, x, dot, pipe, .. } = m;
            self.odd(off, Odd { digit, high, i, n, x, dot, sep, pipe });
        }
        let on = &self.on;
        let d1 = d << 1;
        let t_run = (self.long(d) << 1) & !d;
        // a single 7 or 8 before a separator or bracket
        let single = d1 & !d & !(d << 2);
        let trunk = single & (m.seven << 1) & (sep | m.open | m.dot);
        let prefix = m.plus | m.open;
        let t_prefix = (((prefix << 1) & d) | ((trunk << 1) & (d | m.open))) & on.phone;
        // a wide character after a digit, or a full-width digit
        let mut t_groups = ((d1 & m.lead) | wide) & on.groups;
        let (mut t_decimal, mut t_cadastral) = (0, 0);
        // a digit after a separator after a digit: only then there are groups
        let joined = d1 & if ALL { sep | m.dot | m.colon } else { sep };
        if d & (joined << 1) != 0 {
            let ends = Ends::of(d);
            t_groups |= (ends.groups(sep) & on.groups) | (ends.phones(sep, m.dash) & on.phone);
            if ALL {
                t_groups |= ends.days(sep | m.dot) & on.dates;
                t_decimal = ends.four & ((ends.e2 & m.dot) << 5) & on.decimal;
                t_cadastral = ends.cadastral(m.colon, m.dash) & on.cadastral;
            }
        }
        let kz = m.z & (m.k << 1);
        let t_kz = d & ((kz << 1) | ((m.blank << 1) & (kz << 2))) & on.iban;
        let mut t_masked = 0;
        if m.star != 0 {
            let between = ((m.blank | m.dash) << 1) & (d << 2);
            t_masked = (((m.star << 1) & d) | (m.star & (d1 | between))) & on.broken;
        }
        let t_broken = d & (m.line << 1) & (d << 2) & on.broken;
        let (mut t_dots, mut t_colons, mut t_17, mut t_index) = (0, 0, 0, 0);
        let (mut t_plate, mut t_old, mut t_zone) = (0, 0, 0);
        if ALL && on.net != 0 {
            let between = d & (m.dot << 1) & (d << 2);
            t_dots = between & ((between << 2) | (between << 3) | (between << 4));
            let five = |x: u64| x & (x << 3) & (x << 6) & (x << 9) & (x << 12);
            t_colons = five(m.colon) | five(m.dash) | (m.colon & ((m.colon << 5) | (m.colon << 1)));
        }
        if ALL && (on.vin | on.index) != 0 {
            let (l, word) = (m.alpha, d | m.alpha);
            let w2 = word & (word << 1);
            let w4 = w2 & (w2 << 2);
            let w8 = w4 & (w4 << 4);
            let w16 = w8 & (w8 << 8);
            t_17 = ((w16 & (w16 << 1)) << 1) & !word & !(word << 18) & on.vin;
            let form = (d << 1) & (l << 2) & (d << 3) & (l << 4) & (d << 5) & (d << 6) & (l << 7);
            t_index = form & !(word << 8) & !word & on.index;
        }
        if ALL && on.plate != 0 {
            // plates have capitals
            let letter = m.upper | m.high;
            let joint = m.blank | m.slash | m.dash;
            let e2 = (d1 & (d << 2)) & !d & !(d << 3);
            t_plate = e2 & ((letter << 3) | ((joint << 3) & (letter << 4)));
            let e3 = (d1 & (d << 2) & (d << 3)) & !d & !(d << 4);
            let spaced = (e3 << 1) & letter & (joint << 1) & (joint << 5) & (letter << 6);
            t_old = (e3 & letter & (letter << 4)) | spaced;
        }
        if ALL {
            t_zone = m.less & (m.less << 1) & on.zone;
        }
        let rare = t_masked
            | t_broken
            | t_dots
            | t_colons
            | t_17
            | t_index
            | t_plate
            | t_old
            | t_zone
            | t_kz
            | t_decimal
            | t_cadastral;
        let at_sign = m.at & on.email;
        let mut all = (t_run | t_groups | t_prefix | at_sign | rare) & (u64::MAX << Self::BACK);
        let hit = &mut self.hit;
        while all != 0 {
            let bit = all & all.wrapping_neg();
            let at = off + all.trailing_zeros() as usize - Self::BACK;
            all ^= bit;
            if at > self.len {
                break;
            }
            // what ends before a byte comes before what begins at it
            if t_run & bit != 0 {
                hit(Trigger::Run, at);
            }
            if t_groups & bit != 0 {
                hit(Trigger::Groups, at);
            }
            if rare & bit != 0 {
                for (mask, trigger) in [
                    (t_17, Trigger::Seventeen),
                    (t_index, Trigger::Index),
                    (t_plate, Trigger::Plate),
                    (t_old, Trigger::OldPlate),
                    (t_dots, Trigger::Dots),
                    (t_colons, Trigger::Colons),
                    (t_zone, Trigger::Zone),
                    (t_decimal, Trigger::Decimal),
                    (t_cadastral, Trigger::Cadastral),
                    (t_kz, Trigger::Kz),
                    (t_masked, Trigger::Masked),
                    (t_broken, Trigger::Broken),
                ] {
                    if mask & bit != 0 {
                        hit(trigger, at);
                    }
                }
            }
            if t_prefix & bit != 0 {
                hit(Trigger::Prefix, at);
            }
            if at_sign & bit != 0 {
                hit(Trigger::At, at);
            }
        }
    }
}
