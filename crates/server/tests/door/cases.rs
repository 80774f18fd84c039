//! A repair from the first word to the rating, and the stay of somebody who has a child at home.

use serde_json::{Value as Json, json};

use crate::world::{Client, World, envelope, fresh};

async fn repair(who: &Client, case: &str) -> Json {
    who.done(
        "c1",
        "open_case",
        json!({"case": case, "case_kind": "test.repair",
        "subject": {"kind": "household", "id": "h1"},
        "fields": {"broken": "lamp", "own_words": "楼道的灯坏了"}}),
    )
    .await
}

fn actions(page: &Json) -> Vec<String> {
    let name = |action: &Json| {
        let allowed = if action["allowed"] == true { "" } else { " (not now)" };
        format!("{}{allowed}", action["id"].as_str().unwrap())
    };
    page["actions"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_repair_goes_from_the_first_word_to_the_rating_and_all_see_the_same_time_line() {
    World::each(async |world| {
        let (wang, chen) = (world.client("wang").await, world.client("chen").await);
        let zhou = world.client("zhou").await;
        let mut opened = repair(&wang, "case-1").await;
        opened["id"] = json!("[id]");
        insta::assert_json_snapshot!("answer_to_open_case", opened);
        let act = |action: &str| json!({"case": "case-1", "action": action});
        chen.done("c1", "act_on_case", act("begin")).await;
        chen.done("c1", "act_on_case", act("claim")).await;
        let verify = json!({"case": "case-1", "agreed": true, "finding": "亮了"});
        assert_eq!(chen.refused("c1", "verify_case", verify.clone()).await, "verifier_is_handler");
        zhou.done("c1", "verify_case", verify).await;
        wang.done("c1", "rate_case", json!({"case": "case-1", "solved": true, "satisfied": 5}))
            .await;
        let page = wang.see("/api/cases/c1/case-1").await;
        insta::assert_json_snapshot!("case_of_a_resident", page);
        let path = format!("/api/cases/c1/case-1?purpose={}", page["purpose"].as_str().unwrap());
        for other in [&chen, &zhou] {
            assert_eq!(other.see(&path).await["timeline"], page["timeline"]);
        }
    })
    .await;
}

#[tokio::test]
async fn what_may_be_done_depends_on_who_looks_and_says_why_not() {
    World::each(async |world| {
        let (wang, chen) = (world.client("wang").await, world.client("chen").await);
        repair(&wang, "case-1").await;
        assert!(actions(&chen.see("/api/cases/c1/case-1").await).contains(&"begin".to_owned()));
        let page = wang.see("/api/cases/c1/case-1").await;
        assert!(!actions(&page).contains(&"begin".to_owned()), "{:?}", actions(&page));
        chen.done("c1", "act_on_case", json!({"case": "case-1", "action": "begin"})).await;
        chen.done("c1", "act_on_case", json!({"case": "case-1", "action": "claim"})).await;
        let page = chen.see("/api/cases/c1/case-1").await;
        let verify =
            page["actions"].as_array().unwrap().iter().find(|a| a["id"] == "verify_case").unwrap();
        assert_eq!(
            (&verify["allowed"], &verify["code"]),
            (&json!(false), &json!("verifier_is_handler"))
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_command_twice_is_done_once() {
    World::each(async |world| {
        let wang = world.client("wang").await;
        let open = envelope(
            &fresh("k"),
            "c1",
            "open_case",
            json!({"case": "case-1", "case_kind": "test.repair",
        "subject": {"kind": "household", "id": "h1"}, "fields": {"broken": "lamp"}}),
        );
        let answers = wang.give_all(&[open.clone(), open.clone()]).await;
        let again = wang.give_all(&[open]).await;
        assert_eq!(answers["answers"][0]["repeated"], false);
        for answer in [&answers["answers"][1], &again["answers"][0]] {
            assert_eq!(answer["repeated"], true);
            assert_eq!(answer["facts"], answers["answers"][0]["facts"]);
        }
        assert_eq!(wang.see("/api/cases").await["cases"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn lists_are_paged_by_key_and_filtered() {
    World::each(async |world| {
        let (wang, chen) = (world.client("wang").await, world.client("chen").await);
        for at in 0..5 {
            repair(&wang, &format!("case-{at}")).await;
        }
        let mut seen = Vec::new();
        let mut path = "/api/cases?limit=2".to_owned();
        loop {
            let page = chen.see(&path).await;
            seen.extend(
                page["cases"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|c| c["id"].as_str().unwrap().to_owned()),
            );
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/cases?limit=2&after={next}");
        }
        seen.sort();
        assert_eq!(seen, ["case-0", "case-1", "case-2", "case-3", "case-4"]);
        chen.done("c1", "act_on_case", json!({"case": "case-3", "action": "begin"})).await;
        for (filter, count) in [
            ("mine=true", 1),
            ("stage=handling", 1),
            ("stage=open", 5),
            ("kind=test.stay", 0),
            ("place=g1", 5),
            ("place=g2", 0),
            ("ledger=c1", 5),
            ("text=%E7%81%AF", 5),
            ("text=nothing", 0),
            ("late=true", 0),
        ] {
            let who =
                if filter.starts_with("place") { world.client("zhou").await } else { chen.clone() };
            let page = who.see(&format!("/api/cases?{filter}")).await;
            assert_eq!(page["cases"].as_array().unwrap().len(), count, "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_day_says_what_is_due_and_why() {
    World::each(async |world| {
        let (wang, chen) = (world.client("wang").await, world.client("chen").await);
        repair(&wang, "case-1").await;
        insta::assert_json_snapshot!("day_of_a_grid_worker", chen.see("/api/day").await);
        assert_eq!(wang.see("/api/day").await["cases"][0]["id"], "case-1");
        let zhou = world.client("zhou").await.see("/api/day").await;
        assert_eq!(zhou["due"][0]["id"], "case-1", "who leads looks after all of them");
        let doc = world.client("doc").await.see("/api/day").await;
        assert_eq!((&doc["due"], &doc["late"]), (&json!([]), &json!([])), "not a clinician's work");
    })
    .await;
}

#[tokio::test]
async fn a_neighbour_does_not_see_what_is_not_theirs() {
    World::each(async |world| {
        let (wang, zhao) = (world.client("wang").await, world.client("zhao").await);
        repair(&wang, "case-1").await;
        assert_eq!(zhao.get("/api/cases/c1/case-1").await.status, 404);
        assert_eq!(zhao.see("/api/cases").await["cases"], json!([]));
        assert_eq!(zhao.get("/api/households/c1/h1").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn nobody_leaves_home_before_a_room_is_held_and_the_child_has_a_carer() {
    World::each(async |world| {
    let (lin, doc) = (world.client("lin").await, world.client("doc").await);
    let zhao = world.client("zhao").await;
    world.alert(&lin).await;
    lin.done("c1", "open_pool", json!({"pool": "room-1", "sort": "test.room", "name": "101"}))
        .await;
    lin.done("c1", "add_stock", json!({"pool": "room-1", "amount": 1, "reason": "开放"})).await;
    doc.done("c1", "open_case", json!({"case": "stay", "case_kind": "test.stay", "subject": {"kind": "person", "id": "p-wang"}})).await;
    let begin = json!({"case": "stay", "action": "begin", "reason": "需要"});
    assert_eq!(doc.refused("c1", "act_on_case", begin.clone()).await, "nothing_held");
    doc.done(
        "c1",
        "act_on_case",
        json!({"case": "stay", "action": "hold_room", "fields": {"room": "room-1"}}),
    )
    .await;
    assert_eq!(doc.refused("c1", "act_on_case", begin.clone()).await, "care_missing");
    let page = doc.see("/api/cases/c1/stay").await;
    insta::assert_json_snapshot!(
        "care_that_is_missing",
        json!({"care": page["care"], "actions": page["actions"]})
    );
    for need in ["food", "dependant:p-child"] {
        doc.done("c1", "ask_care", json!({"case": "stay", "need": need, "owner": "zhao"})).await;
        assert_eq!(zhao.see("/api/day").await["due"][0]["id"], "stay");
        zhao.done("c1", "answer_care", json!({"case": "stay", "need": need, "accepts": true}))
            .await;
    }
    doc.done("c1", "act_on_case", begin).await;
    let stock = doc.see("/api/stock?ledger=c1").await;
    assert_eq!((&stock["pools"][0]["taken"], &stock["pools"][0]["free"]), (&json!(1), &json!(0)));
    let order = doc.see("/api/cases/c1/stay").await["order"].clone();
    assert!(order["until"].is_string() && order["appeal"].is_string(), "{order}");
    let home = doc.see("/api/households/c1/h1").await;
    let wang = home["people"].as_array().unwrap().iter().find(|p| p["id"] == "p-wang").unwrap();
    assert_eq!((&wang["restricted"], &wang["whereabouts"]["at"]), (&json!(true), &json!("pool")));
    })
    .await;
}

#[tokio::test]
async fn a_note_is_read_on_the_case_for_its_purpose_and_by_whom_it_is_about() {
    World::each(async |world| {
        let (wang, chen) = (world.client("wang").await, world.client("chen").await);
        let zhou = world.client("zhou").await;
        repair(&wang, "case-1").await;
        repair(&wang, "case-10").await;
        for (case, note) in
            [("case-1", "钥匙在物业"), ("case-1", "下午再来"), ("case-10", "别的事")]
        {
            chen.done("c1", "note_case", json!({"case": case, "note": note})).await;
        }
        let notes = |page: &Json| -> Vec<Json> {
            let lines = page["timeline"].as_array().unwrap().iter();
            let notes = lines.filter(|line| line["fact"] == "case.noted");
            notes.map(|line| line["texts"][0]["text"].clone()).collect()
        };
        let path = "/api/cases/c1/case-1";
        assert_eq!(notes(&zhou.see(path).await), [Json::Null, Json::Null]);
        let purpose = zhou.see(path).await["purpose"].as_str().unwrap().to_owned();
        let opened = zhou.see(&format!("{path}?purpose={purpose}")).await;
        let both = [json!("钥匙在物业"), json!("下午再来")];
        assert_eq!(notes(&opened), both);
        assert_eq!(notes(&wang.see(path).await), both, "who asked reads what was noted");
        let fields = opened["fields"].as_array().unwrap();
        assert!(fields.iter().all(|field| field["element"] != "note"), "{fields:#?}");
    })
    .await;
}
