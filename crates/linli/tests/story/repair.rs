//! A resident asks for a repair; it is taken, done, verified by somebody else, and rated.

use serde_json::json;

use crate::figures::Figures;
use crate::street::Street;

pub(crate) async fn from_the_first_word_to_the_rating(street: &Street<'_>) {
    let script = &street.script.repair;
    let ledger = street.first.as_str();
    let today = street.today();
    let quiet = Figures::of(street, today).await;
    let household = json!({ "kind": "household", "id": street.household("asker") });
    street
        .asker
        .done(
            ledger,
            "open_case",
            json!({ "case": "repair", "case_kind": script.kind, "subject": household, "fields": script.fields }),
        )
        .await;
    let opened = Figures::of(street, today).await;
    quiet.moved(&opened, &script.open, 1.0);
    let act = |action: &str| json!({ "case": "repair", "action": action });
    street.worker.done(ledger, "act_on_case", act("accept")).await;
    street.worker.done(ledger, "act_on_case", act("begin")).await;
    let claim = json!({ "case": "repair", "action": "claim", "fields": script.claim });
    street.worker.done(ledger, "act_on_case", claim).await;
    let verify = json!({ "case": "repair", "agreed": true, "finding": script.finding });
    let refused = street.worker.refused(ledger, "verify_case", verify.clone()).await;
    assert_eq!(refused["code"], "verifier_is_handler");
    street.lead.done(ledger, "verify_case", verify).await;
    let rate = json!({ "case": "repair", "solved": true, "satisfied": 5 });
    street.asker.done(ledger, "rate_case", rate).await;
    let closed = Figures::of(street, today).await;
    opened.moved(&closed, &script.closed, 1.0);
    opened.moved(&closed, &script.satisfied, 1.0);
    let path = format!("/api/cases/{ledger}/repair");
    let seen = street.asker.see(&path).await;
    let for_it = format!("{path}?purpose={}", seen["purpose"].as_str().unwrap());
    assert_eq!(seen["case"]["stage"], "closed");
    assert!(seen["timeline"].as_array().unwrap().len() >= 6, "{:#}", seen["timeline"]);
    for other in [&street.worker, &street.lead, &street.coordinator] {
        assert_eq!(other.see(&for_it).await["timeline"], seen["timeline"]);
    }
}
