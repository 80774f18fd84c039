//! Bytes and grids by chance: what is read is understood or refused in words, soon and alive.
//!
//! Runs for `LINLI_FUZZ_SECONDS` (3, when unset) from `LINLI_FUZZ_SEED` (the clock, when unset);
//! a failure prints the seed that leads to it.

use std::io::Write as _;
use std::time::{Duration, Instant, SystemTime};

use rust_xlsxwriter::{DataValidation, Format as Look, Workbook};
use tablefill::{Area, At, Book, Cell, Format, Options, Sheet, Value, understand, understand_book};

/// The longest that one input may take, on a busy machine without optimisation.
const LONGEST: Duration = Duration::from_secs(10);

/// A small stream of numbers, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.roll() % most.max(1) as u64).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

const WORDS: &[&str] = &[
    "",
    "",
    "序号",
    "姓名",
    "性别",
    "身份证号",
    "家庭成员情况",
    "与户主关系",
    "合计",
    "小计",
    "1",
    "2",
    "3",
    "12.5",
    "98%",
    "2020-02-01",
    "年  月  日",
    "单位：人",
    "填报单位：",
    "填表说明：1. 逐项填写",
    "注：",
    "示例",
    "男",
    "女",
    "√",
    "□是 □否",
    "—",
    "A-12",
    "主表序号",
    "项目",
    "期末余额",
    "备注",
    "É",
    "\u{0}",
    "a\nb",
    "很长的一句话，说的是这张表应当怎样填写，什么时候报送，由谁签字，以及其他需要注意的事情。",
];

fn seconds() -> Duration {
    let seconds = std::env::var("LINLI_FUZZ_SECONDS").ok().and_then(|it| it.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

fn run(one: impl Fn(&mut Dice)) {
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos();
    let seed = std::env::var("LINLI_FUZZ_SEED").ok().and_then(|it| it.parse().ok());
    let mut seed = seed.unwrap_or(u64::try_from(clock & 0xffff_ffff).unwrap() | 1);
    let until = Instant::now() + seconds();
    while Instant::now() < until {
        eprintln!("LINLI_FUZZ_SEED={seed}");
        let begun = Instant::now();
        one(&mut Dice(seed));
        assert!(begun.elapsed() < LONGEST, "{:?} is too long", begun.elapsed());
        seed = seed.wrapping_add(2);
    }
}

fn grid(dice: &mut Dice) -> Sheet {
    let mut sheet = Sheet { name: "s".to_owned(), ..Sheet::default() };
    let (rows, cols) = (1 + dice.below(24), 1 + dice.below(14));
    for row in 0..rows {
        for col in 0..cols {
            let mut cell = Cell::text(*dice.pick(WORDS));
            if dice.below(12) == 0 {
                cell.formula = Some("SUM(A1:A2)".to_owned());
                cell.value = Value::Number(3.5);
            }
            cell.look.bordered = dice.below(3) == 0;
            let spread = if dice.below(40) == 0 { 9000 } else { 1 };
            let at = At::new(u32::try_from(row * spread).unwrap(), u32::try_from(col).unwrap());
            sheet.cells.insert(at, cell);
        }
    }
    for _ in 0..dice.below(8) {
        let mut side = |most: usize| u32::try_from(dice.below(most)).unwrap();
        let (top, left) = (side(rows + 4), side(cols + 4));
        sheet.merges.push(Area::new(top, left, top + side(5), left + side(5)));
    }
    if dice.below(50) == 0 {
        sheet.merges.push(Area::new(0, 0, u32::MAX - 1, u32::MAX - 1));
    }
    sheet.hidden_cols.push((0, u32::try_from(dice.below(9)).unwrap()));
    sheet
}

#[test]
fn fuzz_grids() {
    run(|dice| {
        let sheets = (0..1 + dice.below(3)).map(|_| grid(dice)).collect();
        let understood = understand_book(&Book { sheets });
        let _ = understood.to_string();
        for table in understood.sheets.iter().flat_map(|it| &it.tables) {
            for header in &table.headers {
                assert!(!header.path.is_empty());
            }
        }
    });
}

fn written(dice: &mut Dice) -> Vec<u8> {
    let mut book = Workbook::new();
    for _ in 0..1 + dice.below(2) {
        let sheet = book.add_worksheet();
        for row in 0..1 + dice.below(12) {
            for col in 0..1 + dice.below(8) {
                let (row, col) = (u32::try_from(row).unwrap(), u16::try_from(col).unwrap());
                let words = dice.pick(WORDS).replace('\u{0}', "");
                let look = Look::new().set_bold();
                let _ = match dice.below(4) {
                    0 => sheet.write_number(row, col, 7.5),
                    1 => sheet.write_formula(row, col, "=A1+1"),
                    2 => sheet.write_with_format(row, col, words, &look),
                    _ => sheet.write(row, col, words),
                };
            }
        }
        let list = DataValidation::new().allow_list_strings(&["男", "女"]).unwrap();
        let _ = sheet.add_data_validation(1, 1, 9, 1, &list);
        let _ = sheet.set_column_hidden(2);
    }
    book.save_to_buffer().unwrap()
}

fn document(dice: &mut Dice) -> Vec<u8> {
    let mut xml =
        String::from("<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>表</w:t></w:r></w:p>");
    const PIECES: &[&str] = &[
        "<w:tbl>",
        "</w:tbl>",
        "<w:tr>",
        "</w:tr>",
        "<w:tc>",
        "</w:tc>",
        "<w:gridSpan w:val=\"3\"/>",
        "<w:gridSpan w:val=\"99999999\"/>",
        "<w:vMerge/>",
        "<w:vMerge w:val=\"restart\"/>",
        "<w:p><w:r><w:t>姓名</w:t></w:r></w:p>",
        "<w:p><w:r><w:b/><w:t>1&amp;</w:t></w:r></w:p>",
        "<w:gridBefore w:val=\"2\"/>",
    ];
    for _ in 0..dice.below(200) {
        let piece = dice.pick::<&str>(PIECES);
        xml.push_str(piece);
    }
    xml.push_str("</w:body></w:document>");
    zipped(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &xml)])
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Changes bytes, cuts the end off, or doubles a part.
fn harm(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..dice.below(12) {
        let at = dice.below(bytes.len());
        match dice.below(6) {
            0 => bytes.truncate(at.max(1)),
            1 => {
                let many = dice.below(64).min(bytes.len() - at);
                let part = bytes[at..at + many].to_vec();
                bytes.splice(at..at, part);
            }
            _ => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
        }
    }
}

/// A workbook whose sheet says whatever chance says.
fn claims(dice: &mut Dice) -> Vec<u8> {
    const PLACES: &[&str] =
        &["A1", "B2", "XFD1048576", "A0", "ZZZZ9", "A4294967296", "", "1", "C3"];
    let mut sheet = String::from("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>");
    for row in 0..dice.below(12) {
        sheet.push_str(&format!("<row r=\"{}\" hidden=\"1\">", row * dice.below(99_999)));
        for _ in 0..dice.below(6) {
            let place = dice.pick(PLACES);
            let kind = dice.pick(&["s", "str", "inlineStr", "b", "e", "d", "n", ""]);
            let words = dice.pick(WORDS).replace('\u{0}', "");
            sheet.push_str(&format!(
                "<c r=\"{place}\" t=\"{kind}\" s=\"{}\"><f t=\"shared\" si=\"{}\" ref=\"A1:B9\">A1</f>\
                 <v>{words}</v></c>",
                dice.below(9),
                dice.roll()
            ));
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData><mergeCells>");
    for _ in 0..dice.below(9) {
        let (first, last) = (dice.pick(PLACES), dice.pick(PLACES));
        sheet.push_str(&format!("<mergeCell ref=\"{first}:{last}\"/>"));
    }
    sheet.push_str("</mergeCells></worksheet>");
    let shared = format!("<sst uniqueCount=\"{}\"><si><t>a</t></si></sst>", dice.roll());
    let shared = if dice.below(2) == 0 { shared } else { shared.replace("uniqueCount", "count") };
    zipped(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/sharedStrings.xml", &shared),
    ])
}

/// A binary workbook of records by chance, some of which lie about where their cells are.
fn records(dice: &mut Dice) -> Vec<u8> {
    let mut stream: Vec<u8> = Vec::new();
    let mut add = |kind: u16, body: &[u8]| {
        stream.extend(kind.to_le_bytes());
        stream.extend(u16::try_from(body.len()).unwrap().to_le_bytes());
        stream.extend(body);
    };
    add(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]);
    let begin = 12 + 14 + 4;
    let mut sheet = u32::to_le_bytes(begin).to_vec();
    sheet.extend([0, 0, 2, 0, b's', b'1']);
    add(0x0085, &sheet);
    add(0x000a, &[]);
    add(0x0809, &[0, 6, 16, 0, 0, 0, 0, 0]);
    let mut body = vec![0_u8; 14];
    body[4..8].copy_from_slice(&u32::try_from(dice.roll() & 0xffff_ffff).unwrap().to_le_bytes());
    body[10] = 4;
    if dice.below(2) == 0 {
        add(0x0200, &body);
    }
    for _ in 0..dice.below(20) {
        let kind =
            *dice.pick(&[0x0203, 0x0204, 0x0205, 0x027e, 0x00bd, 0x0006, 0x00fd, 0x00e5, 0x0207]);
        let far = dice.below(4) == 0;
        let body: Vec<u8> = (0..dice.below(40))
            .map(|it| {
                if it < 4 && !far {
                    u8::from(it % 2 == 0)
                } else {
                    u8::try_from(dice.below(256)).unwrap()
                }
            })
            .collect();
        add(kind, &body);
    }
    add(0x000a, &[]);
    stream.resize(stream.len().max(4096), 0);
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    file.into_inner().into_inner()
}

#[test]
fn fuzz_bytes() {
    std::panic::set_hook(Box::new(|it| {
        // A library's slip is caught and becomes a refusal; it need not fill the screen.
        if !it.to_string().contains("calamine") && !it.to_string().contains("cfb") {
            eprintln!("{it}");
        }
    }));
    run(|dice| {
        let mut bytes = match dice.below(5) {
            0 => written(dice),
            1 => document(dice),
            2 => claims(dice),
            3 => records(dice),
            _ => (0..dice.below(400)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect(),
        };
        if dice.below(2) == 0 && !bytes.is_empty() {
            harm(dice, &mut bytes);
        }
        let formats =
            [None, Some(Format::Xlsx), Some(Format::Xls), Some(Format::Csv), Some(Format::Docx)];
        let format = if dice.below(2) == 0 { None } else { *dice.pick(&formats) };
        match understand(&bytes, &Options { format }) {
            Ok(it) => drop(it.to_string()),
            Err(it) => assert!(!it.0.is_empty() && !it.0[0].zh.is_empty()),
        }
    });
}
