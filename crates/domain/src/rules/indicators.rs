//! Indicators and the tables that departments read.

use super::Expr;
use crate::ids::{CaseKindId, FormId, IndicatorId};
use crate::words::Words;

/// A sum over things of a function of their state.
#[derive(Debug)]
pub struct Indicator {
    /// Its id, with the pack's in front.
    pub id: IndicatorId,
    /// Its name.
    pub name: Words,
    /// What exactly it counts (口径).
    pub definition: Words,
    /// What is counted.
    pub unit: Option<Words>,
    /// The things summed over.
    pub over: Over,
    /// Whether a thing counts; always, when absent.
    pub when: Option<Expr>,
    /// What it counts for; 1, when absent. Kept in thousandths.
    pub value: Option<Expr>,
    /// The instant whose day it counts towards; a standing figure, when absent.
    pub on: Option<Expr>,
}

/// The things that an indicator sums over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// Cases of a kind, or of all kinds.
    Cases(Option<CaseKindId>),
    /// Submissions of a form, or of all forms.
    Submissions(Option<FormId>),
    /// Persons.
    People,
    /// Households.
    Households,
    /// Pools of a sort of stock (the name with the pack's in front), or all.
    Pools(Option<String>),
}

/// A table of indicators by place, for a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its id, with the pack's in front.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// Who asks for it.
    pub department: Words,
    /// By what right.
    pub legal_basis: Words,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Only the day of the table (else the sum of all days).
    pub of_the_day: bool,
}
