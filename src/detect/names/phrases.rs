//! Phrases that are looked for in every text, made ready once.

use memchr::memmem::Finder;

/// Some phrases.
pub struct Phrases(Vec<Finder<'static>>);

impl Phrases {
    pub fn new(phrases: &[&'static str]) -> Phrases {
        Phrases(phrases.iter().map(|p| Finder::new(p.as_bytes())).collect())
    }

    /// The number, beginning and end of each that stands in `text`, phrase by phrase, the first `most` places of each.
    pub fn places<'t>(
        &'t self,
        text: &'t [u8],
        most: usize,
    ) -> impl Iterator<Item = (usize, usize, usize)> + 't {
        self.0.iter().enumerate().flat_map(move |(number, phrase)| {
            phrase.find_iter(text).take(most).map(move |at| (number, at, at + phrase.needle().len()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_by_itself_and_no_more_than_asked() {
        let phrases = Phrases::new(&["name=", "lname="]);
        let all = |most| phrases.places(b"?lname=a&name=b", most).collect::<Vec<_>>();
        assert_eq!(all(9), [(0, 2, 7), (0, 9, 14), (1, 1, 7)]);
        assert_eq!(all(1), [(0, 2, 7), (1, 1, 7)]);
    }
}
