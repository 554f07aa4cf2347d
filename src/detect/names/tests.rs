use super::*;
use crate::model::{Segment, Table};

fn found(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    Names::builtin().find(&Block::prose(text), &|_| false, &mut NamesScratch::default(), &mut out);
    out.iter().map(|f| text[f.start as usize..f.end as usize].to_owned()).collect()
}

fn entities(text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    Names::builtin().find(&Block::prose(text), &|_| false, &mut NamesScratch::default(), &mut out);
    out.iter().map(|f| f.entity).collect()
}

#[test]
fn forms_of_names() {
    assert_eq!(
        found("Иск Ахметова Серика Болатовича к Петровой А.И. удовлетворить."),
        ["Ахметова Серика Болатовича", "Петровой А.И."]
    );
    assert_eq!(found("Талапкер Нұрғалиева Айгүл Серікқызы сотқа келмеді."), ["Нұрғалиева Айгүл Серікқызы"]);
    assert_eq!(found("Истец АХМЕТОВ СЕРИК БОЛАТОВИЧ обратился в суд."), ["АХМЕТОВ СЕРИК БОЛАТОВИЧ"]);
    assert_eq!(found("Договор подписал С.Б. Ахметов."), ["С.Б. Ахметов"]);
    assert_eq!(found("Client: Akhmetov Serik Bolatovich, phone"), ["Akhmetov Serik Bolatovich"]);
}

#[test]
fn named_after_people() {
    for text in [
        "Офис находится на улице Абая, дом 5.",
        "Договор с ТОО «Ахметов и К» расторгнут.",
        "Жамбыл Жабаев атындағы мектеп ашылды.",
        "В мае прошла вера в лучшее.",
    ] {
        assert_eq!(found(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn small_letters() {
    assert_eq!(found("привет, позвони сергею ивановичу завтра"), ["сергею ивановичу"]);
    assert_eq!(found("қазір жаңа портта адам еңбек етеді"), Vec::<String>::new());
}

#[test]
fn mentions_are_linked() {
    let text = "Истец Ахметов Серик Болатович обратился с иском к Ахметовой Айгуль Маратовне. \
                Суд установил, что Ахметова А.М. заключила договор. Ахметов С.Б. просил взыскать долг с Ахметовой А.М.";
    assert_eq!(entities(text), [1, 2, 2, 1, 2]);
}

#[test]
fn columns_of_names() {
    let mut block = Block { first_row: 1, ..Block::default() };
    block.push("роза асыл", 0, 0, SegmentKind::Cell);
    block.push("NULL", 0, 1, SegmentKind::Cell);
    block.push("роза асыл", 1, 2, SegmentKind::Cell);
    block.table = Some(std::sync::Arc::new(Table::default()));
    let mut out = Vec::new();
    Names::builtin().find(&block, &|c| c == 0, &mut NamesScratch::default(), &mut out);
    assert_eq!(out.len(), 1);
    assert_eq!((out[0].segment, out[0].category), (0, Category::PERSON));
}

#[test]
fn hostile_input_ends() {
    for bytes in [
        &b"\xff\xfe\xd0"[..],
        "Я.".repeat(5000).as_bytes(),
        "А-".repeat(5000).as_bytes(),
        "Ұ\n".repeat(900).as_bytes(),
    ] {
        let mut block = Block::prose("");
        block.text = bytes.to_vec();
        block.segments = vec![Segment {
            start: 0,
            end: bytes.len() as u32,
            column: NO_COLUMN,
            row: 0,
            kind: SegmentKind::Prose,
        }];
        let mut out = Vec::new();
        Names::builtin().find(&block, &|_| false, &mut NamesScratch::default(), &mut out);
        assert!(out.iter().all(|f| f.start < f.end && f.end as usize <= bytes.len()));
    }
}
