//! Indicators and tables: exact the moment a fact lands, as a page and as a workbook.

use calamine::Reader as _;
use serde_json::{Value as Json, json};

use crate::world::World;

fn value(page: &Json, id: &str) -> Json {
    let all = page["indicators"].as_array().unwrap();
    all.iter().find(|figure| figure["id"] == id).unwrap()["value"].clone()
}

#[tokio::test]
async fn a_case_moves_the_figures_of_every_level_at_once() {
    World::each(async |world| {
    let (wang, lin, ana) =
        (world.client("wang").await, world.client("lin").await, world.client("ana").await);
    wang.done("c1", "open_case", json!({"case": "case-1", "case_kind": "test.repair", "subject": {"kind": "household", "id": "h1"}, "fields": {"broken": "lamp"}})).await;
    for place in ["b1", "g1", "c1", "s"] {
        let page = lin.see(&format!("/api/indicators?place={place}")).await;
        assert_eq!(value(&page, "test.open_cases"), 1.0, "{place}");
        assert_eq!(value(&page, "test.opened"), 1.0, "{place}");
    }
    assert_eq!(value(&ana.see("/api/indicators?place=city").await, "test.people"), 3.0);
    let yesterday = lin.see("/api/indicators?place=c1&day=2020-01-31").await;
    assert_eq!(value(&yesterday, "test.opened"), 0.0);
    assert_eq!(wang.get("/api/indicators?place=c1").await.code(), "may_not_see");
    })
    .await;
}

#[tokio::test]
async fn a_table_is_a_page_and_a_workbook_with_the_same_numbers() {
    World::each(async |world| {
    let (wang, dep) = (world.client("wang").await, world.client("dep").await);
    wang.done("c1", "open_case", json!({"case": "case-1", "case_kind": "test.repair", "subject": {"kind": "household", "id": "h1"}, "fields": {"broken": "lamp"}})).await;
    assert_eq!(dep.see("/api/tables?ledger=s").await["tables"][0]["id"], "test.daily");
    let page = dep.see("/api/tables/test.daily?place=s").await;
    let mut shown = page.clone();
    shown["as_of_seq"] = json!("[seq]");
    insta::assert_json_snapshot!("table", shown);
    let book = dep.get("/api/tables/test.daily.xlsx?place=s").await;
    assert_eq!(book.status, 200);
    let mut book: calamine::Xlsx<_> =
        calamine::Xlsx::new(std::io::Cursor::new(book.bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    for (at, row) in page["rows"].as_array().unwrap().iter().enumerate() {
        let at = u32::try_from(at).unwrap() + 6;
        let shown = sheet.get_value((at, 1)).unwrap().to_string();
        assert_eq!(shown.parse::<f64>().unwrap(), row["values"][0].as_f64().unwrap());
    }
    assert_eq!(wang.get("/api/tables?ledger=c1").await.code(), "may_not_see");
    })
    .await;
}
