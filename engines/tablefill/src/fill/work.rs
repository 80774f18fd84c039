//! From a workbook and a filling to the filled copy.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::book::{Book, UNKNOWN_SHEET, relations, relations_of};
use super::cells::Paper;
use super::dependents::{Mentions, dependents};
use super::limits;
use super::markup::{Kind, Marks, with};
use super::package::Package;
use super::page::{Page, Tally, row_of};
use super::parts::{Home, older_drawing, rewritten};
use super::plan::{Plan, Values};
use super::problem::{Problem, Remark, damaged, not_a_workbook, password, too_large};
use super::reference::{cell_name, column_letters};
use super::shift::{Moves, Place};
use super::styles::Styles;
use super::survey::{Survey, area};
use super::unknown::{Earlier, Listed, Styled, earlier, list};
use super::{Filled, Filling, Inserted, SheetFilling, Unknown};

/// Fills a copy of a workbook.
///
/// # Errors
///
/// When the bytes are no .xlsx or .xlsm, encrypted, damaged or above the limits, when a value does
/// not fit into its cell, or when a value would be covered by merged cells. Nothing is half done.
pub fn fill(bytes: &[u8], filling: &Filling) -> Result<Filled, Problem> {
    if bytes.len() > limits::FILE {
        return Err(too_large(&limits::OF_FILE));
    }
    refuse_compound_file(bytes)?;
    let mut package = Package::open(bytes)?;
    let book = Book::read(&mut package)?;
    let mut work = Work::of(&book, &mut package)?;
    let targets = targets(&book, filling)?;
    let texts = sheet_texts(&book, &mut package)?;
    let surveys = surveys(&book, &texts, &targets)?;
    let mut plans: BTreeMap<usize, Plan<'_>> = BTreeMap::new();
    for (at, target) in &targets {
        let plan = Plan::of(target, &surveys[at])?;
        work.moves.add(&target.sheet, plan.shift());
        plans.insert(*at, plan);
    }
    work.check_size(&plans, &surveys)?;
    let reached = reached(&book, &texts, &plans)?;
    for (at, text) in texts.iter().enumerate() {
        let Some(text) = text else { continue };
        if reached[at] || !work.moves.is_empty() {
            let survey = surveys.get(&at);
            work.sheet(&mut package, at, text, survey, plans.get(&at), reached[at])?;
        }
    }
    if !work.moves.is_empty() {
        work.other_parts(&mut package)?;
    }
    work.finish(package, &plans)
}

/// What a compound file is: encrypted, or a workbook of the older kind.
fn refuse_compound_file(bytes: &[u8]) -> Result<(), Problem> {
    if !bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(());
    }
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memchr::memmem::find(bytes, &name).is_some() {
        return Err(password());
    }
    Err(not_a_workbook(
        "This is a workbook of the older kind (.xls), which cannot be filled as it stands.",
        "这是旧版工作簿（.xls），无法直接填写。",
    ))
}

/// The sheets that are filled, by their number.
fn targets<'f>(
    book: &Book,
    filling: &'f Filling,
) -> Result<BTreeMap<usize, &'f SheetFilling>, Problem> {
    let mut targets = BTreeMap::new();
    for target in &filling.sheets {
        let at = book.sheets.iter().position(|sheet| sheet.name == target.sheet);
        let at = at.filter(|at| book.sheets[*at].has_cells && target.sheet != UNKNOWN_SHEET);
        let Some(at) = at else {
            return Err(Problem::new(
                "no_such_sheet",
                "The workbook has no sheet of that name with cells to fill.",
                "工作簿中没有可填写的同名工作表。",
            )
            .on(&target.sheet));
        };
        if targets.insert(at, target).is_some() {
            return Err(Problem::new(
                "sheet_twice",
                "The sheet is filled twice.",
                "同一个工作表被填写了两次。",
            )
            .on(&target.sheet));
        }
    }
    Ok(targets)
}

/// The parts of all sheets with cells.
fn sheet_texts(book: &Book, package: &mut Package<'_>) -> Result<Vec<Option<Rc<str>>>, Problem> {
    let mut texts = Vec::new();
    for sheet in &book.sheets {
        let has_cells = sheet.has_cells && sheet.name != UNKNOWN_SHEET;
        texts.push(if has_cells { Some(package.needed(&sheet.part)?) } else { None });
    }
    Ok(texts)
}

fn surveys<'t>(
    book: &Book,
    texts: &'t [Option<Rc<str>>],
    targets: &BTreeMap<usize, &SheetFilling>,
) -> Result<BTreeMap<usize, Survey<'t>>, Problem> {
    let mut surveys = BTreeMap::new();
    for at in targets.keys() {
        let part = &book.sheets[*at].part;
        let text = texts[*at].as_deref().ok_or_else(|| damaged(part))?;
        surveys.insert(*at, Survey::of(text).map_err(|_| damaged(part))?);
    }
    Ok(surveys)
}

/// Which sheets are filled or calculate with one that is.
fn reached(
    book: &Book,
    texts: &[Option<Rc<str>>],
    plans: &BTreeMap<usize, Plan<'_>>,
) -> Result<Vec<bool>, Problem> {
    let mut mentions = Vec::new();
    for (sheet, text) in book.sheets.iter().zip(texts) {
        let text = text.as_deref().unwrap_or_default();
        mentions.push(Mentions::of(text).map_err(|_| damaged(&sheet.part))?);
    }
    let writes = plans.iter().filter(|(_, plan)| plan.writes());
    let filled: Vec<usize> = writes.map(|(at, _)| *at).collect();
    Ok(dependents(book, &filled, &mentions))
}

/// The copy while it is made.
struct Work<'b, 'f> {
    book: &'b Book,
    moves: Moves,
    styles: Styles,
    /// How cells looked before an earlier filling, by sheet.
    before: HashMap<String, Styled>,
    /// The lines of an earlier list, and the prefix of its elements.
    earlier: (Vec<Earlier>, String),
    unknown: Vec<Listed<'f>>,
    cells: u64,
    formulas: bool,
    remarks: Vec<Remark>,
}

impl<'b, 'f> Work<'b, 'f> {
    fn of(book: &'b Book, package: &mut Package<'_>) -> Result<Self, Problem> {
        let part = book.related("styles").map(|relation| relation.part.clone());
        let text = match &part {
            Some(part) => package.read(part)?,
            None => None,
        };
        let styles = Styles::read(text, &book.namespace)
            .map_err(|_| damaged(part.as_deref().unwrap_or("styles")))?;
        let mut before: HashMap<String, Styled> = HashMap::new();
        let mut lines = (Vec::new(), String::new());
        if let Some(sheet) = book.sheets.iter().find(|sheet| sheet.name == UNKNOWN_SHEET) {
            let text = package.needed(&sheet.part)?;
            lines = earlier(&text).map_err(|_| damaged(&sheet.part))?;
        }
        for line in &lines.0 {
            let styled = before.entry(line.sheet.clone()).or_default();
            styled.insert((line.column, line.row), line.style);
        }
        Ok(Self {
            book,
            moves: Moves::default(),
            styles,
            before,
            earlier: lines,
            unknown: Vec::new(),
            cells: 0,
            formulas: false,
            remarks: Vec::new(),
        })
    }

    /// Refuses more cells than a workbook can take.
    fn check_size(
        &self,
        plans: &BTreeMap<usize, Plan<'_>>,
        surveys: &BTreeMap<usize, Survey<'_>>,
    ) -> Result<(), Problem> {
        let mut cells = 0u64;
        for (at, plan) in plans {
            cells += plan.fills.values().map(|values| values.len() as u64).sum::<u64>();
            for inserted in &plan.insertions {
                let rows = inserted.rows.iter();
                cells += rows.map(|values| values.len() as u64).sum::<u64>();
                let merges = surveys[at].merges.iter();
                let last = inserted.at.last;
                let repeated = merges.filter(|one| one.top == last && one.bottom == last).count();
                cells += repeated as u64 * u64::from(inserted.at.count);
            }
        }
        if cells > limits::CELLS { Err(too_large(&limits::OF_CELLS)) } else { Ok(()) }
    }

    /// A sheet that is filled, calculates with one that is, or names rows of one.
    fn sheet(
        &mut self,
        package: &mut Package<'_>,
        at: usize,
        text: &str,
        survey: Option<&Survey<'_>>,
        plan: Option<&Plan<'f>>,
        reached: bool,
    ) -> Result<(), Problem> {
        let sheet = &self.book.sheets[at];
        let broken = |_| damaged(&sheet.part);
        let own;
        let survey = match survey {
            Some(survey) => survey,
            None => {
                own = Survey::of(text).map_err(broken)?;
                &own
            }
        };
        if reached && survey.columns.len() > limits::COLUMNS as usize {
            return Err(damaged(&sheet.part));
        }
        let merges = plan.map(|plan| repeated_merges(plan, survey)).unwrap_or_default();
        let before = self.before.remove(&sheet.name).unwrap_or_default();
        let nothing = Plan::default();
        let page_plan = plan.unwrap_or(&nothing);
        let data = &text[survey.data.clone()];
        let mut rows = None;
        let mut extent = None;
        let writes = page_plan.writes();
        if writes || reached && survey.has_formulas {
            let mut page = Page {
                sheet: &sheet.name,
                part: &sheet.part,
                text,
                survey,
                plan: page_plan,
                moves: &self.moves,
                shift: self.moves.of(&sheet.name).cloned().unwrap_or_default(),
                expand: !self.moves.is_empty() || page_plan.clears(),
                from_1904: self.book.from_1904,
                formula_mark: format!("<{}f", survey.prefix),
                before: &before,
                paper: Paper::new(survey.prefix, data.len() + data.len() / 8),
                tally: Tally::default(),
            };
            page.write(&mut self.styles)?;
            let Page { paper, tally, .. } = page;
            extent = paper.extent;
            rows = Some(paper.out);
            self.cells += paper.cells;
            self.tally(&sheet.name, tally);
        }
        let home = Home { moves: &self.moves, sheet: Some(&sheet.name), place: Place::Anywhere };
        let (head, head_changed) =
            rewritten(text, 0..survey.data.start, home, &[]).map_err(broken)?;
        let tail = rewritten(text, survey.data.end..text.len(), home, &merges);
        let (tail, tail_changed) = tail.map_err(broken)?;
        if rows.is_some() || head_changed || tail_changed {
            let head = with_extent(head, extent).ok_or_else(|| damaged(&sheet.part))?;
            let rows = rows.as_deref().unwrap_or(data);
            let mut whole = head;
            whole.reserve_exact(rows.len() + tail.len());
            whole.push_str(rows);
            whole.push_str(&tail);
            package.write(&sheet.part, whole);
        }
        Ok(())
    }

    /// Notes what came of a sheet.
    fn tally(&mut self, sheet: &str, tally: Tally<'f>) {
        self.formulas |= tally.formulas;
        for (column, (row, count)) in tally.kept {
            let cell = cell_name(column, row);
            let letters = column_letters(column);
            self.remarks.push(Remark::new(
                "formula_kept",
                format!(
                    "{sheet}: {count} cells of column {letters}, from {cell} on, keep their \
                     formula; the values for them were not written."
                ),
                format!(
                    "{sheet}：{letters} 列自 {cell} 起有 {count} 个单元格保留原有公式，未写入数值。"
                ),
            ));
        }
        if tally.not_repeated {
            self.remarks.push(Remark::new(
                "formula_not_repeated",
                format!(
                    "{sheet}: a formula that fills several cells at once is not repeated in the \
                     inserted rows."
                ),
                format!("{sheet}：一次填充多个单元格的数组公式没有复制到插入的行。"),
            ));
        }
        let listed = |(column, row, style, unknown): (u32, u32, u32, &'f Unknown)| Listed {
            sheet: sheet.to_owned(),
            column,
            row,
            style,
            unknown,
        };
        self.unknown.extend(tally.unknown.into_iter().map(listed));
    }

    /// Notes, tables, drawings and charts that name rows.
    fn other_parts(&mut self, package: &mut Package<'_>) -> Result<(), Problem> {
        for sheet in &self.book.sheets {
            let home =
                Home { moves: &self.moves, sheet: Some(&sheet.name), place: Place::Anywhere };
            for relation in relations(package, &sheet.part)? {
                match &*relation.kind {
                    "comments" | "threadedComment" | "table" | "drawing" | "pivotTable"
                    | "ctrlProp" => rewrite(package, &relation.part, home)?,
                    "vmlDrawing" => {
                        let Some(text) = package.read(&relation.part)? else { continue };
                        if let Some(moved) = older_drawing(&text, home) {
                            package.write(&relation.part, moved);
                        }
                    }
                    _ => {}
                }
            }
        }
        for name in package.names().to_vec() {
            let lower = name.to_lowercase();
            let place = match () {
                () if lower.ends_with(".rels") => continue,
                () if lower.contains("/charts/") => Place::Chart,
                () if lower.contains("/pivotcachedefinition") => Place::Anywhere,
                () => continue,
            };
            if lower.ends_with(".xml") {
                rewrite(package, &name, Home { moves: &self.moves, sheet: None, place })?;
            }
        }
        if self.moves.left_alone() {
            self.remarks.push(Remark::new(
                "formula_through_sheets",
                "A formula refers to the same cells of several sheets; it was left as it was. \
                 Check it, for rows were inserted.",
                "有公式跨多个工作表引用相同单元格，未作调整；由于插入了行，请核对。",
            ));
        }
        Ok(())
    }

    /// The sheet of the unknown, the styles, the workbook's own part, and the archive.
    fn finish(
        mut self,
        mut package: Package<'_>,
        plans: &BTreeMap<usize, Plan<'f>>,
    ) -> Result<Filled, Problem> {
        let mut taken = String::new();
        let mut overrides = Vec::new();
        let writes = plans.values().any(Plan::writes);
        let mut added = None;
        if writes {
            let kept = self.still_unknown(&mut package, plans)?;
            added = self.list(&mut package, &kept, &mut taken, &mut overrides)?;
        }
        if let Some(text) = self.styles.finish() {
            match self.book.related("styles") {
                Some(relation) => package.write(&relation.part, text),
                None => {
                    self.book.relate(&mut package, &mut taken, "styles", "xl/styles.xml")?;
                    overrides.push(("xl/styles.xml".to_owned(), "styles"));
                    package.write("xl/styles.xml", text);
                }
            }
        }
        let chain = if writes { self.drop_chain(&mut package, &mut taken)? } else { None };
        if let Some(text) = self.book.written(&self.moves, self.formulas, added.as_deref()) {
            package.write(&self.book.part, text);
        }
        if !taken.is_empty() {
            package.write(&relations_of(&self.book.part), taken);
        }
        content_types(&mut package, &overrides, chain.as_deref())?;
        let mut inserted = Vec::new();
        for (at, plan) in plans {
            let sheet = &self.book.sheets[*at].name;
            inserted.extend(plan.insertions.iter().map(|one| Inserted {
                sheet: sheet.clone(),
                after: one.at.last,
                count: one.at.count,
            }));
        }
        Ok(Filled {
            bytes: package.finish()?,
            inserted,
            cells: self.cells,
            unknown: self.unknown.len() as u64,
            remarks: self.remarks,
        })
    }

    /// What an earlier filling listed, this one does not write, and is still blank.
    fn still_unknown(
        &self,
        package: &mut Package<'_>,
        plans: &BTreeMap<usize, Plan<'f>>,
    ) -> Result<Vec<Earlier>, Problem> {
        let mut kept = Vec::new();
        for (at, sheet) in self.book.sheets.iter().enumerate() {
            let mut lines =
                self.earlier.0.iter().filter(|line| line.sheet == sheet.name).peekable();
            if !sheet.has_cells || lines.peek().is_none() {
                continue;
            }
            let broken = |_| damaged(&sheet.part);
            let text = package.needed(&sheet.part)?;
            let survey = Survey::of(&text).map_err(broken)?;
            for line in lines {
                let values = plans.get(&at).and_then(|plan| plan.fills.get(&line.row));
                let is_written = |values: &Values<'_>| {
                    values.binary_search_by_key(&line.column, |(column, _)| *column).is_ok()
                };
                let row = row_of(&text, &survey, line.row).map_err(broken)?;
                let cell = row.as_ref().and_then(|row| row.cell(line.column));
                let is_blank = cell.is_some_and(|cell| {
                    cell.inner.is_empty() && self.styles.is_coloured(cell.style.unwrap_or(0))
                });
                if is_blank && !values.is_some_and(is_written) {
                    let mut line = line.clone();
                    line.row = self.moves.of(&sheet.name).map_or(line.row, |by| by.row(line.row));
                    kept.push(line);
                }
            }
        }
        Ok(kept)
    }

    /// Writes the sheet of the unknown, in the place of an earlier one; the id of its relation if
    /// it is new.
    fn list(
        &mut self,
        package: &mut Package<'_>,
        kept: &[Earlier],
        taken: &mut String,
        overrides: &mut Vec<(String, &'static str)>,
    ) -> Result<Option<String>, Problem> {
        let earlier = self.book.sheets.iter().find(|sheet| sheet.name == UNKNOWN_SHEET);
        if self.unknown.is_empty() && earlier.is_none() {
            return Ok(None);
        }
        if self.unknown.len() + kept.len() >= limits::ROWS as usize {
            return Err(super::plan::no_room().on(UNKNOWN_SHEET));
        }
        let styles = self.styles.of_list();
        let text = list(&self.unknown, (kept, &self.earlier.1), styles, &self.book.namespace);
        if let Some(sheet) = earlier {
            package.write(&sheet.part, text);
            package.drop(&relations_of(&sheet.part));
            return Ok(None);
        }
        let mut number = self.book.sheets.len() + 1;
        let part = |number: usize| format!("xl/worksheets/sheet{number}.xml");
        while package.has(&part(number)) {
            number += 1;
        }
        let id = self.book.relate(package, taken, "worksheet", &part(number))?;
        overrides.push((part(number), "worksheet"));
        package.write(&part(number), text);
        Ok(Some(id))
    }

    /// Leaves out the order of calculation, which programs find again; the name of its part.
    fn drop_chain(
        &self,
        package: &mut Package<'_>,
        taken: &mut String,
    ) -> Result<Option<String>, Problem> {
        let Some(relation) = self.book.related("calcChain") else { return Ok(None) };
        if !package.drop(&relation.part) {
            return Ok(None);
        }
        let text = package.needed(&relations_of(&self.book.part))?;
        let mark = &text[relation.raw.clone()];
        if taken.is_empty() {
            *taken = String::from(&*text);
        }
        *taken = taken.replacen(mark, "", 1);
        Ok(Some(relation.part.clone()))
    }
}

/// Rewrites a part whose attributes and formulas name rows.
fn rewrite(package: &mut Package<'_>, part: &str, home: Home<'_>) -> Result<(), Problem> {
    let Some(text) = package.read(part)? else { return Ok(()) };
    let whole = rewritten(&text, 0..text.len(), home, &[]);
    if let (moved, true) = whole.map_err(|_| damaged(part))? {
        package.write(part, moved);
    }
    Ok(())
}

/// Cells that are merged across the last prepared row are merged across inserted ones too.
fn repeated_merges(plan: &Plan<'_>, survey: &Survey<'_>) -> Vec<String> {
    let shift = plan.shift();
    let mut merges = Vec::new();
    for inserted in &plan.insertions {
        let last = inserted.at.last;
        let base = shift.row(last);
        for merge in survey.merges.iter().filter(|one| one.top == last && one.bottom == last) {
            let (left, right) = (column_letters(merge.left), column_letters(merge.right));
            let rows = (base + 1)..=(base + inserted.at.count);
            merges.extend(rows.map(|row| format!("{left}{row}:{right}{row}")));
        }
    }
    merges
}

/// The first part of a sheet with the cells that it says it has.
fn with_extent(head: String, extent: Option<(u32, u32)>) -> Option<String> {
    let Some((right, bottom)) = extent else { return Some(head) };
    let mut marks = Marks::new(&head);
    while let Some(mark) = marks.next().ok()? {
        if mark.local() != "dimension" || mark.kind == Kind::Close {
            continue;
        }
        let Some(said) = mark.raw_attribute("ref").and_then(area) else { continue };
        let first = cell_name(said.left, said.top);
        let last = cell_name(said.right.max(right), said.bottom.max(bottom));
        let changed = with(mark.raw, "ref", &format!("{first}:{last}"));
        return Some(format!("{}{changed}{}", &head[..mark.start], &head[mark.end..]));
    }
    Some(head)
}

/// Says what the added parts are, and no longer what the dropped one was.
fn content_types(
    package: &mut Package<'_>,
    added: &[(String, &str)],
    dropped: Option<&str>,
) -> Result<(), Problem> {
    const PART: &str = "[Content_Types].xml";
    if added.is_empty() && dropped.is_none() {
        return Ok(());
    }
    let text = package.needed(PART)?;
    let mut out = String::from(&*text);
    if let Some(dropped) = dropped {
        let mut marks = Marks::new(&text);
        while let Some(mark) = marks.next().map_err(|_| damaged(PART))? {
            let name = mark.attribute("PartName");
            if name.is_some_and(|name| name.trim_start_matches('/').eq_ignore_ascii_case(dropped)) {
                out = out.replacen(mark.raw, "", 1);
            }
        }
    }
    let end = out.rfind("</").ok_or_else(|| damaged(PART))?;
    let prefix =
        out[end + 2..].split_once(':').map_or(String::new(), |(name, _)| format!("{name}:"));
    for (part, kind) in added {
        let mark = format!(
            "<{prefix}Override PartName=\"/{part}\" ContentType=\"application/\
             vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml\"/>"
        );
        out.insert_str(end, &mark);
    }
    package.write(PART, out);
    Ok(())
}
