//! `linli account`: accounts and roles by commands, passwords and tokens beside the ledger.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use domain::accounts::{CloseAccount, GrantRole, OpenAccount, RevokeRole};
use domain::ids::{AccountId, LedgerId, PlaceId};
use domain::{Kind, Role, Thing};
use jiff::{SignedDuration, ToSpan as _};
use store::{Credential, Listing};

use crate::arguments::{self, Account};
use crate::deployment::{Absent, Deployment};
use crate::settings::Settings;
use crate::{ask, console};

/// The longest subject (OpenID Connect Core 1.0, section 2).
const SUBJECT_BYTES_MAX: usize = 255;

/// Does what was asked about accounts.
///
/// # Errors
/// A refusal in words, or what is wrong with the deployment.
pub(crate) async fn run(verb: &Account, settings: &Settings) -> Result<ExitCode> {
    let absent = if matches!(verb, Account::Add(_)) { Absent::Make } else { Absent::Refuse };
    let deployment = Deployment::open(settings, absent).await?;
    match verb {
        Account::Add(it) => add(&deployment, it).await?,
        Account::Grant(it) => grant(&deployment, it).await?,
        Account::Revoke(it) => revoke(&deployment, it).await?,
        Account::Password { name, .. } => password(&deployment, name).await?,
        Account::Token(it) => token(&deployment, it).await?,
        Account::Link(it) => link(&deployment, it, settings).await?,
        Account::Unlink { name, .. } => unlink(&deployment, name).await?,
        Account::List { .. } => return list(&deployment).await,
        Account::Close(it) => close(&deployment, it).await?,
    }
    deployment.sign().await?;
    Ok(ExitCode::SUCCESS)
}

async fn add(deployment: &Deployment, it: &arguments::Add) -> Result<()> {
    let account: AccountId = it.name.parse().with_context(|| {
        format!(
            "`{}` cannot be signed in with; take 1 to 64 letters, digits, `.`, `_`, `-`",
            it.name
        )
    })?;
    if deployment.get::<domain::accounts::Account>(&LedgerId::root(), &it.name).await?.is_some()
        || deployment.credential(&it.name).await?.is_some()
    {
        bail!("账户已存在 there is an account `{}` already; see linli account list", it.name);
    }
    let place = known_place(deployment, &it.at).await?;
    if let Some(role) = &it.role {
        known_role(deployment, role)?;
    }
    let person = it.person.as_deref().map(person).transpose()?;
    let password_hash = if it.machine || it.no_password {
        String::new()
    } else {
        server::hash_password(&ask::new_password().await?)?
    };
    let open = OpenAccount { account: account.clone(), person, machine: it.machine };
    console::give(deployment, &LedgerId::root(), open).await?;
    let credential = Credential {
        name: it.name.clone(),
        account: account.clone(),
        display: it.display.clone().unwrap_or_else(|| it.name.clone()),
        password_hash,
    };
    deployment.save_credential(&credential).await?;
    if let Some(role) = &it.role {
        let role = role.clone();
        let grant = GrantRole { account, role, place, until: None };
        console::give(deployment, &LedgerId::root(), grant).await?;
    }
    println!("账户已开 account opened: {}", it.name);
    Ok(())
}

fn person(text: &str) -> Result<(LedgerId, domain::ids::PersonId)> {
    let shape = || format!("`{text}` is not LEDGER/PERSON");
    let (ledger, person) = text.split_once('/').with_context(shape)?;
    Ok((ledger.parse().with_context(shape)?, person.parse().with_context(shape)?))
}

async fn known_place(deployment: &Deployment, id: &str) -> Result<PlaceId> {
    let place: PlaceId = id.parse().with_context(|| format!("`{id}` is no place"))?;
    if deployment.place(&place).await?.is_none() {
        bail!("没有地点 there is no place `{id}`; bring places in with linli import divisions");
    }
    Ok(place)
}

/// Refuses a role that neither the program nor a pack at hand knows.
fn known_role(deployment: &Deployment, role: &str) -> Result<()> {
    let fixed = Role::FIXED.iter().map(|(name, ..)| (*name).to_owned());
    let packs = deployment.packs();
    let theirs = packs.iter().flat_map(|pack| pack.roles.keys().cloned());
    let mut roles: Vec<String> = fixed.filter(|name| name != Role::SYSTEM).chain(theirs).collect();
    roles.dedup();
    if roles.iter().any(|known| known == role) {
        return Ok(());
    }
    bail!("没有角色 there is no role `{role}`; there are: {}", roles.join(", "))
}

/// The account that a name stands for.
async fn named(deployment: &Deployment, name: &str) -> Result<AccountId> {
    if let Some(credential) = deployment.credential(name).await? {
        return Ok(credential.account);
    }
    let known = deployment.get::<domain::accounts::Account>(&LedgerId::root(), name).await?;
    match known {
        Some(account) => Ok(account.id),
        None => bail!("没有账户 there is no account `{name}`; see linli account list"),
    }
}

async fn grant(deployment: &Deployment, it: &arguments::Grant) -> Result<()> {
    let account = named(deployment, &it.name).await?;
    known_role(deployment, &it.role)?;
    let place = known_place(deployment, &it.at).await?;
    let until = match it.until {
        None => None,
        Some(last) => {
            let after = last.checked_add(1.day()).context("that day is too far away")?;
            Some(after.to_zoned_datetime(deployment.zone())?.timestamp())
        }
    };
    let grant = GrantRole { account, role: it.role.clone(), place, until };
    console::give(deployment, &LedgerId::root(), grant).await?;
    println!("已授权 granted: {} {} @ {}", it.name, it.role, it.at);
    Ok(())
}

async fn revoke(deployment: &Deployment, it: &arguments::Revoke) -> Result<()> {
    let account = named(deployment, &it.name).await?;
    let place: PlaceId = it.at.parse().with_context(|| format!("`{}` is no place", it.at))?;
    let revoke = RevokeRole { account, role: it.role.clone(), place, reason: it.reason.clone() };
    console::give(deployment, &LedgerId::root(), revoke).await?;
    println!("已收回 revoked: {} {} @ {}", it.name, it.role, it.at);
    Ok(())
}

async fn password(deployment: &Deployment, name: &str) -> Result<()> {
    let account = named(deployment, name).await?;
    let password_hash = server::hash_password(&ask::new_password().await?)?;
    let credential = match deployment.credential(name).await? {
        Some(credential) => Credential { password_hash, ..credential },
        None => {
            let (name, account) = (name.to_owned(), account.clone());
            Credential { display: name.clone(), name, account, password_hash }
        }
    };
    deployment.save_credential(&credential).await?;
    let (sessions, _) = deployment.end_access(&account, false).await?;
    println!("密码已改 password set: {name}; {sessions} 个会话已结束 sessions ended");
    Ok(())
}

async fn token(deployment: &Deployment, it: &arguments::Token) -> Result<()> {
    let account = named(deployment, &it.name).await?;
    let secret = server::new_secret().map_err(|_| anyhow::anyhow!("no randomness"))?;
    let ends = jiff::Timestamp::now() + SignedDuration::from_hours(24 * i64::from(it.days));
    deployment.save_token(&server::hash_of(&secret), &account, &it.about, ends).await?;
    eprintln!("令牌只显示这一次 this token is shown once, until {ends}:");
    println!("{secret}");
    Ok(())
}

async fn link(deployment: &Deployment, it: &arguments::Link, settings: &Settings) -> Result<()> {
    let account = named(deployment, &it.name).await?;
    let provider = settings.openid()?;
    let provider = provider.context("there is no provider: set [openid] in linli.toml first")?;
    let subject = it.subject.trim();
    if subject.is_empty() || subject.len() > SUBJECT_BYTES_MAX {
        bail!("a subject has 1 to {SUBJECT_BYTES_MAX} characters");
    }
    let known = deployment.openid_account(&provider.issuer, subject).await?;
    if let Some(other) = known.filter(|other| *other != account) {
        bail!("`{subject}` signs in as `{other}` already; linli account unlink {other}");
    }
    deployment.link_openid(&provider.issuer, subject, &account).await?;
    println!("已关联 linked: {} ← {subject} @ {}", it.name, provider.issuer);
    Ok(())
}

async fn unlink(deployment: &Deployment, name: &str) -> Result<()> {
    let account = named(deployment, name).await?;
    let links = deployment.unlink_openid(&account).await?;
    let (sessions, _) = deployment.end_access(&account, false).await?;
    println!("已取消关联 unlinked: {name}; {links} links, {sessions} sessions ended");
    Ok(())
}

async fn close(deployment: &Deployment, it: &arguments::Close) -> Result<()> {
    let account = named(deployment, &it.name).await?;
    let what = format!("将关闭账户 the account `{}` will be closed for good.", it.name);
    ask::before(what, it.yes).await?;
    let close = CloseAccount { account: account.clone(), reason: it.reason.clone() };
    console::give(deployment, &LedgerId::root(), close).await?;
    let (sessions, tokens) = deployment.end_access(&account, true).await?;
    deployment.unlink_openid(&account).await?;
    println!("账户已关闭 account closed: {}; {sessions} sessions, {tokens} tokens ended", it.name);
    Ok(())
}

async fn list(deployment: &Deployment) -> Result<ExitCode> {
    let credentials = deployment.credentials().await?;
    let (tokens, links) = (deployment.tokens().await?, deployment.openid_links().await?);
    let now = jiff::Timestamp::now();
    let root = LedgerId::root();
    let mut listing = Listing { ledger: Some(root), limit: 1000, ..Listing::new(Kind::Account) };
    let mut count = 0;
    loop {
        let page = deployment.list(&listing).await?;
        listing.after = page.things.last().map(|(_, _, after)| after.clone());
        for (_, thing, _) in page.things {
            let Thing::Account(account) = thing else { continue };
            count += 1;
            let credential = credentials.iter().find(|it| it.account == account.id);
            let name = credential.map_or(account.id.as_str(), |it| it.name.as_str());
            let shown = credential.map_or("", |it| it.display.as_str());
            let mut notes = Vec::new();
            if account.closed {
                notes.push("已关闭 closed".to_owned());
            }
            if account.machine {
                notes.push("机器 machine".to_owned());
            } else if credential.is_none_or(|it| it.password_hash.is_empty()) {
                notes.push("无密码 no password".to_owned());
            }
            println!("{name}\t{shown}\t{}", notes.join(", "));
            for grant in &account.grants {
                let until = grant.until.map(|at| format!(" → {at}")).unwrap_or_default();
                println!("\t{} @ {}{until}", grant.role.0, grant.place);
            }
            for (issuer, subject, _) in links.iter().filter(|(.., of)| *of == account.id) {
                println!("\t统一身份 OpenID Connect {subject} @ {issuer}");
            }
            for (_, about, ends) in tokens.iter().filter(|(of, ..)| *of == account.id) {
                let over = if *ends <= now { " 已过期 over" } else { "" };
                println!("\t令牌 token {about} → {ends}{over}");
            }
        }
        if !page.more {
            break;
        }
    }
    println!("{count} 账户 accounts");
    Ok(ExitCode::SUCCESS)
}
