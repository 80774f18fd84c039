//! What was written about a person goes with the person and with its purpose; the chain stays whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::cases::{Case, texts_of};
use domain::rules::{
    ActionRule, CaseKind, Effect, Expr, Expression, ExpressionError, OrderRule, Stage, StateRule,
    SubjectKind, Triggered,
};
use domain::value::Scope;
use domain::{Thing, Value, Words};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use store::{Reader, Wanted};

use crate::erase::{file_with, later};
use crate::house::{House, id};
use crate::truth::dump;

const REASON: &str = "zq-warm since Monday, and so is her aunt";
const NOTE: &str = "zq-ask the daughter";

/// Ends two days after it begins.
#[derive(Debug)]
struct InTwoDays(Vec<String>);

impl Expression for InTwoDays {
    fn evaluate(&self, scope: &Scope) -> Result<Value, ExpressionError> {
        match scope.get("now") {
            Some(Value::Time(now)) => Ok(Value::Time(*now + SignedDuration::from_hours(48))),
            _ => Err(ExpressionError::Failed("no now".to_owned())),
        }
    }

    fn reads(&self) -> &[String] {
        &self.0
    }

    fn source(&self) -> &str {
        "now + days(2)"
    }
}

fn words() -> Words {
    Words::new("词".to_owned(), "words".to_owned())
}

fn state(stage: Stage) -> StateRule {
    StateRule { name: words(), stage, deadline_minutes: None, timeout: None, expects: None }
}

fn action(from: &str, to: &str) -> ActionRule {
    ActionRule {
        name: words(),
        from: vec![from.to_owned()],
        to: Some(to.to_owned()),
        by: vec!["coordinator".to_owned()],
        asks: Vec::new(),
        guards: Vec::new(),
        takes: false,
        order: None,
        effects: Vec::new(),
    }
}

/// A kind of case that puts a person under an order, for the purpose of the mode.
pub(crate) fn kind() -> CaseKind {
    let until: Expr = Arc::new(InTwoDays(vec!["now".to_owned()]));
    let order = OrderRule {
        name: words(),
        legal_basis: words(),
        authority: words(),
        appeal: words(),
        until,
        longest_hours: 48,
        review_hours: 24,
        leaves_home: false,
        needs: Vec::new(),
    };
    let stay = ActionRule { order: Some(order), ..action("open", "staying") };
    let freed = Triggered { id: "freed".to_owned(), when: None, effect: Some(Effect::Release) };
    let free = ActionRule { effects: vec![freed], ..action("staying", "closed") };
    let states =
        [("open", Stage::Reported), ("staying", Stage::Handling), ("closed", Stage::Closed)];
    CaseKind {
        id: id("test.stay"),
        name: words(),
        about: words(),
        subject: SubjectKind::Person,
        opened_by: vec!["coordinator".to_owned()],
        purpose: id("alarm"),
        emergency: false,
        fields: Vec::new(),
        initial: "open".to_owned(),
        states: states.map(|(name, stage)| (name.to_owned(), state(stage))).into(),
        actions: BTreeMap::from([("stay".to_owned(), stay), ("free".to_owned(), free)]),
        on_open: Vec::new(),
    }
}

/// Somebody who was under an order that has ended, with why it was given and a note.
async fn somebody_ordered(house: &House) {
    house.adopt("alarm").await;
    let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
    house.done("community", "add_places", json!({"places": places})).await;
    let home = json!({"household": "h1", "place": "b1", "door": "1"});
    house.done("community", "register_household", home).await;
    let person = json!({"person": "p1", "household": "h1", "values": {"name": "Li"}});
    house.done("community", "register_person", person).await;
    let subject = json!({"kind": "person", "id": "p1"});
    let open = json!({"case": "c1", "case_kind": "test.stay", "subject": subject});
    house.done("community", "open_case", open).await;
    let stay = json!({"case": "c1", "action": "stay", "reason": REASON});
    house.done("community", "act_on_case", stay).await;
    house.done("community", "note_case", json!({"case": "c1", "note": NOTE})).await;
}

/// What is written on the case, by its elements.
async fn written(house: &House) -> BTreeMap<String, String> {
    let reader = Reader { account: id("clinician"), role: "clinician".to_owned() };
    let wanted = [Wanted { person: id("p1"), item: Some("c1".to_owned()) }];
    let read =
        house.store.reveal(&id("community"), &reader, "alarm", &wanted, &|_| true).await.unwrap();
    read.into_iter().map(|it| (it.element, it.value)).collect()
}

/// No table and no file holds the words: the vault holds them sealed.
async fn lie_nowhere(house: &House) {
    for table in ["fact", "thing", "command", "vault", "outbox", "access"] {
        let rows = dump(house, table).await;
        assert!(rows.iter().all(|row| !row.contains("zq-")), "{table}: {rows:#?}");
    }
    if house.options.database.is_none() {
        assert_eq!(file_with(&house.options.folder, b"zq-"), None);
    }
}

fn both() -> BTreeMap<String, String> {
    [("note", NOTE), ("reason", REASON)].map(|(it, text)| (it.to_owned(), text.to_owned())).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn why_an_erased_person_was_under_an_order_is_unreadable_and_the_chain_stays_whole() {
    for house in House::all().await {
        somebody_ordered(&house).await;
        assert_eq!(written(&house).await, both());
        lie_nowhere(&house).await;
        later(&house, 1);
        let erase: domain::people::DestroyValues =
            serde_json::from_value(json!({"person": "p1", "before": house.store.now()})).unwrap();
        let refused = erase_one(&house, "erase-1", erase.clone()).await;
        assert_eq!(
            refused.unwrap_err(),
            "has_open_cases",
            "the order holds, and so does its reason"
        );
        assert_eq!(written(&house).await, both());
        house.done("community", "act_on_case", json!({"case": "c1", "action": "free"})).await;
        let counted = erase_one(&house, "erase-2", erase).await.unwrap();
        assert_eq!((&counted["persons"], &counted["values"]), (&json!(1), &json!(3)));
        assert_eq!(written(&house).await, BTreeMap::new());
        assert!(dump(&house, "person_key").await.is_empty());
        lie_nowhere(&house).await;
        let verified = house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        assert_eq!(verified.values, 0);
        house.store.rebuild(&|_, _| {}).await.unwrap();
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
    }
}

/// A ledger of the time when the words of people stood in facts.
const WORDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/ledgers/words.jsonl");

#[tokio::test(flavor = "multi_thread")]
async fn facts_of_version_1_keep_their_words_and_their_states_byte_by_byte() {
    let frozen = std::fs::read(WORDS).unwrap();
    for house in House::empty().await {
        house.store.load_export(&mut frozen.as_slice(), &|_, _| {}).await.unwrap();
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        let facts = house.store.facts_after(&id("community"), 0, 100).await.unwrap();
        let said: String = facts.iter().map(|it| it.fact.body().to_string()).collect();
        let words =
            ["order", "deferral", "hand-over", "delay", "finding", "reopening", "return", "unit"];
        for what in words {
            assert_eq!(said.matches(&format!("\"words of the {what}\"")).count(), 1, "{what}");
        }
        assert!(facts.iter().all(|it| texts_of(&it.fact).is_empty()));
        let case: Case = house.store.get(&id("community"), "c1").await.unwrap().unwrap();
        let order = case.order.clone().expect("it is in force");
        assert_eq!(order.reason.as_ref().unwrap().as_str(), "words of the order");
        // As the first release wrote it: a view that it left behind equals one made anew.
        let written = r#""legal_basis":"词 / words","reason":"words of the order","appeal":"#;
        assert!(Thing::Case(Box::new(case)).body().contains(written));
    }
}

/// Erases a person; the fact about it, or the code of the refusal.
async fn erase_one(
    house: &House,
    name: &str,
    erase: domain::people::DestroyValues,
) -> Result<Json, String> {
    let operator = crate::house::operator();
    let done = house.store.destroy(&id("community"), id(name), erase, operator).await.unwrap();
    let (answer, certificate) = done;
    answer.outcome.map_err(|refusal| refusal.code.name().to_owned())?;
    let text = certificate.unwrap().text;
    let at = text.find('{').unwrap();
    Ok(serde_json::from_str(&text[at..]).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_goes_when_its_purpose_has_ended_and_its_days_have_passed() {
    for house in House::all().await {
        somebody_ordered(&house).await;
        later(&house, 49);
        house.store.wake().await.unwrap();
        house.store.destroy_due().await.unwrap();
        assert_eq!(written(&house).await, both(), "three days have not passed");
        later(&house, 24);
        assert_eq!(house.store.destroy_due().await.unwrap().len(), 1);
        assert_eq!(written(&house).await, BTreeMap::new());
        house.store.verify(&|_, _| {}).await.unwrap().unwrap();
    }
}
