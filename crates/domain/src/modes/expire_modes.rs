//! `expire_modes`: modes whose end has come are over; nobody has to ask.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Modes;
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::ModeId;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};

/// Ends all modes whose end has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpireModes {}

impl Decide for ExpireModes {
    fn authority(&self) -> Authority {
        Authority::System
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::modes()]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let now = context.moment.at;
        let active = draft.get::<Modes>("modes").into_iter().flat_map(|modes| &modes.active);
        let over: Vec<ModeId> =
            active.filter(|(_, d)| d.until <= now).map(|(mode, _)| mode.clone()).collect();
        if over.is_empty() {
            return Err(Refusal::new(Code::NotDueYet));
        }
        for mode in over {
            draft.say(Fact::ModeExpired { mode });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::Actor;
    use crate::trial;

    #[test]
    fn a_mode_ends_by_itself_and_not_before() {
        let mut street = trial::community();
        let declared = trial::alert(&street);
        street.give(&trial::coordinator(), declared.clone()).unwrap();
        let early = street.give(&Actor::system(), ExpireModes {}).unwrap_err();
        assert_eq!(early.code, Code::NotDueYet);
        street.moment.at = declared.until;
        street.give(&Actor::system(), ExpireModes {}).unwrap();
        assert!(street.rules().modes.is_empty());
    }

    #[test]
    fn only_the_program_itself_lets_modes_expire_others_are_refused() {
        let mut street = trial::community();
        let refused = street.give(&trial::coordinator(), ExpireModes {}).unwrap_err();
        assert_eq!(refused.code, Code::NotAllowed);
    }
}
