//! Rows that begin and end groups, repeats and loops; every other row is a question.

use crate::hash::HashSet;

use super::{Open, Reader};
use crate::form::draft::Draft;
use crate::form::entities;
use crate::form::parameters::Parameters;
use crate::problem::Problem;
use crate::sheet::Value;
use crate::text::reference;

/// A row that begins or ends something.
pub(super) struct Bound<'a> {
    pub(super) begins: bool,
    /// `group`, `repeat` or `loop`.
    pub(super) kind: &'static str,
    /// The list over which a loop goes.
    list: Option<&'a str>,
}

const CONTROLS: &[(&str, &str)] = &[
    ("group", "group"),
    ("lgroup", "repeat"),
    ("repeat", "repeat"),
    ("looped group", "repeat"),
    ("loop", "loop"),
];

/// Whether a type begins or ends something.
pub(super) fn bound(written: &str) -> Option<Bound<'_>> {
    let (begins, rest) = match written.strip_prefix("begin") {
        Some(rest) => (true, rest),
        None => (false, written.strip_prefix("end")?),
    };
    let parted = rest.chars().next().filter(|c| c.is_whitespace() || *c == '_')?;
    let rest = &rest[parted.len_utf8()..];
    CONTROLS.iter().find_map(|(name, kind)| {
        let after = rest.strip_prefix(name)?;
        let after = after.strip_suffix('\n').unwrap_or(after);
        if after.is_empty() {
            return Some(Bound { begins, kind, list: None });
        }
        if !begins {
            return None;
        }
        let list = after.strip_prefix(' ')?;
        let list = match list.strip_prefix("over ") {
            Some(list) if !list.is_empty() => list,
            _ => list,
        };
        let one = !list.is_empty() && !list.contains(char::is_whitespace);
        one.then_some(Bound { begins, kind, list: Some(list) })
    })
}

impl<'a> Reader<'_, 'a> {
    pub(super) fn question_or_control(&mut self, mut draft: Draft<'a>, parameters: Parameters) {
        if draft.kind == "calculate" {
            let worked_out =
                draft.fields.inner("bind", "calculate").is_some_and(|it| !it.is_empty());
            if !worked_out && !draft.dynamic_default {
                self.error(
                    draft.row,
                    &["bind", "calculate"],
                    "calculation_missing",
                    "A question of type 'calculate' needs a calculation.",
                    "calculate 题必须填写 calculation。",
                );
            }
        }
        if matches!(&*draft.kind, "subscriberid" | "simserial") {
            let kind = draft.kind.clone();
            self.warn(
                draft.row,
                &["type"],
                "device_id_gone",
                format!("'{kind}' is given by no telephone with Android 11 or later."),
                format!("Android 11 及以上的手机不再提供“{kind}”。"),
            );
        }
        if let Some(setting) = setting(&draft.kind) {
            let value = draft.fields.get("name").map_or_else(|| "None".into(), Value::written);
            let value = value.into_owned();
            self.read.settings.push((setting, value));
            return;
        }
        let kind = draft.kind.clone();
        let bound = bound(&kind);
        let ends = bound.as_ref().is_some_and(|bound| !bound.begins);
        if !ends && !self.name(&mut draft) {
            // The rows in between still belong together.
            if let Some(bound) = bound {
                self.open(draft, bound.kind);
            }
            return;
        }
        let path = &self.stack.last().expect("the form itself is never closed").path;
        let row = entities::Row {
            number: draft.row,
            path,
            question: (!ends).then_some(&*draft.name),
            is_container: bound.is_some(),
        };
        let given = self.given;
        self.read.collected.take_up(
            &row,
            &mut draft.fields,
            given.declarations,
            given.table,
            self.sink,
        );
        match bound {
            Some(bound) if bound.begins => self.begin(draft, &bound),
            Some(bound) => self.end(&draft, bound.kind),
            None => self.question(draft, parameters),
        }
    }

    fn end(&mut self, draft: &Draft<'a>, kind: &'static str) {
        if self.top().kind != Some(kind) {
            let open = self.top();
            let (en, zh) = match open.kind {
                Some(other) => (
                    format!(
                        "This ends a {kind}, but what is open is the {other} '{}' of row {}. End that first.",
                        open.draft.name, open.row
                    ),
                    format!(
                        "此行结束 {kind}，但当前未结束的是第{}行的 {other}“{}”，请先结束它。",
                        open.row, open.draft.name
                    ),
                ),
                None => (
                    format!("This ends a {kind}, but none has begun."),
                    format!("此行结束 {kind}，但前面没有对应的 begin_{kind}。"),
                ),
            };
            self.error(draft.row, &["type"], "end_without_begin", en, zh);
            // Most often a row is of the wrong kind: go on as if it were of the right one.
            if self.stack.len() == 1 {
                return;
            }
        }
        let closed = self.stack.pop().expect("more than the form is open");
        self.add(closed.draft);
        self.table_list = None;
    }

    fn open(&mut self, mut draft: Draft<'a>, kind: &'static str) {
        draft.kind = kind.into();
        let path = self.path_to(&draft.name, kind);
        self.stack.push(Open {
            kind: Some(kind),
            row: draft.row,
            draft,
            names: HashSet::default(),
            small_names: HashSet::default(),
            path,
        });
    }

    fn begin(&mut self, mut draft: Draft<'a>, bound: &Bound<'_>) {
        if bound.kind == "repeat" {
            self.repeat_name(&draft);
            if !draft.fields.has("label") && !draft.fields.has("media") {
                let name = draft.name.clone();
                self.warn(
                    draft.row,
                    &["label"],
                    "repeat_without_label",
                    format!(
                        "The repeat '{name}' has no label; people would not know what comes again."
                    ),
                    format!("重复“{name}”没有标签，填写的人不知道重复的是什么。"),
                );
            }
        }
        if bound.kind == "loop" {
            self.loop_list(&mut draft, bound.list);
        }
        self.repeat_count(&mut draft);
        self.table_list_group(&mut draft);
        draft.flat = draft.fields.get("flat").is_some_and(|flat| !flat.is_empty());
        if let Some(intent) = draft.fields.get("intent").map(Value::written) {
            draft.fields.put_inner("control", "intent", intent);
        }
        self.open(draft, bound.kind);
    }

    fn repeat_name(&mut self, draft: &Draft<'a>) {
        let name = draft.name.clone();
        if name == self.given.settings.root {
            self.error(draft.row, &["name"], "repeat_named_as_form",
                format!("A repeat cannot be called '{name}', as the form's root is. Choose another name."),
                format!("重复的名称不能与表单根节点“{name}”相同，请换一个。"));
        } else if !self.repeats.insert(name.clone()) {
            self.error(draft.row, &["name"], "repeat_name_twice",
                format!("There is a repeat '{name}' already. Names of repeats must differ in the whole form."),
                format!("已有名为“{name}”的重复；重复的名称在整个表单中不能相同。"));
        }
    }

    fn loop_list(&mut self, draft: &mut Draft<'a>, list: Option<&str>) {
        let Some(list) = list else {
            self.error(
                draft.row,
                &["type"],
                "loop_without_list",
                "Say over which list the loop goes: 'begin loop over LIST'.",
                "请写明循环使用哪个列表：begin loop over 列表名。",
            );
            return;
        };
        if !self.lists.has(list) {
            self.unknown_list(draft.row, list);
            return;
        }
        draft.columns = Some(list.to_owned());
    }

    /// A count that is more than one reference gets a node of its own, so that it may be any
    /// expression.
    fn repeat_count(&mut self, draft: &mut Draft<'a>) {
        let Some(count) = draft.fields.inner("control", "jr:count").map(Value::written) else {
            return;
        };
        if count.is_empty() || reference::whole(&count).is_some() {
            return;
        }
        let node = format!("{}_count", draft.name);
        let added = Draft::new("calculate", node.clone(), 0)
            .with("bind", "readonly", "true()")
            .with("bind", "calculate", count);
        self.add(added);
        draft.fields.put_inner("control", "jr:count", format!("${{{node}}}"));
    }

    /// A group that shows questions with one list as a table.
    fn table_list_group(&mut self, draft: &mut Draft<'a>) {
        if draft.fields.inner("control", "appearance").is_some_and(|it| it.map().is_some()) {
            self.error(
                draft.row,
                &["control", "appearance"],
                "column_nested",
                "The heading of the column 'appearance' cannot have parts behind a colon.",
                "“appearance”列的表头不能用冒号分段。",
            );
            return;
        }
        let appearance = draft.fields.inner("control", "appearance").map(Value::written);
        let appearance = appearance.unwrap_or_default();
        if !appearance.split_whitespace().any(|word| word == "table-list") {
            return;
        }
        self.table_list = Some(None);
        let others = appearance.split_whitespace().filter(|word| *word != "table-list");
        let shown = others.fold("field-list".to_owned(), |all, word| format!("{all} {word}"));
        draft.fields.put_inner("control", "appearance", shown);
        if draft.fields.has("label") || draft.fields.has("hint") {
            let name = format!("generated_table_list_label_{}", draft.row);
            let mut note = Draft::new("note", name, 0);
            for key in ["label", "hint"] {
                if let Some(value) = draft.fields.take(key) {
                    note.fields.put(key, value);
                }
            }
            draft.children.push(note);
        }
    }

    pub(super) fn unknown_list(&mut self, row: u32, list: &str) {
        let near = crate::form::spelling::nearest(list, self.lists.names());
        let (en, zh) = match near {
            Some(near) => (
                format!("There is no list '{list}' in the choices sheet. Do you mean '{near}'?"),
                format!("choices 工作表中没有列表“{list}”。是否应为“{near}”？"),
            ),
            None => (
                format!(
                    "There is no list '{list}' in the choices sheet. Add its choices there, with '{list}' in the column list_name."
                ),
                format!(
                    "choices 工作表中没有列表“{list}”。请在其中添加选项，并在 list_name 列填写“{list}”。"
                ),
            ),
        };
        self.sink.error(Problem::new("list_unknown", self.given.table.at(row, &["type"]), en, zh));
    }
}

/// Settings that may stand among the questions.
fn setting(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "form_title" | "set_form_title" => "title",
        "form_id" | "set_form_id" => "id_string",
        "prefix" => "prefix",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_and_ends_are_told_from_questions() {
        let begins = |written| bound(written).map(|bound| (bound.begins, bound.kind));
        assert_eq!(begins("begin_group"), Some((true, "group")));
        assert_eq!(begins("begin repeat"), Some((true, "repeat")));
        assert_eq!(begins("begin looped group"), Some((true, "repeat")));
        assert_eq!(begins("end_loop"), Some((false, "loop")));
        assert_eq!(bound("begin loop over colours").and_then(|bound| bound.list), Some("colours"));
        assert!(bound("begingroup").is_none() && bound("beginner").is_none());
        assert!(bound("end group now").is_none() && bound("Begin group").is_none());
    }
}
