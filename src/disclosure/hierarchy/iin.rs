use super::unread;

/// Birth and sex that an individual identification number tells, in falling detail. Digit 7 is 1/2 for
/// people born in the 1800s, 3/4 in the 1900s, 5/6 in the 2000s; odd for men.
pub(super) fn levels(value: &str) -> Vec<String> {
    birth(value).unwrap_or_else(|| unread(4))
}

fn birth(value: &str) -> Option<Vec<String>> {
    let digits: Vec<u32> =
        value.trim().chars().filter(|c| *c != ' ').map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    let [a, b, c, d, e, f, kind, ..] = digits[..] else { return None };
    let (month, day) = (c * 10 + d, e * 10 + f);
    if digits.len() != 12
        || !(1..=6).contains(&kind)
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
    {
        return None;
    }
    let year = 1800 + (kind - 1) / 2 * 100 + a * 10 + b;
    let sex = if kind % 2 == 1 { "m" } else { "f" };
    let decade = year / 10 * 10;
    Some(vec![
        format!("{year}-{month:02} {sex}"),
        format!("{year} {sex}"),
        format!("{decade}-{} {sex}", decade + 9),
        sex.to_owned(),
    ])
}
