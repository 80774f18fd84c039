//! The street makes sense: people, care, stock and figures, counted again from what is there.

use std::collections::{BTreeMap, BTreeSet};

use domain::cases::Case;
use domain::forms::Submission;
use domain::people::{Household, Person, Whereabouts};
use domain::rules::Stage;
use domain::stock::Pool;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::simulation::deployment::Deployment;
use crate::simulation::sight::all;
use crate::simulation::street::{COMMUNITIES, id};
use crate::simulation::week::{Week, facts};

fn every<T: domain::states::AsThing + Clone>(
    deployment: &Deployment,
    ledger: &str,
) -> Result<Vec<T>, String> {
    deployment.with(|store| all(store, ledger)).map_err(|error| error.to_string())
}

pub(super) fn nobody_in_two_places(week: &Week) -> Result<(), String> {
    for (deployment, ledger) in week.ledgers() {
        let mut lives: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for home in every::<Household>(deployment, ledger)? {
            for person in home.people {
                lives.entry(person.to_string()).or_default().push(home.id.to_string());
            }
        }
        let cases = every::<Case>(deployment, ledger)?;
        for person in every::<Person>(deployment, ledger)? {
            let at = lives.remove(person.id.as_str()).unwrap_or_default();
            if at != [person.household.to_string()] {
                return Err(format!(
                    "{}: {} lives in {at:?} and says {}",
                    deployment.name, person.id, person.household
                ));
            }
            let away: Vec<&Case> = cases
                .iter()
                .filter(|case| case.person() == Some(&person.id) && case.order.is_some())
                .collect();
            let under = person.order.as_ref().map(|order| &order.case);
            if away.len() > 1 || away.first().map(|case| &case.id) != under {
                return Err(format!(
                    "{}: {} is under {under:?}, but {} cases say so",
                    deployment.name,
                    person.id,
                    away.len()
                ));
            }
            if let Whereabouts::Pool { pool } = &person.whereabouts {
                let beds = away
                    .iter()
                    .flat_map(|case| case.holds.values())
                    .filter(|held| held.taken && held.pool == *pool);
                if beds.count() == 0 {
                    return Err(format!(
                        "{}: {} stays in {pool} without a place there",
                        deployment.name, person.id
                    ));
                }
            }
        }
        if let Some((person, at)) = lives.first_key_value() {
            return Err(format!("{}: {at:?} has {person}, whom nobody knows", deployment.name));
        }
    }
    Ok(())
}

/// Who is under an order that leads out of a home has left nobody and nothing without an owner.
pub(super) fn nobody_without_care(week: &Week) -> Result<(), String> {
    for (deployment, ledger) in week.ledgers() {
        let people: BTreeMap<_, _> = every::<Person>(deployment, ledger)?
            .into_iter()
            .map(|it| (it.id.clone(), it))
            .collect();
        let mut accepted: BTreeSet<(String, String)> = BTreeSet::new();
        for line in facts(deployment)?.iter().filter(|line| line["ledger"] == ledger) {
            let body: serde_json::Value =
                serde_json::from_str(line["body"].as_str().unwrap_or_default()).unwrap_or_default();
            let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
            match line["fact"].as_str() {
                Some("care.accepted") => drop(accepted.insert((text("case"), text("need")))),
                Some("care.declined") => drop(accepted.remove(&(text("case"), text("need")))),
                Some("order.given") if !accepted.contains(&(text("case"), "food".to_owned())) => {
                    return Err(format!(
                        "{}: {} was ordered away while nobody had the food",
                        deployment.name,
                        text("person")
                    ));
                }
                _ => {}
            }
            if line["fact"] == "order.given" && !people.contains_key(&id(&text("person"))) {
                return Err(format!(
                    "{}: {} was ordered away and is nobody",
                    deployment.name,
                    text("person")
                ));
            }
        }
    }
    Ok(())
}

/// Amounts of a pool as facts tell them.
#[derive(Default)]
struct Told {
    total: i64,
    held: BTreeMap<String, i64>,
    taken: BTreeMap<String, i64>,
}

pub(super) fn stock_adds_up(week: &Week) -> Result<(), String> {
    for (deployment, ledger) in week.ledgers() {
        let mut told: BTreeMap<String, Told> = BTreeMap::new();
        for line in facts(deployment)?.iter().filter(|line| line["ledger"] == ledger) {
            let body: serde_json::Value =
                serde_json::from_str(line["body"].as_str().unwrap_or_default()).unwrap_or_default();
            let Some(pool) = body["pool"].as_str() else { continue };
            let pool = told.entry(pool.to_owned()).or_default();
            let (hold, amount) = (
                body["hold"].as_str().unwrap_or_default().to_owned(),
                body["amount"].as_i64().unwrap_or_default(),
            );
            match line["fact"].as_str() {
                Some("stock.added") => pool.total += amount,
                Some("stock.held") => drop(pool.held.insert(hold, amount)),
                Some("hold.taken") => {
                    let amount = pool
                        .held
                        .remove(&hold)
                        .ok_or_else(|| format!("{hold} was taken and never held"))?;
                    pool.taken.insert(hold, amount);
                }
                Some("hold.returned") => drop((pool.held.remove(&hold), pool.taken.remove(&hold))),
                Some("hold.expired") => drop(pool.held.remove(&hold)),
                _ => {}
            }
            let out: i64 = pool.held.values().chain(pool.taken.values()).sum();
            if pool.total - out < 0 {
                return Err(format!(
                    "{}: fact {} of {ledger} gives away what is not there",
                    deployment.name, line["seq"]
                ));
            }
        }
        for pool in every::<Pool>(deployment, ledger)? {
            let told = told.remove(pool.id.as_str()).unwrap_or_default();
            let (held, taken): (i64, i64) = (told.held.values().sum(), told.taken.values().sum());
            let (says, is) = ((told.total, held, taken), (pool.total, pool.held(), pool.taken()));
            if says != is || pool.free() < 0 {
                return Err(format!(
                    "{}: {} has {is:?}, facts say {says:?}",
                    deployment.name, pool.id
                ));
            }
        }
    }
    Ok(())
}

/// The figures of the street, counted by hand from the things of its communities.
pub(super) fn figures_equal_a_recount(week: &Week) -> Result<(), String> {
    let changed = week.pack_changed();
    for deployment in &week.stores {
        let mut counted: BTreeMap<String, i64> = BTreeMap::new();
        let mut days = BTreeSet::new();
        let zone = deployment.with(|store| std::future::ready(store.zone()));
        for ledger in COMMUNITIES {
            count(deployment, ledger, changed, &zone, &mut counted, &mut days)?;
        }
        let place = id("street");
        days.insert(
            deployment
                .with(|store| std::future::ready(store.now()))
                .to_zoned_datetime(zone.clone())
                .date(),
        );
        for day in days {
            let figures = deployment
                .with(|store| store.figures(&place, day))
                .map_err(|error| error.to_string())?;
            for name in [
                "open_repairs",
                "closed_repairs",
                "readings",
                "depth",
                "free_rooms",
                "away",
                "everybody",
                "homes",
            ] {
                let by_day = matches!(name, "closed_repairs" | "readings");
                let key = if by_day { format!("{name} {day}") } else { name.to_owned() };
                let expected = 1000 * counted.get(&key).copied().unwrap_or_default();
                let found =
                    figures.get(&(format!("week.{name}"), by_day)).copied().unwrap_or_default();
                if found != expected {
                    return Err(format!(
                        "{}: {key} is {found}, counted {expected}",
                        deployment.name
                    ));
                }
            }
        }
    }
    Ok(())
}

fn count(
    deployment: &Deployment,
    ledger: &str,
    changed: bool,
    zone: &TimeZone,
    counted: &mut BTreeMap<String, i64>,
    days: &mut BTreeSet<Date>,
) -> Result<(), String> {
    let mut add = |name: String, by: i64| *counted.entry(name).or_default() += by;
    for case in
        every::<Case>(deployment, ledger)?.iter().filter(|case| case.kind.as_str() == "week.repair")
    {
        match case.closed_at.filter(|_| case.stage() == Stage::Closed) {
            Some(at) => {
                let day = at.to_zoned_datetime(zone.clone()).date();
                days.insert(day);
                add(format!("closed_repairs {day}"), 1);
            }
            None => add("open_repairs".to_owned(), 1),
        }
    }
    for submission in every::<Submission>(deployment, ledger)? {
        let day = submission.occurred_at.to_zoned_datetime(zone.clone()).date();
        days.insert(day);
        add(format!("readings {day}"), 1);
        let depth = submission
            .answers
            .get(&id("depth_cm"))
            .and_then(serde_json::Value::as_i64)
            .unwrap_or_default();
        if !changed || depth > 20 {
            add("depth".to_owned(), depth);
        }
    }
    for pool in every::<Pool>(deployment, ledger)?.iter().filter(|pool| pool.sort == "week.room") {
        add("free_rooms".to_owned(), pool.free());
    }
    for person in every::<Person>(deployment, ledger)? {
        add("everybody".to_owned(), 1);
        if matches!(person.whereabouts, Whereabouts::Pool { .. }) {
            add("away".to_owned(), 1);
        }
    }
    for home in every::<Household>(deployment, ledger)? {
        add("homes".to_owned(), i64::try_from(home.people.len()).unwrap_or_default());
    }
    Ok(())
}
