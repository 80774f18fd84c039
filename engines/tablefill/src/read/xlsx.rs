//! `.xlsx` and `.xlsm`: values, formulas, looks and merges by calamine, the rest from the parts.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, SheetVisible, Style, Xlsx, XlsxFormulaMetadata};

use super::lists::{self, Names};
use super::margin::{self, Margin};
use super::parts::Parts;
use super::{CELLS_MAX, MERGES_MAX, SHEETS_MAX, guarded, words};
use crate::grid::{Area, At, Book, Cell, Look, Sheet, Value};
use crate::problem::Problem;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, Problem> {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(words::locked());
    }
    let mut parts = Parts::open(bytes)?;
    if !parts.has("[Content_Types].xml") && parts.ending_in("workbook.xml").is_empty() {
        return Err(words::broken(".xlsx", "no workbook"));
    }
    check_shared(&mut parts)?;
    let margins = margin::read(&mut parts);
    let (mut sheets, names) = guarded(".xlsx", || cells(bytes))?;
    for sheet in &mut sheets {
        if let Some(it) = margins.iter().find(|it| it.name == sheet.name) {
            add(sheet, it);
        }
    }
    let mut book = Book { sheets };
    lists::resolve(&mut book, &names);
    Ok(book)
}

/// Texts that cells share are reserved by their claimed number: it must fit the part that has them.
fn check_shared(parts: &mut Parts<'_>) -> Result<(), Problem> {
    for name in parts.ending_in("sharedstrings.xml") {
        let text = parts.text(&name).unwrap_or_default();
        let claims = text.split("niqueCount").skip(1).filter_map(|it| {
            let digits = it.trim_start_matches(|it: char| !it.is_ascii_digit());
            let end = digits.find(|it: char| !it.is_ascii_digit()).unwrap_or(digits.len());
            digits.get(..end)
        });
        // An empty text takes five bytes.
        let most = text.len() / 5 + 16;
        let lies = |it: &str| it.parse::<usize>().map_or(!it.is_empty(), |it| it > most);
        // Words of cells may have the same letters; only the head of the part counts.
        if claims.take(1).any(lies) {
            return Err(words::broken(".xlsx", "uniqueCount"));
        }
    }
    Ok(())
}

fn cells(bytes: &[u8]) -> Result<(Vec<Sheet>, Names), Problem> {
    let broken = |why: &dyn std::fmt::Display| words::broken(".xlsx", why);
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|it| match it {
        calamine::XlsxError::Password => words::locked(),
        it => broken(&it),
    })?;
    let listed: Vec<(String, bool, bool)> = book
        .sheets_metadata()
        .iter()
        .map(|it| {
            let sheet = it.typ == calamine::SheetType::WorkSheet;
            (it.name.clone(), it.visible != SheetVisible::Visible, sheet)
        })
        .collect();
    if listed.len() > SHEETS_MAX {
        return Err(words::too_large("256 sheets", " 256 个工作表"));
    }
    let names = Names(book.defined_names().to_vec());
    let mut left = CELLS_MAX;
    let mut sheets = Vec::new();
    for (name, hidden, _) in listed.into_iter().filter(|it| it.2) {
        let mut sheet = Sheet { name, hidden, ..Sheet::default() };
        values(&mut book, &mut sheet, &mut left).map_err(|it| it.on(sheet.name.clone()))?;
        let merges = book.merge_cells_by_sheet_name(&sheet.name);
        let merges = merges.unwrap_or_default();
        for it in merges.into_iter().take(MERGES_MAX) {
            let last = (it.end.0.max(it.start.0), it.end.1.max(it.start.1));
            sheet.merges.push(Area::new(it.start.0, it.start.1, last.0, last.1));
        }
        sheets.push(sheet);
    }
    Ok((sheets, names))
}

type Open<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Values and looks in one pass, formulas in another.
fn values(book: &mut Open<'_>, sheet: &mut Sheet, left: &mut usize) -> Result<(), Problem> {
    let broken = |why: &dyn std::fmt::Display| words::broken(".xlsx", why);
    let mut reader = book.worksheet_cells_reader(&sheet.name).map_err(|it| broken(&it))?;
    let looks: Vec<Look> = reader.styles().iter().map(look).collect();
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|it| broken(&it))? {
        let look = looks.get(style).copied().unwrap_or_default();
        let value = value(cell.get_value());
        if value == Value::Empty && look == Look::default() {
            continue;
        }
        *left = left
            .checked_sub(1)
            .ok_or_else(|| words::too_large("1 million cells", " 100 万个单元格"))?;
        let (row, col) = cell.get_position();
        sheet.cells.insert(At::new(row, col), Cell { value, formula: None, look });
    }
    drop(reader);
    let mut reader = book.worksheet_cells_reader(&sheet.name).map_err(|it| broken(&it))?;
    while let Some(it) = reader.next_cell_with_formula_metadata().map_err(|it| broken(&it))? {
        let formula = match it.formula {
            Some(XlsxFormulaMetadata::Normal { formula }) => formula,
            Some(XlsxFormulaMetadata::Shared { formula, .. }) => formula,
            Some(XlsxFormulaMetadata::SharedDerived { .. }) => String::new(),
            _ => continue,
        };
        let at = At::new(it.pos.0, it.pos.1);
        let known = sheet.cells.len();
        sheet.cells.entry(at).or_default().formula = Some(formula);
        if sheet.cells.len() > known {
            *left = left
                .checked_sub(1)
                .ok_or_else(|| words::too_large("1 million cells", " 100 万个单元格"))?;
        }
    }
    Ok(())
}

fn value(data: &DataRef<'_>) -> Value {
    match data {
        DataRef::Empty => Value::Empty,
        DataRef::Int(it) => {
            #[expect(clippy::cast_precision_loss, reason = "a workbook's numbers are no wider")]
            let number = *it as f64;
            Value::Number(number)
        }
        DataRef::Float(it) => Value::Number(*it),
        DataRef::String(it) => text(it),
        DataRef::SharedString(it) => text(it),
        DataRef::Bool(it) => Value::Flag(*it),
        DataRef::DateTime(it) if it.is_datetime() => day(it),
        DataRef::DateTime(it) => Value::Number(it.as_f64()),
        DataRef::DateTimeIso(it) | DataRef::DurationIso(it) => Value::Date(it.clone()),
        DataRef::Error(it) => Value::Error(it.to_string()),
    }
}

fn text(text: &str) -> Value {
    if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned()) }
}

/// A day as ISO 8601 writes it; with the hour where there is one.
pub(super) fn day(it: &calamine::ExcelDateTime) -> Value {
    let (year, month, day, hour, minute, second, _) = it.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        Value::Date(date)
    } else {
        Value::Date(format!("{date}T{hour:02}:{minute:02}:{second:02}"))
    }
}

fn look(style: &Style) -> Look {
    let centred = style.alignment.as_ref().is_some_and(|it| {
        matches!(
            it.horizontal,
            calamine::HorizontalAlignment::Center | calamine::HorizontalAlignment::CenterContinuous
        )
    });
    Look {
        bold: style.font.as_ref().is_some_and(|it| it.is_bold()),
        filled: style.fill.as_ref().is_some_and(|it| it.is_visible()),
        bordered: style.borders.as_ref().is_some_and(|it| it.has_visible_borders()),
        centred,
    }
}

fn add(sheet: &mut Sheet, margin: &Margin) {
    sheet.hidden_rows.clone_from(&margin.hidden_rows);
    sheet.hidden_cols.clone_from(&margin.hidden_cols);
    sheet.checks.clone_from(&margin.checks);
    sheet.comments.clone_from(&margin.comments);
}
