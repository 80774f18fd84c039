//! Lists of choices, as the choices sheet has them.

use crate::hash::HashMap;
use std::borrow::Cow;

use super::settings::Settings;
use crate::problem::Problem;
use crate::sheet::{Map, Table, Value, headings, table};
use crate::sink::Sink;
use crate::text::reference;
use crate::workbook::Workbook;

/// One choice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Choice<'a> {
    pub(crate) row: u32,
    pub(crate) name: Cow<'a, str>,
    /// Whether its row has a name, be it an empty one.
    named: bool,
    pub(crate) label: Option<Value<'a>>,
    pub(crate) media: Option<Value<'a>>,
    pub(crate) sms: Option<Cow<'a, str>>,
    /// Further columns, which filters read.
    pub(crate) extra: Vec<(Cow<'a, str>, Value<'a>)>,
}

/// A list of choices.
#[derive(Debug, Clone, Default)]
pub(crate) struct List<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) options: Vec<Choice<'a>>,
    /// Whether its labels stand among the translations.
    pub(crate) itext: bool,
}

/// The lists of a form, in the order in which they come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists<'a> {
    pub(crate) all: Vec<List<'a>>,
    index: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Lists<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&List<'a>> {
        self.position(name).map(|at| &self.all[at])
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut List<'a>> {
        self.index.get(name).map(|at| &mut self.all[*at])
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|list| &*list.name)
    }

    fn list(&mut self, name: Cow<'a, str>) -> &mut List<'a> {
        // Most often a choice belongs to the list of the choice before.
        let last = self.all.len().wrapping_sub(1);
        if self.all.last().is_some_and(|list| list.name == name) {
            return &mut self.all[last];
        }
        let next = self.all.len();
        let at = *self.index.entry(name.clone()).or_insert(next);
        if at == next {
            self.all.push(List { name, ..List::default() });
        }
        &mut self.all[at]
    }

    /// Finds out which lists have their labels among the translations, once all choices are there.
    pub(crate) fn settle(&mut self) {
        for list in &mut self.all {
            list.itext = list.options.iter().any(|option| {
                option.media.as_ref().is_some_and(|media| !media.is_empty())
                    || match &option.label {
                        Some(Value::Map(_)) => true,
                        Some(Value::Text(label)) => reference::has(label),
                        None => false,
                    }
            });
        }
    }
}

/// Reads the choices sheet.
pub(crate) fn read<'a>(
    book: &'a Workbook,
    settings: &Settings<'_>,
    sink: &mut Sink,
) -> (Lists<'a>, Option<Table<'a>>) {
    let mut lists = Lists::default();
    let Some(sheet) = book.sheet("choices").filter(|sheet| !sheet.rows.is_empty()) else {
        return (lists, None);
    };
    let reading = headings::lists(&settings.default_language, &["name"]);
    let mut table = table(sheet, &reading, sink);
    nested_names(&table, sink);
    let dropped = unusable_headings(&table, sink);
    for (row, mut choice) in std::mem::take(&mut table.rows) {
        if !dropped.is_empty() {
            choice.0.retain(|(key, _)| !dropped.contains(key));
        }
        let (list, option) = option(row, choice);
        let Some(list) = list else { continue };
        check_option(&option, &table, sink);
        lists.list(list.into_written()).options.push(option);
    }
    let twice = settings.yes("allow_choice_duplicates");
    for list in &lists.all {
        check(list, twice, &table, sink);
    }
    (lists, Some(table))
}

/// A choice's name and its list are the same in every language.
fn nested_names(table: &Table<'_>, sink: &mut Sink) {
    for (tokens, _) in table.headings.iter().filter(|(tokens, _)| tokens.len() > 1) {
        let key: &str = &tokens[0];
        let nested = matches!(key, "name" | "list name");
        if nested && table.rows.iter().any(|(_, row)| row.map(key).is_some()) {
            sink.error(Problem::new(
                "column_nested",
                table.at(1, &[key]),
                format!("The heading of the column '{key}' cannot have parts behind a colon."),
                format!("“{key}”列的表头不能用冒号分段。"),
            ));
        }
    }
}

/// Headings of further columns that cannot be names of elements; told and left out.
fn unusable_headings<'a>(table: &Table<'a>, sink: &mut Sink) -> Vec<Cow<'a, str>> {
    let mut dropped = Vec::new();
    for (tokens, written) in &table.headings {
        let first = &tokens[0];
        if first != "list name" && (first.contains(' ') || first.is_empty()) {
            sink.warn(Problem::new(
                "choice_heading_unusable",
                table.at(1, &[first]),
                format!("The column '{written}' is left out: a heading here must not be empty or have blanks in it."),
                format!("“{written}”列被忽略：此处表头不能为空，也不能含空格。"),
            ));
            dropped.push(first.clone());
        }
    }
    dropped
}

/// A choice, and the list that it belongs to.
fn option<'a>(row: u32, choice: Map<'a>) -> (Option<Value<'a>>, Choice<'a>) {
    let mut list = None;
    let mut taken = Choice { row, ..Choice::default() };
    let mut rest = choice.0;
    rest.retain_mut(|(key, value)| {
        let mut take = || std::mem::replace(value, Value::Text(Cow::Borrowed("")));
        match &**key {
            "list name" => list = Some(take()),
            "name" => {
                taken.name = take().into_written();
                taken.named = true;
            }
            "label" => taken.label = Some(take()),
            "media" => taken.media = Some(take()),
            "sms_option" => taken.sms = Some(take().into_written()),
            _ => return true,
        }
        false
    });
    taken.extra = rest;
    (list, taken)
}

/// Says what is wrong with a choice.
fn check_option(taken: &Choice<'_>, table: &Table<'_>, sink: &mut Sink) {
    let row = taken.row;
    if !taken.named {
        sink.error(Problem::new(
            "choice_without_name",
            table.at(row, &["name"]),
            "A choice needs a name: the value that is kept when it is chosen.",
            "选项必须有名称（name），即被选中时保存的值。",
        ));
    } else if taken.label.is_none() {
        sink.warn(Problem::new(
            "choice_without_label",
            table.at(row, &["label"]),
            format!("The choice '{}' has no label; people would see nothing.", taken.name),
            format!("选项“{}”没有标签（label），填写的人看不到内容。", taken.name),
        ));
    }
    if taken.media.as_ref().is_some_and(|media| media.text().is_some()) {
        sink.error(Problem::new(
            "column_without_part",
            table.at(row, &["media"]),
            "The column 'media' needs the sort of media behind it, such as 'media::image'.",
            "“media”列的表头须写明媒体种类，例如 media::image。",
        ));
    }
    for (key, value) in &taken.extra {
        if value.map().is_some() {
            sink.error(Problem::new(
                "choice_heading_nested",
                table.at(row, &[key]),
                format!("The further column '{key}' cannot have parts behind a colon."),
                format!("附加列“{key}”的表头不能用冒号分段。"),
            ));
        }
    }
}

fn check(list: &List<'_>, twice: bool, table: &Table<'_>, sink: &mut Sink) {
    if twice {
        return;
    }
    let mut seen = HashMap::with_capacity_and_hasher(list.options.len(), Default::default());
    for option in list.options.iter().filter(|option| !option.name.is_empty()) {
        if let Some(first) = seen.insert(&*option.name, option.row) {
            let (list, name) = (&list.name, &option.name);
            sink.error(Problem::new(
                "choice_twice",
                table.at(option.row, &["name"]),
                format!("The list '{list}' has '{name}' already in row {first}. Give it another name, or set allow_choice_duplicates to yes."),
                format!("列表“{list}”在第{first}行已有“{name}”。请换一个名称，或把设置 allow_choice_duplicates 设为 yes。"),
            ));
        }
    }
}

/// The lists of the sheet of external choices, by name.
pub(crate) fn external<'a>(
    book: &'a Workbook,
    settings: &Settings<'_>,
    sink: &mut Sink,
) -> Option<Vec<Cow<'a, str>>> {
    let sheet = book.sheet("external_choices").filter(|sheet| !sheet.rows.is_empty())?;
    let table: Table<'a> = table(sheet, &headings::lists(&settings.default_language, &[]), sink);
    let mut names: Vec<Cow<'a, str>> = Vec::new();
    for (_, row) in &table.rows {
        if let Some(name) = row.get("list name").map(Value::written)
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    Some(names)
}

/// Tags of OpenStreetMap, and the list that they make.
pub(crate) type Tagged<'a> = (Cow<'a, str>, Vec<Map<'a>>);

/// Tags of OpenStreetMap by list.
pub(crate) fn tags<'a>(book: &'a Workbook, sink: &mut Sink) -> Vec<Tagged<'a>> {
    let Some(sheet) = book.sheet("osm").filter(|sheet| !sheet.rows.is_empty()) else {
        return Vec::new();
    };
    let table = table(sheet, &headings::lists("default", &[]), sink);
    let mut lists: Vec<Tagged<'a>> = Vec::new();
    for (_, mut row) in table.rows {
        let Some(list) = row.take("list name").map(Value::into_written) else { continue };
        match lists.iter_mut().find(|(name, _)| *name == list) {
            Some((_, tags)) => tags.push(row),
            None => lists.push((list, vec![row])),
        }
    }
    lists
}

/// The sheet of external choices as `itemsets.csv`: every value quoted, each under its heading, up
/// to the last of the row.
pub(crate) fn itemsets(book: &Workbook) -> Option<String> {
    let sheet = book.sheet("external_choices").filter(|sheet| !sheet.rows.is_empty())?;
    let mut headings: Vec<&str> = Vec::new();
    for column in &sheet.columns {
        if !headings.contains(&column.heading.as_str()) {
            headings.push(&column.heading);
        }
    }
    let mut out = String::new();
    line(&mut out, headings.iter().copied());
    for row in &sheet.rows {
        let value = |heading: &str| {
            let under = |(at, _): &&(u32, String)| sheet.columns[*at as usize].heading == heading;
            row.cells.iter().rfind(under).map_or("", |(_, text)| text.as_str())
        };
        let values: Vec<&str> = headings.iter().map(|heading| value(heading)).collect();
        let filled = values.iter().rposition(|value| !value.is_empty()).map_or(0, |at| at + 1);
        line(&mut out, values[..filled].iter().copied());
    }
    Some(out)
}

fn line<'a>(out: &mut String, values: impl Iterator<Item = &'a str>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push('"');
        out.push_str(&value.replace('"', "\"\""));
        out.push('"');
    }
    out.push_str("\r\n");
}

/// Whether a list's choices have names without blanks, as a question with several answers needs.
pub(crate) fn with_blank<'t, 'a>(list: &'t List<'a>) -> Option<&'t Choice<'a>> {
    list.options.iter().find(|option| option.name.contains(' '))
}

/// The choice that `or_other` adds.
pub(crate) fn other<'a>(list: &List<'a>) -> Option<Choice<'a>> {
    if list.options.iter().any(|option| option.name == "other") {
        return None;
    }
    let mut languages: Vec<&str> = Vec::new();
    for option in &list.options {
        for (language, _) in
            option.label.as_ref().and_then(Value::map).into_iter().flat_map(Map::iter)
        {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
    }
    let words = || Value::Text("Other".into());
    let label = if languages.is_empty() {
        words()
    } else {
        Value::Map(Map(languages
            .into_iter()
            .map(|language| (language.to_owned().into(), words()))
            .collect()))
    };
    Some(Choice { name: "other".into(), label: Some(label), ..Choice::default() })
}

/// Whether headings of the choices sheet say that texts come in several languages.
pub(crate) fn column_is_translatable(token: &str) -> bool {
    matches!(token, "label" | "image" | "big-image" | "audio" | "video")
}
