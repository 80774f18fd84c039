//! Facts of any version that was ever written, brought into today's shape.

use serde_json::Value as Json;

use crate::fact::Fact;

impl Fact {
    /// Reads a fact of any version that was ever written.
    ///
    /// # Errors
    /// When name and body do not fit; a ledger that holds such a fact was tampered with.
    pub fn read(name: &str, version: u16, body: Json) -> Result<Self, serde_json::Error> {
        let body = upcast(name, version, body);
        serde_json::from_value(serde_json::json!({ "fact": name, "body": body }))
    }

    /// Its body as JSON, without its name.
    #[must_use]
    pub fn body(&self) -> Json {
        let mut json = serde_json::to_value(self).expect("facts are plain data");
        json.get_mut("body").map(Json::take).unwrap_or_default()
    }
}

/// Facts that held the words of people until version 2 sealed them.
const WORDS_UNTIL_2: &[&str] = &[
    "case.returned",
    "case.handed_over",
    "case.verified",
    "case.reopened",
    "case.deferred",
    "delay.explained",
    "order.given",
];

/// Brings a body of an older version into today's shape. Words that stand in it stay readable;
/// nothing of it was sealed.
fn upcast(name: &str, version: u16, mut body: Json) -> Json {
    if version < 2
        && WORDS_UNTIL_2.contains(&name)
        && let Some(body) = body.as_object_mut()
    {
        body.insert("sealed".to_owned(), Json::Array(Vec::new()));
    }
    body
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn standing() -> Json {
        json!({ "state": "s", "stage": "handling", "due_at": null, "timeout_at": null,
            "expects": null, "subject": null })
    }

    fn order() -> Json {
        json!({ "action": "send", "authority": "the office", "legal_basis": "the law",
            "reason": "why so", "appeal": "call us", "from": "2026-03-02T00:00:00Z",
            "until": "2026-03-04T00:00:00Z", "review_at": "2026-03-03T00:00:00Z",
            "leaves_home": true })
    }

    /// A fact of version 1, as it was written then.
    fn first_version(name: &str) -> Json {
        match name {
            "case.returned" => {
                json!({ "case": "c", "reason": "why so", "right_unit": "who", "to": standing() })
            }
            "case.handed_over" => {
                json!({ "case": "c", "from": "a", "to": "b", "condition": "how" })
            }
            "case.verified" => {
                json!({ "case": "c", "agreed": true, "finding": "what", "to": standing() })
            }
            "case.reopened" => json!({ "case": "c", "reason": "why so", "to": standing() }),
            "case.deferred" => {
                json!({ "case": "c", "reason": "why so", "review_on": "2026-04-01" })
            }
            "delay.explained" => json!({ "case": "c", "reason": "why so" }),
            "order.given" => json!({ "case": "c", "person": "p", "order": order() }),
            other => unreachable!("{other} has one version"),
        }
    }

    /// Every word of a body, but not the names of its fields.
    fn words(json: &Json) -> Vec<String> {
        match json {
            Json::String(word) => vec![word.clone()],
            Json::Array(items) => items.iter().flat_map(words).collect(),
            Json::Object(fields) => fields.values().flat_map(words).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn facts_of_version_1_read_with_their_words_and_have_nothing_sealed() {
        for name in WORDS_UNTIL_2 {
            let written = first_version(name);
            let fact = Fact::read(name, 1, written.clone()).unwrap();
            assert_eq!((fact.name(), fact.version()), (*name, 2));
            let mut body = fact.body();
            assert_eq!(body["sealed"], json!([]), "{name}");
            body.as_object_mut().unwrap().remove("sealed");
            assert_eq!(body, written, "{name}");
            assert!(words(&body).len() > 1, "{name}");
        }
    }

    #[test]
    fn a_fact_of_version_2_is_refused_without_what_it_sealed() {
        for name in WORDS_UNTIL_2 {
            assert!(Fact::read(name, 2, first_version(name)).is_err(), "{name}");
        }
    }

    #[test]
    fn every_fact_of_version_2_has_a_first_version_that_is_brought_up() {
        let second: Vec<&str> =
            Fact::ALL.iter().filter(|(_, version)| *version == 2).map(|(name, _)| *name).collect();
        assert!(second.iter().all(|name| WORDS_UNTIL_2.contains(name)), "{second:?}");
        assert_eq!(second.len(), WORDS_UNTIL_2.len());
    }
}
