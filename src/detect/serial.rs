//! Columns whose name says series and number, and not of what: the table or the key beside them tells it.

use super::column::{ColumnContext, last_key};
use super::context::fold_name;
use super::detector::Detector;
use super::fold::{Folded, fold, folded, is_word};
use crate::model::Table;

/// Words for a key or a kind.
const KINDS: [&str; 7] = ["id", "kind", "type", "vid", "tip", "вид", "тип"];

/// Does a column's name say series and number, and not of what?
pub(super) fn is_serial(name: &str, folded: &mut Folded) -> bool {
    if name.len() > 40 {
        return false;
    }
    fold_name(name.as_bytes(), folded);
    let mut words = folded.text.split(|b| !is_word(*b)).filter(|w| !w.is_empty());
    let (Some(series), Some(number)) = (words.next(), words.next_back()) else { return false };
    folded!["ser", "seria", "seriya", "сер", "серия"].any(|s| series == s)
        && folded!["nom", "num", "nomer", "number", "ном", "номер"].any(|s| number == s)
        && words.all(|w| folded!["i", "и"].any(|s| w == s))
}

/// What a key or kind is of: `Polis` for `PolisID`, `полиса` for `вид полиса`.
fn of_kind<'a>(name: &'a str, folded: &mut Folded) -> Option<&'a str> {
    if name.len() > 40 {
        return None;
    }
    fold_name(name.as_bytes(), folded);
    let mut words = folded.text.split(|b| !is_word(*b)).filter(|w| !w.is_empty());
    let (first, last) = (words.next()?, words.next_back()?);
    let kind = |w: &[u8]| KINDS.iter().find(|k| w == fold(k)).map(|k| k.chars().count());
    let starts: Vec<usize> = name.char_indices().map(|c| c.0).collect();
    match (kind(first), kind(last)) {
        (_, Some(n)) => Some(&name[..*starts.get(starts.len().checked_sub(n)?)?]),
        (Some(n), None) => Some(&name[*starts.get(n)?..]),
        (None, None) => None,
    }
}

impl Detector {
    /// What a column "SerNom" holds in a table "Polis", or beside a column "PolisID"; `own` is what its name says.
    pub(super) fn serial_context(
        &self,
        table: &Table,
        own: ColumnContext,
        folded: &mut Folded,
    ) -> ColumnContext {
        if own.named.any() {
            return own;
        }
        let keys = table.fields.iter().filter_map(|f| of_kind(last_key(&f.name), folded));
        let told: Vec<&str> = table.name.iter().map(|n| last_key(n)).chain(keys).collect();
        let mut contexts = told.iter().map(|of| self.name_context(&format!("{of} номер"), folded));
        contexts.find(|c| c.named.any()).unwrap_or(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::ruleset::RuleSet;
    use crate::detect::{Options, Rules};

    #[test]
    fn names_of_series_and_number() {
        let mut folded = Folded::default();
        for name in ["SerNom", "ser_num", "Серия/номер", "Серия и номер", "seriya_nomer"]
        {
            assert!(is_serial(name, &mut folded), "{name}");
        }
        for name in ["номер", "серия", "serial number", "Серия паспорта, номер", "user_num"]
        {
            assert!(!is_serial(name, &mut folded), "{name}");
        }
    }

    #[test]
    fn what_a_key_is_of() {
        let mut folded = Folded::default();
        assert_eq!(of_kind("PolisID", &mut folded), Some("Polis"));
        assert_eq!(of_kind("вид полиса", &mut folded).map(str::trim), Some("полиса"));
        assert_eq!(of_kind("policy_kind", &mut folded), Some("policy_"));
        assert_eq!(of_kind("id", &mut folded), None);
        assert_eq!(of_kind("Vladelets", &mut folded), None);
    }

    #[test]
    fn the_table_tells_whose_number_it_is() {
        let field = |name: &str| crate::model::Field { name: name.into(), ..Default::default() };
        let detector =
            Detector::new(Rules::builtin(), Options { names: false, ..Options::default() }).unwrap();
        let mut folded = Folded::default();
        let mut named = |table: Option<&str>, beside: &str| {
            let fields = vec![field(beside), field("SerNom")];
            let table = Table { name: table.map(str::to_owned), fields, ..Table::default() };
            detector.serial_context(&table, ColumnContext::default(), &mut folded).named
        };
        let policy = RuleSet::of(detector.rule_named("insurance_code").unwrap());
        assert!(named(Some("dbo.Polis"), "data").meets(policy));
        assert!(named(None, "policy_kind").meets(policy));
        assert!(named(Some("dbo.Zakaz"), "ZakazID").is_empty());
    }
}
