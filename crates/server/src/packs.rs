//! Kinds, forms and roles that the packs in force bring, and what they ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::rules::{Element, Field, Pack, SubjectKind, Type};
use domain::{Code, Refusal, Role};

use crate::App;
use crate::authority::roles_around;
use crate::cases::actions::named;
use crate::lookup::Lookup;
use crate::problems::Answer;
use crate::query::Asked;
use crate::sessions::Signed;
use crate::wire::Problem;
use crate::wire::kinds::{FieldSpec, FieldType, FormView, KindView, Kinds};
use crate::wire::places::LedgerQuery;

/// Kinds, forms and roles of a ledger, and which of them the signed-in person may use now.
#[utoipa::path(
    get, path = "/api/kinds", operation_id = "kinds", tag = "cases", params(LedgerQuery),
    responses((status = 200, body = Kinds), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn kinds(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
) -> Answer<Json<Kinds>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    let rules = lookup.rules(&ledger).await?;
    let now = app.now();
    let roles = roles_around(&signed.actor, &head.path, &signed.paths, now);
    let names = |by: &[String]| by.iter().any(|name| roles.contains(name.as_str()));
    let acts = |role: &str| rules.role_is_on(role, now);
    let (mut kinds, mut forms) = (Vec::new(), Vec::new());
    for pack in &rules.packs {
        for kind in pack.kinds.values() {
            let refusal = if kind.emergency {
                None
            } else if !rules.kind_is_on(&kind.id, now) {
                Some(Refusal::new(Code::KindOff).with("kind", kind.id.as_str()))
            } else if !kind.opened_by.iter().any(|n| roles.contains(n.as_str()) && acts(n)) {
                Some(Refusal::new(Code::NotAllowed).with("roles", kind.opened_by.join(", ")))
            } else {
                None
            };
            kinds.push(KindView {
                id: kind.id.to_string(),
                name: (&kind.name).into(),
                about: (&kind.about).into(),
                pack: pack.id.to_string(),
                may_open: refusal.is_none(),
                why: refusal.map(|refusal| refusal.words().into()),
                emergency: kind.emergency,
                subject: subject_name(kind.subject).to_owned(),
                fields: kind.fields.iter().map(|field| field_spec(pack, field)).collect(),
            });
        }
        for form in pack.forms.values() {
            let themselves = signed.actor.person.is_some()
                && form.filled_by.iter().any(|name| name == "subject");
            forms.push(FormView {
                id: form.id.to_string(),
                name: (&form.name).into(),
                about: (&form.about).into(),
                pack: pack.id.to_string(),
                subject: subject_name(form.subject).to_owned(),
                may_fill: (names(&form.filled_by) || themselves) && rules.form_is_on(&form.id, now),
                fields: form.fields.iter().map(|field| field_spec(pack, field)).collect(),
            });
        }
    }
    let roles = role_names(rules.packs.iter().map(|pack| &**pack));
    let roles = roles.iter().map(|(id, name)| named(id, name)).collect();
    Ok(Json(Kinds { kinds, forms, roles }))
}

/// The names of all roles: the fixed ones and those of packs.
pub(crate) fn role_names<'a>(
    packs: impl Iterator<Item = &'a Pack>,
) -> BTreeMap<String, domain::Words> {
    let fixed = Role::FIXED.iter().filter(|(id, ..)| *id != Role::SYSTEM);
    let mut names: BTreeMap<String, domain::Words> =
        fixed.map(|(id, zh, en)| ((*id).to_owned(), domain::Words::new(*zh, *en))).collect();
    for pack in packs {
        names.extend(pack.roles.iter().map(|(id, words)| (id.clone(), words.clone())));
    }
    names
}

/// The wire's name of what a kind or form is about.
pub(crate) fn subject_name(subject: SubjectKind) -> &'static str {
    match subject {
        SubjectKind::Place => "place",
        SubjectKind::Household => "household",
        SubjectKind::Person => "person",
    }
}

/// What a form or an action asks, as the wire tells it.
#[must_use]
pub(crate) fn field_spec(pack: &Pack, field: &Field) -> FieldSpec {
    let element = pack.elements.get(&field.element);
    FieldSpec {
        element: field.element.to_string(),
        name: element.map_or_else(
            || domain::Words::new(field.element.as_str(), field.element.as_str()).into(),
            |element| (&element.name).into(),
        ),
        r#type: element.map_or(FieldType::Text, |element| field_type(element.r#type)),
        required: field.required,
        choices: element.map(choices).unwrap_or_default(),
        unit: element.and_then(|element| element.unit.clone()),
        hint: field.hint.as_ref().map(Into::into),
        least: element.and_then(|element| bound(element, element.least)),
        greatest: element.and_then(|element| bound(element, element.greatest)),
        sealed: element.is_none_or(|element| element.sensitivity.is_sealed()),
    }
}

fn choices(element: &Element) -> Vec<crate::wire::Named> {
    element.choices.iter().map(|choice| named(&choice.id, &choice.name)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "bounds of packs are small")]
fn bound(element: &Element, bound: Option<i64>) -> Option<f64> {
    let bound = bound? as f64;
    match element.r#type {
        Type::Whole | Type::Number => Some(bound / 1000.0),
        Type::Text => Some(bound),
        _ => None,
    }
}

fn field_type(r#type: Type) -> FieldType {
    match r#type {
        Type::Text => FieldType::Text,
        Type::Whole => FieldType::Whole,
        Type::Number => FieldType::Number,
        Type::YesNo => FieldType::YesNo,
        Type::Choice => FieldType::Choice,
        Type::Choices => FieldType::Choices,
        Type::Date => FieldType::Date,
        Type::Time => FieldType::Time,
        Type::Person => FieldType::Person,
        Type::Account => FieldType::Account,
        Type::Place => FieldType::Place,
        Type::Pool => FieldType::Pool,
    }
}
