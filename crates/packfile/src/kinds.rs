//! `kinds/*.yaml` and `lives/*.yaml`: fields, states and actions of each kind of case.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{CaseKindId, ElementId, FormId};
use domain::rules::{CaseKind, Expects, Field, Stage, StateRule, SubjectKind, Timeout};

use crate::actions::{self, SAYERS};
use crate::dictionary::{one_of, purpose_id};
use crate::effects;
use crate::judge::{Gives, expression};
use crate::known::Known;
use crate::names::{ACTION, FORM, LIFE, Names, Outline, STATE, among, unknown};
use crate::problem::{Code, Spot};
use crate::reader::{Fields, Item, Named};
use crate::walkways;
use crate::yaml::Kind;

const KEYS: &[&str] = &[
    "name",
    "about",
    "subject",
    "opened_by",
    "purpose",
    "emergency",
    "fields",
    "initial",
    "states",
    "actions",
    "life",
    "handled_by",
    "deadlines",
    "on_open",
];
const LIFE_KEYS: &[&str] = &["about", "initial", "states", "actions"];

/// The longest deadline: two years.
const DEADLINE_MINUTES_MAX: u32 = 2 * 366 * 24 * 60;

/// The kinds of subject by their names.
pub(crate) const SUBJECTS: &[(&str, SubjectKind)] = &[
    ("place", SubjectKind::Place),
    ("household", SubjectKind::Household),
    ("person", SubjectKind::Person),
];

/// A kind as it stands in its file, with the life cycle that it follows.
pub(crate) struct Source<'a> {
    pub(crate) id: &'a str,
    pub(crate) spot: Spot,
    pub(crate) fields: Fields<'a>,
    pub(crate) initial: Option<Item<'a>>,
    pub(crate) states: Vec<Named<'a>>,
    pub(crate) actions: Vec<Named<'a>>,
}

impl<'a> Source<'a> {
    /// Takes a kind and the life cycle that it names together; its own entries come first.
    pub(crate) fn new(entry: &Named<'a>, lives: &[Named<'a>]) -> Self {
        let fields = entry.item.fields(KEYS);
        let below = |fields: &Fields<'a>, key: &str| {
            fields.get(key).map(|item| item.by_id()).unwrap_or_default()
        };
        let mut states = below(&fields, "states");
        let mut actions = below(&fields, "actions");
        let mut initial = fields.get("initial");
        if let Some(life) = fields.get("life").and_then(|item| find_life(&item, lives)) {
            let life = life.item.fields(LIFE_KEYS);
            add_missing(&mut states, below(&life, "states"));
            add_missing(&mut actions, below(&life, "actions"));
            initial = initial.or_else(|| life.need("initial"));
        } else if !fields.has("life") && initial.is_none() {
            fields.need("initial");
        }
        Self { id: entry.key, spot: entry.spot, fields, initial, states, actions }
    }

    /// What others need to know of it.
    pub(crate) fn outline(&self) -> Outline {
        let fields = asked(self.fields.get("fields"));
        let mut outline = Outline {
            all: fields.keys().cloned().collect(),
            fields,
            states: self.states.iter().map(|state| state.key.to_owned()).collect(),
            effects: BTreeSet::new(),
        };
        let mut lists: Vec<Item<'_>> = self.fields.get("on_open").into_iter().collect();
        for action in &self.actions {
            let Kind::Map(_) = action.item.node.kind else { continue };
            for inner in action.item.named() {
                match inner.key {
                    "asks" => outline.all.extend(asked(Some(inner.item)).into_keys()),
                    "effects" => lists.push(inner.item),
                    _ => {}
                }
            }
        }
        for list in lists {
            outline.effects.extend(effects::ids(&list));
        }
        outline
    }
}

fn find_life<'a, 'l>(item: &Item<'_>, lives: &'l [Named<'a>]) -> Option<&'l Named<'a>> {
    let name = item.text()?;
    let found = lives.iter().find(|life| life.key == name);
    if found.is_none() {
        unknown(item, LIFE, name, lives.iter().map(|life| life.key));
    }
    found
}

fn add_missing<'a>(own: &mut Vec<Named<'a>>, shared: Vec<Named<'a>>) {
    for named in shared {
        if !own.iter().any(|mine| mine.key == named.key) {
            own.push(named);
        }
    }
}

/// The elements that a list asks for, without checking them.
fn asked(item: Option<Item<'_>>) -> BTreeMap<String, bool> {
    let mut asked = BTreeMap::new();
    for item in item.map(|item| item.many()).unwrap_or_default() {
        match &item.node.kind {
            Kind::Scalar { text, .. } => {
                let id = text.trim();
                asked.insert(id.trim_end_matches('?').to_owned(), !id.ends_with('?'));
            }
            Kind::Map(_) => {
                let named = item.named();
                let of =
                    |key: &str| named.iter().find(|n| n.key == key).and_then(|n| n.item.plain());
                if let Some(id) = of("element") {
                    asked.insert(id.to_owned(), of("required") != Some("no"));
                }
            }
            Kind::List(_) => {}
        }
    }
    asked
}

/// The reason of an order is sealed for the purpose of its case, and no order is given for longer
/// than its reason is kept. A pack may say more; it is told that it will not come to that.
fn check_orders(source: &Source<'_>, kind: &CaseKind, names: &Names) {
    let Some(kept_days) = names.kept_days.get(&kind.purpose) else { return };
    for action in &source.actions {
        let order = kind.actions.get(action.key).and_then(|rule| rule.order.as_ref());
        let days = order.map_or(0, |order| order.longest_hours.div_ceil(24));
        if days > u32::from(*kept_days) {
            let longest = below(&action.item, "order").and_then(|it| below(&it, "longest"));
            let details = [&days.to_string(), &kept_days.to_string(), kind.purpose.as_str()];
            let item = longest.as_ref().unwrap_or(&action.item);
            item.page.odd(item.node.spot, Code::OrderOutlives, &details);
        }
    }
}

/// What stands below a key.
fn below<'a>(item: &Item<'a>, key: &str) -> Option<Item<'a>> {
    item.named().into_iter().find(|it| it.key == key).map(|it| it.item)
}

/// What a form or action asks.
pub(crate) fn fields(item: Option<Item<'_>>, names: &Names) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    for item in item.map(|item| item.many()).unwrap_or_default() {
        let Some(field) = field(&item, names) else { continue };
        if found.iter().any(|other| other.element == field.element) {
            item.wrong(Code::TwiceAsked, &[field.element.as_str()]);
            continue;
        }
        found.push(field);
    }
    found
}

fn field(item: &Item<'_>, names: &Names) -> Option<Field> {
    if let Kind::Map(_) = item.node.kind {
        let fields = item.fields(&["element", "required", "hint"]);
        let element = fields.need("element")?;
        let id = element.text()?;
        names.element(&element, id)?;
        let required = fields.get("required").is_none_or(|item| item.yes().unwrap_or(true));
        let hint = fields.get("hint").map(|item| item.words());
        return Some(Field { element: ElementId::new(id).ok()?, required, hint });
    }
    let text = item.text()?;
    let id = text.trim_end_matches('?');
    names.element(item, id)?;
    Some(Field { element: ElementId::new(id).ok()?, required: !text.ends_with('?'), hint: None })
}

/// Reads a kind.
pub(crate) fn read(source: &Source<'_>, names: &Names) -> Option<CaseKind> {
    let fields = &source.fields;
    let whole = fields.item;
    let outline = names.kinds.get(source.id)?;
    let subject = fields.get("subject").and_then(|item| one_of(&item, SUBJECTS));
    let emergency = fields.yes("emergency");
    let opened_by = fields.many("opened_by");
    if opened_by.is_empty() {
        fields.need("opened_by");
    }
    let asks = self::fields(fields.get("fields"), names);
    let required: BTreeSet<String> = asks.iter().map(|field| field.element.to_string()).collect();
    let handlers = fields.many("handled_by");
    let handlers: Vec<String> =
        handlers.iter().filter_map(|item| names.role(item, SAYERS)).collect();
    let mut states = states(source, names, outline);
    deadlines(fields, &mut states);
    let mut actions = BTreeMap::new();
    for action in &source.actions {
        let read = actions::read(action, names, outline, source, &handlers, subject);
        actions.insert(action.key.to_owned(), read);
    }
    let known = Known::in_case(names, outline, &required);
    let kind = CaseKind {
        id: CaseKindId::new(names.qualified(source.id)).ok()?,
        name: fields.words("name"),
        about: fields.words("about"),
        subject: subject.unwrap_or(SubjectKind::Place),
        opened_by: opened_by.iter().filter_map(|item| names.role(item, &[])).collect(),
        purpose: purpose_id(names, &names.purpose(fields.get("purpose"), &whole))
            .or_else(|| purpose_id(names, "none"))?,
        emergency,
        fields: asks,
        initial: initial(source),
        states,
        actions,
        on_open: effects::read(fields.get("on_open"), names, &known, true),
    };
    walkways::check(source, &kind, names);
    check_orders(source, &kind, names);
    Some(kind)
}

fn initial(source: &Source<'_>) -> String {
    let Some(item) = source.initial else { return String::new() };
    state_name(&item, source).unwrap_or_default()
}

/// A state's name that must exist.
pub(crate) fn state_name(item: &Item<'_>, source: &Source<'_>) -> Option<String> {
    let known: Vec<String> = source.states.iter().map(|state| state.key.to_owned()).collect();
    among(item, STATE, &known)
}

fn states(source: &Source<'_>, names: &Names, outline: &Outline) -> BTreeMap<String, StateRule> {
    if source.states.is_empty() {
        source.fields.need("states");
    }
    let mut states = BTreeMap::new();
    let stages: Vec<(&'static str, Stage)> =
        Stage::ALL.iter().map(|stage| (stage.name(), *stage)).collect();
    for state in &source.states {
        let fields = state.item.fields(&["name", "stage", "deadline", "timeout", "expects"]);
        let stage = fields.need("stage").and_then(|item| one_of(&item, &stages));
        let deadline = fields.get("deadline");
        let rule = StateRule {
            name: fields.words("name"),
            stage: stage.unwrap_or(Stage::Handling),
            deadline_minutes: deadline.and_then(|item| item.minutes(1, DEADLINE_MINUTES_MAX)),
            timeout: fields.get("timeout").and_then(|item| timeout(&item, source, names, outline)),
            expects: fields.get("expects").and_then(|item| expects(&item, names)),
        };
        states.insert(state.key.to_owned(), rule);
    }
    states
}

fn deadlines(fields: &Fields<'_>, states: &mut BTreeMap<String, StateRule>) {
    let changed = fields.get("deadlines").map(|item| item.named()).unwrap_or_default();
    for entry in changed {
        let Some(state) = states.get_mut(entry.key) else {
            let known: Vec<&str> = states.keys().map(String::as_str).collect();
            unknown(&entry.item, STATE, entry.key, known);
            continue;
        };
        state.deadline_minutes = entry.item.minutes(1, DEADLINE_MINUTES_MAX);
    }
}

fn timeout(
    item: &Item<'_>,
    source: &Source<'_>,
    names: &Names,
    outline: &Outline,
) -> Option<Timeout> {
    let fields = item.fields(&["at", "action"]);
    let known = Known::in_case(names, outline, &BTreeSet::new());
    let at = fields.need("at").and_then(|item| expression(&item, &known, Gives::Instant));
    let actions: Vec<String> = source.actions.iter().map(|a| a.key.to_owned()).collect();
    let action = fields.need("action").and_then(|item| among(&item, ACTION, &actions));
    Some(Timeout { at: at?, action: action? })
}

fn expects(item: &Item<'_>, names: &Names) -> Option<Expects> {
    let fields = item.fields(&["form", "times"]);
    let forms: Vec<String> = names.forms.keys().cloned().collect();
    let form = fields.need("form").and_then(|item| among(&item, FORM, &forms));
    let mut times_minutes: Vec<u16> = Vec::new();
    for item in fields.need("times").map(|item| item.many()).unwrap_or_default() {
        match item.plain().and_then(minute_of_day) {
            Some(minute) => times_minutes.push(minute),
            None => item.not_a("一天中的时刻，例如 09:00", "a time of the day such as 09:00"),
        }
    }
    times_minutes.sort_unstable();
    times_minutes.dedup();
    Some(Expects { form: FormId::new(names.qualified(&form?)).ok()?, times_minutes })
}

/// The minute of the day of a text such as `09:00`.
pub(crate) fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits =
        |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}
