//! Values out of templates: what the story writes down, and what chance picks from it.
//!
//! A text may name things of the play: `{day 3}`, `{day 3 18:00}`, `{case door}`, `{person 王秀兰}`,
//! `{household 王秀兰}`. An object with one of these names is a choice that chance makes: `pick`
//! (one of a list), `some` (one or two of a list), `between` (two numbers), `chance` (yes, so
//! often), `days` (a date so many days ahead), `pool` (one of a sort, with something left),
//! `colleague` (somebody with a role).

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use domain::rules::{Element, Field, Pack, Type};
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use super::clock::{Calendar, minutes};
use super::story::Templates;
use super::town::Town;

/// How often an answer is given that nobody has to give.
const OPTIONAL: f64 = 0.6;

/// A pool as far as choosing one needs to know.
#[derive(Debug, Clone)]
pub(super) struct PoolLine {
    /// Its ledger.
    pub(super) ledger: String,
    /// Its id.
    pub(super) id: String,
    /// Its sort.
    pub(super) sort: String,
    /// What is left in it.
    pub(super) free: i64,
}

/// What templates are filled with.
pub(super) struct Sower<'a> {
    /// Chance.
    pub(super) rng: &'a mut fastrand::Rng,
    /// The days of the play.
    pub(super) calendar: &'a Calendar,
    /// Today.
    pub(super) today: Date,
    /// Who is who.
    pub(super) town: &'a Town,
    /// The ledger in which something happens.
    pub(super) ledger: &'a str,
    /// Cases by the names that the story gave them.
    pub(super) cases: &'a BTreeMap<String, (String, String)>,
    /// The pools.
    pub(super) pools: &'a [PoolLine],
    /// What is said for an element.
    pub(super) elements: &'a Templates,
}

impl Sower<'_> {
    /// The values of templates.
    pub(super) fn all(&mut self, templates: &Templates) -> Result<Map<String, Json>> {
        let mut values = Map::new();
        for (name, template) in templates {
            let value = self.value(template).with_context(|| format!("the value of {name}"))?;
            if !value.is_null() {
                values.insert(name.clone(), value);
            }
        }
        Ok(values)
    }

    /// The value of a template.
    pub(super) fn value(&mut self, template: &Json) -> Result<Json> {
        match template {
            Json::String(text) => Ok(Json::from(self.text(text)?)),
            Json::Array(items) => items
                .iter()
                .map(|item| self.value(item))
                .collect::<Result<Vec<_>>>()
                .map(Json::from),
            Json::Object(map) => match map.iter().next() {
                Some((how, given)) if map.len() == 1 => match self.chosen(how, given)? {
                    Some(value) => Ok(value),
                    None => self.object(map),
                },
                _ => self.object(map),
            },
            plain => Ok(plain.clone()),
        }
    }

    fn object(&mut self, map: &Map<String, Json>) -> Result<Json> {
        let mut values = Map::new();
        for (name, template) in map {
            values.insert(name.clone(), self.value(template)?);
        }
        Ok(Json::Object(values))
    }

    /// What chance chooses, if the object is a choice.
    fn chosen(&mut self, how: &str, given: &Json) -> Result<Option<Json>> {
        let list = || given.as_array().filter(|list| !list.is_empty()).context("a list is wanted");
        Ok(Some(match how {
            "pick" => {
                let list = list()?;
                let one = list[self.rng.usize(0..list.len())].clone();
                self.value(&one)?
            }
            "some" => {
                let mut list = list()?.clone();
                self.rng.shuffle(&mut list);
                list.truncate(self.rng.usize(1..=2));
                Json::from(list)
            }
            "between" => self.number(list()?)?,
            "chance" => json!(self.rng.f64() < given.as_f64().context("a number is wanted")?),
            "days" => {
                let days = given.as_i64().context("a number of days is wanted")?;
                json!(self.today.saturating_add(jiff::Span::new().days(days)))
            }
            "pool" => self.pool(given.as_str().context("a sort is wanted")?),
            "colleague" => self.colleague(given.as_str().context("a role is wanted")?),
            _ => return Ok(None),
        }))
    }

    fn number(&mut self, bounds: &[Json]) -> Result<Json> {
        if let [Json::Number(least), Json::Number(greatest)] = bounds {
            if let (Some(least), Some(greatest)) = (least.as_i64(), greatest.as_i64()) {
                return Ok(json!(self.rng.i64(least..=greatest)));
            }
            if let (Some(least), Some(greatest)) = (least.as_f64(), greatest.as_f64()) {
                let number = least + self.rng.f64() * (greatest - least);
                return Ok(json!((number * 10.0).round() / 10.0));
            }
        }
        bail!("two numbers are wanted")
    }

    fn pool(&mut self, sort: &str) -> Json {
        let fits = |it: &&PoolLine| it.ledger == self.ledger && it.sort == sort && it.free > 0;
        let fitting: Vec<&PoolLine> = self.pools.iter().filter(fits).collect();
        self.rng.choice(fitting).map_or(Json::Null, |pool| json!(pool.id))
    }

    fn colleague(&mut self, role: &str) -> Json {
        let colleagues = self.town.holding(role, self.ledger);
        self.rng.choice(colleagues).map_or(Json::Null, |known| json!(known.account))
    }

    /// A text with the things that it names.
    fn text(&self, text: &str) -> Result<String> {
        let mut rest = text;
        let mut written = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').context("a brace is not closed")?;
            written.push_str(before);
            written.push_str(&self.thing(name)?);
            rest = after;
        }
        written.push_str(rest);
        Ok(written)
    }

    fn thing(&self, name: &str) -> Result<String> {
        let (what, which) = name.split_once(' ').unwrap_or((name, ""));
        Ok(match what {
            "day" => match which.split_once(' ') {
                None => self.calendar.date(which.parse()?).to_string(),
                Some(_) => instant(self.calendar, which)?.to_string(),
            },
            "case" => {
                let case = self.cases.get(which);
                case.with_context(|| format!("no case is called {which}"))?.1.clone()
            }
            "person" => self.town.named(which)?.person.clone(),
            "household" => self.town.named(which)?.household.clone(),
            _ => bail!("nothing is called {name}"),
        })
    }

    /// What is given for the fields that a kind or an action asks for.
    pub(super) fn fields(&mut self, pack: &Pack, asks: &[Field]) -> Result<Map<String, Json>> {
        let mut fields = Map::new();
        for field in asks {
            if !field.required && self.rng.f64() >= OPTIONAL {
                continue;
            }
            let Some(element) = pack.elements.get(&field.element) else { continue };
            let value = self.answer(pack, element)?;
            if value.is_null() && field.required {
                bail!("the story says nothing for {}.{}", pack.id, element.id);
            }
            if !value.is_null() {
                fields.insert(field.element.to_string(), value);
            }
        }
        Ok(fields)
    }

    /// What the story says for an element, else any of its choices.
    fn answer(&mut self, pack: &Pack, element: &Element) -> Result<Json> {
        let elements = self.elements;
        let full = format!("{}.{}", pack.id, element.id);
        if let Some(template) = elements.get(&full).or_else(|| elements.get(element.id.as_str())) {
            return self.value(template);
        }
        let choice =
            |rng: &mut fastrand::Rng| rng.choice(&element.choices).map(|choice| json!(choice.id));
        Ok(match element.r#type {
            Type::Choice => choice(self.rng).unwrap_or_default(),
            Type::Choices => choice(self.rng).map_or(Json::Null, |one| json!([one])),
            Type::YesNo => json!(self.rng.bool()),
            _ => Json::Null,
        })
    }
}

/// The instant of `DAY HH:MM`.
pub(super) fn instant(calendar: &Calendar, text: &str) -> Result<jiff::Timestamp> {
    let (day, time) = text.split_once(' ').context("a day and a time are wanted")?;
    let minutes = minutes(time).with_context(|| format!("{time} is no time of the day"))?;
    Ok(calendar.at(day.parse()?, minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sown(template: &Json) -> Result<Json> {
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
        let calendar = Calendar { first: jiff::civil::date(2026, 3, 2), zone };
        let cases = BTreeMap::from([("door".to_owned(), ("a".to_owned(), "c-7".to_owned()))]);
        let mut sower = Sower {
            rng: &mut fastrand::Rng::with_seed(1),
            calendar: &calendar,
            today: calendar.date(2),
            town: &Town::default(),
            ledger: "a",
            cases: &cases,
            pools: &[],
            elements: &Templates::new(),
        };
        sower.value(template)
    }

    #[test]
    fn things_of_the_play_are_named_in_texts() {
        let value = sown(&json!({"a": "case:{case door}", "b": ["{day 4 08:00}", "{day 4}"]}));
        let expected = json!({"a": "case:c-7", "b": ["2026-03-05T00:00:00Z", "2026-03-05"]});
        assert_eq!(value.unwrap(), expected);
    }

    #[test]
    fn what_the_story_does_not_know_stops_the_play() {
        assert!(sown(&json!("{case roof}")).is_err());
        assert!(sown(&json!("{person nobody}")).is_err());
        assert!(sown(&json!({"between": ["a", 1]})).is_err());
    }

    #[test]
    fn chance_stays_within_what_the_story_says() {
        for _ in 0..20 {
            let number = sown(&json!({"between": [36.1, 37.0]})).unwrap().as_f64().unwrap();
            assert!((36.1..=37.0).contains(&number));
        }
        assert_eq!(sown(&json!({"days": 30})).unwrap(), json!("2026-04-02"));
        assert_eq!(sown(&json!({"pool": "a.b"})).unwrap(), Json::Null);
    }
}
