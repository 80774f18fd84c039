//! `linli sheet map`: what each heading of a workbook asks for.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tablefill::answer::{about, asked};
use tablefill::map::{Asked, Dictionary, Mapped, Mapping, Meaning, Proposal, Remembered, Standing};
use tablefill::map::{Why, map};
use tablefill::{Book, TablePlan, Understood};

use crate::files;

/// The largest file of confirmed headings that is read, in bytes.
const CONFIRMED_MAX: usize = 16 << 20;

/// A table of a workbook with what its headings mean.
pub(super) struct Table<'a> {
    pub(super) sheet: &'a tablefill::Sheet,
    pub(super) plan: &'a TablePlan,
    pub(super) asked: Vec<Asked>,
    pub(super) mapped: Mapped,
}

/// Says what the headings of every table mean.
pub(super) fn tables<'a>(
    book: &'a Book,
    understood: &'a Understood,
    dictionary: &Dictionary,
    memory: &[Remembered],
) -> Vec<Table<'a>> {
    let sheets = book.sheets.iter().zip(&understood.sheets);
    let tables = sheets.flat_map(|(sheet, plan)| plan.tables.iter().map(move |it| (sheet, it)));
    let table = |(sheet, plan): (&'a tablefill::Sheet, &'a TablePlan)| {
        let asked = asked(sheet, plan);
        let mapped = map(&asked, about(plan), dictionary, memory);
        Table { sheet, plan, asked, mapped }
    };
    tables.map(table).filter(|table| !table.asked.is_empty()).collect()
}

/// A file that `sheet map --json` wrote and somebody confirmed.
#[derive(Deserialize)]
struct Confirmed {
    tables: Vec<ConfirmedTable>,
}

#[derive(Deserialize)]
struct ConfirmedTable {
    headings: Vec<ConfirmedHeading>,
}

#[derive(Deserialize)]
struct ConfirmedHeading {
    path: Vec<String>,
    means: String,
    element: Option<String>,
    #[serde(default)]
    codes: BTreeMap<String, String>,
}

/// What somebody confirmed; nothing without a file.
pub(super) fn confirmed(path: Option<&Path>) -> Result<Vec<Remembered>, String> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let bytes = files::read(path, CONFIRMED_MAX)?;
    let read: Confirmed =
        serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    let headings = read.tables.into_iter().flat_map(|table| table.headings);
    let remembered = headings.filter_map(|heading| {
        let meaning = match (heading.means.as_str(), heading.element) {
            ("element", Some(id)) => Meaning::Element(id),
            ("serial", _) => Meaning::Serial,
            ("total", _) => Meaning::Total,
            ("remark", _) => Meaning::Remark,
            ("signature", _) => Meaning::Signature,
            _ => return None,
        };
        Some(Remembered { path: heading.path, meaning, codes: heading.codes.into_iter().collect() })
    });
    Ok(remembered.collect())
}

/// As JSON.
pub(super) fn json(tables: &[Table<'_>]) -> Json {
    let table = |table: &Table<'_>| {
        let headings = table.asked.iter().zip(&table.mapped.headings);
        json!({
            "sheet": table.sheet.name,
            "range": table.plan.area.to_string(),
            "kind": table.plan.kind.name(),
            "headings": headings.map(|(asked, mapping)| heading(asked, mapping)).collect::<Vec<_>>(),
            "gone": table.mapped.gone.iter().map(|kept| &kept.path).collect::<Vec<_>>(),
        })
    };
    json!({ "tables": tables.iter().map(table).collect::<Vec<_>>() })
}

fn heading(asked: &Asked, mapping: &Mapping) -> Json {
    let mut json = proposal(&mapping.chosen);
    json["path"] = json!(asked.path);
    json["standing"] = json!(standing(mapping.standing));
    json["others"] = json!(mapping.others.iter().map(proposal).collect::<Vec<_>>());
    json
}

fn proposal(proposal: &Proposal) -> Json {
    let codes: BTreeMap<&String, &String> =
        proposal.codes.iter().map(|(sheet, own)| (sheet, own)).collect();
    let why = |why: &Why| json!({"code": why.code(), "zh": why.zh(), "en": why.en()});
    json!({
        "means": means(&proposal.meaning),
        "element": element(&proposal.meaning),
        "confidence": (proposal.confidence * 1000.0).round() / 1000.0,
        "because": proposal.reasons.iter().map(why).collect::<Vec<_>>(),
        "codes": codes,
    })
}

fn means(meaning: &Meaning) -> &'static str {
    match meaning {
        Meaning::Element(_) => "element",
        Meaning::Serial => "serial",
        Meaning::Total => "total",
        Meaning::Remark => "remark",
        Meaning::Signature => "signature",
        Meaning::Unknown => "unknown",
    }
}

fn element(meaning: &Meaning) -> Option<&str> {
    match meaning {
        Meaning::Element(id) => Some(id),
        _ => None,
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Confirmed => "confirmed",
        Standing::Moved => "moved",
        Standing::Proposed => "proposed",
        Standing::Unsure => "unsure",
        Standing::Unknown => "unknown",
    }
}

/// For people: a heading a line, with what it means, how sure that is and why.
pub(super) fn text(tables: &[Table<'_>]) -> String {
    let mut text = String::new();
    for table in tables {
        text += &format!("{} {}\n", table.sheet.name, table.plan.area);
        for (asked, mapping) in table.asked.iter().zip(&table.mapped.headings) {
            let chosen = &mapping.chosen;
            let meaning = element(&chosen.meaning).unwrap_or(means(&chosen.meaning));
            let sure = match mapping.standing {
                Standing::Unsure => "?",
                Standing::Unknown => " ",
                _ => "=",
            };
            let path = asked.path.join(" / ").replace('\n', " ");
            let why: Vec<String> =
                chosen.reasons.iter().map(|why| format!("{}; {}", why.zh(), why.en())).collect();
            text += &format!(
                "  {path} {sure} {meaning} ({:.0} %): {}\n",
                chosen.confidence * 100.0,
                why.join("; ")
            );
        }
        for gone in &table.mapped.gone {
            text += &format!("  不再有 gone: {}\n", gone.path.join(" / "));
        }
    }
    if tables.is_empty() {
        text += "没有找到带表头的表格。No table with headings was found.\n";
    }
    text
}
