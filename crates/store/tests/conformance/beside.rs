//! What stands beside the ledger: search that follows, the outbox, attachments.

use std::cell::RefCell;

use domain::Kind;
use domain::ids::LedgerId;
use jiff::SignedDuration;
use serde_json::json;
use store::{OutboxEntry, TRIES_MAX};
use tokio::io::AsyncReadExt as _;

use crate::house::{House, id};
use crate::truth::run;

async fn places(house: &House) {
    let place = |id: &str, name: &str| json!({"id": id, "name": name, "level": "building"});
    let places =
        json!([place("b1", "Elm Court 3"), place("b2", "榆树园3号楼"), place("b3", "Elmwood")]);
    house.done("community", "add_places", json!({"places": places})).await;
}

async fn found(house: &House, text: &str) -> Vec<String> {
    let found = house.store.search(text, &[Kind::Place], &[], 10).await.unwrap();
    let id = |thing: domain::Thing| match thing {
        domain::Thing::Place(place) => place.id.to_string(),
        other => panic!("{other:?}"),
    };
    let mut ids: Vec<String> = found.into_iter().map(|(_, thing)| id(thing)).collect();
    ids.sort();
    ids
}

async fn caught_up(house: &House) {
    while house.store.follow().await.unwrap() > 0 {}
}

#[tokio::test(flavor = "multi_thread")]
async fn search_follows_the_facts_and_finds_words_in_both_languages() {
    for house in House::all().await {
        places(&house).await;
        assert!(found(&house, "elm").await.is_empty(), "nothing has been followed yet");
        let gauges = house.store.gauges().await.unwrap();
        assert!(gauges.contains(&("search_behind_facts", 3)), "{gauges:?}");
        let behind = house.store.verify(&|_, _| {}).await.unwrap().unwrap().behind;
        assert_eq!(behind, 3);
        caught_up(&house).await;
        assert_eq!(found(&house, "elm").await, ["b1", "b3"]);
        assert_eq!(found(&house, "COURT elm").await, ["b1"]);
        assert_eq!(found(&house, "号楼").await, ["b2"]);
        assert_eq!(found(&house, "榆树").await, ["b2"]);
        assert!(found(&house, "树榆").await.is_empty());
        let elsewhere = [vec![id("root"), id("elsewhere")]];
        assert!(house.store.search("elm", &[], &elsewhere, 10).await.unwrap().is_empty());
        house.done("community", "rename_place", json!({"place": "b3", "name": "Oakwood"})).await;
        house.done("community", "retire_place", json!({"place": "b1", "reason": "gone"})).await;
        caught_up(&house).await;
        assert_eq!(found(&house, "oakwood").await, ["b3"]);
        assert!(found(&house, "elm").await.is_empty());
        assert_eq!(house.store.verify(&|_, _| {}).await.unwrap().unwrap().behind, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_follow_at_once_make_one_view() {
    for house in House::all().await {
        places(&house).await;
        let other = store::Store::open(house.options.clone()).await.unwrap();
        for round in 0..6 {
            let name = json!({"place": "b3", "name": format!("Oakwood {round}")});
            house.done("community", "rename_place", name).await;
            let (here, there) = tokio::join!(house.store.follow(), other.follow());
            here.unwrap();
            there.unwrap();
        }
        caught_up(&house).await;
        assert_eq!(house.store.verify(&|_, _| {}).await.unwrap().unwrap().behind, 0);
        assert_eq!(found(&house, "oakwood 5").await, ["b3"]);
        let stands = house.store.following().await.unwrap();
        assert!(stands.iter().all(|it| it.failure.is_none()), "{stands:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_cannot_follow_holds_up_nobody_and_says_so() {
    for house in House::all().await {
        places(&house).await;
        caught_up(&house).await;
        run(&house, "ALTER TABLE word RENAME TO hidden").await;
        house.done("community", "rename_place", json!({"place": "b3", "name": "Oakwood"})).await;
        house.store.follow().await.unwrap();
        let stands = house.store.following().await.unwrap();
        let stands = stands.iter().find(|it| it.ledger.as_str() == "community").unwrap();
        assert!(stands.seq < stands.head && stands.failure.is_some(), "{stands:?}");
        run(&house, "ALTER TABLE hidden RENAME TO word").await;
        caught_up(&house).await;
        let stands = house.store.following().await.unwrap();
        assert!(stands.iter().all(|it| it.seq == it.head && it.failure.is_none()), "{stands:?}");
        assert_eq!(found(&house, "oakwood").await, ["b3"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_search_is_found_and_made_anew() {
    for house in House::all().await {
        places(&house).await;
        caught_up(&house).await;
        run(&house, "UPDATE word SET word = 'ash' WHERE word = 'elmwood'").await;
        let wrong = house.store.verify(&|_, _| {}).await.unwrap().unwrap_err();
        assert!(wrong.what.contains("search"), "{wrong}");
        house.store.forget_following().await.unwrap();
        caught_up(&house).await;
        assert_eq!(found(&house, "elmwood").await, ["b3"]);
        run(&house, "DELETE FROM word WHERE word = 'elmwood'").await;
        house.store.rebuild(&|_, _| {}).await.unwrap();
        assert_eq!(found(&house, "elmwood").await, ["b3"]);
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
    }
}

/// A deployment with two notices in its outbox, by a road that the suite has: entries as their
/// facts would write them.
async fn with_notices(house: &House) {
    places(house).await;
    for seq in [1, 2] {
        let sql = format!(
            "INSERT INTO outbox (ledger, seq, topic, body, claimed_until) \
             VALUES ('community', {seq}, 'notice', '{{}}', 0)"
        );
        run(house, &sql).await;
    }
}

fn later(house: &House, seconds: i64) {
    let mut now = house.clock.0.lock().unwrap();
    *now += SignedDuration::from_secs(seconds);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_claimed_is_told_by_one_and_by_another_when_that_one_dies() {
    for house in House::all().await {
        with_notices(&house).await;
        let minute = SignedDuration::from_mins(1);
        let other = store::Store::open(house.options.clone()).await.unwrap();
        let (here, there) =
            tokio::join!(house.store.claim_outbox(minute, 10), other.claim_outbox(minute, 10));
        let all: Vec<OutboxEntry> = here.unwrap().into_iter().chain(there.unwrap()).collect();
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(house.store.claim_outbox(minute, 10).await.unwrap().is_empty());
        // Whoever claimed them is gone: after a minute another takes them.
        later(&house, 61);
        let again = other.claim_outbox(minute, 10).await.unwrap();
        assert_eq!(again.iter().map(|entry| entry.tries).collect::<Vec<_>>(), [2, 2]);
        // The first one comes back and says that it is done: too late.
        assert!(!house.store.outbox_done(&all[0]).await.unwrap());
        assert!(other.outbox_done(&again[0]).await.unwrap());
        assert!(other.outbox_done(&again[1]).await.unwrap());
        later(&house, 3600);
        assert!(house.store.claim_outbox(minute, 10).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_nobody_is_let_go_and_what_was_tried_is_not() {
    for house in House::all().await {
        with_notices(&house).await;
        let first = house.store.claim_outbox(SignedDuration::from_mins(1), 1).await.unwrap();
        let recorded_at = first[0].recorded_at;
        assert_eq!(house.store.forget_outbox(recorded_at).await.unwrap(), 0, "it is not older");
        later(&house, 3600);
        let now = *house.clock.0.lock().unwrap();
        assert_eq!(house.store.forget_outbox(now).await.unwrap(), 1);
        let left = house.store.claim_outbox(SignedDuration::from_mins(1), 10).await.unwrap();
        assert_eq!((left.len(), left[0].seq), (1, first[0].seq));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_after_longer_and_longer_and_then_given_up() {
    for house in House::all().await {
        with_notices(&house).await;
        let minute = SignedDuration::from_mins(1);
        let told = RefCell::new(Vec::new());
        // The first is never taken; the second is.
        let tell = |entry: OutboxEntry| {
            told.borrow_mut().push(entry.seq);
            std::future::ready(if entry.seq == 1 { Err("no answer".to_owned()) } else { Ok(()) })
        };
        let first = house.store.deliver_outbox(minute, 10, tell).await.unwrap();
        assert_eq!((first.told, first.failed, first.given_up), (1, 1, 0));
        let soon = house.store.deliver_outbox(minute, 10, tell).await.unwrap();
        assert_eq!(soon, store::Delivered::default(), "it waits before it tries again");
        for n in 1..TRIES_MAX {
            let wait = 15 * (1 << (n - 1));
            later(&house, wait - 1);
            let early = house.store.deliver_outbox(minute, 10, tell).await.unwrap();
            assert_eq!(early, store::Delivered::default(), "after failure {n}");
            later(&house, 1);
            let now = house.store.deliver_outbox(minute, 10, tell).await.unwrap();
            assert_eq!(now.failed + now.given_up, 1, "after failure {n}");
        }
        let dead = house.store.dead_letters(10).await.unwrap();
        assert_eq!((dead[0].seq, dead[0].failure.as_str()), (1, "no answer"));
        later(&house, 1_000_000);
        assert!(house.store.claim_outbox(minute, 10).await.unwrap().is_empty());
        assert!(house.store.revive_dead_letter(&id("community"), 1).await.unwrap());
        assert_eq!(house.store.claim_outbox(minute, 10).await.unwrap()[0].tries, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_streams_in_up_to_its_limit_and_out_in_parts() {
    for house in House::all().await {
        let ledger: LedgerId = id("community");
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let store = &house.store;
        let kept =
            store.put_attachment_from(&ledger, "image/png", 200_000, &bytes[..]).await.unwrap();
        assert_eq!(kept.bytes, 200_000);
        let again = store.put_attachment(&ledger, "image/png", &bytes).await.unwrap();
        assert_eq!(again, kept.hash);
        let refused = store.put_attachment_from(&ledger, "image/png", 199_999, &bytes[..]).await;
        assert!(refused.is_err());
        let (_, mut part) =
            store.open_attachment(&ledger, &kept.hash, (199_990, 50)).await.unwrap().unwrap();
        let mut read = Vec::new();
        part.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, bytes[199_990..]);
        assert!(store.open_attachment(&ledger, &kept.hash, (200_001, 1)).await.is_err());
        assert!(store.attachment(&id("root"), &kept.hash).await.unwrap().is_none());
        assert_eq!(store.attachment_bytes(&ledger, &kept.hash).await.unwrap().unwrap(), bytes);
        let folder = house.options.folder.join("attachments");
        let halves = std::fs::read_dir(&folder).unwrap().filter(|entry| {
            entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("half")
        });
        assert_eq!(halves.count(), 0, "what was refused leaves nothing behind");
        let file = folder.join(&kept.hash[..2]).join(&kept.hash);
        std::fs::write(&file, &bytes[1..]).unwrap();
        assert!(store.open_attachment(&ledger, &kept.hash, (0, 1)).await.is_err());
        assert!(store.attachment_bytes(&ledger, &kept.hash).await.is_err());
    }
}
