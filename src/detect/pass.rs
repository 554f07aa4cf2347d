//! The one pass over all bytes: where could anything stand?
//!
//! Works on masks of 64 bytes and shifts of them; what it names is looked at byte by byte afterwards. A trigger's
//! position is the first byte after the digits that gave it (or the sign itself), so that a pass needs to look back only.

use super::lanes::{Lanes, Level, walk};

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
fn wide(now: u64, before: u64) -> u128 {
    (u128::from(now) << 64) | u128::from(before)
}

/// The part of a wide mask that belongs to this block.
fn high(x: u128) -> u64 {
    (x >> 64) as u64
}

/// Calls `hit` with every trigger in rising order of position. Positions may equal `bytes.len()`.
pub(crate) fn pass(level: Level, bytes: &[u8], want: &Wanted, hit: impl FnMut(Trigger, usize)) {
    if want.dates || want.net || want.vin || want.index || want.plate || want.zone {
        run::<true>(level, bytes, want, hit);
    } else {
        run::<false>(level, bytes, want, hit);
    }
}

/// The pass with (`ALL`) or without the triggers that only documents, things and networks need.
fn run<const ALL: bool>(level: Level, bytes: &[u8], want: &Wanted, mut hit: impl FnMut(Trigger, usize)) {
    let mut prev = Lanes::default();
    let len = bytes.len();
    let run = want.run.clamp(1, 13);
    let on = |flag: bool| if flag { u64::MAX } else { 0 };
    let (groups, dates, phone) = (on(want.groups), on(want.dates), on(want.phone));
    let (email, net, vin, index) = (on(want.email), on(want.net), on(want.vin), on(want.index));
    let (plate, zone, iban) = (on(want.plate), on(want.zone), on(want.iban));
    let broken = on(want.broken);
    let (decimal, cadastral) = (on(want.decimal), on(want.cadastral));
    walk(level, bytes, |off, m| {
        // nothing of interest in, or carried into, these 64 bytes
        if (m.digit | prev.digit | m.at | m.less | m.colon | (m.full & (m.lead << 1))) == 0 {
            prev = *m;
            return;
        }
        let d = wide(m.digit, prev.digit);
        let dash = wide(m.dash, prev.dash);
        let sep = wide(m.blank | m.dash | m.slash, prev.blank | prev.dash | prev.slash);
        let a2 = d & (d << 1);
        let a4 = a2 & (a2 << 2);
        let a8 = a4 & (a4 << 4);
        // runs of at least `run` digits that end before a byte
        let long = match run {
            9.. => a8 & (a8 << (run - 8)),
            4..=8 => a4 & (a4 << (run - 4)),
            _ => a2,
        };
        let end = !d;
        let t_run = high((long << 1) & end);
        // ends of runs of an exact length
        let exact = |a: u128, n: u32| (a << 1) & end & !(d << (n + 1));
        let a3 = a2 & (d << 2);
        let e1 = (d << 1) & end & !(d << 2);
        let e2 = exact(a2, 2);
        let e3 = exact(a3, 3);
        let e4 = exact(a4, 4);
        let e6 = exact(a4 & (a2 << 4), 6);
        let e7 = exact(a4 & (a3 << 4), 7);
        let (s2, s3, s4) = (e2 & sep, e3 & sep, e4 & sep);
        let long_groups = (e3 & ((s3 | s4) << 4)) | (e4 & (s4 << 5)) | (e6 & (((e6 & sep) | s4 | s2) << 7));
        // short local telephones: 55-12-34, 2-12-34, 234-5678
        let local = (e2 & ((e2 & dash) << 3) & (((e1 | e2 | e3) & dash) << 6)) | (e4 & ((e3 & dash) << 5));
        let phone_groups = (e7 & ((s3 | s4) << 8)) | local;
        let day = if ALL {
            let dot = wide(m.dot, prev.dot);
            let (d1, d2, d4) = (e1 & (sep | dot), e2 & (sep | dot), e4 & (sep | dot));
            (e4 & ((d2 | d1) << 5)) | (e2 & (d2 << 3) & ((d4 | d2) << 6))
        } else {
            0
        };
        let sign = ((m.digit << 1 | prev.digit >> 63) & m.lead) | (m.full & (m.lead << 1 | prev.lead >> 63));
        let t_groups =
            ((high(long_groups) | sign) & groups) | (high(phone_groups) & phone) | (high(day) & dates);
        let plus = wide(m.plus, prev.plus);
        let open = wide(m.open, prev.open);
        let seven = wide(m.seven, prev.seven);
        let eight = (e1 & (seven << 1) & (sep | open | wide(m.dot, prev.dot))) << 1;
        let t_prefix = high((((plus | open) << 1) & d) | (eight & (d | open))) & phone;
        let (mut t_dots, mut t_colons, mut t_17, mut t_index) = (0, 0, 0, 0);
        let (mut t_plate, mut t_old, mut t_zone, mut t_decimal, mut t_cadastral) = (0, 0, 0, 0, 0);
        if ALL {
            let dots = wide(m.dot, prev.dot);
            let between = d & (dots << 1) & (d << 2);
            t_dots = high(between & ((between << 2) | (between << 3) | (between << 4))) & net;
            let colon = wide(m.colon, prev.colon);
            let five = |x: u128| x & (x << 3) & (x << 6) & (x << 9) & (x << 12);
            t_colons = high(five(colon) | five(dash) | (colon & ((colon << 5) | (colon << 1)))) & net;
            let word = wide(m.digit | m.alpha, prev.digit | prev.alpha);
            let w2 = word & (word << 1);
            let w4 = w2 & (w2 << 2);
            let w8 = w4 & (w4 << 4);
            let w16 = w8 & (w8 << 8);
            t_17 = high(((w16 & (w16 << 1)) << 1) & !word & !(word << 18)) & vin;
            let l = wide(m.alpha, prev.alpha);
            let index_form = (d << 1) & (l << 2) & (d << 3) & (l << 4) & (d << 5) & (d << 6) & (l << 7);
            t_index = high(index_form & !(word << 8) & !word) & index;
            let letter = wide(m.alpha | m.high, prev.alpha | prev.high);
            let joint = wide(m.blank | m.slash | m.dash, prev.blank | prev.slash | prev.dash);
            t_plate = high(e2 & ((letter << 3) | ((joint << 3) & (letter << 4)))) & plate;
            let spaced = (e3 << 1) & letter & (joint << 1) & (joint << 5) & (letter << 6);
            t_old = high((e3 & letter & (letter << 4)) | spaced) & plate;
            t_zone = (m.less & (m.less << 1 | prev.less >> 63)) & zone;
            t_decimal = high((a4 << 1) & ((e2 & dots) << 5)) & decimal;
            let russian = (e7 & ((e2 & colon) << 8)) | (e6 & ((e2 & colon) << 7));
            t_cadastral = high((e3 & ((e3 & (colon | dash)) << 4)) | russian) & cadastral;
        }
        let (k, z) = (wide(m.k, prev.k), wide(m.z, prev.z));
        let blank = wide(m.blank, prev.blank);
        let t_kz = high(d & (((z << 1) & (k << 2)) | ((blank << 1) & (z << 2) & (k << 3)))) & iban;
        let star = wide(m.star, prev.star);
        let t_masked =
            high(((star << 1) & d) | (star & ((d << 1) | ((blank | dash) << 1 & (d << 2))))) & broken;
        let line = wide(m.line, prev.line);
        let t_broken = high(d & (line << 1) & (d << 2)) & broken;
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
        let at_sign = m.at & email;
        let mut all = t_run | t_groups | t_prefix | at_sign | rare;
        prev = *m;
        while all != 0 {
            let bit = all & all.wrapping_neg();
            let at = off + all.trailing_zeros() as usize;
            all ^= bit;
            if at > len {
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
    });
}
