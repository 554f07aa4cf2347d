//! A document under construction: its text, and where personal data stands in it.

use super::super::truth::{Span, Truth};
use super::person::{Case, Person};
use super::rng::Rng;
use super::{number, place};

/// Text with truth.
#[derive(Default)]
pub(super) struct Doc {
    pub text: String,
    chars: usize,
    spans: Vec<Span>,
}

impl Doc {
    /// Appends text that is nobody's data.
    pub fn plain(&mut self, text: &str) {
        self.text.push_str(text);
        self.chars += text.chars().count();
    }

    /// Appends a piece of personal data.
    pub fn piece(&mut self, category: &str, text: &str) {
        let start = self.chars;
        self.plain(text);
        self.spans.push(Span {
            category: category.into(),
            start: Some(start),
            end: Some(self.chars),
            ..Span::default()
        });
    }

    fn also(&mut self, categories: &[&str]) {
        if let Some(s) = self.spans.last_mut() {
            s.also = categories.iter().map(|c| (*c).to_owned()).collect();
        }
    }

    fn optional(&mut self) {
        if let Some(s) = self.spans.last_mut() {
            s.optional = true;
        }
    }

    /// The truth; quiet where nothing personal stands in the document.
    pub fn truth(&self) -> Truth {
        Truth { quiet: self.spans.is_empty(), spans: self.spans.clone(), ..Truth::default() }
    }

    /// Appends a template; `{words}` in braces stand for values.
    pub fn fill(&mut self, template: &str, people: &[Person; 2], rng: &mut Rng) {
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            self.plain(before);
            let Some((name, behind)) = after.split_once('}') else {
                self.plain("{");
                rest = after;
                continue;
            };
            if !self.value(name, people, rng) {
                self.plain("{");
                self.plain(name);
                self.plain("}");
            }
            rest = behind;
        }
        self.plain(rest);
    }

    /// Appends the value that a word in braces stands for; false for words that stand for themselves.
    pub fn value(&mut self, name: &str, people: &[Person; 2], rng: &mut Rng) -> bool {
        let (p, q) = (&people[0], &people[1]);
        match name {
            "fio" => self.piece("person", &p.full(Case::Nominative)),
            "fio2" => self.piece("person", &q.full(Case::Nominative)),
            "fio_gen" => self.piece("person", &p.full(Case::Genitive)),
            "fio_dat" => self.piece("person", &p.full(Case::Dative)),
            "init" => self.piece("person", &p.initials(rng)),
            "kk_fio" => self.piece("person", &p.full_kk()),
            "kk_fio2" => self.piece("person", &q.full_kk()),
            "lat" => self.piece("person", &p.latin()),
            "name" | "kk_name" | "en_name" => {
                let n = match name {
                    "name" => p.name.0,
                    "kk_name" => p.name.1,
                    _ => p.name.2,
                };
                self.piece("person", n);
                self.optional();
            }
            "iin" => {
                let n = &p.iin;
                let shown = match rng.range(0, 24) {
                    0 => format!("{} {}", &n[..6], &n[6..]),
                    1 => format!("{} {} {} {}", &n[..3], &n[3..6], &n[6..9], &n[9..]),
                    _ => n.clone(),
                };
                self.piece("iin", &shown);
            }
            "bin" => self.piece("bin", &number::bin(rng)),
            "rnn" => self.piece("rnn", &number::rnn(rng)),
            "sik" => self.piece("sik", &rng.digits(16)),
            "phone" | "phone2" => self.piece("phone", &number::phone(rng)),
            "phone_local" => self.piece("phone", &number::phone_local(rng)),
            "email" => {
                let mailbox = p.mailbox(rng);
                self.piece("email", &number::email(rng, &mailbox));
            }
            "card" => self.piece("card", &number::card(rng)),
            "iban" => {
                self.piece("iban", &number::iban(rng));
                self.also(&["account"]);
            }
            "addr" => self.piece("address", &place::ru(rng)),
            "addr_v" => {
                let city = place::city_ru(rng);
                let street = place::street_ru(rng);
                self.piece("address", &format!("доме {} по ул. {street} в г. {city}", rng.range(1, 90)));
            }
            "addr_chat" => {
                let street = place::street_ru(rng).to_lowercase();
                self.piece("address", &format!("{street} {} кв {}", rng.range(1, 90), rng.range(1, 90)));
            }
            "kk_addr" => self.piece("address", &place::kk(rng)),
            "en_addr" => self.piece("address", &place::en(rng)),
            "birthplace" => self.piece("birth_place", &place::birth_ru(rng)),
            "birthplace_gen" => {
                let c = place::city_ru(rng);
                self.piece("birth_place", &format!("города {c}"));
            }
            "birthplace_v" => {
                let c = place::city_ru(rng);
                self.piece("birth_place", &format!("г. {c}"));
            }
            "kk_birthplace" => self.piece("birth_place", &place::birth_kk(rng)),
            "en_birthplace" => {
                self.piece("birth_place", rng.pick(&["Almaty", "Karaganda", "Astana, Kazakhstan", "Taraz"]))
            }
            "dob" => {
                let (y, m, d) = p.birth;
                let shown = match rng.range(0, 5) {
                    0 => format!("{d:02}.{m:02}.{:02}", y % 100),
                    1 => format!("{d:02}/{m:02}/{y}"),
                    2 => format!("{y}-{m:02}-{d:02}"),
                    _ => format!("{d:02}.{m:02}.{y}"),
                };
                self.piece("birth_date", &shown);
            }
            "dob_iso" => {
                self.piece("birth_date", &format!("{}-{:02}-{:02}", p.birth.0, p.birth.1, p.birth.2))
            }
            "dob_long" => {
                let (y, m, d) = p.birth;
                self.piece("birth_date", &format!("{d} {} {y} года", MONTHS[m as usize - 1]));
            }
            "idcard" => self.piece("id_card", &format!("0{}", rng.digits(8))),
            "passport" => self.piece("passport", &format!("N{}", rng.digits(8))),
            "vnj" => self.piece("residence_permit", &format!("0{}", rng.digits(8))),
            "driver" => {
                let letters = rng.letters(2, "ABCDEFGH");
                self.piece(
                    "driver_licence",
                    &format!("{letters}{}{}", rng.pick(&["", " ", " № "]), rng.digits(6)),
                );
            }
            "military" => {
                let letters = rng.letters(2, "АБГКНМ");
                self.piece("military_id", &format!("{letters} {}", rng.digits(7)));
            }
            "birthcert" => self.piece("birth_certificate", &rng.digits(9)),
            "srts" => {
                let letters = rng.letters(2, "ABCDEHKM");
                self.piece("vehicle_certificate", &format!("{letters}{}", rng.digits(8)));
            }
            "plate" => self.piece("plate", &number::plate(rng)),
            "vin" => self.piece("vin", &number::vin(rng)),
            "cadastral" => {
                let s = rng.pick(&["-", ":"]);
                self.piece(
                    "cadastral",
                    &format!(
                        "{}{s}{}{s}{}{s}{}",
                        rng.pick(&["20", "21", "09", "03"]),
                        rng.digits(3),
                        rng.digits(3),
                        rng.digits(3)
                    ),
                );
            }
            "ip" => self.piece(
                "ip",
                &format!(
                    "{}.{}.{}.{}",
                    rng.pick(&["178", "89", "95", "212"]),
                    rng.range(1, 254),
                    rng.range(0, 254),
                    rng.range(1, 254)
                ),
            ),
            "mac" => {
                let h: Vec<String> = (0..6).map(|_| rng.hex(2)).collect();
                self.piece("mac", &h.join(rng.pick(&[":", "-"])));
            }
            "imei" => self.piece("imei", &number::luhn(rng, "35", 15)),
            "coords" => self.piece("coordinates", &format!("43.2{}, 76.9{}", rng.digits(4), rng.digits(4))),
            "social" => {
                let m = p.mailbox(rng).replace(['-', '.'], "_");
                let shown = match rng.range(0, 2) {
                    0 => format!("https://t.me/{m}"),
                    1 => format!("https://www.instagram.com/{m}"),
                    _ => format!("@{m}"),
                };
                self.piece("social", &shown);
            }
            "password" => self.piece(
                "password",
                &format!("{}{}!{}", rng.letters(5, "QwErTyZxAsDf"), rng.digits(3), rng.letters(2, "xyz")),
            ),
            "login" => {
                self.piece("login", &p.mailbox(rng));
                self.optional();
            }
            "ru_inn" => self.piece("ru_inn", &number::ru_inn(rng)),
            "snils" => self.piece("snils", &number::snils(rng)),
            "ru_passport_s" => self.piece("ru_passport", &format!("{} № {}", rng.digits(4), rng.digits(6))),
            "mrz" => {
                let zone = number::mrz(rng, &p.iin, p.male, &p.latin());
                self.piece("mrz", &zone);
                self.also(&["id_card", "iin"]);
            }
            "diagnosis" => self.piece(
                "special",
                rng.pick(&["гипертоническая болезнь II степени", "J45.0", "сахарный диабет 2 типа", "E11.9"]),
            ),
            "disability" => self.piece("special", rng.pick(&["II группы", "III группы", "I группы"])),
            "ethnicity" => {
                self.piece("nationality", rng.pick(&["казах", "русская", "уйгур", "кореец"]));
                self.also(&["special"]);
            }
            "religion" => self.piece("special", rng.pick(&["ислам", "православие", "буддизм"])),
            _ => return self.noise(name, rng),
        }
        true
    }

    /// Values that look like personal data and are none.
    fn noise(&mut self, name: &str, rng: &mut Rng) -> bool {
        let text = match name {
            "amount" => {
                let (a, b, c) = (rng.range(1, 999), rng.range(0, 999), rng.range(0, 999));
                match rng.range(0, 3) {
                    0 => format!("{a} {b:03} {c:03}"),
                    1 => format!("{a}{b:03},{}", rng.digits(2)),
                    2 => format!("{a}\u{a0}{b:03}"),
                    _ => format!("{a}{b:03}"),
                }
            }
            "date" => format!("{:02}.{:02}.{}", rng.range(1, 28), rng.range(1, 12), rng.range(2010, 2025)),
            "date_iso" => {
                format!("{}-{:02}-{:02}", rng.range(2010, 2025), rng.range(1, 12), rng.range(1, 28))
            }
            "date_long" => format!(
                "{} {} {} года",
                rng.range(1, 28),
                MONTHS[rng.range(0, 11) as usize],
                rng.range(1995, 2025)
            ),
            "time" => format!("{:02}:{:02}", rng.range(0, 23), rng.range(0, 59)),
            "year" => rng.range(1995, 2025).to_string(),
            "doc" => format!("{}/{}", rng.range(1, 900), rng.range(2015, 2025)),
            "case" => format!("{}-24-00-2/{}", rng.range(1000, 7999), rng.range(1, 9000)),
            "small" => rng.range(2, 98).to_string(),
            "digit" => rng.range(1, 9).to_string(),
            "uuid" => {
                format!("{}-{}-4{}-a{}-{}", rng.hex(8), rng.hex(4), rng.hex(3), rng.hex(3), rng.hex(12))
            }
            "hex16" => rng.hex(16),
            "hex40" => rng.hex(40),
            "version" => format!("{}.{}.{}", rng.range(0, 12), rng.range(0, 40), rng.range(0, 200)),
            "ean13" => format!("487{}", rng.digits(10)),
            "article" => format!("{}-{}", rng.letters(3, "ABCDEFKLM"), rng.digits(5)),
            "track" => format!("{}{}KZ", rng.letters(2, "RCE"), rng.digits(9)),
            "ms13" => format!("17{}", rng.digits(11)),
            "firm" => rng
                .pick(&["Алтын Орда", "Қазақ Құрылыс", "СтройСервис", "Nomad Trade", "Жетісу Агро"])
                .to_owned(),
            n => match n.strip_prefix("num").and_then(|d| d.parse::<usize>().ok()) {
                Some(d) => format!("{}{}", rng.range(1, 9), rng.digits(d.saturating_sub(1))),
                None => return false,
            },
        };
        self.plain(&text);
        true
    }
}

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
