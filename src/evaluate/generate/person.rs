//! Invented persons with their names in the forms that documents use.

use super::rng::Rng;

const MALE: &[(&str, &str, &str)] = &[
    ("Серик", "Серік", "Serik"),
    ("Нурлан", "Нұрлан", "Nurlan"),
    ("Ерлан", "Ерлан", "Yerlan"),
    ("Данияр", "Данияр", "Daniyar"),
    ("Бауыржан", "Бауыржан", "Bauyrzhan"),
    ("Тимур", "Тимур", "Timur"),
    ("Арман", "Арман", "Arman"),
    ("Кайрат", "Қайрат", "Kairat"),
    ("Марат", "Марат", "Marat"),
    ("Олжас", "Олжас", "Olzhas"),
    ("Алексей", "Алексей", "Alexey"),
    ("Дмитрий", "Дмитрий", "Dmitriy"),
    ("Сергей", "Сергей", "Sergey"),
    ("Виктор", "Виктор", "Viktor"),
    ("Иван", "Иван", "Ivan"),
    ("Павел", "Павел", "Pavel"),
    ("Рустам", "Рустам", "Rustam"),
    ("Ильяс", "Ілияс", "Ilyas"),
    ("Азамат", "Азамат", "Azamat"),
    ("Санжар", "Санжар", "Sanzhar"),
    ("Ерболат", "Ерболат", "Yerbolat"),
    ("Галымжан", "Ғалымжан", "Galymzhan"),
    ("Асхат", "Асхат", "Askhat"),
    ("Темирлан", "Темірлан", "Temirlan"),
];
const FEMALE: &[(&str, &str, &str)] = &[
    ("Айгуль", "Айгүл", "Aigul"),
    ("Динара", "Динара", "Dinara"),
    ("Асель", "Әсел", "Assel"),
    ("Гульнара", "Гүлнара", "Gulnara"),
    ("Мадина", "Мәдина", "Madina"),
    ("Жанар", "Жанар", "Zhanar"),
    ("Сауле", "Сәуле", "Saule"),
    ("Айнур", "Айнұр", "Ainur"),
    ("Ольга", "Ольга", "Olga"),
    ("Наталья", "Наталья", "Natalya"),
    ("Елена", "Елена", "Yelena"),
    ("Ирина", "Ирина", "Irina"),
    ("Светлана", "Светлана", "Svetlana"),
    ("Камила", "Кәмила", "Kamila"),
    ("Алия", "Әлия", "Aliya"),
    ("Томирис", "Томирис", "Tomiris"),
    ("Зарина", "Зарина", "Zarina"),
    ("Бибигуль", "Бибігүл", "Bibigul"),
    ("Анастасия", "Анастасия", "Anastassiya"),
    ("Жулдыз", "Жұлдыз", "Zhuldyz"),
];
/// Surnames without their female ending; Russian, Kazakh, Latin writing.
const SURNAMES: &[(&str, &str, &str)] = &[
    ("Ахметов", "Ахметов", "Akhmetov"),
    ("Сулейменов", "Сүлейменов", "Suleimenov"),
    ("Касымов", "Қасымов", "Kassymov"),
    ("Жумабаев", "Жұмабаев", "Zhumabayev"),
    ("Оспанов", "Оспанов", "Ospanov"),
    ("Ибраимов", "Ибраимов", "Ibraimov"),
    ("Нургалиев", "Нұрғалиев", "Nurgaliyev"),
    ("Тулегенов", "Төлегенов", "Tulegenov"),
    ("Бекмуханов", "Бекмұханов", "Bekmukhanov"),
    ("Кенжебаев", "Кенжебаев", "Kenzhebayev"),
    ("Сейтказин", "Сейтқазин", "Seitkazin"),
    ("Мукашев", "Мұқашев", "Mukashev"),
    ("Иванов", "Иванов", "Ivanov"),
    ("Петров", "Петров", "Petrov"),
    ("Соколов", "Соколов", "Sokolov"),
    ("Кузнецов", "Кузнецов", "Kuznetsov"),
    ("Абдрахманов", "Әбдірахманов", "Abdrakhmanov"),
    ("Жаксылыков", "Жақсылықов", "Zhaksylykov"),
    ("Рахимбеков", "Рахымбеков", "Rakhimbekov"),
    ("Балтабаев", "Балтабаев", "Baltabayev"),
    ("Шевелев", "Шевелев", "Shevelev"),
    ("Громов", "Громов", "Gromov"),
    ("Уразалин", "Оразалин", "Urazalin"),
    ("Досмагамбетов", "Досмағамбетов", "Dosmagambetov"),
    ("Калиев", "Қалиев", "Kaliyev"),
    ("Темиргалиев", "Теміргалиев", "Temirgaliyev"),
];

/// An invented person.
pub(super) struct Person {
    pub male: bool,
    pub name: (&'static str, &'static str, &'static str),
    surname: (&'static str, &'static str, &'static str),
    father: (&'static str, &'static str, &'static str),
    pub birth: (u64, u64, u64),
    pub iin: String,
}

/// Grammatical case of a Russian name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Nominative,
    Genitive,
    Dative,
}

impl Person {
    pub fn new(rng: &mut Rng) -> Person {
        let male = rng.chance(50);
        let list = if male { MALE } else { FEMALE };
        let name = list[rng.range(0, list.len() as u64 - 1) as usize];
        let surname = SURNAMES[rng.range(0, SURNAMES.len() as u64 - 1) as usize];
        let father = MALE[rng.range(0, MALE.len() as u64 - 1) as usize];
        let birth = (rng.range(1948, 2006), rng.range(1, 12), rng.range(1, 28));
        let iin = super::number::iin(rng, birth, male);
        Person { male, name, surname, father, birth, iin }
    }

    fn a(&self) -> &'static str {
        if self.male { "" } else { "а" }
    }

    /// Surname in Russian.
    pub fn surname(&self, case: Case) -> String {
        let s = self.surname.0;
        match (self.male, case) {
            (_, Case::Nominative) => format!("{s}{}", self.a()),
            (true, Case::Genitive) => format!("{s}а"),
            (true, Case::Dative) => format!("{s}у"),
            (false, _) => format!("{s}ой"),
        }
    }

    /// Given name in Russian.
    pub fn given(&self, case: Case) -> String {
        let n = self.name.0;
        let stem = |k: usize| -> String { n.chars().take(n.chars().count() - k).collect() };
        let last = n.chars().last().unwrap_or(' ');
        match (case, last, self.male) {
            (Case::Nominative, ..) => n.to_owned(),
            (Case::Genitive, 'а', _) => {
                let hard = n.chars().rev().nth(1).is_some_and(|c| "гкхшжч".contains(c));
                stem(1) + if hard { "и" } else { "ы" }
            }
            (Case::Dative, 'а', _) => stem(1) + "е",
            (_, 'я', _) if n.ends_with("ия") => stem(1) + "и",
            (Case::Genitive, 'я', _) => stem(1) + "и",
            (Case::Dative, 'я', _) => stem(1) + "е",
            (Case::Genitive, 'й', true) => stem(1) + "я",
            (Case::Dative, 'й', true) => stem(1) + "ю",
            (_, _, false) => n.to_owned(),
            (Case::Genitive, ..) if n == "Павел" => "Павла".into(),
            (Case::Dative, ..) if n == "Павел" => "Павлу".into(),
            (Case::Genitive, ..) => format!("{n}а"),
            (Case::Dative, ..) => format!("{n}у"),
        }
    }

    /// Patronymic in Russian.
    pub fn patronymic(&self, case: Case) -> String {
        let f = self.father.0;
        let base = match f.strip_suffix('й') {
            Some(stem) if f.ends_with("ий") => format!("{}ье", stem.strip_suffix('и').unwrap_or(stem)),
            Some(stem) => format!("{stem}е"),
            None if f == "Павел" => "Павло".into(),
            None => format!("{f}о"),
        };
        match (self.male, case) {
            (true, Case::Nominative) => format!("{base}вич"),
            (true, Case::Genitive) => format!("{base}вича"),
            (true, Case::Dative) => format!("{base}вичу"),
            (false, Case::Nominative) => format!("{base}вна"),
            (false, Case::Genitive) => format!("{base}вны"),
            (false, Case::Dative) => format!("{base}вне"),
        }
    }

    /// Surname, name, patronymic.
    pub fn full(&self, case: Case) -> String {
        format!("{} {} {}", self.surname(case), self.given(case), self.patronymic(case))
    }

    /// Surname, name, patronymic in Kazakh.
    pub fn full_kk(&self) -> String {
        let child = if self.male { "ұлы" } else { "қызы" };
        format!("{}{} {} {}{child}", self.surname.1, self.a(), self.name.1, self.father.1)
    }

    /// Surname with initials, in one of the habits.
    pub fn initials(&self, rng: &mut Rng) -> String {
        let s = self.surname(Case::Nominative);
        let i = |w: &str| w.chars().next().unwrap_or('А');
        let (a, b) = (i(self.name.0), i(self.father.0));
        match rng.range(0, 4) {
            0 => format!("{s} {a}.{b}."),
            1 => format!("{a}.{b}. {s}"),
            2 => format!("{s} {a}. {b}."),
            3 => format!("{a}. {b}. {s}"),
            _ => format!("{s} {a}."),
        }
    }

    /// Name and surname in Latin letters.
    pub fn latin(&self) -> String {
        format!("{} {}{}", self.name.2, self.surname.2, if self.male { "" } else { "a" })
    }

    /// The local part of an address.
    pub fn mailbox(&self, rng: &mut Rng) -> String {
        let n = self.name.2.to_lowercase();
        let s = self.surname.2.to_lowercase();
        match rng.range(0, 4) {
            0 => format!("{n}.{s}"),
            1 => format!("{s}{}", self.birth.0),
            2 => format!("{}_{s}", &n[..1]),
            3 => format!("{n}{}", rng.digits(2)),
            _ => format!("{s}-{n}"),
        }
    }
}
