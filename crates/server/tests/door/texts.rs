//! What people write on a case: sealed, read by whom it is about and for a purpose, and destroyed.

use serde_json::{Value as Json, json};

use crate::world::{Client, World};

const REASON: &str = "三十八度五，没睡好，家里有老人";
const STAY: &str = "/api/cases/c1/stay";

/// The clinician orders Wang to stay elsewhere, and writes why.
pub(crate) async fn ordered(world: &World) {
    let (lin, doc) = (world.client("lin").await, world.client("doc").await);
    let zhao = world.client("zhao").await;
    world.alert(&lin).await;
    let pool = json!({"pool": "room-1", "sort": "test.room", "name": "101"});
    lin.done("c1", "open_pool", pool).await;
    lin.done("c1", "add_stock", json!({"pool": "room-1", "amount": 1, "reason": "开放"})).await;
    let subject = json!({"kind": "person", "id": "p-wang"});
    let open = json!({"case": "stay", "case_kind": "test.stay", "subject": subject});
    doc.done("c1", "open_case", open).await;
    let hold = json!({"case": "stay", "action": "hold_room", "fields": {"room": "room-1"}});
    doc.done("c1", "act_on_case", hold).await;
    for need in ["food", "dependant:p-child"] {
        doc.done("c1", "ask_care", json!({"case": "stay", "need": need, "owner": "zhao"})).await;
        let yes = json!({"case": "stay", "need": need, "accepts": true});
        zhao.done("c1", "answer_care", yes).await;
    }
    let begin = json!({"case": "stay", "action": "begin", "reason": REASON});
    doc.done("c1", "act_on_case", begin).await;
}

/// The reason of the order, which stands on its card and in its line of the time line.
fn reason(page: &Json) -> Json {
    let reason = page["order"]["reason"].clone();
    let lines = page["timeline"].as_array().unwrap();
    let line = lines.iter().find(|line| line["fact"] == "order.given").unwrap();
    assert_eq!(line["texts"], json!([reason]));
    assert_eq!((&reason["element"], &reason["name"]["zh"]), (&json!("reason"), &json!("原因")));
    json!([reason["text"], reason["unread"]])
}

async fn reads(world: &World, account: &str) -> Vec<(String, Vec<String>)> {
    let (ledger, person) = ("c1".parse().unwrap(), "p-wang".parse().unwrap());
    let all = world.store.accesses_of(&ledger, &person).await.unwrap().into_iter();
    let own = all.filter(|read| read.reader.as_str() == account);
    own.map(|read| (read.purpose, read.elements)).collect()
}

#[tokio::test]
async fn the_reason_of_an_order_is_read_by_whom_it_binds_and_by_staff_for_the_cases_purpose() {
    World::each(async |world| {
        ordered(&world).await;
        let (doc, wang) = (world.client("doc").await, world.client("wang").await);
        let page = doc.see(STAY).await;
        assert_eq!(reason(&page), json!([null, "sealed"]));
        let order = &page["order"];
        assert!(order["legal_basis"].is_string() && order["appeal"].is_string(), "{order}");
        assert!(reads(&world, "doc").await.is_empty());

        let purpose = page["purpose"].as_str().unwrap();
        let other = doc.see(&format!("{STAY}?purpose=register")).await;
        assert_eq!(reason(&other), json!([null, "sealed"]), "not what it was written for");
        let opened = doc.see(&format!("{STAY}?purpose={purpose}")).await;
        assert_eq!(reason(&opened), json!([REASON, null]));
        let [(read_for, elements)] = &reads(&world, "doc").await[..] else { panic!("one read") };
        assert_eq!((read_for.as_str(), elements), (purpose, &vec!["reason".to_owned()]));

        assert_eq!(reason(&wang.see(STAY).await), json!([REASON, null]), "without a purpose");
        let [(read_for, _)] = &reads(&world, "wang").await[..] else { panic!("one read") };
        assert_eq!(read_for, "oneself");
        let kept = wang.see("/api/kept").await;
        let values = kept["values"].as_array().unwrap();
        let value = values.iter().find(|it| it["value"] == REASON).expect("it is kept");
        assert_eq!((&value["name"]["en"], &value["purpose"]), (&json!("Reason"), &json!(purpose)));
        assert!(kept["reads"].to_string().contains("doc"), "{}", kept["reads"]);

        let zhao = world.client("zhao").await;
        let helps = zhao.see(STAY).await;
        assert_eq!(reason(&helps), json!([null, "sealed"]), "who only helps");
        assert_eq!(helps["purpose"], Json::Null, "and is not asked for a purpose that is refused");
        assert_eq!(zhao.get(&format!("{STAY}?purpose={purpose}")).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn who_cares_for_somebody_reads_what_is_written_about_them() {
    World::each(async |world| {
        let doc = world.client("doc").await;
        world.alert(&world.client("lin").await).await;
        let subject = json!({"kind": "person", "id": "p-child"});
        let open = json!({"case": "stay", "case_kind": "test.stay", "subject": subject});
        doc.done("c1", "open_case", open).await;
        doc.done("c1", "note_case", json!({"case": "stay", "note": "孩子有点不舒服"})).await;
        let wang = world.client("wang").await.see(STAY).await;
        assert_eq!(wang["timeline"][1]["texts"][0]["text"], "孩子有点不舒服");
    })
    .await;
}

/// Every text that the common life cycle asks for, each by whoever may write it.
async fn all_written(chen: &Client, zhou: &Client, wang: &Client, world: &World) {
    let give = async |who: &Client, kind: &str, more: Json| {
        let mut body = json!({"case": "case-1"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        who.done("c1", kind, body).await
    };
    let subject = json!({"kind": "household", "id": "h1"});
    let kind =
        json!({"case_kind": "test.repair", "subject": subject, "fields": {"broken": "lamp"}});
    give(wang, "open_case", kind).await;
    give(zhou, "defer_case", json!({"reason": "文本一", "review_on": "2020-03-01"})).await;
    give(chen, "act_on_case", json!({"action": "begin"})).await;
    give(chen, "hand_over_case", json!({"to": "chen", "condition": "文本二"})).await;
    world.pass_days(8);
    give(chen, "explain_delay", json!({"reason": "文本三"})).await;
    give(chen, "act_on_case", json!({"action": "claim"})).await;
    give(zhou, "verify_case", json!({"agreed": true, "finding": "文本四"})).await;
    give(wang, "reopen_case", json!({"reason": "文本五"})).await;
    give(zhou, "note_case", json!({"note": "文本六"})).await;
}

fn texts(page: &Json) -> Vec<String> {
    let lines = page["timeline"].as_array().unwrap().iter();
    let texts = lines.flat_map(|line| line["texts"].as_array().unwrap().clone());
    let told = |text: Json| {
        let words = text["text"].as_str().or(text["unread"].as_str()).unwrap().to_owned();
        format!("{} {words}", text["element"].as_str().unwrap())
    };
    texts.map(told).collect()
}

#[tokio::test]
async fn what_people_write_stands_in_the_time_line_and_in_no_fact_and_is_destroyed() {
    World::each(async |world| {
        let (chen, wang) = (world.client("chen").await, world.client("wang").await);
        let zhou = world.client("zhou").await;
        all_written(&chen, &zhou, &wang, &world).await;
        let path = "/api/cases/c1/case-1";
        let elements = ["reason", "condition", "reason", "finding", "reason", "note"];
        let words = ["文本一", "文本二", "文本三", "文本四", "文本五", "文本六"];
        let all = |words: [&str; 6]| -> Vec<String> {
            elements.iter().zip(words).map(|(element, word)| format!("{element} {word}")).collect()
        };
        let sealed = zhou.see(path).await;
        assert_eq!(texts(&sealed), all(["sealed"; 6]));
        let purpose = sealed["purpose"].as_str().unwrap().to_owned();
        let named = format!("{path}?purpose={purpose}");
        assert_eq!(texts(&zhou.see(&named).await), all(words));
        assert_eq!(texts(&wang.see(path).await), all(words), "who asked for it");
        let ledger = "c1".parse().unwrap();
        for recorded in world.store.facts_after(&ledger, 0, 1000).await.unwrap() {
            assert!(!recorded.fact.body().to_string().contains("文本"), "{:?}", recorded.fact);
        }

        world.pass_days(366);
        world.store.destroy_due().await.unwrap();
        assert_eq!(texts(&world.client("zhou").await.see(&named).await), all(["destroyed"; 6]));
        assert_eq!(texts(&world.client("wang").await.see(path).await), all(["destroyed"; 6]));
        world.store.verify(&|_, _| {}).await.unwrap().unwrap();
    })
    .await;
}
