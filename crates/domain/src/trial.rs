//! A small pack, a small community and a few people on whom commands are tried in tests.

mod sheet;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use sheet::PlainSheet;

use crate::accounts::OpenAccount;
use crate::authority::{Actor, Grant, Role};
use crate::cases::{ActOnCase, OpenCase, VerifyCase};
use crate::forms::PublishForm;
use crate::ids::{LedgerId, PersonId};
use crate::modes::DeclareMode;
use crate::packs::AdoptPack;
use crate::people::{RegisterHousehold, RegisterPerson, StateCare};
use crate::places::{AddPlaces, OpenLedger, PlaceEntry};
use crate::rehearsal::Rehearsal;
use crate::rules::{
    ActionRule, CaseKind, Effect, Element, Expects, Expr, Expression, ExpressionError, Field, Form,
    Guard, Indicator, LevelRule, ModeRule, Needs, OrderRule, Over, Pack, Purpose, Sensitivity,
    Stage, StateRule, StockSort, SubjectKind, Timeout, Triggered, Type,
};
use crate::stock::{AddStock, HoldStock, OpenPool};
use crate::value::{Scope, Value};
use crate::words::Words;

/// An id of any type from a plain text.
pub(crate) fn id<T: TryFrom<String>>(text: &str) -> T
where
    T::Error: fmt::Debug,
{
    T::try_from(text.to_owned()).expect("tests use plain ids")
}

fn words(text: &str) -> Words {
    Words::new(format!("中{text}"), text)
}

type Work = fn(&Scope) -> Result<Value, ExpressionError>;

struct ByHand {
    reads: Vec<String>,
    work: Work,
}

impl fmt::Debug for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.reads)
    }
}

impl Expression for ByHand {
    fn evaluate(&self, scope: &Scope) -> Result<Value, ExpressionError> {
        (self.work)(scope)
    }

    fn reads(&self) -> &[String] {
        &self.reads
    }

    fn source(&self) -> &str {
        "by hand"
    }
}

fn expr(reads: &str, work: Work) -> Expr {
    Arc::new(ByHand { reads: vec![reads.to_owned()], work })
}

/// The value at a dotted path.
fn at(scope: &Scope, path: &str) -> Result<Value, ExpressionError> {
    let missing = || ExpressionError::Failed(format!("no {path}"));
    let mut names = path.split('.');
    let mut value = names.next().and_then(|name| scope.get(name)).ok_or_else(missing)?;
    for name in names {
        let Value::Map(map) = value else {
            return Err(missing());
        };
        value = map.get(name).ok_or_else(missing)?;
    }
    Ok(value.clone())
}

fn now_and(scope: &Scope, hours: i64) -> Result<Value, ExpressionError> {
    match at(scope, "now")? {
        Value::Time(now) => Ok(Value::Time(now + jiff::SignedDuration::from_hours(hours))),
        _ => Err(ExpressionError::Failed("now".to_owned())),
    }
}

fn state(stage: Stage, minutes: Option<u32>) -> StateRule {
    StateRule {
        name: words(stage.name()),
        stage,
        deadline_minutes: minutes,
        timeout: None,
        expects: None,
    }
}

fn action(from: &[&str], to: &str, by: &[&str]) -> ActionRule {
    ActionRule {
        name: words(to),
        from: from.iter().map(|s| (*s).to_owned()).collect(),
        to: Some(to.to_owned()),
        by: by.iter().map(|s| (*s).to_owned()).collect(),
        asks: Vec::new(),
        guards: Vec::new(),
        takes: false,
        order: None,
        effects: Vec::new(),
    }
}

fn effect(name: &str, effect: Effect) -> Triggered {
    Triggered { id: name.to_owned(), when: None, effect: Some(effect) }
}

fn field(element: &str, required: bool) -> Field {
    Field { element: id(element), required, hint: None }
}

fn kind(name: &str, subject: SubjectKind, initial: &str) -> CaseKind {
    CaseKind {
        id: id(&format!("trial.{name}")),
        name: words(name),
        about: words(name),
        subject,
        opened_by: vec!["resident".to_owned(), "grid_worker".to_owned()],
        purpose: id("service"),
        emergency: false,
        fields: Vec::new(),
        initial: initial.to_owned(),
        states: BTreeMap::new(),
        actions: BTreeMap::new(),
        on_open: Vec::new(),
    }
}

fn repair() -> CaseKind {
    let mut kind = kind("repair", SubjectKind::Place, "reported");
    kind.fields = vec![field("what", true), field("words", false)];
    for (name, stage, minutes) in [
        ("reported", Stage::Reported, Some(120)),
        ("handling", Stage::Handling, Some(1440)),
        ("returned", Stage::Returned, None),
        ("claimed", Stage::Claimed, None),
        ("rework", Stage::Rework, None),
        ("closed", Stage::Closed, None),
    ] {
        kind.states.insert(name.to_owned(), state(stage, minutes));
    }
    let begin = ActionRule { takes: true, ..action(&["reported"], "handling", &["grid_worker"]) };
    kind.actions.insert("begin".to_owned(), begin);
    let mut claim = action(&["handling", "rework"], "claimed", &["assignee"]);
    claim.asks = vec![field("done", true)];
    claim.guards = vec![Guard {
        when: expr("given.done", |scope| {
            Ok(Value::Bool(at(scope, "given.done")? == Value::Bool(true)))
        }),
        otherwise: words("not done"),
    }];
    kind.actions.insert("claim".to_owned(), claim);
    kind
}

fn order() -> OrderRule {
    OrderRule {
        name: words("stay elsewhere"),
        legal_basis: words("the law"),
        authority: words("the office"),
        appeal: words("call us"),
        until: expr("now", |scope| now_and(scope, 48)),
        longest_hours: 72,
        review_hours: 24,
        leaves_home: true,
        needs: vec![Needs { id: "food".to_owned(), name: words("food") }],
    }
}

fn stay() -> CaseKind {
    let mut kind = kind("stay", SubjectKind::Person, "open");
    kind.states.insert("open".to_owned(), state(Stage::Reported, None));
    let mut away = state(Stage::Handling, None);
    away.timeout =
        Some(Timeout { at: expr("now", |scope| now_and(scope, 48)), action: "release".to_owned() });
    away.expects = Some(Expects { form: id("trial.visit"), times_minutes: vec![8 * 60, 20 * 60] });
    kind.states.insert("away".to_owned(), away);
    kind.states.insert("closed".to_owned(), state(Stage::Closed, None));
    let mut hold = action(&["open"], "open", &["clinician"]);
    hold.asks = vec![field("room", true)];
    hold.effects = vec![effect("held", Effect::Hold { pool: id("room"), amount: 1, minutes: 60 })];
    kind.actions.insert("hold".to_owned(), hold);
    let mut send = action(&["open"], "away", &["clinician"]);
    send.order = Some(order());
    send.effects = vec![effect("took", Effect::TakeHolds), effect("moved", Effect::MoveIn)];
    kind.actions.insert("send".to_owned(), send);
    let mut release = action(&["away"], "closed", &["clinician"]);
    release.effects = vec![
        effect("freed", Effect::Release),
        effect("back", Effect::ReleaseHolds),
        effect("home", Effect::MoveHome),
    ];
    kind.actions.insert("release".to_owned(), release);
    let visit = ActionRule { to: None, ..action(&["away"], "away", &["clinician"]) };
    kind.actions.insert("visit".to_owned(), visit);
    kind.actions.insert("renew".to_owned(), action(&["away"], "away", &["clinician"]));
    kind
}

fn extra() -> CaseKind {
    let mut kind = kind("extra", SubjectKind::Place, "reported");
    kind.states.insert("reported".to_owned(), state(Stage::Reported, None));
    kind.states.insert("closed".to_owned(), state(Stage::Closed, None));
    kind.actions.insert("close".to_owned(), action(&["reported"], "closed", &["grid_worker"]));
    kind
}

/// Whoever waits for six hours is thought of once.
fn rescue() -> CaseKind {
    let opened_by = vec!["resident".to_owned()];
    let mut kind = CaseKind { emergency: true, opened_by, ..renamed(extra(), "rescue") };
    let timeout =
        Timeout { at: expr("now", |scope| now_and(scope, 6)), action: "remind".to_owned() };
    let waiting = StateRule { timeout: Some(timeout), ..state(Stage::Reported, Some(60)) };
    kind.states.insert("reported".to_owned(), waiting);
    let told = Effect::Notify { to: vec!["coordinator".to_owned()], words: words("still waiting") };
    let mut remind = action(&["reported"], "reported", &["coordinator"]);
    (remind.to, remind.effects) = (None, vec![effect("told", told)]);
    kind.actions.insert("remind".to_owned(), remind);
    kind
}

fn renamed(kind: CaseKind, name: &str) -> CaseKind {
    CaseKind { id: id(&format!("trial.{name}")), ..kind }
}

fn visit() -> Form {
    Form {
        id: id("trial.visit"),
        name: words("visit"),
        about: words("visit"),
        subject: SubjectKind::Person,
        filled_by: vec!["grid_worker".to_owned(), "subject".to_owned()],
        purpose: id("service"),
        fields: vec![field("warm", true), field("temperature", false)],
        effects: vec![Triggered {
            id: "unwell".to_owned(),
            when: Some(expr("answers.warm", |scope| at(scope, "answers.warm"))),
            effect: Some(Effect::OpenCase { kind: id("trial.stay"), fields: BTreeMap::new() }),
        }],
        sheet: Some(Arc::new(PlainSheet::new("trial.visit", "1"))),
    }
}

/// A form on the shelf, and the command that publishes it.
pub(crate) fn publish(street: &mut Rehearsal, form: &str, version: &str) -> PublishForm {
    let hash = format!("{form}-{version}");
    street.lay_out(&hash, Arc::new(PlainSheet::new(form, version)));
    PublishForm {
        form: id(form),
        version: version.to_owned(),
        hash,
        name: words(form),
        subject: SubjectKind::Person,
        filled_by: vec!["grid_worker".to_owned()],
        purpose: id("service"),
        draft: false,
        media: BTreeMap::new(),
    }
}

fn element(name: &str, r#type: Type, sensitivity: Sensitivity) -> Element {
    Element {
        id: id(name),
        name: words(name),
        definition: words(name),
        synonyms: Vec::new(),
        r#type,
        unit: None,
        choices: Vec::new(),
        sensitivity,
        owner: words("office"),
        purposes: vec![id("service")],
        least: None,
        greatest: None,
        in_register: false,
        update_cycle_days: None,
    }
}

fn alert_rule() -> ModeRule {
    let level = |name: &str, rank| LevelRule {
        id: name.to_owned(),
        rank,
        name: words(name),
        about: words(name),
        kinds: Vec::new(),
        forms: Vec::new(),
        roles: Vec::new(),
        deadlines: Vec::new(),
    };
    let high = LevelRule {
        kinds: vec![id("trial.extra")],
        deadlines: vec![(id("trial.repair"), "reported".to_owned(), 30)],
        ..level("high", 2)
    };
    ModeRule {
        id: id("trial.alert"),
        name: words("alert"),
        trigger: words("when needed"),
        levels: BTreeMap::from([("low".to_owned(), level("low", 1)), ("high".to_owned(), high)]),
        longest_days: 30,
        declared_by: vec!["coordinator".to_owned()],
        purposes: vec![id("service")],
    }
}

fn open_repairs() -> Indicator {
    Indicator {
        id: id("trial.open_repairs"),
        name: words("open repairs"),
        definition: words("open repairs"),
        unit: None,
        over: Over::Cases(Some(id("trial.repair"))),
        when: Some(expr("stage", |scope| {
            Ok(Value::Bool(at(scope, "stage")? != Value::Text("closed".to_owned())))
        })),
        value: None,
        on: None,
    }
}

/// The trial pack.
pub(crate) fn pack() -> Pack {
    let elements = [
        element("what", Type::Text, Sensitivity::Open),
        element("words", Type::Text, Sensitivity::Personal),
        element("done", Type::YesNo, Sensitivity::Open),
        element("room", Type::Pool, Sensitivity::Open),
        element("warm", Type::YesNo, Sensitivity::Coarse),
        element("temperature", Type::Number, Sensitivity::Sensitive),
    ];
    let kinds = [repair(), stay(), extra(), rescue()];
    let purpose = Purpose {
        name: words("service"),
        legal_basis: words("the law"),
        mode: None,
        retention_days: 30,
    };
    let room = StockSort {
        id: "room".to_owned(),
        name: words("room"),
        unit: words("rooms"),
        hold_minutes_max: 240,
        houses_people: true,
    };
    Pack {
        id: id("trial"),
        version: "1".to_owned(),
        hash: "trial-1".to_owned(),
        name: words("trial"),
        about: words("trial"),
        authority: words("office"),
        source: "tests".to_owned(),
        reviewer: "tests".to_owned(),
        valid_from: date(2026, 1, 1),
        valid_until: None,
        purposes: BTreeMap::from([(id("service"), purpose)]),
        elements: elements.into_iter().map(|it| (it.id.clone(), it)).collect(),
        kinds: kinds.into_iter().map(|it| (it.id.clone(), it)).collect(),
        forms: BTreeMap::from([(id("trial.visit"), visit())]),
        indicators: BTreeMap::from([(id("trial.open_repairs"), open_repairs())]),
        tables: BTreeMap::new(),
        modes: BTreeMap::from([(id("trial.alert"), alert_rule())]),
        duties: Vec::new(),
        stock: BTreeMap::from([("room".to_owned(), room)]),
        roles: BTreeMap::new(),
    }
}

/// The present in which all tests begin: a Monday morning.
pub(crate) fn morning() -> Timestamp {
    "2026-03-02T00:00:00Z".parse().expect("a plain instant")
}

fn actor(account: &str, role: &str, place: &str, person: Option<&str>) -> Actor {
    let ledger: LedgerId = id("community");
    Actor {
        account: id(account),
        person: person.map(|name| (ledger, id::<PersonId>(name))),
        grants: vec![Grant { role: Role::new(role), place: id(place), until: None }],
    }
}

/// Runs the deployment.
pub(crate) fn operator() -> Actor {
    actor("operator", Role::OPERATOR, "root", None)
}

/// Coordinates.
pub(crate) fn coordinator() -> Actor {
    actor("coordinator", Role::COORDINATOR, "root", None)
}

/// Leads the community.
pub(crate) fn lead() -> Actor {
    actor("lead", Role::COMMUNITY_LEAD, "community", None)
}

/// Works at the doors of the community.
pub(crate) fn worker() -> Actor {
    actor("worker", Role::GRID_WORKER, "community", None)
}

/// Another worker.
pub(crate) fn second_worker() -> Actor {
    actor("worker-2", Role::GRID_WORKER, "community", None)
}

/// Works at the health centre.
pub(crate) fn clinician() -> Actor {
    actor("clinician", Role::CLINICIAN, "community", None)
}

/// `p1`, who cares for the child `p2`.
pub(crate) fn resident() -> Actor {
    actor("resident", Role::RESIDENT, "community", Some("p1"))
}

/// `p3`, who lives next door.
pub(crate) fn neighbour() -> Actor {
    actor("neighbour", Role::RESIDENT, "community", Some("p3"))
}

/// A command that opens an account.
pub(crate) fn account(name: &str) -> OpenAccount {
    OpenAccount { account: id(name), person: None, machine: false }
}

/// The command that adopts the trial pack.
pub(crate) fn adopt() -> AdoptPack {
    AdoptPack { pack: id("trial"), version: "1".to_owned(), hash: "trial-1".to_owned() }
}

/// A command that declares the trial mode at its high level for ten days.
pub(crate) fn alert(street: &Rehearsal) -> DeclareMode {
    let until = street.moment.at + jiff::SignedDuration::from_hours(240);
    DeclareMode {
        mode: id("trial.alert"),
        level: "high".to_owned(),
        authority: "the office".to_owned(),
        legal_basis: "the law".to_owned(),
        reason: "a reason".to_owned(),
        appeal: "call us".to_owned(),
        from: None,
        until,
        review_on: street.moment.day_of(street.moment.at + jiff::SignedDuration::from_hours(72)),
    }
}

/// A command that holds one room for half an hour.
pub(crate) fn hold(name: &str) -> HoldStock {
    HoldStock { pool: id("rooms"), hold: id(name), amount: 1, minutes: 30, case: None }
}

/// A ledger in which nothing has been said.
pub(crate) fn empty() -> Rehearsal {
    empty_under(pack())
}

fn empty_under(pack: Pack) -> Rehearsal {
    let path = vec![id("root"), id("community")];
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let mut street = Rehearsal::new(id("community"), path, morning(), zone);
    street.shelve(Arc::new(pack));
    street
}

/// A community with two buildings, the household `h1` of `p1` and the child `p2`, the household
/// `h2` of `p3`, two rooms, and the trial pack in force.
pub(crate) fn community() -> Rehearsal {
    community_under(|_| ())
}

/// The same under the trial pack with something changed in it.
pub(crate) fn community_under(change: impl FnOnce(&mut Pack)) -> Rehearsal {
    let mut changed = pack();
    change(&mut changed);
    let mut street = empty_under(changed);
    let operator = operator();
    let mut give = |command: crate::Command| {
        street.give(&operator, command).expect("the community is sound");
    };
    give(
        OpenLedger {
            place: id("community"),
            name: "Elm Court".to_owned(),
            level: "community".to_owned(),
            path: vec![id("root"), id("community")],
        }
        .into(),
    );
    let building = |name: &str| PlaceEntry {
        id: id(name),
        name: name.to_owned(),
        level: "building".to_owned(),
    };
    give(AddPlaces { parent: None, places: vec![building("b1"), building("b2")] }.into());
    for (household, place) in [("h1", "b1"), ("h2", "b1")] {
        let register = RegisterHousehold {
            household: id(household),
            place: id(place),
            door: household.to_owned(),
        };
        give(register.into());
    }
    for (person, household, year) in [("p1", "h1", 1988), ("p2", "h1", 2019), ("p3", "h2", 1962)] {
        let register = RegisterPerson {
            person: id(person),
            household: id(household),
            born_year: Some(year),
            groups: Vec::new(),
            values: BTreeMap::new(),
            purpose: None,
        };
        give(register.into());
    }
    give(StateCare { carer: id("p1"), dependant: id("p2"), care: "child".to_owned() }.into());
    give(adopt().into());
    let open = OpenPool {
        pool: id("rooms"),
        sort: "trial.room".to_owned(),
        name: "Rooms".to_owned(),
        place: None,
    };
    give(open.into());
    give(AddStock { pool: id("rooms"), amount: 2, reason: "ready".to_owned() }.into());
    street
}

/// A community in which `worker` has begun the repair `c1` that `resident` asked for.
pub(crate) fn begun() -> Rehearsal {
    let mut street = community();
    let open = OpenCase {
        case: id("c1"),
        kind: id("trial.repair"),
        place: Some(id("b1")),
        subject: None,
        fields: crate::fact::Fields::from([(id("what"), "lamp".into())]),
    };
    street.give(&resident(), open).unwrap();
    let begin = ActOnCase {
        case: id("c1"),
        action: "begin".to_owned(),
        fields: crate::fact::Fields::new(),
        reason: None,
    };
    street.give(&worker(), begin).unwrap();
    street
}

/// The same, and the worker says that it is done.
pub(crate) fn claimed() -> Rehearsal {
    let mut street = begun();
    let claim = ActOnCase {
        case: id("c1"),
        action: "claim".to_owned(),
        fields: crate::fact::Fields::from([(id("done"), true.into())]),
        reason: None,
    };
    street.give(&worker(), claim).unwrap();
    street
}

/// The same, and a second worker has verified it.
pub(crate) fn closed() -> Rehearsal {
    let mut street = claimed();
    let verify = VerifyCase { case: id("c1"), agreed: true, finding: "it is lit".to_owned() };
    street.give(&second_worker(), verify).unwrap();
    street
}
