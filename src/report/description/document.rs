/// A part of a document, before it is written in a format.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// The name of the document and the line below it.
    Title(String, String),
    /// A section.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// One of a list.
    Item(String),
    /// A table: shares of the width in percent, names of columns, rows.
    Table { widths: Vec<u32>, header: Vec<String>, rows: Vec<Vec<String>> },
    /// Lines to sign on.
    Sign(Vec<String>),
}

/// How numbers are written in a language.
#[derive(Clone, Copy)]
pub(super) struct Numbers {
    pub comma: bool,
}

impl Numbers {
    /// A whole number in groups of three.
    pub fn whole(self, n: u64) -> String {
        let digits = n.to_string();
        let mut out = String::new();
        for (k, c) in digits.chars().enumerate() {
            if k > 0 && (digits.len() - k).is_multiple_of(3) {
                out.push(if self.comma { '\u{a0}' } else { ',' });
            }
            out.push(c);
        }
        out
    }

    /// A number with three significant digits where it is small.
    pub fn decimal(self, n: f64) -> String {
        if !n.is_finite() {
            return "—".into();
        }
        let text = match n.abs() {
            a if a >= 1000.0 => return self.whole(n.round() as u64),
            a if a >= 100.0 => format!("{n:.0}"),
            a if a >= 10.0 => format!("{n:.1}"),
            a if a >= 0.001 || a == 0.0 => format!("{n:.3}"),
            _ => return self.power(n),
        };
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        if self.comma { text.replace('.', ",") } else { text.to_owned() }
    }

    /// `1.2·10^-6`.
    pub fn power(self, n: f64) -> String {
        if n == 0.0 {
            return "0".into();
        }
        let exponent = n.abs().log10().floor();
        let mantissa = format!("{:.1}", n / 10f64.powf(exponent));
        let mantissa = if self.comma { mantissa.replace('.', ",") } else { mantissa };
        format!("{mantissa}·10^{exponent}")
    }

    /// A share as percent.
    pub fn percent(self, share: f64) -> String {
        format!("{}\u{a0}%", self.decimal(share * 100.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_both_manners() {
        let (ru, en) = (Numbers { comma: true }, Numbers { comma: false });
        assert_eq!(ru.whole(731_702_499), "731\u{a0}702\u{a0}499");
        assert_eq!(en.whole(1_000), "1,000");
        assert_eq!((ru.decimal(0.25), en.decimal(41.26)), ("0,25".into(), "41.3".into()));
        assert_eq!(en.decimal(0.0000012), "1.2·10^-6");
        assert_eq!(ru.percent(0.005), "0,5\u{a0}%");
        assert_eq!(en.whole(0), "0");
    }
}
