//! A grid worker comes back from a day without a network: forty doors, out of order, some sent
//! twice, one by a phone with a wrong clock.

use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::figures::Figures;
use crate::street::Street;

/// The door where somebody is ill, where nobody opened, and whose check has a wrong clock.
const ILL: &str = "ill";
const NOBODY: usize = 7;
const WRONG_CLOCK: usize = 11;

/// Forty checks as the phone kept them.
fn kept_on_the_phone(street: &Street<'_>) -> Vec<Json> {
    let check = &street.script.check;
    let ill = street.person(&street.script.residents[ILL]);
    let doors = street.homes.iter().enumerate().map(|(number, (_, people))| {
        let person = people.values().find(|id| *id == ill).or_else(|| people.values().next());
        let person = person.expect("somebody lives here");
        let answers = match number {
            _ if person == ill => &check.ill,
            NOBODY => &check.nobody,
            _ => &check.well,
        };
        let minutes = i64::try_from(number).unwrap() * 9;
        let mut at = street.now() - SignedDuration::from_mins(600 - minutes);
        if number == WRONG_CLOCK {
            at += SignedDuration::from_hours(24 * 800);
        }
        json!({
            "id": format!("door-{number}"), "ledger": street.first, "device": "phone-7",
            "kind": "record_submission", "occurred_at": at,
            "body": {
                "submission": format!("check-{number}"), "form": check.form, "answers": answers,
                "subject": { "kind": "person", "id": person },
            },
        })
    });
    doors.collect()
}

/// All of it arrives; the case that one of them opened.
pub(crate) async fn of_a_day_without_a_network(street: &Street<'_>) -> String {
    let script = street.script;
    let today = street.today();
    // The day in the stairwells ends in the evening.
    street.deployment.pass(SignedDuration::from_hours(11)).await;
    assert_eq!(street.today(), today);
    let before = Figures::of(street, today).await;
    let mut kept = kept_on_the_phone(street);
    assert_eq!(kept.len(), script.roster.doors);
    // Out of order, and the first list is sent twice because its answer got lost.
    kept.sort_by_key(|command| {
        let id = command["id"].as_str().unwrap();
        id.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)))
    });
    let (early, late) = kept.split_at(25);
    let lost = street.worker.give_all(early).await;
    let mut answers = street.worker.give_all(early).await;
    for (first, second) in lost.iter().zip(&answers) {
        assert_eq!((&first["repeated"], &second["repeated"]), (&json!(false), &json!(true)));
        assert_eq!(first["facts"], second["facts"]);
    }
    let mut rest = late.to_vec();
    rest.push(late[0].clone());
    let given = street.worker.give_all(&rest).await;
    assert_eq!(given.last().unwrap()["repeated"], json!(true));
    answers.extend(given.into_iter().take(late.len()));
    assert!(answers.iter().all(|answer| answer["outcome"] == "done"), "none is refused");
    let after = Figures::of(street, today).await;
    let of_the_day = i32::try_from(script.roster.doors).unwrap() - 1;
    before.moved(&after, &script.check.checked, f64::from(of_the_day));
    before.moved(&after, &script.check.not_opened, 1.0);
    before.moved(&after, &script.check.found, 1.0);
    before.moved(&after, &script.stay.open, 1.0);
    let odd = street.homes[WRONG_CLOCK].0.as_str();
    let page = street.worker.see(&format!("/api/households/{}/{odd}", street.first)).await;
    let flags = page["submissions"][0]["flags"].as_array().unwrap();
    assert!(flags.iter().any(|flag| flag == "clock_wrong"), "{page:#}");
    let cases = street.clinician.see(&format!("/api/cases?kind={}", script.stay.kind)).await;
    assert_eq!(cases["cases"].as_array().unwrap().len(), 1, "{cases:#}");
    let case = cases["cases"][0]["id"].as_str().unwrap().to_owned();
    let notices = street.clinician.see("/api/day").await["notices"].clone();
    let told = notices.as_array().unwrap().iter().any(|notice| notice["case"] == *case);
    assert!(told, "whoever is to look at it hears of it: {notices:#}");
    case
}
