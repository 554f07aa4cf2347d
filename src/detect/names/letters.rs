//! Letters under which spellings of one name are the same.

/// Kazakh letters as the Russian ones that are usually written for them; Latin look-alikes stay.
pub fn fold(word: &str) -> String {
    word.chars().map(fold_char).collect()
}

/// One letter of it.
pub fn fold_char(c: char) -> char {
    match c {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        'ё' => 'е',
        c => c,
    }
}
