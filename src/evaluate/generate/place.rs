//! Invented addresses in the habits of Russian, Kazakh and Latin writing.

use super::rng::Rng;

const CITIES: &[(&str, &str, &str)] = &[
    ("Алматы", "Алматы", "Almaty"),
    ("Астана", "Астана", "Astana"),
    ("Караганда", "Қарағанды", "Karaganda"),
    ("Шымкент", "Шымкент", "Shymkent"),
    ("Тараз", "Тараз", "Taraz"),
    ("Павлодар", "Павлодар", "Pavlodar"),
    ("Семей", "Семей", "Semey"),
    ("Костанай", "Қостанай", "Kostanay"),
    ("Кызылорда", "Қызылорда", "Kyzylorda"),
    ("Усть-Каменогорск", "Өскемен", "Oskemen"),
    ("Актау", "Ақтау", "Aktau"),
    ("Атырау", "Атырау", "Atyrau"),
    ("Темиртау", "Теміртау", "Temirtau"),
    ("Рудный", "Рудный", "Rudny"),
    ("Талдыкорган", "Талдықорған", "Taldykorgan"),
    ("Жезказган", "Жезқазған", "Zhezkazgan"),
];
const STREETS: &[(&str, &str, &str)] = &[
    ("Абая", "Абай", "Abay"),
    ("Толе би", "Төле би", "Tole bi"),
    ("Сатпаева", "Сәтбаев", "Satpayev"),
    ("Ауэзова", "Әуезов", "Auezov"),
    ("Кабанбай батыра", "Қабанбай батыр", "Kabanbay batyr"),
    ("Жибек Жолы", "Жібек жолы", "Zhibek Zholy"),
    ("Байтурсынова", "Байтұрсынов", "Baitursynov"),
    ("8 Марта", "8 Наурыз", "Nauryz"),
    ("Победы", "Жеңіс", "Zhenis"),
    ("Мира", "Бейбітшілік", "Beibitshilik"),
    ("Гагарина", "Гагарин", "Gagarin"),
    ("имени Д. Кунаева", "Қонаев", "Konaev"),
    ("70 лет Октября", "Тәуелсіздік", "Tauelsizdik"),
    ("Бухар-Жырау", "Бұқар жырау", "Bukhar Zhyrau"),
    ("Алтынсарина", "Алтынсарин", "Altynsarin"),
    ("Сейфуллина", "Сейфуллин", "Seifullin"),
    ("Молдагуловой", "Мәншүк Мәметова", "Moldagulova"),
    ("Ленина", "Достық", "Dostyk"),
    ("Желтоксан", "Желтоқсан", "Zheltoksan"),
    ("Садовая", "Бағбан", "Sadovaya"),
    ("Ш. Уалиханова", "Уәлиханов", "Valikhanov"),
];
const MICRO: &[(&str, &str)] = &[
    ("Самал-2", "Самал-2"),
    ("Аксай-4", "Ақсай-4"),
    ("Орбита", "Орбита"),
    ("Жетысу-3", "Жетісу-3"),
    ("Нурсат", "Нұрсат"),
    ("Коктем-1", "Көктем-1"),
    ("12", "12"),
    ("Степной-4", "Степной-4"),
    ("Астана", "Астана"),
    ("Мамыр", "Мамыр"),
];
const DISTRICTS: &[(&str, &str)] = &[
    ("Алмалинский", "Алмалы"),
    ("Бостандыкский", "Бостандық"),
    ("Ауэзовский", "Әуезов"),
    ("Октябрьский", "Октябрь"),
    ("Медеуский", "Медеу"),
    ("Казыбекбийский", "Қазыбек би"),
    ("Сарыаркинский", "Сарыарқа"),
];
/// Region, district, village: Russian and Kazakh.
const VILLAGES: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("Алматинская", "Талгарский", "Бесагаш", "Алматы", "Талғар", "Бесағаш"),
    ("Туркестанская", "Сарыагашский", "Дербисек", "Түркістан", "Сарыағаш", "Дербісек"),
    ("Костанайская", "Сарыкольский", "Златоуст", "Қостанай", "Сарыкөл", "Златоуст"),
    ("Карагандинская", "Осакаровский", "Молодежный", "Қарағанды", "Осакаров", "Молодежный"),
    ("Жамбылская", "Меркенский", "Акермен", "Жамбыл", "Меркі", "Ақермен"),
    ("Северо-Казахстанская", "Кызылжарский", "Бишкуль", "Солтүстік Қазақстан", "Қызылжар", "Бескөл"),
];

fn one<T: Copy>(rng: &mut Rng, list: &[T]) -> T {
    list[rng.range(0, list.len() as u64 - 1) as usize]
}

/// House number.
fn house(rng: &mut Rng) -> String {
    let n = rng.range(1, 180);
    match rng.range(0, 7) {
        0 => format!("{n}/{}", rng.range(1, 12)),
        1 => format!("{n}{}", rng.pick(&["А", "Б", "а", "В"])),
        _ => n.to_string(),
    }
}

pub(super) fn city_ru(rng: &mut Rng) -> &'static str {
    one(rng, CITIES).0
}
pub(super) fn street_ru(rng: &mut Rng) -> &'static str {
    one(rng, STREETS).0
}

pub(super) fn post_code(rng: &mut Rng) -> String {
    if rng.chance(30) {
        format!(
            "{}{}{}{}{}{}",
            rng.pick(&["A", "Z", "M", "F"]),
            rng.digits(2),
            rng.pick(&["B", "D", "T"]),
            rng.digits(1),
            rng.pick(&["H", "X", "K"]),
            rng.digits(1)
        )
    } else {
        format!("{}{}", rng.pick(&["05", "01", "10", "14", "07", "11"]), rng.digits(4))
    }
}

/// An address in Russian.
pub(super) fn ru(rng: &mut Rng) -> String {
    let c = one(rng, CITIES).0;
    let s = one(rng, STREETS).0;
    let m = one(rng, MICRO).0;
    let d = one(rng, DISTRICTS).0;
    let v = one(rng, VILLAGES);
    let (h, f) = (house(rng), rng.range(1, 240));
    let p = post_code(rng);
    match rng.range(0, 29) {
        0 => format!("г. {c}, ул. {s}, д. {h}, кв. {f}"),
        1 => format!("г.{c}, ул.{s}, {h}, кв.{f}"),
        2 => format!("город {c}, {d} район, улица {s}, дом {h}, кв. {f}"),
        3 => format!("г. {c}, ул. {s} {h}, {f}"),
        4 => format!("{p}, Республика Казахстан, г. {c}, пр. {s}, {h}"),
        5 => format!("РК, г. {c}, мкр. {m}, дом {h}, квартира {f}"),
        6 => format!("г. {c}, мкр {m}, {h}-{f}"),
        7 => format!("{} область, {} район, с. {}, ул. {s}, {h}", v.0, v.1, v.2),
        8 => format!("{} обл., {} р-н, с.{}, ул.{s} д.{h}", v.0, v.1, v.2),
        9 => format!("ул. {s}, д. {h}, кв. {f}, г. {c}"),
        10 => format!("ул. {s} {h}"),
        11 => format!("улица {s}, дом {h} корпус {} квартира {f}", rng.range(1, 4)),
        12 => format!("пр-т {s}, д. {h}, офис {f}"),
        13 => format!("Г. {}, УЛ. {}, Д. {h}, КВ. {f}", c.to_uppercase(), s.to_uppercase()),
        14 => format!("г {c} ул {s} д {h} кв {f}"),
        15 => format!("{c}, {s} {h}, кв. {f}"),
        16 => format!("г. {c}, ул. {s}, {h}/{}, кв {f}, индекс {p}", rng.range(1, 9)),
        17 => format!(
            "г. {c}, ЖК «{}», блок {}, кв. {f}",
            rng.pick(&["Нурлы Жол", "Комфорт Сити", "Арай", "Южный парк"]),
            rng.range(1, 9)
        ),
        18 => format!("{c} қ., {s} көшесі, {h}"),
        19 => format!("г. {c}, пер. {}, д. {h}", rng.pick(&["Школьный", "Речной", "Степной"])),
        20 => format!("г. {c}, бульвар {s}, {h}, н.п. {}", rng.range(1, 20)),
        21 => {
            format!("с. {}, ул. {}, дом {h}", v.2, rng.pick(&["Школьная", "Степная", "Мира", "Центральная"]))
        }
        22 => format!("г. {c}, {d} р-н, {} мкр, д. {h}, кв. {f}", rng.range(1, 15)),
        23 => format!("{p}, {} область, {} район, с/о Акжарский, село {}, улица {s}, {h}", v.0, v.1, v.2),
        24 => format!(
            "г. {c}, проспект {s}, дом № {h}, подъезд {}, этаж {}, кв. {f}",
            rng.range(1, 6),
            rng.range(1, 9)
        ),
        25 => format!("г. {c}, ул. {s}, уг. ул. {}, д. {h}", one(rng, STREETS).0),
        26 => format!("ул.{s},{h}-{f}"),
        27 => format!("в г. {c} по ул. {s}, д. {h}, кв. {f}").chars().skip(2).collect(),
        28 => format!("г. {c}, {}-я улица, дом {h}", rng.range(1, 9)),
        _ => format!("г. {c}, шоссе {}, {h}а", rng.pick(&["Северное", "Пришахтинское"])),
    }
}

/// An address in Kazakh.
pub(super) fn kk(rng: &mut Rng) -> String {
    let c = one(rng, CITIES).1;
    let s = one(rng, STREETS).1;
    let m = one(rng, MICRO).1;
    let d = one(rng, DISTRICTS).1;
    let v = one(rng, VILLAGES);
    let (h, f) = (house(rng), rng.range(1, 240));
    let p = post_code(rng);
    match rng.range(0, 15) {
        0 => format!("{c} қаласы, {s} көшесі, {h}-үй, {f}-пәтер"),
        1 => format!("{c} қ., {s} көшесі, {h}, {f} пәтер"),
        2 => format!("{p}, Қазақстан Республикасы, {c} қаласы, {d} ауданы, {s} даңғылы, {h} үй"),
        3 => format!("{} облысы, {} ауданы, {} ауылы, {s} көшесі, {h} үй", v.3, v.4, v.5),
        4 => format!("{c} қаласы, {m} шағын ауданы, {h} үй, {f} пәтер"),
        5 => format!("{c} қ., {d} ауд., {s} к-сі, {h}-үй"),
        6 => format!("{} обл., {} ауд., {} а., {s} көш., {h}", v.3, v.4, v.5),
        7 => format!("{s} көшесі, {h} үй, {f} пәтер"),
        8 => format!("{c} қаласы, {s} көшесі {h}/{}, {f}", rng.range(1, 9)),
        9 => format!("{c} қаласы, {m} ш.а., {h} үй, {f} п."),
        10 => format!("{} облысы, {} ауданы, {} ауылдық округі, {} ауылы, {h}-үй", v.3, v.4, v.5, v.5),
        11 => format!("{c} қаласы, {s} даңғ., {h}, {f}-пәтер"),
        12 => format!("Қазақстан, {c} қаласы, {s} көшесі, {h}/{}", rng.range(1, 5)),
        13 => format!("{c} қаласындағы {s} көшесі, № {h} үй"),
        14 => format!("{c} каласы, {s} кошеси, {h} уй"),
        _ => format!("{c} қаласы, {d} ауданы, {s} көшесі, {h} үй, {f} пәтер, {p}"),
    }
}

/// An address in Latin letters.
pub(super) fn en(rng: &mut Rng) -> String {
    let c = one(rng, CITIES).2;
    let s = one(rng, STREETS).2;
    let (h, f) = (rng.range(1, 180), rng.range(1, 200));
    match rng.range(0, 8) {
        0 => format!("{h} {s} Avenue, {c}"),
        1 => format!("{s} Street {h}, apt. {f}, {c}, Kazakhstan"),
        2 => format!("Apt. {f}, {h} {s} Street, {c} 0{}", rng.digits(5)),
        3 => format!("{c} city, {s} ave. {h}, flat {f}"),
        4 => format!("ul. {s}a {h}, kv. {f}, {c}"),
        5 => format!("{h}/{} {s} St., {c} 050000, Kazakhstan", rng.range(1, 9)),
        6 => format!("{s} koshesi {h}, {f} pater"),
        7 => format!("microdistrict Samal-2, house {h}, apt {f}, {c}"),
        _ => format!("{s} Ave {h}, office {f}, {c}"),
    }
}

/// A place of birth in Russian.
pub(super) fn birth_ru(rng: &mut Rng) -> String {
    let c = one(rng, CITIES).0;
    let v = one(rng, VILLAGES);
    match rng.range(0, 4) {
        0 => format!("г. {c}"),
        1 => format!("с. {} {}ого района", v.2, v.1.strip_suffix("ий").unwrap_or(v.1)),
        2 => format!("{} область, с. {}", v.0, v.2),
        3 => format!("Казахстан, г. {c}"),
        _ => format!("город {c}"),
    }
}

/// A place of birth in Kazakh.
pub(super) fn birth_kk(rng: &mut Rng) -> String {
    let c = one(rng, CITIES).1;
    let v = one(rng, VILLAGES);
    match rng.range(0, 2) {
        0 => format!("{c} қаласы"),
        1 => format!("{} облысы, {} ауданы, {} ауылы", v.3, v.4, v.5),
        _ => format!("{c} қ."),
    }
}
