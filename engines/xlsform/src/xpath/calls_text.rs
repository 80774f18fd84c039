//! Functions of texts.

use sha2::{Digest as _, Sha256};

use super::calls::{Arguments, Outcome, boolean, number, text};
use super::eval_error::{EvalError, EvalErrorKind};

pub(super) fn call(arguments: &Arguments<'_>) -> Outcome {
    let two =
        || -> Result<(String, String), EvalError> { Ok((arguments.text(0)?, arguments.text(1)?)) };
    match arguments.name {
        "string" => text(arguments.text_or_own(0)?),
        "concat" => text(joined(arguments, "", 0)?),
        "join" => text(joined(arguments, &arguments.text(0)?, 1)?),
        "contains" => two().and_then(|(all, part)| boolean(all.contains(&part))),
        "starts-with" => two().and_then(|(all, part)| boolean(all.starts_with(&part))),
        "ends-with" => two().and_then(|(all, part)| boolean(all.ends_with(&part))),
        "substring-before" => two()
            .and_then(|(all, part)| text(all.split_once(&part).map_or("", |(before, _)| before))),
        "substring-after" => {
            two().and_then(|(all, part)| text(all.split_once(&part).map_or("", |(_, after)| after)))
        }
        "substr" => substr(arguments),
        "substring" => substring(arguments),
        "string-length" => number(count(arguments.text_or_own(0)?.chars())),
        "normalize-space" => {
            let own = arguments.text_or_own(0)?;
            text(own.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        }
        "translate" => translate(arguments),
        "regex" => regex(arguments),
        "selected" | "is-selected" => {
            let (list, value) = two()?;
            boolean(format!(" {list} ").contains(&format!(" {} ", value.trim())))
        }
        "selected-at" => {
            let list = arguments.text(0)?;
            let index = index(arguments.number(1));
            text(index.and_then(|index| items(&list).nth(index)).unwrap_or_default())
        }
        "count-selected" => number(count(items(&arguments.text(0)?))),
        "boolean-from-string" => {
            let own = arguments.text(0)?;
            boolean(own == "1" || own.eq_ignore_ascii_case("true"))
        }
        "digest" => digest(arguments),
        "base64-encode" => text(base64(arguments.text(0)?.as_bytes())),
        "base64-decode" => {
            let own = arguments.text(0)?;
            match unbase64(&own) {
                Some(bytes) => text(String::from_utf8_lossy(&bytes)),
                None => arguments.fail(EvalErrorKind::BadPattern(own)),
            }
        }
        _ => lookup(arguments),
    }
}

/// What the caller of the evaluation knows and the form does not.
fn lookup(arguments: &Arguments<'_>) -> Outcome {
    let scene = arguments.evaluator.scene;
    match arguments.name {
        "jr:itext" => {
            let id = arguments.text(0)?;
            let lookup = scene.itext;
            found(arguments, lookup.and_then(|lookup| lookup(&id)), "text", id)
        }
        "jr:choice-name" => {
            let (value, path) = (arguments.text(0)?, arguments.text(1)?);
            let lookup = scene.choice_name;
            // A value that is none of the choices has no label, as before an answer is given.
            match lookup {
                Some(lookup) => text(lookup(&value, path.trim()).unwrap_or_default()),
                None => found(arguments, None, "question", path),
            }
        }
        "property" => {
            let name = arguments.text(0)?;
            let lookup = scene.property;
            text(lookup.and_then(|lookup| lookup(&name)).unwrap_or_default())
        }
        "version" => text(scene.version),
        _ => Ok(None),
    }
}

fn found(
    arguments: &Arguments<'_>,
    label: Option<String>,
    what: &'static str,
    name: String,
) -> Outcome {
    match label {
        Some(label) => text(label),
        None => arguments.fail(EvalErrorKind::Missing(what, name)),
    }
}

/// The items of an answer to a question with several choices.
fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(' ').filter(|item| !item.is_empty())
}

#[expect(clippy::cast_precision_loss, reason = "no text has so many letters")]
fn count(things: impl Iterator) -> f64 {
    things.count() as f64
}

/// The whole part of a number, if it can count from zero.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
fn index(number: f64) -> Option<usize> {
    (number > -1.0 && number < 1.0e9).then_some(number.max(0.0) as usize)
}

fn joined(arguments: &Arguments<'_>, separator: &str, from: usize) -> Result<String, EvalError> {
    let scene = arguments.evaluator.scene;
    let mut joined = String::new();
    for (position, value) in arguments.spread(from)?.iter().enumerate() {
        if position > 0 {
            joined.push_str(separator);
        }
        let piece = scene.text(value);
        arguments.charge((separator.len() + piece.len()) / 16 + 1)?;
        joined.push_str(&piece);
    }
    Ok(joined)
}

/// `substr`: from a place counted from zero up to another, both from the end if negative.
fn substr(arguments: &Arguments<'_>) -> Outcome {
    let letters: Vec<char> = arguments.text(0)?.chars().collect();
    #[expect(clippy::cast_precision_loss, reason = "no text has so many letters")]
    let length = letters.len() as f64;
    let place = |number: f64| {
        let number = if number.is_nan() { 0.0 } else { number.trunc() };
        let number = if number < 0.0 { length + number } else { number };
        index(number.clamp(0.0, length)).unwrap_or(0)
    };
    let start = place(arguments.number(1));
    let end = if arguments.len() > 2 { place(arguments.number(2)) } else { letters.len() };
    text(letters.get(start..end).unwrap_or_default().iter().collect::<String>())
}

/// `substring` of XPath 1.0: counted from one, both numbers rounded.
fn substring(arguments: &Arguments<'_>) -> Outcome {
    let start = rounded(arguments.number(1));
    let end =
        if arguments.len() > 2 { start + rounded(arguments.number(2)) } else { f64::INFINITY };
    let mut position = 0.0;
    let mut kept = String::new();
    for letter in arguments.text(0)?.chars() {
        position += 1.0;
        if position >= start && position < end {
            kept.push(letter);
        }
    }
    text(kept)
}

fn rounded(number: f64) -> f64 {
    (number + 0.5).floor()
}

fn translate(arguments: &Arguments<'_>) -> Outcome {
    let from: Vec<char> = arguments.text(1)?.chars().collect();
    let to: Vec<char> = arguments.text(2)?.chars().collect();
    let mut out = String::new();
    for letter in arguments.text(0)?.chars() {
        arguments.charge(from.len() / 16 + 1)?;
        match from.iter().position(|other| *other == letter) {
            None => out.push(letter),
            Some(at) => out.extend(to.get(at)),
        }
    }
    text(out)
}

fn regex(arguments: &Arguments<'_>) -> Outcome {
    let (own, pattern) = (arguments.text(0)?, arguments.text(1)?);
    let mut patterns = arguments.evaluator.patterns.borrow_mut();
    arguments.charge(patterns.cost(&pattern, &own))?;
    match patterns.matches(&pattern, &own) {
        Some(truth) => boolean(truth),
        None => arguments.fail(EvalErrorKind::BadPattern(pattern)),
    }
}

fn digest(arguments: &Arguments<'_>) -> Outcome {
    let algorithm = arguments.text(1)?;
    if algorithm != "SHA-256" {
        return arguments.fail(EvalErrorKind::Unsupported(format!("digest with {algorithm}")));
    }
    let own = arguments.text(0)?;
    arguments.charge(own.len() / 4)?;
    let sum = Sha256::digest(own.as_bytes());
    let encoding = if arguments.len() > 2 { arguments.text(2)? } else { "base64".to_owned() };
    match encoding.to_ascii_lowercase().as_str() {
        "base64" => text(base64(&sum)),
        "hex" => text(sum.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        _ => arguments.fail(EvalErrorKind::Unsupported(format!("digest as {encoding}"))),
    }
}

const SIXTY_FOUR: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for place in 0..4 {
            let six = (bits >> (18 - 6 * place)) & 63;
            let letter = SIXTY_FOUR.get(six as usize).copied().map_or('=', char::from);
            out.push(if place <= three.len() { letter } else { '=' });
        }
    }
    out
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let letters = text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=');
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for letter in letters {
        let six = SIXTY_FOUR.iter().position(|other| *other == letter)?;
        bits = bits << 6 | u32::try_from(six).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 255).ok()?);
        }
    }
    Some(out)
}
