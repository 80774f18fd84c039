//! Views worked out anew, and what indicators add to the cost of a fact.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use rusqlite::Connection;
use store::Store;

use crate::ground::{COMMUNITY, Ground};
use crate::report::{Goal, Line, Rounds};
use crate::{Size, load};

/// How many clients give commands while figures are measured.
const CLIENTS: usize = 512;
/// The smaller number of things that figures are taken over.
const FEW: usize = 10_000;

/// Facts a second when all views are worked out anew.
pub(crate) async fn rebuild(size: &Size) -> Result<Vec<Line>> {
    let each = size.commands(CLIENTS);
    let mut rates = Vec::new();
    for round in 0..size.rounds {
        let folder = tempfile::tempdir()?;
        let mut ground = Ground::sqlite(folder.path());
        ground.indicators = 20;
        let store = ground.found().await?;
        load::clients(&store, CLIENTS, each, &format!("r{round}")).await?;
        let began = Instant::now();
        store.rebuild(&|_, _| {}).await?;
        rates.push((CLIENTS * each) as f64 / began.elapsed().as_secs_f64());
        store.close().await;
    }
    Ok(vec![Line {
        name: "facts a second in a rebuild of all views".to_owned(),
        unit: "/s",
        ours: Rounds(rates),
        peer: None,
        goal: Goal::None,
        note: format!("{} facts, 20 indicators at six levels, SQLite", CLIENTS * each),
    }])
}

/// Puts households straight into the tables, with the figures that belong to them.
fn fill(folder: &Path, things: usize, indicators: usize) -> Result<()> {
    let mut link = Connection::open(folder.join("linli.db"))?;
    link.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;",
    )?;
    let transaction = link.transaction()?;
    // One household made by the program is the pattern of all of them.
    transaction.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
         INSERT INTO thing SELECT t.ledger, t.kind, printf('f%08d', n.i), t.place, t.path, t.sort, \
         t.status, t.owner, t.about, t.since, t.due_at, t.wake_at, t.label, \
         replace(t.body, t.id, printf('f%08d', n.i)) \
         FROM n, thing t WHERE t.ledger = ?2 AND t.kind = 'household' AND t.id = 'pattern-0000-00000'",
        (i64::try_from(things)?, COMMUNITY),
    )?;
    let added = i64::try_from(things)? * 1000;
    let moved = transaction.execute(
        "UPDATE figure SET thousandths = thousandths + ?1 WHERE ledger = ?2",
        (added, COMMUNITY),
    )?;
    assert_eq!(moved, indicators * 6, "every indicator has a figure at each level");
    transaction.commit()?;
    link.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

/// A deployment with so many indicators over so many things, warm.
async fn filled(folder: &Path, indicators: usize, things: usize) -> Result<Arc<Store>> {
    let mut ground = Ground::sqlite(folder);
    ground.indicators = indicators;
    let store = ground.found().await?;
    load::clients(&store, 1, 1, "pattern").await?;
    store.close().await;
    fill(folder, things, indicators)?;
    let store = ground.open().await?;
    load::clients(&store, CLIENTS, 4, "warm").await?;
    Ok(store)
}

/// Microseconds a command over few things and over many, in turns.
async fn cost(size: &Size, indicators: usize) -> Result<[Vec<f64>; 2]> {
    let folders = [tempfile::tempdir()?, tempfile::tempdir()?];
    let stores = [
        filled(folders[0].path(), indicators, FEW).await?,
        filled(folders[1].path(), indicators, size.things()).await?,
    ];
    let each = size.commands(CLIENTS).div_ceil(2);
    let mut costs = [Vec::new(), Vec::new()];
    for round in 0..size.rounds {
        for turn in 0..2 {
            let which = (round + turn) % 2;
            let load = load::clients(&stores[which], CLIENTS, each, &format!("r{round}")).await?;
            costs[which].push(1e6 / load.rate);
        }
    }
    for store in stores {
        store.close().await;
    }
    Ok(costs)
}

/// What a fact costs with few and many indicators over few and many things.
pub(crate) async fn indicators(size: &Size) -> Result<Vec<Line>> {
    let many = size.things();
    let mut lines = Vec::new();
    for indicators in [1, 200] {
        let [few, costs] = cost(size, indicators).await?;
        lines.push(Line {
            name: format!("cost of one fact, {indicators} indicators, {many} things"),
            unit: "µs",
            ours: Rounds(costs),
            peer: Some((format!("the same with {FEW} things"), Rounds(few))),
            goal: Goal::RatioAtMost(1.25),
            note: "six levels, 512 clients, SQLite; things put straight into the tables".to_owned(),
        });
    }
    let (few, two_hundred) = (lines[0].peer.clone(), lines[1].peer.clone());
    if let (Some((_, few)), Some((_, two_hundred))) = (few, two_hundred) {
        lines.push(Line {
            name: "cost of one fact, 200 indicators".to_owned(),
            unit: "µs",
            ours: two_hundred,
            peer: Some(("the same with 1 indicator".to_owned(), few)),
            goal: Goal::None,
            note: format!("{FEW} things"),
        });
    }
    Ok(lines)
}
