//! Bytes, grids of cells and expressions by chance: the converter says what is wrong, soon and
//! alive, and what it converts is an XML document.
//!
//! Runs for `LINLI_FUZZ_SECONDS` (3, when unset) from `LINLI_FUZZ_SEED` (the clock, when unset);
//! a failure prints the seed that leads to it.

use std::time::{Duration, Instant, SystemTime};

use xlsform::workbook::{Column, Row, Sheet, Workbook};
use xlsform::{Options, convert, convert_workbook, diff, explain, xpath};

/// The longest that one input may take, on a busy machine without optimisation.
const LONGEST: Duration = Duration::from_secs(5);

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

const SHEETS: &[&str] =
    &["survey", "choices", "settings", "external_choices", "osm", "entities", "notes"];

const HEADINGS: &[&str] = &[
    "type",
    "name",
    "label",
    "label::en",
    "label::中文 (zh)",
    "label:fr",
    "hint",
    "hint::en",
    "guidance_hint",
    "relevant",
    "bind::relevant",
    "constraint",
    "constraint_message",
    "constraint_message::en",
    "required",
    "required_message",
    "calculation",
    "default",
    "trigger",
    "choice_filter",
    "parameters",
    "appearance",
    "repeat_count",
    "readonly",
    "media::image",
    "image::en",
    "big-image",
    "audio",
    "bind::odk:x",
    "body::accuracyThreshold",
    "instance::a",
    "save_to",
    "list_name",
    "list name",
    "value",
    "caption",
    "form_id",
    "form_title",
    "version",
    "default_language",
    "style",
    "instance_name",
    "public_key",
    "namespaces",
    "attribute::a",
    "allow_choice_duplicates",
    "omit_instanceID",
    "entity_id",
    "create_if",
    "update_if",
    "flat",
    "disabled",
    "jr:count",
    "jr",
    "a::b::c",
    "::",
    "label::",
    "bind",
    "control",
    "",
    "x y",
];

const CELLS: &[&str] = &[
    "text",
    "integer",
    "begin group",
    "end group",
    "begin_repeat",
    "end_repeat",
    "select_one a",
    "select_multiple a or_other",
    "select_one ${q}",
    "select_one_from_file a.csv",
    "select_one_external a",
    "rank a",
    "range",
    "note",
    "calculate",
    "geopoint",
    "geotrace",
    "image",
    "audit",
    "background-audio",
    "csv-external",
    "begin loop over a",
    "end loop",
    "osm a",
    "start-geopoint",
    "trigger",
    "a",
    "b",
    "q",
    "g",
    "r",
    "meta",
    "data",
    "名",
    "é",
    "A-b.c",
    "1a",
    "yes",
    "true()",
    "${q}",
    "${a} + ${r}",
    "${last-saved#q}",
    "${",
    "${nothing}",
    "${ q }",
    "if(${q} > 1, 'a', \"b\")",
    "count(${r})",
    "instance('a')/root/item[name = ${q}]/label",
    "indexed-repeat(${q}, ${r}, 1)",
    "pulldata('f', 'a', 'b', ${q})",
    "today()",
    "1 div 0",
    "-1",
    "start=1 end=9 step=0.5",
    "start=9 end=1",
    "randomize=true seed=${q}",
    "max-pixels=a",
    "a=b=c",
    "search('a')",
    "table-list",
    "field-list w1",
    "label",
    "%(name)s",
    "100 %",
    "<b>&\"'</b>",
    "\u{1}",
    "\u{202e}",
    "a\nb",
    "list#property",
    "uuid()",
    "&amp;",
    "]]>",
    "x:y=http://x",
    "0 < 1",
];

fn sheet(dice: &mut Dice, kind: &str) -> Sheet {
    let columns: Vec<Column> = (0..1 + dice.below(9))
        .map(|index| Column { heading: (*dice.pick(HEADINGS)).to_owned(), index: index as u32 })
        .collect();
    let rows = (0..dice.below(14)).map(|row| {
        let filled = (0..columns.len()).filter(|_| dice.below(4) > 0).collect::<Vec<_>>();
        let cells = filled.iter().map(|column| (*column as u32, (*dice.pick(CELLS)).to_owned()));
        Row { number: row as u32 + 2, cells: cells.collect() }
    });
    let rows = rows.collect();
    Sheet { kind: kind.to_owned(), name: kind.to_owned(), columns, rows }
}

/// A survey that is more often sound: type, name and label are there.
fn survey(dice: &mut Dice) -> Sheet {
    let mut sheet = sheet(dice, "survey");
    for (heading, index) in [("type", 0), ("name", 1), ("label", 2)] {
        if let Some(column) = sheet.columns.get_mut(index) {
            heading.clone_into(&mut column.heading);
        }
    }
    let mut number = 0;
    for row in &mut sheet.rows {
        for (column, text) in &mut row.cells {
            match column {
                0 if dice.below(3) > 0 => *text = (*dice.pick(&CELLS[..27])).to_owned(),
                1 if dice.below(5) > 0 => {
                    number += 1;
                    *text = format!("n{number}");
                }
                _ => {}
            }
        }
    }
    sheet
}

fn try_for(seconds_by_default: u64, mut one: impl FnMut(&mut Dice)) {
    let told = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let clock =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(1, |it| it.as_nanos());
    let seed: u64 = told("LINLI_FUZZ_SEED").unwrap_or(clock as u64) | 1;
    let until = Duration::from_secs(told("LINLI_FUZZ_SECONDS").unwrap_or(seconds_by_default));
    println!("LINLI_FUZZ_SEED={seed}");
    let begun = Instant::now();
    let mut dice = Dice(seed);
    let mut tried = 0_u64;
    while tried < 64 || begun.elapsed() < until {
        let at = Instant::now();
        one(&mut dice);
        assert!(at.elapsed() < LONGEST, "an input took {:?}; seed {seed}", at.elapsed());
        tried += 1;
    }
    println!("{tried} inputs");
}

/// Whether the text is an XML document; prefixes that nobody declares are the author's business.
fn is_document(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return,
            Ok(
                quick_xml::events::Event::Start(element) | quick_xml::events::Event::Empty(element),
            ) => {
                for attribute in element.attributes() {
                    attribute.unwrap_or_else(|error| panic!("{error}\n{text}"));
                }
            }
            Ok(_) => {}
            Err(error) => panic!("{error}\n{text}"),
        }
    }
}

#[test]
fn fuzz_grids() {
    let mut converted = 0_u64;
    let mut before = None;
    try_for(3, |dice| {
        let mut sheets = vec![survey(dice)];
        for kind in &SHEETS[1..] {
            if dice.below(3) == 0 {
                sheets.push(sheet(dice, kind));
            }
        }
        let names = sheets.iter().map(|sheet| sheet.name.clone()).collect();
        match convert_workbook(&Workbook { names, sheets }, &Options::default()) {
            Ok(done) => {
                converted += 1;
                is_document(&done.xform);
                assert!(!explain(&done.schema).to_string().is_empty());
                if let Some(before) = before.replace(done.schema.clone()) {
                    let changes = diff(&before, &done.schema);
                    assert!(
                        changes.iter().all(|change| !change.en.is_empty() && !change.zh.is_empty())
                    );
                }
            }
            Err(problems) => assert!(!problems.0.is_empty() && !problems.to_string().is_empty()),
        }
    });
    assert!(converted > 0, "no grid was a form");
}

#[test]
fn fuzz_bytes() {
    let good = "| survey |\n| | type | name | label |\n| | text | a | A |\n| | select_one l | b | ${a} |\n| choices |\n| | list_name | name | label |\n| | l | x | X |";
    try_for(3, |dice| {
        let mut bytes = good.as_bytes().to_vec();
        for _ in 0..1 + dice.below(6) {
            let at = dice.below(bytes.len());
            match dice.below(4) {
                0 => bytes[at] = dice.roll() as u8,
                1 => bytes.truncate(at.max(1)),
                2 => {
                    let piece = *dice.pick(CELLS);
                    bytes.splice(at..at, piece.bytes());
                }
                _ => {
                    let to = at + dice.below(bytes.len() - at);
                    let copy = bytes[at..to].to_vec();
                    bytes.extend(copy);
                }
            }
        }
        if let Ok(done) = convert(&bytes, &Options::default()) {
            is_document(&done.xform);
        }
    });
}

#[test]
fn fuzz_expressions() {
    const PIECES: &[&str] = &[
        "(",
        ")",
        "[",
        "]",
        "/",
        "//",
        "..",
        ".",
        "@a",
        "*",
        "+",
        "-",
        " div ",
        " mod ",
        " and ",
        " or ",
        "=",
        "!=",
        "<",
        "<=",
        "|",
        ",",
        "'a'",
        "\"b\"",
        "1",
        "2.5",
        "${q}",
        "${last-saved#q}",
        "if(",
        "selected(",
        "count(",
        "a",
        "a:b",
        "child::",
        "ancestor-or-self::",
        "position()",
        "$x",
        " ",
        "'",
        "，",
        "==",
        "&&",
        "\u{a0}",
    ];
    try_for(3, |dice| {
        let text: String = (0..dice.below(40)).map(|_| *dice.pick(PIECES)).collect();
        if let Ok(expr) = xpath::parse(&text, xpath::References::Allowed) {
            assert!(xpath::check(&expr).iter().all(|error| !error.en().is_empty()));
            assert!(xpath::references(&expr).len() <= text.len());
            let printed = expr.to_string();
            let again = xpath::parse(&printed, xpath::References::Allowed);
            assert_eq!(
                again.as_ref().map(ToString::to_string).as_deref(),
                Ok(printed.as_str()),
                "{text}"
            );
        }
    });
}
