//! What stands above and below a table and is no part of its grid.

use super::lines;
use super::plan::{Line, LineKind};
use crate::grid::{Area, At, Cell, Sheet, Value};

/// Rows above a table that may be lines of words.
const LINES: u32 = 24;

/// The cells of a row with something in them, with everything that is merged into each.
pub(super) fn row(sheet: &Sheet, area: Area, row: u32) -> Vec<(Area, &Cell)> {
    let cells = sheet.cells.range(At::new(row, area.left)..=At::new(row, area.right));
    let full = cells.filter(|(_, it)| it.value != Value::Empty || it.formula.is_some());
    // What a cell holds that is covered by a merge is not seen by anybody.
    let whole = |at: &At| {
        let merge = sheet.merges.iter().take(5_000).find(|it| it.has(*at));
        merge.map_or(Some(Area::at(*at)), |it| (it.corner() == *at).then_some(*it))
    };
    full.filter_map(|(at, cell)| Some((whole(at)?, cell))).collect()
}

/// Whether a row holds nothing but one text, from edge to edge or with nothing beside it.
fn single(sheet: &Sheet, area: Area, at: u32) -> Option<(Area, &Cell)> {
    let cells = row(sheet, area, at);
    let [(place, cell)] = cells.as_slice() else { return None };
    // A merge from above that reaches into this row makes it part of a grid.
    let reached = sheet
        .merges
        .iter()
        .take(5_000)
        .any(|it| it.top < at && it.bottom >= at && it.meets(&area) && it.cols() < area.cols());
    (!reached).then_some((*place, *cell))
}

/// Takes the lines above a table off its area. A title that stands over the whole width right
/// above the headings stays: it heads the table.
pub(super) fn above(sheet: &Sheet, area: &mut Area) -> Vec<Line> {
    let mut found: Vec<(Line, bool)> = Vec::new();
    let mut at = area.top;
    let last = area.bottom.min(area.top.saturating_add(LINES));
    while at <= last {
        let cells = row(sheet, *area, at);
        let texts = joined(&cells);
        let next = cells.iter().map(|it| it.0.bottom).max().unwrap_or(at).saturating_add(1);
        if cells.is_empty() && !found.is_empty() {
            at += 1;
            continue;
        }
        let titled = found.iter().any(|it| it.0.kind == LineKind::Title);
        if let Some((place, cell)) = single(sheet, *area, at) {
            let text = cell.words();
            let kind = lines::kind(&text, !titled, true);
            let wide = place.left == area.left && place.right == area.right;
            // A label whose blank has lines around it is no line of words.
            let beside = sheet.cells.get(&At::new(at, place.right.saturating_add(1)));
            let blank = beside.is_some_and(|it| it.look.bordered);
            if !wide && cell.look.bordered && blank && place.right < area.right {
                break;
            }
            let stays = wide && area.cols() > 1 && kind == LineKind::Title;
            found.push((Line { at: Some(place.corner()), text, kind }, stays));
        } else if is_frame(&texts, area.cols()) {
            for (place, text) in texts {
                let kind = lines::kind(&text, false, true);
                found.push((Line { at: Some(place), text, kind }, false));
            }
        } else {
            break;
        }
        at = next;
    }
    // Whatever stands above the last line that does not stay, goes.
    let last = found.iter().rposition(|it| !it.1);
    let keep = last.map_or(0, |it| it + 1);
    if let Some((line, _)) = keep.checked_sub(1).and_then(|it| found.get(it)) {
        let row = line.at.map_or(area.top, |it| it.row);
        let cells = self::row(sheet, *area, row);
        let bottom = cells.iter().map(|it| it.0.bottom).max().unwrap_or(row);
        area.top = bottom.saturating_add(1).min(area.bottom.saturating_add(1));
    }
    // A line alone above a title of the grid is no title of its own.
    found.into_iter().take(keep).map(|it| it.0).collect()
}

/// Texts of a row; one that stands behind a colon goes with what asks for it.
fn joined(cells: &[(Area, &Cell)]) -> Vec<(At, String)> {
    let mut texts: Vec<(At, String)> = Vec::new();
    for (place, cell) in cells {
        let words = cell.words();
        match texts.last_mut() {
            Some((_, asks))
                if asks.trim_end().ends_with(['：', ':']) && !words.contains(['：', ':']) =>
            {
                *asks = format!("{}{words}", asks.trim_end());
            }
            _ => texts.push((place.corner(), words)),
        }
    }
    texts
}

/// Whether a row of a few cells names who fills in, when, and in what units: no headings.
fn is_frame(texts: &[(At, String)], cols: u32) -> bool {
    let few = texts.len() <= 4 && u32::try_from(texts.len()).unwrap_or(u32::MAX) * 2 <= cols;
    few && !texts.is_empty()
        && texts.iter().all(|(_, text)| {
            let kind = lines::kind(text, false, true);
            let framing = matches!(kind, LineKind::Unit | LineKind::Date | LineKind::Department);
            framing || (text.trim_end().ends_with(['：', ':']) && kind == LineKind::Signature)
        })
}

/// Takes the lines below a table off its area: notes, and who signs. `heads` says of a place
/// whether it heads something.
pub(super) fn below(sheet: &Sheet, area: &mut Area, heads: impl Fn(At) -> bool) -> Vec<Line> {
    let mut found = Vec::new();
    let lowest = area.bottom;
    while area.bottom > area.top && lowest - area.bottom < LINES * 40 {
        let reaching = sheet
            .merges
            .iter()
            .take(5_000)
            .filter(|it| it.bottom >= area.bottom && it.top < area.bottom && it.meets(area));
        let top = reaching.map(|it| it.top).min().unwrap_or(area.bottom).max(area.top);
        let cells: Vec<(Area, &Cell)> =
            (top..=area.bottom).flat_map(|at| row(sheet, *area, at)).collect();
        if cells.iter().any(|it| heads(it.0.corner())) {
            break;
        }
        if cells.is_empty() {
            let places = At::new(area.bottom, area.left)..=At::new(area.bottom, area.right);
            let bordered = sheet.cells.range(places).any(|(_, it)| it.look.bordered);
            if bordered || (found.is_empty() && top == area.bottom) {
                break;
            }
            area.bottom = top.saturating_sub(1).max(area.top);
            continue;
        }
        let texts: Vec<(At, String)> =
            cells.iter().map(|(place, cell)| (place.corner(), cell.words())).collect();
        let one = if cells.len() == 1 { cells.first() } else { None };
        let note = one.is_some_and(|(place, cell)| {
            let text = cell.words();
            let wide = place.cols() * 2 > area.cols();
            let note = lines::kind(&text, false, false);
            let long = text.chars().count() > 12;
            area.cols() > 1
                && matches!(cell.value, Value::Text(_))
                && (wide
                    || text.chars().all(|it| "#*=_-~".contains(it))
                    || !cell.look.bordered && (long || lines::is_note(&text))
                    || note == LineKind::Signature)
        });
        let signed = texts.iter().all(|(_, text)| {
            lines::kind(text, false, false) == LineKind::Signature
                || (text.contains(['：', ':']) && lines::kind(text, false, true) == LineKind::Date)
        });
        if !note && !signed {
            break;
        }
        for (place, text) in texts.into_iter().rev() {
            let kind = lines::kind(&text, false, false);
            found.push(Line { at: Some(place), text, kind });
        }
        let top = cells.iter().map(|it| it.0.top).min().unwrap_or(area.bottom);
        if top <= area.top {
            break;
        }
        area.bottom = top - 1;
    }
    found.reverse();
    found
}
