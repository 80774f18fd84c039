//! `linli serve`: answers until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use server::{App, AppOptions, Demo};
use store::Store;
use tokio::net::TcpListener;

/// Serves a store at an address until the program is told to stop.
///
/// # Errors
/// When the address is taken or the listener fails.
pub(crate) async fn serve(
    store: Arc<Store>,
    address: SocketAddr,
    demo: Option<Demo>,
) -> Result<()> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be used; choose another address with --listen")
    })?;
    let address = listener.local_addr()?;
    let app = App::new(AppOptions { demo, ..AppOptions::new(Arc::clone(&store)) });
    println!("http://{address}");
    server::serve(listener, app, told_to_stop()).await?;
    store.sign_heads().await.context("signing the heads")?;
    Ok(())
}

/// Ends when somebody presses Ctrl-C or the machine says that it is time.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut ended) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = ended.recv() => {}
    }
}
