//! What is said of a workbook that cannot be read, in both languages, each with what to do.

use super::limits;
use crate::problem::{At, Problem};

/// Bytes that are no workbook, with a guess what else they are.
pub(super) fn not_a_workbook(guess: Option<(&str, &str)>) -> Problem {
    let (en, zh) = guess.unwrap_or(("This is no workbook.", "这不是工作簿。"));
    Problem::new(
        "not_a_workbook",
        At::default(),
        format!("{en} Save the form as an Excel workbook (.xlsx) and try again."),
        format!("{zh}请将表单另存为 Excel 工作簿（.xlsx）后重试。"),
    )
}

/// What text is that is no form.
pub(super) const NO_FORM: (&str, &str) = (
    "This is text, but no form: a form in CSV has the name of a sheet in the first column and \
     cells in the columns after it; a form in Markdown has tables of | cells |.",
    "这是文本，但不是表单：CSV 表单的第一列是工作表名称，其后各列是单元格；\
     Markdown 表单使用 | 单元格 | 组成的表格。",
);

/// Text that is no form.
pub(super) fn no_form() -> Problem {
    not_a_workbook(Some(NO_FORM))
}

/// A workbook of which a part is missing or cut short.
pub(super) fn damaged(at: At, en: &str, zh: &str) -> Problem {
    Problem::new(
        "damaged",
        at,
        format!(
            "The workbook is damaged: {en}. Open it in a spreadsheet program, save it again \
             and try again."
        ),
        format!("工作簿已损坏：{zh}。请用电子表格软件打开并重新保存，然后重试。"),
    )
}

/// A workbook that only its password opens.
pub(super) fn password() -> Problem {
    Problem::new(
        "password",
        At::default(),
        "The workbook is protected by a password. Save a copy without the password (in Excel: \
         File, Info, Protect Workbook, Encrypt with Password, clear it) and try again.",
        "工作簿有密码保护。请另存一份不带密码的副本（Excel：文件、信息、保护工作簿、用密码进行加密，清空密码）后重试。",
    )
}

/// Text that is not UTF-8.
pub(super) fn not_utf8(row: u32) -> Problem {
    Problem::new(
        "not_utf8",
        At { row: Some(row), ..At::default() },
        format!(
            "The text of line {row} is not in the encoding UTF-8. Save the file again as UTF-8 \
             (in Excel: CSV UTF-8) or as .xlsx and try again."
        ),
        format!(
            "第 {row} 行的文字不是 UTF-8 编码。请将文件另存为 UTF-8（Excel：CSV UTF-8）或 .xlsx 后重试。"
        ),
    )
}

/// A workbook beyond a limit: of what, how much is allowed.
pub(super) fn too_large(limit: &limits::Limit) -> Problem {
    Problem::new(
        "too_large",
        At::default(),
        format!(
            "The workbook is too large: {} are allowed. Keep large lists of choices in a CSV file \
             of their own, delete sheets and pictures that are no part of the form, and try again.",
            limit.en
        ),
        format!(
            "工作簿过大：最多允许{}。请将大型选项列表放入单独的 CSV 文件，删除与表单无关的工作表和图片，然后重试。",
            limit.zh
        ),
    )
}

/// Two headings of a sheet that are the same.
pub(super) fn duplicate_heading(sheet: &str, heading: &str, first: u32, second: u32) -> Problem {
    let (first, second) = (letters(first), letters(second));
    Problem::new(
        "duplicate_heading",
        At::sheet(sheet).row(1).column(heading),
        format!(
            "The columns {first} and {second} have the same heading \"{heading}\". \
             Rename or delete one of them."
        ),
        format!("{first} 列和 {second} 列的标题相同：“{heading}”。请重命名或删除其中一列。"),
    )
}

/// A number that is marked as a date and is none.
pub(super) fn bad_date(at: At, value: &str) -> Problem {
    Problem::new(
        "bad_date",
        at,
        format!(
            "{value} is marked as a date and is no date. Write the date as text, \
             for example 2025-03-15."
        ),
        format!("{value} 被标记为日期，但不是有效日期。请以文本形式填写日期，例如 2025-03-15。"),
    )
}

/// A cell marked as a number that is none.
pub(super) fn bad_number(at: At, value: &str) -> Problem {
    Problem::new(
        "bad_number",
        at,
        format!("\"{value}\" is marked as a number and is no number. Type it again."),
        format!("“{value}”被标记为数字，但不是有效数字。请重新输入。"),
    )
}

/// A value that stands under no heading.
pub(super) fn value_without_heading(sheet: &str, row: u32, value: &str) -> Problem {
    Problem::new(
        "value_without_heading",
        At::sheet(sheet).row(row),
        format!(
            "\"{value}\" stands under no heading. Give its column a heading in the \
             first row of the sheet, or delete it."
        ),
        format!("“{value}”所在的列没有标题。请在工作表第一行为该列填写标题，或删除该值。"),
    )
}

/// A row before the first name of a sheet.
pub(super) fn row_without_sheet(row: u32) -> Problem {
    Problem::new(
        "row_without_sheet",
        At { row: Some(row), ..At::default() },
        format!(
            "Line {row} belongs to no sheet. Write the name of its sheet, for example survey, in \
             the first column of a line above it."
        ),
        format!("第 {row} 行不属于任何工作表。请在其上方一行的第一列写明工作表名称，例如 survey。"),
    )
}

/// A column's letters: A for 0.
pub(super) fn letters(column: u32) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
