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

/// Brings a body of an older version into today's shape. No fact has an older version yet.
fn upcast(_name: &str, _version: u16, body: Json) -> Json {
    body
}
