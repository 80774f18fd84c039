//! A workbook with everything in it, filled.

use calamine::Data;
use rust_xlsxwriter::{
    Chart, ChartType, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, Format,
    FormatBorder, Formula, Note, Table, Workbook,
};
use tablefill::fill::{Day, UNKNOWN_SHEET, Value};

use super::archive::{cells, filled, formulas, part, parts, puts, register, text, unknown};

/// A register of four prepared rows, 5 to 8, with a total in row 9 and a signature in row 11.
pub(crate) fn book() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("登记 1").unwrap();
    let title = Format::new().set_bold();
    sheet.merge_range(0, 0, 0, 7, "登记表", &title).unwrap();
    sheet.write(1, 0, "填表人：").unwrap();
    sheet.merge_range(2, 0, 3, 0, "姓名", &title).unwrap();
    for (column, heading) in
        (1..).zip(["证件号码", "出生日期", "数量", "单价", "金额", "累计", "占比"])
    {
        sheet.write(3, column, heading).unwrap();
    }
    for row in 4..8u32 {
        let border = if row == 7 { FormatBorder::Thick } else { FormatBorder::Thin };
        let look = Format::new().set_border_bottom(border);
        let date = look.clone().set_num_format("yyyy-mm-dd");
        sheet.set_row_height(row, 21.75).unwrap();
        sheet.write_blank(row, 0, &look).unwrap();
        sheet.write_blank(row, 1, &look).unwrap();
        sheet.write_blank(row, 2, &date).unwrap();
        sheet.write_blank(row, 3, &look).unwrap();
        sheet.write_blank(row, 4, &look).unwrap();
        let number = row + 1;
        let money = Formula::new(format!("=D{number}*E{number}")).set_result("7");
        sheet.write_formula_with_format(row, 5, money, &look).unwrap();
        sheet.write_formula(row, 6, &*format!("=SUM(F$5:F{number})")).unwrap();
        sheet.write_formula(row, 7, &*format!("=F{number}/SUM(F$5:F$8)")).unwrap();
        sheet.merge_range(row, 8, row, 9, "", &look).unwrap();
    }
    sheet.write(8, 0, "合计").unwrap();
    sheet.write_formula(8, 5, Formula::new("=SUM(F5:F8)").set_result("28")).unwrap();
    sheet.write(10, 0, "负责人签字：").unwrap();
    sheet.merge_range(10, 1, 11, 3, "", &title).unwrap();
    let list = DataValidation::new().allow_list_formula("=$D$11:$D$12".into());
    sheet.add_data_validation(4, 3, 7, 3, &list).unwrap();
    let rule = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::GreaterThan(5));
    sheet.add_conditional_format(4, 4, 7, 4, &rule).unwrap();
    sheet.autofilter(3, 0, 7, 7).unwrap();
    sheet.insert_note(10, 0, &Note::new("签字后有效")).unwrap();
    sheet.set_print_area(0, 0, 11, 9).unwrap();
    sheet.set_repeat_rows(2, 3).unwrap();
    sheet.set_page_breaks(&[9]).unwrap();
    sheet.set_header("&C登记表");
    let mut chart = Chart::new(ChartType::Column);
    chart.add_series().set_values("='登记 1'!$F$5:$F$8");
    sheet.insert_chart(13, 1, &chart).unwrap();
    let other = book.add_worksheet().set_name("汇总").unwrap();
    other.write_formula(0, 0, Formula::new("='登记 1'!F9*2").set_result("56")).unwrap();
    other.write_formula(1, 0, Formula::new("=COUNTA('登记 1'!A5:A8)").set_result("0")).unwrap();
    other.write(3, 0, "不动").unwrap();
    let table = book.add_worksheet().set_name("表格").unwrap();
    let headed = Table::new().set_columns(&[rust_xlsxwriter::TableColumn::new().set_header("甲")]);
    table.add_table(0, 0, 2, 0, &headed).unwrap();
    table.write(4, 0, "下面").unwrap();
    book.define_name("总额", "='登记 1'!$F$9").unwrap();
    book.save_to_buffer().unwrap()
}

/// Ten people; of the last the price is unknown.
pub(crate) fn ten_rows() -> Vec<Vec<(u32, Value)>> {
    let row = |number: u32| {
        let day = Day { year: 1990, month: 1, day: number as u8 + 1 };
        let date = Value::Date { day, text: "不该写出".to_owned() };
        let id = format!("00010119900101{number:04}");
        vec![
            (0, text(&format!("人{number}"))),
            (1, text(&id)),
            (2, date),
            (3, Value::Number(f64::from(number))),
            (4, if number == 9 { unknown("单价", "人9") } else { Value::Number(2.5) }),
        ]
    };
    (0..10).map(row).collect()
}

#[test]
fn rows_are_inserted_with_their_values_formulas_and_formats() {
    let bytes = book();
    let filled = filled(&bytes, &register("登记 1", 5, 4, ten_rows()));
    assert_eq!((filled.cells, filled.unknown), (50, 1));
    assert_eq!((filled.inserted[0].after, filled.inserted[0].count), (8, 6));
    let values = cells(&filled.bytes, "登记 1");
    for row in 0..10 {
        assert_eq!(values[&(5 + row, 0)], Data::String(format!("人{row}")));
        assert_eq!(values[&(5 + row, 1)], Data::String(format!("00010119900101{row:04}")));
        let Data::DateTime(date) = &values[&(5 + row, 2)] else { panic!("no date") };
        assert_eq!(date.as_f64(), f64::from(32_874 + row));
    }
    assert_eq!(values[&(15, 0)], Data::String("合计".into()));
    assert_eq!(values[&(17, 0)], Data::String("负责人签字：".into()));
    assert!(!values.contains_key(&(14, 4)) || values[&(14, 4)] == Data::Empty);
    let formulas = formulas(&filled.bytes, "登记 1");
    for row in 5..15 {
        assert_eq!(formulas[&(row, 5)], format!("D{row}*E{row}"));
        assert_eq!(formulas[&(row, 6)], format!("SUM(F$5:F{row})"));
        assert_eq!(formulas[&(row, 7)], format!("F{row}/SUM(F$5:F$14)"));
    }
    assert_eq!(formulas[&(15, 5)], "SUM(F5:F14)");
}

#[test]
fn the_line_that_closes_the_register_stays_below_its_last_row() {
    let bytes = book();
    let styles = |bytes: &[u8], row: u32| {
        let sheet = part(bytes, "xl/worksheets/sheet1.xml");
        let row = sheet.split("<row ").find(|text| text.contains(&format!("r=\"{row}\""))).unwrap();
        let cell = row.split("<c ").nth(1).unwrap().to_owned();
        assert!(row.contains("ht=\"21.75\""), "{row}");
        cell.split(" s=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (thin, thick) = (styles(&bytes, 7), styles(&bytes, 8));
    assert_ne!(thin, thick);
    let filled = filled(&bytes, &register("登记 1", 5, 4, ten_rows()));
    for row in 5..14 {
        assert_eq!(styles(&filled.bytes, row), thin);
    }
    assert_eq!(styles(&filled.bytes, 14), thick);
}

#[test]
fn everything_that_names_rows_moves_with_them() {
    let bytes = book();
    let filled = filled(&bytes, &register("登记 1", 5, 4, ten_rows()));
    let sheet = part(&filled.bytes, "xl/worksheets/sheet1.xml");
    for wanted in [
        "<dimension ref=\"A1:J18\"/>",
        "<mergeCell ref=\"B17:D18\"/>",
        "<mergeCell ref=\"I8:J8\"/>",
        "<mergeCell ref=\"I9:J9\"/>",
        "<mergeCell ref=\"I14:J14\"/>",
        "sqref=\"D5:D14\"",
        "<formula1>$D$17:$D$18</formula1>",
        "<conditionalFormatting sqref=\"E5:E14\">",
        "<autoFilter ref=\"A4:H14\"/>",
        "<brk id=\"15\"",
        "&amp;C登记表",
    ] {
        assert!(sheet.contains(wanted), "{wanted} is not in {sheet}");
    }
    assert_eq!(sheet.matches("<mergeCell ").count(), 3 + 4 + 6);
    assert!(sheet.contains("<mergeCells count=\"13\">"));
    assert!(part(&filled.bytes, "xl/comments1.xml").contains("ref=\"A17\""));
    assert!(part(&filled.bytes, "xl/drawings/vmlDrawing1.vml").contains("<x:Row>16</x:Row>"));
    assert!(part(&filled.bytes, "xl/charts/chart1.xml").contains("'登记 1'!$F$5:$F$14"));
    assert!(part(&filled.bytes, "xl/drawings/drawing1.xml").contains("<xdr:row>19</xdr:row>"));
    let book = part(&filled.bytes, "xl/workbook.xml");
    for wanted in ["'登记 1'!$A$1:$J$18", "'登记 1'!$3:$4", "'登记 1'!$F$15", "'登记 1'!$A$4:$H$14"]
    {
        assert!(book.contains(wanted), "{wanted} is not in {book}");
    }
    assert!(book.contains("fullCalcOnLoad=\"1\""));
}

#[test]
fn other_sheets_follow_and_forget_what_is_no_longer_true() {
    let bytes = book();
    let filled = filled(&bytes, &register("登记 1", 5, 4, ten_rows()));
    let other = formulas(&filled.bytes, "汇总");
    assert_eq!(other[&(1, 0)], "'登记 1'!F15*2");
    assert_eq!(other[&(2, 0)], "COUNTA('登记 1'!A5:A14)");
    let text = part(&filled.bytes, "xl/worksheets/sheet2.xml");
    assert!(!text.contains("<v>56</v>") && text.contains("t=\"s\""), "{text}");
    assert_eq!(cells(&filled.bytes, "汇总")[&(4, 0)], Data::String("不动".into()));
}

#[test]
fn what_is_not_touched_is_the_same_byte_for_byte() {
    let bytes = book();
    let filled = filled(&bytes, &register("登记 1", 5, 4, ten_rows()));
    let (before, after) = (parts(&bytes), parts(&filled.bytes));
    let changed: Vec<&str> = before
        .iter()
        .filter(|(name, part)| after.get(*name) != Some(part))
        .map(|(name, _)| &**name)
        .collect();
    assert_eq!(
        changed,
        [
            "[Content_Types].xml",
            "xl/_rels/workbook.xml.rels",
            "xl/charts/chart1.xml",
            "xl/comments1.xml",
            "xl/drawings/drawing1.xml",
            "xl/drawings/vmlDrawing1.vml",
            "xl/styles.xml",
            "xl/workbook.xml",
            "xl/worksheets/sheet1.xml",
            "xl/worksheets/sheet2.xml",
        ]
    );
    let rows = |parts: &std::collections::BTreeMap<String, Vec<u8>>| {
        let sheet = String::from_utf8(parts["xl/worksheets/sheet1.xml"].clone()).unwrap();
        let start = sheet.find("<sheetData>").unwrap();
        sheet[start..sheet.find("<row r=\"5\"").unwrap()].to_owned()
    };
    assert_eq!(rows(&before), rows(&after));
}

#[test]
fn a_filling_without_values_changes_nothing() {
    let bytes = book();
    let filled = filled(&bytes, &puts("登记 1", vec![]));
    assert_eq!(parts(&filled.bytes), parts(&bytes));
}

#[test]
fn single_cells_are_filled_below_a_register_too() {
    let bytes = book();
    let mut filling = register("登记 1", 5, 4, ten_rows());
    let cells_of = puts("登记 1", vec![(2, 1, text("王")), (11, 1, text("李"))]);
    filling.sheets[0].cells.clone_from(&cells_of.sheets[0].cells);
    let filled = filled(&bytes, &filling);
    let values = cells(&filled.bytes, "登记 1");
    assert_eq!(values[&(2, 1)], Data::String("王".into()));
    assert_eq!(values[&(17, 1)], Data::String("李".into()));
}

#[test]
fn a_formula_is_kept_and_only_taken_away_where_that_is_said() {
    let bytes = book();
    let value = |value| register("登记 1", 5, 4, vec![vec![(5, value)]]);
    let kept = filled(&bytes, &value(Value::Number(1.0)));
    assert_eq!(formulas(&kept.bytes, "登记 1")[&(5, 5)], "D5*E5");
    assert_eq!(kept.remarks[0].code, "formula_kept");
    let cleared = filled(&bytes, &value(Value::Clear));
    assert!(!formulas(&cleared.bytes, "登记 1").contains_key(&(5, 5)));
    assert!(cleared.remarks.is_empty());
}

#[test]
fn what_is_unknown_is_coloured_listed_and_forgotten_once_it_is_known() {
    let bytes = book();
    let first = filled(&bytes, &register("登记 1", 5, 4, ten_rows()));
    let list = cells(&first.bytes, UNKNOWN_SHEET);
    let row: Vec<&Data> = (0..5).map(|column| &list[&(2, column)]).collect();
    let said = ["登记 1", "E14", "单价", "人9", "请问？"].map(|text| Data::String(text.into()));
    assert_eq!(row, said.iter().collect::<Vec<_>>());
    let sheet = part(&first.bytes, "xl/worksheets/sheet4.xml");
    assert!(sheet.contains("location=\"'登记 1'!E14\""), "{sheet}");
    let before = part(&bytes, "xl/worksheets/sheet1.xml");
    let style = |sheet: &str, cell: &str| {
        let from = sheet.find(&format!("<c r=\"{cell}\"")).unwrap();
        sheet[from..].split(" s=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let plain = style(&before, "E8");
    let coloured = style(&part(&first.bytes, "xl/worksheets/sheet1.xml"), "E14");
    assert_ne!(coloured, plain);
    let second = puts("登记 1", vec![(14, 4, Value::Number(3.0)), (13, 4, unknown("单价", "人8"))]);
    let second = filled(&first.bytes, &second);
    let sheet = part(&second.bytes, "xl/worksheets/sheet1.xml");
    assert_eq!(style(&sheet, "E14"), plain);
    let list = cells(&second.bytes, UNKNOWN_SHEET);
    assert_eq!(list[&(2, 1)], Data::String("E13".into()));
    assert!(!list.contains_key(&(3, 1)));
    assert_eq!(part(&second.bytes, "xl/workbook.xml").matches(UNKNOWN_SHEET).count(), 1);
}

#[test]
fn what_is_still_unknown_stays_listed_where_it_moved_to() {
    let bytes = book();
    let two = vec![(5, 4, unknown("单价", "人0")), (11, 4, unknown("电话", "签字人"))];
    let first = filled(&bytes, &puts("登记 1", two));
    let rows = || (0..6).map(|row| vec![(4, Value::Number(f64::from(row)))]).collect();
    let second = filled(&first.bytes, &register("登记 1", 5, 4, rows()));
    let list = cells(&second.bytes, UNKNOWN_SHEET);
    let row: Vec<String> = (0..5).map(|column| list[&(2, column)].to_string()).collect();
    assert_eq!(row, ["登记 1", "E13", "电话", "签字人", "请问？"]);
    assert!(!list.contains_key(&(3, 0)));
    // Again and again, and nothing grows but what has to.
    let third = filled(&second.bytes, &puts("登记 1", vec![(5, 3, unknown("数量", "人0"))]));
    let fourth = filled(&third.bytes, &puts("登记 1", vec![(5, 3, unknown("数量", "人0"))]));
    let styles = |bytes: &[u8]| part(bytes, "xl/styles.xml");
    assert_eq!(styles(&third.bytes), styles(&fourth.bytes));
    assert_eq!(cells(&fourth.bytes, UNKNOWN_SHEET).len(), 3 * 5 + 1);
    let last =
        filled(&fourth.bytes, &puts("登记 1", vec![(5, 3, Value::Clear), (13, 4, text("1"))]));
    assert_eq!(cells(&last.bytes, UNKNOWN_SHEET).len(), 6);
}

#[test]
fn a_table_grows_with_its_rows() {
    let bytes = book();
    let rows = (0..5).map(|row| vec![(0, Value::Number(f64::from(row)))]).collect();
    let filled = filled(&bytes, &register("表格", 2, 2, rows));
    let table = part(&filled.bytes, "xl/tables/table1.xml");
    assert!(table.contains("ref=\"A1:A6\""), "{table}");
    assert_eq!(cells(&filled.bytes, "表格")[&(8, 0)], Data::String("下面".into()));
}

#[test]
fn a_date_is_written_as_its_text_where_the_cell_shows_no_dates() {
    let day = Day { year: 2020, month: 2, day: 1 };
    let date = || Value::Date { day, text: "2020.02".to_owned() };
    let filled = filled(&book(), &puts("登记 1", vec![(5, 2, date()), (5, 3, date())]));
    let values = cells(&filled.bytes, "登记 1");
    assert!(matches!(&values[&(5, 2)], Data::DateTime(date) if date.as_f64() == 43_862.0));
    assert_eq!(values[&(5, 3)], Data::String("2020.02".into()));
}
