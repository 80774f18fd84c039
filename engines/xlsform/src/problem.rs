//! What is wrong with a workbook: where, in words, and what to do about it.

use std::fmt;

/// Where something is in a workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The sheet's name.
    pub sheet: Option<String>,
    /// The row as the author counts it: the headings are row 1.
    pub row: Option<u32>,
    /// The heading of the column.
    pub column: Option<String>,
}

impl At {
    /// A whole sheet.
    #[must_use]
    pub fn sheet(sheet: impl Into<String>) -> Self {
        Self { sheet: Some(sheet.into()), ..Self::default() }
    }

    /// With a row.
    #[must_use]
    pub fn row(mut self, row: u32) -> Self {
        self.row = Some(row);
        self
    }

    /// With a column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

/// One thing that is wrong, or that its author should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What sort of problem, for machines; stable.
    pub code: &'static str,
    /// Where.
    pub at: At,
    /// What is wrong and what to do, in English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
}

impl Problem {
    /// A problem.
    #[must_use]
    pub fn new(code: &'static str, at: At, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { code, at, en: en.into(), zh: zh.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sheet) = &self.at.sheet {
            write!(f, "{sheet}")?;
            if let Some(row) = self.at.row {
                write!(f, ", row {row}")?;
            }
            if let Some(column) = &self.at.column {
                write!(f, ", column {column}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.en)
    }
}

/// Everything that is wrong with a workbook; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}
