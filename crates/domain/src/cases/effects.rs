//! What packs set in motion, by the capabilities that the rules name.

use std::collections::BTreeMap;

use super::{Case, Subject, open_case, orders};
use crate::command::Context;
use crate::draft::Draft;
use crate::fact::{Fact, Fields};
use crate::ids::{CaseId, ElementId, HoldId, PlaceId, PoolId, derived};
use crate::people::Whereabouts;
use crate::refusal::{Code, Refusal};
use crate::rules::{Effect, Pack, Triggered, Type};
use crate::stock::Pool;
use crate::value::{Scope, Value};

/// How deep cases may open further cases.
const DEPTH_MAX: usize = 4;

/// Where and about whom something happens.
pub(crate) struct Happening<'a> {
    /// The pack whose effects they are.
    pub(crate) pack: &'a Pack,
    /// The case, if it happens in one.
    pub(crate) case: Option<CaseId>,
    /// Where.
    pub(crate) place: &'a PlaceId,
    /// Places from the root to there.
    pub(crate) path: &'a [PlaceId],
    /// About whom.
    pub(crate) subject: Option<&'a Subject>,
    /// The submission or case that it comes from.
    pub(crate) cause: &'a str,
    /// How many cases have opened one another so far.
    pub(crate) depth: usize,
}

/// Which effects happen.
///
/// # Errors
/// [`Code::GuardUndecided`] when a condition cannot be worked out: then a person must decide.
pub(crate) fn judge(
    effects: &[Triggered],
    scope: &Scope,
) -> Result<BTreeMap<String, bool>, Refusal> {
    let mut outcomes = BTreeMap::new();
    for triggered in effects {
        let happens = match &triggered.when {
            None => true,
            Some(when) => when.evaluate(scope).map(|value| value.is_true()).map_err(|error| {
                Refusal::new(Code::GuardUndecided).with("why", error.to_string())
            })?,
        };
        outcomes.insert(triggered.id.clone(), happens);
    }
    Ok(outcomes)
}

/// Carries out the effects that were judged to happen.
pub(crate) fn run(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    happening: &Happening<'_>,
    effects: &[Triggered],
    outcomes: &BTreeMap<String, bool>,
    scope: &Scope,
) -> Result<(), Refusal> {
    for triggered in effects {
        let happens = outcomes.get(&triggered.id).copied().unwrap_or(false);
        if let Some(effect) = triggered.effect.as_ref().filter(|_| happens) {
            carry_out(context, draft, happening, (&triggered.id, effect), scope)?;
        }
    }
    Ok(())
}

/// Carries out one effect.
pub(crate) fn carry_out(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    happening: &Happening<'_>,
    (id, effect): (&str, &Effect),
    scope: &Scope,
) -> Result<(), Refusal> {
    match effect {
        Effect::OpenCase { kind, fields } => {
            if happening.depth >= DEPTH_MAX {
                let refusal = Refusal::new(Code::TooMany).with("what", "effects");
                return Err(refusal.with("most", DEPTH_MAX.to_string()));
            }
            let fields = worked_out(context, happening.pack, fields, scope)?;
            open_case::open_by_effect(context, draft, happening, kind, id, fields)
        }
        Effect::Notify { to, words } => {
            let case = happening.case.clone();
            draft.say(Fact::NoticeGiven { case, to: to.clone(), words: words.clone() });
            Ok(())
        }
        _ => {
            let Some(case) = happening.case.as_ref().and_then(|c| draft.get::<Case>(c.as_str()))
            else {
                return Ok(());
            };
            let case = case.clone();
            on_case(context, draft, &case, (id, effect))
        }
    }
}

/// The fields of a case that an effect opens. A day is an instant while it is reckoned with; as a
/// field it is a day again.
fn worked_out(
    context: &Context<'_>,
    pack: &Pack,
    fields: &BTreeMap<ElementId, crate::rules::Expr>,
    scope: &Scope,
) -> Result<Fields, Refusal> {
    let mut values = Fields::new();
    for (element, expr) in fields {
        let value = expr
            .evaluate(scope)
            .map_err(|error| Refusal::new(Code::GuardUndecided).with("why", error.to_string()))?;
        let is_day = pack.elements.get(element).is_some_and(|it| it.r#type == Type::Date);
        let json = match value {
            Value::Time(at) if is_day => context.moment.day_of(at).to_string().into(),
            value => value.to_json(),
        };
        values.insert(element.clone(), json);
    }
    Ok(values)
}

fn on_case(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    case: &Case,
    (id, effect): (&str, &Effect),
) -> Result<(), Refusal> {
    match effect {
        Effect::Hold { pool, amount, minutes } => {
            hold(context, draft, case, (id, pool), *amount, *minutes)
        }
        Effect::TakeHolds => take_holds(context, draft, case),
        Effect::ReleaseHolds => {
            for (hold, held) in &case.holds {
                draft.say(Fact::HoldReturned {
                    pool: held.pool.clone(),
                    hold: hold.clone(),
                    case: Some(case.id.clone()),
                });
            }
            Ok(())
        }
        Effect::MoveIn => {
            let taken = case.holds.values().find(|held| held.taken);
            let Some(held) = taken else {
                return Err(Refusal::new(Code::NothingHeld));
            };
            place(draft, case, Whereabouts::Pool { pool: held.pool.clone() })
        }
        Effect::MoveHome => place(draft, case, Whereabouts::Home),
        Effect::Release => {
            orders::end(context, draft, case);
            Ok(())
        }
        Effect::OpenCase { .. } | Effect::Notify { .. } => Ok(()),
    }
}

fn place(draft: &mut Draft<'_>, case: &Case, whereabouts: Whereabouts) -> Result<(), Refusal> {
    let Some(person) = case.person().cloned() else {
        return Err(Refusal::new(Code::Missing).with("field", "person"));
    };
    draft.say(Fact::PersonPlaced { person, whereabouts, case: Some(case.id.clone()) });
    Ok(())
}

fn hold(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    case: &Case,
    (effect, element): (&str, &ElementId),
    amount: u32,
    minutes: u32,
) -> Result<(), Refusal> {
    let named = case.fields.get(element).and_then(serde_json::Value::as_str);
    let Some(pool) = named.and_then(|id| PoolId::new(id).ok()) else {
        return Err(Refusal::new(Code::Missing).with("field", element.as_str()));
    };
    let state = draft.known::<Pool>(pool.as_str())?;
    if state.free() < i64::from(amount) {
        let refusal = Refusal::new(Code::Short).with("pool", state.name.as_str());
        let refusal = refusal.with("free", state.free().to_string());
        return Err(refusal.with("asked", amount.to_string()));
    }
    let made = derived(context.command, &format!("hold/{}/{effect}", case.id), draft.said());
    let hold = HoldId::new(made).expect("a UUID is plain");
    let until = context.moment.at + jiff::SignedDuration::from_mins(i64::from(minutes));
    draft.say(Fact::StockHeld { pool, hold, amount, until, case: Some(case.id.clone()) });
    Ok(())
}

fn take_holds(context: &Context<'_>, draft: &mut Draft<'_>, case: &Case) -> Result<(), Refusal> {
    let waiting: Vec<_> = case.holds.iter().filter(|(_, held)| !held.taken).collect();
    if case.holds.is_empty() {
        return Err(Refusal::new(Code::NothingHeld));
    }
    for (hold, held) in waiting {
        let pool = draft.known::<Pool>(held.pool.as_str())?;
        let valid = pool.holds.get(hold).is_some_and(|hold| context.moment.at < hold.until);
        if !valid {
            return Err(Refusal::new(Code::HoldOver));
        }
        draft.say(Fact::HoldTaken {
            pool: held.pool.clone(),
            hold: hold.clone(),
            case: Some(case.id.clone()),
        });
    }
    Ok(())
}
