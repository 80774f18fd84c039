//! Files that come with forms: lists of entities, and what the publisher put with a form.

use domain::Thing;
use domain::forms::Published;
use domain::ids::{FormId, LedgerId, ListId};
use domain::places::LedgerHead;
use domain::rules::Rules;
use packfile::XForm;

use super::entities;
use super::offers::{Offer, md5};
use super::people::{HOUSEHOLDS, PEOPLE, households, is_list, people};
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode, Refused};
use crate::reading::Listing;
use crate::sessions::Signed;
use crate::wire::forms::PublishedFile;

/// Choices that are kept beside a form.
const ITEMSETS: &str = "itemsets.csv";
/// The most entries of a list.
pub(super) const ENTRIES_MAX: usize = 2000;

/// A file that comes with a form.
pub(crate) struct Medium {
    /// Its name.
    pub(crate) name: String,
    /// Changes when the file may have changed. That of a list of entities goes by the number of
    /// the ledger's last fact: to know more, values would have to be read.
    pub(crate) hash: String,
    /// Whether it is a list of entities.
    pub(crate) is_list: bool,
}

/// The forms in force, those that are only tried out among them.
pub(super) fn sheets(rules: &Rules) -> impl Iterator<Item = &XForm> {
    let packs = rules.packs.iter().flat_map(|pack| pack.forms.values());
    let sheets = packs.filter_map(|form| form.sheet.as_ref());
    let sheets = sheets.chain(rules.published.iter().map(|form| &form.sheet));
    sheets.filter_map(|sheet| sheet.as_any().downcast_ref::<XForm>())
}

/// The list of entities that a file holds, if forms here make or change it.
pub(crate) fn list_of(rules: &Rules, file: &str) -> Option<ListId> {
    let name = file.strip_suffix(".csv")?;
    let changes = sheets(rules).any(|form| form.changes(name));
    changes.then(|| ListId::new(name).ok()).flatten()
}

/// Whether a form can be filled with a file of its that is not here.
pub(crate) fn is_here(rules: &Rules, form: &XForm, file: &str) -> bool {
    let own = file.strip_suffix(".csv").is_some_and(|list| form.changes(list));
    own || is_list(file) || list_of(rules, file).is_some()
}

/// The files that a version of a form asks for, and whether each is here.
pub(super) fn asked(rules: &Rules, id: &FormId, published: &Published) -> Vec<PublishedFile> {
    let Some(form) = rules.published_form(id, &published.version) else { return Vec::new() };
    let sheet = form.sheet.as_any().downcast_ref::<XForm>();
    let state = |name: &str| match published.media.contains_key(name) {
        true => "put",
        false if sheet.is_some_and(|sheet| is_here(rules, sheet, name)) => "list",
        false => "missing",
    };
    let files = form.sheet.files().iter();
    files.map(|name| PublishedFile { name: name.clone(), state: state(name).to_owned() }).collect()
}

/// The bytes of a file that the publisher of a form put with it, here or above.
async fn put(
    lookup: &Lookup<'_>,
    head: &LedgerHead,
    offer: &Offer,
    name: &str,
) -> Answer<Option<Vec<u8>>> {
    let Some(hash) = offer.media.get(name) else { return Ok(None) };
    for place in head.path.iter().rev() {
        let Ok(ledger) = LedgerId::new(place.as_str()) else { continue };
        if let Some(bytes) = lookup.app.reading.attachment(&ledger, hash).await? {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// The files that come with a form and are here.
pub(crate) async fn media(
    lookup: &mut Lookup<'_>,
    (ledger, head): (&LedgerId, &LedgerHead),
    offer: &Offer,
) -> Answer<Vec<Medium>> {
    let mut media = Vec::new();
    let rules = lookup.rules(ledger).await?;
    for name in offer.sheet.files() {
        if let Some(bytes) = put(lookup, head, offer, name).await? {
            media.push(Medium { name: name.clone(), hash: md5(&bytes), is_list: false });
        } else if is_list(name) || list_of(&rules, name).is_some() {
            let seq = lookup.app.reading.last_seq(ledger).await?;
            let hash = md5(format!("{ledger}/{name}/{seq}").as_bytes());
            media.push(Medium { name: name.clone(), hash, is_list: true });
        }
    }
    if let Some(itemsets) = offer.sheet.itemsets() {
        let (name, hash) = (ITEMSETS.to_owned(), md5(itemsets.as_bytes()));
        media.push(Medium { name, hash, is_list: false });
    }
    Ok(media)
}

/// The bytes of a file that comes with a form.
pub(crate) async fn medium(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, head): (&LedgerId, &LedgerHead),
    offer: &Offer,
    name: &str,
) -> Answer<Vec<u8>> {
    if let Some(bytes) = put(lookup, head, offer, name).await? {
        return Ok(bytes);
    }
    if name == ITEMSETS
        && let Some(itemsets) = offer.sheet.itemsets()
    {
        return Ok(itemsets.as_bytes().to_vec());
    }
    if !offer.sheet.files().iter().any(|file| file == name) {
        return Err(DoorCode::NotFound.into());
    }
    let text = match name {
        PEOPLE => people(lookup, signed, (ledger, head)).await?,
        HOUSEHOLDS => households(lookup, signed, ledger).await?,
        _ => {
            let rules = lookup.rules(ledger).await?;
            let list = list_of(&rules, name).ok_or(DoorCode::NotFound)?;
            entities::list(lookup, signed, (ledger, head), &list).await?
        }
    };
    Ok(text.into_bytes())
}

/// What a file is, by the ending of its name; what a browser might run is only bytes.
pub(crate) fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        Some("csv") => "text/csv; charset=utf-8",
        Some("geojson" | "json") => "application/json",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("mp3") => "audio/mpeg",
        Some("mp4") => "video/mp4",
        _ => "application/octet-stream",
    }
}

/// Everything that a listing lists.
pub(super) async fn every(lookup: &Lookup<'_>, mut listing: Listing) -> Answer<Vec<Thing>> {
    let mut all = Vec::new();
    loop {
        let page = lookup.app.reading.list(&listing).await?;
        listing.after = page.things.last().map(|(_, _, key)| key.clone());
        all.extend(page.things.into_iter().map(|(_, thing, _)| thing));
        if !page.more || all.len() >= 10 * ENTRIES_MAX {
            return Ok(all);
        }
    }
}

pub(super) fn csv(rows: &[Vec<String>]) -> Answer<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|error| Refused::internal(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| Refused::internal(&error))?;
    String::from_utf8(bytes).map_err(|error| Refused::internal(&error))
}
