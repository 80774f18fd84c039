//! A filled record read by its form: bound answers, and what the form's own rules say of it.

use domain::Moment;
use domain::entities::{Deed, LABEL};
use domain::forms::Flag;
use domain::ids::{ElementId, EntityId, ListId};
use domain::rules::Filled;
use xlsform::schema::{Entity, Node, NodeKind, Schema};
use xlsform::xpath::{self, Instance, NodeId, References, Scene};

use super::XForm;

/// The longest name of a chain of changes, in characters.
const BRANCH_CHARS_MAX: usize = 64;
/// The most flags that a record gets by its form's rules.
const FLAGS_MAX: usize = 100;
/// The most rules that are worked out for one record.
const RULES_MAX: usize = 2000;
/// The most steps that one of them may take.
const STEPS_MAX: u64 = 20_000;
/// The most places of one question that are looked at.
const PLACES_MAX: usize = 1000;
/// The most declarations of entities that are looked at.
const ENTITIES_MAX: usize = 20;
/// The longest answer that is taken out of a record, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Reads a record.
pub(super) fn read(form: &XForm, record: &str, moment: &Moment) -> Filled {
    let unreadable = || Filled { flags: vec![Flag::RecordUnreadable], ..Filled::default() };
    let Ok(instance) = Instance::from_xml(record) else { return unreadable() };
    let schema = &form.converted.schema;
    let root = instance.children(instance.document()).next();
    let Some(root) = root.filter(|root| instance.local(*root) == schema.root) else {
        return unreadable();
    };
    let offset = moment.zone.to_offset(moment.at).seconds() / 60;
    let now = xpath::Moment { millis: moment.at.as_millisecond(), offset_minutes: offset };
    let lists: Vec<(&str, &Instance)> =
        form.lists.iter().map(|(name, list)| (name.as_str(), list)).collect();
    let mut reading = Reading {
        form,
        instance: &instance,
        root,
        scene: Scene {
            steps_max: STEPS_MAX,
            version: schema.version.as_deref().unwrap_or_default(),
            ..Scene::new(&instance, root, now).with(&lists)
        },
        offset,
        rules_left: RULES_MAX,
        filled: Filled::default(),
    };
    for node in schema.nodes.iter().filter(|node| node.kind == NodeKind::Question) {
        reading.question(node);
    }
    for entity in schema.entities.iter().take(ENTITIES_MAX) {
        reading.entity(entity);
    }
    reading.filled.flags.sort();
    reading.filled.flags.dedup();
    reading.filled.flags.truncate(FLAGS_MAX);
    reading.filled
}

/// What a record says, question by question, for people: path, question, and answer.
pub(super) fn answers<'f>(form: &'f XForm, record: &str) -> Vec<(String, &'f Node, String)> {
    let Ok(instance) = Instance::from_xml(record) else { return Vec::new() };
    let Some(root) = instance.children(instance.document()).next() else { return Vec::new() };
    let nodes = form.converted.schema.nodes.iter();
    let mut answers = Vec::new();
    for node in nodes.filter(|node| node.kind == NodeKind::Question && node.visible) {
        for (place, path) in places(form, &instance, root, &node.path) {
            let text = instance.text(place).trim().to_owned();
            if !text.is_empty() {
                answers.push((path, node, text));
            }
        }
    }
    answers
}

struct Reading<'r> {
    form: &'r XForm,
    instance: &'r Instance,
    root: NodeId,
    scene: Scene<'r>,
    offset: i32,
    rules_left: usize,
    filled: Filled,
}

/// What a rule says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Yes,
    No,
    /// It cannot be worked out here.
    Nothing,
}

impl<'r> Reading<'r> {
    fn question(&mut self, node: &'r Node) {
        let element = element(node);
        for (place, path) in self.places(&node.path) {
            let text = self.instance.text(place);
            let answer = text.trim();
            if node.data_type == "binary" && !answer.is_empty() {
                self.filled.files = self.filled.files.saturating_add(1);
            }
            if let Some(element) = &element
                && !answer.is_empty()
                && answer.len() <= ANSWER_BYTES_MAX
            {
                self.filled.answers.push((element.clone(), answer.to_owned()));
            }
            if let Some(flag) = self.judge(node, place, answer) {
                self.filled.flags.push(flag(path));
            }
        }
    }

    /// What is odd about an answer, if anything is.
    fn judge(&mut self, node: &Node, place: NodeId, answer: &str) -> Option<fn(String) -> Flag> {
        let asked = self.is_asked(node, place);
        if answer.is_empty() {
            let required = node.required.as_deref().map(|rule| self.rule(rule, place));
            return match (asked, required) {
                (Said::Yes, Some(Said::Yes)) => Some(|path| Flag::AnswerMissingAt { path }),
                (Said::Yes, Some(Said::Nothing)) => Some(|path| Flag::UndecidedAt { path }),
                _ => None,
            };
        }
        if asked == Said::No && node.visible {
            return Some(|path| Flag::NotAskedAt { path });
        }
        if !has_type(&node.data_type, answer, self.offset) || !self.is_offered(node, answer) {
            return Some(|path| Flag::BadAnswerAt { path });
        }
        match node.constraint.as_deref().map(|rule| self.rule(rule, place)) {
            Some(Said::No) => Some(|path| Flag::BadAnswerAt { path }),
            Some(Said::Nothing) => Some(|path| Flag::UndecidedAt { path }),
            _ => None,
        }
    }

    /// Whether a question was to be asked: it and all that it is in are relevant.
    fn is_asked(&mut self, node: &Node, place: NodeId) -> Said {
        let mut said = Said::Yes;
        let (mut path, mut place) = (node.path.as_str(), place);
        loop {
            let rule = self.form.relevant(path);
            match rule.map_or(Said::Yes, |rule| self.rule(rule, place)) {
                Said::No => return Said::No,
                Said::Nothing => said = Said::Nothing,
                Said::Yes => {}
            }
            let above = path.rsplit_once('/').map(|(above, _)| above).filter(|it| !it.is_empty());
            let (Some(above), Some(parent)) = (above, self.instance.parent(place)) else {
                return said;
            };
            (path, place) = (above, parent);
        }
    }

    /// What a rule says at a place.
    fn rule(&mut self, rule: &str, place: NodeId) -> Said {
        if self.rules_left == 0 {
            return Said::Nothing;
        }
        self.rules_left -= 1;
        let Ok(parsed) = xpath::parse(rule, References::Refused) else { return Said::Nothing };
        let scene = Scene { node: place, ..self.scene };
        match xpath::evaluate(&parsed, &scene) {
            Ok(value) if scene.boolean(&value) => Said::Yes,
            Ok(_) => Said::No,
            Err(_) => Said::Nothing,
        }
    }

    /// Whether every choice that was made is one that the form has.
    fn is_offered(&self, node: &Node, answer: &str) -> bool {
        let schema = &self.form.converted.schema;
        let list = node.list.as_deref().and_then(|name| {
            schema.lists.iter().find(|(known, _)| known == name).map(|(_, choices)| choices)
        });
        let Some(choices) = list.filter(|_| node.question_type.starts_with("select")) else {
            return true;
        };
        let known = |name: &str| choices.iter().any(|choice| choice.name == name);
        let several = ["multiple", "all"].iter().any(|word| node.question_type.contains(word));
        if several { answer.split_whitespace().all(known) } else { known(answer) }
    }

    /// What the record does to entities of a declaration: one for each place where it stands.
    fn entity(&mut self, declared: &Entity) {
        let schema = &self.form.converted.schema;
        let saved = schema.nodes.iter().filter(|node| holder(schema, &node.path) == Some(declared));
        let saved: Vec<(ElementId, Vec<(NodeId, String)>)> = saved
            .filter_map(|node| {
                Some((ElementId::new(property(node)?).ok()?, self.places(&node.path)))
            })
            .collect();
        for (place, _) in self.places(&declared.path) {
            let Some(mut deed) = self.deed(place, &declared.list) else { continue };
            for (name, places) in &saved {
                let below = |at: &NodeId| self.instance.ancestors(*at).any(|it| it == place);
                let Some((at, _)) = places.iter().find(|(at, _)| below(at)) else { continue };
                let value = self.instance.text(*at);
                if value.len() <= ANSWER_BYTES_MAX {
                    deed.properties.push((name.clone(), value.trim().to_owned()));
                }
            }
            self.filled.deeds.push(deed);
        }
    }

    /// What a place of the record says of its entity.
    fn deed(&self, place: NodeId, list: &str) -> Option<Deed> {
        let named = |above: NodeId, name: &str| {
            self.instance.children(above).find(|it| self.instance.local(*it) == name)
        };
        let entity = named(named(place, "meta")?, "entity")?;
        let attribute = |name: &str| {
            let mut all = self.instance.attributes(entity);
            let found = all.find(|it| self.instance.local(*it) == name)?;
            Some(self.instance.text(found).trim().to_owned()).filter(|text| !text.is_empty())
        };
        let says = |name: &str| matches!(attribute(name).as_deref(), Some("1" | "true"));
        let label = named(entity, "label").map(|it| self.instance.text(it).trim().to_owned());
        let label = label.filter(|label| !label.is_empty() && label.len() <= ANSWER_BYTES_MAX);
        let label = label.and_then(|label| Some((ElementId::new(LABEL).ok()?, label)));
        let deed = Deed {
            list: ListId::new(list).ok()?,
            entity: EntityId::new(attribute("id")?).ok()?,
            creates: says("create"),
            updates: says("update"),
            base: attribute("baseVersion").and_then(|it| it.parse().ok()),
            trunk: attribute("trunkVersion").and_then(|it| it.parse().ok()),
            branch: attribute("branchId").map(|it| it.chars().take(BRANCH_CHARS_MAX).collect()),
            properties: label.into_iter().collect(),
        };
        (deed.creates || deed.updates).then_some(deed)
    }

    fn places(&self, path: &str) -> Vec<(NodeId, String)> {
        places(self.form, self.instance, self.root, path)
    }
}

/// The declaration that a question is saved to: the innermost that it is in.
pub(super) fn holder<'f>(schema: &'f Schema, path: &str) -> Option<&'f Entity> {
    let around = schema.entities.iter().filter(|entity| {
        path.strip_prefix(entity.path.as_str()).is_some_and(|rest| rest.starts_with('/'))
    });
    around.max_by_key(|entity| entity.path.len())
}

/// The property of its entity that a question is saved to.
pub(super) fn property(node: &Node) -> Option<&str> {
    let name = node.save_to.as_deref()?;
    Some(name.rsplit('#').next().unwrap_or(name))
}

/// Where a question stands in a record, each with its path; in repeats with its number.
fn places(form: &XForm, instance: &Instance, root: NodeId, path: &str) -> Vec<(NodeId, String)> {
    let mut names = path.trim_start_matches('/').split('/');
    let Some(first) = names.next() else { return Vec::new() };
    let mut above = format!("/{first}");
    let mut places = vec![(root, above.clone())];
    for name in names {
        above = format!("{above}/{name}");
        let repeats = form.repeats.contains(&above);
        let mut below = Vec::new();
        for (place, path) in places {
            let children = instance.children(place);
            let named = children.filter(|child| instance.local(*child) == bare(name));
            for (at, child) in named.take(PLACES_MAX).enumerate() {
                let number = if repeats { format!("[{}]", at + 1) } else { String::new() };
                below.push((child, format!("{path}/{name}{number}")));
            }
        }
        below.truncate(PLACES_MAX);
        places = below;
    }
    places
}

/// A name without its prefix: clients write `meta` with one and without.
fn bare(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The element of the dictionary that a question is bound to.
pub(super) fn element(node: &Node) -> Option<ElementId> {
    let named = node.columns.iter().find(|(heading, _)| heading.trim() == super::derive::ELEMENT);
    named.and_then(|(_, id)| ElementId::new(id.trim()).ok())
}

/// Whether an answer has the type of its question.
fn has_type(data_type: &str, answer: &str, offset: i32) -> bool {
    let numbers = |text: &str, counts: std::ops::RangeInclusive<usize>| {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let finite = |part: &&str| part.parse::<f64>().is_ok_and(f64::is_finite);
        counts.contains(&parts.len()) && parts.iter().all(finite)
    };
    match data_type {
        "int" => answer.parse::<i64>().is_ok(),
        "decimal" => answer.parse::<f64>().is_ok_and(f64::is_finite),
        "date" | "dateTime" => xpath::Moment::parse(answer, offset).is_some(),
        "geopoint" => numbers(answer, 2..=4),
        "geotrace" | "geoshape" => {
            answer.split(';').filter(|part| !part.trim().is_empty()).all(|it| numbers(it, 2..=4))
        }
        _ => true,
    }
}
