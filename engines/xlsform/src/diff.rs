//! Two versions of a form: which answers survive the change.

use crate::hash::HashSet;
use std::fmt;

use crate::schema::{Choice, Node, NodeKind, Schema};

/// What happens to the answers of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// It is asked as before.
    Kept,
    /// It is new.
    Added,
    /// It is asked no more; its answers stay with the old records.
    Removed,
    /// It has another name; answers go on under the new one.
    Renamed,
    /// It stands in another group or repeat.
    Moved,
    /// Old answers all fit the new type.
    Widened,
    /// Some old answers do not fit the new type.
    Narrowed,
    /// Old answers do not fit the new type.
    Retyped,
    /// A choice is offered no more; answers that chose it stay.
    ChoiceRemoved,
    /// A choice is new.
    ChoiceAdded,
    /// An answer is needed now.
    RequiredNow,
    /// It is put in other words.
    Reworded,
    /// Its condition or rule is another.
    RuleChanged,
}

impl Change {
    /// The word for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Moved => "moved",
            Self::Widened => "widened",
            Self::Narrowed => "narrowed",
            Self::Retyped => "retyped",
            Self::ChoiceRemoved => "choice_removed",
            Self::ChoiceAdded => "choice_added",
            Self::RequiredNow => "required_now",
            Self::Reworded => "reworded",
            Self::RuleChanged => "rule_changed",
        }
    }

    /// Whether answers of older records may be lost to whoever reads by the new version.
    #[must_use]
    pub fn loses(self) -> bool {
        matches!(self, Self::Removed | Self::Narrowed | Self::Retyped | Self::ChoiceRemoved)
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The path in the new version; in the old one for what is gone.
    pub path: String,
    /// What happens.
    pub change: Change,
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.en)
    }
}

/// Compares two versions of a form; what is kept as it was comes too.
///
/// # Examples
/// ```
/// let form = |kind: &str| {
///     let form = format!("| survey |\n| | type | name | label |\n| | {kind} | a | What? |");
///     xlsform::convert(form.as_bytes(), &xlsform::Options::default()).expect("a form").schema
/// };
/// let changes = xlsform::diff(&form("text"), &form("integer"));
/// assert_eq!(changes[0].change, xlsform::Change::Narrowed);
/// ```
#[must_use]
pub fn diff(old: &Schema, new: &Schema) -> Vec<Difference> {
    let mut found = Vec::new();
    let pairs = paired(old, new);
    let taken: HashSet<usize> = pairs.iter().filter_map(|(before, _)| *before).collect();
    for (before, after) in &pairs {
        match before {
            Some(before) => compare(old, new, &old.nodes[*before], &new.nodes[*after], &mut found),
            None => {
                let node = &new.nodes[*after];
                found.push(say(
                    &node.path,
                    Change::Added,
                    format!("{} is new.", titled(node)),
                    format!("新增：{}。", titled(node)),
                ));
            }
        }
    }
    let gone = old.nodes.iter().enumerate().filter(|(index, _)| !taken.contains(index));
    for (_, node) in gone {
        found.push(say(
            &node.path,
            Change::Removed,
            format!("{} is gone; its answers stay with the records that have them.", titled(node)),
            format!("已删去：{}；已有记录中的答案保留。", titled(node)),
        ));
    }
    found
}

fn say(path: &str, change: Change, en: String, zh: String) -> Difference {
    Difference { path: path.to_owned(), change, en, zh }
}

fn titled(node: &Node) -> String {
    match node.label.first() {
        Some((_, label)) if !label.trim().is_empty() => format!("'{}' ({label})", node.name),
        _ => format!("'{}'", node.name),
    }
}

/// For each new node the old one that it goes on from: of the same path, else moved or renamed.
fn paired(old: &Schema, new: &Schema) -> Vec<(Option<usize>, usize)> {
    let mut free: Vec<bool> = vec![true; old.nodes.len()];
    let mut pairs: Vec<(Option<usize>, usize)> = Vec::with_capacity(new.nodes.len());
    let mut claim = |fits: &dyn Fn(&Node) -> bool| {
        let at = old.nodes.iter().enumerate().position(|(index, node)| free[index] && fits(node));
        if let Some(at) = at {
            free[at] = false;
        }
        at
    };
    let exact: Vec<Option<usize>> = new
        .nodes
        .iter()
        .map(|node| claim(&|other| other.path == node.path && other.kind == node.kind))
        .collect();
    for (after, node) in new.nodes.iter().enumerate() {
        if exact[after].is_some() {
            pairs.push((exact[after], after));
            continue;
        }
        let elsewhere = claim(&|other| {
            other.name == node.name
                && other.kind == node.kind
                && !new.nodes.iter().any(|it| it.path == other.path && it.kind == other.kind)
        });
        let renamed = elsewhere.or_else(|| {
            claim(&|other| {
                other.kind == node.kind
                    && parent(&other.path) == parent(&node.path)
                    && same_words(other, node)
                    && (other.data_type == node.data_type
                        || widens(&other.data_type, &node.data_type))
            })
        });
        pairs.push((renamed, after));
    }
    pairs
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Whether two nodes ask in the same words, in some language.
fn same_words(one: &Node, other: &Node) -> bool {
    one.label.iter().any(|(_, label)| {
        !label.trim().is_empty()
            && other.label.iter().any(|(_, known)| known.trim() == label.trim())
    })
}

/// Whether every answer of the one type is one of the other.
fn widens(from: &str, to: &str) -> bool {
    from != to
        && (to == "string"
            || matches!(
                (from, to),
                ("int", "decimal") | ("date", "dateTime") | ("string", "odk:rank")
            ))
}

fn compare(old: &Schema, new: &Schema, before: &Node, after: &Node, found: &mut Vec<Difference>) {
    let begin = found.len();
    if before.name != after.name {
        found.push(say(
            &after.path,
            Change::Renamed,
            format!(
                "'{}' is called '{}' now; answers go on under the new name.",
                before.name, after.name
            ),
            format!("“{}”改名为“{}”；答案以新名称继续。", before.name, after.name),
        ));
    } else if before.path != after.path {
        found.push(say(
            &after.path,
            Change::Moved,
            format!("{} stood at {}.", titled(after), before.path),
            format!("{} 原在 {}。", titled(after), before.path),
        ));
    }
    if after.kind == NodeKind::Question {
        types(before, after, found);
        choices(old, new, before, after, found);
        let needed = |node: &Node| node.required.as_deref().is_some_and(|it| it != "false()");
        if needed(after) && !needed(before) {
            found.push(say(
                &after.path,
                Change::RequiredNow,
                format!("{} needs an answer now; older records may have none.", titled(after)),
                format!("{} 现在必须作答；较早的记录可能没有答案。", titled(after)),
            ));
        }
    }
    let rules =
        |node: &Node| [node.relevant.clone(), node.constraint.clone(), node.calculate.clone()];
    if rules(before) != rules(after) {
        found.push(say(
            &after.path,
            Change::RuleChanged,
            format!("{} has another condition, rule or calculation.", titled(after)),
            format!("{} 的条件、约束或计算有变化。", titled(after)),
        ));
    }
    if before.label != after.label || before.hint != after.hint {
        found.push(say(
            &after.path,
            Change::Reworded,
            format!("{} is put in other words.", titled(after)),
            format!("{} 的措辞有变化。", titled(after)),
        ));
    }
    if found.len() == begin {
        found.push(say(
            &after.path,
            Change::Kept,
            format!("{} is kept.", titled(after)),
            format!("{} 保持不变。", titled(after)),
        ));
    }
}

fn types(before: &Node, after: &Node, found: &mut Vec<Difference>) {
    let (from, to) = (&before.question_type, &after.question_type);
    let several = |node: &Node| node.question_type == "select all that apply";
    let one = |node: &Node| node.question_type == "select one";
    let change = if before.data_type == after.data_type {
        match () {
            () if one(before) && several(after) => Change::Widened,
            () if several(before) && one(after) => Change::Narrowed,
            () if before.list.is_none() && after.list.is_some() => Change::Narrowed,
            () if before.list.is_some() && after.list.is_none() => Change::Widened,
            () => return,
        }
    } else if widens(&before.data_type, &after.data_type) && after.list.is_none() {
        Change::Widened
    } else if widens(&after.data_type, &before.data_type) || before.data_type == "string" {
        Change::Narrowed
    } else {
        Change::Retyped
    };
    let (en, zh) = match change {
        Change::Widened => ("all older answers fit", "已有答案都适用"),
        Change::Narrowed => ("some older answers may not fit", "部分已有答案可能不适用"),
        _ => ("older answers do not fit", "已有答案不适用"),
    };
    found.push(say(
        &after.path,
        change,
        format!("{} was '{from}' and is '{to}' now: {en}.", titled(after)),
        format!("{} 由“{from}”改为“{to}”：{zh}。", titled(after)),
    ));
}

fn choices(old: &Schema, new: &Schema, before: &Node, after: &Node, found: &mut Vec<Difference>) {
    let (Some(was), Some(is)) = (list(old, before), list(new, after)) else { return };
    let missing = |from: &'_ [Choice], of: &'_ [Choice]| -> Vec<String> {
        let gone = of.iter().filter(|choice| !from.iter().any(|other| other.name == choice.name));
        gone.map(|choice| match choice.label.first() {
            Some((_, label)) => format!("{} ({label})", choice.name),
            None => choice.name.clone(),
        })
        .collect()
    };
    let gone = missing(is, was);
    if !gone.is_empty() {
        let gone = gone.join(", ");
        found.push(say(
            &after.path,
            Change::ChoiceRemoved,
            format!("{} no longer offers {gone}; answers that chose it stay.", titled(after)),
            format!("{} 不再提供：{gone}；已选的答案保留。", titled(after)),
        ));
    }
    let added = missing(was, is);
    if !added.is_empty() {
        let added = added.join(", ");
        found.push(say(
            &after.path,
            Change::ChoiceAdded,
            format!("{} also offers {added}.", titled(after)),
            format!("{} 新增选项：{added}。", titled(after)),
        ));
    }
}

fn list<'a>(schema: &'a Schema, node: &Node) -> Option<&'a [Choice]> {
    let name = node.list.as_deref()?;
    schema.lists.iter().find(|(list, _)| list == name).map(|(_, choices)| choices.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(form: &str) -> Schema {
        crate::convert(form.as_bytes(), &crate::Options::default()).expect("a form").schema
    }

    fn changes(old: &str, new: &str) -> Vec<(String, Change)> {
        let all = diff(&schema(old), &schema(new));
        all.into_iter().map(|it| (it.path, it.change)).collect()
    }

    const OLD: &str = "| survey |
| | type | name | label |
| | text | who | Who? |
| | integer | age | Age |
| | select_one yn | ok | Well? |
| choices |
| | list_name | name | label |
| | yn | y | Yes |
| | yn | n | No |";

    #[test]
    fn what_survives_is_told_field_by_field() {
        let new = "| survey |
| | type | name | label |
| | text | whom | Who? |
| | decimal | age | Age |
| | select_one yn | ok | Well? |
| | date | day | Day |
| choices |
| | list_name | name | label |
| | yn | y | Yes |
| | yn | u | Unknown |";
        assert_eq!(
            changes(OLD, new),
            [
                ("/data/whom".to_owned(), Change::Renamed),
                ("/data/age".to_owned(), Change::Widened),
                ("/data/ok".to_owned(), Change::ChoiceRemoved),
                ("/data/ok".to_owned(), Change::ChoiceAdded),
                ("/data/day".to_owned(), Change::Added),
            ]
        );
    }

    #[test]
    fn the_same_form_keeps_everything() {
        assert!(changes(OLD, OLD).iter().all(|(_, change)| *change == Change::Kept));
    }

    #[test]
    fn what_is_gone_and_what_has_moved_is_told() {
        let new = "| survey |
| | type | name | label |
| | begin group | g | About |
| | text | who | Who? |
| | end group | | |
| | text | age | Age |";
        let found = changes(OLD, new);
        assert!(found.contains(&("/data/g/who".to_owned(), Change::Moved)));
        assert!(found.contains(&("/data/age".to_owned(), Change::Widened)));
        assert!(found.contains(&("/data/ok".to_owned(), Change::Removed)));
    }
}
