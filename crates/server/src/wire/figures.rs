//! Indicators and the tables that departments read.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::places::PlaceView;
use super::{CalendarDay, Instant, Words};

/// Of which place and day.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FigureQuery {
    /// The place.
    pub place: String,
    /// The day of figures that have one, `YYYY-MM-DD`; today when absent.
    pub day: Option<String>,
}

/// The figures of a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct Indicators {
    /// The place.
    pub place: PlaceView,
    /// The figures.
    pub indicators: Vec<Figure>,
}

/// A figure.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Figure {
    /// The indicator.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What exactly it counts.
    pub definition: Words,
    /// The figure.
    pub value: f64,
    /// What is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Words>,
    /// The pack.
    pub pack: String,
    /// The day, for a figure that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<CalendarDay>,
}

/// The tables of a ledger's packs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tables {
    /// The tables.
    pub tables: Vec<TableRef>,
}

/// A table by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableRef {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// Who asks for it.
    pub department: Words,
    /// By what right.
    pub legal_basis: Words,
    /// The pack.
    pub pack: String,
}

/// Of which place and day.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TableQuery {
    /// The place whose children are the rows.
    pub place: String,
    /// The day, `YYYY-MM-DD`; today when absent.
    pub on: Option<String>,
}

/// A table with its rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct TablePage {
    /// The table.
    pub table: TableView,
    /// A row for each place below, and the last for the place itself.
    pub rows: Vec<TableRow>,
    /// The day of columns that count a day.
    pub on: CalendarDay,
    /// The number of the ledger's last fact that is counted in.
    pub as_of_seq: i64,
    /// When it was read.
    pub as_of: Instant,
}

/// A table's head.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// Who asks for it.
    pub department: Words,
    /// By what right.
    pub legal_basis: Words,
    /// Its columns.
    pub columns: Vec<TableColumn>,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableColumn {
    /// The indicator.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Words>,
    /// Whether only the table's day counts.
    pub of_the_day: bool,
}

/// A row.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableRow {
    /// The place.
    pub place: String,
    /// Its name.
    pub name: String,
    /// A value for each column.
    pub values: Vec<f64>,
    /// Whether it is the sum at the place itself.
    pub total: bool,
}
