//! Two answers beside each other: are they the same, and where not?

use crate::answer::{Answer, Outcome};
use crate::canonical;

/// Lines beyond which no finer difference is looked for.
const LINES_MAX: usize = 3_000;

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Both converted to the same.
    Equal,
    /// Both converted, not to the same.
    Differs,
    /// Neither converted.
    BothRefuse,
    /// Only the peer converted.
    OursRefuses,
    /// Only we converted, what the peer refuses.
    PeerRefuses,
    /// Only we converted, where the peer crashes.
    PeerCrashes,
}

impl Verdict {
    /// All, in the order of the report.
    pub const ALL: [Self; 6] = [
        Self::Equal,
        Self::BothRefuse,
        Self::Differs,
        Self::OursRefuses,
        Self::PeerRefuses,
        Self::PeerCrashes,
    ];

    /// Its name in the list of deliberate differences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Differs => "differs",
            Self::BothRefuse => "both_refuse",
            Self::OursRefuses => "ours_refuses",
            Self::PeerRefuses => "peer_refuses",
            Self::PeerCrashes => "peer_crashes",
        }
    }

    /// Whether nothing has to be said for it.
    #[must_use]
    pub fn is_agreement(self) -> bool {
        matches!(self, Self::Equal | Self::BothRefuse)
    }
}

/// A comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What it says.
    pub verdict: Verdict,
    /// Where they differ, `-` what the peer has and `+` what we have; or why one refuses.
    pub lines: Vec<String>,
}

impl Comparison {
    /// Its first line without what is of this form only: what differs in the same way is alike.
    #[must_use]
    pub fn sort(&self) -> String {
        let line = self.lines.first().map_or("", String::as_str);
        let mut sort = format!("{} ", self.verdict.name());
        let mut quoted = None;
        let mut before = ' ';
        for c in line.chars() {
            match quoted {
                Some(mark) if c == mark && before != '\\' => {
                    sort.push('…');
                    sort.push(c);
                    quoted = None;
                }
                Some(_) => {}
                None if c.is_ascii_digit() && before.is_ascii_digit() => {}
                None if c.is_ascii_digit() => sort.push('0'),
                None => {
                    sort.push(c);
                    quoted = (c == '"' || c == '\'').then_some(c);
                }
            }
            before = c;
        }
        sort.chars().take(120).collect()
    }
}

/// Compares our answer with the peer's.
#[must_use]
pub fn compare(ours: &Answer, peers: &Answer) -> Comparison {
    let (verdict, lines) = match (&ours.outcome, &peers.outcome) {
        (Outcome::Refused { .. }, Outcome::Refused { .. }) => (Verdict::BothRefuse, Vec::new()),
        (Outcome::Refused { kind, why }, Outcome::Converted { .. }) => {
            (Verdict::OursRefuses, vec![format!("+ {kind}: {why}")])
        }
        (Outcome::Converted { .. }, Outcome::Refused { kind, why }) => {
            let verdict = match peers.is_crash() {
                true => Verdict::PeerCrashes,
                false => Verdict::PeerRefuses,
            };
            (verdict, vec![format!("- {kind}: {why}")])
        }
        (
            Outcome::Converted { xform, itemsets },
            Outcome::Converted { xform: theirs, itemsets: their_itemsets },
        ) => {
            let mut lines = xforms(xform, theirs);
            if itemsets != their_itemsets {
                lines.push(format!("- itemsets.csv {their_itemsets:?}"));
                lines.push(format!("+ itemsets.csv {itemsets:?}"));
            }
            (if lines.is_empty() { Verdict::Equal } else { Verdict::Differs }, lines)
        }
    };
    Comparison { verdict, lines }
}

/// Where two XForms differ.
fn xforms(ours: &str, theirs: &str) -> Vec<String> {
    if ours == theirs {
        return Vec::new();
    }
    match (canonical::read(ours), canonical::read(theirs)) {
        (Ok(ours), Ok(theirs)) if ours == theirs => Vec::new(),
        (Ok(ours), Ok(theirs)) => difference(&theirs.lines(), &ours.lines()),
        // The peer does write what is no XML; then ours has to be the same, letter by letter.
        (Err(_), Err(_)) => vec!["both are no XML, and not the same".to_owned()],
        (Err(error), Ok(_)) => vec![format!("+ no XML: {error:#}")],
        (Ok(_), Err(error)) => vec![format!("- no XML: {error:#}")],
    }
}

/// The lines that are only before (`-`) or only after (`+`).
fn difference(before: &[String], after: &[String]) -> Vec<String> {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (before, after) = (&before[head..], &after[head..]);
    let tail = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
    let (before, after) = (&before[..before.len() - tail], &after[..after.len() - tail]);
    if before.len() > LINES_MAX || after.len() > LINES_MAX {
        let gone = before.iter().map(|line| format!("- {}", line.trim()));
        return gone.chain(after.iter().map(|line| format!("+ {}", line.trim()))).collect();
    }
    // The longest that both have, from the end: `longest[i][j]` for before[i..] and after[j..].
    let width = after.len() + 1;
    let mut longest = vec![0_u32; (before.len() + 1) * width];
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            longest[i * width + j] = match before[i] == after[j] {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < before.len() || j < after.len() {
        let take_before = j == after.len()
            || i < before.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1];
        if i < before.len() && j < after.len() && before[i] == after[j] {
            (i, j) = (i + 1, j + 1);
        } else if take_before {
            lines.push(format!("- {}", before[i].trim()));
            i += 1;
        } else {
            lines.push(format!("+ {}", after[j].trim()));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn made(xform: &str) -> Answer {
        Answer::read(&json!({"xform": xform}))
    }

    fn refused(kind: &str) -> Answer {
        Answer::read(&json!({"error_type": kind, "error": "no"}))
    }

    #[test]
    fn a_verdict_says_who_converted() {
        let verdict = |ours: &Answer, peers: &Answer| compare(ours, peers).verdict;
        let (a, b, meant, crash) =
            (made("<a/>"), made("<b/>"), refused("PyXFormError"), refused("KeyError"));
        assert_eq!(verdict(&a, &made("<a></a>")), Verdict::Equal);
        assert_eq!(verdict(&a, &b), Verdict::Differs);
        assert_eq!(verdict(&meant, &crash), Verdict::BothRefuse);
        assert_eq!(verdict(&meant, &a), Verdict::OursRefuses);
        assert_eq!(verdict(&a, &meant), Verdict::PeerRefuses);
        assert_eq!(verdict(&a, &crash), Verdict::PeerCrashes);
    }

    #[test]
    fn a_difference_shows_only_what_differs() {
        let ours = "<a><x/><b c='1'/><y/><z/></a>";
        let theirs = "<a><x/><b c='2'/><y/></a>";
        let lines = compare(&made(ours), &made(theirs)).lines;
        assert_eq!(lines, ["- <b c=\"2\">", "+ <b c=\"1\">", "+ <z>"]);
    }

    #[test]
    fn what_differs_in_the_same_way_is_alike() {
        let sort = |line: &str| {
            let lines = vec![line.to_owned()];
            Comparison { verdict: Verdict::Differs, lines }.sort()
        };
        assert_eq!(sort("- <bind a=\"x\" b12>"), "differs - <bind a=\"…\" b0>");
        assert_eq!(sort("- <a> \"x \\\"y\\\"\""), sort("- <a> \"z\""));
        assert_ne!(sort("- <a>"), sort("- <b>"));
    }

    #[test]
    fn itemsets_are_compared_too() {
        let with = Answer::read(&json!({"xform": "<a/>", "itemsets": "x"}));
        assert_eq!(compare(&made("<a/>"), &with).verdict, Verdict::Differs);
    }
}
