//! What views read and commands change, in the words of the door: the only file that calls the store.

use std::collections::HashMap;
use std::sync::Arc;

use domain::accounts::Account;
use domain::cases::Case;
use domain::command::Envelope;
use domain::ids::{AccountId, LedgerId, ModeId, PersonId, PlaceId};
use domain::modes::Modes;
use domain::places::{LedgerHead, Place};
use domain::rules::{Rules, SharedSheet};
use domain::states::AsThing;
use domain::{Actor, Fact, Key, Kind, Recorded, States, Thing};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::{ATTACHMENT_BYTES_MAX, Attachment, Certificate, Store, StoreError, SubmitError};
use tokio::io::AsyncRead;

use crate::problems::{Answer, DoorCode, Refused};

pub(crate) use store::{Answer as Given, Listing, Opened, Page, Read, Reader, Under, Wanted};

/// How many accounts are looked through for those whom work can be given to.
const ACCOUNTS_MAX: usize = 5000;
/// How many things the store gives at once.
const PAGE_MAX: usize = 1000;

/// Facts as they land.
pub(crate) type Landed = tokio::sync::broadcast::Receiver<Arc<Recorded>>;

/// The store as the door sees it.
pub(crate) struct Reading {
    store: Arc<Store>,
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Database(_) => {
                tracing::error!(%error, "the store cannot be reached");
                DoorCode::Unavailable.into()
            }
            other => Self::internal(&other),
        }
    }
}

impl From<SubmitError> for Refused {
    fn from(error: SubmitError) -> Self {
        tracing::error!(%error, "commands could not be given");
        DoorCode::Unavailable.into()
    }
}

impl Reading {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.store.now()
    }

    pub(crate) fn zone(&self) -> TimeZone {
        self.store.zone()
    }

    pub(crate) fn landed(&self) -> Landed {
        self.store.subscribe()
    }

    /// Which place a ledger keeps.
    pub(crate) async fn head(&self, ledger: &LedgerId) -> Answer<Option<LedgerHead>> {
        Ok(self.store.ledger(ledger).await?.map(|holds| holds.head.clone()))
    }

    /// The rules in force in a ledger that is there.
    pub(crate) async fn rules(&self, ledger: &LedgerId) -> Answer<Arc<Rules>> {
        Ok(self.store.rules(ledger).await?.ok_or(DoorCode::NotFound)?)
    }

    pub(crate) async fn get<T: AsThing + Clone>(
        &self,
        ledger: &LedgerId,
        id: &str,
    ) -> Answer<Option<T>> {
        Ok(self.store.get(ledger, id).await?)
    }

    pub(crate) async fn load(
        &self,
        ledger: &LedgerId,
        keys: &[Key],
        states: &mut States,
    ) -> Answer<()> {
        Ok(self.store.load(ledger, keys, states).await?)
    }

    /// A place and the ledger that keeps it.
    pub(crate) async fn place(&self, place: &PlaceId) -> Answer<Option<(LedgerId, Place)>> {
        Ok(self.store.place(place).await?)
    }

    /// The places of a ledger.
    pub(crate) async fn places_of(&self, ledger: &LedgerId, most: usize) -> Answer<Vec<Place>> {
        let things = self.all(ledger, Kind::Place, most).await?;
        let places = things.into_iter().filter_map(|thing| match thing {
            Thing::Place(place) => Some(*place),
            _ => None,
        });
        Ok(places.collect())
    }

    /// Everything of a kind in a ledger, page by page.
    async fn all(&self, ledger: &LedgerId, kind: Kind, most: usize) -> Answer<Vec<Thing>> {
        let mut listing =
            Listing { ledger: Some(ledger.clone()), limit: PAGE_MAX, ..Listing::new(kind) };
        let mut all = Vec::new();
        loop {
            let page = self.store.list(&listing).await?;
            listing.after = page.things.last().map(|(_, _, key)| key.clone());
            all.extend(page.things.into_iter().map(|(_, thing, _)| thing));
            if !page.more || all.len() >= most {
                return Ok(all);
            }
        }
    }

    /// The places directly below one, each with its own ledger, if it has one.
    pub(crate) async fn children(
        &self,
        place: &PlaceId,
        most: usize,
    ) -> Answer<Vec<(Option<LedgerId>, Place)>> {
        let children = self.store.children(place, most).await?;
        Ok(children.into_iter().filter(|(_, place)| !place.retired).collect())
    }

    pub(crate) async fn find_places(
        &self,
        text: &str,
        paths: &[Vec<PlaceId>],
        most: usize,
    ) -> Answer<Vec<(LedgerId, Place)>> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.store.find_places(text, paths, most).await?)
    }

    pub(crate) async fn open_cases_below(&self, path: &[PlaceId]) -> Answer<i64> {
        Ok(self.store.open_cases_below(path).await?)
    }

    /// A page of things; a key that is of no page is the asker's mistake.
    pub(crate) async fn list(&self, listing: &Listing) -> Answer<Page> {
        self.store.list(listing).await.map_err(|error| match error {
            StoreError::Unfit(why) => {
                Refused::new(DoorCode::BadQuery).with("field", "after").with("why", why)
            }
            other => other.into(),
        })
    }

    pub(crate) async fn facts_about(
        &self,
        ledger: &LedgerId,
        key: &Key,
        most: usize,
    ) -> Answer<Vec<Recorded>> {
        Ok(self.store.timeline(ledger, key, 0, most).await?)
    }

    pub(crate) async fn count_facts_about(&self, ledger: &LedgerId, key: &Key) -> Answer<usize> {
        Ok(self.store.count_facts_about(ledger, key).await?)
    }

    /// The latest notices of a ledger, each with the case that it is about.
    pub(crate) async fn notices(
        &self,
        ledger: &LedgerId,
        most: usize,
    ) -> Answer<Vec<(Recorded, Option<Case>)>> {
        let mut notices = Vec::new();
        for recorded in self.store.notices(ledger, most).await? {
            let case = match &recorded.fact {
                Fact::NoticeGiven { case: Some(case), .. } => {
                    self.get::<Case>(ledger, case.as_str()).await?
                }
                _ => None,
            };
            notices.push((recorded, case));
        }
        Ok(notices)
    }

    pub(crate) async fn last_seq(&self, ledger: &LedgerId) -> Answer<i64> {
        Ok(self.store.last_seq(ledger).await?)
    }

    /// Figures of a place in thousandths: standing ones (`false`) and those of a day (`true`).
    pub(crate) async fn figures(
        &self,
        place: &PlaceId,
        day: Date,
    ) -> Answer<HashMap<(String, bool), i64>> {
        Ok(self.store.figures(place, day).await?)
    }

    /// Figures of a place over all days, in thousandths.
    pub(crate) async fn figure_sums(&self, place: &PlaceId) -> Answer<HashMap<String, i64>> {
        Ok(self.store.figure_sums(place).await?)
    }

    pub(crate) async fn modes_above(&self, ledger: &LedgerId) -> Answer<Vec<(LedgerId, Modes)>> {
        Ok(self.store.modes_above(ledger).await?)
    }

    /// When a mode last ended, in a ledger or above it.
    pub(crate) async fn mode_ended(
        &self,
        ledger: &LedgerId,
        mode: &ModeId,
    ) -> Answer<Option<Timestamp>> {
        let mut latest = None;
        for (of, modes) in self.store.modes_above(ledger).await? {
            if modes.ended.contains_key(mode) {
                latest = latest.max(self.store.mode_ended(&of, mode).await?);
            }
        }
        Ok(latest)
    }

    pub(crate) async fn account(&self, account: &AccountId) -> Answer<Option<Account>> {
        Ok(self.store.get(&LedgerId::root(), account.as_str()).await?)
    }

    pub(crate) async fn account_name(&self, account: &AccountId) -> Answer<Option<String>> {
        Ok(self.store.account_name(account).await?.filter(|name| !name.is_empty()))
    }

    /// Accounts, with the paths of the places of their grants.
    pub(crate) async fn accounts(&self) -> Answer<(Vec<Account>, HashMap<PlaceId, Vec<PlaceId>>)> {
        let things = self.all(&LedgerId::root(), Kind::Account, ACCOUNTS_MAX).await?;
        let (mut accounts, mut paths) = (Vec::new(), HashMap::new());
        for thing in things {
            let Thing::Account(account) = thing else { continue };
            for grant in &account.grants {
                if !paths.contains_key(&grant.place)
                    && let Some((_, place)) = self.place(&grant.place).await?
                {
                    paths.insert(grant.place.clone(), place.path);
                }
            }
            accounts.push(*account);
        }
        Ok((accounts, paths))
    }

    /// Opens values of the vault; what is given out stands in the access log.
    pub(crate) async fn open_values(
        &self,
        ledger: &LedgerId,
        reader: &Reader,
        purpose: &str,
        wanted: &[Wanted],
        shown: &(dyn Fn(&Opened) -> bool + Sync),
    ) -> Answer<Vec<Opened>> {
        Ok(self.store.reveal(ledger, reader, purpose, wanted, shown).await?)
    }

    /// Who read the values of a person.
    pub(crate) async fn reads_of(&self, ledger: &LedgerId, person: &PersonId) -> Answer<Vec<Read>> {
        Ok(self.store.accesses_of(ledger, person).await?)
    }

    /// Keeps the bytes of a stream as an attachment of a ledger.
    pub(crate) async fn keep_attachment(
        &self,
        ledger: &LedgerId,
        media: &str,
        most: u64,
        from: impl AsyncRead + Unpin,
    ) -> Answer<Attachment> {
        let kept = self.store.put_attachment_from(ledger, media, most, from).await;
        kept.map_err(|error| match error {
            StoreError::Unfit(why) => {
                tracing::debug!(why, "an attachment was not kept");
                DoorCode::BodyBroken.into()
            }
            other => other.into(),
        })
    }

    /// The bytes of an attachment of a ledger.
    pub(crate) async fn attachment(
        &self,
        ledger: &LedgerId,
        hash: &str,
    ) -> Answer<Option<Vec<u8>>> {
        Ok(self.store.attachment_bytes(ledger, hash).await?)
    }

    /// Keeps bytes as an attachment of a ledger.
    pub(crate) async fn keep_bytes(
        &self,
        ledger: &LedgerId,
        media: &str,
        bytes: &[u8],
    ) -> Answer<Attachment> {
        self.keep_attachment(ledger, media, ATTACHMENT_BYTES_MAX, bytes).await
    }

    /// Puts the workbook of a form on the shelf; with the hash that names it.
    pub(crate) async fn lay_out(&self, name: &str, bytes: &[u8]) -> Answer<(String, SharedSheet)> {
        self.store.add_form_file(name, bytes).await.map_err(|error| match error {
            StoreError::Unfit(why) => Refused::new(DoorCode::NotAForm).with("why", why),
            other => other.into(),
        })
    }

    /// Gives commands in order.
    pub(crate) async fn submit(
        &self,
        actor: &Actor,
        envelopes: Vec<Envelope>,
    ) -> Answer<Vec<Given>> {
        let commands = envelopes.into_iter().map(|envelope| (envelope, actor.clone())).collect();
        Ok(self.store.submit_all(commands).await?)
    }

    /// The account and password hash of a name, if a password was set.
    pub(crate) async fn credentials(&self, name: &str) -> Answer<Option<(AccountId, String)>> {
        let found = self.store.credential(name).await?;
        let found = found.filter(|credential| !credential.password_hash.is_empty());
        Ok(found.map(|credential| (credential.account, credential.password_hash)))
    }

    pub(crate) async fn save_session(
        &self,
        hash: &str,
        account: &AccountId,
        now: Timestamp,
        ends: Timestamp,
    ) -> Answer<()> {
        Ok(self.store.save_session(hash, account, now, ends).await?)
    }

    pub(crate) async fn session_account(
        &self,
        hash: &str,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Answer<Option<AccountId>> {
        Ok(self.store.session_account(hash, now, idle).await?)
    }

    pub(crate) async fn end_session(&self, hash: &str) -> Answer<()> {
        Ok(self.store.end_session(hash).await?)
    }

    pub(crate) async fn openid_account(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Answer<Option<AccountId>> {
        Ok(self.store.openid_account(issuer, subject).await?)
    }

    pub(crate) async fn token_account(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Answer<Option<AccountId>> {
        Ok(self.store.token_account(hash, now).await?)
    }

    pub(crate) async fn reachable(&self) -> Answer<()> {
        Ok(self.store.reachable().await?)
    }

    /// Does what is due by the store's clock; how much it was.
    pub(crate) async fn do_what_is_due(&self) -> Answer<usize> {
        Ok(self.store.wake().await?)
    }

    /// Numbers of the store for whoever watches the program.
    pub(crate) async fn gauges(&self) -> Answer<Vec<(&'static str, i64)>> {
        Ok(self.store.gauges().await?)
    }

    /// Lets views that follow catch up; how many facts they took.
    pub(crate) async fn follow(&self) -> Answer<usize> {
        Ok(usize::try_from(self.store.follow().await?).unwrap_or(usize::MAX))
    }

    /// The destructions of values that concern a person, with their certificates, the newest
    /// first: those of everybody in the ledger, and those that the person asked for.
    pub(crate) async fn destructions(
        &self,
        ledger: &LedgerId,
        person: &PersonId,
    ) -> Answer<Vec<(Recorded, Certificate)>> {
        let own = Key::new(Kind::Person, person.as_str());
        let mut facts = self.store.timeline(ledger, &Key::ledger(), 0, usize::MAX).await?;
        facts.extend(self.store.timeline(ledger, &own, 0, usize::MAX).await?);
        facts.retain(|recorded| matches!(recorded.fact, Fact::ValuesDestroyed { .. }));
        facts.sort_by_key(|recorded| std::cmp::Reverse(recorded.seq));
        let mut destructions = Vec::with_capacity(facts.len());
        for recorded in facts {
            let certificate = self.store.certificate(ledger, recorded.seq).await?;
            destructions.extend(certificate.map(|certificate| (recorded, certificate)));
        }
        Ok(destructions)
    }

    /// Destroys values whose purpose has ended and whose retention has passed; how many times.
    pub(crate) async fn destroy_what_is_over(&self) -> Answer<usize> {
        Ok(self.store.destroy_due().await?.len())
    }
}
