//! Which forms somebody may fill in a ledger, from packs and published, in which version.

use std::collections::{BTreeMap, BTreeSet};

use domain::Words;
use domain::ids::FormId;
use domain::places::LedgerHead;
use domain::rules::{Form, PublishedForm, Rules, SharedSheet};
use jiff::Timestamp;
use md5::{Digest as _, Md5};

use crate::authority::roles_around;
use crate::packs::subject_name;
use crate::problems::{Answer, DoorCode};
use crate::sessions::{Signed, hex};

/// A form as it is offered.
pub(crate) struct Offer {
    pub(crate) id: FormId,
    pub(crate) name: Words,
    pub(crate) about: Words,
    pub(crate) subject: &'static str,
    pub(crate) source: &'static str,
    pub(crate) purpose: String,
    pub(crate) sheet: SharedSheet,
    /// Files that its publisher put with it: the hash of each among the attachments, by name.
    pub(crate) media: BTreeMap<String, String>,
}

impl Offer {
    /// The version, or empty.
    pub(crate) fn version(&self) -> &str {
        self.sheet.version()
    }

    /// The hash of the XForm, as OpenRosa writes it.
    pub(crate) fn hash(&self) -> String {
        md5(self.sheet.xform().as_bytes())
    }

    fn of_pack(form: &Form) -> Option<Self> {
        Some(Self {
            id: form.id.clone(),
            name: form.name.clone(),
            about: form.about.clone(),
            subject: subject_name(form.subject),
            source: "pack",
            purpose: form.purpose.to_string(),
            sheet: form.sheet.clone()?,
            media: BTreeMap::new(),
        })
    }

    fn published(form: &PublishedForm) -> Self {
        Self {
            id: form.id.clone(),
            name: form.published.name.clone(),
            about: Words::default(),
            subject: subject_name(form.published.subject),
            source: if form.published.draft { "draft" } else { "published" },
            purpose: form.published.purpose.to_string(),
            sheet: SharedSheet::clone(&form.sheet),
            media: form.published.media.clone(),
        }
    }
}

/// The hash of bytes, as OpenRosa writes it.
pub(crate) fn md5(bytes: &[u8]) -> String {
    format!("md5:{}", hex(&Md5::digest(bytes)))
}

/// Who asks for forms, where and when.
pub(crate) struct Filler<'a> {
    rules: &'a Rules,
    signed: &'a Signed,
    roles: BTreeSet<&'a str>,
    at: Timestamp,
}

impl<'a> Filler<'a> {
    pub(crate) fn new(
        rules: &'a Rules,
        signed: &'a Signed,
        head: &'a LedgerHead,
        at: Timestamp,
    ) -> Self {
        let roles = roles_around(&signed.actor, &head.path, &signed.paths, at);
        Self { rules, signed, roles, at }
    }

    fn fills(&self, filled_by: &[String]) -> bool {
        filled_by.iter().any(|name| match name.as_str() {
            "subject" => self.signed.actor.person.is_some(),
            name => self.roles.contains(name),
        })
    }

    fn publishes(&self, form: &PublishedForm) -> bool {
        form.published.draft && form.by == self.signed.actor.account
    }

    /// The forms that may be filled now: one version of each.
    pub(crate) fn offers(&self) -> Vec<Offer> {
        let forms = self.rules.packs.iter().flat_map(|pack| pack.forms.values());
        let on = forms.filter(|form| self.rules.form_is_on(&form.id, self.at));
        let own = on.filter(|form| self.fills(&form.filled_by));
        let mut offers: Vec<Offer> = own.filter_map(Offer::of_pack).collect();
        let ids: BTreeSet<&FormId> = self.rules.published.iter().map(|form| &form.id).collect();
        let latest = ids.into_iter().filter_map(|id| self.rules.latest_form(id));
        let own = latest.filter(|form| self.fills(&form.published.filled_by));
        offers.extend(own.map(Offer::published));
        offers
    }

    /// The drafts of whoever asks: nobody else sees them.
    pub(crate) fn drafts(&self) -> Vec<Offer> {
        let own = self.rules.published.iter().filter(|form| self.publishes(form));
        own.map(|form| Offer::published(form)).collect()
    }

    /// A form that may be filled, or might have been in that version: what is on a phone may have
    /// to be fetched again.
    pub(crate) fn find(&self, id: &str, version: Option<&str>) -> Answer<Offer> {
        let id = FormId::new(id).map_err(|_| DoorCode::NotFound)?;
        let found = match version {
            None => self.in_force(&id),
            Some(version) => self.in_version(&id, version),
        };
        Ok(found.ok_or(DoorCode::NotFound)?)
    }

    fn in_force(&self, id: &FormId) -> Option<Offer> {
        if let Some((_, form)) = self.rules.form(id) {
            return self.fills(&form.filled_by).then(|| Offer::of_pack(form)).flatten();
        }
        let form = self.rules.latest_form(id)?;
        self.fills(&form.published.filled_by).then(|| Offer::published(form))
    }

    fn in_version(&self, id: &FormId, version: &str) -> Option<Offer> {
        if let Some(pack) = self.rules.pack_with(id, version) {
            let form = pack.forms.get(id)?;
            return self.fills(&form.filled_by).then(|| Offer::of_pack(form)).flatten();
        }
        let form = self.rules.published_form(id, version)?;
        let may = match form.published.draft {
            true => self.publishes(form),
            false => self.fills(&form.published.filled_by),
        };
        may.then(|| Offer::published(form))
    }
}
