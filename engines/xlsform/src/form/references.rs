//! Every `${…}` of the workbook: whether it is written rightly and names what is there once.

use crate::hash::HashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;

use super::choices::column_is_translatable;
use super::spelling;
use crate::problem::{At, Problem};
use crate::sheet::{Table, each_cell, headings};
use crate::sink::Sink;
use crate::text::reference::{self, Fault};
use crate::workbook::{Sheet, Workbook};

/// How often each name stands in the survey sheet.
type Names<'a> = HashMap<Cow<'a, str>, u32>;

/// Words for a name that is not there.
pub(crate) fn unknown(name: &str, near: Option<&str>) -> (String, String) {
    match near {
        Some(near) => (
            format!("There is no question '{name}'. Do you mean '{near}'?"),
            format!("没有名为“{name}”的题目。是否应为“{near}”？"),
        ),
        None => (
            format!(
                "There is no question '{name}' in the survey sheet. Check the name between ${{ and }}."
            ),
            format!("survey 工作表中没有名为“{name}”的题目，请检查 ${{ }} 中的名称。"),
        ),
    }
}

/// Which columns of a sheet are looked at, by their position.
type Wanted<'a> = &'a dyn Fn(usize, &str) -> bool;

/// Checks the whole workbook.
pub(crate) fn check(
    book: &Workbook,
    survey: &Table<'_>,
    choices: Option<&Table<'_>>,
    names: &Names<'_>,
    sink: &mut Sink,
) {
    if let Some(sheet) = book.sheet("settings") {
        sheet_of(sheet, &|_, _| true, names, sink);
    }
    if let Some(sheet) = book.sheet("entities") {
        let wanted = |_, heading: &str| !matches!(heading, "list name" | "list_name" | "repeat");
        sheet_of(sheet, &wanted, names, sink);
    }
    if let Some(sheet) = book.sheet("survey") {
        let own = headed(sheet, survey, |token| matches!(token, "type" | "name" | "trigger"));
        sheet_of(sheet, &|_, heading: &str| !own.contains(&heading), names, sink);
    }
    if let (Some(sheet), Some(table)) = (book.sheet("choices"), choices) {
        let own = headed(sheet, table, column_is_translatable);
        // Without a column that can refer to anything, every column is looked at, as pyxform does.
        let all = own.is_empty();
        sheet_of(sheet, &|_, heading: &str| all || own.contains(&heading), names, sink);
    }
}

/// Headings of a sheet whose meaning begins with one of some names.
fn headed<'a>(sheet: &'a Sheet, table: &Table<'_>, wanted: impl Fn(&str) -> bool) -> Vec<&'a str> {
    let mut different: Vec<&str> = Vec::new();
    for column in &sheet.columns {
        if !different.contains(&column.heading.as_str()) {
            different.push(&column.heading);
        }
    }
    let meant = table.headings.iter().zip(different);
    meant.filter(|((tokens, _), _)| wanted(&tokens[0])).map(|(_, heading)| heading).collect()
}

fn sheet_of(sheet: &Sheet, wanted: Wanted<'_>, names: &Names<'_>, sink: &mut Sink) {
    let distinct = headings::has_distinct_headings(sheet);
    for row in &sheet.rows {
        each_cell(sheet, row, distinct, |column, text| {
            let heading = sheet.columns[column].heading.as_str();
            if reference::is_candidate(text) && wanted(column, heading) {
                let at = || At::sheet(&sheet.name).row(row.number).column(heading);
                cell(text, &at, names, sink);
            }
        });
    }
}

fn cell(text: &str, at: &dyn Fn() -> At, names: &Names<'_>, sink: &mut Sink) {
    let found = match reference::all(text, None) {
        Ok(found) => found,
        Err(Fault::Malformed | Fault::TooMany) => {
            sink.error(Problem::new(
                "reference_malformed",
                at(),
                "A reference is '${', the name of a question and '}', with nothing else in between.",
                "引用须写成“${题目名称}”，中间不能有其他内容。",
            ));
            return;
        }
    };
    for one in found {
        match names.get(one.name) {
            Some(1) => {}
            None => {
                // Of names that are equally near the first is offered, so they need an order.
                let known: BTreeSet<&str> = names.keys().map(|name| &**name).collect();
                let near = spelling::nearest(one.name, known);
                let (en, zh) = unknown(one.name, near);
                sink.error(Problem::new("reference_unknown", at(), en, zh));
            }
            Some(_) => sink.error(Problem::new(
                "reference_ambiguous",
                at(),
                format!("Several questions are called '{}': give the one that is meant a name of its own.", one.name),
                format!("有多道题都叫“{}”，请给要引用的那一道取独有的名称。", one.name),
            )),
        }
    }
}
