//! Plays of the demo, looked at from inside: what is there afterwards, and what never is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use domain::cases::{Case, CaseText, is_text_item};
use domain::ids::{LedgerId, PersonId};
use domain::modes::Modes;
use domain::rules::Stage;
use domain::{Fact, Kind, Recorded, Thing};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::Value as Json;
use store::{Listing, Reader, Store, Wanted};

use super::clock::Calendar;
use super::story::{Step, Story};
use super::street::Street;
use super::{Plan, there, told};

const FIRST: Date = date(2026, 3, 2);

async fn played(dir: &Path, story: &Story, days: i32, seed: u64) -> anyhow::Result<Arc<Store>> {
    let street = Street::built_in();
    let plan = Plan { seed, first: Some(FIRST), days };
    there(dir, None, (&street, story), plan, &|_, _| {}).await
}

fn calendar(store: &Store) -> Calendar {
    Calendar { first: FIRST, zone: store.zone() }
}

async fn facts(store: &Store) -> Vec<Recorded> {
    let mut facts = Vec::new();
    for (ledger, _) in store.ledgers().await.unwrap() {
        facts.extend(store.facts_after(&ledger, 0, usize::MAX >> 1).await.unwrap());
    }
    facts
}

async fn things(store: &Store, kind: Kind) -> Vec<(LedgerId, Thing)> {
    let mut listing = Listing { limit: 1000, ..Listing::new(kind) };
    let mut things = Vec::new();
    loop {
        let page = store.list(&listing).await.unwrap();
        listing.after = page.things.last().map(|(_, _, cursor)| cursor.clone());
        things.extend(page.things.into_iter().map(|(ledger, thing, _)| (ledger, thing)));
        if !page.more {
            return things;
        }
    }
}

async fn cases(store: &Store) -> Vec<(LedgerId, Case)> {
    let cases = things(store, Kind::Case).await.into_iter();
    let case = |(ledger, thing)| match thing {
        Thing::Case(case) => Some((ledger, *case)),
        _ => None,
    };
    cases.filter_map(case).collect()
}

#[tokio::test]
async fn sixteen_days_are_played_and_everything_falls_out_well() {
    let dir = tempfile::tempdir().unwrap();
    let store = played(dir.path(), &Story::built_in(), 16, 1).await.unwrap();
    let lines = told::ten_lines(&store).await.unwrap();
    assert_eq!(lines.len(), 10, "{lines:#?}");
    let facts = facts(&store).await;
    every_day_has_life(&store, &facts).await;
    what_restricts_has_ended_by_itself_on_its_date(&store, &facts).await;
    there_is_something_to_do(&store).await;
    nothing_of_the_vault_stands_in_a_fact(&store, &facts).await;
    people_see_who_read_about_them(&store).await;
    assert!(store.verify(&|_, _| {}).await.unwrap().is_ok());
}

/// Facts on each day, and figures of each day for the street.
async fn every_day_has_life(store: &Store, facts: &[Recorded]) {
    let calendar = calendar(store);
    let street = "qingshi".parse().unwrap();
    for day in 1..=16 {
        let of_day = |it: &&Recorded| calendar.day_of(it.recorded_at) == day;
        let opened = |it: &Recorded| matches!(it.fact, Fact::CaseOpened { .. });
        let today: Vec<&Recorded> = facts.iter().filter(of_day).collect();
        assert!(today.len() > 100, "day {day}: {} facts", today.len());
        assert!(today.iter().filter(|it| opened(it)).count() > 3, "day {day}");
        let figures = store.figures(&street, calendar.date(day)).await.unwrap();
        let moved = figures.iter().filter(|((_, of_day), sum)| *of_day && **sum > 0).count();
        assert!(moved > 3, "day {day}: {figures:?}");
    }
}

async fn what_restricts_has_ended_by_itself_on_its_date(store: &Store, facts: &[Recorded]) {
    let calendar = calendar(store);
    let mut given: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut ended = 0;
    for it in facts {
        match &it.fact {
            Fact::OrderGiven { case, order, .. } => {
                given.insert(case.to_string(), order.until);
            }
            Fact::OrderEnded { case, by_itself, .. } => {
                assert!(by_itself);
                assert_eq!(given.get(case.as_str()), Some(&it.recorded_at));
                ended += 1;
            }
            _ => {}
        }
    }
    assert_eq!(given.len(), ended);
    assert!(given.values().any(|until| *until == calendar.at(14, 8 * 60)));
    let modes = store.get::<Modes>(&"qingshi".parse().unwrap(), "modes").await.unwrap().unwrap();
    assert_eq!((modes.active.len(), modes.ended.len()), (1, 1));
    let expired = facts.iter().find(|it| matches!(it.fact, Fact::ModeExpired { .. })).unwrap();
    assert_eq!(expired.recorded_at, calendar.at(15, 18 * 60));
}

async fn there_is_something_to_do(store: &Store) {
    let calendar = calendar(store);
    let (today, tonight) = (calendar.at(17, 0), calendar.at(18, 0));
    let cases = cases(store).await;
    let open: Vec<&Case> =
        cases.iter().map(|(_, it)| it).filter(|it| !it.stage().is_final()).collect();
    let due = |it: &&&Case| it.standing.due_at.is_some_and(|at| at > today && at < tonight);
    assert!(open.iter().filter(due).count() > 2);
    assert!(open.iter().any(|it| it.is_late(today) && !it.delay_explained));
    assert!(open.iter().any(|it| it.stage() == Stage::Claimed));
    assert!(open.iter().any(|it| it.stage() == Stage::Deferred));
    let reading = |it: &&Case| it.standing.expects.as_ref().is_some_and(|it| it.next_at < tonight);
    assert!(open.iter().any(reading));
    let kinds: BTreeSet<&str> = cases.iter().map(|(_, it)| it.kind.as_str()).collect();
    assert!(kinds.len() > 12, "{kinds:?}");
    let moved = things(store, Kind::Pool).await.into_iter().filter(|(_, thing)| match thing {
        Thing::Pool(pool) => pool.free() < pool.total,
        _ => false,
    });
    assert!(moved.count() > 1);
}

/// The texts and numbers of a fact, without the names of its fields.
fn leaves(json: &Json, into: &mut BTreeSet<String>) {
    match json {
        Json::String(text) => drop(into.insert(text.clone())),
        Json::Number(number) => drop(into.insert(number.to_string())),
        Json::Array(items) => items.iter().for_each(|it| leaves(it, into)),
        Json::Object(map) => map.values().for_each(|it| leaves(it, into)),
        Json::Null | Json::Bool(_) => {}
    }
}

/// Facts with which people write something.
const WRITTEN_WITH: &[&str] = &[
    "case.noted",
    "case.returned",
    "case.handed_over",
    "case.verified",
    "case.reopened",
    "case.deferred",
    "delay.explained",
    "order.given",
];

async fn nothing_of_the_vault_stands_in_a_fact(store: &Store, facts: &[Recorded]) {
    let mut said = BTreeSet::new();
    facts.iter().for_each(|it| leaves(&it.fact.body(), &mut said));
    let said: Vec<String> = said.into_iter().collect();
    let reader = Reader { account: "operator".parse().unwrap(), role: "operator".to_owned() };
    let mut wanted: BTreeMap<LedgerId, Vec<Wanted>> = BTreeMap::new();
    for (kind, before) in
        [(Kind::Person, ""), (Kind::Case, "case."), (Kind::Submission, "submission.")]
    {
        for (ledger, thing) in things(store, kind).await {
            let id = match &thing {
                Thing::Person(person) => person.id.to_string(),
                Thing::Case(case) => case.id.to_string(),
                Thing::Submission(submission) => submission.id.to_string(),
                _ => continue,
            };
            let person = PersonId::new(format!("{before}{id}")).unwrap();
            wanted.entry(ledger).or_default().push(Wanted { person, item: None });
        }
    }
    let mut looked = 0;
    let (mut values, mut elements, mut texts) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (ledger, wanted) in wanted {
        let read = store.reveal(&ledger, &reader, "test", &wanted, &|_| true).await.unwrap();
        looked += read.len();
        for it in read {
            values.insert(it.value);
            // What people write on a case is of no dictionary.
            let kinds = if is_text_item(&it.item) { &mut texts } else { &mut elements };
            kinds.insert(it.element);
        }
    }
    assert!(looked > 1500, "{looked}");
    let written = CaseText::ALL.map(CaseText::element);
    assert!(texts.iter().map(String::as_str).eq(BTreeSet::from(written)), "{texts:?}");
    for name in WRITTEN_WITH {
        assert!(facts.iter().any(|it| it.fact.name() == *name), "{name} is not in the play");
    }
    for value in values.iter().filter(|it| it.parse::<f64>().is_err()) {
        let found = said.iter().find(|it| it.contains(value));
        assert_eq!(found, None, "{value}");
    }
    // A number may stand anywhere by chance: its element may not stand among what is open.
    for it in facts {
        let body = it.fact.body();
        for open in [&body["fields"], &body["answers"]].into_iter().filter_map(Json::as_object) {
            let found = open.keys().find(|element| elements.contains(*element));
            assert_eq!(found, None, "{body}");
        }
    }
}

async fn people_see_who_read_about_them(store: &Store) {
    let wang = PersonId::new("huaishu-g1-b1-101-p0").unwrap();
    let reads = store.accesses_of(&"huaishu".parse().unwrap(), &wang).await.unwrap();
    let readers: BTreeSet<&str> = reads.iter().map(|it| it.reader.as_str()).collect();
    assert!(readers.contains("grid-huaishu-1") && readers.contains("lead-huaishu"), "{readers:?}");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_facts_and_another_seed_others() {
    let mut heads = Vec::new();
    for seed in [7, 7, 8] {
        let dir = tempfile::tempdir().unwrap();
        let store = played(dir.path(), &Story::built_in(), 2, seed).await.unwrap();
        heads.push(store.heads().await.unwrap());
    }
    assert_eq!(heads[0], heads[1]);
    for (one, other) in heads[1].iter().zip(&heads[2]).filter(|(it, _)| it.0.as_str() != "root") {
        assert_ne!(one.2, other.2, "{}", one.0);
    }
}

/// The story of the first morning with one more step.
fn with(step: Step) -> Story {
    let mut story = Story::built_in();
    story.steps.retain(|it| it.day == 1 && it.time.as_str() < "10:00");
    story.steps.push(Step { day: 1, ..step });
    story.life.opened_a_day = 0.0;
    story.life.fills.clear();
    story
}

fn step(act: &str, expect: Option<&str>) -> Step {
    Step {
        time: "09:50".to_owned(),
        who: "grid-huaishu-1".to_owned(),
        act: Some(act.to_owned()),
        on: Some("door".to_owned()),
        expect: expect.map(str::to_owned),
        ..Step::default()
    }
}

#[tokio::test]
async fn a_refusal_that_the_story_does_not_expect_stops_the_play() {
    let dir = tempfile::tempdir().unwrap();
    let story = with(step("accept", None));
    let error = played(dir.path(), &story, 1, 1).await.err().map(|it| format!("{it:#}")).unwrap();
    assert!(error.contains("day 1 09:50") && error.contains("action_not_now"), "{error}");
    // What was broken off is not taken for a whole play.
    let again = played(dir.path(), &story, 1, 1).await.err().map(|it| format!("{it:#}")).unwrap();
    assert!(again.contains("broken off"), "{again}");
}

#[tokio::test]
async fn a_refusal_that_the_story_expects_must_come() {
    let dir = tempfile::tempdir().unwrap();
    played(dir.path(), &with(step("accept", Some("action_not_now"))), 1, 1).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let story = with(step("begin", Some("action_not_now")));
    let error = played(dir.path(), &story, 1, 1).await.err().map(|it| format!("{it:#}")).unwrap();
    assert!(error.contains("was not refused"), "{error}");
}
