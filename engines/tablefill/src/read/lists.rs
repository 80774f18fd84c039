//! Code lists that stand elsewhere in the workbook: what a check's rule points at.

use std::collections::HashMap;

use crate::grid::{Area, At, Book, Value};

/// Codes of a list that are kept.
pub(super) const CODES: usize = 500;

/// Names that the workbook gives to areas: name and what it stands for.
#[derive(Debug, Default)]
pub(super) struct Names(pub(super) Vec<(String, String)>);

/// Fills in the codes of checks whose rule names an area.
pub(super) fn resolve(book: &mut Book, names: &Names) {
    let mut known: HashMap<(String, String), Vec<String>> = HashMap::new();
    for sheet in &book.sheets {
        let lists = sheet.checks.iter().filter(|it| it.kind == "list" && it.codes.is_empty());
        for check in lists {
            let key = (sheet.name.clone(), check.rule.clone());
            known.entry(key).or_insert_with(|| look_up(book, names, &sheet.name, &check.rule));
        }
    }
    for sheet in &mut book.sheets {
        let name = sheet.name.clone();
        let lists = sheet.checks.iter_mut().filter(|it| it.kind == "list" && it.codes.is_empty());
        for check in lists {
            if let Some(codes) = known.get(&(name.clone(), check.rule.clone())) {
                check.codes.clone_from(codes);
            }
        }
    }
}

fn look_up(book: &Book, names: &Names, sheet: &str, rule: &str) -> Vec<String> {
    let rule = rule.trim().trim_start_matches('=');
    let named = names.0.iter().find(|it| it.0.eq_ignore_ascii_case(rule)).map(|it| it.1.as_str());
    let rule = named.unwrap_or(rule);
    let (sheet, area) = match rule.rsplit_once('!') {
        Some((name, area)) => (name.trim_matches('\'').replace("''", "'"), area),
        None => (sheet.to_owned(), rule),
    };
    let Some(area) = Area::parse(area) else { return Vec::new() };
    let Some(sheet) = book.sheets.iter().find(|it| it.name == sheet) else { return Vec::new() };
    let rows = At::new(area.top, 0)..=At::new(area.bottom, u32::MAX);
    let cells = sheet.cells.range(rows).filter(|(at, cell)| {
        (area.left..=area.right).contains(&at.col) && cell.value != Value::Empty
    });
    cells.map(|(_, cell)| cell.words().trim().to_owned()).take(CODES).collect()
}
