//! One suite for both databases: SQLite always, PostgreSQL when `LINLI_TEST_POSTGRES` names one.

#[path = "conformance/append.rs"]
mod append;
#[path = "conformance/beside.rs"]
mod beside;
#[path = "conformance/counts.rs"]
mod counts;
#[path = "conformance/erase.rs"]
mod erase;
#[path = "conformance/house.rs"]
mod house;
#[path = "conformance/keep.rs"]
mod keep;
#[path = "conformance/speed.rs"]
mod speed;
#[path = "conformance/texts.rs"]
mod texts;
#[path = "conformance/truth.rs"]
mod truth;
#[path = "conformance/upgrade.rs"]
mod upgrade;
