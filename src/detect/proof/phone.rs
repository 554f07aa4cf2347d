//! The numbering plan: shape and plan decide, not whether a number is connected.

const MOBILE: &str = include_str!("../../../patterns/tables/mobile_prefixes.csv");
const AREAS: &str = include_str!("../../../patterns/tables/landline_area_codes.csv");

/// What the plan knows about ten national digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// A mobile or service code of Kazakhstan.
    Mobile,
    /// An area code of Kazakhstan.
    Area,
    /// In Kazakhstan's part of the plan, or free calls, but no code that is known.
    Reserved,
    /// Another country's (Russia's) part.
    Abroad,
    /// In nobody's part.
    Nobody,
}

struct Codes {
    mobile: [bool; 1000],
    area: [bool; 1000],
}

fn codes() -> &'static Codes {
    static CODES: std::sync::OnceLock<Codes> = std::sync::OnceLock::new();
    CODES.get_or_init(|| {
        let mut c = Codes { mobile: [false; 1000], area: [false; 1000] };
        let three = |l: &str| l.get(..3).and_then(|c| c.parse::<usize>().ok());
        MOBILE.lines().skip(1).filter_map(three).for_each(|k| c.mobile[k] = true);
        AREAS.lines().skip(1).filter_map(three).for_each(|k| c.area[k] = true);
        c
    })
}

/// What the plan says about ten digits after +7.
pub(crate) fn plan(ten: &[u8]) -> Plan {
    let k = ten[..3].iter().fold(0, |a, b| a * 10 + super::n(*b) as usize);
    let c = codes();
    match ten[0] {
        _ if c.mobile[k] => Plan::Mobile,
        // free and shared-cost calls
        _ if c.area[k] || (800..810).contains(&k) => Plan::Area,
        // the area codes of before 2007: 3272 for 7272
        b'3' if (310..330).contains(&k) && c.area[k + 400] => Plan::Area,
        b'0' | b'6' | b'7' => Plan::Reserved,
        b'2'..=b'5' | b'8' | b'9' => Plan::Abroad,
        _ => Plan::Nobody,
    }
}
