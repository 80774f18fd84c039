//! Workbooks of today's Excel read back as they were written, cell for cell as pyxform gives them.

use rust_xlsxwriter::{Format, Formula, Workbook as Writer, Worksheet};
use xlsform::Problems;
use xlsform::workbook::{Workbook, read};

/// Writes a workbook of one sheet.
fn survey(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Writer::new();
    fill(book.add_worksheet().set_name("survey").unwrap());
    book.save_to_buffer().unwrap()
}

fn book(bytes: &[u8]) -> Workbook {
    read(bytes, None).unwrap_or_else(|problems| panic!("{problems}"))
}

fn problems(bytes: &[u8]) -> Problems {
    read(bytes, None).unwrap_err()
}

/// The texts of the first column below its heading.
fn first_column(bytes: &[u8]) -> Vec<String> {
    let book = book(bytes);
    let rows = book.sheets[0].rows.iter();
    rows.map(|row| row.cells.first().map(|cell| cell.1.clone()).unwrap_or_default()).collect()
}

/// Writes numbers with formats below a heading; gives their texts.
fn numbers(cells: &[(f64, &str)]) -> Vec<String> {
    first_column(&survey(|sheet| {
        sheet.write_string(0, 0, "default").unwrap();
        for ((value, format), row) in cells.iter().zip(1..) {
            let format = Format::new().set_num_format(*format);
            sheet.write_number_with_format(row, 0, *value, &format).unwrap();
        }
    }))
}

#[test]
fn texts_are_trimmed_and_their_firm_blanks_made_soft() {
    let bytes = survey(|sheet| {
        for (text, column) in ["type", "  label::English  (en) ", "hint"].into_iter().zip(0..) {
            sheet.write_string(0, column, text).unwrap();
        }
        sheet.write_string(1, 0, "\u{a0} text\u{a0}").unwrap();
        sheet.write_string(1, 1, "a\u{a0}b\nc  d").unwrap();
        sheet.write_string(1, 2, " \u{a0}\u{2003}").unwrap();
    });
    let book = book(&bytes);
    let headings: Vec<_> = book.sheets[0].columns.iter().map(|column| &*column.heading).collect();
    assert_eq!(headings, ["type", "label::English (en)", "hint"]);
    let cells = [(0, "text".to_owned()), (1, "a b\nc  d".to_owned())];
    assert_eq!(book.sheets[0].rows[0].cells, cells);
}

#[test]
fn whole_numbers_have_no_point_and_others_are_written_as_python_writes_them() {
    let plain = [3.0, 0.1, 1e-5, 1e16, 1.5e16, -2.5, 1e22, 1.0 / 3.0].map(|value| (value, "0"));
    let wanted = [
        "3",
        "0.1",
        "1e-05",
        "10000000000000000",
        "15000000000000000",
        "-2.5",
        "10000000000000000000000",
        "0.3333333333333333",
    ];
    assert_eq!(numbers(&plain), wanted);
}

#[test]
fn numbers_are_dates_where_their_format_says_so() {
    let cells = [
        (45_000.0, "yyyy-mm-dd"),
        (45_000.5, "d/m/yy h:mm"),
        (0.25, "h:mm"),
        (45_000.0, "0.00"),
        (45_000.0, "0.0\\d"),
        (45_000.0, "\"day\" 0"),
        (1.5, "[h]:mm"),
        (45_000.123_456, "mmm-yy"),
        (3_000_000.0, "yyyy"),
        (59.0, "yyyy"),
    ];
    let wanted = [
        "2023-03-15 00:00:00",
        "2023-03-15 12:00:00",
        "06:00:00",
        "45000",
        "45000",
        "45000",
        "1 day, 12:00:00",
        "2023-03-15 02:57:46.598000",
        "#VALUE!",
        "1900-02-28 00:00:00",
    ];
    assert_eq!(numbers(&cells), wanted);
}

#[test]
fn answers_of_formulas_and_yes_and_no_are_read() {
    let texts = first_column(&survey(|sheet| {
        sheet.write_string(0, 0, "default").unwrap();
        sheet.write_boolean(1, 0, true).unwrap();
        sheet.write_boolean(2, 0, false).unwrap();
        sheet.write_formula(3, 0, Formula::new("=1+1").set_result("2")).unwrap();
        sheet.write_formula(4, 0, Formula::new("=\"a\"").set_result(" a ")).unwrap();
        sheet.write_formula(5, 0, Formula::new("=NA()").set_result("#N/A")).unwrap();
    }));
    assert_eq!(texts, ["TRUE", "FALSE", "2", "a", "#N/A"]);
}

#[test]
fn formats_within_a_text_leave_no_trace() {
    let texts = first_column(&survey(|sheet| {
        sheet.write_string(0, 0, "label").unwrap();
        let (bold, plain) = (Format::new().set_bold(), Format::default());
        sheet.write_rich_string(1, 0, &[(&plain, "one "), (&bold, "two"), (&plain, " &")]).unwrap();
    }));
    assert_eq!(texts, ["one two &"]);
}

#[test]
fn columns_end_after_twenty_empty_ones_and_rows_after_sixty() {
    let bytes = survey(|sheet| {
        for (text, column) in [("type", 0), ("name", 21), ("lost", 43)] {
            sheet.write_string(0, column, text).unwrap();
            for row in [1, 62, 124] {
                sheet.write_string(row, column, text).unwrap();
            }
        }
        sheet.write_string(30, 50, "under no heading").unwrap();
    });
    let book = book(&bytes);
    let sheet = &book.sheets[0];
    let headings: Vec<_> = sheet.columns.iter().map(|c| (&*c.heading, c.index)).collect();
    assert_eq!(headings, [("type", 0), ("name", 21)]);
    assert_eq!(sheet.rows.len(), 62);
    let filled: Vec<_> =
        sheet.rows.iter().filter(|row| !row.cells.is_empty()).map(|row| row.number).collect();
    assert_eq!(filled, [2, 63]);
}

#[test]
fn sheets_of_a_form_are_known_by_name_in_any_case_hidden_or_not() {
    let mut writer = Writer::new();
    for name in ["Notes", "SURVEY", "Choices", "entities"] {
        let sheet = writer.add_worksheet().set_name(name).unwrap();
        sheet.write_string(0, 0, "name").unwrap();
        sheet.set_hidden(name == "Choices");
    }
    let book = book(&writer.save_to_buffer().unwrap());
    assert_eq!(book.names, ["Notes", "SURVEY", "Choices", "entities"]);
    let kinds: Vec<_> = book.sheets.iter().map(|sheet| &*sheet.kind).collect();
    assert_eq!(kinds, ["survey", "choices", "entities"]);
    assert_eq!(book.sheet("survey").unwrap().name, "SURVEY");
}

#[test]
fn one_sheet_alone_is_the_survey_unless_its_name_is_another_of_a_form() {
    for (name, kind) in [("Sheet1", "survey"), ("choices", "choices")] {
        let mut writer = Writer::new();
        writer.add_worksheet().set_name(name).unwrap();
        let book = book(&writer.save_to_buffer().unwrap());
        assert_eq!((&*book.sheets[0].kind, &*book.sheets[0].name), (kind, name));
    }
}

#[test]
fn every_doubled_heading_is_named_with_its_columns() {
    let bytes = survey(|sheet| {
        for (text, column) in ["type", "name", "type ", "name", "type"].into_iter().zip(0..) {
            sheet.write_string(0, column, text).unwrap();
        }
    });
    let problems = problems(&bytes);
    let said: Vec<_> = problems.0.iter().map(|problem| problem.to_string()).collect();
    assert_eq!(
        said,
        [
            "survey, row 1, column name: The columns B and D have the same heading \"name\". \
             Rename or delete one of them.",
            "survey, row 1, column type: The columns A and E have the same heading \"type\". \
             Rename or delete one of them.",
        ]
    );
    assert!(problems.0[0].zh.contains("B 列和 D 列"), "{}", problems.0[0].zh);
}

#[test]
fn a_sheet_with_one_cell_at_its_end_is_empty_and_small() {
    let bytes = survey(|sheet| {
        sheet.write_string(1_048_575, 16_383, "far").unwrap();
    });
    let book = book(&bytes);
    assert_eq!((book.sheets[0].columns.len(), book.sheets[0].rows.len()), (0, 0));
}
