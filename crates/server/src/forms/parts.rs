//! The parts of a submission: its record, and files that go straight to the attachments.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest as _, Request};
use domain::forms::RECORD_BYTES_MAX;
use domain::ids::LedgerId;
use futures_util::stream;
use store::{ATTACHMENT_BYTES_MAX, Attachment};
use tokio_util::io::StreamReader;

use crate::App;
use crate::bodies::too_large;
use crate::problems::{Answer, DoorCode, Refused};

/// The longest body of a submission, in bytes: a record and the largest attachment.
pub(crate) const SUBMISSION_BYTES_MAX: usize = 34 * 1024 * 1024;
/// The longest time that a submission may take to arrive: photographs over a poor network.
pub(crate) const SUBMISSION_SECONDS: u64 = 600;
/// The part that holds the record.
const RECORD_PART: &str = "xml_submission_file";
/// The most files in one request.
const FILES_MAX: usize = 200;
/// The longest name of a file, in characters.
const NAME_CHARS_MAX: usize = 200;

/// A file that was put with the attachments.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) kept: Attachment,
}

/// The parts of a submission.
pub(crate) struct Parts {
    /// The record, as it came.
    pub(crate) record: Bytes,
    /// Its files.
    pub(crate) files: Vec<File>,
}

/// Reads the parts of a submission. `keeps` says, once the record is there, whether files of it
/// are kept at all.
pub(crate) async fn read(
    app: &App,
    ledger: &LedgerId,
    request: Request,
    keeps: impl Fn(&[u8]) -> bool,
) -> Answer<Parts> {
    let wrong =
        |_| Refused::new(DoorCode::WrongContentType).with("expected", "multipart/form-data");
    let mut parts = Multipart::from_request(request, &()).await.map_err(wrong)?;
    let (mut record, mut files): (Option<Bytes>, Vec<File>) = (None, Vec::new());
    while let Some(field) = next(app, &mut parts).await? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == RECORD_PART {
            record = Some(small(app, field, RECORD_BYTES_MAX).await?);
            continue;
        }
        let called = field.file_name().map(plain);
        let kept = record.as_deref().is_none_or(&keeps);
        match called {
            Some(called) if kept => {
                if files.len() >= FILES_MAX {
                    let refusal = domain::Refusal::new(domain::Code::TooMany);
                    return Err(refusal.with("what", "files").with("most", "200").into());
                }
                let called = if called.is_empty() { plain(&name) } else { called };
                let kept = keep(app, ledger, field).await?;
                files.push(File { name: called, kept });
            }
            _ => drop(small(app, field, SUBMISSION_BYTES_MAX).await?),
        }
    }
    let missing = || domain::Refusal::new(domain::Code::Missing).with("field", RECORD_PART);
    Ok(Parts { record: record.ok_or_else(missing)?, files })
}

/// A name of a file without the folders before it and without what nobody types.
fn plain(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars()
        .filter(|c| !c.is_control())
        .take(NAME_CHARS_MAX)
        .collect::<String>()
        .trim()
        .to_owned()
}

async fn in_time<T>(app: &App, what: impl Future<Output = T>) -> Answer<T> {
    let wait = Duration::from_secs(app.options.body_seconds);
    let slow = || Refused::new(DoorCode::BodyTooSlow).with("most", wait.as_secs().to_string());
    tokio::time::timeout(wait, what).await.map_err(|_| slow())
}

fn broken(error: &MultipartError) -> Refused {
    tracing::debug!(%error, "a submission ended early");
    match error.status().as_u16() {
        413 => too_large(SUBMISSION_BYTES_MAX),
        _ => DoorCode::BodyBroken.into(),
    }
}

async fn next<'p>(app: &App, parts: &'p mut Multipart) -> Answer<Option<Field<'p>>> {
    in_time(app, parts.next_field()).await?.map_err(|error| broken(&error))
}

/// A part that is small.
async fn small(app: &App, mut field: Field<'_>, most: usize) -> Answer<Bytes> {
    let mut bytes = Vec::new();
    while let Some(piece) = in_time(app, field.chunk()).await?.map_err(|error| broken(&error))? {
        if bytes.len() + piece.len() > most {
            return Err(too_large(most));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.into())
}

/// Puts a file with the attachments of a ledger, piece by piece.
async fn keep(app: &App, ledger: &LedgerId, field: Field<'_>) -> Answer<Attachment> {
    let media = field.content_type().unwrap_or("application/octet-stream");
    let media: String = media.chars().filter(char::is_ascii_graphic).take(100).collect();
    let over = AtomicBool::new(false);
    let pieces = stream::unfold(field, |mut field| async {
        let piece = match in_time(app, field.chunk()).await {
            Ok(Ok(piece)) => Ok(piece?),
            Ok(Err(error)) => {
                over.store(error.status() == 413, Ordering::Relaxed);
                Err(io::Error::other(error))
            }
            Err(refused) => Err(io::Error::other(refused.code().to_owned())),
        };
        Some((piece, field))
    });
    let mut reader = StreamReader::new(Box::pin(pieces));
    let kept = app.reading.keep_attachment(ledger, &media, ATTACHMENT_BYTES_MAX, &mut reader).await;
    kept.map_err(|refused| match over.load(Ordering::Relaxed) {
        true => too_large(SUBMISSION_BYTES_MAX),
        false => refused,
    })
}
