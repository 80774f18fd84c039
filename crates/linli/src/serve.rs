//! `linli serve`: answers until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use server::{App, AppOptions, Demo};
use store::Store;
use tokio::net::TcpListener;

use crate::deployment::{Absent, Deployment};
use crate::settings::Settings;
use crate::stop;

/// How often the heads are signed.
const SIGNED_EVERY: Duration = Duration::from_secs(600);

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
    // Never left aside without a word: people would find the door that they were told of shut.
    if settings.wants_openid() {
        bail!("this version has no OpenID Connect yet: take [openid] out of the settings");
    }
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
    let options =
        AppOptions { behind_tls, behind_proxy, session_hours, idle_hours, requests, ..plain };
    answer(listener, options, &deployment.store).await
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
