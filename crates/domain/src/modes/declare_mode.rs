//! `declare_mode`: an authority declares a mode for a time, with basis, reason and appeal.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Modes;
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{ModeId, PurposeId};
use crate::refusal::{Code, Refusal};
use crate::rules::{ModeRule, Rules};
use crate::states::{Key, States};
use crate::text;

/// Declares a mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclareMode {
    /// The mode.
    pub mode: ModeId,
    /// Its level.
    pub level: String,
    /// Whose decision it is.
    pub authority: String,
    /// The law or decision that allows it.
    pub legal_basis: String,
    /// Why.
    pub reason: String,
    /// How to appeal.
    pub appeal: String,
    /// When it begins; now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Instant>")]
    pub from: Option<Timestamp>,
    /// When it ends by itself.
    #[schemars(with = "crate::schema::Instant")]
    pub until: Timestamp,
    /// When it is reviewed.
    #[schemars(with = "crate::schema::Day")]
    pub review_on: Date,
}

impl Decide for DeclareMode {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::modes()]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let rule = rule_of(context, &self.mode)?;
        check_declarer(context, rule)?;
        let Some(level) = rule.levels.get(&self.level) else {
            let refusal = Refusal::new(Code::Unknown).with("what", "level");
            return Err(refusal.with("id", self.level.as_str()));
        };
        let here = draft.get::<Modes>("modes");
        let here = here.and_then(|modes| modes.active.get(&self.mode));
        let over = here.is_some_and(|declared| declared.until <= context.moment.at);
        if here.is_some() && !over {
            return Err(Refusal::new(Code::ModeInForce).with("mode", self.mode.as_str()));
        }
        let from = self.from.unwrap_or(context.moment.at).max(context.moment.at);
        check_end(rule, from, self.until)?;
        check_review(context, from, self.until, self.review_on)?;
        // It may have come to its end in this very minute, before the program said so.
        if over {
            let mode = self.mode.clone();
            draft.say(Fact::ModeExpired { mode });
        }
        draft.say(Fact::ModeDeclared {
            mode: self.mode.clone(),
            level: self.level.clone(),
            rank: level.rank,
            authority: text::line("authority", &self.authority)?,
            legal_basis: text::free("legal_basis", &self.legal_basis)?,
            reason: text::free("reason", &self.reason)?,
            appeal: text::free("appeal", &self.appeal)?,
            from,
            until: self.until,
            review_on: self.review_on,
            retention: retention(context.rules, rule),
        });
        Ok(())
    }
}

/// The rule of a mode in the packs in force.
pub(super) fn rule_of<'a>(
    context: &'a Context<'_>,
    mode: &ModeId,
) -> Result<&'a ModeRule, Refusal> {
    context
        .rules
        .mode(mode)
        .ok_or_else(|| Refusal::new(Code::Unknown).with("what", "mode").with("id", mode.as_str()))
}

/// Only roles that the pack names decide on its modes.
pub(super) fn check_declarer(context: &Context<'_>, rule: &ModeRule) -> Result<(), Refusal> {
    let roles: Vec<&str> = rule.declared_by.iter().map(String::as_str).collect();
    if context.actor.holds(&roles, context.path, context.moment.at) {
        return Ok(());
    }
    Err(Refusal::new(Code::NotAllowed).with("roles", roles.join(", ")))
}

/// Nothing open-ended: an end after the beginning, no further away than the pack allows.
pub(super) fn check_end(rule: &ModeRule, from: Timestamp, until: Timestamp) -> Result<(), Refusal> {
    let longest = SignedDuration::from_hours(24 * i64::from(rule.longest_days));
    if from < until && until.duration_since(from) <= longest {
        return Ok(());
    }
    Err(Refusal::new(Code::NoEnd).with("longest", format!("{} d", rule.longest_days)))
}

/// A review between beginning and end.
pub(super) fn check_review(
    context: &Context<'_>,
    from: Timestamp,
    until: Timestamp,
    review_on: Date,
) -> Result<(), Refusal> {
    let (first, last) = (context.moment.day_of(from), context.moment.day_of(until));
    if first <= review_on && review_on <= last {
        return Ok(());
    }
    Err(Refusal::new(Code::NoReview))
}

/// The purposes whose retention starts at the mode's end, with their days; the shortest where
/// packs differ.
pub(super) fn retention(rules: &Rules, rule: &ModeRule) -> Vec<(PurposeId, u16)> {
    let mut days: BTreeMap<PurposeId, u16> = BTreeMap::new();
    for (id, purpose) in rules.packs.iter().flat_map(|pack| &pack.purposes) {
        if rule.purposes.contains(id) || purpose.mode.as_ref() == Some(&rule.id) {
            let shortest = days.entry(id.clone()).or_insert(purpose.retention_days);
            *shortest = purpose.retention_days.min(*shortest);
        }
    }
    days.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial;

    #[test]
    fn a_declared_mode_switches_on_what_its_level_names_until_it_ends() {
        let mut street = trial::community();
        let extra = crate::ids::CaseKindId::new("trial.extra").unwrap();
        assert!(!street.rules().kind_is_on(&extra, street.moment.at));
        let declare = trial::alert(&street);
        let until = declare.until;
        street.give(&trial::coordinator(), declare).unwrap();
        assert!(street.rules().kind_is_on(&extra, street.moment.at));
        assert!(!street.rules().kind_is_on(&extra, until));
    }

    #[test]
    fn a_mode_is_refused_without_end_basis_review_or_right() {
        let street = trial::community();
        let good = trial::alert(&street);
        let refused = |declare: DeclareMode, code: Code| {
            let mut street = street.clone();
            let refusal = street.give(&trial::coordinator(), declare).unwrap_err();
            assert_eq!(refusal.code, code);
        };
        let far = good.until + SignedDuration::from_hours(24 * 400);
        refused(DeclareMode { until: far, ..good.clone() }, Code::NoEnd);
        refused(DeclareMode { until: street.moment.at, ..good.clone() }, Code::NoEnd);
        refused(DeclareMode { legal_basis: " ".to_owned(), ..good.clone() }, Code::Missing);
        refused(DeclareMode { appeal: String::new(), ..good.clone() }, Code::Missing);
        let late = good.review_on.saturating_add(jiff::Span::new().years(1));
        refused(DeclareMode { review_on: late, ..good.clone() }, Code::NoReview);
        let mut street = street.clone();
        let refusal = street.give(&trial::worker(), good).unwrap_err();
        assert_eq!(refusal.code, Code::NotAllowed);
    }

    #[test]
    fn a_mode_in_force_is_refused_a_second_time() {
        let mut street = trial::community();
        let declare = trial::alert(&street);
        street.give(&trial::coordinator(), declare.clone()).unwrap();
        let refused = street.give(&trial::coordinator(), declare.clone()).unwrap_err();
        assert_eq!(refused.code, Code::ModeInForce);
        street.moment.at = declare.until;
        let anew = trial::alert(&street);
        let outcome = street.give(&trial::coordinator(), anew).unwrap();
        let names: Vec<&str> = outcome.facts.iter().map(Fact::name).collect();
        assert_eq!(names, ["mode.expired", "mode.declared"]);
    }
}
