//! Modes: in force, over, on offer, and what a level would change.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::ids::{LedgerId, ModeId};
use domain::modes::{Declared, preview};
use domain::rules::{LevelRule, ModeRule, Rules};

use crate::App;
use crate::lookup::Lookup;
use crate::packs::role_names;
use crate::problems::{Answer, DoorCode};
use crate::query::Asked;
use crate::sessions::Signed;
use crate::wire::modes::{
    DeadlineChange, Difference, ModeLevel, ModeOffer, ModePreview, ModeView, ModesPage,
    PreviewQuery, RetentionLine,
};
use crate::wire::places::LedgerQuery;
use crate::wire::{Named, Problem, Words};

/// The modes of a ledger and those above it: in force, over, and on offer.
#[utoipa::path(
    get, path = "/api/modes", operation_id = "modes", tag = "modes", params(LedgerQuery),
    responses((status = 200, body = ModesPage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn modes(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
) -> Answer<Json<ModesPage>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    let (active, past) = modes_at(&mut lookup, &ledger, false).await?;
    let rules = lookup.rules(&ledger).await?;
    let roles = signed.actor.roles_at(&head.path, app.now());
    let mut offered = Vec::new();
    for pack in &rules.packs {
        for mode in pack.modes.values() {
            let levels = sorted(mode).into_iter().map(|level| ModeLevel {
                id: level.id.clone(),
                rank: level.rank,
                name: (&level.name).into(),
                about: (&level.about).into(),
            });
            offered.push(ModeOffer {
                pack: pack.id.to_string(),
                mode: mode.id.to_string(),
                name: (&mode.name).into(),
                trigger: (&mode.trigger).into(),
                levels: levels.collect(),
                longest_days: mode.longest_days,
                may_declare: mode.declared_by.iter().any(|role| roles.contains(&role.as_str())),
            });
        }
    }
    Ok(Json(ModesPage { active, past, offered }))
}

fn sorted(mode: &ModeRule) -> Vec<&LevelRule> {
    let mut levels: Vec<&LevelRule> = mode.levels.values().collect();
    levels.sort_by_key(|level| level.rank);
    levels
}

/// Modes declared here or above: those in force or about to be, and those that are over.
pub(crate) async fn modes_at(
    lookup: &mut Lookup<'_>,
    ledger: &LedgerId,
    only_now: bool,
) -> Answer<(Vec<ModeView>, Vec<ModeView>)> {
    let rules = lookup.rules(ledger).await?;
    let now = lookup.app.now();
    let (mut active, mut past) = (Vec::new(), Vec::new());
    for (of, modes) in lookup.app.reading.modes_above(ledger).await? {
        for (mode, declared) in &modes.active {
            let holds = declared.from <= now && now < declared.until;
            let view = mode_view(&rules, &of, mode, declared);
            if now >= declared.until {
                past.push(view);
            } else if holds || !only_now {
                active.push(view);
            }
        }
        past.extend(
            modes.ended.iter().map(|(mode, declared)| mode_view(&rules, &of, mode, declared)),
        );
    }
    Ok((active, past))
}

fn mode_view(rules: &Rules, ledger: &LedgerId, mode: &ModeId, declared: &Declared) -> ModeView {
    let rule = rules.mode(mode);
    let level = rule.and_then(|rule| rule.levels.get(&declared.level));
    let unnamed = |id: &str| Words::new(id, id);
    ModeView {
        mode: mode.to_string(),
        name: rule.map_or_else(|| unnamed(mode.as_str()), |rule| (&rule.name).into()),
        level: declared.level.clone(),
        level_name: level.map_or_else(|| unnamed(&declared.level), |level| (&level.name).into()),
        rank: declared.rank,
        ledger: ledger.to_string(),
        authority: declared.authority.clone(),
        legal_basis: declared.legal_basis.clone(),
        reason: declared.reason.clone(),
        appeal: declared.appeal.clone(),
        from: declared.from.into(),
        until: declared.until.into(),
        review_on: declared.review_on.into(),
    }
}

/// What a level of a mode would change, before anybody declares it.
#[utoipa::path(
    get, path = "/api/modes/preview", operation_id = "preview_mode", tag = "modes", params(PreviewQuery),
    responses((status = 200, body = ModePreview), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn preview_mode(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<PreviewQuery>,
) -> Answer<Json<ModePreview>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, _) = lookup.known_ledger(&signed, &query.ledger).await?;
    let rules = lookup.rules(&ledger).await?;
    let mode = ModeId::new(query.mode).map_err(|_| DoorCode::NotFound)?;
    let told = preview(&rules, &mode, &query.level, app.now()).ok_or(DoorCode::NotFound)?;
    let roles = role_names(rules.packs.iter().map(|pack| &**pack));
    let unnamed = |id: &str| Words::new(id, id);
    let named = |id: &str, name: Option<&domain::Words>| Named {
        id: id.to_owned(),
        name: name.map_or_else(|| unnamed(id), Into::into),
    };
    let kinds =
        told.kinds.iter().map(|id| named(id.as_str(), rules.kind(id).map(|(_, k)| &k.name)));
    let forms =
        told.forms.iter().map(|id| named(id.as_str(), rules.form(id).map(|(_, f)| &f.name)));
    let deadlines = told.deadlines.iter().map(|change| {
        let kind = rules.kind(&change.kind).map(|(_, kind)| kind);
        let state = kind.and_then(|kind| kind.states.get(&change.state));
        DeadlineChange {
            kind: change.kind.to_string(),
            kind_name: kind.map_or_else(|| unnamed(change.kind.as_str()), |k| (&k.name).into()),
            state: change.state.clone(),
            state_name: state.map_or_else(|| unnamed(&change.state), |s| (&s.name).into()),
            before_minutes: change.before_minutes,
            after_minutes: change.after_minutes,
        }
    });
    Ok(Json(ModePreview {
        kinds: Difference { added: kinds.collect(), removed: Vec::new() },
        forms: Difference { added: forms.collect(), removed: Vec::new() },
        roles: Difference {
            added: told.roles.iter().map(|id| named(id, roles.get(id))).collect(),
            removed: Vec::new(),
        },
        deadlines: deadlines.collect(),
        retention: retention(&rules, &told.retention),
        ends_itself: true,
        longest_days: told.longest_days,
    }))
}

/// Personal elements that are kept for the purposes of a mode, and for how long after its end.
fn retention(rules: &Rules, purposes: &[(domain::ids::PurposeId, u16)]) -> Vec<RetentionLine> {
    let mut lines = Vec::new();
    for (purpose, days) in purposes {
        for pack in &rules.packs {
            let sealed = pack.elements.values().filter(|element| {
                element.sensitivity.is_sealed() && element.purposes.contains(purpose)
            });
            lines.extend(sealed.map(|element| RetentionLine {
                element: element.id.to_string(),
                name: (&element.name).into(),
                purpose: purpose.to_string(),
                days_after_end: *days,
            }));
        }
    }
    lines
}
