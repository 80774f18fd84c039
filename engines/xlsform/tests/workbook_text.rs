//! Forms in CSV and Markdown, how a format is told without its name, and what is refused.

use xlsform::workbook::{Format, Sheet, Workbook, read};

fn book(text: &str) -> Workbook {
    read(text.as_bytes(), None).unwrap_or_else(|problems| panic!("{problems}"))
}

fn codes(bytes: &[u8], format: Option<Format>) -> Vec<&'static str> {
    let problems = read(bytes, format).unwrap_err();
    for problem in &problems.0 {
        assert!(!problem.en.is_empty() && !problem.zh.is_empty());
    }
    problems.0.iter().map(|problem| problem.code).collect()
}

/// The rows of a sheet: each its number and its cells.
fn shown(sheet: &Sheet) -> Vec<String> {
    let heading = |at: u32| &sheet.columns[at as usize].heading;
    let cell = |(at, text): &(u32, String)| format!(" {}={text}", heading(*at));
    let cells = |cells: &[(u32, String)]| cells.iter().map(cell).collect::<String>();
    sheet.rows.iter().map(|row| format!("{}{}", row.number, cells(&row.cells))).collect()
}

#[test]
fn a_csv_names_its_sheets_in_the_first_column() {
    let book = book(
        "survey,,,\n,type,name,label\n,text, a ,\"A, \"\"quoted\"\"\nand long\"\n,,,\n,note,b,\n\
         Choices,list_name,name\n,yes_no,yes,beyond the headings\nnotes,,\n",
    );
    assert_eq!(book.names, ["survey", "Choices", "notes"]);
    let survey = book.sheet("survey").unwrap();
    let wanted = ["2 type=text name=a label=A, \"quoted\"\nand long", "3 type=note name=b"];
    assert_eq!(shown(survey), wanted);
    let choices = book.sheet("choices").unwrap();
    assert_eq!(choices.name, "Choices");
    assert_eq!(shown(choices), ["2 list_name=yes_no name=yes"]);
}

#[test]
fn a_csv_with_any_end_of_line_and_a_mark_of_byte_order_is_read() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["\u{feff}survey,,,", ",type,name,", ",text,a,"].join(end);
        assert_eq!(shown(&book(&text).sheets[0]), ["2 type=text name=a"]);
    }
}

#[test]
fn a_value_of_a_csv_under_an_empty_heading_is_left_out() {
    let book = book("survey,,,\n,type,,name\n,text,lost,a\n");
    assert_eq!(shown(&book.sheets[0]), ["2 type=text name=a"]);
    assert_eq!(book.sheets[0].columns[1].index, 3);
}

#[test]
fn a_csv_that_names_a_sheet_twice_goes_on_with_it() {
    let book = book("survey,,,\n,type,name,\n,text,a,\nsurvey,,,\n,name,type,\n,b,note,\n");
    assert_eq!(book.names, ["survey"]);
    assert_eq!(shown(&book.sheets[0]), ["2 type=text name=a", "3 name=b type=note"]);
}

#[test]
fn a_row_of_a_csv_before_its_sheet_is_refused_with_its_line() {
    let problems = read(b",,,,\n,type,name,\n", Some(Format::Csv)).unwrap_err();
    assert_eq!((problems.0[0].code, problems.0[0].at.row), ("row_without_sheet", Some(2)));
}

#[test]
fn tables_of_markdown_have_remarks_rulers_and_escapes() {
    let book = book(
        "# A form\n| survey | # the sheet\n|--------|\n|  | type | name | label |\n\
         |  | text | a    | one \\| two #1 | # remark\n|  |  |  |  |\n\
         \t|  | note | b    |  | after the last pipe is nothing\n\
         words between\n| choices |\n| | list_name | name |\n| | l | c |\n| Settings | form_id |\n",
    );
    assert_eq!(book.names, ["survey", "choices", "Settings"]);
    let wanted = ["2 type=text name=a label=one | two #1", "3 type=note name=b"];
    assert_eq!(shown(book.sheet("survey").unwrap()), wanted);
    assert_eq!(book.sheet("settings").unwrap().columns[0].heading, "form_id");
}

#[test]
fn a_value_of_markdown_under_no_heading_is_refused_with_its_row() {
    let text = "| survey |\n| | type | |\n| | text | b | c |\n";
    let problems = read(text.as_bytes(), None).unwrap_err();
    let said: Vec<_> = problems.0.iter().map(|it| (it.code, it.at.row)).collect();
    assert_eq!(said, [("value_without_heading", Some(2)); 2]);
    assert!(problems.0[1].en.starts_with("\"c\" stands under no heading"), "{problems}");
}

#[test]
fn a_table_of_markdown_alone_is_the_survey() {
    let book = book("| form |\n| | type | name |\n| | text | a |\n");
    assert_eq!(book.sheets[0].kind, "survey");
}

#[test]
fn a_csv_with_pipes_in_its_cells_is_still_a_csv() {
    let book = book("survey,,,\n,type,name,label\n,text,a,|||||\n");
    assert_eq!(shown(&book.sheets[0]), ["2 type=text name=a label=|||||"]);
}

#[test]
fn what_is_no_workbook_is_refused_with_a_guess() {
    let said = |bytes: &[u8]| read(bytes, None).unwrap_err().0[0].en.clone();
    assert_eq!(codes(b"", None), ["not_a_workbook"]);
    assert!(said(b"").starts_with("The file is empty."));
    assert!(said(b"%PDF-1.7").starts_with("This is a PDF."));
    assert!(said(b"<html>,,,,</html>").contains("web page"));
    assert!(said(b"a few words").contains("but no form"));
    assert!(said(&[0xff, 0xfe, 0x61, 0]).contains("UTF-16"));
    assert_eq!(codes(b"a few words", Some(Format::Xlsx)), ["not_a_workbook"]);
    assert_eq!(codes(b"PK\x03\x04", None), ["damaged"]);
}

#[test]
fn text_in_another_encoding_is_refused_with_its_line() {
    let problems = read(b"survey,,,\n,type,name,label\n,text,a,\xe9t\xe9\n", None).unwrap_err();
    assert_eq!((problems.0[0].code, problems.0[0].at.row), ("not_utf8", Some(3)));
    assert!(problems.0[0].en.contains("CSV UTF-8"), "{problems}");
}

#[test]
fn a_file_beyond_the_limit_is_refused_unread() {
    assert_eq!(codes(&vec![b','; 50 << 20], None), ["too_large"]);
    assert_eq!(codes(&vec![b','; 5 << 20], Some(Format::Csv)), ["too_large"]);
}

#[test]
fn an_encrypted_xlsx_says_that_it_has_a_password() {
    let bytes = encrypted();
    assert_eq!(codes(&bytes, Some(Format::Xlsx)), ["password"]);
    assert_eq!(codes(&bytes[..1000], None), ["damaged"]);
}

/// A compound file that holds what Excel writes in place of a workbook with a password.
fn encrypted() -> Vec<u8> {
    let mut file = vec![0; 1536];
    let words = |file: &mut [u8], at: usize, words: &[u32]| {
        for (word, at) in words.iter().zip((at..).step_by(4)) {
            file[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
    };
    file[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    // Sectors of 512 and 64 bytes; the directory in the first, the chains in the second.
    words(&mut file, 30, &[9 | 6 << 16]);
    let none = u32::MAX;
    words(&mut file, 44, &[1, 0, 0, 4096, none - 1, 0, none - 1, 0, 1]);
    words(&mut file, 80, &[none; 108]);
    words(&mut file, 1024, &[none - 1, none - 2]);
    for (name, kind, child, at) in [("Root Entry", 5, 1, 512), ("EncryptedPackage", 2, none, 640)] {
        let letters: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        file[at..at + letters.len()].copy_from_slice(&letters);
        words(&mut file, at + 64, &[(letters.len() as u32 + 2) | (kind << 16), none, none, child]);
    }
    file
}
