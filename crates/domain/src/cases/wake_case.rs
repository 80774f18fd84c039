//! `wake_case`: the program looks at a case because a time has come.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act_on_case::{Act, needs_of_case};
use super::{Case, lifecycle, orders};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::{Fact, Fields};
use crate::ids::CaseId;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};
use crate::words::Words;

/// Does what is due on a case: the state's own action, the end of an order, a missed reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WakeCase {
    /// The case.
    pub case: CaseId,
}

impl Decide for WakeCase {
    fn authority(&self) -> Authority {
        Authority::System
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        if case.wake_at().is_none_or(|at| at > context.moment.at) {
            return Err(Refusal::new(Code::NotDueYet));
        }
        miss_reading(context, draft, &case)?;
        time_out(context, draft, &case)?;
        let now = draft.known::<Case>(self.case.as_str())?.clone();
        if now.order.as_ref().is_some_and(|order| order.until <= context.moment.at) {
            orders::end(context, draft, &now);
        }
        Ok(())
    }
}

/// A reading that did not come is a reason to call, not a verdict.
fn miss_reading(context: &Context<'_>, draft: &mut Draft<'_>, case: &Case) -> Result<(), Refusal> {
    let Some(expected) = &case.standing.expects else {
        return Ok(());
    };
    if expected.next_at > context.moment.at {
        return Ok(());
    }
    let pack = lifecycle::pack_of(context, case)?;
    let kind = lifecycle::kind_of(&pack, case)?;
    let rule = kind.states.get(&case.standing.state).and_then(|state| state.expects.as_ref());
    let next_at =
        rule.and_then(|rule| lifecycle::next_reading(rule, context.moment.at, context.moment));
    let form = expected.form.clone();
    let due_at = expected.next_at;
    draft.say(Fact::ReadingMissed { case: case.id.clone(), form, due_at, next_at });
    draft.say(Fact::NoticeGiven {
        case: Some(case.id.clone()),
        to: vec!["assignee".to_owned()],
        words: Words::new(
            "没有收到应有的读数，请打电话问候。",
            "A reading did not come; please call and ask how they are.",
        ),
    });
    Ok(())
}

/// Does the action that the state names for its time. If the action is refused, the time is
/// taken off the case and whoever has it is told: a person must look.
fn time_out(context: &Context<'_>, draft: &mut Draft<'_>, case: &Case) -> Result<(), Refusal> {
    if case.standing.timeout_at.is_none_or(|at| at > context.moment.at) {
        return Ok(());
    }
    let pack = lifecycle::pack_of(context, case)?;
    let kind = lifecycle::kind_of(&pack, case)?;
    let timeout = kind.states.get(&case.standing.state).and_then(|state| state.timeout.as_ref());
    let Some((id, action)) = timeout.and_then(|t| kind.actions.get_key_value(&t.action)) else {
        return Err(Refusal::new(Code::StateUnknown).with("state", case.standing.state.as_str()));
    };
    let nothing = Fields::new();
    let act = Act { pack: &pack, kind, id, action, given: &nothing, reason: "" };
    let now = draft.known::<Case>(case.id.as_str())?.clone();
    let Err(refusal) = draft.attempt(|draft| act.carry_out(context, draft, &now)) else {
        return Ok(());
    };
    let mut to = now.standing.clone();
    to.timeout_at = None;
    draft.say(Fact::CaseMoved {
        case: case.id.clone(),
        action: id.clone(),
        from: now.standing.state.clone(),
        to,
        fields: Fields::new(),
        sealed: Vec::new(),
        assignee: None,
        outcomes: std::collections::BTreeMap::from([("timeout_failed".to_owned(), true)]),
    });
    let to = vec!["assignee".to_owned(), "coordinator".to_owned()];
    draft.say(Fact::NoticeGiven { case: Some(case.id.clone()), to, words: refusal.words() });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    use crate::authority::Actor;
    use crate::cases::{ActOnCase, AnswerCare, AskCare, OpenCase, Subject};
    use crate::people::{Person, Whereabouts};
    use crate::rehearsal::Rehearsal;

    fn away() -> Rehearsal {
        let mut street = trial::community();
        let open = OpenCase {
            case: id("c1"),
            kind: id("trial.stay"),
            place: None,
            subject: Some(Subject::Person(id("p3"))),
            fields: Fields::new(),
        };
        street.give(&trial::neighbour(), open).unwrap();
        let act = |action: &str, fields: Fields| ActOnCase {
            case: id("c1"),
            action: action.to_owned(),
            fields,
            reason: Some("unwell".to_owned()),
        };
        let room = Fields::from([(id("room"), "rooms".into())]);
        street.give(&trial::clinician(), act("hold", room)).unwrap();
        let need = "food".to_owned();
        let ask = AskCare { case: id("c1"), need: need.clone(), owner: id("resident") };
        street.give(&trial::clinician(), ask).unwrap();
        let yes = AnswerCare { case: id("c1"), need, accepts: true };
        street.give(&trial::resident(), yes).unwrap();
        street.give(&trial::clinician(), act("send", Fields::new())).unwrap();
        street
    }

    #[test]
    fn an_order_ends_by_itself_on_its_date() {
        let mut street = away();
        street.moment.at += jiff::SignedDuration::from_hours(48);
        street.give(&Actor::system(), WakeCase { case: id("c1") }).unwrap();
        let person = street.states.get::<Person>("p3").unwrap();
        assert!(person.order.is_none());
        assert_eq!(person.whereabouts, Whereabouts::Home);
        let told = |fact: &Fact| matches!(fact, Fact::NoticeGiven { words, .. } if words.en.contains("free to go"));
        assert!(street.facts.iter().any(told));
    }

    #[test]
    fn a_missed_reading_is_noted_and_nothing_escalates() {
        let mut street = away();
        let case = street.states.get::<Case>("c1").unwrap();
        let due = case.standing.expects.clone().unwrap().next_at;
        let state = case.standing.state.clone();
        street.moment.at = due;
        street.give(&Actor::system(), WakeCase { case: id("c1") }).unwrap();
        let case = street.states.get::<Case>("c1").unwrap();
        assert_eq!(case.readings_missed, 1);
        assert_eq!(case.standing.state, state);
        assert!(case.standing.expects.as_ref().unwrap().next_at > due);
    }

    #[test]
    fn a_case_is_refused_to_wake_before_its_time_or_by_a_person() {
        let mut street = away();
        let wake = WakeCase { case: id("c1") };
        let early = street.give(&Actor::system(), wake.clone()).unwrap_err();
        assert_eq!(early.code, Code::NotDueYet);
        let person = street.give(&trial::lead(), wake).unwrap_err();
        assert_eq!(person.code, Code::NotAllowed);
    }

    fn visit(action: &str) -> ActOnCase {
        let reason = Some("a visit".to_owned());
        ActOnCase { case: id("c1"), action: action.to_owned(), fields: Fields::new(), reason }
    }

    #[test]
    fn an_action_that_stays_in_its_state_keeps_deadline_timeout_and_reading() {
        // Given somebody who has been away for ten hours.
        let mut street = away();
        let before = street.states.get::<Case>("c1").unwrap().clone();
        street.moment.at += jiff::SignedDuration::from_hours(10);
        // When somebody looks in, which moves the case nowhere.
        street.give(&trial::clinician(), visit("visit")).unwrap();
        // Then nothing begins anew.
        let after = street.states.get::<Case>("c1").unwrap();
        assert_eq!(after.standing, before.standing);
        assert_eq!(after.entered_at, before.entered_at);
    }

    #[test]
    fn an_action_that_names_its_own_state_begins_its_times_anew() {
        let mut street = away();
        let before = street.states.get::<Case>("c1").unwrap().standing.timeout_at.unwrap();
        street.moment.at += jiff::SignedDuration::from_hours(10);
        street.give(&trial::clinician(), visit("renew")).unwrap();
        let after = street.states.get::<Case>("c1").unwrap().standing.timeout_at.unwrap();
        assert_eq!(after, before + jiff::SignedDuration::from_hours(10));
    }

    #[test]
    fn a_case_in_the_register_of_open_problems_stays_there_while_it_stays_in_its_state() {
        let mut street = away();
        let review_on = street.moment.today().tomorrow().unwrap();
        let defer =
            crate::cases::DeferCase { case: id("c1"), reason: "no room".to_owned(), review_on };
        street.give(&trial::lead(), defer).unwrap();
        for action in ["visit", "renew"] {
            street.give(&trial::clinician(), visit(action)).unwrap();
            let case = street.states.get::<Case>("c1").unwrap();
            assert_eq!(case.deferred_until, Some(review_on), "{action}");
        }
        street.give(&trial::clinician(), visit("release")).unwrap();
        assert_eq!(street.states.get::<Case>("c1").unwrap().deferred_until, None);
    }

    #[test]
    fn a_reminder_comes_once_and_the_case_is_not_woken_again() {
        let mut street = trial::community();
        let open = OpenCase {
            case: id("c1"),
            kind: id("trial.rescue"),
            place: None,
            subject: None,
            fields: Fields::new(),
        };
        street.give(&trial::resident(), open).unwrap();
        let due = street.states.get::<Case>("c1").unwrap().standing.due_at;
        street.moment.at += jiff::SignedDuration::from_hours(6);
        street.give(&Actor::system(), WakeCase { case: id("c1") }).unwrap();
        let told = |fact: &&Fact| matches!(fact, Fact::NoticeGiven { words, .. } if words.en == "still waiting");
        assert_eq!(street.facts.iter().filter(told).count(), 1);
        let case = street.states.get::<Case>("c1").unwrap();
        assert_eq!((case.wake_at(), case.standing.due_at), (None, due));
    }
}
