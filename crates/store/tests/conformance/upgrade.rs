//! A database of an earlier release opens with this program, verifies, and goes on.

use std::path::Path;
use std::sync::Arc;

use domain::Kind;
use domain::people::Person;
use serde_json::json;
use store::{Listing, Reader, Wanted};

use crate::house::{House, id, operator};

/// One folder for each release: `linli.db` and `keys` as its backup wrote them, `postgres.sql` as
/// `pg_dump --inserts` did. See `tests/ledgers/README.md`.
const FROZEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/ledgers");
const RELEASES: [&str; 1] = ["first"];

/// What is done in a release before it is frozen: something in every table that lasts.
async fn live(house: &House) {
    let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
    house.done("community", "add_places", json!({"places": places})).await;
    let home = json!({"household": "h1", "place": "b1", "door": "1-101"});
    house.done("community", "register_household", home).await;
    let values = json!({"name": "Li"});
    let person = json!({"person": "p1", "household": "h1", "born_year": 1950, "values": values});
    house.done("community", "register_person", person).await;
    house.adopt("one").await;
    let pool = json!({"pool": "rooms", "sort": "test.room", "name": "Rooms", "place": "b1"});
    house.done("community", "open_pool", pool).await;
    let stock = json!({"pool": "rooms", "amount": 5, "reason": "counted"});
    house.done("community", "add_stock", stock).await;
    let hold = json!({"pool": "rooms", "hold": "a", "amount": 1, "minutes": 30});
    house.done("community", "hold_stock", hold).await;
    let account = json!({"account": "worker", "machine": false});
    house.done("root", "open_account", account).await;
    let reader = Reader { account: id("worker"), role: "grid_worker".to_owned() };
    let wanted = [Wanted { person: id("p1"), item: None }];
    house.store.reveal(&id("community"), &reader, "register", &wanted, &|_| true).await.unwrap();
    house.store.put_attachment(&id("community"), "text/plain", b"bytes").await.unwrap();
    house.store.sign_heads().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_can_be_frozen() {
    let Ok(to) = std::env::var("LINLI_FREEZE") else { return };
    for house in House::all().await {
        live(&house).await;
        match &house.options.database {
            None => house.store.backup(Path::new(&to), true).await.unwrap(),
            Some(url) => {
                let keys = house.folder.path().join("keys");
                std::fs::copy(keys, Path::new(&to).join("postgres.keys")).unwrap();
                println!("pg_dump --inserts --no-owner --schema=public {url}");
            }
        }
    }
}

/// The folder of a release, copied to where a store may write.
fn thawed(release: &str, postgres: bool) -> tempfile::TempDir {
    let (from, to) = (Path::new(FROZEN).join(release), tempfile::tempdir().unwrap());
    let copy = |name: &str, as_name: &str| {
        std::fs::copy(from.join(name), to.path().join(as_name)).unwrap();
    };
    if postgres {
        copy("postgres.keys", "keys");
    } else {
        copy("keys", "keys");
        copy("linli.db", "linli.db");
    }
    to
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_every_release_opens_verifies_and_goes_on() {
    for release in RELEASES {
        for database in crate::house::databases().await {
            let folder = Arc::new(thawed(release, database.is_some()));
            if let Some(url) = &database {
                let dump = Path::new(FROZEN).join(release).join("postgres.sql");
                crate::house::run_script(url, std::fs::read_to_string(dump).unwrap()).await;
            }
            let at = folder.path().to_owned();
            let house = House::bare(folder, at, database).await;
            goes_on(&house).await;
        }
    }
}

async fn goes_on(house: &House) {
    let found = house.store.verify(&|_, _| {}).await.unwrap().unwrap();
    assert_eq!((found.values, found.signatures), (1, 2));
    // An answer that was given then is given again.
    let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
    let mut again = house.envelope("community", "add_places", json!({"places": places}));
    again.id = id("command-2");
    let answer = house.store.submit(again, operator()).await.unwrap();
    assert!(answer.repeated && answer.outcome.is_ok(), "{answer:?}");
    let reader = Reader { account: id("worker"), role: "grid_worker".to_owned() };
    let wanted = [Wanted { person: id("p1"), item: None }];
    let ledger = id("community");
    let read = house.store.reveal(&ledger, &reader, "register", &wanted, &|_| true).await.unwrap();
    assert_eq!(read[0].value, "Li");
    assert_eq!(house.store.accesses_of(&ledger, &id("p1")).await.unwrap().len(), 2);
    let home = json!({"household": "h2", "place": "b1", "door": "1-102"});
    let mut new = house.envelope("community", "register_household", home);
    new.id = id("after-the-upgrade");
    house.store.submit(new, operator()).await.unwrap().outcome.unwrap();
    house.store.rebuild(&|_, _| {}).await.unwrap();
    house.store.verify(&|_, _| {}).await.unwrap().unwrap();
    assert!(house.store.get::<Person>(&ledger, "p1").await.unwrap().is_some());
    assert_eq!(house.store.list(&Listing::new(Kind::Household)).await.unwrap().things.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn views_of_a_program_that_knew_less_are_made_anew_when_the_store_is_opened() {
    for house in House::all().await {
        live(&house).await;
        let correct = json!({"person": "p1", "values": {"name": "Li Na"}});
        house.done("community", "correct_person", correct).await;
        let (folder, database) = (house.folder.path().to_owned(), house.options.database.clone());
        let kept = Arc::clone(&house.folder);
        // A person as earlier programs kept them, and the step that asks for new views not done.
        let versions =
            r#","versions":{"version":2,"properties":{"name":2},"branches":{},"conflicts":[]}"#;
        let before = format!("UPDATE thing SET body = replace(body, '{versions}', '')");
        crate::truth::run(&house, &format!("{before} WHERE kind = 'person'")).await;
        assert!(house.store.verify(&|_, _| {}).await.unwrap().is_err());
        for sql in
            ["DELETE FROM migration WHERE step = 4", "DELETE FROM setting WHERE name = 'outdated'"]
        {
            crate::truth::run(&house, sql).await;
        }
        house.store.close().await;
        let house = House::open_again(folder, database).await;
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        let person: Person = house.store.get(&id("community"), "p1").await.unwrap().unwrap();
        assert_eq!(person.versions.version, 2);
        drop(kept);
    }
}
