//! `linli sheet fill`: a copy of a workbook, filled with the rows of a CSV file.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};
use tablefill::answer::{Answered, Count, Datum, Known, Row, answer};
use tablefill::fill::{Day, Filled, Filling, SheetFilling};
use tablefill::map::{Dictionary, Kind, Meaning, Standing};

use super::map::Table;
use crate::files;

/// The largest file of rows that is read, in bytes.
const ROWS_MAX: usize = 64 << 20;
/// Elements that say whose a row is, by their ids, if nobody says others.
const KEYS: [&str; 4] = ["identity_number", "identity", "phone", "name"];

/// Reads what is known: a CSV file whose first line names elements.
pub(super) fn known(
    path: &Path,
    keys: &[String],
    dictionary: &Dictionary,
) -> Result<Known, String> {
    let shown = path.display();
    let bytes = files::read(path, ROWS_MAX)?;
    if bytes.len() > ROWS_MAX {
        return Err(format!("{shown}: is larger than 64 MB"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let heads = reader.headers().map_err(|error| format!("{shown}: {error}"))?.clone();
    if heads.iter().all(|id| id.trim().is_empty()) {
        return Err(format!("{shown}: its first line names no element of the dictionary"));
    }
    let kinds: Vec<Kind> = heads
        .iter()
        .map(|id| {
            let found = dictionary.elements.iter().find(|element| element.id == id.trim());
            found
                .map(|element| element.kind)
                .ok_or_else(|| format!("{shown}: the dictionary has no element \"{}\"", id.trim()))
        })
        .collect::<Result<_, _>>()?;
    let named: Vec<String> = match keys {
        [] => KEYS.iter().map(|key| (*key).to_owned()).collect(),
        keys => keys.to_vec(),
    };
    let mut rows = Vec::new();
    for (record, line) in reader.records().zip(2..) {
        let record = record.map_err(|error| format!("{shown}: {error}"))?;
        let mut row = Row::default();
        for ((id, kind), text) in heads.iter().zip(&kinds).zip(&record) {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let datum = datum(*kind, text)
                .ok_or_else(|| format!("{shown}, line {line}: \"{text}\" is no {id}"))?;
            row.values.insert(id.trim().to_owned(), datum);
        }
        row.whose = whose(&row, line);
        rows.push(row);
    }
    Ok(Known { rows, keys: named })
}

/// Whose a row is: the name, or where it stands in the file.
fn whose(row: &Row, line: u32) -> String {
    match row.values.get("name") {
        Some(Datum::Text(name)) => name.clone(),
        _ => format!("#{line}"),
    }
}

fn datum(kind: Kind, text: &str) -> Option<Datum> {
    Some(match kind {
        Kind::Text | Kind::Identity | Kind::Telephone | Kind::Place => Datum::Text(text.to_owned()),
        Kind::Number => Datum::Number(text.parse().ok().filter(|it: &f64| it.is_finite())?),
        Kind::YesNo => match text.to_lowercase().as_str() {
            "yes" | "true" | "1" | "是" => Datum::YesNo(true),
            "no" | "false" | "0" | "否" => Datum::YesNo(false),
            _ => return None,
        },
        Kind::Choice => Datum::Code(text.to_owned()),
        Kind::Choices => Datum::Codes(text.split_whitespace().map(str::to_owned).collect()),
        Kind::Date => Datum::Date(day(text.parse().ok()?)),
        Kind::Moment => {
            let moment: jiff::civil::DateTime = text.parse().ok()?;
            let (hour, minute) = (u32::from(moment.hour() as u8), u32::from(moment.minute() as u8));
            Datum::Moment(day(moment.date()), hour * 3600 + minute * 60)
        }
    })
}

fn day(date: jiff::civil::Date) -> Day {
    Day { year: date.year().into(), month: date.month() as u8, day: date.day() as u8 }
}

/// What every table is filled with. A heading that somebody should look at first stays blank.
pub(super) fn filling(
    tables: &mut [Table<'_>],
    dictionary: &Dictionary,
    known: &Known,
) -> (Filling, Vec<Answered>) {
    let mut sheets: BTreeMap<String, SheetFilling> = BTreeMap::new();
    let mut all = Vec::new();
    for table in tables {
        for heading in &mut table.mapped.headings {
            if heading.standing == Standing::Unsure {
                heading.chosen.meaning = Meaning::Unknown;
            }
        }
        let mut answered = answer(table.sheet, table.plan, &table.mapped, dictionary, known);
        let name = &table.sheet.name;
        let sheet = sheets
            .entry(name.clone())
            .or_insert_with(|| SheetFilling { sheet: name.clone(), ..SheetFilling::default() });
        sheet.registers.extend(answered.rows.take());
        sheet.cells.append(&mut answered.cells);
        all.push(answered);
    }
    (Filling { sheets: sheets.into_values().collect() }, all)
}

/// What was filled, as JSON.
pub(super) fn json(tables: &[Table<'_>], answered: &[Answered], filled: &Filled) -> Json {
    let count = |count: &Count| {
        json!({
            "path": count.path,
            "element": count.element,
            "known": count.known,
            "unknown": count.unknown,
            "kept": count.kept,
        })
    };
    let table = |(table, answered): (&Table<'_>, &Answered)| {
        let differs = answered.differs.iter().map(|it| {
            let cell = tablefill::At::new(it.row - 1, it.column).to_string();
            json!({"cell": cell, "there": it.there, "known": it.known})
        });
        json!({
            "sheet": table.sheet.name,
            "range": table.plan.area.to_string(),
            "headings": answered.counts.iter().map(count).collect::<Vec<_>>(),
            "differs": differs.collect::<Vec<_>>(),
            "rows_not_found": answered.not_found,
        })
    };
    let inserted = filled
        .inserted
        .iter()
        .map(|it| json!({"sheet": it.sheet, "after": it.after, "count": it.count}));
    let remarks =
        filled.remarks.iter().map(|it| json!({"code": it.code, "zh": it.zh, "en": it.en}));
    json!({
        "ok": true,
        "cells": filled.cells,
        "unknown": filled.unknown,
        "inserted": inserted.collect::<Vec<_>>(),
        "remarks": remarks.collect::<Vec<_>>(),
        "tables": tables.iter().zip(answered).map(table).collect::<Vec<_>>(),
    })
}

/// What was filled, for people.
pub(super) fn text(tables: &[Table<'_>], answered: &[Answered], filled: &Filled) -> String {
    let mut text = String::new();
    for (table, answered) in tables.iter().zip(answered) {
        text += &format!("{} {}\n", table.sheet.name, table.plan.area);
        for count in &answered.counts {
            text += &format!(
                "  {}: 已填 {} 格，未知 {} 格，原有 {} 格 ({} filled, {} unknown, {} kept)\n",
                count.path.join(" / ").replace('\n', " "),
                count.known,
                count.unknown,
                count.kept,
                count.known,
                count.unknown,
                count.kept
            );
        }
        for row in &answered.not_found {
            text += &format!("  第 {row} 行没有找到唯一对应的人；row {row}: nobody, or several\n");
        }
        for it in &answered.differs {
            let cell = tablefill::At::new(it.row - 1, it.column);
            text += &format!("  {cell}: “{}”≠“{}”\n", it.there, it.known);
        }
    }
    for remark in &filled.remarks {
        text += &format!("{}\n  {}\n", remark.zh, remark.en);
    }
    text
}
