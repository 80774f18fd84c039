//! Personal values on their way to the vault, bounded.

use std::collections::BTreeMap;

use crate::draft::Draft;
use crate::ids::{ElementId, PersonId, PurposeId};
use crate::refusal::{Code, Refusal};
use crate::text;
use crate::vault::Sealed;

/// The most values that one command may bring.
const VALUES_MAX: usize = 40;

/// The purpose under which a register is kept when none is named.
pub(crate) fn register() -> PurposeId {
    PurposeId::new("register").expect("plain")
}

/// Checks values and sends them to the vault.
///
/// # Errors
/// [`Code::TooMany`], [`Code::Missing`] or [`Code::BadValue`].
pub(super) fn seal(
    draft: &mut Draft<'_>,
    person: &PersonId,
    purpose: &PurposeId,
    values: &BTreeMap<ElementId, String>,
) -> Result<Vec<Sealed>, Refusal> {
    if values.len() > VALUES_MAX {
        let refusal = Refusal::new(Code::TooMany).with("what", "values");
        return Err(refusal.with("most", VALUES_MAX.to_string()));
    }
    let mut sealed = Vec::with_capacity(values.len());
    for (element, value) in values {
        let value = text::free(element.as_str(), value)?;
        sealed.push(draft.seal(person, element, "", purpose, value));
    }
    Ok(sealed)
}

/// Checks a year of birth.
///
/// # Errors
/// [`Code::BadValue`] before 1900 or after this year.
pub(super) fn check_year(born_year: Option<i16>, this_year: i16) -> Result<(), Refusal> {
    match born_year {
        Some(year) if !(1900..=this_year).contains(&year) => {
            let refusal = Refusal::new(Code::BadValue).with("field", "born_year");
            Err(refusal.with("why", format!("1900–{this_year}")))
        }
        _ => Ok(()),
    }
}

/// Checks groups: few and short.
///
/// # Errors
/// [`Code::TooMany`], [`Code::Missing`] or [`Code::BadValue`].
pub(super) fn check_groups(groups: &[String]) -> Result<(), Refusal> {
    if groups.len() > VALUES_MAX {
        let refusal = Refusal::new(Code::TooMany).with("what", "groups");
        return Err(refusal.with("most", VALUES_MAX.to_string()));
    }
    groups.iter().try_for_each(|group| text::line("groups", group).map(|_| ()))
}
