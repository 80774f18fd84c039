//! What may be done with a case, and what each step asks.

use domain::Words as DomainWords;
use domain::cases::{CaseText, Possible};
use domain::rules::{CaseKind, Pack};

use crate::packs::field_spec;
use crate::wire::Named;
use crate::wire::cases::CaseAction;
use crate::wire::kinds::{FieldSpec, FieldType};

/// A possible step as the wire tells it.
#[must_use]
pub(crate) fn case_action(pack: &Pack, kind: &CaseKind, possible: &Possible) -> CaseAction {
    let own = kind.actions.get(&possible.id).filter(|_| possible.command == "act_on_case");
    let asks = if own.is_some() {
        possible.asks.iter().map(|field| field_spec(pack, field)).collect()
    } else {
        asked_by(possible.command)
    };
    CaseAction {
        id: possible.id.clone(),
        command: possible.command.to_owned(),
        name: (&possible.name).into(),
        allowed: possible.refusal.is_none(),
        why: possible.refusal.as_ref().map(|refusal| refusal.words().into()),
        code: possible.refusal.as_ref().map(|refusal| refusal.code.name().to_owned()),
        asks,
        needs_reason: own.is_some_and(|action| action.order.is_some()),
    }
}

/// What a command of the common life cycle asks.
fn asked_by(command: &str) -> Vec<FieldSpec> {
    let ask = |element: &str, zh: &str, en: &str, r#type| FieldSpec {
        element: element.to_owned(),
        name: DomainWords::new(zh, en).into(),
        r#type,
        required: true,
        choices: Vec::new(),
        unit: None,
        hint: None,
        least: None,
        greatest: None,
        sealed: false,
    };
    let text = |what: CaseText, zh: &str, en: &str| FieldSpec {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand characters")]
        greatest: Some(what.chars_max() as f64),
        sealed: true,
        ..ask(what.element(), zh, en, FieldType::Text)
    };
    let reason = || text(CaseText::Reason, "原因", "Reason");
    match command {
        "assign_case" => vec![ask("assignee", "交给谁", "To whom", FieldType::Account)],
        "note_case" => vec![text(CaseText::Note, "备注", "Note")],
        "return_case" => {
            vec![reason(), text(CaseText::RightUnit, "应由哪个单位办理", "Whose it is")]
        }
        "hand_over_case" => vec![
            ask("to", "移交给谁", "To whom", FieldType::Account),
            text(CaseText::Condition, "移交时的情况", "In what condition"),
        ],
        "verify_case" => vec![
            ask("agreed", "是否已完成", "Is it done?", FieldType::YesNo),
            text(CaseText::Finding, "看到的情况", "What you saw"),
        ],
        "rate_case" => vec![
            ask("solved", "问题是否解决", "Is it solved?", FieldType::YesNo),
            FieldSpec {
                least: Some(1.0),
                greatest: Some(5.0),
                ..ask("satisfied", "满意度（1–5）", "How satisfied (1–5)", FieldType::Whole)
            },
        ],
        "defer_case" => {
            vec![reason(), ask("review_on", "何时再议", "When to look again", FieldType::Date)]
        }
        "reopen_case" | "explain_delay" => vec![reason()],
        _ => Vec::new(),
    }
}

/// Choices as the wire tells them.
pub(crate) fn named(id: &str, name: &DomainWords) -> Named {
    Named { id: id.to_owned(), name: name.into() }
}
