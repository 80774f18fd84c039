//! The day of the signed-in person: what is due, what is late, what they were told.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::cases::{Case, Subject};
use domain::ids::{FormId, LedgerId};
use domain::people::Person;
use domain::rules::{Rules, Stage};
use domain::{Kind, Role, Thing};

use crate::App;
use crate::authority::{Sight, View, is_own_case, roles_around, sight, sight_of_case};
use crate::cases::rows::case_row;
use crate::cases::whereabouts;
use crate::lookup::Lookup;
use crate::packs::subject_name;
use crate::problems::Answer;
use crate::reading::Listing;
use crate::sessions::Signed;
use crate::wire::cases::{CaseRow, DayView, FormRef, NoticeView, Task, TaskForm, TaskKind};
use crate::wire::{Problem, Words};

/// How many open cases are looked through for a day.
const CASES_MAX: usize = 400;
/// In how many ledgers somebody hears notices.
const LEDGERS_MAX: usize = 64;
/// How many notices are shown.
const NOTICES_MAX: usize = 30;

/// What the signed-in person has to do, the most urgent first.
#[utoipa::path(
    get, path = "/api/day", operation_id = "day", tag = "cases",
    responses((status = 200, body = DayView), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn day(State(app): State<Arc<App>>, signed: Signed) -> Answer<Json<DayView>> {
    let mut lookup = Lookup::new(&app);
    let now = app.now();
    let home = lookup.home(&signed).await?;
    let (mut due, mut late, mut cases) = (Vec::new(), Vec::new(), Vec::new());
    for (ledger, case) in open_cases(&app, &signed).await? {
        let own = is_own_case(&signed.actor, &ledger, &case, home.as_ref());
        let seen = sight_of_case(&signed.actor, &ledger, &case, home.as_ref(), now);
        if seen == Sight::Nothing {
            continue;
        }
        let row = case_row(&mut lookup, &ledger, &case).await?;
        let rules = lookup.rules(&ledger).await?;
        let works = sight(&signed.actor, View::Cases, &case.path, now) == Sight::Whole
            && concerns(&rules, &case, &signed.actor.roles_at(&case.path, now));
        for task in tasks(&signed, &case, &row, (home.as_ref(), works), now) {
            if task.late { late.push(task) } else { due.push(task) }
        }
        if own {
            cases.push(row);
        }
    }
    let urgency = |task: &Task| (task.due_at.is_none(), task.due_at);
    due.sort_by_key(urgency);
    late.sort_by_key(urgency);
    Ok(Json(DayView {
        now: now.into(),
        today: app.today().into(),
        due,
        late,
        forms: forms(&mut lookup, &signed).await?,
        cases,
        notices: notices(&app, &signed, home.as_ref()).await?,
    }))
}

/// Open cases where the person works, and whatever is theirs.
async fn open_cases(app: &App, signed: &Signed) -> Answer<Vec<(LedgerId, Case)>> {
    let open = Stage::ALL.into_iter().filter(|stage| !stage.is_final());
    let listing = Listing {
        under: whereabouts(signed, View::Cases, app.now()),
        status: open.map(|stage| stage.name().to_owned()).collect(),
        newest_first: true,
        limit: CASES_MAX,
        ..Listing::new(Kind::Case)
    };
    let things = app.reading.list(&listing).await?.things;
    let cases = things.into_iter().filter_map(|(ledger, thing, _)| match thing {
        Thing::Case(case) => Some((ledger, *case)),
        _ => None,
    });
    Ok(cases.collect())
}

/// Whether a case is among what people with these roles do: those who lead look after all of
/// them, others after the kinds in which the pack gives their role something to do.
fn concerns(rules: &Rules, case: &Case, roles: &[&str]) -> bool {
    if roles.iter().any(|role| [Role::COMMUNITY_LEAD, Role::COORDINATOR].contains(role)) {
        return true;
    }
    let Some(pack) = rules.pack(&case.pack_hash) else { return true };
    let Some(kind) = pack.kinds.get(&case.kind) else { return true };
    let mut doers = kind.actions.values().flat_map(|action| &action.by);
    doers.any(|doer| roles.contains(&doer.as_str()))
}

/// The form by which a case expects a reading, about whom the case is about.
fn fills(case: &Case, form: &FormId) -> Option<TaskForm> {
    let (subject_kind, subject) = match case.standing.subject.as_ref()? {
        Subject::Person(id) => ("person", id.to_string()),
        Subject::Household(id) => ("household", id.to_string()),
    };
    Some(TaskForm { form: form.to_string(), subject_kind: subject_kind.to_owned(), subject })
}

/// What a case asks of somebody today; `works` says whether it is among what they do here.
fn tasks(
    signed: &Signed,
    case: &Case,
    row: &CaseRow,
    (home, works_here): (Option<&Person>, bool),
    now: jiff::Timestamp,
) -> Vec<Task> {
    let account = &signed.actor.account;
    let has_it = case.assignee.as_ref() == Some(account);
    let task = |kind, due_at: Option<jiff::Timestamp>, zh: &str, en: &str| Task {
        kind,
        ledger: row.ledger.clone(),
        id: row.id.clone(),
        title: Words::new(
            format!("{} · {}", row.kind_name.zh, row.state_name.zh),
            format!("{} · {}", row.kind_name.en, row.state_name.en),
        ),
        summary: row.summary.clone(),
        place_name: row.place_name.clone(),
        due_at: due_at.map(Into::into),
        late: due_at.is_some_and(|due| due < now),
        why: Words::new(zh, en),
        fills: None,
    };
    let due_at = case.standing.due_at;
    let mut tasks = Vec::new();
    if case.care.values().any(|item| item.asked.as_ref() == Some(account)) {
        tasks.push(task(
            TaskKind::Case,
            due_at,
            "有人请您帮忙照护",
            "You were asked to help with care",
        ));
    }
    if let Some(expected) = &case.standing.expects {
        let about_me = home.is_some_and(|me| case.person() == Some(&me.id));
        if about_me || has_it {
            let next_at = Some(expected.next_at);
            let reading = task(TaskKind::Reading, next_at, "到时请填报", "A reading is expected");
            tasks.push(Task { fills: fills(case, &expected.form), ..reading });
        }
        if has_it && case.readings_missed > 0 {
            let call = task(
                TaskKind::Call,
                due_at,
                "没有收到读数，请打电话问候",
                "A reading did not come; please call",
            );
            tasks.push(Task { late: true, ..call });
        }
    }
    let why = match case.stage() {
        Stage::Deferred => None,
        Stage::Claimed if works_here && !case.handlers.contains(account) => {
            Some(("等待核查", "To be verified by somebody else"))
        }
        Stage::Claimed => None,
        _ if has_it => Some(("由您负责", "It is yours")),
        Stage::Reported | Stage::Returned | Stage::Accepted | Stage::Rework
            if works_here && case.assignee.is_none() =>
        {
            Some(("还没有人负责", "Nobody has it yet"))
        }
        _ if works_here && case.is_late(now) => Some(("已超过时限", "Past its deadline")),
        _ => None,
    };
    tasks.extend(why.map(|(zh, en)| task(TaskKind::Case, due_at, zh, en)));
    tasks
}

/// Forms that the person fills now, in every ledger where they have a role.
async fn forms(lookup: &mut Lookup<'_>, signed: &Signed) -> Answer<Vec<FormRef>> {
    let now = lookup.app.now();
    let (mut forms, mut seen) = (Vec::new(), BTreeSet::new());
    for ledger in signed.ledgers() {
        let Some(head) = lookup.head(&ledger).await? else { continue };
        let rules = lookup.rules(&ledger).await?;
        let roles = roles_around(&signed.actor, &head.path, &signed.paths, now);
        for pack in &rules.packs {
            for form in pack.forms.values() {
                let theirs = form.filled_by.iter().any(|role| roles.contains(role.as_str()));
                let fresh = seen.insert((ledger.clone(), form.id.clone()));
                if theirs && rules.form_is_on(&form.id, now) && fresh {
                    forms.push(FormRef {
                        ledger: ledger.to_string(),
                        id: form.id.to_string(),
                        name: (&form.name).into(),
                        about: (&form.about).into(),
                        pack: pack.id.to_string(),
                        subject: subject_name(form.subject).to_owned(),
                    });
                }
            }
        }
    }
    Ok(forms)
}

/// The ledgers whose notices somebody hears: those where they have a role, and those directly
/// below, as a street's are for whoever works in all of its communities.
async fn heard_of(app: &App, signed: &Signed) -> Answer<Vec<LedgerId>> {
    let mut heard = signed.ledgers();
    for ledger in signed.ledgers() {
        let Some(head) = app.reading.head(&ledger).await? else { continue };
        let children = app.reading.children(&head.place, LEDGERS_MAX).await?;
        heard.extend(children.into_iter().filter_map(|(kept_by, _)| kept_by));
    }
    let mut seen = BTreeSet::new();
    heard.retain(|ledger| seen.insert(ledger.clone()));
    heard.truncate(LEDGERS_MAX);
    Ok(heard)
}

/// What the person was told lately.
async fn notices(app: &App, signed: &Signed, home: Option<&Person>) -> Answer<Vec<NoticeView>> {
    let now = app.now();
    let mut notices = Vec::new();
    for ledger in heard_of(app, signed).await? {
        for (recorded, case) in app.reading.notices(&ledger, NOTICES_MAX).await? {
            let domain::Fact::NoticeGiven { to, words, case: about } = &recorded.fact else {
                continue;
            };
            let told = to.iter().any(|name| match (name.as_str(), &case) {
                ("assignee", Some(case)) => case.assignee.as_ref() == Some(&signed.actor.account),
                ("reporter", Some(case)) => case.reporter == signed.actor.account,
                ("subject", Some(case)) => home.is_some_and(|me| case.person() == Some(&me.id)),
                (role, Some(case)) => signed.actor.roles_at(&case.path, now).contains(&role),
                (account, None) => account == signed.actor.account.as_str(),
            });
            if told {
                notices.push(NoticeView {
                    ledger: ledger.to_string(),
                    seq: recorded.seq,
                    at: recorded.recorded_at.into(),
                    case: about.as_ref().map(ToString::to_string),
                    words: words.into(),
                });
            }
        }
    }
    notices.sort_by_key(|notice| std::cmp::Reverse(notice.at));
    notices.truncate(NOTICES_MAX);
    Ok(notices)
}
