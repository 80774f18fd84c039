//! `forms/*.yaml`: forms for observations.

use std::collections::BTreeSet;

use domain::ids::FormId;
use domain::rules::{Form, SubjectKind};

use crate::dictionary::{one_of, purpose_id};
use crate::effects;
use crate::kinds::{self, SUBJECTS};
use crate::known::Known;
use crate::names::{Names, Outline};
use crate::reader::Named;

const KEYS: &[&str] = &["name", "about", "subject", "filled_by", "purpose", "fields", "effects"];

/// What others need to know of a form.
pub(crate) fn outline(entry: &Named<'_>, names: &Names) -> Outline {
    // Read once for the names alone; what is wrong is noted again, and shown once.
    let fields = entry.item.fields(KEYS);
    let asks = kinds::fields(fields.get("fields"), names);
    Outline {
        fields: asks.iter().map(|f| (f.element.to_string(), f.required)).collect(),
        all: asks.iter().map(|f| f.element.to_string()).collect(),
        states: BTreeSet::new(),
        effects: fields.get("effects").map(|item| effects::ids(&item)).unwrap_or_default(),
    }
}

/// Reads a form.
pub(crate) fn read(entry: &Named<'_>, names: &Names) -> Option<Form> {
    let fields = entry.item.fields(KEYS);
    let outline = names.forms.get(entry.key)?;
    let known = Known::in_form(names, &outline.all);
    let filled_by = fields.need("filled_by").map(|item| item.many()).unwrap_or_default();
    let subject = fields.get("subject").and_then(|item| one_of(&item, SUBJECTS));
    let asks = fields.need("fields").map(|item| kinds::fields(Some(item), names));
    Some(Form {
        id: FormId::new(names.qualified(entry.key)).ok()?,
        name: fields.words("name"),
        about: fields.words("about"),
        subject: subject.unwrap_or(SubjectKind::Place),
        filled_by: filled_by.iter().filter_map(|item| names.role(item, &["subject"])).collect(),
        purpose: purpose_id(names, &names.purpose(fields.get("purpose"), &fields.item))
            .or_else(|| purpose_id(names, "none"))?,
        fields: asks.unwrap_or_default(),
        effects: effects::read(fields.get("effects"), names, &known, false),
        sheet: None,
    })
}
