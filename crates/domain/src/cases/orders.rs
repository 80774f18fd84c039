//! Orders: restrictions of a person with authority, basis, reason, end, review and appeal. The
//! reason is sealed in the vault.

use super::{Case, CaseText, Order, lifecycle, texts};
use crate::command::Context;
use crate::draft::Draft;
use crate::fact::Fact;
use crate::people::Person;
use crate::refusal::{Code, Refusal};
use crate::rules::OrderRule;
use crate::value::Scope;
use crate::words::Words;

/// An order is about a person who is not under another one.
pub(super) fn check_person(draft: &Draft<'_>, case: &Case) -> Result<(), Refusal> {
    let Some(id) = case.person() else {
        return Err(Refusal::new(Code::Missing).with("field", "person"));
    };
    let person = draft.known::<Person>(id.as_str())?;
    match &person.order {
        Some(order) => Err(Refusal::new(Code::Restricted).with("case", order.case.as_str())),
        None => Ok(()),
    }
}

/// A place is held before anybody leaves home.
pub(super) fn check_place(order: &OrderRule, case: &Case) -> Result<(), Refusal> {
    if order.leaves_home && case.holds.is_empty() {
        return Err(Refusal::new(Code::NothingHeld));
    }
    Ok(())
}

/// For how many hours an order may be given: as the rule says, and no longer than its reason is
/// kept, which is sealed for the purpose of the case.
fn longest_hours(context: &Context<'_>, case: &Case, rule: &OrderRule) -> Result<u32, Refusal> {
    let pack = lifecycle::pack_of(context, case)?;
    let kind = lifecycle::kind_of(&pack, case)?;
    let kept = pack.purposes.get(&kind.purpose).map(|it| u32::from(it.retention_days) * 24);
    Ok(kept.map_or(rule.longest_hours, |kept| rule.longest_hours.min(kept)))
}

/// Gives the order.
pub(super) fn give(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    case: &Case,
    (action, rule): (&str, &OrderRule),
    reason: &str,
    scope: &Scope,
) -> Result<(), Refusal> {
    let now = context.moment.at;
    let hours = |hours: u32| jiff::SignedDuration::from_hours(i64::from(hours));
    let longest_hours = longest_hours(context, case, rule)?;
    let until = lifecycle::instant(&rule.until, scope)?;
    if until <= now || until > now + hours(longest_hours) {
        let refusal = Refusal::new(Code::NoEnd);
        return Err(refusal.with("longest", format!("{longest_hours} h")));
    }
    let Some(person) = case.person().cloned() else {
        return Err(Refusal::new(Code::Missing).with("field", "person"));
    };
    let order = Order {
        action: action.to_owned(),
        authority: format!("{} / {}", rule.authority.zh, rule.authority.en),
        legal_basis: format!("{} / {}", rule.legal_basis.zh, rule.legal_basis.en),
        reason: None,
        appeal: format!("{} / {}", rule.appeal.zh, rule.appeal.en),
        from: now,
        until,
        review_at: (now + hours(rule.review_hours)).min(until),
        leaves_home: rule.leaves_home,
    };
    let sealed = texts::seal(context, draft, case, &[(CaseText::Reason, reason)])?;
    draft.say(Fact::OrderGiven { case: case.id.clone(), person, order, sealed });
    Ok(())
}

/// Ends the order of a case, if one is in force, and tells the person.
pub(super) fn end(context: &Context<'_>, draft: &mut Draft<'_>, case: &Case) {
    let (Some(_), Some(person)) = (&case.order, case.person()) else {
        return;
    };
    let by_itself = context.actor.is_system();
    let fact = Fact::OrderEnded { case: case.id.clone(), person: person.clone(), by_itself };
    draft.say(fact);
    draft.say(Fact::NoticeGiven {
        case: Some(case.id.clone()),
        to: vec!["subject".to_owned(), "assignee".to_owned()],
        words: Words::new(
            "解除通知：该限制已经结束，您可以自由活动。",
            "Release notice: the order has ended and you are free to go.",
        ),
    });
}
