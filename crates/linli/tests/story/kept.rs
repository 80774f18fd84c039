//! The person sees what is kept and who read it; when its time has come it is destroyed.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::mode;
use crate::street::Street;
use crate::texts::texts;

pub(crate) async fn is_seen_by_whom_it_is_about_and_destroyed(street: &Street<'_>, case: &str) {
    let script = &street.script.stay;
    let path = format!("/api/cases/{}/{case}", street.first);
    let sealed = street.second_clinician.see(&path).await;
    assert!(!sealed.to_string().contains("38.2"), "{sealed:#}");
    let opened = street.second_clinician.see(&format!("{path}?purpose={}", script.purpose)).await;
    assert!(opened["fields"].to_string().contains("38.2"), "{opened:#}");
    let kept = street.ill.see("/api/kept").await;
    let elements = of_purpose(&kept, &script.purpose);
    for element in [script.sealed.as_str(), "reason", "condition"] {
        assert!(elements.iter().any(|it| it == element), "{element}: {kept:#}");
    }
    let values = kept["values"].to_string();
    assert!(values.contains(&script.reason) && values.contains(&script.condition), "{values}");
    let reads = kept["reads"].as_array().unwrap();
    let by = |name: &str| reads.iter().filter(|read| read["reader_name"] == *name).count();
    assert!(by("second-clinician") > 0 && by("lead") > 0, "{reads:#?}");
    mode::has_ended_by_itself(street).await;
    let kept = street.ill.see("/api/kept").await;
    assert!(!of_purpose(&kept, &script.purpose).is_empty(), "kept until its time has come");
    let days = SignedDuration::from_hours(24 * street.script.retention_days + 1);
    street.deployment.pass(days).await;
    is_gone(street, &script.purpose).await;
    let opened = street.second_clinician.see(&path).await;
    assert!(!opened.to_string().contains("38.2"), "{opened:#}");
    let texts = texts(&street.ill.see(&path).await);
    assert!(texts.len() > 1, "{texts:#?}");
    assert!(texts.iter().all(|it| it["unread"] == "destroyed"), "{texts:#?}");
}

/// The elements of values that are kept for a purpose.
fn of_purpose(kept: &Json, purpose: &str) -> Vec<String> {
    let values = kept["values"].as_array().unwrap().iter();
    let values = values.filter(|value| value["purpose"] == *purpose);
    values.map(|value| value["element"].as_str().unwrap().to_owned()).collect()
}

/// The program destroys it by itself, and says so under its signature.
async fn is_gone(street: &Street<'_>, purpose: &str) {
    for _ in 0..400 {
        let kept = street.ill.see("/api/kept").await;
        if of_purpose(&kept, purpose).is_empty() {
            let destroyed = kept["destroyed"].as_array().unwrap();
            let it = destroyed.iter().find(|it| it["purpose"] == *purpose).expect("it is told");
            assert!(it["values"].as_u64().unwrap() >= 1 && it["persons"].as_u64().unwrap() >= 1);
            assert!(is_signed(&it["certificate"]), "{it:#}");
            let mut forged = it["certificate"].clone();
            let text = format!("{} ", forged["text"].as_str().unwrap());
            forged["text"] = json!(text);
            assert!(!is_signed(&forged));
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the program did not destroy what had to go");
}

/// Ed25519, checked without the program.
fn is_signed(certificate: &Json) -> bool {
    let bytes = |name: &str| {
        let text = certificate[name].as_str().unwrap();
        let pairs = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16));
        pairs.collect::<Result<Vec<u8>, _>>().unwrap()
    };
    let key =
        ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, bytes("public_key"));
    key.verify(certificate["text"].as_str().unwrap().as_bytes(), &bytes("signature")).is_ok()
}
