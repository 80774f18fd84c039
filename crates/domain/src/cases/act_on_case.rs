//! `act_on_case`: somebody does with a case what its pack lets them do.

use schemars::JsonSchema;
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
        let subject = case.standing.subject.as_ref();
        let mut standing = match &action.to {
            Some(to) => lifecycle::stand(context, kind, to, subject, &scope)?,
            None => lifecycle::stay(kind, case, &scope),
        };
        // A time that has passed already would wake the case again and again.
        standing.timeout_at = standing.timeout_at.filter(|at| *at > context.moment.at);
        let outcomes = effects::judge(&action.effects, &scope)?;
        let owner = answers::owner(case.person(), "case", case.id.as_str());
        let shelf =
            answers::Shelf { person: &owner, item: case.id.as_str(), purpose: &kind.purpose };
        let (fields, sealed) = answers::sort(&|id| pack.elements.get(id), draft, &shelf, given);
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
    let Some(now) = draft.get::<Case>(case.id.as_str()) else {
        return Ok(());
    };
    if now.standing.stage.is_final() && now.order.is_some() {
        let person = now.standing.subject.as_ref().and_then(Subject::person);
        let refusal = Refusal::new(Code::Restricted).with("case", case.id.as_str());
        return Err(refusal.with("person", person.map_or("", |id| id.as_str())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    use crate::ids::CaseId;
    use crate::people::{Person, Whereabouts};
    use crate::rehearsal::Rehearsal;
    use crate::stock::Pool;

    fn act(action: &str, fields: Fields, reason: Option<&str>) -> ActOnCase {
        let case: CaseId = id("c1");
        ActOnCase { case, action: action.to_owned(), fields, reason: reason.map(str::to_owned) }
    }

    fn with(element: &str, value: serde_json::Value) -> Fields {
        Fields::from([(id(element), value)])
    }

    fn opened(kind: &str, subject: Option<Subject>) -> Rehearsal {
        let mut street = trial::community();
        let fields =
            if kind == "trial.repair" { with("what", "lamp".into()) } else { Fields::new() };
        let open =
            super::super::OpenCase { case: id("c1"), kind: id(kind), place: None, subject, fields };
        street.give(&trial::resident(), open).unwrap();
        street
    }

    fn room_held() -> Rehearsal {
        let mut street = opened("trial.stay", Some(Subject::Person(id("p1"))));
        let hold = act("hold", with("room", "rooms".into()), None);
        street.give(&trial::clinician(), hold).unwrap();
        street
    }

    fn cared_for(street: &mut Rehearsal) {
        for need in ["dependant:p2", "food"] {
            let ask = super::super::AskCare {
                case: id("c1"),
                need: need.to_owned(),
                owner: id("neighbour"),
            };
            street.give(&trial::clinician(), ask).unwrap();
            let yes =
                super::super::AnswerCare { case: id("c1"), need: need.to_owned(), accepts: true };
            street.give(&trial::neighbour(), yes).unwrap();
        }
    }

    #[test]
    fn whoever_takes_a_case_has_it() {
        let mut street = opened("trial.repair", None);
        street.give(&trial::worker(), act("begin", Fields::new(), None)).unwrap();
        let case = street.states.get::<Case>("c1").unwrap();
        assert_eq!(case.assignee, Some(id("worker")));
        assert_eq!(case.standing.state, "handling");
    }

    #[test]
    fn an_action_is_refused_out_of_turn_by_others_and_when_its_guard_fails() {
        let mut street = opened("trial.repair", None);
        let early = act("claim", with("done", true.into()), None);
        assert_eq!(street.give(&trial::worker(), early).unwrap_err().code, Code::NotAllowed);
        street.give(&trial::worker(), act("begin", Fields::new(), None)).unwrap();
        let again = street.give(&trial::worker(), act("begin", Fields::new(), None)).unwrap_err();
        assert_eq!(again.code, Code::ActionNotNow);
        let undone = act("claim", with("done", false.into()), None);
        let refused = street.give(&trial::worker(), undone).unwrap_err();
        assert_eq!(refused.code, Code::GuardFailed);
        assert_eq!(refused.words().en, "not done");
    }

    #[test]
    fn a_late_case_is_refused_its_end_until_somebody_says_why() {
        let mut street = opened("trial.repair", None);
        street.give(&trial::worker(), act("begin", Fields::new(), None)).unwrap();
        street.moment.at += jiff::SignedDuration::from_hours(25);
        let claim = act("claim", with("done", true.into()), None);
        let late = street.give(&trial::worker(), claim.clone()).unwrap_err();
        assert_eq!(late.code, Code::Late);
        let why = super::super::ExplainDelay { case: id("c1"), reason: "no spare part".to_owned() };
        street.give(&trial::worker(), why).unwrap();
        street.give(&trial::worker(), claim).unwrap();
    }

    #[test]
    fn an_order_is_refused_while_a_dependant_has_no_carer() {
        let mut street = room_held();
        let send = act("send", Fields::new(), Some("unwell"));
        let refused = street.give(&trial::clinician(), send.clone()).unwrap_err();
        assert_eq!(refused.code, Code::CareMissing);
        assert_eq!(refused.details["needs"], "dependant:p2, food");
        cared_for(&mut street);
        street.give(&trial::clinician(), send).unwrap();
        let person = street.states.get::<Person>("p1").unwrap();
        assert!(person.order.is_some());
        assert_eq!(person.whereabouts, Whereabouts::Pool { pool: id("rooms") });
    }

    #[test]
    fn an_order_is_refused_before_a_place_is_held_and_without_a_reason() {
        let mut street = opened("trial.stay", Some(Subject::Person(id("p1"))));
        let send = act("send", Fields::new(), Some("unwell"));
        let refused = street.give(&trial::clinician(), send).unwrap_err();
        assert_eq!(refused.code, Code::NothingHeld);
        let mut street = room_held();
        cared_for(&mut street);
        let bare = act("send", Fields::new(), None);
        assert_eq!(street.give(&trial::clinician(), bare).unwrap_err().code, Code::Missing);
    }

    #[test]
    fn an_order_carries_authority_basis_reason_end_review_and_appeal() {
        let mut street = room_held();
        cared_for(&mut street);
        street.give(&trial::clinician(), act("send", Fields::new(), Some("unwell"))).unwrap();
        let order = street.states.get::<Case>("c1").unwrap().order.clone().unwrap();
        let texts = [&order.authority, &order.legal_basis, &order.appeal];
        assert!(texts.iter().all(|text| !text.trim().is_empty()));
        assert!(order.from < order.review_at && order.review_at <= order.until);
        let given = street.facts.iter().rev().find_map(|fact| match fact {
            Fact::OrderGiven { sealed, .. } => Some(sealed.clone()),
            _ => None,
        });
        let reason = street.vault.iter().find(|it| it.value == "unwell").expect("a reason");
        assert_eq!(given.unwrap(), [reason.sealed()]);
    }

    #[test]
    fn the_reason_of_an_order_goes_to_the_vault_about_the_person() {
        let mut street = room_held();
        cared_for(&mut street);
        let send = act("send", Fields::new(), Some("warm since Monday, and so is her aunt"));
        let outcome = street.give(&trial::clinician(), send).unwrap();
        let [reason] = &outcome.vault[..] else { panic!("{:#?}", outcome.vault) };
        assert_eq!((reason.person.as_str(), reason.element.as_str()), ("p1", "reason"));
        assert!(reason.item.starts_with("c1/"), "{}", reason.item);
        let said = serde_json::to_string(&outcome.facts).unwrap();
        assert!(!said.contains("her aunt"), "{said}");
        for thing in outcome.changed.values() {
            assert!(!thing.body().contains("her aunt"), "{thing:?}");
        }
    }

    #[test]
    fn an_order_is_refused_for_longer_than_its_reason_is_kept() {
        let mut street = trial::community_under(|pack| {
            for purpose in pack.purposes.values_mut() {
                purpose.retention_days = 1;
            }
        });
        let subject = Some(Subject::Person(id("p1")));
        let (case, kind) = (id("c1"), id("trial.stay"));
        let open =
            super::super::OpenCase { case, kind, place: None, subject, fields: Fields::new() };
        street.give(&trial::resident(), open).unwrap();
        street.give(&trial::clinician(), act("hold", with("room", "rooms".into()), None)).unwrap();
        cared_for(&mut street);
        let send = act("send", Fields::new(), Some("unwell"));
        let refused = street.give(&trial::clinician(), send).unwrap_err();
        assert_eq!((refused.code, &*refused.details["longest"]), (Code::NoEnd, "24 h"));
    }

    #[test]
    fn an_endless_reason_of_an_order_is_refused() {
        let mut street = room_held();
        cared_for(&mut street);
        let endless = act("send", Fields::new(), Some(&"x".repeat(2001)));
        let refused = street.give(&trial::clinician(), endless).unwrap_err();
        assert_eq!(refused.code, Code::TextTooLong);
        assert!(street.states.get::<Case>("c1").unwrap().order.is_none());
    }

    #[test]
    fn a_person_under_an_order_is_refused_a_second_one() {
        let mut street = room_held();
        cared_for(&mut street);
        street.give(&trial::clinician(), act("send", Fields::new(), Some("unwell"))).unwrap();
        let second = super::super::OpenCase {
            case: id("c2"),
            kind: id("trial.stay"),
            place: None,
            subject: Some(Subject::Person(id("p1"))),
            fields: Fields::new(),
        };
        street.give(&trial::resident(), second).unwrap();
        let hold = ActOnCase { case: id("c2"), ..act("hold", with("room", "rooms".into()), None) };
        street.give(&trial::clinician(), hold).unwrap();
        let send = ActOnCase { case: id("c2"), ..act("send", Fields::new(), Some("unwell")) };
        let refused = street.give(&trial::clinician(), send).unwrap_err();
        assert_eq!(refused.code, Code::Restricted);
    }

    #[test]
    fn a_release_frees_the_person_the_room_and_brings_them_home() {
        let mut street = room_held();
        cared_for(&mut street);
        street.give(&trial::clinician(), act("send", Fields::new(), Some("unwell"))).unwrap();
        street.give(&trial::clinician(), act("release", Fields::new(), None)).unwrap();
        let person = street.states.get::<Person>("p1").unwrap();
        assert!(person.order.is_none() && person.open_cases.is_empty());
        assert_eq!(person.whereabouts, Whereabouts::Home);
        let pool = street.states.get::<Pool>("rooms").unwrap();
        assert_eq!(pool.free(), pool.total);
    }

    #[test]
    fn a_room_is_refused_to_a_third_when_two_are_held() {
        let mut street = room_held();
        street.give(&trial::lead(), trial::hold("other")).unwrap();
        let open = super::super::OpenCase {
            case: id("c2"),
            kind: id("trial.stay"),
            place: None,
            subject: Some(Subject::Person(id("p1"))),
            fields: Fields::new(),
        };
        street.give(&trial::resident(), open).unwrap();
        let hold = ActOnCase { case: id("c2"), ..act("hold", with("room", "rooms".into()), None) };
        assert_eq!(street.give(&trial::clinician(), hold).unwrap_err().code, Code::Short);
    }
}
