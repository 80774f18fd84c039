//! What the program does by itself: it looks every few seconds whether something is due.

use std::sync::Arc;
use std::time::Duration;

use crate::App;
use crate::problems::Answer;

/// After how many looks values are looked at whose retention may have passed.
const LOOKS_A_DESTRUCTION: u64 = 12;

/// Looks at what is due until the door closes. One look that fails does not stop the next.
pub(crate) async fn run(app: Arc<App>) {
    let seconds = app.options.wake_seconds;
    if seconds == 0 {
        return;
    }
    let mut closing = app.closing.subscribe();
    let mut ticks = tokio::time::interval(Duration::from_secs(seconds));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for look in 0_u64.. {
        tokio::select! {
            _ = closing.wait_for(|closing| *closing) => return,
            _ = ticks.tick() => {}
        }
        told("did what was due", app.reading.do_what_is_due().await);
        // Views follow all the time: that they did is no news.
        told("followed", app.reading.follow().await.map(|_| 0));
        if look % LOOKS_A_DESTRUCTION == 0 {
            told("destroyed values", app.reading.destroy_what_is_over().await);
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
