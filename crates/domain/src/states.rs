//! The states of things, as rules read them and facts change them.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::accounts::Account;
use crate::cases::Case;
use crate::entities::Entity;
use crate::fact::Fact;
use crate::forms::{Forms, Submission};
use crate::ids::{AccountId, PlaceId};
use crate::modes::Modes;
use crate::packs::Packs;
use crate::people::{Household, Person};
use crate::places::{LedgerHead, Place};
use crate::stock::Pool;

/// The kinds of things that have a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The ledger itself: which place it keeps.
    Ledger,
    /// The packs in force.
    Packs,
    /// The modes declared.
    Modes,
    /// A place.
    Place,
    /// A household.
    Household,
    /// A person.
    Person,
    /// An account.
    Account,
    /// A case.
    Case,
    /// A submission.
    Submission,
    /// A pool of stock.
    Pool,
    /// The forms published.
    Forms,
    /// An entity of a list.
    Entity,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Ledger,
        Self::Packs,
        Self::Modes,
        Self::Place,
        Self::Household,
        Self::Person,
        Self::Account,
        Self::Case,
        Self::Submission,
        Self::Pool,
        Self::Forms,
        Self::Entity,
    ];

    /// The name on the wire and in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Packs => "packs",
            Self::Modes => "modes",
            Self::Place => "place",
            Self::Household => "household",
            Self::Person => "person",
            Self::Account => "account",
            Self::Case => "case",
            Self::Submission => "submission",
            Self::Pool => "pool",
            Self::Forms => "forms",
            Self::Entity => "entity",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A thing's name within its ledger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// Which one.
    pub id: Box<str>,
}

impl Key {
    /// A key from kind and id.
    pub fn new(kind: Kind, id: &str) -> Self {
        Self { kind, id: id.into() }
    }

    /// The ledger itself.
    #[must_use]
    pub fn ledger() -> Self {
        Self::new(Kind::Ledger, "ledger")
    }

    /// The packs in force.
    #[must_use]
    pub fn packs() -> Self {
        Self::new(Kind::Packs, "packs")
    }

    /// The forms published.
    #[must_use]
    pub fn forms() -> Self {
        Self::new(Kind::Forms, "forms")
    }

    /// The modes declared.
    #[must_use]
    pub fn modes() -> Self {
        Self::new(Kind::Modes, "modes")
    }
}

/// What lists and clocks need to know of a thing without opening it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// Where it is.
    pub place: Option<PlaceId>,
    /// Places from the root to there, each between slashes: `/root/…/b1/`.
    pub path: String,
    /// Its kind within its kind: a case kind, a form, a level.
    pub sort: String,
    /// Its state, stage, or other standing by which it is listed.
    pub status: String,
    /// Who has it.
    pub owner: Option<AccountId>,
    /// What it is about or belongs to: a household, a person.
    pub about: String,
    /// When it began.
    pub since: Option<Timestamp>,
    /// When it is late.
    pub due_at: Option<Timestamp>,
    /// When the program itself must look at it.
    pub wake_at: Option<Timestamp>,
}

macro_rules! things {
    ($($variant:ident($type:ty)),+ $(,)?) => {
        /// A thing with its state.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Thing {
            $(
                #[doc = concat!("A thing of the kind `", stringify!($variant), "`.")]
                $variant(Box<$type>),
            )+
        }

        impl Thing {
            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $(Self::$variant(_) => Kind::$variant,)+ }
            }

            /// Its state as JSON text, the same bytes for the same state.
            #[must_use]
            pub fn body(&self) -> String {
                match self {
                    $(Self::$variant(thing) => serde_json::to_string(thing).expect("plain data"),)+
                }
            }

            /// Reads the state of a thing of a kind.
            ///
            /// # Errors
            /// When the text is not the state of such a thing.
            pub fn read(kind: Kind, body: &str) -> Result<Self, serde_json::Error> {
                Ok(match kind {
                    $(Kind::$variant => Self::$variant(serde_json::from_str(body)?),)+
                })
            }

            /// What lists and clocks need to know of it.
            #[must_use]
            pub fn index(&self) -> Index {
                match self { $(Self::$variant(thing) => thing.index(),)+ }
            }
        }

        $(
            impl AsThing for $type {
                const KIND: Kind = Kind::$variant;
                fn of(thing: &Thing) -> Option<&Self> {
                    match thing { Thing::$variant(it) => Some(it), _ => None }
                }
                fn of_mut(thing: &mut Thing) -> Option<&mut Self> {
                    match thing { Thing::$variant(it) => Some(it), _ => None }
                }
                fn into_thing(self) -> Thing {
                    Thing::$variant(Box::new(self))
                }
            }
        )+
    };
}

/// A type that is the state of one kind of thing.
pub trait AsThing: Sized {
    /// The kind.
    const KIND: Kind;
    /// Looks into a thing.
    fn of(thing: &Thing) -> Option<&Self>;
    /// Looks into a thing, to change it.
    fn of_mut(thing: &mut Thing) -> Option<&mut Self>;
    /// Makes a thing of it.
    fn into_thing(self) -> Thing;
}

things! {
    Ledger(LedgerHead),
    Packs(Packs),
    Modes(Modes),
    Place(Place),
    Household(Household),
    Person(Person),
    Account(Account),
    Case(Case),
    Submission(Submission),
    Pool(Pool),
    Forms(Forms),
    Entity(Entity),
}

/// States that were loaded: what is there, and what is known not to be there.
#[derive(Debug, Clone, Default)]
pub struct States {
    things: HashMap<Key, Option<Thing>>,
}

impl States {
    /// Puts a state there, or that there is none.
    pub fn put(&mut self, key: Key, thing: Option<Thing>) {
        self.things.insert(key, thing);
    }

    /// Whether it is known if the thing is there.
    #[must_use]
    pub fn knows(&self, key: &Key) -> bool {
        self.things.contains_key(key)
    }

    /// The thing, if it is there.
    #[must_use]
    pub fn thing(&self, key: &Key) -> Option<&Thing> {
        self.things.get(key)?.as_ref()
    }

    /// The state of a thing by id, if it is there.
    #[must_use]
    pub fn get<T: AsThing>(&self, id: &str) -> Option<&T> {
        self.thing(&Key::new(T::KIND, id)).and_then(T::of)
    }

    /// Takes over changed states.
    pub fn absorb(&mut self, changed: BTreeMap<Key, Thing>) {
        self.things.extend(changed.into_iter().map(|(key, thing)| (key, Some(thing))));
    }
}

/// States that facts change, wherever they are kept.
pub trait Changes {
    /// The state of a thing, to change it; none if it is not there.
    fn change(&mut self, key: &Key) -> Option<&mut Thing>;
    /// Puts a new thing there.
    fn create(&mut self, key: Key, thing: Thing);
}

impl Changes for States {
    fn change(&mut self, key: &Key) -> Option<&mut Thing> {
        self.things.get_mut(key)?.as_mut()
    }

    fn create(&mut self, key: Key, thing: Thing) {
        self.things.insert(key, Some(thing));
    }
}

/// When and by whom a fact came to be, as far as states keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When it happened, as the person said.
    pub occurred_at: Timestamp,
    /// When the server wrote it down.
    pub recorded_at: Timestamp,
    /// Who gave the command.
    pub actor: AccountId,
}

/// Changes the states that a fact touches. The only way in which a state changes, live and in a
/// rebuild alike.
pub fn apply(states: &mut impl Changes, fact: &Fact, stamp: &Stamp) {
    crate::places::apply(states, fact);
    crate::people::apply(states, fact);
    crate::accounts::apply(states, fact);
    crate::packs::apply(states, fact);
    crate::modes::apply(states, fact);
    crate::cases::apply(states, fact, stamp);
    crate::forms::apply(states, fact, stamp);
    crate::entities::apply(states, fact, stamp);
    crate::stock::apply(states, fact);
}
