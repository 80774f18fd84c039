//! `.xls`: values, formulas and merges by calamine, which is handed a file of our own making.
//!
//! Its reader reserves memory by what a file claims, and follows whatever chain of sectors it
//! finds. So the stream of the workbook is taken out first, the places of its cells are measured,
//! and it is put into a fresh container.

use std::io::{Cursor, Read as _, Write as _};

use calamine::{Data, Reader as _, SheetVisible, Xls};

use super::{BYTES_MAX, CELLS_MAX, MERGES_MAX, SHEETS_MAX, guarded, words, xlsx};
use crate::grid::{Area, At, Book, Cell, Look, Sheet, Value};
use crate::problem::Problem;

/// Places between the first and the last cell of all sheets: calamine keeps every one of them.
const PLACES: u64 = 4_000_000;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const FILE_PASS: u16 = 0x002f;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, Problem> {
    let stream = guarded(".xls", || stream(bytes))?;
    measure(&stream)?;
    let clean = guarded(".xls", || contained(&stream))?;
    guarded(".xls", || sheets(clean))
}

/// The stream that holds the workbook.
fn stream(bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let broken = |why: &dyn std::fmt::Display| words::broken(".xls", why);
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|it| broken(&it))?;
    if file.is_stream("/EncryptedPackage") {
        return Err(words::locked());
    }
    let name = ["/Workbook", "/Book"].into_iter().find(|it| file.is_stream(it));
    let name = name.ok_or_else(|| broken(&"Workbook"))?;
    let stream = file.open_stream(name).map_err(|it| broken(&it))?;
    let mut workbook = Vec::new();
    let most = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX);
    stream.take(most).read_to_end(&mut workbook).map_err(|it| broken(&it))?;
    Ok(workbook)
}

/// The same stream in a container without anything else.
fn contained(stream: &[u8]) -> Result<Vec<u8>, Problem> {
    let broken = |why: std::io::Error| words::broken(".xls", why);
    // The older of the two layouts: calamine takes the newer one for empty where no small
    // streams are.
    let container = Cursor::new(Vec::new());
    let file = cfb::CompoundFile::create_with_version(cfb::Version::V3, container);
    let mut file = file.map_err(broken)?;
    let mut workbook = file.create_stream("/Workbook").map_err(broken)?;
    // What is shorter would go among small streams, which calamine reads by other claims.
    let padding = 4096_usize.saturating_sub(stream.len());
    workbook.write_all(stream).map_err(broken)?;
    workbook.write_all(&vec![0; padding]).map_err(broken)?;
    workbook.flush().map_err(broken)?;
    drop(workbook);
    Ok(file.into_inner().into_inner())
}

/// A record: its kind, its bytes, and where the next one begins.
fn record(stream: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let head = stream.get(at..at + 4)?;
    let kind = u16::from_le_bytes([head[0], head[1]]);
    let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
    let body = stream.get(at + 4..at + 4 + length)?;
    Some((kind, body, at + 4 + length))
}

fn short(body: &[u8], at: usize) -> u64 {
    body.get(at..at + 2).map_or(0, |it| u64::from(u16::from_le_bytes([it[0], it[1]])))
}

fn long(body: &[u8], at: usize) -> u64 {
    short(body, at) | (short(body, at + 2) << 16)
}

/// Measures every sheet before its cells are read.
fn measure(stream: &[u8]) -> Result<(), Problem> {
    let mut begins = Vec::new();
    let mut at = 0;
    while let Some((kind, body, next)) = record(stream, at) {
        match kind {
            FILE_PASS if short(body, 0) != 0 => return Err(words::locked()),
            BOUND_SHEET => begins.push(usize::try_from(long(body, 0)).unwrap_or(usize::MAX)),
            EOF => break,
            _ => {}
        }
        at = next;
    }
    if begins.len() > SHEETS_MAX {
        return Err(words::too_large("256 sheets", " 256 个工作表"));
    }
    let mut sorted = begins.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() < begins.len() || begins.iter().any(|it| *it >= stream.len()) {
        return Err(words::broken(".xls", "BoundSheet8"));
    }
    let mut places = 0;
    for begin in begins {
        places += extent(stream, begin)?;
        if places > PLACES {
            return Err(words::too_large("4 million places", " 400 万个单元格位置"));
        }
    }
    Ok(())
}

/// The places between the first and the last cell of a sheet, and what it claims to have.
fn extent(stream: &[u8], begin: usize) -> Result<u64, Problem> {
    let (mut rows, mut cols, mut cells) = (0_u64, 0_u64, 0_usize);
    let (mut depth, mut begun, mut at) = (0_usize, false, begin);
    while let Some((kind, body, next)) = record(stream, at) {
        at = next;
        match kind {
            BOF if begun => depth += 1,
            BOF => begun = true,
            EOF if depth == 0 => break,
            EOF => depth -= 1,
            _ if depth > 0 => {}
            DIMENSIONS => {
                let (claimed_rows, claimed_cols) = if body.len() == 14 {
                    (long(body, 4).saturating_sub(long(body, 0)), short(body, 10))
                } else {
                    (short(body, 2).saturating_sub(short(body, 0)), short(body, 6))
                };
                if claimed_rows > 65_536 || claimed_cols > 256 {
                    return Err(words::broken(".xls", "DIMENSIONS"));
                }
                rows = rows.max(claimed_rows);
                cols = cols.max(claimed_cols);
            }
            // Cells of one place, and of several: the last two bytes name the last column.
            0x0203..=0x0207 | 0x027e | 0x00fd | 0x00d6 | 0x0006 | 0x00bd => {
                let last = if kind == 0x00bd { short(body, body.len().max(2) - 2) } else { 0 };
                rows = rows.max(short(body, 0) + 1);
                cols = cols.max(short(body, 2).max(last) + 1);
                cells += 1;
            }
            _ => {}
        }
    }
    if cells > CELLS_MAX {
        return Err(words::too_large("1 million cells", " 100 万个单元格"));
    }
    Ok(rows.saturating_mul(cols))
}

fn sheets(clean: Vec<u8>) -> Result<Book, Problem> {
    let broken = |why: &dyn std::fmt::Display| words::broken(".xls", why);
    let mut book = Xls::new(Cursor::new(clean)).map_err(|it| match it {
        calamine::XlsError::Password => words::locked(),
        it => broken(&it),
    })?;
    let listed: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|it| it.typ == calamine::SheetType::WorkSheet)
        .map(|it| (it.name.clone(), it.visible != SheetVisible::Visible))
        .collect();
    let mut sheets = Vec::new();
    for (name, hidden) in listed {
        let mut sheet = Sheet { name, hidden, ..Sheet::default() };
        let range = book.worksheet_range(&sheet.name).map_err(|it| broken(&it))?;
        let (top, left) = range.start().unwrap_or_default();
        let place = |row: usize, col: usize| {
            let step = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
            At::new(top.saturating_add(step(row)), left.saturating_add(step(col)))
        };
        for (row, col, data) in range.used_cells() {
            let value = value(data);
            if value != Value::Empty {
                let cell = Cell { value, formula: None, look: Look::default() };
                sheet.cells.insert(place(row, col), cell);
            }
        }
        if let Ok(formulas) = book.worksheet_formula(&sheet.name) {
            let (top, left) = formulas.start().unwrap_or_default();
            for (row, col, formula) in formulas.used_cells().filter(|it| !it.2.is_empty()) {
                let step = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
                let at = At::new(top.saturating_add(step(row)), left.saturating_add(step(col)));
                sheet.cells.entry(at).or_default().formula = Some(formula.clone());
            }
        }
        let merges = book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        for it in merges.into_iter().take(MERGES_MAX) {
            sheet.merges.push(Area::new(it.start.0, it.start.1, it.end.0, it.end.1));
        }
        sheets.push(sheet);
    }
    Ok(Book { sheets })
}

fn value(data: &Data) -> Value {
    match data {
        Data::String(it) if !it.is_empty() => Value::Text(it.clone()),
        Data::Int(it) => {
            #[expect(clippy::cast_precision_loss, reason = "a workbook's numbers are no wider")]
            let number = *it as f64;
            Value::Number(number)
        }
        Data::Float(it) => Value::Number(*it),
        Data::Bool(it) => Value::Flag(*it),
        Data::DateTime(it) if it.is_datetime() => xlsx::day(it),
        Data::DateTime(it) => Value::Number(it.as_f64()),
        Data::DateTimeIso(it) | Data::DurationIso(it) => Value::Date(it.clone()),
        Data::Error(it) => Value::Error(it.to_string()),
        _ => Value::Empty,
    }
}
