//! The files of a pack put together, read, and checked against each other.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{CaseKindId, FormId, PackId};
use domain::rules::{CaseKind, Form, Pack, SharedPack};
use sha2::{Digest, Sha256};

use crate::example::{self, Example};
use crate::kinds::Source;
use crate::names::Names;
use crate::problem::{Code, Notes, Problem, Problems, Spot, nearest};
use crate::reader::{Fields, Named, Page, is_id};
use crate::yaml::{self, Node};
use crate::{dictionary, figures, forms, head, kinds, modes, walkways};

/// The files of a pack: their bytes by their path within the pack's folder.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The most files.
pub const FILES_MAX: usize = 400;
/// The most bytes in all files together.
pub const PACK_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most kinds, forms, modes, and the most elements and indicators.
const KINDS_MAX: usize = 100;
const ELEMENTS_MAX: usize = 1000;
/// The longest id of a pack: with a dot and another id behind it, it is still an id.
const PACK_ID_MAX: usize = 23;

/// Parts that have a folder with a file for each entry.
const FOLDERS: &[&str] = &["kinds", "lives", "forms", "examples"];
/// Parts that have a file of their own.
const SHEETS: &[&str] = &["dictionary", "indicators", "tables", "modes", "stock", "duties"];

/// A pack that was read and found sound.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The pack.
    pub pack: SharedPack,
    /// Its examples.
    pub examples: Vec<Example>,
    /// What is odd about it, but not wrong.
    pub warnings: Vec<Problem>,
}

/// Reads a pack from the bytes of its files, by path within the pack's folder.
///
/// # Errors
/// All that is wrong with it, each with its file, line and column.
pub fn read(files: &Files) -> Result<Checked, Problems> {
    let notes = RefCell::new(Notes::default());
    let trees = parse(files, &notes);
    // What is missing because a file cannot be read is not shown a hundred times over.
    let read = if notes.borrow().is_clean() { assemble(files, &trees, &notes) } else { None };
    let warnings = notes.into_inner().finish()?;
    match read {
        Some((pack, examples)) => Ok(Checked { pack: Arc::new(pack), examples, warnings }),
        None => Err(Problems { shown: Vec::new(), more: 0 }),
    }
}

/// The hash of a pack: SHA-256 over its files in the order of their paths, each path and its
/// bytes with their lengths in front.
#[must_use]
pub fn hash(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        for part in [path.as_bytes(), bytes] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The trees of the YAML files, by path.
fn parse(files: &Files, notes: &RefCell<Notes>) -> BTreeMap<String, Node> {
    let mut trees = BTreeMap::new();
    let whole = Page { file: "pack.yaml", notes };
    let bytes: usize = files.values().map(Vec::len).sum();
    if files.len() > FILES_MAX {
        whole.wrong(Spot::default(), Code::TooLarge, &["files", &FILES_MAX.to_string()]);
        return trees;
    }
    if bytes > PACK_BYTES_MAX {
        let most = format!("{} MB", PACK_BYTES_MAX / 1024 / 1024);
        whole.wrong(Spot::default(), Code::TooLarge, &["bytes", &most]);
        return trees;
    }
    for (path, bytes) in files {
        let page = Page { file: path, notes };
        match sort_of(path) {
            Belongs::Yes => {}
            Belongs::Beside => continue,
            Belongs::No(meant) => {
                page.wrong_near(Spot::default(), Code::UnknownFile, &[], meant);
                continue;
            }
        }
        let (tree, faults) = yaml::parse(bytes);
        for fault in faults {
            let details: Vec<&str> = fault.details.iter().map(String::as_str).collect();
            page.wrong(fault.spot, fault.code, &details);
        }
        if let Some(tree) = tree {
            trees.insert(path.clone(), tree);
        }
    }
    trees
}

enum Belongs {
    Yes,
    /// Notes for readers, hashed but not read.
    Beside,
    No(Option<String>),
}

fn sort_of(path: &str) -> Belongs {
    if path == "pack.yaml" || SHEETS.iter().any(|sheet| path == format!("{sheet}.yaml")) {
        return Belongs::Yes;
    }
    if path.starts_with("forms/") && path.ends_with(".xlsx") && path.len() <= 200 {
        return Belongs::Beside;
    }
    if path.ends_with(".md") && !path.contains("..") && path.len() <= 200 {
        return Belongs::Beside;
    }
    if let Some((folder, file)) = path.split_once('/')
        && FOLDERS.contains(&folder)
        && file.strip_suffix(".yaml").is_some_and(is_id)
    {
        return Belongs::Yes;
    }
    let sheets = SHEETS.iter().map(|sheet| format!("{sheet}.yaml"));
    let folders = FOLDERS.iter().map(|folder| format!("{folder}/….yaml"));
    let known: Vec<String> =
        std::iter::once("pack.yaml".to_owned()).chain(sheets).chain(folders).collect();
    Belongs::No(nearest(path, known.iter().map(String::as_str)))
}

/// The entries of a part: from its folder, its file, or `pack.yaml`.
struct Parts<'a> {
    by_name: BTreeMap<&'static str, Vec<Named<'a>>>,
}

impl<'a> Parts<'a> {
    fn new(
        trees: &'a BTreeMap<String, Node>,
        head: &Fields<'a>,
        notes: &'a RefCell<Notes>,
    ) -> Self {
        let mut by_name = BTreeMap::new();
        for part in SHEETS.iter().chain(FOLDERS) {
            let mut entries = head.get(part).map(|item| item.by_id()).unwrap_or_default();
            if let Some((path, tree)) = trees.get_key_value(&format!("{part}.yaml")) {
                let page = Page { file: path, notes };
                if head.has(part) {
                    page.wrong(Spot { line: 1, column: 1 }, Code::FileTwice, &[part]);
                }
                entries.extend(page.item(tree).by_id());
            }
            for (path, tree) in trees {
                let below = path.strip_prefix(part).and_then(|rest| rest.strip_prefix('/'));
                let Some(id) = below.and_then(|file| file.strip_suffix(".yaml")) else { continue };
                let page = Page { file: path, notes };
                let spot = Spot { line: 1, column: 1 };
                if entries.iter().any(|entry| entry.key == id) {
                    page.wrong(spot, Code::FileTwice, &[id]);
                    continue;
                }
                entries.push(Named { key: id, spot, item: page.item(tree) });
            }
            entries.truncate(Self::most(part, &entries));
            by_name.insert(*part, entries);
        }
        Self { by_name }
    }

    /// How many entries of a part are looked at; more are noted.
    fn most(part: &str, entries: &[Named<'a>]) -> usize {
        let small = matches!(part, "kinds" | "lives" | "forms" | "modes" | "tables");
        let most = if small { KINDS_MAX } else { ELEMENTS_MAX };
        if let Some(extra) = entries.get(most) {
            extra.item.page.wrong(extra.spot, Code::TooLarge, &[part, &most.to_string()]);
        }
        most
    }

    fn of(&self, part: &str) -> &[Named<'a>] {
        self.by_name.get(part).map(Vec::as_slice).unwrap_or_default()
    }
}

fn assemble<'a>(
    files: &Files,
    trees: &'a BTreeMap<String, Node>,
    notes: &'a RefCell<Notes>,
) -> Option<(Pack, Vec<Example>)> {
    let page = Page { file: "pack.yaml", notes };
    let Some(tree) = trees.get("pack.yaml") else {
        page.wrong(Spot::default(), Code::NoPack, &[]);
        return None;
    };
    let keys: Vec<&'static str> = head::KEYS.iter().chain(SHEETS).chain(FOLDERS).copied().collect();
    let fields = page.item(tree).fields(&keys);
    let parts = Parts::new(trees, &fields, notes);
    let id = pack_id(&fields);
    let mut names = declared(id, &fields, &parts);
    dictionary::read(parts.of("dictionary"), &mut names);
    let head = head::read(&fields);
    // What is filled under a version of the pack is read by it, so forms have a version by its hash.
    let hash = hash(files);
    let version = format!("{}-{}", head.version, &hash[..8]);
    outline_forms(parts.of("forms"), files, &version, page, &mut names);
    let sources: Vec<Source<'_>> =
        parts.of("kinds").iter().map(|entry| Source::new(entry, parts.of("lives"))).collect();
    for source in &sources {
        names.kinds.insert(source.id.to_owned(), source.outline());
    }
    let purposes = head::purposes(&fields, &names);
    names.kept_days = purposes.iter().map(|(id, it)| (id.clone(), it.retention_days)).collect();
    let kinds = read_kinds(&sources, &names);
    let forms = parts.of("forms").iter();
    let forms = forms.filter_map(|entry| forms::read(entry, &version, &names));
    let forms: BTreeMap<FormId, Form> = forms.map(|form| (form.id.clone(), form)).collect();
    if parts.of("kinds").is_empty() && parts.of("forms").is_empty() {
        page.wrong(Spot::default(), Code::NoKinds, &[]);
    }
    let indicators = figures::indicators(parts.of("indicators"), &names);
    let tables = figures::tables(parts.of("tables"), &names, &indicators);
    let pack = Pack {
        id: PackId::new(id).ok()?,
        version: head.version,
        hash,
        name: head.name,
        about: head.about,
        authority: head.authority,
        source: head.source,
        reviewer: head.reviewer,
        valid_from: head.valid_from,
        valid_until: head.valid_until,
        purposes,
        elements: BTreeMap::new(),
        kinds,
        forms,
        indicators,
        tables,
        modes: modes::modes(parts.of("modes"), &names),
        duties: modes::duties(parts.of("duties"), &names),
        stock: modes::stock(parts.of("stock")),
        roles: head::roles(&fields),
    };
    let examples = example::read(parts.of("examples"), &names, &pack);
    if parts.of("examples").is_empty() {
        page.wrong(Spot::default(), Code::NoExamples, &[]);
    }
    warn_of_unused(parts.of("dictionary"), &names);
    let elements =
        names.elements.into_values().map(|element| (element.id.clone(), element)).collect();
    Some((Pack { elements, ..pack }, examples))
}

/// Forms and kinds name each other, so the outlines of forms come first, and the workbooks that they
/// are read from.
fn outline_forms(
    entries: &[Named<'_>],
    files: &Files,
    version: &str,
    page: Page<'_>,
    names: &mut Names,
) {
    forms::unused(entries, files, page);
    for entry in entries {
        if let Some(sheet) = forms::sheet(entry, files, version, names) {
            names.sheets.insert(entry.key.to_owned(), sheet);
        }
        let outline = forms::outline(entry, names);
        names.forms.insert(entry.key.to_owned(), outline);
    }
}

/// The pack's id, short enough to stand in front of any other.
fn pack_id<'a>(fields: &Fields<'a>) -> &'a str {
    let Some(item) = fields.need("id") else { return "pack" };
    let id = item.id().unwrap_or("pack");
    if id.len() > PACK_ID_MAX {
        item.wrong(Code::TooLarge, &["id", &PACK_ID_MAX.to_string()]);
        return "pack";
    }
    id
}

fn declared(id: &str, fields: &Fields<'_>, parts: &Parts<'_>) -> Names {
    let ids = |part: &str| parts.of(part).iter().map(|entry| entry.key.to_owned()).collect();
    let mut roles = Names::fixed_roles();
    roles.extend(head::roles(fields).into_keys());
    Names {
        pack: id.to_owned(),
        purposes: head::purpose_ids(fields),
        roles,
        modes: ids("modes"),
        stock: ids("stock"),
        ..Names::default()
    }
}

fn read_kinds(sources: &[Source<'_>], names: &Names) -> BTreeMap<CaseKindId, CaseKind> {
    let mut kinds = BTreeMap::new();
    let mut pages = BTreeMap::new();
    for source in sources {
        let Some(kind) = kinds::read(source, names) else { continue };
        pages.insert(kind.id.clone(), (source.fields.item.page, source.spot));
        kinds.insert(kind.id.clone(), kind);
    }
    walkways::check_together(&pages, &kinds);
    kinds
}

fn warn_of_unused(entries: &[Named<'_>], names: &Names) {
    for entry in entries {
        let outlines = names.kinds.values().chain(names.forms.values());
        let used = outlines.into_iter().any(|outline| outline.all.contains(entry.key));
        // What the register says is there for the forms that are published in a place.
        let registered = names.elements.get(entry.key).is_some_and(|element| element.in_register);
        if !used && !registered {
            entry.item.page.odd(entry.spot, Code::Unused, &[entry.key]);
        }
    }
}
