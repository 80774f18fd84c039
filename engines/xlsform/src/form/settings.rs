//! The settings sheet: what holds for the whole form.

use std::borrow::Cow;

use super::spelling;
use crate::problem::{At, Problem};
use crate::sheet::{Map, Table, Value, aliases, headings, table};
use crate::sink::Sink;
use crate::text::name::is_name;
use crate::workbook::{Sheet, Workbook};

/// What holds for the whole form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings<'a> {
    /// Every setting by name.
    pub(crate) all: Map<'a>,
    pub(crate) default_language: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) root: String,
    /// Whether runs of blanks in the survey sheet become one.
    pub(crate) clean: bool,
    /// Settings that the format does not know.
    pub(crate) unknown: Vec<(String, String)>,
}

impl Settings<'_> {
    /// A setting's text.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.all.text(key).filter(|text| !text.is_empty())
    }

    /// Whether a setting says yes.
    pub(crate) fn yes(&self, key: &str) -> bool {
        self.all.text(key).and_then(aliases::yes_no).unwrap_or(false)
    }
}

/// Reads the settings.
pub(crate) fn read<'a>(
    book: &'a Workbook,
    name: Option<&str>,
    file_stem: Option<&str>,
    sink: &mut Sink,
) -> Settings<'a> {
    if let Some(name) = name.filter(|name| !is_name(name)) {
        sink.error(Problem::new(
            "root_name_invalid",
            At::default(),
            format!("'{name}' cannot be the name of a form's root: begin with a letter or underscore, then letters, digits, '_', '-' or '.'."),
            format!("“{name}”不能作为表单根节点的名称：请以字母或下划线开头，其后可用字母、数字、下划线、连字符或句点。"),
        ));
    }
    let mut all = Map::default();
    let mut unknown = Vec::new();
    match book.sheet("settings").filter(|sheet| !sheet.rows.is_empty()) {
        Some(sheet) => {
            let both = ["form_id", "id_string"];
            let two = both.iter().all(|id| sheet.columns.iter().any(|it| it.heading == *id));
            let one = two.then(|| {
                sink.warn(two_ids(&sheet.name));
                without(sheet, "id_string")
            });
            let mut table = table(one.as_ref().unwrap_or(sheet), &headings::settings(), sink);
            let (row, first) = table.rows.swap_remove(0);
            all = first.owned();
            if all.text("name").is_some_and(|name| !is_name(name)) {
                sink.error(Problem::new(
                    "root_name_invalid",
                    table.at(row, &["name"]),
                    "The form's name must begin with a letter or underscore, then letters, digits, '_', '-' or '.'.",
                    "表单名称须以字母或下划线开头，其后可用字母、数字、下划线、连字符或句点。",
                ));
            }
            for key in ["type", "bind", "control", "children", "instance"] {
                if all.text(key).is_some_and(|text| key != "type" || text != "survey") {
                    sink.error(not_a_setting(&table, row, key));
                }
            }
            for (tokens, written) in &table.headings {
                let known = aliases::SETTINGS_COLUMNS.contains(&&*tokens[0]);
                let value = all.get(&tokens[0]).map(Value::written).map(Cow::into_owned);
                if let Some(value) = value.filter(|_| !known) {
                    unknown.push(((*written).to_owned(), value));
                }
            }
        }
        None => misspelt(book, "settings", sink),
    }
    let id = all.text("id_string").map(str::to_owned);
    let id = id.unwrap_or_else(|| file_stem.unwrap_or("data").to_owned());
    let own = |key: &str, other: &str| all.text(key).unwrap_or(other).to_owned();
    Settings {
        default_language: own("default_language", "default"),
        title: own("title", &id),
        root: own("name", name.unwrap_or("data")),
        clean: all.text("clean_text_values").and_then(aliases::yes_no).unwrap_or(true),
        id,
        all,
        unknown,
    }
}

/// The sheet without a column.
fn without(sheet: &Sheet, heading: &str) -> Sheet {
    let mut sheet = sheet.clone();
    for row in &mut sheet.rows {
        row.cells.retain(|(at, _)| sheet.columns[*at as usize].heading != heading);
    }
    // The cells of a row are found by the position of their heading, which stays.
    for column in &mut sheet.columns {
        if column.heading == heading {
            "form_id".clone_into(&mut column.heading);
        }
    }
    sheet
}

fn not_a_setting(table: &Table<'_>, row: u32, key: &str) -> Problem {
    Problem::new(
        "setting_reserved",
        table.at(row, &[key]),
        format!("'{key}' is no setting. Remove the column."),
        format!("“{key}”不是设置项，请删去此列。"),
    )
}

fn two_ids(sheet: &str) -> Problem {
    Problem::new(
        "two_form_ids",
        At::sheet(sheet).row(1).column("id_string"),
        "Both 'form_id' and 'id_string' are there. Keep 'form_id' alone.",
        "同时有“form_id”和“id_string”两列，请只保留“form_id”。",
    )
}

/// Says which sheet may have been meant as the one that is not there.
pub(crate) fn misspelt(book: &Workbook, kind: &str, sink: &mut Sink) {
    for name in alike(book, kind) {
        sink.warn(Problem::new(
            "sheet_misspelt",
            At::sheet(name),
            format!("Is this the sheet '{kind}'? Rename it, or put '_' in front of its name if it is no part of the form."),
            format!("此工作表是否应为“{kind}”？请改名；若不属于表单，请在名称前加“_”。"),
        ));
    }
}

/// Sheets whose names are nearly the one that is looked for.
pub(crate) fn alike<'a>(book: &'a Workbook, kind: &str) -> Vec<&'a str> {
    const FORM: &[&str] = &["survey", "choices", "settings", "external_choices", "osm", "entities"];
    let near = |name: &&String| {
        let far = name.chars().count().abs_diff(kind.chars().count());
        far <= 2
            && spelling::distance(&name.to_lowercase(), kind) <= 2
            && !FORM.contains(&name.as_str())
            && !name.starts_with('_')
    };
    book.names.iter().filter(near).map(String::as_str).collect()
}
