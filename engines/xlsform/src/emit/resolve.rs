//! References to paths: relative within the repeat that both ends share, absolute otherwise.

use std::borrow::Cow;
use std::ops::Range;

use super::Emitter;
use crate::form::tree::{Id, Kind, Lost, Node, Tree};
use crate::text::reference::{self, Reference};

/// The name of the instance that holds the last saved record.
pub(super) const LAST_SAVED: &str = "__last-saved";

impl Emitter<'_> {
    /// A text with every reference replaced by its path.
    pub(super) fn with_paths<'t>(
        &mut self,
        text: &'t str,
        context: Option<Id>,
        use_current: bool,
        from_parent: bool,
    ) -> Cow<'t, str> {
        if !reference::is_candidate(text) {
            return text.into();
        }
        let mut out = String::with_capacity(text.len() + 32);
        let mut from = 0;
        while let Some(found) = reference::next(text, from) {
            out.push_str(&text[from..found.span.start]);
            from = found.span.end;
            out.push_str(&self.path(&found, text, context, use_current, from_parent));
        }
        out.push_str(&text[from..]);
        out.into()
    }

    /// The same of a text that may have been made for the purpose.
    pub(super) fn paths_in<'t>(&mut self, text: Cow<'t, str>, context: Id) -> Cow<'t, str> {
        match text {
            Cow::Borrowed(text) => self.with_paths(text, Some(context), false, false),
            Cow::Owned(text) if !reference::is_candidate(&text) => text.into(),
            Cow::Owned(text) => {
                self.with_paths(&text, Some(context), false, false).into_owned().into()
            }
        }
    }

    /// The path that a reference stands for, with blanks around it.
    pub(super) fn path(
        &mut self,
        found: &Reference<'_>,
        text: &str,
        context: Option<Id>,
        use_current: bool,
        from_parent: bool,
    ) -> String {
        let target = match self.tree.named(found.name) {
            Ok(target) => target,
            Err(lost) => {
                self.lost(found.name, lost, context);
                return String::new();
            }
        };
        if let Some(context) = context.filter(|_| goes_relative(found, text)) {
            let current = use_current || in_predicate(text, &found.span);
            let relative = relative(self.tree, context, target, found.name, current, from_parent);
            if let Some(path) = relative {
                return path;
            }
        }
        let path = &self.tree.node(target).xpath;
        if found.last_saved {
            format!(" instance('{LAST_SAVED}'){path} ")
        } else {
            format!(" {path} ")
        }
    }

    fn lost(&mut self, name: &str, lost: Lost, context: Option<Id>) {
        let (en, zh) = match lost {
            Lost::Unknown => (
                format!("'{name}' is no question whose answer could be referred to."),
                format!("“{name}”不是可以引用答案的题目。"),
            ),
            Lost::Ambiguous => (
                format!(
                    "Several questions are called '{name}': give the one that is meant a name of its own."
                ),
                format!("有多道题都叫“{name}”，请给要引用的那一道取独有的名称。"),
            ),
        };
        let reported =
            self.sink.errors.iter().any(|problem| problem.code.starts_with("reference_"));
        if !reported {
            self.error(context.unwrap_or(Tree::FORM), "", "reference_unusable", en, zh);
        }
    }
}

/// The path within the repeat that both ends share; nothing where they share none.
fn relative(
    tree: &Tree<'_>,
    context: Id,
    target: Id,
    name: &str,
    current: bool,
    from_parent: bool,
) -> Option<String> {
    let is_repeat = |node: &Node<'_>| node.kind == Kind::Repeat;
    let (up_to_repeat, repeat) = tree.common(context, target, is_repeat)?;
    let holds = |node: &Node<'_>| {
        matches!(node.kind, Kind::Group | Kind::Repeat) && node.question_type != "loop"
    };
    let beside_repeat = from_parent && {
        let outermost = tree.repeat_above(repeat).is_none();
        tree.repeat_above(target) == Some(repeat)
            && (outermost || tree.repeat_above(context) != Some(repeat))
    };
    let (up, below) = if beside_repeat {
        (up_to_repeat + 1, tree.path_below(target, tree.node(repeat).parent))
    } else {
        let (up, common) = tree.common(context, target, holds)?;
        (up, tree.path_below(target, Some(common)))
    };
    let below = if below.ends_with(name) { below } else { format!("/{name}") };
    let mut path = String::from(if current { " current()/" } else { " " });
    for step in 0..up {
        path.push_str(if step > 0 { "/.." } else { ".." });
    }
    path.push_str(&below);
    path.push(' ');
    Some(path)
}

/// Calls of `indexed-repeat` in a text.
fn indexed_repeats(text: &str) -> Vec<Range<usize>> {
    const CALL: &str = "indexed-repeat(";
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(CALL) {
        let begin = from + at;
        let inner = begin + CALL.len();
        match text[inner..].find(')') {
            Some(0) => from = inner,
            Some(end) => {
                found.push(begin..inner + end + 1);
                from = inner + end + 1;
            }
            None => break,
        }
    }
    found
}

/// Whether a reference may become a relative path. The fields and repeats that `indexed-repeat`
/// takes stay absolute.
fn goes_relative(found: &Reference<'_>, text: &str) -> bool {
    if found.last_saved {
        return false;
    }
    if !text.contains("indexed-repeat(") {
        return true;
    }
    let calls = indexed_repeats(text);
    let mut calls = calls.iter();
    while let Some(call) = calls.next() {
        if found.span.end > call.end {
            // As in pyxform 4.5, a call behind is passed over together with the one after it.
            if calls.next().is_some() {
                continue;
            }
            return true;
        }
        if found.span.end < call.start || found.span.start > call.end {
            return true;
        }
        let inner = &text[call.start + "indexed-repeat(".len()..call.end - 1];
        let own = format!("${{{}}}", found.name);
        let at =
            inner.split(',').enumerate().filter(|(_, argument)| argument.contains(&own)).last();
        return at.is_some_and(|(index, _)| !matches!(index, 0 | 1 | 3 | 5));
    }
    false
}

/// Whether a place lies in a predicate of a secondary instance.
fn in_predicate(text: &str, span: &Range<usize>) -> bool {
    if !has_instance(text) {
        return false;
    }
    let mut from = 0;
    while let Some(at) = text[from..].find('[') {
        let begin = from + at;
        match text[begin + 1..].find(']') {
            Some(0) => from = begin + 1,
            Some(end) => {
                let close = begin + 1 + end + 1;
                if span.start >= begin && span.end <= close {
                    return true;
                }
                from = close;
            }
            None => return false,
        }
    }
    false
}

/// Whether a text calls `instance(` with something in it.
fn has_instance(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find("instance(") {
        let inner = &rest[at + "instance(".len()..];
        let mut chars = inner.chars().peekable();
        while let Some(c) = chars.next() {
            if c == ')' {
                break;
            }
            if chars.peek().is_some_and(|next| *next != '\n') {
                return true;
            }
        }
        rest = inner;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_indexed_repeat_takes_stays_absolute() {
        let text = "indexed-repeat(${a}, ${r}, ${i}) + ${b}";
        let answers: Vec<bool> = reference::all(text, None)
            .expect("well formed")
            .iter()
            .map(|found| goes_relative(found, text))
            .collect();
        assert_eq!(answers, [false, false, true, true]);
    }

    #[test]
    fn a_predicate_of_an_instance_is_told_from_others() {
        let text = "instance('l')/root/item[name = ${a}]/label";
        let found = reference::next(text, 0).expect("there");
        assert!(in_predicate(text, &found.span));
        let other = "${r}[position() = ${a}]";
        let found = reference::next(other, 5).expect("there");
        assert!(!in_predicate(other, &found.span));
    }
}
