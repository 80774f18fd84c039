//! How open cases go on: people do what the rules say is possible, sooner or later.

use anyhow::Result;
use domain::cases::{Case, Possible, possible_actions};
use domain::ids::LedgerId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};

use super::clock::chance;
use super::life::{weight_of, weighted};
use super::play::{Deed, Play};
use super::sow::PoolLine;

/// How gladly an action of a pack is chosen that the story does not name.
const WEIGHT: f64 = 4.0;
/// What a state without a deadline is taken to have, in hours.
const SPAN_HOURS: i64 = 24;
/// Nobody waits longer than so many hours to begin with what has a later deadline.
const SPAN_HOURS_MAX: i64 = 60;

impl Play<'_> {
    /// What people do with the open cases whose time has come.
    pub(super) async fn hands(
        &mut self,
        rng: &mut fastrand::Rng,
        open: &[(LedgerId, Case)],
    ) -> Result<Vec<Deed>> {
        let now = self.store.now();
        let today = self.calendar.date(self.today());
        let mut pools: Option<Vec<PoolLine>> = None;
        let mut deeds = Vec::new();
        for (ledger, case) in open {
            let scripted = self.scripted.contains(case.id.as_str());
            let put_off = case.deferred_until.is_some_and(|day| day > today);
            if scripted || put_off || self.taken_up_at(case) > now {
                continue;
            }
            if pools.is_none() {
                pools = Some(self.pools().await?);
            }
            let pools = pools.as_deref().unwrap_or_default();
            let who = self.around(ledger, case);
            deeds.extend(self.hand(rng, (ledger, case), &who, pools).await?);
        }
        Ok(deeds)
    }

    /// When somebody takes a case up that stands where it stands.
    fn taken_up_at(&self, case: &Case) -> Timestamp {
        let pace = &self.story.life.pace;
        let what = format!("pace {} {} {}", case.id, case.standing.state, case.entered_at);
        let mut rng = chance(self.seed, &what);
        let span = case.standing.due_at.map_or(SignedDuration::from_hours(SPAN_HOURS), |due| {
            due.duration_since(case.entered_at)
        });
        let short = span.min(SignedDuration::from_hours(SPAN_HOURS_MAX));
        let part =
            |of: SignedDuration, part: f64| SignedDuration::from_secs_f64(of.as_secs_f64() * part);
        let (roll, within) = (rng.f64(), rng.f64());
        let waits = if roll < pace.soon {
            part(short, 0.02 + 0.5 * within * within)
        } else if roll < pace.soon + pace.late {
            span + part(short, 0.1 + within)
        } else if roll < pace.soon + pace.late + pace.left {
            span + SignedDuration::from_hours(24 * pace.left_days)
        } else {
            part(short, 0.5 + 0.45 * within)
        };
        case.entered_at + waits
    }

    /// Everybody who might do something about a case.
    fn around(&self, ledger: &LedgerId, case: &Case) -> Vec<String> {
        let works = |it: &&super::town::Known| {
            it.inhabitant.is_none() && self.town.works_in(it, ledger.as_str())
        };
        let mut who: Vec<String> =
            self.town.known.iter().filter(works).map(|it| it.account.clone()).collect();
        let subject = case.person().and_then(|it| self.town.account_of_person(it.as_str()));
        let others = [Some(case.reporter.to_string()), subject.map(str::to_owned)];
        for account in others.into_iter().flatten() {
            if !who.contains(&account) && self.town.account(&account).is_ok() {
                who.push(account);
            }
        }
        who
    }

    /// What one of several people does with a case, if anything is possible.
    pub(super) async fn hand(
        &self,
        rng: &mut fastrand::Rng,
        (ledger, case): (&LedgerId, &Case),
        who: &[String],
        pools: &[PoolLine],
    ) -> Result<Option<Deed>> {
        let mut actors = Vec::with_capacity(who.len());
        for account in who {
            actors.push(self.actor(account).await?);
        }
        let look = |context: &domain::Context<'_>, draft: &domain::Draft<'_>| {
            possible_actions(context, draft, case)
        };
        let possible = self.looking((ledger, case), &actors, look).await?;
        let mut choices: Vec<(&str, &Possible, f64)> = Vec::new();
        for (account, possible) in who.iter().zip(&possible) {
            let allowed = possible.iter().filter(|it| it.refusal.is_none());
            choices
                .extend(allowed.map(|it| (account.as_str(), it, self.gladly(account, case, it))));
        }
        let Some((account, possible, _)) = weighted(rng, &choices, |(_, _, weight)| *weight) else {
            return Ok(None);
        };
        self.done_by(rng, (ledger, case), account, possible, pools).await
    }

    /// How gladly somebody does something.
    fn gladly(&self, account: &str, case: &Case, possible: &Possible) -> f64 {
        // One reason is enough.
        if possible.command == "explain_delay" && case.delay_explained {
            return 0.0;
        }
        let life = &self.story.life;
        let otherwise = if possible.command == "act_on_case" { WEIGHT } else { 0.0 };
        let role = self.town.account(account).map_or("", |known| known.role.as_str());
        // What is said of a role or of a kind counts before what is said of all.
        let names = [format!("{role}/{}", possible.id), format!("{}.{}", case.kind, possible.id)];
        let own = names.iter().find_map(|name| life.weights.get(name)).copied();
        let weight = own.unwrap_or_else(|| weight_of(&life.weights, &possible.id, otherwise));
        weight * weight_of(&life.roles, role, 1.0)
    }

    async fn done_by(
        &self,
        rng: &mut fastrand::Rng,
        (ledger, case): (&LedgerId, &Case),
        account: &str,
        possible: &Possible,
        pools: &[PoolLine],
    ) -> Result<Option<Deed>> {
        let mut sower = self.sower(rng, ledger.as_str(), pools);
        let mut body = Map::from_iter([("case".to_owned(), json!(case.id))]);
        if possible.command == "act_on_case" {
            let Some(rules) = self.store.rules(ledger).await? else { return Ok(None) };
            let Some(pack) = rules.pack(&case.pack_hash) else { return Ok(None) };
            let fields = sower.fields(&pack, &possible.asks)?;
            body.insert("action".to_owned(), json!(possible.id));
            body.insert("fields".to_owned(), Json::Object(fields));
        } else if let Some(templates) = self.story.life.commands.get(possible.command) {
            body.extend(sower.all(templates)?);
        }
        let kind = possible.command;
        Ok(Some(Deed::new(ledger.as_str(), account, kind, Json::Object(body))))
    }
}
