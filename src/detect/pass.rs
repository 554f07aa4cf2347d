//! The one pass over all bytes: where could anything stand?
//!
//! Works on masks of 64 bytes and shifts of them; what it names is looked at byte by byte afterwards. A trigger's
//! position is the first byte after the digits that gave it (or the sign itself), so that a pass needs to look back only.

use super::lanes::{Lanes, Level, Step, walk};

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
}

/// This block of 64 bytes above the one before it.
#[inline(always)]
fn wide(now: u64, before: u64) -> u128 {
    (u128::from(now) << 64) | u128::from(before)
}

/// The part of a wide mask that belongs to this block.
#[inline(always)]
fn high(x: u128) -> u64 {
    (x >> 64) as u64
}

/// A mask moved up by `n`, with what moves in from the block before.
#[inline(always)]
fn up(now: u64, before: u64, n: u32) -> u64 {
    (now << n) | (before >> 1 >> (63 - n))
}

/// Calls `hit` with every trigger in rising order of position. Positions may equal `bytes.len()`.
pub(crate) fn pass(level: Level, bytes: &[u8], want: &Wanted, hit: impl FnMut(Trigger, usize)) {
    let things = want.vin || want.index || want.plate || want.zone || want.decimal || want.cadastral;
    if want.dates || want.net || things {
        walk(level, bytes, &mut Pass::<_, true>::new(bytes.len(), want, hit));
    } else {
        walk(level, bytes, &mut Pass::<_, false>::new(bytes.len(), want, hit));
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
}

/// Masks of the block before that this one needs.
#[derive(Default)]
struct Before {
    digit: u64,
    two: u64,
    four: u64,
    eight: u64,
    long: u64,
    dash: u64,
    sep: u64,
    blank: u64,
    lead: u64,
    prefix: u64,
    seven: u64,
    trunk: u64,
    joined: u64,
    regrouped: u64,
    k: u64,
    kz: u64,
    star: u64,
    line: u64,
    dot: u64,
    colon: u64,
    alpha: u64,
    high: u64,
    slash: u64,
    less: u64,
}

/// The pass with (`ALL`) or without the triggers that only documents, things and networks need.
struct Pass<H, const ALL: bool> {
    len: usize,
    run: u32,
    on: Flags,
    before: Before,
    hit: H,
}

impl<H: FnMut(Trigger, usize), const ALL: bool> Pass<H, ALL> {
    fn new(len: usize, want: &Wanted, hit: H) -> Pass<H, ALL> {
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
        };
        Pass { len, run: want.run.clamp(1, 13), on, before: Before::default(), hit }
    }
}

impl<H: FnMut(Trigger, usize), const ALL: bool> Step for Pass<H, ALL> {
    #[inline(always)]
    fn step(&mut self, off: usize, m: Lanes) {
        let was = &mut self.before;
        let d = m.digit;
        let sep = m.blank | m.dash | m.slash;
        let prefix = m.plus | m.open;
        let kz = m.z & up(m.k, was.k, 1);
        // what the next 64 bytes need of these, whether there are digits or not
        let mut plain = Before {
            dash: m.dash,
            sep,
            blank: m.blank,
            lead: m.lead,
            prefix,
            k: m.k,
            kz,
            star: m.star,
            line: m.line,
            ..Before::default()
        };
        if ALL {
            (plain.dot, plain.colon, plain.alpha) = (m.dot, m.colon, m.alpha);
            (plain.high, plain.slash, plain.less) = (m.high, m.slash, m.less);
        }
        // nothing of interest in, or carried into, these 64 bytes
        let signs = if ALL { m.less | m.colon } else { 0 };
        if (d | was.digit | m.at | signs | (m.full & (m.lead << 1))) == 0 {
            *was = plain;
            return;
        }
        let on = &self.on;
        let end = !d;
        let d1 = up(d, was.digit, 1);
        let two = d & d1;
        let four = two & up(two, was.two, 2);
        let eight = four & up(four, was.four, 4);
        // runs of at least `run` digits that end before a byte
        let long = match self.run {
            9.. => eight & up(eight, was.eight, self.run - 8),
            4..=8 => four & up(four, was.four, self.run - 4),
            _ => two,
        };
        let t_run = up(long, was.long, 1) & end;
        // a single 7 or 8 before a separator or bracket
        let single = d1 & end & !up(d, was.digit, 2);
        let trunk = single & up(m.seven, was.seven, 1) & (sep | m.open | m.dot);
        let t_prefix =
            ((up(prefix, was.prefix, 1) & d) | (up(trunk, was.trunk, 1) & (d | m.open))) & on.phone;
        // a wide character after a digit, or a full-width digit
        let lead1 = up(m.lead, was.lead, 1);
        let sign = (d1 & m.lead) | (m.full & lead1);
        // a digit after a separator after a digit: only then there are groups
        let joined = d1 & if ALL { sep | m.dot | m.colon } else { sep };
        let regrouped = d & up(joined, was.joined, 1);
        let mut t_groups = sign & on.groups;
        let (mut day, mut t_decimal, mut t_cadastral) = (0, 0, 0);
        if (regrouped | was.regrouped) != 0 {
            let d = wide(d, was.digit);
            let end = !d;
            let dash = wide(m.dash, was.dash);
            let sep = wide(sep, was.sep);
            let a2 = d & (d << 1);
            let a3 = a2 & (d << 2);
            let a4 = a2 & (a2 << 2);
            // ends of runs of an exact length
            let exact = |a: u128, n: u32| (a << 1) & end & !(d << (n + 1));
            let e1 = (d << 1) & end & !(d << 2);
            let e2 = exact(a2, 2);
            let e3 = exact(a3, 3);
            let e4 = exact(a4, 4);
            let e6 = exact(a4 & (a2 << 4), 6);
            let e7 = exact(a4 & (a3 << 4), 7);
            let (s2, s3, s4) = (e2 & sep, e3 & sep, e4 & sep);
            let long_groups =
                (e3 & ((s3 | s4) << 4)) | (e4 & (s4 << 5)) | (e6 & (((e6 & sep) | s4 | s2) << 7));
            // short local telephones: 55-12-34, 2-12-34, 234-5678
            let local =
                (e2 & ((e2 & dash) << 3) & (((e1 | e2 | e3) & dash) << 6)) | (e4 & ((e3 & dash) << 5));
            let phone_groups = (e7 & ((s3 | s4) << 8)) | local;
            t_groups |= (high(long_groups) & on.groups) | (high(phone_groups) & on.phone);
            if ALL {
                let dot = wide(m.dot, was.dot);
                let colon = wide(m.colon, was.colon);
                let (d1, d2, d4) = (e1 & (sep | dot), e2 & (sep | dot), e4 & (sep | dot));
                day = high((e4 & ((d2 | d1) << 5)) | (e2 & (d2 << 3) & ((d4 | d2) << 6))) & on.dates;
                t_decimal = high((a4 << 1) & ((e2 & dot) << 5)) & on.decimal;
                let russian = (e7 & ((e2 & colon) << 8)) | (e6 & ((e2 & colon) << 7));
                t_cadastral = high((e3 & ((e3 & (colon | dash)) << 4)) | russian) & on.cadastral;
            }
        }
        t_groups |= day;
        let t_kz = d & (up(kz, was.kz, 1) | (up(m.blank, was.blank, 1) & up(kz, was.kz, 2))) & on.iban;
        let mut t_masked = 0;
        if (m.star | was.star) != 0 {
            let between = up(m.blank | m.dash, was.blank | was.dash, 1) & up(d, was.digit, 2);
            t_masked = ((up(m.star, was.star, 1) & d) | (m.star & (d1 | between))) & on.broken;
        }
        let t_broken = d & up(m.line, was.line, 1) & up(d, was.digit, 2) & on.broken;
        let (mut t_dots, mut t_colons, mut t_17, mut t_index) = (0, 0, 0, 0);
        let (mut t_plate, mut t_old, mut t_zone) = (0, 0, 0);
        if ALL && on.net != 0 && (m.dot | was.dot | m.colon | was.colon | m.dash | was.dash) != 0 {
            let d = wide(d, was.digit);
            let (dash, dots, colon) =
                (wide(m.dash, was.dash), wide(m.dot, was.dot), wide(m.colon, was.colon));
            let between = d & (dots << 1) & (d << 2);
            t_dots = high(between & ((between << 2) | (between << 3) | (between << 4)));
            let five = |x: u128| x & (x << 3) & (x << 6) & (x << 9) & (x << 12);
            t_colons = high(five(colon) | five(dash) | (colon & ((colon << 5) | (colon << 1))));
        }
        if ALL && (on.vin | on.index) != 0 {
            let d = wide(d, was.digit);
            let word = wide(m.digit | m.alpha, was.digit | was.alpha);
            let w2 = word & (word << 1);
            let w4 = w2 & (w2 << 2);
            let w8 = w4 & (w4 << 4);
            let w16 = w8 & (w8 << 8);
            t_17 = high(((w16 & (w16 << 1)) << 1) & !word & !(word << 18)) & on.vin;
            let l = wide(m.alpha, was.alpha);
            let index_form = (d << 1) & (l << 2) & (d << 3) & (l << 4) & (d << 5) & (d << 6) & (l << 7);
            t_index = high(index_form & !(word << 8) & !word) & on.index;
        }
        if ALL && on.plate != 0 {
            let d = wide(d, was.digit);
            let end = !d;
            let e2 = ((d & (d << 1)) << 1) & end & !(d << 3);
            let e3 = ((d & (d << 1) & (d << 2)) << 1) & end & !(d << 4);
            let letter = wide(m.alpha | m.high, was.alpha | was.high);
            let joint = wide(m.blank | m.slash | m.dash, was.blank | was.slash | was.dash);
            t_plate = high(e2 & ((letter << 3) | ((joint << 3) & (letter << 4))));
            let spaced = (e3 << 1) & letter & (joint << 1) & (joint << 5) & (letter << 6);
            t_old = high((e3 & letter & (letter << 4)) | spaced);
        }
        if ALL {
            t_zone = (m.less & up(m.less, was.less, 1)) & on.zone;
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
        *was = Before { digit: d, two, four, eight, long, seven: m.seven, trunk, joined, regrouped, ..plain };
        let mut all = t_run | t_groups | t_prefix | at_sign | rare;
        let hit = &mut self.hit;
        while all != 0 {
            let bit = all & all.wrapping_neg();
            let at = off + all.trailing_zeros() as usize;
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
