//! Dictionaries that the headings of a workbook are compared with: files as packs have them, or
//! those of the packs that come with the program.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use tablefill::map::{About, Code, Dictionary, Element, Kind};

use crate::demo::Packs;
use crate::files;

/// The largest dictionary that is read, in bytes.
const DICTIONARY_MAX: usize = 4 << 20;

/// A text in Chinese and English, `中文 | English`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Line(String),
    Parts(BTreeMap<String, String>),
}

impl Text {
    fn names(&self) -> Vec<String> {
        let parts: Vec<&str> = match self {
            Self::Line(line) => line.split(" | ").collect(),
            Self::Parts(parts) => parts.values().map(String::as_str).collect(),
        };
        parts.into_iter().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }
}

/// An element as a file has it; what is not needed for comparing is passed over.
#[derive(Deserialize)]
struct Entry {
    name: Text,
    definition: Option<Text>,
    #[serde(default)]
    synonyms: Vec<String>,
    r#type: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    choices: BTreeMap<String, Text>,
    about: Option<String>,
}

/// Reads dictionaries; without files, those of the program's own packs. Of two elements of one id
/// the later counts.
pub(super) fn read(paths: &[PathBuf]) -> Result<Dictionary, String> {
    let mut elements: BTreeMap<String, Element> = BTreeMap::new();
    let mut take = |name: &str, bytes: &[u8]| -> Result<(), String> {
        let text = std::str::from_utf8(bytes).map_err(|_| format!("{name}: is no UTF-8 text"))?;
        let entries: BTreeMap<String, Entry> =
            serde_saphyr::from_str(text).map_err(|error| format!("{name}: {error}"))?;
        for (id, entry) in entries {
            elements.insert(id.clone(), element(id, &entry));
        }
        Ok(())
    };
    if paths.is_empty() {
        let mut names: Vec<_> = Packs::iter().collect();
        names.retain(|name| name.ends_with("/dictionary.yaml"));
        names.sort();
        for name in names {
            let file = Packs::get(&name).ok_or_else(|| format!("{name} is not there"))?;
            take(&name, &file.data)?;
        }
    }
    for path in paths {
        let bytes = files::read(path, DICTIONARY_MAX)?;
        if bytes.len() > DICTIONARY_MAX {
            return Err(format!("{}: is larger than 4 MB", path.display()));
        }
        take(&path.display().to_string(), &bytes)?;
    }
    Ok(Dictionary { elements: elements.into_values().collect() })
}

fn element(id: String, entry: &Entry) -> Element {
    let names = entry.name.names();
    let all = names.iter().chain(&entry.synonyms).map(String::as_str);
    let kind = match entry.r#type.as_deref().unwrap_or("text") {
        "whole" | "number" | "integer" | "decimal" => Kind::Number,
        "date" => Kind::Date,
        "time" | "datetime" | "moment" => Kind::Moment,
        "yes_no" => Kind::YesNo,
        "choice" => Kind::Choice,
        "choices" => Kind::Choices,
        "place" => Kind::Place,
        "identity" => Kind::Identity,
        "telephone" => Kind::Telephone,
        _ => Kind::of_words(all),
    };
    let about = match entry.about.as_deref() {
        Some("person") => Some(About::Person),
        Some("household") => Some(About::Household),
        Some("place") => Some(About::Place),
        Some("case") => Some(About::Case),
        Some("day") => Some(About::Day),
        _ => None,
    };
    let code = |(code, name): (&String, &Text)| Code { code: code.clone(), names: name.names() };
    Element {
        id,
        names,
        synonyms: entry.synonyms.clone(),
        definitions: entry.definition.as_ref().map(Text::names).unwrap_or_default(),
        kind,
        unit: entry.unit.clone(),
        codes: entry.choices.iter().map(code).collect(),
        about,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_own_dictionaries_are_read() {
        let dictionary = read(&[]).expect("they are sound");
        let find = |id: &str| dictionary.elements.iter().find(|element| element.id == id);
        let element = find("temperature_c").expect("a pack has it");
        assert_eq!(element.kind, Kind::Number);
        assert!(element.names.contains(&"体温".to_owned()), "{element:?}");
        assert_eq!(find("call_back").expect("a pack has it").kind, Kind::Telephone);
    }
}
