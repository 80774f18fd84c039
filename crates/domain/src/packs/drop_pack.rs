//! `drop_pack`: a pack is no longer in force; cases that live under it go on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Packs;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::PackId;
use crate::modes::Modes;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};
use crate::text;

/// Takes a pack out of force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DropPack {
    /// The pack.
    pub pack: PackId,
    /// Why.
    pub reason: String,
}

impl Decide for DropPack {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR, Role::COORDINATOR])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::packs(), Key::modes()]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let _ = context;
        let here = draft.get::<Packs>("packs").is_some_and(|p| p.adopted.contains_key(&self.pack));
        if !here {
            return Err(Refusal::new(Code::PackUnknown).with("pack", self.pack.as_str()));
        }
        let front = format!("{}.", self.pack);
        let mut active = draft.get::<Modes>("modes").into_iter().flat_map(|m| m.active.keys());
        if let Some(mode) = active.find(|mode| mode.as_str().starts_with(&front)) {
            return Err(Refusal::new(Code::PackInUse).with("mode", mode.as_str()));
        }
        let reason = text::free("reason", &self.reason)?;
        draft.say(Fact::PackDropped { pack: self.pack.clone(), reason });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn a_dropped_pack_is_no_longer_in_force() {
        let mut street = trial::community();
        let drop = DropPack { pack: id("trial"), reason: "not needed".to_owned() };
        street.give(&trial::operator(), drop.clone()).unwrap();
        assert!(street.rules().packs.is_empty());
        let refused = street.give(&trial::operator(), drop).unwrap_err();
        assert_eq!(refused.code, Code::PackUnknown);
    }

    #[test]
    fn a_pack_is_refused_to_go_while_its_mode_holds() {
        let mut street = trial::community();
        street.give(&trial::coordinator(), trial::alert(&street)).unwrap();
        let drop = DropPack { pack: id("trial"), reason: "not needed".to_owned() };
        assert_eq!(street.give(&trial::operator(), drop).unwrap_err().code, Code::PackInUse);
    }
}
