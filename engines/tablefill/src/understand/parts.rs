//! The parts of a table: what kind it is, where data go, columns, sums, samples, blanks.

use super::heads::Heads;
use super::lines;
use super::paths;
use super::plan::{Blank, Column, TableKind};
use crate::grid::{Area, At, Sheet, Value};
use crate::head::{Content, Kind, Spot};

const SERIALS: &[&str] = &[
    "序号",
    "编号",
    "序",
    "no",
    "no.",
    "nomor",
    "nomer",
    "#",
    "id",
    "项次",
    "行次",
    "序列号",
    "号",
];

/// What can be told of a table once its headings are known.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) kind: TableKind,
    pub(super) data: Option<Area>,
    pub(super) columns: Vec<Column>,
    pub(super) totals: Vec<u32>,
    pub(super) samples: Vec<u32>,
    pub(super) blanks: Vec<Blank>,
}

/// Takes a table apart. `area` is the table without the lines around it.
pub(super) fn parts(sheet: &Sheet, heads: &Heads, area: Area) -> Parts {
    let depth = heads.depth();
    let titles = title_rows(heads);
    let columns = if depth > titles { columns(sheet, heads, area, depth) } else { Vec::new() };
    let kind = kind(heads, depth, titles, &columns);
    let lead = if kind == TableKind::Cross { leading(heads, depth) } else { 0 };
    let top = heads.block().place(depth + usize::from(is_numbered(heads, depth)), lead);
    // Where a table ends with its headings, data go into the row below them.
    let data = (top.col <= area.right && kind != TableKind::Text)
        .then(|| Area::new(top.row, top.col, area.bottom.max(top.row), area.right));
    let columns = if kind == TableKind::Form { Vec::new() } else { columns };
    let (totals, samples) = marked_rows(sheet, heads, area, depth);
    let blanks = match kind {
        TableKind::Form | TableKind::Mixed => blanks(sheet, heads),
        _ => Vec::new(),
    };
    Parts { kind, data, columns, totals, samples, blanks }
}

/// Whether the row below the headings numbers the columns: `甲 乙 1 2 3`.
fn is_numbered(heads: &Heads, depth: usize) -> bool {
    let block = heads.block();
    if depth == 0 || depth >= block.rows {
        return false;
    }
    let texts = block.row(depth).into_iter().map(|it| block.spots[it].content.text.clone());
    let texts: Vec<String> = texts.filter(|it| !it.is_empty()).collect();
    let lettered = |it: &&String| ["甲", "乙", "丙", "丁", "A", "B", "C"].contains(&it.as_str());
    let letters = texts.iter().take_while(lettered).count();
    let bare = |it: &String| it.trim_matches(['(', ')', '（', '）', '-', ' ']).parse::<u32>().ok();
    let numbers: Vec<Option<u32>> = texts[letters..].iter().map(bare).collect();
    let counts = (1_u32..).zip(&numbers).all(|(count, it)| *it == Some(count));
    let after_letters = numbers.len() >= 2 && letters > 0;
    counts && (numbers.len() >= 4 || after_letters)
}

/// Rows at the top that hold nothing but a title.
fn title_rows(heads: &Heads) -> usize {
    let block = heads.block();
    let first = block.owner(0, 0);
    if paths::is_title(heads, first) { block.spots[first].bottom + 1 } else { 0 }
}

/// Columns at the left whose cells head rows.
fn leading(heads: &Heads, depth: usize) -> usize {
    let block = heads.block();
    let rows = block.rows.saturating_sub(depth);
    let mut lead = 0;
    while lead + 1 < block.cols {
        let heading = (depth..block.rows).filter(|row| {
            let owner = block.owner(*row, lead);
            heads.row[owner] || heads.column[owner]
        });
        if heading.count() * 2 < rows.max(1) {
            break;
        }
        lead += 1;
    }
    lead
}

fn kind(heads: &Heads, depth: usize, titles: usize, columns: &[Column]) -> TableKind {
    let block = heads.block();
    let labels =
        block.spots.iter().enumerate().filter(|(index, it)| heads.row[*index] && it.top >= depth);
    let (mut first, mut inner) = (0, 0);
    for (_, spot) in labels {
        let before = spot.left.checked_sub(1).map(|col| block.owner(spot.top, col));
        // Below a heading of its own width it is what a column of a register holds.
        let over = (depth > 0).then(|| block.spot(depth - 1, spot.left));
        let own = over.is_some_and(|it| it.left == spot.left && it.right == spot.right);
        if before.is_none_or(|it| heads.row[it]) {
            first += 1;
        } else if !own {
            inner += 1;
        }
    }
    let body = block.rows.saturating_sub(depth);
    let headed = depth > titles;
    if !headed {
        return if first + inner > 0 { TableKind::Form } else { TableKind::Text };
    }
    let below = block.spots.iter().enumerate().filter(|(index, it)| {
        let section = block
            .row(it.top)
            .iter()
            .all(|other| other == index || block.spots[*other].content.length == 0);
        heads.column[*index] && it.top >= depth && !section
    });
    if inner * 4 >= body.max(4) || below.count() >= 2 {
        return TableKind::Mixed;
    }
    let lead = leading(heads, depth);
    if lead == 0 || body == 0 || columns.first().is_some_and(|it| it.serial) {
        return TableKind::Register;
    }
    // What crosses is figures, in every column or all but one in ten.
    let (mut full, mut counted) = (0, 0);
    for col in lead..block.cols {
        let spots = (depth..block.rows).map(|row| block.owner(row, col));
        let kinds = spots
            .filter(|it| !heads.row[*it] && !heads.column[*it])
            .map(|it| block.spots[it].content.kind);
        let kinds: Vec<Kind> = kinds.filter(|it| *it != Kind::Empty).collect();
        let figures = kinds.iter().filter(|it| it.is_figure() || **it == Kind::Mark).count();
        full += usize::from(!kinds.is_empty());
        counted += usize::from(!kinds.is_empty() && figures * 10 >= kinds.len() * 7);
    }
    // Rows of a cross table have names; numbers and codes are keys of a register.
    let mut names: Vec<usize> = (depth..block.rows).map(|row| block.owner(row, 0)).collect();
    names.dedup();
    names.retain(|it| block.spots[*it].content.length > 0);
    let keys = names.iter().filter(|it| block.spots[**it].content.kind.is_value()).count();
    let named = keys * 10 <= names.len() * 3;
    let cross = named && first * 2 >= body && counted * 10 >= full * 9;
    if cross { TableKind::Cross } else { TableKind::Register }
}

fn columns(sheet: &Sheet, heads: &Heads, area: Area, depth: usize) -> Vec<Column> {
    let block = heads.block();
    let column = |col: usize| {
        let at = block.place(depth, col);
        let path = paths::of_column(heads, col, depth);
        let body = Area::new(at.row.min(area.bottom), at.col, area.bottom, at.col);
        let check = sheet.checks.iter().find(|it| it.areas.iter().any(|it| it.meets(&body)));
        let formula = (depth..block.rows).find_map(|row| {
            let cell = sheet.cells.get(&block.place(row, col))?;
            cell.formula.clone().filter(|it| !it.is_empty())
        });
        let heading = |it: &At| it.row < at.row && it.col == at.col && it.row >= area.top;
        let comment = sheet.comments.iter().find(|it| heading(&it.0)).map(|it| it.1.clone());
        let last = path.last().map(String::as_str).unwrap_or_default();
        Column {
            col: at.col,
            serial: is_serial(heads, col, depth, last),
            total: Content::of(last).is_total(),
            hidden: sheet.col_is_hidden(at.col),
            formula,
            codes: check.map(|it| it.codes.clone()).unwrap_or_default(),
            check: check.map(|it| it.kind.clone()),
            comment,
            path,
        }
    };
    (0..block.cols).map(column).collect()
}

/// Whether a column counts rows: by its heading, where nothing in it says otherwise, or by its
/// numbers.
fn is_serial(heads: &Heads, col: usize, depth: usize, heading: &str) -> bool {
    let block = heads.block();
    let named = SERIALS.contains(&heading.to_lowercase().trim());
    let mut spots: Vec<&Spot> = (depth..block.rows).map(|row| block.spot(row, col)).collect();
    spots.dedup_by_key(|it| (it.top, it.left));
    let full: Vec<&Spot> = spots.into_iter().filter(|it| it.content.length > 0).collect();
    let numbers: Vec<u64> =
        full.iter().filter_map(|it| it.content.text.trim().parse().ok()).collect();
    let counts = numbers.windows(2).filter(|it| it[1] == it[0] + 1).count();
    let begins = numbers.first() == Some(&1);
    if named {
        return full.is_empty()
            || begins
            || numbers.len() < full.len()
            || counts * 2 >= numbers.len();
    }
    col == 0 && begins && numbers.len() > 2 && counts + 1 == numbers.len()
}

/// Rows that hold sums, and rows that show how to fill in; all rows of the table are asked.
fn marked_rows(sheet: &Sheet, heads: &Heads, area: Area, depth: usize) -> (Vec<u32>, Vec<u32>) {
    let top = heads.block().place(depth, 0).row;
    let (mut totals, mut samples): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    if top > area.bottom {
        return (totals, samples);
    }
    let cells = sheet.cells.range(At::new(top, area.left)..=At::new(area.bottom, u32::MAX));
    let first =
        cells.filter(|(at, _)| (area.left..=area.right.min(area.left + 2)).contains(&at.col));
    for (at, cell) in first {
        // Longer texts are neither.
        let Value::Text(text) = &cell.value else { continue };
        if text.len() > 60 {
            continue;
        }
        if Content::of(text).is_total() && totals.last() != Some(&at.row) {
            totals.push(at.row);
        }
        if lines::is_sample(text) && samples.last() != Some(&at.row) {
            samples.push(at.row);
        }
    }
    (totals, samples)
}

/// Blanks of a form: beside a label that heads a row, below one that heads a column.
fn blanks(sheet: &Sheet, heads: &Heads) -> Vec<Blank> {
    let block = heads.block();
    let free = |index: usize| !heads.row[index] && !heads.column[index];
    let mut blanks: Vec<Blank> = Vec::new();
    let mut taken = vec![false; block.spots.len()];
    for (index, spot) in block.spots.iter().enumerate() {
        let beside = (spot.right + 1 < block.cols).then(|| block.owner(spot.top, spot.right + 1));
        let under = (spot.bottom + 1 < block.rows).then(|| block.owner(spot.bottom + 1, spot.left));
        let (axis, place) = if heads.row[index] {
            (super::plan::Axis::Row, beside)
        } else if heads.column[index] {
            (super::plan::Axis::Column, under)
        } else {
            continue;
        };
        // `PROVINSI | : | …`: the colon has a cell of its own.
        let place = place.map(|it| {
            let next = block.spots[it].right + 1;
            let colon = matches!(block.spots[it].content.text.as_str(), ":" | "：");
            if colon && next < block.cols { block.owner(spot.top, next) } else { it }
        });
        let Some(place) = place.filter(|it| free(*it) && !taken[*it]) else { continue };
        taken[place] = true;
        let area = block.area_of(&block.spots[place]);
        let check = sheet.checks.iter().find(|it| it.areas.iter().any(|it| it.meets(&area)));
        blanks.push(Blank {
            area,
            path: paths::path(heads, index, axis),
            text: block.spots[place].content.text.clone(),
            codes: check.map(|it| it.codes.clone()).unwrap_or_default(),
        });
    }
    blanks.sort_by_key(|it| (it.area.top, it.area.left));
    blanks
}
