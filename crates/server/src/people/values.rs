//! Personal values out of the vault: only for a purpose that is allowed, and always written down.

use domain::cases::{Case, is_text_item};
use domain::forms::UNKNOWN;
use domain::ids::{LedgerId, PlaceId, PurposeId};
use domain::rules::Rules;
use domain::{Actor, Role};
use jiff::Timestamp;

use crate::authority::{Sight, View, is_own_case, sight, sight_of_role};
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode, Refused};
use crate::reading::{Opened, Reader, Wanted};
use crate::sessions::Signed;
use crate::wire::Words;

/// The purpose of the register itself, which needs no pack.
pub(crate) const REGISTER: &str = "register";
/// The purpose under which people read what is about themselves.
const ONESELF: &str = "oneself";

/// For what values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For<'a> {
    /// Somebody reads what is about themselves or those they care for.
    Oneself,
    /// A purpose that somebody named; checked against those in force.
    Purpose(&'a str),
}

/// The name of a purpose.
pub(crate) fn purpose_name(rules: &Rules, purpose: &str) -> Words {
    match purpose {
        REGISTER => Words::new("居民登记", "Keeping the register"),
        ONESELF => Words::new("本人查看", "Read by oneself"),
        UNKNOWN => Words::new("留存无法识别的填报", "Keeping records of forms not known here"),
        _ => {
            let found = rules.packs.iter().find_map(|pack| {
                pack.purposes.iter().find(|(id, _)| id.as_str() == purpose).map(|(_, p)| &p.name)
            });
            found.map_or_else(|| Words::new(purpose, purpose), Into::into)
        }
    }
}

/// The role in which somebody reads values at a path: the one that lets them see most.
fn reading_role(actor: &Actor, path: &[PlaceId], at: Timestamp) -> Option<String> {
    let roles = actor.roles_at(path, at);
    roles.into_iter().max_by_key(|role| sight_of_role(View::Values, role)).map(str::to_owned)
}

/// Refuses a purpose that does not exist here now.
pub(crate) fn check_purpose(rules: &Rules, purpose: &str, at: Timestamp) -> Answer<PurposeId> {
    let refused = || Refused::new(DoorCode::PurposeNotAllowed).with("purpose", purpose);
    let id = PurposeId::new(purpose).map_err(|_| refused())?;
    let held = rules.packs.iter().filter_map(|pack| pack.purposes.get(&id)).any(|rule| {
        rule.mode.as_ref().is_none_or(|mode| rules.modes_at(at).any(|active| active.mode == *mode))
    });
    if matches!(purpose, REGISTER | UNKNOWN) || held { Ok(id) } else { Err(refused()) }
}

/// Whether a value may be shown for a purpose: it was given for it, or its element allows it. A
/// text that people wrote on a case is of no dictionary, even where an element has its name.
pub(crate) fn fits(rules: &Rules, value: &Opened, purpose: &str) -> bool {
    value.purpose == purpose
        || !is_text_item(&value.item)
            && rules.packs.iter().any(|pack| {
                let element = pack.elements.iter().find(|(id, _)| id.as_str() == value.element);
                element.is_some_and(|(_, rule)| rule.purposes.iter().any(|p| p.as_str() == purpose))
            })
}

/// Opens values for a purpose; the read is written to the access log with them.
pub(crate) async fn open(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, path): (&LedgerId, &[PlaceId]),
    purpose: For<'_>,
    wanted: &[Wanted],
) -> Answer<Vec<Opened>> {
    // Records of forms are for whoever reviews them, and for whom they are about.
    let record = |value: &Opened| value.element.starts_with("odk.");
    let asked = |value: &Opened| matches!(purpose, For::Oneself) || !record(value);
    open_where(lookup, signed, (ledger, path), purpose, wanted, &asked).await
}

/// The same, of some elements alone: nothing else is read.
pub(crate) async fn open_some(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    place: (&LedgerId, &[PlaceId]),
    purpose: For<'_>,
    wanted: &[Wanted],
    elements: &[&str],
) -> Answer<Vec<Opened>> {
    let asked = |value: &Opened| elements.contains(&value.element.as_str());
    open_where(lookup, signed, place, purpose, wanted, &asked).await
}

async fn open_where(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, path): (&LedgerId, &[PlaceId]),
    purpose: For<'_>,
    wanted: &[Wanted],
    asked: &(dyn Fn(&Opened) -> bool + Sync),
) -> Answer<Vec<Opened>> {
    let app = lookup.app;
    let now = app.now();
    let rules = lookup.rules(ledger).await?;
    let (purpose, everything) = match purpose {
        For::Oneself => (ONESELF, true),
        For::Purpose(purpose) => {
            check_purpose(&rules, purpose, now)?;
            (purpose, false)
        }
    };
    let role = reading_role(&signed.actor, path, now).unwrap_or_else(|| Role::RESIDENT.to_owned());
    let reader = Reader { account: signed.actor.account.clone(), role };
    let shown = |value: &Opened| asked(value) && (everything || fits(&rules, value, purpose));
    let opened = app.reading.open_values(ledger, &reader, purpose, wanted, &shown).await?;
    app.metrics.vault_read();
    Ok(opened)
}

/// What was opened of a case, and for what it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Revealed {
    /// The values.
    pub(crate) values: Vec<Opened>,
    /// For what; none when nobody asked.
    purpose: Option<String>,
}

impl Revealed {
    /// Whether whatever is kept for a purpose would be among the values.
    pub(crate) fn covers(&self, purpose: &PurposeId) -> bool {
        self.purpose.as_deref().is_some_and(|it| it == ONESELF || it == purpose.as_str())
    }
}

/// Who may read what is sealed on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum May {
    /// Those whom it is about, and who cares for them.
    Themselves,
    /// Whoever has the case or sees the values at its place, and says for what.
    WithPurpose,
    /// Nobody else.
    Not,
}

/// Whether somebody may read what is sealed on a case.
pub(crate) async fn may_read(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    case: &Case,
) -> Answer<May> {
    let home = lookup.home(signed).await?;
    let themselves = match (&signed.actor.person, case.person()) {
        (Some((of, me)), Some(person)) if of == ledger => {
            me == person || home.as_ref().is_some_and(|me| me.cares_for.contains_key(person))
        }
        (_, None) => case.reporter == signed.actor.account,
        _ => false,
    };
    if themselves {
        return Ok(May::Themselves);
    }
    let has_it = case.assignee.as_ref() == Some(&signed.actor.account);
    let now = lookup.app.now();
    let whole = sight(&signed.actor, View::Values, &case.path, now) == Sight::Whole;
    let own = is_own_case(&signed.actor, ledger, case, home.as_ref());
    Ok(if whole || has_it && own { May::WithPurpose } else { May::Not })
}

/// The personal values of a case and what people wrote on it: for a purpose, or to those whom it
/// is about and who cares for them.
pub(crate) async fn of_case(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    case: &Case,
    (may, purpose): (May, Option<&str>),
) -> Answer<Revealed> {
    let purpose = match (may, purpose) {
        (May::Themselves, _) => For::Oneself,
        (_, None | Some("")) => return Ok(Revealed::default()),
        (May::WithPurpose, Some(purpose)) => For::Purpose(purpose),
        (May::Not, Some(purpose)) => {
            return Err(Refused::new(DoorCode::PurposeNotAllowed).with("purpose", purpose));
        }
    };
    let wanted: Vec<Wanted> = crate::cases::page::wanted(case).into_iter().collect();
    let asked = match purpose {
        For::Oneself => ONESELF,
        For::Purpose(purpose) => purpose,
    };
    let values = open(lookup, signed, (ledger, &case.path), purpose, &wanted).await?;
    Ok(Revealed { values, purpose: Some(asked.to_owned()) })
}
