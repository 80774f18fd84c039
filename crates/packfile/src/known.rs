//! Which names exist in each place where an expression may stand, and of what sort they are.

use std::collections::{BTreeMap, BTreeSet};

use domain::rules::{Element, Stage, Type};

use crate::names::{Names, Outline};

/// The sort of a value, as far as it is known before anything happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sort {
    Yes,
    Number,
    Text,
    /// One of these texts.
    Choice(Vec<String>),
    /// A list of some of these texts.
    Choices(Vec<String>),
    Time,
    Span,
    List,
    Map,
    Null,
    /// Not to be known before.
    Any,
    /// Known, but only to the vault.
    Sealed,
}

/// The names that exist somewhere.
#[derive(Debug, Default, Clone)]
pub(crate) struct Known {
    pub(crate) paths: BTreeMap<String, Sort>,
}

impl Known {
    fn with(mut self, pairs: &[(&str, Sort)]) -> Self {
        self.paths.extend(pairs.iter().map(|(name, sort)| ((*name).to_owned(), sort.clone())));
        self
    }

    fn element(&mut self, root: &str, id: &str, sort: Sort) {
        self.paths.insert(format!("{root}.{id}"), sort);
    }

    /// Elements below a name; sealed ones only if `open_sealed` names them.
    fn elements(
        mut self,
        names: &Names,
        root: &str,
        ids: &BTreeSet<String>,
        open_sealed: &BTreeSet<String>,
    ) -> Self {
        for id in ids {
            let Some(element) = names.elements.get(id) else { continue };
            let hidden = element.sensitivity.is_sealed() && !open_sealed.contains(id);
            self.element(root, id, if hidden { Sort::Sealed } else { sort_of(element) });
        }
        self
    }

    fn outcomes(mut self, effects: &BTreeSet<String>) -> Self {
        for id in effects {
            self.element("outcome", id, Sort::Yes);
        }
        self
    }

    fn around(mut self, names: &Names) -> Self {
        for mode in &names.modes {
            self.paths.insert(format!("mode.{}.{mode}", names.pack), Sort::Number);
        }
        self.with(&[
            ("person", Sort::Map),
            ("person.age", Sort::Number),
            ("person.dependants", Sort::Number),
            ("person.restricted", Sort::Yes),
            ("person.at_home", Sort::Yes),
            ("person.open_cases", Sort::Number),
            ("person.groups", Sort::List),
            ("household", Sort::Map),
            ("household.people", Sort::Number),
            ("household.open_cases", Sort::Number),
            ("actor.roles", Sort::List),
            ("now", Sort::Time),
        ])
    }

    /// In a kind: `given` is what the very command brings.
    pub(crate) fn in_case(names: &Names, kind: &Outline, given: &BTreeSet<String>) -> Self {
        let case = kind.all.union(given).cloned().collect();
        Self::default()
            .elements(names, "case", &case, given)
            .elements(names, "given", given, given)
            .around(names)
            .with(&[
                ("opened_at", Sort::Time),
                ("entered_at", Sort::Time),
                ("missed", Sort::Number),
                ("reopened", Sort::Number),
            ])
    }

    /// In the effects of a form.
    pub(crate) fn in_form(names: &Names, fields: &BTreeSet<String>) -> Self {
        Self::default()
            .elements(names, "answers", fields, fields)
            .around(names)
            .with(&[("occurred_at", Sort::Time)])
    }

    /// In an indicator over cases of some kinds.
    pub(crate) fn over_cases<'k>(
        names: &Names,
        kinds: impl IntoIterator<Item = &'k Outline>,
    ) -> Self {
        let mut all = Outline::default();
        for kind in kinds {
            all.all.extend(kind.all.iter().cloned());
            all.effects.extend(kind.effects.iter().cloned());
            all.states.extend(kind.states.iter().cloned());
        }
        let stages = Stage::ALL.iter().map(|stage| stage.name().to_owned()).collect();
        Self::default()
            .elements(names, "case", &all.all, &BTreeSet::new())
            .outcomes(&all.effects)
            .with(&[
                ("state", Sort::Choice(all.states.into_iter().collect())),
                ("stage", Sort::Choice(stages)),
                ("opened_at", Sort::Time),
                ("entered_at", Sort::Time),
                ("closed_at", Sort::Time),
                ("due_at", Sort::Time),
                ("explained", Sort::Yes),
                ("reopened", Sort::Number),
                ("trips", Sort::Number),
                ("missed", Sort::Number),
                ("ordered", Sort::Yes),
                ("rated", Sort::Yes),
                ("solved", Sort::Yes),
                ("satisfied", Sort::Number),
            ])
    }

    /// In an indicator over submissions of some forms.
    pub(crate) fn over_submissions<'f>(
        names: &Names,
        forms: impl IntoIterator<Item = &'f Outline>,
    ) -> Self {
        let mut all = Outline::default();
        for form in forms {
            all.all.extend(form.all.iter().cloned());
            all.effects.extend(form.effects.iter().cloned());
        }
        Self::default()
            .elements(names, "answers", &all.all, &BTreeSet::new())
            .outcomes(&all.effects)
            .with(&[
                ("flagged", Sort::Yes),
                ("occurred_at", Sort::Time),
                ("recorded_at", Sort::Time),
            ])
    }

    /// In an indicator over people.
    pub(crate) fn over_people() -> Self {
        Self::default().with(&[
            ("born_year", Sort::Number),
            ("groups", Sort::List),
            ("restricted", Sort::Yes),
            ("dependants", Sort::Number),
            ("at_home", Sort::Yes),
            ("open_cases", Sort::Number),
        ])
    }

    /// In an indicator over households.
    pub(crate) fn over_households() -> Self {
        Self::default().with(&[("people", Sort::Number), ("open_cases", Sort::Number)])
    }

    /// In an indicator over pools.
    pub(crate) fn over_pools() -> Self {
        Self::default().with(&[
            ("total", Sort::Number),
            ("held", Sort::Number),
            ("taken", Sort::Number),
            ("free", Sort::Number),
        ])
    }
}

fn sort_of(element: &Element) -> Sort {
    let choices = || element.choices.iter().map(|choice| choice.id.clone()).collect();
    match element.r#type {
        Type::Text | Type::Person | Type::Account | Type::Place | Type::Pool => Sort::Text,
        Type::Whole | Type::Number => Sort::Number,
        Type::YesNo => Sort::Yes,
        Type::Choice => Sort::Choice(choices()),
        Type::Choices => Sort::Choices(choices()),
        Type::Date | Type::Time => Sort::Time,
    }
}
