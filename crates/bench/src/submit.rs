//! Durable commands a second through `store::submit`, against raw loops that write the same rows.

use anyhow::Result;

use crate::ground::{Ground, copy};
use crate::report::{Goal, Line, Rounds};
use crate::{Size, load, raw, raw_postgres};

/// So many clients, and what their rate is to be of the raw one.
const CLIENTS: &[(usize, Goal)] =
    &[(1, Goal::None), (64, Goal::None), (512, Goal::RatioAtLeast(0.5))];

/// On SQLite.
pub(crate) async fn sqlite(size: &Size) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for &(clients, goal) in CLIENTS {
        let each = size.commands(clients);
        let (mut ours, mut peers, mut waits) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..size.rounds {
            let folder = tempfile::tempdir()?;
            let (data, fresh) = (folder.path().join("data"), folder.path().join("fresh"));
            let ground = Ground::sqlite(&data);
            ground.found().await?.close().await;
            copy(&data, &fresh)?;
            let store = ground.open().await?;
            let name = format!("r{round}");
            let load = load::clients(&store, clients, each, &name).await?;
            store.close().await;
            ours.push(load.rate);
            waits.push(load);
            let written = raw::written(&data, &name)?;
            peers.push(raw::write(&fresh, &written, clients)?);
        }
        lines.push(line("SQLite", "raw rusqlite loop", clients, goal, (ours, peers), &waits));
    }
    Ok(lines)
}

/// On PostgreSQL, where a server is named.
pub(crate) async fn postgres(size: &Size, server: &str) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for &(clients, goal) in CLIENTS {
        let each = size.commands(clients);
        let (mut ours, mut peers, mut waits) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..size.rounds {
            let folder = tempfile::tempdir()?;
            let database = raw_postgres::new_database(server, "linli_bench").await?;
            let mut ground = Ground::sqlite(folder.path());
            ground.database = Some(database.clone());
            let store = ground.found().await?;
            let name = format!("r{round}");
            let load = load::clients(&store, clients, each, &name).await?;
            store.close().await;
            ours.push(load.rate);
            waits.push(load);
            let tables = raw_postgres::written(&database, &name).await?;
            peers.push(raw_postgres::write(&database, &tables, clients).await?);
        }
        lines.push(line("PostgreSQL", "raw batched SQL", clients, goal, (ours, peers), &waits));
    }
    Ok(lines)
}

fn line(
    database: &str,
    peer: &str,
    clients: usize,
    goal: Goal,
    (ours, peers): (Vec<f64>, Vec<f64>),
    waits: &[load::Load],
) -> Line {
    let median = Rounds(waits.iter().map(|load| load.median_ms).collect()).median();
    let p99 = Rounds(waits.iter().map(|load| load.p99_ms).collect()).median();
    Line {
        name: format!("durable commands a second, {database}, {clients} clients"),
        unit: "/s",
        ours: Rounds(ours),
        peer: Some((peer.to_owned(), Rounds(peers))),
        goal,
        note: format!("waits: median {median:.1} ms, 99 of 100 below {p99:.1} ms"),
    }
}
