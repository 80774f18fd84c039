//! The binary: arguments, wiring, words on the terminal.

mod account;
mod arguments;
mod ask;
mod backup;
mod console;
mod demo;
mod deployment;
mod doctor;
mod erase;
mod files;
mod form;
mod import;
mod keep;
mod outbox;
mod pack;
mod progress;
mod serve;
mod settings;
mod sheet;
mod stop;
mod trouble;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::arguments::{Account, Arguments, Home, Import, Pack, Verb};
use crate::settings::{LogFormat, Settings};

/// Answering is mostly small pieces of memory taken on one thread and given back on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.verb).await {
        Ok(code) => code,
        Err(error) if error.is::<stop::Stopped>() => {
            ask::leave_terminal_as_it_was();
            eprintln!("linli: {error}");
            // At once: a thread may still wait for somebody to type.
            std::process::exit(stop::CODE.into())
        }
        Err(error) => {
            eprintln!("linli: {:#}", trouble::with_hint(error));
            ExitCode::FAILURE
        }
    }
}

async fn run(verb: Verb) -> Result<ExitCode> {
    match verb {
        Verb::Demo(it) => {
            log(&std::env::var("RUST_LOG").unwrap_or_default(), LogFormat::Text);
            demo::run(&it).await.map(|()| ExitCode::SUCCESS)
        }
        Verb::Serve(it) => {
            let listen = ("listen", "--listen", it.listen.as_deref());
            let settings = settings(&it.home, &[listen])?;
            serve::deployment(&settings).await.map(|()| ExitCode::SUCCESS)
        }
        Verb::Form(verb) => Ok(form::run(&verb)),
        Verb::Sheet(verb) => Ok(sheet::run(&verb)),
        Verb::Pack(Pack::Adopt { folder, ledger, home }) => {
            let settings = settings(&home, &[])?;
            stop::unless_stopped(pack::adopt(&folder, &ledger, &settings)).await
        }
        Verb::Pack(verb) => pack::run(&verb),
        Verb::Account(verb) => {
            let settings = settings(home_of(&verb), &[])?;
            stop::unless_stopped(account::run(&verb, &settings)).await
        }
        Verb::Import(verb) => {
            let home = match &verb {
                Import::Divisions(it) => &it.home,
                Import::Roster(it) => &it.home,
            };
            let settings = settings(home, &[])?;
            stop::unless_stopped(import::run(&verb, &settings)).await
        }
        Verb::Verify(it) => {
            let settings = settings(&it.home, &[])?;
            stop::unless_stopped(keep::verify(&it, &settings)).await
        }
        Verb::Rebuild(it) => {
            let settings = settings(&it.home, &[])?;
            stop::unless_stopped(keep::rebuild(&it, &settings)).await
        }
        Verb::Export(it) => {
            let settings = settings(&it.home, &[])?;
            stop::unless_stopped(keep::export(&it, &settings)).await
        }
        Verb::Outbox(it) => {
            let settings = settings(&it.home, &[])?;
            stop::unless_stopped(outbox::run(&it, &settings)).await
        }
        Verb::Backup(it) => {
            let settings = settings(&it.home, &[])?;
            stop::unless_stopped(backup::backup(&it, &settings)).await
        }
        Verb::Restore(it) => {
            let settings = settings(&it.home, &[])?;
            stop::unless_stopped(backup::restore(&it, &settings)).await
        }
        Verb::Doctor(it) => stop::unless_stopped(doctor::doctor(&it)).await,
        Verb::Erase(it) => {
            let settings = settings(&it.home, &[])?;
            stop::unless_stopped(erase::erase(&it, &settings)).await
        }
    }
}

fn home_of(verb: &Account) -> &Home {
    match verb {
        Account::Add(it) => &it.home,
        Account::Grant(it) => &it.home,
        Account::Revoke(it) => &it.home,
        Account::Link(it) => &it.home,
        Account::Token(it) => &it.home,
        Account::Close(it) => &it.home,
        Account::Password { home, .. } | Account::Unlink { home, .. } | Account::List { home } => {
            home
        }
    }
}

/// Reads the settings and begins to log as they say.
fn settings(home: &Home, more: &[settings::Said<'_>]) -> Result<Settings> {
    let settings = Settings::read(home, more)?;
    log(settings.log_level(), settings.log_format());
    Ok(settings)
}

/// Begins to log to standard error.
fn log(level: &str, format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_new(level).unwrap_or_default();
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
}
