//! `correct_person`: what is kept about somebody is put right, once for everybody.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Person, values};
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{ElementId, PersonId, PurposeId};
use crate::refusal::{Code, Refusal};
use crate::states::{AsThing, Key, States};

/// Corrects what is kept about a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectPerson {
    /// The person.
    pub person: PersonId,
    /// Year of birth, if it was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born_year: Option<i16>,
    /// Groups, if they were wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// Values that were wrong.
    #[serde(default)]
    pub values: BTreeMap<ElementId, String>,
    /// For what the values are kept; `register` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeId>,
}

impl Decide for CorrectPerson {
    fn authority(&self) -> Authority {
        Authority::Oneself
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::new(Person::KIND, self.person.as_str())]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        may(context, draft.known::<Person>(self.person.as_str())?)?;
        if self.born_year.is_none() && self.groups.is_none() && self.values.is_empty() {
            return Err(Refusal::new(Code::Missing).with("field", "values"));
        }
        values::check_year(self.born_year, context.moment.today().year())?;
        values::check_groups(self.groups.as_deref().unwrap_or_default())?;
        let purpose = self.purpose.clone().unwrap_or_else(values::register);
        let sealed = values::seal(draft, &self.person, &purpose, &self.values)?;
        draft.say(Fact::PersonCorrected {
            person: self.person.clone(),
            born_year: self.born_year,
            groups: self.groups.clone(),
            sealed,
        });
        Ok(())
    }
}

/// Refuses whoever may not correct a person.
pub(crate) fn may(context: &Context<'_>, person: &Person) -> Result<(), Refusal> {
    if super::speaks_for(context.actor, context.ledger, person) {
        return Ok(());
    }
    let registrars = Authority::Roles(Role::REGISTRARS);
    registrars.check(context.actor, &person.path, context.moment.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn correct(person: &str) -> CorrectPerson {
        CorrectPerson {
            person: id(person),
            born_year: Some(1951),
            groups: None,
            values: BTreeMap::new(),
            purpose: None,
        }
    }

    #[test]
    fn a_person_corrects_their_own_year_of_birth() {
        let mut street = trial::community();
        street.give(&trial::resident(), correct("p1")).unwrap();
        assert_eq!(street.states.get::<Person>("p1").unwrap().born_year, Some(1951));
    }

    #[test]
    fn a_carer_corrects_a_telephone_number_and_it_stays_out_of_the_fact() {
        let mut street = trial::community();
        let number = CorrectPerson {
            born_year: None,
            values: BTreeMap::from([(id("phone"), "5550100".to_owned())]),
            ..correct("p2")
        };
        let outcome = street.give(&trial::resident(), number).unwrap();
        assert_eq!(outcome.vault[0].purpose, id("register"));
        let facts = serde_json::to_string(&outcome.facts).unwrap();
        assert!(!facts.contains("5550100"));
    }

    #[test]
    fn a_correction_of_nothing_or_of_too_much_is_refused() {
        let mut street = trial::community();
        let nothing = CorrectPerson { born_year: None, ..correct("p1") };
        let refused = street.give(&trial::resident(), nothing).unwrap_err();
        assert_eq!(refused.code, Code::Missing);
        let names = (0..41).map(|n| (id(&format!("e{n}")), "x".to_owned()));
        let much = CorrectPerson { values: names.collect(), ..correct("p1") };
        let refused = street.give(&trial::resident(), much).unwrap_err();
        assert_eq!(refused.code, Code::TooMany);
        let endless = CorrectPerson {
            values: BTreeMap::from([(id("phone"), "5".repeat(2001))]),
            ..correct("p1")
        };
        let refused = street.give(&trial::resident(), endless).unwrap_err();
        assert_eq!(refused.code, Code::TextTooLong);
    }

    #[test]
    fn a_neighbour_is_refused_to_correct_somebody_else() {
        let mut street = trial::community();
        let refused = street.give(&trial::neighbour(), correct("p1")).unwrap_err();
        assert_eq!(refused.code, Code::NotAllowed);
    }
}
