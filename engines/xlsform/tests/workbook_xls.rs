//! Workbooks of Excel 97 and Excel 5, made by hand record by record.

use xlsform::workbook::{Workbook, read};

/// The bytes of a record.
fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16).to_le_bytes();
    [&kind.to_le_bytes()[..], &length[..], body].concat()
}

/// Numbers of two bytes.
fn shorts(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The beginning of a part of the workbook.
fn begin(excel_97: bool, what: u16) -> Vec<u8> {
    let version = if excel_97 { 0x0600 } else { 0x0500 };
    record(0x0809, &shorts(&[version, what, 1, 1997]))
}

/// A text behind its length.
fn text(excel_97: bool, text: &str, length_bytes: usize) -> Vec<u8> {
    let mut bytes = (text.len() as u16).to_le_bytes()[..length_bytes].to_vec();
    if excel_97 {
        bytes.push(0);
    }
    bytes.extend(text.as_bytes());
    bytes
}

fn label(row: u16, column: u16, words: &str) -> Vec<u8> {
    record(0x0204, &[shorts(&[row, column, 0]), text(true, words, 2)].concat())
}

fn number(row: u16, column: u16, style: u16, value: f64) -> Vec<u8> {
    record(0x0203, &[&shorts(&[row, column, style])[..], &value.to_le_bytes()[..]].concat())
}

fn formula(row: u16, column: u16, result: [u8; 8]) -> Vec<u8> {
    record(0x0006, &[&shorts(&[row, column, 0])[..], &result[..], &[0; 8][..]].concat())
}

/// A workbook of records for all sheets, and its sheets.
fn workbook(excel_97: bool, shared: &[Vec<u8>], sheets: &[(&str, Vec<Vec<u8>>)]) -> Vec<u8> {
    let mut bytes = [begin(excel_97, 5), shared.concat()].concat();
    let names: Vec<_> = sheets.iter().map(|(name, _)| text(excel_97, name, 1)).collect();
    let mut at = bytes.len() + names.iter().map(|name| 10 + name.len()).sum::<usize>() + 4;
    let mut bodies = Vec::new();
    for (name, (_, records)) in names.iter().zip(sheets) {
        let place = (at as u32).to_le_bytes();
        bytes.extend(record(0x0085, &[&place[..], &[0, 0], &name[..]].concat()));
        let body = [begin(excel_97, 0x10), records.concat(), record(0x000a, &[])].concat();
        at += body.len();
        bodies.extend(body);
    }
    [bytes, record(0x000a, &[]), bodies].concat()
}

/// A workbook with a survey of one column of cells.
fn survey(shared: &[Vec<u8>], cells: Vec<Vec<u8>>) -> Vec<u8> {
    let cells = [vec![label(0, 0, "default")], cells].concat();
    workbook(true, shared, &[("survey", cells)])
}

fn book(bytes: &[u8]) -> Workbook {
    read(bytes, None).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The texts of the first column.
fn texts(bytes: &[u8]) -> Vec<String> {
    let book = book(bytes);
    let rows = book.sheets[0].rows.iter();
    rows.map(|row| row.cells.first().map(|cell| cell.1.clone()).unwrap_or_default()).collect()
}

/// A format of its own, and the styles that use it and others.
fn styles(code: &str) -> Vec<Vec<u8>> {
    let format = record(0x041e, &[shorts(&[164]), text(true, code, 2)].concat());
    let style = |format: u16| record(0x00e0, &[shorts(&[0, format]), vec![0; 16]].concat());
    vec![format, style(0), style(164), style(14), style(200)]
}

#[test]
fn numbers_and_dates_are_read_as_xlrd_judges_their_styles() {
    let cells = vec![
        number(1, 0, 0, 3.0),
        number(2, 0, 0, 0.1),
        number(3, 0, 1, 45_000.5),
        number(4, 0, 2, 0.25),
        number(5, 0, 3, 45_000.0),
        record(0x027e, &[shorts(&[6, 0, 0]), 0x0000_1237_u32.to_le_bytes().to_vec()].concat()),
    ];
    let wanted = ["3", "0.1", "2023-03-15 12:00:00", "06:00:00", "45000", "11.65"];
    assert_eq!(texts(&survey(&styles("yyyy\\-mm\\-dd"), cells)), wanted);
}

#[test]
fn a_workbook_of_an_old_macintosh_counts_from_1904() {
    let shared = [styles("yyyy"), vec![record(0x0022, &shorts(&[1]))]].concat();
    assert_eq!(texts(&survey(&shared, vec![number(1, 0, 1, 1.0)])), ["1904-01-02 00:00:00"]);
}

#[test]
fn a_date_that_may_mean_two_days_is_refused_with_its_place() {
    let bytes = survey(&styles("yyyy"), vec![number(1, 0, 1, 12.0), number(2, 0, 1, -1.0)]);
    let problems = read(&bytes, None).unwrap_err();
    let codes: Vec<_> = problems.0.iter().map(|problem| (problem.code, problem.at.row)).collect();
    assert_eq!(codes, [("bad_date", Some(2)), ("bad_date", Some(3))]);
    assert_eq!(problems.0[0].at.column.as_deref(), Some("default"));
}

#[test]
fn formulas_give_what_they_gave_when_the_workbook_was_saved() {
    let cells = vec![
        formula(1, 0, 2.0_f64.to_le_bytes()),
        formula(2, 0, [0, 0, 0, 0, 0, 0, 0xff, 0xff]),
        record(0x04bc, &[0; 10]),
        record(0x0207, &text(true, " shared ", 2)),
        formula(3, 0, [1, 0, 1, 0, 0, 0, 0xff, 0xff]),
        formula(4, 0, [2, 0, 42, 0, 0, 0, 0xff, 0xff]),
        formula(5, 0, [3, 0, 0, 0, 0, 0, 0xff, 0xff]),
        record(0x0205, &[&shorts(&[6, 0, 0])[..], &[0, 0]].concat()),
    ];
    assert_eq!(texts(&survey(&[], cells)), ["2", "shared", "TRUE", "42", "", "FALSE"]);
}

#[test]
fn shared_texts_go_on_over_the_border_of_a_record() {
    let units: Vec<u8> = "日本😀".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let first = [&[2, 0, 0, 0, 2, 0, 0, 0][..], &[4, 0, 1], &units[..6]].concat();
    let second = [&[1], &units[6..], &[4, 0, 0], b"wo"].concat();
    let third = [&[0][..], b"rd"].concat();
    let shared = [record(0x00fc, &first), record(0x003c, &second), record(0x003c, &third)];
    let cell = |row, index: u32| {
        record(0x00fd, &[&shorts(&[row, 0, 0])[..], &index.to_le_bytes()[..]].concat())
    };
    assert_eq!(texts(&survey(&shared, vec![cell(1, 0), cell(2, 1)])), ["日本😀", "word"]);
}

#[test]
fn a_chart_within_a_sheet_has_no_cells() {
    let chart = [begin(true, 0x20), number(2, 0, 0, 99.0), record(0x000a, &[])].concat();
    assert_eq!(texts(&survey(&[], vec![number(1, 0, 0, 1.0), chart])), ["1"]);
}

#[test]
fn letters_before_1997_are_in_the_workbooks_code_page() {
    let page = record(0x0042, &shorts(&[1251]));
    let cyrillic = [&shorts(&[1, 0, 0, 2])[..], &[0xe4, 0xe0]].concat();
    let cells = vec![
        record(0x0204, &[shorts(&[0, 0, 0]), text(false, "type", 2)].concat()),
        record(0x0204, &cyrillic),
    ];
    assert_eq!(texts(&workbook(false, &[page], &[("Sheet1", cells)])), ["да"]);
}

#[test]
fn sheets_are_told_apart_as_in_an_xlsx() {
    let sheet = |name| (name, vec![label(0, 0, "name"), label(1, 0, "a")]);
    let book = book(&workbook(true, &[], &[sheet("Notes"), sheet("Survey"), sheet("CHOICES")]));
    assert_eq!(book.names, ["Notes", "Survey", "CHOICES"]);
    let kinds: Vec<_> = book.sheets.iter().map(|sheet| &*sheet.kind).collect();
    assert_eq!(kinds, ["survey", "choices"]);
}

#[test]
fn a_workbook_with_a_password_says_so() {
    let bytes = survey(&[record(0x002f, &[0; 6])], vec![]);
    let problems = read(&bytes, None).unwrap_err();
    assert_eq!(problems.0[0].code, "password");
    assert!(problems.0[0].en.contains("without the password"), "{}", problems.0[0].en);
}

#[test]
fn a_record_cut_short_is_damage_to_its_sheet() {
    let bytes = survey(&[], vec![record(0x0203, &[1, 0])]);
    let problems = read(&bytes, None).unwrap_err();
    assert_eq!(
        (problems.0[0].code, problems.0[0].at.sheet.as_deref()),
        ("damaged", Some("survey"))
    );
}
