//! `forms/*.yaml`: forms for observations.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ids::{ElementId, FormId};
use domain::rules::{Field, Form, SharedSheet, SubjectKind};
use domain::words::Words;

use crate::dictionary::{one_of, purpose_id};
use crate::effects;
use crate::kinds::{self, SUBJECTS};
use crate::known::Known;
use crate::names::{Names, Outline};
use crate::problem::{Code, Spot};
use crate::read::Files;
use crate::reader::{Fields, Named, Page};
use crate::sheets::{self, XForm};

const KEYS: &[&str] =
    &["name", "about", "subject", "filled_by", "purpose", "fields", "sheet", "effects"];

/// Reads the workbook that the author of a form brings, if there is one.
pub(crate) fn sheet(
    entry: &Named<'_>,
    files: &Files,
    version: &str,
    names: &Names,
) -> Option<Arc<XForm>> {
    let item = entry.item.fields(KEYS).get("sheet")?;
    let name = item.text()?;
    let path = format!("forms/{name}");
    let Some((path, bytes)) = files.get_key_value(&path) else {
        item.wrong(Code::NoSheet, &[name]);
        return None;
    };
    let made = sheets::own(bytes, &names.qualified(entry.key), version, &names.elements);
    let page = Page { file: path, ..item.page };
    made.map(Arc::new).map_err(|wrong| said(page, Spot::default(), &wrong)).ok()
}

/// Notes workbooks that no form asks by.
pub(crate) fn unused(entries: &[Named<'_>], files: &Files, page: Page<'_>) {
    let named = |path: &str| {
        let mut sheets = entries.iter().filter_map(|entry| entry.item.fields(KEYS).get("sheet"));
        sheets
            .any(|item| item.plain().is_some_and(|name| path.strip_prefix("forms/") == Some(name)))
    };
    for path in files.keys().filter(|path| path.ends_with(".xlsx") && !named(path)) {
        Page { file: path, ..page }.wrong(Spot::default(), Code::UnknownFile, &[]);
    }
}

/// Notes what is wrong in a workbook.
fn said(page: Page<'_>, spot: Spot, wrong: &[Words]) {
    for words in wrong {
        page.wrong(spot, Code::InSheet, &[&words.zh, &words.en]);
    }
}

/// What others need to know of a form.
pub(crate) fn outline(entry: &Named<'_>, names: &Names) -> Outline {
    // Read once for the names alone; what is wrong is noted again, and shown once.
    let fields = entry.item.fields(KEYS);
    let asks = asks(entry.key, &fields, names);
    Outline {
        fields: asks.iter().map(|f| (f.element.to_string(), f.required)).collect(),
        all: asks.iter().map(|f| f.element.to_string()).collect(),
        states: BTreeSet::new(),
        effects: fields.get("effects").map(|item| effects::ids(&item)).unwrap_or_default(),
    }
}

/// Reads a form, in the pack's version.
pub(crate) fn read(entry: &Named<'_>, version: &str, names: &Names) -> Option<Form> {
    let fields = entry.item.fields(KEYS);
    let outline = names.forms.get(entry.key)?;
    let known = Known::in_form(names, &outline.all);
    let filled_by = fields.need("filled_by").map(|item| item.many()).unwrap_or_default();
    let subject = fields.get("subject").and_then(|item| one_of(&item, SUBJECTS));
    if fields.has("sheet") && fields.has("fields") {
        fields.item.wrong(Code::SheetOrFields, &[]);
    } else if !fields.has("sheet") {
        fields.need("fields");
    }
    let mut form = Form {
        id: FormId::new(names.qualified(entry.key)).ok()?,
        name: fields.words("name"),
        about: fields.words("about"),
        subject: subject.unwrap_or(SubjectKind::Place),
        filled_by: filled_by.iter().filter_map(|item| names.role(item, &["subject"])).collect(),
        purpose: purpose_id(names, &names.purpose(fields.get("purpose"), &fields.item))
            .or_else(|| purpose_id(names, "none"))?,
        fields: asks(entry.key, &fields, names),
        effects: effects::read(fields.get("effects"), names, &known, false),
        sheet: names.sheets.get(entry.key).map(|sheet| Arc::clone(sheet) as SharedSheet),
    };
    if form.sheet.is_none() && !fields.has("sheet") {
        let known = |id: &ElementId| names.elements.get(id.as_str()).cloned();
        match sheets::derived(&form, version, &known) {
            Ok(made) => form.sheet = Some(Arc::new(made)),
            Err(problems) => {
                let wrong: Vec<Words> = problems.0.iter().map(sheets::placed).collect();
                said(entry.item.page, entry.spot, &wrong);
            }
        }
    }
    Some(form)
}

/// What a form asks of the dictionary: by its fields, or by the questions of its workbook.
fn asks(key: &str, fields: &Fields<'_>, names: &Names) -> Vec<Field> {
    let Some(sheet) = names.sheets.get(key) else {
        return kinds::fields(fields.get("fields"), names);
    };
    let bound = sheet.elements().into_iter();
    bound.map(|(element, required)| Field { element, required, hint: None }).collect()
}
