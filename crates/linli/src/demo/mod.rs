//! `linli demo`: an invented street with its people, places and packs, and sixteen days of its life.

mod clock;
mod found;
mod hands;
mod life;
mod play;
mod script;
mod sow;
mod story;
mod street;
mod told;
mod town;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use domain::ids::LedgerId;
use jiff::Timestamp;
use jiff::civil::Date;
use server::Demo;
use server::wire::Words;
use server::wire::session::DemoPerson;
use store::{Store, StoreOptions};

use crate::progress::Progress;
use crate::{arguments, deployment, serve, stop};
use clock::{Calendar, PlayClock, PlayEntropy};
pub(crate) use found::Packs;
use play::Play;
use story::Story;
use street::{Door, Street};
use town::Town;

/// When the first day of a play begins, in minutes after midnight.
const BEGINS: i32 = 6 * 60;

/// What is played.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// What chance begins with.
    seed: u64,
    /// The first day; counted back from today when absent.
    first: Option<Date>,
    /// How many days.
    days: i32,
}

/// Founds and plays the street if it is not there, and serves it.
///
/// # Errors
/// When the folder or the address cannot be used, or an earlier play was broken off.
pub(crate) async fn run(demo: &arguments::Demo) -> Result<()> {
    let dir = demo.place.dir.as_deref().unwrap_or_else(|| Path::new("linli-demo"));
    // The address first: nobody waits for a play that cannot be seen.
    let listener = match demo.no_serve {
        true => None,
        false => Some(serve::listen(demo.listen).await?),
    };
    let (street, story) = (Street::built_in(), Story::built_in());
    let plan = Plan { seed: demo.seed, first: demo.first_day, days: demo.days };
    let bar = Progress::begin("演示 playing, 小时 hours");
    let progress = |done: u64, all: u64| bar.report(done, all);
    let store = tokio::select! {
        store = there(dir, demo.place.database.as_deref(), (&street, &story), plan, &progress) => store?,
        () = stop::told() => return Err(broken_off(dir)),
    };
    bar.end();
    store.sign_heads().await?;
    for line in told::ten_lines(&store).await? {
        println!("{line}");
    }
    let Some(listener) = listener else { return Ok(()) };
    let _held = deployment::hold(dir)?;
    serve::serve(store, listener, Some(Demo { people: people(&street) })).await
}

/// The street in a folder: as it was left, or founded and played now.
async fn there(
    dir: &Path,
    database: Option<&str>,
    (street, story): (&Street, &Story),
    plan: Plan,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Arc<Store>> {
    let zone = StoreOptions::new(dir, Arc::new(|_| Err(String::new()))).zone;
    let now = Timestamp::now();
    let today = now.to_zoned_datetime(zone.clone()).date();
    let back = jiff::Span::new().days(i64::from(plan.days));
    let first = plan.first.unwrap_or_else(|| today.saturating_sub(back));
    let calendar = Calendar { first, zone };
    // A play that ends today goes on until now; one of other days ends in the morning.
    let morning = calendar.at(plan.days + 1, BEGINS);
    let end = if plan.first.is_some() && plan.days > 0 { morning } else { now };
    if end > now {
        bail!("a play ends before today: choose an earlier --first-day");
    }
    let clock = Arc::new(PlayClock::standing_at(calendar.at(1, BEGINS)));
    let entropy = Arc::new(PlayEntropy::from_seed(plan.seed));
    if plan.days == 0 {
        clock.release();
    }
    let store = deployment::open_with(dir, database, |options| {
        options.clock = Arc::<PlayClock>::clone(&clock);
        options.entropy = Arc::<PlayEntropy>::clone(&entropy);
    })
    .await?;
    if !found::is_marked(&store, found::PLAYED).await? {
        let Some(_alone) = deployment::hold_alone(dir)? else {
            let dir = dir.display();
            bail!(
                "{dir} 正在被另一个程序使用，请等它做完 / {dir} is at work in another program; wait until \
                 it is done"
            );
        };
        // What stands in the middle of a story cannot be taken up again.
        if found::is_marked(&store, found::BEGUN).await? {
            return Err(broken_off(dir));
        }
        // The ledger of a deployment opens with one fact: what has more is somebody's own.
        if store.last_seq(&LedgerId::root()).await? > 1 {
            return Err(no_demo(dir));
        }
        let doors = doors(street, plan.seed);
        found::found(&store, street, &doors).await?;
        if plan.days > 0 {
            let town = Town::of(street, &doors)?;
            let mut play = Play::new(&store, &clock, (story, &town), first, plan.seed);
            play.until(end, progress).await?;
        }
        found::mark(&store, found::PLAYED).await?;
    }
    clock.release();
    entropy.release();
    Ok(store)
}

/// The doors of each community, as chance has them.
fn doors(street: &Street, seed: u64) -> Vec<(String, Vec<Door>)> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let communities = street.communities.iter();
    communities.map(|it| (it.id.clone(), street.doors(it, &mut rng))).collect()
}

/// What to do about a play that was broken off.
fn broken_off(dir: &Path) -> anyhow::Error {
    let dir = dir.display();
    anyhow!(
        "{dir} 里的演示只演了一半（上次被打断了）：请删除这个文件夹，或用 --dir 换一个，再运行一次。 / \
         The demo in {dir} was broken off half-way: delete that folder, or name another with --dir, \
         and run this again."
    )
}

/// What to do about a folder that was named by mistake.
fn no_demo(dir: &Path) -> anyhow::Error {
    let dir = dir.display();
    anyhow!(
        "{dir} 里的部署不是演示，什么都没有改动：请用 --dir 换一个文件夹。 / {dir} holds a deployment \
         that is no demo, and nothing in it was changed: name another folder with --dir."
    )
}

/// Those who are offered on the sign-in page.
fn people(street: &Street) -> Vec<DemoPerson> {
    let words = |text: &str| Words::from(&street::words(text));
    let role = |name: &str| {
        let known = domain::Role::FIXED.iter().find(|(id, ..)| *id == name);
        let (zh, en) = known.map_or((name, name), |(_, zh, en)| (*zh, *en));
        Words::from(&domain::Words::new(zh, en))
    };
    let place = |id: &str| {
        let line = street.places.iter().find(|line| line.id == id);
        line.map_or_else(|| "邻里 Linli".to_owned(), |line| line.name.clone())
    };
    let workers = street.people.iter().map(|it| DemoPerson {
        account: it.name.clone(),
        name: it.display.clone(),
        role: role(&it.role),
        place: place(&it.place),
        about: words(&it.about),
    });
    let residents = street.residents.iter().map(|it| DemoPerson {
        account: it.name.clone(),
        name: it.display.clone(),
        role: role(domain::Role::RESIDENT),
        place: place(&it.community),
        about: words(&it.about),
    });
    workers.chain(residents).collect()
}
