//! Reads a batch of commands leniently: one that cannot be read is refused by itself.

use domain::command::Envelope;
use domain::{Command, ids};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::problems::{DoorCode, Refused};
use crate::strict_json::Strict;

/// The longest body of a batch, in bytes.
pub(crate) const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most commands in a batch.
pub(crate) const COMMANDS_MAX: usize = 500;
/// How deeply a command may be nested.
pub(crate) const DEPTH_MAX: usize = 32;
/// How far ahead of the server a request may say that it was made.
const AHEAD_HOURS_MAX: i64 = 24;
/// How long before its arrival a request may say that it was made.
const BEHIND_DAYS_MAX: i64 = 366;

/// A command as it came: read, or refused with the id under which to answer.
pub(crate) type Read = Result<Box<Envelope>, (String, Refused)>;

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    commands: Vec<&'a RawValue>,
}

/// Reads a batch.
///
/// # Errors
/// Only when the batch as a whole cannot be read, or holds too many commands.
pub fn read_batch(body: &[u8], now: Timestamp) -> Result<Vec<Read>, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| DoorCode::NotUtf8)?;
    let batch: Batch<'_> = serde_json::from_str(text)
        .map_err(|error| Refused::new(DoorCode::BadJson).with("why", error.to_string()))?;
    if batch.commands.len() > COMMANDS_MAX {
        return Err(Refused::new(DoorCode::TooManyCommands).with("most", COMMANDS_MAX.to_string()));
    }
    let commands = batch.commands.iter().enumerate();
    Ok(commands.map(|(index, raw)| read_one(index, raw.get(), now)).collect())
}

fn read_one(index: usize, text: &str, now: Timestamp) -> Read {
    let index = (index + 1).to_string();
    let bad = |id: &str, field: &str, why: String| {
        let refused = Refused::new(DoorCode::BadCommand).with("index", index.as_str());
        Err((id.to_owned(), refused.with("field", field).with("why", why)))
    };
    if deeper_than(text, DEPTH_MAX) {
        let refused = Refused::new(DoorCode::TooDeep).with("index", index.as_str());
        return Err((String::new(), refused.with("most", DEPTH_MAX.to_string())));
    }
    let json: Json = match serde_json::from_str::<Strict>(text) {
        Ok(Strict(json)) => json,
        Err(error) => return bad("", "command", error.to_string()),
    };
    let of = |name: &str| json.get(name).and_then(Json::as_str);
    let id = of("id").filter(|id| ids::CommandId::new(*id).is_ok()).unwrap_or_default().to_owned();
    if id.is_empty() {
        return bad("", "id", ids::NotAnId.to_string());
    }
    if of("ledger").is_none_or(|ledger| ids::LedgerId::new(ledger).is_err()) {
        return bad(&id, "ledger", ids::NotAnId.to_string());
    }
    let kind = of("kind").unwrap_or_default();
    if !Command::ALL.contains(&kind) {
        let kind: String = kind.chars().take(ids::ID_BYTES_MAX).collect();
        let refused = Refused::new(DoorCode::CommandUnknown).with("index", index.as_str());
        return Err((id, refused.with("kind", kind)));
    }
    if of("occurred_at").and_then(|at| at.parse::<Timestamp>().ok()).is_none() {
        return bad(&id, "occurred_at", "2020-01-31T08:00:00Z".to_owned());
    }
    let mut envelope: Envelope = match serde_json::from_value(json) {
        Ok(envelope) => envelope,
        Err(error) => return bad(&id, "body", error.to_string()),
    };
    judge_clock(&mut envelope, now).map_err(|refused| (id, refused))?;
    Ok(Box::new(envelope))
}

/// What was observed is kept whatever the clock said. A call for something is never turned away
/// for a wrong clock: the time of its arrival stands in. Any other request must be plausible.
fn judge_clock(envelope: &mut Envelope, now: Timestamp) -> Result<(), Refused> {
    let age = now.duration_since(envelope.occurred_at);
    let ahead = age < -SignedDuration::from_hours(AHEAD_HOURS_MAX);
    let behind = age > SignedDuration::from_hours(BEHIND_DAYS_MAX * 24);
    if !ahead && !behind {
        return Ok(());
    }
    match envelope.command {
        Command::RecordSubmission(_) | Command::ReceiveRecord(_) => {}
        Command::OpenCase(_) => envelope.occurred_at = now,
        _ => {
            let said = envelope.occurred_at.to_string();
            return Err(Refused::new(DoorCode::ClockWrong).with("said", said));
        }
    }
    Ok(())
}

/// Whether brackets of a JSON text are nested more deeply, without building anything.
fn deeper_than(text: &str, most: usize) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    for byte in text.bytes() {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_text = false,
            (true, _) => {}
            (false, b'"') => in_text = true,
            (false, b'{' | b'[') => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            (false, _) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "2020-02-01T08:00:00Z";

    fn read(body: &str) -> Result<Vec<Read>, Refused> {
        read_batch(body.as_bytes(), NOW.parse().unwrap())
    }

    fn note(id: &str, at: &str) -> String {
        format!(
            r#"{{"id":"{id}","ledger":"l","kind":"record_submission","occurred_at":"{at}",
               "body":{{"submission":"s-{id}","form":"test.visit"}}}}"#
        )
    }

    fn code(read: &Read) -> &str {
        read.as_ref().map_or_else(|(_, refused)| refused.code(), |_| "read")
    }

    #[test]
    fn one_bad_command_does_not_stop_the_others() {
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        let body = format!(
            r#"{{"commands":[{}, {{"id":"b"}}, 7, {deep}, {{"id":"x","ledger":"l","kind":"fly","body":{{}},"occurred_at":"{NOW}"}}]}}"#,
            note("a", NOW)
        );
        let read = read(&body).unwrap();
        let codes: Vec<&str> = read.iter().map(code).collect();
        assert_eq!(codes, ["read", "bad_command", "bad_command", "too_deep", "command_unknown"]);
        assert_eq!(read[1].as_ref().unwrap_err().0, "b");
    }

    #[test]
    fn an_observation_of_1900_or_2100_is_taken_and_another_request_of_then_is_not() {
        for at in ["1900-01-01T00:00:00Z", "2100-01-01T00:00:00Z"] {
            let read = read(&format!(r#"{{"commands":[{}]}}"#, note("a", at))).unwrap();
            assert_eq!(read[0].as_ref().unwrap().occurred_at.to_string(), at);
        }
        let late = r#"{"commands":[{"id":"a","ledger":"l","kind":"rate_case","occurred_at":"2100-01-01T00:00:00Z",
            "body":{"case":"c","solved":true,"satisfied":5}}]}"#;
        assert_eq!(code(&read(late).unwrap()[0]), "clock_wrong");
    }

    #[test]
    fn a_call_for_something_from_a_wrong_clock_counts_from_its_arrival() {
        let call = r#"{"commands":[{"id":"a","ledger":"l","kind":"open_case","occurred_at":"1970-01-01T00:00:00Z",
            "body":{"case":"c","case_kind":"test.repair"}}]}"#;
        let read = read(call).unwrap();
        assert_eq!(read[0].as_ref().unwrap().occurred_at.to_string(), NOW);
    }

    #[test]
    fn what_is_no_batch_is_refused_as_a_whole() {
        assert_eq!(read("{").unwrap_err().code(), "bad_json");
        assert_eq!(read("[]").unwrap_err().code(), "bad_json");
        assert_eq!(read_batch(b"\xff\xfe", NOW.parse().unwrap()).unwrap_err().code(), "not_utf8");
        let many = format!(r#"{{"commands":[{}]}}"#, vec!["1"; 501].join(","));
        assert_eq!(read(&many).unwrap_err().code(), "too_many_commands");
        let deep = format!(r#"{{"commands":[{}]}}"#, "[".repeat(100_000));
        assert_eq!(read(&deep).unwrap_err().code(), "bad_json");
    }

    #[test]
    fn fuzz_command_envelope() {
        let whole = format!(r#"{{"commands":[{},{}]}}"#, note("a", NOW), note("b", NOW));
        let length = whole.len();
        let changes = proptest::collection::vec((0..length, any::<u8>(), 0..3u8), 0..8);
        let noise = proptest::collection::vec(any::<u8>(), 0..200);
        crate::fuzzing::run(&(changes, noise), |(changes, noise)| {
            let now: Timestamp = NOW.parse().unwrap();
            let _ = read_batch(&noise, now);
            let mut bytes = whole.clone().into_bytes();
            for (at, byte, how) in changes {
                let at = at.min(bytes.len().saturating_sub(1));
                match how {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ if bytes.len() > 1 => drop(bytes.remove(at)),
                    _ => {}
                }
            }
            if let Ok(read) = read_batch(&bytes, now) {
                prop_assert!(read.len() <= COMMANDS_MAX);
            }
            Ok(())
        });
    }
}
