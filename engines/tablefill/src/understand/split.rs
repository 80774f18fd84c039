//! A sheet into the places where a table may be: apart by blank rows and columns.

use crate::grid::{Area, At, Sheet, Value};
use crate::head::{Model, Table};

/// Places of a sheet that are looked at one by one.
const MOST: usize = 64;

/// Rows or columns of a sheet that hold nothing.
struct Filled {
    rows: Vec<bool>,
    cols: Vec<bool>,
}

/// Rows of a sheet that are asked whether they are blank; far below, nothing new begins.
const ROWS: u32 = 20_000;

fn filled(sheet: &Sheet, area: Area) -> Filled {
    let height = area.rows().min(ROWS) as usize;
    let mut rows = vec![false; height];
    let mut cols = vec![false; area.cols() as usize];
    let mut mark = |it: Area| {
        if !it.meets(&area) {
            return;
        }
        let first = it.top.max(area.top) - area.top;
        let last = (it.bottom.min(area.bottom) - area.top).min(ROWS - 1);
        (first..=last).for_each(|row| rows[row as usize] = true);
        let (first, last) = (it.left.max(area.left), it.right.min(area.right));
        (first..=last).for_each(|col| cols[(col - area.left) as usize] = true);
    };
    let begin = At::new(area.top, 0);
    let end = At::new(area.top.saturating_add(height as u32 - 1).min(area.bottom), u32::MAX);
    let cells = sheet.cells.range(begin..=end);
    for (at, cell) in cells.filter(|(at, _)| area.has(**at)) {
        if cell.value != Value::Empty || cell.look.bordered || cell.formula.is_some() {
            mark(Area::at(*at));
        }
    }
    for merge in sheet.merges.iter().take(5_000) {
        if sheet.cells.get(&merge.corner()).is_some_and(|it| it.value != Value::Empty) {
            mark(*merge);
        }
    }
    Filled { rows, cols }
}

/// Runs of what is filled, as first and last.
fn runs(filled: &[bool]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (at, _) in (0_u32..).zip(filled).filter(|(_, it)| **it) {
        match runs.last_mut() {
            Some(run) if run.1 + 1 == at => run.1 = at,
            _ => runs.push((at, at)),
        }
    }
    runs
}

/// The places of a sheet where a table may be, from the top.
pub(super) fn split(sheet: &Sheet, model: &Model) -> Vec<Area> {
    let Some(used) = sheet.used() else { return Vec::new() };
    let seen = filled(sheet, used);
    let mut sections: Vec<Area> = Vec::new();
    let bands = runs(&seen.rows);
    let last = bands.len().saturating_sub(1);
    for (index, (first, end)) in bands.iter().enumerate() {
        let bottom = if index == last { used.bottom } else { used.top + end };
        let band = Area::new(used.top + first, used.left, bottom, used.right);
        let goes_on = sections.len() >= MOST || goes_on(sheet, model, sections.last(), band);
        match sections.last_mut() {
            Some(above) if goes_on => above.bottom = band.bottom,
            _ => sections.push(band),
        }
    }
    sections.into_iter().flat_map(|it| beside(sheet, model, it)).collect()
}

/// Whether a band of rows belongs to the table above it: a line, or rows without a heading.
fn goes_on(sheet: &Sheet, model: &Model, above: Option<&Area>, band: Area) -> bool {
    let Some(above) = above else { return false };
    // Words above a table are its title, however many rows are left free below them.
    if widest(sheet, *above) < 2 {
        return true;
    }
    if widest(sheet, band) < 2 {
        return true;
    }
    let begins = begins_table(sheet, model, band);
    !begins
}

/// The most cells with something in them that a row has, among the first rows.
fn widest(sheet: &Sheet, area: Area) -> usize {
    let rows = area.top..=area.bottom.min(area.top.saturating_add(200));
    let many = |row: u32| {
        let cells = sheet.cells.range(At::new(row, area.left)..=At::new(row, area.right));
        cells.filter(|(_, it)| it.value != Value::Empty || it.formula.is_some()).count()
    };
    rows.map(many).max().unwrap_or(0)
}

/// Whether the first row of several cells heads columns, and there is something below it.
fn begins_table(sheet: &Sheet, model: &Model, area: Area) -> bool {
    if area.rows() < 2 {
        return false;
    }
    let table = Table::cut(sheet, area);
    let said = model.judge(&table);
    let block = &table.block;
    for row in 0..block.rows {
        let spots = block.row(row);
        let full: Vec<usize> =
            spots.into_iter().filter(|it| block.spots[*it].content.length > 0).collect();
        if full.len() < 2 {
            continue;
        }
        let heads = full.iter().filter(|it| said[**it].column > 0.5).count();
        return heads * 5 >= full.len() * 4;
    }
    false
}

/// Tables that stand side by side, with a blank column between them.
fn beside(sheet: &Sheet, model: &Model, area: Area) -> Vec<Area> {
    let seen = filled(sheet, area);
    let runs = runs(&seen.cols);
    let mut parts: Vec<Area> = Vec::new();
    for (first, last) in runs {
        let part = Area::new(area.top, area.left + first, area.bottom, area.left + last);
        let apart = parts.last().is_some_and(|before: &Area| {
            let wide = before.cols() >= 2 && part.cols() >= 2;
            wide && begins_table(sheet, model, *before) && begins_table(sheet, model, part)
        });
        match parts.last_mut() {
            Some(before) if !apart => before.right = part.right,
            _ => parts.push(part),
        }
    }
    parts.into_iter().map(|it| trimmed(sheet, it)).collect()
}

/// Without rows and columns at its edges that hold nothing.
fn trimmed(sheet: &Sheet, area: Area) -> Area {
    let seen = filled(sheet, area);
    let first = |it: &[bool]| it.iter().position(|it| *it).unwrap_or(0);
    let last = |it: &[bool]| it.iter().rposition(|it| *it).unwrap_or(0);
    let step = |it: usize| u32::try_from(it).unwrap_or(0);
    let bottom = if area.rows() > ROWS { area.bottom } else { area.top + step(last(&seen.rows)) };
    Area::new(
        area.top + step(first(&seen.rows)),
        area.left + step(first(&seen.cols)),
        bottom,
        area.left + step(last(&seen.cols)),
    )
}
