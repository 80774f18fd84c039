//! Binds and actions: types, conditions, what is worked out and when.

use std::borrow::Cow;

use super::xml::Element;
use super::{Emitter, languages};
use crate::form::draft::NEW_REPEAT;
use crate::form::tree::{Id, Kind};
use crate::sheet::{Value, aliases};
use crate::text::{lexer, reference};

/// Messages that may stand among the translations.
pub(super) const MESSAGES: [&str; 3] =
    ["jr:constraintMsg", "jr:requiredMsg", "jr:noAppErrorString"];

impl<'a> Emitter<'a> {
    /// The bind of a node, where it has one.
    pub(super) fn bind(&mut self, id: Id) -> Option<Element<'a>> {
        let node = self.tree.node(id);
        let bind = node.bind.as_ref()?;
        if node.flat || node.kind == Kind::External {
            return None;
        }
        let mut element = Element::new("bind").attribute("nodeset", &*node.xpath);
        for (key, value) in bind.iter() {
            if key == "calculate" && !node.trigger.is_empty() {
                continue;
            }
            if key == "toParseString" {
                continue;
            }
            if key == "nodeset" || key == "tag" {
                self.error(
                    id,
                    "bind",
                    "attribute_reserved",
                    format!("'bind::{key}' is set by the form itself. Remove the column."),
                    format!("“bind::{key}”由表单自行设置，请删去此列。"),
                );
                continue;
            }
            let written = self.bind_value(id, key, value);
            let refers = is_formula(key) && reference::is_candidate(&written);
            let value = self.paths_in(written, id);
            if refers {
                self.resolved.push((id, key, value.clone().into_owned()));
            }
            self.set_own(&mut element, id, "bind", key, value);
        }
        Some(element)
    }

    pub(super) fn bind_value(&self, id: Id, key: &str, value: &'a Value<'a>) -> Cow<'a, str> {
        let text = value.text().filter(|_| is_formula(key));
        if let Some(yes_no) = text.and_then(aliases::as_expression) {
            return yes_no.into();
        }
        if MESSAGES.contains(&key) {
            let refers = key != "jr:noAppErrorString" && value.text().is_some_and(reference::has);
            if refers || languages(value).is_some() {
                return format!("jr:itext('{}:{key}')", self.tree.node(id).xpath).into();
            }
        }
        borrowed(value)
    }

    /// The actions of a node: those of a new repeat stand in its control, all others in the model.
    pub(super) fn actions(&mut self, id: Id, in_repeat: bool) -> Vec<Element<'a>> {
        let node = self.tree.node(id);
        if !matches!(node.kind, Kind::Question | Kind::Attribute) {
            return Vec::new();
        }
        let wanted = node.actions.iter().filter(|action| (action.event == NEW_REPEAT) == in_repeat);
        let mut elements = Vec::new();
        for action in wanted {
            let mut element = Element::new(action.name).attribute("ref", &*node.xpath);
            element.set("event", action.event);
            if action.name == "setvalue" {
                let value = self.action_value(id, action.value.as_deref());
                if !value.is_empty() {
                    element.set("value", value);
                }
            }
            if let Some(quality) = &action.quality {
                element.set("odk:quality", &**quality);
            }
            elements.push(element);
        }
        elements
    }

    fn action_value(&mut self, id: Id, own: Option<&'a str>) -> Cow<'a, str> {
        let node = self.tree.node(id);
        match &node.default {
            Some(default) => {
                let default = borrowed(default);
                if node.dynamic_default || lexer::is_dynamic(&default, &node.question_type) {
                    self.paths_in(default, id)
                } else {
                    default
                }
            }
            None => own.unwrap_or_default().into(),
        }
    }
}

/// Whether a part of a bind is an expression.
fn is_formula(key: &str) -> bool {
    matches!(key, "readonly" | "required" | "relevant" | "constraint" | "calculate")
}

/// A value as it is written, without a copy where it is a text.
pub(super) fn borrowed<'a>(value: &'a Value<'a>) -> Cow<'a, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        Value::Map(_) => value.written(),
    }
}
