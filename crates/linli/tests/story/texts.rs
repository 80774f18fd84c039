//! What people write about people is there for those whom it concerns, and stands in no fact.

use jiff::{SignedDuration, ToSpan as _};
use serde_json::{Value as Json, json};

use crate::street::Street;

/// One matter on which everything is written that can be, each by whoever may.
pub(crate) async fn are_written_in_every_way(street: &Street<'_>) {
    let script = &street.script.texts;
    let ledger = street.first.as_str();
    let with = |more: Json| {
        let mut body = json!({ "case": "written" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let act = |action: &str| with(json!({ "action": action }));
    let household = json!({ "kind": "household", "id": street.household("asker") });
    let open = json!({ "case_kind": script.kind, "subject": household, "fields": script.fields });
    street.asker.done(ledger, "open_case", with(open)).await;
    street.worker.done(ledger, "act_on_case", act("accept")).await;
    let back = json!({ "reason": script.returned, "right_unit": script.right_unit });
    street.worker.done(ledger, "return_case", with(back)).await;
    street.worker.done(ledger, "act_on_case", act("accept")).await;
    let review_on = street.today().checked_add(30.days()).unwrap();
    let defer = json!({ "reason": script.deferred, "review_on": review_on });
    street.lead.done(ledger, "defer_case", with(defer)).await;
    street.worker.done(ledger, "act_on_case", act("begin")).await;
    let over = json!({ "to": "department", "condition": script.condition });
    street.worker.done(ledger, "hand_over_case", with(over)).await;
    street.deployment.pass(SignedDuration::from_hours(24 * 8)).await;
    let why = with(json!({ "reason": script.late }));
    street.department.done(ledger, "explain_delay", why).await;
    let claim = with(json!({ "action": "claim", "fields": script.claim }));
    street.department.done(ledger, "act_on_case", claim.clone()).await;
    let verify = with(json!({ "agreed": true, "finding": script.finding }));
    street.lead.done(ledger, "verify_case", verify.clone()).await;
    street.asker.done(ledger, "reopen_case", with(json!({ "reason": script.reopened }))).await;
    street.department.done(ledger, "note_case", with(json!({ "note": script.note }))).await;
    street.department.done(ledger, "act_on_case", claim).await;
    street.lead.done(ledger, "verify_case", verify).await;
    are_read_by_whom_they_concern(street).await;
}

/// Whoever asked reads all of it; staff name the purpose first.
async fn are_read_by_whom_they_concern(street: &Street<'_>) {
    let path = format!("/api/cases/{}/written", street.first);
    let read = texts(&street.asker.see(&path).await);
    let written = street.script.texts.all();
    for text in &written {
        assert!(read.iter().any(|it| it["text"] == **text), "{text}: {read:#?}");
    }
    let page = street.lead.see(&path).await;
    assert!(texts(&page).iter().all(|it| it["unread"] == "sealed"), "{page:#}");
    let purpose = page["purpose"].as_str().unwrap();
    assert_eq!(texts(&street.lead.see(&format!("{path}?purpose={purpose}")).await), read);
}

/// What was written on a case, as its page tells it.
pub(crate) fn texts(page: &Json) -> Vec<Json> {
    let lines = page["timeline"].as_array().unwrap().iter();
    lines.flat_map(|line| line["texts"].as_array().unwrap().clone()).collect()
}

/// Every fact of every ledger is looked through for every text of the story.
pub(crate) async fn stand_in_no_fact(street: &Street<'_>) {
    let store = &street.deployment.store;
    let (script, mut facts) = (&street.script, 0);
    let mut all = script.texts.all();
    all.extend([&script.stay.reason, &script.stay.condition, &script.repair.finding]);
    for (ledger, _) in store.ledgers().await.unwrap() {
        for recorded in store.facts_after(&ledger, 0, usize::MAX >> 1).await.unwrap() {
            let body = recorded.fact.body().to_string();
            let found = all.iter().find(|text| body.contains(text.as_str()));
            assert_eq!(found, None, "{body}");
            facts += 1;
        }
    }
    assert!(facts > 200, "{facts}");
}
