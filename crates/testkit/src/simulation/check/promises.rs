//! What somebody was told stays true: facts that were acknowledged are there, and whoever asks
//! again hears the same.

use std::collections::BTreeMap;

use crate::simulation::week::{Week, facts};

pub(super) fn nothing_is_lost(week: &Week) -> Result<(), String> {
    for deployment in &week.stores {
        let mut there: BTreeMap<(String, i64), (String, String)> = BTreeMap::new();
        for line in facts(deployment)? {
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            let seq = line["seq"].as_i64().unwrap_or_default();
            there.insert((text("ledger"), seq), (text("fact"), text("command")));
        }
        for ((ledger, id), promise) in &week.book.answers {
            let Ok(done) = &promise.outcome else { continue };
            for (seq, name) in &done.facts {
                let found = there.get(&(ledger.clone(), *seq));
                if found != Some(&(name.clone(), id.clone())) {
                    return Err(format!(
                        "{}: {id} was told {ledger} {seq} {name}; there is {found:?}",
                        deployment.name
                    ));
                }
            }
        }
    }
    Ok(())
}

pub(super) fn no_answer_is_contradicted(week: &Week) -> Result<(), String> {
    let promises: Vec<_> = week.book.answers.values().collect();
    let again: Vec<_> =
        promises.iter().map(|promise| (promise.envelope.clone(), promise.actor.clone())).collect();
    for deployment in &week.stores {
        let answers = deployment.give(&again, || 500).map_err(|error| error.to_string())?;
        for (answer, promise) in answers.iter().zip(&promises) {
            let kept = answer.repeated || nowhere(answer);
            if !kept || answer.outcome != promise.outcome {
                let (id, first) = (&promise.envelope.id, &promise.outcome);
                return Err(format!("{}: {id}: first {first:?}, now {answer:?}", deployment.name));
            }
        }
    }
    Ok(())
}

/// Refused because there is no such ledger, which keeps no answers.
fn nowhere(answer: &store::Answer) -> bool {
    answer.outcome.as_ref().is_err_and(|refusal| refusal.code == domain::Code::LedgerUnknown)
}
