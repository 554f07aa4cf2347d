use super::generalize::date::{self, Day};
use super::generalize::{decimal, shown};
use super::method::Distribution;
use super::token::{ScopeId, Tokens};
use crate::model::Category;

/// Moves a date by the subject's own number of days (never 0), the same for all dates of the subject,
/// so that order and intervals stay.
pub(super) fn shift_date(
    tokens: &Tokens,
    scope: ScopeId,
    subject: &[u8],
    text: &str,
    days: u32,
) -> Option<String> {
    let (day, form) = date::parse(text)?;
    let unit = tokens.unit(Category::new("shift_dates"), scope, b's', subject);
    let span = f64::from(days) * 2.0;
    let mut shift = (unit * span) as i64 - i64::from(days);
    if shift >= 0 {
        shift += 1;
    }
    Some(form.write(Day::from_number(day.number() + shift)))
}

/// Adds keyed noise to a number; whole numbers stay whole, the number of decimals stays.
pub(super) fn noise(
    tokens: &Tokens,
    scope: ScopeId,
    seed: &[u8],
    text: &str,
    distribution: Distribution,
    scale: f64,
) -> Option<String> {
    let n = decimal(text)?;
    let category = Category::new("noise");
    // neither end of the interval: its logarithm would not be finite
    let a = tokens.unit(category, scope, b'1', seed).clamp(1e-15, 1.0 - 1e-15);
    let change = match distribution {
        Distribution::Laplace => {
            let u = a - 0.5;
            -scale * u.signum() * (1.0 - 2.0 * u.abs()).max(1e-300).ln()
        }
        Distribution::Gaussian => {
            let b = tokens.unit(category, scope, b'2', seed);
            scale * (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
        }
    };
    let comma = text.contains(',');
    let decimals = text.trim().rsplit_once([',', '.']).map_or(0, |(_, f)| f.len().min(9));
    let out = n + change;
    if decimals == 0 {
        return Some(shown(out.round() + 0.0, false));
    }
    let text = format!("{out:.decimals$}");
    Some(if comma { text.replace('.', ",") } else { text })
}

/// Groups values into groups of at least `k` near ones and gives every value its group's mean.
///
/// MDAV (Domingo-Ferrer and Torra 2005) for one variable: from the value farthest from the mean and the
/// one farthest from that, which for one variable are the ends of the sorted list.
pub(super) fn microaggregate(values: &[f64], k: usize) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
    let mut out = vec![0.0; values.len()];
    let mut rest: &[usize] = &order;
    let mut total: f64 = values.iter().sum();
    let mut close = |group: &[usize]| {
        let sum: f64 = group.iter().map(|n| values[*n]).sum();
        let mean = sum / group.len().max(1) as f64;
        group.iter().for_each(|n| out[*n] = mean);
        sum
    };
    while rest.len() >= 3 * k {
        let mean = total / rest.len() as f64;
        let (low, high) = (values[rest[0]], values[rest[rest.len() - 1]]);
        // the first group lies at the end that is farther from the mean, the second at the other end
        let (first, second) =
            if mean - low >= high - mean { (0, rest.len() - k) } else { (rest.len() - k, 0) };
        total -= close(&rest[first..first + k]);
        total -= close(&rest[second..second + k]);
        rest = &rest[k..rest.len() - k];
    }
    if rest.len() >= 2 * k {
        let mean = total / rest.len() as f64;
        let low_far = mean - values[rest[0]] >= values[rest[rest.len() - 1]] - mean;
        let cut = if low_far { k } else { rest.len() - k };
        close(&rest[..cut]);
        close(&rest[cut..]);
    } else {
        close(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Key, KeyOrigin, token::TokenFunction};
    use super::*;

    fn tokens() -> Tokens {
        Tokens::new(Key::from_bytes(&mut [9; 32], KeyOrigin::Ephemeral), TokenFunction::Blake3)
    }

    #[test]
    fn shifts_keep_intervals_and_are_never_zero() {
        let t = tokens();
        let days = |s: &str| date::parse(s).unwrap().0.number();
        for subject in 0..200u32 {
            let s = subject.to_le_bytes();
            let shift = |d| shift_date(&t, ScopeId::default(), &s, d, 30).unwrap();
            let (a, b) = (shift("2020-01-10"), shift("2020-03-01"));
            assert_eq!(days(&b) - days(&a), 51);
            let moved = days(&a) - days("2020-01-10");
            assert!(moved != 0 && moved.abs() <= 30, "{moved}");
        }
    }

    #[test]
    fn noise_has_the_stated_spread() {
        let t = tokens();
        for (distribution, sd) in
            [(Distribution::Laplace, 10.0 * 2f64.sqrt()), (Distribution::Gaussian, 10.0)]
        {
            let moved: Vec<f64> = (0..20_000u32)
                .map(|n| {
                    let out = noise(&t, ScopeId::default(), &n.to_le_bytes(), "1000.000", distribution, 10.0);
                    out.unwrap().parse::<f64>().unwrap() - 1000.0
                })
                .collect();
            let mean = moved.iter().sum::<f64>() / 20_000.0;
            let got = (moved.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 20_000.0).sqrt();
            assert!(mean.abs() < 0.6 && (got / sd - 1.0).abs() < 0.05, "{distribution:?} {mean} {got}");
        }
        let whole = noise(&t, ScopeId::default(), b"x", "1000", Distribution::Laplace, 10.0).unwrap();
        assert!(whole.parse::<i64>().is_ok());
    }

    #[test]
    fn groups_have_at_least_k_members_and_keep_the_sum() {
        let values: Vec<f64> = (0..103u32).map(|n| f64::from(n * n % 97)).collect();
        for k in [2, 3, 5, 40, 103, 200] {
            let out = microaggregate(&values, k);
            let mut sizes = std::collections::HashMap::new();
            out.iter().for_each(|v| *sizes.entry(v.to_bits()).or_insert(0) += 1);
            assert!(sizes.values().all(|n| *n >= k.min(values.len())), "{k}");
            assert!((out.iter().sum::<f64>() - values.iter().sum::<f64>()).abs() < 1e-6);
        }
        assert!(microaggregate(&[], 3).is_empty());
    }
}
