//! What may be done with a case: actions with their guards and orders.

use std::collections::BTreeSet;

use domain::rules::{ActionRule, Guard, Needs, OrderRule, SubjectKind};

use crate::effects;
use crate::judge::{Gives, expression};
use crate::kinds::{self, Source, state_name};
use crate::known::Known;
use crate::names::{Names, Outline};
use crate::problem::Code;
use crate::reader::{Fields, Item, Named};

const KEYS: &[&str] = &["name", "from", "to", "by", "asks", "guards", "takes", "order", "effects"];
const ORDER_KEYS: &[&str] = &[
    "name",
    "legal_basis",
    "authority",
    "appeal",
    "until",
    "longest",
    "review",
    "leaves_home",
    "needs",
];

/// Words that stand for somebody in a case.
pub(crate) const SAYERS: &[&str] = &["assignee", "reporter", "subject"];

/// The longest order: a year.
const ORDER_MINUTES_MAX: u32 = 366 * 24 * 60;

/// Reads an action.
pub(crate) fn read(
    action: &Named<'_>,
    names: &Names,
    outline: &Outline,
    source: &Source<'_>,
    handlers: &[String],
    subject: Option<SubjectKind>,
) -> ActionRule {
    let fields = action.item.fields(KEYS);
    let asks = kinds::fields(fields.get("asks"), names);
    let given: BTreeSet<String> = asks.iter().map(|field| field.element.to_string()).collect();
    let known = Known::in_case(names, outline, &given);
    let from = fields.many("from");
    if from.is_empty() {
        fields.need("from");
    }
    let order = fields.get("order").and_then(|item| {
        if subject != Some(SubjectKind::Person) {
            item.wrong(Code::OrderSubject, &[]);
        }
        order(&item, &known)
    });
    ActionRule {
        name: fields.words("name"),
        from: from.iter().filter_map(|item| state_name(item, source)).collect(),
        to: fields.get("to").and_then(|item| state_name(&item, source)),
        by: by(&fields, names, handlers),
        asks,
        guards: guards(&fields, &known),
        takes: fields.yes("takes"),
        order,
        effects: effects::read(fields.get("effects"), names, &known, true),
    }
}

fn by(fields: &Fields<'_>, names: &Names, handlers: &[String]) -> Vec<String> {
    let also: Vec<&str> = SAYERS.iter().copied().chain(["handlers"]).collect();
    let mut by: Vec<String> = Vec::new();
    for item in fields.need("by").map(|item| item.many()).unwrap_or_default() {
        match names.role(&item, &also) {
            Some(role) if role == "handlers" => {
                if handlers.is_empty() {
                    item.wrong(Code::Missing, &["handled_by"]);
                }
                by.extend(handlers.iter().cloned());
            }
            Some(role) => by.push(role),
            None => {}
        }
    }
    by.dedup();
    by
}

fn guards(fields: &Fields<'_>, known: &Known) -> Vec<Guard> {
    let mut guards = Vec::new();
    for item in fields.get("guards").map(|item| item.list()).unwrap_or_default() {
        let fields = item.fields(&["when", "otherwise"]);
        let when = fields.need("when").and_then(|item| expression(&item, known, Gives::YesNo));
        let otherwise = fields.words("otherwise");
        if let Some(when) = when {
            guards.push(Guard { when, otherwise });
        }
    }
    guards
}

fn order(item: &Item<'_>, known: &Known) -> Option<OrderRule> {
    let fields = item.fields(ORDER_KEYS);
    let hours = |key: &str| {
        let minutes = fields.need(key).and_then(|item| item.minutes(60, ORDER_MINUTES_MAX));
        minutes.map_or(1, |minutes| minutes.div_ceil(60))
    };
    let (longest_hours, review_hours) = (hours("longest"), hours("review"));
    if let Some(item) = fields.get("review").filter(|_| review_hours > longest_hours) {
        item.wrong(Code::ReviewTooLate, &[]);
    }
    let needs = fields.get("needs").map(|item| item.by_id()).unwrap_or_default();
    let words = |key: &str| fields.words(key);
    let (name, legal_basis, authority) = (words("name"), words("legal_basis"), words("authority"));
    let appeal = words("appeal");
    let until = fields.need("until").and_then(|item| expression(&item, known, Gives::Instant));
    Some(OrderRule {
        name,
        legal_basis,
        authority,
        appeal,
        until: until?,
        longest_hours,
        review_hours,
        leaves_home: fields.yes("leaves_home"),
        needs: needs
            .iter()
            .map(|need| Needs { id: need.key.to_owned(), name: need.item.words() })
            .collect(),
    })
}
