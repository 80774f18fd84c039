//! What the program does by itself: it looks every few seconds whether something is due.

use std::sync::Arc;
use std::time::Duration;

use crate::App;

/// Looks at what is due until the door closes. One look that fails does not stop the next.
pub(crate) async fn run(app: Arc<App>) {
    let seconds = app.options.wake_seconds;
    if seconds == 0 {
        return;
    }
    let mut closing = app.closing.subscribe();
    let mut ticks = tokio::time::interval(Duration::from_secs(seconds));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = closing.wait_for(|closing| *closing) => return,
            _ = ticks.tick() => {}
        }
        match app.reading.do_what_is_due().await {
            Ok(0) => {}
            Ok(done) => tracing::info!(done, "did what was due"),
            Err(refused) => tracing::warn!(code = refused.code(), "what is due could not be done"),
        }
    }
}
