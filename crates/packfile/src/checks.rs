//! What a story says must be so: read, and compared with what is.

use domain::rules::Pack;
use serde_json::Value as Json;

use crate::example::{Written, written};
use crate::names::{INDICATOR, KIND, Names, unknown};
use crate::problem::{Code, Spot, nearest};
use crate::reader::Item;
use crate::yaml::Kind;

/// What can be said of a case.
pub(crate) const CASE_KEYS: &[&str] = &[
    "state",
    "stage",
    "late",
    "assignee",
    "reopened",
    "missed",
    "rated",
    "open_problem",
    "ordered",
    "outcome",
    "fields",
    "trips",
];
const PERSON_KEYS: &[&str] = &["restricted", "at_home", "open_cases"];
const POOL_KEYS: &[&str] = &["total", "held", "taken", "free"];

/// What must be so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Checks {
    pub(crate) leaves: Vec<Leaf>,
}

/// One thing that must be so.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) spot: Spot,
    pub(crate) about: About,
    /// The way to the value, for instance `outcome`, `told`.
    pub(crate) path: Vec<String>,
    pub(crate) want: Written,
}

/// What something is said of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    CaseInHand,
    Case(String),
    Count(String),
    Person(String),
    Pool(String),
    Indicator(String),
    Flags,
    Told,
}

impl Leaf {
    /// What is checked, as the author wrote it.
    pub(crate) fn name(&self) -> String {
        let about = match &self.about {
            About::CaseInHand => "case".to_owned(),
            About::Case(name) => format!("cases.{name}"),
            About::Count(kind) => format!("count.{kind}"),
            About::Person(name) => format!("people.{name}"),
            About::Pool(name) => format!("pools.{name}"),
            About::Indicator(id) => {
                format!("indicators.{}", id.split_once('.').map_or(id.as_str(), |(_, id)| id))
            }
            About::Flags => "flags".to_owned(),
            About::Told => "told".to_owned(),
        };
        std::iter::once(about).chain(self.path.iter().cloned()).collect::<Vec<_>>().join(".")
    }
}

const KEYS: &[&str] = &["case", "cases", "count", "people", "pools", "indicators", "flags", "told"];

/// Reads what must be so.
pub(crate) fn read(item: &Item<'_>, names: &Names, pack: &Pack) -> Checks {
    let fields = item.fields(KEYS);
    let mut leaves = Vec::new();
    let below = |key: &str| fields.get(key).map(|item| item.named()).unwrap_or_default();
    if let Some(item) = fields.get("case") {
        collect(&item, &About::CaseInHand, CASE_KEYS, &mut leaves);
    }
    for entry in below("cases") {
        let about = About::Case(entry.key.to_owned());
        collect(&entry.item, &about, CASE_KEYS, &mut leaves);
    }
    for entry in below("people") {
        let about = About::Person(entry.key.to_owned());
        collect(&entry.item, &about, PERSON_KEYS, &mut leaves);
    }
    for entry in below("pools") {
        collect(&entry.item, &About::Pool(entry.key.to_owned()), POOL_KEYS, &mut leaves);
    }
    for entry in below("count") {
        if names.kinds.contains_key(entry.key) {
            leaf(&entry.item, About::Count(entry.key.to_owned()), Vec::new(), &mut leaves);
        } else {
            unknown(&entry.item, KIND, entry.key, names.kinds.keys().map(String::as_str));
        }
    }
    for entry in below("indicators") {
        let id = names.qualified(entry.key);
        if pack.indicators.keys().any(|known| known.as_str() == id) {
            leaf(&entry.item, About::Indicator(id), Vec::new(), &mut leaves);
        } else {
            let before = names.pack.len() + 1;
            let known = pack.indicators.keys().filter_map(|id| id.as_str().get(before..));
            unknown(&entry.item, INDICATOR, entry.key, known);
        }
    }
    if let Some(item) = fields.get("flags") {
        leaf(&item, About::Flags, Vec::new(), &mut leaves);
    }
    if let Some(item) = fields.get("told") {
        leaf(&item, About::Told, Vec::new(), &mut leaves);
    }
    Checks { leaves }
}

fn collect(item: &Item<'_>, about: &About, keys: &[&'static str], leaves: &mut Vec<Leaf>) {
    for entry in item.named() {
        if !keys.contains(&entry.key) {
            let meant = nearest(entry.key, keys.iter().copied());
            entry.item.page.wrong_near(entry.spot, Code::UnknownKey, &[entry.key], meant);
            continue;
        }
        let path = vec![entry.key.to_owned()];
        if let Kind::Map(_) = entry.item.node.kind {
            for inner in entry.item.named() {
                let mut path = path.clone();
                path.push(inner.key.to_owned());
                leaf(&inner.item, about.clone(), path, leaves);
            }
        } else {
            leaf(&entry.item, about.clone(), path, leaves);
        }
    }
}

fn leaf(item: &Item<'_>, about: About, path: Vec<String>, leaves: &mut Vec<Leaf>) {
    if let Some(want) = written(item) {
        leaves.push(Leaf { spot: item.spot(), about, path, want });
    }
}

/// Whether a value is what was written.
pub(crate) fn is(want: &Written, got: &Json) -> bool {
    match (want, got) {
        (Written::One(want), Json::Bool(got)) => {
            matches!((want.as_str(), got), ("yes" | "true", true) | ("no" | "false", false))
        }
        (Written::One(want), Json::Number(got)) => {
            want.parse::<f64>().ok().zip(got.as_f64()).is_some_and(|(a, b)| (a - b).abs() < 1e-9)
        }
        (Written::One(want), Json::String(got)) => want == got,
        (Written::One(want), Json::Null) => want.is_empty() || want == "nothing" || want == "~",
        (Written::One(want), Json::Array(got)) => {
            got.iter().any(|item| item.as_str() == Some(want))
        }
        (Written::Several(want), Json::Array(got)) => {
            want.iter().all(|want| got.iter().any(|item| item.as_str() == Some(want)))
        }
        _ => false,
    }
}

/// A value as a person would write it.
pub(crate) fn shown(got: &Json) -> String {
    match got {
        Json::Null => "nothing".to_owned(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Json::Number(n) => n.to_string().trim_end_matches(".0").to_owned(),
        other => other.to_string(),
    }
}

/// What was written, as it was written.
pub(crate) fn wanted(want: &Written) -> String {
    match want {
        Written::One(text) => text.clone(),
        Written::Several(texts) => format!("[{}]", texts.join(", ")),
    }
}
