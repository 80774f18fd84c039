//! Which room may know which: the table of the architecture against what cargo says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Finding, Tree};

const PAGE: &str = "ARCHITECTURE.md";
/// Rooms outside the house: tools for tests and figures, which may use all and which nobody needs.
const OUTSIDE: &[&str] = &["testkit", "bench", "conformance", "xtask"];
/// What may be a dependency for tests everywhere but in the domain.
const FOR_TESTS: &str = "testkit";
/// Crates that only some rooms may know.
const RESERVED: &[(&[&str], &[&str], &str)] = &[
    (
        &[
            "axum",
            "axum-core",
            "http",
            "http-body",
            "hyper",
            "hyper-util",
            "reqwest",
            "tower",
            "tower-http",
            "utoipa-axum",
        ],
        &["server", "linli"],
        "only the server knows HTTP",
    ),
    (
        &["sqlx", "rusqlite", "libsqlite3-sys", "postgres", "tokio-postgres", "diesel"],
        &["store"],
        "only the store knows SQL",
    ),
    (
        &["serde-saphyr", "serde_yaml", "cel"],
        &["packfile", "linli"],
        "only packfile reads YAML and CEL",
    ),
];

/// A crate of the workspace with what it declares to use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its manifest, from the root of the repository.
    pub manifest: String,
    /// What it uses, tests aside.
    pub uses: BTreeSet<String>,
    /// What its tests use beyond that.
    pub tests_use: BTreeSet<String>,
}

impl Package {
    /// A package as tests build it.
    #[must_use]
    pub fn of(name: &str, uses: &[&str], tests_use: &[&str]) -> Self {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let manifest = format!("crates/{name}/Cargo.toml");
        Self { name: name.into(), manifest, uses: set(uses), tests_use: set(tests_use) }
    }
}

/// Asks cargo for the crates of the workspace; needs no network.
///
/// # Errors
/// When cargo cannot be asked or understood.
pub(super) fn packages(root: &Path) -> Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("asking cargo for the crates of the workspace")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    let list = answer["packages"].as_array().context("cargo metadata names no packages")?;
    list.iter().map(|package| read_package(root, package)).collect()
}

fn read_package(root: &Path, package: &Value) -> Result<Package> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let manifest = text(&package["manifest_path"]).context("a package without a manifest")?;
    let manifest = Path::new(&manifest).strip_prefix(root).unwrap_or(Path::new(&manifest));
    let mut read = Package {
        name: text(&package["name"]).context("a package without a name")?,
        manifest: manifest.display().to_string(),
        ..Package::default()
    };
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let name = text(&dependency["name"]).context("a dependency without a name")?;
        let for_tests = dependency["kind"].as_str() == Some("dev");
        if for_tests { &mut read.tests_use } else { &mut read.uses }.insert(name);
    }
    Ok(read)
}

/// The arrows between rooms are those of the architecture's `arrows` block and no others.
pub(super) fn rooms_depend_as_said(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.texts.get(PAGE) else { return Vec::new() };
    let arrows = match table(page) {
        Ok(arrows) => arrows,
        Err(error) => return vec![Finding::new(PAGE, 0, error.to_string())],
    };
    let rooms: BTreeSet<&str> = tree.packages.iter().map(|package| package.name.as_str()).collect();
    let mut findings = Vec::new();
    for package in tree.packages.iter().filter(|package| !OUTSIDE.contains(&package.name.as_str()))
    {
        let Some(allowed) = arrows.get(&row(package)) else {
            let words = format!("the arrows do not name `{}`", package.name);
            findings.push(Finding::new(PAGE, 0, words));
            continue;
        };
        let engines = tree.packages.iter().filter(|other| other.manifest.starts_with("engines/"));
        let engines: BTreeSet<&str> = engines.map(|engine| engine.name.as_str()).collect();
        let may = |name: &str| {
            allowed.contains(name)
                || allowed.contains(&format!("engines/{name}"))
                || (allowed.contains("engines/*") && engines.contains(name))
        };
        let ours = |names: &BTreeSet<String>| {
            names.iter().filter(|name| rooms.contains(name.as_str())).cloned().collect::<Vec<_>>()
        };
        let tests = ours(&package.tests_use).into_iter();
        let tests = tests.filter(|name| name != FOR_TESTS || package.name == "domain");
        for name in ours(&package.uses).into_iter().chain(tests).filter(|name| !may(name)) {
            let words =
                format!("`{}` may not know `{name}`; see the arrows in {PAGE}", package.name);
            findings.push(Finding::new(&package.manifest, 0, words));
        }
    }
    findings.extend(stale(&arrows, tree));
    findings
}

/// The row that speaks for a package: an engine has its own or that of all engines.
fn row(package: &Package) -> String {
    if package.manifest.starts_with("engines/") { "engines/*".into() } else { package.name.clone() }
}

/// Rooms that the arrows name and that are not there.
fn stale(arrows: &BTreeMap<String, BTreeSet<String>>, tree: &Tree) -> Vec<Finding> {
    let known = |name: &str| {
        let bare = name.strip_prefix("engines/").unwrap_or(name);
        bare == "*" || tree.packages.iter().any(|package| package.name == bare)
    };
    let named = arrows.iter().flat_map(|(from, to)| std::iter::once(from).chain(to));
    let gone: BTreeSet<&String> = named.filter(|name| !known(name)).collect();
    gone.into_iter()
        .map(|name| Finding::new(PAGE, 0, format!("the arrows name `{name}`, which is not there")))
        .collect()
}

/// Reads the block between ```` ```arrows ```` and ```` ``` ````.
fn table(page: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let block = page.split("```arrows\n").nth(1).context("the block ```arrows is missing")?;
    let block = block.split("```").next().unwrap_or_default();
    let mut arrows = BTreeMap::new();
    for line in block.lines().filter(|line| !line.trim().is_empty()) {
        let (from, to) =
            line.split_once("->").with_context(|| format!("`{line}` is not `room -> rooms`"))?;
        let to = to.split(',').map(str::trim).filter(|name| *name != "nothing");
        let to = to.map(str::to_owned).collect();
        if arrows.insert(from.trim().to_owned(), to).is_some() {
            bail!("`{}` stands twice in the arrows", from.trim());
        }
    }
    if arrows.is_empty() {
        bail!("the block ```arrows is empty");
    }
    Ok(arrows)
}

/// HTTP, SQL and YAML each have one room.
pub(super) fn outside_crates(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in tree.packages.iter().filter(|package| !OUTSIDE.contains(&package.name.as_str()))
    {
        for (crates, rooms, words) in RESERVED {
            let reserved = |name: &&String| crates.contains(&name.as_str());
            for name in package.uses.iter().filter(reserved) {
                if !rooms.contains(&package.name.as_str()) {
                    findings.push(Finding::new(&package.manifest, 0, format!("`{name}`: {words}")));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARROWS: &str = "# A\n```arrows\ndomain -> nothing\nstore -> domain\n```\n";

    fn tree(page: &str, packages: &[Package]) -> Tree {
        let mut tree = Tree::of([(PAGE, page)]);
        tree.packages = packages.to_vec();
        tree
    }

    #[test]
    fn an_arrow_that_the_architecture_does_not_name_is_found() {
        let domain = Package::of("domain", &["serde"], &[]);
        let good = [
            domain.clone(),
            Package::of("store", &["domain"], &["testkit"]),
            Package::of("testkit", &["store"], &[]),
        ];
        assert_eq!(rooms_depend_as_said(&tree(ARROWS, &good)), []);
        let back = [Package::of("domain", &["store"], &[]), Package::of("store", &[], &[])];
        assert_eq!(rooms_depend_as_said(&tree(ARROWS, &back)).len(), 1);
    }

    #[test]
    fn testkit_is_for_tests_and_never_for_the_domain() {
        let testkit = Package::of("testkit", &[], &[]);
        let normal = [
            Package::of("domain", &[], &[]),
            Package::of("store", &["testkit"], &[]),
            testkit.clone(),
        ];
        assert_eq!(rooms_depend_as_said(&tree(ARROWS, &normal)).len(), 1);
        let domain =
            [Package::of("domain", &[], &["testkit"]), Package::of("store", &[], &[]), testkit];
        assert_eq!(rooms_depend_as_said(&tree(ARROWS, &domain)).len(), 1);
    }

    #[test]
    fn a_missing_block_an_unnamed_room_and_a_room_that_is_gone_are_found() {
        let domain = Package::of("domain", &[], &[]);
        let store = Package::of("store", &[], &[]);
        assert_eq!(rooms_depend_as_said(&tree("# A\n", std::slice::from_ref(&domain))).len(), 1);
        assert_eq!(rooms_depend_as_said(&tree(ARROWS, std::slice::from_ref(&domain))).len(), 1);
        let more = [domain, store, Package::of("attic", &[], &[])];
        assert_eq!(rooms_depend_as_said(&tree(ARROWS, &more)).len(), 1);
    }

    #[test]
    fn engines_share_a_row() {
        let page = "```arrows\nlinli -> engines/*\nengines/* -> nothing\n```\n";
        let mut engine = Package::of("circle", &[], &[]);
        engine.manifest = "engines/circle/Cargo.toml".into();
        let good = [Package::of("linli", &["circle"], &[]), engine.clone()];
        assert_eq!(rooms_depend_as_said(&tree(page, &good)), []);
        engine.uses.insert("linli".into());
        let bad = [Package::of("linli", &[], &[]), engine];
        assert_eq!(rooms_depend_as_said(&tree(page, &bad)).len(), 1);
    }

    #[test]
    fn http_outside_the_server_and_sql_outside_the_store_are_found() {
        let bad = [
            Package::of("packfile", &["axum"], &[]),
            Package::of("server", &["axum", "sqlx"], &[]),
            Package::of("store", &["sqlx"], &["axum"]),
            Package::of("testkit", &["reqwest"], &[]),
        ];
        assert_eq!(outside_crates(&tree("", &bad)).len(), 2);
    }
}
