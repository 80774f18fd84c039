//! `cargo xtask conformance openrosa`: a device in Python against the program itself.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::peer::Peer;

/// What plays the device.
const DEVICE: &str = include_str!("device.py");
/// Whose telephone it is.
const WORKER: &str = "grid-huaishu-1";
/// How long the program may take to listen.
const LISTENS: Duration = Duration::from_secs(30);

/// The program while it serves; it ends with this.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Founds a street, serves it, and lets the device fetch, fill and send its forms.
///
/// # Errors
/// When the program is not built or cannot be run, or an answer is not as OpenRosa has it.
pub fn run(root: &Path, folder: &Path) -> Result<()> {
    let peer = Peer::ready(folder)?;
    let program = ["debug", "release"].map(|kind| root.join("target").join(kind).join("linli"));
    let program = program
        .iter()
        .find(|it| it.exists())
        .context("the program is not built: cargo build --package linli")?;
    let data = folder.join("street");
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    let linli = |words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).arg("--dir").arg(&data).env("RUST_LOG", "error");
        command
    };
    let said = |command: &mut Command| -> Result<String> {
        let output = command.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            bail!("{command:?} ended with {}", output.status);
        }
        Ok(String::from_utf8(output.stdout)?)
    };
    said(&mut linli(&["demo", "--days", "0", "--no-serve"]))?;
    let told = said(&mut linli(&["account", "token", WORKER, "--about", "OpenRosa"]))?;
    let token =
        told.split_whitespace().max_by_key(|word| word.len()).context("no token was told")?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let mut serve = linli(&["serve", "--listen", &address]);
    let served = Served(serve.stdout(Stdio::null()).spawn()?);
    let begun = Instant::now();
    while TcpStream::connect(&address).is_err() {
        if begun.elapsed() > LISTENS {
            bail!("the program does not listen at {address}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let device = folder.join("device.py");
    std::fs::write(&device, DEVICE)?;
    let status = Command::new(peer.python())
        .arg(device)
        .arg(format!("http://{address}"))
        .arg(token)
        .status()?;
    drop(served);
    if !status.success() {
        bail!("the device ended with {status}");
    }
    Ok(())
}
