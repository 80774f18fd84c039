//! Lists of things by what their index knows, page by page.

use domain::ids::{AccountId, LedgerId, PersonId, PlaceId};
use domain::places::path_text;
use domain::{Kind, Thing};
use jiff::Timestamp;

use crate::sql::{Param, params};
use crate::{Store, StoreError, rows};

/// The most things on a page.
const PAGE_MAX: usize = 1000;

/// Where things may lie to be listed: below one of the paths, or about the account, or about the
/// person. Empty means everywhere.
#[derive(Debug, Clone, Default)]
pub struct Under {
    /// Below one of these places (paths from the root).
    pub paths: Vec<Vec<PlaceId>>,
    /// Or cases that this account reported, has, or cares in.
    pub account: Option<AccountId>,
    /// Or things about this person.
    pub person: Option<(LedgerId, PersonId)>,
}

/// What is listed.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The kind of things.
    pub kind: Kind,
    /// Of one ledger.
    pub ledger: Option<LedgerId>,
    /// Where they lie.
    pub under: Under,
    /// Their kind within their kind.
    pub sort: Option<String>,
    /// Their standing: one of these.
    pub status: Vec<String>,
    /// Who has them.
    pub owner: Option<AccountId>,
    /// What they are about.
    pub about: Option<String>,
    /// The place that they stand in.
    pub place: Option<PlaceId>,
    /// Due before this instant.
    pub due_before: Option<Timestamp>,
    /// The latest first.
    pub newest_first: bool,
    /// Those after this cursor.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl Listing {
    /// All things of a kind, fifty at a time.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            ledger: None,
            under: Under::default(),
            sort: None,
            status: Vec::new(),
            owner: None,
            about: None,
            place: None,
            due_before: None,
            newest_first: false,
            after: None,
            limit: 50,
        }
    }
}

/// A page of things: ledger, thing, cursor.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The things.
    pub things: Vec<(LedgerId, Thing, String)>,
    /// Whether there are more.
    pub more: bool,
}

/// Conditions and their parameters.
#[derive(Default)]
struct Wheres {
    texts: Vec<String>,
    with: Vec<Param>,
}

impl Wheres {
    /// The next placeholder, for this parameter.
    fn param(&mut self, param: impl Into<Param>) -> String {
        self.with.push(param.into());
        format!("${}", self.with.len())
    }

    fn equal(&mut self, column: &str, value: Option<&str>) {
        if let Some(value) = value {
            let param = self.param(value);
            self.texts.push(format!("{column} = {param}"));
        }
    }

    fn below(&mut self, path: &[PlaceId]) -> String {
        let (from, to) = span(path);
        let (from, to) = (self.param(from), self.param(to));
        format!("(path >= {from} AND path < {to})")
    }

    fn under(&mut self, under: &Under) {
        let mut any: Vec<String> = under.paths.iter().map(|path| self.below(path)).collect();
        if let Some(account) = &under.account {
            let account = self.param(account.as_str());
            any.push(format!(
                "(kind = 'case' AND EXISTS (SELECT 1 FROM party p WHERE p.account = {account} \
                 AND p.ledger = thing.ledger AND p.id = thing.id))"
            ));
        }
        if let Some((ledger, person)) = &under.person {
            let (ledger, person) = (self.param(ledger.as_str()), self.param(person.as_str()));
            any.push(format!("(about = {person} AND ledger = {ledger})"));
        }
        if !any.is_empty() {
            self.texts.push(format!("({})", any.join(" OR ")));
        }
    }

    fn after(&mut self, listing: &Listing) -> Result<(), StoreError> {
        let Some(after) = &listing.after else { return Ok(()) };
        let unfit = || StoreError::Unfit("the cursor is not one of this list".to_owned());
        let mut parts = after.splitn(3, '~');
        let (Some(since), Some(ledger), Some(id)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(unfit());
        };
        let since: i64 = since.parse().map_err(|_| unfit())?;
        let (since, ledger, id) = (self.param(since), self.param(ledger), self.param(id));
        let than = if listing.newest_first { "<" } else { ">" };
        self.texts.push(format!("(since, ledger, id) {than} ({since}, {ledger}, {id})"));
        Ok(())
    }
}

/// Paths as texts that lie below a path: from, and up to but without.
pub(crate) fn span(path: &[PlaceId]) -> (String, String) {
    let from = path_text(path);
    // The character after the slash that ends the path.
    let mut to = from.clone();
    to.pop();
    to.push('0');
    (from, to)
}

impl Store {
    /// Things of a kind, a page of them.
    ///
    /// # Errors
    /// When the cursor is none, or the database cannot be read.
    pub async fn list(&self, listing: &Listing) -> Result<Page, StoreError> {
        let mut wheres = Wheres::default();
        wheres.equal("kind", Some(listing.kind.name()));
        wheres.equal("ledger", listing.ledger.as_ref().map(LedgerId::as_str));
        wheres.equal("sort", listing.sort.as_deref());
        wheres.equal("owner", listing.owner.as_ref().map(AccountId::as_str));
        wheres.equal("about", listing.about.as_deref());
        wheres.equal("place", listing.place.as_ref().map(PlaceId::as_str));
        if !listing.status.is_empty() {
            let any: Vec<String> =
                listing.status.iter().map(|it| wheres.param(it.as_str())).collect();
            wheres.texts.push(format!("status IN ({})", any.join(", ")));
        }
        if let Some(before) = listing.due_before {
            let before = wheres.param(before.as_millisecond());
            wheres.texts.push(format!("due_at > 0 AND due_at < {before}"));
        }
        wheres.under(&listing.under);
        wheres.after(listing)?;
        let limit = listing.limit.clamp(1, PAGE_MAX);
        let asked = wheres.param(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let order = if listing.newest_first { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT ledger, id, since, body FROM thing WHERE {} \
             ORDER BY since {order}, ledger {order}, id {order} LIMIT {asked}",
            wheres.texts.join(" AND ")
        );
        let found = self.inner.database.rows(&sql, wheres.with).await?;
        let mut page = Page { more: found.len() > limit, ..Page::default() };
        for row in found.iter().take(limit) {
            let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
            let cursor = format!("{}~{ledger}~{}", row.int(2)?, row.text(1)?);
            let thing = Thing::read(listing.kind, &row.text(3)?).map_err(StoreError::damaged)?;
            page.things.push((ledger, thing, cursor));
        }
        Ok(page)
    }

    /// How many cases below a place are not closed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open_cases_below(&self, path: &[PlaceId]) -> Result<i64, StoreError> {
        let (from, to) = span(path);
        let sql = "SELECT COUNT(*) FROM thing WHERE kind = 'case' AND path >= $1 AND path < $2 \
                   AND status NOT IN ('closed', 'rejected')";
        let row = self.inner.database.row(sql, params![from, to]).await?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Places whose name holds a text, below one of the paths (everywhere when there are none).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find_places(
        &self,
        text: &str,
        below: &[Vec<PlaceId>],
        limit: usize,
    ) -> Result<Vec<(LedgerId, domain::places::Place)>, StoreError> {
        let mut wheres = Wheres::default();
        let plain = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let like = wheres.param(format!("%{plain}%"));
        wheres.texts.push(format!("kind = 'place' AND label LIKE {like} ESCAPE '\\'"));
        wheres.under(&Under { paths: below.to_vec(), ..Under::default() });
        let limit = wheres.param(i64::try_from(limit.min(PAGE_MAX)).unwrap_or(50));
        let sql = format!(
            "SELECT ledger, body FROM thing WHERE {} ORDER BY LENGTH(label), label, ledger, id LIMIT {limit}",
            wheres.texts.join(" AND ")
        );
        let found = self.inner.database.rows(&sql, wheres.with).await?;
        found.iter().map(place).collect()
    }
}

/// A place from the columns ledger and body.
pub(crate) fn place(
    row: &crate::sql::Row,
) -> Result<(LedgerId, domain::places::Place), StoreError> {
    let ledger = LedgerId::new(row.text(0)?).map_err(StoreError::damaged)?;
    match Thing::read(rows::kind("place")?, &row.text(1)?).map_err(StoreError::damaged)? {
        Thing::Place(place) => Ok((ledger, *place)),
        _ => Err(StoreError::damaged("a place")),
    }
}
