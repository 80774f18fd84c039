//! `linli demo`: what can be said to it.

use std::net::SocketAddr;

use clap::Args;

use super::Where;

/// Make an invented street with its people and packs, and serve it.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where its data are; `./linli-demo` when absent.
    #[command(flatten)]
    pub(crate) place: Where,
    /// Address and port.
    #[arg(long, default_value = "127.0.0.1:8700", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// What chance begins with; the same seed gives the same street.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub(crate) seed: u64,
    /// Make the street, tell what is there, and end.
    #[arg(long)]
    pub(crate) no_serve: bool,
}
