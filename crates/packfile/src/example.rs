//! `examples/*.yaml`: stories that prove a pack, as their authors wrote them.

use std::collections::BTreeSet;

use domain::refusal::Code as RefusalCode;
use domain::rules::Pack;
use domain::words::Words;
use jiff::civil::Date;

use crate::checks::{self, Checks};
use crate::kinds::minute_of_day;
use crate::names::{ACTION, FORM, KIND, MODE, Names, PERSON, STOCK, What, among, unknown};
use crate::problem::{Code, Spot, nearest};
use crate::reader::{Fields, Item, Named, minutes};
use crate::yaml::Kind;

/// The most steps of a story.
const STEPS_MAX: usize = 200;
/// The last day of a story.
const DAY_MAX: u32 = 1000;

/// A story: what is given, what happens, what is so then.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its id: the name of its file.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// The file that it stands in.
    pub file: String,
    /// The line at which it begins.
    pub line: usize,
    pub(crate) given: Given,
    pub(crate) steps: Vec<Step>,
    pub(crate) then: Option<Checks>,
}

/// What is there before anything happens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    pub(crate) people: Vec<Cast>,
    pub(crate) stock: Vec<Stocked>,
    pub(crate) modes: Vec<InForce>,
    pub(crate) begin: Option<Date>,
}

/// Somebody who takes part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cast {
    pub(crate) name: String,
    pub(crate) roles: Vec<String>,
    pub(crate) born: Option<i16>,
    pub(crate) home: Option<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) cared_for_by: Vec<String>,
}

/// A pool that is there.
#[derive(Debug, Clone)]
pub(crate) struct Stocked {
    pub(crate) name: String,
    pub(crate) sort: String,
    pub(crate) amount: i64,
}

/// A mode that is declared before the first step.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    pub(crate) spot: Spot,
    pub(crate) mode: String,
    pub(crate) level: String,
    pub(crate) until: At,
}

/// A moment of a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// Minutes after midnight of the first day.
    Minute(i64),
    /// Minutes after the step before.
    Later(i64),
}

/// A step.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) spot: Spot,
    pub(crate) at: At,
    pub(crate) who: Option<String>,
    pub(crate) deed: Option<Deed>,
    pub(crate) case: Option<String>,
    pub(crate) refused: Option<String>,
    pub(crate) then: Option<Checks>,
}

/// Values by element, as the author wrote them.
pub(crate) type Values = Vec<(String, Written)>;

/// A value as the author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    One(String),
    Several(Vec<String>),
}

/// What somebody does.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Open {
        kind: String,
        about: Option<String>,
        with: Values,
        named: Option<String>,
        place: Option<String>,
    },
    Act {
        action: String,
        with: Values,
        reason: Option<String>,
    },
    Fill {
        form: String,
        about: Option<String>,
        with: Values,
        happened: Option<At>,
    },
    Assign {
        to: String,
    },
    Note {
        text: String,
    },
    Return {
        reason: String,
        right_unit: String,
    },
    HandOver {
        to: String,
        condition: String,
    },
    Verify {
        agreed: bool,
        finding: String,
    },
    Rate {
        solved: bool,
        satisfied: u8,
    },
    Reopen {
        reason: String,
    },
    Defer {
        reason: String,
        until: At,
    },
    Explain {
        reason: String,
    },
    AskCare {
        need: String,
        of: String,
    },
    AnswerCare {
        need: String,
        accepts: bool,
    },
    Declare {
        mode: String,
        level: String,
        until: At,
        reason: String,
    },
    EndMode {
        mode: String,
        reason: String,
    },
}

const DEEDS: &[&str] = &[
    "open",
    "do",
    "fill",
    "assign",
    "note",
    "return",
    "hand_over",
    "verify",
    "rate",
    "reopen",
    "defer",
    "explain",
    "ask_care",
    "accept_care",
    "decline_care",
    "declare",
    "end_mode",
];
const STEP_KEYS: &[&str] = &[
    "at",
    "who",
    "case",
    "refused",
    "then",
    "about",
    "with",
    "as",
    "place",
    "reason",
    "happened",
    "right_unit",
    "condition",
    "finding",
    "until",
    "of",
    "level",
    "open",
    "do",
    "fill",
    "assign",
    "note",
    "return",
    "hand_over",
    "verify",
    "rate",
    "reopen",
    "defer",
    "explain",
    "ask_care",
    "accept_care",
    "decline_care",
    "declare",
    "end_mode",
];

/// Reads the examples.
pub(crate) fn read(entries: &[Named<'_>], names: &Names, pack: &Pack) -> Vec<Example> {
    let reader = Stories { names, pack };
    entries.iter().map(|entry| reader.example(entry)).collect()
}

struct Stories<'s> {
    names: &'s Names,
    pack: &'s Pack,
}

impl Stories<'_> {
    fn example(&self, entry: &Named<'_>) -> Example {
        let fields = entry.item.fields(&["name", "about", "given", "when", "then"]);
        let given = fields.need("given").map(|item| self.given(&item)).unwrap_or_default();
        let people: Vec<String> = given.people.iter().map(|cast| cast.name.clone()).collect();
        let steps = fields.need("when").map(|item| item.list()).unwrap_or_default();
        if steps.len() > STEPS_MAX {
            fields.item.wrong(Code::TooLarge, &["steps", &STEPS_MAX.to_string()]);
        }
        let steps: Vec<Step> =
            steps.iter().take(STEPS_MAX).filter_map(|item| self.step(item, &people)).collect();
        let then = fields.get("then").map(|item| checks::read(&item, self.names, self.pack));
        if then.is_none() && steps.iter().all(|s| s.then.is_none() && s.refused.is_none()) {
            fields.need("then");
        }
        Example {
            id: entry.key.to_owned(),
            name: fields.words("name"),
            file: entry.item.page.file.to_owned(),
            line: entry.spot.line,
            given,
            steps,
            then,
        }
    }

    fn given(&self, item: &Item<'_>) -> Given {
        let fields = item.fields(&["people", "stock", "mode", "begin"]);
        let people = fields.need("people").map(|item| item.named()).unwrap_or_default();
        let people: Vec<Cast> = people.iter().take(50).map(|entry| self.cast(entry)).collect();
        let stock = fields.get("stock").map(|item| item.named()).unwrap_or_default();
        let modes = fields.many("mode");
        Given {
            people,
            stock: stock.iter().filter_map(|entry| self.stocked(entry)).collect(),
            modes: modes.iter().filter_map(|item| self.in_force(item)).collect(),
            begin: fields.get("begin").and_then(|item| item.day()),
        }
    }

    fn cast(&self, entry: &Named<'_>) -> Cast {
        let name = entry.key.to_owned();
        let roles = |items: Vec<Item<'_>>| {
            items.iter().filter_map(|item| self.names.role(item, &[])).collect::<Vec<_>>()
        };
        if entry.item.plain().is_some() {
            return Cast { name, roles: roles(vec![entry.item]), ..Cast::default() };
        }
        let fields = entry.item.fields(&["role", "born", "home", "groups", "cared_for_by"]);
        let texts = |key: &str| {
            let items = fields.many(key);
            items.iter().filter_map(|item| item.text()).map(str::to_owned).collect()
        };
        let born = fields.get("born").and_then(|item| item.whole(1900, 2100));
        Cast {
            name,
            roles: roles(fields.many("role")),
            born: born.and_then(|year| i16::try_from(year).ok()),
            home: fields.get("home").and_then(|item| item.text()).map(str::to_owned),
            groups: texts("groups"),
            cared_for_by: texts("cared_for_by"),
        }
    }

    fn stocked(&self, entry: &Named<'_>) -> Option<Stocked> {
        let fields = entry.item.fields(&["sort", "amount"]);
        let sort = fields.need("sort").and_then(|item| among(&item, STOCK, &self.names.stock));
        let amount = fields.get("amount").map_or(Some(1), |item| item.whole(0, 1_000_000));
        Some(Stocked { name: entry.key.to_owned(), sort: sort?, amount: amount? })
    }

    fn in_force(&self, item: &Item<'_>) -> Option<InForce> {
        let fields = item.fields(&["mode", "level", "until"]);
        let (mode, level) = self.mode_and_level(&fields, "mode")?;
        let until = fields.need("until").and_then(|item| moment(&item))?;
        Some(InForce { spot: item.spot(), mode, level, until })
    }

    fn mode_and_level(&self, fields: &Fields<'_>, key: &str) -> Option<(String, String)> {
        let mode = fields.need(key).and_then(|item| among(&item, MODE, &self.names.modes))?;
        let id = self.names.qualified(&mode);
        let rule = self.pack.modes.values().find(|rule| rule.id.as_str() == id)?;
        let levels: Vec<String> = rule.levels.keys().cloned().collect();
        let level = fields.need("level")?;
        let level = among(&level, ("级别", "level"), &levels)?;
        Some((mode, level))
    }

    fn step(&self, item: &Item<'_>, people: &[String]) -> Option<Step> {
        let fields = item.fields(STEP_KEYS);
        let at = fields.need("at").and_then(|item| moment(&item));
        let who = fields.get("who").and_then(|item| among(&item, PERSON, people));
        let does: Vec<&str> = DEEDS.iter().copied().filter(|deed| fields.has(deed)).collect();
        let alone = does.len() == 1 && fields.has("who");
        let waiting = does.is_empty() && !fields.has("who");
        if !alone && !waiting {
            item.wrong(Code::StepUnclear, &[]);
            return None;
        }
        let refused = fields.get("refused").and_then(|item| refusal(&item));
        let deed = match does.first() {
            Some(deed) => Some(self.deed(deed, &fields, people)?),
            None => None,
        };
        Some(Step {
            spot: item.spot(),
            at: at?,
            who,
            deed,
            case: fields.get("case").and_then(|item| item.text()).map(str::to_owned),
            refused,
            then: fields.get("then").map(|item| checks::read(&item, self.names, self.pack)),
        })
    }

    fn deed(&self, deed: &str, fields: &Fields<'_>, people: &[String]) -> Option<Deed> {
        let item = fields.get(deed)?;
        let text = || item.text().map(str::to_owned);
        let also = |key: &str| fields.get(key).and_then(|item| item.text()).map(str::to_owned);
        let must = |key: &str| fields.need(key).and_then(|item| item.text()).map(str::to_owned);
        let person = |item: &Item<'_>| among(item, PERSON, people);
        let about = || fields.get("about").and_then(|item| person(&item));
        Some(match deed {
            "open" => Deed::Open {
                kind: known(&item, KIND, self.names.kinds.keys())?,
                about: about(),
                with: self.values(fields),
                named: also("as"),
                place: also("place"),
            },
            "do" => Deed::Act {
                action: self.action(&item)?,
                with: self.values(fields),
                reason: also("reason"),
            },
            "fill" => Deed::Fill {
                form: known(&item, FORM, self.names.forms.keys())?,
                about: about(),
                with: self.values(fields),
                happened: fields.get("happened").and_then(|item| moment(&item)),
            },
            "assign" => Deed::Assign { to: person(&item)? },
            "note" => Deed::Note { text: text()? },
            "return" => Deed::Return { reason: text()?, right_unit: must("right_unit")? },
            "hand_over" => Deed::HandOver { to: person(&item)?, condition: must("condition")? },
            "verify" => Deed::Verify { agreed: item.yes()?, finding: must("finding")? },
            "rate" => rating(&item)?,
            "reopen" => Deed::Reopen { reason: text()? },
            "defer" => Deed::Defer {
                reason: text()?,
                until: fields.need("until").and_then(|item| moment(&item))?,
            },
            "explain" => Deed::Explain { reason: text()? },
            "ask_care" => {
                let of = fields.need("of").and_then(|item| person(&item))?;
                Deed::AskCare { need: text()?, of }
            }
            "accept_care" | "decline_care" => {
                Deed::AnswerCare { need: text()?, accepts: deed == "accept_care" }
            }
            "declare" => {
                let (mode, level) = self.mode_and_level(fields, "declare")?;
                let until = fields.need("until").and_then(|item| moment(&item))?;
                Deed::Declare { mode, level, until, reason: must("reason")? }
            }
            _ => Deed::EndMode {
                mode: among(&item, MODE, &self.names.modes)?,
                reason: must("reason")?,
            },
        })
    }

    fn action(&self, item: &Item<'_>) -> Option<String> {
        let actions = self.pack.kinds.values().flat_map(|kind| kind.actions.keys().cloned());
        let actions: BTreeSet<String> = actions.collect();
        among(item, ACTION, &actions)
    }

    fn values(&self, fields: &Fields<'_>) -> Values {
        let mut values = Vec::new();
        for entry in fields.get("with").map(|item| item.named()).unwrap_or_default() {
            if !self.names.elements.contains_key(entry.key) {
                let known = self.names.elements.keys().map(String::as_str);
                let meant = nearest(entry.key, known);
                let details = [crate::names::ELEMENT.0, entry.key, crate::names::ELEMENT.1];
                entry.item.page.wrong_near(entry.spot, Code::UnknownName, &details, meant);
                continue;
            }
            if let Some(written) = written(&entry.item) {
                values.push((entry.key.to_owned(), written));
            }
        }
        values
    }
}

/// A value as it is written.
pub(crate) fn written(item: &Item<'_>) -> Option<Written> {
    match &item.node.kind {
        Kind::List(_) => {
            let items = item.many();
            Some(Written::Several(
                items.iter().filter_map(|item| item.plain()).map(str::to_owned).collect(),
            ))
        }
        Kind::Scalar { text, .. } => Some(Written::One(text.clone())),
        Kind::Map(_) => {
            item.not_a("一个值", "a value");
            None
        }
    }
}

fn known<'n>(
    item: &Item<'_>,
    what: What,
    names: impl IntoIterator<Item = &'n String>,
) -> Option<String> {
    let names: Vec<String> = names.into_iter().cloned().collect();
    among(item, what, &names)
}

fn rating(item: &Item<'_>) -> Option<Deed> {
    let fields = item.fields(&["solved", "satisfied"]);
    let solved = fields.need("solved").and_then(|item| item.yes());
    let satisfied = fields.need("satisfied").and_then(|item| item.whole(0, 9));
    Some(Deed::Rate { solved: solved?, satisfied: u8::try_from(satisfied?).ok()? })
}

fn refusal(item: &Item<'_>) -> Option<String> {
    let text = item.text()?;
    let codes = || RefusalCode::ALL.iter().map(|code| code.name());
    if codes().any(|code| code == text) {
        return Some(text.to_owned());
    }
    unknown(item, ("拒绝代码", "code of a refusal"), text, codes());
    None
}

/// A moment: `day 1 08:00`, `day 3`, `+30 min`.
fn moment(item: &Item<'_>) -> Option<At> {
    let found = item.plain().and_then(parse_moment);
    if found.is_none() {
        item.wrong(Code::BadMoment, &[]);
    }
    found
}

/// Reads a moment.
pub(crate) fn parse_moment(text: &str) -> Option<At> {
    if let Some(later) = text.strip_prefix('+') {
        return minutes(later.trim()).and_then(|m| i64::try_from(m).ok()).map(At::Later);
    }
    let rest = text.strip_prefix("day").or_else(|| text.strip_prefix("第"))?.trim_start();
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let day: u32 = rest[..digits].parse().ok().filter(|day| (1..=DAY_MAX).contains(day))?;
    let time = rest[digits..].trim_start().trim_start_matches('天').trim();
    let minute = if time.is_empty() { 0 } else { minute_of_day(time)? };
    Some(At::Minute(i64::from(day - 1) * 1440 + i64::from(minute)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_days_with_times_or_lengths_after_the_step_before() {
        assert_eq!(parse_moment("day 1 08:00"), Some(At::Minute(480)));
        assert_eq!(parse_moment("day 15"), Some(At::Minute(14 * 1440)));
        assert_eq!(parse_moment("第 2 天 9:30"), Some(At::Minute(1440 + 570)));
        assert_eq!(parse_moment("+30 min"), Some(At::Later(30)));
        for bad in ["", "day", "day 0", "day 1 25:00", "08:00", "day 99999", "+ soon", "day 1 8"] {
            assert_eq!(parse_moment(bad), None, "{bad}");
        }
    }
}
