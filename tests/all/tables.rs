//! Tables of delimited text as people write them: found under the right name, and copied but for what was found.

use crate::harness::{Place, of_type};

const IIN: [&str; 4] = ["850101300124", "900215400320", "730201347873", "991231500016"];

/// A table with a title, decimal commas, line ends in quotes, short rows and a total.
fn table(d: char, titles: usize, ragged: bool) -> String {
    let q = |text: &str| if text.contains(d) { format!("\"{text}\"") } else { text.to_owned() };
    let row = |cells: &[&str]| cells.iter().map(|c| q(c)).collect::<Vec<_>>().join(&d.to_string());
    let mut lines: Vec<String> =
        ["Реестр, по состоянию на март", "Филиал, тыс. тенге"][..titles].iter().map(|t| q(t)).collect();
    lines.push(row(&["№", "Клиент", "ИИН", "Сумма, тг", "Доля"]));
    for n in 0..24 {
        let (k, sum, share) = (n.to_string(), format!("1 {:03},5{}", 100 + n, n % 10), format!("0,{n:02}"));
        let mut cells = vec![k.as_str(), "АО «Алма»", IIN[n % 4], sum.as_str(), share.as_str()];
        if ragged && n % 3 == 0 {
            cells.truncate(3);
        }
        lines.push(row(&cells));
    }
    lines.push(row(&["Итого", "", "", "32 100,00"]));
    lines.join("\r\n") + "\r\n"
}

#[test]
fn a_table_is_read_by_its_own_delimiter() {
    let p = Place::new();
    let mut all = Vec::new();
    for (k, d) in ['\t', ';', ',', '|'].into_iter().enumerate() {
        for titles in 0..3 {
            for ragged in [false, true] {
                let name = format!("src/{k}{titles}{ragged}.csv");
                let text = table(d, titles, ragged);
                p.write(&name, &text);
                all.push((name, text));
            }
        }
    }
    let (code, lines) = p.jsonl(&["scan", "src", "--only", "iin"]);
    assert_eq!(code, 0);
    for (name, _) in &all {
        let found: Vec<_> =
            of_type(&lines, "finding").into_iter().filter(|f| f["path"] == name.as_str()).collect();
        assert_eq!(found.len(), 24, "{name}");
        assert!(found.iter().all(|f| f["location"]["field"] == "ИИН"), "{name} {:?}", found[0]);
    }
    let run = p.qupia(&["anonymize", "src", "--out", "out", "--only", "iin", "-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let token = regex::Regex::new("IIN_[0-9A-Z]{20}").unwrap();
    for (name, text) in &all {
        let copy = String::from_utf8(p.read(&name.replace("src", "out"))).unwrap();
        let plain = IIN.iter().fold(text.clone(), |t, iin| t.replace(iin, "#"));
        assert_eq!(token.replace_all(&copy, "#"), plain, "{name}");
    }
}
