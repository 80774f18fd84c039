//! The department's table is there the same minute, as a page and as a workbook.

use calamine::{Data, Reader as _, Xlsx};
use serde_json::Value as Json;

use crate::street::Street;

pub(crate) async fn is_there_the_same_minute(street: &Street<'_>) {
    let (table, place, today) = (&street.script.table, &street.street, street.today());
    let page =
        street.department.see(&format!("/api/tables/{table}?place={place}&on={today}")).await;
    let released = &street.script.stay.released;
    let columns = page["table"]["columns"].as_array().unwrap();
    let column = columns.iter().position(|it| it["id"].as_str() == Some(&**released));
    let column = column.unwrap_or_else(|| panic!("{columns:#?}"));
    let rows = page["rows"].as_array().unwrap();
    let total = rows.last().unwrap();
    assert_eq!((&total["total"], total["values"][column].as_f64()), (&Json::Bool(true), Some(1.0)));
    let path = format!("/api/tables/{table}.xlsx?place={place}&on={today}");
    let bytes = street.department.get(&path).await.bytes;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    for row in rows {
        let name = row["name"].as_str().unwrap();
        let mut lines = sheet.rows();
        let line = lines.find(|line| line.iter().any(|cell| cell.to_string().contains(name)));
        let line = line.unwrap_or_else(|| panic!("{name} is in the workbook"));
        let numbers: Vec<f64> = line.iter().filter_map(number).collect();
        let values: Vec<f64> =
            row["values"].as_array().unwrap().iter().map(|it| it.as_f64().unwrap()).collect();
        assert_eq!(numbers, values, "{name}");
    }
}

fn number(cell: &Data) -> Option<f64> {
    match cell {
        Data::Float(number) => Some(*number),
        Data::Int(number) => i32::try_from(*number).ok().map(f64::from),
        _ => None,
    }
}
