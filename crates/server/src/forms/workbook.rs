//! Workbooks of forms: what is wrong with one, how it reads, what it changes, and publishing it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use domain::command::Envelope;
use domain::forms::PublishForm;
use domain::ids::{CommandId, FormId, LedgerId, PurposeId};
use domain::places::LedgerHead;
use domain::rules::{Rules, Sheet as _, SubjectKind};
use domain::{Code, Command, Refusal, Role};
use packfile::XForm;
use xlsform::schema::{Node, Texts};

use super::lists::{is_here, kind_of};
use super::unread;
use crate::authority::may_address;
use crate::commands::answered;
use crate::layers::UPLOAD_BYTES_MAX;
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::Asked;
use crate::sessions::Signed;
use crate::wire::commands::CommandAnswer;
use crate::wire::forms::{
    FormChange, FormMediaKept, OutlineRow, PublishQuery, PublishedAs, WorkbookProblem,
    WorkbookQuery, WorkbookReport,
};
use crate::wire::{Problem, Words};
use crate::{App, bodies};

/// Those who fill a form unless its publisher says who.
const FILLERS: &[&str] =
    &[Role::GRID_WORKER, Role::VOLUNTEER, Role::CLINICIAN, Role::COMMUNITY_LEAD, Role::COORDINATOR];
/// The longest name of a file, in characters.
const NAME_CHARS_MAX: usize = 40;

/// Says what is wrong with a workbook, and how the form reads. Nothing is kept.
#[utoipa::path(
    post, path = "/api/forms/check", operation_id = "check_form", tag = "forms", params(WorkbookQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The bytes of the workbook."),
    responses((status = 200, body = WorkbookReport), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn check_form(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<WorkbookQuery>,
    body: Body,
) -> Answer<Json<WorkbookReport>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    publisher(&app, &signed, &head)?;
    let bytes = bodies::read(&app, body, UPLOAD_BYTES_MAX).await?;
    let rules = lookup.rules(&ledger).await?;
    Ok(Json(match converted(&query.name, bytes).await? {
        Ok(form) => sound(&rules, &form),
        Err(problems) => WorkbookReport {
            ok: false,
            problems: problems.0.iter().map(|it| problem(it, "error")).collect(),
            outline: Vec::new(),
            xform: None,
            form_id: None,
            version: None,
            diff: None,
            suggested: None,
        },
    }))
}

/// Publishes a workbook as a new version of its form, here and below.
#[utoipa::path(
    post, path = "/api/forms/publish", operation_id = "publish_form", tag = "forms", params(PublishQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The bytes of the workbook."),
    responses((status = 200, body = CommandAnswer), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn publish_form(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<PublishQuery>,
    body: Body,
) -> Answer<Json<CommandAnswer>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    publisher(&app, &signed, &head)?;
    let command = CommandId::new(query.command.as_str()).map_err(|error| {
        Refused::new(DoorCode::BadQuery).with("field", "command").with("why", error.to_string())
    })?;
    let bytes = bodies::read(&app, body, UPLOAD_BYTES_MAX).await?;
    let form = converted(&query.name, bytes.clone()).await?.map_err(|problems| {
        let why = problems.0.first().map(ToString::to_string).unwrap_or_default();
        Refused::new(DoorCode::NotAForm).with("why", why)
    })?;
    let publish = command_of(&query, &form)?;
    let (hash, _) = app.reading.lay_out(&stem(&query.name), &bytes).await?;
    let tried = publish.draft;
    let form = publish.form.clone();
    let publish = Command::from(PublishForm { hash, ..publish });
    check_addressed(&app, &signed, (&ledger, &head), &publish)?;
    let (id, occurred_at) = (command.clone(), app.now());
    let envelope = Envelope { id, ledger, command: publish, device: None, occurred_at };
    let given = app.reading.submit(&signed.actor, vec![envelope]).await?.into_iter().next();
    let given = given.ok_or_else(|| Refused::internal(&"a command was left without an answer"))?;
    if given.outcome.is_ok() && !tried {
        // What came before it was known; what fails here is done by the program a little later.
        let read = unread::read_again(&app, Some(&form)).await;
        drop(read.inspect_err(|refused| tracing::warn!(code = refused.code(), "still unread")));
    }
    Ok(Json(answered(command.to_string(), given)))
}

pub(super) fn check_addressed(
    app: &App,
    signed: &Signed,
    (ledger, head): (&LedgerId, &LedgerHead),
    command: &Command,
) -> Answer<()> {
    let may = may_address(&signed.actor, ledger, &head.path, &signed.paths, command, app.now());
    if may { Ok(()) } else { Err(DoorCode::NotFound.into()) }
}

/// That somebody may publish here: others do not put anything on the shelf.
pub(super) fn publisher(app: &App, signed: &Signed, head: &LedgerHead) -> Answer<()> {
    const MAY: &[&str] = &[Role::COORDINATOR, Role::OPERATOR];
    if signed.actor.holds(MAY, &head.path, app.now()) {
        return Ok(());
    }
    Err(Refusal::new(Code::NotAllowed).with("roles", MAY.join(", ")).into())
}

/// The command as far as the query and the workbook say it.
fn command_of(query: &PublishQuery, form: &XForm) -> Answer<PublishForm> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let missing = |field: &str| Refusal::new(Code::Missing).with("field", field);
    let bad =
        |field: &str, why: &str| Refusal::new(Code::BadValue).with("field", field).with("why", why);
    let subject = match given(&query.subject).as_deref() {
        None | Some("place") => SubjectKind::Place,
        Some("household") => SubjectKind::Household,
        Some("person") => SubjectKind::Person,
        Some(_) => return Err(bad("subject", "place / household / person").into()),
    };
    let purpose = given(&query.purpose).ok_or_else(|| missing("purpose"))?;
    let purpose = PurposeId::new(purpose).map_err(|error| bad("purpose", &error.to_string()))?;
    let id = FormId::new(form.form_id()).map_err(|error| bad("form_id", &error.to_string()))?;
    let filled_by = match given(&query.filled_by) {
        None => FILLERS.iter().map(|role| (*role).to_owned()).collect(),
        Some(roles) => roles.split(',').map(|role| role.trim().to_owned()).collect(),
    };
    Ok(PublishForm {
        form: id,
        version: form.version().to_owned(),
        hash: String::new(),
        name: form.title(),
        subject,
        filled_by,
        purpose,
        draft: query.draft.unwrap_or(false),
        media: media_of(query)?,
    })
}

/// Files that come with the form, as the query names them: `NAME:HASH` between commas.
fn media_of(query: &PublishQuery) -> Answer<BTreeMap<String, String>> {
    let parts = query.media.as_deref().unwrap_or_default().split(',');
    let mut media = BTreeMap::new();
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let named = part.rsplit_once(':').map(|(name, hash)| (name.to_owned(), hash.to_owned()));
        let why = || Refusal::new(Code::BadValue).with("field", "media").with("why", "NAME:HASH");
        media.extend([named.ok_or_else(why)?]);
    }
    Ok(media)
}

/// Keeps a file that is to come with a form: an image, a list of choices. Publishing the form
/// names it by its hash.
#[utoipa::path(
    post, path = "/api/forms/media", operation_id = "put_form_media", tag = "forms", params(WorkbookQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The bytes of the file."),
    responses((status = 200, body = FormMediaKept), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn put_form_media(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<WorkbookQuery>,
    body: Body,
) -> Answer<Json<FormMediaKept>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    publisher(&app, &signed, &head)?;
    let bytes = bodies::read(&app, body, UPLOAD_BYTES_MAX).await?;
    let kept = app.reading.keep_bytes(&ledger, kind_of(&query.name), &bytes).await?;
    Ok(Json(FormMediaKept { name: query.name, hash: kept.hash, bytes: kept.bytes }))
}

/// The id of a form whose workbook gives none: `local.` and the name of its file.
fn stem(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = name.chars().take(NAME_CHARS_MAX).map(plain).collect();
    format!("local.{}", if name.is_empty() { "form" } else { &name })
}

/// A workbook as a form. Reading one takes a while: away from those who answer others.
async fn converted(
    name: &str,
    bytes: axum::body::Bytes,
) -> Answer<Result<XForm, xlsform::Problems>> {
    let name = stem(name);
    let converting = tokio::task::spawn_blocking(move || packfile::sheet(&name, &bytes));
    converting.await.map_err(|error| Refused::internal(&error))
}

fn problem(problem: &xlsform::Problem, severity: &str) -> WorkbookProblem {
    WorkbookProblem {
        code: problem.code.to_owned(),
        sheet: problem.at.sheet.clone(),
        row: problem.at.row,
        column: problem.at.column.clone(),
        severity: severity.to_owned(),
        zh: problem.zh.clone(),
        en: problem.en.clone(),
    }
}

/// What there is to say of a workbook that is a form.
fn sound(rules: &Rules, form: &XForm) -> WorkbookReport {
    let converted = form.converted();
    let mut problems: Vec<WorkbookProblem> =
        converted.warnings.iter().map(|it| problem(it, "warning")).collect();
    problems.extend(converted.schema.nodes.iter().filter_map(|node| unbound(rules, node)));
    let files = form.files().iter().filter(|file| !is_here(rules, form, file));
    problems.extend(files.map(|file| WorkbookProblem {
        code: "file_needed".to_owned(),
        sheet: None,
        row: None,
        column: None,
        severity: "warning".to_owned(),
        zh: format!("表单需要文件“{file}”，发布之后在“在这里发布的表单”里补上。"),
        en: format!("The form needs the file \"{file}\"; add it under \"Published here\" once it is published."),
    }));
    let id = FormId::new(form.form_id());
    if let Err(error) = &id {
        let (zh, en) =
            (format!("form_id 不合要求：{error}。"), format!("The form_id does not fit: {error}."));
        problems.insert(0, of_settings("form_id_not_an_id", "form_id", zh, en));
    } else if let Ok(id) = &id
        && rules.form(id).is_some()
    {
        let (zh, en) = (
            format!("预案包里已有表单“{id}”，请换一个 form_id。"),
            format!("A pack has the form \"{id}\" already; choose another form_id."),
        );
        problems.insert(0, of_settings("form_of_a_pack", "form_id", zh, en));
    } else if let Ok(id) = &id
        && rules.published_form(id, form.version()).is_some_and(|it| !it.published.draft)
    {
        let words = Refusal::new(Code::VersionTaken).with("form", id.as_str());
        let words = words.with("version", form.version()).words();
        problems.insert(0, of_settings("version_taken", "version", words.zh, words.en));
    }
    let before = id.ok().and_then(|id| rules.latest_form(&id));
    let before = before.and_then(|form| form.sheet.as_any().downcast_ref::<XForm>());
    WorkbookReport {
        ok: problems.iter().all(|problem| problem.severity != "error"),
        problems,
        outline: outline(form),
        xform: Some(form.xform().to_owned()),
        form_id: Some(form.form_id().to_owned()),
        version: Some(form.version().to_owned()),
        diff: before.map(|before| changes(before, form)),
        suggested: suggested(rules, form),
    }
}

/// What the workbook's settings say of how it is to be published, as far as it is known here.
fn suggested(rules: &Rules, form: &XForm) -> Option<PublishedAs> {
    let settings = &form.converted().schema.settings;
    let said = |name: &str| {
        let found = settings.iter().find(|(heading, _)| heading.trim() == name);
        found.map(|(_, text)| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let known = ["person", "household", "place"];
    let subject = said("subject").filter(|subject| known.contains(&subject.as_str()));
    let filled_by = said("filled_by").map(|roles| {
        roles.split([',', ' ']).filter(|role| !role.is_empty()).map(str::to_owned).collect()
    });
    let held = |purpose: &String| {
        rules.packs.iter().any(|pack| pack.purposes.keys().any(|id| id.as_str() == purpose))
    };
    let suggested = PublishedAs { subject, filled_by, purpose: said("purpose").filter(held) };
    (suggested != PublishedAs::default()).then_some(suggested)
}

fn of_settings(code: &str, column: &str, zh: String, en: String) -> WorkbookProblem {
    WorkbookProblem {
        code: code.to_owned(),
        sheet: Some("settings".to_owned()),
        row: Some(2),
        column: Some(column.to_owned()),
        severity: "error".to_owned(),
        zh,
        en,
    }
}

/// That a question names an element that no dictionary here has.
fn unbound(rules: &Rules, node: &Node) -> Option<WorkbookProblem> {
    let (heading, named) = node.columns.iter().find(|(heading, _)| heading.trim() == "element")?;
    let id = domain::ids::ElementId::new(named.trim()).ok();
    if id.is_some_and(|id| rules.element(&id).is_some()) {
        return None;
    }
    Some(WorkbookProblem {
        code: "element_unknown".to_owned(),
        sheet: Some("survey".to_owned()),
        row: node.row,
        column: Some(heading.clone()),
        severity: "warning".to_owned(),
        zh: format!("数据字典里没有“{named}”；这一题的回答只留在填报原件里。"),
        en: format!("No dictionary has \"{named}\"; answers to this stay in the record alone."),
    })
}

/// A text in both languages, as far as the form has them.
pub(super) fn words(texts: &Texts) -> Words {
    let of = |codes: &[&str]| {
        let named = texts.iter().find(|(language, _)| {
            let language = language.to_lowercase();
            codes.iter().any(|code| language.contains(code))
        });
        named.or(texts.first()).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    Words::new(of(&["zh", "chinese", "中文"]), of(&["en", "english"]))
}

fn outline(form: &XForm) -> Vec<OutlineRow> {
    let lines = xlsform::explain(&form.converted().schema).lines.into_iter();
    let rows = lines.map(|line| OutlineRow {
        depth: line.depth,
        kind: line.kind,
        name: line.name,
        label: words(&line.label),
        path: line.path,
        relevant: line.relevant,
        required: line.required,
        calculation: line.calculate,
    });
    rows.collect()
}

/// What becomes of the answers of the version before.
fn changes(before: &XForm, after: &XForm) -> Vec<FormChange> {
    let differences = xlsform::diff(&before.converted().schema, &after.converted().schema);
    let told = differences.into_iter().map(|it| FormChange {
        path: it.path,
        what: it.change.name().to_owned(),
        zh: it.zh,
        en: it.en,
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_without_an_id_is_called_after_its_file() {
        assert_eq!(stem("C:\\forms\\Door check 2.xlsx"), "local.Door_check_2");
        assert_eq!(stem("入户.xlsx"), "local.__");
        assert_eq!(stem(""), "local.form");
        assert!(FormId::new(stem(&"x".repeat(500))).is_ok());
    }
}
