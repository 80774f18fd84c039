//! Replaying facts over no more than what they touch gives the states that were there live.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::authority::Actor;
use crate::cases::CaseText;
use crate::command::{Command, Context};
use crate::draft::Outcome;
use crate::fact::Fact;
use crate::rehearsal::Rehearsal;
use crate::states::{Key, Kind, Stamp, States, Thing, apply};
use crate::trial;

/// States as a store keeps them: by key, each loaded when a fact touches it.
type Kept = BTreeMap<Key, Thing>;

/// Applies one fact as a rebuild does: read from its text, over what it touches alone.
fn replay(kept: &mut Kept, fact: &Fact, stamp: &Stamp) {
    let fact = Fact::read(fact.name(), fact.version(), fact.body()).expect("a fact reads itself");
    let touched = fact.touches();
    let mut loaded = States::default();
    for key in &touched {
        let thing = kept.get(key).map(|thing| {
            Thing::read(thing.kind(), &thing.body()).expect("a state reads its own text")
        });
        loaded.put(key.clone(), thing);
    }
    apply(&mut loaded, &fact, stamp);
    for key in touched {
        if let Some(thing) = loaded.thing(&key) {
            kept.insert(key, thing.clone());
        }
    }
}

/// Holds every command of every test to it: what its facts touch it had asked for, and replaying
/// them gives what it left behind.
pub(crate) fn check(context: &Context<'_>, shown: &States, outcome: &Outcome) {
    let stamp = Stamp {
        occurred_at: context.occurred_at,
        recorded_at: context.moment.at,
        actor: context.actor.account.clone(),
    };
    let mut kept = Kept::new();
    for key in outcome.facts.iter().flat_map(Fact::touches) {
        // What is not loaded can only be made anew: a case that a form opens by itself.
        let asked_or_made = shown.knows(&key) || outcome.changed.contains_key(&key);
        assert!(asked_or_made, "{key:?} is touched but was not asked for");
        if let Some(thing) = shown.thing(&key) {
            kept.insert(key, thing.clone());
        }
    }
    let before = kept.clone();
    for fact in &outcome.facts {
        replay(&mut kept, fact, &stamp);
    }
    for (key, thing) in &kept {
        let live = outcome.changed.get(key).or_else(|| before.get(key));
        assert_eq!(live, Some(thing), "{key:?} differs when replayed");
    }
    let unheard = outcome.changed.keys().find(|key| !kept.contains_key(key));
    assert_eq!(unheard, None, "changed, but no fact touches it");
}

/// A story in which every command is given once, on the way to a replay of all of it.
struct Story {
    street: Rehearsal,
    stamps: Vec<Stamp>,
    given: BTreeSet<&'static str>,
}

impl Story {
    fn begin() -> Self {
        let street = trial::community();
        let stamp = Stamp {
            occurred_at: trial::morning(),
            recorded_at: trial::morning(),
            actor: trial::operator().account,
        };
        let stamps = vec![stamp; street.facts.len()];
        let ground = [
            "open_ledger",
            "add_places",
            "register_household",
            "register_person",
            "state_care",
            "adopt_pack",
            "open_pool",
            "add_stock",
        ];
        Self { street, stamps, given: ground.into_iter().collect() }
    }

    fn give(&mut self, actor: &Actor, name: &str, body: Json) {
        let command: Command =
            serde_json::from_value(json!({ "kind": name, "body": body })).expect("a sound body");
        self.given.insert(command.name());
        let now = self.street.moment.at;
        // Said a little after it happened, so that no state may take the one time for the other.
        let occurred_at = now - jiff::SignedDuration::from_mins(3);
        self.street
            .give_late(actor, command, occurred_at)
            .unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
        let stamp = Stamp { occurred_at, recorded_at: now, actor: actor.account.clone() };
        self.stamps.resize(self.street.facts.len(), stamp);
    }

    fn wait(&mut self, hours: i64) {
        self.street.moment.at += jiff::SignedDuration::from_hours(hours);
    }

    /// In how many hours, and on which day that is.
    fn after(&self, hours: i64) -> (String, String) {
        let at = self.street.moment.at + jiff::SignedDuration::from_hours(hours);
        (at.to_string(), self.street.moment.day_of(at).to_string())
    }
}

fn the_register_changes(story: &mut Story) {
    let (lead, worker, operator) = (trial::lead(), trial::worker(), trial::operator());
    story.give(&lead, "rename_place", json!({ "place": "b2", "name": "South" }));
    story.give(&operator, "retire_place", json!({ "place": "b2", "reason": "torn down" }));
    let corrected = json!({ "person": "p1", "born_year": 1989, "values": { "name": "Ada" } });
    story.give(&trial::resident(), "correct_person", corrected);
    let door = json!({ "household": "h2", "door": "1-102" });
    story.give(&worker, "correct_household", door);
    story.give(&worker, "move_person", json!({ "person": "p2", "to": "h2" }));
    story.give(&worker, "end_care", json!({ "carer": "p1", "dependant": "p2" }));
    story.give(&lead, "open_account", json!({ "account": "ada" }));
    let role = json!({ "account": "ada", "role": "volunteer", "place": "b1" });
    story.give(&lead, "grant_role", role);
    let role =
        json!({ "account": "ada", "role": "volunteer", "place": "b1", "reason": "moved away" });
    story.give(&lead, "revoke_role", role);
    story.give(&operator, "close_account", json!({ "account": "ada", "reason": "gone" }));
}

fn a_lamp_is_repaired(story: &mut Story) {
    let (lead, worker, resident) = (trial::lead(), trial::worker(), trial::resident());
    let open = json!({ "case": "c1", "case_kind": "trial.repair", "place": "b1",
        "fields": { "what": "lamp", "words": "it is dark" } });
    story.give(&resident, "open_case", open);
    let begin = json!({ "case": "c1", "action": "begin" });
    story.give(&worker, "act_on_case", begin.clone());
    story.give(&worker, "note_case", json!({ "case": "c1", "note": "no ladder" }));
    let over = json!({ "case": "c1", "to": "worker-2", "condition": "opened" });
    story.give(&worker, "hand_over_case", over);
    story.give(&lead, "assign_case", json!({ "case": "c1", "assignee": "worker" }));
    story.wait(25);
    story.give(&worker, "explain_delay", json!({ "case": "c1", "reason": "no spare part" }));
    let claim = json!({ "case": "c1", "action": "claim", "fields": { "done": true } });
    story.give(&worker, "act_on_case", claim);
    let verify = json!({ "case": "c1", "agreed": true, "finding": "it is lit" });
    story.give(&lead, "verify_case", verify);
    story.give(&resident, "rate_case", json!({ "case": "c1", "solved": true, "satisfied": 5 }));
    story.give(&resident, "reopen_case", json!({ "case": "c1", "reason": "dark again" }));
    let (_, review_on) = story.after(24 * 30);
    let defer = json!({ "case": "c1", "reason": "the wall", "review_on": review_on });
    story.give(&lead, "defer_case", defer);
    let open = json!({ "case": "c2", "case_kind": "trial.repair", "fields": { "what": "pole" } });
    story.give(&resident, "open_case", open);
    story.give(&worker, "act_on_case", json!({ "case": "c2", "action": "begin" }));
    let back = json!({ "case": "c2", "reason": "not ours", "right_unit": "road office" });
    story.give(&worker, "return_case", back);
}

fn somebody_stays_elsewhere(story: &mut Story) {
    let (clinician, worker) = (trial::clinician(), trial::worker());
    let filled = json!({ "submission": "s1", "form": "trial.visit",
        "subject": { "kind": "person", "id": "p3" },
        "answers": { "warm": true, "temperature": 38.4 } });
    story.give(&worker, "record_submission", filled);
    let case = story.street.facts.iter().rev().find_map(|fact| match fact {
        Fact::CaseOpened { case, .. } => Some(case.to_string()),
        _ => None,
    });
    let case = case.expect("the answer opens a case");
    let act = |action: &str, fields: Json| json!({ "case": case, "action": action, "fields": fields, "reason": "warm since Monday" });
    story.give(&clinician, "act_on_case", act("hold", json!({ "room": "rooms" })));
    let ask = json!({ "case": case, "need": "food", "owner": "resident" });
    story.give(&clinician, "ask_care", ask);
    let yes = json!({ "case": case, "need": "food", "accepts": true });
    story.give(&trial::resident(), "answer_care", yes);
    story.give(&clinician, "act_on_case", act("send", json!({})));
    story.wait(48);
    story.give(&Actor::system(), "wake_case", json!({ "case": case }));
}

fn a_form_of_ones_own_is_filled(story: &mut Story) {
    let early = json!({ "submission": "r0", "form": "local.survey", "version": "1",
        "record": "temperature=36.5", "subject": { "kind": "person", "id": "p3" } });
    story.give(&trial::worker(), "receive_record", early);
    let publish = trial::publish(&mut story.street, "local.survey", "1");
    let publish = serde_json::to_value(publish).unwrap();
    story.give(&trial::coordinator(), "publish_form", publish);
    let worker = trial::worker();
    let mut program = worker.clone();
    program.grants.extend(Actor::system().grants);
    let read = json!({ "submission": "r0", "record": "temperature=36.5" });
    story.give(&program, "read_record", read);
    let record = |name: &str, said: &str| {
        json!({ "submission": name, "form": "local.survey",
        "version": "1", "record": said, "subject": { "kind": "person", "id": "p3" } })
    };
    story.give(&worker, "receive_record", record("r1", "temperature=36.6\nfile"));
    let file = json!({ "submission": "r1", "name": "the door of Ada", "hash": "ab".repeat(32),
        "bytes": 7, "media": "image/jpeg" });
    story.give(&worker, "receive_attachment", file);
    let mut right = record("r2", "temperature=36.7");
    right["replaces"] = "r1".into();
    story.give(&worker, "receive_record", right);
    let mut well = |name: &str, line: &str| {
        let mut record = record(name, line);
        record["entities"] = json!([["wells", "w1"]]);
        story.give(&worker, "receive_record", record);
    };
    well("r3", "@create wells w1 depth:deep colour:red");
    well("r4", "@update wells w1 1 depth:deeper");
    well("r5", "@update wells w1 1 depth:deepest colour:blue");
    let resolve = json!({ "list": "wells", "entity": "w1", "submission": "r5",
        "values": { "depth": "the deepest" } });
    story.give(&trial::lead(), "resolve_conflict", resolve);
    let mut person = |name: &str, line: &str| {
        let mut record = record(name, line);
        record["entities"] = json!([["people", "person:p3"]]);
        story.give(&worker, "receive_record", record);
    };
    person("r6", "@update people person:p3 1 phone:first born_year:1961 household:household:h1");
    person("r7", "@update people person:p3 1 phone:second branch:b trunk:1");
    let resolve = json!({ "list": "people", "entity": "person:p3", "submission": "r7",
        "values": { "phone": "the second" } });
    story.give(&trial::lead(), "resolve_conflict", resolve);
    let retire = json!({ "form": "local.survey", "reason": "it asked too much" });
    story.give(&trial::coordinator(), "retire_form", retire);
}

fn stock_goes_out_and_comes_back(story: &mut Story) {
    let lead = trial::lead();
    let hold = |name: &str| json!({ "pool": "rooms", "hold": name, "amount": 1, "minutes": 30, "case": "c1" });
    story.give(&lead, "hold_stock", hold("a"));
    story.give(&lead, "take_hold", json!({ "pool": "rooms", "hold": "a" }));
    story.give(&lead, "return_hold", json!({ "pool": "rooms", "hold": "a" }));
    story.give(&lead, "hold_stock", hold("b"));
    story.wait(1);
    story.give(&Actor::system(), "expire_holds", json!({ "pool": "rooms" }));
}

fn a_mode_comes_and_goes(story: &mut Story) {
    let (coordinator, operator) = (trial::coordinator(), trial::operator());
    let (until, review_on) = story.after(24 * 5);
    let declare = json!({ "mode": "trial.alert", "level": "high", "authority": "the office",
        "legal_basis": "the law", "reason": "a reason", "appeal": "call us",
        "until": until, "review_on": review_on });
    story.give(&coordinator, "declare_mode", declare.clone());
    story.give(&coordinator, "end_mode", json!({ "mode": "trial.alert", "reason": "all well" }));
    story.give(&coordinator, "declare_mode", declare);
    let (until, review_on) = story.after(24 * 6);
    let extend = json!({ "mode": "trial.alert", "until": until, "review_on": review_on,
        "legal_basis": "a second decision", "reason": "it goes on" });
    story.give(&coordinator, "extend_mode", extend);
    story.wait(24 * 6);
    story.give(&Actor::system(), "expire_modes", json!({}));
    story.give(&operator, "drop_pack", json!({ "pack": "trial", "reason": "not needed" }));
    let (before, _) = story.after(0);
    story.give(&operator, "destroy_values", json!({ "purpose": "service", "before": before }));
}

/// What people write about people on a case, and what any command sends to the vault, stands in no
/// fact and in no state.
#[test]
fn what_people_write_on_a_case_stands_in_no_fact_and_in_no_state() {
    let mut story = Story::begin();
    the_register_changes(&mut story);
    a_lamp_is_repaired(&mut story);
    somebody_stays_elsewhere(&mut story);
    a_form_of_ones_own_is_filled(&mut story);
    let facts = serde_json::to_string(&story.street.facts).unwrap();
    let states: String =
        Kind::ALL.into_iter().flat_map(|kind| story.street.all(kind)).map(Thing::body).collect();
    let mut seen = BTreeSet::new();
    for value in &story.street.vault {
        let said = format!("\"{}\"", value.value);
        assert!(!facts.contains(&said) && !states.contains(&said), "{said}");
        seen.extend(CaseText::of(value.element.as_str()));
    }
    assert!(seen.into_iter().eq(CaseText::ALL), "not in the story");
    for (name, before) in Fact::ALL.iter().filter(|(_, version)| *version > 1) {
        let said = story.street.facts.iter().any(|fact| fact.name() == *name);
        assert!(said, "{name} {before} is not in the story");
    }
}

/// The ledger holds at least one of every command there is.
#[test]
fn replaying_with_only_touched_states_gives_the_live_states() {
    let mut story = Story::begin();
    the_register_changes(&mut story);
    a_lamp_is_repaired(&mut story);
    somebody_stays_elsewhere(&mut story);
    a_form_of_ones_own_is_filled(&mut story);
    stock_goes_out_and_comes_back(&mut story);
    a_mode_comes_and_goes(&mut story);
    let given: Vec<_> = Command::ALL.iter().filter(|name| !story.given.contains(*name)).collect();
    assert!(given.is_empty(), "not in the story: {given:?}");

    let mut kept = Kept::new();
    for (fact, stamp) in story.street.facts.iter().zip(&story.stamps) {
        replay(&mut kept, fact, stamp);
    }
    let live: Vec<&Thing> = Kind::ALL.into_iter().flat_map(|kind| story.street.all(kind)).collect();
    let rebuilt: Vec<&Thing> = kept.values().collect();
    assert_eq!(rebuilt, live);
}
