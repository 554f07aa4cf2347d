//! Invented tables, records and logs.

use super::doc::Doc;
use super::person::Person;
use super::rng::Rng;

/// A column: its possible names, and the value in braces that fills it.
type Column = (&'static [&'static str], &'static str);

const COLUMNS: &[Column] = &[
    (&["ФИО", "fio", "Клиент", "full_name", "Аты-жөні"], "fio"),
    (&["ИИН", "iin", "ЖСН", "iin_borrower", "ИИН/БИН"], "iin"),
    (&["Телефон", "phone", "тел_моб", "Ұялы телефон", "mobile"], "phone"),
    (&["E-mail", "email", "Почта", "электрондық пошта"], "email"),
    (&["Адрес", "address", "Адрес проживания", "mekenzhai", "Мекенжайы"], "addr"),
    (&["Дата рождения", "birth_date", "туған күні", "birthDate", "др"], "dob_iso"),
    (&["№ удостоверения", "id_card_no", "Жеке куәлік №"], "idcard"),
    (&["ИИК", "iban", "р/счет", "ЖСК"], "iban"),
    (&["Номер карты", "card_number"], "card"),
    (&["Гос. номер", "plate", "ГРНЗ"], "plate"),
    (&["VIN", "vin_code"], "vin"),
    (&["Место рождения", "birth_place"], "birthplace"),
    (&["Паспорт", "passport_no"], "passport"),
];

const DECOYS: &[Column] = &[
    (&["№", "id", "row_id"], "num6"),
    (&["Заказ", "order_no", "Тапсырыс"], "num12"),
    (&["Сумма", "amount", "Сомасы"], "num7"),
    (&["Дата операции", "created_at", "Күні"], "date"),
    (&["Штрих-код", "barcode"], "ean13"),
    (&["Статус", "status"], "small"),
    (&["Код товара", "sku"], "article"),
    (&["uuid", "Идентификатор"], "uuid"),
];

fn pick(rng: &mut Rng) -> Vec<(&'static str, &'static str)> {
    let mut out = Vec::new();
    for (names, value) in COLUMNS {
        if rng.chance(50) {
            out.push((rng.pick(names), *value));
        }
    }
    for (names, value) in DECOYS {
        if rng.chance(35) {
            out.insert(rng.range(0, out.len() as u64) as usize, (rng.pick(names), *value));
        }
    }
    if out.is_empty() {
        out.push(("ИИН", "iin"));
    }
    out
}

/// A cell, quoted where its content asks for it. Values with quotes do not come here.
fn cell(doc: &mut Doc, value: &str, people: &[Person; 2], delimiter: char, rng: &mut Rng) {
    let mut inner = Doc::default();
    inner.value(value, people, rng);
    let quote = inner.text.contains(delimiter) || inner.text.contains('\n');
    let text = inner.text.clone();
    if quote {
        doc.plain("\"");
    }
    match inner.truth().spans.first() {
        Some(span) => {
            let category = span.category.clone();
            doc.piece(&category, &text);
        }
        None => doc.plain(&text),
    }
    if quote {
        doc.plain("\"");
    }
}

pub(super) fn csv(doc: &mut Doc, rng: &mut Rng) {
    let columns = pick(rng);
    let delimiter = rng.pick(&[",", ";", "\t"]).chars().next().unwrap_or(',');
    let names: Vec<&str> = columns.iter().map(|c| c.0).collect();
    doc.plain(&names.join(&delimiter.to_string()));
    doc.plain("\n");
    for _ in 0..rng.range(8, 60) {
        let people = super::people(rng);
        for (k, (_, value)) in columns.iter().enumerate() {
            if k > 0 {
                doc.plain(&delimiter.to_string());
            }
            cell(doc, value, &people, delimiter, rng);
        }
        doc.plain("\n");
    }
}

/// A table of goods: numbers that look like identifiers, and no personal data.
pub(super) fn quiet_csv(doc: &mut Doc, rng: &mut Rng) {
    let names: Vec<&str> = DECOYS.iter().map(|(names, _)| rng.pick(names)).collect();
    doc.plain(&names.join(";"));
    doc.plain("\n");
    for _ in 0..rng.range(30, 200) {
        let people = super::people(rng);
        for (k, (_, value)) in DECOYS.iter().enumerate() {
            if k > 0 {
                doc.plain(";");
            }
            cell(doc, value, &people, ';', rng);
        }
        doc.plain("\n");
    }
}

pub(super) fn jsonl(doc: &mut Doc, rng: &mut Rng) {
    let columns = pick(rng);
    for _ in 0..rng.range(5, 40) {
        let people = super::people(rng);
        doc.plain("{");
        for (k, (name, value)) in columns.iter().enumerate() {
            doc.plain(if k > 0 { ", " } else { "" });
            doc.plain(&format!("\"{name}\": \""));
            cell(doc, value, &people, '"', rng);
            doc.plain("\"");
        }
        doc.plain("}\n");
    }
}

pub(super) fn log(doc: &mut Doc, rng: &mut Rng) {
    const LINES: &[&str] = &[
        "{date_iso} {time}:11,345 INFO  [http-{digit}] login user={email} ip={ip} session={uuid}",
        "{date_iso} {time}:59 WARN payment declined iin={iin} card={card} amount={num6}",
        "{date_iso}T{time}:30.120Z GET /client?iin={iin}&phone={phone_q} 200 {num4}ms",
        "{date_iso} {time}:01 DEBUG batch {num12} processed, offset {num10}, checksum {hex16}",
        "{date_iso} {time}:02 INFO order {num12} created, sku {article}, barcode {ean13}",
        "{date_iso} {time}:03 ERROR sms to {phone} failed, message id {num13}",
        "{date_iso} {time}:04 INFO transfer to {iban} done, reference {num11}",
        "{ms13} TRACE span={hex16} parent={hex16} took {small}us",
        "{date_iso} {time}:05 INFO client {\"fio\": \"x\"} updated",
        "{date_iso} {time}:06 INFO delivery address changed: {addr}",
    ];
    for _ in 0..rng.range(20, 120) {
        let people = super::people(rng);
        let line = rng.pick(LINES);
        match line.split_once("{phone_q}") {
            Some((a, b)) => {
                doc.fill(a, &people, rng);
                let n = format!("7701{}", rng.digits(7));
                doc.piece("phone", &n);
                doc.fill(b, &people, rng);
            }
            None => doc.fill(line, &people, rng),
        }
        doc.plain("\n");
    }
}
