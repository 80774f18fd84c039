//! The street sees what a mode would change, declares it, and it ends by itself.

use jiff::{SignedDuration, ToSpan as _};
use serde_json::{Value as Json, json};

use crate::street::Street;

fn ids(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect()
}

pub(crate) async fn is_seen_before_it_is_declared(street: &Street<'_>) {
    let script = &street.script.mode;
    let ledger = street.street.as_str();
    let path =
        format!("/api/modes/preview?ledger={ledger}&mode={}&level={}", script.mode, script.level);
    let before = street.deployment.store.last_seq(&ledger.parse().unwrap()).await.unwrap();
    let preview = street.coordinator.see(&path).await;
    for kind in &script.kinds {
        assert!(ids(&preview["kinds"]["added"]).contains(&kind.as_str()), "{preview:#}");
    }
    for form in &script.forms {
        assert!(ids(&preview["forms"]["added"]).contains(&form.as_str()), "{preview:#}");
    }
    assert!(!preview["roles"]["added"].as_array().unwrap().is_empty(), "{preview:#}");
    let deadlines = preview["deadlines"].as_array().unwrap();
    let earlier = deadlines.iter().find(|it| it["kind"].as_str() == Some(&*script.deadline));
    assert!(earlier.is_some(), "{preview:#}");
    assert!(!preview["retention"].as_array().unwrap().is_empty(), "{preview:#}");
    assert_eq!(
        (&preview["ends_itself"], &preview["longest_days"]),
        (&json!(true), &json!(script.longest_days))
    );
    let after = street.deployment.store.last_seq(&ledger.parse().unwrap()).await.unwrap();
    assert_eq!(before, after, "a preview writes nothing");
    declare(street).await;
}

async fn declare(street: &Street<'_>) {
    let script = &street.script.mode;
    let ledger = street.street.as_str();
    let until = street.now() + SignedDuration::from_hours(24 * script.days);
    let review = street.today().checked_add(7.days()).unwrap();
    let declare = json!({
        "mode": script.mode, "level": script.level, "authority": "街道办事处",
        "legal_basis": "突发事件应对法（2024）", "reason": "区里公布了本地病例", "appeal": "拨打 12345",
        "until": until, "review_on": review,
    });
    let mut open_ended = declare.clone();
    open_ended["until"] = json!(street.now() + SignedDuration::from_hours(24 * 366));
    street.coordinator.refused(ledger, "declare_mode", open_ended).await;
    let mut nameless = declare.clone();
    nameless["legal_basis"] = json!("");
    street.coordinator.refused(ledger, "declare_mode", nameless).await;
    street.worker.refused(ledger, "declare_mode", declare.clone()).await;
    street.coordinator.done(ledger, "declare_mode", declare).await;
    let page = street.worker.see(&format!("/api/modes?ledger={}", street.first)).await;
    assert_eq!(page["active"][0]["mode"], json!(script.mode));
    assert_eq!(page["active"][0]["until"], json!(until));
}

/// Nobody ends it: its day comes.
pub(crate) async fn has_ended_by_itself(street: &Street<'_>) {
    let left = SignedDuration::from_hours(24 * street.script.mode.days);
    street.deployment.pass(left).await;
    let page = street.coordinator.see(&format!("/api/modes?ledger={}", street.street)).await;
    assert_eq!(page["active"], json!([]));
    assert_eq!(page["past"][0]["mode"], json!(street.script.mode.mode));
}
