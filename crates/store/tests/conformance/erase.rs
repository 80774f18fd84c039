//! What was kept for a mode goes when the mode has ended and its days have passed, and leaves no trace.

use std::path::Path;

use domain::ids::LedgerId;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use store::{Reader, Wanted};

use crate::house::{House, id};

const HOMES: usize = 60;

pub(crate) fn later(house: &House, hours: i64) {
    *house.clock.0.lock().unwrap() += SignedDuration::from_hours(hours);
}

/// A street of homes whose people have a name for the register and a number for the mode.
async fn a_street(house: &House) {
    house.adopt("alarm").await;
    let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
    house.done("community", "add_places", json!({"places": places})).await;
    for n in 0..HOMES {
        let (home, person) = (format!("h{n}"), format!("p{n}"));
        let body = json!({"household": home, "place": "b1", "door": "1"});
        house.done("community", "register_household", body).await;
        let body =
            json!({"person": person, "household": home, "values": {"name": format!("Li {n}")}});
        house.done("community", "register_person", body).await;
        give(house, &person, &format!("zq-number-{n}")).await;
    }
}

/// Gives a value for the purpose of the mode.
async fn give(house: &House, person: &str, value: &str) {
    let body = json!({"person": person, "purpose": "alarm", "values": {"number": value}});
    house.done("community", "correct_person", body).await;
}

async fn declare(house: &House, hours: i64) {
    let until = house.store.now() + SignedDuration::from_hours(hours);
    let body = json!({"mode": "test.alarm", "level": "low", "authority": "office",
        "legal_basis": "law", "reason": "needed", "appeal": "call us", "until": until,
        "review_on": "2020-02-02"});
    house.done("community", "declare_mode", body).await;
}

/// How many values a purpose still has, and how many all others.
async fn left(house: &House) -> (usize, usize) {
    let reader = Reader { account: id("worker"), role: "grid_worker".to_owned() };
    let wanted: Vec<Wanted> =
        (0..HOMES).map(|n| Wanted { person: id(&format!("p{n}")), item: None }).collect();
    let all =
        house.store.reveal(&id("community"), &reader, "alarm", &wanted, &|_| true).await.unwrap();
    let of_mode = all.iter().filter(|value| value.purpose == "alarm").count();
    (of_mode, all.len() - of_mode)
}

pub(crate) fn file_with(folder: &Path, bytes: &[u8]) -> Option<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return file_with(&path, bytes);
        }
        let content = std::fs::read(&path).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes).then_some(path)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_a_mode_go_some_days_after_its_end_with_a_certificate() {
    for house in House::all().await {
        a_street(&house).await;
        declare(&house, 48).await;
        let keys = crate::truth::dump(&house, "person_key").await;
        later(&house, 49);
        house.store.wake().await.unwrap();
        later(&house, 71);
        assert!(house.store.destroy_due().await.unwrap().is_empty(), "three days have not passed");
        assert_eq!(left(&house).await, (HOMES, HOMES));
        later(&house, 2);
        let certificates = house.store.destroy_due().await.unwrap();
        assert_eq!(certificates.len(), 1);
        certified(&house, &certificates[0]).await;
        assert_eq!(left(&house).await, (0, HOMES));
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        assert!(house.store.destroy_due().await.unwrap().is_empty());
        assert_eq!(keys.len(), 2 * HOMES);
        if house.options.database.is_none() {
            assert_eq!(file_with(&house.options.folder, b"zq-number-"), None);
        }
    }
}

/// The certificate counts what is gone, and its signature fits its text and no other.
async fn certified(house: &House, certificate: &store::Certificate) {
    let ledger: LedgerId = id("community");
    let last = house.store.last_seq(&ledger).await.unwrap();
    let again = house.store.certificate(&ledger, last).await.unwrap().unwrap();
    assert_eq!(&again, certificate);
    let body = certificate.text.split_once('{').unwrap().1;
    let body: Json = serde_json::from_str(&format!("{{{body}")).unwrap();
    assert_eq!((body["persons"].as_u64(), body["values"].as_u64()), (Some(60), Some(60)));
    assert_eq!(body["purpose"].as_str(), Some("alarm"));
    let bytes = |hex: &str| -> Vec<u8> {
        let at = |n| u8::from_str_radix(&hex[n..n + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(at).collect()
    };
    let key = ring::signature::UnparsedPublicKey::new(
        &ring::signature::ED25519,
        bytes(&certificate.public_key),
    );
    let signature = bytes(&certificate.signature);
    assert!(key.verify(certificate.text.as_bytes(), &signature).is_ok());
    let other = certificate.text.replace("\"values\":60", "\"values\":61");
    assert!(key.verify(other.as_bytes(), &signature).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_were_destroyed_lie_in_no_file() {
    let house = House::all().await.remove(0);
    a_street(&house).await;
    declare(&house, 48).await;
    let before = crate::truth::blobs(&house, "SELECT wrapped FROM person_key").await;
    assert!(before.iter().all(|key| file_with(&house.options.folder, key).is_some()));
    later(&house, 49 + 73);
    house.store.wake().await.unwrap();
    later(&house, 73);
    assert_eq!(house.store.destroy_due().await.unwrap().len(), 1);
    let after = crate::truth::blobs(&house, "SELECT wrapped FROM person_key").await;
    assert_eq!((before.len(), after.len()), (2 * HOMES, HOMES));
    for key in before.iter().filter(|key| !after.contains(key)) {
        assert_eq!(file_with(&house.options.folder, key), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_after_the_mode_has_ended_goes_too() {
    for house in House::all().await {
        a_street(&house).await;
        declare(&house, 48).await;
        later(&house, 49);
        house.store.wake().await.unwrap();
        later(&house, 24 * 10);
        house.store.destroy_due().await.unwrap();
        give(&house, "p1", "zq-number-late").await;
        assert!(house.store.destroy_due().await.unwrap().is_empty());
        later(&house, 24 * 4);
        assert_eq!(house.store.destroy_due().await.unwrap().len(), 1);
        assert_eq!(left(&house).await, (0, HOMES));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_after_the_end_has_its_own_days() {
    for house in House::all().await {
        a_street(&house).await;
        declare(&house, 48).await;
        later(&house, 49);
        house.store.wake().await.unwrap();
        later(&house, 70);
        give(&house, "p1", "zq-number-late").await;
        later(&house, 3);
        house.store.destroy_due().await.unwrap();
        assert_eq!(left(&house).await, (1, HOMES), "only what is three days old goes");
        later(&house, 70);
        house.store.destroy_due().await.unwrap();
        assert_eq!(left(&house).await, (0, HOMES));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_a_mode_stay_while_it_is_in_force_and_do_not_without_it() {
    for house in House::all().await {
        a_street(&house).await;
        declare(&house, 24 * 20).await;
        later(&house, 24 * 10);
        assert!(house.store.destroy_due().await.unwrap().is_empty());
        let other = House::all().await.remove(0);
        a_street(&other).await;
        later(&other, 24 * 4);
        assert_eq!(other.store.destroy_due().await.unwrap().len(), 1, "no mode was ever declared");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_that_others_see_goes_with_the_whole_of_a_person() {
    for house in House::all().await {
        a_street(&house).await;
        for (account, person) in [("first", "p0"), ("second", "p1")] {
            let open = json!({"account": account, "person": ["community", person]});
            house.done("root", "open_account", open).await;
            let credential = store::Credential {
                name: account.to_owned(),
                account: id(account),
                display: format!("zq-shown-{person}"),
                password_hash: String::new(),
            };
            house.store.save_credential(&credential).await.unwrap();
        }
        later(&house, 1);
        erase_first(&house, "of-a-purpose", Some("alarm")).await;
        assert_eq!(shown(&house, "first").await, "zq-shown-p0", "the person is still known");
        erase_first(&house, "whole", None).await;
        assert_eq!(shown(&house, "first").await, "");
        assert_eq!(shown(&house, "second").await, "zq-shown-p1");
        assert!(house.store.credential("first").await.unwrap().is_some(), "it may still sign in");
        if house.options.database.is_none() {
            assert_eq!(file_with(&house.options.folder, b"zq-shown-p0"), None);
        }
    }
}

/// Erases what is kept about the first person, for a purpose or whole.
async fn erase_first(house: &House, name: &str, purpose: Option<&str>) {
    let erase = json!({"person": "p0", "purpose": purpose, "before": house.store.now()});
    let erase = serde_json::from_value(erase).unwrap();
    let operator = crate::house::operator();
    let (answer, _) =
        house.store.destroy(&id("community"), id(name), erase, operator).await.unwrap();
    answer.outcome.unwrap();
}

async fn shown(house: &House, account: &str) -> String {
    house.store.account_name(&id(account)).await.unwrap().unwrap()
}
