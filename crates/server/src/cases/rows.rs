//! A case as a row of a list.

use domain::cases::{Case, Subject};
use domain::ids::LedgerId;
use domain::rules::{Element, Pack, Stage, Type};

use super::timeline::stage_name;
use crate::lookup::Lookup;
use crate::problems::Answer;
use crate::wire::cases::CaseRow;
use crate::wire::{ThingRef, Words};

/// The longest summary, in characters.
const SUMMARY_CHARS_MAX: usize = 80;

/// Makes the row of a case.
pub(crate) async fn case_row(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    case: &Case,
) -> Answer<CaseRow> {
    let rules = lookup.rules(ledger).await?;
    let pack = rules.pack(&case.pack_hash);
    let kind = pack.as_ref().and_then(|pack| pack.kinds.get(&case.kind));
    let state = kind.and_then(|kind| kind.states.get(&case.standing.state));
    let unnamed = |id: &str| Words::new(id, id);
    let now = lookup.app.now();
    let assignee_name = match &case.assignee {
        Some(account) => Some(lookup.account_name(account).await?),
        None => None,
    };
    Ok(CaseRow {
        ledger: ledger.to_string(),
        id: case.id.to_string(),
        kind: case.kind.to_string(),
        kind_name: kind.map_or_else(|| unnamed(case.kind.as_str()), |kind| (&kind.name).into()),
        state: case.standing.state.clone(),
        state_name: state.map_or_else(|| unnamed(&case.standing.state), |s| (&s.name).into()),
        stage: case.stage().name().to_owned(),
        stage_name: stage_name(case.stage()),
        place: case.place.to_string(),
        place_name: lookup.place_name(ledger, &case.place).await?,
        subject: case.standing.subject.as_ref().map(subject_ref),
        assignee: case.assignee.as_ref().map(ToString::to_string),
        assignee_name,
        opened_at: case.opened_at.into(),
        due_at: case.standing.due_at.filter(|_| !case.stage().is_final()).map(Into::into),
        late: case.is_late(now),
        open_problem: case.stage() == Stage::Deferred,
        summary: summary(pack.as_deref(), case),
    })
}

/// A subject as the wire tells it.
pub(crate) fn subject_ref(subject: &Subject) -> ThingRef {
    let key = subject.key();
    ThingRef { kind: key.kind.name().to_owned(), id: key.id.into() }
}

/// The first open text of a case, in the order in which its kind asks; choices by their names.
fn summary(pack: Option<&Pack>, case: &Case) -> Words {
    let kind = pack.and_then(|pack| pack.kinds.get(&case.kind));
    let asked = kind.into_iter().flat_map(|kind| &kind.fields).map(|field| &field.element);
    let mut parts = Vec::new();
    for element in asked {
        let Some(value) = case.fields.get(element) else { continue };
        let Some(text) = value.as_str() else { continue };
        let rule = pack.and_then(|pack| pack.elements.get(element));
        if rule.is_some_and(|rule| !matches!(rule.r#type, Type::Text | Type::Choice)) {
            continue;
        }
        let said = rule.and_then(|rule| said(rule, value));
        parts.push(said.unwrap_or_else(|| Words::new(text, text)));
        if parts.len() == 2 {
            break;
        }
    }
    let line = |part: fn(&Words) -> &str| {
        let all: Vec<&str> = parts.iter().map(part).collect();
        all.join(" · ").chars().take(SUMMARY_CHARS_MAX).collect::<String>()
    };
    Words::new(line(|words| &words.zh), line(|words| &words.en))
}

/// A value in words where it is the id of a choice or of several.
pub(crate) fn said(rule: &Element, value: &serde_json::Value) -> Option<Words> {
    let name = |id: &str| rule.choices.iter().find(|choice| choice.id == id);
    let several = |ids: &[serde_json::Value]| {
        let names: Option<Vec<_>> = ids.iter().map(|id| name(id.as_str()?)).collect();
        let names = names?;
        let zh: Vec<_> = names.iter().map(|choice| choice.name.zh.as_str()).collect();
        let en: Vec<_> = names.iter().map(|choice| choice.name.en.as_str()).collect();
        Some(Words::new(zh.join("、"), en.join(", ")))
    };
    match value {
        serde_json::Value::Array(ids) => several(ids),
        // Values of the vault come as text.
        serde_json::Value::String(text) if text.starts_with('[') => {
            several(&serde_json::from_str::<Vec<serde_json::Value>>(text).ok()?)
        }
        serde_json::Value::String(id) => name(id).map(|choice| (&choice.name).into()),
        _ => None,
    }
}

/// Whether what is not personal in a case has a text.
pub(crate) fn holds_text(row: &CaseRow, case: &Case, text: &str) -> bool {
    let text = text.to_lowercase();
    let named = [
        &row.kind_name.zh,
        &row.kind_name.en,
        &row.place_name,
        &row.summary.zh,
        &row.summary.en,
        &row.id,
        &row.state_name.zh,
        &row.state_name.en,
    ];
    named.iter().any(|part| part.to_lowercase().contains(&text))
        || case
            .fields
            .values()
            .any(|value| value.as_str().is_some_and(|value| value.to_lowercase().contains(&text)))
}
