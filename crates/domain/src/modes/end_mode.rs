//! `end_mode`: a mode is ended before its time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Modes;
use super::declare_mode::{check_declarer, rule_of};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::ModeId;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};
use crate::text;

/// Ends a mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndMode {
    /// The mode.
    pub mode: ModeId,
    /// Why.
    pub reason: String,
}

impl Decide for EndMode {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::modes()]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        check_declarer(context, rule_of(context, &self.mode)?)?;
        let here = draft
            .get::<Modes>("modes")
            .and_then(|modes| modes.active.get(&self.mode))
            .is_some_and(|declared| context.moment.at < declared.until);
        if !here {
            return Err(Refusal::new(Code::ModeNotInForce).with("mode", self.mode.as_str()));
        }
        let reason = text::free("reason", &self.reason)?;
        draft.say(Fact::ModeEnded { mode: self.mode.clone(), reason });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn a_mode_is_ended_once() {
        let mut street = trial::community();
        street.give(&trial::coordinator(), trial::alert(&street)).unwrap();
        let end = EndMode { mode: id("trial.alert"), reason: "all is well".to_owned() };
        street.give(&trial::coordinator(), end.clone()).unwrap();
        assert!(street.rules().modes.is_empty());
        let refused = street.give(&trial::coordinator(), end).unwrap_err();
        assert_eq!(refused.code, Code::ModeNotInForce);
    }
}
