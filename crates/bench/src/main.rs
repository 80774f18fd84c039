//! Figures, each beside a peer or a limit taken in the same run: `cargo xtask bench`.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures are told to three digits"
)]

mod door;
mod forms;
mod ground;
mod import;
mod load;
mod page;
mod raw;
mod raw_postgres;
mod report;
mod submit;
mod views;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use report::Line;

/// The program's own, so that its figures are those of the program; peers in this process get it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much is measured.
pub(crate) struct Size {
    pub(crate) rounds: usize,
    quick: bool,
}

impl Size {
    /// How many commands each of so many clients gives.
    fn commands(&self, clients: usize) -> usize {
        let all = match clients {
            1 => 1_500,
            2..=99 => 12_000,
            _ => 40_960,
        };
        (all / if self.quick { 8 } else { 1 } / clients).max(1)
    }

    /// The greater number of things that figures are taken over.
    fn things(&self) -> usize {
        if self.quick { 1_000_000 } else { 10_000_000 }
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("it is there")
}

const NAMES: &[&str] =
    &["sqlite", "postgres", "door", "import", "forms", "views", "indicators", "page"];

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, answer] = arguments.as_slice()
        && first == door::BARE
    {
        return door::be_bare(answer.clone()).await;
    }
    let quick = arguments.iter().any(|it| it == "--quick");
    let only = arguments.iter().position(|it| it == "--only").map(|at| arguments.get(at + 1));
    let only: Option<Vec<String>> = match only {
        None => None,
        Some(Some(names)) => Some(names.split(',').map(str::to_owned).collect()),
        Some(None) => bail!("--only needs names: {}", NAMES.join(",")),
    };
    if let Some(unknown) = only.iter().flatten().find(|name| !NAMES.contains(&name.as_str())) {
        bail!("there is no figure {unknown}; there are {}", NAMES.join(","));
    }
    let size = Size { rounds: if quick { 1 } else { 3 }, quick };
    let today =
        jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date().to_string();
    let (mut lines, mut left_out) = (Vec::new(), Vec::new());
    for name in NAMES {
        if only.as_ref().is_some_and(|only| !only.iter().any(|it| it == name)) {
            continue;
        }
        eprintln!("{name} …");
        let measured = measure(name, &size).await?;
        eprint!("{}", report::table(&measured));
        if measured.is_empty() {
            left_out.push(*name);
        }
        lines.extend(measured);
        if only.is_none() && !quick {
            // After each, so that a run that is broken off leaves what it has.
            let done = NAMES.iter().position(|it| it == name).map_or(0, |at| at + 1);
            let missing: Vec<&str> = left_out.iter().chain(&NAMES[done..]).copied().collect();
            report::write(&root(), &lines, &missing, &today)?;
        }
    }
    println!("{}\n\n{}", report::machine(), report::table(&lines));
    Ok(())
}

async fn measure(name: &str, size: &Size) -> Result<Vec<Line>> {
    match name {
        "sqlite" => submit::sqlite(size).await,
        "postgres" => match std::env::var("LINLI_BENCH_POSTGRES") {
            Ok(server) => submit::postgres(size, &server).await,
            Err(_) => {
                eprintln!("LINLI_BENCH_POSTGRES names no server: PostgreSQL is left out");
                Ok(Vec::new())
            }
        },
        "door" => door::measure(size).await,
        "import" => import::measure(size),
        "forms" => forms::measure(size),
        "views" => views::rebuild(size).await,
        "indicators" => views::indicators(size).await,
        _ => page::measure(),
    }
}
