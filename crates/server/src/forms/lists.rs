//! Lists of entities that come with forms: the people and households of a ledger, as far as
//! whoever asks works with them.

use domain::forms::Published;
use domain::ids::{FormId, LedgerId, ListId, PersonId};
use domain::people::{Household, Person};
use domain::places::LedgerHead;
use domain::rules::Rules;
use domain::{Kind, Thing};
use packfile::XForm;

use super::entities;
use super::offers::{Offer, md5};
use crate::authority::{Sight, View, sight, sight_of_household};
use crate::lookup::Lookup;
use crate::people::values::{self, For, REGISTER};
use crate::problems::{Answer, DoorCode, Refused};
use crate::reading::{Listing, Wanted};
use crate::sessions::Signed;
use crate::wire::forms::PublishedFile;

/// The list of people.
const PEOPLE: &str = "people.csv";
/// The list of households.
const HOUSEHOLDS: &str = "households.csv";
/// Choices that are kept beside a form.
const ITEMSETS: &str = "itemsets.csv";
/// The most entries of a list.
const ENTRIES_MAX: usize = 2000;
/// The element under which the register keeps names.
const NAME: &str = "name";

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

/// The list of entities that a file holds, if forms here make or change it.
pub(crate) fn list_of(rules: &Rules, file: &str) -> Option<ListId> {
    let name = file.strip_suffix(".csv")?;
    let packs = rules.packs.iter().flat_map(|pack| pack.forms.values());
    let sheets = packs.filter_map(|form| form.sheet.as_ref());
    let mut sheets = sheets.chain(rules.published.iter().map(|form| &form.sheet));
    let changes = sheets.any(|sheet| {
        let form = sheet.as_any().downcast_ref::<packfile::XForm>();
        form.is_some_and(|form| form.changes(name))
    });
    changes.then(|| ListId::new(name).ok()).flatten()
}

/// Whether a form can be filled with a file of its that is not here.
pub(crate) fn is_here(rules: &Rules, form: &XForm, file: &str) -> bool {
    let own = file.strip_suffix(".csv").is_some_and(|list| form.changes(list));
    own || file == PEOPLE || file == HOUSEHOLDS || list_of(rules, file).is_some()
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
        } else if name == PEOPLE || name == HOUSEHOLDS || list_of(&rules, name).is_some() {
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
        PEOPLE => people(lookup, signed, ledger, head).await?,
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

/// Everything of a kind in a ledger, page by page.
async fn all(lookup: &Lookup<'_>, ledger: &LedgerId, kind: Kind) -> Answer<Vec<Thing>> {
    let listing = Listing { ledger: Some(ledger.clone()), limit: 1000, ..Listing::new(kind) };
    every(lookup, listing).await
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

/// The households that somebody works with or lives in.
async fn own_households(
    lookup: &Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
) -> Answer<Vec<Household>> {
    let now = lookup.app.now();
    let things = all(lookup, ledger, Kind::Household).await?.into_iter();
    let own = things.filter_map(|thing| match thing {
        Thing::Household(home)
            if sight_of_household(&signed.actor, ledger, &home, now) != Sight::Nothing =>
        {
            Some(*home)
        }
        _ => None,
    });
    Ok(own.take(ENTRIES_MAX).collect())
}

async fn households(lookup: &mut Lookup<'_>, signed: &Signed, ledger: &LedgerId) -> Answer<String> {
    let mut rows = vec![["name", "label", "__version", "place"].map(str::to_owned).to_vec()];
    for home in own_households(lookup, signed, ledger).await? {
        let place = lookup.place_name(ledger, &home.place).await?;
        let label = format!("{place} {}", home.door);
        rows.push(vec![format!("household:{}", home.id), label, "1".to_owned(), place]);
    }
    csv(&rows)
}

async fn people(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    head: &LedgerHead,
) -> Answer<String> {
    let homes = own_households(lookup, signed, ledger).await?;
    let mut people: Vec<(Person, String)> = Vec::new();
    for home in &homes {
        for id in &home.people {
            if people.len() < ENTRIES_MAX
                && let Some(person) = lookup.app.reading.get::<Person>(ledger, id.as_str()).await?
            {
                people.push((person, home.door.clone()));
            }
        }
    }
    let names = names(lookup, signed, (ledger, head), &people).await?;
    let headings = ["name", "label", "__version", "household", "door", "born_year", "groups"];
    let mut rows = vec![headings.map(str::to_owned).to_vec()];
    for (person, door) in people {
        let born = person.born_year.map(|year| year.to_string()).unwrap_or_default();
        let called = names.iter().find(|(id, _)| *id == person.id).map(|(_, name)| name.as_str());
        // Whoever may not know the name knows the door and the age.
        let label = match called {
            Some(name) => format!("{name} · {door}"),
            None => format!("{door} · {born}"),
        };
        let groups = person.groups.iter().cloned().collect::<Vec<_>>().join(" ");
        let home = format!("household:{}", person.household);
        let id = format!("person:{}", person.id);
        rows.push(vec![id, label, "1".to_owned(), home, door, born, groups]);
    }
    csv(&rows)
}

/// The names of people, for whoever keeps the register or lives there; each read is in the access
/// log.
async fn names(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    (ledger, head): (&LedgerId, &LedgerHead),
    people: &[(Person, String)],
) -> Answer<Vec<(PersonId, String)>> {
    let now = lookup.app.now();
    let home = lookup.home(signed).await?;
    let themselves = |person: &Person| {
        home.as_ref().is_some_and(|me| me.id == person.id || me.cares_for.contains_key(&person.id))
    };
    let whole =
        |person: &Person| sight(&signed.actor, View::Values, &person.path, now) == Sight::Whole;
    let wanted = |may: &dyn Fn(&Person) -> bool| -> Vec<Wanted> {
        let own = people.iter().filter(|(person, _)| may(person));
        let item = Some(String::new());
        own.map(|(person, _)| Wanted { person: person.id.clone(), item: item.clone() }).collect()
    };
    let mut names = Vec::new();
    for (purpose, wanted) in [
        (For::Purpose(REGISTER), wanted(&whole)),
        (For::Oneself, wanted(&|person| !whole(person) && themselves(person))),
    ] {
        if wanted.is_empty() {
            continue;
        }
        let at = (ledger, head.path.as_slice());
        let opened = values::open_some(lookup, signed, at, purpose, &wanted, &[NAME]).await?;
        for value in opened {
            names.extend(PersonId::new(value.person).ok().map(|id| (id, value.value)));
        }
    }
    Ok(names)
}

pub(super) fn csv(rows: &[Vec<String>]) -> Answer<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|error| Refused::internal(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| Refused::internal(&error))?;
    String::from_utf8(bytes).map_err(|error| Refused::internal(&error))
}
