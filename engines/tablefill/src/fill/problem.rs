//! Why a workbook is not filled, and what its reader should know of one that is.

use std::fmt;

use super::limits::Limit;

/// Why nothing was filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What sort of problem, for machines; stable.
    pub code: &'static str,
    /// The sheet.
    pub sheet: Option<String>,
    /// The cell, as the spreadsheet program names it.
    pub cell: Option<String>,
    /// What is wrong and what to do, in English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
}

/// What its reader should know of a filled workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What sort of remark, for machines; stable.
    pub code: &'static str,
    /// In English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sheet) = &self.sheet {
            write!(f, "{sheet}")?;
            if let Some(cell) = &self.cell {
                write!(f, ", {cell}")?;
            }
            write!(f, ": ")?;
        }
        f.write_str(&self.en)
    }
}

impl std::error::Error for Problem {}

impl Problem {
    /// A problem of the whole workbook.
    pub(super) fn new(code: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { code, sheet: None, cell: None, en: en.into(), zh: zh.into() }
    }

    /// On a sheet.
    pub(super) fn on(mut self, sheet: &str) -> Self {
        self.sheet = Some(sheet.to_owned());
        self
    }

    /// In a cell.
    pub(super) fn at(mut self, cell: String) -> Self {
        self.cell = Some(cell);
        self
    }
}

impl Remark {
    /// A remark.
    pub(super) fn new(code: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { code, en: en.into(), zh: zh.into() }
    }
}

/// Bytes that are no workbook of a kind that can be filled.
pub(super) fn not_a_workbook(en: &str, zh: &str) -> Problem {
    Problem::new(
        "not_a_workbook",
        format!("{en} Save the table as an Excel workbook (.xlsx) and try again."),
        format!("{zh}请将表格另存为 Excel 工作簿（.xlsx）后重试。"),
    )
}

/// A workbook of which a part is missing, cut short or out of order.
pub(super) fn damaged(part: &str) -> Problem {
    Problem::new(
        "damaged",
        format!(
            "The workbook is damaged: its part {part} cannot be read. Open it in a spreadsheet \
             program, save it again and try again."
        ),
        format!("工作簿已损坏：部件 {part} 无法读取。请用电子表格软件打开并重新保存，然后重试。"),
    )
}

/// A workbook that only its password opens.
pub(super) fn password() -> Problem {
    Problem::new(
        "password",
        "The workbook is encrypted. Save a copy without the password (in Excel: File, Info, \
         Protect Workbook, Encrypt with Password, clear it) and try again.",
        "工作簿已加密。请另存一份不带密码的副本（Excel：文件、信息、保护工作簿、用密码进行加密，清空密码）后重试。",
    )
}

/// A workbook above a limit.
pub(super) fn too_large(limit: &Limit) -> Problem {
    Problem::new(
        "too_large",
        format!("The workbook is too large: at most {} can be filled.", limit.en),
        format!("工作簿过大：最多可填写{}。", limit.zh),
    )
}
