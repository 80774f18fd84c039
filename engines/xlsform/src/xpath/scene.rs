//! Where an expression is evaluated, and with what around it.

use std::borrow::Cow;

use super::instance::{Instance, NodeId};
use super::moment::Moment;
use super::value::{Place, Value, number_text, text_number, whole_days};

/// How many steps an evaluation may take unless its scene says otherwise.
pub const STEPS_MAX: u64 = 5_000_000;

/// A function that gives a text for a name.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A function that gives the label of a choice, for its value and the path of the question.
pub type ChoiceLookup<'a> = &'a dyn Fn(&str, &str) -> Option<String>;

/// Everything that the value of an expression depends on. Nothing else does it depend on: there
/// is no clock and no chance but what stands here.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The record.
    pub primary: &'a Instance,
    /// The lists and files of the form, by their ids.
    pub secondary: &'a [(&'a str, &'a Instance)],
    /// The node of the record that the expression belongs to: `.` and `current()`.
    pub node: NodeId,
    /// The instant that `now()` and `today()` give.
    pub now: Moment,
    /// What `random()`, `uuid()` and `randomize()` without a seed begin with.
    pub seed: u64,
    /// How many steps the evaluation may take.
    pub steps_max: u64,
    /// The texts of `jr:itext()`.
    pub itext: Option<Lookup<'a>>,
    /// The labels of `jr:choice-name()`.
    pub choice_name: Option<ChoiceLookup<'a>>,
    /// The properties of the device, for `property()`.
    pub property: Option<Lookup<'a>>,
    /// The version of the form, for `version()`.
    pub version: &'a str,
}

impl<'a> Scene<'a> {
    /// A record alone, at one of its nodes and at an instant.
    #[must_use]
    pub fn new(primary: &'a Instance, node: NodeId, now: Moment) -> Self {
        Self {
            primary,
            secondary: &[],
            node,
            now,
            seed: 0,
            steps_max: STEPS_MAX,
            itext: None,
            choice_name: None,
            property: None,
            version: "",
        }
    }

    /// The same with lists and files.
    #[must_use]
    pub fn with(self, secondary: &'a [(&'a str, &'a Instance)]) -> Self {
        Self { secondary, ..self }
    }

    /// The document that a place is in.
    #[must_use]
    pub fn instance(&self, place: Place) -> &'a Instance {
        match place.instance {
            0 => self.primary,
            index => self
                .secondary
                .get(index as usize - 1)
                .map_or(self.primary, |(_, instance)| *instance),
        }
    }

    pub(super) fn secondary_named(&self, id: &str) -> Option<(u32, &'a Instance)> {
        let at = self.secondary.iter().position(|(name, _)| *name == id)?;
        let (_, instance) = self.secondary.get(at)?;
        Some((u32::try_from(at + 1).ok()?, *instance))
    }

    /// The text of a node.
    #[must_use]
    pub fn node_text(&self, place: Place) -> Cow<'a, str> {
        self.instance(place).text(place.node)
    }

    /// A value as a text.
    #[must_use]
    pub fn text<'v>(&self, value: &'v Value) -> Cow<'v, str>
    where
        'a: 'v,
    {
        match value {
            Value::Nodes(nodes) => {
                nodes.first().map_or(Cow::Borrowed(""), |first| self.node_text(*first))
            }
            Value::Text(text) => Cow::Borrowed(text),
            Value::Number(number) => Cow::Owned(number_text(*number)),
            Value::Boolean(true) => Cow::Borrowed("true"),
            Value::Boolean(false) => Cow::Borrowed("false"),
            Value::Date(moment) => Cow::Owned(moment.date()),
            Value::DateTime(moment) => Cow::Owned(moment.date_time()),
        }
    }

    /// A value as a number; a date as its whole local days since 1970-01-01.
    #[must_use]
    pub fn number(&self, value: &Value) -> f64 {
        match value {
            Value::Number(number) => *number,
            Value::Boolean(truth) => f64::from(u8::from(*truth)),
            Value::Date(moment) | Value::DateTime(moment) => whole_days(*moment),
            Value::Text(text) => text_number(text, self.now.offset_minutes),
            Value::Nodes(_) => text_number(&self.text(value), self.now.offset_minutes),
        }
    }

    /// A value as true or false: nodes by their being there, as XPath 1.0 and web forms have it.
    /// JavaRosa asks for the text of a single node instead, so a form that means "is answered"
    /// does well to write `!= ''`.
    #[must_use]
    pub fn boolean(&self, value: &Value) -> bool {
        match value {
            Value::Nodes(nodes) => !nodes.is_empty(),
            Value::Text(text) => !text.is_empty(),
            Value::Number(number) => number.abs() > super::value::NEAR,
            Value::Boolean(truth) => *truth,
            Value::Date(_) | Value::DateTime(_) => true,
        }
    }
}
