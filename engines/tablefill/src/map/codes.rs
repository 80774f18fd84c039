//! The codes of a sheet beside those of an element.

use super::Asked;
use super::dictionary::Element;
use super::words::folded;

/// More codes than any list of a sheet that is filled by hand.
const CODES_MAX: usize = 500;

/// The values that a heading lists: of its own list, or in brackets behind its words.
pub(crate) fn asked(asked: &Asked) -> Vec<String> {
    if !asked.codes.is_empty() {
        return asked.codes.iter().take(CODES_MAX).cloned().collect();
    }
    let Some(leaf) = asked.path.last() else { return Vec::new() };
    let open = leaf.rfind(['(', '（', '【', '[']);
    let Some(bracket) =
        open.map(|at| leaf[at..].trim_matches(|c: char| "()（）【】[]".contains(c)))
    else {
        return Vec::new();
    };
    let parts: Vec<&str> = bracket.split(['/', '、', '，', ',', ';', '；', '|']).collect();
    let listed = parts.len() >= 2 && parts.iter().all(|part| !part.trim().is_empty());
    if !listed {
        return Vec::new();
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

/// Each code of a sheet with the element's, where one is the same by code or by name.
pub(crate) fn translate(codes: &[String], element: &Element) -> Vec<(String, String)> {
    let pair = |code: &String| {
        let text = folded(code);
        // Sheets number their codes: `1 male`, `1-male`.
        let words = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim();
        let is = |name: &String| {
            let name = folded(name);
            name == text || (!words.is_empty() && name == words)
        };
        let found = element.codes.iter().find(|it| is(&it.code) || it.names.iter().any(is))?;
        Some((code.clone(), found.code.clone()))
    };
    codes.iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::super::dictionary::{Code, Kind};
    use super::*;

    #[test]
    fn codes_are_translated_by_code_name_and_number() {
        let code = |code: &str, name: &str| Code {
            code: code.to_owned(),
            names: vec![name.to_owned(), code.to_owned()],
        };
        let element = Element {
            kind: Kind::Choice,
            codes: vec![code("male", "男"), code("female", "女")],
            ..Element::default()
        };
        let asked =
            asked(&Asked { path: vec!["性别（男/女）".to_owned()], ..Asked::default() });
        assert_eq!(asked, ["男", "女"]);
        let pairs =
            translate(&["1.男".to_owned(), "Female".to_owned(), "其他".to_owned()], &element);
        let wanted = [("1.男", "male"), ("Female", "female")];
        assert_eq!(pairs, wanted.map(|(one, other)| (one.to_owned(), other.to_owned())));
    }
}
