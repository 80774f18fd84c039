//! The door: HTTP, sessions, wire types, jobs and the embedded web app.
//!
//! The only room that knows HTTP. [`App::new`] takes the store and options, [`App::router`] gives
//! the routes, [`serve`] answers on a listener until it is told to stop.

mod accounts;
mod app;
pub mod authority;
mod bodies;
mod cases;
mod changes;
#[cfg(test)]
mod command_matrix;
mod commands;
mod day;
mod demo;
mod envelope;
mod forms;
#[cfg(test)]
mod fuzzing;
mod health;
mod indicators;
mod jobs;
mod layers;
mod lookup;
mod metrics;
mod modes;
mod openapi;
mod openid;
mod openrosa;
mod outgoing;
mod packs;
mod passwords;
mod people;
mod places;
mod problems;
mod query;
mod reading;
mod roster;
mod serve;
mod sessions;
mod stock;
mod strict_json;
mod throttle;
mod webapp;
mod webhook;
pub mod wire;

pub use app::{App, AppOptions};
pub use demo::Demo;
pub use envelope::read_batch;
pub use openapi::document;
pub use openid::{OpenId, OpenIdSettings};
pub use passwords::{PasswordError, hash_password, password_fits};
pub use problems::{Answer, DoorCode, Refused};
pub use roster::identity_number::{IdentityNumber, masked};
pub use roster::landing::{Taken, take_roster};
pub use roster::rows::{BadRow, Roster, read_roster};
pub use serve::serve;
pub use sessions::{COOKIE, hash_of, new_secret};
pub use webhook::Webhook;
