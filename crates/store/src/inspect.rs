//! A look at a store from outside: nothing is made, nothing is brought up to date.

use jiff::Timestamp;

use crate::options::StoreOptions;
use crate::sql::{Connection, params};
use crate::{Store, StoreError, schema};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Steps of the tables that the database has.
    pub steps: usize,
    /// Steps of the tables that the program knows.
    pub steps_known: usize,
    /// Ledgers.
    pub ledgers: u64,
    /// Facts.
    pub facts: u64,
    /// Ledgers with facts after their last signature.
    pub unsigned: u64,
    /// When the latest of the last facts of all ledgers was recorded.
    pub last_recorded_at: Option<Timestamp>,
    /// Packs that read, by id and version.
    pub packs: Vec<(String, String)>,
    /// Why the others do not.
    pub unread: Vec<String>,
}

impl Store {
    /// Looks at the store that options name, as it is. On SQLite the database must be there.
    ///
    /// # Errors
    /// When the database cannot be reached or is none of ours.
    pub async fn inspect(options: &StoreOptions) -> Result<Inspection, StoreError> {
        let database = crate::store::connect(options).await?;
        let mut link = database.read().await?;
        let found = look(&mut link, options).await;
        drop(link);
        database.close().await;
        found
    }
}

async fn look(link: &mut Connection, options: &StoreOptions) -> Result<Inspection, StoreError> {
    let steps = link.rows("SELECT step FROM migration", params![]).await?.len();
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(seq), 0) AS BIGINT), \
               COUNT(CASE WHEN seq > signed THEN 1 END) FROM head";
    let (mut ledgers, mut facts, mut unsigned) = (0, 0, 0);
    for row in link.rows(sql, params![]).await? {
        let whole = |column| u64::try_from(row.int(column)?).map_err(StoreError::damaged);
        (ledgers, facts, unsigned) = (whole(0)?, whole(1)?, whole(2)?);
    }
    let sql = "SELECT f.recorded_at FROM head h JOIN fact f ON f.ledger = h.ledger \
               AND f.seq = h.seq ORDER BY f.recorded_at DESC LIMIT 1";
    let mut last_recorded_at = None;
    for row in link.rows(sql, params![]).await? {
        last_recorded_at =
            Some(Timestamp::from_millisecond(row.int(0)?).map_err(StoreError::damaged)?);
    }
    let (mut packs, mut unread) = (Vec::new(), Vec::new());
    let sql = "SELECT hash, bytes FROM pack_file WHERE ledger = 'root' ORDER BY hash";
    for row in link.rows(sql, params![]).await? {
        match (options.packs)(&row.blob(1)?) {
            Ok(pack) => packs.push((pack.id.to_string(), pack.version.clone())),
            Err(why) => unread.push(format!("{}: {why}", row.text(0)?)),
        }
    }
    let steps_known = schema::known();
    Ok(Inspection { steps, steps_known, ledgers, facts, unsigned, last_recorded_at, packs, unread })
}
