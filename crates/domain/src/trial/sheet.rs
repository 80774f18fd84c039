//! A form on which commands are tried in tests.

use std::sync::LazyLock;

use super::id;
use crate::command::Moment;
use crate::entities::Deed;
use crate::forms::Flag;
use crate::rules::{Bound, Filled, Sheet};
use crate::words::Words;

/// A form whose records are lines of `element=answer`; a line `file` is a file that belongs to
/// it, a line `?` is one that cannot be read, and a line with an `@` does something to an entity.
#[derive(Debug)]
pub(super) struct PlainSheet {
    id: String,
    version: String,
}

impl PlainSheet {
    pub(super) fn new(id: &str, version: &str) -> Self {
        Self { id: id.to_owned(), version: version.to_owned() }
    }
}

impl Sheet for PlainSheet {
    fn form_id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn title(&self) -> Words {
        Words::new(self.id.as_str(), self.id.as_str())
    }

    fn xform(&self) -> &str {
        ""
    }

    fn itemsets(&self) -> Option<&str> {
        None
    }

    fn files(&self) -> &[String] {
        static FILES: LazyLock<[String; 1]> = LazyLock::new(|| ["shops.csv".to_owned()]);
        &*FILES
    }

    fn bound(&self) -> &[Bound] {
        &[]
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn read(&self, record: &str, _: &Moment) -> Filled {
        let mut filled = Filled::default();
        for line in record.lines() {
            if let Some(deed) = line.strip_prefix('@') {
                filled.deeds.push(deed_of(deed));
                continue;
            }
            match line.split_once('=') {
                Some((element, answer)) => filled.answers.push((id(element), answer.to_owned())),
                None if line == "file" => filled.files += 1,
                None => filled.flags.push(Flag::RecordUnreadable),
            }
        }
        filled
    }
}

/// `create LIST ID property:value…` or `update LIST ID BASE property:value… branch:… trunk:…`; a `~`
/// in a value is a blank.
fn deed_of(line: &str) -> Deed {
    let mut words = line.split(' ');
    let mut next = || words.next().expect("a word");
    let creates = next() == "create";
    let (list, entity) = (id(next()), id(next()));
    let base = if creates { None } else { next().parse().ok() };
    let mut deed = Deed {
        list,
        entity,
        creates,
        updates: !creates,
        base,
        trunk: None,
        branch: None,
        properties: Vec::new(),
    };
    for (name, value) in words.filter_map(|word| word.split_once(':')) {
        match name {
            "branch" => deed.branch = Some(value.to_owned()),
            "trunk" => deed.trunk = value.parse().ok(),
            _ => deed.properties.push((id(name), value.replace('~', " "))),
        }
    }
    deed
}
