//! Counts of what the door does, as Prometheus text. No label ever holds an id of a person.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

/// Upper bounds of latencies, in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Upper bounds of batch sizes.
const SIZES: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];

#[derive(Debug, Clone)]
struct Histogram {
    bounds: &'static [f64],
    counts: Vec<u64>,
    sum: f64,
    count: u64,
}

impl Histogram {
    fn new(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len()], sum: 0.0, count: 0 }
    }

    fn observe(&mut self, value: f64) {
        if let Some(at) = self.bounds.iter().position(|bound| value <= *bound) {
            self.counts[at] += 1;
        }
        self.sum += value;
        self.count += 1;
    }

    fn write(&self, text: &mut String, name: &str, labels: &str) {
        let comma = if labels.is_empty() { "" } else { "," };
        let mut total = 0;
        for (bound, count) in self.bounds.iter().zip(&self.counts) {
            total += count;
            let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {total}");
        }
        let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {}", self.count);
        let braces = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(text, "{name}_sum{braces} {}", self.sum);
        let _ = writeln!(text, "{name}_count{braces} {}", self.count);
    }
}

/// What has been counted of one route.
#[derive(Debug)]
struct Route {
    requests: BTreeMap<(&'static str, u16), u64>,
    latencies: Histogram,
}

/// What has been counted since the start.
#[derive(Debug)]
pub(crate) struct Metrics {
    routes: Mutex<BTreeMap<String, Route>>,
    commands: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    batches: Mutex<Histogram>,
    vault_reads: AtomicU64,
    streams: AtomicI64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            routes: Mutex::default(),
            commands: Mutex::default(),
            batches: Mutex::new(Histogram::new(SIZES)),
            vault_reads: AtomicU64::new(0),
            streams: AtomicI64::new(0),
        }
    }
}

/// The name of a method; methods that nobody asked for are one.
fn name_of(method: &Method) -> &'static str {
    const NAMES: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];
    NAMES.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Metrics {
    /// Notes a request by the pattern of its route, never by its path.
    pub(crate) fn request(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let mut routes = locked(&self.routes);
        if !routes.contains_key(route) {
            let none = Route { requests: BTreeMap::new(), latencies: Histogram::new(SECONDS) };
            routes.insert(route.to_owned(), none);
        }
        if let Some(counted) = routes.get_mut(route) {
            *counted.requests.entry((name_of(method), status)).or_default() += 1;
            counted.latencies.observe(took.as_secs_f64());
        }
    }

    /// Notes what became of a command.
    pub(crate) fn command(&self, kind: &'static str, outcome: &'static str) {
        *locked(&self.commands).entry((kind, outcome)).or_default() += 1;
    }

    /// Notes the size of a batch.
    pub(crate) fn batch(&self, commands: usize) {
        #[expect(clippy::cast_precision_loss, reason = "at most 500")]
        locked(&self.batches).observe(commands as f64);
    }

    /// Notes a read of personal values.
    pub(crate) fn vault_read(&self) {
        self.vault_reads.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a stream of changes was opened (1) or closed (−1).
    pub(crate) fn stream(&self, change: i64) {
        self.streams.fetch_add(change, Ordering::Relaxed);
    }

    /// How many streams of changes are open.
    pub(crate) fn streams(&self) -> i64 {
        self.streams.load(Ordering::Relaxed)
    }

    /// Everything as Prometheus text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let head = |text: &mut String, name: &str, kind: &str, about: &str| {
            let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} {kind}");
        };
        head(&mut text, "linli_requests_total", "counter", "Requests by route and status.");
        let routes = locked(&self.routes);
        for (route, counted) in &*routes {
            for ((method, status), count) in &counted.requests {
                let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
                let _ = writeln!(text, "linli_requests_total{{{labels}}} {count}");
            }
        }
        head(&mut text, "linli_request_seconds", "histogram", "Time to an answer by route.");
        for (route, Route { latencies, .. }) in &*routes {
            latencies.write(&mut text, "linli_request_seconds", &format!("route=\"{route}\""));
        }
        drop(routes);
        head(&mut text, "linli_commands_total", "counter", "Commands by kind and outcome.");
        for ((kind, outcome), count) in &*locked(&self.commands) {
            let labels = format!("kind=\"{kind}\",outcome=\"{outcome}\"");
            let _ = writeln!(text, "linli_commands_total{{{labels}}} {count}");
        }
        head(&mut text, "linli_batch_commands", "histogram", "Commands in a batch.");
        locked(&self.batches).write(&mut text, "linli_batch_commands", "");
        head(&mut text, "linli_vault_reads_total", "counter", "Reads of personal values.");
        let reads = self.vault_reads.load(Ordering::Relaxed);
        let _ = writeln!(text, "linli_vault_reads_total {reads}");
        head(&mut text, "linli_change_streams", "gauge", "Open streams of changes.");
        let _ = writeln!(text, "linli_change_streams {}", self.streams());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told() {
        let metrics = Metrics::default();
        metrics.request(&Method::GET, "/api/day", 200, Duration::from_millis(3));
        metrics.command("open_case", "done");
        metrics.batch(3);
        metrics.stream(1);
        let text = metrics.text();
        for line in [
            "linli_requests_total{method=\"GET\",route=\"/api/day\",status=\"200\"} 1",
            "linli_request_seconds_bucket{route=\"/api/day\",le=\"0.005\"} 1",
            "linli_commands_total{kind=\"open_case\",outcome=\"done\"} 1",
            "linli_batch_commands_bucket{le=\"5\"} 1",
            "linli_change_streams 1",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}
