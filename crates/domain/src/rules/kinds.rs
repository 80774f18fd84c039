//! Kinds of cases: fields, states, actions, deadlines, effects.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Expr, Field};
use crate::ids::{CaseKindId, ElementId, FormId, PurposeId};
use crate::words::Words;

/// A kind of case with its life cycle.
#[derive(Debug)]
pub struct CaseKind {
    /// Its id, with the pack's in front.
    pub id: CaseKindId,
    /// Its name.
    pub name: Words,
    /// What it is for, in a sentence.
    pub about: Words,
    /// What a case of this kind is about, besides its place.
    pub subject: SubjectKind,
    /// Roles that may open it; `resident` means a resident for themselves.
    pub opened_by: Vec<String>,
    /// Purpose under which its personal values are kept.
    pub purpose: PurposeId,
    /// Danger to life: never asks for a pass, test or zone, and no guard may stop it.
    pub emergency: bool,
    /// What is asked when it is opened.
    pub fields: Vec<Field>,
    /// The state in which it begins.
    pub initial: String,
    /// Its states by id.
    pub states: BTreeMap<String, StateRule>,
    /// Its actions by id.
    pub actions: BTreeMap<String, ActionRule>,
    /// What opening it sets in motion.
    pub on_open: Vec<Triggered>,
}

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// Only its place.
    Place,
    /// A household.
    Household,
    /// A person.
    Person,
}

/// Where in the common life cycle a state stands. Indicators and the base rules know only these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 上报: said, nobody has looked yet.
    Reported,
    /// 受理: taken on.
    Accepted,
    /// 不予受理: turned away with the reason and the right unit.
    Rejected,
    /// 派遣: given to somebody.
    Dispatched,
    /// 退单: came back, wrong address.
    Returned,
    /// 处置: being worked on.
    Handling,
    /// 挂账: in the register of open problems.
    Deferred,
    /// 反馈: the handler says it is done.
    Claimed,
    /// 返工: the verifier did not agree.
    Rework,
    /// 结案: verified and closed.
    Closed,
}

impl Stage {
    /// All stages in the order of the life cycle.
    pub const ALL: [Self; 10] = [
        Self::Reported,
        Self::Accepted,
        Self::Rejected,
        Self::Dispatched,
        Self::Returned,
        Self::Handling,
        Self::Deferred,
        Self::Claimed,
        Self::Rework,
        Self::Closed,
    ];

    /// Whether nothing more is to be done.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Rejected | Self::Closed)
    }

    /// The name on the wire and in packs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Dispatched => "dispatched",
            Self::Returned => "returned",
            Self::Handling => "handling",
            Self::Deferred => "deferred",
            Self::Claimed => "claimed",
            Self::Rework => "rework",
            Self::Closed => "closed",
        }
    }
}

/// A state of a kind.
#[derive(Debug)]
pub struct StateRule {
    /// Its name.
    pub name: Words,
    /// Where it stands in the common life cycle.
    pub stage: Stage,
    /// How long a case may stay in it before it is late.
    pub deadline_minutes: Option<u32>,
    /// What happens by itself at a time; never a restriction.
    pub timeout: Option<Timeout>,
    /// A form that is expected at times of the day while the case is in this state.
    pub expects: Option<Expects>,
}

/// An action that the program takes by itself when a time has come.
#[derive(Debug)]
pub struct Timeout {
    /// The instant; worked out when the case enters the state.
    pub at: Expr,
    /// The action.
    pub action: String,
}

/// Readings that are expected while a case is in a state.
#[derive(Debug, Clone)]
pub struct Expects {
    /// The form.
    pub form: FormId,
    /// Minutes after midnight, deployment time, by which each is due.
    pub times_minutes: Vec<u16>,
}

/// Something that a person may do with a case.
#[derive(Debug)]
pub struct ActionRule {
    /// Its name, a verb.
    pub name: Words,
    /// States in which it may be done.
    pub from: Vec<String>,
    /// The state that follows; the same state when absent.
    pub to: Option<String>,
    /// Roles that may do it; `assignee` and `reporter` are understood too.
    pub by: Vec<String>,
    /// What it asks.
    pub asks: Vec<Field>,
    /// Conditions that must hold, each with the words for when it does not.
    pub guards: Vec<Guard>,
    /// Whether whoever does it becomes the assignee.
    pub takes: bool,
    /// The order that it gives, if it takes a person out of a home or keeps one in.
    pub order: Option<OrderRule>,
    /// What it sets in motion.
    pub effects: Vec<Triggered>,
}

/// A condition with words for when it does not hold.
#[derive(Debug)]
pub struct Guard {
    /// Must be true.
    pub when: Expr,
    /// Why not, and what to do next.
    pub otherwise: Words,
}

/// A restriction of a person by an action: never without authority, basis, end, review, appeal.
#[derive(Debug)]
pub struct OrderRule {
    /// The name of the order.
    pub name: Words,
    /// The law or decision that allows it.
    pub legal_basis: Words,
    /// The authority that gives it.
    pub authority: Words,
    /// How to appeal.
    pub appeal: Words,
    /// The instant at which it ends by itself.
    pub until: Expr,
    /// The longest time that `until` may lie ahead.
    pub longest_hours: u32,
    /// Hours after which it is reviewed.
    pub review_hours: u32,
    /// Whether the person leaves home (then every dependant needs an owner).
    pub leaves_home: bool,
    /// What else must have an owner before it may begin.
    pub needs: Vec<Needs>,
}

/// Something that must have an owner before an order may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Its id: `food`, `medicine`.
    pub id: String,
    /// Its name.
    pub name: Words,
}

/// An effect with the condition under which it happens.
#[derive(Debug)]
pub struct Triggered {
    /// A name by which the outcome is recorded and indicators may count it.
    pub id: String,
    /// Always, when absent.
    pub when: Option<Expr>,
    /// What happens; none only records the outcome.
    pub effect: Option<Effect>,
}

/// What a pack may set in motion: capabilities that are named here, nothing else.
#[derive(Debug)]
pub enum Effect {
    /// Opens a case about the same subject at the same place.
    OpenCase {
        /// Its kind.
        kind: CaseKindId,
        /// Its fields, worked out in the scope of the effect.
        fields: BTreeMap<ElementId, Expr>,
    },
    /// Holds stock for the case, in the pool that the field names.
    Hold {
        /// The element whose value is the pool's id.
        pool: ElementId,
        /// How much.
        amount: u32,
        /// Until when, unless it is taken before.
        minutes: u32,
    },
    /// Takes everything that the case holds.
    TakeHolds,
    /// Gives back everything that the case holds or has taken.
    ReleaseHolds,
    /// The subject now stays where the taken hold is.
    MoveIn,
    /// The subject is at home again.
    MoveHome,
    /// Ends the restriction of the subject and issues the release notice.
    Release,
    /// Tells those who hold a role at the case's place, the assignee or the reporter.
    Notify {
        /// Roles, `assignee`, `reporter` or `subject`.
        to: Vec<String>,
        /// What they are told.
        words: Words,
    },
}
