//! One invented lender: tables with constraints for both servers, two CSVs and a workbook that join with them.

use std::fmt::Write as _;

use rust_xlsxwriter::{Format, Workbook};

use crate::harness::Place;

/// Numbers that only look random: the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn digits(&mut self, n: usize) -> String {
        (0..n).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}

/// A borrower. Nobody: names are common ones, numbers are drawn.
pub struct Person {
    pub id: usize,
    pub iin: String,
    pub name: String,
    /// Ten digits without the country.
    pub phone: String,
    pub email: String,
    pub account: String,
    pub card: String,
    pub plate: String,
    pub id_card: String,
    pub address: String,
    birth: (usize, usize, usize),
    sex: &'static str,
}

pub struct Lender {
    pub people: Vec<Person>,
    dice: Dice,
}

fn check_digit(body: &str) -> Option<usize> {
    let d: Vec<usize> = body.bytes().map(|b| usize::from(b - b'0')).collect();
    let pass = |w: fn(usize) -> usize| (0..11).map(|k| d[k] * w(k)).sum::<usize>() % 11;
    match pass(|k| k + 1) {
        10 => Some(pass(|k| (k + 2) % 11 + 1)).filter(|c| *c < 10),
        c => Some(c),
    }
}

fn luhn(body: &str) -> usize {
    let sum: usize = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(k, b)| {
            let d = usize::from(b - b'0') * if k % 2 == 0 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    (10 - sum % 10) % 10
}

fn iban(bban: &str) -> String {
    let remainder = format!("{bban}KZ00")
        .chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0, |n: u32, d| if d > 9 { (n * 100 + d) % 97 } else { (n * 10 + d) % 97 });
    format!("KZ{:02}{bban}", 98 - remainder)
}

impl Lender {
    pub fn new(people: usize) -> Lender {
        let mut dice = Dice(20_261_122);
        let surnames = ["Ахметов", "Сериков", "Иванов", "Оспанов", "Тулегенов", "Петров", "Жунусов"];
        let (men, women) = (["Айдос", "Ерлан", "Сергей", "Тимур"], ["Динара", "Елена", "Мадина", "Сауле"]);
        let mut all: Vec<Person> = Vec::new();
        while all.len() < people {
            let male = dice.below(2) == 0;
            // people of this century lose zeros where their numbers are stored as numbers
            let year = if dice.below(5) == 0 { 2000 + dice.below(8) } else { 1955 + dice.below(45) };
            let birth = (year, 1 + dice.below(12), 1 + dice.below(28));
            let century = if year < 2000 { 3 } else { 5 } + usize::from(!male);
            let body = format!("{:02}{:02}{:02}{century}{}", year % 100, birth.1, birth.2, dice.digits(4));
            let Some(check) = check_digit(&body) else { continue };
            let n = all.len();
            let card = format!("440043{}", dice.digits(9));
            let surname = dice.pick(&surnames);
            let letters = ["A", "B", "C", "E", "K", "M"];
            all.push(Person {
                id: n + 1,
                iin: format!("{body}{check}"),
                name: match male {
                    true => format!("{surname} {}", dice.pick(&men)),
                    false => format!("{surname}а {}", dice.pick(&women)),
                },
                phone: format!("70{}{}", dice.pick(&["1", "2", "5", "7"]), dice.digits(7)),
                email: format!("client{n}.{}@example.kz", dice.digits(2)),
                account: iban(&format!("722S{}", dice.digits(12))),
                card: format!("{card}{}", luhn(&card)),
                plate: format!(
                    "{}{}{}{}{:02}",
                    dice.digits(3),
                    dice.pick(&letters),
                    dice.pick(&letters),
                    dice.pick(&letters),
                    1 + dice.below(17)
                ),
                id_card: dice.digits(9),
                address: format!(
                    "{}, ул. Абая, д. {}, кв. {}",
                    dice.pick(&["г. Алматы", "г. Астана", "Карагандинская область, г. Темиртау"]),
                    1 + dice.below(90),
                    1 + dice.below(150)
                ),
                birth,
                sex: if male { "M" } else { "F" },
            });
        }
        Lender { people: all, dice }
    }

    /// The tables as a script for one of the servers.
    pub fn script(&mut self, mysql: bool) -> String {
        let fits = if mysql { "REGEXP" } else { "~" };
        let mut sql = format!(
            "CREATE TABLE borrowers (
  id bigint NOT NULL, iin char(12) NOT NULL, full_name varchar(60) NOT NULL, phone varchar(12) NOT NULL,
  email varchar(30), birth_date date NOT NULL, sex char(1) NOT NULL, address varchar(120), account varchar(20) NOT NULL,
  card_no bigint, id_card integer, plate varchar(8),
  CONSTRAINT b_pk PRIMARY KEY (id), CONSTRAINT b_iin UNIQUE (iin), CONSTRAINT b_acc UNIQUE (account),
  CONSTRAINT b_phone UNIQUE (phone), CONSTRAINT b_card UNIQUE (id_card),
  CONSTRAINT b_c1 CHECK (iin {fits} '^[0-9]{{12}}$'), CONSTRAINT b_c2 CHECK (sex IN ('M','F')),
  CONSTRAINT b_c3 CHECK (birth_date >= '1900-01-01'), CONSTRAINT b_c4 CHECK (email LIKE '%@%'));
CREATE TABLE loans (
  id integer NOT NULL, borrower_id bigint NOT NULL, borrower_iin char(12) NOT NULL, guarantor_iin bigint,
  amount numeric(12,2) NOT NULL, opened date NOT NULL, closed date, plate varchar(20),
  CONSTRAINT l_pk PRIMARY KEY (id), CONSTRAINT l_b FOREIGN KEY (borrower_id) REFERENCES borrowers (id),
  CONSTRAINT l_i FOREIGN KEY (borrower_iin) REFERENCES borrowers (iin), CONSTRAINT l_c1 CHECK (amount > 0),
  CONSTRAINT l_c2 CHECK (closed IS NULL OR closed >= opened));
CREATE TABLE payments (
  id integer NOT NULL, loan_id integer NOT NULL, paid date NOT NULL, amount numeric(12,2) NOT NULL,
  payer_phone varchar(16), note text,
  CONSTRAINT p_pk PRIMARY KEY (id), CONSTRAINT p_l FOREIGN KEY (loan_id) REFERENCES loans (id));\n"
        );
        let mut dice = Dice(7);
        let text = |value: &str| match mysql {
            true => format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n")),
            false => format!("'{}'", value.replace('\'', "''")),
        };
        let or_null = |null: bool, value: String| if null { "NULL".to_owned() } else { value };
        for p in &self.people {
            let (y, m, d) = p.birth;
            let address = if p.id % 11 == 0 { String::new() } else { p.address.clone() };
            let _ = writeln!(
                sql,
                "INSERT INTO borrowers VALUES ({},'{}',{},'+7{}',{},'{y}-{m:02}-{d:02}','{}',{},'{}',{},{},'{}');",
                p.id,
                p.iin,
                text(&p.name),
                p.phone,
                or_null(p.id % 9 == 0, text(&p.email)),
                p.sex,
                text(&address),
                p.account,
                or_null(p.id % 3 == 0, p.card.clone()),
                p.id_card.trim_start_matches('0'),
                p.plate
            );
        }
        let loans = self.people.len() * 2;
        for n in 0..loans {
            let p = &self.people[dice.below(self.people.len())];
            let guarantor = self.people[dice.below(self.people.len())].iin.trim_start_matches('0').to_owned();
            let opened = 1 + dice.below(28);
            let _ = writeln!(
                sql,
                "INSERT INTO loans VALUES ({},{},'{}',{},{}.{:02},'2022-03-{opened:02}',{},{});",
                1000 + n * 37,
                p.id,
                p.iin,
                or_null(n % 3 == 0, guarantor),
                1 + dice.below(90_000),
                dice.below(100),
                or_null(n % 4 == 0, format!("'2023-{:02}-11'", 1 + dice.below(12))),
                or_null(n % 2 == 0, text(&p.plate))
            );
        }
        for n in 0..loans * 2 {
            let p = &self.people[dice.below(self.people.len())];
            let note = match n % 5 {
                0 => text(&format!("Оплата за {}, ИИН {}", p.name, p.iin)),
                1 => text("it's a \"note\" \\ with a\nsecond line; and more"),
                2 => "''".to_owned(),
                3 => text("перевод с карты"),
                _ => "NULL".to_owned(),
            };
            let phone = match n % 4 {
                0 => text(&format!("+7{}", p.phone)),
                1 => text(&format!("8{}", p.phone)),
                2 => "NULL".to_owned(),
                _ => "''".to_owned(),
            };
            let _ = writeln!(
                sql,
                "INSERT INTO payments VALUES ({},{},'2022-05-{:02}',{}.5,{phone},{note});",
                n + 1,
                1000 + dice.below(loans) * 37,
                1 + dice.below(28),
                1 + dice.below(9_000)
            );
        }
        sql
    }

    /// `clients.csv` in windows-1251 with semicolons, `calls.csv` in UTF-8 with quoted line ends, a workbook.
    pub fn files(&mut self, place: &Place, folder: &str) {
        let dice = &mut self.dice;
        let mut clients = String::from("№;ИИН;ФИО;Телефон;Эл. почта;Дата рождения;Доход\r\n");
        for p in &self.people {
            let (y, m, d) = p.birth;
            let iin = if p.id % 4 == 0 { format!("{} {}", &p.iin[..6], &p.iin[6..]) } else { p.iin.clone() };
            let phone =
                format!("8 ({}) {}-{}-{}", &p.phone[..3], &p.phone[3..6], &p.phone[6..8], &p.phone[8..]);
            let email = if p.id % 5 == 0 { p.email.to_uppercase() } else { p.email.clone() };
            let income = 80_000 + dice.below(800) * 1000;
            let _ =
                write!(clients, "{};{iin};{};{phone};{email};{d:02}.{m:02}.{y};{income}\r\n", p.id, p.name);
        }
        place.write(&format!("{folder}/clients.csv"), windows_1251(&clients));
        let mut calls = String::from("call_id,phone,iin,comment\n");
        for n in 0..self.people.len() * 2 {
            let p = &self.people[dice.below(self.people.len())];
            let comment = match n % 4 {
                0 => String::new(),
                1 => "\"перезвонить, \"\"срочно\"\"\"".to_owned(),
                2 => "\"спросил про\nдоговор\"".to_owned(),
                _ => format!("ИИН {} проверен", p.iin),
            };
            let _ = writeln!(calls, "{n},+7{},{},{comment}", p.phone, p.iin);
        }
        place.write(&format!("{folder}/calls.csv"), calls);
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("Взыскание").unwrap();
        for (c, name) in ["ИИН", "Гос. номер", "Сумма долга", "Дата рождения"].iter().enumerate()
        {
            sheet.write_string(0, c as u16, *name).unwrap();
        }
        let date = Format::new().set_num_format("dd.mm.yyyy");
        let rows = self.people.len() as u32 - 20;
        for row in 1..=rows {
            let p = &self.people[dice.below(self.people.len())];
            match row % 2 {
                0 => sheet.write_string(row, 0, &p.iin).map(drop).unwrap(),
                // a number: zeros in front are lost
                _ => sheet.write_number(row, 0, p.iin.parse::<f64>().unwrap()).map(drop).unwrap(),
            }
            sheet.write_string(row, 1, &p.plate).unwrap();
            sheet.write_number(row, 2, dice.below(900_000) as f64 / 100.0).unwrap();
            let (y, m, d) = p.birth;
            let day = rust_xlsxwriter::ExcelDateTime::from_ymd(y as u16, m as u8, d as u8).unwrap();
            sheet.write_datetime_with_format(row, 3, &day, &date).unwrap();
        }
        sheet.write_formula(0, 6, format!("=SUM(C2:C{})", rows + 1).as_str()).unwrap();
        let path = place.path(&format!("{folder}/collection.xlsx"));
        book.save(path).unwrap();
    }
}

fn windows_1251(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match c {
            '№' => 0xb9,
            'Ё' => 0xa8,
            'ё' => 0xb8,
            'А'..='я' => (c as u32 - 'А' as u32 + 0xc0) as u8,
            c => u8::try_from(c as u32).unwrap(),
        })
        .collect()
}
