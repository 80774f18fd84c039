//! Texts that people write on a case: they are sealed in the vault, and no fact holds them.

use super::{Case, lifecycle};
use crate::command::Context;
use crate::draft::Draft;
use crate::fact::Fact;
use crate::forms::answers;
use crate::ids::{CaseId, CommandId, ElementId};
use crate::refusal::Refusal;
use crate::text;
use crate::vault::Sealed;
use crate::words::Words;

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseText {
    /// Anything that was noted.
    Note,
    /// Why: of an order, a return, a delay, a deferral or a reopening.
    Reason,
    /// In what condition the case was handed over.
    Condition,
    /// What was seen when it was verified.
    Finding,
    /// Whose a case is that was returned. It is typed, not chosen: it may name a person too.
    RightUnit,
}

impl CaseText {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Note, Self::Reason, Self::Condition, Self::Finding, Self::RightUnit];

    /// The data element, and the field of the command.
    #[must_use]
    pub fn element(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Reason => "reason",
            Self::Condition => "condition",
            Self::Finding => "finding",
            Self::RightUnit => "right_unit",
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> Words {
        let (zh, en) = match self {
            Self::Note => ("备注", "Note"),
            Self::Reason => ("原因", "Reason"),
            Self::Condition => ("移交时的情况", "Condition at the hand-over"),
            Self::Finding => ("看到的情况", "What was seen"),
            Self::RightUnit => ("应由哪个单位办理", "Whose it is"),
        };
        Words::new(zh, en)
    }

    /// The text of an element, if it is one of a case.
    #[must_use]
    pub fn of(element: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|text| text.element() == element)
    }

    /// The longest that it may be, in characters.
    #[must_use]
    pub fn chars_max(self) -> usize {
        match self {
            Self::RightUnit => text::LINE_CHARS_MAX,
            _ => text::TEXT_CHARS_MAX,
        }
    }
}

/// What the vault files the texts of a command on a case under.
#[must_use]
pub fn text_item(case: &CaseId, command: &CommandId) -> String {
    format!("{case}/{command}")
}

/// Whether the vault files something under a command on a case: then it is a text of the case, not
/// a value of the pack's dictionary, whatever its element is called.
#[must_use]
pub fn is_text_item(item: &str) -> bool {
    item.contains('/')
}

/// The texts that a fact about a case sealed, if it is one that people write with.
#[must_use]
pub fn texts_of(fact: &Fact) -> &[Sealed] {
    match fact {
        Fact::CaseNoted { sealed, .. }
        | Fact::CaseReturned { sealed, .. }
        | Fact::CaseHandedOver { sealed, .. }
        | Fact::CaseVerified { sealed, .. }
        | Fact::CaseReopened { sealed, .. }
        | Fact::CaseDeferred { sealed, .. }
        | Fact::DelayExplained { sealed, .. }
        | Fact::OrderGiven { sealed, .. } => sealed,
        _ => &[],
    }
}

/// Sends texts to the vault for the purpose of the case; gives what the fact says in their place.
///
/// # Errors
/// When one is empty or too long, or the pack of the case is not here.
pub(super) fn seal(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    case: &Case,
    texts: &[(CaseText, &str)],
) -> Result<Vec<Sealed>, Refusal> {
    let pack = lifecycle::pack_of(context, case)?;
    let kind = lifecycle::kind_of(&pack, case)?;
    let owner = answers::owner(case.person(), "case", case.id.as_str());
    let item = text_item(&case.id, context.command);
    let mut sealed = Vec::with_capacity(texts.len());
    for (what, words) in texts {
        let words = text::bounded(what.element(), words, what.chars_max())?;
        let element = ElementId::new(what.element()).expect("plain");
        sealed.push(draft.seal(&owner, &element, &item, &kind.purpose, words));
    }
    Ok(sealed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{ExplainDelay, HandOverCase, NoteCase, ReopenCase, ReturnCase, VerifyCase};
    use crate::command::Command;
    use crate::refusal::Code;
    use crate::trial::{self, id};

    const SAID: &str = "warm since Monday, and so is her aunt";

    fn said() -> String {
        SAID.to_owned()
    }

    #[test]
    fn a_text_is_sealed_about_the_case_for_its_purpose_and_under_the_command() {
        let mut street = trial::begun();
        let over = HandOverCase { case: id("c1"), to: id("worker-2"), condition: said() };
        let outcome = street.give(&trial::worker(), over).unwrap();
        let [value] = &outcome.vault[..] else { panic!("{:#?}", outcome.vault) };
        assert_eq!((value.person.as_str(), value.purpose.as_str()), ("case.c1", "service"));
        assert_eq!((value.element.as_str(), value.value.as_str()), ("condition", SAID));
        let command = value.item.strip_prefix("c1/").expect("under the case");
        assert_eq!(value.item, text_item(&id("c1"), &id(command)));
        assert!(is_text_item(&value.item) && !is_text_item("c1"));
        let facts = serde_json::to_string(&outcome.facts).unwrap();
        assert_eq!(texts_of(&outcome.facts[0]), [value.sealed()]);
        assert!(!facts.contains(SAID), "{facts}");
    }

    #[test]
    fn a_return_seals_the_unit_too_because_it_is_typed() {
        let mut street = trial::begun();
        let right_unit = "the doctor of old Li".to_owned();
        let back = ReturnCase { case: id("c1"), reason: said(), right_unit };
        let outcome = street.give(&trial::worker(), back).unwrap();
        let elements: Vec<&str> = outcome.vault.iter().map(|it| it.element.as_str()).collect();
        assert_eq!(elements, ["reason", "right_unit"]);
        assert!(!serde_json::to_string(&outcome.facts).unwrap().contains("Li"));
    }

    #[test]
    fn a_text_that_is_too_long_is_refused_with_how_long_it_may_be() {
        let long = |what: CaseText| "长".repeat(what.chars_max() + 1);
        let (case, to) = (id::<CaseId>("c1"), id("worker-2"));
        let commands: [(CaseText, Command); 4] = [
            (CaseText::Note, NoteCase { case: case.clone(), note: long(CaseText::Note) }.into()),
            (
                CaseText::Condition,
                HandOverCase { case: case.clone(), to, condition: long(CaseText::Condition) }
                    .into(),
            ),
            (
                CaseText::Reason,
                ReturnCase {
                    case: case.clone(),
                    reason: long(CaseText::Reason),
                    right_unit: said(),
                }
                .into(),
            ),
            (
                CaseText::RightUnit,
                ReturnCase { case, reason: said(), right_unit: long(CaseText::RightUnit) }.into(),
            ),
        ];
        for (what, command) in commands {
            let refused = trial::begun().give(&trial::worker(), command).unwrap_err();
            assert_eq!(refused.code, Code::TextTooLong, "{what:?}");
            assert_eq!(refused.details["field"], what.element());
            assert!(refused.words().en.contains(&what.chars_max().to_string()));
        }
    }

    #[test]
    fn a_finding_and_a_reason_are_refused_when_they_say_nothing() {
        let finding = VerifyCase { case: id("c1"), agreed: true, finding: " ".to_owned() };
        let refused = trial::claimed().give(&trial::second_worker(), finding).unwrap_err();
        assert_eq!((refused.code, &*refused.details["field"]), (Code::Missing, "finding"));
        let again = ReopenCase { case: id("c1"), reason: "\n".to_owned() };
        let refused = trial::closed().give(&trial::resident(), again).unwrap_err();
        assert_eq!((refused.code, &*refused.details["field"]), (Code::Missing, "reason"));
        let mut late = trial::begun();
        late.moment.at += jiff::SignedDuration::from_hours(25);
        let why = ExplainDelay { case: id("c1"), reason: String::new() };
        assert_eq!(late.give(&trial::worker(), why).unwrap_err().code, Code::Missing);
    }

    #[test]
    fn every_text_has_its_name_in_both_languages_and_is_found_by_its_element() {
        for what in CaseText::ALL {
            assert_eq!(CaseText::of(what.element()), Some(what));
            assert!(!what.name().zh.is_empty() && !what.name().en.is_empty());
        }
        assert_eq!(CaseText::of("temperature"), None);
    }
}
