//! What a workbook says of itself: its sheets, their parts, its names and how it calculates.

use std::ops::Range;
use std::rc::Rc;

use super::markup::{Kind, Mark, Marks, plain, push_escaped, with};
use super::package::Package;
use super::problem::{Problem, damaged, not_a_workbook};
use super::shift::{Moves, Place};

/// The name of the sheet that lists what is unknown; a `/` cannot stand in it.
pub const UNKNOWN_SHEET: &str = "未知项 unknown";

/// Where a part leads to.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) id: String,
    /// The end of its type, `worksheet` or `comments`.
    pub(super) kind: String,
    /// The name of the part.
    pub(super) part: String,
    pub(super) raw: Range<usize>,
    /// The type without its end.
    family: String,
}

/// A sheet.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// The name of its part.
    pub(super) part: String,
    /// Whether it has cells: charts can be sheets too.
    pub(super) has_cells: bool,
}

/// A workbook.
pub(super) struct Book {
    /// The name of its part.
    pub(super) part: String,
    text: Rc<str>,
    prefix: String,
    /// The namespace of sheets.
    pub(super) namespace: String,
    pub(super) sheets: Vec<Sheet>,
    pub(super) relations: Vec<Relation>,
    /// Whether days are counted from 1904.
    pub(super) from_1904: bool,
    /// The names and what stands for them.
    pub(super) names: Vec<(String, Range<usize>)>,
    /// The last opening mark of a sheet.
    sheet_mark: String,
    sheet_number: u32,
    sheets_end: usize,
    calculation: Option<Range<usize>>,
    /// Where a setting of the calculation can stand.
    calculation_place: usize,
}

impl Book {
    /// Reads the workbook's own part.
    pub(super) fn read(package: &mut Package<'_>) -> Result<Self, Problem> {
        let part = main_part(package)?;
        let text = package.needed(&part)?;
        let relations = relations(package, &part)?;
        let mut book = Self {
            part,
            text: Rc::clone(&text),
            prefix: String::new(),
            namespace: String::new(),
            sheets: Vec::new(),
            relations,
            from_1904: false,
            names: Vec::new(),
            sheet_mark: String::new(),
            sheet_number: 0,
            sheets_end: 0,
            calculation: None,
            calculation_place: 0,
        };
        book.scan(&text).ok_or_else(|| damaged(&book.part))?;
        if book.sheets.is_empty() || book.sheets_end == 0 {
            return Err(damaged(&book.part));
        }
        Ok(book)
    }

    fn scan(&mut self, text: &str) -> Option<()> {
        let mut marks = Marks::new(text);
        let mut name: Option<(String, usize)> = None;
        let mut depth = 0;
        while let Some(mark) = marks.next().ok()? {
            match (mark.kind, mark.local()) {
                (Kind::Open | Kind::Alone, local) if depth == 0 => {
                    mark.name().strip_suffix(local)?.clone_into(&mut self.prefix);
                    let prefix = self.prefix.trim_end_matches(':');
                    let declared = match prefix {
                        "" => "xmlns".to_owned(),
                        prefix => format!("xmlns:{prefix}"),
                    };
                    self.namespace = mark.attribute(&declared)?.into_owned();
                }
                (Kind::Open | Kind::Alone, "sheet") => self.sheet(&mark)?,
                (Kind::Open | Kind::Alone, "workbookPr") => self.from_1904 = mark.says("date1904"),
                (Kind::Open | Kind::Alone, "calcPr") => {
                    self.calculation = Some(mark.start..mark.end);
                }
                (Kind::Open, "definedName") => {
                    name = mark.attribute("name").map(|name| (name.into_owned(), mark.end));
                }
                (Kind::Close, "definedName") => {
                    let (name, start) = name.take()?;
                    self.names.push((name, start..mark.start));
                }
                (Kind::Close, "sheets") => {
                    self.sheets_end = mark.start;
                    self.calculation_place = mark.end;
                }
                _ => {}
            }
            let place =
                matches!(mark.local(), "functionGroups" | "externalReferences" | "definedNames");
            if place && depth <= 2 && mark.kind != Kind::Open {
                self.calculation_place = mark.end;
            }
            match mark.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                Kind::Alone => {}
            }
        }
        Some(())
    }

    fn sheet(&mut self, mark: &Mark<'_>) -> Option<()> {
        let attributes = super::markup::attributes(mark.raw);
        let mut ids = attributes.filter(|one| one.name.ends_with(":id"));
        let id = plain(&mark.raw[ids.next()?.value]).into_owned();
        let relation = self.relations.iter().find(|relation| relation.id == id)?;
        self.sheets.push(Sheet {
            name: mark.attribute("name")?.into_owned(),
            part: relation.part.clone(),
            has_cells: relation.kind == "worksheet",
        });
        self.sheet_number = self.sheet_number.max(mark.number("sheetId")?);
        if relation.kind == "worksheet" || self.sheet_mark.is_empty() {
            mark.raw.clone_into(&mut self.sheet_mark);
        }
        Some(())
    }

    /// What a name stands for.
    pub(super) fn meaning(&self, span: &Range<usize>) -> std::borrow::Cow<'_, str> {
        plain(&self.text[span.clone()])
    }

    /// The part with its names moved, told to calculate anew, and with the sheet of the unknown.
    pub(super) fn written(&self, moves: &Moves, anew: bool, added: Option<&str>) -> Option<String> {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for (_, span) in &self.names {
            if let Some(moved) = moves.formula(&self.meaning(span), None, Place::Anywhere) {
                let mut escaped = String::new();
                push_escaped(&mut escaped, &moved);
                edits.push((span.clone(), escaped));
            }
        }
        if let Some(id) = added {
            let mut mark = with(&self.sheet_mark, "name", UNKNOWN_SHEET);
            mark = with(&mark, "sheetId", &(self.sheet_number + 1).to_string());
            let name = super::markup::attributes(&mark).find(|one| one.name.ends_with(":id"))?;
            mark = with(&mark, name.name, id);
            mark = super::markup::without(&mark, "state").into_owned();
            if !mark.ends_with("/>") {
                mark.insert(mark.len() - 1, '/');
            }
            edits.push((self.sheets_end..self.sheets_end, mark));
        }
        if anew {
            edits.push(match &self.calculation {
                Some(span) => (span.clone(), with(&self.text[span.clone()], "fullCalcOnLoad", "1")),
                None => {
                    let place = self.calculation_place;
                    (place..place, format!("<{}calcPr fullCalcOnLoad=\"1\"/>", self.prefix))
                }
            });
        }
        edits.sort_by_key(|(span, _)| span.start);
        let edits = edits.into_iter().map(|(span, text)| (span, text.into())).collect();
        super::reference::replaced(&self.text, edits)
    }

    /// A relation of a kind.
    pub(super) fn related(&self, kind: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.kind == kind)
    }

    /// Adds a part to those of the workbook and gives the id of its relation.
    pub(super) fn relate(
        &self,
        package: &mut Package<'_>,
        taken: &mut String,
        kind: &str,
        part: &str,
    ) -> Result<String, Problem> {
        let mut number = self.relations.len() + 1;
        let is_taken = |id: &str| {
            self.relations.iter().any(|relation| relation.id == id)
                || taken.contains(&format!("Id=\"{id}\""))
        };
        while is_taken(&format!("rId{number}")) {
            number += 1;
        }
        let id = format!("rId{number}");
        let family = self.related("worksheet").map_or("", |relation| &relation.family);
        if taken.is_empty() {
            *taken = String::from(&*package.needed(&relations_of(&self.part))?);
        }
        let end = taken.rfind("</").ok_or_else(|| damaged(&self.part))?;
        let prefix = taken[end + 2..].split_once(':').map_or("", |(prefix, _)| prefix);
        let colon = if prefix.is_empty() { "" } else { ":" };
        let mark = format!(
            "<{prefix}{colon}Relationship Id=\"{id}\" Type=\"{family}{kind}\" Target=\"/{part}\"/>"
        );
        taken.insert_str(end, &mark);
        Ok(id)
    }
}

/// The part that is the workbook.
fn main_part(package: &mut Package<'_>) -> Result<String, Problem> {
    let no_workbook = || not_a_workbook("This is no Excel workbook.", "这不是 Excel 工作簿。");
    if package.read("_rels/.rels")?.is_none() {
        return Err(no_workbook());
    }
    let all = relations(package, "")?;
    let main = all.iter().find(|relation| relation.kind == "officeDocument");
    let part = main.map(|relation| relation.part.clone()).ok_or_else(no_workbook)?;
    if part.ends_with(".bin") {
        return Err(not_a_workbook(
            "This is a binary workbook (.xlsb), which cannot be filled.",
            "这是二进制工作簿（.xlsb），无法填写。",
        ));
    }
    if !part.ends_with("workbook.xml") && !part.contains("xl/") {
        return Err(no_workbook());
    }
    Ok(part)
}

/// The name of the part that holds the relations of a part.
pub(super) fn relations_of(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// Where a part leads to, within the workbook.
pub(super) fn relations(package: &mut Package<'_>, part: &str) -> Result<Vec<Relation>, Problem> {
    let name = relations_of(part);
    let Some(text) = package.read(&name)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut marks = Marks::new(&text);
    while let Some(mark) = marks.next().map_err(|_| damaged(&name))? {
        if mark.local() != "Relationship"
            || mark.kind == Kind::Close
            || mark.raw_attribute("TargetMode") == Some("External")
        {
            continue;
        }
        let said = |name| mark.attribute(name).map(|value| value.into_owned());
        let (Some(id), Some(kind), Some(target)) = (said("Id"), said("Type"), said("Target"))
        else {
            return Err(damaged(&name));
        };
        let at = kind.rfind('/').map_or(0, |at| at + 1);
        found.push(Relation {
            id,
            kind: kind[at..].to_owned(),
            part: resolved(part, &target),
            raw: mark.start..mark.end,
            family: kind[..at].to_owned(),
        });
    }
    Ok(found)
}

/// The name of a part that another names.
fn resolved(from: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_from_where_they_are_named() {
        assert_eq!(resolved("xl/worksheets/sheet1.xml", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(
            resolved("xl/workbook.xml", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(resolved("xl/workbook.xml", "/xl/a.xml"), "xl/a.xml");
        assert_eq!(resolved("", "xl/workbook.xml"), "xl/workbook.xml");
        assert_eq!(relations_of("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
        assert_eq!(relations_of(""), "_rels/.rels");
    }
}
