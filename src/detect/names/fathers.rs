//! A patronymic that was found apart belongs to the name before it: «Мороз Алины» and «Викторовны».

use super::lists::{self, Lists};
use super::spans::Span;

/// Joins each patronymic alone to the name directly before it, if that ends with a given name and has none.
pub fn join(text: &[u8], lists: &Lists, spans: &mut Vec<Span>) {
    let value = |s: &Span| std::str::from_utf8(&text[s.start as usize..s.end as usize]).unwrap_or("");
    let flags = |w: &str| lists.flags(&w.to_lowercase().replace('ё', "е"));
    let father = |w: &str| {
        let ending = flags(w) & (lists::ANY_PATRONYMIC | lists::PATRONYMIC_ENDING);
        ending != 0 && w.chars().count() >= 6 && w.chars().all(char::is_alphabetic)
    };
    let given = lists::OC_GIVEN | lists::GIVEN | lists::KK_GIVEN | lists::KK_GIVEN_FORM | lists::KK_COMPOSED;
    let mut k = 1;
    while k < spans.len() {
        let (a, b) = (&spans[k - 1], &spans[k]);
        let beside = a.segment == b.segment && text.get(a.end as usize..b.start as usize) == Some(b" ");
        let last = value(a).rsplit(' ').next().unwrap_or("");
        if beside && father(value(b)) && !father(last) && !value(a).contains('.') && flags(last) & given != 0
        {
            spans[k - 1].end = b.end;
            spans.remove(k);
        } else {
            k += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::detect::names::tests::found;

    #[test]
    fn a_patronymic_goes_with_its_name() {
        assert_eq!(found("взыскать с Мороз Алины Викторовны долг"), ["Мороз Алины Викторовны"]);
    }
}
