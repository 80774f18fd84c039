//! A reference that moved still points to the cell that it pointed to.

use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use tablefill::fill::fill;

use super::archive::{cells, formulas, register, text};

/// A cell with or without its `$` signs, as a formula writes it.
fn written(column: u32, row: u32, fixed: (bool, bool)) -> String {
    let dollar = |fixed: bool| if fixed { "$" } else { "" };
    let letter = char::from(b'A' + column as u8);
    format!("{}{letter}{}{row}", dollar(fixed.0), dollar(fixed.1))
}

/// Every cell says where it was: a formula stands for the words of what it points to.
fn word(column: u32, row: u32) -> String {
    format!("c{column}r{row}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_single_cell_keeps_its_meaning(
        first in 2u32..12,
        there in 1u32..5,
        more in 1u32..7,
        targets in prop::collection::vec((0u32..6, 1u32..20, any::<(bool, bool)>(), any::<bool>()), 1..12),
    ) {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("甲 1").unwrap();
        for row in 1..=20 {
            for column in 0..6 {
                sheet.write(row - 1, column as u16, word(column, row)).unwrap();
            }
        }
        for (at, (column, row, fixed, named)) in (30u32..).zip(&targets) {
            let cell = written(*column, *row, *fixed);
            let formula = if *named { format!("='甲 1'!{cell}") } else { format!("={cell}") };
            sheet.write_formula(at - 1, 0, &*formula).unwrap();
        }
        let other = book.add_worksheet().set_name("乙").unwrap();
        for (at, (column, row, fixed, _)) in (1u32..).zip(&targets) {
            let cell = written(*column, *row, *fixed);
            other.write_formula(at - 1, 0, &*format!("='甲 1'!{cell}&{cell}")).unwrap();
        }
        let bytes = book.save_to_buffer().unwrap();
        let rows = (0..there + more).map(|_| vec![(7, text("n"))]).collect();
        let filled = fill(&bytes, &register("甲 1", first, there, rows)).unwrap();
        let values = cells(&filled.bytes, "甲 1");
        let here = formulas(&filled.bytes, "甲 1");
        let there_too = formulas(&filled.bytes, "乙");
        for (at, (column, row, fixed, named)) in (30u32..).zip(&targets) {
            let formula = &here[&(at + more, 0)];
            let cell = if *named { formula.strip_prefix("'甲 1'!").unwrap() } else { formula };
            let digits = cell.trim_start_matches(|letter: char| !letter.is_ascii_digit());
            let to: u32 = digits.parse().unwrap();
            prop_assert_eq!(cell, &written(*column, to, *fixed));
            prop_assert_eq!(values[&(to, *column)].to_string(), word(*column, *row));
            let plain = written(*column, *row, *fixed);
            let moved = written(*column, to, *fixed);
            prop_assert_eq!(&there_too[&(at - 29, 0)], &format!("'甲 1'!{moved}&{plain}"));
        }
    }

    #[test]
    fn a_range_covers_what_it_covered_and_the_register(
        first in 2u32..12,
        there in 2u32..5,
        more in 1u32..7,
        ranges in prop::collection::vec((1u32..20, 1u32..20), 1..12),
    ) {
        let last = first + there - 1;
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("甲").unwrap();
        for row in 1..=20 {
            sheet.write(row - 1, 0, word(0, row)).unwrap();
        }
        for (at, (from, to)) in (30u32..).zip(&ranges) {
            let (from, to) = (from.min(to), from.max(to));
            sheet.write_formula(at - 1, 0, &*format!("=COUNTA(A{from}:A{to})")).unwrap();
        }
        let bytes = book.save_to_buffer().unwrap();
        let rows = (0..there + more).map(|_| vec![(0, text("n"))]).collect();
        let filled = fill(&bytes, &register("甲", first, there, rows)).unwrap();
        let here = formulas(&filled.bytes, "甲");
        let moved = |row: u32| if row > last { row + more } else { row };
        for (at, (from, to)) in (30u32..).zip(&ranges) {
            let (from, to) = (*from.min(to), *from.max(to));
            let grows = to == last && from < to;
            let end = if grows { last + more } else { moved(to) };
            prop_assert_eq!(&here[&(at + more, 0)], &format!("COUNTA(A{}:A{end})", moved(from)));
        }
    }
}
