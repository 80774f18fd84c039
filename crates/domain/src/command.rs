//! Commands: what may be asked for, by whom, and the one shape in which each is decided.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::authority::{Actor, Authority};
use crate::draft::{Draft, Outcome};
use crate::ids::{CommandId, DeviceId, LedgerId, PlaceId};
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::states::{Key, States};
use crate::{accounts, cases, entities, forms, modes, packs, people, places, stock};

/// The present, as the caller says: nobody here looks at a clock.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// The time zone of the deployment, for days and times of the day.
    pub zone: TimeZone,
}

impl Moment {
    /// The day that it is in the deployment.
    #[must_use]
    pub fn today(&self) -> Date {
        self.day_of(self.at)
    }

    /// The day on which an instant falls in the deployment.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned_datetime(self.zone.clone()).date()
    }
}

/// What a decision knows besides the states that it asked for.
#[derive(Clone)]
pub struct Context<'a> {
    /// The ledger.
    pub ledger: &'a LedgerId,
    /// Places from `root` to the ledger's own; just `root` for the root ledger itself.
    pub path: &'a [PlaceId],
    /// The command's id.
    pub command: &'a CommandId,
    /// Who gives it.
    pub actor: &'a Actor,
    /// When it happened, as the person said.
    pub occurred_at: Timestamp,
    /// Now.
    pub moment: &'a Moment,
    /// The rules in force.
    pub rules: &'a Rules,
    /// Randomness for salts, drawn by the caller.
    pub seed: [u8; 32],
}

/// How a command is decided. One command, one file.
pub trait Decide {
    /// Who may give it.
    fn authority(&self) -> Authority;

    /// The states that it reads or changes, as far as can be told from those seen so far.
    /// Asked again until it names nothing new.
    fn needs(&self, seen: &States) -> Vec<Key>;

    /// Says what follows, or refuses and says nothing.
    ///
    /// # Errors
    /// A [`Refusal`] with words for the person.
    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal>;
}

/// A command on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Made by the client; the same id is answered once and for all.
    pub id: CommandId,
    /// The ledger that it is for.
    pub ledger: LedgerId,
    /// What is asked for.
    #[serde(flatten)]
    pub command: Command,
    /// On which device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// When it happened, as the person says.
    pub occurred_at: Timestamp,
}

macro_rules! commands {
    ($($name:ident = $wire:literal in $room:ident;)+) => {
        /// Everything that may be asked for.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind", content = "body")]
        pub enum Command {
            $(
                #[doc = concat!("`", $wire, "`, see [`", stringify!($room), "`].")]
                #[serde(rename = $wire)]
                $name($room::$name),
            )+
        }

        impl Command {
            /// Every command's name on the wire.
            pub const ALL: &'static [&'static str] = &[$($wire),+];

            /// Its name on the wire.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $wire,)+ }
            }

            fn rule(&self) -> &dyn Decide {
                match self { $(Self::$name(command) => command,)+ }
            }
        }

        $(
            impl From<$room::$name> for Command {
                fn from(command: $room::$name) -> Self {
                    Self::$name(command)
                }
            }
        )+
    };
}

commands! {
    OpenLedger = "open_ledger" in places;
    AddPlaces = "add_places" in places;
    RenamePlace = "rename_place" in places;
    RetirePlace = "retire_place" in places;
    RegisterHousehold = "register_household" in people;
    CorrectHousehold = "correct_household" in people;
    RegisterPerson = "register_person" in people;
    CorrectPerson = "correct_person" in people;
    MovePerson = "move_person" in people;
    StateCare = "state_care" in people;
    EndCare = "end_care" in people;
    DestroyValues = "destroy_values" in people;
    OpenAccount = "open_account" in accounts;
    GrantRole = "grant_role" in accounts;
    RevokeRole = "revoke_role" in accounts;
    CloseAccount = "close_account" in accounts;
    AdoptPack = "adopt_pack" in packs;
    DropPack = "drop_pack" in packs;
    DeclareMode = "declare_mode" in modes;
    ExtendMode = "extend_mode" in modes;
    EndMode = "end_mode" in modes;
    ExpireModes = "expire_modes" in modes;
    OpenCase = "open_case" in cases;
    ActOnCase = "act_on_case" in cases;
    AssignCase = "assign_case" in cases;
    NoteCase = "note_case" in cases;
    ReturnCase = "return_case" in cases;
    HandOverCase = "hand_over_case" in cases;
    VerifyCase = "verify_case" in cases;
    RateCase = "rate_case" in cases;
    ReopenCase = "reopen_case" in cases;
    DeferCase = "defer_case" in cases;
    ExplainDelay = "explain_delay" in cases;
    AskCare = "ask_care" in cases;
    AnswerCare = "answer_care" in cases;
    WakeCase = "wake_case" in cases;
    RecordSubmission = "record_submission" in forms;
    ReceiveRecord = "receive_record" in forms;
    ReadRecord = "read_record" in forms;
    ReceiveAttachment = "receive_attachment" in forms;
    PublishForm = "publish_form" in forms;
    RetireForm = "retire_form" in forms;
    ResolveConflict = "resolve_conflict" in entities;
    OpenPool = "open_pool" in stock;
    AddStock = "add_stock" in stock;
    HoldStock = "hold_stock" in stock;
    TakeHold = "take_hold" in stock;
    ReturnHold = "return_hold" in stock;
    ExpireHolds = "expire_holds" in stock;
}

impl Command {
    /// Who may give it.
    #[must_use]
    pub fn authority(&self) -> Authority {
        self.rule().authority()
    }

    /// The states that it reads or changes, as far as can be told from those seen so far.
    #[must_use]
    pub fn needs(&self, seen: &States) -> Vec<Key> {
        self.rule().needs(seen)
    }

    /// Decides it over loaded states.
    ///
    /// # Errors
    /// A [`Refusal`]; then nothing has changed.
    pub fn decide(&self, context: &Context<'_>, states: &States) -> Result<Outcome, Refusal> {
        self.authority().check(context.actor, context.path, context.moment.at)?;
        let mut draft = Draft::new(states, context);
        self.rule().decide(context, &mut draft)?;
        Ok(draft.finish())
    }
}
