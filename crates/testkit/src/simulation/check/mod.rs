//! What must hold at the end of every day: one checker for each promise, each with its name.

pub(crate) mod erased;
mod promises;
mod street;
mod truth;

use super::week::Week;

/// A checker says what does not hold.
pub(crate) type Checker = fn(&Week) -> Result<(), String>;

/// All checkers. The one that makes views anew comes last: it would mend what others look for.
pub(crate) const ALL: &[(&str, Checker)] = &[
    ("the chain, the vault and the views verify", truth::verifies),
    ("the stores hold the same", truth::stores_agree),
    ("nothing acknowledged is lost", promises::nothing_is_lost),
    ("no answer is contradicted", promises::no_answer_is_contradicted),
    ("nobody is in two places", street::nobody_in_two_places),
    ("nobody is without care", street::nobody_without_care),
    ("stock adds up", street::stock_adds_up),
    ("figures equal a recount", street::figures_equal_a_recount),
    ("what is sealed or erased is unreadable", erased::unreadable),
    ("views equal a rebuild", truth::views_equal_a_rebuild),
];
