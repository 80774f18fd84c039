//! A grid to what it asks for: tables, headings, lines, parts.

mod edges;
mod heads;
mod lines;
mod links;
mod outline;
mod parts;
mod paths;
mod plan;
mod split;
mod subject;
mod why;

pub use plan::{
    Axis, Blank, Column, Header, Line, LineKind, Parent, Role, SheetPlan, Subject, TableKind,
    TablePlan, Understood, Words,
};

use crate::grid::{Area, At, Book, Sheet};
use crate::head::{Model, Table};
use heads::Heads;

/// Says what a workbook asks for.
#[must_use]
pub fn understand_book(book: &Book) -> Understood {
    understand_by(book, Model::grown())
}

/// The same by other words and trees than those that come with the crate.
#[must_use]
pub fn understand_by(book: &Book, model: &Model) -> Understood {
    let sheets = book.sheets.iter().map(|it| sheet(it, model)).collect();
    let mut understood = Understood { sheets };
    links::link(book, &mut understood);
    understood
}

fn sheet(sheet: &Sheet, model: &Model) -> SheetPlan {
    let mut plan = SheetPlan {
        name: sheet.name.clone(),
        hidden: sheet.hidden,
        hidden_rows: sheet.hidden_rows.clone(),
        hidden_cols: sheet.hidden_cols.clone(),
        ..SheetPlan::default()
    };
    let mut before: Vec<Line> = Vec::new();
    for (index, text) in sheet.before.iter().enumerate() {
        let kind = lines::kind(text, index == 0, true);
        before.push(Line { at: None, text: text.clone(), kind });
    }
    for area in split::split(sheet, model) {
        match table(sheet, area, model) {
            Ok(mut table) => {
                table.lines.splice(0..0, before.drain(..));
                plan.tables.push(table);
            }
            Err(lines) => plan.lines.extend(lines),
        }
    }
    plan.lines.splice(0..0, before);
    plan
}

/// A table, or lines of words where there is none.
fn table(sheet: &Sheet, area: Area, model: &Model) -> Result<TablePlan, Vec<Line>> {
    let mut grid = area;
    let mut lines = edges::above(sheet, &mut grid);
    if grid.top > grid.bottom {
        return Err(lines);
    }
    let heads = Heads::judge(Table::cut(sheet, grid), model);
    let headers = heads.headers(model);
    let places: std::collections::HashSet<At> = headers.iter().map(Header::at).collect();
    let below = edges::below(sheet, &mut grid, |at| places.contains(&at));
    let parts = parts::parts(sheet, &heads, grid);
    if let Some(title) = headers.iter().find(|it| it.role == Role::Title) {
        let text = title.path.last().cloned().unwrap_or_default();
        lines.push(Line { at: Some(title.at()), text, kind: LineKind::Title });
    }
    lines.extend(below);
    let labels = labels(&headers, &parts, &lines);
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    Ok(TablePlan {
        area: Area { top: area.top, ..grid },
        kind: parts.kind,
        headers,
        data: parts.data,
        lines,
        columns: parts.columns,
        totals: parts.totals,
        samples: parts.samples,
        blanks: parts.blanks,
        subject: subject::subject(&labels),
        parent: None,
    })
}

/// The words that speak of what a row is, the telling ones first.
fn labels(headers: &[Header], parts: &parts::Parts, lines: &[Line]) -> Vec<String> {
    let mut labels: Vec<String> = match parts.kind {
        TableKind::Register | TableKind::Cross => {
            let columns = parts.columns.iter().filter(|it| !it.serial && !it.path.is_empty());
            columns.map(|it| it.path.join(" ")).collect()
        }
        _ => headers.iter().filter_map(|it| it.path.last().cloned()).collect(),
    };
    labels.truncate(60);
    let titles = lines.iter().filter(|it| it.kind == LineKind::Title);
    labels.extend(titles.map(|it| it.text.clone()));
    labels
}
