//! The expressions of a form: read, checked, and followed in circles.

use crate::hash::{HashMap, HashSet};

use crate::form::tree::{Id, Kind, Node, Tree};
use crate::problem::{At, Problem};
use crate::sheet::{Table, Value, aliases};
use crate::sink::Sink;
use crate::text::{lexer, reference};
use crate::xpath::{self, References, Severity};

/// The columns whose cells are expressions: their parts as the sheet's headings name them.
const FORMULAS: [&str; 5] = ["relevant", "constraint", "required", "readonly", "calculate"];

/// Where an expression stands and what it says.
struct Cell<'a> {
    id: Id,
    tokens: Vec<&'static str>,
    text: &'a str,
}

/// Checks every expression of the survey sheet. What no application can run goes to the findings,
/// what some cannot to the warnings.
pub(crate) fn check(tree: &Tree<'_>, table: &Table<'_>, sink: &mut Sink) {
    let mut seen = HashSet::default();
    let mut depends: HashMap<Id, Vec<Id>> = HashMap::default();
    for cell in cells(tree) {
        let node = tree.node(cell.id);
        let at = || table.at(node.row, &cell.tokens);
        let fresh = node.row > 0 && seen.insert((node.row, cell.tokens.clone()));
        let names = expression(cell.text, &at, fresh, sink);
        let counts = matches!(cell.tokens.last(), Some(&"relevant" | &"calculate"));
        if counts {
            let targets = names.iter().filter_map(|name| tree.named(name).ok());
            depends.entry(cell.id).or_default().extend(targets);
        }
    }
    circles(tree, table, &depends, sink);
}

/// Checks one expression that stands somewhere else; gives the names it refers to.
pub(crate) fn expression(
    text: &str,
    at: &dyn Fn() -> At,
    tell: bool,
    sink: &mut Sink,
) -> Vec<String> {
    let expr = match xpath::parse(text, References::Allowed) {
        Ok(expr) => expr,
        Err(error) => {
            if tell {
                sink.find(problem(&error, text, at()));
            }
            let found = reference::all(text, None).unwrap_or_default();
            return found.iter().map(|one| one.name.to_owned()).collect();
        }
    };
    for error in xpath::check(&expr).iter().filter(|_| tell) {
        let problem = problem(error, text, at());
        match error.severity {
            Severity::Error => sink.find(problem),
            Severity::Warning => sink.warn(problem),
        }
    }
    let mentions = xpath::references(&expr);
    mentions.iter().filter(|it| !it.last_saved).map(|it| it.name.to_owned()).collect()
}

fn problem(error: &xpath::Error, text: &str, at: At) -> Problem {
    const SHOWN: usize = 40;
    let near: String = error.span.of(text).chars().take(SHOWN).collect();
    let (en, zh) = (error.en(), error.zh());
    if near.trim().is_empty() {
        return Problem::new(error.code(), at, format!("{en}."), format!("{zh}。"));
    }
    Problem::new(
        error.code(),
        at,
        format!("In this expression, at `{near}`: {en}."),
        format!("表达式中 `{near}` 处：{zh}。"),
    )
}

fn cells<'a>(tree: &'a Tree<'_>) -> Vec<Cell<'a>> {
    let mut found = Vec::new();
    for (id, node) in tree.nodes.iter().enumerate() {
        if !matches!(node.kind, Kind::Question | Kind::Group | Kind::Repeat) {
            continue;
        }
        let mut add = |tokens: Vec<&'static str>, text| found.push(Cell { id, tokens, text });
        for formula in FORMULAS {
            let Some(Value::Text(text)) = node.bind.as_ref().and_then(|bind| bind.get(formula))
            else {
                continue;
            };
            if aliases::as_expression(text).is_none() {
                add(vec!["bind", formula], text);
            }
        }
        if let Some(filter) = &node.choice_filter {
            add(vec!["choice_filter"], filter);
        }
        if let Some(count) = node.attributes.text("jr:count") {
            add(vec!["control", "jr:count"], count);
        }
        if let Some(Value::Text(default)) = &node.default
            && lexer::is_dynamic(default, &node.question_type)
        {
            add(vec!["default"], default);
        }
    }
    found.retain(|cell| !cell.text.trim().is_empty());
    found
}

/// Answers that are worked out from themselves, over however many steps. What a group's condition
/// depends on, everything in it depends on.
fn circles(tree: &Tree<'_>, table: &Table<'_>, depends: &HashMap<Id, Vec<Id>>, sink: &mut Sink) {
    let on = |id: Id| {
        let own = depends.get(&id).into_iter().flatten();
        let above = tree.above(id).filter_map(|above| depends.get(&above)).flatten();
        own.chain(above).copied()
    };
    // 0: not seen, 1: on the way, 2: done.
    let mut state = vec![0_u8; tree.nodes.len()];
    for start in 0..tree.nodes.len() {
        if state[start] != 0 {
            continue;
        }
        let mut way: Vec<(Id, Vec<Id>)> = vec![(start, on(start).collect())];
        state[start] = 1;
        while let Some((_, next)) = way.last_mut() {
            let Some(to) = next.pop() else {
                let (done, _) = way.pop().expect("not empty");
                state[done] = 2;
                continue;
            };
            match state[to] {
                0 => {
                    state[to] = 1;
                    way.push((to, on(to).collect()));
                }
                1 => {
                    let begin = way.iter().position(|(id, _)| *id == to).unwrap_or(0);
                    let names: Vec<&str> =
                        way[begin..].iter().map(|(id, _)| &*tree.node(*id).name).collect();
                    sink.find(circle(tree.node(to), table, &names));
                }
                _ => {}
            }
        }
    }
}

fn circle(node: &Node<'_>, table: &Table<'_>, names: &[&str]) -> Problem {
    let mut way: Vec<&str> = names.to_vec();
    way.push(&node.name);
    let way = way.join(" → ");
    let calculated = node.bind.as_ref().is_some_and(|bind| bind.has("calculate"));
    let column = if calculated { "calculate" } else { "relevant" };
    let at =
        if node.row > 0 { table.at(node.row, &["bind", column]) } else { At::sheet(table.sheet) };
    Problem::new(
        "circle",
        at,
        format!("'{}' depends on itself: {way}. Take one of the references out.", node.name),
        format!("“{}”依赖于它自己：{way}。请去掉其中一个引用。", node.name),
    )
}
