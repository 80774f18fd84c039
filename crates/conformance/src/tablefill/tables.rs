//! Tables whose headings were marked by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value as Json;
use tablefill::head::Table;
use tablefill::{Area, At, Cell, Sheet, Value};

/// A table and what was marked.
pub struct Marked {
    /// Its name.
    pub id: String,
    /// What sort of table it was called.
    pub sort: String,
    /// The sheet as it is rendered: from the first place on, merges kept, nothing but words.
    pub sheet: Sheet,
    /// The table as it is judged.
    pub table: Table,
    /// Headings of columns, by their upper left place.
    pub columns: BTreeSet<At>,
    /// Headings of rows.
    pub rows: BTreeSet<At>,
    /// Those of both that are values themselves: names of rows, what columns are quoted by.
    pub quoted: BTreeSet<At>,
}

#[derive(Deserialize)]
struct Written {
    table_id: String,
    table_type: String,
    #[serde(rename = "cell_ID_matrix")]
    matrix: Vec<Vec<usize>>,
    #[serde(rename = "chinese_cell_value_list")]
    texts: Vec<String>,
    column_attribute: Vec<Json>,
    row_attribute: Vec<Json>,
    column_index: Vec<Json>,
    row_index: Vec<Json>,
}

impl Marked {
    /// The same as a form that nobody has filled in: headings stay, whatever else is written goes.
    /// Of headings of rows stay those that name something rather than count or quote; registers
    /// get rows to be filled.
    #[must_use]
    pub fn emptied(&self) -> Self {
        let mut sheet = self.sheet.clone();
        let hash = self
            .id
            .bytes()
            .fold(7_u32, |hash, it| hash.wrapping_mul(33).wrapping_add(u32::from(it)));
        let cells: Vec<(At, String)> =
            self.table.cells().into_iter().map(|(at, text)| (at, text.to_owned())).collect();
        let stays = |at: &At| {
            self.columns.contains(at) && !self.quoted.contains(at)
                || self.rows.contains(at) && !self.quoted.contains(at)
        };
        for (at, _) in cells.iter().filter(|(at, _)| !stays(at)) {
            sheet.cells.remove(at);
        }
        let last = |of: fn(&At) -> u32| cells.iter().map(|it| of(&it.0)).max().unwrap_or(0);
        let (mut bottom, right) = (last(|it| it.row), last(|it| it.col));
        if self.rows.iter().all(|it| self.quoted.contains(it)) {
            bottom += hash % 9;
            if hash % 3 == 0 {
                // As many offices do: rows are counted before anybody fills them in.
                let top = self.columns.iter().map(|it| it.row).max().unwrap_or(0) + 1;
                for (count, row) in (1_u32..).zip(top..=bottom) {
                    sheet.merges.retain(|it| !it.has(At::new(row, 0)));
                    sheet.cells.insert(At::new(row, 0), Cell::text(count.to_string()));
                }
            }
        }
        let area = Area::new(0, 0, bottom, right);
        for row in 0..=bottom {
            for col in 0..=right {
                // A form is drawn with lines, so that its blanks are seen.
                sheet.cells.entry(At::new(row, col)).or_default().look.bordered = true;
            }
        }
        let table = Table::cut(&sheet, area);
        let written = |it: &&At| sheet.cells.get(it).is_some_and(|it| it.value != Value::Empty);
        let columns = self.columns.iter().filter(written).copied().collect();
        let mut rows: BTreeSet<At> = self.rows.iter().filter(written).copied().collect();
        if hash % 3 == 0 {
            let counted = table
                .cells()
                .into_iter()
                .filter(|(at, text)| at.col == 0 && at.row > 0 && text.parse::<u32>().is_ok());
            rows.extend(counted.map(|it| it.0));
        }
        let quoted = BTreeSet::new();
        Self { id: self.id.clone(), sort: self.sort.clone(), sheet, table, columns, rows, quoted }
    }
}

/// Reads a file of tables.
///
/// # Errors
///
/// When it cannot be read or is written otherwise.
pub fn read(path: &Path) -> Result<Vec<Marked>> {
    let text = std::fs::read(path).with_context(|| path.display().to_string())?;
    let tables: Vec<Written> = serde_json::from_slice(&text)?;
    Ok(tables.into_iter().map(marked).collect())
}

fn marked(table: Written) -> Marked {
    let mut areas: BTreeMap<usize, Area> = BTreeMap::new();
    for (row, cells) in (0_u32..).zip(&table.matrix) {
        for (col, cell) in (0_u32..).zip(cells) {
            let area = areas.entry(*cell).or_insert(Area::new(row, col, row, col));
            area.bottom = area.bottom.max(row);
            area.right = area.right.max(col);
        }
    }
    let mut sheet = Sheet { name: table.table_id.clone(), ..Sheet::default() };
    for (cell, area) in &areas {
        if let Some(text) = table.texts.get(*cell).filter(|it| !it.is_empty()) {
            sheet.cells.insert(area.corner(), Cell::text(text.clone()));
        }
        if area.corner() != At::new(area.bottom, area.right) {
            sheet.merges.push(*area);
        }
    }
    let corners = |lists: [&[Json]; 2]| -> BTreeSet<At> {
        let cells = lists.into_iter().flatten().filter_map(Json::as_u64);
        let cells = cells.filter_map(|it| usize::try_from(it).ok());
        cells.filter_map(|it| areas.get(&it).map(Area::corner)).collect()
    };
    let columns = corners([&table.column_attribute, &table.column_index]);
    let rows = corners([&table.row_attribute, &table.row_index]);
    let quoted = corners([&table.column_index, &table.row_index]);
    let whole = Area::new(
        0,
        0,
        areas.values().map(|it| it.bottom).max().unwrap_or(0),
        areas.values().map(|it| it.right).max().unwrap_or(0),
    );
    let judged = Table::cut(&sheet, whole);
    let (id, sort) = (table.table_id, table.table_type);
    Marked { id, sort, sheet, table: judged, columns, rows, quoted }
}
