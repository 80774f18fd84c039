//! Tables whose headings were marked by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value as Json;
use tablefill::head::Table;
use tablefill::{Area, At, Cell, Sheet};

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
    let whole = Area::new(
        0,
        0,
        areas.values().map(|it| it.bottom).max().unwrap_or(0),
        areas.values().map(|it| it.right).max().unwrap_or(0),
    );
    let judged = Table::cut(&sheet, whole);
    Marked { id: table.table_id, sort: table.table_type, sheet, table: judged, columns, rows }
}
