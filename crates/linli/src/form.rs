//! `linli form`: workbooks become XForms, are checked, outlined and compared, without a deployment.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value as Json, json};
use xlsform::{Converted, Difference, Line, Options, Outline, Problem, Problems};

use crate::arguments::{Book, Form, Format};
use crate::files;

/// The workbook was refused.
const REFUSED: u8 = 1;
/// The command was not understood, or a file could not be read or written.
const WRONG_USE: u8 = 2;

/// Why nothing came of it.
enum Failed {
    Refused(Problems),
    Use(String),
}

/// Does what was asked.
pub(crate) fn run(verb: &Form) -> ExitCode {
    let (done, json) = match verb {
        Form::Convert { book, out, strict } => (convert(book, out.as_deref(), *strict), book.json),
        Form::Check { book } => (check(book), book.json),
        Form::Explain { book, out } => (explain(book, out.as_deref()), book.json),
        Form::Diff { old, new, format, json, out } => {
            (diff(old, new, *format, *json, out.as_deref()), *json)
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
                println!("{}", refused(&problems.0));
            }
            tell(&problems.0);
            ExitCode::from(REFUSED)
        }
    }
}

fn convert(book: &Book, out: Option<&Path>, strict: bool) -> Result<(), Failed> {
    let done = read(book, strict)?;
    tell(&done.findings);
    tell(&done.warnings);
    if book.json {
        let text = json!({
            "ok": true,
            "form_id": done.schema.form_id,
            "version": done.schema.version,
            "xform": done.xform,
            "itemsets": done.itemsets,
            "findings": listed(&done.findings, "error"),
            "warnings": listed(&done.warnings, "warning"),
        });
        return write(out, &format!("{text}\n"));
    }
    write(out, &done.xform)?;
    match (&done.itemsets, out) {
        (Some(itemsets), Some(out)) => write(Some(&out.with_file_name("itemsets.csv")), itemsets),
        (Some(_), None) => {
            eprintln!("itemsets.csv: 用 -o 写入文件时才会生成 is written beside the file of -o");
            Ok(())
        }
        (None, _) => Ok(()),
    }
}

fn check(book: &Book) -> Result<(), Failed> {
    let done = read(book, true)?;
    if book.json {
        let warnings = listed(&done.warnings, "warning");
        let text = json!({"ok": true, "form_id": done.schema.form_id, "problems": warnings});
        println!("{text}");
    } else {
        for warning in &done.warnings {
            println!("{warning}");
        }
        let asked = done.schema.nodes.iter().filter(|node| node.visible).count();
        println!("{}: 没有错误 no errors ({asked} 题 questions)", done.schema.form_id);
    }
    Ok(())
}

fn explain(book: &Book, out: Option<&Path>) -> Result<(), Failed> {
    let outline = xlsform::explain(&read(book, false)?.schema);
    let text = if book.json { format!("{}\n", outlined(&outline)) } else { outline.to_string() };
    write(out, &text)
}

fn diff(
    old: &Path,
    new: &Path,
    format: Option<Format>,
    json: bool,
    out: Option<&Path>,
) -> Result<(), Failed> {
    if files::is_stream(old) && files::is_stream(new) {
        let why = "只有一个版本可以来自标准输入 only one version can come from standard input";
        return Err(Failed::Use(why.to_owned()));
    }
    let read = |path: &Path| {
        let book = Book { input: path.to_owned(), format, name: None, json };
        self::read(&book, false)
    };
    let changes = xlsform::diff(&read(old)?.schema, &read(new)?.schema);
    let text = if json {
        let changes: Vec<Json> = changes.iter().map(changed).collect();
        format!("{}\n", json!({ "changes": changes }))
    } else {
        changes.iter().map(|change| format!("{}\n  {}\n", change, change.zh)).collect()
    };
    write(out, &text)
}

/// Reads and converts a workbook.
fn read(book: &Book, strict: bool) -> Result<Converted, Failed> {
    let stdin = files::is_stream(&book.input);
    let ending = book.input.extension().and_then(|it| it.to_str()).map(str::to_ascii_lowercase);
    let format = match (book.format, ending.as_deref()) {
        (Some(format), _) => Some(format),
        (None, _) if stdin => None,
        (None, Some("md")) => Some(Format::Md),
        (None, Some("csv")) => Some(Format::Csv),
        (None, Some("xlsx" | "xlsm")) => Some(Format::Xlsx),
        (None, Some("xls")) => Some(Format::Xls),
        (None, _) => None,
    };
    let bytes = files::read(&book.input, xlsform::workbook::BYTES_MAX).map_err(Failed::Use)?;
    let options = Options {
        format: format.map(|format| match format {
            Format::Md => xlsform::workbook::Format::Markdown,
            Format::Csv => xlsform::workbook::Format::Csv,
            Format::Xlsx => xlsform::workbook::Format::Xlsx,
            Format::Xls => xlsform::workbook::Format::Xls,
        }),
        name: book.name.clone(),
        file_stem: book
            .input
            .file_stem()
            .and_then(|it| it.to_str())
            .filter(|_| !stdin)
            .map(str::to_owned),
        strict,
    };
    xlsform::convert(&bytes, &options).map_err(Failed::Refused)
}

/// Writes a file whole or not at all; without one, to standard output.
fn write(out: Option<&Path>, text: &str) -> Result<(), Failed> {
    files::write(out, text).map_err(Failed::Use)
}

/// Problems on standard error, in both languages.
fn tell(problems: &[Problem]) {
    for problem in problems {
        eprintln!("{problem}\n  {}", problem.zh);
    }
}

fn refused(problems: &[Problem]) -> Json {
    json!({"ok": false, "problems": listed(problems, "error")})
}

fn listed(problems: &[Problem], severity: &str) -> Vec<Json> {
    let one = |problem: &Problem| {
        json!({
            "code": problem.code,
            "severity": severity,
            "sheet": problem.at.sheet,
            "row": problem.at.row,
            "column": problem.at.column,
            "en": problem.en,
            "zh": problem.zh,
        })
    };
    problems.iter().map(one).collect()
}

fn changed(change: &Difference) -> Json {
    json!({
        "path": change.path,
        "change": change.change.name(),
        "loses": change.change.loses(),
        "en": change.en,
        "zh": change.zh,
    })
}

fn outlined(outline: &Outline) -> Json {
    let line = |line: &Line| {
        let label: serde_json::Map<String, Json> =
            line.label.iter().map(|(language, text)| (language.clone(), json!(text))).collect();
        json!({
            "depth": line.depth,
            "kind": line.kind,
            "name": line.name,
            "path": line.path,
            "label": label,
            "row": line.row,
            "required": line.required,
            "relevant": line.relevant,
            "constraint": line.constraint,
            "calculation": line.calculate,
            "list": line.list,
            "save_to": line.save_to,
            "visible": line.visible,
        })
    };
    let lists: serde_json::Map<String, Json> =
        outline.lists.iter().map(|(name, choices)| (name.clone(), json!(choices))).collect();
    json!({
        "title": outline.title,
        "form_id": outline.form_id,
        "version": outline.version,
        "languages": outline.languages,
        "lines": outline.lines.iter().map(line).collect::<Vec<Json>>(),
        "lists": lists,
        "files": outline.files,
        "entities": outline.entities,
    })
}
