//! The life cycle that all kinds share: who may act, where a case stands next, what is possible.

use jiff::Timestamp;
use jiff::civil::Time;

use super::{Case, Expected, Standing, Subject, care, orders, scope};
use crate::authority::{Actor, Role};
use crate::command::{Context, Moment};
use crate::draft::Draft;
use crate::fact::Fields;
use crate::refusal::{Code, Refusal};
use crate::rules::{ActionRule, CaseKind, Effect, Expects, Field, Pack, SharedPack, Stage};
use crate::value::{Scope, Value};
use crate::words::Words;

/// Roles that answer for a whole community or street.
pub(super) const LEADS: &[&str] = &[Role::COMMUNITY_LEAD, Role::COORDINATOR];
/// Roles that work at the doors.
pub(super) const WORKERS: &[&str] =
    &[Role::GRID_WORKER, Role::CLINICIAN, Role::COMMUNITY_LEAD, Role::COORDINATOR];

/// The pack that a case lives under.
///
/// # Errors
/// [`Code::PackUnknown`] when its version is not here.
pub(super) fn pack_of(context: &Context<'_>, case: &Case) -> Result<SharedPack, Refusal> {
    context
        .rules
        .pack(&case.pack_hash)
        .ok_or_else(|| Refusal::new(Code::PackUnknown).with("pack", case.kind.as_str()))
}

/// The kind of a case in its pack.
pub(super) fn kind_of<'a>(pack: &'a Pack, case: &Case) -> Result<&'a CaseKind, Refusal> {
    pack.kinds
        .get(&case.kind)
        .ok_or_else(|| Refusal::new(Code::StateUnknown).with("state", case.standing.state.as_str()))
}

/// Whether an actor is one of those whom a pack names: roles, `assignee`, `reporter`, `subject`.
pub(super) fn is_named(context: &Context<'_>, case: &Case, by: &[String]) -> bool {
    let roles = context.actor.roles_at(&case.path, context.moment.at);
    by.iter().any(|name| match name.as_str() {
        "assignee" => case.assignee.as_ref() == Some(&context.actor.account),
        "reporter" => case.reporter == context.actor.account,
        "subject" => is_subject(context.actor, case),
        role => roles.contains(&role) && context.rules.role_is_on(role, context.moment.at),
    })
}

fn is_subject(actor: &Actor, case: &Case) -> bool {
    let Some((_, own)) = &actor.person else {
        return false;
    };
    matches!(&case.standing.subject, Some(Subject::Person(person)) if person == own)
}

/// Refuses whoever is neither named by role at the case's place nor its assignee or reporter.
pub(super) fn check_named(
    context: &Context<'_>,
    case: &Case,
    roles: &[&str],
    also: &[&str],
) -> Result<(), Refusal> {
    let by: Vec<String> = roles.iter().chain(also).map(|name| (*name).to_owned()).collect();
    if is_named(context, case, &by) {
        return Ok(());
    }
    Err(Refusal::new(Code::NotAllowed).with("roles", by.join(", ")))
}

/// Refuses a case that is over.
pub(super) fn check_open(case: &Case) -> Result<(), Refusal> {
    if case.standing.stage.is_final() {
        return Err(Refusal::new(Code::CaseClosed));
    }
    Ok(())
}

/// Works out an expression that must give an instant.
pub(super) fn instant(expr: &crate::rules::Expr, scope: &Scope) -> Result<Timestamp, Refusal> {
    let undecided = |why: String| Refusal::new(Code::GuardUndecided).with("why", why);
    match expr.evaluate(scope) {
        Ok(Value::Time(at)) => Ok(at),
        Ok(other) => Err(undecided(format!("{other:?}"))),
        Err(error) => Err(undecided(error.to_string())),
    }
}

/// Where a case stands once it has entered a state.
pub(super) fn stand(
    context: &Context<'_>,
    kind: &CaseKind,
    state: &str,
    subject: Option<&Subject>,
    scope: &Scope,
) -> Result<Standing, Refusal> {
    let Some(rule) = kind.states.get(state) else {
        return Err(Refusal::new(Code::StateUnknown).with("state", state));
    };
    let now = context.moment.at;
    let minutes = context.rules.deadline_minutes(kind, state, now);
    let due_at = minutes.map(|m| now + jiff::SignedDuration::from_mins(i64::from(m)));
    let mut inside = scope.clone();
    inside.insert("entered_at".to_owned(), Value::Time(now));
    let timeout_at = rule.timeout.as_ref().map(|t| instant(&t.at, &inside)).transpose()?;
    let expects = rule.expects.as_ref().and_then(|expects| {
        let next_at = next_reading(expects, now, context.moment)?;
        Some(Expected { form: expects.form.clone(), next_at })
    });
    Ok(Standing {
        state: state.to_owned(),
        stage: rule.stage,
        due_at,
        timeout_at,
        expects,
        subject: subject.cloned(),
    })
}

/// Where a case stands that stays in its state: as before. Only its timeout is worked out again, as
/// of when it entered the state, because what it depends on may have been given just now.
pub(super) fn stay(kind: &CaseKind, case: &Case, scope: &Scope) -> Standing {
    let mut inside = scope.clone();
    for name in ["now", "entered_at"] {
        inside.insert(name.to_owned(), Value::Time(case.entered_at));
    }
    let rule = kind.states.get(&case.standing.state).and_then(|state| state.timeout.as_ref());
    // What cannot be worked out again, such as by a value that is sealed by now, stays as it was.
    let again = rule.and_then(|timeout| instant(&timeout.at, &inside).ok());
    Standing { timeout_at: again.or(case.standing.timeout_at), ..case.standing.clone() }
}

/// The first time of the day after an instant at which a reading is due.
pub(crate) fn next_reading(
    expects: &Expects,
    after: Timestamp,
    moment: &Moment,
) -> Option<Timestamp> {
    let today = moment.day_of(after);
    let days = [today, today.tomorrow().ok()?];
    let mut times: Vec<Timestamp> = days
        .iter()
        .flat_map(|day| expects.times_minutes.iter().map(|minutes| (*day, *minutes)))
        .filter_map(|(day, minutes)| {
            let hour = i8::try_from(minutes / 60).ok()?;
            let minute = i8::try_from(minutes % 60).ok()?;
            let time = Time::new(hour, minute, 0, 0).ok()?;
            Some(day.to_datetime(time).to_zoned_datetime(moment.zone.clone()).ok()?.timestamp())
        })
        .collect();
    times.sort_unstable();
    times.into_iter().find(|time| *time > after)
}

/// A state of a stage; the one with the stage's own name first.
pub(super) fn state_at(kind: &CaseKind, stage: Stage) -> Option<&str> {
    let at = |id: &&String| kind.states[*id].stage == stage;
    let named = kind.states.keys().filter(at).find(|id| id.as_str() == stage.name());
    named.or_else(|| kind.states.keys().find(at)).map(String::as_str)
}

/// Where a case stands once it has gone to the first stage that its kind has; else its beginning.
pub(super) fn go_to(
    context: &Context<'_>,
    draft: &Draft<'_>,
    case: &Case,
    stages: &[Stage],
) -> Result<Standing, Refusal> {
    let pack = pack_of(context, case)?;
    let kind = kind_of(&pack, case)?;
    let state = stages.iter().find_map(|stage| state_at(kind, *stage)).unwrap_or(&kind.initial);
    let scope = scope::of_case(&pack, context, draft, case, &Fields::new());
    stand(context, kind, state, case.standing.subject.as_ref(), &scope)
}

/// Something that could be done with a case now, or why not.
#[derive(Debug, Clone)]
pub struct Possible {
    /// The action's id, or the command's name.
    pub id: String,
    /// The command to send.
    pub command: &'static str,
    /// Its name.
    pub name: Words,
    /// What it asks, if the pack says.
    pub asks: Vec<Field>,
    /// Why it cannot be done now.
    pub refusal: Option<Refusal>,
}

/// What may be done with a case, each with the reason if it is refused. Actions for which the
/// actor is not asked at all are left out.
#[must_use]
pub fn possible_actions(context: &Context<'_>, draft: &Draft<'_>, case: &Case) -> Vec<Possible> {
    let Ok(pack) = pack_of(context, case) else {
        return Vec::new();
    };
    let Ok(kind) = kind_of(&pack, case) else {
        return Vec::new();
    };
    let mut possible = Vec::new();
    for (id, action) in &kind.actions {
        if !action.from.contains(&case.standing.state) || !is_named(context, case, &action.by) {
            continue;
        }
        let checked = check_action(context, draft, &pack, kind, case, (id, action), None);
        possible.push(Possible {
            id: id.clone(),
            command: "act_on_case",
            name: action.name.clone(),
            asks: action.asks.clone(),
            refusal: checked.err(),
        });
    }
    for (command, zh, en, check) in base_commands() {
        match check(context, case) {
            Err(refusal) if hides(refusal.code) => {}
            checked => possible.push(Possible {
                id: (*command).to_owned(),
                command,
                name: Words::new(*zh, *en),
                asks: Vec::new(),
                refusal: checked.err(),
            }),
        }
    }
    possible
}

/// Refusals that only say that a command has nothing to do with this case or person.
fn hides(code: Code) -> bool {
    matches!(
        code,
        Code::NotAllowed
            | Code::NotYours
            | Code::CaseClosed
            | Code::CaseNotClosed
            | Code::NothingClaimed
            | Code::NotLate
            | Code::AlreadyRated
    )
}

type Check = fn(&Context<'_>, &Case) -> Result<(), Refusal>;

fn base_commands() -> &'static [(&'static str, &'static str, &'static str, Check)] {
    &[
        ("assign_case", "交给", "Give to somebody", super::assign_case::allowed),
        ("note_case", "写备注", "Add a note", super::note_case::allowed),
        ("return_case", "退回（非本单位）", "Return: wrong address", super::return_case::allowed),
        ("hand_over_case", "移交", "Hand over", super::hand_over_case::allowed),
        ("verify_case", "核查", "Verify", super::verify_case::allowed),
        ("rate_case", "评价", "Rate", super::rate_case::allowed),
        ("reopen_case", "重开", "Reopen", super::reopen_case::allowed),
        (
            "defer_case",
            "挂账",
            "Put into the register of open problems",
            super::defer_case::allowed,
        ),
        ("explain_delay", "说明超时原因", "Explain the delay", super::explain_delay::allowed),
    ]
}

/// Whether an action may be done; without `given`, as far as that can be told before it is.
pub(super) fn check_action(
    context: &Context<'_>,
    draft: &Draft<'_>,
    pack: &Pack,
    kind: &CaseKind,
    case: &Case,
    (id, action): (&str, &ActionRule),
    given: Option<&Fields>,
) -> Result<(), Refusal> {
    if !action.from.contains(&case.standing.state) {
        let refusal = Refusal::new(Code::ActionNotNow).with("action", id);
        return Err(refusal.with("state", case.standing.state.as_str()));
    }
    check_delay(context, kind, case, action)?;
    let nothing = Fields::new();
    let scope = scope::of_case(pack, context, draft, case, given.unwrap_or(&nothing));
    for guard in &action.guards {
        let waits = given.is_none() && guard.when.reads().iter().any(|r| asks(action, r));
        if waits {
            continue;
        }
        match guard.when.evaluate(&scope) {
            Ok(value) if value.is_true() => {}
            Ok(_) => {
                return Err(Refusal::new(Code::GuardFailed).saying(guard.otherwise.clone()));
            }
            Err(error) => {
                let refusal = Refusal::new(Code::GuardUndecided);
                return Err(refusal.with("why", error.to_string()));
            }
        }
    }
    if let Some(order) = &action.order {
        orders::check_person(draft, case)?;
        orders::check_place(order, case)?;
        care::check(draft, kind, order, case)?;
    }
    Ok(())
}

/// Whether an expression's path is something that the action itself asks for.
fn asks(action: &ActionRule, path: &str) -> bool {
    let element = path.strip_prefix("given.").or_else(|| path.strip_prefix("case."));
    element.is_some_and(|name| action.asks.iter().any(|field| field.element.as_str() == name))
}

/// A late case is finished only with a written reason; what frees a person never waits for one.
fn check_delay(
    context: &Context<'_>,
    kind: &CaseKind,
    case: &Case,
    action: &ActionRule,
) -> Result<(), Refusal> {
    let to = action.to.as_ref().and_then(|to| kind.states.get(to)).map(|state| state.stage);
    let finishes = matches!(to, Some(Stage::Claimed | Stage::Closed | Stage::Rejected));
    let frees = action.effects.iter().any(|t| matches!(t.effect, Some(Effect::Release)));
    let by_itself = context.actor.is_system();
    if !finishes || frees || kind.emergency || by_itself || case.delay_explained {
        return Ok(());
    }
    if case.is_late(context.moment.at) { Err(Refusal::new(Code::Late)) } else { Ok(()) }
}
