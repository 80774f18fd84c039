//! What each heading of a table asks for, in the words of a dictionary: proposals with reasons,
//! which a person confirms once.

mod alike;
mod codes;
mod dictionary;
mod remember;
mod samples;
mod score;
mod why;
mod words;

use std::collections::HashMap;

pub use alike::{Alike, Difference, alike};
pub use dictionary::{About, Code, Dictionary, Element, Kind};
pub use remember::Remembered;
pub use why::Why;

use score::Known;

/// From here on a proposal is shown as what the column means.
pub const PROPOSED_FROM: f64 = 0.6;
/// From here on nobody has to look twice.
pub const SURE_FROM: f64 = 0.85;
/// Proposals below this are not worth showing.
const SHOWN_FROM: f64 = 0.35;
/// Two proposals that are closer than this are not told apart.
const CLOSE: f64 = 0.03;
/// So many other proposals are shown.
const OTHERS_MAX: usize = 4;

/// A heading of a table, with what can be seen of its column or row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Its words, from the outermost heading to its own.
    pub path: Vec<String>,
    /// Some of the values that stand there already.
    pub samples: Vec<String>,
    /// The values that may stand there, where the sheet lists them.
    pub codes: Vec<String>,
}

/// What a heading means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// An element of the dictionary, by its id.
    Element(String),
    /// Numbers that count the rows.
    Serial,
    /// A sum of what stands beside it or above.
    Total,
    /// Room for remarks.
    Remark,
    /// Room for a signature or a seal.
    Signature,
    /// Nothing that is known.
    Unknown,
}

/// What may be meant, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// What.
    pub meaning: Meaning,
    /// How sure it is: 1 is said by a person.
    pub confidence: f64,
    /// Why, the weightiest reason first.
    pub reasons: Vec<Why>,
    /// The sheet's codes with those of the element.
    pub codes: Vec<(String, String)>,
}

/// Where a meaning comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A person confirmed it for this heading.
    Confirmed,
    /// A person confirmed it for a heading of the same words, which has moved.
    Moved,
    /// Proposed, and sure.
    Proposed,
    /// Proposed; somebody should look.
    Unsure,
    /// Nothing is proposed.
    Unknown,
}

/// What a heading is taken to mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Where the meaning comes from.
    pub standing: Standing,
    /// The meaning.
    pub chosen: Proposal,
    /// What else it may be, the likeliest first.
    pub others: Vec<Proposal>,
}

/// What the headings of a table are taken to mean.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapped {
    /// By heading, in the order in which they were asked.
    pub headings: Vec<Mapping>,
    /// What was confirmed for headings that are there no more.
    pub gone: Vec<Remembered>,
}

/// Says what the headings of a table mean.
///
/// `about` is what its rows are about, where that is known; `memory` what people confirmed for
/// this table before, in any of its versions.
#[must_use]
pub fn map(
    asked: &[Asked],
    about: Option<About>,
    dictionary: &Dictionary,
    memory: &[Remembered],
) -> Mapped {
    let known: Vec<Known<'_>> = dictionary.elements.iter().map(Known::new).collect();
    let recalled = remember::recall(asked, memory);
    let mut proposals: Vec<Vec<Proposal>> = asked
        .iter()
        .zip(&recalled.headings)
        .map(|(heading, recall)| match recall {
            remember::Recall::New { may_be } => propose(heading, about, &known, may_be),
            _ => Vec::new(),
        })
        .collect();
    let mut taken = taken_by_memory(asked, &recalled);
    let mut chosen: Vec<Option<Mapping>> = vec![None; asked.len()];
    for (at, recall) in recalled.headings.iter().enumerate() {
        chosen[at] = confirmed(&asked[at], recall, dictionary);
    }
    // The surest heading chooses first, and two headings of one group never mean the same.
    while let Some(at) = surest(&proposals, &chosen) {
        let group = group(&asked[at].path);
        let list = std::mem::take(&mut proposals[at]);
        chosen[at] = Some(choose(list, &group, at, asked, &mut taken));
    }
    let headings = chosen.into_iter().map(|mapping| mapping.unwrap_or_else(nothing)).collect();
    Mapped { headings, gone: recalled.gone }
}

/// By group of headings and meaning, which heading has it.
type Taken = HashMap<(String, String), usize>;

/// The headings above one, as a group.
fn group(path: &[String]) -> String {
    let above = &path[..path.len().saturating_sub(1)];
    above.iter().map(|part| words::folded(part)).collect::<Vec<_>>().join("/")
}

fn taken_by_memory(asked: &[Asked], recalled: &remember::Recalled) -> Taken {
    let mut taken = Taken::new();
    for (at, recall) in recalled.headings.iter().enumerate() {
        if let remember::Recall::Same(kept) | remember::Recall::Moved(kept) = recall
            && let Meaning::Element(id) = &kept.meaning
        {
            taken.insert((group(&asked[at].path), id.clone()), at);
        }
    }
    taken
}

/// The mapping of a heading that somebody confirmed.
fn confirmed(asked: &Asked, recall: &remember::Recall, dictionary: &Dictionary) -> Option<Mapping> {
    let (standing, kept, why) = match recall {
        remember::Recall::Same(kept) => (Standing::Confirmed, kept, Why::Confirmed),
        remember::Recall::Moved(kept) => {
            (Standing::Moved, kept, Why::ConfirmedElsewhere(kept.path.join(" / ")))
        }
        remember::Recall::New { .. } => return None,
    };
    let mut translated = kept.codes.clone();
    if let Meaning::Element(id) = &kept.meaning
        && let Some(element) = dictionary.elements.iter().find(|element| element.id == *id)
    {
        let said = |code: &String| translated.iter().any(|(sheet, _)| sheet == code);
        let new: Vec<String> = codes::asked(asked).into_iter().filter(|code| !said(code)).collect();
        translated.extend(codes::translate(&new, element));
    }
    let confidence = if standing == Standing::Confirmed { 1.0 } else { 0.95 };
    let meaning = kept.meaning.clone();
    let chosen = Proposal { meaning, confidence, reasons: vec![why], codes: translated };
    Some(Mapping { standing, chosen, others: Vec::new() })
}

/// What a heading may mean, the likeliest first.
fn propose(
    asked: &Asked,
    about: Option<About>,
    known: &[Known<'_>],
    may_be: &[(Remembered, f64)],
) -> Vec<Proposal> {
    let heading = score::Heading::new(asked);
    let mut found: Vec<Proposal> =
        known.iter().filter_map(|known| known.compare(&heading, about)).collect();
    for (before, likeness) in may_be {
        let why = Why::CalledBefore(before.path.join(" / "));
        let same = found.iter_mut().find(|proposal| proposal.meaning == before.meaning);
        let confidence = 0.6 + 0.2 * likeness;
        match same {
            Some(proposal) => {
                proposal.confidence = proposal.confidence.max(confidence);
                proposal.reasons.push(why);
            }
            None => found.push(Proposal {
                meaning: before.meaning.clone(),
                confidence,
                reasons: vec![why],
                codes: before.codes.clone(),
            }),
        }
    }
    found.extend(score::plain(&heading));
    found.retain(|proposal| proposal.confidence >= SHOWN_FROM);
    found.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
    found
}

/// The heading whose first proposal is the surest of those without a mapping.
fn surest(proposals: &[Vec<Proposal>], chosen: &[Option<Mapping>]) -> Option<usize> {
    let open = proposals.iter().enumerate().filter(|(at, _)| chosen[*at].is_none());
    let first = open.filter_map(|(at, list)| Some((at, list.first()?.confidence)));
    first.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0))).map(|it| it.0)
}

/// Chooses among proposals what no other heading of the group has.
fn choose(
    list: Vec<Proposal>,
    group: &str,
    at: usize,
    asked: &[Asked],
    taken: &mut Taken,
) -> Mapping {
    let (mut free, mut had) = (Vec::new(), Vec::new());
    for mut proposal in list {
        if let Meaning::Element(id) = &proposal.meaning
            && let Some(other) = taken.get(&(group.to_owned(), id.clone()))
        {
            proposal.reasons.insert(0, Why::TakenBy(asked[*other].path.join(" / ")));
            proposal.confidence *= 0.5;
            had.push(proposal);
        } else {
            free.push(proposal);
        }
    }
    let doubtful = free.len() > 1 && free[0].confidence - free[1].confidence < CLOSE;
    let proposed = free.first().is_some_and(|first| first.confidence >= PROPOSED_FROM);
    let first = proposed.then(|| free.remove(0));
    let mut others: Vec<Proposal> = free.into_iter().chain(had).collect();
    others.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
    others.truncate(OTHERS_MAX);
    let Some(mut chosen) = first else { return Mapping { others, ..nothing() } };
    if doubtful && let Some(other) = others.first() {
        chosen.reasons.push(Why::Close(name_of(&other.meaning)));
    }
    if let Meaning::Element(id) = &chosen.meaning {
        taken.insert((group.to_owned(), id.clone()), at);
    }
    let sure = chosen.confidence >= SURE_FROM && !doubtful;
    let standing = if sure { Standing::Proposed } else { Standing::Unsure };
    Mapping { standing, chosen, others }
}

/// A meaning by a word.
fn name_of(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Element(id) => id.clone(),
        Meaning::Serial => "serial".to_owned(),
        Meaning::Total => "total".to_owned(),
        Meaning::Remark => "remark".to_owned(),
        Meaning::Signature => "signature".to_owned(),
        Meaning::Unknown => "unknown".to_owned(),
    }
}

/// A heading of which nothing is known.
fn nothing() -> Mapping {
    let chosen = Proposal {
        meaning: Meaning::Unknown,
        confidence: 0.0,
        reasons: vec![Why::Nothing],
        codes: Vec::new(),
    };
    Mapping { standing: Standing::Unknown, chosen, others: Vec::new() }
}
