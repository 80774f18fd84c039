//! `adopt_pack`: a pack is in force here and below, perhaps in place of an earlier version.

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

/// Puts a pack in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdoptPack {
    /// The pack.
    pub pack: PackId,
    /// Its version.
    pub version: String,
    /// Its hash.
    pub hash: String,
}

impl Decide for AdoptPack {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::OPERATOR, Role::COORDINATOR])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::packs(), Key::modes()]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let unknown = || Refusal::new(Code::PackUnknown).with("pack", self.pack.as_str());
        let pack = context.rules.pack(&self.hash).ok_or_else(unknown)?;
        if pack.id != self.pack || pack.version != self.version {
            return Err(unknown());
        }
        let today = context.moment.today();
        if today < pack.valid_from || pack.valid_until.is_some_and(|last| last < today) {
            return Err(Refusal::new(Code::PackNotValid).with("pack", self.pack.as_str()));
        }
        let packs = draft.get::<Packs>("packs");
        let replaced = packs.and_then(|packs| packs.adopted.get(&self.pack));
        let replaced = replaced.map(|adopted| adopted.hash.clone());
        if replaced.as_ref() == Some(&self.hash) {
            return Err(Refusal::new(Code::PackInForce).with("pack", self.pack.as_str()));
        }
        let front = format!("{}.", self.pack);
        let active = draft.get::<Modes>("modes").into_iter().flat_map(|modes| modes.active.keys());
        for mode in active.filter(|mode| mode.as_str().starts_with(&front)) {
            if !pack.modes.contains_key(mode) {
                return Err(Refusal::new(Code::PackInUse).with("mode", mode.as_str()));
            }
        }
        draft.say(Fact::PackAdopted {
            pack: self.pack.clone(),
            version: self.version.clone(),
            hash: self.hash.clone(),
            replaced,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial;

    #[test]
    fn a_pack_that_was_adopted_is_in_force() {
        let street = trial::community();
        assert_eq!(street.rules().packs.len(), 1);
    }

    #[test]
    fn a_pack_is_refused_when_unknown_or_in_force_already() {
        let mut street = trial::community();
        let mut adopt = trial::adopt();
        let again = street.give(&trial::operator(), adopt.clone()).unwrap_err();
        assert_eq!(again.code, Code::PackInForce);
        adopt.hash = "nothing".to_owned();
        let unknown = street.give(&trial::operator(), adopt).unwrap_err();
        assert_eq!(unknown.code, Code::PackUnknown);
    }
}
