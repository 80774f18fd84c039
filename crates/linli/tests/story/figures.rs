//! Figures of the grid cell, the community, the street and the city: they move together, and equal
//! a recount.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::street::Street;

/// The figures of each level, from the grid cell up.
pub(crate) struct Figures(Vec<BTreeMap<String, f64>>);

impl Figures {
    /// The figures of a day; whatever happened so far, they equal a recount.
    pub(crate) async fn of(street: &Street<'_>, day: Date) -> Self {
        street.deployment.store.verify(&|_, _| {}).await.unwrap().expect("a recount agrees");
        let mut levels = Vec::new();
        for place in [&street.grid, &street.first, &street.street, &street.city] {
            let page =
                street.analyst.see(&format!("/api/indicators?place={place}&day={day}")).await;
            let figures = page["indicators"].as_array().unwrap().iter();
            let figures = figures.map(|figure| {
                (figure["id"].as_str().unwrap().to_owned(), figure["value"].as_f64().unwrap())
            });
            levels.push(figures.collect());
        }
        Self(levels)
    }

    /// Every level moved by the same.
    #[track_caller]
    pub(crate) fn moved(&self, to: &Self, indicator: &str, by: f64) {
        for (level, (before, after)) in self.0.iter().zip(&to.0).enumerate() {
            let moved = after[indicator] - before[indicator];
            assert!((moved - by).abs() < 1e-9, "{indicator} of level {level} moved by {moved}");
        }
    }
}
