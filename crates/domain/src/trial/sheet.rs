//! A form on which commands are tried in tests.

use super::id;
use crate::command::Moment;
use crate::forms::Flag;
use crate::rules::{Bound, Filled, Sheet};
use crate::words::Words;

/// A form whose records are lines of `element=answer`; a line `file` is a file that belongs to
/// it, and a line `?` is one that cannot be read.
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
        &[]
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
            match line.split_once('=') {
                Some((element, answer)) => filled.answers.push((id(element), answer.to_owned())),
                None if line == "file" => filled.files += 1,
                None => filled.flags.push(Flag::RecordUnreadable),
            }
        }
        filled
    }
}
