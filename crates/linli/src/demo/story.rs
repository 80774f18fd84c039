//! The play as data: the scripted story, and what daily life is made of.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

/// Templates of values by name; see `sow`.
pub(super) type Templates = BTreeMap<String, Json>;

/// The whole play.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    /// What somebody has written down: each step at its day and time.
    pub(super) steps: Vec<Step>,
    /// What chance adds.
    pub(super) life: Life,
}

/// A step of the story. Exactly one of `open`, `act`, `give`, `fill`, `round`, `find`, `look` and
/// `read` says what happens.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Step {
    /// The day, from 1.
    pub(super) day: i32,
    /// The time of the day.
    pub(super) time: String,
    /// Repeated every day until this one.
    pub(super) until_day: Option<i32>,
    /// Who.
    pub(super) who: String,
    /// Opens a case of this kind.
    pub(super) open: Option<String>,
    /// Does this action of its pack with the case `on`.
    pub(super) act: Option<String>,
    /// Gives this command, with the body `with`; about the case `on` where there is one.
    pub(super) give: Option<String>,
    /// Fills this form.
    pub(super) fill: Option<String>,
    /// Comes back from a round of doors and sends everything at once.
    pub(super) round: Option<Round>,
    /// Calls the open case of this kind about somebody by the name in `called`.
    pub(super) find: Option<String>,
    /// Looks at what this mode would change at the level in `with`.
    pub(super) look: Option<String>,
    /// Reads personal values for this purpose.
    pub(super) read: Option<String>,
    /// On which case, by the name that the story gave it.
    pub(super) on: Option<String>,
    /// About whom, by name.
    pub(super) about: Option<String>,
    /// In which ledger, when neither the case nor the person says.
    pub(super) ledger: Option<String>,
    /// At which place.
    pub(super) place: Option<String>,
    /// Fields, answers or the body.
    pub(super) with: Templates,
    /// The reason of an order.
    pub(super) reason: Option<String>,
    /// The name that the story gives to the case.
    pub(super) called: Option<String>,
    /// When it happened, if not now: `DAY HH:MM`.
    pub(super) happened: Option<String>,
    /// The code of the refusal that the story shows.
    pub(super) expect: Option<String>,
}

/// A round of doors from a day without a network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Round {
    /// The form.
    pub(super) form: String,
    /// The community.
    pub(super) community: String,
    /// The first door, from 0.
    pub(super) first_door: usize,
    /// How many doors.
    pub(super) doors: usize,
    /// When the first was filled: `DAY HH:MM`.
    pub(super) from: String,
    /// Minutes from door to door.
    pub(super) minutes_each: i32,
    /// What is answered at most doors.
    pub(super) answers: Templates,
    /// What is answered at some doors, by door, from 0.
    #[serde(default)]
    pub(super) at_doors: BTreeMap<usize, Templates>,
    /// How many are sent twice.
    #[serde(default)]
    pub(super) twice: usize,
    /// At which door the clock was wrong, and by how many days.
    #[serde(default)]
    pub(super) wrong_clock: Option<(usize, i32)>,
}

/// What daily life is made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Life {
    /// When people are about: from, to, and every how many minutes something may happen.
    pub(super) awake: (String, String, i32),
    /// Cases that are opened in each community on a day, on average.
    pub(super) opened_a_day: f64,
    /// What they are.
    pub(super) opens: Vec<Opens>,
    /// Forms that are filled in each community.
    pub(super) fills: Vec<Fills>,
    /// Readings that are expected, and what they say.
    pub(super) readings: BTreeMap<String, Reading>,
    /// How gladly each action or command is chosen when it is possible; 4 for an action of a pack
    /// that is not named, 0 for a command.
    pub(super) weights: BTreeMap<String, f64>,
    /// How gladly each role takes part; 1 when it is not named.
    pub(super) roles: BTreeMap<String, f64>,
    /// What each command is given besides the case.
    pub(super) commands: BTreeMap<String, Templates>,
    /// What is said for an element that an action or a kind asks for.
    pub(super) elements: Templates,
    /// How cases go on.
    pub(super) pace: Pace,
    /// Refusals that belong to life, by code; any other stops the play.
    pub(super) refusals: Vec<String>,
}

/// A kind that people open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Opens {
    /// The kind.
    pub(super) kind: String,
    /// How often, against the others.
    pub(super) weight: f64,
    /// The roles that open it.
    pub(super) by: Vec<String>,
    /// About people of one of these groups only.
    #[serde(default)]
    pub(super) groups: Vec<String>,
}

/// A form that people fill of their own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fills {
    /// The form.
    pub(super) form: String,
    /// How many on a day.
    pub(super) a_day: f64,
    /// The role that fills it.
    pub(super) by: String,
    /// About people of one of these groups only.
    #[serde(default)]
    pub(super) groups: Vec<String>,
    /// What is answered.
    pub(super) answers: Templates,
    /// How often a day is one without a network.
    #[serde(default)]
    pub(super) offline: f64,
}

/// A reading that a case expects.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reading {
    /// How often one does not come.
    pub(super) missed: f64,
    /// What it says.
    pub(super) answers: Templates,
}

/// How quickly cases go on, as parts of 1; what is left over comes in time, but late in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pace {
    /// In the first half of the time that there is.
    pub(super) soon: f64,
    /// After the deadline.
    pub(super) late: f64,
    /// Left lying: only some days after the deadline.
    pub(super) left: f64,
    /// How many days.
    pub(super) left_days: i64,
    /// How often a closed case is rated or taken up again.
    pub(super) rated: f64,
}

impl Story {
    /// The story that comes with the program.
    ///
    /// # Panics
    /// Never: a test reads the file.
    pub(super) fn built_in() -> Self {
        serde_saphyr::from_str(include_str!("../../demo/story.yaml")).expect("a test reads it")
    }

    /// Every step with its day, repeated ones day by day, in the order of the days.
    pub(super) fn day_by_day(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for step in &self.steps {
            for day in step.day..=step.until_day.unwrap_or(step.day) {
                steps.push(Step { day, ..step.clone() });
            }
        }
        // Steps of the same minute stay in the order in which they are written.
        steps.sort_by_key(|step| (step.day, super::clock::minutes(&step.time)));
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_that_comes_with_the_program_is_whole() {
        let story = Story::built_in();
        let steps = story.day_by_day();
        assert!(steps.len() > 60, "{}", steps.len());
        for step in &steps {
            let what = [
                step.open.is_some(),
                step.act.is_some(),
                step.give.is_some(),
                step.fill.is_some(),
                step.round.is_some(),
                step.find.is_some(),
                step.look.is_some(),
                step.read.is_some(),
            ];
            assert_eq!(what.iter().filter(|is| **is).count(), 1, "{step:?}");
            assert!(super::super::clock::minutes(&step.time).is_some(), "{step:?}");
        }
        assert!(steps.iter().any(|step| step.expect.is_some()));
        for pair in steps.windows(2) {
            assert!(pair[0].day <= pair[1].day);
        }
    }
}
