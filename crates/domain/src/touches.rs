//! Which things a fact touches: all that its application may change, and whose time line it is in.

use crate::cases::Subject;
use crate::entities;
use crate::fact::Fact;
use crate::ids::{AccountId, CaseId, HouseholdId, PersonId, PlaceId, PoolId, SubmissionId};
use crate::states::{Key, Kind};

impl Fact {
    /// The thing that it is first of all about: whose time line it stands in.
    #[must_use]
    pub fn subject(&self) -> Key {
        self.touches().into_iter().next().expect("every fact touches something")
    }

    /// The things whose state it changes, the one that it is about first.
    #[must_use]
    #[rustfmt::skip]
    pub fn touches(&self) -> Vec<Key> {
        let case = |id: &CaseId| Key::new(Kind::Case, id.as_str());
        let person = |id: &PersonId| Key::new(Kind::Person, id.as_str());
        let household = |id: &HouseholdId| Key::new(Kind::Household, id.as_str());
        let pool = |id: &PoolId| Key::new(Kind::Pool, id.as_str());
        let place = |id: &PlaceId| Key::new(Kind::Place, id.as_str());
        let account = |id: &AccountId| Key::new(Kind::Account, id.as_str());
        let submission = |id: &SubmissionId| Key::new(Kind::Submission, id.as_str());
        let of_subject = |subject: &Option<Subject>| subject.as_ref().map(Subject::key);
        match self {
            Self::LedgerOpened { .. } => vec![Key::ledger()],
            Self::PlacesAdded { places, .. } => places.iter().map(|p| place(&p.id)).collect(),
            Self::PlaceRenamed { place: id, .. } | Self::PlaceRetired { place: id, .. } => vec![place(id)],
            Self::HouseholdRegistered { household: id, .. } => vec![household(id)],
            Self::HouseholdCorrected { household: id, people, .. } => std::iter::once(household(id)).chain(people.iter().map(person)).collect(),
            Self::PersonRegistered { person: id, household: h, .. } => vec![person(id), household(h)],
            Self::PersonCorrected { person: id, .. } => vec![person(id)],
            Self::PersonPlaced { person: id, case: of, .. } => std::iter::once(person(id)).chain(of.as_ref().map(case)).collect(),
            Self::PersonMoved { person: id, from, to, .. } => vec![person(id), household(from), household(to)],
            Self::CareStated { carer, dependant, .. } | Self::CareEnded { carer, dependant } => vec![person(carer), person(dependant)],
            Self::AccountOpened { account: id, .. } | Self::RoleGranted { account: id, .. }
            | Self::RoleRevoked { account: id, .. } | Self::AccountClosed { account: id, .. } => vec![account(id)],
            Self::PackAdopted { .. } | Self::PackDropped { .. } => vec![Key::packs()],
            Self::ModeDeclared { .. } | Self::ModeExtended { .. } | Self::ModeEnded { .. }
            | Self::ModeExpired { .. } => vec![Key::modes()],
            Self::CaseOpened { case: id, to, .. } | Self::CaseMoved { case: id, to, .. } | Self::CaseReturned { case: id, to, .. }
            | Self::CaseVerified { case: id, to, .. } | Self::CaseReopened { case: id, to, .. } => {
                std::iter::once(case(id)).chain(of_subject(&to.subject)).collect()
            }
            Self::CaseAssigned { case: id, .. } | Self::CaseNoted { case: id, .. } | Self::CaseHandedOver { case: id, .. }
            | Self::CaseRated { case: id, .. } | Self::CaseDeferred { case: id, .. } | Self::DelayExplained { case: id, .. }
            | Self::CareAsked { case: id, .. } | Self::CareAccepted { case: id, .. } | Self::CareDeclined { case: id, .. }
            | Self::ReadingMissed { case: id, .. } | Self::ReadingReceived { case: id, .. } => vec![case(id)],
            Self::OrderGiven { case: id, person: p, .. } | Self::OrderEnded { case: id, person: p, .. } => vec![case(id), person(p)],
            Self::SubmissionRecorded { submission: id, .. } | Self::AttachmentReceived { submission: id, .. }
            | Self::RecordRead { submission: id, .. } => vec![submission(id)],
            Self::RecordReceived { submission: id, record, .. } => std::iter::once(submission(id)).chain(record.replaces.as_ref().map(submission)).collect(),
            Self::EntityCreated { change, .. } => vec![entities::key(&change.list, &change.entity)],
            Self::EntityUpdated { change } | Self::ConflictFound { change } | Self::ConflictResolved { change } => vec![entities::key_of(change)],
            Self::FormPublished { .. } | Self::FormRetired { .. } => vec![Key::forms()],
            Self::PoolOpened { pool: id, .. } | Self::StockAdded { pool: id, .. } => vec![pool(id)],
            Self::StockHeld { pool: id, case: of, .. } | Self::HoldTaken { pool: id, case: of, .. }
            | Self::HoldReturned { pool: id, case: of, .. } | Self::HoldExpired { pool: id, case: of, .. } => {
                std::iter::once(pool(id)).chain(of.as_ref().map(case)).collect()
            }
            Self::NoticeGiven { case: of, .. } => vec![of.as_ref().map_or_else(Key::ledger, case)],
            Self::ValuesDestroyed { person: of, .. } => vec![of.as_ref().map_or_else(Key::ledger, person)],
        }
    }
}
