//! Cases: a matter from the first word to the rating, with its care, its order and its history.

mod act_on_case;
mod answer_care;
mod ask_care;
mod assign_case;
pub mod care;
mod defer_case;
mod effects;
mod explain_delay;
mod hand_over_case;
mod lifecycle;
mod note_case;
mod open_case;
mod orders;
mod rate_case;
mod reopen_case;
mod return_case;
mod scope;
mod texts;
mod verify_case;
mod wake_case;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fact::{Fact, Fields};
use crate::ids::{
    AccountId, CaseId, CaseKindId, FormId, HoldId, HouseholdId, PersonId, PlaceId, PoolId,
};
use crate::old_text::OldText;
use crate::people::{Household, Person, Whereabouts};
use crate::places::{of, path_text};
use crate::rules::Stage;
use crate::states::{AsThing, Changes, Index, Key, Kind, Stamp};

pub use act_on_case::ActOnCase;
pub use answer_care::AnswerCare;
pub use ask_care::AskCare;
pub use assign_case::AssignCase;
pub use defer_case::DeferCase;
pub use explain_delay::ExplainDelay;
pub use hand_over_case::HandOverCase;
pub use lifecycle::{Possible, possible_actions};
pub use note_case::NoteCase;
pub use open_case::OpenCase;
pub use rate_case::RateCase;
pub use reopen_case::ReopenCase;
pub use return_case::ReturnCase;
pub use texts::{CaseText, is_text_item, text_item, texts_of};
pub use verify_case::VerifyCase;
pub use wake_case::WakeCase;

pub(crate) use effects::{Happening, carry_out, judge};
pub(crate) use lifecycle::next_reading;
pub(crate) use open_case::place_of;
pub(crate) use scope::{of_subject, values};

/// About whom a case or submission is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Subject {
    /// A household.
    Household(HouseholdId),
    /// A person.
    Person(PersonId),
}

impl Subject {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Household(id) => Key::new(Kind::Household, id.as_str()),
            Self::Person(id) => Key::new(Kind::Person, id.as_str()),
        }
    }

    /// The person, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(id) => Some(id),
            Self::Household(_) => None,
        }
    }
}

/// A restriction of a person: dated, with authority, legal basis, review and appeal. Its reason is
/// in the vault, sealed by the fact that gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The action of the pack that gives it.
    pub action: String,
    /// Whose decision it is, by the pack, and the account that decided.
    pub authority: String,
    /// The law or decision that allows it.
    pub legal_basis: String,
    /// Why, of an order in a fact of version 1; of later ones it is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<OldText>,
    /// How to appeal.
    pub appeal: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// When it is reviewed.
    pub review_at: Timestamp,
    /// Whether the person has to leave home.
    pub leaves_home: bool,
}

/// A care need of a case and who has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareItem {
    /// Who was asked last.
    pub asked: Option<AccountId>,
    /// Who has taken it on.
    pub owner: Option<AccountId>,
}

/// A rating by the reporter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// Whether the matter is solved.
    pub solved: bool,
    /// From 1 to 5.
    pub satisfied: u8,
}

/// Where a case stands: its state, and what the pack said of that state when it was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The state.
    pub state: String,
    /// The stage of the state.
    pub stage: Stage,
    /// When it is late.
    pub due_at: Option<Timestamp>,
    /// When something happens by itself.
    pub timeout_at: Option<Timestamp>,
    /// The readings that are expected.
    pub expects: Option<Expected>,
    /// About whom the case is: what is open about them changes with it.
    pub subject: Option<Subject>,
}

/// A reading that is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// By which form.
    pub form: FormId,
    /// When the next is due.
    pub next_at: Timestamp,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its kind.
    pub kind: CaseKindId,
    /// The pack's version that it lives under.
    pub pack_hash: String,
    /// Where.
    pub place: PlaceId,
    /// Places from the root to there.
    pub path: Vec<PlaceId>,
    /// Its values that are not personal.
    pub fields: Fields,
    /// Where it stands.
    pub standing: Standing,
    /// When it entered that state.
    pub entered_at: Timestamp,
    /// Who reported it.
    pub reporter: AccountId,
    /// Who has it.
    pub assignee: Option<AccountId>,
    /// Everybody who has worked on it; none of them may verify.
    pub handlers: BTreeSet<AccountId>,
    /// When it was opened, as the person said.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Readings that did not come since the last one that did.
    pub readings_missed: u32,
    /// Whether the present delay has been explained.
    pub delay_explained: bool,
    /// In the register of open problems, until it is looked at again.
    pub deferred_until: Option<Date>,
    /// Who has which care need.
    pub care: BTreeMap<String, CareItem>,
    /// The order that it gave and that is in force.
    pub order: Option<Order>,
    /// What it holds or has taken, by hold.
    pub holds: BTreeMap<HoldId, HeldFor>,
    /// The rating.
    pub rating: Option<Rating>,
    /// How often it was reopened.
    pub reopened: u32,
    /// How often its subject was moved somewhere for it.
    pub trips: u32,
    /// The submission or case that it came from.
    pub cause: Option<String>,
    /// Outcomes of the pack's effects so far.
    pub outcomes: BTreeMap<String, bool>,
}

/// What a case holds or has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldFor {
    /// The pool.
    pub pool: PoolId,
    /// Whether it has been taken.
    pub taken: bool,
}

impl Case {
    /// Its stage; a case in the register of open problems is deferred whatever its state.
    #[must_use]
    pub fn stage(&self) -> Stage {
        if self.deferred_until.is_some() { Stage::Deferred } else { self.standing.stage }
    }

    /// Whether it is past its deadline at an instant.
    #[must_use]
    pub fn is_late(&self, at: Timestamp) -> bool {
        !self.standing.stage.is_final()
            && self.deferred_until.is_none()
            && self.standing.due_at.is_some_and(|due| due < at)
    }

    /// The person that it is about, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<&PersonId> {
        self.standing.subject.as_ref().and_then(Subject::person)
    }

    /// When the program itself must look at it next.
    #[must_use]
    pub fn wake_at(&self) -> Option<Timestamp> {
        let reading = self.standing.expects.as_ref().map(|expected| expected.next_at);
        let order = self.order.as_ref().map(|order| order.until);
        [self.standing.timeout_at, reading, order].into_iter().flatten().min()
    }

    pub(crate) fn index(&self) -> Index {
        Index {
            place: Some(self.place.clone()),
            path: path_text(&self.path),
            sort: self.kind.to_string(),
            status: self.stage().name().to_owned(),
            owner: self.assignee.clone(),
            about: self.standing.subject.as_ref().map(|s| s.key().id.into()).unwrap_or_default(),
            since: Some(self.opened_at),
            due_at: if self.standing.stage.is_final() { None } else { self.standing.due_at },
            wake_at: self.wake_at(),
        }
    }

    fn enter(&mut self, to: &Standing, stamp: &Stamp) {
        let was_final = self.standing.stage.is_final();
        // An action that stays in the state, such as a reminder, does not begin it anew, nor take
        // the case off the register of open problems.
        let stays = self.standing.state == to.state;
        self.standing = to.clone();
        if stays {
            return;
        }
        self.entered_at = stamp.recorded_at;
        self.delay_explained = false;
        self.deferred_until = None;
        if to.stage.is_final() {
            self.closed_at = Some(stamp.recorded_at);
        } else if was_final {
            self.closed_at = None;
        }
    }
}

pub(crate) fn apply(states: &mut impl Changes, fact: &Fact, stamp: &Stamp) {
    if let Fact::CaseOpened { case, .. } = fact {
        states.create(Key::new(Case::KIND, case.as_str()), opened(fact, stamp).into_thing());
    } else if let Some(id) = case_of(fact)
        && let Some(state) = of::<Case>(states, id.as_str())
    {
        change(state, fact, stamp);
    }
    if let Fact::CaseOpened { case, to, .. }
    | Fact::CaseMoved { case, to, .. }
    | Fact::CaseReturned { case, to, .. }
    | Fact::CaseVerified { case, to, .. }
    | Fact::CaseReopened { case, to, .. } = fact
    {
        note_open(states, case, to);
    }
}

/// Keeps the open cases of the subject.
fn note_open(states: &mut impl Changes, case: &CaseId, to: &Standing) {
    let open_cases = match &to.subject {
        Some(Subject::Person(id)) => of::<Person>(states, id.as_str()).map(|p| &mut p.open_cases),
        Some(Subject::Household(id)) => {
            of::<Household>(states, id.as_str()).map(|h| &mut h.open_cases)
        }
        None => None,
    };
    if let Some(open_cases) = open_cases {
        if to.stage.is_final() {
            open_cases.remove(case);
        } else {
            open_cases.insert(case.clone());
        }
    }
}

/// The case that a fact about an opened case changes.
fn case_of(fact: &Fact) -> Option<&CaseId> {
    match fact {
        Fact::CaseMoved { case, .. }
        | Fact::CaseAssigned { case, .. }
        | Fact::CaseReturned { case, .. }
        | Fact::CaseHandedOver { case, .. }
        | Fact::CaseVerified { case, .. }
        | Fact::CaseRated { case, .. }
        | Fact::CaseReopened { case, .. }
        | Fact::CaseDeferred { case, .. }
        | Fact::DelayExplained { case, .. }
        | Fact::CareAsked { case, .. }
        | Fact::CareAccepted { case, .. }
        | Fact::CareDeclined { case, .. }
        | Fact::OrderGiven { case, .. }
        | Fact::OrderEnded { case, .. }
        | Fact::ReadingMissed { case, .. }
        | Fact::ReadingReceived { case, .. } => Some(case),
        Fact::StockHeld { case, .. }
        | Fact::HoldTaken { case, .. }
        | Fact::HoldReturned { case, .. }
        | Fact::HoldExpired { case, .. }
        | Fact::PersonPlaced { case, .. } => case.as_ref(),
        _ => None,
    }
}

fn opened(fact: &Fact, stamp: &Stamp) -> Case {
    let Fact::CaseOpened {
        case,
        kind,
        pack_hash,
        place,
        path,
        fields,
        to,
        cause,
        reporter,
        outcomes,
        ..
    } = fact
    else {
        unreachable!("only called for an opened case")
    };
    Case {
        id: case.clone(),
        kind: kind.clone(),
        pack_hash: pack_hash.clone(),
        place: place.clone(),
        path: path.clone(),
        fields: fields.clone(),
        standing: to.clone(),
        entered_at: stamp.recorded_at,
        reporter: reporter.clone(),
        assignee: None,
        handlers: BTreeSet::new(),
        opened_at: stamp.occurred_at,
        closed_at: to.stage.is_final().then_some(stamp.recorded_at),
        readings_missed: 0,
        delay_explained: false,
        deferred_until: None,
        care: BTreeMap::new(),
        order: None,
        holds: BTreeMap::new(),
        rating: None,
        reopened: 0,
        trips: 0,
        cause: cause.clone(),
        outcomes: outcomes.clone(),
    }
}

fn change(case: &mut Case, fact: &Fact, stamp: &Stamp) {
    match fact {
        Fact::CaseMoved { to, fields, assignee, outcomes, .. } => {
            case.enter(to, stamp);
            case.fields.extend(fields.clone());
            case.outcomes.extend(outcomes.clone());
            if let Some(account) = assignee {
                case.assignee = Some(account.clone());
                case.handlers.insert(account.clone());
            }
            if matches!(to.stage, Stage::Claimed) {
                case.handlers.insert(stamp.actor.clone());
            }
        }
        Fact::CaseAssigned { assignee, .. } => {
            case.assignee = Some(assignee.clone());
            case.handlers.insert(assignee.clone());
        }
        Fact::CaseReturned { to, .. } => {
            case.enter(to, stamp);
            case.assignee = None;
        }
        Fact::CaseHandedOver { to, .. } => {
            case.assignee = Some(to.clone());
            case.handlers.insert(to.clone());
        }
        Fact::CaseVerified { to, .. } => case.enter(to, stamp),
        Fact::CaseRated { solved, satisfied, .. } => {
            case.rating = Some(Rating { solved: *solved, satisfied: *satisfied });
        }
        Fact::CaseReopened { to, .. } => {
            case.enter(to, stamp);
            case.reopened += 1;
            case.rating = None;
        }
        Fact::CaseDeferred { review_on, .. } => case.deferred_until = Some(*review_on),
        Fact::DelayExplained { .. } => case.delay_explained = true,
        Fact::PersonPlaced { whereabouts: Whereabouts::Pool { .. }, .. } => case.trips += 1,
        Fact::ReadingMissed { next_at, .. } => {
            case.readings_missed += 1;
            expect_next(case, *next_at);
        }
        Fact::ReadingReceived { next_at, .. } => {
            case.readings_missed = 0;
            expect_next(case, *next_at);
        }
        Fact::OrderGiven { order, .. } => case.order = Some(order.clone()),
        Fact::OrderEnded { .. } => case.order = None,
        _ => {
            change_care(case, fact);
            change_holds(case, fact);
        }
    }
}

fn expect_next(case: &mut Case, next_at: Option<Timestamp>) {
    match (&mut case.standing.expects, next_at) {
        (Some(expected), Some(next_at)) => expected.next_at = next_at,
        (expects, None) => *expects = None,
        (None, Some(_)) => {}
    }
}

fn change_care(case: &mut Case, fact: &Fact) {
    match fact {
        Fact::CareAsked { need, owner, .. } => {
            case.care.entry(need.clone()).or_default().asked = Some(owner.clone());
        }
        Fact::CareAccepted { need, owner, .. } => {
            let item = case.care.entry(need.clone()).or_default();
            item.asked = None;
            item.owner = Some(owner.clone());
        }
        Fact::CareDeclined { need, .. } => {
            let item = case.care.entry(need.clone()).or_default();
            item.asked = None;
            item.owner = None;
        }
        _ => {}
    }
}

fn change_holds(case: &mut Case, fact: &Fact) {
    match fact {
        Fact::StockHeld { hold, pool, .. } => {
            let held = HeldFor { pool: pool.clone(), taken: false };
            case.holds.insert(hold.clone(), held);
        }
        Fact::HoldTaken { hold, .. } => {
            if let Some(held) = case.holds.get_mut(hold) {
                held.taken = true;
            }
        }
        Fact::HoldReturned { hold, .. } | Fact::HoldExpired { hold, .. } => {
            case.holds.remove(hold);
        }
        _ => {}
    }
}
