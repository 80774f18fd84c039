//! Headings to names, and rows to values by name.

use std::borrow::Cow;

use super::{Map, Value, aliases};
use crate::hash::{HashMap, HashSet};
use crate::problem::{At, Problem};
use crate::sink::Sink;
use crate::workbook::{Row, Sheet};

/// How the headings of a sheet are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) aliases: &'a [(&'static str, &'static [&'static str])],
    pub(crate) columns: &'a [&'static str],
    /// Headings without which the sheet says nothing.
    pub(crate) required: &'a [&'static str],
    /// The language of texts that name none.
    pub(crate) language: &'a str,
    /// Whether runs of blanks become one.
    pub(crate) fold: bool,
}

/// A sheet, understood.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table<'a> {
    /// The sheet's name as it is written.
    pub(crate) sheet: &'a str,
    /// What each different heading became, in order, with the heading as it is written.
    pub(crate) headings: Vec<(Vec<Cow<'a, str>>, &'a str)>,
    /// The rows with their numbers, also those in which nothing stands.
    pub(crate) rows: Vec<(u32, Map<'a>)>,
}

impl Table<'_> {
    /// Where something is: the row, and the heading as its author wrote it.
    pub(crate) fn at(&self, row: u32, tokens: &[&str]) -> At {
        let exact = self.headings.iter().find(|(have, _)| have == tokens);
        let found = exact.or_else(|| {
            self.headings.iter().find(|(have, _)| {
                have.len() >= tokens.len() && have.iter().zip(tokens).all(|(a, b)| a == b)
            })
        });
        let column = found.map_or_else(|| tokens.join("::"), |(_, written)| (*written).to_owned());
        At::sheet(self.sheet).row(row).column(column)
    }
}

/// Reads a sheet's headings and rows.
pub(crate) fn table<'a>(sheet: &'a Sheet, reading: &Reading<'_>, sink: &mut Sink) -> Table<'a> {
    let double = sheet.columns.iter().any(|column| column.heading.contains("::"));
    let mut headings: Vec<(Vec<Cow<'a, str>>, &'a str)> = Vec::new();
    let mut tokens_of: Vec<Vec<Cow<'a, str>>> = Vec::with_capacity(sheet.columns.len());
    let mut seen: HashMap<&str, usize> = HashMap::default();
    let mut place_of: HashMap<Vec<Cow<'a, str>>, usize> = HashMap::default();
    for (index, column) in sheet.columns.iter().enumerate() {
        let heading = column.heading.as_str();
        let first = *seen.entry(heading).or_insert(index);
        if first < index {
            tokens_of.push(tokens_of[first].clone());
            continue;
        }
        let Some((renamed, tokens)) = understand(heading, double, reading) else {
            sink.error(broken_heading(sheet, heading));
            tokens_of.push(vec![heading.into()]);
            continue;
        };
        match place_of.get(&tokens) {
            Some(place) if renamed != heading => {
                sink.error(same_column(sheet, headings[*place].1, heading));
            }
            Some(place) => headings[*place].1 = heading,
            None => {
                place_of.insert(tokens.clone(), headings.len());
                headings.push((tokens.clone(), heading));
            }
        }
        tokens_of.push(tokens);
    }
    for required in reading.required {
        let there = headings.iter().any(|(tokens, _)| tokens[0] == *required);
        if !there && (!sheet.rows.is_empty() || sheet.kind == "survey") {
            sink.error(missing_heading(sheet, required));
        }
    }
    let distinct = has_distinct_headings(sheet);
    // Columns whose cells meet no others in the row: they need not be looked for.
    let mut times: HashMap<&str, u32> = HashMap::default();
    for tokens in &tokens_of {
        *times.entry(&tokens[0]).or_default() += 1;
    }
    let alone = |tokens: &Vec<Cow<'a, str>>| tokens.len() == 1 && times[&*tokens[0]] == 1;
    let single: Vec<bool> = tokens_of.iter().map(alone).collect();
    let rows = sheet.rows.iter().map(|row| {
        let mut map = Map(Vec::with_capacity(row.cells.len()));
        each_cell(sheet, row, distinct, |index, text| {
            let (tokens, text) = (&tokens_of[index], clean(text, reading.fold));
            if single[index] {
                map.0.push((tokens[0].clone(), Value::Text(text)));
            } else {
                map.merge(tokens, text, reading.language);
            }
        });
        (row.number, map)
    });
    Table { sheet: &sheet.name, rows: rows.collect(), headings }
}

/// Whether no two columns have the same heading.
pub(crate) fn has_distinct_headings(sheet: &Sheet) -> bool {
    let mut seen = HashSet::default();
    sheet.columns.iter().all(|column| seen.insert(column.heading.as_str()))
}

/// Goes through the cells of a row; where two columns have the same heading, the value of the last
/// that has one stands at the place of the first.
pub(crate) fn each_cell<'a>(
    sheet: &Sheet,
    row: &'a Row,
    distinct: bool,
    mut take: impl FnMut(usize, &'a str),
) {
    if distinct && row.cells.is_sorted_by(|one, other| one.0 < other.0) {
        for (index, text) in &row.cells {
            take(*index as usize, text);
        }
        return;
    }
    let mut kept: Vec<(usize, &str)> = Vec::with_capacity(row.cells.len());
    for (index, text) in &row.cells {
        let index = *index as usize;
        let heading = &sheet.columns[index].heading;
        match kept.iter_mut().find(|(other, _)| sheet.columns[*other].heading == *heading) {
            Some((_, old)) => *old = text,
            None => kept.push((index, text)),
        }
    }
    for (index, text) in kept {
        take(index, text);
    }
}

/// A text with plain quotes and, where they are folded, single blanks; the same one where nothing
/// changes.
fn clean(text: &str, fold: bool) -> Cow<'_, str> {
    let text = if fold { text.trim() } else { text };
    // The first byte of all curly quotes, and of few other characters.
    const QUOTES: u8 = 0xe2;
    let mut before = 0;
    let changes = text.bytes().any(|byte| {
        let blanks = fold && byte == b' ' && before == b' ';
        before = byte;
        blanks || byte == QUOTES
    });
    if !changes {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if fold && c == ' ' {
            if blank {
                continue;
            }
            blank = true;
        } else {
            blank = false;
        }
        out.push(match c {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            other => other,
        });
    }
    out.into()
}

/// Small letters, runs of white space as one underscore.
fn snake(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push('_');
        }
        out.push_str(word);
    }
    if out.chars().any(char::is_uppercase) { out.to_lowercase().into() } else { out.into() }
}

/// What a heading means: its new name and its parts. Nothing for `jr` with nothing behind it.
fn understand<'a>(
    heading: &'a str,
    double: bool,
    reading: &Reading<'_>,
) -> Option<(Cow<'a, str>, Vec<Cow<'a, str>>)> {
    let aliased = |name: &str| reading.aliases.iter().find(|(alias, _)| *alias == name);
    let known = |name: &str| reading.columns.contains(&name) && aliased(name).is_none();
    if known(heading) {
        return Some((heading.into(), vec![heading.into()]));
    }
    let folded = snake(heading);
    if known(&folded) {
        return Some((folded.clone(), vec![folded]));
    }
    let mut tokens: Vec<Cow<'a, str>> = if double || heading.contains("::") {
        heading.split("::").map(|part| part.trim().into()).collect()
    } else {
        let mut parts: Vec<Cow<'a, str>> =
            heading.split(':').map(|part| part.trim().into()).collect();
        if let Some(at) = parts.iter().position(|part| part == "jr") {
            if at + 1 >= parts.len() {
                return None;
            }
            let name = parts.remove(at + 1);
            parts[at] = format!("jr:{name}").into();
        }
        parts
    };
    let first = snake(&tokens[0]);
    if let Some((_, new)) = aliased(&first) {
        tokens.splice(0..1, new.iter().map(|part| Cow::Borrowed(*part)));
        // A pair never equals a heading, so two headings of one pair are always two names of it.
        let renamed = if new.len() == 1 { new[0] } else { "" };
        return Some((renamed.into(), tokens));
    }
    if let Some(column) = reading.columns.iter().find(|column| **column == first) {
        tokens[0] = (*column).into();
        return Some(((*column).into(), tokens));
    }
    Some((heading.into(), tokens))
}

fn broken_heading(sheet: &Sheet, heading: &str) -> Problem {
    Problem::new(
        "heading_broken",
        At::sheet(&sheet.name).row(1).column(heading),
        format!(
            "The heading '{heading}' ends after 'jr'. Write what it should be, such as 'jr:count'."
        ),
        format!("表头“{heading}”在“jr”之后没有内容。请写全，例如“jr:count”。"),
    )
}

fn same_column(sheet: &Sheet, other: &str, heading: &str) -> Problem {
    Problem::new(
        "heading_twice",
        At::sheet(&sheet.name).row(1).column(heading),
        format!(
            "The headings '{other}' and '{heading}' are two names of the same column. Keep one of them."
        ),
        format!("表头“{other}”与“{heading}”是同一列的两种写法，请只保留一个。"),
    )
}

fn missing_heading(sheet: &Sheet, required: &str) -> Problem {
    Problem::new(
        "heading_missing",
        At::sheet(&sheet.name).row(1),
        format!("The sheet has no column '{required}'. Put its heading in the first row."),
        format!("此工作表缺少“{required}”列，请在第一行加上这个表头。"),
    )
}

/// How the survey sheet is read.
pub(crate) fn survey(language: &str, fold: bool) -> Reading<'_> {
    Reading {
        aliases: aliases::SURVEY,
        columns: aliases::SURVEY_COLUMNS,
        required: &["type"],
        language,
        fold,
    }
}

/// How a sheet of lists is read.
pub(crate) fn lists<'a>(language: &'a str, required: &'a [&'static str]) -> Reading<'a> {
    Reading {
        aliases: aliases::LISTS,
        columns: aliases::LIST_COLUMNS,
        required,
        language,
        fold: false,
    }
}

/// How the settings sheet is read.
pub(crate) fn settings() -> Reading<'static> {
    Reading {
        aliases: aliases::SETTINGS,
        columns: aliases::SETTINGS_COLUMNS,
        required: &[],
        language: "default",
        fold: false,
    }
}

/// How the entities sheet is read.
pub(crate) fn entities() -> Reading<'static> {
    Reading {
        aliases: aliases::ENTITIES,
        columns: aliases::ENTITY_COLUMNS,
        required: &[],
        language: "default",
        fold: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(heading: &str, double: bool) -> Vec<String> {
        let understood = understand(heading, double, &survey("default", true));
        understood.expect("understood").1.into_iter().map(Cow::into_owned).collect()
    }

    #[test]
    fn headings_are_understood_however_they_are_written() {
        for (heading, double, expected) in [
            ("Label::English (en)", true, vec!["label", "English (en)"]),
            ("label:fr", false, vec!["label", "fr"]),
            ("label:fr", true, vec!["label:fr"]),
            ("bind:jr:constraintMsg", false, vec!["bind", "jr:constraintMsg"]),
            ("Constraint Message", false, vec!["bind", "jr:constraintMsg"]),
            ("Repeat Count", false, vec!["control", "jr:count"]),
            ("image::en", true, vec!["media", "image", "en"]),
            ("my column", false, vec!["my column"]),
            ("Read Only", false, vec!["bind", "readonly"]),
        ] {
            assert_eq!(parts(heading, double), expected, "{heading}");
        }
    }

    #[test]
    fn quotes_become_plain_and_blanks_one() {
        assert_eq!(clean(" a  \u{2018}b\u{201d} ", true), "a 'b\"");
        assert_eq!(clean("a  b", false), "a  b");
    }
}
