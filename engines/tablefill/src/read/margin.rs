//! What calamine passes over: hidden rows and columns, checks with their lists, comments.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::parts::Parts;
use crate::grid::{Area, At, Check};

/// Spans, checks and comments of a sheet, at most.
const MOST: usize = 20_000;
/// Areas of a check, at most.
const AREAS: usize = 1_000;

/// What stands beside the cells of a sheet.
#[derive(Debug, Default)]
pub(super) struct Margin {
    pub(super) name: String,
    pub(super) hidden_rows: Vec<(u32, u32)>,
    pub(super) hidden_cols: Vec<(u32, u32)>,
    pub(super) checks: Vec<Check>,
    pub(super) comments: Vec<(At, String)>,
}

/// Reads the margins of all sheets; whatever is not as it should be is passed over.
pub(super) fn read(parts: &mut Parts<'_>) -> Vec<Margin> {
    let mut margins = Vec::new();
    let Some(book) = parts.ending_in("workbook.xml").into_iter().min_by_key(String::len) else {
        return margins;
    };
    let folder = folder(&book);
    let targets = relations(parts, &book);
    let text = parts.text(&book).unwrap_or_default();
    let mut sheets: Vec<(String, String)> = Vec::new();
    each(&text, |way, part| {
        let Part::Begin(start) = part else { return };
        if way.last().is_some_and(|it| it == "sheet")
            && let (Some(name), Some(id)) = (attribute(start, "name"), attribute(start, "id"))
        {
            sheets.push((name, id));
        }
    });
    for (name, id) in sheets.into_iter().take(super::SHEETS_MAX) {
        let Some((_, target, _)) = targets.iter().find(|it| it.0 == id) else { continue };
        let path = join(&folder, target);
        let mut margin = Margin { name, ..Margin::default() };
        let sheet = parts.text(&path).unwrap_or_default();
        each(&sheet, |way, part| match part {
            Part::Begin(start) => margin.begin(way, start),
            Part::Text(text) => margin.text(way, text),
            Part::End => {}
        });
        margin.mend();
        for (_, target, kind) in relations(parts, &path) {
            if kind.ends_with("/comments") {
                let notes = parts.text(&join(&self::folder(&path), &target)).unwrap_or_default();
                margin.comments.extend(comments(&notes));
            }
        }
        margins.push(margin);
    }
    margins
}

impl Margin {
    /// Takes what a text says.
    fn text(&mut self, way: &[String], text: &str) {
        let within = |name: &str| way.iter().any(|it| it == name);
        if let Some(check) = self.checks.last_mut().filter(|_| within("dataValidation")) {
            if within("formula1") {
                check.rule.push_str(text);
            } else if within("sqref") {
                check.areas.extend(areas(text));
            }
        }
    }

    /// Takes what an element says.
    fn begin(&mut self, way: &[String], start: &BytesStart<'_>) {
        let last = way.last().map(String::as_str).unwrap_or_default();
        let hidden = || matches!(attribute(start, "hidden").as_deref(), Some("1" | "true"));
        let number = |name: &str| attribute(start, name)?.parse::<u32>().ok()?.checked_sub(1);
        match last {
            "row" if hidden() && self.hidden_rows.len() < MOST => {
                if let Some(row) = number("r") {
                    match self.hidden_rows.last_mut() {
                        Some(span) if span.1 + 1 == row => span.1 = row,
                        _ => self.hidden_rows.push((row, row)),
                    }
                }
            }
            "col" if hidden() && self.hidden_cols.len() < MOST => {
                if let (Some(first), Some(last)) = (number("min"), number("max")) {
                    self.hidden_cols.push((first, last.max(first)));
                }
            }
            "dataValidation" if self.checks.len() < MOST => {
                self.checks.push(Check {
                    areas: areas(&attribute(start, "sqref").unwrap_or_default()),
                    kind: attribute(start, "type").unwrap_or_default(),
                    rule: String::new(),
                    codes: Vec::new(),
                    prompt: attribute(start, "prompt").unwrap_or_default(),
                });
            }
            _ => {}
        }
    }

    /// Lists that stand in the rule itself are taken apart.
    fn mend(&mut self) {
        self.checks.retain(|it| !it.areas.is_empty() && !it.kind.is_empty());
        for check in self.checks.iter_mut().filter(|it| it.kind == "list") {
            let inner = check.rule.trim();
            if let Some(inner) = inner.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
                check.codes = inner
                    .replace("\"\"", "\"")
                    .split([',', '，'])
                    .map(|it| it.trim().to_owned())
                    .filter(|it| !it.is_empty())
                    .take(super::lists::CODES)
                    .collect();
            }
        }
    }
}

fn areas(text: &str) -> Vec<Area> {
    text.split_whitespace().filter_map(Area::parse).take(AREAS).collect()
}

/// The identity, target and kind of what a part names.
fn relations(parts: &mut Parts<'_>, path: &str) -> Vec<(String, String, String)> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let text = parts.text(&format!("{folder}_rels/{file}.rels")).unwrap_or_default();
    let mut relations = Vec::new();
    each(&text, |way, part| {
        let Part::Begin(start) = part else { return };
        if way.last().is_some_and(|it| it == "Relationship") && relations.len() < MOST {
            let id = attribute(start, "Id").unwrap_or_default();
            let target = attribute(start, "Target").unwrap_or_default();
            relations.push((id, target, attribute(start, "Type").unwrap_or_default()));
        }
    });
    relations
}

fn comments(text: &str) -> Vec<(At, String)> {
    let mut comments: Vec<(At, String)> = Vec::new();
    each(text, |way, part| match part {
        Part::Text(words) if way.last().is_some_and(|it| it == "t") => {
            if let Some(comment) = comments.last_mut() {
                comment.1.push_str(words);
            }
        }
        Part::Begin(start)
            if way.last().is_some_and(|it| it == "comment") && comments.len() < MOST =>
        {
            let place = attribute(start, "ref").and_then(|it| Area::parse(&it));
            if let Some(place) = place {
                comments.push((place.corner(), String::new()));
            }
        }
        _ => {}
    });
    comments
}

fn folder(path: &str) -> String {
    path.rsplit_once('/').map_or(String::new(), |it| format!("{}/", it.0))
}

/// A target as seen from a folder.
fn join(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Elements deeper than this are not looked at.
const DEEP: usize = 64;

/// What comes next in a document.
pub(super) enum Part<'a> {
    /// An element begins.
    Begin(&'a BytesStart<'a>),
    /// Words.
    Text(&'a str),
    /// The last element of the way ends.
    End,
}

/// Goes through a document; each part comes with the names of the elements that it stands in, its
/// own the last. What is no XML ends it.
pub(super) fn each(xml: &str, mut call: impl FnMut(&[String], Part<'_>)) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut way: Vec<String> = Vec::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => {
                if way.len() == DEEP {
                    return;
                }
                way.push(start.local_name().as_ref().to_owned());
                call(&way, Part::Begin(&start));
            }
            Event::Empty(start) => {
                way.push(start.local_name().as_ref().to_owned());
                call(&way, Part::Begin(&start));
                call(&way, Part::End);
                way.pop();
            }
            Event::End(_) => {
                call(&way, Part::End);
                way.pop();
            }
            Event::Text(text) => call(&way, Part::Text(&text)),
            Event::CData(text) => call(&way, Part::Text(&text)),
            Event::GeneralRef(name) => {
                if let Some(it) = character(&name) {
                    call(&way, Part::Text(it.encode_utf8(&mut [0; 4])));
                }
            }
            Event::Eof => return,
            _ => {}
        }
    }
}

/// The character that `&name;` stands for.
fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(number)
        }
    }
}

/// An attribute by its name without a prefix.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let mut found = attributes.with_checks(false).flatten();
    let found = found.find(|it| it.key.local_name().as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(|it| it.into_owned())
}
