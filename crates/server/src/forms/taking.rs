//! A submission taken in, by whichever door it came: the record and its files become commands.

use axum::extract::Request;
use domain::Moment;
use domain::cases::Subject;
use domain::command::Envelope;
use domain::forms::{Flag, Prefilled, ReceiveAttachment, ReceiveRecord, Record, Submission};
use domain::ids::{CaseId, CommandId, DeviceId, LedgerId, PlaceId};
use domain::rules::Rules;
use jiff::Timestamp;

use super::parts::{self, Parts};
use super::record::{self, Head};
use crate::App;
use crate::lookup::Lookup;
use crate::problems::Answer;
use crate::reading::Given;
use crate::sessions::Signed;

/// What is said of a submission beside its record.
#[derive(Default)]
pub(crate) struct Beside {
    pub(crate) subject: Option<Subject>,
    pub(crate) case: Option<CaseId>,
    pub(crate) place: Option<PlaceId>,
    pub(crate) occurred_at: Option<Timestamp>,
    pub(crate) device: Option<DeviceId>,
    pub(crate) prefilled: Prefilled,
}

/// What became of a submission.
pub(crate) enum Taken {
    /// It is kept, or was refused.
    Kept {
        /// The command that received the record.
        command: CommandId,
        /// The answer to it.
        record: Given,
        /// The first answer to a file that is a refusal.
        refused: Option<Given>,
        /// How many of its files are still to come.
        missing: usize,
    },
    /// Its form is only tried out: it was read, and nothing is kept.
    Tried {
        /// What is odd about it.
        flags: Vec<Flag>,
    },
}

/// Takes a submission in.
pub(crate) async fn take(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    request: Request,
    beside: Beside,
) -> Answer<Taken> {
    let app = lookup.app;
    let rules = lookup.rules(ledger).await?;
    let keeps = |record: &[u8]| !is_tried(&rules, &Head::read(&String::from_utf8_lossy(record)));
    let parts = parts::read(app, ledger, request, keeps).await?;
    let text = String::from_utf8_lossy(&parts.record);
    let head = Head::read(&text);
    if is_tried(&rules, &head) {
        let form = rules.published_form(&head.form(), &head.version);
        let moment = Moment { at: app.now(), zone: app.zone() };
        let flags = form.map(|form| form.sheet.read(&text, &moment).flags).unwrap_or_default();
        return Ok(Taken::Tried { flags });
    }
    let place = place(lookup, signed, ledger, (&head, &parts), &beside).await?;
    let beside = Beside { place, ..beside };
    give(app, signed, ledger, &head, parts, beside).await
}

/// Where a form was filled that says neither where nor about whom: at the sender's own place. What
/// is sent again is said to be from where it was before.
async fn place(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    (head, parts): (&Head, &Parts),
    beside: &Beside,
) -> Answer<Option<PlaceId>> {
    if beside.place.is_some() || beside.subject.is_some() || head.subject.is_some() {
        return Ok(beside.place.clone());
    }
    let submission = head.submission(signed.actor.account.as_str(), &parts.record);
    let before: Option<Submission> = lookup.app.reading.get(ledger, submission.as_str()).await?;
    if let Some(before) = before {
        return Ok(Some(before.place));
    }
    let own = signed.place_in(ledger).cloned();
    Ok(own.or(lookup.head(ledger).await?.map(|head| head.place.clone())))
}

/// Whether the form of a record is only tried out.
fn is_tried(rules: &Rules, head: &Head) -> bool {
    rules.published_form(&head.form(), &head.version).is_some_and(|form| form.published.draft)
}

async fn give(
    app: &App,
    signed: &Signed,
    ledger: &LedgerId,
    head: &Head,
    mut parts: Parts,
    beside: Beside,
) -> Answer<Taken> {
    let submission = head.submission(signed.actor.account.as_str(), &parts.record);
    let record = match std::str::from_utf8(&parts.record) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            // Its bytes are kept as they came; what can be read of them is the record.
            let media = "application/octet-stream";
            let kept = app.reading.keep_bytes(ledger, media, &parts.record).await?;
            parts.files.push(parts::File { name: "record.bin".to_owned(), kept });
            String::from_utf8_lossy(&parts.record).into_owned()
        }
    };
    let now = app.now();
    let receive = ReceiveRecord {
        submission: submission.clone(),
        form: head.form(),
        version: head.version.clone(),
        record,
        place: beside.place,
        subject: head.subject.clone().or(beside.subject),
        case: beside.case,
        replaces: head.replaces(),
        entities: head.entities.clone(),
        prefilled: beside.prefilled,
    };
    let command = record::command(&format!("record/{submission}"));
    let mut envelopes = vec![Envelope {
        id: command.clone(),
        ledger: ledger.clone(),
        command: receive.into(),
        device: beside.device.clone(),
        occurred_at: beside.occurred_at.or(head.occurred_at).unwrap_or(now),
    }];
    for parts::File { name, kept } in parts.files {
        let receive = ReceiveAttachment {
            submission: submission.clone(),
            name: name.clone(),
            hash: kept.hash.clone(),
            bytes: kept.bytes,
            media: kept.media,
        };
        envelopes.push(Envelope {
            id: record::command(&format!("file/{submission}/{name}/{}", kept.hash)),
            ledger: ledger.clone(),
            command: receive.into(),
            device: beside.device.clone(),
            occurred_at: now,
        });
    }
    for envelope in &envelopes {
        app.metrics.command(envelope.command.name(), "given");
    }
    let mut answers = app.reading.submit(&signed.actor, envelopes).await?.into_iter();
    let missing = || crate::problems::Refused::internal(&"a record was left without an answer");
    let record = answers.next().ok_or_else(missing)?;
    let refused = answers.find(|given| given.outcome.is_err());
    let state: Option<Submission> = app.reading.get(ledger, submission.as_str()).await?;
    let missing = state.and_then(|state| state.record).map_or(0, |record| still_to_come(&record));
    Ok(Taken::Kept { command, record, refused, missing })
}

/// How many files of a record are not here yet.
fn still_to_come(record: &Record) -> usize {
    let expected = usize::try_from(record.received.files).unwrap_or(usize::MAX);
    expected.saturating_sub(record.attachments.len())
}
