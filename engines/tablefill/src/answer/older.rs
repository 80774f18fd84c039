//! A grid that was no .xlsx, ready to become one.

use crate::fill::{Day, OlderSheet, OlderValue};
use crate::grid::{Book, Sheet, Value};

/// The sheets of a workbook that is written anew, because it was no .xlsx: an .xls, or a CSV file.
#[must_use]
pub fn older(book: &Book) -> Vec<OlderSheet> {
    book.sheets.iter().map(sheet).collect()
}

fn sheet(sheet: &Sheet) -> OlderSheet {
    let cells = sheet.cells.iter().filter_map(|(at, cell)| {
        let value = match (&cell.formula, &cell.value) {
            (Some(formula), _) => OlderValue::Formula(formula.clone()),
            (None, Value::Empty) => return None,
            (None, Value::Text(text) | Value::Error(text)) => OlderValue::Text(text.clone()),
            (None, Value::Number(number)) => OlderValue::Number(*number),
            (None, Value::Date(text)) => {
                serial(text).map_or_else(|| OlderValue::Text(text.clone()), OlderValue::Date)
            }
            (None, Value::Flag(flag)) => OlderValue::Truth(*flag),
        };
        Some((at.row + 1, at.col, value))
    });
    OlderSheet {
        name: sheet.name.clone(),
        hidden: sheet.hidden,
        cells: cells.collect(),
        merges: sheet
            .merges
            .iter()
            .map(|area| [area.top + 1, area.left, area.bottom + 1, area.right])
            .collect(),
        widths: Vec::new(),
    }
}

/// The number that spreadsheets have for a moment in ISO 8601, counted from 1900.
fn serial(text: &str) -> Option<f64> {
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let day = Day { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
    let mut seconds = 0.0;
    for (part, unit) in time.split(':').zip([3600.0, 60.0, 1.0]) {
        seconds += part.trim_end_matches('Z').parse::<f64>().unwrap_or(0.0) * unit;
    }
    Some(day.serial(false)? + seconds / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_become_the_numbers_of_spreadsheets() {
        assert_eq!(serial("2020-02-03"), Some(43_864.0));
        assert_eq!(serial("1949-12-31"), Some(18_263.0));
        assert_eq!(serial("2000-03-01T12:00:00"), Some(36_586.5));
        assert_eq!(serial("soon"), None);
    }
}
