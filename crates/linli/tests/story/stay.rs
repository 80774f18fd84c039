//! A room is held before anybody moves, nobody leaves a child alone, and the stay ends by itself.

use jiff::{SignedDuration, ToSpan as _};
use serde_json::{Value as Json, json};

use crate::figures::Figures;
use crate::street::Street;

/// The room of the story.
const ROOM: &str = "room-3";

pub(crate) async fn waits_for_room_and_care_and_ends_by_itself(street: &Street<'_>, case: &str) {
    let script = &street.script.stay;
    let ledger = street.first.as_str();
    let today = street.today();
    let pool = json!({ "pool": ROOM, "sort": script.room.sort, "name": "三号院客房" });
    street.lead.done(ledger, "open_pool", pool).await;
    let stock = json!({ "pool": ROOM, "amount": 2, "reason": "开放两间" });
    street.lead.done(ledger, "add_stock", stock).await;
    let act = |action: &str| json!({ "case": case, "action": action });
    street.clinician.done(ledger, "act_on_case", act(&script.look)).await;
    let mut keep = act(&script.keep);
    keep["fields"] = json!({ &script.room.element: ROOM });
    street.clinician.done(ledger, "act_on_case", keep).await;
    assert_eq!(pools(street).await, [1, 0, 1], "held, not taken");
    let before = Figures::of(street, today).await;
    decide_once_the_child_is_looked_after(street, case).await;
    assert_eq!(pools(street).await, [0, 1, 1], "taken");
    let staying = Figures::of(street, today).await;
    before.moved(&staying, &script.staying, 1.0);
    before.moved(&staying, &script.room.free, 0.0);
    let hand_over =
        json!({ "case": case, "to": "second-clinician", "condition": script.condition });
    street.clinician.done(ledger, "hand_over_case", hand_over).await;
    readings(street, case).await;
    ends_by_itself(street, case).await;
    let released = Figures::of(street, street.today()).await;
    staying.moved(&released, &script.staying, -1.0);
    staying.moved(&released, &script.released, 1.0);
    staying.moved(&released, &script.open, -1.0);
}

/// Held, taken and free of the room.
async fn pools(street: &Street<'_>) -> [i64; 3] {
    let stock = street.clinician.see(&format!("/api/stock?ledger={}", street.first)).await;
    ["held", "taken", "free"].map(|name| stock["pools"][0][name].as_i64().unwrap())
}

async fn decide_once_the_child_is_looked_after(street: &Street<'_>, case: &str) {
    let script = &street.script.stay;
    let ledger = street.first.as_str();
    let release_on = street.today().checked_add(script.release.days.days()).unwrap();
    let decide = json!({
        "case": case, "action": script.order, "reason": script.reason,
        "fields": { &script.release.element: release_on },
    });
    let refused = street.clinician.refused(ledger, "act_on_case", decide.clone()).await;
    assert_eq!(refused["code"], "care_missing");
    let path = format!("/api/cases/{ledger}/{case}");
    let needs = street.clinician.see(&path).await["care"].clone();
    let missing: Vec<&str> =
        needs.as_array().unwrap().iter().map(|need| need["need"].as_str().unwrap()).collect();
    let child = missing.iter().find(|need| need.starts_with("dependant:")).expect("the child");
    assert_eq!(missing.len(), 1 + script.needs.len());
    let listed = refused["words"]["zh"].as_str().unwrap();
    for need in needs.as_array().unwrap() {
        assert!(listed.contains(need["name"]["zh"].as_str().unwrap()), "{listed}: {need}");
    }
    let ask = |need: &str, owner: &str| json!({ "case": case, "need": need, "owner": owner });
    let accept = |need: &str| json!({ "case": case, "need": need, "accepts": true });
    street.clinician.done(ledger, "ask_care", ask(child, "neighbour")).await;
    let still = street.clinician.refused(ledger, "act_on_case", decide.clone()).await;
    assert_eq!(still["code"], "care_missing", "asking is not accepting");
    street.neighbour.done(ledger, "answer_care", accept(child)).await;
    for need in &script.needs {
        street.clinician.done(ledger, "ask_care", ask(need, "worker")).await;
        street.worker.done(ledger, "answer_care", accept(need)).await;
    }
    street.clinician.done(ledger, "act_on_case", decide).await;
    let order = street.ill.see(&path).await["order"].clone();
    for part in ["authority", "legal_basis", "appeal", "from", "until", "review_at"] {
        assert!(order[part].as_str().is_some_and(|text| !text.is_empty()), "{part}: {order:#}");
    }
    assert_eq!(order["reason"]["text"], script.reason, "who is under an order reads why");
    let order = street.clinician.see(&path).await["order"].clone();
    assert_eq!(order["reason"]["unread"], "sealed", "{order:#}");
    let named = format!("{path}?purpose={}", script.purpose);
    let order = street.clinician.see(&named).await["order"].clone();
    assert_eq!(order["reason"]["text"], script.reason);
    let person = ill(street).await;
    assert_eq!(
        (&person["restricted"], &person["whereabouts"]["at"]),
        (&json!(true), &json!("pool"))
    );
}

/// The ill person as the community sees them.
async fn ill(street: &Street<'_>) -> Json {
    let home = street.household("ill");
    let page = street.lead.see(&format!("/api/households/{}/{home}", street.first)).await;
    let id = street.person(&street.script.residents["ill"]);
    let people = page["people"].as_array().unwrap();
    people.iter().find(|person| person["id"] == *id).unwrap().clone()
}

/// Two readings a day, told by the person or by who looks after them.
async fn readings(street: &Street<'_>, case: &str) {
    let reading = &street.script.stay.reading;
    let id = street.person(&street.script.residents["ill"]);
    for number in 0..4 {
        street.deployment.pass(SignedDuration::from_hours(12)).await;
        let who = if number % 2 == 0 { &street.ill } else { &street.second_clinician };
        let body = json!({
            "submission": format!("reading-{number}"), "form": reading.form,
            "subject": { "kind": "person", "id": id }, "answers": reading.answers,
        });
        who.done(&street.first, "record_submission", body).await;
    }
    let page = street.second_clinician.see(&format!("/api/cases/{}/{case}", street.first)).await;
    assert_eq!(page["case"]["assignee"], "second-clinician");
}

/// The day comes: nobody asks, and it is over.
async fn ends_by_itself(street: &Street<'_>, case: &str) {
    let script = &street.script.stay;
    let path = format!("/api/cases/{}/{case}", street.first);
    let order = street.ill.see(&path).await["order"].clone();
    let until: jiff::Timestamp = order["until"].as_str().unwrap().parse().unwrap();
    let left = until.duration_since(street.now()) - SignedDuration::from_mins(1);
    street.deployment.pass(left).await;
    assert!(street.ill.see(&path).await["order"].is_object(), "not a minute early");
    street.deployment.pass(SignedDuration::from_mins(1)).await;
    let page = street.ill.see(&path).await;
    assert_eq!(page["case"]["state"], json!(script.over));
    assert!(page["order"].is_null(), "{page:#}");
    let notices = street.ill.see("/api/day").await["notices"].clone();
    let told = notices.as_array().unwrap().iter().any(|notice| {
        let at: jiff::Timestamp = notice["at"].as_str().unwrap().parse().unwrap();
        notice["case"] == *case && at >= until
    });
    assert!(told, "{notices:#}");
    let person = ill(street).await;
    assert_eq!(
        (&person["restricted"], &person["whereabouts"]["at"]),
        (&json!(false), &json!("home"))
    );
    assert_eq!(pools(street).await, [0, 0, 2], "the room is free again");
}
