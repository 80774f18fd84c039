//! `linli sheet`: says what a workbook that somebody drew asks for, and fills it, without a
//! deployment.

mod dictionary;
mod fill;
mod map;

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value as Json, json};
use tablefill::{
    Area, At, Blank, Book, Column, Format, Header, Line, Problem, Problems, SheetPlan, TablePlan,
    Words, understand_book,
};

use crate::arguments::{Compared, Drawn, Kind, Sheet};
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
    let (done, json) = match verb {
        Sheet::Understand { drawn, out } => (understand(drawn, out.as_deref()), drawn.json),
        Sheet::Map { drawn, compared, out } => {
            (map_headings(drawn, compared, out.as_deref()), drawn.json)
        }
        Sheet::Fill { drawn, compared, data, keys, out } => {
            (fill_copy(drawn, compared, (data.as_path(), keys.as_slice()), out), drawn.json)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Use(why)) => {
            eprintln!("linli: {why}");
            ExitCode::from(WRONG_USE)
        }
        Err(Failed::Refused(problems)) => {
            if json {
                println!("{}", json!({"ok": false, "problems": list(&problems.0, problem)}));
            }
            for problem in &problems.0 {
                eprintln!("{problem}\n  {}", problem.zh);
            }
            ExitCode::from(REFUSED)
        }
    }
}

fn understand(drawn: &Drawn, out: Option<&Path>) -> Result<(), Failed> {
    let understood = understand_book(&read(drawn)?.1);
    let text = if drawn.json {
        format!("{}\n", json!({ "sheets": list(&understood.sheets, sheet) }))
    } else {
        understood.to_string()
    };
    files::write(out, &text).map_err(Failed::Use)
}

fn map_headings(drawn: &Drawn, compared: &Compared, out: Option<&Path>) -> Result<(), Failed> {
    let dictionary = dictionary::read(&compared.dictionaries).map_err(Failed::Use)?;
    let memory = map::confirmed(compared.confirmed.as_deref()).map_err(Failed::Use)?;
    let (_, book) = read(drawn)?;
    let understood = understand_book(&book);
    let tables = map::tables(&book, &understood, &dictionary, &memory);
    let text = match drawn.json {
        true => format!("{}\n", map::json(&tables)),
        false => map::text(&tables),
    };
    files::write(out, &text).map_err(Failed::Use)
}

fn fill_copy(
    drawn: &Drawn,
    compared: &Compared,
    (data, keys): (&Path, &[String]),
    out: &Path,
) -> Result<(), Failed> {
    let dictionary = dictionary::read(&compared.dictionaries).map_err(Failed::Use)?;
    let memory = map::confirmed(compared.confirmed.as_deref()).map_err(Failed::Use)?;
    let known = fill::known(data, keys, &dictionary).map_err(Failed::Use)?;
    let (bytes, book) = read(drawn)?;
    let understood = understand_book(&book);
    let mut tables = map::tables(&book, &understood, &dictionary, &memory);
    let (filling, answered) = fill::filling(&mut tables, &dictionary, &known);
    let filled = match bytes.starts_with(b"PK") {
        true => tablefill::fill::fill(&bytes, &filling),
        false => tablefill::fill::fill_older(&tablefill::answer::older(&book), &filling),
    };
    let filled = filled.map_err(|problem| {
        let words = Problem::new(problem.code, problem.to_string(), problem.zh);
        Failed::Refused(words.into())
    })?;
    files::write_bytes(out, &filled.bytes).map_err(Failed::Use)?;
    let text = match drawn.json {
        true => format!("{}\n", fill::json(&tables, &answered, &filled)),
        false => fill::text(&tables, &answered, &filled),
    };
    files::write(None, &text).map_err(Failed::Use)
}

/// Reads a file; gives its bytes too.
fn read(drawn: &Drawn) -> Result<(Vec<u8>, Book), Failed> {
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
    let book = tablefill::read(&bytes, format).map_err(Failed::Refused)?;
    Ok((bytes, book))
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
