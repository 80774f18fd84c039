//! What can be said on the command line.

mod account;
mod demo;
mod form;
mod home;
mod import;
mod keep;
mod pack;
mod sheet;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use account::{Account, Add, Close, Grant, Link, Revoke, Token};
pub(crate) use demo::Demo;
pub(crate) use form::{Book, Form, Format};
pub(crate) use home::Home;
pub(crate) use import::{Divisions, Import, Roster};
pub(crate) use keep::{Backup, Doctor, Erase, Export, Outbox, Rebuild, Restore, Verify};
pub(crate) use pack::Pack;
pub(crate) use sheet::{Compared, Drawn, Kind, Sheet};

/// Looks after neighbourhoods, in quiet times and in an emergency.
///
/// Every fact is entered once, by the person closest to it; everything else is derived.
#[derive(Debug, Parser)]
#[command(name = "linli", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Serve a deployment.
    Serve(Serve),
    /// Make an invented street with its people and packs, play sixteen days of it, and serve it.
    Demo(Demo),
    /// Write, check, compare, try and adopt packs.
    #[command(subcommand)]
    Pack(Pack),
    /// Convert, check, outline and compare XLSForms.
    #[command(subcommand)]
    Form(Form),
    /// Understand workbooks that somebody drew.
    #[command(subcommand)]
    Sheet(Sheet),
    /// Open accounts, give roles, set passwords, make tokens.
    #[command(subcommand)]
    Account(Account),
    /// Bring in places or people from files.
    #[command(subcommand)]
    Import(Import),
    /// Check the chain, the signatures, the vault and the views.
    Verify(Verify),
    /// Make all views anew from the facts.
    Rebuild(Rebuild),
    /// Write all facts as lines of JSON; no names or numbers of people are among them.
    Export(Export),
    /// Show what waits to be told to others by the webhook, and what could not be told.
    Outbox(Outbox),
    /// Copy everything as it is at one instant, while the server runs.
    Backup(Backup),
    /// Bring back what `backup` wrote, after checking every byte of it.
    Restore(Restore),
    /// Destroy what is kept about a person, and give a signed certificate of it.
    Erase(Erase),
    /// Show every setting with where it came from, and check that all is in order.
    Doctor(Doctor),
}

/// Where the demo keeps its data.
#[derive(Debug, Clone, Args)]
pub(crate) struct Where {
    /// Folder for keys, attachments and, with SQLite, the database.
    #[arg(long, env = "LINLI_DIR", value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// A PostgreSQL database; SQLite in the folder when absent.
    #[arg(long, env = "LINLI_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

/// Serve a deployment.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address and port [`LINLI_LISTEN`; 127.0.0.1:8700].
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Where the deployment is.
    #[command(flatten)]
    pub(crate) home: Home,
}
