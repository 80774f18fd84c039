//! The door from outside: a real store in a temporary directory, requests straight to the routes.

mod access_log;
mod authority;
mod bad_bytes;
mod bad_input;
mod bad_wires;
mod cases;
mod ending;
mod entities;
mod figures;
mod forms;
mod logs;
mod modes;
mod openid;
mod openrosa;
mod people;
mod register;
mod roster;
mod sessions;
mod side_by_side;
mod stream;
mod texts;
mod unread;
mod webhook;
mod wire;
mod world;
