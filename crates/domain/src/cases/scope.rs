//! What guards, deadlines and effects of packs may read.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Case, Subject};
use crate::command::Context;
use crate::draft::Draft;
use crate::fact::Fields;
use crate::people::{Household, Person, Whereabouts};
use crate::rules::{Pack, Rules, Type};
use crate::value::{Scope, Value};

/// Values by element, dates and instants as instants.
pub(crate) fn values(pack: &Pack, context: &Context<'_>, fields: &Fields) -> Value {
    let typed = fields.iter().map(|(element, json)| {
        let kind = pack.elements.get(element).map(|element| element.r#type);
        let value = match (kind, json.as_str()) {
            (Some(Type::Date), Some(text)) => day(context, text),
            (Some(Type::Time), Some(text)) => text.parse().ok().map(Value::Time),
            _ => None,
        };
        (element.to_string(), value.unwrap_or_else(|| Value::from_json(json)))
    });
    Value::Map(typed.collect())
}

fn day(context: &Context<'_>, text: &str) -> Option<Value> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let start = date.to_zoned_datetime(context.moment.zone.clone()).ok()?;
    Some(Value::Time(start.timestamp()))
}

/// The ranks of all modes: `mode.PACK.MODE`, 0 when a mode does not hold.
pub(crate) fn mode_ranks(rules: &Rules, at: Timestamp) -> Value {
    let mut packs: BTreeMap<String, Value> = BTreeMap::new();
    for pack in &rules.packs {
        let ranks = pack.modes.keys().map(|id| {
            let rank = rules.modes_at(at).filter(|mode| mode.mode == *id).map(|mode| mode.rank);
            let name = id.as_str().rsplit('.').next().unwrap_or(id.as_str());
            (name.to_owned(), Value::Whole(i64::from(rank.max().unwrap_or(0))))
        });
        packs.insert(pack.id.to_string(), Value::Map(ranks.collect()));
    }
    Value::Map(packs)
}

/// Adds what is known of the subject, the actor, the modes and the time.
pub(crate) fn of_subject(
    scope: &mut Scope,
    context: &Context<'_>,
    draft: &Draft<'_>,
    subject: Option<&Subject>,
    roles: &[&str],
) {
    let person = subject.and_then(Subject::person).and_then(|id| draft.get::<Person>(id.as_str()));
    let household = match subject {
        Some(Subject::Household(id)) => draft.get::<Household>(id.as_str()),
        _ => person.and_then(|person| draft.get::<Household>(person.household.as_str())),
    };
    scope.insert("person".to_owned(), person.map_or(Value::Null, |it| of_person(it, context)));
    scope.insert("household".to_owned(), household.map_or(Value::Null, of_household));
    let roles = roles.iter().map(|role| Value::Text((*role).to_owned())).collect();
    let actor = BTreeMap::from([("roles".to_owned(), Value::List(roles))]);
    scope.insert("actor".to_owned(), Value::Map(actor));
    scope.insert("mode".to_owned(), mode_ranks(context.rules, context.moment.at));
    scope.insert("now".to_owned(), Value::Time(context.moment.at));
}

fn whole(n: usize) -> Value {
    Value::Whole(i64::try_from(n).unwrap_or(i64::MAX))
}

fn of_person(person: &Person, context: &Context<'_>) -> Value {
    let age = person.born_year.map(|year| i64::from(context.moment.today().year() - year));
    Value::Map(BTreeMap::from([
        ("age".to_owned(), age.map_or(Value::Null, Value::Whole)),
        ("dependants".to_owned(), whole(person.cares_for.len())),
        ("restricted".to_owned(), Value::Bool(person.order.is_some())),
        ("at_home".to_owned(), Value::Bool(person.whereabouts == Whereabouts::Home)),
        ("open_cases".to_owned(), whole(person.open_cases.len())),
        (
            "groups".to_owned(),
            Value::List(person.groups.iter().map(|group| Value::Text(group.clone())).collect()),
        ),
    ]))
}

fn of_household(household: &Household) -> Value {
    Value::Map(BTreeMap::from([
        ("people".to_owned(), whole(household.people.len())),
        ("open_cases".to_owned(), whole(household.open_cases.len())),
    ]))
}

/// The scope of a case's guards, deadlines and effects; `given` is what the command brought.
pub(super) fn of_case(
    pack: &Pack,
    context: &Context<'_>,
    draft: &Draft<'_>,
    case: &Case,
    given: &Fields,
) -> Scope {
    let mut fields = case.fields.clone();
    fields.extend(given.clone());
    let roles = context.actor.roles_at(&case.path, context.moment.at);
    let mut scope = Scope::from([
        ("case".to_owned(), values(pack, context, &fields)),
        ("given".to_owned(), values(pack, context, given)),
        ("opened_at".to_owned(), Value::Time(case.opened_at)),
        ("entered_at".to_owned(), Value::Time(case.entered_at)),
        ("missed".to_owned(), Value::Whole(i64::from(case.readings_missed))),
        ("reopened".to_owned(), Value::Whole(i64::from(case.reopened))),
    ]);
    of_subject(&mut scope, context, draft, case.standing.subject.as_ref(), &roles);
    scope
}
