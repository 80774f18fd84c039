//! What is kept outlives a crash, an export, a backup; what is due is done once.

use std::process::{Command, Stdio};
use std::time::Duration;

use domain::ids::LedgerId;
use serde_json::json;
use store::Store;

use crate::house::{House, id, operator};

const FROZEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/ledgers/first.jsonl");

async fn a_home(house: &House) {
    let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
    house.done("community", "add_places", json!({"places": places})).await;
    house
        .done(
            "community",
            "register_household",
            json!({"household": "h1", "place": "b1", "door": "1-101"}),
        )
        .await;
    let values = json!({"name": "Li"});
    let person = json!({"person": "p1", "household": "h1", "born_year": 1950, "values": values});
    house.done("community", "register_person", person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_loads_into_an_empty_store_and_is_refused_when_it_was_changed() {
    for (house, other) in House::all().await.into_iter().zip(House::empty().await) {
        a_home(&house).await;
        let mut lines = Vec::new();
        house.store.export(&mut lines, &|_, _| {}).await.unwrap();
        let changed = String::from_utf8(lines.clone()).unwrap().replace("1950", "1951");
        assert!(other.store.load_export(&mut changed.as_bytes(), &|_, _| {}).await.is_err());
        other.store.load_export(&mut lines.as_slice(), &|_, _| {}).await.unwrap();
        other.store.verify(&|_, _| {}).await.unwrap().unwrap();
        let mut again = Vec::new();
        other.store.export(&mut again, &|_, _| {}).await.unwrap();
        assert_eq!(lines, again);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frozen_ledgers_load_and_rebuild() {
    if !std::path::Path::new(FROZEN).exists() {
        let house = House::all().await.remove(0);
        a_home(&house).await;
        let mut lines = Vec::new();
        house.store.export(&mut lines, &|_, _| {}).await.unwrap();
        std::fs::write(FROZEN, lines).unwrap();
    }
    let frozen = std::fs::read(FROZEN).unwrap();
    for house in House::empty().await {
        house.store.load_export(&mut frozen.as_slice(), &|_, _| {}).await.unwrap();
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        house
            .done(
                "community",
                "register_household",
                json!({"household": "h9", "place": "b1", "door": "9"}),
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_opens_like_the_original() {
    let house = House::all().await.remove(0);
    a_home(&house).await;
    let ledger: LedgerId = id("community");
    let hash = house.store.put_attachment(&ledger, "text/plain", b"bytes").await.unwrap();
    let to = house.folder.path().join("copy");
    house.store.backup(&to, true).await.unwrap();
    let again = house.folder.path().join("again");
    Store::restore(&to, &again).unwrap();
    assert!(Store::restore(&to, &again).is_err());
    let mut options = house.options.clone();
    options.folder = again;
    let other = Store::open(options).await.unwrap();
    other.verify(&|_, _| {}).await.unwrap().unwrap();
    assert_eq!(other.attachment_bytes(&ledger, &hash).await.unwrap().unwrap(), b"bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_done_once_by_two_processes() {
    for house in House::all().await {
        a_home(&house).await;
        house.adopt("one").await;
        let pool = json!({"pool": "rooms", "sort": "test.room", "name": "Rooms", "place": "b1"});
        house.done("community", "open_pool", pool).await;
        let stock = json!({"pool": "rooms", "amount": 5, "reason": "counted"});
        house.done("community", "add_stock", stock).await;
        let hold = json!({"pool": "rooms", "hold": "a", "amount": 1, "minutes": 30});
        house.done("community", "hold_stock", hold).await;
        let other = Store::open(house.options.clone()).await.unwrap();
        assert_eq!(house.store.wake().await.unwrap(), 0);
        *house.clock.0.lock().unwrap() = "2020-02-01T09:00:00Z".parse().unwrap();
        let (here, there) = tokio::join!(house.store.wake(), other.wake());
        assert_eq!(here.unwrap() + there.unwrap(), 1);
        assert_eq!(house.store.wake().await.unwrap(), 0);
    }
}

/// Not a test of its own: the child that is killed. It says the number of each command answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_child_writes_until_it_is_killed() {
    let Ok(folder) = std::env::var("LINLI_TEST_CHILD") else { return };
    let house = House::at(folder.into(), std::env::var("LINLI_TEST_CHILD_DATABASE").ok()).await;
    let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
    house.done("community", "add_places", json!({"places": places})).await;
    // Many clients at once: whatever instant it is killed at, something is half written.
    let house = std::sync::Arc::new(house);
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..16 {
        let house = std::sync::Arc::clone(&house);
        clients.spawn(async move {
            for n in 0..1_000_000 {
                let home =
                    json!({"household": format!("h{client}-{n}"), "place": "b1", "door": "1"});
                let envelope = house.envelope("community", "register_household", home);
                house.store.submit(envelope, operator()).await.unwrap().outcome.unwrap();
                eprintln!("answered {client}-{n}");
            }
        });
    }
    while clients.join_next().await.is_some() {}
}

/// What a child was told before it was killed, in the middle of its work.
async fn killed(folder: &std::path::Path, database: Option<&str>) -> Vec<String> {
    let said = folder.join("said");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "keep::a_child_writes_until_it_is_killed", "--nocapture"]);
    child.env("LINLI_TEST_CHILD", folder);
    if let Some(database) = database {
        child.env("LINLI_TEST_CHILD_DATABASE", database);
    }
    let child = child.stdout(Stdio::null()).stderr(std::fs::File::create(&said).unwrap());
    let mut child = child.spawn().unwrap();
    for _ in 0..400 {
        tokio::time::sleep(Duration::from_millis(25)).await;
        let said = std::fs::read_to_string(&said).unwrap();
        if said.lines().filter(|line| line.starts_with("answered")).count() > 200 {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let said = std::fs::read_to_string(&said).unwrap();
    // The last line may be cut off.
    let whole = said.rsplit_once('\n').map(|(whole, _)| whole.to_owned()).unwrap_or_default();
    let answered: Vec<String> = whole
        .lines()
        .filter_map(|line| line.strip_prefix("answered "))
        .map(str::to_owned)
        .collect();
    assert!(answered.len() > 200, "{said}");
    answered
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_acknowledged_survives_kill_9() {
    for database in crate::house::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let answered = killed(folder.path(), database.as_deref()).await;
        let house = House::open_again(folder.path().to_owned(), database).await;
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        let ledger: LedgerId = id("community");
        for n in answered {
            let home = format!("h{n}");
            let home = house.store.get::<domain::people::Household>(&ledger, &home).await.unwrap();
            assert!(home.is_some(), "h{n} was acknowledged and is gone");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_not_opened_with_other_keys_than_its_own() {
    for house in House::all().await {
        let folder = house.folder.path().to_owned();
        let keys = folder.join("keys");
        let own = std::fs::read(&keys).unwrap();
        house.store.close().await;

        std::fs::write(&keys, [7; 64]).unwrap();
        let refused = store::Store::open(house.options.clone()).await.err().unwrap();
        assert!(matches!(refused, store::StoreError::OtherKeys { .. }), "{refused}");

        std::fs::remove_file(&keys).unwrap();
        let refused = store::Store::open(house.options.clone()).await.err().unwrap();
        assert!(matches!(refused, store::StoreError::OtherKeys { .. }), "{refused}");
        assert!(!keys.exists(), "none are drawn for what others wrote");

        std::fs::write(&keys, own).unwrap();
        let store = store::Store::open(house.options.clone()).await.unwrap();
        store.verify(&|_, _| {}).await.unwrap().unwrap();
        let left = std::fs::read_dir(&folder).unwrap();
        let names = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(names.into_iter().all(|name| !name.starts_with("keys-")), "no half is left");
    }
}
