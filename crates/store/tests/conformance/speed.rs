//! A burst of clients is answered completely; with `LINLI_SPEED` it says how fast.

use std::time::Instant;

use serde_json::json;

use crate::house::{House, operator};

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_clients_is_answered_completely() {
    let many = std::env::var("LINLI_SPEED").is_ok();
    let rounds = if many { 40 } else { 2 };
    for house in House::all().await {
        let places = json!([{"id": "b1", "name": "Building 1", "level": "building"}]);
        house.done("community", "add_places", json!({"places": places})).await;
        for clients in [1, 64, 512] {
            let began = Instant::now();
            let tasks = (0..clients).map(|client| {
                let commands: Vec<_> = (0..rounds)
                    .map(|n| {
                        let name = format!("h-{clients}-{client}-{n}");
                        let home = json!({"household": name, "place": "b1", "door": "1"});
                        house.envelope("community", "register_household", home)
                    })
                    .collect();
                let store = house.store.clone();
                tokio::spawn(async move {
                    for command in commands {
                        assert!(store.submit(command, operator()).await.unwrap().outcome.is_ok());
                    }
                })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await.unwrap();
            }
            if many {
                let rate = f64::from(clients * rounds) / began.elapsed().as_secs_f64();
                println!("{clients} clients: {rate:.0} commands a second");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_divisions_are_taken_in_lists() {
    let many = std::env::var("LINLI_SPEED").is_ok();
    let (lists, each) = if many { (124, 5000) } else { (2, 2000) };
    for house in House::all().await {
        let began = Instant::now();
        for list in 0..lists {
            let entry = |n| json!({"id": format!("{list:06}{n:06}"), "name": format!("Place {n}"), "level": "community"});
            let places: Vec<_> = (0..each).map(entry).collect();
            house.done("root", "add_places", json!({"places": places})).await;
        }
        if many {
            println!("{} places: {:.1} s", lists * each, began.elapsed().as_secs_f64());
        }
        let found = house.store.find_places("Place 1999", &[], 10).await.unwrap();
        assert!(found.len() >= 2);
    }
}
