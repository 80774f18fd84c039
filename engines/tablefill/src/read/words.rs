//! Why a file is refused, in words.

use std::fmt::Display;

use crate::problem::Problem;

/// More than a limit allows.
pub(super) fn too_large(en: &str, zh: &str) -> Problem {
    let words = format!("The file holds more than {en}. Send the part that is to be filled.");
    Problem::new("too-large", words, format!("文件超过{zh}。请只发送需要填写的部分。"))
}

/// Nothing that is read here.
pub(super) fn unknown() -> Problem {
    Problem::new(
        "unknown-format",
        "This is no workbook (.xlsx, .xlsm, .xls, .csv) and no Word document (.docx). \
         Save it in one of these formats.",
        "这不是工作簿（.xlsx、.xlsm、.xls、.csv），也不是 Word 文档（.docx）。请另存为其中一种格式。",
    )
}

/// Not what it says it is, or damaged.
pub(super) fn broken(what: &str, why: impl Display) -> Problem {
    let en = format!("The {what} cannot be read ({why}). Open it, save it anew and send it again.");
    Problem::new("broken", en, format!("无法读取该 {what}（{why}）。请打开后重新保存再发送。"))
}

/// Locked with a password.
pub(super) fn locked() -> Problem {
    Problem::new(
        "locked",
        "The workbook is locked with a password. Save a copy without one.",
        "工作簿设有密码。请另存一份不带密码的副本。",
    )
}

/// Nothing in it.
pub(super) fn empty() -> Problem {
    let en = "There is nothing in it: no sheet has a cell with words, no document a table.";
    Problem::new("empty", en, "文件里没有内容：工作表没有文字，文档没有表格。")
}
