//! The stream of changes: each fact that the signed-in person may know of, as it lands.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use domain::cases::Case;
use domain::{Kind, Recorded};
use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::error::RecvError;

use crate::App;
use crate::authority::{Sight, View, belongs, sight, sight_of_case};
use crate::lookup::Lookup;
use crate::problems::{Answer, DoorCode};
use crate::reading::Landed;
use crate::sessions::Signed;
use crate::wire::commands::Change;
use crate::wire::{Problem, ThingRef};

/// How often the stream says that it is alive.
const ALIVE_SECONDS: u64 = 20;
/// How many streams may be open.
const STREAMS_MAX: i64 = 2000;

/// An open stream; counted while it lasts.
struct Stream_ {
    app: Arc<App>,
    signed: Signed,
    landed: Landed,
    alive: tokio::time::Interval,
}

impl Drop for Stream_ {
    fn drop(&mut self) {
        self.app.metrics.stream(-1);
    }
}

/// The stream of changes: `fact` for each fact in a ledger that one may see, `alive` every 20
/// seconds, `lost` when some could not be sent and all should be read anew.
#[utoipa::path(
    get, path = "/api/changes", operation_id = "changes", tag = "commands",
    responses((status = 200, body = Change, content_type = "text/event-stream"), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn changes(
    State(app): State<Arc<App>>,
    signed: Signed,
) -> Answer<impl IntoResponse> {
    if app.metrics.streams() >= STREAMS_MAX {
        return Err(DoorCode::Busy.into());
    }
    app.metrics.stream(1);
    let landed = app.reading.landed();
    let alive = tokio::time::interval(Duration::from_secs(ALIVE_SECONDS));
    let open = Stream_ { app: Arc::clone(&app), signed, landed, alive };
    Ok(Sse::new(events(open)))
}

fn events(open: Stream_) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(open, |mut open| async move {
        let mut closing = open.app.closing.subscribe();
        loop {
            if *closing.borrow() {
                return None;
            }
            let event = tokio::select! {
                _ = closing.changed() => return None,
                _ = open.alive.tick() => Event::default().event("alive").data("{}"),
                landed = open.landed.recv() => match landed {
                    Ok(recorded) => match told(&open.app, &open.signed, &recorded).await {
                        Some(change) => Event::default().event("fact").json_data(change).ok()?,
                        None => continue,
                    },
                    Err(RecvError::Lagged(_)) => Event::default().event("lost").data("{}"),
                    Err(RecvError::Closed) => return None,
                },
            };
            return Some((Ok(event), open));
        }
    })
}

/// What somebody is told of a fact: nothing, unless they may see what it is about.
async fn told(app: &App, signed: &Signed, recorded: &Recorded) -> Option<Change> {
    let now = app.now();
    let mut lookup = Lookup::new(app);
    let head = lookup.head(&recorded.ledger).await.ok()??;
    let subject = recorded.fact.subject();
    let whole = sight(&signed.actor, View::Changes, &head.path, now) == Sight::Whole;
    let seen = match subject.kind {
        _ if whole => true,
        Kind::Case => {
            let case: Case = app.reading.get(&recorded.ledger, &subject.id).await.ok()??;
            let home = lookup.home(signed).await.ok()?;
            sight_of_case(&signed.actor, &recorded.ledger, &case, home.as_ref(), now)
                != Sight::Nothing
        }
        Kind::Person => signed.actor.person.as_ref().is_some_and(|(ledger, person)| {
            *ledger == recorded.ledger && person.as_str() == &*subject.id
        }),
        Kind::Ledger | Kind::Packs | Kind::Modes | Kind::Forms | Kind::Place => {
            belongs(&signed.actor, &head.path, &signed.paths, now)
        }
        Kind::Account => subject.id.as_ref() == signed.actor.account.as_str(),
        Kind::Household | Kind::Submission | Kind::Pool | Kind::Entity => {
            signed.paths.iter().any(|path| {
                path.starts_with(&head.path)
                    && sight(&signed.actor, View::Changes, path, now) == Sight::Whole
            })
        }
    };
    seen.then(|| Change {
        ledger: recorded.ledger.to_string(),
        seq: recorded.seq,
        kind: recorded.fact.name().to_owned(),
        subject: ThingRef { kind: subject.kind.name().to_owned(), id: subject.id.into() },
    })
}
