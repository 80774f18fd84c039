//! Tokens of an expression, as pyxform sees them: enough to tell whether a default is worked out,
//! and where `instance(…)` expressions stand in a label. The full grammar is in [`crate::xpath`].

use std::ops::Range;

use super::name;

/// The kinds that anybody asks for; everything else is [`Kind::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Arithmetic,
    Union,
    CloseParen,
    Slash,
    Literal,
    White,
    Reference,
    Call,
    PredicateStart,
    PredicateEnd,
    Other,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Range<usize>,
}

fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

/// The length of a pattern of digits (`0`) and other characters at the front of a text.
fn pattern(text: &str, shape: &str) -> Option<usize> {
    let fits = text.len() >= shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, want)| match want {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        });
    fits.then_some(shape.len())
}

fn date(text: &str) -> Option<usize> {
    let minus = usize::from(text.starts_with('-'));
    pattern(&text[minus..], "0000-00-00").map(|len| minus + len)
}

fn time(text: &str) -> Option<usize> {
    let mut len = pattern(text, "00:00:00")?;
    if let Some(rest) = text[len..].strip_prefix('.') {
        let white = rest.len() - rest.trim_start().len();
        len += if white > 0 { 1 + white } else { 0 };
    }
    let rest = &text[len..];
    if rest.starts_with('Z') {
        len += 1;
    } else if rest.starts_with(['+', '-']) {
        len += pattern(&rest[1..], "00:00").map_or(0, |zone| 1 + zone);
    }
    Some(len)
}

fn number(text: &str) -> Option<usize> {
    let minus = usize::from(text.starts_with('-'));
    let rest = &text[minus..];
    let whole = digits(rest);
    if rest[whole..].starts_with('.') {
        let behind = digits(&rest[whole + 1..]);
        if whole > 0 || behind > 0 {
            return Some(minus + whole + 1 + behind);
        }
        return None;
    }
    (whole > 0).then_some(minus + whole)
}

fn first_of(text: &str, words: &[&str]) -> Option<usize> {
    words.iter().find(|word| text.starts_with(**word)).map(|word| word.len())
}

fn literal(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].find(quote).map(|end| end + 2)
}

fn reference(text: &str) -> Option<usize> {
    let body = text.strip_prefix("${")?;
    let body = body.strip_prefix("last-saved#").unwrap_or(body);
    let len = name::plain_len(body);
    (len > 0 && body[len..].starts_with('}')).then(|| text.len() - body.len() + len + 1)
}

fn white(text: &str) -> Option<usize> {
    let len = text.len() - text.trim_start().len();
    (len > 0).then_some(len)
}

/// A name and what follows it: a call, a predicate, or nothing of note.
fn word(text: &str) -> Option<(Kind, usize)> {
    let len = name::len(text);
    if len == 0 {
        return None;
    }
    // A name with a prefix may also end at the colon, when only then a bracket follows: `a:b` never
    // does, so the longest name decides.
    match text.as_bytes().get(len) {
        Some(b'(') => Some((Kind::Call, len + 1)),
        Some(b'[') => Some((Kind::PredicateStart, len + 1)),
        _ => {
            let plain = name::plain_len(text);
            let scheme = text[plain..].starts_with("://");
            Some((Kind::Other, if scheme { plain + 3 } else { len }))
        }
    }
}

fn one(text: &str) -> (Kind, usize) {
    let dated = date(text).map(|len| match text[len..].strip_prefix('T').and_then(time) {
        Some(more) => len + 1 + more,
        None => len,
    });
    if let Some(len) = dated.or_else(|| time(text)).or_else(|| number(text)) {
        return (Kind::Other, len);
    }
    if let Some(len) = first_of(text, &["*", "+", "-", " mod ", " div "]) {
        return (Kind::Arithmetic, len);
    }
    if let Some(len) = first_of(text, &["=", "!=", "<", ">", " and ", " or "]) {
        return (Kind::Other, len);
    }
    let single = match text.as_bytes()[0] {
        b'|' => Some(Kind::Union),
        b')' => Some(Kind::CloseParen),
        b'(' | b'[' | b'{' | b'}' | b',' => Some(Kind::Other),
        b'/' => Some(Kind::Slash),
        _ => None,
    };
    if let Some(kind) = single {
        return (kind, 1);
    }
    if let Some(len) = first_of(text, &["..", "."]) {
        return (Kind::Other, len);
    }
    if let Some(len) = literal(text) {
        return (Kind::Literal, len);
    }
    if let Some(len) = white(text) {
        return (Kind::White, len);
    }
    if let Some(len) = reference(text) {
        return (Kind::Reference, len);
    }
    if let Some(found) = word(text) {
        return found;
    }
    if text.starts_with(']') {
        return (Kind::PredicateEnd, 1);
    }
    (Kind::Other, text.chars().next().map_or(1, char::len_utf8))
}

/// The tokens of a text; every byte belongs to one.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (kind, len) = one(&text[at..]);
        found.push(Token { kind, span: at..at + len });
        at += len;
    }
    found
}

/// Whether a default is worked out when the form opens, and not a value as it stands.
pub(crate) fn is_dynamic(default: &str, kind: &str) -> bool {
    let hyphens = matches!(kind, "date" | "dateTime" | "geopoint" | "geotrace" | "geoshape");
    let mut at = 0;
    while at < default.len() {
        let (kind, len) = one(&default[at..]);
        if hyphens && kind == Kind::Arithmetic && &default[at..at + len] == "-" {
            return false;
        }
        if matches!(kind, Kind::Arithmetic | Kind::Union | Kind::Reference | Kind::Call) {
            return true;
        }
        at += len;
    }
    false
}

/// Where `instance(…)` expressions stand in a text.
pub(crate) fn instance_expressions(text: &str) -> Vec<Range<usize>> {
    if text.len() <= 9 || !text.contains("instance(") {
        return Vec::new();
    }
    let mut inside = false;
    let mut path = false;
    let mut predicate = false;
    let mut last: Option<Token> = None;
    let mut bounds = Vec::new();
    for token in tokens(text) {
        let mut emit = false;
        let before = last.as_ref().map(|last| last.kind);
        if !inside && token.kind == Kind::Call && &text[token.span.clone()] == "instance(" {
            inside = true;
            emit = true;
            bounds.push(token.span.start);
        } else if inside {
            let opened = last.as_ref().is_some_and(|last| {
                last.kind == Kind::Call && &text[last.span.clone()] == "instance("
            });
            if (token.kind == Kind::Literal && opened)
                || (before == Some(Kind::Literal) && token.kind == Kind::CloseParen)
            {
                emit = true;
            } else if token.kind == Kind::Slash
                && matches!(before, Some(Kind::CloseParen | Kind::PredicateEnd))
            {
                emit = true;
                path = true;
            } else if path {
                match token.kind {
                    Kind::White => path = false,
                    Kind::PredicateStart => {
                        emit = true;
                        path = false;
                        predicate = true;
                    }
                    _ => emit = true,
                }
            } else if predicate {
                emit = true;
                predicate = token.kind != Kind::PredicateEnd;
            }
        }
        if emit {
            last = Some(token);
        } else if inside {
            inside = false;
            bounds.extend(last.as_ref().map(|last| last.span.end));
        }
    }
    bounds.extend(last.map(|last| last.span.end));
    bounds.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_told_apart() {
        for (default, kind, dynamic) in [
            ("a", "text", false),
            ("2020-01-01", "date", false),
            ("today()", "date", true),
            ("1 + 1", "integer", true),
            ("-5", "integer", false),
            ("a-b", "text", false),
            ("a - b", "text", true),
            ("${q}", "text", true),
            ("if(a, b)", "text", true),
            ("http://example.org/a", "text", false),
            ("10 div 2", "integer", true),
            ("34.5 -0.1 0 0", "geopoint", false),
            ("50 - 4", "date", false),
            ("note(s)", "text", true),
        ] {
            assert_eq!(is_dynamic(default, kind), dynamic, "{default}");
        }
    }

    #[test]
    fn instance_expressions_are_found_in_labels() {
        let label = "Is instance('l')/root/item[name = ${q}]/label right?";
        let found = instance_expressions(label);
        assert_eq!(found.len(), 1);
        assert_eq!(&label[found[0].clone()], "instance('l')/root/item[name = ${q}]/label");
    }
}
