//! Who speaks, with which roles at which places, and what a command asks of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, LedgerId, PersonId, PlaceId};
use crate::refusal::{Code, Refusal};

/// A role by its name. A few are fixed, because base commands name them; packs may add others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Role(pub String);

macro_rules! roles {
    ($($(#[$about:meta])* $konst:ident = $name:literal, $zh:literal, $en:literal;)+) => {
        impl Role {
            $($(#[$about])* pub const $konst: &'static str = $name;)+
            /// The fixed roles with their words, in the order of the authority matrix.
            pub const FIXED: &'static [(&'static str, &'static str, &'static str)] =
                &[$(($name, $zh, $en)),+];
        }
    };
}

roles! {
    /// Lives here; speaks for themselves and their household.
    RESIDENT = "resident", "居民", "Resident";
    /// Looks after one grid cell.
    GRID_WORKER = "grid_worker", "网格员", "Grid worker";
    /// Helps neighbours, unpaid.
    VOLUNTEER = "volunteer", "志愿者", "Volunteer";
    /// Works at the community health centre.
    CLINICIAN = "clinician", "社区医生", "Clinician";
    /// Leads a community.
    COMMUNITY_LEAD = "community_lead", "社区负责人", "Community lead";
    /// Coordinates at the street.
    COORDINATOR = "coordinator", "街道协调员", "Street coordinator";
    /// A line department.
    DEPARTMENT = "department", "条线部门", "Line department";
    /// Reads figures at every level, no names.
    ANALYST = "analyst", "分析员", "Analyst";
    /// Runs the deployment.
    OPERATOR = "operator", "运维员", "Operator";
    /// The program itself, at due times.
    SYSTEM = "system", "系统", "System";
}

impl Role {
    /// Roles that keep the register of households and people.
    pub const REGISTRARS: &'static [&'static str] =
        &[Self::GRID_WORKER, Self::COMMUNITY_LEAD, Self::COORDINATOR, Self::OPERATOR];

    /// A role from its name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

/// A role at a place (and below it), perhaps until a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where it holds: here and at every place below.
    pub place: PlaceId,
    /// The instant at which it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Whoever gives a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// The person behind it and the ledger that keeps that person, where there is one.
    pub person: Option<(LedgerId, PersonId)>,
    /// The roles held.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// The program itself, which only does what is due.
    ///
    /// # Panics
    /// Never: the ids are plain.
    #[must_use]
    pub fn system() -> Self {
        Self {
            account: AccountId::new("system").expect("plain"),
            person: None,
            grants: vec![Grant {
                role: Role::new(Role::SYSTEM),
                place: PlaceId::new("root").expect("plain"),
                until: None,
            }],
        }
    }

    /// Whoever sits at the machine with the deployment's folder and keys: an operator everywhere.
    ///
    /// # Panics
    /// Never: the ids are plain.
    #[must_use]
    pub fn console() -> Self {
        Self {
            account: AccountId::new("console").expect("plain"),
            person: None,
            grants: vec![Grant {
                role: Role::new(Role::OPERATOR),
                place: PlaceId::new("root").expect("plain"),
                until: None,
            }],
        }
    }

    /// Whether it is the program itself.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.grants.iter().any(|grant| grant.role.0 == Role::SYSTEM)
    }

    /// Whether the actor holds one of the roles at one of the places on a path (root first).
    #[must_use]
    pub fn holds(&self, roles: &[&str], path: &[PlaceId], at: Timestamp) -> bool {
        self.grants.iter().any(|grant| {
            roles.contains(&grant.role.0.as_str())
                && grant.until.is_none_or(|until| at < until)
                && path.contains(&grant.place)
        })
    }

    /// The names of the roles that hold at a path.
    #[must_use]
    pub fn roles_at(&self, path: &[PlaceId], at: Timestamp) -> Vec<&str> {
        let holding = self.grants.iter().filter(|grant| {
            grant.until.is_none_or(|until| at < until) && path.contains(&grant.place)
        });
        let mut roles: Vec<&str> = holding.map(|grant| grant.role.0.as_str()).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }
}

/// What a command asks of whoever gives it. Declared beside the command, never in a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// One of these roles at the ledger's place or above it.
    Roles(&'static [&'static str]),
    /// The pack says who: the command checks by itself, when it knows the thing it acts on.
    ByPack,
    /// Anybody who is signed in, about themselves: the command checks that it is.
    Oneself,
    /// Only the program itself.
    System,
}

impl Authority {
    /// Refuses an actor that lacks what is asked.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] that names the roles which may.
    pub fn check(&self, actor: &Actor, path: &[PlaceId], at: Timestamp) -> Result<(), Refusal> {
        let allowed = match self {
            Self::Roles(roles) => actor.holds(roles, path, at),
            Self::ByPack | Self::Oneself => true,
            Self::System => actor.is_system(),
        };
        if allowed {
            return Ok(());
        }
        let roles = match self {
            Self::Roles(roles) => roles.join(", "),
            _ => Role::SYSTEM.to_owned(),
        };
        Err(Refusal::new(Code::NotAllowed).with("roles", roles))
    }
}
