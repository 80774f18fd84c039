//! What a pack sets in motion: lists of effects, each with the condition under which it happens.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{CaseKindId, ElementId};
use domain::rules::{Effect, Expr, Triggered, Type};

use crate::actions::SAYERS;
use crate::dictionary::one_of;
use crate::judge::{Gives, expression};
use crate::known::Known;
use crate::names::{KIND, Names, among};
use crate::problem::{Code, nearest};
use crate::reader::{Fields, Item, Named, is_id};
use crate::yaml::Kind;

const KEYS: &[&str] = &["id", "when", "do", "open_case", "hold", "notify"];

/// Effects that need no more than their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bare {
    TakeHolds,
    ReleaseHolds,
    MoveIn,
    MoveHome,
    Release,
}

const BARE: &[(&str, Bare)] = &[
    ("take_holds", Bare::TakeHolds),
    ("release_holds", Bare::ReleaseHolds),
    ("move_in", Bare::MoveIn),
    ("move_home", Bare::MoveHome),
    ("release", Bare::Release),
];

impl Bare {
    fn effect(self) -> Effect {
        match self {
            Self::TakeHolds => Effect::TakeHolds,
            Self::ReleaseHolds => Effect::ReleaseHolds,
            Self::MoveIn => Effect::MoveIn,
            Self::MoveHome => Effect::MoveHome,
            Self::Release => Effect::Release,
        }
    }
}

/// The ids of the effects of a list, without checking them.
pub(crate) fn ids(list: &Item<'_>) -> BTreeSet<String> {
    let Kind::List(_) = list.node.kind else { return BTreeSet::new() };
    list.many().iter().filter_map(id).collect()
}

/// An effect's id: its own, or what it does.
fn id(item: &Item<'_>) -> Option<String> {
    if let Some(name) = item.plain() {
        return Some(name.to_owned());
    }
    let Kind::Map(entries) = &item.node.kind else { return None };
    let plain = |key: &str| {
        let found = entries.iter().find(|entry| entry.key == key)?;
        item.page.item(&found.node).plain()
    };
    let does = entries.iter().map(|entry| entry.key.as_str());
    let named = plain("id").or_else(|| plain("do"));
    let named = named.or_else(|| does.into_iter().find(|key| !["id", "when"].contains(key)));
    named.map(str::to_owned)
}

/// Reads a list of effects.
pub(crate) fn read(
    list: Option<Item<'_>>,
    names: &Names,
    known: &Known,
    in_case: bool,
) -> Vec<Triggered> {
    let mut effects: Vec<Triggered> = Vec::new();
    for item in list.map(|item| item.list()).unwrap_or_default() {
        let Some(triggered) = triggered(&item, names, known) else { continue };
        if effects.iter().any(|other| other.id == triggered.id) {
            item.wrong(Code::EffectTwice, &[&triggered.id]);
        }
        let of_case = !matches!(
            triggered.effect,
            None | Some(Effect::OpenCase { .. } | Effect::Notify { .. })
        );
        if of_case && !in_case {
            item.wrong(Code::EffectNotHere, &[&triggered.id]);
        }
        effects.push(triggered);
    }
    effects
}

fn triggered(item: &Item<'_>, names: &Names, known: &Known) -> Option<Triggered> {
    if item.plain().is_some() {
        let bare = one_of(item, BARE)?;
        let id = item.text()?.to_owned();
        return Some(Triggered { id, when: None, effect: Some(bare.effect()) });
    }
    let fields = item.fields(KEYS);
    let does: Vec<&str> =
        ["do", "open_case", "hold", "notify"].into_iter().filter(|key| fields.has(key)).collect();
    if does.len() > 1 {
        item.wrong(Code::EffectUnclear, &[]);
    }
    let when = fields.get("when");
    let when_expr = when.and_then(|item| expression(&item, known, Gives::YesNo));
    let effect = match does.first() {
        Some(&"do") => fields.get("do").and_then(|i| one_of(&i, BARE)).map(Bare::effect),
        Some(&"open_case") => fields.get("open_case").and_then(|i| open_case(&i, names, known)),
        Some(&"hold") => fields.get("hold").and_then(|i| hold(&i, names)),
        Some(_) => fields.get("notify").map(|i| notify(&i, names)),
        None => {
            // Without anything to do it needs a name and a condition, else it says nothing.
            fields.need("id");
            fields.need("when");
            None
        }
    };
    let id = id(item)?;
    if !is_id(&id) {
        item.wrong(Code::BadId, &[&id]);
        return None;
    }
    if (when.is_some() && when_expr.is_none()) || (!does.is_empty() && effect.is_none()) {
        return None;
    }
    Some(Triggered { id, when: when_expr, effect })
}

fn open_case(item: &Item<'_>, names: &Names, known: &Known) -> Option<Effect> {
    let kinds: Vec<String> = names.kinds.keys().cloned().collect();
    let (kind_item, values) = match item.node.kind {
        Kind::Map(_) => {
            let fields = item.fields(&["kind", "fields"]);
            let values = fields.get("fields").map(|item| item.named()).unwrap_or_default();
            (fields.need("kind")?, values)
        }
        _ => (*item, Vec::new()),
    };
    let kind = among(&kind_item, KIND, &kinds)?;
    let outline = names.kinds.get(&kind)?;
    let mut given: BTreeMap<ElementId, Expr> = BTreeMap::new();
    for value in values {
        if !outline.fields.contains_key(value.key) {
            let meant = nearest(value.key, outline.fields.keys().map(String::as_str));
            let details = [kind.as_str(), value.key];
            value.item.page.wrong_near(value.spot, Code::OpenUnknown, &details, meant);
            continue;
        }
        let expr = expression(&value.item, known, Gives::Anything);
        if let Some(expr) = &expr {
            check_seal(&value, expr, names);
        }
        if let (Ok(id), Some(expr)) = (ElementId::new(value.key), expr) {
            given.insert(id, expr);
        }
    }
    for (element, required) in &outline.fields {
        if *required && !given.keys().any(|id| id.as_str() == element) {
            item.wrong(Code::OpenNeeds, &[&kind, element]);
        }
    }
    Some(Effect::OpenCase { kind: CaseKindId::new(names.qualified(&kind)).ok()?, fields: given })
}

/// A sealed value goes only into an element that is sealed as well.
fn check_seal(value: &Named<'_>, expr: &Expr, names: &Names) {
    let is_sealed = |id: &str| names.elements.get(id).is_some_and(|e| e.sensitivity.is_sealed());
    if is_sealed(value.key) {
        return;
    }
    for path in expr.reads() {
        let element = path.split_once('.').map_or("", |(_, element)| element);
        let of_people = ["case.", "given.", "answers."].iter().any(|root| path.starts_with(root));
        if of_people && is_sealed(element) {
            value.item.wrong(Code::Unseals, &[path, value.key]);
        }
    }
}

fn hold(item: &Item<'_>, names: &Names) -> Option<Effect> {
    let fields = item.fields(&["pool", "amount", "longest"]);
    let pool = fields.need("pool")?;
    let element = names.element(&pool, pool.text()?)?;
    if element.r#type != Type::Pool {
        pool.wrong(Code::HoldElement, &[element.id.as_str()]);
    }
    let amount = fields.get("amount").map_or(Some(1), |item| item.whole(1, 1_000_000));
    let minutes = fields.need("longest").and_then(|item| item.minutes(1, 31 * 24 * 60));
    Some(Effect::Hold {
        pool: element.id.clone(),
        amount: u32::try_from(amount?).ok()?,
        minutes: minutes?,
    })
}

fn notify(item: &Item<'_>, names: &Names) -> Effect {
    let fields: Fields<'_> = item.fields(&["to", "words"]);
    let to = fields.need("to").map(|item| item.many()).unwrap_or_default();
    Effect::Notify {
        to: to.iter().filter_map(|item| names.role(item, SAYERS)).collect(),
        words: fields.words("words"),
    }
}
