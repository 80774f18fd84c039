//! `note_case`: words are added to a case; they go to the vault.

use serde::{Deserialize, Serialize};

use super::act_on_case::needs_of_case;
use super::{Case, lifecycle};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::CaseId;
use crate::refusal::Refusal;
use crate::states::{Key, States};
use super::reason;
use crate::forms::answers;
use crate::ids::ElementId;

/// Adds a note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        let note = reason::checked("note", &self.note)?;
        let pack = lifecycle::pack_of(context, &case)?;
        let kind = lifecycle::kind_of(&pack, &case)?;
        let owner = answers::owner(case.person(), "case", case.id.as_str());
        let element = ElementId::new("note").expect("plain");
        let item = format!("{}/{}", case.id, context.command);
        let sealed = draft.seal(&owner, &element, &item, &kind.purpose, note);
        draft.say(Fact::CaseNoted { case: case.id, sealed: vec![sealed] });
        Ok(())
    }
}
