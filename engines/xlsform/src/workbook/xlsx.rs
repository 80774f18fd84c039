//! Office Open XML: which parts an .xlsx has, its shared texts and the meaning of its styles.

use crate::hash::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::archive::Archive;
use super::number_format::{self, Meaning};
use super::read::Reading;
use super::table::{self, Table};
use super::xml::{Xml, attribute};
use super::{Workbook, limits, words, xlsx_sheet};
use crate::problem::{At, Problem};

/// The types of content that a workbook may have, before `.main+xml`.
const BOOKS: [&str; 4] = [
    "application/vnd.ms-excel.template.macroEnabled",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    "application/vnd.ms-excel.sheet.macroEnabled",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];
const STRINGS: &str =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml";

/// What all sheets of a workbook share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    strings: String,
    /// Where each text ends.
    ends: Vec<u32>,
    /// The meaning of numbers, by style.
    meanings: Vec<Meaning>,
    /// Whether days are counted from 1904.
    pub(super) from_1904: bool,
}

impl Shared {
    /// A shared text.
    pub(super) fn string(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        Some(&self.strings[start..end])
    }

    /// Takes the next shared text.
    fn push(&mut self, text: &str) -> Result<(), Problem> {
        // An escape of an escape sign loses its mark; all other escapes stay as they are written.
        match text.contains("x005F_") {
            true => self.strings.push_str(&text.replace("x005F_", "")),
            false => self.strings.push_str(text),
        }
        self.ends.push(self.strings.len() as u32);
        if self.ends.len() > limits::SHARED {
            return Err(words::too_large(&limits::OF_CELLS));
        }
        Ok(())
    }

    /// What the numbers of a style mean.
    pub(super) fn meaning(&self, style: usize) -> Meaning {
        self.meanings.get(style).copied().unwrap_or(Meaning::Number)
    }
}

/// A sheet of the workbook and the part that holds it.
struct Place {
    name: String,
    part: String,
    chart: bool,
}

/// Reads the sheets of the form.
pub(super) fn read(bytes: &[u8], reading: &mut Reading) -> Result<Workbook, Problem> {
    let archive = Archive::open(bytes)?;
    let Some(types) = archive.part("[Content_Types].xml", &mut reading.budget)? else {
        return Err(words::not_a_workbook(guess(&archive)));
    };
    let Some((book, strings)) = parts(&types)? else {
        return Err(words::not_a_workbook(guess(&archive)));
    };
    let mut shared = Shared::default();
    let places = places(&archive, &book, &mut shared, reading)?;
    if let Some(styles) = archive.part("xl/styles.xml", &mut reading.budget)? {
        shared.meanings = meanings(&styles)?;
    }
    if let Some(part) = strings {
        let missing = || damaged(&part);
        let xml = archive.part(&part, &mut reading.budget)?.ok_or_else(missing)?;
        read_strings(&xml, &mut shared)?;
    }
    let alone = places.len() == 1;
    let mut read = Workbook::default();
    for place in places {
        if let Some(kind) = table::kind(&place.name, alone).filter(|_| !place.chart) {
            let pieces = archive.pieces(&place.part, &mut reading.budget)?;
            let Some(pieces) = pieces else { continue };
            let mut table = Table::new(kind, &place.name);
            xlsx_sheet::read(pieces, &shared, &mut table, reading)?;
            read.sheets.push(table.sheet);
        }
        read.names.push(place.name);
    }
    Ok(read)
}

/// A part that is no XML, or not the XML it should be.
pub(super) fn damaged(part: &str) -> Problem {
    let en = format!("its part {part} cannot be read");
    words::damaged(At::default(), &en, &format!("部件 {part} 无法读取"))
}

/// What a zip archive may be that is no workbook.
fn guess(archive: &Archive<'_>) -> Option<(&'static str, &'static str)> {
    if archive.has("content.xml") {
        Some(("This is an OpenDocument file.", "这是 OpenDocument 文件。"))
    } else if archive.has("xl/workbook.bin") {
        Some(("This is a binary workbook (.xlsb).", "这是二进制工作簿（.xlsb）。"))
    } else if archive.has("word/document.xml") {
        Some(("This is a Word document.", "这是 Word 文档。"))
    } else {
        Some(("This is a zip archive and no workbook.", "这是 zip 压缩包，不是工作簿。"))
    }
}

/// Goes through the elements of a part; those that are not empty may be read further.
fn each_element(
    xml: &str,
    part: &str,
    mut take: impl FnMut(&BytesStart<'_>, Option<&mut Xml<'_>>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut xml = Xml::new(xml);
    loop {
        match xml.next() {
            Some(Event::Start(element)) => take(&element, Some(&mut xml))?,
            Some(Event::Empty(element)) => take(&element, None)?,
            Some(Event::Eof) => return Ok(()),
            Some(_) => {}
            None => return Err(damaged(part)),
        }
    }
}

/// Whether an attribute says yes.
fn says_yes(value: Option<String>) -> bool {
    matches!(value.as_deref(), Some("1" | "true" | "t"))
}

/// The names of the parts that hold the workbook and the shared texts; `None` without workbook.
fn parts(types: &str) -> Result<Option<(String, Option<String>)>, Problem> {
    let mut by_type: HashMap<String, String> = HashMap::default();
    let mut default = false;
    let is_book =
        |kind: &str| kind.strip_suffix(".main+xml").is_some_and(|kind| BOOKS.contains(&kind));
    each_element(types, "[Content_Types].xml", |element, _| {
        let Some(kind) = attribute(element, "ContentType") else { return Ok(()) };
        match element.local_name().as_ref() {
            "Override" => {
                if let Some(part) = attribute(element, "PartName") {
                    by_type.entry(kind).or_insert_with(|| part.trim_start_matches('/').to_owned());
                }
            }
            "Default" => default |= is_book(&kind),
            _ => {}
        }
        Ok(())
    })?;
    let book = BOOKS.iter().find_map(|kind| by_type.remove(&format!("{kind}.main+xml")));
    let book = book.or_else(|| default.then(|| "xl/workbook.xml".to_owned()));
    Ok(book.map(|book| (book, by_type.remove(STRINGS))))
}

/// The sheets of the workbook, in order.
fn places(
    archive: &Archive<'_>,
    book: &str,
    shared: &mut Shared,
    reading: &mut Reading,
) -> Result<Vec<Place>, Problem> {
    let (folder, file) = book.rsplit_once('/').unwrap_or(("", book));
    let relations = format!("{folder}/_rels/{file}.rels");
    let missing = || damaged(book);
    let xml = archive.part(book, &mut reading.budget)?.ok_or_else(missing)?;
    let links = archive.part(relations.trim_start_matches('/'), &mut reading.budget)?;
    let mut targets = HashMap::default();
    each_element(&links.unwrap_or_default(), &relations, |element, _| {
        if let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target")) {
            let chart = attribute(element, "Type").is_some_and(|kind| kind.contains("chartsheet"));
            targets.insert(id, (resolve(folder, &target), chart));
        }
        Ok(())
    })?;
    let mut places = Vec::new();
    each_element(&xml, book, |element, _| {
        match element.local_name().as_ref() {
            "workbookPr" => shared.from_1904 |= says_yes(attribute(element, "date1904")),
            "sheet" => {
                let name = attribute(element, "name").unwrap_or_default();
                let target = attribute(element, "id").and_then(|id| targets.get(&id));
                if let Some((part, chart)) = target.filter(|(part, _)| archive.has(part)) {
                    places.push(Place { name, part: part.clone(), chart: *chart });
                    limits::sheets(places.len())?;
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(places)
}

/// The part that a target names, seen from a folder.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(target) = target.strip_prefix('/') {
        return target.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." | "" => {}
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

/// What the numbers of each style mean.
fn meanings(styles: &str) -> Result<Vec<Meaning>, Problem> {
    let mut custom = HashMap::default();
    let mut ids: Vec<u32> = Vec::new();
    let mut within = false;
    let number = |value: Option<String>| value.and_then(|value| value.trim().parse().ok());
    let mut xml = Xml::new(styles);
    loop {
        match xml.next() {
            Some(Event::Start(element) | Event::Empty(element)) => match element
                .local_name()
                .as_ref()
            {
                "cellXfs" => within = true,
                "xf" if within => ids.push(number(attribute(&element, "numFmtId")).unwrap_or(0)),
                "numFmt" => {
                    let code = attribute(&element, "formatCode").unwrap_or_default();
                    if let Some(id) = number(attribute(&element, "numFmtId")) {
                        custom.insert(id, number_format::xlsx_meaning(&code));
                    }
                }
                _ => {}
            },
            Some(Event::End(element)) if element.local_name().as_ref() == "cellXfs" => {
                within = false
            }
            Some(Event::Eof) => break,
            Some(_) => {}
            None => return Err(damaged("xl/styles.xml")),
        }
    }
    let meaning = |id| custom.get(&id).copied().unwrap_or_else(|| number_format::xlsx_built_in(id));
    Ok(ids.into_iter().map(meaning).collect())
}

/// Reads the shared texts.
fn read_strings(text: &str, shared: &mut Shared) -> Result<(), Problem> {
    let broken = || damaged("sharedStrings.xml");
    let mut buffer = String::new();
    let mut xml = Xml::new(text);
    loop {
        while let Some(text) = xml.plain_string() {
            shared.push(text)?;
        }
        let read = match xml.next() {
            Some(Event::Start(element)) if element.local_name().as_ref() == "si" => {
                buffer.clear();
                xml.rich_text(&mut buffer)
            }
            Some(Event::Empty(element)) if element.local_name().as_ref() == "si" => {
                buffer.clear();
                Some(())
            }
            Some(Event::Eof) => return Ok(()),
            Some(_) => continue,
            None => None,
        };
        limits::cell(buffer.len())?;
        read.ok_or_else(broken)?;
        shared.push(&buffer)?;
    }
}
