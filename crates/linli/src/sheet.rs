//! `linli sheet`: says what a workbook that somebody drew asks for, without a deployment.

use std::process::ExitCode;

use serde_json::{Value as Json, json};
use tablefill::{
    Area, At, Blank, Column, Format, Header, Line, Options, Problem, Problems, SheetPlan,
    TablePlan, Understood, Words,
};

use crate::arguments::{Drawn, Kind, Sheet};
use crate::files;

/// The file was refused.
const REFUSED: u8 = 1;
/// The command was not understood, or a file could not be read or written.
const WRONG_USE: u8 = 2;

/// Why nothing came of it.
enum Failed {
    Refused(Problems),
    Use(String),
}

/// Does what was asked.
pub(crate) fn run(verb: &Sheet) -> ExitCode {
    let Sheet::Understand { drawn, out } = verb;
    let done = read(drawn).and_then(|understood| {
        let text = if drawn.json {
            format!("{}\n", json!({ "sheets": list(&understood.sheets, sheet) }))
        } else {
            understood.to_string()
        };
        files::write(out.as_deref(), &text).map_err(Failed::Use)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Use(why)) => {
            eprintln!("linli: {why}");
            ExitCode::from(WRONG_USE)
        }
        Err(Failed::Refused(problems)) => {
            if drawn.json {
                println!("{}", json!({"ok": false, "problems": list(&problems.0, problem)}));
            }
            for problem in &problems.0 {
                eprintln!("{problem}\n  {}", problem.zh);
            }
            ExitCode::from(REFUSED)
        }
    }
}

/// Reads a file and understands it.
fn read(drawn: &Drawn) -> Result<Understood, Failed> {
    let ending = drawn.input.extension().and_then(|it| it.to_str()).map(str::to_ascii_lowercase);
    let format = match (drawn.format, ending.as_deref()) {
        (Some(Kind::Xlsx), _) => Some(Format::Xlsx),
        (Some(Kind::Xls), _) => Some(Format::Xls),
        (Some(Kind::Csv), _) => Some(Format::Csv),
        (Some(Kind::Docx), _) => Some(Format::Docx),
        (None, Some("csv" | "tsv" | "txt")) => Some(Format::Csv),
        // A workbook that was saved under another ending is still what its bytes say.
        (None, _) => None,
    };
    let bytes = files::read(&drawn.input, tablefill::BYTES_MAX).map_err(Failed::Use)?;
    tablefill::understand(&bytes, &Options { format }).map_err(Failed::Refused)
}

fn list<T>(items: &[T], one: impl Fn(&T) -> Json) -> Vec<Json> {
    items.iter().map(one).collect()
}

fn sheet(sheet: &SheetPlan) -> Json {
    let columns = |it: &(u32, u32)| {
        let name = |col| At::new(0, col).to_string().trim_end_matches('1').to_owned();
        json!(format!("{}:{}", name(it.0), name(it.1)))
    };
    json!({
        "name": sheet.name,
        "hidden": sheet.hidden,
        "hidden_rows": list(&sheet.hidden_rows, |it| json!(format!("{}:{}", it.0 + 1, it.1 + 1))),
        "hidden_columns": list(&sheet.hidden_cols, columns),
        "lines": list(&sheet.lines, line),
        "tables": list(&sheet.tables, table),
    })
}

fn table(table: &TablePlan) -> Json {
    let rows = |rows: &[u32]| list(rows, |it| json!(it + 1));
    json!({
        "range": table.area.to_string(),
        "kind": table.kind.name(),
        "headers": list(&table.headers, header),
        "data": table.data.as_ref().map(Area::to_string),
        "lines": list(&table.lines, line),
        "columns": list(&table.columns, column),
        "total_rows": rows(&table.totals),
        "sample_rows": rows(&table.samples),
        "blanks": list(&table.blanks, blank),
        "subject": table.subject.as_ref().map(|(subject, why)| {
            json!({"is": subject.name(), "because": words(why)})
        }),
        "parent": table.parent.as_ref().map(|it| json!({
            "sheet": it.sheet,
            "range": it.area.to_string(),
            "key": letters(it.key),
            "column": letters(it.col),
        })),
    })
}

fn header(header: &Header) -> Json {
    json!({
        "cell": header.at().to_string(),
        "axis": header.axis.name(),
        "path": header.path,
        "range": header.area.to_string(),
        "role": header.role.name(),
        "likely": (f64::from(header.likely) * 1000.0).round() / 1000.0,
        "because": words(&header.because),
    })
}

fn line(line: &Line) -> Json {
    let cell = line.at.map(|at| at.to_string());
    json!({"cell": cell, "kind": line.kind.name(), "text": line.text})
}

fn column(column: &Column) -> Json {
    json!({
        "column": letters(column.col),
        "path": column.path,
        "serial": column.serial,
        "total": column.total,
        "hidden": column.hidden,
        "formula": column.formula,
        "codes": column.codes,
        "check": column.check,
        "comment": column.comment,
    })
}

fn blank(blank: &Blank) -> Json {
    json!({
        "range": blank.area.to_string(),
        "path": blank.path,
        "text": blank.text,
        "codes": blank.codes,
    })
}

fn letters(col: u32) -> String {
    At::new(0, col).to_string().trim_end_matches('1').to_owned()
}

fn words(words: &Words) -> Json {
    json!({"zh": words.zh, "en": words.en})
}

fn problem(problem: &Problem) -> Json {
    json!({
        "code": problem.code,
        "severity": "error",
        "sheet": problem.sheet,
        "en": problem.en,
        "zh": problem.zh,
    })
}
