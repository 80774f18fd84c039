//! How long a conversion takes, library beside library, bytes already in memory.

use std::path::Path;

use anyhow::{Context, Result};

use crate::cases::OnDisk;
use crate::corpus;
use crate::ours;
use crate::peer::Peer;

/// How long both took for one form, in microseconds: the middle one of several times.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// The form.
    pub id: String,
    /// We.
    pub ours: f64,
    /// pyxform.
    pub peers: f64,
}

impl Pace {
    /// How many times as fast we are.
    #[must_use]
    pub fn times(&self) -> f64 {
        self.peers / self.ours
    }
}

/// The pace over the real workbooks that both convert.
///
/// # Errors
/// When they or the peer are not there.
pub fn over_corpus(root: &Path, times: usize) -> Result<Vec<Pace>> {
    let peer = Peer::ready(&root.join("target/conformance"))?;
    paces(&corpus::workbooks(root)?, &peer, times)
}

/// The pace over these.
///
/// # Errors
/// When the peer cannot be run.
pub fn paces(cases: &[OnDisk], peer: &Peer, times: usize) -> Result<Vec<Pace>> {
    let peers = peer.answers(cases, times.max(1))?;
    let mut paces = Vec::new();
    for (case, peers) in cases.iter().zip(peers) {
        // Ours is asked more often, since it ends sooner; the middle one is told.
        let ours = ours::answer(case, times.max(1) * 5)?;
        if let (Some(ours), Some(peers)) = (ours.median_micros(), peers.median_micros()) {
            paces.push(Pace { id: case.id.clone(), ours, peers });
        }
    }
    Ok(paces)
}

/// What is said of them.
///
/// # Errors
/// When no form was converted by both.
pub fn said(paces: &[Pace]) -> Result<String> {
    let mut times: Vec<f64> = paces.iter().map(Pace::times).collect();
    times.sort_by(f64::total_cmp);
    let (least, most) = (times.first(), times.last());
    let (least, most) = (least.context("no form was converted by both")?, most.unwrap_or(&0.0));
    let middle = times[times.len() / 2];
    let mut text = String::new();
    for pace in paces {
        text += &format!(
            "{:>10.2} ms {:>10.2} ms {:>7.0} x  {}\n",
            pace.ours / 1000.0,
            pace.peers / 1000.0,
            pace.times(),
            pace.id
        );
    }
    let forms = paces.len();
    text += &format!(
        "{forms} forms: as fast as pyxform times {middle:.0} in the middle, {least:.0} at least, {most:.0} at most\n"
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_pace_is_told_with_both_ends() {
        let pace = |ours, peers| Pace { id: "a".into(), ours, peers };
        let said = said(&[pace(1.0, 10.0), pace(1.0, 30.0), pace(2.0, 40.0)]).unwrap();
        assert!(said.ends_with("times 20 in the middle, 10 at least, 30 at most\n"), "{said}");
        assert!(super::said(&[]).is_err());
    }
}
