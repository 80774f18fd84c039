//! `cargo xtask conformance xlsform`: asks both, compares, validates and says what is not the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use conformance::answer::{Answer, Outcome};
use conformance::cases::OnDisk;
use conformance::compare::{Comparison, compare};
use conformance::deliberate::Deliberate;
use conformance::peer::Peer;
use conformance::report::{Report, Validated};
use conformance::validate::Validator;
use conformance::{cases, corpus, device, ours, peer, raw, speed, tablefill};

/// The program's own, so that its pace is that of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The list of differences that are meant, from the root.
const DELIBERATE: &str = "engines/xlsform/conformance/differences.toml";
/// Where everything is written, from the root.
const FOLDER: &str = "target/conformance";
/// The seed and the number of forms of chance, when nobody says others.
const USUAL: (u64, usize) = (1, 4_000);
/// Lines of a difference that are shown.
const LINES: usize = 14;

const HELP: &str = "\
cargo xtask conformance openrosa
    a device in Python fetches, fills and sends the forms of a street that the program serves
cargo xtask conformance tablefill [--cross | --part] [--grow] [--show N] [--table]
    headings of real tables beside those that were marked by hand
cargo xtask conformance xlsform
    compare with pyxform on the real workbooks and on made ones, and ask ODK Validate
  --only WORDS       only cases whose name has these words
  --seed N           another seed for what chance makes (1)
  --cases N          so many forms of chance (4000); the recipes come besides
  --show N           show so many differences (10)
  --keep DIR         keep workbook and both XForms of each difference
  --no-validate      without ODK Validate
  --table            write the table into docs/xlsform.md
  --speed            compare the pace instead, on the real workbooks
  --list             say the cases as lines of JSON instead, and ask nobody
";

/// What is asked.
struct Ask {
    only: Option<String>,
    seed: u64,
    cases: usize,
    show: usize,
    keep: Option<PathBuf>,
    validate: bool,
    table: bool,
    speed: bool,
    list: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|it| it == "--help" || it == "-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if arguments.first().is_some_and(|it| it == "tablefill") {
        return match root().and_then(|root| tablefill::run(&root, &arguments[1..])) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        };
    }
    if arguments == ["openrosa"] {
        let done = root().and_then(|root| device::run(&root, &root.join(FOLDER)));
        return match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        };
    }
    match read(&arguments).and_then(|ask| run(&ask)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn read(arguments: &[String]) -> Result<Ask> {
    let mut ask = Ask {
        only: None,
        seed: USUAL.0,
        cases: USUAL.1,
        show: 10,
        keep: None,
        validate: true,
        table: false,
        speed: false,
        list: false,
    };
    let mut words = arguments.iter();
    match words.next().map(String::as_str) {
        Some("xlsform") => {}
        other => bail!(
            "`{}` is not compared; there are xlsform, tablefill and openrosa\n{HELP}",
            other.unwrap_or_default()
        ),
    }
    while let Some(word) = words.next() {
        let mut more = || words.next().with_context(|| format!("{word} takes one thing more"));
        match word.as_str() {
            "--only" => ask.only = Some(more()?.clone()),
            "--seed" => ask.seed = more()?.parse().context("--seed takes a number")?,
            "--cases" => ask.cases = more()?.parse().context("--cases takes a number")?,
            "--show" => ask.show = more()?.parse().context("--show takes a number")?,
            "--keep" => ask.keep = Some(PathBuf::from(more()?)),
            "--no-validate" => ask.validate = false,
            "--table" => ask.table = true,
            "--speed" => ask.speed = true,
            "--list" => ask.list = true,
            other => bail!("`{other}` is not known\n{HELP}"),
        }
    }
    Ok(ask)
}

/// The root of the repository.
fn root() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().context("the root is gone")
}

/// Whether everything is as it should be.
fn run(ask: &Ask) -> Result<bool> {
    let root = root()?;
    let folder = root.join(FOLDER);
    let mut all = made(ask, &folder)?;
    all.extend(corpus::workbooks(&root)?);
    if let Some(words) = &ask.only {
        all.retain(|case| case.id.contains(words.as_str()));
    }
    if all.is_empty() {
        bail!("there is no such case");
    }
    if ask.list {
        all.iter().for_each(|case| println!("{}", peer::question(case, 0)));
        return Ok(true);
    }
    let peer = Peer::ready(&folder)?;
    if ask.speed {
        all.retain(|case| case.group() == "corpus");
        print!("{}", speed::said(&speed::paces(&all, &peer, 7)?)?);
        return Ok(true);
    }
    compared(ask, &root, &peer, &all)
}

/// Compares all of these; whether they are as they should be.
fn compared(ask: &Ask, root: &Path, peer: &Peer, all: &[OnDisk]) -> Result<bool> {
    let folder = root.join(FOLDER);
    let theirs = peer.answers(all, 0)?;
    let ours: Vec<Answer> = all.iter().map(|case| ours::answer(case, 0)).collect::<Result<_>>()?;
    let list = std::fs::read_to_string(root.join(DELIBERATE)).with_context(|| DELIBERATE)?;
    let mut deliberate = Deliberate::read(&list)?;
    let mut report = Report::default();
    let mut open = Vec::new();
    for ((case, ours), theirs) in all.iter().zip(&ours).zip(&theirs) {
        let comparison = compare(ours, theirs);
        let agreed = comparison.verdict.is_agreement();
        let meant = !agreed && deliberate.means(&case.id, &comparison);
        report.add(case.group(), comparison.verdict, meant);
        if !agreed && !meant {
            if let Some(folder) = &ask.keep {
                keep(folder, case, ours, theirs, &comparison)?;
            }
            open.push((case, comparison));
        }
    }
    for (case, comparison) in open.iter().take(ask.show) {
        show(case, comparison);
    }
    sorts(&open, ask.show);
    let mut good = open.is_empty();
    if ask.validate {
        let validator = Validator::ready(peer.validator()?, &folder)?;
        let validated = validate(&validator, all, &ours, &theirs, ask.show)?;
        good &= validated.only_ours == 0;
        report.validated = Some(validated);
    }
    println!("{}", report.table());
    for (reason, cases) in deliberate.reasons().iter().filter(|(_, cases)| *cases > 0) {
        println!("meant in {cases}: {reason}");
    }
    if !open.is_empty() {
        println!("{} differences are not on the list {DELIBERATE}", open.len());
    }
    // Another seed makes other cases; only the usual ones need every entry.
    if ask.only.is_none() && (ask.seed, ask.cases) == USUAL {
        for unused in deliberate.unused() {
            println!("no case needs what {DELIBERATE} says of {unused}");
            good = false;
        }
    }
    if ask.table {
        let about =
            format!("Compared with pyxform 4.5.0 on {} workbooks (seed {}).", all.len(), ask.seed);
        report.write(root, &about)?;
    }
    Ok(good)
}

/// The made workbooks, written anew.
fn made(ask: &Ask, folder: &Path) -> Result<Vec<OnDisk>> {
    let folder = folder.join("cases");
    let all = cases::all(ask.seed, ask.cases)?;
    let mut written = cases::write(&all, ask.seed, &folder)?;
    written.extend(raw::write(&folder)?);
    Ok(written)
}

fn show(case: &OnDisk, comparison: &Comparison) {
    println!("{} {} ({})", comparison.verdict.name(), case.id, case.path.display());
    for line in comparison.lines.iter().take(LINES) {
        println!("    {line}");
    }
    if comparison.lines.len() > LINES {
        println!("    … {} lines more", comparison.lines.len() - LINES);
    }
}

/// Keeps a difference for somebody to look at.
fn keep(
    folder: &Path,
    case: &OnDisk,
    ours: &Answer,
    theirs: &Answer,
    comparison: &Comparison,
) -> Result<()> {
    let name = case.id.replace('/', "__");
    let into = folder.join(&name);
    std::fs::create_dir_all(&into)?;
    let file = case.path.file_name().context("a file without a name")?;
    std::fs::copy(&case.path, into.join(file))?;
    for (who, answer) in [("ours", ours), ("pyxform", theirs)] {
        match &answer.outcome {
            Outcome::Converted { xform, itemsets } => {
                std::fs::write(into.join(format!("{who}.xml")), xform)?;
                if let Some(itemsets) = itemsets {
                    std::fs::write(into.join(format!("{who}.itemsets.csv")), itemsets)?;
                }
            }
            Outcome::Refused { kind, why } => {
                std::fs::write(into.join(format!("{who}.txt")), format!("{kind}: {why}\n"))?;
            }
        }
    }
    let said = format!("{}\n{}\n", comparison.verdict.name(), comparison.lines.join("\n"));
    std::fs::write(into.join("difference.txt"), said)?;
    Ok(())
}

/// Says which sorts of difference there are, the most frequent first.
fn sorts(open: &[(&OnDisk, Comparison)], show: usize) {
    let mut sorts: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for (case, comparison) in open {
        sorts.entry(comparison.sort()).or_insert((0, &case.id)).0 += 1;
    }
    let mut sorts: Vec<_> = sorts.into_iter().collect();
    sorts.sort_by_key(|(_, (number, _))| std::cmp::Reverse(*number));
    for (sort, (number, case)) in sorts.iter().take(show) {
        println!("{number:>6} x {sort}  (as in {case})");
    }
}

/// Asks ODK Validate about ours, and about the peer's where it is not the same.
fn validate(
    validator: &Validator,
    all: &[OnDisk],
    ours: &[Answer],
    theirs: &[Answer],
    show: usize,
) -> Result<Validated> {
    eprintln!("Asking ODK Validate");
    let differs: Vec<bool> = ours
        .iter()
        .zip(theirs)
        .map(|(ours, theirs)| !compare(ours, theirs).verdict.is_agreement())
        .collect();
    let ours_said = said(validator, ours, |_| true)?;
    let theirs_said = said(validator, theirs, |index| differs[index])?;
    let mut validated = Validated::default();
    for (index, case) in all.iter().enumerate() {
        let Some(said) = &ours_said[index] else { continue };
        validated.read += 1;
        let theirs = if differs[index] { &theirs_said[index] } else { &ours_said[index] };
        match (said, theirs) {
            (Some(_), Some(Some(_))) => validated.both += 1,
            (Some(_), None) => validated.alone += 1,
            (Some(why), Some(None)) => {
                validated.only_ours += 1;
                if validated.only_ours <= show {
                    println!("does not pass ODK Validate: {} ({})", case.id, case.path.display());
                    println!("    {why}");
                }
            }
            (None, Some(Some(_))) => validated.only_peers += 1,
            _ => {}
        }
    }
    Ok(validated)
}

/// What ODK Validate says of the XForms among these that are wanted: nothing of one that passes.
fn said(
    validator: &Validator,
    answers: &[Answer],
    wanted: impl Fn(usize) -> bool,
) -> Result<Vec<Option<Option<String>>>> {
    let mut places = Vec::new();
    let mut forms = Vec::new();
    for (index, answer) in answers.iter().enumerate() {
        if let Outcome::Converted { xform, .. } = &answer.outcome
            && wanted(index)
        {
            places.push(index);
            forms.push(xform.as_str());
        }
    }
    let mut said = vec![None; answers.len()];
    for (place, words) in places.into_iter().zip(validator.said(&forms)?) {
        said[place] = Some(words);
    }
    Ok(said)
}
