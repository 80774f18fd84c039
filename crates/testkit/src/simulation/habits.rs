//! What people of the week do with their phones, by who they are and what they see.

use domain::Role;
use domain::cases::{Case, Subject};
use domain::rules::Stage;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::phone::Phone;
use super::street::SECRET;

type Deed = Option<(&'static str, Json)>;

/// Does one thing, or nothing.
pub(crate) fn act(phone: &mut Phone, now: Timestamp) {
    let role = phone.actor.grants[0].role.0.clone();
    let deed = match role.as_str() {
        Role::GRID_WORKER => worker(phone),
        "triage" => triage(phone, now),
        Role::COMMUNITY_LEAD => lead(phone, now),
        _ => resident(phone),
    };
    if let Some((kind, body)) = deed {
        phone.make(kind, body, now);
    }
}

/// Words that may be read by nobody without a purpose.
fn secret(phone: &Phone) -> String {
    phone.new_name(SECRET)
}

fn worker(phone: &mut Phone) -> Deed {
    match phone.dice.roll(20) {
        0..=5 => reading(phone),
        6..=7 => repair(phone),
        8..=14 => work_on_case(phone),
        15..=17 => stock(phone),
        18 => {
            let case = open_case(phone)?;
            Some(("note_case", json!({"case": case.id, "note": secret(phone)})))
        }
        _ => {
            let person = phone.dice.pick(&phone.sight.people)?.id.clone();
            let values = json!({"telephone": secret(phone)});
            Some(("correct_person", json!({"person": person, "values": values})))
        }
    }
}

fn resident(phone: &mut Phone) -> Deed {
    let own = phone.actor.account.clone();
    let sight = phone.sight.clone();
    let asked = sight.cases.iter().find_map(|case| {
        let (need, _) = case.care.iter().find(|(_, item)| item.asked.as_ref() == Some(&own))?;
        Some((case, need))
    });
    if let Some((case, need)) = asked {
        let accepts = phone.dice.chance(85);
        return Some(("answer_care", json!({"case": case.id, "need": need, "accepts": accepts})));
    }
    let mine: Vec<&Case> = sight
        .cases
        .iter()
        .filter(|case| case.reporter == own && case.standing.stage == Stage::Closed)
        .collect();
    match phone.dice.roll(6) {
        0 | 1 => repair(phone),
        2 => Some(("open_case", json!({"case": phone.new_name("call"), "case_kind": "week.call"}))),
        3 => {
            let case = phone.dice.pick(&mine)?;
            Some((
                "rate_case",
                json!({"case": case.id, "solved": true, "satisfied": 1 + phone.dice.roll(5)}),
            ))
        }
        4 => {
            let case = phone.dice.pick(&mine)?;
            Some(("reopen_case", json!({"case": case.id, "reason": "it came back"})))
        }
        _ => None,
    }
}

fn lead(phone: &mut Phone, now: Timestamp) -> Deed {
    match phone.dice.roll(12) {
        0..=4 => verify(phone),
        5 => {
            let case = open_case(phone)?;
            let review_on = now
                .to_zoned_datetime(jiff::tz::TimeZone::UTC)
                .date()
                .saturating_add(jiff::Span::new().days(3));
            Some((
                "defer_case",
                json!({"case": case.id, "reason": "not now", "review_on": review_on}),
            ))
        }
        6 => {
            let case = open_case(phone)?;
            let worker = format!("{}-worker-{}", phone.ledger, phone.dice.roll(2));
            Some(("assign_case", json!({"case": case.id, "assignee": worker})))
        }
        7 => {
            let pool = phone.dice.pick(&phone.sight.pools)?.id.clone();
            let amount = [-4, -1, 1, 2][phone.dice.roll(4)];
            Some(("add_stock", json!({"pool": pool, "amount": amount, "reason": "counted again"})))
        }
        8 => {
            let person = phone.dice.pick(&phone.sight.people)?.id.clone();
            let home = phone.dice.pick(&phone.sight.homes)?.id.clone();
            Some(("move_person", json!({"person": person, "to": home})))
        }
        9 => {
            let home = phone.dice.pick(&phone.sight.homes)?.id.clone();
            let person = phone.new_name("new");
            let values = json!({"name": secret(phone)});
            Some((
                "register_person",
                json!({"person": person, "household": home, "born_year": 1950, "values": values}),
            ))
        }
        10 => {
            let carer = phone.dice.pick(&phone.sight.people)?.id.clone();
            let dependant = phone.dice.pick(&phone.sight.people)?.id.clone();
            Some(("state_care", json!({"carer": carer, "dependant": dependant, "care": "elder"})))
        }
        _ => {
            let case = open_case(phone)?;
            Some(("explain_delay", json!({"case": case.id, "reason": "too few hands"})))
        }
    }
}

fn open_case(phone: &mut Phone) -> Option<Case> {
    let sight = phone.sight.clone();
    let open: Vec<&Case> =
        sight.cases.iter().filter(|case| !case.standing.stage.is_final()).collect();
    phone.dice.pick(&open).map(|case| (*case).clone())
}

fn verify(phone: &mut Phone) -> Deed {
    let sight = phone.sight.clone();
    let claimed: Vec<&Case> =
        sight.cases.iter().filter(|case| case.standing.stage == Stage::Claimed).collect();
    let case = phone.dice.pick(&claimed)?;
    let agreed = phone.dice.chance(80);
    Some(("verify_case", json!({"case": case.id, "agreed": agreed, "finding": "looked"})))
}

fn repair(phone: &mut Phone) -> Deed {
    let thing = ["door", "lamp"][phone.dice.roll(2)];
    let mut fields = json!({"thing": thing, "depth_cm": phone.dice.roll(60)});
    if phone.dice.chance(50) {
        fields["remark"] = secret(phone).into();
    }
    let place = format!("{}-b{}", phone.ledger, phone.dice.roll(2));
    let case = phone.new_name("repair");
    Some((
        "open_case",
        json!({"case": case, "case_kind": "week.repair", "place": place, "fields": fields}),
    ))
}

/// A reading about somebody: now and then about one of whom a reading is expected.
fn reading(phone: &mut Phone) -> Deed {
    let sight = phone.sight.clone();
    let waiting: Vec<&Case> =
        sight.cases.iter().filter(|case| case.standing.expects.is_some()).collect();
    let case = if phone.dice.chance(50) { phone.dice.pick(&waiting).copied() } else { None };
    let subject = match case.and_then(Case::person) {
        Some(person) => person.clone(),
        None => phone.dice.pick(&sight.people)?.id.clone(),
    };
    let mut answers = json!({"depth_cm": phone.dice.roll(64)});
    if phone.dice.chance(50) {
        answers["remark"] = secret(phone).into();
    }
    let mut body = json!({"submission": phone.new_name("reading"), "form": "week.reading",
        "subject": Subject::Person(subject), "answers": answers});
    if let Some(case) = case {
        body["case"] = json!(case.id);
    }
    Some(("record_submission", body))
}

fn stay(phone: &mut Phone) -> Deed {
    let person = phone.dice.pick(&phone.sight.people)?.id.clone();
    let subject = Subject::Person(person);
    Some((
        "open_case",
        json!({"case": phone.new_name("stay"), "case_kind": "week.stay", "subject": subject}),
    ))
}

/// The next thing to be done on an open case.
fn work_on_case(phone: &mut Phone) -> Deed {
    let case = open_case(phone)?;
    match case.kind.as_str() {
        "week.repair" if case.standing.state == "reported" => act_on(&case, "begin", &json!({})),
        "week.repair" => act_on(&case, "claim", &json!({})),
        "week.call" => act_on(&case, "help", &json!({})),
        _ => None,
    }
}

fn act_on(case: &Case, action: &str, fields: &Json) -> Deed {
    let body = json!({"case": case.id, "action": action, "fields": fields, "reason": "needed"});
    Some(("act_on_case", body))
}

/// Whoever looks after stays: opens them, finds a room and care, lets people in and out.
fn triage(phone: &mut Phone, now: Timestamp) -> Deed {
    let sight = phone.sight.clone();
    let open = |case: &&Case| case.kind.as_str() == "week.stay" && !case.standing.stage.is_final();
    let stays: Vec<&Case> = sight.cases.iter().filter(open).collect();
    match phone.dice.roll(10) {
        0 | 1 if stays.len() < 4 => stay(phone),
        0 => stock(phone),
        1 => reading(phone),
        _ => {
            let case = *phone.dice.pick(&stays)?;
            let room = json!({"room": format!("{}-rooms", phone.ledger)});
            match case.standing.state.as_str() {
                "held" if !case.holds.is_empty() => let_in(phone, case, now),
                "reported" | "held" => act_on(case, "find_room", &room),
                _ if phone.dice.chance(8) => act_on(case, "leave", &json!({})),
                _ => None,
            }
        }
    }
}

/// Asks for all care that nobody has been asked for; now and then tries it without.
fn let_in(phone: &mut Phone, case: &Case, now: Timestamp) -> Deed {
    let missing = missing_care(phone, case);
    if missing.is_empty() || phone.dice.chance(30) {
        return act_on(case, "move_in", &json!({}));
    }
    for need in missing {
        let owner = format!("{}-resident-{}", phone.ledger, phone.dice.roll(3));
        let body = json!({"case": case.id, "need": need, "owner": owner});
        phone.make("ask_care", body, now);
    }
    None
}

/// What of a case nobody has taken on or been asked for.
fn missing_care(phone: &Phone, case: &Case) -> Vec<String> {
    let Some(person) = case.person() else { return Vec::new() };
    let dependants = phone.sight.people.iter().filter(|it| it.cared_by.contains_key(person));
    let mut needs: Vec<String> = dependants.map(|it| format!("dependant:{}", it.id)).collect();
    // Which of them the version of the pack asks for, the phone does not know.
    needs.extend(["food".to_owned(), "medicine".to_owned()]);
    let open = |item: &domain::cases::CareItem| item.asked.is_none() && item.owner.is_none();
    needs.retain(|need| case.care.get(need).is_none_or(open));
    needs
}

fn stock(phone: &mut Phone) -> Deed {
    let sight = phone.sight.clone();
    let pool = phone.dice.pick(&sight.pools)?;
    let held: Vec<_> =
        pool.holds.iter().filter(|(_, hold)| hold.case.is_none()).map(|(id, _)| id).collect();
    let taken: Vec<_> =
        pool.taken.iter().filter(|(_, hold)| hold.case.is_none()).map(|(id, _)| id).collect();
    match phone.dice.roll(4) {
        0 | 1 if !held.is_empty() => {
            Some(("take_hold", json!({"pool": pool.id, "hold": phone.dice.pick(&held)?})))
        }
        2 if !taken.is_empty() => {
            Some(("return_hold", json!({"pool": pool.id, "hold": phone.dice.pick(&taken)?})))
        }
        _ => {
            let amount = 1 + phone.dice.roll(9);
            let minutes = 30 * (1 + phone.dice.roll(8));
            Some((
                "hold_stock",
                json!({"pool": pool.id, "hold": phone.new_name("hold"), "amount": amount, "minutes": minutes}),
            ))
        }
    }
}
