//! The chain and the views: sound in each store, the same in both, the same when made anew.

use crate::simulation::deployment::Deployment;
use crate::simulation::raw;
use crate::simulation::week::{Week, facts};

/// Tables that follow from facts alone.
const VIEWS: [&str; 6] = ["thing", "touch", "party", "figure", "word", "checkpoint"];

pub(super) fn verifies(week: &Week) -> Result<(), String> {
    for deployment in &week.stores {
        let found = deployment.wait(async { deployment.store().verify(&|_, _| {}).await });
        found
            .map_err(|error| format!("{}: {error}", deployment.name))?
            .map_err(|wrong| format!("{}: {wrong}", deployment.name))?;
    }
    Ok(())
}

pub(super) fn stores_agree(week: &Week) -> Result<(), String> {
    let [one, other] = &week.stores[..] else { return Err("a week has two stores".to_owned()) };
    same("facts", &facts(one)?, &facts(other)?)?;
    followed(week)?;
    for table in VIEWS {
        same(table, &raw::dump(one, table)?, &raw::dump(other, table)?)?;
    }
    let answers = "SELECT ledger, id, answer FROM command ORDER BY ledger, id";
    same("answers", &raw::rows(one, answers)?, &raw::rows(other, answers)?)
}

/// Lets the views that follow catch up.
fn followed(week: &Week) -> Result<(), String> {
    for deployment in &week.stores {
        let follow = || deployment.with(store::Store::follow).map_err(|error| error.to_string());
        while follow()? > 0 {}
    }
    Ok(())
}

pub(super) fn views_equal_a_rebuild(week: &Week) -> Result<(), String> {
    followed(week)?;
    for deployment in &week.stores {
        let live = views(deployment)?;
        let made = deployment.wait(async { deployment.store().rebuild(&|_, _| {}).await });
        made.map_err(|error| format!("{}: {error}", deployment.name))?;
        for ((table, live), (_, anew)) in live.iter().zip(&views(deployment)?) {
            same(&format!("{} of {}", table, deployment.name), live, anew)?;
        }
    }
    Ok(())
}

fn views(deployment: &Deployment) -> Result<Vec<(&'static str, Vec<String>)>, String> {
    VIEWS.into_iter().map(|table| Ok((table, raw::dump(deployment, table)?))).collect()
}

/// Says where two lists are first not the same.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, one: &[T], other: &[T]) -> Result<(), String> {
    if let Some((one, other)) = one.iter().zip(other).find(|(one, other)| one != other) {
        return Err(format!("{what}: {one:?} is not {other:?}"));
    }
    if one.len() == other.len() {
        return Ok(());
    }
    Err(format!("{what}: {} are not {}", one.len(), other.len()))
}
