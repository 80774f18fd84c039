//! `retire_form`: a published form is no longer given out; what was filled before still comes in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Forms;
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::FormId;
use crate::refusal::{Code, Refusal};
use crate::states::{Key, States};
use crate::text;

/// Takes a published form back, in all its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetireForm {
    /// The form.
    pub form: FormId,
    /// Why.
    pub reason: String,
}

impl Decide for RetireForm {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::COORDINATOR, Role::OPERATOR])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::forms()]
    }

    fn decide(&self, _: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let versions = draft.get::<Forms>("forms").and_then(|forms| forms.forms.get(&self.form));
        if !versions.into_iter().flatten().any(|version| !version.retired) {
            let refusal = Refusal::new(Code::Unknown).with("what", "form");
            return Err(refusal.with("id", self.form.as_str()));
        }
        let reason = text::free("reason", &self.reason)?;
        draft.say(Fact::FormRetired { form: self.form.clone(), reason });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn retire() -> RetireForm {
        RetireForm { form: id("local.survey"), reason: "it asked too much".to_owned() }
    }

    #[test]
    fn a_retired_form_is_not_given_out_and_what_was_filled_still_comes_in() {
        let mut street = trial::community();
        let publish = trial::publish(&mut street, "local.survey", "1");
        street.give(&trial::coordinator(), publish).unwrap();
        street.give(&trial::coordinator(), retire()).unwrap();
        assert!(street.rules().latest_form(&id("local.survey")).is_none());
        assert!(street.rules().published_form(&id("local.survey"), "1").is_some());
    }

    #[test]
    fn a_form_that_was_never_published_or_is_retired_is_refused() {
        let mut street = trial::community();
        let refused = street.give(&trial::coordinator(), retire()).unwrap_err();
        assert_eq!(refused.code, Code::Unknown);
        let publish = trial::publish(&mut street, "local.survey", "1");
        street.give(&trial::coordinator(), publish).unwrap();
        street.give(&trial::coordinator(), retire()).unwrap();
        assert!(street.give(&trial::coordinator(), retire()).is_err());
    }
}
