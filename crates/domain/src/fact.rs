//! Facts: what happened, in the past tense. A closed list; packs fill them with open kinds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::cases::{Order, Standing, Subject};
use crate::entities::{EntityChange, Keeping};
use crate::forms::{Attached, Flag, Published, Received};
use crate::ids::{
    AccountId, CaseId, CaseKindId, ElementId, FormId, HoldId, HouseholdId, LedgerId, ModeId,
    PackId, PersonId, PlaceId, PoolId, PurposeId, SubmissionId,
};
use crate::old_text::OldText;
use crate::people::Whereabouts;
use crate::places::PlaceEntry;
use crate::vault::Sealed;
use crate::words::Words;

/// Field values by element, as facts keep them.
pub type Fields = BTreeMap<ElementId, Json>;

facts! {
    /// A ledger was opened for a place.
    LedgerOpened = "ledger.opened" 1 {
        /// The place that it keeps.
        place: PlaceId,
        /// The place's name.
        name: String,
        /// The place's level.
        level: String,
        /// Places from the root to the place itself.
        path: Vec<PlaceId>,
    }
    /// Places were added below one.
    PlacesAdded = "places.added" 1 {
        /// The place above; none for the uppermost level.
        parent: Option<PlaceId>,
        /// Places from the root to the parent itself.
        path: Vec<PlaceId>,
        /// What was added.
        places: Vec<PlaceEntry>,
    }
    /// A place has another name.
    PlaceRenamed = "place.renamed" 1 {
        /// The place.
        place: PlaceId,
        /// Its new name.
        name: String,
    }
    /// A place is no longer in use.
    PlaceRetired = "place.retired" 1 {
        /// The place.
        place: PlaceId,
        /// Why.
        reason: String,
    }
    /// A household was registered at a place.
    HouseholdRegistered = "household.registered" 1 {
        /// The household.
        household: HouseholdId,
        /// Where it lives.
        place: PlaceId,
        /// Places from the root to where it lives.
        path: Vec<PlaceId>,
        /// The door, as the neighbours call it.
        door: String,
    }
    /// What is kept about a household was put right.
    HouseholdCorrected = "household.corrected" 1 {
        /** The household. */ household: HouseholdId, /** Its door. */ door: String,
        /** Its people, whose door it is too. */ people: Vec<PersonId>,
    }
    /// A person was registered in a household.
    PersonRegistered = "person.registered" 1 {
        /// The person.
        person: PersonId,
        /// The household.
        household: HouseholdId,
        /// Places from the root to where the household lives.
        path: Vec<PlaceId>,
        /// Year of birth.
        born_year: Option<i16>,
        /// Groups that matter for care: `lives_alone`, `pregnant` by the pack's words.
        groups: Vec<String>,
        /// Values that went to the vault.
        sealed: Vec<Sealed>,
    }
    /// What is kept about a person was put right.
    PersonCorrected = "person.corrected" 1 {
        /// The person.
        person: PersonId,
        /// Year of birth, where it is what was wrong.
        born_year: Option<i16>,
        /// Groups, where they were what was wrong.
        groups: Option<Vec<String>>,
        /// Values that went to the vault.
        sealed: Vec<Sealed>,
    }
    /// A person belongs to another household.
    PersonMoved = "person.moved" 1 {
        /// The person.
        person: PersonId,
        /// The household before.
        from: HouseholdId,
        /// The household now.
        to: HouseholdId,
        /// Places from the root to where that household lives.
        path: Vec<PlaceId>,
    }
    /// Somebody looks after somebody.
    CareStated = "care.stated" 1 {
        /// Who cares.
        carer: PersonId,
        /// For whom.
        dependant: PersonId,
        /// In what way: `child`, `elder`, `disability`, by the pack's words.
        care: String,
    }
    /// Somebody no longer looks after somebody.
    CareEnded = "care.ended" 1 {
        /// Who cared.
        carer: PersonId,
        /// For whom.
        dependant: PersonId,
    }
    /// A person stays somewhere else now.
    PersonPlaced = "person.placed" 1 {
        /// The person.
        person: PersonId,
        /// Where.
        whereabouts: Whereabouts,
        /// The case that it belongs to.
        case: Option<CaseId>,
    }
    /// An account was opened.
    AccountOpened = "account.opened" 1 {
        /// The account.
        account: AccountId,
        /// The ledger and person behind it.
        person: Option<(LedgerId, PersonId)>,
        /// Whether it is a machine.
        machine: bool,
    }
    /// A role was given.
    RoleGranted = "role.granted" 1 {
        /// To whom.
        account: AccountId,
        /// Which.
        role: String,
        /// Where.
        place: PlaceId,
        /// Until when.
        until: Option<Timestamp>,
    }
    /// A role was taken back.
    RoleRevoked = "role.revoked" 1 {
        /// From whom.
        account: AccountId,
        /// Which.
        role: String,
        /// Where.
        place: PlaceId,
        /// Why.
        reason: String,
    }
    /// An account was closed.
    AccountClosed = "account.closed" 1 {
        /// The account.
        account: AccountId,
        /// Why.
        reason: String,
    }
    /// A pack is in force, perhaps in place of an earlier version.
    PackAdopted = "pack.adopted" 1 {
        /// The pack.
        pack: PackId,
        /// Its version.
        version: String,
        /// Its hash.
        hash: String,
        /// The hash of the version that it replaces.
        replaced: Option<String>,
    }
    /// A pack is no longer in force.
    PackDropped = "pack.dropped" 1 {
        /// The pack.
        pack: PackId,
        /// Why.
        reason: String,
    }
    /// A mode was declared.
    ModeDeclared = "mode.declared" 1 {
        /// The mode.
        mode: ModeId,
        /// Its level.
        level: String,
        /// The level's rank.
        rank: u8,
        /// Whose decision it is.
        authority: String,
        /// The law or decision that allows it.
        legal_basis: String,
        /// Why.
        reason: String,
        /// How to appeal.
        appeal: String,
        /// When it begins.
        from: Timestamp,
        /// When it ends by itself.
        until: Timestamp,
        /// When it is reviewed.
        review_on: Date,
        /// Purposes whose retention starts at its end, with their days.
        retention: Vec<(PurposeId, u16)>,
    }
    /// A mode goes on, by a new decision.
    ModeExtended = "mode.extended" 1 {
        /// The mode.
        mode: ModeId,
        /// When it now ends by itself.
        until: Timestamp,
        /// When it is reviewed.
        review_on: Date,
        /// The law or decision that allows it.
        legal_basis: String,
        /// Why.
        reason: String,
    }
    /// A mode was ended before its time.
    ModeEnded = "mode.ended" 1 {
        /// The mode.
        mode: ModeId,
        /// Why.
        reason: String,
    }
    /// A mode came to its end by itself.
    ModeExpired = "mode.expired" 1 {
        /// The mode.
        mode: ModeId,
    }
    /// A case was opened.
    CaseOpened = "case.opened" 1 {
        /// The case.
        case: CaseId,
        /// Its kind.
        kind: CaseKindId,
        /// The pack's version that it lives under.
        pack_hash: String,
        /// Where.
        place: PlaceId,
        /// Places from the root to there.
        path: Vec<PlaceId>,
        /// Its values that are not personal.
        fields: Fields,
        /// Values that went to the vault.
        sealed: Vec<Sealed>,
        /// Where it stands now.
        to: Standing,
        /// The submission or case that it came from.
        cause: Option<String>,
        /// Who reported it.
        reporter: AccountId,
        /// Outcomes of the pack's effects.
        outcomes: BTreeMap<String, bool>,
    }
    /// A case was moved by an action of its pack.
    CaseMoved = "case.moved" 1 {
        /// The case.
        case: CaseId,
        /// The action.
        action: String,
        /// The state before.
        from: String,
        /// Where it stands now.
        to: Standing,
        /// Values that the action asked for.
        fields: Fields,
        /// Values that went to the vault.
        sealed: Vec<Sealed>,
        /// Who has it now, if the action takes it on.
        assignee: Option<AccountId>,
        /// Outcomes of guards and effects.
        outcomes: BTreeMap<String, bool>,
    }
    /// A case was given to somebody.
    CaseAssigned = "case.assigned" 1 {
        /// The case.
        case: CaseId,
        /// To whom.
        assignee: AccountId,
    }
    /// Something was noted on a case; the words are in the vault.
    CaseNoted = "case.noted" 1 {
        /// The case.
        case: CaseId,
        /// What went to the vault.
        sealed: Vec<Sealed>,
    }
    /// A case came back: wrong address, with the reason and the right unit.
    CaseReturned = "case.returned" 2 {
        /// The case.
        case: CaseId,
        /// What went to the vault: why, and whose it is.
        sealed: Vec<Sealed>,
        /// Why, in facts of version 1: now it is sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<OldText>,
        /// Whose it is, in facts of version 1: now it is sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        right_unit: Option<OldText>,
        /// Where it stands now.
        to: Standing,
    }
    /// A case was handed over and taken on.
    CaseHandedOver = "case.handed_over" 2 {
        /// The case.
        case: CaseId,
        /// Who had it.
        from: Option<AccountId>,
        /// Who has it now.
        to: AccountId,
        /// What went to the vault: in what condition.
        sealed: Vec<Sealed>,
        /// In what condition, in facts of version 1: now it is sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        condition: Option<OldText>,
    }
    /// Somebody other than the handler looked whether it is done.
    CaseVerified = "case.verified" 2 {
        /// The case.
        case: CaseId,
        /// Whether it is.
        agreed: bool,
        /// What went to the vault: what was seen.
        sealed: Vec<Sealed>,
        /// What was seen, in facts of version 1: now it is sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        finding: Option<OldText>,
        /// Where it stands now.
        to: Standing,
    }
    /// The reporter rated a case.
    CaseRated = "case.rated" 1 {
        /// The case.
        case: CaseId,
        /// Whether the matter is solved.
        solved: bool,
        /// From 1, not at all satisfied, to 5, very.
        satisfied: u8,
    }
    /// A closed case was taken up again; its history stays.
    CaseReopened = "case.reopened" 2 {
        /// The case.
        case: CaseId,
        /// What went to the vault: why.
        sealed: Vec<Sealed>,
        /// Why, in facts of version 1: now it is sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<OldText>,
        /// Where it stands now.
        to: Standing,
    }
    /// A case was put into the register of open problems.
    CaseDeferred = "case.deferred" 2 {
        /// The case.
        case: CaseId,
        /// What went to the vault: why it cannot be done now.
        sealed: Vec<Sealed>,
        /// Why, in facts of version 1: now it is sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<OldText>,
        /// When it is looked at again.
        review_on: Date,
    }
    /// Why a case is late, in writing.
    DelayExplained = "delay.explained" 2 {
        /// The case.
        case: CaseId,
        /// What went to the vault: why.
        sealed: Vec<Sealed>,
        /// Why, in facts of version 1: now it is sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<OldText>,
    }
    /// Somebody was asked to take on a care need.
    CareAsked = "care.asked" 1 {
        /// The case.
        case: CaseId,
        /// The need.
        need: String,
        /// Who was asked.
        owner: AccountId,
    }
    /// Somebody took on a care need.
    CareAccepted = "care.accepted" 1 {
        /// The case.
        case: CaseId,
        /// The need.
        need: String,
        /// Who has it.
        owner: AccountId,
    }
    /// Somebody cannot take on a care need.
    CareDeclined = "care.declined" 1 {
        /// The case.
        case: CaseId,
        /// The need.
        need: String,
        /// Who was asked.
        owner: AccountId,
    }
    /// A person was put under an order.
    OrderGiven = "order.given" 2 {
        /// The case.
        case: CaseId,
        /// The person.
        person: PersonId,
        /// The order.
        order: Order,
        /// What went to the vault: why.
        sealed: Vec<Sealed>,
    }
    /// An order ended; the notice says so to the person.
    OrderEnded = "order.ended" 1 {
        /// The case.
        case: CaseId,
        /// The person.
        person: PersonId,
        /// Whether by its date rather than by a decision.
        by_itself: bool,
    }
    /// A reading that was expected did not come: a reason to call, not a verdict.
    ReadingMissed = "reading.missed" 1 {
        /// The case.
        case: CaseId,
        /// The form.
        form: FormId,
        /// When it was due.
        due_at: Timestamp,
        /// When the next is due.
        next_at: Option<Timestamp>,
    }
    /// A reading that was expected came.
    ReadingReceived = "reading.received" 1 {
        /// The case.
        case: CaseId,
        /// The form.
        form: FormId,
        /// When the next is due.
        next_at: Option<Timestamp>,
    }
    /// A form was filled: an observation.
    SubmissionRecorded = "submission.recorded" 1 {
        /// The submission.
        submission: SubmissionId,
        /// The form.
        form: FormId,
        /// The pack's version; empty where the form was not known.
        pack_hash: String,
        /// Where.
        place: PlaceId,
        /// Places from the root to there.
        path: Vec<PlaceId>,
        /// About whom.
        subject: Option<Subject>,
        /// The case that expects it.
        case: Option<CaseId>,
        /// Answers that are not personal.
        answers: Fields,
        /// Answers that went to the vault.
        sealed: Vec<Sealed>,
        /// What is odd about it.
        flags: Vec<Flag>,
        /// Outcomes of the pack's effects.
        outcomes: BTreeMap<String, bool>,
    }
    /// The record of a submission came: what was filled, word for word, sealed in the vault.
    RecordReceived = "record.received" 1 {
        /** The submission. */ submission: SubmissionId,
        /** What is known of the record. */ record: Received,
        /** What went to the vault. */ sealed: Vec<Sealed>,
    }
    /// A record that was kept unread was read by its form, which is known now.
    RecordRead = "record.read" 1 {
        /** The submission. */ submission: SubmissionId, /** By what it was read. */ pack_hash: String,
        /** What is known of the record. */ record: Received,
        /** Answers that are not personal. */ answers: Fields,
        /** What went to the vault. */ sealed: Vec<Sealed>, /** What is odd. */ flags: Vec<Flag>,
        /** Outcomes of the pack's effects. */ outcomes: BTreeMap<String, bool>,
    }
    /// A file of a submission came: a photograph, a recording.
    AttachmentReceived = "attachment.received" 1 {
        /** The submission. */ submission: SubmissionId,
        /** The file. */ file: Attached,
        /** What went to the vault: its name. */ sealed: Vec<Sealed>,
    }
    /// A form was published here and below.
    FormPublished = "form.published" 1 {
        /** The form. */ form: FormId,
        /** What was published. */ published: Published,
    }
    /// A published form is no longer given out.
    FormRetired = "form.retired" 1 { /** The form. */ form: FormId, /** Why. */ reason: String }
    /// A record made an entity; its properties are in the vault.
    EntityCreated = "entity.created" 1 {
        /** What was said of it. */ change: EntityChange,
        /** Where and for what it is kept. */ kept: Keeping,
    }
    /// A record changed an entity; of the register, what it changed stands in the fact before.
    EntityUpdated = "entity.updated" 1 { /** What was said of it. */ change: EntityChange }
    /// A record changed what another one had changed meanwhile: both are kept.
    ConflictFound = "conflict.found" 1 { /** What was said. */ change: EntityChange }
    /// A person said what holds where a submission was in conflict.
    ConflictResolved = "conflict.resolved" 1 { /** What holds. */ change: EntityChange }
    /// A pool of stock was opened.
    PoolOpened = "pool.opened" 1 {
        /// The pool.
        pool: PoolId,
        /// The sort, with the pack's id in front.
        sort: String,
        /// Its name.
        name: String,
        /// Where.
        place: PlaceId,
        /// Places from the root to there.
        path: Vec<PlaceId>,
    }
    /// Stock came in, or (a negative amount) was counted out.
    StockAdded = "stock.added" 1 {
        /// The pool.
        pool: PoolId,
        /// How much.
        amount: i64,
        /// Why.
        reason: String,
    }
    /// Stock was held for somebody.
    StockHeld = "stock.held" 1 {
        /** The pool. */ pool: PoolId,
        /** The hold. */ hold: HoldId,
        /// How much.
        amount: u32,
        /// When it is free again unless it is taken before.
        until: Timestamp,
        /// The case that it is for.
        case: Option<CaseId>,
    }
    /// What was held was taken.
    HoldTaken = "hold.taken" 1 {
        /** The pool. */ pool: PoolId,
        /** The hold. */ hold: HoldId,
        /// The case that it is for.
        case: Option<CaseId>,
    }
    /// What was held or taken is back.
    HoldReturned = "hold.returned" 1 {
        /** The pool. */ pool: PoolId,
        /** The hold. */ hold: HoldId,
        /// The case that it was for.
        case: Option<CaseId>,
    }
    /// A hold came to its end by itself.
    HoldExpired = "hold.expired" 1 {
        /** The pool. */ pool: PoolId,
        /** The hold. */ hold: HoldId,
        /// The case that it was for.
        case: Option<CaseId>,
    }
    /// People were told something.
    NoticeGiven = "notice.given" 1 {
        /// The case that it is about.
        case: Option<CaseId>,
        /// Roles, or accounts by id.
        to: Vec<String>,
        /// What they were told.
        words: Words,
    }
    /// Personal values were destroyed.
    ValuesDestroyed = "values.destroyed" 1 {
        /// The purpose that ended, if it was for that.
        purpose: Option<PurposeId>,
        /// The person who asked, if it was for that.
        person: Option<PersonId>,
        /// How many persons had values.
        persons: u64,
        /// How many values there were.
        values: u64,
        /// Only values given before this instant.
        before: Timestamp,
    }
}
