//! What is refused, in words, before anything is written.

use tablefill::fill::{Filling, Value, fill};

use super::archive::{cells, filled, packed, part, puts, register, text};

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const TRANSITIONAL: [&str; 2] = [
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
];
const STRICT: [&str; 2] = [
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
];

/// A workbook of one sheet in the fewest parts, with a prefix or without.
fn smallest(prefix: &str, [main, office]: [&str; 2], sheet: &str) -> Vec<u8> {
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let p = if prefix.is_empty() { String::new() } else { format!("{prefix}:") };
    let declared = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
    let book = format!(
        "<{p}workbook {declared}=\"{main}\" xmlns:r=\"{office}\"><{p}sheets><{p}sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></{p}sheets></{p}workbook>"
    );
    let sheet = format!("<{p}worksheet {declared}=\"{main}\">{sheet}</{p}worksheet>");
    packed(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", &relation("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &relation("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn with_rows(rows: &str) -> Vec<u8> {
    smallest("", TRANSITIONAL, &format!("<sheetData>{rows}</sheetData>"))
}

fn code(bytes: &[u8], filling: &Filling) -> &'static str {
    let problem = fill(bytes, filling).err().map(|problem| {
        assert!(problem.en.len() > 10 && problem.zh.chars().count() > 5);
        problem.code
    });
    problem.unwrap_or("filled")
}

#[test]
fn a_workbook_without_styles_gets_them_where_something_is_unknown() {
    let bytes = smallest("", TRANSITIONAL, "<sheetData/>");
    let filled = filled(&bytes, &puts("S", vec![(3, 1, super::archive::unknown("问", "谁"))]));
    assert!(part(&filled.bytes, "xl/styles.xml").contains("FFFFF1C9"));
    assert!(part(&filled.bytes, "xl/worksheets/sheet1.xml").contains("<c r=\"B3\" s=\"1\"/>"));
    assert!(part(&filled.bytes, "[Content_Types].xml").contains("/xl/styles.xml"));
}

#[test]
fn prefixes_and_strict_namespaces_are_kept() {
    for (prefix, namespaces) in [("x", TRANSITIONAL), ("", STRICT), ("x", STRICT)] {
        let p = if prefix.is_empty() { String::new() } else { format!("{prefix}:") };
        let rows = format!(
            "<{p}sheetData><{p}row r=\"1\"><{p}c r=\"A1\"><{p}f>A2</{p}f></{p}c></{p}row><{p}row r=\"2\"><{p}c r=\"A2\"><{p}v>1</{p}v></{p}c></{p}row><{p}row r=\"3\"><{p}c r=\"A3\"><{p}v>5</{p}v></{p}c></{p}row></{p}sheetData>"
        );
        let bytes = smallest(prefix, namespaces, &rows);
        let rows = vec![vec![(0, text("a"))], vec![(0, text("b"))], vec![(1, text("c"))]];
        let filled = filled(&bytes, &register("S", 2, 1, rows));
        let sheet = part(&filled.bytes, "xl/worksheets/sheet1.xml");
        let wanted = format!(
            "<{p}row r=\"3\"><{p}c r=\"A3\" t=\"inlineStr\"><{p}is><{p}t>b</{p}t></{p}is></{p}c></{p}row>"
        );
        assert!(sheet.contains(&wanted), "{sheet}");
        assert!(
            sheet.contains(&format!("<{p}row r=\"5\"><{p}c r=\"A5\"><{p}v>5</{p}v>")),
            "{sheet}"
        );
        if namespaces == TRANSITIONAL {
            assert_eq!(cells(&filled.bytes, "S")[&(3, 0)].to_string(), "b");
        }
    }
}

#[test]
fn shared_formulas_are_written_out_and_go_on() {
    let row = |number: u32, shared: &str| {
        format!(
            "<row r=\"{number}\"><c r=\"A{number}\"/><c r=\"B{number}\">{shared}<v>0</v></c></row>"
        )
    };
    let rows = [
        row(1, "<f t=\"shared\" ref=\"B1:B2\" si=\"0\">A1&amp;\"&lt;\"</f>"),
        row(2, "<f t=\"shared\" si=\"0\"/>"),
        row(3, "<f>SUM(B1:B2)</f>"),
    ];
    let bytes = with_rows(&rows.concat());
    let rows = (0..4).map(|_| vec![(0, text("x"))]).collect();
    let filled = filled(&bytes, &register("S", 1, 2, rows));
    let formulas = super::archive::formulas(&filled.bytes, "S");
    let all: Vec<&str> = formulas.values().map(|formula| &**formula).collect();
    assert_eq!(all, ["A1&\"<\"", "A2&\"<\"", "A3&\"<\"", "A4&\"<\"", "SUM(B1:B4)"]);
}

#[test]
fn covered_cells_are_refused() {
    let rows = "<row r=\"5\"/><row r=\"6\"/>";
    let sheet = format!(
        "<sheetData>{rows}</sheetData><mergeCells count=\"2\"><mergeCell ref=\"A5:A6\"/><mergeCell ref=\"B6:C6\"/></mergeCells>"
    );
    let bytes = smallest("", TRANSITIONAL, &sheet);
    let at = |row: u32, column: u32| code(&bytes, &puts("S", vec![(row, column, text("x"))]));
    assert_eq!(
        (at(5, 0), at(6, 0), at(6, 1), at(6, 2)),
        ("filled", "covered", "filled", "covered")
    );
    let rows = |column: u32| vec![vec![], vec![], vec![(column, text("x"))]];
    assert_eq!(code(&bytes, &register("S", 5, 2, rows(0))), "covered");
    assert_eq!(code(&bytes, &register("S", 5, 2, rows(1))), "filled");
    assert_eq!(code(&bytes, &register("S", 5, 2, rows(2))), "covered");
}

#[test]
fn fillings_that_cannot_be_are_refused() {
    let bytes = with_rows("<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>");
    let two = || vec![vec![(0, text("x"))], vec![(0, text("y"))]];
    assert_eq!(code(&bytes, &register("S", 1, 1, two())), "no_room");
    assert_eq!(code(&bytes, &register("S", 1_048_576, 1, two())), "no_room");
    assert_eq!(code(&bytes, &register("S", 0, 1, two())), "outside");
    assert_eq!(code(&bytes, &register("S", u32::MAX, u32::MAX, two())), "outside");
    assert_eq!(code(&bytes, &puts("S", vec![(1, 16_384, text("x"))])), "outside");
    assert_eq!(code(&bytes, &puts("T", vec![])), "no_such_sheet");
    let twice = vec![(1, 0, text("x")), (1, 0, Value::Clear)];
    assert_eq!(code(&bytes, &puts("S", twice)), "value_twice");
    assert_eq!(code(&bytes, &puts("S", vec![(1, 0, text("\u{0}"))])), "control_character");
    let mut filling = register("S", 1, 4, two());
    let more = filling.sheets[0].registers[0].clone();
    filling.sheets[0].registers.push(more);
    assert_eq!(code(&bytes, &filling), "registers_overlap");
    let mut filling = puts("S", vec![]);
    filling.sheets.push(filling.sheets[0].clone());
    assert_eq!(code(&bytes, &filling), "sheet_twice");
}

#[test]
fn blank_rows_at_the_end_of_the_sheet_make_room() {
    let bytes = with_rows("<row r=\"1\"/><row r=\"1048576\"><c r=\"A1048576\" s=\"0\"/></row>");
    let two = vec![vec![(0, text("x"))], vec![(0, text("y"))]];
    assert_eq!(code(&bytes, &register("S", 1, 1, two)), "filled");
}

#[test]
fn what_is_no_xlsx_is_refused() {
    let nothing = Filling::default();
    assert_eq!(code(b"PK", &nothing), "not_a_workbook");
    assert_eq!(code(b"a,b\n1,2\n", &nothing), "not_a_workbook");
    let mut compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    assert_eq!(code(&compound, &nothing), "not_a_workbook");
    compound.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(code(&compound, &nothing), "password");
    assert_eq!(code(&packed(&[("mimetype", "application/x")]), &nothing), "not_a_workbook");
    assert_eq!(code(&vec![0; (32 << 20) + 1], &nothing), "too_large");
    let doctype = smallest("", TRANSITIONAL, "<!DOCTYPE a><sheetData/>");
    assert_eq!(code(&doctype, &puts("S", vec![])), "damaged");
    // The directory says that a part has 256 MB.
    let mut bomb = smallest("", TRANSITIONAL, "<sheetData/>");
    let entry = bomb.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    bomb[entry + 24..entry + 28].copy_from_slice(&(256u32 << 20).to_le_bytes());
    assert_eq!(code(&bomb, &puts("S", vec![])), "too_large");
}
