//! `extend_mode`: a mode goes on by a new decision, never by itself.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Modes;
use super::declare_mode::{check_declarer, check_end, check_review, rule_of};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::ModeId;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};
use crate::text;

/// Extends a mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendMode {
    /// The mode.
    pub mode: ModeId,
    /// When it now ends by itself.
    #[schemars(with = "crate::schema::Instant")]
    pub until: Timestamp,
    /// When it is reviewed.
    #[schemars(with = "crate::schema::Day")]
    pub review_on: Date,
    /// The law or decision that allows it.
    pub legal_basis: String,
    /// Why.
    pub reason: String,
}

impl Decide for ExtendMode {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::modes()]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let rule = rule_of(context, &self.mode)?;
        check_declarer(context, rule)?;
        let modes = draft.get::<Modes>("modes");
        // What has come to its end is over, even if nobody has said so yet: declare it anew.
        let declared = modes
            .and_then(|modes| modes.active.get(&self.mode))
            .filter(|declared| context.moment.at < declared.until);
        let Some(declared) = declared else {
            return Err(Refusal::new(Code::ModeNotInForce).with("mode", self.mode.as_str()));
        };
        let from = declared.from.max(context.moment.at);
        check_end(rule, from, self.until)?;
        check_review(context, from, self.until, self.review_on)?;
        draft.say(Fact::ModeExtended {
            mode: self.mode.clone(),
            until: self.until,
            review_on: self.review_on,
            legal_basis: text::free("legal_basis", &self.legal_basis)?,
            reason: text::free("reason", &self.reason)?,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial;

    fn extend(declared: &crate::modes::DeclareMode) -> ExtendMode {
        ExtendMode {
            mode: declared.mode.clone(),
            until: declared.until + jiff::SignedDuration::from_hours(24),
            review_on: declared.review_on,
            legal_basis: "a second decision".to_owned(),
            reason: "it goes on".to_owned(),
        }
    }

    #[test]
    fn a_mode_goes_on_by_a_new_decision() {
        let mut street = trial::community();
        let declared = trial::alert(&street);
        street.give(&trial::coordinator(), declared.clone()).unwrap();
        let extend = extend(&declared);
        street.give(&trial::coordinator(), extend.clone()).unwrap();
        assert_eq!(street.rules().modes[0].until, extend.until);
    }

    #[test]
    fn a_mode_that_does_not_hold_is_refused_to_go_on() {
        let mut street = trial::community();
        let declared = trial::alert(&street);
        let extend = extend(&declared);
        let refused = street.give(&trial::coordinator(), extend.clone()).unwrap_err();
        assert_eq!(refused.code, Code::ModeNotInForce);
        let until = declared.until;
        street.give(&trial::coordinator(), declared).unwrap();
        street.moment.at = until;
        let over = street.give(&trial::coordinator(), extend).unwrap_err();
        assert_eq!(over.code, Code::ModeNotInForce);
    }

    #[test]
    fn a_mode_is_refused_to_go_on_for_longer_than_its_pack_allows() {
        let mut street = trial::community();
        let declared = trial::alert(&street);
        let mut extend = extend(&declared);
        street.give(&trial::coordinator(), declared).unwrap();
        extend.until = street.moment.at + jiff::SignedDuration::from_hours(24 * 31);
        let refused = street.give(&trial::coordinator(), extend).unwrap_err();
        assert_eq!(refused.code, Code::NoEnd);
    }
}
