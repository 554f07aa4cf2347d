use std::collections::BTreeMap;

use super::{Place, Why};
use crate::disclosure::{Error, Result};

/// Most hidden cells that are audited: elimination costs their number to the third power.
const MOST: usize = 1000;

/// A prime below 2^31, so that products fit 64 bits.
const P: u64 = 2_147_483_629;

/// Hidden cells whose figures follow from the shown ones: each line says that its cells add up to its total,
/// and a cell is known where elimination over the hidden ones leaves it alone in an equation. Elimination runs modulo
/// a prime; the coefficients are 1 and -1, and the tables' small determinants are not multiples of it, so a
/// cell that is known over the rationals is found.
///
/// # Errors
/// Where there are too many hidden cells to audit.
pub(super) fn known(lines: &[Vec<Place>], why: &BTreeMap<Place, Why>) -> Result<Vec<Place>> {
    let hidden: Vec<&Place> = why.iter().filter(|(_, w)| **w != Why::Shown).map(|(p, _)| p).collect();
    if hidden.is_empty() {
        return Ok(Vec::new());
    }
    if hidden.len() > MOST {
        return Err(Error::setting(format!(
            "{} cells would be hidden; use coarser columns (at most {MOST} can be proven safe)",
            hidden.len()
        )));
    }
    let index: BTreeMap<&Place, usize> = hidden.iter().enumerate().map(|(i, p)| (*p, i)).collect();
    let mut rows: Vec<Vec<u64>> = lines
        .iter()
        .filter(|line| line.iter().any(|p| index.contains_key(p)))
        .map(|line| {
            let mut row = vec![0; hidden.len()];
            for (i, place) in line.iter().enumerate() {
                if let Some(at) = index.get(place) {
                    row[*at] = if i == 0 { P - 1 } else { 1 };
                }
            }
            row
        })
        .collect();
    let mut done = 0;
    for column in 0..hidden.len() {
        let Some(pivot) = (done..rows.len()).find(|r| rows[*r][column] != 0) else { continue };
        rows.swap(done, pivot);
        let inverse = power(rows[done][column], P - 2);
        rows[done].iter_mut().for_each(|v| *v = *v * inverse % P);
        let row = rows[done].clone();
        for (i, other) in rows.iter_mut().enumerate() {
            let factor = other[column];
            if i != done && factor != 0 {
                other.iter_mut().zip(&row).for_each(|(v, p)| *v = (*v + (P - factor) * p) % P);
            }
        }
        done += 1;
    }
    let alone = rows.iter().filter_map(|row| {
        let mut set = row.iter().enumerate().filter(|(_, v)| **v != 0);
        match (set.next(), set.next()) {
            (Some((at, _)), None) => Some(hidden[at].clone()),
            _ => None,
        }
    });
    // A table all of whose cells are hidden, totals included, tells nothing and has nothing known.
    Ok(alone.collect())
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % P;
        }
        base = base * base % P;
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_between_two_squares_is_known() {
        // Hidden cells of a 4 x 4 table: two squares, joined by one cell that every line has company for.
        let hidden = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (3, 4), (4, 3), (4, 4), (2, 3)];
        let mut why = BTreeMap::new();
        let mut lines: Vec<Vec<Place>> = Vec::new();
        for r in 0..=4u32 {
            for c in 0..=4u32 {
                let w = if hidden.contains(&(r, c)) { Why::SmallCount } else { Why::Shown };
                why.insert(vec![r, c], w);
            }
            lines.push((0..=4).map(|c| vec![r, c]).collect());
            lines.push((0..=4).map(|c| vec![c, r]).collect());
        }
        assert_eq!(known(&lines, &why).unwrap(), [vec![2, 3]]);
        why.insert(vec![2, 3], Why::Shown);
        assert!(known(&lines, &why).unwrap().is_empty());
    }
}
