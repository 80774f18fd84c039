//! A submission as whoever reviews it sees it: what was answered, what is odd about which question,
//! the record word for word, and its files.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::forms::{FILE_ELEMENT, RECORD_ELEMENT, Record, Submission};
use domain::ids::LedgerId;
use domain::rules::{Rules, SharedSheet};
use packfile::XForm;
use xlsform::schema::Node;

use super::workbook::words;
use crate::App;
use crate::authority::{Sight, View, sight};
use crate::lookup::Lookup;
use crate::people::values::{self, For};
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::Asked;
use crate::reading::{Opened, Wanted};
use crate::sessions::Signed;
use crate::wire::forms::{FlagView, RecordAnswer, RecordFile, SubmissionPage};
use crate::wire::people::PurposeQuery;
use crate::wire::{Problem, Words};

/// Types of files that a browser shows as what they are; everything else is only saved.
const SHOWN: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "video/mp4",
    "video/webm",
];

/// A submission. Its record and the names of its files are there only with a purpose, and the read
/// is written down.
#[utoipa::path(
    get, path = "/api/submissions/{ledger}/{id}", operation_id = "submission", tag = "forms",
    params(("ledger" = String, Path), ("id" = String, Path), PurposeQuery),
    responses((status = 200, body = SubmissionPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn submission(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((ledger, id)): Path<(String, String)>,
    Asked(asked): Asked<PurposeQuery>,
) -> Answer<Json<SubmissionPage>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, found) = find(&lookup, &signed, &ledger, &id).await?;
    let rules = lookup.rules(&ledger).await?;
    let purpose = asked.purpose.as_deref().filter(|purpose| !purpose.is_empty());
    let opened = match (purpose, &found.record) {
        (Some(purpose), Some(record)) => {
            open(&mut lookup, &signed, &ledger, (&found, record), purpose).await?
        }
        _ => Vec::new(),
    };
    let words = opened.iter().find(|value| value.element == RECORD_ELEMENT);
    let words = words.map(|value| value.value.clone());
    let sheet = sheet_of(&rules, &found);
    let form = sheet.as_ref().and_then(|sheet| sheet.as_any().downcast_ref::<XForm>());
    let answers = match (form, &words) {
        (Some(form), Some(record)) => said(form, record),
        _ => Vec::new(),
    };
    let record = found.record.as_ref();
    let files = record.map(|record| record.attachments.as_slice()).unwrap_or_default();
    let files = files.iter().map(|file| RecordFile {
        hash: file.hash.clone(),
        media: file.media.clone(),
        bytes: file.bytes,
        name: name_of(&opened, &file.hash),
    });
    let by_name = lookup.account_name(&found.by).await?;
    Ok(Json(SubmissionPage {
        id: found.id.to_string(),
        form: found.form.to_string(),
        version: record.map(|record| record.received.version.clone()),
        title: sheet.map(|sheet| (&sheet.title()).into()),
        by_name,
        occurred_at: found.occurred_at.into(),
        recorded_at: found.recorded_at.into(),
        purpose: record.map(|record| record.received.purpose.to_string()),
        ends_at: super::unread::ends_at(&rules, &found).map(Into::into),
        sealed: record.is_some() && words.is_none(),
        flags: found.flags.iter().map(flag).collect(),
        answers,
        record: words,
        files: files.collect(),
        files_expected: record.map_or(0, |record| record.received.files),
        replaces: record.and_then(|it| it.received.replaces.as_ref().map(ToString::to_string)),
        replaced_by: record.and_then(|it| it.replaced_by.as_ref().map(ToString::to_string)),
        confirmed: record.map_or(0, |it| it.received.prefilled.confirmed),
        corrected: record.map_or(0, |it| it.received.prefilled.corrected),
    }))
}

/// A file of a submission, for a purpose; the read is written down.
#[utoipa::path(
    get, path = "/api/submissions/{ledger}/{id}/files/{hash}", operation_id = "submission_file", tag = "forms",
    params(("ledger" = String, Path), ("id" = String, Path), ("hash" = String, Path), PurposeQuery),
    responses((status = 200, description = "The file.", content_type = "application/octet-stream"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn submission_file(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path((ledger, id, hash)): Path<(String, String, String)>,
    Asked(asked): Asked<PurposeQuery>,
) -> Answer<Response> {
    let mut lookup = Lookup::new(&app);
    let (ledger, found) = find(&lookup, &signed, &ledger, &id).await?;
    let record = found.record.as_ref().ok_or(DoorCode::NotFound)?;
    let file = record.attachments.iter().find(|file| file.hash == hash);
    let file = file.ok_or(DoorCode::NotFound)?;
    let purpose = asked.purpose.as_deref().unwrap_or_default();
    let opened = open(&mut lookup, &signed, &ledger, (&found, record), purpose).await?;
    // Whoever may not have its name may not have it; with the name the bytes were destroyed.
    name_of(&opened, &hash).ok_or(DoorCode::NotFound)?;
    let bytes = app.reading.attachment(&ledger, &hash).await?.ok_or(DoorCode::NotFound)?;
    let shown = SHOWN.contains(&file.media.as_str());
    let media = if shown { file.media.as_str() } else { "application/octet-stream" };
    let media = HeaderValue::from_str(media).map_err(|error| Refused::internal(&error))?;
    let how = HeaderValue::from_static(if shown { "inline" } else { "attachment" });
    let head = [(header::CONTENT_TYPE, media), (header::CONTENT_DISPOSITION, how)];
    Ok((head, bytes).into_response())
}

/// A submission, for whoever sees the values of people where it was filled.
async fn find(
    lookup: &Lookup<'_>,
    signed: &Signed,
    ledger: &str,
    id: &str,
) -> Answer<(LedgerId, Submission)> {
    let ledger = LedgerId::new(ledger).map_err(|_| DoorCode::NotFound)?;
    let found: Option<Submission> = lookup.app.reading.get(&ledger, id).await?;
    let found = found.ok_or(DoorCode::NotFound)?;
    if sight(&signed.actor, View::Values, &found.path, lookup.app.now()) != Sight::Whole {
        return Err(DoorCode::NotFound.into());
    }
    Ok((ledger, found))
}

async fn open(
    lookup: &mut Lookup<'_>,
    signed: &Signed,
    ledger: &LedgerId,
    (found, record): (&Submission, &Record),
    purpose: &str,
) -> Answer<Vec<Opened>> {
    let item = Some(found.id.to_string());
    let wanted = [Wanted { person: record.received.owner.clone(), item }];
    let at = (ledger, found.path.as_slice());
    let elements = [RECORD_ELEMENT, FILE_ELEMENT];
    values::open_some(lookup, signed, at, For::Purpose(purpose), &wanted, &elements).await
}

fn name_of(opened: &[Opened], hash: &str) -> Option<String> {
    let named = opened.iter().filter(|value| value.element == FILE_ELEMENT);
    let mut named = named.filter(|value| value.item.ends_with(hash));
    named.next().map(|value| value.value.clone())
}

/// The form that a submission was filled by.
fn sheet_of(rules: &Rules, found: &Submission) -> Option<SharedSheet> {
    let version = &found.record.as_ref()?.received.version;
    if let Some(pack) = rules.pack(&found.pack_hash) {
        return pack.forms.get(&found.form)?.sheet.clone();
    }
    let form = rules.published_form(&found.form, version);
    form.or_else(|| rules.latest_form(&found.form)).map(|form| SharedSheet::clone(&form.sheet))
}

/// What a record says, question by question; about whom it is, is told beside it.
fn said(form: &XForm, record: &str) -> Vec<RecordAnswer> {
    let whom = format!("/{}/{}", form.converted().schema.root, packfile::SUBJECT);
    let answers = form.answers(record).into_iter().filter(|(path, ..)| *path != whom);
    let answers = answers.map(|(path, node, value)| RecordAnswer {
        path,
        label: words(&node.label),
        shown: chosen(form, node, &value),
        value,
    });
    answers.collect()
}

/// How the choices of an answer read.
fn chosen(form: &XForm, node: &Node, value: &str) -> Option<Words> {
    let mut lists = form.converted().schema.lists.iter();
    let (_, all) = lists.find(|(name, _)| Some(name) == node.list.as_ref())?;
    let several = ["multiple", "all"].iter().any(|word| node.question_type.contains(word));
    let names = if several { value.split_whitespace().collect() } else { vec![value] };
    let label = |name: &&str| all.iter().find(|choice| choice.name == **name);
    let labels: Option<Vec<Words>> =
        names.iter().map(|name| label(name).map(|choice| words(&choice.label))).collect();
    let labels = labels.filter(|labels| !labels.is_empty())?;
    let joined =
        |of: fn(&Words) -> &str, by: &str| labels.iter().map(of).collect::<Vec<_>>().join(by);
    Some(Words::new(joined(|it| &it.zh, "、"), joined(|it| &it.en, ", ")))
}

/// What a record says in a few words, for whom it is about: the form's name, and its answers.
pub(crate) fn in_words(rules: &Rules, found: &Submission, record: &str) -> Option<(Words, Words)> {
    let sheet = sheet_of(rules, found)?;
    let form = sheet.as_any().downcast_ref::<XForm>()?;
    let answers = said(form, record);
    let line = |of: fn(&Words) -> &str, colon: &str, by: &str| {
        let one = |it: &RecordAnswer| {
            format!("{}{colon}{}", of(&it.label), it.shown.as_ref().map_or(it.value.as_str(), of))
        };
        answers.iter().map(one).collect::<Vec<_>>().join(by)
    };
    let told = Words::new(line(|it| &it.zh, "：", "；"), line(|it| &it.en, ": ", "; "));
    let pack = rules.form(&found.form).map(|(_, form)| Words::from(&form.name));
    Some((pack.unwrap_or_else(|| (&sheet.title()).into()), told))
}

fn flag(flag: &domain::forms::Flag) -> FlagView {
    let json = serde_json::to_value(flag).unwrap_or_default();
    let text = |name: &str| json.get(name).and_then(|it| it.as_str()).map(str::to_owned);
    let flag = text("flag").unwrap_or_default();
    let words = match (flag.as_str(), text("code")) {
        ("entity_failed", Some(code)) => entity_words(&code),
        _ => flag_words(&flag),
    };
    FlagView { words, path: text("path"), element: text("element"), flag }
}

/// Why something could not be done to an entity.
fn entity_words(code: &str) -> Words {
    let (zh, en) = match code {
        "unknown" => {
            ("要修改的对象或所属住户不在这里", "What it changes, or its household, is not here")
        }
        "exists" => ("要新增的对象已在，没有再次新增", "What it makes is here already"),
        "not_allowed" => (
            "填报人无权在这里登记或更正",
            "Whoever filled it may not register or correct this here",
        ),
        "missing" => ("登记所需的内容不全", "It does not say enough to register this"),
        "fixed" => ("其中有填报不能修改的内容", "Some of it is not changed by records"),
        _ => return flag_words("entity_failed"),
    };
    Words::new(zh, en)
}

/// What a flag says to people.
fn flag_words(flag: &str) -> Words {
    let (zh, en) = match flag {
        "came_late" => ("送达较晚", "It came late"),
        "clock_wrong" => ("设备时间不对", "The device's clock was wrong"),
        "form_unknown" => ("这里没有这张表单", "The form is not known here"),
        "mode_over" => {
            ("表单所属的应急模式没有生效", "The form belongs to a mode that is not in force")
        }
        "subject_unknown" => ("找不到所填的人或住户", "The person or household is not known here"),
        "place_unknown" => ("找不到地点", "The place is not known here"),
        "case_unknown" => {
            ("事项不在，或不需要这张表单", "The case is not known here, or expects no such form")
        }
        "not_theirs" => {
            ("填报人在这里没有填这张表单的角色", "Whoever filled it has no role for this form here")
        }
        "bad_answer" | "bad_answer_at" => ("回答不合要求", "The answer does not fit"),
        "answer_missing" | "answer_missing_at" => {
            ("必答题没有回答", "A required answer is missing")
        }
        "effect_failed" => ("联动没有完成", "An effect could not be carried out"),
        "record_unreadable" => ("填报原件读不懂", "The record cannot be read"),
        "version_unknown" => {
            ("这里没有所填的表单版本", "The version that was filled is not known here")
        }
        "replaces_unknown" => {
            ("要更正的填报不在，或不是本人的", "What it puts right is not here, or not theirs")
        }
        "not_asked_at" => ("回答了不该出现的题", "It answers what was not to be asked"),
        "undecided_at" => ("这里无法判断这条规则", "The rule cannot be worked out here"),
        "entity_conflict" => ("同一实体被同时修改", "The entity was changed meanwhile"),
        "entity_failed" => ("对实体的修改没有完成", "The change of the entity could not be done"),
        _ => ("请看一看", "Please have a look"),
    };
    Words::new(zh, en)
}
