//! One emergency from the first word to the last table, through HTTP and nothing else.
//!
//! The course of events stands here and in the files beside it, the names in `story.yaml`.

mod crash;
mod doors;
mod figures;
mod kept;
mod mode;
mod repair;
mod script;
mod stay;
mod street;
mod table;
mod texts;

use testkit::{Deployment, databases};

use script::Script;
use street::Street;

async fn live(database: Option<String>) {
    let script = Script::read();
    let deployment = Deployment::on(database, script.began).await;
    let street = Street::found(&deployment, &script).await;
    repair::from_the_first_word_to_the_rating(&street).await;
    texts::are_written_in_every_way(&street).await;
    mode::is_seen_before_it_is_declared(&street).await;
    let case = doors::of_a_day_without_a_network(&street).await;
    stay::waits_for_room_and_care_and_ends_by_itself(&street, &case).await;
    table::is_there_the_same_minute(&street).await;
    kept::is_seen_by_whom_it_is_about_and_destroyed(&street, &case).await;
    texts::stand_in_no_fact(&street).await;
    deployment.store.verify(&|_, _| {}).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_on_sqlite() {
    live(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_on_postgresql() {
    if let Some(database) = databases::postgres().await {
        live(Some(database)).await;
    }
}
