//! The web app: what it is built with, its types, lints and unit tests, its generated client.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Outcome, Visit, answers};
use crate::run::Run;

/// The client's types, generated from the API document.
const CLIENT: &str = "src/api/schema.d.ts";

/// Everything that can be said about the app without a browser.
pub(super) fn check(visit: &Visit<'_>) -> Result<Outcome> {
    let web = visit.root.join("web");
    if !web.join("package.json").exists() {
        return Ok(Outcome::Nothing("there is no web/ yet"));
    }
    install(visit.root)?;
    client_is_fresh(&web)?;
    npm(&web, "run check").shown()?;
    let passed = npm(&web, "run test").counted()?;
    if passed == 0 {
        bail!("not one test of the app has run");
    }
    Ok(Outcome::Passed(passed))
}

/// An npm that speaks of nothing but its work.
pub(super) fn npm(web: &Path, words: &str) -> Run {
    Run::new("npm").say("--no-audit --no-fund --loglevel=error").say(words).within(web)
}

/// Installs what the lock file names, when it is not what lies there.
pub(super) fn install(root: &Path) -> Result<()> {
    let web = root.join("web");
    if !web.join("package-lock.json").exists() {
        return Ok(());
    }
    if !answers("npm", "--version") {
        bail!(
            "the web app needs Node 20 or newer with npm: nodejs.org, or apt-get install nodejs npm"
        );
    }
    let read = |path: &str| -> Option<Value> {
        serde_json::from_slice(&std::fs::read(web.join(path)).ok()?).ok()
    };
    let wanted = read("package-lock.json").context("web/package-lock.json cannot be read")?;
    match read("node_modules/.package-lock.json") {
        Some(installed) if is_installed(&wanted, &installed) => Ok(()),
        _ => npm(&web, "ci").shown(),
    }
}

/// Whether what is installed is what the lock file names; optional packages may be missing.
fn is_installed(wanted: &Value, installed: &Value) -> bool {
    let (Some(wanted), Some(installed)) =
        (wanted["packages"].as_object(), installed["packages"].as_object())
    else {
        return false;
    };
    let same = wanted.iter().filter(|(path, _)| !path.is_empty()).all(|(path, package)| {
        match installed.get(path) {
            Some(there) => there["integrity"] == package["integrity"],
            None => package["optional"] == true,
        }
    });
    same && installed.keys().all(|path| wanted.contains_key(path))
}

/// The generated client is what the API document gives today.
fn client_is_fresh(web: &Path) -> Result<()> {
    let path = web.join(CLIENT);
    let committed = std::fs::read(&path).context("the generated client is missing")?;
    let written_at = std::fs::metadata(&path)?.modified()?;
    npm(web, "run generate").quiet()?;
    let fresh = std::fs::read(&path)?;
    std::fs::write(&path, &committed)?;
    // As if nothing had happened, or the program would be built again for it.
    std::fs::File::options().write(true).open(&path)?.set_modified(written_at)?;
    if fresh != committed {
        bail!("web/{CLIENT} is not what the API document gives: cargo xtask bless");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_installed_is_compared_by_content() {
        let wanted = json!({"packages": {"": {}, "a": {"integrity": "1"}, "b": {"integrity": "2", "optional": true}}});
        let is = |packages: Value| is_installed(&wanted, &json!({ "packages": packages }));
        assert!(is(json!({"a": {"integrity": "1"}})));
        assert!(!is(json!({"a": {"integrity": "0"}})));
        assert!(!is(json!({"b": {"integrity": "2"}})));
        assert!(!is(json!({"a": {"integrity": "1"}, "c": {}})));
        assert!(!is_installed(&wanted, &json!({})));
    }
}
