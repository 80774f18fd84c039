//! Workbooks that people use, filled and read again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::Data;
use tablefill::fill::{Filled, Problem, UNKNOWN_SHEET, Value, fill};

use super::archive::{cells, formulas, parts, register, text, unknown};
use super::made::{book, ten_rows};

/// The columns that are filled, at most.
const COLUMNS: usize = 6;
const ROWS: u32 = 7;

/// A workbook and its copy.
struct Pair {
    name: String,
    sheet: String,
    before: Vec<u8>,
    filled: Filled,
    first: u32,
    columns: Vec<u32>,
}

/// The workbooks, which are no part of the repository.
fn workbooks() -> Option<Vec<PathBuf>> {
    let shared = std::env::var_os("LINLI_SHARED").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = shared.unwrap_or_else(beside).join("data/sheets");
    if !folder.is_dir() {
        println!("skipped: there are no workbooks in {}", folder.display());
        return None;
    }
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.filter(|path| path.is_dir()).flat_map(|path| {
        std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    });
    let mut files: Vec<PathBuf> = files.filter(|path| is_workbook(path)).collect();
    files.sort();
    Some(files)
}

fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "xlsx" || ending == "xlsm")
}

fn made_rows(columns: &[u32]) -> Vec<Vec<(u32, Value)>> {
    let value = |row: u32, at: usize, column: u32| match (row, at) {
        (2, 0) => unknown("问", "谁"),
        (_, 1) => Value::Number(f64::from(row) + 0.5),
        _ => text(&format!("{:018}", u64::from(row) * 1000 + u64::from(column))),
    };
    let row = |row| {
        let columns = columns.iter().enumerate();
        columns.map(|(at, column)| (*column, value(row, at, *column))).collect()
    };
    (0..ROWS).map(row).collect()
}

/// Fills the first sheet behind the row that has most cells, where no merged cells are in the way.
fn pair(path: &Path) -> Option<Pair> {
    let before = std::fs::read(path).unwrap();
    let book: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
    let sheet = calamine::Reader::sheet_names(&book)[0].clone();
    let values = cells(&before, &sheet);
    let with_formula = formulas(&before, &sheet);
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for (row, _) in values.keys() {
        *counts.entry(*row).or_default() += 1;
    }
    let most = counts.values().max().copied().unwrap_or(0);
    let heading = counts.iter().find(|(_, count)| **count == most).map_or(1, |(row, _)| *row);
    for first in heading + 1..heading + 40 {
        let free = (0..20).filter(|column| !with_formula.contains_key(&(first, *column)));
        let mut columns: Vec<u32> = free.take(COLUMNS).collect();
        while columns.len() > 1 {
            match fill(&before, &register(&sheet, first, 1, made_rows(&columns))) {
                Ok(filled) => {
                    let name = path.file_name().unwrap().to_string_lossy().into_owned();
                    return Some(Pair { name, sheet, before, filled, first, columns });
                }
                Err(Problem { code: "covered", cell: Some(cell), .. }) => {
                    let letter = cell.bytes().next().unwrap() - b'A';
                    columns.retain(|column| *column != u32::from(letter));
                }
                Err(problem) => panic!("{}: {problem:?}", path.display()),
            }
        }
    }
    println!("no room in {}", path.display());
    None
}

fn pairs() -> Vec<Pair> {
    let all: Vec<Pair> =
        workbooks().unwrap_or_default().iter().filter_map(|path| pair(path)).collect();
    println!("{} workbooks were filled", all.len());
    if let Some(folder) = std::env::var_os("LINLI_COPIES").map(PathBuf::from) {
        for (at, pair) in all.iter().enumerate() {
            let name = format!("{at}-{}", pair.name);
            std::fs::write(folder.join(name), &pair.filled.bytes).unwrap();
        }
    }
    all
}

impl Pair {
    /// What is wrong with the values of a copy.
    fn wrong_values(&self, copy: &[u8]) -> Vec<String> {
        let after = cells(copy, &self.sheet);
        let mut wrong = Vec::new();
        for (at, row) in (self.first..).zip(made_rows(&self.columns)) {
            for (column, value) in row {
                let there = after.get(&(at, column)).cloned().unwrap_or_default();
                let same = match (&value, &there) {
                    (Value::Text(text), Data::String(there)) => text == there,
                    (Value::Number(number), Data::Float(there)) => number == there,
                    (Value::Number(number), Data::DateTime(there)) => *number == there.as_f64(),
                    (Value::Unknown(_), Data::Empty) => true,
                    _ => false,
                };
                if !same {
                    wrong.push(format!(
                        "{}: row {at}, column {column}: {value:?}, {there:?}",
                        self.name
                    ));
                }
            }
        }
        wrong
    }

    /// What is wrong with everything else.
    fn wrong_rest(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let book = calamine::open_workbook_from_rs::<calamine::Xlsx<_>, _>(std::io::Cursor::new(
            &self.before,
        ));
        for sheet in calamine::Reader::sheet_names(&book.unwrap()) {
            let (before, after) = (cells(&self.before, &sheet), cells(&self.filled.bytes, &sheet));
            let formulas_before = formulas(&self.before, &sheet);
            let formulas_after = formulas(&self.filled.bytes, &sheet);
            let filled = sheet == self.sheet;
            let moved = |row: u32| if filled && row > self.first { row + ROWS - 1 } else { row };
            for ((row, column), value) in before {
                let written = filled && row == self.first && self.columns.contains(&column);
                if written || formulas_before.contains_key(&(row, column)) {
                    continue;
                }
                let there = after.get(&(moved(row), column)).cloned().unwrap_or_default();
                if there != value {
                    wrong.push(format!(
                        "{} {sheet} row {row}, column {column}: {value:?}, {there:?}",
                        self.name
                    ));
                }
            }
            for (row, column) in formulas_before.keys() {
                if !formulas_after.contains_key(&(moved(*row), *column)) {
                    wrong.push(format!(
                        "{} {sheet} row {row}, column {column}: no formula",
                        self.name
                    ));
                }
            }
        }
        wrong
    }

    /// Parts that should be the same byte for byte, and are not.
    fn wrong_parts(&self) -> Vec<String> {
        let (before, after) = (parts(&self.before), parts(&self.filled.bytes));
        let may_change = |name: &str| {
            let kinds = ["worksheets/", "comments", "drawing", "tables/", "charts/", "ctrlProps/"];
            let whole =
                ["[Content_Types].xml", "xl/styles.xml", "xl/workbook.xml", "xl/calcChain.xml"];
            whole.contains(&name)
                || name == "xl/_rels/workbook.xml.rels"
                || kinds.iter().any(|kind| name.contains(kind)) && !name.contains("_rels/")
        };
        let names: BTreeSet<&String> = before.keys().filter(|name| !may_change(name)).collect();
        let differ = names.into_iter().filter(|name| after.get(*name) != before.get(*name));
        differ.map(|name| format!("{}: {name}", self.name)).collect()
    }
}

#[test]
fn real_workbooks_have_their_new_values_and_all_else_as_before() {
    let mut wrong = Vec::new();
    for pair in pairs() {
        wrong.extend(pair.wrong_values(&pair.filled.bytes));
        wrong.extend(pair.wrong_rest());
        wrong.extend(pair.wrong_parts());
        let list = cells(&pair.filled.bytes, UNKNOWN_SHEET);
        let name = format!("row {}", pair.first + 2);
        if !list.get(&(2, 1)).is_some_and(|cell| cell.to_string().ends_with(&name[4..])) {
            wrong.push(format!("{}: the unknown is not listed", pair.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn libreoffice_opens_every_copy_and_keeps_its_values() {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let program = std::env::split_paths(&paths).map(|folder| folder.join("soffice"));
    let Some(program) = program.into_iter().find(|program| program.is_file()) else {
        println!("skipped: there is no soffice on this machine");
        return;
    };
    let pairs = pairs();
    if pairs.is_empty() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    std::fs::create_dir(&from).unwrap();
    for (at, pair) in pairs.iter().enumerate() {
        let ending = pair.name.rsplit('.').next().unwrap();
        std::fs::write(from.join(format!("{at}.{ending}")), &pair.filled.bytes).unwrap();
    }
    let made = register("登记 1", 5, 4, ten_rows());
    std::fs::write(from.join("made.xlsx"), fill(&book(), &made).unwrap().bytes).unwrap();
    for format in ["xlsx", "pdf"] {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(&from).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let profile =
            format!("-env:UserInstallation=file://{}", folder.path().join("home").display());
        let mut command = Command::new(&program);
        command.arg(profile).args(["--headless", "--convert-to", format, "--outdir"]);
        let output = command.arg(&to).args(&files).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let mut wrong = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        assert!(to.join(format!("{at}.pdf")).is_file(), "{} is not printed", pair.name);
        let copy = std::fs::read(to.join(format!("{at}.xlsx"))).unwrap();
        wrong.extend(pair.wrong_values(&copy));
    }
    // What is calculated anew comes to what it should.
    let copy = std::fs::read(to.join("made.xlsx")).unwrap();
    let number = |sheet: &str, cell| cells(&copy, sheet).get(&cell).cloned();
    assert_eq!(number("登记 1", (15, 5)), Some(Data::Float(90.0)));
    let share = number("登记 1", (13, 7));
    assert!(matches!(share, Some(Data::Float(share)) if (share - 20.0 / 90.0).abs() < 1e-9));
    assert_eq!(number("汇总", (1, 0)), Some(Data::Float(180.0)));
    assert_eq!(number("汇总", (2, 0)), Some(Data::Float(10.0)));
    println!("{} copies were opened and printed", pairs.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
