//! The entities sheet: one row, one list of entities that records make or change.

use std::borrow::Cow;

use crate::expressions;
use crate::form::draft::{Action, Draft, FIRST_LOAD};
use crate::problem::Problem;
use crate::sheet::{Map, Table, Value, aliases};
use crate::sink::Sink;
use crate::text::name::is_name;
use crate::text::reference;

/// An entity that a record makes or changes.
#[derive(Debug, Clone)]
pub(crate) struct Declaration<'a> {
    pub(crate) list: Cow<'a, str>,
    pub(crate) row: u32,
    /// Questions that its expressions refer to.
    pub(crate) refers_to: Vec<String>,
    pub(crate) entity: Draft<'a>,
}

/// Reads all declarations.
pub(crate) fn declare<'a>(table: &Table<'a>, sink: &mut Sink) -> Vec<Declaration<'a>> {
    let mut all: Vec<Declaration<'a>> = Vec::new();
    unknown_columns(table, sink);
    for (row, fields) in &table.rows {
        let Some(declared) = one(table, *row, fields, sink) else { continue };
        if let Some(other) = all.iter().find(|other| other.list == declared.list) {
            sink.error(Problem::new(
                "entity_list_twice",
                table.at(*row, &["dataset"]),
                format!(
                    "The list '{}' is declared in row {} already. Keep one row.",
                    declared.list, other.row
                ),
                format!("实体列表“{}”在第{}行已声明，请只保留一行。", declared.list, other.row),
            ));
            continue;
        }
        all.push(declared);
    }
    all
}

fn unknown_columns(table: &Table<'_>, sink: &mut Sink) {
    for (tokens, written) in &table.headings {
        let used = table.rows.iter().any(|(_, row)| row.has(&tokens[0]));
        if used && !aliases::ENTITY_COLUMNS.contains(&&*tokens[0]) {
            sink.error(Problem::new(
                "entity_column_unknown",
                table.at(1, &[&*tokens[0]]),
                format!("'{written}' is no column of this sheet. It has list_name, entity_id, create_if, update_if and label."),
                format!("此工作表没有“{written}”列；可用的列：list_name、entity_id、create_if、update_if、label。"),
            ));
        }
    }
}

/// Whether a list's name may be used; says why not.
fn list_name(table: &Table<'_>, row: u32, name: Option<&str>, sink: &mut Sink) -> bool {
    let (code, en, zh) = match name.filter(|name| !name.is_empty()) {
        None => {
            ("entity_list_without_name", "An entity list needs a name.", "实体列表必须有名称。")
        }
        Some(name) if name.starts_with("__") => (
            "entity_list_name",
            "The name of a list must not begin with two underscores.",
            "列表名称不能以两个下划线开头。",
        ),
        Some(name) if name.contains('.') => (
            "entity_list_name",
            "The name of a list must not have a point in it.",
            "列表名称不能含句点。",
        ),
        Some(name) if !is_name(name) => (
            "entity_list_name",
            "The name of a list begins with a letter or underscore and goes on with letters, digits, '_' or '-'.",
            "列表名称须以字母或下划线开头，其后可用字母、数字、下划线或连字符。",
        ),
        Some(_) => return true,
    };
    sink.error(Problem::new(code, table.at(row, &["dataset"]), en, zh));
    false
}

fn one<'a>(
    table: &Table<'a>,
    row: u32,
    fields: &Map<'a>,
    sink: &mut Sink,
) -> Option<Declaration<'a>> {
    let field = |key: &str| fields.get(key).map(Value::written).filter(|text| !text.is_empty());
    let named = field("dataset");
    if !list_name(table, row, named.as_deref(), sink) {
        return None;
    }
    let list = named?;
    let (id, create_if, update_if, label) =
        (field("entity_id"), field("create_if"), field("update_if"), field("label"));
    let wrong = match (&id, &create_if, &update_if, &label) {
        (None, _, Some(_), _) => Some((
            "entity_id",
            "To change an entity the form must know which: fill entity_id, or move the condition to create_if.",
            "要更新实体，必须指明是哪一个：请填写 entity_id，或把条件移到 create_if。",
        )),
        (Some(_), Some(_), None, _) => Some((
            "update_if",
            "With entity_id and create_if the form must also know when to change one: fill update_if, or remove entity_id.",
            "同时有 entity_id 和 create_if 时，还须说明何时更新：请填写 update_if，或删去 entity_id。",
        )),
        (None, _, _, None) => Some((
            "label",
            "A new entity needs a label: fill it, or give an entity_id if the form only changes entities.",
            "新建实体必须有 label：请填写；若只更新实体，请填写 entity_id。",
        )),
        _ => None,
    };
    if let Some((column, en, zh)) = wrong {
        sink.error(Problem::new("entity_incomplete", table.at(row, &[column]), en, zh));
        return None;
    }
    for column in ["entity_id", "create_if", "update_if", "label"] {
        if let Some(written) = fields.text(column).filter(|written| !written.is_empty()) {
            expressions::expression(written, &|| table.at(row, &[column]), true, sink);
        }
    }
    let mut refers_to: Vec<String> = Vec::new();
    for column in ["entity_id", "create_if", "update_if", "label"] {
        let written = fields.text(column).unwrap_or_default();
        for found in reference::all(written, None).unwrap_or_default() {
            if !refers_to.iter().any(|name| name == found.name) {
                refers_to.push(found.name.to_owned());
            }
        }
    }
    let entity = entity(&list, row, id, create_if, update_if, label);
    Some(Declaration { list, row, refers_to, entity })
}

fn attribute<'a>(name: &'static str, value: impl Into<Cow<'a, str>>) -> Draft<'a> {
    let mut attribute = Draft::new("attribute", name, 0);
    attribute.value = Some(value.into());
    attribute
}

fn worked_out<'a>(draft: Draft<'a>, expression: impl Into<Cow<'a, str>>) -> Draft<'a> {
    draft
        .with("bind", "calculate", expression)
        .with("bind", "readonly", "true()")
        .with("bind", "type", "string")
}

fn entity<'a>(
    list: &Cow<'a, str>,
    row: u32,
    id: Option<Cow<'a, str>>,
    create_if: Option<Cow<'a, str>>,
    update_if: Option<Cow<'a, str>>,
    label: Option<Cow<'a, str>>,
) -> Draft<'a> {
    let mut entity = Draft::new("entity", "entity", row);
    entity.children.push(attribute("dataset", list.clone()));
    let mut own =
        attribute("id", "").with("bind", "readonly", "true()").with("bind", "type", "string");
    if id.is_none() || create_if.is_some() {
        let create = attribute("create", "1");
        entity.children.push(match create_if {
            Some(condition) => worked_out(create, condition),
            None => create,
        });
        if id.is_none() {
            let value = Some("uuid()".to_owned());
            own.actions.push(Action { value, ..Action::new("setvalue", FIRST_LOAD) });
        }
    }
    if let Some(id) = id {
        let update = attribute("update", "1");
        entity.children.push(match update_if {
            Some(condition) => worked_out(update, condition),
            None => update,
        });
        let item = format!("instance('{list}')/root/item[name={id}]");
        own = own.with("bind", "calculate", id);
        for (name, property) in [
            ("baseVersion", "__version"),
            ("trunkVersion", "__trunkVersion"),
            ("branchId", "__branchId"),
        ] {
            entity.children.push(worked_out(attribute(name, ""), format!("{item}/{property}")));
        }
    }
    entity.children.push(own);
    if let Some(label) = label {
        entity.children.push(worked_out(Draft::new("label", "label", 0), label));
    }
    entity
}
