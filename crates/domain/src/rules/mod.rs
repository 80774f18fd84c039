//! What packs say, checked and ready to decide by: kinds, forms, elements, indicators, modes.
//!
//! A pack file becomes these types in the room `packfile`; here nobody knows YAML or CEL.

mod active;
mod expression;
mod forms;
mod indicators;
mod kinds;
mod library;
mod modes;
mod sheets;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::ids::{CaseKindId, ElementId, FormId, IndicatorId, ModeId, PackId, PurposeId};
use crate::words::Words;

pub use active::{ActiveMode, Rules};
pub use expression::{Expr, Expression, ExpressionError};
pub use forms::{Choice, Element, Field, Form, REGISTER_ELEMENTS, Sensitivity, Type};
pub use indicators::{Column, Indicator, Over, Table};
pub use kinds::{
    ActionRule, CaseKind, Effect, Expects, Guard, Needs, OrderRule, Stage, StateRule, SubjectKind,
    Timeout, Triggered,
};
pub use library::Library;
pub use modes::{LevelRule, ModeRule};
pub use sheets::{Bound, Filled, PublishedForm, SharedSheet, Sheet};

/// One pack, checked: a scenario as data.
#[derive(Debug)]
pub struct Pack {
    /// Its id, for example `everyday`.
    pub id: PackId,
    /// Its version, as the authors number it.
    pub version: String,
    /// SHA-256 of its files in hexadecimal; facts name the pack by it.
    pub hash: String,
    /// Its name.
    pub name: Words,
    /// What it is for, in a sentence.
    pub about: Words,
    /// Who answers for its content.
    pub authority: Words,
    /// Where its rules and numbers come from.
    pub source: String,
    /// Who reviewed it.
    pub reviewer: String,
    /// The first day on which it holds.
    pub valid_from: Date,
    /// The last day on which it holds.
    pub valid_until: Option<Date>,
    /// Purposes for which personal values are kept, with their retention.
    pub purposes: BTreeMap<PurposeId, Purpose>,
    /// The dictionary: each data element once.
    pub elements: BTreeMap<ElementId, Element>,
    /// Kinds of cases.
    pub kinds: BTreeMap<CaseKindId, CaseKind>,
    /// Forms.
    pub forms: BTreeMap<FormId, Form>,
    /// Indicators.
    pub indicators: BTreeMap<IndicatorId, Indicator>,
    /// Tables made of indicators, for departments.
    pub tables: BTreeMap<String, Table>,
    /// Modes that may be declared.
    pub modes: BTreeMap<ModeId, ModeRule>,
    /// Who must do what, with which power and resource.
    pub duties: Vec<Duty>,
    /// Sorts of stock: rooms, packages, pumps.
    pub stock: BTreeMap<String, StockSort>,
    /// Roles that the pack adds to the fixed ones.
    pub roles: BTreeMap<String, Words>,
}

/// Why personal values are kept, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Its name.
    pub name: Words,
    /// The law or decision that allows it.
    pub legal_basis: Words,
    /// The mode at whose end the clock starts; without one it starts when the value is given.
    pub mode: Option<ModeId>,
    /// Days after which the values are destroyed.
    pub retention_days: u16,
}

/// A duty: exactly one level answers, with the power and resource that match it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Its id within the pack.
    pub id: String,
    /// What must be done.
    pub name: Words,
    /// The level whose duty it is.
    pub level: String,
    /// The one role that answers for it.
    pub answers: String,
    /// The roles that help.
    pub assists: Vec<String>,
    /// The legal power behind it.
    pub power: Words,
    /// Staff, money, goods behind it.
    pub resource: Words,
}

/// A sort of stock that pools hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockSort {
    /// Its id within the pack.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What is counted.
    pub unit: Words,
    /// The longest time that some of it may be held without being taken.
    pub hold_minutes_max: u32,
    /// Whether holding means that a person will stay there (a room, a bed, a shelter place).
    pub houses_people: bool,
}

/// A pack that is shared between threads.
pub type SharedPack = Arc<Pack>;
