//! What changes from one version of a pack to the next, in words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::rules::{CaseKind, Element, Expr, Field, Indicator, Pack, Sensitivity, SharedPack};
use domain::words::Words;

/// What is different about a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Whether something came, went, or is otherwise.
    pub change: Change,
    /// What it is about, for instance `kinds.repair.handling.deadline`.
    pub path: String,
    /// The difference in words.
    pub words: Words,
}

/// How something is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is otherwise.
    Changed,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.change {
            Change::Added => '+',
            Change::Removed => '-',
            Change::Changed => '~',
        };
        write!(f, "{sign} {}: {} / {}", self.path, self.words.zh, self.words.en)
    }
}

/// The differences between two versions of a pack, in the order of its parts.
#[must_use]
pub fn diff(old: &SharedPack, new: &SharedPack) -> Vec<Difference> {
    let mut list = List(Vec::new());
    list.head(old, new);
    let kinds = |pack: &Pack| named(&pack.kinds, |kind| &kind.name);
    list.sets("kinds", ("事项类型", "kind"), &kinds(old), &kinds(new));
    for (id, kind) in &new.kinds {
        if let Some(before) = old.kinds.get(id) {
            list.kind(before, kind);
        }
    }
    let forms = |pack: &Pack| named(&pack.forms, |form| &form.name);
    list.sets("forms", ("表单", "form"), &forms(old), &forms(new));
    for (id, form) in &new.forms {
        if let Some(before) = old.forms.get(id) {
            let path = format!("forms.{}", short(id.as_str()));
            list.fields(&path, &before.fields, &form.fields);
        }
    }
    list.dictionary(old, new);
    list.figures(old, new);
    let modes = |pack: &Pack| named(&pack.modes, |mode| &mode.name);
    list.sets("modes", ("应急模式", "mode"), &modes(old), &modes(new));
    for (id, purpose) in &new.purposes {
        let Some(before) = old.purposes.get(id) else { continue };
        let path = format!("purposes.{}.retention", short(id.as_str()));
        let days = |days: u16| format!("{days} d");
        let (from, to) = (days(before.retention_days), days(purpose.retention_days));
        list.told(&path, "保存期限", "retention", &from, &to);
    }
    let roles = |pack: &Pack| named(&pack.roles, |role| role);
    list.sets("roles", ("角色", "role"), &roles(old), &roles(new));
    list.0
}

/// Names by id without the pack's in front.
fn named<K: ToString + Ord, T>(
    things: &BTreeMap<K, T>,
    name: impl Fn(&T) -> &Words,
) -> BTreeMap<String, Words> {
    things
        .iter()
        .map(|(id, thing)| (short(&id.to_string()).to_owned(), name(thing).clone()))
        .collect()
}

fn short(id: &str) -> &str {
    id.split_once('.').map_or(id, |(_, rest)| rest)
}

struct List(Vec<Difference>);

impl List {
    fn head(&mut self, old: &Pack, new: &Pack) {
        self.told("version", "版本", "version", &old.version, &new.version);
        let valid = |pack: &Pack| {
            let until = pack.valid_until.map_or_else(|| "…".to_owned(), |day| day.to_string());
            format!("{} – {until}", pack.valid_from)
        };
        self.told("valid", "有效期", "valid", &valid(old), &valid(new));
    }

    fn dictionary(&mut self, old: &Pack, new: &Pack) {
        let elements = |pack: &Pack| named(&pack.elements, |element| &element.name);
        self.sets("dictionary", ("数据项", "element"), &elements(old), &elements(new));
        for (id, element) in &new.elements {
            let Some(before) = old.elements.get(id) else { continue };
            let path = format!("dictionary.{id}.sensitivity");
            let shown = |sensitivity: Sensitivity| format!("{sensitivity:?}").to_lowercase();
            let (from, to) = (shown(before.sensitivity), shown(element.sensitivity));
            self.told(&path, "敏感程度", "sensitivity", &from, &to);
            let path = format!("dictionary.{id}.update_cycle");
            let shown = |element: &Element| {
                let days = element.update_cycle_days;
                let days = days.map_or_else(|| "-".to_owned(), |days| format!("{days} d"));
                if element.in_register { format!("{days}, register") } else { days }
            };
            self.told(&path, "更新周期", "update cycle", &shown(before), &shown(element));
        }
    }

    fn figures(&mut self, old: &Pack, new: &Pack) {
        let indicators = |pack: &Pack| named(&pack.indicators, |indicator| &indicator.name);
        self.sets("indicators", ("指标", "indicator"), &indicators(old), &indicators(new));
        let source = |expr: &Option<Expr>| {
            expr.as_ref().map_or_else(|| "-".to_owned(), |expr| expr.source().to_owned())
        };
        let counts = |indicator: &Indicator| {
            let Indicator { when, value, on, .. } = indicator;
            format!("{} | {} | {}", source(when), source(value), source(on))
        };
        for (id, indicator) in &new.indicators {
            let Some(before) = old.indicators.get(id) else { continue };
            let path = format!("indicators.{}", short(id.as_str()));
            self.told(&path, "口径", "what it counts", &counts(before), &counts(indicator));
        }
        let tables = |pack: &Pack| named(&pack.tables, |table| &table.name);
        self.sets("tables", ("报表", "table"), &tables(old), &tables(new));
    }

    /// Notes a value that is another one now.
    fn told(&mut self, path: &str, zh: &str, en: &str, old: &str, new: &str) {
        if old != new {
            let words = Words::new(format!("{zh}：{old} → {new}"), format!("{en}: {old} → {new}"));
            self.0.push(Difference { change: Change::Changed, path: path.to_owned(), words });
        }
    }

    /// Notes what came and what went.
    fn sets(
        &mut self,
        part: &str,
        (zh, en): (&str, &str),
        old: &BTreeMap<String, Words>,
        new: &BTreeMap<String, Words>,
    ) {
        for (id, words) in new.iter().filter(|(id, _)| !old.contains_key(*id)) {
            let words =
                Words::new(format!("新增{zh}“{}”", words.zh), format!("new {en} \"{}\"", words.en));
            self.0.push(Difference { change: Change::Added, path: format!("{part}.{id}"), words });
        }
        for (id, words) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
            let words = Words::new(
                format!("去掉{zh}“{}”", words.zh),
                format!("{en} \"{}\" is gone", words.en),
            );
            self.0.push(Difference {
                change: Change::Removed,
                path: format!("{part}.{id}"),
                words,
            });
        }
    }

    fn kind(&mut self, old: &CaseKind, new: &CaseKind) {
        let path = format!("kinds.{}", short(new.id.as_str()));
        self.fields(&path, &old.fields, &new.fields);
        let states = |kind: &CaseKind| named(&kind.states, |state| &state.name);
        self.sets(&format!("{path}.states"), ("状态", "state"), &states(old), &states(new));
        let actions = |kind: &CaseKind| named(&kind.actions, |action| &action.name);
        self.sets(&format!("{path}.actions"), ("操作", "action"), &actions(old), &actions(new));
        for (id, state) in &new.states {
            let Some(before) = old.states.get(id) else { continue };
            let (from, to) = (shown(before.deadline_minutes), shown(state.deadline_minutes));
            self.told(&format!("{path}.{id}.deadline"), "时限", "deadline", &from, &to);
        }
        for (id, action) in &new.actions {
            let Some(before) = old.actions.get(id) else { continue };
            let path = format!("{path}.{id}");
            self.told(
                &format!("{path}.by"),
                "谁可以做",
                "who may",
                &before.by.join(", "),
                &action.by.join(", "),
            );
            self.fields(&path, &before.asks, &action.asks);
            let guards = |action: &domain::rules::ActionRule| {
                action
                    .guards
                    .iter()
                    .map(|g| g.when.source().to_owned())
                    .collect::<Vec<_>>()
                    .join(" ; ")
            };
            self.told(
                &format!("{path}.guards"),
                "条件",
                "conditions",
                &guards(before),
                &guards(action),
            );
            let order = |action: &domain::rules::ActionRule| {
                action.order.as_ref().map_or_else(
                    || "-".to_owned(),
                    |order| format!("{} ({} h)", order.name.en, order.longest_hours),
                )
            };
            self.told(
                &format!("{path}.order"),
                "限制决定",
                "order",
                &order(before),
                &order(action),
            );
        }
    }

    fn fields(&mut self, path: &str, old: &[Field], new: &[Field]) {
        let ids = |fields: &[Field]| {
            fields.iter().map(|field| field.element.to_string()).collect::<BTreeSet<_>>()
        };
        let (before, after) = (ids(old), ids(new));
        for id in after.difference(&before) {
            let words = Words::new(format!("新问“{id}”"), format!("now asks \"{id}\""));
            let path = format!("{path}.{id}");
            self.0.push(Difference { change: Change::Added, path, words });
        }
        for id in before.difference(&after) {
            let words = Words::new(format!("不再问“{id}”"), format!("no longer asks \"{id}\""));
            let path = format!("{path}.{id}");
            self.0.push(Difference { change: Change::Removed, path, words });
        }
        for field in new {
            let before = old.iter().find(|before| before.element == field.element);
            if let Some(before) = before.filter(|before| before.required != field.required) {
                let must = |required: bool| if required { "required" } else { "optional" };
                let path = format!("{path}.{}", field.element);
                self.told(&path, "必填", "answer", must(before.required), must(field.required));
            }
        }
    }
}

fn shown(minutes: Option<u32>) -> String {
    match minutes {
        None => "-".to_owned(),
        Some(m) if m % 1440 == 0 => format!("{} d", m / 1440),
        Some(m) if m % 60 == 0 => format!("{} h", m / 60),
        Some(m) => format!("{m} min"),
    }
}
