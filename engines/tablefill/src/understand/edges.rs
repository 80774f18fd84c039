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
    let whole = |at: &At| {
        let merge = sheet.merges.iter().take(5_000).find(|it| it.corner() == *at);
        merge.copied().unwrap_or(Area::at(*at))
    };
    full.map(|(at, cell)| (whole(at), cell)).collect()
}

/// Whether a row holds nothing but one text, from edge to edge or with nothing beside it.
fn single<'a>(sheet: &'a Sheet, area: Area, at: u32) -> Option<(Area, &'a Cell)> {
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
        let texts: Vec<(At, String)> =
            cells.iter().map(|(place, cell)| (place.corner(), cell.words())).collect();
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
            if !wide && cell.look.bordered && place.cols() == 1 && area.cols() > 2 {
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
    while area.bottom > area.top {
        let cells = row(sheet, *area, area.bottom);
        if cells.iter().any(|it| heads(it.0.corner())) {
            break;
        }
        if cells.is_empty() {
            let bordered = (area.left..=area.right).any(|col| {
                let cell = sheet.cells.get(&At::new(area.bottom, col));
                cell.is_some_and(|it| it.look.bordered)
            });
            let merged = sheet
                .merges
                .iter()
                .take(5_000)
                .any(|it| it.bottom >= area.bottom && it.top <= area.bottom && it.meets(area));
            if bordered || merged || found.is_empty() {
                break;
            }
            area.bottom -= 1;
            continue;
        }
        let texts: Vec<(At, String)> =
            cells.iter().map(|(place, cell)| (place.corner(), cell.words())).collect();
        let one = single(sheet, *area, area.bottom);
        let note = one.is_some_and(|(place, cell)| {
            let text = cell.words();
            let wide = place.cols() * 2 > area.cols();
            let note = lines::kind(&text, false, false);
            let long = text.chars().count() > 12;
            area.cols() > 1
                && matches!(cell.value, Value::Text(_))
                && (wide || !cell.look.bordered && long || note == LineKind::Signature)
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
