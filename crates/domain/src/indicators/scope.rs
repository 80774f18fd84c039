//! What an indicator's expressions may read of a thing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cases::Case;
use crate::fact::Fields;
use crate::forms::Submission;
use crate::ids::PlaceId;
use crate::people::{Household, Person, Whereabouts};
use crate::rules::Over;
use crate::states::Thing;
use crate::stock::Pool;
use crate::value::{Scope, Value};

/// Whether an indicator sums over such a thing.
pub(super) fn counts(over: &Over, thing: &Thing) -> bool {
    match (over, thing) {
        (Over::Cases(kind), Thing::Case(case)) => kind.as_ref().is_none_or(|k| *k == case.kind),
        (Over::Submissions(form), Thing::Submission(it)) => {
            form.as_ref().is_none_or(|f| *f == it.form)
        }
        (Over::Pools(sort), Thing::Pool(pool)) => sort.as_ref().is_none_or(|s| *s == pool.sort),
        (Over::People, Thing::Person(_)) | (Over::Households, Thing::Household(_)) => true,
        _ => false,
    }
}

/// The places at which a thing counts, from the root down.
pub(super) fn path(thing: &Thing) -> &[PlaceId] {
    match thing {
        Thing::Case(it) => &it.path,
        Thing::Submission(it) => &it.path,
        Thing::Person(it) => &it.path,
        Thing::Household(it) => &it.path,
        Thing::Pool(it) => &it.path,
        _ => &[],
    }
}

/// The names that an indicator over such a thing may read.
pub(super) fn of(thing: &Thing) -> Scope {
    match thing {
        Thing::Case(it) => case(it),
        Thing::Submission(it) => submission(it),
        Thing::Person(it) => person(it),
        Thing::Household(it) => household(it),
        Thing::Pool(it) => pool(it),
        _ => Scope::new(),
    }
}

fn map(fields: &Fields) -> Value {
    let values = fields.iter().map(|(k, v)| (k.to_string(), Value::from_json(v)));
    Value::Map(values.collect())
}

fn flags(outcomes: &BTreeMap<String, bool>) -> Value {
    Value::Map(outcomes.iter().map(|(k, v)| (k.clone(), Value::Bool(*v))).collect())
}

fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, Value::Time)
}

fn whole(n: usize) -> Value {
    Value::Whole(i64::try_from(n).unwrap_or(i64::MAX))
}

fn case(it: &Case) -> Scope {
    let rating = it.rating;
    Scope::from([
        ("case".to_owned(), map(&it.fields)),
        ("outcome".to_owned(), flags(&it.outcomes)),
        ("state".to_owned(), Value::Text(it.standing.state.clone())),
        ("stage".to_owned(), Value::Text(it.stage().name().to_owned())),
        ("opened_at".to_owned(), Value::Time(it.opened_at)),
        ("entered_at".to_owned(), Value::Time(it.entered_at)),
        ("closed_at".to_owned(), time(it.closed_at)),
        ("due_at".to_owned(), time(it.standing.due_at)),
        ("explained".to_owned(), Value::Bool(it.delay_explained)),
        ("reopened".to_owned(), Value::Whole(i64::from(it.reopened))),
        ("trips".to_owned(), Value::Whole(i64::from(it.trips))),
        ("missed".to_owned(), Value::Whole(i64::from(it.readings_missed))),
        ("ordered".to_owned(), Value::Bool(it.order.is_some())),
        ("rated".to_owned(), Value::Bool(rating.is_some())),
        ("solved".to_owned(), Value::Bool(rating.is_some_and(|r| r.solved))),
        ("satisfied".to_owned(), Value::Whole(rating.map_or(0, |r| i64::from(r.satisfied)))),
    ])
}

fn submission(it: &Submission) -> Scope {
    Scope::from([
        ("answers".to_owned(), map(&it.answers)),
        ("outcome".to_owned(), flags(&it.outcomes)),
        ("flagged".to_owned(), Value::Bool(!it.flags.is_empty())),
        ("occurred_at".to_owned(), Value::Time(it.occurred_at)),
        ("recorded_at".to_owned(), Value::Time(it.recorded_at)),
    ])
}

fn person(it: &Person) -> Scope {
    Scope::from([
        ("born_year".to_owned(), it.born_year.map_or(Value::Null, |y| Value::Whole(y.into()))),
        (
            "groups".to_owned(),
            Value::List(it.groups.iter().map(|g| Value::Text(g.clone())).collect()),
        ),
        ("restricted".to_owned(), Value::Bool(it.order.is_some())),
        ("dependants".to_owned(), whole(it.cares_for.len())),
        ("at_home".to_owned(), Value::Bool(it.whereabouts == Whereabouts::Home)),
        ("open_cases".to_owned(), whole(it.open_cases.len())),
    ])
}

fn household(it: &Household) -> Scope {
    Scope::from([
        ("people".to_owned(), whole(it.people.len())),
        ("open_cases".to_owned(), whole(it.open_cases.len())),
    ])
}

fn pool(it: &Pool) -> Scope {
    Scope::from([
        ("total".to_owned(), Value::Whole(it.total)),
        ("held".to_owned(), Value::Whole(it.held())),
        ("taken".to_owned(), Value::Whole(it.taken())),
        ("free".to_owned(), Value::Whole(it.free())),
    ])
}
