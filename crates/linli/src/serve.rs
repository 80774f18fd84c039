//! `linli serve`: answers until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use server::{App, AppOptions, Demo, OpenId};
use store::Store;
use tokio::net::TcpListener;

use crate::deployment::{Absent, Deployment};
use crate::settings::Settings;
use crate::stop;

/// How often the heads are signed.
const SIGNED_EVERY: Duration = Duration::from_secs(600);

/// Handles for files, the database and what is read meanwhile.
const HANDLES_KEPT: usize = 128;

/// Serves a store until the program is told to stop.
///
/// # Errors
/// When the listener fails.
pub(crate) async fn serve(
    store: Arc<Store>,
    listener: TcpListener,
    demo: Option<Demo>,
) -> Result<()> {
    let options = AppOptions { demo, ..AppOptions::new(Arc::clone(&store)) };
    answer(listener, options, &store).await
}

/// Serves a deployment as its settings say.
///
/// # Errors
/// When the deployment cannot be opened or the address is taken.
pub(crate) async fn deployment(settings: &Settings) -> Result<()> {
    let openid = settings.openid()?.map(OpenId::new).transpose();
    let openid = openid.context("OpenID Connect: the system's certificates (ca-certificates)")?;
    let webhook = settings.webhook()?;
    // The address first: nothing is made for a server that cannot answer.
    let listener = listen(settings.listen()?).await?;
    let deployment = Deployment::open(settings, Absent::Make).await?;
    if deployment.credentials().await?.is_empty() {
        eprintln!("还没有账户 nobody can sign in yet: linli account add NAME --role operator");
    }
    // A program that was killed left heads unsigned.
    deployment.sign().await?;
    let (behind_tls, behind_proxy) = settings.behind();
    let (session_hours, idle_hours) = settings.session_hours();
    let requests = settings.requests();
    let plain = AppOptions::new(Arc::clone(&deployment.store));
    let options = AppOptions {
        openid: openid.map(Arc::new),
        webhook,
        behind_tls,
        behind_proxy,
        session_hours,
        idle_hours,
        requests,
        connections: connections(settings.connections()),
        body_seconds: settings.body_seconds(),
        ..plain
    };
    answer(listener, options, &deployment.store).await
}

/// Asks the system for as many handles as it gives, and says how many connections they are enough
/// for. Systems begin with 1,024, which a community's phones with their streams use up.
fn connections(wanted: usize) -> usize {
    let mut handles = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: handles.maximum, maximum: handles.maximum };
    if handles.current != handles.maximum && setrlimit(Resource::Nofile, raised).is_ok() {
        handles = raised;
    }
    let there = handles.current.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(0));
    let most = wanted.min(there.saturating_sub(HANDLES_KEPT)).max(1);
    if most < wanted {
        tracing::warn!(wanted, most, "the system's limit of open files allows fewer connections");
    }
    most
}

/// Takes an address.
///
/// # Errors
/// When it is taken already, with what to do.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be used; choose another address with --listen"))
}

/// Answers until the program is told to stop; signs the heads every ten minutes and at the end.
async fn answer(listener: TcpListener, options: AppOptions, store: &Arc<Store>) -> Result<()> {
    println!("http://{}", listener.local_addr()?);
    let signing = tokio::spawn(sign_often(Arc::clone(store)));
    let served = server::serve(listener, App::new(options), stop::told()).await;
    signing.abort();
    served?;
    store.sign_heads().await.context("signing the heads").map(drop)
}

async fn sign_often(store: Arc<Store>) {
    loop {
        tokio::time::sleep(SIGNED_EVERY).await;
        if let Err(error) = store.sign_heads().await {
            tracing::warn!(%error, "the heads could not be signed");
        }
    }
}
