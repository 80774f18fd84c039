//! Elements of a dictionary that mean the same, or nearly.

use std::collections::HashMap;

use super::dictionary::{Dictionary, Element};
use super::words::phrase;

/// Two elements that share a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// The one, by its id.
    pub one: String,
    /// The other.
    pub other: String,
    /// The name that both have.
    pub name: String,
    /// In what they differ; empty where they are the same and should be merged.
    pub differ: Vec<Difference>,
}

/// In what two elements differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// What exactly is meant (口径).
    Definition,
    /// The type.
    Kind,
    /// The unit.
    Unit,
    /// The code list.
    Codes,
    /// What they are about.
    About,
}

/// The pairs of elements that share a name or a synonym.
#[must_use]
pub fn alike(dictionary: &Dictionary) -> Vec<Alike> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    let mut found: Vec<Alike> = Vec::new();
    for (at, element) in dictionary.elements.iter().enumerate() {
        for name in element.names.iter().chain(&element.synonyms) {
            let others = by_name.entry(phrase(name).whole).or_default();
            for other in others.iter().filter(|other| **other != at) {
                let before = &dictionary.elements[*other];
                let known = |it: &Alike| it.one == before.id && it.other == element.id;
                if !found.iter().any(known) {
                    found.push(Alike {
                        one: before.id.clone(),
                        other: element.id.clone(),
                        name: name.clone(),
                        differ: differences(before, element),
                    });
                }
            }
            if !others.contains(&at) {
                others.push(at);
            }
        }
    }
    found
}

fn differences(one: &Element, other: &Element) -> Vec<Difference> {
    let mut codes = [one, other].map(|element| {
        let mut codes: Vec<&str> = element.codes.iter().map(|code| code.code.as_str()).collect();
        codes.sort_unstable();
        codes
    });
    let [first, second] = &mut codes;
    let all = [
        (one.definitions != other.definitions, Difference::Definition),
        (one.kind != other.kind, Difference::Kind),
        (one.unit != other.unit, Difference::Unit),
        (first != second, Difference::Codes),
        (one.about != other.about, Difference::About),
    ];
    all.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_one_name_are_found_with_what_differs() {
        let element = |id: &str, name: &str, definition: &str| Element {
            id: id.to_owned(),
            names: vec![name.to_owned()],
            definitions: vec![definition.to_owned()],
            ..Element::default()
        };
        let dictionary = Dictionary {
            elements: vec![
                element("a", "联系电话", "本人手机"),
                element("b", "聯絡電話", "本人手机"),
                element("c", "联系电话", "家庭固定电话"),
                element("d", "姓名", ""),
            ],
        };
        let found = alike(&dictionary);
        let pairs: Vec<_> =
            found.iter().map(|it| (&*it.one, &*it.other, it.differ.len())).collect();
        assert_eq!(pairs, [("a", "c", 1)]);
    }
}
