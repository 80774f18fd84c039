//! Figures are what a count from scratch would give, whatever happened before.

use jiff::civil::date;
use serde_json::{Value as Json, json};

use crate::house::{House, id};

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn anything(dice: &mut Dice) -> (&'static str, Json) {
    let home = format!("h{}", dice.roll(12));
    let person = format!("p{}", dice.roll(30));
    let other = format!("p{}", dice.roll(30));
    let place = format!("b{}", dice.roll(3));
    match dice.roll(7) {
        0 | 1 => ("register_household", json!({"household": home, "place": place, "door": "1"})),
        2 | 3 => ("register_person", json!({"person": person, "household": home})),
        4 => ("move_person", json!({"person": person, "to": home})),
        5 => ("state_care", json!({"carer": person, "dependant": other, "care": "elder"})),
        _ => ("open_pool", json!({"pool": home, "sort": "test.room", "name": "R", "place": place})),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_equal_recount() {
    for house in House::all().await {
        let building = |n: u64| json!({"id": format!("b{n}"), "name": "B", "level": "building"});
        let places: Vec<Json> = (0..3).map(building).collect();
        house.done("community", "add_places", json!({"places": places})).await;
        house.adopt("one").await;
        let mut dice = Dice(7);
        for round in 0..4 {
            if round == 2 {
                house.adopt("two").await;
            }
            let given = (0..60).map(|_| {
                let (kind, body) = anything(&mut dice);
                (house.envelope("community", kind, body), crate::house::operator())
            });
            house.store.submit_all(given.collect()).await.unwrap();
            house.store.verify(&|_, _| {}).await.unwrap().unwrap();
        }
        let figures = house.store.figures(&id("root"), date(2020, 2, 1)).await.unwrap();
        let people = figures[&("test.people".to_owned(), false)];
        let homes = figures[&("test.homes".to_owned(), false)];
        assert!(people >= 10_000 && homes >= 8_000, "{figures:?}");
        house.store.rebuild(&|_, _| {}).await.unwrap();
        assert_eq!(figures, house.store.figures(&id("root"), date(2020, 2, 1)).await.unwrap());
    }
}
