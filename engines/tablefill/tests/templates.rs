//! Workbooks that offices sent around are understood as a person reads them.

use std::path::PathBuf;

use tablefill::{Axis, LineKind, Options, Role, TablePlan, Understood, understand};

/// What a person read in them.
const TABLES: &str = include_str!("templates.txt");

/// The folder of the workbooks, which is no part of the repository.
fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("LINLI_SHARED").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = shared.unwrap_or_else(beside).join("data/sheets");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there are no workbooks in {}", folder.display());
    None
}

fn read(file: &str) -> Option<Understood> {
    let bytes = std::fs::read(folder()?.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    Some(understand(&bytes, &Options::default()).unwrap_or_else(|e| panic!("{file}: {e}")))
}

/// Rows of a table that hold headings of columns, above its data.
fn heading_rows(table: &TablePlan) -> String {
    let heads = |it: &&tablefill::Header| {
        it.axis == Axis::Column
            && it.role != Role::Title
            && table.data.is_none_or(|data| it.area.top < data.top)
    };
    let mut rows: Vec<u32> = table.headers.iter().filter(heads).map(|it| it.area.top + 1).collect();
    rows.dedup();
    rows.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

#[test]
fn tables_of_real_workbooks_are_where_a_person_sees_them() {
    if folder().is_none() {
        return;
    }
    let mut wrong = Vec::new();
    for line in TABLES.lines().filter(|it| !it.starts_with('#')) {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(understood) = read(parts[0]) else { return };
        let sheet = understood.sheets.iter().find(|it| it.name == parts[1]).unwrap();
        let found = sheet.tables.iter().map(|table| {
            let data = table.data.map(|it| it.to_string()).unwrap_or_default();
            let subject = table.subject.as_ref().map_or("", |it| it.0.name());
            let (range, kind) = (table.area.to_string(), table.kind.name());
            [range, kind.to_owned(), heading_rows(table), data, subject.to_owned()]
        });
        let found: Vec<[String; 5]> = found.collect();
        if !found.iter().any(|it| it.iter().zip(&parts[2..]).all(|(a, b)| a == b)) {
            wrong.push(format!("{line}\n    found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_heading_of_two_rows_is_read_with_what_stands_over_it() {
    let Some(it) = read("zh_person_form_fill/templates__empty__excel-table.xlsx") else { return };
    let columns = &it.sheets[0].tables[0].columns;
    assert_eq!(columns[7].path, ["年度考核结果等次", "2024年"]);
    assert!(columns[0].serial);
}

#[test]
fn a_form_of_a_document_has_its_blanks_and_its_family_table() {
    let Some(it) = read("zh_person_form_fill/templates__empty__word-table.docx") else { return };
    let table = &it.sheets[0].tables[0];
    let blank = |label: &str| {
        let found = table.blanks.iter().find(|it| it.path.last().is_some_and(|it| it == label));
        found.unwrap_or_else(|| panic!("no blank for {label}")).area.to_string()
    };
    assert_eq!(blank("姓名"), "B1");
    assert_eq!(blank("身份证号"), "D1:F1");
    assert_eq!(blank("通讯地址"), "B4:E4");
    let work = table.headers.iter().find(|it| it.at().to_string() == "F7").unwrap();
    assert_eq!(work.path, ["家庭情况", "工作单位"]);
}

#[test]
fn notes_below_and_lines_above_are_no_data() {
    // The file's folder has the name of a city, which belongs in no Rust.
    let file = TABLES.lines().find(|it| it.contains("/v4_f2c4a9c_")).unwrap();
    let Some(it) = read(file.split('|').next().unwrap().trim()) else { return };
    let lines = &it.sheets[0].tables[0].lines;
    let kinds: Vec<LineKind> = lines.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [LineKind::Title, LineKind::Note]);
    let file = "zh_rural_collective_forms/v1_7560423_集体资产股权确认登记表-有经营性资产.xlsx";
    let Some(it) = read(file) else { return };
    let kinds: Vec<LineKind> = it.sheets[0].tables[0].lines.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [LineKind::Title, LineKind::Department, LineKind::Date]);
}

#[test]
fn codes_that_stand_on_another_sheet_are_found() {
    let Some(it) = read("id_opensid_village_forms/FormatImporExcel.xlsm") else { return };
    let columns = &it.sheets[0].tables[0].columns;
    let sex = columns.iter().find(|it| it.path == ["sex"]).unwrap();
    assert_eq!(sex.codes, ["LAKI-LAKI", "PEREMPUAN"]);
}
