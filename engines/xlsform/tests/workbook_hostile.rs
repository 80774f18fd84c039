//! Whatever bytes come, reading them ends soon and without a panic; what a format can hold comes
//! back as it was written.

use std::io::Write;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rust_xlsxwriter::Workbook as Writer;
use xlsform::workbook::{Format, Workbook, read};

const FORMATS: [Option<Format>; 5] =
    [None, Some(Format::Xlsx), Some(Format::Xls), Some(Format::Csv), Some(Format::Markdown)];

/// A cell with a heading.
const HEADING: &str = "<c r=\"A1\" t=\"str\"><v>type</v></c>";
/// Pieces of the XML of a workbook, whole and broken.
const PIECES: [&str; 30] = [
    "<row>",
    "</row>",
    "<row r=\"2\">",
    "<row r=\"4294967295\">",
    "<row r=\"0\">",
    "<row r=\"-1\">",
    "<c>",
    "<c r=\"A2\">",
    "<c r=\"ZZZ9\" t=\"str\">",
    "<c r=\"A0\" t=\"s\" s=\"99\">",
    "<c t=\"inlineStr\">",
    "<c t=\"b\">",
    "<c t=\"d\">",
    "</c>",
    "<v>1</v>",
    "<v>-0.5e300</v>",
    "<v>2024-01-02T03:04:05.678</v>",
    "<v/>",
    "<v>",
    "</v>",
    "<is><t>x</t></is>",
    "<si>",
    "</si>",
    "<r><t>y</t></r>",
    "<t>&#0;&lt;&nope;</t>",
    "<![CDATA[z]]>",
    "<!-- -->",
    "\u{a0}é",
    "</sheetData>",
    "<",
];

/// A small .xlsx.
fn xlsx() -> Vec<u8> {
    let mut writer = Writer::new();
    for name in ["survey", "choices"] {
        let sheet = writer.add_worksheet().set_name(name).unwrap();
        for row in 0..6 {
            for column in 0..4 {
                sheet.write_string(row, column, format!("{name} {row} {column}")).unwrap();
            }
            sheet.write_number(row, 4, f64::from(row) + 0.5).unwrap();
        }
    }
    writer.save_to_buffer().unwrap()
}

/// A small .xls: a text, a number and the records of a workbook around them.
fn xls() -> Vec<u8> {
    let record = |kind: u16, body: &[u8]| {
        let length = (body.len() as u16).to_le_bytes();
        [&kind.to_le_bytes()[..], &length[..], body].concat()
    };
    let begin = |what: u8| record(0x0809, &[0, 6, what, 0, 1, 0, 0xcd, 7]);
    let shared = record(0x00fc, &[&[1, 0, 0, 0, 1, 0, 0, 0][..], &[3, 0, 0], b"abc"].concat());
    let style = record(0x00e0, &[0; 20]);
    let mut bytes = [begin(5), shared, style].concat();
    let place = (bytes.len() as u32 + 22).to_le_bytes();
    bytes.extend(record(0x0085, &[&place[..], &[0, 0, 6, 0], b"survey"].concat()));
    bytes.extend(record(0x000a, &[]));
    bytes.extend(begin(0x10));
    bytes.extend(record(0x00fd, &[0; 10]));
    bytes.extend(record(0x0203, &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0x40]));
    bytes.extend(record(0x0006, &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0]));
    bytes.extend(record(0x0207, &[1, 0, 0, b'x']));
    bytes.extend(record(0x000a, &[]));
    bytes
}

/// An .xlsx whose survey and shared texts are made of pieces of XML.
fn pieces(sheet: &str, strings: &str) -> Vec<u8> {
    archive(sheet, strings, false)
}

/// The same, its parts packed or as they are.
fn archive(sheet: &str, strings: &str, packs: bool) -> Vec<u8> {
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let types = format!(
        "<Types><Override PartName=\"/book.xml\" ContentType=\"{types}.sheet.main+xml\"/>\
         <Override PartName=\"/strings.xml\" ContentType=\"{types}.sharedStrings+xml\"/></Types>"
    );
    let parts = [
        ("[Content_Types].xml", &*types),
        ("book.xml", "<workbook><sheet name=\"survey\" r:id=\"1\"/></workbook>"),
        ("_rels/book.xml.rels", "<R><Relationship Id=\"1\" Target=\"sheet.xml\"/></R>"),
        ("sheet.xml", sheet),
        ("strings.xml", strings),
    ];
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, part) in parts {
        let mut checksum = flate2::Crc::new();
        checksum.update(part.as_bytes());
        let packed = if packs { deflated(part) } else { part.as_bytes().to_vec() };
        let method = [0, 0, if packs { 8 } else { 0 }, 0];
        let sizes = [packed.len(), part.len()].map(|size| (size as u32).to_le_bytes());
        let head = [method, [0; 4], checksum.sum().to_le_bytes(), sizes[0], sizes[1]].concat();
        let name_size = [name.len() as u8, 0, 0, 0];
        let place = (bytes.len() as u32).to_le_bytes();
        directory
            .extend([&b"PK\x01\x02\0\0\0\0"[..], &head, &name_size, &[0; 10], &place].concat());
        directory.extend(name.as_bytes());
        let head = [&b"PK\x03\x04\0\0"[..], &head, &name_size, name.as_bytes(), &packed];
        bytes.extend(head.concat());
    }
    let (start, size) = ((bytes.len() as u32).to_le_bytes(), directory.len() as u32);
    let end = [&b"PK\x05\x06\0\0\0\0\x05\0\x05\0"[..], &size.to_le_bytes(), &start, &[0; 2]];
    [bytes, directory, end.concat()].concat()
}

/// A part as archives pack it.
fn deflated(part: &str) -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(part.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// Reads as every format; each is to end soon.
fn reads(bytes: &[u8]) {
    for format in FORMATS {
        let begun = Instant::now();
        drop(read(bytes, format));
        let taken = begun.elapsed();
        assert!(taken < Duration::from_secs(5), "{format:?} took {taken:?}");
    }
}

/// The texts of the first sheet, row by row, with empty cells.
fn grid(book: &Workbook, columns: usize) -> Vec<Vec<String>> {
    let rows = book.sheets[0].rows.iter().map(|row| {
        let mut texts = vec![String::new(); columns];
        for (at, text) in &row.cells {
            texts[*at as usize].clone_from(text);
        }
        texts
    });
    rows.collect()
}

/// Cells that are neither empty nor trimmed, beside headings that are not either.
fn grids() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = prop_oneof![
        3 => "[!-~À-ÿ一-龥😀][ -~À-ÿ一-龥😀\n]{0,12}[!-~]",
        1 => Just(String::new()),
    ];
    let row = prop::collection::vec(cell, 3);
    prop::collection::vec(row, 1..8).prop_map(|mut rows| {
        for (row, number) in rows.iter_mut().zip(1..) {
            row[0] = format!("row {number}");
        }
        rows
    })
}

/// Lines of a table: the name of the sheet, the headings, the rows.
fn lines(rows: &[Vec<String>], cell: impl Fn(&str) -> String) -> Vec<Vec<String>> {
    let mut lines = vec![["survey", "", "", ""].map(str::to_owned).to_vec()];
    lines.push(["", "type", "name", "label"].map(str::to_owned).to_vec());
    for row in rows {
        let cells = row.iter().map(|text| cell(text));
        lines.push(std::iter::once(String::new()).chain(cells).collect());
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_read_or_refused(
        head in prop::sample::select(vec![
            &b""[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x08\x08\x00\x00\x06",
            b"survey,,,,\n", b"| survey |\n|||||",
        ]),
        tail in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        reads(&[head, &tail].concat());
    }

    #[test]
    fn random_text_is_read_or_refused(text in "[a#|\\\\\",\r\n \\-\u{a0}]{0,200}") {
        reads(text.as_bytes());
    }

    #[test]
    fn a_spoilt_xlsx_is_read_or_refused(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        reads(&spoil(xlsx(), &flips, cut.then_some(end)));
    }

    #[test]
    fn an_xlsx_of_odd_parts_is_read_or_refused(
        sheet in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40),
        strings in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..10),
        whole in any::<bool>(),
    ) {
        let (mut sheet, mut strings) = (sheet.concat(), strings.concat());
        if whole {
            sheet = format!("<worksheet><sheetData><row r=\"1\">{HEADING}</row>{sheet}</sheetData>");
            strings = format!("<sst><si><t>a</t></si>{strings}</sst>");
        }
        reads(&pieces(&sheet, &strings));
    }

    #[test]
    fn a_spoilt_xls_is_read_or_refused(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        reads(&spoil(xls(), &flips, cut.then_some(end)));
    }

    #[test]
    fn a_csv_gives_back_its_cells(rows in grids()) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let lines = lines(&rows, quoted);
        let text = lines.iter().map(|line| line.join(",")).collect::<Vec<_>>().join("\n");
        let book = read(text.as_bytes(), Some(Format::Csv)).unwrap();
        prop_assert_eq!(grid(&book, 3), rows);
    }

    #[test]
    fn a_table_of_markdown_gives_back_its_cells(rows in grids()) {
        let plain = |text: &String| text.replace(['\n', '\\'], " ").trim().to_owned();
        let rows: Vec<Vec<_>> = rows.iter().map(|row| row.iter().map(plain).collect()).collect();
        let lines = lines(&rows, |text| text.replace('|', "\\|"));
        let text = lines.iter().map(|line| format!("| {} |\n", line.join(" | ")));
        let book = read(text.collect::<String>().as_bytes(), Some(Format::Markdown)).unwrap();
        prop_assert_eq!(grid(&book, 3), rows);
    }

    #[test]
    fn an_xlsx_gives_back_its_cells(rows in grids()) {
        let mut writer = Writer::new();
        let sheet = writer.add_worksheet();
        for (line, row) in lines(&rows, str::to_owned)[1..].iter().zip(0..) {
            for (text, column) in line[1..].iter().zip(0..) {
                sheet.write_string(row, column, text).unwrap();
            }
        }
        let book = read(&writer.save_to_buffer().unwrap(), Some(Format::Xlsx)).unwrap();
        prop_assert_eq!(grid(&book, 3), rows);
    }
}

/// What may stand between two rows, or between two cells, of a sheet that is read in pieces.
const BETWEEN: [&str; 9] = [
    "",
    "<row/>",
    "<row><c/></row>",
    "<!-- </row> -->",
    "<row r=\"9000\"><c r=\"A9000\" t=\"str\"><v>late</v></c></row>",
    "<row><c t=\"str\"><v><![CDATA[</row>]]></v></c></row>",
    "<?here </row>?>",
    "</sheetData>",
    "</row>",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A sheet that is inflated as far as it counts says what it says as a whole.
    #[test]
    fn pieces_of_a_sheet_say_what_the_whole_says(
        runs in prop::collection::vec((0..700_usize, prop::sample::select(&BETWEEN[..])), 1..6),
    ) {
        let row = "<row><c t=\"str\"><v>text</v></c><c t=\"str\"><v>名 &amp; x</v></c></row>";
        let rows: String = runs.iter().map(|(count, between)| row.repeat(*count) + between).collect();
        let sheet = format!("<worksheet><sheetData><row>{HEADING}</row>{rows}</sheetData></worksheet>");
        let whole = read(&archive(&sheet, "<sst/>", false), None);
        prop_assert_eq!(read(&archive(&sheet, "<sst/>", true), None), whole);
    }
}

#[test]
fn a_sheet_is_proved_as_far_as_it_counts() {
    let rows = "<row><c t=\"str\"><v>text</v></c></row>".repeat(2);
    let empty: String =
        (0..9000).map(|row| format!("<row r=\"{}\"><c s=\"{row}\"/></row>", row + 90)).collect();
    let whole = |rows: &str| {
        let sheet =
            format!("<worksheet><sheetData><row>{HEADING}</row>{rows}</sheetData></worksheet>");
        archive(&sheet, "<sst/>", true)
    };
    // The last bytes of the sheet's part stand before the next part.
    let spoilt = |mut bytes: Vec<u8>| {
        let name = bytes.windows(11).position(|part| part == b"strings.xml");
        let end = name.expect("the name of the next part");
        bytes[end - 40] ^= 0x55;
        bytes
    };
    assert_eq!(
        read(&spoilt(whole(&(rows.clone() + &empty))), None).unwrap().sheets[0].rows.len(),
        2
    );
    assert!(read(&spoilt(whole(&rows.repeat(9000))), None).is_err());
}

#[test]
fn what_is_spoilt_here_is_whole_at_first() {
    let sheet = format!("<worksheet><sheetData><row>{HEADING}</row></sheetData></worksheet>");
    for bytes in [xlsx(), xls(), pieces(&sheet, "<sst/>")] {
        let book = read(&bytes, None).unwrap_or_else(|problems| panic!("{problems}"));
        assert!(!book.sheet("survey").unwrap().columns.is_empty());
    }
}

/// Flips bits, and cuts the end off.
fn spoil(
    mut bytes: Vec<u8>,
    flips: &[(prop::sample::Index, u8)],
    end: Option<prop::sample::Index>,
) -> Vec<u8> {
    for (at, flip) in flips {
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
    }
    if let Some(end) = end {
        bytes.truncate(end.index(bytes.len()));
    }
    bytes
}
