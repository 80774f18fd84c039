//! Workbooks of the older kind come back as .xlsx and say so.

use calamine::Data;
use tablefill::fill::{Filling, OlderSheet, OlderValue, Value, fill_older};

use super::archive::{cells, formulas, part, register, text};

fn sheet() -> OlderSheet {
    OlderSheet {
        name: "登记".to_owned(),
        hidden: false,
        cells: vec![
            (1, 0, OlderValue::Text("名单".to_owned())),
            (2, 0, OlderValue::Text("姓名".to_owned())),
            (3, 1, OlderValue::Date(43_862.0)),
            (4, 0, OlderValue::Text("合计".to_owned())),
            (4, 1, OlderValue::Formula("SUM(B3:B3)".to_owned())),
        ],
        merges: vec![[1, 0, 1, 3], [1, 0, 1, 1], [9, 9, 9, 9]],
        widths: vec![(0, 30.0)],
    }
}

#[test]
fn values_formulas_merges_and_widths_are_kept() {
    let rows =
        (0..3).map(|row| vec![(0, text("人")), (1, Value::Number(f64::from(row)))]).collect();
    let filled = fill_older(&[sheet()], &register("登记", 3, 1, rows)).unwrap();
    assert_eq!(filled.remarks[0].code, "older_workbook");
    assert_eq!(cells(&filled.bytes, "登记")[&(6, 0)], Data::String("合计".into()));
    assert_eq!(formulas(&filled.bytes, "登记")[&(6, 1)], "SUM(B3:B5)");
    let page = part(&filled.bytes, "xl/worksheets/sheet1.xml");
    assert!(
        page.contains("<mergeCell ref=\"A1:D1\"/>") && page.contains("<col min=\"1\" max=\"1\"")
    );
}

#[test]
fn what_no_xlsx_can_have_is_refused() {
    let refused = |sheet: OlderSheet| fill_older(&[sheet], &Filling::default()).unwrap_err().code;
    assert_eq!(refused(OlderSheet { name: "a/b".to_owned(), ..sheet() }), "older_workbook");
    let cells = vec![(0, 0, OlderValue::Truth(true))];
    assert_eq!(refused(OlderSheet { cells, ..sheet() }), "older_workbook");
}
