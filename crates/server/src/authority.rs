//! Who may see what: one function that every view asks, and the one that commands pass first.

use std::collections::BTreeSet;

use domain::cases::{Case, Subject};
use domain::ids::{LedgerId, PlaceId};
use domain::people::{Household, Person};
use domain::{Actor, Command, Role};
use jiff::Timestamp;

/// The views of the API, each a row of the authority matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// `/api/day`.
    Day,
    /// `/api/cases` and one case.
    Cases,
    /// `/api/kinds`.
    Kinds,
    /// `/api/places` and one place.
    Places,
    /// `/api/households/{ledger}/{id}`.
    Households,
    /// `/api/purposes`.
    Purposes,
    /// Personal values, read for a purpose.
    Values,
    /// `/api/modes` and the preview.
    Modes,
    /// `/api/kept`.
    Kept,
    /// `/api/indicators` and figures on places.
    Figures,
    /// `/api/tables` and one table.
    Tables,
    /// `/api/stock`.
    Stock,
    /// `/api/accounts`.
    Accounts,
    /// `/api/changes`.
    Changes,
    /// `/api/roster`.
    Roster,
}

impl View {
    /// All views, in the order of the matrix.
    pub const ALL: &'static [Self] = &[
        Self::Day,
        Self::Cases,
        Self::Kinds,
        Self::Places,
        Self::Households,
        Self::Purposes,
        Self::Values,
        Self::Modes,
        Self::Kept,
        Self::Figures,
        Self::Tables,
        Self::Stock,
        Self::Accounts,
        Self::Changes,
        Self::Roster,
    ];
}

/// How much of a view somebody sees at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Nothing, not even that it is there.
    Nothing,
    /// Only what is theirs: what they reported, have, are asked for or are about.
    Own,
    /// Numbers, no names.
    Figures,
    /// All of it.
    Whole,
}

/// Roles that work with people at the doors and answer for them.
const WORKERS: &[&str] =
    &[Role::GRID_WORKER, Role::CLINICIAN, Role::COMMUNITY_LEAD, Role::COORDINATOR];

/// How much one role lets one see of a view, at its place and below.
#[must_use]
pub fn sight_of_role(view: View, role: &str) -> Sight {
    let worker = WORKERS.contains(&role);
    let neighbour = matches!(role, Role::RESIDENT | Role::VOLUNTEER);
    let counts = matches!(role, Role::DEPARTMENT | Role::ANALYST | Role::OPERATOR);
    // Any other role comes from a pack: it works on cases and with stock, not with the register.
    match view {
        View::Kinds | View::Purposes | View::Modes => Sight::Whole,
        View::Day | View::Kept => Sight::Own,
        View::Cases | View::Changes if worker => Sight::Whole,
        View::Cases | View::Changes if neighbour || counts => Sight::Own,
        View::Cases | View::Changes => Sight::Whole,
        View::Households | View::Values if worker => Sight::Whole,
        View::Households | View::Values if role == Role::RESIDENT => Sight::Own,
        View::Households | View::Values => Sight::Nothing,
        View::Places if worker => Sight::Whole,
        View::Places if neighbour => Sight::Own,
        View::Places => Sight::Figures,
        View::Figures | View::Tables if neighbour => Sight::Nothing,
        View::Figures | View::Tables => Sight::Figures,
        View::Stock if neighbour => Sight::Nothing,
        View::Stock if counts => Sight::Figures,
        View::Stock => Sight::Whole,
        View::Accounts if neighbour || role == Role::ANALYST || role == Role::DEPARTMENT => {
            Sight::Nothing
        }
        View::Accounts => Sight::Whole,
        View::Roster if Role::REGISTRARS.contains(&role) && role != Role::GRID_WORKER => {
            Sight::Whole
        }
        View::Roster => Sight::Nothing,
    }
}

/// How much somebody sees of a view at a path of places, by the roles held there or above.
#[must_use]
pub fn sight(actor: &Actor, view: View, path: &[PlaceId], at: Timestamp) -> Sight {
    let roles = actor.roles_at(path, at);
    roles.into_iter().map(|role| sight_of_role(view, role)).max().unwrap_or(Sight::Nothing)
}

/// Whether somebody has to do with a place: a role there, above it or below it.
#[must_use]
pub fn belongs(actor: &Actor, path: &[PlaceId], paths: &[Vec<PlaceId>], at: Timestamp) -> bool {
    !actor.roles_at(path, at).is_empty()
        || paths.iter().any(|own| path.last().is_some_and(|place| own.contains(place)))
}

/// The roles that somebody holds at a path, above it, or at one of their own places below it:
/// whoever looks after a part of a ledger works in that ledger.
#[must_use]
pub fn roles_around<'a>(
    actor: &'a Actor,
    path: &[PlaceId],
    paths: &[Vec<PlaceId>],
    at: Timestamp,
) -> BTreeSet<&'a str> {
    let mut roles: BTreeSet<&str> = actor.roles_at(path, at).into_iter().collect();
    let below = paths.iter().filter(|own| own.starts_with(path));
    roles.extend(below.flat_map(|own| actor.roles_at(own, at)));
    roles
}

/// Whether a case is theirs: reported, held, asked to help with, about them or their household.
#[must_use]
pub fn is_own_case(actor: &Actor, ledger: &LedgerId, case: &Case, home: Option<&Person>) -> bool {
    let own = Some(&actor.account);
    let in_it = own == Some(&case.reporter)
        || own == case.assignee.as_ref()
        || case.care.values().any(|item| own == item.asked.as_ref() || own == item.owner.as_ref());
    let about = match (&actor.person, &case.standing.subject) {
        (Some((of, _)), _) if of != ledger => false,
        (Some((_, person)), Some(Subject::Person(subject))) => {
            person == subject || home.is_some_and(|me| me.cares_for.contains_key(subject))
        }
        (Some(_), Some(Subject::Household(subject))) => {
            home.is_some_and(|me| me.household == *subject)
        }
        _ => false,
    };
    in_it || about
}

/// How much somebody sees of one case.
#[must_use]
pub fn sight_of_case(
    actor: &Actor,
    ledger: &LedgerId,
    case: &Case,
    home: Option<&Person>,
    at: Timestamp,
) -> Sight {
    match sight(actor, View::Cases, &case.path, at) {
        Sight::Whole => Sight::Whole,
        _ if is_own_case(actor, ledger, case, home) => Sight::Own,
        _ => Sight::Nothing,
    }
}

/// How much somebody sees of one household.
#[must_use]
pub fn sight_of_household(
    actor: &Actor,
    ledger: &LedgerId,
    household: &Household,
    at: Timestamp,
) -> Sight {
    if sight(actor, View::Households, &household.path, at) == Sight::Whole {
        return Sight::Whole;
    }
    let lives_there = actor
        .person
        .as_ref()
        .is_some_and(|(of, person)| of == ledger && household.people.contains(person));
    if lives_there { Sight::Own } else { Sight::Nothing }
}

/// Whether a ledger may be named to somebody at all. A call for help, an observation and the
/// answer of somebody who was asked come from anywhere; their own rules judge them.
#[must_use]
pub fn may_address(
    actor: &Actor,
    ledger: &LedgerId,
    path: &[PlaceId],
    paths: &[Vec<PlaceId>],
    command: &Command,
    at: Timestamp,
) -> bool {
    let from_anywhere = matches!(
        command,
        Command::OpenCase(_)
            | Command::RecordSubmission(_)
            | Command::ReceiveRecord(_)
            | Command::ReceiveAttachment(_)
            | Command::AnswerCare(_)
    );
    from_anywhere
        || actor.person.as_ref().is_some_and(|(of, _)| of == ledger)
        || belongs(actor, path, paths, at)
}

#[cfg(test)]
mod tests {
    use domain::Grant;
    use domain::ids::AccountId;

    use super::*;

    #[test]
    fn the_matrix_of_views_and_roles_is_as_agreed() {
        let mut roles: Vec<&str> = Role::FIXED.iter().map(|(name, ..)| *name).collect();
        roles.retain(|role| *role != Role::SYSTEM);
        roles.push("of_a_pack");
        let mut text = String::new();
        for view in View::ALL {
            for role in &roles {
                text += &format!("{view:?} {role}: {:?}\n", sight_of_role(*view, role));
            }
        }
        insta::assert_snapshot!(text);
    }

    fn worker(place: &str) -> Actor {
        Actor {
            account: AccountId::new("w").unwrap(),
            person: None,
            grants: vec![Grant {
                role: Role::new(Role::GRID_WORKER),
                place: PlaceId::new(place).unwrap(),
                until: None,
            }],
        }
    }

    #[test]
    fn a_role_holds_at_its_place_and_below_and_nowhere_else() {
        let path: Vec<PlaceId> =
            ["root", "street", "grid"].iter().map(|id| PlaceId::new(*id).unwrap()).collect();
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(sight(&worker("street"), View::Households, &path, at), Sight::Whole);
        assert_eq!(sight(&worker("other"), View::Households, &path, at), Sight::Nothing);
        assert_eq!(sight(&worker("grid"), View::Households, &path[..2], at), Sight::Nothing);
    }

    #[test]
    fn places_above_ones_own_are_known_and_places_beside_it_are_not() {
        let ids = |ids: &[&str]| -> Vec<PlaceId> {
            ids.iter().map(|id| PlaceId::new(*id).unwrap()).collect()
        };
        let paths = [ids(&["root", "street", "grid"])];
        let at = Timestamp::UNIX_EPOCH;
        assert!(belongs(&worker("grid"), &ids(&["root", "street"]), &paths, at));
        assert!(belongs(&worker("grid"), &ids(&["root", "street", "grid", "b1"]), &paths, at));
        assert!(!belongs(&worker("grid"), &ids(&["root", "street", "grid-2"]), &paths, at));
    }
}
