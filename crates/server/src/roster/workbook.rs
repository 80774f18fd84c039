//! Workbooks that go out: the template of a roster, and the rows that could not be taken.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::rows::{Column, Roster};

/// The media type of a workbook.
pub(crate) const WORKBOOK: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// An empty roster with a header and two rows to see how it is meant.
///
/// # Errors
/// When the workbook cannot be written.
pub(crate) fn template() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    let sheet = book.add_worksheet();
    sheet.set_name("名册 Roster")?;
    for (at, column) in (0..).zip(Column::ALL) {
        let (zh, en) = column.header();
        sheet.set_column_format(at, &text)?;
        sheet.set_column_width(at, 18)?;
        sheet.write_with_format(0, at, format!("{zh} ({en})"), &bold)?;
    }
    let examples: [[&str; 12]; 2] = [
        ["1", "", "第一网格", "3号楼", "101", "王芳", "13800000000", "", "1986", "", "", ""],
        ["2", "", "第一网格", "3号楼", "101", "王小明", "", "", "2014-05-01", "", "1", "child"],
    ];
    for (row, cells) in (1..).zip(examples) {
        for (at, cell) in (0..).zip(cells) {
            sheet.write_with_format(row, at, cell, &text)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

/// The rows that could not be taken, as they were, each with what is wrong at its end.
///
/// # Errors
/// When the workbook cannot be written.
pub(crate) fn bad_rows(roster: &Roster) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    let sheet = book.add_worksheet();
    sheet.set_name("请改正 To correct")?;
    let width = u16::try_from(roster.header.len()).unwrap_or(u16::MAX - 2);
    for (at, cell) in (0..width).zip(&roster.header) {
        sheet.set_column_format(at, &text)?;
        sheet.write_with_format(0, at, cell, &bold)?;
    }
    sheet.write_with_format(0, width, "问题", &bold)?;
    sheet.write_with_format(0, width + 1, "What is wrong", &bold)?;
    sheet.set_column_width(width, 40)?;
    sheet.set_column_width(width + 1, 40)?;
    for (row, bad) in (1..).zip(&roster.bad) {
        let line = roster.lines.iter().find(|line| line.number == bad.line);
        let cells = line.map(|line| line.cells.as_slice()).unwrap_or_default();
        for (at, cell) in (0..width).zip(cells) {
            sheet.write_with_format(row, at, cell, &text)?;
        }
        sheet.write(row, width, &bad.why.zh)?;
        sheet.write(row, width + 1, &bad.why.en)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::super::rows::read_roster;
    use super::*;

    #[test]
    fn the_template_can_be_read_back() {
        let roster = read_roster(&template().unwrap(), jiff::civil::date(2020, 2, 1)).unwrap();
        assert_eq!((roster.rows.len(), roster.bad.len()), (2, 0));
        assert_eq!(roster.rows[1].cared_for_by.as_deref(), Some("1"));
    }

    #[test]
    fn bad_rows_come_back_with_what_is_wrong_and_can_be_sent_again_when_put_right() {
        let text = "姓名,门牌,出生\n王芳,101,1850\n李明,,1980\n张伟,102,1980\n";
        let today = jiff::civil::date(2020, 2, 1);
        let roster = read_roster(text.as_bytes(), today).unwrap();
        let back = read_roster(&bad_rows(&roster).unwrap(), today).unwrap();
        assert_eq!((roster.bad.len(), back.bad.len()), (2, 2));
        assert!(back.lines[0].cells[3].contains("1900"), "{:?}", back.lines);
        assert_eq!(back.lines[1].cells[0], "李明");
    }
}
