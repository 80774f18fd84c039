//! What is written where on a sheet, checked before anything is written.

use std::collections::{BTreeMap, HashMap};

use super::limits::{self, COLUMNS, ROWS};
use super::problem::{Problem, too_large};
use super::reference::cell_name;
use super::shift::{Insertion, Shift};
use super::survey::{Merge, Survey};
use super::value::check;
use super::{Rows, SheetFilling, Value};

/// More cells within merged ones than any sheet has.
const MERGED_MAX: usize = 1_000_000;

/// The values of a row by their columns, in order.
pub(super) type Values<'f> = Vec<(u32, &'f Value)>;

/// What is written where on a sheet.
#[derive(Default)]
pub(super) struct Plan<'f> {
    /// By the row before the insertion.
    pub(super) fills: BTreeMap<u32, Values<'f>>,
    /// From the top.
    pub(super) insertions: Vec<Inserted<'f>>,
}

/// Rows that are inserted.
pub(super) struct Inserted<'f> {
    pub(super) at: Insertion,
    pub(super) rows: Vec<Values<'f>>,
}

impl<'f> Plan<'f> {
    /// Checks a filling against the sheet.
    pub(super) fn of(filling: &'f SheetFilling, survey: &Survey<'_>) -> Result<Self, Problem> {
        let mut plan = Plan::default();
        let mut registers: Vec<&Rows> = filling.registers.iter().collect();
        registers.sort_by_key(|register| register.first);
        let mut free = 1;
        for register in registers {
            free = plan.register(register, free).map_err(|problem| problem.on(&filling.sheet))?;
        }
        for put in &filling.cells {
            let problem = |problem: Problem| problem.on(&filling.sheet);
            place(put.row, put.column).map_err(problem)?;
            checked(&put.value, put.row, put.column).map_err(problem)?;
            plan.fills.entry(put.row).or_default().push((put.column, &put.value));
        }
        for (row, values) in &mut plan.fills {
            sort(values, *row).map_err(|problem| problem.on(&filling.sheet))?;
        }
        plan.merged(survey).map_err(|problem| problem.on(&filling.sheet))?;
        Ok(plan)
    }

    /// Takes a register, of which no row may stand above a given one, and gives the row behind it.
    fn register(&mut self, register: &'f Rows, free: u32) -> Result<u32, Problem> {
        let last = register.first.checked_add(register.there).and_then(|end| end.checked_sub(1));
        let last = last.filter(|last| register.first >= 1 && register.there >= 1 && *last <= ROWS);
        let Some(last) = last else { return Err(outside(register.first, 0)) };
        if register.first < free {
            return Err(Problem::new(
                "registers_overlap",
                format!("Two registers want row {}.", register.first),
                format!("两个登记区域都要使用第 {} 行。", register.first),
            ));
        }
        let mut more = Vec::new();
        for (at, row) in register.rows.iter().enumerate() {
            let number = u32::try_from(at).ok().and_then(|at| register.first.checked_add(at));
            let number = number.filter(|row| *row <= ROWS).ok_or_else(no_room)?;
            let mut values = Vec::with_capacity(row.len());
            for (column, value) in row {
                place(number, *column)?;
                checked(value, number, *column)?;
                values.push((*column, value));
            }
            if number <= last {
                self.fills.insert(number, values);
            } else {
                sort(&mut values, number)?;
                more.push(values);
            }
        }
        if !more.is_empty() {
            let count = more.len() as u32;
            let at = Insertion { first: register.first, last, count };
            self.insertions.push(Inserted { at, rows: more });
        }
        Ok(last + 1)
    }

    /// Whether anything is written.
    pub(super) fn writes(&self) -> bool {
        !self.fills.is_empty() || !self.insertions.is_empty()
    }

    /// How rows move.
    pub(super) fn shift(&self) -> Shift {
        Shift { insertions: self.insertions.iter().map(|inserted| inserted.at).collect() }
    }

    /// Whether a value takes a cell's content away.
    pub(super) fn clears(&self) -> bool {
        let is_clear = |(_, value): &(u32, &Value)| matches!(value, Value::Clear);
        self.fills.values().flatten().any(is_clear)
    }

    /// Refuses values for cells that a merged cell covers.
    fn merged(&self, survey: &Survey<'_>) -> Result<(), Problem> {
        let mut by_row: HashMap<u32, Vec<Merge>> = HashMap::new();
        let mut count = 0;
        for merge in &survey.merges {
            for (row, _) in self.fills.range(merge.top..=merge.bottom) {
                count += 1;
                if count > MERGED_MAX {
                    return Err(too_large(&limits::OF_MERGES));
                }
                by_row.entry(*row).or_default().push(*merge);
            }
        }
        for (row, values) in &self.fills {
            let Some(merges) = by_row.get(row) else { continue };
            for (column, value) in values {
                let covers = |merge: &&Merge| {
                    (merge.left..=merge.right).contains(column)
                        && (merge.left, merge.top) != (*column, *row)
                };
                if let Some(merge) = merges.iter().find(covers)
                    && !matches!(value, Value::Clear)
                {
                    return Err(covered(*column, *row, merge));
                }
            }
        }
        self.merged_below(survey)
    }

    /// The same for rows that are inserted: what covers the last prepared row covers them too.
    fn merged_below(&self, survey: &Survey<'_>) -> Result<(), Problem> {
        for inserted in &self.insertions {
            let last = inserted.at.last;
            let spans =
                survey.merges.iter().filter(|merge| merge.top <= last && last <= merge.bottom);
            let mut taken: HashMap<u32, Merge> = HashMap::new();
            let mut count = 0;
            for merge in spans {
                count += (merge.right - merge.left) as usize + 1;
                if count > MERGED_MAX {
                    return Err(too_large(&limits::OF_MERGES));
                }
                let from = merge.left + u32::from(merge.top == merge.bottom);
                taken.extend((from..=merge.right).map(|column| (column, *merge)));
            }
            if taken.is_empty() {
                continue;
            }
            for (row, values) in (last + 1..).zip(&inserted.rows) {
                for (column, value) in values {
                    if let Some(merge) = taken.get(column)
                        && !matches!(value, Value::Clear)
                    {
                        return Err(covered(*column, row, merge));
                    }
                }
            }
        }
        Ok(())
    }
}

fn sort(values: &mut Values<'_>, row: u32) -> Result<(), Problem> {
    values.sort_by_key(|(column, _)| *column);
    let double = values.windows(2).find(|two| two[0].0 == two[1].0);
    double.map_or(Ok(()), |two| {
        let problem = Problem::new(
            "value_twice",
            "Two values are given for one cell.",
            "同一个单元格有两个值。",
        );
        Err(problem.at(cell_name(two[0].0, row)))
    })
}

fn checked(value: &Value, row: u32, column: u32) -> Result<(), Problem> {
    check(value).map_err(|problem| problem.at(cell_name(column, row)))
}

fn place(row: u32, column: u32) -> Result<(), Problem> {
    let inside = (1..=ROWS).contains(&row) && column < COLUMNS;
    if inside { Ok(()) } else { Err(outside(row, column)) }
}

fn outside(row: u32, column: u32) -> Problem {
    Problem::new(
        "outside",
        format!("Row {row}, column {} is outside of a sheet.", u64::from(column) + 1),
        format!("第 {row} 行第 {} 列超出工作表范围。", u64::from(column) + 1),
    )
}

/// More rows than a sheet has.
pub(super) fn no_room() -> Problem {
    Problem::new(
        "no_room",
        format!("The rows do not fit: a sheet has {ROWS} rows."),
        format!("行数过多：一个工作表最多 {ROWS} 行。"),
    )
}

fn covered(column: u32, row: u32, merge: &Merge) -> Problem {
    let area =
        format!("{}:{}", cell_name(merge.left, merge.top), cell_name(merge.right, merge.bottom));
    Problem::new(
        "covered",
        format!(
            "The cell is covered by the merged cells {area}, so that its value would not be \
             seen. Split them or fill their first cell."
        ),
        format!(
            "该单元格被合并单元格 {area} 覆盖，填写后不可见。请取消合并，或填写其左上角单元格。"
        ),
    )
    .at(cell_name(column, row))
}
