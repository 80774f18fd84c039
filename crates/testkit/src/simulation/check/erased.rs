//! Personal values: never in the clear on a disk or in a table, and gone with their keys once they
//! are destroyed.

use std::collections::BTreeSet;

use crate::simulation::deployment::Deployment;
use crate::simulation::raw;
use crate::simulation::street::SECRET;
use crate::simulation::week::Week;

/// Every file and every table is searched for what every secret begins with.
pub(super) fn unreadable(week: &Week) -> Result<(), String> {
    for deployment in &week.stores {
        if let Some(file) = raw::file_with(&deployment.options.folder, SECRET.as_bytes())? {
            return Err(format!("{}: a secret lies open in {file}", deployment.name));
        }
        let in_hex = raw::hex(SECRET.as_bytes());
        for table in raw::tables(deployment)? {
            let lines = raw::dump(deployment, &table)?;
            if let Some(line) =
                lines.iter().find(|line| line.contains(SECRET) || line.contains(&in_hex))
            {
                return Err(format!("{}: a secret lies open in {table}: {line}", deployment.name));
            }
        }
        overdue(deployment)?;
    }
    Ok(())
}

/// Nothing is kept that was due the last time that values were destroyed.
fn overdue(deployment: &Deployment) -> Result<(), String> {
    let rows = raw::rows(
        deployment,
        "SELECT ledger, fact, body FROM fact WHERE fact = 'values.destroyed'",
    )?;
    for row in rows {
        let body: serde_json::Value =
            serde_json::from_str(&row[2]).map_err(|error| error.to_string())?;
        let before: jiff::Timestamp =
            serde_json::from_value(body["before"].clone()).map_err(|error| error.to_string())?;
        let of = |name: &str| match body[name].as_str() {
            Some(id) => format!("{name} = '{id}'"),
            None => "1 = 1".to_owned(),
        };
        let sql = format!(
            "SELECT person FROM vault WHERE ledger = '{}' AND {} AND {} AND given_at < {}",
            row[0],
            of("purpose"),
            of("person"),
            before.as_millisecond()
        );
        if let Some(left) = raw::rows(deployment, &sql)?.first() {
            return Err(format!("{}: a value of {left:?} outlived {body}", deployment.name));
        }
    }
    Ok(())
}

/// The wrapped keys of a store. A sealed value without its key opens for nobody, so that a key that
/// is nowhere any more is a value destroyed.
pub(crate) fn keys(deployment: &Deployment) -> Result<BTreeSet<String>, String> {
    Ok(raw::rows(deployment, "SELECT wrapped FROM person_key")?.into_iter().flatten().collect())
}

/// A key that was there before and is no longer in its table is in no file either. PostgreSQL keeps its
/// files elsewhere: there only the tables are asked.
pub(crate) fn gone(deployment: &Deployment, before: &BTreeSet<String>) -> Result<(), String> {
    let left = keys(deployment)?;
    for gone in before.difference(&left) {
        let bytes: Vec<u8> = (0..gone.len())
            .step_by(2)
            .filter_map(|at| u8::from_str_radix(gone.get(at..at + 2)?, 16).ok())
            .collect();
        if let Some(file) = raw::file_with(&deployment.options.folder, &bytes)? {
            return Err(format!("{}: what was destroyed still lies in {file}", deployment.name));
        }
    }
    Ok(())
}
