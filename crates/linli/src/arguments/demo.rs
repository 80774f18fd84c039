//! `linli demo`: what can be said to it.

use std::net::SocketAddr;

use clap::Args;

use super::Where;

/// Make an invented street with its people and packs, play sixteen days of it, and serve it.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where its data are; `./linli-demo` when absent.
    #[command(flatten)]
    pub(crate) place: Where,
    /// Address and port.
    #[arg(long, default_value = "127.0.0.1:8700", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// What chance begins with; the same seed and first day give the same facts.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub(crate) seed: u64,
    /// How many days are played; with 0 the street is only founded.
    #[arg(long, default_value_t = 16, value_name = "DAYS", value_parser = clap::value_parser!(i32).range(0..=16))]
    pub(crate) days: i32,
    /// The first day; when absent, so many days ago that the last one is yesterday.
    #[arg(long, value_name = "DATE")]
    pub(crate) first_day: Option<jiff::civil::Date>,
    /// Play, tell in ten lines what happened, and end.
    #[arg(long)]
    pub(crate) no_serve: bool,
}
