//! Indicators: sums over things of a function of their state, moved by the difference that a
//! change makes, so that every level is exact at any size.

mod scope;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::ids::{IndicatorId, PlaceId};
use crate::rules::{Expr, Indicator, Over, Rules};
use crate::states::Thing;
use crate::value::{Scope, Value};

/// What one thing adds to one indicator, everywhere on its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The day that it counts towards; none for a standing figure.
    pub day: Option<Date>,
    /// In thousandths.
    pub thousandths: i64,
}

/// Where and by how much a figure changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The place.
    pub place: PlaceId,
    /// The day; none for a standing figure.
    pub day: Option<Date>,
}

/// The indicators in force, sorted by what they sum over.
#[derive(Debug, Clone, Default)]
pub struct Board {
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    id: IndicatorId,
    over: Over,
    when: Option<Expr>,
    value: Option<Expr>,
    on: Option<Expr>,
}

impl Board {
    /// The board of the rules in force.
    #[must_use]
    pub fn new(rules: &Rules) -> Self {
        Self { lines: rules.indicators().map(Line::of).collect() }
    }

    /// Whether there is nothing to count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// What a thing adds as it is now. An expression that cannot be worked out adds nothing.
    #[must_use]
    pub fn contributions(&self, thing: &Thing, zone: &TimeZone) -> Vec<Contribution> {
        let mut lines =
            self.lines.iter().filter(|line| scope::counts(&line.over, thing)).peekable();
        if lines.peek().is_none() {
            return Vec::new();
        }
        let scope = scope::of(thing);
        lines.filter_map(|line| line.contribution(&scope, zone)).collect()
    }

    /// Adds to `figures` what changes when a thing goes from one state to another.
    pub fn difference(
        &self,
        before: Option<&Thing>,
        after: Option<&Thing>,
        zone: &TimeZone,
        figures: &mut BTreeMap<Figure, i64>,
    ) {
        for (thing, sign) in [(before, -1), (after, 1)] {
            let Some(thing) = thing else { continue };
            let contributions = self.contributions(thing, zone);
            for contribution in contributions {
                for place in scope::path(thing) {
                    let figure = Figure {
                        indicator: contribution.indicator.clone(),
                        place: place.clone(),
                        day: contribution.day,
                    };
                    *figures.entry(figure).or_default() += sign * contribution.thousandths;
                }
            }
        }
        figures.retain(|_, thousandths| *thousandths != 0);
    }
}

impl Line {
    fn of(indicator: &Indicator) -> Self {
        Self {
            id: indicator.id.clone(),
            over: indicator.over.clone(),
            when: indicator.when.clone(),
            value: indicator.value.clone(),
            on: indicator.on.clone(),
        }
    }

    fn contribution(&self, scope: &Scope, zone: &TimeZone) -> Option<Contribution> {
        if let Some(when) = &self.when
            && !when.evaluate(scope).ok()?.is_true()
        {
            return None;
        }
        let thousandths = match &self.value {
            None => 1000,
            Some(value) => thousandths(&value.evaluate(scope).ok()?)?,
        };
        let day = match &self.on {
            None => None,
            Some(on) => match on.evaluate(scope).ok()? {
                Value::Time(at) => Some(at.to_zoned_datetime(zone.clone()).date()),
                _ => return None,
            },
        };
        let contribution = Contribution { indicator: self.id.clone(), day, thousandths };
        (thousandths != 0).then_some(contribution)
    }
}

fn thousandths(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(yes) => Some(if *yes { 1000 } else { 0 }),
        Value::Whole(n) => n.checked_mul(1000),
        Value::Number(n) if n.is_finite() && n.abs() < 1e12 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
            Some((n * 1000.0).round() as i64)
        }
        _ => None,
    }
}
