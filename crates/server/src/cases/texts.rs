//! Texts that people wrote on a case, as its page tells them: the words, or why they are not there.

use domain::cases::{Case, CaseText, text_item, texts_of};
use domain::vault::Sealed;
use domain::{Fact, Recorded};

use crate::people::values::Revealed;
use crate::wire::Words;
use crate::wire::cases::{TextView, Unread};

/// The texts of a line of the time line.
#[must_use]
pub(crate) fn of_line(case: &Case, recorded: &Recorded, revealed: &Revealed) -> Vec<TextView> {
    let item = text_item(&case.id, &recorded.command);
    texts_of(&recorded.fact).iter().map(|sealed| view(&item, sealed, revealed)).collect()
}

/// Why the order of a case was given.
#[must_use]
pub(crate) fn of_order(case: &Case, facts: &[Recorded], revealed: &Revealed) -> TextView {
    if let Some(old) = case.order.as_ref().and_then(|order| order.reason.as_ref()) {
        return TextView { text: Some(old.as_str().to_owned()), ..without(CaseText::Reason) };
    }
    let given = facts.iter().rfind(|it| matches!(it.fact, Fact::OrderGiven { .. }));
    let reason = given.and_then(|it| of_line(case, it, revealed).into_iter().next());
    reason.unwrap_or_else(|| without(CaseText::Reason))
}

/// The name of what a text says.
#[must_use]
pub(crate) fn name(element: &str) -> Words {
    CaseText::of(element).map_or_else(|| Words::new(element, element), |it| (&it.name()).into())
}

fn without(what: CaseText) -> TextView {
    let name = (&what.name()).into();
    TextView { element: what.element().to_owned(), name, text: None, unread: None }
}

fn view(item: &str, sealed: &Sealed, revealed: &Revealed) -> TextView {
    let element = sealed.element.as_str();
    let found = revealed.values.iter().find(|it| it.item == item && it.element == element);
    let text = found.map(|it| it.value.clone());
    // Whoever may read what was written for a purpose, and finds nothing, looks for what is gone.
    let gone = revealed.covers(&sealed.purpose);
    let unread = match text {
        Some(_) => None,
        None if gone => Some(Unread::Destroyed),
        None => Some(Unread::Sealed),
    };
    TextView { element: element.to_owned(), name: name(element), text, unread }
}
