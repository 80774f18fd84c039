//! What the program does by itself: it looks every few seconds whether something is due.

use std::sync::Arc;
use std::time::Duration;

use crate::App;
use crate::problems::Answer;

/// How much time passes, by the store's clock, between two looks at values whose retention may
/// be over, and at records whose form may have become known.
const BETWEEN_LOOKS: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

/// Looks at what is due until the door closes. One look that fails does not stop the next.
pub(crate) async fn run(app: Arc<App>) {
    let seconds = app.options.wake_seconds;
    if seconds == 0 {
        return;
    }
    let mut closing = app.closing.subscribe();
    let mut ticks = tokio::time::interval(Duration::from_secs(seconds));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut looked: Option<jiff::Timestamp> = None;
    loop {
        tokio::select! {
            _ = closing.wait_for(|closing| *closing) => return,
            _ = ticks.tick() => {}
        }
        told("did what was due", app.reading.do_what_is_due().await);
        // Views follow all the time: that they did is no news.
        told("followed", app.reading.follow().await.map(|_| 0));
        let now = app.now();
        if looked.is_none_or(|looked| now.duration_since(looked) >= BETWEEN_LOOKS) {
            looked = Some(now);
            told("destroyed values", app.reading.destroy_what_is_over().await);
            told("read records", crate::forms::unread::read_again(&app, None).await);
        }
    }
}

fn told(what: &str, done: Answer<usize>) {
    match done {
        Ok(0) => {}
        Ok(done) => tracing::info!(done, what, "by itself"),
        Err(refused) => tracing::warn!(code = refused.code(), what, "could not be done"),
    }
}
