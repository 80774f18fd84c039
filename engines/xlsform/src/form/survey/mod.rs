//! The survey sheet, row by row: a tree of groups and questions.

mod audit;
mod control;
mod geo;
mod kinds;
mod media;
mod range;
mod select;

pub(crate) use select::is_file;

use crate::hash::{HashMap, HashSet};
use std::borrow::Cow;
use std::collections::BTreeSet;

use super::choices::{Lists, Tagged};
use super::draft::{Action, Draft, FIRST_LOAD, NEW_REPEAT};
use super::entities::{self, Collected, Container, Declaration, Path};
use super::parameters::{self, Parameters};
use super::settings::Settings;
use crate::problem::Problem;
use crate::sheet::{Map, Table, Value, aliases};
use crate::sink::Sink;
use crate::text::{lexer, name, reference};
use crate::workbook::Workbook;

/// What rows are read against.
pub(crate) struct Given<'g, 'a> {
    pub(crate) book: &'a Workbook,
    pub(crate) table: &'g Table<'a>,
    pub(crate) settings: &'g Settings<'a>,
    pub(crate) external: Option<&'g [Cow<'a, str>]>,
    pub(crate) tags: &'g [Tagged<'a>],
    pub(crate) declarations: &'g [Declaration<'a>],
}

/// What the rows say.
#[derive(Default)]
pub(crate) struct Read<'a> {
    pub(crate) children: Vec<Draft<'a>>,
    /// Rows that belong to the record's own facts.
    pub(crate) meta: Vec<Draft<'a>>,
    /// How often each name stands in the sheet.
    pub(crate) names: HashMap<Cow<'a, str>, u32>,
    pub(crate) collected: Collected,
    /// Settings that stand among the questions.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// Whether a question offers an answer of one's own.
    pub(crate) or_other: bool,
}

/// A group or repeat that has begun.
struct Open<'a> {
    /// `group`, `repeat` or `loop`; none for the form itself.
    kind: Option<&'static str>,
    draft: Draft<'a>,
    row: u32,
    names: HashSet<Cow<'a, str>>,
    small_names: HashSet<Cow<'a, str>>,
    path: Path,
}

/// Reads rows.
struct Reader<'g, 'a> {
    given: &'g Given<'g, 'a>,
    lists: &'g mut Lists<'a>,
    sink: &'g mut Sink,
    read: Read<'a>,
    stack: Vec<Open<'a>>,
    /// A table of questions with one list: none, the list still open, or the list.
    table_list: Option<Option<String>>,
    questions: HashSet<Cow<'a, str>>,
    triggers: Vec<(String, u32)>,
    geometries: Vec<(String, u32)>,
    instances: HashSet<String>,
    repeats: HashSet<Cow<'a, str>>,
}

/// Reads the rows of the survey sheet.
pub(crate) fn read<'a>(
    given: &Given<'_, 'a>,
    rows: Vec<(u32, Map<'a>)>,
    lists: &mut Lists<'a>,
    sink: &mut Sink,
) -> Read<'a> {
    let form = Open {
        kind: None,
        draft: Draft::default(),
        row: 0,
        names: HashSet::default(),
        small_names: HashSet::default(),
        path: entities::root(),
    };
    let mut reader = Reader {
        given,
        lists,
        sink,
        read: Read::default(),
        stack: vec![form],
        table_list: None,
        questions: HashSet::default(),
        triggers: Vec::new(),
        geometries: Vec::new(),
        instances: HashSet::default(),
        repeats: HashSet::default(),
    };
    for (number, row) in rows {
        reader.row(number, row);
    }
    reader.finish()
}

impl<'a> Reader<'_, 'a> {
    fn error(
        &mut self,
        row: u32,
        column: &[&str],
        code: &'static str,
        en: impl Into<String>,
        zh: impl Into<String>,
    ) {
        self.sink.error(Problem::new(code, self.given.table.at(row, column), en, zh));
    }

    fn warn(
        &mut self,
        row: u32,
        column: &[&str],
        code: &'static str,
        en: impl Into<String>,
        zh: impl Into<String>,
    ) {
        self.sink.warn(Problem::new(code, self.given.table.at(row, column), en, zh));
    }

    fn top(&mut self) -> &mut Open<'a> {
        self.stack.last_mut().expect("the form itself is never closed")
    }

    fn add(&mut self, draft: Draft<'a>) {
        self.top().draft.children.push(draft);
    }

    fn row(&mut self, row: u32, mut fields: Map<'a>) {
        if let Some(disabled) = fields.take("disabled") {
            self.warn(
                row,
                &["disabled"],
                "disabled_column",
                "The column 'disabled' is not part of XLSForm any more; use relevant instead.",
                "“disabled”列已不属于 XLSForm，请改用 relevant。",
            );
            if disabled.text().and_then(aliases::yes_no) == Some(true) {
                return;
            }
        }
        if fields.is_empty() {
            return;
        }
        let Some(kind) = self.kind(row, &mut fields) else { return };
        if !self.is_whole(row, &fields) {
            return;
        }
        let mut draft = Draft { kind, row, fields, ..Draft::default() };
        self.trigger(&mut draft);
        self.dynamic_default(&mut draft);
        let Some(parameters) = self.parameters(&draft) else { return };
        if draft.kind == "audit" {
            self.audit(draft, &parameters);
            return;
        }
        self.question_or_control(draft, parameters);
    }

    /// The type of a row, its aliases resolved; nothing for rows that are skipped.
    fn kind(&mut self, row: u32, fields: &mut Map<'a>) -> Option<Cow<'a, str>> {
        match fields.get("type") {
            Some(Value::Text(kind)) if !kind.is_empty() => {
                let kind = aliases::question_type(kind).map_or_else(|| kind.clone(), Cow::Borrowed);
                fields.put("type", Value::Text(kind.clone()));
                Some(kind)
            }
            Some(Value::Map(_)) => {
                self.error(
                    row,
                    &["type"],
                    "type_nested",
                    "The heading of the column 'type' cannot have parts behind a colon.",
                    "“type”列的表头不能用冒号分段。",
                );
                None
            }
            _ if fields.has("name") || fields.has("label") => {
                self.error(row, &["type"], "type_missing",
                    "This row has a name or a label but no type. Say what it is, such as 'text'; or empty the row.",
                    "此行有名称或标签，却没有题型（type）。请填写题型，例如 text；或清空此行。");
                None
            }
            _ => {
                self.warn(
                    row,
                    &["type"],
                    "row_skipped",
                    "This row has no type, name or label and is left out.",
                    "此行没有题型、名称和标签，已忽略。",
                );
                None
            }
        }
    }

    /// Whether the parts of the row that are groups of columns are groups.
    fn is_whole(&mut self, row: u32, fields: &Map<'a>) -> bool {
        let mut whole = true;
        for part in ["bind", "control", "instance"] {
            if fields.text(part).is_some() {
                self.error(
                    row,
                    &[part],
                    "column_without_part",
                    format!("The column '{part}' needs a part behind it, such as '{part}::name'."),
                    format!("“{part}”列的表头须写明后半部分，例如“{part}::名称”。"),
                );
                whole = false;
            }
        }
        for formula in ["calculate", "constraint", "readonly", "required", "relevant"] {
            if fields.inner("bind", formula).is_some_and(|value| value.map().is_some()) {
                self.error(row, &["bind", formula], "column_nested",
                    format!("'{formula}' is one expression for all languages: its heading has nothing more behind '::'."),
                    format!("“{formula}”对所有语言只有一个表达式，表头“::”之后不能再有内容。"));
                whole = false;
            }
        }
        for column in ["name", "parameters", "trigger", "choice_filter", "default"] {
            if fields.map(column).is_some() {
                self.error(
                    row,
                    &[column],
                    "column_nested",
                    format!(
                        "The heading of the column '{column}' cannot have parts behind a colon."
                    ),
                    format!("“{column}”列的表头不能用冒号分段。"),
                );
                whole = false;
            }
        }
        whole
    }

    /// `${a}, ${b}`: the questions whose change makes this one be worked out.
    fn trigger(&mut self, draft: &mut Draft<'a>) {
        let Some(written) = draft.fields.take("trigger").map(Value::into_written) else {
            return;
        };
        let malformed =
            "Write the question whose change counts as ${name}; several with commas between them.";
        let zh = "请用 ${名称} 写明由哪道题触发；多个之间用逗号分隔。";
        if !reference::is_candidate(&written) {
            self.error(draft.row, &["trigger"], "trigger_malformed", malformed, zh);
            return;
        }
        for part in written.split(',') {
            match reference::all(part, Some(1)) {
                Ok(found) => {
                    for one in found {
                        self.triggers.push((one.name.to_owned(), draft.row));
                        draft.trigger.push(one.name.to_owned());
                    }
                }
                Err(_) => {
                    self.error(draft.row, &["trigger"], "trigger_malformed", malformed, zh);
                    return;
                }
            }
        }
    }

    fn dynamic_default(&mut self, draft: &mut Draft<'a>) {
        let Some(default) = draft.fields.text("default") else { return };
        if !lexer::is_dynamic(default, &draft.kind) {
            return;
        }
        draft.dynamic_default = true;
        draft.actions.push(Action::new("setvalue", FIRST_LOAD));
        if self.stack.iter().any(|open| open.kind == Some("repeat")) {
            draft.actions.push(Action::new("setvalue", NEW_REPEAT));
        }
    }

    fn parameters(&mut self, draft: &Draft<'a>) -> Option<Parameters> {
        let written = draft.fields.text("parameters").unwrap_or_default();
        let read = parameters::read(written);
        if read.is_none() {
            self.error(
                draft.row,
                &["parameters"],
                "parameters_malformed",
                "Parameters are written as 'key=value key=value'.",
                "参数须写成“键=值 键=值”的形式。",
            );
        }
        read
    }

    /// A row's name, once it may be used; says why not.
    fn name(&mut self, draft: &mut Draft<'a>) -> bool {
        match draft.fields.get("name").map(Value::written) {
            Some(name) => draft.name = name,
            None if draft.kind == "note" => {
                draft.name = format!("generated_note_name_{}", draft.row).into();
                draft.fields.put("name", Value::Text(draft.name.clone()));
            }
            None => {
                self.error(
                    draft.row,
                    &["name"],
                    "name_missing",
                    "A question, group or repeat needs a name.",
                    "题目、分组或重复必须有名称（name）。",
                );
                return false;
            }
        }
        if !name::is_name(&draft.name) {
            self.error(draft.row, &["name"], "name_invalid",
                format!("'{}' cannot be a name: begin with a letter or underscore, then letters, digits, '_', '-' or '.'; no blanks.", draft.name),
                format!("“{}”不能作为名称：请以字母或下划线开头，其后可用字母、数字、下划线、连字符或句点，不能有空格。", draft.name));
            return false;
        }
        *self.read.names.entry(draft.name.clone()).or_insert(0) += 1;
        self.is_unique(draft);
        true
    }

    fn is_unique(&mut self, draft: &Draft<'a>) {
        let (row, name) = (draft.row, draft.name.clone());
        let small = small(&name);
        if name == "meta" {
            self.error(
                row,
                &["name"],
                "name_reserved",
                "The name 'meta' is kept for the record's own facts. Choose another.",
                "名称“meta”保留给记录自身的信息，请换一个。",
            );
            return;
        }
        let top = self.top();
        let (fresh, other_case) = (top.names.insert(name.clone()), !top.small_names.insert(small));
        if !fresh {
            self.error(row, &["name"], "name_twice",
                format!("The name '{name}' stands here already, in the same group or repeat. Choose another."),
                format!("同一分组或重复中已有名称“{name}”，请换一个。"));
        } else if other_case {
            self.warn(row, &["name"], "name_differs_by_case",
                format!("The name '{name}' differs from another only by capital letters; some programs take them for the same."),
                format!("名称“{name}”与另一名称仅大小写不同，有些软件会把它们当作同一个。"));
        }
    }

    fn finish(mut self) -> Read<'a> {
        for (target, row) in std::mem::take(&mut self.triggers) {
            if !self.questions.contains(&*target) {
                // Of names that are equally near the first is offered, so they need an order.
                let known: BTreeSet<&str> = self.questions.iter().map(|name| &**name).collect();
                let near = super::spelling::nearest(&target, known);
                let (en, zh) = super::references::unknown(&target, near);
                self.error(row, &["trigger"], "reference_unknown", en, zh);
            }
        }
        self.check_geometries();
        while self.stack.len() > 1 {
            let open = self.stack.pop().expect("more than one");
            let kind = open.kind.unwrap_or("group");
            let name = open.draft.name.clone();
            self.error(
                open.row,
                &["type"],
                "begin_without_end",
                format!("'{name}' begins a {kind} that never ends. Add a row 'end_{kind}'."),
                format!("“{name}”开始的 {kind} 没有结束，请添加一行 end_{kind}。"),
            );
        }
        self.read.children = std::mem::take(&mut self.top().draft.children);
        self.read
    }

    /// The container in which the next row stands, one step further in.
    fn path_to(&mut self, name: &str, kind: &str) -> Path {
        let mut path = self.top().path.clone();
        path.push(Container { name: name.to_owned(), kind: kind.to_owned() });
        path
    }
}

/// A name in small letters.
fn small<'a>(name: &Cow<'a, str>) -> Cow<'a, str> {
    let is_small = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if name.bytes().all(is_small) { name.clone() } else { name.to_lowercase().into() }
}
