//! What stands around a name: streets, firms and laws that are named after people; role words; initials.

/// Words before a name that make it a place or thing named after a person. Stems, folded lower case.
const NAMED_BEFORE: &[&str] = &[
    "улица",
    "улицы",
    "улице",
    "улицу",
    "улиц",
    "ул",
    "проспект",
    "проспекта",
    "проспекте",
    "пр-т",
    "просп",
    "переулок",
    "переулка",
    "переулке",
    "пер",
    "бульвар",
    "бульвара",
    "бульваре",
    "микрорайон",
    "микрорайона",
    "микрорайоне",
    "мкр",
    "шоссе",
    "площадь",
    "площади",
    "пл",
    "имени",
    "им",
    "кошеси",
    "атындагы",
    "станция",
    "станции",
    "аэропорт",
    "пр",
    "тупик",
    "проезд",
    "набережная",
    "набережной",
    "ущелье",
    "сквер",
    "парк",
];

/// Words after a name that do the same (Kazakh puts them there).
const NAMED_AFTER: &[&str] = &[
    "кошеси",
    "кошесинин",
    "кошесинде",
    "кошесине",
    "кошесинен",
    "кошесимен",
    "кошелеринин",
    "кошелери",
    "кошесиндеги",
    "атындагы",
    "атында",
    "данылы",
    "данылынын",
    "данылында",
    "данылындагы",
    "ауданы",
    "ауданынын",
    "ауданында",
    "аудандык",
    "облысы",
    "шагынауданы",
    "шагынауданында",
    "ауылы",
    "ауылында",
    "ауылынын",
    "проспекти",
    "проспектинде",
    "гимназиясы",
    "мектеби",
    "мектебинде",
    "мектебинин",
    "театры",
    "музейи",
    "стипендиясы",
    "сыйлыгы",
    "кошесинини",
    "тупик",
];

/// Legal forms that open a firm's name in quotes.
const LEGAL_FORMS: &[&str] = &[
    "тоо",
    "ао",
    "ооо",
    "зао",
    "оао",
    "пао",
    "кх",
    "жшс",
    "ак",
    "гкп",
    "ркп",
    "кгп",
    "кгу",
    "рго",
    "ргп",
    "гу",
    "оо",
    "пк",
    "llp",
    "ltd",
    "jsc",
    "шаруа",
    "хозяйство",
    "товарищество",
    "фонд",
    "компания",
    "фирма",
    "банк",
    "мкк",
    "мфо",
    "ломбард",
    "газета",
    "магазин",
    "кафе",
    "ресторан",
    "школа",
    "лицей",
    "аптека",
    "клиника",
    "центр",
];

/// Words that make what follows a sole proprietor: a person, with quotes or without.
const SOLE: &[&str] =
    &["ип", "жк", "предприниматель", "предпринимателя", "предпринимателю", "предпринимателем", "кеке"];

/// Is the word before a name one after which places and things are named?
pub fn named_before(folded: &str) -> bool {
    NAMED_BEFORE.contains(&folded)
}

/// Is the word after a name one that follows the name of a street, school, district?
pub fn named_after(folded: &str) -> bool {
    const STEMS: &[&str] = &[
        "районн",
        "университет",
        "орталыг",
        "институт",
        "аэропорт",
        "городск",
        "областн",
        "межрайонн",
        "специализ",
        "кошес",
        "данылы",
        "атындагы",
        "аудандык",
        "калалык",
    ];
    NAMED_AFTER.contains(&folded) || STEMS.iter().any(|s| folded.starts_with(s))
}

/// Words before the name of a town or village, or of what is called after somebody.
pub fn settlement(folded: &str) -> bool {
    const CALLED: &[&str] = &[
        "теорем",
        "закон",
        "преми",
        "синдром",
        "болезн",
        "орден",
        "медал",
        "кубок",
        "кубк",
        "стипенди",
        "критери",
        "алгоритм",
        "формул",
        "памятник",
    ];
    if CALLED.iter().any(|s| folded.strip_prefix(s).is_some_and(|rest| rest.chars().count() <= 3)) {
        return true;
    }
    const STEMS: &[&str] = &["город", "село", "сел", "поселок", "поселк", "аул", "кент", "станц", "деревн"];
    STEMS.iter().any(|s| folded.strip_prefix(s).is_some_and(|rest| rest.chars().count() <= 3))
}

/// Words of things that have a name in quotes: cars, shops, papers.
pub fn thing(folded: &str) -> bool {
    const STEMS: &[&str] = &[
        "автом",
        "машин",
        "марк",
        "модел",
        "кафе",
        "ресторан",
        "магазин",
        "гостиниц",
        "отел",
        "клуб",
        "бар",
        "газет",
        "журнал",
        "фильм",
        "роман",
        "сайт",
        "программ",
        "систем",
        "проект",
        "преми",
        "санатор",
        "лагер",
        "рын",
        "базар",
        "дукен",
        "мейрамхан",
        "конак",
        "бизнес",
        "центр",
        "комплекс",
        "школ",
        "лице",
        "гимназ",
        "аптек",
        "клиник",
        "больниц",
        "фирм",
        "компан",
        "завод",
        "фабрик",
        "шахт",
        "рудник",
        "стадион",
        "театр",
        "кинотеатр",
        "телефон",
        "смартфон",
        "ноутбук",
        "вин",
        "водк",
        "сигарет",
        "препарат",
        "банк",
        "приложени",
        "портал",
        "канал",
        "групп",
        "песн",
        "спектакл",
        "книг",
        "корабл",
        "поезд",
        "коктейл",
        "котел",
        "автокөлiк",
        "автокол",
        "колик",
        "маркал",
    ];
    STEMS.iter().any(|s| folded.starts_with(s))
}

/// Words of kin that stand before a name, Kazakh with their possessive endings.
pub fn kin(folded: &str) -> bool {
    const STEMS: &[&str] = &[
        "келин",
        "карындас",
        "сингли",
        "апке",
        "жезде",
        "нагашы",
        "куйеу",
        "немере",
        "жиен",
        "кудаги",
        "анке",
        "шеше",
        "женге",
        "коке",
        "агай",
        "апай",
        "апа",
        "ага",
        "ини",
        "ана",
        "аке",
        "ене",
        "дядя",
        "тетя",
        "бабушк",
        "дедушк",
        "мам",
        "пап",
        "сестр",
        "брат",
        "тещ",
        "свекров",
        "зят",
        "сноха",
        "невестк",
        "внук",
        "внучк",
        "племянник",
    ];
    const ENDINGS: &[&str] = &[
        "",
        "м",
        "им",
        "ым",
        "ын",
        "ин",
        "сы",
        "си",
        "ы",
        "и",
        "а",
        "у",
        "е",
        "ой",
        "мнин",
        "мнын",
        "имнин",
        "ымнын",
        "сынын",
        "синин",
        "мыз",
        "миз",
        "имиз",
        "ымыз",
        "лери",
        "лары",
        "ом",
        "ей",
        "ю",
    ];
    STEMS.iter().any(|s| folded.strip_prefix(s).is_some_and(|rest| ENDINGS.contains(&rest)))
}

/// Words that follow the names of khans, judges, heroes and saints, after whom streets are named.
pub fn title_of_old(folded: &str) -> bool {
    matches!(folded, "би" | "батыр" | "хан" | "ата" | "ана" | "акын" | "баба" | "датка" | "султан" | "жырау")
}

/// «Азамат»: a given name, and the Kazakh word for a citizen.
pub fn citizen(folded: &str) -> bool {
    folded.starts_with("азамат")
}

/// A heading of an act or a form, which stands alone in capitals and is no name.
pub fn heading(folded: &str) -> bool {
    const HEADINGS: &[&str] = &[
        "решение",
        "приговор",
        "постановление",
        "определение",
        "приказ",
        "шешим",
        "уким",
        "каулы",
        "уйгарым",
        "аныктады",
        "шешти",
        "установил",
        "решил",
        "постановил",
        "приговорил",
        "определил",
        "договор",
        "акт",
        "протокол",
        "заявление",
        "хаттама",
        "истец",
        "ответчик",
        "судья",
        "секретарь",
        "талапкер",
        "жауапкер",
        "сот",
        "суд",
        "хатшы",
        "келинин",
    ];
    HEADINGS.contains(&folded)
}

/// Small words inside a surname («Ван дер Берг», «де ла Крус»).
pub fn particle(folded: &str) -> bool {
    matches!(
        folded,
        "дер"
            | "ден"
            | "ла"
            | "ле"
            | "фон"
            | "ван"
            | "дель"
            | "эль"
            | "аль"
            | "бин"
            | "ибн"
            | "von"
            | "van"
            | "der"
            | "de"
            | "la"
            | "al"
            | "bin"
    )
}

/// Does a legal form stand before the quotation mark?
pub fn legal_form(folded: &str) -> bool {
    LEGAL_FORMS.contains(&folded)
}

/// A sole proprietor's mark.
pub fn sole_proprietor(folded: &str) -> bool {
    SOLE.contains(&folded)
}

/// Role stems (ru, kk folded) after which a capitalised word is a person.
const ROLES: &[&str] = &[
    "истц",
    "истец",
    "истиц",
    "ответчи",
    "заявител",
    "взыскател",
    "должник",
    "потерпевш",
    "подсудим",
    "осужден",
    "обвиняем",
    "подозреваем",
    "свидетел",
    "поняты",
    "представител",
    "адвокат",
    "защитник",
    "прокурор",
    "обвинител",
    "судь",
    "председательствующ",
    "секретар",
    "эксперт",
    "специалист",
    "переводчик",
    "нотариус",
    "медиатор",
    "следовател",
    "дознавател",
    "гражданин",
    "граждан",
    "гр",
    "талапкер",
    "жауапкер",
    "арызданушы",
    "куа",
    "хатшы",
    "судья",
    "айыпталушы",
    "сотталушы",
    "сотталган",
    "жабирленуши",
    "борышкер",
    "окил",
    "коргаушы",
    "азамат",
    "директор",
    "директора",
    "господин",
    "госпожа",
    "уважаем",
    "пациент",
    "врач",
    "клиент",
    "заемщик",
    "поручител",
    "арендатор",
    "продавец",
    "покупател",
    "исполнител",
    "инженер",
    "бухгалтер",
    "менеджер",
    "начальник",
    "специалист",
    "мама",
    "папа",
    "муж",
    "жена",
    "сын",
    "дочь",
    "дочер",
    "сестр",
    "брат",
];

/// Is the word a role or an address that names follow?
pub fn role(folded: &str) -> bool {
    // «гр» is a word of its own: Григорий is none
    folded == "гр"
        || (folded.chars().count() >= 3 && ROLES.iter().any(|r| *r != "гр" && folded.starts_with(r)))
}

/// Cells that stand for an unknown value.
const EMPTY: &[&str] = &[
    "null",
    "none",
    "nan",
    "нет",
    "неизвестно",
    "отсутствует",
    "жоқ",
    "н/д",
    "unknown",
    "тест",
    "test",
    "итого",
    "всего",
    "барлығы",
];

/// Does a cell of a column of names hold a name and not a filler, a total, a number?
pub fn cell_is_name(text: &str) -> bool {
    let text = text.trim();
    let letter = |c: char| matches!(c, 'А'..='я' | 'a'..='z' | 'A'..='Z') || c.is_alphabetic();
    text.chars().filter(|c| letter(*c)).take(2).count() == 2
        && (text.len() <= 80 || text.chars().count() <= 80)
        && !text.bytes().any(|c| c.is_ascii_digit() || matches!(c, b'@' | b'<' | b'{' | b'='))
        && text.split_whitespace().count() <= 7
        // the longest filler has eleven letters
        && (text.len() > 24 || !EMPTY.contains(&text.to_lowercase().as_str()))
}
