//! A workbook that a department sent comes back filled from what is known.

use std::collections::BTreeMap;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use tablefill::answer::{Answered, Datum, Known, Row, about, answer, asked};
use tablefill::fill::{Day, Filling, SheetFilling, fill};
use tablefill::map::{Code, Dictionary, Element, Kind, map};
use tablefill::{Options, read, understand};

fn element(id: &str, names: [&str; 2], kind: Kind) -> Element {
    let code = |code: &str, zh: &str, en: &str| Code {
        code: code.to_owned(),
        names: vec![zh.to_owned(), en.to_owned()],
    };
    let codes = match id {
        "sex" => vec![code("male", "男", "Male"), code("female", "女", "Female")],
        _ => Vec::new(),
    };
    let names = names.map(str::to_owned).to_vec();
    let synonyms = if id == "born" { vec!["出生年月".to_owned()] } else { Vec::new() };
    Element { id: id.to_owned(), names, synonyms, kind, codes, ..Element::default() }
}

fn dictionary() -> Dictionary {
    Dictionary {
        elements: vec![
            element("name", ["姓名", "Name"], Kind::Text),
            element("sex", ["性别", "Sex"], Kind::Choice),
            element("born", ["出生日期", "Date of birth"], Kind::Date),
            element("identity", ["身份证号", "Identity number"], Kind::Identity),
            element("phone", ["联系电话", "Telephone"], Kind::Telephone),
            element("lift", ["有无电梯", "Lift"], Kind::YesNo),
        ],
    }
}

fn row(name: &str, identity: &str, sex: Option<&str>, phone: Option<&str>) -> Row {
    let mut values = BTreeMap::new();
    let mut put = |id: &str, datum: Datum| values.insert(id.to_owned(), datum);
    put("name", Datum::Text(name.to_owned()));
    put("identity", Datum::Text(identity.to_owned()));
    put("born", Datum::Date(Day { year: 1949, month: 12, day: 31 }));
    if let Some(sex) = sex {
        put("sex", Datum::Code(sex.to_owned()));
    }
    if let Some(phone) = phone {
        put("phone", Datum::Text(phone.to_owned()));
    }
    Row { whose: name.to_owned(), values }
}

fn known() -> Known {
    Known {
        rows: vec![
            row("王小明", "11010519491231002X", Some("male"), Some("027-85550001")),
            row("李秀英", "110105194912310038", Some("female"), None),
            row("李秀英", "110105194912310054", None, Some("13900000003")),
        ],
        keys: vec!["identity".to_owned(), "name".to_owned()],
    }
}

/// A workbook of a register: title, headings, then rows, then a total.
fn workbook(headings: &[&str], draw: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("登记表").unwrap();
    let frame = Format::new().set_border(rust_xlsxwriter::FormatBorder::Thin);
    let last = headings.len() as u16 - 1;
    sheet.merge_range(0, 0, 0, last, "人员情况登记表", &Format::new().set_bold()).unwrap();
    for (column, heading) in (0..).zip(headings) {
        sheet.write_with_format(1, column, *heading, &frame.clone().set_bold()).unwrap();
    }
    for row in 2..5 {
        for column in 0..=last {
            sheet.write_blank(row, column, &frame).unwrap();
        }
    }
    draw(sheet);
    book.save_to_buffer().unwrap()
}

fn answered(bytes: &[u8]) -> (Answered, String) {
    let book = read(bytes, None).unwrap();
    let understood = understand(bytes, &Options::default()).unwrap();
    let (sheet, plan) = (&book.sheets[0], &understood.sheets[0]);
    let table = &plan.tables[0];
    let headings = asked(sheet, table);
    let mapped = map(&headings, about(table), &dictionary(), &[]);
    (answer(sheet, table, &mapped, &dictionary(), &known()), plan.name.clone())
}

fn filled(bytes: &[u8]) -> Vec<Vec<String>> {
    let (answered, name) = answered(bytes);
    let registers = answered.rows.into_iter().collect();
    let sheet = SheetFilling { sheet: name, registers, cells: answered.cells };
    let done = fill(bytes, &Filling { sheets: vec![sheet] }).unwrap();
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(done.bytes)).unwrap();
    let range = book.worksheet_range("登记表").unwrap();
    let text = |cell: &Data| match cell {
        Data::Float(number) => number.to_string(),
        cell => cell.to_string(),
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

const HEADINGS: [&str; 7] =
    ["序号", "姓名", "性别", "出生年月", "身份证号", "联系电话", "有无电梯（有/无）"];

#[test]
fn a_register_without_rows_gets_all_that_are_known() {
    let bytes = workbook(&HEADINGS, |_| {});
    let rows = filled(&bytes);
    let first = ["1", "王小明", "男", "1949-12", "11010519491231002X", "027-85550001", ""];
    assert_eq!(rows[2], first);
    assert_eq!(rows[3][..3], ["2", "李秀英", "女"]);
    assert_eq!((&*rows[3][5], &*rows[4][2], &*rows[4][0]), ("", "", "3"));
    let (answered, _) = answered(&bytes);
    let of = |at: usize| (answered.counts[at].known, answered.counts[at].unknown);
    assert_eq!([of(1), of(2), of(5), of(6)], [(3, 0), (2, 1), (2, 1), (0, 3)]);
}

#[test]
fn a_list_of_names_is_completed_and_what_stands_there_is_left() {
    let bytes = workbook(&HEADINGS, |sheet| {
        sheet.write(2, 1, "王小明").unwrap();
        sheet.write(2, 5, "123").unwrap();
        // Two people have this name; the number says which is meant.
        sheet.write(3, 1, "李秀英").unwrap();
        sheet.write(3, 4, "110105194912310038").unwrap();
        sheet.write(4, 1, "李秀英").unwrap();
    });
    let (told, _) = answered(&bytes);
    assert!(told.rows.is_none());
    assert_eq!(told.not_found, [5]);
    assert_eq!(told.differs.len(), 1);
    assert_eq!((told.differs[0].row, &*told.differs[0].known), (3, "027-85550001"));
    let rows = filled(&bytes);
    assert_eq!(rows[2][2..], ["男", "1949-12", "11010519491231002X", "123", ""]);
    assert_eq!(rows[3][2..5], ["女", "1949-12", "110105194912310038"]);
    assert_eq!(rows[4][2..], ["", "", "", "", ""]);
}

#[test]
fn nobody_is_taken_for_a_namesake_with_another_number() {
    let bytes = workbook(&HEADINGS, |sheet| {
        sheet.write(2, 1, "王小明").unwrap();
        sheet.write(2, 4, "110105194912310099").unwrap();
    });
    assert_eq!(answered(&bytes).0.not_found, [3]);
    assert_eq!(filled(&bytes)[2][2..], ["", "", "110105194912310099", "", ""]);
}

#[test]
fn more_rows_than_are_prepared_are_inserted_before_the_total() {
    let bytes = workbook(&HEADINGS[..5], |sheet| {
        sheet.write(3, 0, "合计").unwrap();
        sheet.write_formula(3, 4, "COUNTA(E3:E3)").unwrap();
    });
    let rows = filled(&bytes);
    assert_eq!(rows[4][1], "李秀英", "{rows:?}");
    assert_eq!(rows[5][0], "合计", "{rows:?}");
}
