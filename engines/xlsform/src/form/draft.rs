//! A group or question as its row says it, before it has a place in the tree.

use std::borrow::Cow;

use crate::sheet::{Map, Value};

/// An action of the form, on an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    /// `setvalue`, `odk:setgeopoint` or `odk:recordaudio`.
    pub(crate) name: &'static str,
    pub(crate) event: &'static str,
    pub(crate) value: Option<String>,
    /// How good a recording is.
    pub(crate) quality: Option<String>,
}

/// When a record is made.
pub(crate) const FIRST_LOAD: &str = "odk-instance-first-load";
/// When a form is opened.
pub(crate) const LOAD: &str = "odk-instance-load";
/// When a repeat gets one more.
pub(crate) const NEW_REPEAT: &str = "odk-new-repeat";
/// When an answer changes.
pub(crate) const VALUE_CHANGED: &str = "xforms-value-changed";

impl Action {
    pub(crate) fn new(name: &'static str, event: &'static str) -> Self {
        Self { name, event, value: None, quality: None }
    }
}

/// A group or question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft<'a> {
    /// Its type, aliases resolved.
    pub(crate) kind: Cow<'a, str>,
    pub(crate) name: Cow<'a, str>,
    /// Its row; 0 for what is added.
    pub(crate) row: u32,
    /// What its row says.
    pub(crate) fields: Map<'a>,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) actions: Vec<Action>,
    pub(crate) dynamic_default: bool,
    /// Names of the questions whose change makes this one be worked out.
    pub(crate) trigger: Vec<String>,
    /// What it chooses from: a list, a file, or `${a question in a repeat}`.
    pub(crate) itemset: Option<String>,
    /// The list whose choices it carries itself.
    pub(crate) list: Option<String>,
    /// The list of external choices that it asks.
    pub(crate) query: Option<String>,
    /// Tags of OpenStreetMap that it collects.
    pub(crate) tags: Vec<Map<'a>>,
    /// The list over which a loop goes.
    pub(crate) columns: Option<String>,
    pub(crate) children: Vec<Draft<'a>>,
    /// Whether its nodes stand in the record without it.
    pub(crate) flat: bool,
    /// The value of an attribute.
    pub(crate) value: Option<Cow<'a, str>>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(
        kind: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
        row: u32,
    ) -> Self {
        Self { kind: kind.into(), name: name.into(), row, ..Self::default() }
    }

    /// With a text two names deep (`bind`, `readonly`).
    pub(crate) fn with(
        mut self,
        key: &'static str,
        inner: &'static str,
        text: impl Into<Cow<'a, str>>,
    ) -> Self {
        self.fields.put_inner(key, inner, text);
        self
    }

    /// With a text.
    pub(crate) fn text(mut self, key: &'static str, text: impl Into<Cow<'a, str>>) -> Self {
        self.fields.put(key, Value::Text(text.into()));
        self
    }

    /// The group of a record's own facts: who, when, which version.
    pub(crate) fn meta(children: Vec<Self>) -> Self {
        let mut meta = Self::new("group", "meta", 0);
        meta.fields.put_inner("control", "bodyless", "true");
        meta.children = children;
        meta
    }
}
