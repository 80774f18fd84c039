//! `adopt_pack`: a pack is in force here and below, perhaps in place of an earlier version.

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

/// Puts a pack in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::modes::EndMode;
    use crate::rehearsal::Rehearsal;
    use crate::rules::Pack;
    use crate::trial::{self, id};

    #[test]
    fn a_pack_that_was_adopted_is_in_force() {
        let street = trial::community();
        assert_eq!(street.rules().packs.len(), 1);
    }

    /// A street on whose shelf stands a second version, changed in some way.
    fn with_second(change: impl FnOnce(&mut Pack)) -> (Rehearsal, AdoptPack) {
        let mut street = trial::community();
        let mut second = trial::pack();
        second.version = "2".to_owned();
        second.hash = "trial-2".to_owned();
        change(&mut second);
        street.shelve(Arc::new(second));
        let hash = "trial-2".to_owned();
        (street, AdoptPack { version: "2".to_owned(), hash, ..trial::adopt() })
    }

    #[test]
    fn a_new_version_takes_the_place_of_the_old_one_even_while_its_mode_holds() {
        let (mut street, adopt) = with_second(|_| ());
        street.give(&trial::coordinator(), trial::alert(&street)).unwrap();
        let outcome = street.give(&trial::operator(), adopt).unwrap();
        let Fact::PackAdopted { replaced, .. } = &outcome.facts[0] else { panic!() };
        assert_eq!(replaced.as_deref(), Some("trial-1"));
        assert_eq!(street.rules().packs[0].version, "2");
    }

    #[test]
    fn a_version_is_refused_that_would_lose_a_mode_that_holds() {
        let (mut street, adopt) = with_second(|second| second.modes.clear());
        street.give(&trial::coordinator(), trial::alert(&street)).unwrap();
        let refused = street.give(&trial::operator(), adopt.clone()).unwrap_err();
        assert_eq!(refused.code, Code::PackInUse);
        let end = EndMode { mode: id("trial.alert"), reason: "all is well".to_owned() };
        street.give(&trial::coordinator(), end).unwrap();
        street.give(&trial::operator(), adopt).unwrap();
    }

    #[test]
    fn a_pack_is_refused_on_a_day_on_which_it_is_not_valid() {
        for change in [(|second| second.valid_from = date(2030, 1, 1)) as fn(&mut Pack), |second| {
            second.valid_until = Some(date(2026, 3, 1))
        }] {
            let (mut street, adopt) = with_second(change);
            let refused = street.give(&trial::operator(), adopt).unwrap_err();
            assert_eq!(refused.code, Code::PackNotValid);
        }
    }

    #[test]
    fn a_pack_is_refused_when_unknown_misnamed_or_in_force_already() {
        let mut street = trial::community();
        let mut give = |adopt| street.give(&trial::operator(), adopt).unwrap_err().code;
        assert_eq!(give(trial::adopt()), Code::PackInForce);
        let misnamed = AdoptPack { version: "7".to_owned(), ..trial::adopt() };
        assert_eq!(give(misnamed), Code::PackUnknown);
        let unknown = AdoptPack { hash: "nothing".to_owned(), ..trial::adopt() };
        assert_eq!(give(unknown), Code::PackUnknown);
    }
}
