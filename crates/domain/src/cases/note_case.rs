//! `note_case`: words are added to a case; they go to the vault.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act_on_case::needs_of_case;
use super::{Case, CaseText, lifecycle, texts};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::CaseId;
use crate::refusal::Refusal;
use crate::states::{Key, States};

/// Adds a note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteCase {
    /// The case.
    pub case: CaseId,
    /// The words.
    pub note: String,
}

/// Whoever works on it, reported it or is its subject.
pub(super) fn allowed(context: &Context<'_>, case: &Case) -> Result<(), Refusal> {
    lifecycle::check_named(context, case, lifecycle::WORKERS, &["assignee", "reporter", "subject"])
}

impl Decide for NoteCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        needs_of_case(&self.case, seen)
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        allowed(context, &case)?;
        let sealed = texts::seal(context, draft, &case, &[(CaseText::Note, &self.note)])?;
        draft.say(Fact::CaseNoted { case: case.id, sealed });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Code;
    use crate::trial::{self, id};

    #[test]
    fn a_note_goes_to_the_vault() {
        let mut street = trial::begun();
        let note = NoteCase { case: id("c1"), note: "ring twice".to_owned() };
        let outcome = street.give(&trial::worker(), note).unwrap();
        assert_eq!(outcome.vault[0].value, "ring twice");
        assert!(!serde_json::to_string(&outcome.facts).unwrap().contains("ring"));
    }

    #[test]
    fn an_empty_note_is_refused_and_so_is_a_strangers() {
        let mut street = trial::begun();
        let empty = NoteCase { case: id("c1"), note: " ".to_owned() };
        assert_eq!(street.give(&trial::worker(), empty).unwrap_err().code, Code::Missing);
        let note = NoteCase { case: id("c1"), note: "hm".to_owned() };
        assert_eq!(street.give(&trial::neighbour(), note).unwrap_err().code, Code::NotAllowed);
    }
}
