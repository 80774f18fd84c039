//! Ten lines about what happened, counted in the store and not in the script.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use domain::cases::Case;
use domain::ids::LedgerId;
use domain::rules::Stage;
use domain::{Fact, Kind, Recorded, Thing};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use store::{Listing, Store};

/// How many facts are read at a time.
const FACTS: usize = 5_000;

/// What was counted.
#[derive(Default)]
struct Counts {
    facts: BTreeMap<&'static str, usize>,
    by_themselves: usize,
    odd: usize,
    late: usize,
    satisfied: usize,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Counts {
    fn see(&mut self, recorded: &Recorded) {
        *self.facts.entry(recorded.fact.name()).or_default() += 1;
        self.first =
            Some(self.first.map_or(recorded.recorded_at, |at| at.min(recorded.recorded_at)));
        self.last = self.last.max(Some(recorded.recorded_at));
        match &recorded.fact {
            Fact::OrderEnded { by_itself: true, .. } => self.by_themselves += 1,
            Fact::CaseRated { satisfied, .. } => self.satisfied += usize::from(*satisfied),
            Fact::SubmissionRecorded { flags, .. } if !flags.is_empty() => {
                self.odd += 1;
                self.late += usize::from(flags.contains(&domain::forms::Flag::CameLate));
            }
            _ => {}
        }
    }

    fn of(&self, fact: &str) -> usize {
        self.facts.get(fact).copied().unwrap_or(0)
    }

    fn all(&self) -> usize {
        self.facts.values().sum()
    }
}

/// What happened, in ten lines.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn ten_lines(store: &Store) -> Result<Vec<String>> {
    let mut counts = Counts::default();
    let ledgers = store.ledgers().await?;
    for (ledger, _) in &ledgers {
        count_facts(store, ledger, &mut counts).await?;
    }
    let cases = cases(store).await?;
    let in_stage = |stage: Stage| cases.iter().filter(|case| case.stage() == stage).count();
    let open = cases.iter().filter(|case| !case.standing.stage.is_final()).count();
    // As of the last fact: what is late then has become late while the play lasted.
    let late = |case: &&Case| counts.last.is_some_and(|at| case.is_late(at));
    let households = count(store, Kind::Household).await?;
    let (people, accounts) =
        (count(store, Kind::Person).await?, count(store, Kind::Account).await?);
    let mut packs: Vec<String> =
        store.packs().iter().map(|pack| format!("{} {}", pack.id, pack.version)).collect();
    packs.sort();
    let c = &counts;
    Ok(vec![
        format!("预案包 packs: {}", packs.join(", ")),
        format!("{households} 户 households, {people} 人 people, {accounts} 账户 accounts"),
        format!(
            "{}: {} 事实 facts, {} 账本 ledgers, 链头 heads {}",
            days(store, c),
            c.all(),
            ledgers.len(),
            digest(store).await?
        ),
        format!(
            "事项 cases: {} 上报 opened, {} 办结 closed, {} 不予受理 turned away, {open} 在办 open",
            cases.len(),
            in_stage(Stage::Closed),
            in_stage(Stage::Rejected),
        ),
        format!(
            "在办 open: {} 逾期 late, {} 待核查 to be verified, {} 挂账 open problems",
            cases.iter().filter(late).count(),
            in_stage(Stage::Claimed),
            in_stage(Stage::Deferred),
        ),
        format!(
            "{} 评价 ratings ({}), {} 退单 returned, {} 重开 reopened, {} 逾期说明 delays explained",
            c.of("case.rated"),
            average(c),
            c.of("case.returned"),
            c.of("case.reopened"),
            c.of("delay.explained"),
        ),
        format!(
            "{} 填报 submissions, {} 事后补报 came late, {} 有疑点 flagged, {} 漏报读数 readings missed",
            c.of("submission.recorded"),
            c.late,
            c.odd,
            c.of("reading.missed"),
        ),
        modes(store, &ledgers.iter().map(|(ledger, _)| ledger.clone()).collect::<Vec<_>>()).await?,
        format!(
            "{} 限制决定 orders given, {} 到期自行解除 ended by themselves, {} 照护有人负责 cares taken on, {} 物资取用 stock taken",
            c.of("order.given"),
            c.by_themselves,
            c.of("care.accepted"),
            c.of("hold.taken"),
        ),
        destroyed(store, c, &ledgers.iter().map(|(ledger, _)| ledger.clone()).collect::<Vec<_>>())
            .await?,
    ])
}

async fn count_facts(store: &Store, ledger: &LedgerId, counts: &mut Counts) -> Result<()> {
    let mut after = 0;
    loop {
        let facts = store.facts_after(ledger, after, FACTS).await?;
        let Some(last) = facts.last() else { return Ok(()) };
        after = last.seq;
        facts.iter().for_each(|recorded| counts.see(recorded));
    }
}

/// All things of a kind.
async fn all(store: &Store, kind: Kind) -> Result<Vec<Thing>> {
    let mut listing = Listing { limit: 1000, ..Listing::new(kind) };
    let mut things = Vec::new();
    loop {
        let page = store.list(&listing).await?;
        listing.after = page.things.last().map(|(_, _, cursor)| cursor.clone());
        things.extend(page.things.into_iter().map(|(_, thing, _)| thing));
        if !page.more {
            return Ok(things);
        }
    }
}

async fn count(store: &Store, kind: Kind) -> Result<usize> {
    Ok(all(store, kind).await?.len())
}

async fn cases(store: &Store) -> Result<Vec<Case>> {
    let cases = all(store, Kind::Case).await?.into_iter();
    let case = |thing| match thing {
        Thing::Case(case) => Some(*case),
        _ => None,
    };
    Ok(cases.filter_map(case).collect())
}

fn days(store: &Store, counts: &Counts) -> String {
    let day = |at: Option<Timestamp>| {
        at.map(|at| at.to_zoned_datetime(store.zone()).date().to_string()).unwrap_or_default()
    };
    format!("{} – {}", day(counts.first), day(counts.last))
}

fn average(counts: &Counts) -> String {
    match (counts.satisfied * 10).checked_div(counts.of("case.rated")) {
        Some(tenths) => format!("平均 average {}.{}", tenths / 10, tenths % 10),
        None => "无 none".to_owned(),
    }
}

/// One short text for the heads of all chains.
async fn digest(store: &Store) -> Result<String> {
    let mut hash = Sha256::new();
    for (ledger, seq, head) in store.heads().await? {
        hash.update(ledger.as_str());
        hash.update(seq.to_be_bytes());
        hash.update(head);
    }
    Ok(hash.finalize().iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// The modes that are or were in force, with their times.
async fn modes(store: &Store, ledgers: &[LedgerId]) -> Result<String> {
    let mut told = Vec::new();
    for ledger in ledgers {
        let Some(modes) = store.get::<domain::modes::Modes>(ledger, "modes").await? else {
            continue;
        };
        let rules = store.rules(ledger).await?;
        let name = |mode: &domain::ids::ModeId| {
            let rule = rules.as_ref().and_then(|rules| rules.mode(mode));
            rule.map_or_else(
                || mode.to_string(),
                |rule| format!("{} {}", rule.name.zh, rule.name.en),
            )
        };
        let day = |at: Timestamp| at.to_zoned_datetime(store.zone()).date();
        for (mode, declared) in &modes.active {
            let until = day(declared.until);
            told.push(format!("{}: 到 until {until}", name(mode)));
        }
        for (mode, declared) in &modes.ended {
            let ended = store.mode_ended(ledger, mode).await?.unwrap_or(declared.until);
            let how = if ended >= declared.until {
                "到期自行结束 ended by itself"
            } else {
                "提前结束 ended early"
            };
            told.push(format!("{}: {} – {} {how}", name(mode), day(declared.from), day(ended)));
        }
    }
    if told.is_empty() {
        told.push("无 none".to_owned());
    }
    Ok(format!("应急模式 modes: {}", told.join("; ")))
}

/// What was destroyed, and what will be once its time has come.
async fn destroyed(store: &Store, counts: &Counts, ledgers: &[LedgerId]) -> Result<String> {
    let done = counts.of("values.destroyed");
    let mut next: Option<(Timestamp, usize)> = None;
    for ledger in ledgers {
        let Some(modes) = store.get::<domain::modes::Modes>(ledger, "modes").await? else {
            continue;
        };
        for (mode, declared) in &modes.ended {
            let ended = store.mode_ended(ledger, mode).await?.unwrap_or(declared.until);
            for (_, days) in &declared.retention {
                let at = ended + SignedDuration::from_hours(24 * i64::from(*days));
                let due = store.due_destructions(at + SignedDuration::from_secs(1)).await?.len();
                if next.is_none_or(|(before, _)| at < before) {
                    next = Some((at, due));
                }
            }
        }
    }
    let next = next.map_or_else(
        || "没有到期的个人信息 no personal values have an end yet".to_owned(),
        |(at, due)| {
            let day = at.to_zoned_datetime(store.zone()).date();
            format!("{day} 将销毁 {due} 批个人信息 sets of personal values will be destroyed then")
        },
    );
    Ok(format!("{done} 次销毁 destructions so far; {next}"))
}
