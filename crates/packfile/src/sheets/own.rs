//! The workbook that an author brings for a form of a pack: it gets the pack's id and version, and
//! what it binds to the dictionary must fit it.

use std::collections::BTreeMap;

use domain::rules::{Element, Type};
use domain::words::Words;
use xlsform::schema::{Node, NodeKind};
use xlsform::workbook::{self, Column, Row, Sheet, Workbook};
use xlsform::{Options, Problem, Problems};

use super::XForm;
use crate::problem::nearest;

/// Reads the workbook of a form of a pack.
pub(crate) fn own(
    bytes: &[u8],
    form_id: &str,
    version: &str,
    elements: &BTreeMap<String, Element>,
) -> Result<XForm, Vec<Words>> {
    let said = |problems: Problems| problems.0.iter().map(placed).collect::<Vec<_>>();
    let mut book = workbook::read(bytes, None).map_err(said)?;
    set(&mut book, "form_id", form_id);
    set(&mut book, "version", version);
    let options = Options { strict: true, ..Options::default() };
    let form = XForm::new(xlsform::convert_workbook(&book, &options).map_err(said)?);
    let nodes = form.converted().schema.nodes.iter();
    let questions = nodes.filter(|node| node.kind == NodeKind::Question);
    let wrong: Vec<Words> = questions.filter_map(|node| unfit(&form, node, elements)).collect();
    if wrong.is_empty() { Ok(form) } else { Err(wrong) }
}

/// A problem of a workbook, with its place.
pub(crate) fn placed(problem: &Problem) -> Words {
    let at = &problem.at;
    place(at.sheet.as_deref(), at.row, at.column.as_deref(), &problem.zh, &problem.en)
}

fn place(sheet: Option<&str>, row: Option<u32>, column: Option<&str>, zh: &str, en: &str) -> Words {
    let (mut before, mut front) = (String::new(), String::new());
    if let Some(sheet) = sheet {
        (before, front) = (format!("工作表 {sheet}"), format!("sheet {sheet}"));
    }
    if let Some(row) = row {
        before += &format!(" 第 {row} 行");
        front += &format!(", row {row}");
    }
    if let Some(column) = column {
        before += &format!(" {column} 列");
        front += &format!(", column {column}");
    }
    match sheet {
        None => Words::new(zh, en),
        Some(_) => Words::new(format!("{before}：{zh}"), format!("{front}: {en}")),
    }
}

/// Writes a setting into a workbook, over what stands there.
fn set(book: &mut Workbook, heading: &str, value: &str) {
    if book.sheet("settings").is_none() {
        let name = "settings".to_owned();
        book.names.push(name.clone());
        let (columns, rows) = (Vec::new(), Vec::new());
        book.sheets.push(Sheet { kind: name.clone(), name, columns, rows });
    }
    let Some(sheet) = book.sheets.iter_mut().rev().find(|sheet| sheet.kind == "settings") else {
        return;
    };
    let same = |column: &Column| column.heading.eq_ignore_ascii_case(heading);
    let at = sheet.columns.iter().rposition(same).unwrap_or_else(|| {
        let index = sheet.columns.iter().map(|column| column.index + 1).max().unwrap_or(0);
        sheet.columns.push(Column { heading: heading.to_owned(), index });
        sheet.columns.len() - 1
    });
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    if sheet.rows.is_empty() {
        sheet.rows.push(Row { number: 2, cells: Vec::new() });
    }
    if let Some(row) = sheet.rows.first_mut() {
        row.cells.retain(|(column, _)| *column != at);
        row.cells.push((at, value.to_owned()));
        row.cells.sort_by_key(|(column, _)| *column);
    }
}

/// Why a question does not fit the element that it names, if it does not.
fn unfit(form: &XForm, node: &Node, elements: &BTreeMap<String, Element>) -> Option<Words> {
    let named = super::record::element(node)?;
    let said = |zh: &str, en: &str| {
        Some(place(Some("survey"), node.row, Some(super::derive::ELEMENT), zh, en))
    };
    let Some(element) = elements.get(named.as_str()) else {
        let meant = nearest(named.as_str(), elements.keys().map(String::as_str));
        let meant = meant.map(|name| format!("（{name}？）")).unwrap_or_default();
        let zh = format!("数据字典里没有“{named}”{meant}");
        return said(&zh, &format!("the dictionary has no \"{named}\" {meant}"));
    };
    let several = node.question_type.contains("multiple") || node.question_type.contains("all");
    let fits = match element.r#type {
        Type::Whole => node.data_type == "int",
        Type::Number => matches!(node.data_type.as_str(), "int" | "decimal"),
        Type::Date => node.data_type == "date",
        Type::Time => node.data_type == "dateTime",
        Type::Choices => several || node.list.is_some(),
        Type::Choice => !several && node.data_type == "string",
        Type::YesNo => node.data_type == "string" && !several,
        Type::Text | Type::Person | Type::Account | Type::Place | Type::Pool => {
            node.data_type != "binary"
        }
    };
    if !fits {
        let (zh, en) =
            ("题型与数据项的类型不符", "the type of the question is not that of the element");
        return said(zh, en);
    }
    let known = |name: &str| match element.r#type {
        Type::YesNo => ["yes", "no", "true", "false", "1", "0"].contains(&name),
        _ => element.choices.iter().any(|choice| choice.id == name),
    };
    if !matches!(element.r#type, Type::Choice | Type::Choices | Type::YesNo) {
        return None;
    }
    let lists = form.converted().schema.lists.iter();
    let list = lists.filter(|(name, _)| Some(name) == node.list.as_ref());
    let other = list.flat_map(|(_, all)| all).find(|choice| !known(&choice.name))?;
    let zh = format!("选项“{}”不是数据项“{named}”的选项", other.name);
    said(&zh, &format!("\"{}\" is no choice of the element \"{named}\"", other.name))
}
