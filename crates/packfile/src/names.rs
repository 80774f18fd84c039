//! The names that a pack declares, and looking one of them up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::authority::Role;
use domain::ids::PurposeId;
use domain::rules::Element;

use crate::problem::{Code, nearest};
use crate::reader::Item;
use crate::sheets::XForm;

/// The longest id with the pack's in front of it.
const QUALIFIED_MAX: usize = 64;

/// What a kind or form asks when it begins, as others need to know.
#[derive(Debug, Default, Clone)]
pub(crate) struct Outline {
    /// Its elements, with whether each is required.
    pub(crate) fields: BTreeMap<String, bool>,
    /// Every element that it may come to have.
    pub(crate) all: BTreeSet<String>,
    /// Its states.
    pub(crate) states: BTreeSet<String>,
    /// Ids of its effects.
    pub(crate) effects: BTreeSet<String>,
}

/// The names that a pack declares.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) pack: String,
    pub(crate) elements: BTreeMap<String, Element>,
    pub(crate) purposes: BTreeSet<String>,
    /// For how many days values of a purpose are kept.
    pub(crate) kept_days: BTreeMap<PurposeId, u16>,
    pub(crate) roles: BTreeSet<String>,
    pub(crate) kinds: BTreeMap<String, Outline>,
    pub(crate) forms: BTreeMap<String, Outline>,
    /// Forms whose author brings a workbook.
    pub(crate) sheets: BTreeMap<String, Arc<XForm>>,
    pub(crate) modes: BTreeSet<String>,
    pub(crate) stock: BTreeSet<String>,
}

/// Things that names are given to, in both languages.
pub(crate) type What = (&'static str, &'static str);

pub(crate) const ELEMENT: What = ("数据项", "element");
pub(crate) const KIND: What = ("事项类型", "kind");
pub(crate) const FORM: What = ("表单", "form");
pub(crate) const ROLE: What = ("角色", "role");
pub(crate) const MODE: What = ("应急模式", "mode");
pub(crate) const STOCK: What = ("物资", "sort of stock");
pub(crate) const PURPOSE: What = ("用途", "purpose");
pub(crate) const STATE: What = ("状态", "state");
pub(crate) const ACTION: What = ("操作", "action");
pub(crate) const INDICATOR: What = ("指标", "indicator");
pub(crate) const LIFE: What = ("生命周期", "life");
pub(crate) const PERSON: What = ("人物", "person");

impl Names {
    /// A name with the pack's in front; checked for length when the pack is read.
    pub(crate) fn qualified(&self, id: &str) -> String {
        let whole = format!("{}.{id}", self.pack);
        whole.chars().take(QUALIFIED_MAX).collect()
    }

    /// An element that must be in the dictionary.
    pub(crate) fn element(&self, item: &Item<'_>, id: &str) -> Option<&Element> {
        let found = self.elements.get(id);
        if found.is_none() {
            unknown(item, ELEMENT, id, self.elements.keys().map(String::as_str));
        }
        found
    }

    /// A role that must be fixed or declared, or one of the words that stand for somebody.
    pub(crate) fn role(&self, item: &Item<'_>, also: &[&str]) -> Option<String> {
        let name = item.text()?;
        if self.roles.contains(name) || also.contains(&name) {
            return Some(name.to_owned());
        }
        let known = self.roles.iter().map(String::as_str).chain(also.iter().copied());
        unknown(item, ROLE, name, known);
        None
    }

    /// The roles that everybody knows, except the program itself.
    pub(crate) fn fixed_roles() -> BTreeSet<String> {
        let names = Role::FIXED.iter().map(|(name, ..)| *name);
        names.filter(|name| *name != Role::SYSTEM).map(str::to_owned).collect()
    }

    /// The purpose that is named, or the only one.
    pub(crate) fn purpose(&self, item: Option<Item<'_>>, whole: &Item<'_>) -> String {
        if let Some(item) = item {
            return among(&item, PURPOSE, &self.purposes).unwrap_or_default();
        }
        let mut all = self.purposes.iter();
        match (all.next(), all.next()) {
            (Some(only), None) => only.clone(),
            // That there is none at all is said once, where purposes should stand.
            (None, _) => String::new(),
            _ => {
                whole.wrong(Code::NoPurpose, &[]);
                String::new()
            }
        }
    }
}

/// A name that must be among those known.
pub(crate) fn among<'n>(
    item: &Item<'_>,
    what: What,
    known: impl IntoIterator<Item = &'n String> + Clone,
) -> Option<String> {
    let name = item.text()?;
    if known.clone().into_iter().any(|known| known == name) {
        return Some(name.to_owned());
    }
    unknown(item, what, name, known.into_iter().map(String::as_str));
    None
}

/// Notes that there is no such name.
pub(crate) fn unknown<'n>(
    item: &Item<'_>,
    (zh, en): What,
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) {
    let meant = nearest(name, known);
    item.page.wrong_near(item.spot(), Code::UnknownName, &[zh, name, en], meant);
}
