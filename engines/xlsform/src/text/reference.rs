//! `${name}` and `${last-saved#name}`: references to questions in cells.

use std::ops::Range;

use super::name;

/// A reference in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// The name of what is meant.
    pub(crate) name: &'a str,
    /// Whether the value of the last saved record is meant.
    pub(crate) last_saved: bool,
    /// Where it stands, with its braces.
    pub(crate) span: Range<usize>,
}

/// Why references cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// What stands between the braces is no name, or a brace is missing.
    Malformed,
    /// More references than are allowed there.
    TooMany,
}

const LAST_SAVED: &str = "last-saved#";

/// Whether a text might hold a reference.
pub(crate) fn is_candidate(text: &str) -> bool {
    // Few texts hold the sign at all, and one byte is found sooner than two.
    text.as_bytes().contains(&b'$')
        && text.contains("${")
        && (text.len() > 8 || text.chars().take(3).count() > 2)
}

fn inner(text: &str) -> Option<(&str, bool)> {
    let (rest, last_saved) =
        text.strip_prefix(LAST_SAVED).map_or((text, false), |rest| (rest, true));
    (!rest.is_empty() && name::plain_len(rest) == rest.len()).then_some((rest, last_saved))
}

/// The next well-formed reference from a place on, passing over what is none.
pub(crate) fn next(text: &str, from: usize) -> Option<Reference<'_>> {
    let mut at = from;
    while let Some(found) = text[at..].find("${") {
        let begin = at + found;
        let rest = &text[begin + 2..];
        let (body, last_saved) =
            rest.strip_prefix(LAST_SAVED).map_or((rest, false), |rest| (rest, true));
        let len = name::plain_len(body);
        if len > 0 && body[len..].starts_with('}') {
            let end = text.len() - body.len() + len + 1;
            return Some(Reference { name: &body[..len], last_saved, span: begin..end });
        }
        at = begin + 2;
    }
    None
}

/// All references of a text, in order.
///
/// # Errors
/// [`Fault`] for the first that is not well formed, or one more than `most`.
pub(crate) fn all(text: &str, most: Option<usize>) -> Result<Vec<Reference<'_>>, Fault> {
    let mut found = Vec::new();
    if !is_candidate(text) {
        return Ok(found);
    }
    let mut at = 0;
    while let Some(offset) = text[at..].find("${") {
        let begin = at + offset;
        let Some(close) = text[begin + 2..].find('}') else { return Err(Fault::Malformed) };
        if close == 0 {
            at = begin + 2;
            continue;
        }
        let end = begin + 2 + close + 1;
        let Some((name, last_saved)) = inner(&text[begin + 2..end - 1]) else {
            return Err(Fault::Malformed);
        };
        if most.is_some_and(|most| found.len() >= most) {
            return Err(Fault::TooMany);
        }
        found.push(Reference { name, last_saved, span: begin..end });
        at = end;
    }
    Ok(found)
}

/// The one reference that the whole text is.
pub(crate) fn whole(text: &str) -> Option<Reference<'_>> {
    let body = text.strip_prefix("${")?.strip_suffix('}')?;
    if body.contains('}') {
        return None;
    }
    inner(body).map(|(name, last_saved)| Reference { name, last_saved, span: 0..text.len() })
}

/// Whether the text begins its references with a well-formed one.
pub(crate) fn has(text: &str) -> bool {
    if !is_candidate(text) {
        return false;
    }
    let mut at = 0;
    while let Some(offset) = text[at..].find("${") {
        let begin = at + offset;
        match text[begin + 2..].find('}') {
            None => return false,
            Some(0) => at = begin + 2,
            Some(close) => return inner(&text[begin + 2..begin + 2 + close]).is_some(),
        }
    }
    false
}

/// Whether the text refers to the last saved record.
pub(crate) fn has_last_saved(text: &str) -> bool {
    text.contains(LAST_SAVED)
        && all(text, None).is_ok_and(|all| all.iter().any(|reference| reference.last_saved))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_and_what_is_none_is_said() {
        let found = all("${a} + ${last-saved#b}", None).expect("well formed");
        assert_eq!(found.len(), 2);
        assert!(found[1].last_saved && found[1].name == "b");
        assert_eq!(all("${a", None), Err(Fault::Malformed));
        assert_eq!(all("${a b}", None), Err(Fault::Malformed));
        assert_eq!(all("${a} ${b}", Some(1)), Err(Fault::TooMany));
        assert!(all("$ {a}", None).expect("none").is_empty());
        assert!(all("a ${} b", None).expect("none").is_empty());
    }

    #[test]
    fn a_whole_reference_is_nothing_else() {
        assert_eq!(whole("${a}").map(|found| found.name), Some("a"));
        assert!(whole("${a} ").is_none() && whole("${a}${b}").is_none());
    }
}
