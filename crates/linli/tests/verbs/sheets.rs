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

const DICTIONARY: &str = "
name: {name: 姓名 | Name, definition: 登记的姓名。 | As registered., type: text}
sex: {name: 性别 | Sex, type: choice, choices: {male: 男 | Male, female: 女 | Female}}
member: {name: 家庭成员姓名 | Name of the member, synonyms: [家庭成员情况姓名], type: text}
relation: {name: 与户主关系 | Relation to the head, type: text}
";

/// A machine with the register, a dictionary and two who are known.
fn office() -> Machine {
    let machine = Machine::new();
    std::fs::write(machine.path("a.xlsx"), register()).unwrap();
    std::fs::write(machine.path("d.yaml"), DICTIONARY).unwrap();
    std::fs::write(machine.path("known.csv"), "name,sex\n王小明,male\n李秀英,\n").unwrap();
    machine
}

#[test]
fn headings_are_mapped_with_reasons_and_what_was_confirmed_holds() {
    let machine = office();
    let map = ["sheet", "map", "a.xlsx", "--dictionary", "d.yaml", "--json"];
    let told: Json = serde_json::from_str(&machine.run(map).well().out).unwrap();
    let headings = told["tables"][0]["headings"].as_array().unwrap().clone();
    let means: Vec<&str> = headings.iter().map(|it| it["means"].as_str().unwrap()).collect();
    assert_eq!(means, ["serial", "element", "element", "element", "element", "remark"]);
    assert_eq!(headings[3]["element"], "member");
    assert_eq!(headings[2]["codes"], serde_json::json!({"男": "male", "女": "female"}));
    assert_eq!(headings[1]["because"][0]["code"], "named");
    // Somebody reads it over and says that the other name is meant.
    let mut told = told;
    told["tables"][0]["headings"][3]["element"] = "name".into();
    std::fs::write(machine.path("read.json"), told.to_string()).unwrap();
    let again = map.into_iter().chain(["--confirmed", "read.json"]);
    let again: Json = serde_json::from_str(&machine.run(again).well().out).unwrap();
    let heading = &again["tables"][0]["headings"][3];
    assert_eq!((&heading["element"], &heading["standing"]), (&"name".into(), &"confirmed".into()));
}

#[test]
fn a_copy_is_filled_and_what_nobody_knows_is_counted_and_listed() {
    let machine = office();
    let known = ["--dictionary", "d.yaml", "--data", "known.csv", "-o", "b.xlsx", "--json"];
    let run = machine.run(["sheet", "fill", "a.xlsx"].into_iter().chain(known));
    let told: Json = serde_json::from_str(&run.well().out).unwrap();
    let headings = &told["tables"][0]["headings"];
    assert_eq!((&headings[1]["known"], &headings[1]["unknown"]), (&2.into(), &0.into()));
    assert_eq!((&headings[2]["known"], &headings[2]["unknown"]), (&1.into(), &1.into()));
    let bytes = std::fs::read(machine.path("b.xlsx")).unwrap();
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    use calamine::Reader as _;
    let range = book.worksheet_range("登记").unwrap();
    let cell = |row, col| range.get_value((row, col)).map(ToString::to_string).unwrap_or_default();
    assert_eq!([cell(4, 1), cell(4, 2), cell(5, 1), cell(5, 2)], ["王小明", "男", "李秀英", ""]);
    assert_eq!(cell(10, 0), "注：本表每日17时前报送。");
    assert_eq!(book.sheet_names(), ["登记", "未知项 unknown"]);
}

#[test]
fn what_cannot_be_read_is_said_and_nothing_is_written() {
    let machine = office();
    let fill = ["sheet", "fill", "a.xlsx", "--dictionary", "d.yaml", "-o", "b.xlsx", "--data"];
    for (name, text, says) in
        [("odd.csv", "shoe_size\n42\n", "shoe_size"), ("none.csv", "", "names no element")]
    {
        machine.write(name, text);
        let run = machine.run(fill.into_iter().chain([name]));
        assert_eq!(run.code, 2);
        assert!(run.told.contains(says), "{run:#?}");
    }
    let run = machine.run(fill.into_iter().chain(["missing.csv"]));
    assert!(run.told.contains("missing.csv"), "{run:#?}");
    assert!(!machine.path("b.xlsx").exists());
}
