//! What a mode would change, told before anybody declares it; nothing is written.

use jiff::Timestamp;

use crate::ids::{CaseKindId, FormId, ModeId, PurposeId};
use crate::rules::{ActiveMode, Rules};

/// What would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Kinds that could then be opened.
    pub kinds: Vec<CaseKindId>,
    /// Forms that would then be filled.
    pub forms: Vec<FormId>,
    /// Roles that would then act.
    pub roles: Vec<String>,
    /// Deadlines that would change.
    pub deadlines: Vec<DeadlineChange>,
    /// Purposes whose retention would start at its end, with their days.
    pub retention: Vec<(PurposeId, u16)>,
    /// The longest time from declaring to its end, in days.
    pub longest_days: u16,
}

/// A deadline that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineChange {
    /// The kind.
    pub kind: CaseKindId,
    /// The state.
    pub state: String,
    /// Minutes as of now.
    pub before_minutes: Option<u32>,
    /// Minutes then.
    pub after_minutes: Option<u32>,
}

/// Compares the rules as of now with the same rules and a mode at a level; none when there is no
/// such mode or level.
#[must_use]
pub fn preview(rules: &Rules, mode: &ModeId, level: &str, now: Timestamp) -> Option<Preview> {
    let rule = rules.mode(mode)?;
    let rank = rule.levels.get(level)?.rank;
    let mut then = rules.clone();
    then.modes.retain(|active| active.mode != *mode);
    let until = now + jiff::SignedDuration::from_hours(1);
    then.modes.push(ActiveMode {
        mode: mode.clone(),
        level: level.to_owned(),
        rank,
        from: now,
        until,
    });
    let mut preview = Preview {
        longest_days: rule.longest_days,
        retention: super::declare_mode::retention(rules, rule),
        ..Preview::default()
    };
    for pack in &rules.packs {
        let kinds = pack.kinds.keys();
        let on = |id: &&CaseKindId| !rules.kind_is_on(id, now) && then.kind_is_on(id, now);
        preview.kinds.extend(kinds.filter(on).cloned());
        let forms = pack.forms.keys();
        let on = |id: &&FormId| !rules.form_is_on(id, now) && then.form_is_on(id, now);
        preview.forms.extend(forms.filter(on).cloned());
        for kind in pack.kinds.values() {
            for state in kind.states.keys() {
                let before_minutes = rules.deadline_minutes(kind, state, now);
                let after_minutes = then.deadline_minutes(kind, state, now);
                if before_minutes != after_minutes {
                    preview.deadlines.push(DeadlineChange {
                        kind: kind.id.clone(),
                        state: state.clone(),
                        before_minutes,
                        after_minutes,
                    });
                }
            }
        }
    }
    let below = rule.levels.values().filter(|level| level.rank <= rank);
    let roles = below.flat_map(|level| &level.roles);
    preview.roles =
        roles.filter(|r| !rules.role_is_on(r, now) && then.role_is_on(r, now)).cloned().collect();
    preview.roles.sort_unstable();
    preview.roles.dedup();
    Some(preview)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn a_preview_tells_what_a_level_would_switch_on() {
        let street = trial::community();
        let told = preview(&street.rules(), &id("trial.alert"), "high", street.moment.at).unwrap();
        assert_eq!(told.kinds, [id::<CaseKindId>("trial.extra")]);
        assert_eq!(told.deadlines.len(), 1);
        assert_eq!(told.deadlines[0].before_minutes, Some(120));
        assert_eq!(told.deadlines[0].after_minutes, Some(30));
        assert_eq!(told.retention, [(id("service"), 30)]);
        assert_eq!(told.longest_days, 30);
    }

    #[test]
    fn a_lower_level_leaves_off_what_a_higher_one_keeps_for_itself() {
        let street = trial::community();
        let rules = street.rules();
        let told = preview(&rules, &id("trial.alert"), "low", street.moment.at).unwrap();
        assert!(told.kinds.is_empty() && told.deadlines.is_empty());
    }

    #[test]
    fn what_a_preview_tells_is_what_the_declaration_brings() {
        let mut street = trial::community();
        let (rules, now) = (street.rules(), street.moment.at);
        let told = preview(&rules, &id("trial.alert"), "high", now).unwrap();
        street.give(&trial::coordinator(), trial::alert(&street)).unwrap();
        let rules = street.rules();
        assert!(told.kinds.iter().all(|kind| rules.kind_is_on(kind, now)));
        for change in told.deadlines {
            let (_, kind) = rules.kind(&change.kind).unwrap();
            let minutes = rules.deadline_minutes(kind, &change.state, now);
            assert_eq!(minutes, change.after_minutes);
        }
        let after = preview(&rules, &id("trial.alert"), "high", now).unwrap();
        assert!(after.kinds.is_empty() && after.deadlines.is_empty());
    }

    #[test]
    fn a_preview_of_nothing_is_nothing() {
        let street = trial::community();
        assert_eq!(preview(&street.rules(), &id("trial.none"), "high", street.moment.at), None);
    }
}
