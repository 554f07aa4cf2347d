use serde::{Deserialize, Serialize};

use super::{Hierarchy, ROOT, iin, places, unread};
use crate::disclosure::Result;
use crate::disclosure::table::Column;

/// Hierarchies that need no file. Each is made over the values that stand in the column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "builtin", rename_all = "snake_case", deny_unknown_fields)]
pub enum Builtin {
    /// The value or nothing.
    Suppress,
    /// Dates: day, month, quarter, year, ten years. Understands `1991-12-31`, `31.12.1991`, `31/12/1991`,
    /// `1991-12` and `1991`, with or without a time behind.
    Date,
    /// Ages in whole years: 5, 10, 20 years; 80 and over together from the first level on.
    Age,
    /// Numbers in ranges of `width` and then of `width * factor`, `width * factor^2` and so on.
    Numbers {
        /// Width of the first ranges; worked out from the values where it is not given.
        #[serde(default)]
        width: Option<f64>,
        /// How many ranges are joined at the next level.
        #[serde(default = "two")]
        factor: u32,
    },
    /// Numbers in ranges that hold about the same number of rows each, halved in number level by level.
    Quantiles {
        /// Number of ranges at the first level.
        #[serde(default = "sixteen")]
        bins: u32,
    },
    /// Codes that lose characters from the end: post codes, phone areas, classifiers.
    Prefix {
        /// Characters taken away a level.
        #[serde(default = "one")]
        step: u32,
    },
    /// Six-digit (`050000`) and seven-character (`A05A1B2`) post codes of Kazakhstan: region, part of the country.
    PostCode,
    /// Places of Kazakhstan: city or settlement, region, part of the country.
    Place,
    /// What an individual identification number tells: month of birth and sex, year and sex, ten years and sex,
    /// sex (identifiers of the country: digits 1-6 the date, digit 7 century and sex).
    Iin,
}

fn one() -> u32 {
    1
}
fn two() -> u32 {
    2
}
fn sixteen() -> u32 {
    16
}

impl Builtin {
    /// The hierarchy over a column's values. What the kind cannot read goes straight to the root.
    ///
    /// # Errors
    /// Where the settings make no hierarchy.
    pub fn hierarchy(&self, column: &Column) -> Result<Hierarchy> {
        if column.values.is_empty() {
            return Ok(Hierarchy::suppression(column));
        }
        let values: Vec<&str> = column.values.iter().map(AsRef::as_ref).collect();
        let levels: Vec<Vec<String>> = match self {
            Builtin::Suppress => return Ok(Hierarchy::suppression(column)),
            Builtin::Date => values.iter().map(|v| date_levels(v)).collect(),
            Builtin::Age => values.iter().map(|v| age_levels(v)).collect(),
            Builtin::Numbers { width, factor } => number_levels(&values, *width, (*factor).max(2)),
            Builtin::Quantiles { bins } => quantile_levels(column, (*bins).clamp(2, 1 << 16)),
            Builtin::Prefix { step } => prefix_levels(&values, (*step).max(1) as usize),
            Builtin::PostCode => values.iter().map(|v| places::post_code_levels(v)).collect(),
            Builtin::Place => values.iter().map(|v| places::place_levels(v)).collect(),
            Builtin::Iin => values.iter().map(|v| iin::levels(v)).collect(),
        };
        let rows: Vec<Vec<&str>> = values
            .iter()
            .zip(&levels)
            .map(|(value, levels)| {
                let mut row = vec![*value];
                row.extend(levels.iter().map(String::as_str));
                row.push(ROOT);
                row
            })
            .collect();
        // Two dictionary entries may have the same text (NULL and the empty text); both then mean "no value".
        Hierarchy::from_rows(&column.name, &rows)
    }
}

/// A calendar date in one of the usual writings: year, and month and day where they are given.
pub(super) fn parse_date(text: &str) -> Option<(i32, Option<u32>, Option<u32>)> {
    let text = text.trim();
    let text = text.split([' ', 'T']).next()?;
    let parts: Vec<&str> = text.split(['-', '.', '/']).collect();
    if !parts.iter().all(|p| !p.is_empty() && p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let number = |at: usize| parts[at].parse::<u32>().ok();
    let (year, month, day) = match parts.as_slice() {
        [y] if y.len() == 4 => (number(0)?, None, None),
        [y, _] if y.len() == 4 => (number(0)?, number(1), None),
        [_, y] if y.len() == 4 => (number(1)?, number(0), None),
        [y, _, _] if y.len() == 4 => (number(0)?, number(1), number(2)),
        [_, _, y] if y.len() == 4 => (number(2)?, number(1), number(0)),
        _ => return None,
    };
    let fits = month.is_none_or(|m| (1..=12).contains(&m)) && day.is_none_or(|d| (1..=31).contains(&d));
    (fits && (1000..=2999).contains(&year)).then_some((year as i32, month, day))
}

fn date_levels(value: &str) -> Vec<String> {
    let Some((year, month, _)) = parse_date(value) else { return unread(4) };
    let decade = format!("{}-{}", year / 10 * 10, year / 10 * 10 + 9);
    match month {
        Some(m) => {
            vec![format!("{year}-{m:02}"), format!("{year} Q{}", m.div_ceil(3)), year.to_string(), decade]
        }
        // A year that stands without a month must not share the labels of months.
        None => vec![year.to_string(), year.to_string(), year.to_string(), decade],
    }
}

/// Ages over this are one group at every level but the first (as 45 CFR 164.514 has 90; the country's life tables
/// make 80 rare enough).
const OLD: u32 = 80;

fn age_levels(value: &str) -> Vec<String> {
    let Ok(age) = value.trim().parse::<u32>() else { return unread(3) };
    if age >= OLD {
        return vec![format!("{OLD}+"); 3];
    }
    [5, 10, 20].map(|w| format!("{}-{}", age / w * w, age / w * w + w - 1)).into()
}

fn number(value: &str) -> Option<f64> {
    let text = value.trim().replace([' ', '\u{A0}', '\u{202F}'], "").replace(',', ".");
    text.parse::<f64>().ok().filter(|n| n.is_finite())
}

fn number_levels(values: &[&str], width: Option<f64>, factor: u32) -> Vec<Vec<String>> {
    let numbers: Vec<Option<f64>> = values.iter().map(|v| number(v)).collect();
    if numbers.iter().flatten().next().is_none() {
        return vec![unread(1); values.len()];
    }
    let low = numbers.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let span = if high > low { high - low } else { 1.0 };
    let width = width.filter(|w| *w > 0.0 && w.is_finite()).unwrap_or_else(|| round_width(span / 32.0));
    let (start, end) = ((low / width).floor(), (high / width).floor());
    // Enough levels for the widest range to hold all; a bound keeps a tiny width from making thousands.
    let mut levels = 1;
    while levels < 24
        && (end / f64::from(factor).powi(levels)).floor() != (start / f64::from(factor).powi(levels)).floor()
    {
        levels += 1;
    }
    numbers
        .iter()
        .map(|n| match n {
            None => unread(levels as usize),
            Some(n) => (0..levels)
                .map(|l| {
                    let w = width * f64::from(factor).powi(l);
                    let from = ((n / width).floor() / f64::from(factor).powi(l)).floor() * w;
                    format!("[{}, {})", tidy(from), tidy(from + w))
                })
                .collect(),
        })
        .collect()
}

/// 1, 2 or 5 times a power of ten, not below `w`.
fn round_width(w: f64) -> f64 {
    let power = 10f64.powf(w.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|r| *r >= w * 0.999).unwrap_or(power * 10.0)
}

fn tidy(n: f64) -> String {
    let rounded = (n * 1e9).round() / 1e9;
    if rounded == 0.0 { "0".into() } else { rounded.to_string() }
}

fn quantile_levels(column: &Column, bins: u32) -> Vec<Vec<String>> {
    let numbers: Vec<Option<f64>> = column.values.iter().map(|v| number(v)).collect();
    let counts = column.counts();
    let mut sorted: Vec<(f64, u64)> =
        numbers.iter().zip(&counts).filter_map(|(n, c)| n.map(|n| (n, *c))).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rows: u64 = sorted.iter().map(|s| s.1).sum();
    // The bin of each distinct number, by the rows before it.
    let mut before = 0;
    let place: Vec<(f64, u32)> = sorted
        .iter()
        .map(|(n, c)| {
            let bin = (before as u128 * u128::from(bins) / u128::from(rows.max(1))) as u32;
            before += c;
            (*n, bin)
        })
        .collect();
    let depth = 32 - (bins - 1).leading_zeros();
    let range = |level: u32, bin: u32| {
        let mut of = place.iter().filter(|(_, b)| b >> level == bin >> level).map(|(n, _)| *n);
        let first = of.next().unwrap_or(0.0);
        format!("{}..{}", tidy(first), tidy(of.next_back().unwrap_or(first)))
    };
    let mut names = std::collections::HashMap::new();
    numbers
        .iter()
        .map(|n| match n {
            None => unread(depth as usize),
            Some(n) => {
                let at = place.partition_point(|(m, _)| m < n);
                let bin = place.get(at).map_or(0, |p| p.1);
                (0..depth)
                    .map(|l| names.entry((l, bin >> l)).or_insert_with(|| range(l, bin)).clone())
                    .collect()
            }
        })
        .collect()
}

fn prefix_levels(values: &[&str], step: usize) -> Vec<Vec<String>> {
    let longest = values.iter().map(|v| v.trim().chars().count()).max().unwrap_or(0).min(64);
    let levels = longest.saturating_sub(1).div_ceil(step).max(1);
    values
        .iter()
        .map(|value| {
            let chars: Vec<char> = value.trim().chars().collect();
            if chars.is_empty() {
                return unread(levels);
            }
            (1..=levels)
                .map(|l| {
                    let keep = longest.saturating_sub(l * step);
                    chars.iter().enumerate().map(|(i, c)| if i < keep { *c } else { '*' }).collect::<String>()
                })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disclosure::table::Builder;

    fn column(values: &[&str]) -> Column {
        let mut b = Builder::new("c");
        values.iter().for_each(|v| b.push(v));
        b.finish()
    }

    fn rows(builtin: Builtin, values: &[&str]) -> Vec<Vec<String>> {
        let h = builtin.hierarchy(&column(values)).unwrap();
        h.rows().map(|r| r.into_iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn dates_in_several_writings() {
        let got = rows(Builtin::Date, &["1991-12-31", "01.02.1991", "1987", "unknown", "1991-12-31 10:00"]);
        assert_eq!(got[0], ["1991-12-31", "1991-12", "1991 Q4", "1991", "1990-1999", "*"]);
        assert_eq!(got[1], ["01.02.1991", "1991-02", "1991 Q1", "1991", "1990-1999", "*"]);
        assert_eq!(got[2][3], "1987");
        assert_eq!(got[3][1..], ["*", "*", "*", "*", "*"]);
        assert_eq!(got[4][1], "1991-12");
        assert_eq!(parse_date("31.13.1991"), None);
        assert_eq!(parse_date("10.20.30.40"), None);
    }

    #[test]
    fn ages_are_top_coded() {
        let got = rows(Builtin::Age, &["7", "79", "80", "104"]);
        assert_eq!(got[0], ["7", "5-9", "0-9", "0-19", "*"]);
        assert_eq!(got[1], ["79", "75-79", "70-79", "60-79", "*"]);
        assert_eq!(got[2][1], "80+");
        assert_eq!(got[3][1..4], ["80+", "80+", "80+"]);
    }

    #[test]
    fn numbers_nest() {
        let got = rows(Builtin::Numbers { width: Some(10.0), factor: 2 }, &["5", "15", "25", "-3", "x"]);
        assert_eq!(got[0][1..3], ["[0, 10)", "[0, 20)"]);
        assert_eq!(got[1][1..3], ["[10, 20)", "[0, 20)"]);
        assert_eq!(got[3][1], "[-10, 0)");
        assert_eq!(got[4][1], "*");
        let got = rows(Builtin::Numbers { width: None, factor: 2 }, &["0.001", "0.002", "0.0311"]);
        assert!(got[0].len() > 4);
    }

    #[test]
    fn quantiles_hold_equal_numbers_of_rows() {
        let values: Vec<String> = (0..100).map(|i| i.to_string()).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let got = rows(Builtin::Quantiles { bins: 4 }, &values);
        assert_eq!(got[10][1..3], ["0..24", "0..49"]);
        assert_eq!(got[99][1..3], ["75..99", "50..99"]);
    }

    #[test]
    fn prefixes_end_in_stars() {
        let got = rows(Builtin::Prefix { step: 2 }, &["050010", "0500"]);
        assert_eq!(got[0], ["050010", "0500**", "05****", "******", "*"]);
        assert_eq!(got[1], ["0500", "0500", "05**", "****", "*"]);
    }

    #[test]
    fn numbers_of_identity_rise_to_year_and_sex() {
        let got = rows(Builtin::Iin, &["991231300016", "010203650017", "junk"]);
        assert_eq!(got[0], ["991231300016", "1999-12 m", "1999 m", "1990-1999 m", "m", "*"]);
        assert_eq!(got[1], ["010203650017", "2001-02 f", "2001 f", "2000-2009 f", "f", "*"]);
        assert_eq!(got[2][1..], ["*", "*", "*", "*", "*"]);
    }
}
