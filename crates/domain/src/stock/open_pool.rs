//! `open_pool`: there is a pool of a sort of stock at a place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{KEEPERS, Pool, sort_of};
use crate::authority::Authority;
use crate::cases::place_of;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{PlaceId, PoolId};
use crate::places::Place;
use crate::refusal::Refusal;
use crate::states::{AsThing, Key, States};
use crate::text;

/// Opens a pool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenPool {
    /// The pool.
    pub pool: PoolId,
    /// The sort, with the pack's id in front.
    pub sort: String,
    /// Its name.
    pub name: String,
    /// Where; the ledger's own place when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
}

impl Decide for OpenPool {
    fn authority(&self) -> Authority {
        Authority::Roles(KEEPERS)
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        let place = self.place.as_ref().map(|id| Key::new(Place::KIND, id.as_str()));
        std::iter::once(Key::new(Pool::KIND, self.pool.as_str())).chain(place).collect()
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        draft.fresh::<Pool>(self.pool.as_str())?;
        sort_of(context.rules, &self.sort)?;
        let (place, path) = place_of(context, draft, self.place.as_ref(), None)?;
        draft.say(Fact::PoolOpened {
            pool: self.pool.clone(),
            sort: self.sort.clone(),
            name: text::line("name", &self.name)?,
            place,
            path,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    use crate::refusal::Code;

    #[test]
    fn a_pool_is_opened_empty_and_refused_for_an_unknown_sort() {
        let mut street = trial::community();
        let mut open = OpenPool {
            pool: id("beds"),
            sort: "trial.room".to_owned(),
            name: "Beds".to_owned(),
            place: None,
        };
        street.give(&trial::lead(), open.clone()).unwrap();
        assert_eq!(street.states.get::<Pool>("beds").unwrap().free(), 0);
        assert_eq!(street.give(&trial::lead(), open.clone()).unwrap_err().code, Code::Exists);
        open.pool = id("others");
        open.sort = "trial.nothing".to_owned();
        assert_eq!(street.give(&trial::lead(), open).unwrap_err().code, Code::Unknown);
    }
}
