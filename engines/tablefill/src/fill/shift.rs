//! Where rows go when others are inserted, and with them everything that names them.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use super::limits::ROWS;
use super::reference::{Piece, Reference, Wide, replaced, scan};

/// Rows that are inserted behind the last prepared one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Insertion {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) count: u32,
}

/// All insertions of a sheet, from the top.
#[derive(Debug, Clone, Default)]
pub(super) struct Shift {
    pub(super) insertions: Vec<Insertion>,
}

/// Where a reference stands, for that tells what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a row of the sheet, counted before the insertion.
    Row(u32),
    /// In a name, a table, a rule or a setting.
    Anywhere,
    /// In a chart.
    Chart,
}

/// How far a range grows that ends with the last prepared row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Growth {
    /// It stays.
    Never,
    /// If it has more than one row.
    Many,
    /// Also if it is one row and there is but one prepared row.
    Alone,
    /// Always.
    Always,
}

impl Shift {
    /// Where a row is after the insertion; beyond the last row of a sheet it may be too.
    pub(super) fn row(&self, row: u32) -> u32 {
        let before = self.insertions.iter().take_while(|one| one.last < row);
        row + before.map(|one| one.count).sum::<u32>()
    }

    /// The rows of a range after the insertion.
    pub(super) fn rows(&self, first: u32, last: u32, growth: Growth) -> (u32, u32) {
        let (first, last) = (first.min(last), first.max(last));
        let found = self.insertions.binary_search_by_key(&last, |one| one.last);
        let grown = found.map_or(0, |at| {
            let one = self.insertions[at];
            let grows = match growth {
                Growth::Never => false,
                Growth::Many => first < last,
                Growth::Alone => first < last || one.first == one.last,
                Growth::Always => true,
            };
            if grows { one.count } else { 0 }
        });
        (self.row(first), (self.row(last) + grown).min(ROWS))
    }

    /// Whether there is nothing to shift.
    pub(super) fn is_empty(&self) -> bool {
        self.insertions.is_empty()
    }

    /// Which insertion a row is a prepared row of.
    fn of(&self, row: u32) -> Option<Insertion> {
        let at = self.insertions.partition_point(|one| one.last < row);
        self.insertions.get(at).copied().filter(|one| one.first <= row)
    }
}

/// The insertions of all sheets.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// By the sheet's name in lower case.
    sheets: HashMap<String, Shift>,
    /// Whether a formula was left alone that refers through several sheets.
    through_sheets: Cell<bool>,
}

impl Moves {
    /// Notes the insertions of a sheet.
    pub(super) fn add(&mut self, sheet: &str, shift: Shift) {
        if !shift.is_empty() {
            self.sheets.insert(sheet.to_lowercase(), shift);
        }
    }

    /// Whether nothing moves anywhere.
    pub(super) fn is_empty(&self) -> bool {
        self.sheets.is_empty()
    }

    /// The insertions of a sheet.
    pub(super) fn of(&self, sheet: &str) -> Option<&Shift> {
        self.sheets.get(&sheet.to_lowercase())
    }

    /// Whether a formula was left alone that refers through several sheets.
    pub(super) fn left_alone(&self) -> bool {
        self.through_sheets.get()
    }

    /// A formula after the insertion; `None` if it reads as before.
    pub(super) fn formula(&self, text: &str, own: Option<&str>, place: Place) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut edits = Vec::new();
        scan(text, &mut |piece| match piece {
            Piece::Reference(sheet, reference) => {
                let Some(name) = sheet.or(own) else { return };
                let Some(shift) = self.of(name) else { return };
                let at_home = own.is_some_and(|own| own.to_lowercase() == name.to_lowercase());
                let row = match place {
                    Place::Row(row) if at_home => shift.of(row).map(|one| (one, row)),
                    _ => None,
                };
                let growth = growth(&reference, row, place);
                edit(&mut edits, shift, &reference, growth);
            }
            Piece::Wide(Wide::Sheets) => self.through_sheets.set(true),
            _ => {}
        });
        replaced(text, edits)
    }
}

impl Shift {
    /// Ranges with blanks between them after the insertion; `None` if they read as before.
    pub(super) fn ranges(&self, text: &str, growth: Growth) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut edits = Vec::new();
        scan(text, &mut |piece| {
            if let Piece::Reference(None, reference) = piece {
                edit(&mut edits, self, &reference, growth);
            }
        });
        replaced(text, edits)
    }
}

/// How a reference grows: one in a prepared row says by its `$` whether it means the whole
/// register or all rows so far.
fn growth(reference: &Reference, prepared: Option<(Insertion, u32)>, place: Place) -> Growth {
    let Some(last) = &reference.last else { return Growth::Never };
    let fixed = |part: &Option<super::reference::Part>| part.as_ref().is_some_and(|p| p.fixed);
    if let Some((one, row)) = prepared
        && row == one.last
    {
        let register = fixed(&last.row) && fixed(&reference.first.row);
        return if register { Growth::Alone } else { Growth::Never };
    }
    let column = |point: &super::reference::Point| point.column.as_ref().map(|part| part.value);
    match place {
        Place::Row(_) | Place::Anywhere => Growth::Alone,
        Place::Chart if column(&reference.first) == column(last) => Growth::Alone,
        Place::Chart => Growth::Many,
    }
}

/// Notes what becomes of the rows of a reference.
fn edit(
    edits: &mut Vec<(std::ops::Range<usize>, Cow<'_, str>)>,
    shift: &Shift,
    reference: &Reference,
    growth: Growth,
) {
    let Some(first) = &reference.first.row else { return };
    let Some(last) = &reference.last else {
        // A single cell grows into a range where a rule has to hold for the inserted rows too.
        let (start, end) = shift.rows(first.value, first.value, growth);
        if start > ROWS {
            edits.push((reference.span.clone(), "#REF!".into()));
        } else if end > start {
            let column = &reference.first.column;
            let letters = column
                .as_ref()
                .map_or(String::new(), |part| super::reference::column_letters(part.value));
            edits.push((first.span.clone(), format!("{start}:{letters}{end}").into()));
        } else if start != first.value {
            edits.push((first.span.clone(), start.to_string().into()));
        }
        return;
    };
    let Some(last) = &last.row else { return };
    let (start, end) = shift.rows(first.value, last.value, growth);
    if start > ROWS {
        edits.push((reference.span.clone(), "#REF!".into()));
        return;
    }
    // Some ranges are written from the bottom to the top.
    let (start, end) = if first.value <= last.value { (start, end) } else { (end, start) };
    if start != first.value {
        edits.push((first.span.clone(), start.to_string().into()));
    }
    if end != last.value {
        edits.push((last.span.clone(), end.to_string().into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(first: u32, last: u32, count: u32) -> Moves {
        let mut moves = Moves::default();
        moves.add("表 1", Shift { insertions: vec![Insertion { first, last, count }] });
        moves
    }

    fn on_it(moves: &Moves, text: &str, row: u32) -> String {
        moves.formula(text, Some("表 1"), Place::Row(row)).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn what_ends_with_the_last_prepared_row_grows_and_what_is_below_moves() {
        let moves = moves(5, 24, 10);
        assert_eq!(on_it(&moves, "SUM(C5:C24)", 25), "SUM(C5:C34)");
        assert_eq!(on_it(&moves, "C24+C25+$A$30", 25), "C24+C35+$A$40");
        assert_eq!(on_it(&moves, "SUM(5:24)+SUM(C:C)", 25), "SUM(5:34)+SUM(C:C)");
        assert_eq!(on_it(&moves, "SUM(A24:F24)", 30), "SUM(A24:F24)");
        assert_eq!(on_it(&moves, "SUM(A1:A1048576)", 30), "SUM(A1:A1048576)");
        assert_eq!(
            moves.formula("SUM('表 1'!C5:C24)", Some("x"), Place::Row(5)).unwrap(),
            "SUM('表 1'!C5:C34)"
        );
        assert_eq!(moves.formula("SUM(C5:C24)", Some("x"), Place::Row(5)), None);
    }

    #[test]
    fn a_dollar_tells_the_whole_register_from_the_rows_so_far() {
        let moves = moves(5, 24, 10);
        assert_eq!(on_it(&moves, "C24/SUM(C$5:C$24)", 24), "C24/SUM(C$5:C$34)");
        assert_eq!(on_it(&moves, "SUM(C$5:C24)", 24), "SUM(C$5:C24)");
        assert_eq!(on_it(&moves, "RANK(C7,C$5:C$24)", 7), "RANK(C7,C$5:C$34)");
    }

    #[test]
    fn a_single_prepared_row_is_the_whole_register() {
        let moves = moves(5, 5, 3);
        assert_eq!(on_it(&moves, "SUM(C5:C5)", 6), "SUM(C5:C8)");
        assert_eq!(on_it(&moves, "SUM(A5:F5)", 5), "SUM(A5:F5)");
        let shift = moves.of("表 1").unwrap();
        assert_eq!(shift.ranges("C5 D5:D6 A:A", Growth::Always).unwrap(), "C5:C8 D5:D9 A:A");
        assert_eq!(shift.ranges("B5:C5", Growth::Many), None);
    }

    #[test]
    fn a_reference_through_sheets_is_left_alone_and_told() {
        let moves = moves(5, 5, 3);
        assert_eq!(moves.formula("SUM(甲:丙!A9)", Some("表 1"), Place::Row(9)), None);
        assert!(moves.left_alone());
    }
}
