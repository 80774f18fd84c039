//! Two programs on one PostgreSQL: commands through both, streams of one tell what the other wrote.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::stream::{next_fact, open};
use crate::world::{World, envelope, fresh};

fn repair(case: &str) -> Json {
    repair_at("h1", case)
}

fn repair_at(household: &str, case: &str) -> Json {
    json!({"case": case, "case_kind": "test.repair",
        "subject": {"kind": "household", "id": household}, "fields": {"broken": "lamp"}})
}

#[tokio::test]
async fn what_is_written_through_one_is_told_by_the_other() {
    let Some((here, there)) = World::side_by_side().await else { return };
    let (wang, zhou, li) =
        (here.client("wang").await, there.client("zhou").await, there.client("li").await);
    let mut told = open(&there, &zhou).await;
    let mut not_told = open(&there, &li).await;
    wang.done("c1", "open_case", repair("case-1")).await;
    let event = next_fact(&mut told).await.unwrap();
    assert!(event.contains("\"kind\":\"case.opened\"") && event.contains("case-1"), "{event}");
    assert!(next_fact(&mut not_told).await.is_none());
}

#[tokio::test]
async fn a_session_of_one_is_good_at_the_other_and_ends_at_both() {
    let Some((here, there)) = World::side_by_side().await else { return };
    let wang = here.client("wang").await;
    let same = there.with_session_of(&wang);
    assert_eq!(same.see("/api/session").await["account"], "wang");
    same.done("c1", "open_case", repair("case-1")).await;
    assert_eq!(wang.see("/api/cases/c1/case-1").await["case"]["id"], "case-1");
    let request = same.request("DELETE", "/api/session").body(axum::body::Body::empty()).unwrap();
    assert_eq!(same.send(request).await.status, 204);
    // The other believes what it found for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert_eq!(wang.get("/api/session").await.code(), "session_over");
}

#[tokio::test]
async fn commands_through_both_leave_one_chain_without_gaps() {
    let Some((here, there)) = World::side_by_side().await else { return };
    let (wang, zhao) = (here.client("wang").await, there.client("zhao").await);
    let many = |household: &str| -> Vec<Json> {
        let cases = (0..40).map(|n| repair_at(household, &format!("{household}-{n}")));
        cases.map(|body| envelope(&fresh("side"), "c1", "open_case", body)).collect()
    };
    let (ours, theirs) = (many("h1"), many("h2"));
    let (first, second) = tokio::join!(wang.give_all(&ours), zhao.give_all(&theirs));
    let answers = |all: &Json| all["answers"].as_array().unwrap().clone();
    let mut places = BTreeSet::new();
    for answer in answers(&first).into_iter().chain(answers(&second)) {
        assert_eq!(answer["outcome"], "done", "{answer:#}");
        for fact in answer["facts"].as_array().unwrap() {
            assert!(places.insert(fact["seq"].as_i64().unwrap()), "a place given twice: {fact}");
        }
    }
    assert_eq!(places.last().unwrap() - places.first().unwrap() + 1, places.len() as i64);
    let again = there.with_session_of(&wang).give_all(&ours).await;
    assert!(answers(&again).iter().all(|answer| answer["repeated"] == true), "{again:#}");
    let found = here.store.verify(&|_, _| {}).await.unwrap().unwrap();
    assert!(found.facts >= 80, "{found:?}");
}

#[tokio::test]
async fn the_same_command_sent_to_both_at_once_is_done_once() {
    let Some((here, there)) = World::side_by_side().await else { return };
    let wang = here.client("wang").await;
    let same = there.with_session_of(&wang);
    let command = [envelope(&fresh("twice"), "c1", "open_case", repair("case-1"))];
    let (first, second) = tokio::join!(wang.give_all(&command), same.give_all(&command));
    let (first, second) = (&first["answers"][0], &second["answers"][0]);
    assert_eq!(first["facts"], second["facts"], "{first:#} {second:#}");
    assert_ne!(first["repeated"], second["repeated"], "{first:#} {second:#}");
}

#[tokio::test]
async fn what_was_written_while_a_program_could_not_hear_is_told_afterwards() {
    let Some((here, there)) = World::side_by_side().await else { return };
    let (wang, zhou) = (here.client("wang").await, there.client("zhou").await);
    let mut told = open(&there, &zhou).await;
    let mut cut = 0;
    for n in 0..10 {
        let case = format!("cut-{n}");
        cut += testkit::databases::cut_listeners(here.database()).await;
        wang.done("c1", "open_case", repair(&case)).await;
        loop {
            let event = next_fact(&mut told).await.unwrap_or_else(|| panic!("{case} is not told"));
            if event.contains(&format!("\"id\":\"{case}\"")) {
                break;
            }
        }
    }
    assert!(cut >= 10, "{cut} connections were cut");
}

#[tokio::test]
async fn a_form_published_at_one_is_filled_at_the_other() {
    let Some((here, there)) = World::side_by_side().await else { return };
    let lin = here.client("lin").await;
    let publish = format!(
        "/api/forms/publish?ledger=c1&name=survey.md&command={}&purpose=test.service",
        fresh("publish")
    );
    let answer = lin.send(crate::openrosa::raw(&lin, &publish, crate::openrosa::SURVEY)).await;
    assert_eq!(answer.json()["outcome"], "done", "{:#}", answer.json());
    let chen = there.client("chen").await;
    let forms = chen.see("/api/forms?ledger=c1").await;
    assert!(forms.to_string().contains("local.survey"), "{forms:#}");
    let record = "<data id=\"local.survey\" version=\"1\"><age>7</age><answered>yes</answered>\
         <meta><instanceID>uuid:beside</instanceID></meta></data>";
    let parts = [("xml_submission_file", "x.xml", "text/xml", record.as_bytes())];
    for (world, repeated) in [(&there, false), (&here, true)] {
        let who = world.client("chen").await;
        let (kind, body) = crate::openrosa::multipart(&parts);
        let request = who.request("POST", "/api/submissions?ledger=c1");
        let request = request.header("content-type", kind).body(body.into()).unwrap();
        assert_eq!(who.send(request).await.json()["repeated"], repeated);
    }
}
