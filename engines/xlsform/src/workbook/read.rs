//! Bytes to a workbook: what they are, and who reads them.

use super::limits::{self, Budget};
use super::{Workbook, compound, csv, markdown, words, xls, xlsx};
use crate::problem::{Problem, Problems};

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML (.xlsx, .xlsm).
    Xlsx,
    /// The older binary workbook.
    Xls,
    /// One sheet below the other, the sheet's name in the first column.
    Csv,
    /// Tables of Markdown.
    Markdown,
}

/// As many problems as are told at once.
const PROBLEMS_MAX: usize = 1000;

/// What is read so far, and what may still be read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    problems: Vec<Problem>,
    /// What may still be read.
    pub(super) budget: Budget,
}

impl Reading {
    /// Notes what is wrong and does not end the reading. Nobody reads beyond the first thousand.
    pub(super) fn note(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }
}

/// Reads a workbook. Binary workbooks are known by their first bytes, whatever their file is
/// called; text is Markdown or CSV as said, or whichever it looks like.
///
/// # Errors
/// Every problem found while reading.
pub fn read(bytes: &[u8], format: Option<Format>) -> Result<Workbook, Problems> {
    if bytes.len() > limits::FILE {
        return Err(words::too_large(&limits::OF_FILE).into());
    }
    let mut reading = Reading::default();
    match read_as(bytes, format, &mut reading) {
        Ok(book) if reading.problems.is_empty() => Ok(book),
        Ok(_) => Err(Problems(reading.problems)),
        Err(problem) => {
            reading.problems.push(problem);
            Err(Problems(reading.problems))
        }
    }
}

fn read_as(
    bytes: &[u8],
    format: Option<Format>,
    reading: &mut Reading,
) -> Result<Workbook, Problem> {
    if bytes.starts_with(b"PK\x03\x04") {
        return xlsx::read(bytes, reading);
    }
    if bytes.starts_with(&compound::MAGIC) || bytes.starts_with(&[0x09, 0x08]) {
        return xls::read(bytes, reading);
    }
    if matches!(format, Some(Format::Xlsx | Format::Xls)) || bytes.contains(&0) {
        return Err(words::not_a_workbook(guess(bytes)));
    }
    let text = text(bytes)?;
    match format {
        Some(Format::Markdown) if markdown::looks_like(text) => markdown::read(text, reading),
        Some(Format::Csv) if csv::looks_like(text) => csv::read(text, reading),
        None if markdown::looks_like(text)
            && (markdown::has_table(text) || !csv::looks_like(text)) =>
        {
            markdown::read(text, reading)
        }
        None if csv::looks_like(text) && !text.trim_start().starts_with('<') => {
            csv::read(text, reading)
        }
        _ => Err(words::not_a_workbook(guess(bytes))),
    }
}

/// Bytes as text, without the mark of byte order that spreadsheet programs write first.
fn text(bytes: &[u8]) -> Result<&str, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        words::not_utf8(1 + before.iter().filter(|byte| **byte == b'\n').count() as u32)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What bytes may be that are no workbook.
fn guess(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let head = &bytes[..bytes.len().min(512)];
    let starts = |what: &[u8]| head.trim_ascii_start().starts_with(what);
    if bytes.is_empty() {
        Some(("The file is empty.", "文件为空。"))
    } else if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        Some((
            "This is text in the encoding UTF-16, not UTF-8.",
            "这是 UTF-16 编码的文本，不是 UTF-8。",
        ))
    } else if starts(b"%PDF") {
        Some(("This is a PDF.", "这是 PDF 文件。"))
    } else if starts(b"<") {
        Some(("This is a web page or XML, not a workbook.", "这是网页或 XML，不是工作簿。"))
    } else if bytes.contains(&0) {
        None
    } else {
        Some(words::NO_FORM)
    }
}
