//! What was changed behind the store's back is found; what is derived can be made anew.

use domain::ids::LedgerId;
use serde_json::json;
use sqlx::{AssertSqlSafe, Column as _, Connection as _, Row as _};

use crate::house::{House, id};

async fn a_week(house: &House) {
    let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
    house.done("community", "add_places", json!({"places": places})).await;
    for n in 0..20 {
        let home = json!({"household": format!("h{n}"), "place": "b1", "door": format!("{n}")});
        house.done("community", "register_household", home).await;
        let values = json!({"name": format!("person {n}")});
        let person =
            json!({"person": format!("p{n}"), "household": format!("h{n}"), "values": values});
        house.done("community", "register_person", person).await;
    }
    let care = json!({"carer": "p1", "dependant": "p2", "care": "elder"});
    house.done("community", "state_care", care).await;
    house.done("community", "move_person", json!({"person": "p3", "to": "h4"})).await;
    let pool = json!({"pool": "rooms", "sort": "test.room", "name": "Rooms", "place": "b1"});
    house.give("community", "open_pool", pool).await;
}

/// All rows of a table, as texts.
pub(crate) async fn dump(house: &House, table: &str) -> Vec<String> {
    let sql = AssertSqlSafe(format!("SELECT * FROM {table}"));
    let cell = |text: Result<String, sqlx::Error>, number: Result<i64, sqlx::Error>| {
        text.or_else(|_| number.map(|n| n.to_string())).unwrap_or_default()
    };
    match &house.options.database {
        Some(url) => {
            let mut link = sqlx::PgConnection::connect(url).await.unwrap();
            let rows = sqlx::query(sql).fetch_all(&mut link).await.unwrap();
            let line = |row: &sqlx::postgres::PgRow| {
                row.columns()
                    .iter()
                    .map(|c| cell(row.try_get(c.ordinal()), row.try_get(c.ordinal())))
                    .collect::<Vec<_>>()
                    .join("|")
            };
            sorted(rows.iter().map(line).collect())
        }
        None => {
            let mut link = sqlite(house).await;
            let rows = sqlx::query(sql).fetch_all(&mut link).await.unwrap();
            let line = |row: &sqlx::sqlite::SqliteRow| {
                row.columns()
                    .iter()
                    .map(|c| cell(row.try_get(c.ordinal()), row.try_get(c.ordinal())))
                    .collect::<Vec<_>>()
                    .join("|")
            };
            sorted(rows.iter().map(line).collect())
        }
    }
}

async fn sqlite(house: &House) -> sqlx::SqliteConnection {
    let path = house.folder.path().join("linli.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    sqlx::SqliteConnection::connect_with(&options).await.unwrap()
}

/// The bytes of one column of a store on SQLite.
pub(crate) async fn blobs(house: &House, sql: &str) -> Vec<Vec<u8>> {
    let mut link = sqlite(house).await;
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut link).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

pub(crate) async fn run(house: &House, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    match &house.options.database {
        Some(url) => {
            let mut link = sqlx::PgConnection::connect(url).await.unwrap();
            sqlx::query(sql).execute(&mut link).await.unwrap();
        }
        None => {
            let mut link = sqlite(house).await;
            sqlx::query(sql).execute(&mut link).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn views_equal_rebuild() {
    for house in House::all().await {
        a_week(&house).await;
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        let mut before = Vec::new();
        for table in ["thing", "touch", "party", "figure"] {
            before.push(dump(&house, table).await);
        }
        assert!(before[0].len() > 40);
        house.store.rebuild(&|_, _| {}).await.unwrap();
        let mut after = Vec::new();
        for table in ["thing", "touch", "party", "figure"] {
            after.push(dump(&house, table).await);
        }
        assert_eq!(before, after);
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_changed_in_any_column_of_a_fact_is_found() {
    for house in House::all().await {
        a_week(&house).await;
        house.store.sign_heads().await.unwrap();
        let found = house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        assert!(found.signatures >= 2 && found.values == 20 && found.ledgers == 2);
        let texts = ["fact", "body", "subject_kind", "subject", "command", "actor", "device"];
        let numbers = ["version", "occurred_at", "recorded_at"];
        let changes = texts.iter().map(|c| (*c, format!("{c} || 'x'")));
        let changes = changes.chain(numbers.iter().map(|c| (*c, format!("{c} + 1"))));
        for (column, to) in changes {
            run(
                &house,
                "CREATE TABLE kept AS SELECT * FROM fact WHERE ledger = 'community' AND seq = 5",
            )
            .await;
            run(
                &house,
                &format!("UPDATE fact SET {column} = {to} WHERE ledger = 'community' AND seq = 5"),
            )
            .await;
            let wrong = house.store.verify(&|_, _| {}).await.unwrap().unwrap_err();
            assert_eq!((wrong.ledger.as_str(), wrong.seq), ("community", 5), "{column}");
            run(&house, "DELETE FROM fact WHERE ledger = 'community' AND seq = 5").await;
            let wrong = house.store.verify(&|_, _| {}).await.unwrap().unwrap_err();
            assert_eq!(wrong.what, "it is missing");
            run(&house, "INSERT INTO fact SELECT * FROM kept").await;
            run(&house, "DROP TABLE kept").await;
        }
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        run(&house, "UPDATE thing SET owner = 'x' WHERE id = 'h1'").await;
        assert!(house.store.verify(&|_, _| {}).await.unwrap().is_err());
        house.store.rebuild(&|_, _| {}).await.unwrap();
        let last = house.store.last_seq(&id::<LedgerId>("community")).await.unwrap();
        run(&house, &format!("DELETE FROM fact WHERE ledger = 'community' AND seq = {last}")).await;
        assert!(house.store.verify(&|_, _| {}).await.unwrap().is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn destroyed_values_stay_unreadable_from_an_old_copy_and_the_chain_stays_whole() {
    for house in House::all().await {
        a_week(&house).await;
        run(&house, "CREATE TABLE old_vault AS SELECT * FROM vault").await;
        *house.clock.0.lock().unwrap() = "2020-03-01T08:00:00Z".parse().unwrap();
        let destroy =
            serde_json::from_value(json!({"purpose": "register", "before": house.store.now()}));
        let ledger: LedgerId = id("community");
        let operator = crate::house::operator();
        let (answer, certificate) =
            house.store.destroy(&ledger, id("destroy"), destroy.unwrap(), operator).await.unwrap();
        assert!(answer.outcome.is_ok());
        assert!(certificate.unwrap().text.contains("\"values\":20"));
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        run(&house, "INSERT INTO vault SELECT * FROM old_vault").await;
        let reader = store::Reader { account: id("worker"), role: "grid_worker".to_owned() };
        let wanted = [store::Wanted { person: id("p1"), item: None }];
        assert!(
            house.store.reveal(&ledger, &reader, "register", &wanted, &|_| true).await.is_err()
        );
    }
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}
