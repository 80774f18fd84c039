//! The older binary workbook: its globals, then the sheets of the form.

use crate::hash::HashMap;
use std::borrow::Cow;

use super::biff::{self, Record, Records, Texts};
use super::compound::{self, Compound};
use super::number_format::{self, Meaning};
use super::read::Reading;
use super::table::{self, Table};
use super::{Workbook, limits, python, words};
use crate::problem::{At, Problem};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;

/// What all sheets of a workbook share.
struct Globals {
    texts: Texts,
    from_1904: bool,
    strings: String,
    ends: Vec<u32>,
    formats: HashMap<u16, Meaning>,
    /// By style, its format.
    styles: Vec<u16>,
    sheets: Vec<(String, usize)>,
}

/// What stands in a cell.
#[derive(Debug, Clone)]
enum Value {
    Shared(u32),
    Text(String),
    Number(f64, u16),
    Yes(bool),
    Error(u8),
}

/// A cell: its row and column, from 0, and what stands in it.
type Cell = (u16, u16, Value);

/// Reads the sheets of the form.
pub(super) fn read(bytes: &[u8], reading: &mut Reading) -> Result<Workbook, Problem> {
    let stream = stream(bytes)?;
    let globals = globals(&stream)?;
    limits::sheets(globals.sheets.len())?;
    let alone = globals.sheets.len() == 1;
    let mut book = Workbook::default();
    for (name, at) in &globals.sheets {
        book.names.push(name.clone());
        if let Some(kind) = table::kind(name, alone) {
            let cells = cells(&stream, *at, globals.texts, reading)?;
            let cells = cells.ok_or_else(|| damaged(name))?;
            let mut table = Table::new(kind, name);
            fill(cells, &globals, &mut table, reading)?;
            book.sheets.push(table.sheet);
        }
    }
    Ok(book)
}

fn damaged(sheet: &str) -> Problem {
    let at = At { sheet: (!sheet.is_empty()).then(|| sheet.to_owned()), ..At::default() };
    words::damaged(at, "a record cannot be read", "有一条记录无法读取")
}

/// The records of the workbook.
fn stream(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Problem> {
    if !bytes.starts_with(&compound::MAGIC) {
        return Ok(Cow::Borrowed(bytes));
    }
    let file = Compound::open(bytes)?;
    if file.has("EncryptedPackage") {
        return Err(words::password());
    }
    if !file.has("Workbook") && !file.has("Book") {
        let guess =
            file.has("WordDocument").then_some(("This is a Word document.", "这是 Word 文档。"));
        return Err(words::not_a_workbook(guess));
    }
    let stream = file.stream("Workbook").or_else(|| file.stream("Book"));
    stream.map(Cow::Owned).ok_or_else(|| damaged(""))
}

/// Reads what all sheets share.
fn globals(stream: &[u8]) -> Result<Globals, Problem> {
    let mut records = Records::new(stream, 0);
    let texts = match records.next().filter(|record| record.kind == BOF) {
        Some(record) => match biff::short(record.bytes, 0) {
            Some(0x0600) => Texts::Wide,
            Some(0x0500) => Texts::Narrow(encoding_rs::WINDOWS_1252),
            _ => return Err(too_old()),
        },
        None => return Err(too_old()),
    };
    let mut globals = Globals {
        texts,
        from_1904: false,
        strings: String::new(),
        ends: Vec::new(),
        formats: HashMap::default(),
        styles: Vec::new(),
        sheets: Vec::new(),
    };
    while let Some(record) = records.next().filter(|record| record.kind != EOF) {
        // Nothing in a protected workbook can be read but that it is protected.
        if record.kind == 0x002f {
            return Err(words::password());
        }
        if record.kind == 0x0042
            && let Texts::Narrow(narrow) = &mut globals.texts
        {
            let page = biff::short(record.bytes, 0).ok_or_else(|| damaged(""))?;
            *narrow = biff::encoding(page).ok_or_else(too_old)?;
            continue;
        }
        globals.take(record, &mut records).ok_or_else(|| damaged(""))?;
    }
    Ok(globals)
}

/// A workbook of a time before sheets were named, or in letters of that time.
fn too_old() -> Problem {
    words::not_a_workbook(Some((
        "This workbook is in the format of an early Excel.",
        "此工作簿采用早期 Excel 的格式。",
    )))
}

impl Globals {
    /// Takes a record; `None` if it is cut short.
    fn take<'a>(&mut self, record: Record<'a>, records: &mut Records<'a>) -> Option<()> {
        let bytes = record.bytes;
        match record.kind {
            0x0022 => self.from_1904 = biff::short(bytes, 0)? == 1,
            0x041e => {
                let width = if matches!(self.texts, Texts::Wide) { 2 } else { 1 };
                let code = self.texts.read(bytes, 2, width)?;
                self.formats.insert(biff::short(bytes, 0)?, number_format::xls_meaning(&code));
            }
            0x00e0 => self.styles.push(biff::short(bytes, 2)?),
            // A sheet that is neither a chart nor a macro.
            0x0085 if *bytes.get(5)? == 0 => {
                let name = self.texts.read(bytes, 6, 1)?;
                self.sheets.push((name, biff::word(bytes, 0)? as usize));
            }
            0x00fc => {
                let more = records.continued();
                (self.strings, self.ends) = biff::shared(bytes, &more, limits::SHARED)?;
            }
            _ => {}
        }
        Some(())
    }

    /// A shared text.
    fn string(&self, index: u32) -> Option<&str> {
        let index = index as usize;
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        Some(&self.strings[start..end])
    }

    /// What the numbers of a style mean.
    fn meaning(&self, style: u16) -> Meaning {
        let Some(format) = self.styles.get(usize::from(style)) else { return Meaning::Number };
        let known = self.formats.get(format).copied();
        known.unwrap_or_else(|| number_format::xls_built_in(*format))
    }

    /// The text of a cell as it is written; `None` if its shared text is missing.
    fn text<'a>(&'a self, value: &'a Value) -> Result<Cow<'a, str>, Fault> {
        let text = match value {
            Value::Shared(index) => {
                return self.string(*index).map(Cow::Borrowed).ok_or(Fault::Damaged);
            }
            Value::Text(text) => return Ok(Cow::Borrowed(text)),
            Value::Yes(yes) => return Ok(Cow::Borrowed(if *yes { "TRUE" } else { "FALSE" })),
            // pyxform gives the number of the error.
            Value::Error(code) => code.to_string(),
            Value::Number(value, style) => match self.meaning(*style) {
                Meaning::Moment | Meaning::Span => {
                    python::xls_moment(*value, self.from_1904).map_err(|_| Fault::Date(*value))?
                }
                Meaning::Number => python::number(*value).ok_or(Fault::Number(*value))?,
            },
        };
        Ok(Cow::Owned(text))
    }
}

/// Why a cell has no text.
enum Fault {
    Damaged,
    Date(f64),
    Number(f64),
}

/// The cells of a sheet in the order of its records; `None` if it breaks off.
fn cells(
    stream: &[u8],
    at: usize,
    texts: Texts,
    reading: &mut Reading,
) -> Result<Option<Vec<Cell>>, Problem> {
    let mut records = Records::new(stream, at);
    let mut cells = Vec::new();
    // Charts within a sheet are streams of their own, with cells of their own.
    let mut depth = 0_u32;
    let mut taken = 0;
    loop {
        let Some(record) = records.next() else { return Ok(None) };
        match record.kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            _ if depth != 1 => {}
            _ => match cell(record, &mut records, texts, &mut cells) {
                Some(()) => {}
                None => return Ok(None),
            },
        }
        reading.budget.rows((cells.len() - taken) as u32)?;
        taken = cells.len();
    }
    Ok(Some(cells))
}

/// Takes the cells of a record; `None` if it is cut short.
fn cell<'a>(
    record: Record<'a>,
    records: &mut Records<'a>,
    texts: Texts,
    cells: &mut Vec<Cell>,
) -> Option<()> {
    let bytes = record.bytes;
    let value = match record.kind {
        0x0203 => Value::Number(biff::double(bytes, 6)?, biff::short(bytes, 4)?),
        0x027e => Value::Number(biff::packed_number(bytes, 6)?, biff::short(bytes, 4)?),
        0x00bd => return packed_cells(bytes, cells),
        0x00fd => Value::Shared(biff::word(bytes, 6)?),
        0x0204 | 0x00d6 => Value::Text(texts.read(bytes, 6, 2)?),
        0x0205 => yes_or_error(*bytes.get(7)? == 0, *bytes.get(6)?),
        0x0006 | 0x0206 | 0x0406 => formula(bytes, records, texts)?,
        _ => return Some(()),
    };
    cells.push((biff::short(bytes, 0)?, biff::short(bytes, 2)?, value));
    Some(())
}

fn yes_or_error(is_yes: bool, value: u8) -> Value {
    if is_yes { Value::Yes(value != 0) } else { Value::Error(value) }
}

/// Takes the numbers of one row that stand in one record.
fn packed_cells(bytes: &[u8], cells: &mut Vec<Cell>) -> Option<()> {
    let (row, first) = (biff::short(bytes, 0)?, biff::short(bytes, 2)?);
    let last = biff::short(bytes, bytes.len().checked_sub(2)?)?;
    for (column, at) in (first..=last).zip((4..).step_by(6)) {
        let value = Value::Number(biff::packed_number(bytes, at + 2)?, biff::short(bytes, at)?);
        cells.push((row, column, value));
    }
    Some(())
}

/// What a formula gave when the workbook was saved.
fn formula<'a>(bytes: &'a [u8], records: &mut Records<'a>, texts: Texts) -> Option<Value> {
    let result = bytes.get(6..14)?;
    if result[6..] != [0xff, 0xff] {
        return Some(Value::Number(biff::double(result, 0)?, biff::short(bytes, 4)?));
    }
    match result[0] {
        // The text stands in a record of its own, perhaps after one that the formula shares.
        0 => {
            let text = records.by_ref().take(2).find(|record| record.kind == 0x0207)?;
            texts.formula(text.bytes, &records.continued()).map(Value::Text)
        }
        1 => Some(yes_or_error(true, result[2])),
        2 => Some(yes_or_error(false, result[2])),
        3 => Some(Value::Text(String::new())),
        _ => None,
    }
}

/// Fills a table with the cells.
fn fill(
    mut cells: Vec<Cell>,
    globals: &Globals,
    table: &mut Table,
    reading: &mut Reading,
) -> Result<(), Problem> {
    // Of two cells in one place the last counts.
    if !cells.is_sorted_by(|one, other| (one.0, one.1) < (other.0, other.1)) {
        cells.reverse();
        cells.sort_by_key(|cell| (cell.0, cell.1));
        cells.dedup_by_key(|cell| (cell.0, cell.1));
    }
    for row in cells.chunk_by(|one, other| one.0 == other.0) {
        let number = row[0].0;
        let mut texts = Vec::new();
        for (_, column, value) in row {
            let column = u32::from(*column);
            let position = if number == 0 { Some(column) } else { table.position(column) };
            let Some(position) = position else { continue };
            let text = match globals.text(value) {
                Ok(text) if number == 0 => text.into_owned(),
                Ok(text) => python::cell_text(&text),
                Err(fault) => {
                    refuse(fault, table, u32::from(number) + 1, column, reading)?;
                    continue;
                }
            };
            if !text.is_empty() {
                reading.budget.cell(text.len())?;
                texts.push((position, text));
            }
        }
        if number == 0 {
            table.head(texts, reading);
        } else if !table.row(u32::from(number) - 1, texts, &mut reading.budget)? {
            break;
        }
    }
    Ok(())
}

/// Notes that a cell has no value of its type.
fn refuse(
    fault: Fault,
    table: &Table,
    row: u32,
    column: u32,
    reading: &mut Reading,
) -> Result<(), Problem> {
    let sheet = &table.sheet;
    let heading = table.position(column).map(|at| sheet.columns[at as usize].heading.clone());
    let at = At::sheet(&sheet.name).row(row);
    let at = at.column(heading.unwrap_or_else(|| words::letters(column)));
    reading.note(match fault {
        Fault::Damaged => return Err(damaged(&sheet.name)),
        Fault::Date(value) => words::bad_date(at, &python::float(value)),
        Fault::Number(value) => words::bad_number(at, &python::float(value)),
    });
    Ok(())
}
