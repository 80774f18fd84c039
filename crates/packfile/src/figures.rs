//! `indicators.yaml` and `tables.yaml`: what is counted, and who reads it.

use std::collections::BTreeMap;

use domain::ids::{CaseKindId, FormId, IndicatorId};
use domain::rules::{Column, Indicator, Over, Table};

use crate::judge::{Gives, expression};
use crate::known::Known;
use crate::names::{FORM, INDICATOR, KIND, Names, STOCK, unknown};
use crate::problem::{Code, nearest};
use crate::reader::{Item, Named};

const OVERS: &[&str] = &["cases", "submissions", "people", "households", "pools"];

/// Reads the indicators.
pub(crate) fn indicators(entries: &[Named<'_>], names: &Names) -> BTreeMap<IndicatorId, Indicator> {
    let mut indicators = BTreeMap::new();
    for entry in entries {
        let keys = ["name", "definition", "unit", "over", "when", "value", "on"];
        let fields = entry.item.fields(&keys);
        let over = fields.need("over").and_then(|item| over(&item, names));
        let (over, known) = over.unwrap_or_else(|| (Over::People, Known::over_people()));
        let expr =
            |key: &str, gives| fields.get(key).and_then(|item| expression(&item, &known, gives));
        let Ok(id) = IndicatorId::new(names.qualified(entry.key)) else { continue };
        let indicator = Indicator {
            id: id.clone(),
            name: fields.words("name"),
            definition: fields.words("definition"),
            unit: fields.get("unit").map(|item| item.words()),
            over,
            when: expr("when", Gives::YesNo),
            value: expr("value", Gives::Number),
            on: expr("on", Gives::Instant),
        };
        indicators.insert(id, indicator);
    }
    indicators
}

/// What is summed over: `cases`, `cases of repair`.
fn over(item: &Item<'_>, names: &Names) -> Option<(Over, Known)> {
    let text = item.text()?;
    let (things, of) = match text.split_once(" of ") {
        Some((things, of)) => (things.trim(), Some(of.trim())),
        None => (text, None),
    };
    match (things, of) {
        ("cases", None) => {
            Some((Over::Cases(None), Known::over_cases(names, names.kinds.values())))
        }
        ("cases", Some(of)) => {
            let Some(kind) = names.kinds.get(of) else {
                unknown(item, KIND, of, names.kinds.keys().map(String::as_str));
                return None;
            };
            let id = CaseKindId::new(names.qualified(of)).ok()?;
            Some((Over::Cases(Some(id)), Known::over_cases(names, [kind])))
        }
        ("submissions", None) => {
            Some((Over::Submissions(None), Known::over_submissions(names, names.forms.values())))
        }
        ("submissions", Some(of)) => {
            let Some(form) = names.forms.get(of) else {
                unknown(item, FORM, of, names.forms.keys().map(String::as_str));
                return None;
            };
            let id = FormId::new(names.qualified(of)).ok()?;
            Some((Over::Submissions(Some(id)), Known::over_submissions(names, [form])))
        }
        ("people", None) => Some((Over::People, Known::over_people())),
        ("households", None) => Some((Over::Households, Known::over_households())),
        ("pools", None) => Some((Over::Pools(None), Known::over_pools())),
        ("pools", Some(of)) => {
            if !names.stock.contains(of) {
                unknown(item, STOCK, of, names.stock.iter().map(String::as_str));
                return None;
            }
            Some((Over::Pools(Some(names.qualified(of))), Known::over_pools()))
        }
        _ => {
            let listed = "cases, cases of KIND, submissions, submissions of FORM, people, \
                          households, pools, pools of STOCK";
            let (zh, en) = (format!("以下之一：{listed}"), format!("one of {listed}"));
            let meant = nearest(things, OVERS.iter().copied());
            item.page.wrong_near(item.spot(), Code::NotA, &[&zh, &en], meant);
            None
        }
    }
}

/// Reads the tables.
pub(crate) fn tables(
    entries: &[Named<'_>],
    names: &Names,
    indicators: &BTreeMap<IndicatorId, Indicator>,
) -> BTreeMap<String, Table> {
    let mut tables = BTreeMap::new();
    for entry in entries {
        let fields = entry.item.fields(&["name", "department", "legal_basis", "columns"]);
        let columns = fields.need("columns").map(|item| item.many()).unwrap_or_default();
        let id = names.qualified(entry.key);
        let table = Table {
            id: id.clone(),
            name: fields.words("name"),
            department: fields.words("department"),
            legal_basis: fields.words("legal_basis"),
            columns: columns.iter().filter_map(|item| column(item, names, indicators)).collect(),
        };
        tables.insert(id, table);
    }
    tables
}

/// A column: `closed`, `closed of the day`.
fn column(
    item: &Item<'_>,
    names: &Names,
    indicators: &BTreeMap<IndicatorId, Indicator>,
) -> Option<Column> {
    let text = item.text()?;
    let day = text.strip_suffix(" of the day");
    let name = day.unwrap_or(text).trim();
    let id = IndicatorId::new(names.qualified(name)).ok();
    let Some((id, indicator)) = id.and_then(|id| indicators.get_key_value(&id)) else {
        let before = names.pack.len() + 1;
        let known = indicators.keys().map(|id| &id.as_str()[before.min(id.as_str().len())..]);
        unknown(item, INDICATOR, name, known);
        return None;
    };
    if day.is_some() && indicator.on.is_none() {
        item.wrong(Code::NoDay, &[name]);
    }
    Some(Column { indicator: id.clone(), of_the_day: day.is_some() })
}
