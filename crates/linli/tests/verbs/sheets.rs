//! `linli sheet`: workbooks from files and standard input, exit codes, words and JSON.

use rust_xlsxwriter::{DataValidation, Format, FormatBorder, Workbook};
use serde_json::Value as Json;

use crate::machine::Machine;

/// A register as an office draws it: title, who reports, headings of two rows, rows to be filled.
fn register() -> Vec<u8> {
    let mut book = Workbook::new();
    let line = Format::new().set_border(FormatBorder::Thin);
    let sheet = book.add_worksheet();
    sheet.set_name("登记").unwrap();
    sheet.merge_range(0, 0, 0, 5, "社区居民登记表", &Format::new().set_bold()).unwrap();
    sheet.write(1, 0, "填报单位：").unwrap();
    sheet.write(1, 4, "单位：人").unwrap();
    for (col, words) in [(0, "序号"), (1, "姓名"), (2, "性别")] {
        sheet.merge_range(2, col, 3, col, words, &line).unwrap();
    }
    sheet.merge_range(2, 3, 2, 4, "家庭成员情况", &line).unwrap();
    sheet.write_with_format(3, 3, "姓名", &line).unwrap();
    sheet.write_with_format(3, 4, "与户主关系", &line).unwrap();
    sheet.merge_range(2, 5, 3, 5, "备注", &line).unwrap();
    for row in 4..10 {
        for col in 0..6 {
            sheet.write_blank(row, col, &line).unwrap();
        }
    }
    sheet.write(10, 0, "注：本表每日17时前报送。").unwrap();
    let list = DataValidation::new().allow_list_strings(&["男", "女"]).unwrap();
    sheet.add_data_validation(4, 2, 9, 2, &list).unwrap();
    book.save_to_buffer().unwrap()
}

fn understood(machine: &Machine) -> Json {
    std::fs::write(machine.path("a.xlsx"), register()).unwrap();
    let out = machine.run(["sheet", "understand", "a.xlsx", "--json"]).well().out;
    serde_json::from_str(&out).unwrap()
}

#[test]
fn headings_have_paths_and_data_begin_below_them() {
    let json = understood(&Machine::new());
    assert_eq!(json["sheets"][0]["name"], "登记");
    let table = &json["sheets"][0]["tables"][0];
    assert_eq!(table["range"], "A1:F10");
    assert_eq!(table["kind"], "register");
    assert_eq!(table["data"], "A5:F10");
    let headers = table["headers"].as_array().unwrap();
    let relation = headers.iter().find(|it| it["cell"] == "E4").unwrap();
    assert_eq!(relation["axis"], "column");
    assert_eq!(relation["path"], serde_json::json!(["家庭成员情况", "与户主关系"]));
    let cells: Vec<&str> = headers.iter().map(|it| it["cell"].as_str().unwrap()).collect();
    assert_eq!(cells, ["A3", "B3", "C3", "D3", "F3", "D4", "E4"]);
}

#[test]
fn lines_codes_and_whom_a_row_is_about_stand_beside_them() {
    let json = understood(&Machine::new());
    let table = &json["sheets"][0]["tables"][0];
    let kinds: Vec<&str> =
        table["lines"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["title", "department", "unit", "note"]);
    assert_eq!(table["columns"][2]["codes"], serde_json::json!(["男", "女"]));
    assert_eq!(table["columns"][0]["serial"], true);
    assert_eq!(table["subject"]["is"], "people");
}

#[test]
fn an_outline_says_the_same_in_words() {
    let machine = Machine::new();
    std::fs::write(machine.path("a.xlsx"), register()).unwrap();
    let out = machine.run(["sheet", "understand", "a.xlsx"]).well().out;
    assert!(out.contains("A1:F10 登记表 register, 数据 data A5:F10"), "{out}");
    assert!(out.contains("E 家庭成员情况 / 与户主关系"), "{out}");
    assert!(out.contains("{男 | 女}"), "{out}");
}

#[test]
fn standard_input_is_read_as_what_it_is_said_to_be() {
    let machine = Machine::new();
    let text = "序号,姓名,电话\n1,张三,13800000000\n2,李四,13900000000\n";
    let said = machine.run_reading(text, ["sheet", "understand", "-", "--as", "csv"]).well().out;
    let guessed = machine.run_reading(text, ["sheet", "understand", "-"]).well().out;
    assert_eq!(said, guessed);
    assert!(said.contains("B 姓名"), "{said}");
    machine.run_reading(text, ["sheet", "understand", "-", "--as", "xlsx"]).refused("");
}

#[test]
fn what_cannot_be_read_is_refused_in_words() {
    let machine = Machine::new();
    machine.write("a.xlsx", "%PDF-1.4");
    let ran = machine.run(["sheet", "understand", "a.xlsx", "--json"]);
    assert_eq!(ran.code, 1);
    let json: Json = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["ok"], false);
    assert_eq!(json["problems"][0]["code"], "unknown-format");
    assert!(ran.told.contains("这不是工作簿"));
    assert_eq!(machine.run(["sheet", "understand", "none.xlsx"]).code, 2);
    assert_eq!(machine.run(["sheet", "understand"]).code, 2);
}
