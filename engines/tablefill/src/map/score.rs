//! How near a heading is to an element: by its words first, then by what stands below it.

use super::codes;
use super::dictionary::{About, Element, Kind};
use super::words::{self, Pairs, Phrase};
use super::{Asked, Meaning, Proposal, Why, samples};

/// How much a heading of somebody else's particulars is worth.
const ANOTHERS: f64 = 0.45;

/// A heading, made comparable.
pub(crate) struct Heading<'a> {
    asked: &'a Asked,
    leaf: Phrase,
    /// The headings above and its own as one text, from each of them on.
    joined: Vec<(String, Pairs)>,
    /// Whose particulars it asks for, if not those of whom the row is about.
    role: Option<&'static str>,
    /// Its words without those of the role.
    rest: String,
    rest_pairs: Pairs,
    codes: Vec<String>,
}

impl<'a> Heading<'a> {
    pub(crate) fn new(asked: &'a Asked) -> Self {
        let mut phrases: Vec<Phrase> = asked.path.iter().map(|part| words::phrase(part)).collect();
        // A column of a year or a month asks what the heading above asks.
        while phrases.len() > 1 && phrases.last().is_some_and(|it| words::is_period(&it.whole)) {
            phrases.pop();
        }
        let leaf = phrases.last().cloned().unwrap_or_default();
        let from = |at: usize| {
            let parts = phrases[at..].iter().map(|phrase| phrase.whole.as_str());
            let text = words::folded(&parts.collect::<Vec<_>>().join(" "));
            let pairs = Pairs::of(&text);
            (text, pairs)
        };
        let joined = (0..phrases.len().saturating_sub(1)).map(from).collect();
        let (mut role, mut rest) = words::role(&leaf.whole);
        // The nearest heading above says whose a plain word is.
        for above in phrases.iter().rev().skip(1) {
            if role.is_none() {
                role = words::role(&above.whole).0;
                rest = leaf.core.clone();
            }
        }
        let rest_pairs = Pairs::of(&rest);
        Self { asked, leaf, joined, role, rest, rest_pairs, codes: codes::asked(asked) }
    }
}

/// A name of an element, made comparable.
struct Name<'a> {
    written: &'a str,
    phrase: Phrase,
    role: Option<&'static str>,
    rest: String,
    rest_pairs: Pairs,
    synonym: bool,
}

/// An element, made comparable.
pub(crate) struct Known<'a> {
    element: &'a Element,
    names: Vec<Name<'a>>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(element: &'a Element) -> Self {
        let name = |written: &'a String, synonym| {
            let phrase = words::phrase(written);
            let (role, rest) = words::role(&phrase.whole);
            let rest_pairs = Pairs::of(&rest);
            Name { written, phrase, role, rest, rest_pairs, synonym }
        };
        let names = element.names.iter().map(|written| name(written, false));
        let synonyms = element.synonyms.iter().map(|written| name(written, true));
        Self { element, names: names.chain(synonyms).collect() }
    }

    /// How near it is to a heading, if it is at all.
    pub(crate) fn compare(&self, heading: &Heading<'_>, about: Option<About>) -> Option<Proposal> {
        let scored = self.names.iter().map(|name| name.compare(heading));
        let (mut confidence, why) = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
        let mut reasons = vec![why];
        if confidence < 0.2 {
            return None;
        }
        let own = self.names.iter().any(|name| name.role == heading.role);
        if !own {
            confidence *= ANOTHERS;
            reasons.push(Why::OfAnother);
        }
        let element = self.element;
        match samples::fit(&heading.asked.samples, element) {
            Some(share) if share >= 0.8 => {
                // Few values look like these; many look like numbers or codes.
                let telling = matches!(element.kind, Kind::Identity | Kind::Telephone | Kind::Date);
                confidence += if telling { 0.1 } else { 0.04 };
                reasons.push(Why::SamplesFit);
            }
            Some(share) if share <= 0.3 => {
                confidence *= 0.7;
                reasons.push(Why::SamplesDiffer);
            }
            _ => {}
        }
        let codes = codes::translate(&heading.codes, element);
        if !codes.is_empty() && codes.len() * 2 >= heading.codes.len() {
            confidence += 0.08;
            reasons.push(Why::CodesFit);
        }
        let unit = element.unit.as_deref().map(words::folded);
        if unit.is_some_and(|unit| !unit.is_empty() && heading.leaf.bracket == unit) {
            confidence += 0.03;
            reasons.push(Why::UnitFits);
        }
        if let (Some(rows), Some(of)) = (about, element.about)
            && rows != of
            && !matches!((rows, of), (About::Person, About::Household))
        {
            confidence *= 0.95;
        }
        let meaning = Meaning::Element(element.id.clone());
        Some(Proposal { meaning, confidence: confidence.min(0.99), reasons, codes })
    }
}

impl Name<'_> {
    /// How near it is to a heading, and why.
    fn compare(&self, heading: &Heading<'_>) -> (f64, Why) {
        let written = || self.written.to_owned();
        let named = || if self.synonym { Why::Synonym(written()) } else { Why::Named(written()) };
        let (leaf, own) = (&heading.leaf, &self.phrase);
        let less = if self.synonym { 0.01 } else { 0.0 };
        if heading.joined.iter().any(|(text, _)| *text == own.whole) {
            return (0.99 - less, Why::NamedByPath(written()));
        }
        if leaf.whole == own.whole {
            // Below another heading a plain word may mean something narrower.
            let sure = if heading.joined.is_empty() { 0.98 } else { 0.94 };
            return (sure - less, named());
        }
        if leaf.core == own.core || self.is_of_same_role(heading) {
            return (0.95 - less, named());
        }
        let (mut score, mut why) = near((&leaf.core, &leaf.pairs), (&own.core, &own.pairs));
        if heading.role.is_some() && heading.role == self.role {
            // Both are of the same other person: what is asked of that person decides.
            let of_person =
                near((&heading.rest, &heading.rest_pairs), (&self.rest, &self.rest_pairs));
            if of_person.0 > score {
                (score, why) = of_person;
            }
        }
        for (_, pairs) in &heading.joined {
            let likeness = 0.85 * pairs.likeness(&own.whole_pairs);
            if likeness > score {
                (score, why) = (likeness, Why::Like);
            }
        }
        (score, why(written()))
    }

    /// Whether both name the same of the same other person, in other words.
    fn is_of_same_role(&self, heading: &Heading<'_>) -> bool {
        let Some(role) = self.role else { return false };
        let name = |text: &str| matches!(text, "" | "姓名" | "名字" | "name" | "full name");
        heading.role == Some(role)
            && (heading.rest == self.rest || (name(&heading.rest) && name(&self.rest)))
    }
}

/// How near two texts are that are not the same, and why.
fn near(
    (asked, asked_pairs): (&str, &Pairs),
    (name, name_pairs): (&str, &Pairs),
) -> (f64, fn(String) -> Why) {
    let mut best: (f64, fn(String) -> Why) = (0.85 * asked_pairs.likeness(name_pairs), Why::Like);
    let mut better = |score: f64, why: fn(String) -> Why| {
        if score > best.0 {
            best = (score, why);
        }
    };
    let share =
        |part: &str, whole: &str| part.chars().count() as f64 / whole.chars().count().max(1) as f64;
    if is_word_end(asked, name) {
        better(0.62 + 0.3 * share(name, asked), Why::EndsWith);
    } else if is_word_start(asked, name) {
        better(0.5 + 0.3 * share(name, asked), Why::Like);
    }
    if is_word_end(name, asked) || is_word_start(name, asked) {
        better(0.6 + 0.32 * share(asked, name), Why::PartOf);
    }
    best
}

/// Whether a text ends with another that is a word of its own.
fn is_word_end(text: &str, end: &str) -> bool {
    end.chars().count() >= 2
        && text.strip_suffix(end).is_some_and(|rest| {
            let both = rest.chars().next_back().zip(end.chars().next());
            both.is_none_or(|(one, other)| {
                !(one.is_ascii_alphabetic() && other.is_ascii_alphabetic())
            })
        })
}

/// Whether a text starts with another that is a word of its own.
fn is_word_start(text: &str, start: &str) -> bool {
    start.chars().count() >= 2
        && text.strip_prefix(start).is_some_and(|rest| {
            let both = start.chars().next_back().zip(rest.chars().next());
            both.is_none_or(|(one, other)| {
                !(one.is_ascii_alphabetic() && other.is_ascii_alphabetic())
            })
        })
}

/// Headings that need no element, by their words.
const PLAIN: [(&str, Meaning); 31] = [
    ("序号", Meaning::Serial),
    ("顺序号", Meaning::Serial),
    ("行号", Meaning::Serial),
    ("编号", Meaning::Serial),
    ("no", Meaning::Serial),
    ("id", Meaning::Serial),
    ("s n", Meaning::Serial),
    ("number", Meaning::Serial),
    ("no kode", Meaning::Serial),
    ("nomor", Meaning::Serial),
    ("合计", Meaning::Total),
    ("小计", Meaning::Total),
    ("总计", Meaning::Total),
    ("共计", Meaning::Total),
    ("total", Meaning::Total),
    ("subtotal", Meaning::Total),
    ("jumlah", Meaning::Total),
    ("备注", Meaning::Remark),
    ("说明", Meaning::Remark),
    ("其他说明", Meaning::Remark),
    ("备考", Meaning::Remark),
    ("remark", Meaning::Remark),
    ("remarks", Meaning::Remark),
    ("note", Meaning::Remark),
    ("notes", Meaning::Remark),
    ("comment", Meaning::Remark),
    ("comments", Meaning::Remark),
    ("keterangan", Meaning::Remark),
    ("签名", Meaning::Signature),
    ("签字", Meaning::Signature),
    ("signature", Meaning::Signature),
];

/// What a heading means that needs no element.
pub(crate) fn plain(heading: &Heading<'_>) -> Option<Proposal> {
    let core = &heading.leaf.whole;
    let signs = ["签名", "签字", "签章", "盖章", "手印"];
    let usual = PLAIN.iter().find(|(word, _)| word == core).map(|(_, meaning)| meaning.clone());
    let meaning = match usual {
        Some(meaning) => meaning,
        None if signs.iter().any(|sign| core.ends_with(sign)) => Meaning::Signature,
        None => return None,
    };
    let (mut confidence, mut reasons) = (0.9, vec![Why::UsualWord]);
    if meaning == Meaning::Serial && heading.asked.samples.len() >= 2 {
        let numbers = heading.asked.samples.iter().map(|text| text.trim().parse::<i64>());
        let numbers: Vec<i64> = numbers.filter_map(Result::ok).collect();
        if numbers.len() == heading.asked.samples.len()
            && numbers.windows(2).all(|two| two[1] == two[0] + 1)
        {
            confidence = 0.98;
            reasons.insert(0, Why::Counts);
        } else {
            confidence = 0.65;
        }
    }
    Some(Proposal { meaning, confidence, reasons, codes: Vec::new() })
}
