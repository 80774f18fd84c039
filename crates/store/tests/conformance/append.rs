//! What is given is written once, in order, and answered the same for ever.

use domain::ids::LedgerId;
use domain::people::{Household, Person};
use domain::{Code, Key, Kind};
use serde_json::json;
use store::{Listing, Reader, Wanted};

use crate::house::{House, actor, id, operator};

async fn a_home(house: &House) {
    let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
    house.done("community", "add_places", json!({"places": places})).await;
    let home = json!({"household": "h1", "place": "b1", "door": "1-101"});
    house.done("community", "register_household", home).await;
    let person =
        json!({"person": "p1", "household": "h1", "born_year": 1950, "values": {"name": "Li"}});
    house.done("community", "register_person", person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_answered_once_and_for_all() {
    for house in House::all().await {
        a_home(&house).await;
        let again = json!({"household": "h2", "place": "b1", "door": "1-102"});
        let envelope = house.envelope("community", "register_household", again);
        let first = house.store.submit(envelope.clone(), operator()).await.unwrap();
        let second = house.store.submit(envelope.clone(), operator()).await.unwrap();
        assert!(!first.repeated && second.repeated);
        assert_eq!(first.outcome, second.outcome);
        let mut other =
            house.envelope("community", "retire_place", json!({"place": "b1", "reason": "x"}));
        other.id = envelope.id;
        let refused = house.store.submit(other, operator()).await.unwrap().outcome.unwrap_err();
        assert_eq!(refused.code, Code::Exists);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_one_list_see_what_earlier_ones_made() {
    for house in House::all().await {
        a_home(&house).await;
        let given: Vec<_> = (0..300)
            .flat_map(|n| {
                let home =
                    json!({"household": format!("x{n}"), "place": "b1", "door": format!("{n}")});
                let person = json!({"person": format!("y{n}"), "household": format!("x{n}")});
                [
                    (house.envelope("community", "register_household", home), operator()),
                    (house.envelope("community", "register_person", person), operator()),
                ]
            })
            .collect();
        let answers = house.store.submit_all(given).await.unwrap();
        assert!(answers.iter().all(|answer| answer.outcome.is_ok()));
        let ledger: LedgerId = id("community");
        let home = house.store.get::<Household>(&ledger, "x299").await.unwrap().unwrap();
        assert_eq!(home.people.len(), 1);
        let last = house.store.last_seq(&ledger).await.unwrap();
        let facts = house.store.facts_after(&ledger, 0, 10_000).await.unwrap();
        let numbers: Vec<i64> = facts.iter().map(|fact| fact.seq).collect();
        assert_eq!(numbers, (1..=last).collect::<Vec<i64>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_ledger_and_a_missing_role_are_refused() {
    for house in House::all().await {
        let nowhere =
            house.give("nowhere", "retire_place", json!({"place": "b", "reason": "r"})).await;
        assert_eq!(nowhere.outcome.unwrap_err().code, Code::LedgerUnknown);
        let add = json!({"places": [{"id": "b1", "name": "Building 1", "level": "building"}]});
        let envelope = house.envelope("community", "add_places", add);
        let answer = house.store.submit(envelope, actor("somebody", "resident")).await.unwrap();
        assert_eq!(answer.outcome.unwrap_err().code, Code::NotAllowed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_read_for_a_purpose_leave_a_trace_and_can_be_destroyed() {
    for house in House::all().await {
        a_home(&house).await;
        let ledger: LedgerId = id("community");
        let reader = Reader { account: id("worker"), role: "grid_worker".to_owned() };
        let wanted = [Wanted { person: id("p1"), item: None }];
        let none = house.store.reveal(&ledger, &reader, "", &wanted, &|_| true).await;
        assert!(none.is_err());
        let opened =
            house.store.reveal(&ledger, &reader, "register", &wanted, &|_| true).await.unwrap();
        assert_eq!(opened[0].value, "Li");
        let reads = house.store.accesses_of(&ledger, &id("p1")).await.unwrap();
        assert_eq!((reads.len(), reads[0].elements.as_slice()), (1, &["name".to_owned()][..]));
        *house.clock.0.lock().unwrap() = "2020-03-01T08:00:00Z".parse().unwrap();
        let before = house.store.now();
        let destroy = json!({"purpose": "register", "before": before});
        house.done("community", "destroy_values", destroy).await;
        let left =
            house.store.reveal(&ledger, &reader, "register", &wanted, &|_| true).await.unwrap();
        assert!(left.is_empty());
        let facts = house.store.timeline(&ledger, &Key::ledger(), 0, 100).await.unwrap();
        let body = facts.last().unwrap().fact.body();
        assert_eq!((body["persons"].as_u64(), body["values"].as_u64()), (Some(1), Some(1)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn things_are_listed_by_page_and_found_by_place() {
    for house in House::all().await {
        a_home(&house).await;
        let mut listing = Listing::new(Kind::Person);
        listing.about = Some("h1".to_owned());
        let page = house.store.list(&listing).await.unwrap();
        assert_eq!(page.things.len(), 1);
        listing = Listing::new(Kind::Person);
        listing.under.paths = vec![vec![id("root"), id("community"), id("b1")]];
        assert_eq!(house.store.list(&listing).await.unwrap().things.len(), 1);
        listing.under.paths = vec![vec![id("root"), id("elsewhere")]];
        assert!(house.store.list(&listing).await.unwrap().things.is_empty());
        let found = house.store.find_places("ilding", &[], 10).await.unwrap();
        assert_eq!(found[0].1.id.as_str(), "b1");
        assert_eq!(house.store.children(&id("community"), 10).await.unwrap().len(), 1);
        let person = house.store.get::<Person>(&id("community"), "p1").await.unwrap();
        assert!(person.is_some());
        assert!(house.store.place(&id("b1")).await.unwrap().is_some());
        assert!(house.store.place(&id("community")).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_store_on_the_same_data_stays_right() {
    for house in House::all().await {
        a_home(&house).await;
        let other = store::Store::open(house.options.clone()).await.unwrap();
        let mut tasks = Vec::new();
        for n in 0..60 {
            let home = json!({"household": format!("x{n}"), "place": "b1", "door": format!("{n}")});
            let envelope = house.envelope("community", "register_household", home);
            let store = if n % 2 == 0 { house.store.clone() } else { other.clone() };
            tasks.push(tokio::spawn(async move { store.submit(envelope, operator()).await }));
        }
        for task in tasks {
            assert!(task.await.unwrap().unwrap().outcome.is_ok());
        }
        let ledger: LedgerId = id("community");
        let facts = house.store.facts_after(&ledger, 0, 1000).await.unwrap();
        let numbers: Vec<i64> = facts.iter().map(|fact| fact.seq).collect();
        assert_eq!(numbers, (1..=i64::try_from(facts.len()).unwrap()).collect::<Vec<i64>>());
        assert_eq!(facts.len(), 64);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_leaves_only_with_its_row_in_the_access_log() {
    for house in House::all().await {
        a_home(&house).await;
        let ledger: LedgerId = id("community");
        let reader = Reader { account: id("worker"), role: "grid_worker".to_owned() };
        let wanted = [Wanted { person: id("p1"), item: None }];
        let refused =
            house.store.reveal(&ledger, &reader, "register", &wanted, &|_| false).await.unwrap();
        assert!(refused.is_empty());
        assert!(house.store.accesses_of(&ledger, &id("p1")).await.unwrap().is_empty());
        crate::truth::run(&house, "ALTER TABLE access RENAME TO hidden").await;
        let unlogged = house.store.reveal(&ledger, &reader, "register", &wanted, &|_| true).await;
        assert!(unlogged.is_err(), "{unlogged:?}");
        crate::truth::run(&house, "ALTER TABLE hidden RENAME TO access").await;
        house.store.reveal(&ledger, &reader, "register", &wanted, &|_| true).await.unwrap();
        assert_eq!(house.store.accesses_of(&ledger, &id("p1")).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_told_to_close_closes() {
    for house in House::all().await {
        a_home(&house).await;
        let closing = house.store.close();
        tokio::time::timeout(std::time::Duration::from_secs(20), closing).await.unwrap();
    }
}
