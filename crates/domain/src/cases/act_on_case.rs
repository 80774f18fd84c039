//! `act_on_case`: somebody does with a case what its pack lets them do.

use serde::{Deserialize, Serialize};

use super::effects::{self, Happening};
use super::{Case, Subject, lifecycle, open_case, orders, scope};
use crate::authority::Authority;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::{Fact, Fields};
use crate::forms::answers;
use crate::ids::CaseId;
use crate::refusal::{Code, Refusal};
use crate::rules::{ActionRule, CaseKind, Pack};
use crate::states::{AsThing, Key, States};

/// Does an action of the pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActOnCase {
    /// The case.
    pub case: CaseId,
    /// The action.
    pub action: String,
    /// What the action asks for.
    #[serde(default)]
    pub fields: Fields,
    /// Why; needed when the action gives an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Decide for ActOnCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        let mut needs = needs_of_case(&self.case, seen);
        needs.extend(open_case::needs_of_fields(&self.fields));
        needs
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let case = draft.known::<Case>(self.case.as_str())?.clone();
        let pack = lifecycle::pack_of(context, &case)?;
        let kind = lifecycle::kind_of(&pack, &case)?;
        let Some(action) = kind.actions.get(&self.action) else {
            let refusal = Refusal::new(Code::Unknown).with("what", "action");
            return Err(refusal.with("id", self.action.as_str()));
        };
        if !lifecycle::is_named(context, &case, &action.by) {
            return Err(Refusal::new(Code::NotAllowed).with("roles", action.by.join(", ")));
        }
        lifecycle::check_open(&case)?;
        answers::check(&pack, &action.asks, &self.fields)?;
        let act = Act {
            pack: &pack,
            kind,
            id: &self.action,
            action,
            given: &self.fields,
            reason: self.reason.as_deref().unwrap_or_default(),
        };
        act.carry_out(context, draft, &case)
    }
}

/// The states that an act on a case may read or change.
pub(super) fn needs_of_case(id: &CaseId, seen: &States) -> Vec<Key> {
    let mut needs = vec![Key::new(Case::KIND, id.as_str())];
    if let Some(case) = seen.get::<Case>(id.as_str()) {
        needs.extend(open_case::needs_of_subject(case.standing.subject.as_ref(), seen));
        needs.extend(open_case::needs_of_fields(&case.fields));
        let pools = case.holds.values().map(|held| held.pool.as_str());
        needs.extend(pools.map(|pool| Key::new(crate::states::Kind::Pool, pool)));
    }
    needs
}

/// An action about to be done, whoever does it.
pub(super) struct Act<'a> {
    pub(super) pack: &'a Pack,
    pub(super) kind: &'a CaseKind,
    pub(super) id: &'a str,
    pub(super) action: &'a ActionRule,
    pub(super) given: &'a Fields,
    pub(super) reason: &'a str,
}

impl Act<'_> {
    /// Checks the action's conditions, moves the case, gives the order, sets effects in motion.
    pub(super) fn carry_out(
        &self,
        context: &Context<'_>,
        draft: &mut Draft<'_>,
        case: &Case,
    ) -> Result<(), Refusal> {
        let Self { pack, kind, id, action, given, reason } = self;
        let which = (*id, *action);
        lifecycle::check_action(context, draft, pack, kind, case, which, Some(given))?;
        let scope = scope::of_case(pack, context, draft, case, given);
        let to = action.to.as_deref().unwrap_or(&case.standing.state);
        let subject = case.standing.subject.as_ref();
        let mut standing = lifecycle::stand(context, kind, to, subject, &scope)?;
        if action.to.is_none() {
            standing.due_at = case.standing.due_at;
        }
        // A time that has passed already would wake the case again and again.
        standing.timeout_at = standing.timeout_at.filter(|at| *at > context.moment.at);
        let outcomes = effects::judge(&action.effects, &scope)?;
        let owner = answers::owner(case.person(), "case", case.id.as_str());
        let shelf =
            answers::Shelf { person: &owner, item: case.id.as_str(), purpose: &kind.purpose };
        let (fields, sealed) = answers::sort(Some(pack), draft, &shelf, given);
        draft.say(Fact::CaseMoved {
            case: case.id.clone(),
            action: (*id).to_owned(),
            from: case.standing.state.clone(),
            to: standing,
            fields,
            sealed,
            assignee: action.takes.then(|| context.actor.account.clone()),
            outcomes: outcomes.clone(),
        });
        if let Some(order) = &action.order {
            orders::give(context, draft, case, (id, order), reason, &scope)?;
        }
        let happening = Happening {
            pack,
            case: Some(case.id.clone()),
            place: &case.place,
            path: &case.path,
            subject,
            cause: case.id.as_str(),
            depth: 0,
        };
        effects::run(context, draft, &happening, &action.effects, &outcomes, &scope)?;
        check_freed(draft, case)
    }
}

/// Nobody is left under an order of a case that is over, and nothing stays held for it.
fn check_freed(draft: &Draft<'_>, case: &Case) -> Result<(), Refusal> {
    let Some(now) = draft.get::<Case>(case.id.as_str()) else { return Ok(()) };
    if now.standing.stage.is_final() && now.order.is_some() {
        let person = now.standing.subject.as_ref().and_then(Subject::person);
        let refusal = Refusal::new(Code::Restricted).with("case", case.id.as_str());
        return Err(refusal.with("person", person.map_or("", |id| id.as_str())));
    }
    Ok(())
}
