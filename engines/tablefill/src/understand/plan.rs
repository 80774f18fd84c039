//! What was understood of a workbook: sheets, tables, headings, and why each is taken for one.

use std::fmt;

use crate::grid::{Area, At};

/// A sentence in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Words {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// A workbook, or a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Understood {
    /// Its sheets; of a document, its tables.
    pub sheets: Vec<SheetPlan>,
}

/// A sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SheetPlan {
    /// Its name.
    pub name: String,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// Hidden rows, as first and last, counted from 0.
    pub hidden_rows: Vec<(u32, u32)>,
    /// Hidden columns, as first and last, counted from 0.
    pub hidden_cols: Vec<(u32, u32)>,
    /// Its tables, from the top.
    pub tables: Vec<TablePlan>,
    /// Words outside of tables.
    pub lines: Vec<Line>,
}

/// What a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Columns have headings; each row is one more of the same.
    Register,
    /// Columns and rows have headings; a cell is where both meet.
    Cross,
    /// Labels beside or above their blanks: one person, one household, one matter.
    Form,
    /// Parts of several kinds in one frame.
    Mixed,
    /// Words without headings.
    Text,
}

impl TableKind {
    /// Its name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Cross => "cross",
            Self::Form => "form",
            Self::Mixed => "mixed",
            Self::Text => "text",
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct TablePlan {
    /// Where it stands, with its title.
    pub area: Area,
    /// What it is.
    pub kind: TableKind,
    /// Its headings, row by row; a cell that heads both a column and a row stands here twice.
    pub headers: Vec<Header>,
    /// Where data stand or go; none where there is no room for any.
    pub data: Option<Area>,
    /// Lines of words that belong to it: title, unit, date, notes.
    pub lines: Vec<Line>,
    /// Its columns, where it has headings of columns.
    pub columns: Vec<Column>,
    /// Rows that hold sums, counted from 0.
    pub totals: Vec<u32>,
    /// Rows that show how to fill in, counted from 0.
    pub samples: Vec<u32>,
    /// Blanks beside or below labels.
    pub blanks: Vec<Blank>,
    /// What a row is, or whom a form is about.
    pub subject: Option<(Subject, Words)>,
    /// The table whose rows this one's belong to.
    pub parent: Option<Parent>,
}

/// Along what a heading heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// What stands below it.
    Column,
    /// What stands to its right.
    Row,
}

impl Axis {
    /// Its name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Row => "row",
        }
    }
}

/// What a heading is besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It names what stands below it or beside it.
    Heading,
    /// It names the whole table.
    Title,
    /// It names the rows down to the next of its sort.
    Section,
    /// It heads sums.
    Total,
}

impl Role {
    /// Its name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Heading => "heading",
            Self::Title => "title",
            Self::Section => "section",
            Self::Total => "total",
        }
    }
}

/// A heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The cell, with everything that is merged into it.
    pub area: Area,
    /// Along what it heads.
    pub axis: Axis,
    /// What it says, after what stands over it: `家庭成员情况`, `与户主关系`.
    pub path: Vec<String>,
    /// What it is besides.
    pub role: Role,
    /// How likely it is, between 0 and 1.
    pub likely: f32,
    /// Why it is taken for a heading.
    pub because: Words,
}

impl Header {
    /// The cell by its upper left corner.
    #[must_use]
    pub fn at(&self) -> At {
        self.area.corner()
    }
}

/// A line of words at a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it stands; none for a line of a document before its table.
    pub at: Option<At>,
    /// What it says.
    pub text: String,
    /// What it is.
    pub kind: LineKind,
}

/// What a line of words is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// The name of the table.
    Title,
    /// In what figures are counted: `单位：人`.
    Unit,
    /// When it was filled in or reported.
    Date,
    /// Who fills it in or wants it.
    Department,
    /// How it is to be filled in, or a remark.
    Note,
    /// Who signs.
    Signature,
}

impl LineKind {
    /// Its name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Unit => "unit",
            Self::Date => "date",
            Self::Department => "department",
            Self::Note => "note",
            Self::Signature => "signature",
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Which, counted from 0.
    pub col: u32,
    /// What its headings say, from the top.
    pub path: Vec<String>,
    /// Whether it counts rows.
    pub serial: bool,
    /// Whether it holds sums of other columns.
    pub total: bool,
    /// Whether the workbook hides it.
    pub hidden: bool,
    /// The formula of its first cell that has one.
    pub formula: Option<String>,
    /// What may be chosen.
    pub codes: Vec<String>,
    /// What the workbook checks: `list`, `whole`, `date` and so on.
    pub check: Option<String>,
    /// What was noted beside its heading.
    pub comment: Option<String>,
}

/// A blank of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Blank {
    /// Where what is filled in goes.
    pub area: Area,
    /// What its label says, after what stands over it.
    pub path: Vec<String>,
    /// What stands there now.
    pub text: String,
    /// What may be chosen.
    pub codes: Vec<String>,
}

/// What a row is, or whom a form is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A person.
    People,
    /// A household.
    Households,
    /// A matter, an event, an application.
    Cases,
    /// A place, a house, an institution.
    Places,
    /// A day, a month, a year.
    Days,
    /// A thing or an amount of it.
    Things,
}

impl Subject {
    /// Its name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Households => "households",
            Self::Cases => "cases",
            Self::Places => "places",
            Self::Days => "days",
            Self::Things => "things",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::People => "人",
            Self::Households => "户",
            Self::Cases => "事项",
            Self::Places => "地点",
            Self::Days => "日期",
            Self::Things => "物品",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The table whose rows another table's rows belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The sheet that it is on.
    pub sheet: String,
    /// Its area there.
    pub area: Area,
    /// The column there whose values are named.
    pub key: u32,
    /// The column here that names them.
    pub col: u32,
}
