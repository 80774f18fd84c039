//! A sheet's rows written anew: filled, inserted, moved, or copied as they stand.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::cells::Paper;
use super::limits::{OF_WRITTEN, ROWS, WRITTEN};
use super::looks::Looks;
use super::markup::{Broken, Kind, plain, push_escaped};
use super::plan::{Inserted, Plan, Values, no_room};
use super::problem::{Problem, damaged, too_large};
use super::reference::{cell_name, translated};
use super::row::{CellPart, FormulaPart, RowPart};
use super::shift::{Growth, Moves, Place, Shift};
use super::styles::Styles;
use super::survey::{Survey, area, column_style};
use super::{Unknown, Value};

/// What is written into a sheet, and by what it is known.
pub(super) struct Page<'p, 'f> {
    pub(super) sheet: &'p str,
    pub(super) part: &'p str,
    pub(super) text: &'p str,
    pub(super) survey: &'p Survey<'p>,
    pub(super) plan: &'p Plan<'f>,
    pub(super) moves: &'p Moves,
    pub(super) shift: Shift,
    /// Whether formulas that cells share are written out.
    pub(super) expand: bool,
    pub(super) from_1904: bool,
    /// How the mark of a formula begins.
    pub(super) formula_mark: String,
    /// The styles that cells had before they were coloured as unknown.
    pub(super) before: &'p HashMap<(u32, u32), u32>,
    pub(super) paper: Paper<'p>,
    pub(super) tally: Tally<'f>,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Tally<'f> {
    /// Cells that keep their formula: by their column the first row and how many.
    pub(super) kept: BTreeMap<u32, (u32, u32)>,
    /// What is unknown: the column and row in the copy, and the style before.
    pub(super) unknown: Vec<(u32, u32, u32, &'f Unknown)>,
    /// Whether a formula of several cells was not repeated.
    pub(super) not_repeated: bool,
    /// Whether a formula was written.
    pub(super) formulas: bool,
}

impl<'f> Page<'_, 'f> {
    /// Writes all rows, with the marks around them.
    pub(super) fn write(&mut self, styles: &mut Styles) -> Result<(), Problem> {
        let prefix = self.survey.prefix;
        let data = &self.text[self.survey.data.clone()];
        let open = data.find('>').map_or(data, |end| &data[..=end]);
        self.paper.out.push_str(open.trim_end_matches(['/', '>']).trim_end());
        self.paper.out.push('>');
        let mut numbers: BTreeSet<u32> = self.plan.fills.keys().copied().collect();
        numbers.extend(self.plan.insertions.iter().map(|inserted| inserted.at.last));
        let mut numbers = numbers.into_iter().peekable();
        let mut insertions = self.plan.insertions.iter().peekable();
        let rows = self.survey.rows.iter().map(Some).chain([None]);
        for span in rows {
            let here = span.map_or(u32::MAX, |span| span.number);
            while let Some(number) = numbers.next_if(|number| *number < here) {
                self.planned(number, styles)?;
                if let Some(inserted) = insertions.next_if(|one| one.at.last == number) {
                    self.inserted(inserted, styles)?;
                }
            }
            let Some(span) = span else { break };
            if numbers.next_if_eq(&here).is_some() {
                self.planned(here, styles)?;
            } else {
                self.untouched(here, &self.text[span.span.clone()])?;
            }
            if let Some(inserted) = insertions.next_if(|one| one.at.last == here) {
                self.inserted(inserted, styles)?;
            }
        }
        self.paper.out.push_str(&format!("</{prefix}sheetData>"));
        Ok(())
    }

    /// A row without values.
    fn untouched(&mut self, number: u32, raw: &str) -> Result<(), Problem> {
        let to = self.shift.row(number);
        let has_formula = self.survey.has_formulas
            && memchr::memmem::find(raw.as_bytes(), self.formula_mark.as_bytes()).is_some();
        if to == number && !has_formula {
            self.paper.out.push_str(raw);
            return Ok(());
        }
        let row = RowPart::read(raw).map_err(|_| damaged(self.part))?;
        if to > ROWS {
            let blank = row.cells.iter().all(|cell| cell.inner.trim().is_empty());
            return if blank { Ok(()) } else { Err(no_room().on(self.sheet)) };
        }
        self.paper.push_row_mark(Some(row.mark.raw), to, true);
        if row.mark.kind == Kind::Alone {
            self.paper.out.push_str("/>");
            return Ok(());
        }
        self.paper.out.push('>');
        for cell in &row.cells {
            self.cell(cell, number, to, None)?;
        }
        self.end(row.rest)
    }

    fn end(&mut self, rest: &str) -> Result<(), Problem> {
        self.paper.out.push_str(rest);
        let prefix = self.paper.prefix;
        self.paper.out.push_str("</");
        self.paper.out.push_str(prefix);
        self.paper.out.push_str("row>");
        if self.paper.out.len() > WRITTEN { Err(too_large(&OF_WRITTEN)) } else { Ok(()) }
    }

    /// A cell as it was, in its new row, and perhaps with another style.
    fn cell(
        &mut self,
        cell: &CellPart<'_>,
        from: u32,
        to: u32,
        style: Option<Option<u32>>,
    ) -> Result<(), Problem> {
        let place = Some((cell.column, to));
        let Some(formula) = &cell.formula else {
            self.paper.push_mark(cell.mark.raw, place, style, &[]);
            if cell.mark.kind == Kind::Alone {
                self.paper.out.push_str("/>");
            } else {
                self.paper.out.push('>');
                self.paper.out.push_str(cell.inner);
                self.close_cell();
            }
            return Ok(());
        };
        // What it came to may be otherwise now.
        self.paper.push_mark(cell.mark.raw, place, style, &["t", "vm"]);
        self.paper.out.push('>');
        self.formula(formula, cell.column, from, None)?;
        self.close_cell();
        Ok(())
    }

    fn close_cell(&mut self) {
        self.paper.out.push_str("</");
        self.paper.out.push_str(self.paper.prefix);
        self.paper.out.push_str("c>");
    }

    /// A formula in its own row, or so many inserted rows below it.
    fn formula(
        &mut self,
        formula: &FormulaPart<'_>,
        column: u32,
        row: u32,
        below: Option<u32>,
    ) -> Result<(), Problem> {
        self.tally.formulas = true;
        let kind = formula.mark.raw_attribute("t").unwrap_or("normal");
        let mut text = plain(formula.text).into_owned();
        let mut leave_out: &[&str] = &[];
        if kind == "shared" && self.expand {
            leave_out = &["t", "si", "ref"];
            if text.trim().is_empty() {
                let number = formula.mark.number("si");
                let shared = number.and_then(|number| self.survey.shared(number, column, row));
                text = shared.ok_or_else(|| damaged(self.part))?;
            }
        }
        if let Some(moved) = self.moves.formula(&text, Some(self.sheet), Place::Row(row)) {
            text = moved;
        }
        if let Some(below) = below
            && let Some(moved) = translated(&text, i64::from(below), 0)
        {
            text = moved;
        }
        let cells = formula.mark.raw_attribute("ref").filter(|_| leave_out.is_empty());
        let cells = cells.and_then(|cells| match below {
            Some(below) => Some(cell_name(column, row + below)),
            None => self.shift.ranges(cells, Growth::Never),
        });
        let mut raw = formula.mark.raw.to_owned();
        if let Some(cells) = cells {
            raw = super::markup::with(&raw, "ref", &cells);
        }
        for name in ["r1", "r2"] {
            let input = formula.mark.raw_attribute(name);
            if let Some(moved) = input.and_then(|cell| self.shift.ranges(cell, Growth::Never)) {
                raw = super::markup::with(&raw, name, &moved);
            }
        }
        if self.paper.out.len() + text.len() > WRITTEN {
            return Err(too_large(&OF_WRITTEN));
        }
        self.paper.push_mark(&raw, None, None, leave_out);
        if text.is_empty() {
            self.paper.out.push_str("/>");
            return Ok(());
        }
        self.paper.out.push('>');
        push_escaped(&mut self.paper.out, &text);
        self.paper.out.push_str("</");
        self.paper.out.push_str(self.paper.prefix);
        self.paper.out.push_str("f>");
        Ok(())
    }

    /// A row that gets values, or the last prepared row, which may have to look otherwise.
    fn planned(&mut self, number: u32, styles: &mut Styles) -> Result<(), Problem> {
        let nothing = Values::new();
        let plan = self.plan;
        let values = plan.fills.get(&number).unwrap_or(&nothing);
        let to = self.shift.row(number);
        if to > ROWS {
            return Err(no_room().on(self.sheet));
        }
        let (text, survey) = (self.text, self.survey);
        let broken = |_: Broken| damaged(self.part);
        let row = row_of(text, survey, number).map_err(broken)?;
        let insertion = plan.insertions.iter().find(|inserted| inserted.at.last == number);
        let looks = match insertion {
            Some(inserted) => Some(Looks::of(text, survey, inserted.at).map_err(broken)?),
            None => None,
        };
        let other = looks.as_ref().filter(|looks| looks.closes);
        let look = other.map(|looks| looks.of_row(0));
        let look_row = look.map_or(row.as_ref(), |look| look);
        if row.is_none() && values.is_empty() && look.is_none() {
            return Ok(());
        }
        let mark = look_row.map(|row| row.mark.raw.trim_end_matches(['/', '>']));
        let mark = mark.map(|mark| format!("{mark}>"));
        self.paper.push_row_mark(mark.as_deref(), to, false);
        self.paper.out.push('>');
        let cells = row.as_ref().map_or(&[][..], |row| &row.cells);
        let looking = look.flatten().map_or(&[][..], |row| &row.cells);
        let mut columns: Vec<u32> = cells.iter().chain(looking).map(|cell| cell.column).collect();
        columns.extend(values.iter().map(|(column, _)| *column));
        columns.sort_unstable();
        columns.dedup();
        for column in columns {
            let cell = row.as_ref().and_then(|row| row.cell(column));
            let style = self.style(look_row, column, number, styles);
            let value = values.binary_search_by_key(&column, |(column, _)| *column);
            let value = value.ok().map(|at| values[at].1);
            let has_formula = cell.is_some_and(|cell| cell.formula.is_some());
            match (value, cell) {
                (Some(value), _) if !has_formula || matches!(value, Value::Clear) => {
                    self.value((column, to), style, value, styles);
                }
                (value, Some(cell)) => {
                    if value.is_some() {
                        self.keep(column, number);
                    }
                    self.cell(cell, number, to, look.is_some().then_some(style))?;
                }
                (_, None) => self.paper.push_blank(column, to, style),
            }
        }
        self.end(row.as_ref().map_or("", |row| row.rest))
    }

    /// The style that a row gives a cell; a colour from an earlier filling is taken away.
    fn style(
        &self,
        row: Option<&RowPart<'_>>,
        column: u32,
        number: u32,
        styles: &Styles,
    ) -> Option<u32> {
        let cell = row.and_then(|row| row.cell(column));
        let style = match cell {
            Some(cell) => cell.style,
            None => row.and_then(RowPart::style).or_else(|| self.survey.column_style(column)),
        };
        match style {
            Some(style) if styles.is_coloured(style) => {
                self.before.get(&(column, number)).copied().or(Some(style))
            }
            style => style,
        }
    }

    fn value(
        &mut self,
        place: (u32, u32),
        style: Option<u32>,
        value: &'f Value,
        styles: &mut Styles,
    ) {
        let unknown = self.paper.push_value(place, style, value, styles, self.from_1904);
        if let Some(unknown) = unknown {
            self.tally.unknown.push((place.0, place.1, style.unwrap_or(0), unknown));
        }
    }

    fn keep(&mut self, column: u32, row: u32) {
        let kept = self.tally.kept.entry(column).or_insert((row, 0));
        kept.1 += 1;
    }

    /// The rows that are inserted behind the last prepared one.
    fn inserted(&mut self, inserted: &Inserted<'f>, styles: &mut Styles) -> Result<(), Problem> {
        let at = inserted.at;
        let base = self.shift.row(at.last);
        if u64::from(base) + u64::from(at.count) > u64::from(ROWS) {
            return Err(no_room().on(self.sheet));
        }
        let (text, survey) = (self.text, self.survey);
        let looks = Looks::of(text, survey, at).map_err(|_| damaged(self.part))?;
        let last = row_of(text, survey, at.last).map_err(|_| damaged(self.part))?;
        let template = self.template(last, &looks, styles);
        for (below, values) in (1..).zip(&inserted.rows) {
            let look = looks.of_row(below).map(|row| row.mark.raw.trim_end_matches(['/', '>']));
            let mark = look.map(|mark| format!("{mark}>"));
            self.paper.push_row_mark(mark.as_deref(), base + below, false);
            self.paper.out.push('>');
            let place = (at.last, base + below, below);
            self.inserted_cells(&template, looks.index(below), place, values, styles)?;
            self.end("")?;
        }
        Ok(())
    }

    fn inserted_cells(
        &mut self,
        template: &Template<'_>,
        look: usize,
        (from, to, below): (u32, u32, u32),
        values: &Values<'f>,
        styles: &mut Styles,
    ) -> Result<(), Problem> {
        let cells = &template.cells[look];
        let mut at = 0;
        let mut values = values.iter().peekable();
        loop {
            let here = cells.get(at).map(|cell| cell.column);
            let next = values.peek().map(|(column, _)| *column);
            let Some(column) = here.into_iter().chain(next).min() else { return Ok(()) };
            let cell = cells.get(at).filter(|cell| cell.column == column);
            at += usize::from(cell.is_some());
            let value = values.next_if(|(at, _)| *at == column).map(|(_, value)| *value);
            let style = match cell {
                Some(cell) => cell.style,
                None => template.style(look, column),
            };
            let formula = cell.and_then(|cell| cell.formula.as_ref());
            match (formula, value) {
                (Some(formula), value) if !matches!(value, Some(Value::Clear)) => {
                    if value.is_some() {
                        self.keep(column, to);
                    }
                    self.paper.push_cell(column, to, style);
                    self.paper.out.push('>');
                    self.formula(formula, column, from, Some(below))?;
                    self.close_cell();
                }
                (_, Some(value)) => self.value((column, to), style, value, styles),
                (_, None) => self.paper.push_blank(column, to, style),
            }
        }
    }

    /// What the cells of inserted rows look like and calculate.
    fn template<'t>(
        &mut self,
        last: Option<RowPart<'t>>,
        looks: &Looks<'_>,
        styles: &Styles,
    ) -> Template<'t> {
        let mut template = Template { cells: Vec::new(), of_rows: Vec::new(), columns: Vec::new() };
        let mut repeats = true;
        for (index, row) in looks.rows.iter().enumerate() {
            let number = looks.first + index as u32;
            let cells = last.iter().flat_map(|row| &row.cells);
            let looking = row.iter().flat_map(|row| &row.cells).map(|cell| cell.column);
            let with_formula = cells.filter(|cell| cell.formula.is_some());
            let columns: BTreeSet<u32> =
                with_formula.map(|cell| cell.column).chain(looking).collect();
            let cells = columns.into_iter().map(|column| {
                let cell = last.as_ref().and_then(|row| row.cell(column));
                let formula = cell.and_then(|cell| cell.formula.clone());
                let formula = formula.filter(|formula| {
                    let single = is_repeated(formula);
                    repeats &= single;
                    single
                });
                let style = self.style(row.as_ref(), column, number, styles);
                TemplateCell { column, style, formula }
            });
            template.cells.push(cells.collect());
            template.of_rows.push(row.as_ref().and_then(RowPart::style));
        }
        template.columns.clone_from(&self.survey.columns);
        self.tally.not_repeated |= !repeats;
        template
    }
}

/// A formula of one cell is repeated in inserted rows, one of several cells is not.
fn is_repeated(formula: &FormulaPart<'_>) -> bool {
    match formula.mark.raw_attribute("t") {
        Some("array") => {
            let cells = formula.mark.raw_attribute("ref").and_then(area);
            cells.is_some_and(|one| one.left == one.right && one.top == one.bottom)
        }
        Some("dataTable") => false,
        _ => true,
    }
}

/// What the cells of inserted rows look like and calculate, by the row whose look they have.
struct Template<'t> {
    cells: Vec<Vec<TemplateCell<'t>>>,
    of_rows: Vec<Option<u32>>,
    columns: Vec<(u32, u32, u32)>,
}

struct TemplateCell<'t> {
    column: u32,
    style: Option<u32>,
    formula: Option<FormulaPart<'t>>,
}

impl Template<'_> {
    /// The style of a cell that the row does not have.
    fn style(&self, look: usize, column: u32) -> Option<u32> {
        self.of_rows[look].or_else(|| column_style(&self.columns, column))
    }
}

/// A row of a sheet, taken apart; `None` if it has none of that number.
pub(super) fn row_of<'a>(
    text: &'a str,
    survey: &Survey<'_>,
    number: u32,
) -> Result<Option<RowPart<'a>>, Broken> {
    let found = survey.rows.binary_search_by_key(&number, |row| row.number);
    let Ok(at) = found else { return Ok(None) };
    RowPart::read(&text[survey.rows[at].span.clone()]).map(Some)
}
