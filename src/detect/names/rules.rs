//! What stands around a name: streets, firms and laws that are named after people; role words; makes of cars. The words
//! are in `patterns/names/context.txt`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The words of one section: how many letters more may follow each.
type Words = FxHashMap<&'static str, u8>;

/// A word as it stands, and any ending.
const ANY: u8 = u8::MAX;

static SECTIONS: LazyLock<FxHashMap<&'static str, Words>> =
    LazyLock::new(|| read(include_str!("../../../patterns/names/context.txt")));

fn read(text: &'static str) -> FxHashMap<&'static str, Words> {
    let mut sections: FxHashMap<&'static str, Words> = FxHashMap::default();
    let mut section = "";
    for line in text.lines().map(str::trim).filter(|l| !l.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
            continue;
        }
        let words = sections.entry(section).or_default();
        for word in line.split_whitespace() {
            let (stem, more) = match word.split_once('*') {
                Some((stem, "")) => (stem, ANY),
                Some((stem, most)) => (stem, most.parse().unwrap_or(0)),
                None => (word, 0),
            };
            words.insert(stem, more);
        }
    }
    sections
}

/// The section of this name, looked up once.
macro_rules! section {
    ($name:literal) => {{
        static WORDS: LazyLock<&'static Words> = LazyLock::new(|| &SECTIONS[$name]);
        *WORDS
    }};
}

/// Is a folded word in the section, or does it begin with one of its stems?
fn within(words: &Words, folded: &str) -> bool {
    if words.contains_key(folded) {
        return true;
    }
    folded.char_indices().skip(2).any(|(at, _)| {
        words.get(&folded[..at]).is_some_and(|more| {
            *more == ANY || (*more > 0 && folded[at..].chars().count() <= usize::from(*more))
        })
    })
}

/// Is the word before a name one after which places and things are named?
pub fn named_before(folded: &str) -> bool {
    within(section!("named before"), folded)
}

/// Is the word after a name one that follows the name of a street, school, district?
pub fn named_after(folded: &str) -> bool {
    within(section!("named after"), folded)
}

/// What is held in a person's name: an account, a car, a flat, a paper.
pub fn held(folded: &str) -> bool {
    within(section!("held"), folded)
}

/// Words before the name of a town or village, or of what is called after somebody.
pub fn settlement(folded: &str) -> bool {
    within(section!("settlement"), folded)
}

/// Does a legal form stand before the quotation mark?
pub fn legal_form(folded: &str) -> bool {
    within(section!("legal form"), folded)
}

/// Legal forms of firms alone: what follows is a firm even without quotation marks.
pub fn firm(folded: &str) -> bool {
    within(section!("firm"), folded)
}

/// A sole proprietor's mark.
pub fn sole_proprietor(folded: &str) -> bool {
    within(section!("sole"), folded)
}

/// Words of things that have a name in quotes: cars, shops, papers.
pub fn thing(folded: &str) -> bool {
    within(section!("thing"), folded)
}

/// Words of bodies and firms inside what looks like a name: «Назарбаев Университет».
pub fn body(folded: &str) -> bool {
    within(section!("body"), folded)
}

/// Words that follow the names of khans, judges, heroes and saints, after whom streets are named.
pub fn title_of_old(folded: &str) -> bool {
    within(section!("title of old"), folded)
}

/// The same words in the Russian genitive: «Абылай хана 92», «Кабанбай батыра, 5».
pub fn title_of_old_genitive(folded: &str) -> bool {
    within(section!("title of old, genitive"), folded)
}

/// Streets that people name without the word for a street, and that are nobody's surname in a list.
pub fn street_only(folded: &str) -> bool {
    within(section!("street only"), folded)
}

/// Words that go on in an address after the number of a house.
pub fn of_address(folded: &str) -> bool {
    within(section!("of address"), folded)
}

/// Labels of parts of an address: «дом: Мира, 60».
pub fn of_place(folded: &str) -> bool {
    within(section!("of place"), folded)
}

/// Words after a number that count something: «Петрова 12 лет».
pub fn counted(folded: &str) -> bool {
    within(section!("counted"), folded)
}

/// A heading of an act or a form, which stands alone in capitals and is no name.
pub fn heading(folded: &str) -> bool {
    within(section!("heading"), folded)
}

/// Labels of forms that are also names or look like one.
pub fn label(folded: &str) -> bool {
    within(section!("label"), folded)
}

/// Short words with a capital before a dot and a letter that are no surname: «Прил. А.», «Рис. Б.».
pub fn abbreviated(folded: &str) -> bool {
    within(section!("abbreviated"), folded)
}

/// Months, which stand with a capital in lists and titles.
pub fn month(folded: &str) -> bool {
    within(section!("month"), folded)
}

/// Makes of cars, with Russian case endings.
pub fn make(folded: &str) -> bool {
    within(section!("make"), folded)
}

/// Models of cars that follow their make.
pub fn model(folded: &str) -> bool {
    within(section!("model"), folded)
}

/// Words with which a letter opens, Kazakh ones that the lists of ordinary words lack among them.
pub fn greeting(folded: &str) -> bool {
    within(section!("greeting"), folded)
}

/// «Дядя», «тётя»: before a capital they have a name behind them for certain.
pub fn uncle(folded: &str) -> bool {
    within(section!("uncle"), folded)
}

/// Small words inside a surname («Ван дер Берг», «де ла Крус»).
pub fn particle(folded: &str) -> bool {
    within(section!("particle"), folded)
}

/// «Фамилию», «тегі»: what follows is a surname.
pub fn family_name(folded: &str) -> bool {
    within(section!("family name"), folded)
}

/// «Господин», «госпожа»: what follows is a name, whatever the lists say.
pub fn honorific(folded: &str) -> bool {
    within(section!("honorific"), folded)
}

/// Kazakh words that open a sentence with a capital and are taken for the first part of a name behind them.
pub fn opener(folded: &str) -> bool {
    within(section!("opener"), folded)
}

/// «Живёт Корчагина 118»: a street follows.
pub fn lives(folded: &str) -> bool {
    within(section!("lives"), folded)
}

/// Kazakh nouns that are given names too: in small letters they are nouns.
pub fn noun(folded: &str) -> bool {
    within(section!("noun"), folded)
}

/// Beginnings of words in names of columns that tell a role of persons: `driver`, «заявитель».
pub fn column_roles() -> impl Iterator<Item = &'static str> {
    section!("role of a column").keys().copied()
}

/// Words in names of columns that tell something of a role and not who has it: `driver_id`.
pub fn column_others() -> impl Iterator<Item = &'static str> {
    section!("no role of a column").keys().copied()
}

/// Is it a label behind which a name stands, in small letters: «contact person»?
pub fn names_somebody(label: &str) -> bool {
    !label.contains('_') && section!("label of a name").contains_key(label.replace(' ', "_").as_str())
}

/// Words in the names of mailboxes that several people read: «Support Team».
pub fn mailbox(lower: &str) -> bool {
    section!("mailbox").contains_key(lower) || body(lower) || firm(lower)
}

/// A word of a trade that dictionaries of Russian lack: «чеклист», «дашборда». `named`: lists know it as a name.
pub fn loan_word(folded: &str, named: bool) -> bool {
    const ENDINGS: [&str; 15] =
        ["а", "у", "е", "и", "ы", "ом", "ов", "ей", "ам", "ами", "ах", "ями", "ях", "ный", "ная"];
    let stems = if named { section!("loan word and name") } else { section!("loan word") };
    stems.contains_key(folded)
        || folded.char_indices().enumerate().skip(3).any(|(letters, (at, _))| {
            stems.get(&folded[..at]).is_some_and(|more| *more > 0)
                && (letters > 5 || ENDINGS.contains(&&folded[at..]))
        })
}

/// English words that are also given names, surnames or makes.
pub fn english(lower: &str) -> bool {
    section!("english").contains_key(lower)
}

/// What a speaker of a chat is called besides a name: «админ», «бот», «поддержка».
pub fn calls(folded: &str) -> bool {
    within(section!("calls"), folded)
}

/// Words of kin that stand before a name, Kazakh with their possessive endings.
pub fn kin(folded: &str) -> bool {
    let (stems, endings) = (section!("kin"), section!("kin endings"));
    let of_kin = |folded: &str| {
        stems.contains_key(folded)
            || folded
                .char_indices()
                .skip(2)
                .any(|(at, _)| stems.contains_key(&folded[..at]) && endings.contains_key(&folded[at..]))
    };
    // «Папаның», «Анамды»
    of_kin(folded) || super::endings::kk_stem(folded).is_some_and(|s| s.chars().count() >= 4 && of_kin(s))
}

/// «Азамат»: a given name, and the Kazakh word for a citizen.
pub fn citizen(folded: &str) -> bool {
    folded.starts_with("азамат")
}

/// Is the word a role or an address that names follow?
pub fn role(folded: &str) -> bool {
    within(section!("role"), folded)
}

/// «ФизическиеЛица», «ДанныеФизЛиц»: a name of programs, of words with capitals within, none with a family's ending.
fn identifier(text: &str) -> bool {
    const ENDS: [&str; 12] = ["ов", "ев", "ин", "ова", "ева", "ина", "вич", "вна", "ий", "ая", "лы", "ызы"];
    let mut last = ' ';
    let inner = |(k, c): (usize, char)| {
        let inside = last.is_lowercase() && c.is_uppercase() && c > 'z';
        last = c;
        inside.then_some(k)
    };
    let cuts: Vec<usize> = text.char_indices().filter_map(inner).collect();
    !cuts.is_empty()
        && !text.contains(' ')
        && !cuts.iter().chain([&text.len()]).any(|k| ENDS.iter().any(|e| text[..*k].ends_with(e)))
}

/// The name in a cell of a column of names: without blanks, the mark of a sole proprietor before it and what stands
/// in small letters in brackets behind it.
pub fn named_part(text: &str) -> (usize, usize) {
    let mut from = text.len() - text.trim_start().len();
    let mut to = text.trim_end().len();
    if let Some((mark, rest)) = text[from..to].split_once(' ')
        && matches!(mark, "ИП" | "ЖК" | "IP" | "КХ" | "ШҚ" | "ип" | "жк")
        && rest.trim_start().starts_with(char::is_alphabetic)
    {
        from = to - rest.trim_start().len();
    }
    let name = &text[from..to];
    if name.ends_with(')')
        && let Some(open) = name.rfind('(').filter(|k| *k >= 4)
        && name[open + 1..].starts_with(char::is_lowercase)
    {
        to = from + name[..open].trim_end().len();
    }
    (from, to)
}

/// Is a cell of a column of names nothing but the name, and blanks?
pub fn name_fills(text: &str) -> bool {
    named_part(text) == (text.len() - text.trim_start().len(), text.trim_end().len())
}

/// Does a cell of a column of names hold a name and not a filler, a total, a number?
pub fn cell_is_name(text: &str) -> bool {
    let text = text.trim();
    let letter = |c: char| matches!(c, 'А'..='я' | 'a'..='z' | 'A'..='Z') || c.is_alphabetic();
    text.chars().filter(|c| letter(*c)).take(2).count() == 2
        && (text.len() <= 80 || text.chars().count() <= 80)
        && !text.bytes().any(|c| c.is_ascii_digit() || matches!(c, b'@' | b'<' | b'{' | b'='))
        && text.split_whitespace().count() <= 7
        // «Сынып жетекшісі:»: a label below the rows
        && !text.ends_with(':')
        // «ТОО Рауан Трейд»
        && !text.split_whitespace().next().is_some_and(|w| w.len() <= 8 && firm(&super::letters::fold(&w.to_lowercase())))
        && !identifier(text)
        && !text.split_whitespace().any(|w| section!("column").contains_key(w.trim_matches('.').to_lowercase().as_str()))
        // the longest filler has eleven letters
        && (text.len() > 24 || !section!("empty").contains_key(text.to_lowercase().as_str()))
}
