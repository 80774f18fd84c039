//! Tables whose rows belong to rows of another: they name them by number.

use std::collections::HashSet;

use super::plan::{Column, Parent, TableKind, TablePlan, Understood};
use crate::grid::{At, Book, Sheet};

/// Rows of a column that are compared.
const ROWS: u32 = 5_000;

const NAMES_A_ROW: &[&str] =
    &["主表", "所属序号", "对应序号", "父序号", "上级序号", "所属行号", "对应行号", "parent"];
const KEYS: &[&str] =
    &["序号", "编号", "户号", "号码", "编码", "代码", "no", "id", "no_kk", "no. kk"];

/// A column that may name rows: sheet, table, column, heading, values.
struct Candidate {
    sheet: usize,
    table: usize,
    column: Column,
    heading: String,
    values: Vec<String>,
}

/// Finds the parents of tables.
pub(super) fn link(book: &Book, understood: &mut Understood) {
    let mut candidates = Vec::new();
    for (index, plan) in understood.sheets.iter().enumerate().take(64) {
        let Some(sheet) = book.sheets.get(index) else { continue };
        for (number, table) in plan.tables.iter().enumerate().take(16) {
            if table.kind == TableKind::Register || table.kind == TableKind::Cross {
                candidates.extend(of_table(sheet, index, number, table));
            }
        }
    }
    let mut found = Vec::new();
    for child in &candidates {
        let known = found
            .iter()
            .any(|it: &(usize, usize, Parent)| (it.0, it.1) == (child.sheet, child.table));
        if known {
            continue;
        }
        let parent = candidates.iter().find(|it| is_parent(it, child));
        if let Some(parent) = parent {
            let plan = &understood.sheets[parent.sheet];
            let area = plan.tables[parent.table].area;
            let (key, col) = (parent.column.col, child.column.col);
            let parent = Parent { sheet: plan.name.clone(), area, key, col };
            found.push((child.sheet, child.table, parent));
        }
    }
    for (sheet, table, parent) in found {
        understood.sheets[sheet].tables[table].parent = Some(parent);
    }
}

fn of_table(sheet: &Sheet, index: usize, number: usize, table: &TablePlan) -> Vec<Candidate> {
    let Some(data) = table.data else { return Vec::new() };
    let candidate = |column: &Column| {
        let heading = column.path.last()?.to_lowercase();
        let key = KEYS.iter().any(|it| heading.contains(it));
        if !key && !NAMES_A_ROW.iter().any(|it| heading.contains(it)) {
            return None;
        }
        let last = data.bottom.min(data.top.saturating_add(ROWS));
        let values = (data.top..=last).filter_map(|row| {
            let cell = sheet.cells.get(&At::new(row, column.col))?;
            Some(cell.words().trim().to_owned()).filter(|it| !it.is_empty())
        });
        let values = values.collect();
        Some(Candidate { sheet: index, table: number, column: column.clone(), heading, values })
    };
    table.columns.iter().filter_map(candidate).collect()
}

/// Whether a column names the rows that another column numbers.
fn is_parent(parent: &Candidate, child: &Candidate) -> bool {
    if parent.sheet == child.sheet {
        return false;
    }
    let keys: HashSet<&str> = parent.values.iter().map(String::as_str).collect();
    let unique = keys.len() == parent.values.len();
    let says = NAMES_A_ROW.iter().any(|it| child.heading.contains(it));
    if says && parent.column.serial && parent.sheet < child.sheet {
        return child.values.iter().all(|it| keys.is_empty() || keys.contains(it.as_str()));
    }
    let mine: HashSet<&str> = child.values.iter().map(String::as_str).collect();
    let repeats = mine.len() < child.values.len();
    unique
        && repeats
        && !child.column.serial
        && parent.heading == child.heading
        && child.values.len() >= 2
        && child.values.iter().all(|it| keys.contains(it.as_str()))
}
