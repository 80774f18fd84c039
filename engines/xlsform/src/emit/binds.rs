//! Binds and actions: types, conditions, what is worked out and when.

use super::xml::Element;
use super::{Emitter, languages};
use crate::form::draft::NEW_REPEAT;
use crate::form::tree::{Id, Kind};
use crate::sheet::{Value, aliases};
use crate::text::{lexer, reference};

/// Messages that may stand among the translations.
pub(super) const MESSAGES: [&str; 3] =
    ["jr:constraintMsg", "jr:requiredMsg", "jr:noAppErrorString"];

impl Emitter<'_> {
    /// The bind of a node, where it has one.
    pub(super) fn bind(&mut self, id: Id) -> Option<Element> {
        let node = self.tree.node(id);
        let bind = node.bind.as_ref()?;
        if node.flat || node.kind == Kind::External {
            return None;
        }
        let mut element = Element::new("bind").attribute("nodeset", node.xpath.clone());
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
            let value = self.bind_value(id, key, value);
            let value = self.with_paths(&value, Some(id), false, false);
            self.set_own(&mut element, id, "bind", key, value);
        }
        Some(element)
    }

    pub(super) fn bind_value(&self, id: Id, key: &str, value: &Value) -> String {
        let expression =
            matches!(key, "readonly" | "required" | "relevant" | "constraint" | "calculate");
        if let Some(yes_no) = value.text().filter(|_| expression).and_then(aliases::as_expression) {
            return yes_no.to_owned();
        }
        if MESSAGES.contains(&key) {
            let refers = key != "jr:noAppErrorString" && value.text().is_some_and(reference::has);
            if refers || languages(value).is_some() {
                return format!("jr:itext('{}:{key}')", self.tree.node(id).xpath);
            }
        }
        value.written()
    }

    /// The actions of a node: those of a new repeat stand in its control, all others in the model.
    pub(super) fn actions(&mut self, id: Id, in_repeat: bool) -> Vec<Element> {
        let node = self.tree.node(id);
        if !matches!(node.kind, Kind::Question | Kind::Attribute) {
            return Vec::new();
        }
        let wanted = node.actions.iter().filter(|action| (action.event == NEW_REPEAT) == in_repeat);
        let mut elements = Vec::new();
        for action in wanted {
            let mut element = Element::new(action.name).attribute("ref", node.xpath.clone());
            element.set("event", action.event);
            if action.name == "setvalue" {
                let value = self.action_value(id, action.value.as_deref());
                if !value.is_empty() {
                    element.set("value", value);
                }
            }
            if let Some(quality) = &action.quality {
                element.set("odk:quality", quality.clone());
            }
            elements.push(element);
        }
        elements
    }

    fn action_value(&mut self, id: Id, own: Option<&str>) -> String {
        let node = self.tree.node(id);
        match &node.default {
            Some(default) => {
                let default = default.written();
                if node.dynamic_default || lexer::is_dynamic(&default, &node.question_type) {
                    self.with_paths(&default, Some(id), false, false)
                } else {
                    default
                }
            }
            None => own.unwrap_or_default().to_owned(),
        }
    }
}
