//! Builds the web app when its sources changed, so that the program carries it inside.

use std::path::Path;
use std::process::Command;

/// The oldest Node that builds the web app.
const NODE_MAJOR_MIN: u32 = 20;
/// What the web app is built from, below `web/`.
const SOURCES: &[&str] = &[
    "src",
    "build",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_APP").is_none() {
        return;
    }
    let web = Path::new("../../web");
    if !web.join("package.json").exists() {
        // A source tree without the web app: the server then says so on one page.
        println!("cargo::rerun-if-changed=../../web/package.json");
        return;
    }
    for source in SOURCES.iter().map(|name| web.join(name)).filter(|path| path.exists()) {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    println!("cargo::rerun-if-env-changed=LINLI_WEB_BUILT");
    if std::env::var_os("LINLI_WEB_BUILT").is_some() && web.join("dist/index.html").exists() {
        return;
    }
    if let Err(sentence) = build(web) {
        println!("cargo::error={sentence}");
    }
}

fn build(web: &Path) -> Result<(), String> {
    let install = format!(
        "install Node {NODE_MAJOR_MIN} or newer with npm (nodejs.org, or `apt install nodejs npm`), \
         or build with --no-default-features to leave the web app out"
    );
    let major = node_major().ok_or_else(|| format!("the web app needs Node: {install}"))?;
    if major < NODE_MAJOR_MIN {
        return Err(format!("Node {major} is too old for the web app: {install}"));
    }
    if !is_installed(web) {
        npm(web, &["ci", "--no-audit", "--no-fund", "--loglevel=error"])?;
    }
    npm(web, &["run", "build"])
}

/// Whether what the lock file names was installed after the lock file was last written.
fn is_installed(web: &Path) -> bool {
    let written = |name: &str| web.join(name).metadata().and_then(|file| file.modified()).ok();
    let (lock, installed) =
        (written("package-lock.json"), written("node_modules/.package-lock.json"));
    lock.is_some() && lock <= installed
}

fn node_major() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

fn npm(web: &Path, arguments: &[&str]) -> Result<(), String> {
    let what = format!("npm {}", arguments.join(" "));
    let output = Command::new("npm").args(arguments).current_dir(web).output();
    let output = output.map_err(|error| format!("{what} could not be started in web/: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    for line in String::from_utf8_lossy(&said).lines() {
        println!("cargo::warning={line}");
    }
    Err(format!("{what} failed in web/; what it said stands above"))
}
