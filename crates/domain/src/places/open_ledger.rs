//! `open_ledger`: a place gets a ledger of its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LedgerHead;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::PlaceId;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};
use crate::text;

/// The deepest path of places.
const PATH_LENGTH_MAX: usize = 16;

/// Opens the ledger of a place; given in that ledger itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenLedger {
    /// The place.
    pub place: PlaceId,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
    /// Places from `root` to the place itself.
    pub path: Vec<PlaceId>,
}

impl Decide for OpenLedger {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::ledger()]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        draft.fresh::<LedgerHead>("ledger")?;
        let name = text::line("name", &self.name)?;
        let level = text::line("level", &self.level)?;
        let begins_at_root = self.path.first().is_some_and(|place| place.as_str() == "root");
        let ends_here = self.path.last() == Some(&self.place);
        if !begins_at_root || !ends_here || self.path.len() > PATH_LENGTH_MAX {
            let refusal = Refusal::new(Code::BadValue).with("field", "path");
            return Err(refusal.with("why", "root … place"));
        }
        if context.ledger.as_str() != self.place.as_str() {
            return Err(Refusal::new(Code::OtherLedger).with("id", self.place.as_str()));
        }
        let (place, path) = (self.place.clone(), self.path.clone());
        draft.say(Fact::LedgerOpened { place, name, level, path });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn a_ledger_is_opened_once() {
        let mut street = trial::empty();
        let open = OpenLedger {
            place: id("community"),
            name: "Elm Court".to_owned(),
            level: "community".to_owned(),
            path: vec![id("root"), id("community")],
        };
        street.give(&trial::operator(), open.clone()).unwrap();
        let refused = street.give(&trial::operator(), open).unwrap_err();
        assert_eq!(refused.code, Code::Exists);
    }

    #[test]
    fn a_ledger_is_refused_for_another_place() {
        let mut street = trial::empty();
        let open = OpenLedger {
            place: id("elsewhere"),
            name: "Elsewhere".to_owned(),
            level: "community".to_owned(),
            path: vec![id("root"), id("elsewhere")],
        };
        let refused = street.give(&trial::operator(), open).unwrap_err();
        assert_eq!(refused.code, Code::OtherLedger);
    }
}
