//! What a converter makes of a workbook, ours or the peer.

use serde_json::{Value, json};

/// What became of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An XForm.
    Converted {
        /// The XForm.
        xform: String,
        /// `itemsets.csv`, if there is one.
        itemsets: Option<String>,
    },
    /// None.
    Refused {
        /// `PyXFormError`, the name of what the peer crashed with, or the code of our problem.
        kind: String,
        /// In words.
        why: String,
    },
}

/// What a converter says to a workbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What became of it.
    pub outcome: Outcome,
    /// What its author should know.
    pub warnings: Vec<String>,
    /// How long repeated conversions took, in microseconds; empty when nobody asked.
    pub micros: Vec<f64>,
}

/// What the peer says when it means to refuse.
const MEANT: &str = "PyXFormError";

impl Answer {
    /// Whether the peer broke instead of refusing.
    #[must_use]
    pub fn is_crash(&self) -> bool {
        matches!(&self.outcome, Outcome::Refused { kind, .. } if kind != MEANT)
    }

    /// The middle one of the durations.
    #[must_use]
    pub fn median_micros(&self) -> Option<f64> {
        let mut micros = self.micros.clone();
        micros.sort_by(f64::total_cmp);
        micros.get(micros.len() / 2).copied()
    }

    /// From a line of the driver.
    #[must_use]
    pub fn read(line: &Value) -> Self {
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        let outcome = match text("xform") {
            Some(xform) => Outcome::Converted { xform, itemsets: text("itemsets") },
            None => Outcome::Refused {
                kind: text("error_type").unwrap_or_default(),
                why: text("error").unwrap_or_default(),
            },
        };
        let list = |name: &str| line[name].as_array().cloned().unwrap_or_default();
        let warnings =
            list("warnings").iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
        let micros = list("micros").iter().filter_map(Value::as_f64).collect();
        Self { outcome, warnings, micros }
    }

    /// As a line of the driver would say it.
    #[must_use]
    pub fn written(&self) -> Value {
        match &self.outcome {
            Outcome::Converted { xform, itemsets } => {
                json!({"xform": xform, "itemsets": itemsets, "warnings": self.warnings})
            }
            Outcome::Refused { kind, why } => {
                json!({"error_type": kind, "error": why, "warnings": self.warnings})
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for line in [
            json!({"xform": "<a/>", "itemsets": null, "warnings": ["w"]}),
            json!({"error_type": "KeyError", "error": "x", "warnings": []}),
        ] {
            assert_eq!(Answer::read(&line).written(), line);
        }
    }

    #[test]
    fn a_crash_is_not_a_refusal_that_was_meant() {
        let said = |kind: &str| Answer::read(&json!({"error_type": kind, "error": "x"}));
        assert!(said("KeyError").is_crash());
        assert!(!said("PyXFormError").is_crash());
        assert!(!Answer::read(&json!({"xform": "<a/>"})).is_crash());
    }

    #[test]
    fn the_middle_duration_is_told() {
        let answer = Answer::read(&json!({"xform": "<a/>", "micros": [9.0, 1.0, 2.0]}));
        assert_eq!(answer.median_micros(), Some(2.0));
    }
}
