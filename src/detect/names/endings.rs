//! Endings that names take, and that tell names from words.

/// Case endings of Russian nouns and adjectives that names take, with what the nominative has instead.
pub const RU_ENDINGS: &[(&str, &[&str])] = &[
    ("а", &["", "о"]),
    ("у", &["", "а"]),
    ("ом", &["", "о"]),
    ("ым", &["", "ый"]),
    ("е", &["", "а", "я"]),
    ("ы", &["а"]),
    ("и", &["а", "я", "ь"]),
    ("ой", &["а", "ая"]),
    ("ою", &["а"]),
    ("ей", &["а", "я"]),
    ("ю", &["я", "ь", "й"]),
    ("я", &["ь", "й"]),
    ("ем", &["ь", "й", ""]),
    ("ого", &["ий", "ый", "ой"]),
    ("ему", &["ий"]),
    ("ему", &["ий"]),
    ("ому", &["ий", "ый", "ой"]),
    ("им", &["ий"]),
    ("ом", &["ий", "ый", "ой"]),
    ("ую", &["ая"]),
    ("ову", &["ова"]),
    ("ью", &["ь"]),
    ("ии", &["ия"]),
    ("ию", &["ия"]),
    ("ией", &["ия"]),
];

/// Kazakh case, plural and possessive endings in folded letters, longest first.
pub const KK_ENDINGS: &[&str] = &[
    "лардын",
    "лердин",
    "ларга",
    "лерге",
    "ларды",
    "лерди",
    "тарды",
    "терди",
    "дарды",
    "дерди",
    "тарга",
    "терге",
    "дарга",
    "дерге",
    "тардын",
    "тердин",
    "дардын",
    "дердин",
    "нын",
    "нин",
    "дын",
    "дин",
    "тын",
    "тин",
    "дан",
    "ден",
    "тан",
    "тен",
    "нан",
    "нен",
    "мен",
    "бен",
    "пен",
    "нда",
    "нде",
    "лар",
    "лер",
    "дар",
    "дер",
    "тар",
    "тер",
    "ды",
    "ди",
    "ты",
    "ти",
    "ны",
    "ни",
    "га",
    "ге",
    "ка",
    "ке",
    "на",
    "не",
    "да",
    "де",
    "та",
    "те",
    "ым",
    "им",
    "н",
    "а",
    "е",
];

/// Endings usual in surnames, with their case forms.
pub const SURNAME_ENDINGS: &[&str] = &[
    "ов",
    "ова",
    "ову",
    "овой",
    "овым",
    "ове",
    "ев",
    "ева",
    "еву",
    "евой",
    "евым",
    "еве",
    "ёв",
    "ин",
    "ина",
    "ину",
    "иной",
    "иным",
    "ын",
    "ына",
    "ыну",
    "ыной",
    "ыным",
    "ский",
    "ская",
    "ского",
    "скому",
    "ским",
    "ской",
    "скую",
    "цкий",
    "цкая",
    "цкого",
    "цкому",
    "цким",
    "цкой",
    "ко",
    "енко",
    "ук",
    "юк",
    "чук",
    "чака",
    "ян",
    "янц",
    "швили",
    "дзе",
    "дзян",
    "ян",
    "их",
    "ых",
    "ова-",
    "нко",
    "ич",
    "иди",
    "пуло",
    "сон",
    "ман",
    "берг",
    "штейн",
    "баев",
    "беков",
    "галиев",
    "калиев",
];

/// Endings of Russian patronymics in all cases.
pub const PATRONYMIC_ENDINGS: &[&str] = &[
    "ович",
    "евич",
    "овича",
    "евича",
    "овичу",
    "евичу",
    "овичем",
    "евичем",
    "овиче",
    "евиче",
    "овна",
    "евна",
    "овны",
    "евны",
    "овне",
    "евне",
    "овну",
    "евну",
    "овной",
    "евной",
    "ична",
    "ичны",
    "ичне",
    "ичну",
    "ичной",
    "ьич",
    "ьича",
    "ьичу",
    "ьичем",
];

/// Endings of patronymics in Latin letters.
pub const LATIN_PATRONYMICS: &[&str] = &[
    "ovich", "evich", "ovna", "evna", "ichna", "uly", "kyzy", "qyzy", "kizi", "qizi", "ūly", "úly", "ogly",
    "oglu", "gyzy", "gizi", "ovych", "yevich", "yevna", "owich", "ovic", "ulı", "qızı",
];

/// Endings of Kazakh and other Turkic patronymics, folded.
pub const KK_PATRONYMICS: &[&str] =
    &["улы", "ули", "уулу", "кызы", "кизи", "гызы", "гизи", "оглы", "оглу", "угли", "заде", "кыз"];

/// How Kazakh given names end that are composed of two words.
const KK_TAILS: &[&str] = &[
    "бек",
    "бай",
    "жан",
    "хан",
    "гул",
    "нур",
    "али",
    "гали",
    "кали",
    "мурат",
    "тай",
    "берген",
    "берди",
    "болат",
    "булат",
    "мухамед",
    "мухаммед",
    "ахмет",
    "кожа",
    "улан",
    "сулу",
    "шолпан",
    "бике",
    "кул",
    "тас",
    "бакыт",
    "дияр",
    "жар",
    "батыр",
    "сауле",
    "зат",
    "рахман",
    "олла",
    "улла",
    "туган",
    "ияр",
    "слам",
    "дин",
    "гельды",
    "гелди",
    "кельды",
    "ман",
];

/// How they begin.
const KK_HEADS: &[&str] = &[
    "нур",
    "ай",
    "бек",
    "ер",
    "жан",
    "кайрат",
    "бакыт",
    "гул",
    "алты",
    "абди",
    "абд",
    "сагын",
    "тле",
    "толе",
    "жум",
    "жал",
    "кал",
    "куан",
    "мед",
    "му",
    "ораз",
    "рах",
    "сат",
    "сей",
    "тур",
    "шай",
    "ырыс",
    "ам",
    "ас",
    "бал",
    "дау",
    "дос",
    "ел",
    "есен",
    "ес",
    "иль",
    "каз",
    "кен",
    "май",
    "ме",
    "ож",
    "са",
    "сер",
    "та",
    "ток",
];

/// Endings of Slavic and Turkic surnames and patronymics in Latin letters.
pub const LATIN_FAMILY: &[&str] = &[
    "ov", "ova", "ev", "eva", "yov", "enko", "skiy", "skii", "skaya", "uly", "kyzy", "qyzy", "ovich",
    "evich", "ovna", "evna", "bay", "bek", "bayev", "uulu", "shvili", "ovoy", "ovu",
];

/// [`str::strip_suffix`] that looks at the last byte first: most endings of a list fail there.
#[inline]
pub fn strip<'a>(word: &'a str, ending: &str) -> Option<&'a str> {
    match (word.as_bytes().last(), ending.as_bytes().last()) {
        (a, Some(_)) if a != ending.as_bytes().last() => None,
        _ => word.strip_suffix(ending),
    }
}

/// Does a word end so? Looks at the last byte first.
#[inline]
pub fn ends(word: &str, ending: &str) -> bool {
    strip(word, ending).is_some()
}

/// Does the ending alone tell a surname or patronymic in Latin letters?
pub fn latin_family(lower: &str) -> bool {
    lower.len() >= 6 && LATIN_FAMILY.iter().any(|e| ends(lower, e))
}

/// The stem of a folded Kazakh or Kazakh-declined word: without one case ending. `None` where none fits.
pub fn kk_stem(folded: &str) -> Option<&str> {
    KK_ENDINGS
        .iter()
        .find_map(|e| strip(folded, e).filter(|s| s.chars().count() >= 3 && e.chars().count() >= 2))
}

/// Is a folded word composed as Kazakh given names are («Айгүл», «Нұрбек»)?
pub fn composed(folded: &str) -> bool {
    KK_TAILS.iter().any(|t| folded.len() > t.len() + 2 && ends(folded, t))
        && KK_HEADS.iter().any(|h| folded.starts_with(h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kazakh_stems() {
        assert_eq!(kk_stem("ахметовтин"), Some("ахметов"));
        assert_eq!(kk_stem("болатка"), Some("болат"));
        assert_eq!(kk_stem("ан"), None);
    }
}
