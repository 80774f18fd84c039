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
    if std::env::var("LINLI_BLESS").is_ok() {
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
    let hash = house.store.put_attachment(&ledger, "text/plain", b"bytes".to_vec()).await.unwrap();
    let to = house.folder.path().join("copy");
    house.store.backup(&to, true).await.unwrap();
    let again = house.folder.path().join("again");
    Store::restore(&to, &again).unwrap();
    assert!(Store::restore(&to, &again).is_err());
    let mut options = house.options.clone();
    options.folder = again;
    let other = Store::open(options).await.unwrap();
    other.verify(&|_, _| {}).await.unwrap().unwrap();
    assert_eq!(other.attachment(&ledger, &hash).await.unwrap().unwrap().bytes, b"bytes");
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
    let house = House::at(folder.into()).await;
    let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
    house.done("community", "add_places", json!({"places": places})).await;
    for n in 0..1_000_000 {
        let home = json!({"household": format!("h{n}"), "place": "b1", "door": "1"});
        let envelope = house.envelope("community", "register_household", home);
        house.store.submit(envelope, operator()).await.unwrap().outcome.unwrap();
        eprintln!("answered {n}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "keep::a_child_writes_until_it_is_killed", "--nocapture"])
        .env("LINLI_TEST_CHILD", folder.path())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(folder.path().join("said")).unwrap())
        .spawn()
        .unwrap();
    for _ in 0..200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
        if said.lines().filter(|line| line.starts_with("answered")).count() > 50 {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    let answered: Vec<&str> =
        said.lines().filter_map(|line| line.strip_prefix("answered ")).collect();
    assert!(answered.len() > 50, "{said}");
    let house = House::open_again(folder.path().to_owned()).await;
    house.store.verify(&|_, _| {}).await.unwrap().unwrap();
    let ledger: LedgerId = id("community");
    for n in answered {
        let home =
            house.store.get::<domain::people::Household>(&ledger, &format!("h{n}")).await.unwrap();
        assert!(home.is_some(), "h{n} was acknowledged and is gone");
    }
}
