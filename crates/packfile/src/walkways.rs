//! Whether a kind's states lead somewhere, and whether what happens by itself may.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::CaseKindId;
use domain::rules::{ActionRule, CaseKind, Effect, Stage, Triggered, Type};

use crate::kinds::Source;
use crate::names::Names;
use crate::problem::{Code, Spot};
use crate::reader::{Named, Page};

/// Checks the states and actions of one kind.
pub(crate) fn check(source: &Source<'_>, kind: &CaseKind, names: &Names) {
    let page = source.fields.item.page;
    if kind.states.is_empty() || !kind.states.contains_key(&kind.initial) {
        return;
    }
    if !kind.states.values().any(|state| state.stage.is_final()) {
        page.wrong(source.spot, Code::NoFinal, &[]);
    }
    let reached = reached(kind);
    for state in &source.states {
        if !reached.contains(state.key) {
            state.item.page.wrong(state.spot, Code::Unreachable, &[state.key]);
        } else if is_stuck(kind, state.key) {
            state.item.page.wrong(state.spot, Code::Stuck, &[state.key]);
        }
    }
    for action in &source.actions {
        if let Some(rule) = kind.actions.get(action.key) {
            check_action(kind, action, rule);
        }
    }
    check_claimed(source, kind);
    for state in &source.states {
        check_timeout(kind, state);
    }
    if kind.emergency {
        check_emergency(source, kind, names);
    }
}

fn stage(kind: &CaseKind, state: &str) -> Option<Stage> {
    kind.states.get(state).map(|rule| rule.stage)
}

/// A state of a stage, the one with the stage's own name first: where base commands lead.
fn state_at(kind: &CaseKind, wanted: Stage) -> Option<&str> {
    let mut found = kind.states.iter().filter(|(_, rule)| rule.stage == wanted);
    let first = found.clone().next();
    let named = found.find(|(id, _)| id.as_str() == wanted.name());
    named.or(first).map(|(id, _)| id.as_str())
}

fn first_at(kind: &CaseKind, stages: &[Stage]) -> Option<String> {
    stages.iter().find_map(|stage| state_at(kind, *stage)).map(str::to_owned)
}

/// The states that a case can come to, by actions or by the commands that all kinds share.
fn reached(kind: &CaseKind) -> BTreeSet<String> {
    let mut reached = BTreeSet::from([kind.initial.clone()]);
    reached.extend(first_at(kind, &[Stage::Returned]));
    loop {
        let before = reached.len();
        for action in kind.actions.values() {
            if action.from.iter().any(|from| reached.contains(from)) {
                reached.extend(action.to.clone());
            }
        }
        let at = |wanted: fn(Stage) -> bool| {
            reached.iter().any(|state| stage(kind, state).is_some_and(wanted))
        };
        let (claimed, over) = (at(|stage| stage == Stage::Claimed), at(Stage::is_final));
        if claimed {
            reached.extend(first_at(kind, &[Stage::Closed]));
            reached.extend(first_at(kind, &[Stage::Rework, Stage::Handling]));
        }
        if over {
            reached.extend(first_at(kind, &[Stage::Rework, Stage::Handling, Stage::Accepted]));
        }
        if reached.len() == before {
            return reached;
        }
    }
}

fn is_stuck(kind: &CaseKind, state: &str) -> bool {
    let Some(stage) = stage(kind, state) else { return false };
    if stage.is_final() || stage == Stage::Claimed {
        return false;
    }
    !kind.actions.values().any(|action| {
        action.from.iter().any(|from| from == state)
            && action.to.as_ref().is_some_and(|to| to != state)
    })
}

fn check_action(kind: &CaseKind, action: &Named<'_>, rule: &ActionRule) {
    let page = action.item.page;
    let to = rule.to.as_ref().and_then(|to| stage(kind, to));
    for from in &rule.from {
        let Some(stage) = stage(kind, from) else { continue };
        if stage.is_final() {
            page.wrong(action.spot, Code::FinalLeft, &[action.key, from]);
        }
        if stage == Stage::Claimed && to == Some(Stage::Closed) {
            page.wrong(action.spot, Code::ClaimedClosed, &[action.key]);
        }
    }
}

fn check_claimed(source: &Source<'_>, kind: &CaseKind) {
    let at = |wanted: Stage| {
        kind.states.iter().filter(move |(_, rule)| rule.stage == wanted).map(|(id, _)| id)
    };
    if at(Stage::Claimed).next().is_none() {
        return;
    }
    let clear = |wanted: Stage| {
        at(wanted).count() == 1 || at(wanted).any(|id| id.as_str() == wanted.name())
    };
    let page = source.fields.item.page;
    if !clear(Stage::Closed) {
        page.wrong(source.spot, Code::ClaimedNeeds, &[Stage::Closed.name()]);
    }
    if !clear(Stage::Rework) {
        page.wrong(source.spot, Code::ClaimedNeeds, &[Stage::Rework.name()]);
    }
}

fn check_timeout(kind: &CaseKind, state: &Named<'_>) {
    let page = state.item.page;
    let timeout = kind.states.get(state.key).and_then(|rule| rule.timeout.as_ref());
    let Some((id, action)) = timeout.and_then(|t| kind.actions.get_key_value(&t.action)) else {
        return;
    };
    if !action.from.iter().any(|from| from == state.key) {
        page.wrong(state.spot, Code::TimeoutFrom, &[id, state.key]);
    }
    for field in action.asks.iter().filter(|field| field.required) {
        page.wrong(state.spot, Code::TimeoutAsks, &[id, field.element.as_str()]);
    }
    if let Some(order) = &action.order {
        let name = format!("{} / {}", order.name.zh, order.name.en);
        page.wrong(state.spot, Code::EscalatesByItself, &[id, &name]);
    }
    if action.effects.iter().any(|t| matches!(t.effect, Some(Effect::MoveIn))) {
        page.wrong(state.spot, Code::EscalatesByItself, &[id, "move_in"]);
    }
}

fn check_emergency(source: &Source<'_>, kind: &CaseKind, names: &Names) {
    let page = source.fields.item.page;
    for action in &source.actions {
        let Some(rule) = kind.actions.get(action.key) else { continue };
        if !rule.guards.is_empty() {
            action.item.page.wrong(action.spot, Code::EmergencyGuard, &[action.key]);
        }
        if rule.order.is_some() {
            action.item.page.wrong(action.spot, Code::EmergencyOrder, &[action.key]);
        }
    }
    for field in kind.fields.iter().filter(|field| field.required) {
        let id = field.element.as_str();
        let finds = names.elements.get(id).is_some_and(|e| e.r#type == Type::Place);
        if !finds {
            page.wrong(source.spot, Code::EmergencyAsks, &[id]);
        }
    }
}

/// Kinds that a list of effects opens.
fn opens(effects: &[Triggered]) -> impl Iterator<Item = &CaseKindId> {
    effects.iter().filter_map(|triggered| match &triggered.effect {
        Some(Effect::OpenCase { kind, .. }) => Some(kind),
        _ => None,
    })
}

/// Kinds that a kind opens without anybody deciding: when it is opened, or when a time comes.
fn opens_by_itself(kind: &CaseKind) -> BTreeSet<&CaseKindId> {
    let timeouts = kind.states.values().filter_map(|state| state.timeout.as_ref());
    let actions = timeouts.filter_map(|timeout| kind.actions.get(&timeout.action));
    opens(&kind.on_open).chain(actions.flat_map(|action| opens(&action.effects))).collect()
}

/// Checks what the kinds of a pack do to each other: no circle that nobody steps out of, and
/// nothing that restricts a person is opened by the clock.
pub(crate) fn check_together(
    page_of: &BTreeMap<CaseKindId, (Page<'_>, Spot)>,
    kinds: &BTreeMap<CaseKindId, CaseKind>,
) {
    for (id, kind) in kinds {
        let Some((page, spot)) = page_of.get(id) else { continue };
        if let Some(circle) = circle(id, kinds) {
            page.wrong(*spot, Code::Loop, &[&circle]);
            continue;
        }
        for state in kind.states.values() {
            let Some(timeout) = &state.timeout else { continue };
            let Some(action) = kind.actions.get(&timeout.action) else { continue };
            for opened in opens(&action.effects) {
                if restricts(opened, kinds, 0) {
                    let details = [timeout.action.as_str(), opened.as_str()];
                    page.wrong(*spot, Code::EscalatesByItself, &details);
                }
            }
        }
    }
}

/// The way from a kind back to itself, if effects lead there by themselves.
fn circle(start: &CaseKindId, kinds: &BTreeMap<CaseKindId, CaseKind>) -> Option<String> {
    let mut ways: Vec<Vec<&CaseKindId>> = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let Some(kind) = way.last().and_then(|id| kinds.get(*id)) else { continue };
        for next in opens_by_itself(kind) {
            let mut longer = way.clone();
            longer.push(next);
            if next == start {
                let names: Vec<&str> = longer.iter().map(|id| id.as_str()).collect();
                return Some(names.join(" → "));
            }
            if seen.insert(next) {
                ways.push(longer);
            }
        }
    }
    None
}

fn restricts(id: &CaseKindId, kinds: &BTreeMap<CaseKindId, CaseKind>, depth: usize) -> bool {
    let Some(kind) = kinds.get(id).filter(|_| depth < 8) else { return false };
    kind.actions.values().any(|action| action.order.is_some())
        || opens_by_itself(kind).into_iter().any(|next| restricts(next, kinds, depth + 1))
}
