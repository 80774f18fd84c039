//! The binary: arguments, wiring, words on the terminal.

mod arguments;
mod demo;
mod deployment;
mod pack;
mod serve;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Verb};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let done = match arguments.verb {
        Verb::Pack(verb) => pack::run(&verb),
        Verb::Serve(it) => serve(&it).await.map(|()| ExitCode::SUCCESS),
        Verb::Demo(it) => demo::run(&it).await.map(|()| ExitCode::SUCCESS),
        Verb::Verify(it) => verify(&it).await,
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("linli: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Serves the deployment in a folder.
async fn serve(it: &arguments::Serve) -> anyhow::Result<()> {
    let dir = it.place.dir.as_deref().unwrap_or_else(|| Path::new("linli-data"));
    let store = deployment::open(dir, it.place.database.as_deref()).await?;
    serve::serve(store, it.listen, None).await
}

/// Reads everything again and says what is wrong first, if anything is.
async fn verify(it: &arguments::Where) -> anyhow::Result<ExitCode> {
    let dir = it.dir.as_deref().unwrap_or_else(|| Path::new("linli-data"));
    anyhow::ensure!(dir.exists(), "{} is not there; name the folder with --dir", dir.display());
    let store = deployment::open(dir, it.database.as_deref()).await?;
    let bar = indicatif::ProgressBar::new(0);
    let progress = |done: u64, all: u64| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let found = store.verify(&progress).await?;
    bar.finish_and_clear();
    match found {
        Ok(it) => {
            println!(
                "{} 事实 facts, {} 签名 signatures, {} 保险库值 vault values, {} 状态 states: 一致 all is well",
                it.facts, it.signatures, it.values, it.things
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(wrong) => {
            eprintln!("{wrong}");
            Ok(ExitCode::FAILURE)
        }
    }
}
