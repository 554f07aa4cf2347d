//! Encryption that the engine does not open: the filters of its dictionary stand in objects of their own, which it
//! takes for none, and every stream would stay locked without a word.

use memchr::memmem;

/// True where the encryption dictionary of a file (ISO 32000-2, 7.6.2) refers to its crypt filters.
pub(super) fn has_filters_apart(bytes: &[u8]) -> bool {
    if memmem::find(bytes, b"/Encrypt").is_none() {
        return false;
    }
    memmem::find_iter(bytes, b"/Standard").any(|at| {
        let start = memmem::rfind(&bytes[..at], b" obj").unwrap_or(0);
        let end = memmem::find(&bytes[at..], b"endobj").map_or(bytes.len(), |p| at + p);
        let dictionary = &bytes[start..end];
        [&b"/CF"[..], b"/StdCF"]
            .iter()
            .any(|key| memmem::find_iter(dictionary, key).any(|p| is_reference(&dictionary[p + key.len()..])))
    })
}

/// `7 0 R` behind a blank.
fn is_reference(text: &[u8]) -> bool {
    let mut words = text.get(..32).unwrap_or(text).split(u8::is_ascii_whitespace);
    let mut word = || words.find(|w| !w.is_empty()).unwrap_or_default();
    let number = |w: &[u8]| !w.is_empty() && w.iter().all(u8::is_ascii_digit);
    text.first().is_some_and(u8::is_ascii_whitespace)
        && number(word())
        && number(word())
        && matches!(word(), [b'R'] | [b'R', b'/' | b'>', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_in_objects_of_their_own() {
        let file = |filters: &str| {
            format!(
                "%PDF-1.7\n5 0 obj\n<</Font<</CF 9 0 R>>>>\nendobj\n6 0 obj\n<< {filters} /Filter /Standard /R 6 \
                 /StmF /StdCF /StrF /StdCF >>\nendobj\ntrailer << /Encrypt 6 0 R >>"
            )
        };
        for (filters, apart) in [
            ("/CF 7 0 R", true),
            ("/CF\n7\n0\nR/V 5", true),
            ("/CF << /StdCF 7 0 R>>", true),
            ("/CF << /StdCF << /CFM /AESV3 >> >>", false),
            ("/CF<</StdCF<</CFM/AESV2/Length 16>>>>", false),
            ("/V 2", false),
        ] {
            assert_eq!(has_filters_apart(file(filters).as_bytes()), apart, "{filters}");
        }
        assert!(!has_filters_apart(b"/Standard /CF 7 0 R"));
    }
}
