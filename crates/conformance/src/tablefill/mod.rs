//! `cargo xtask conformance tablefill`: headings against those that were marked by hand.

pub mod grow;
pub mod score;
pub mod tables;
pub mod train;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tablefill::head::Model;
use tablefill::{At, Axis, Book};

use score::{Score, Tally};
use tables::Marked;

/// Where the words and trees of the engine stand, from the root.
const GROWN: &str = "engines/tablefill/src/head/grown.txt";
/// Where the table of figures stands, from the root.
const DOCS: &str = "docs/tablefill.md";
const BEGIN: &str = "<!-- conformance: written by cargo xtask conformance tablefill --table -->";
const END: &str = "<!-- conformance end -->";
/// Parts of a cross-check, and the tokens of a family of tables.
const FOLDS: usize = 7;

/// What can be asked.
pub const HELP: &str = "\
cargo xtask conformance tablefill
    say which cells of real tables head columns and rows, and compare with what was marked by hand
  --cross            also grow on six sevenths of the tables and judge the rest, seven times over
  --part             the same for one part of the seven
  --grow             grow words and trees anew and write them into the engine
  --show N           show so many tables with wrong cells (0)
  --table            write the figures into docs/tablefill.md
";

/// What is asked.
#[derive(Debug, Clone, Copy, Default)]
struct Ask {
    /// So many of the seven parts.
    cross: usize,
    grow: bool,
    show: usize,
    table: bool,
}

/// Does what is asked.
///
/// # Errors
///
/// When it was not understood, or a file cannot be read or written.
pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let ask = read(arguments)?;
    let shared =
        std::env::var_os("LINLI_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let folder = shared.join("data/sheets/zh_imtqa_headers");
    if !folder.exists() {
        println!("there is no {}: nothing is compared", folder.display());
        return Ok(());
    }
    let learnt = tables::read(&folder.join("train_tables.json"))?;
    if ask.grow {
        let everything: Vec<&Marked> = learnt.iter().collect();
        let model = train::train(&everything, train::growth());
        std::fs::write(root.join(GROWN), model.write())?;
    }
    let text = std::fs::read_to_string(root.join(GROWN))?;
    let model = Model::read(&text).context("grown.txt is written otherwise")?;
    let unseen = tables::read(&folder.join("dev_tables.json"))?;
    let mut figures =
        vec![("dev: tables never seen".to_owned(), judge(&model, unseen.iter(), ask.show))];
    let emptied: Vec<Marked> = unseen.iter().map(Marked::emptied).collect();
    figures.push(("dev: emptied as forms".to_owned(), judge(&model, emptied.iter(), 0)));
    if ask.cross > 0 {
        figures.push((
            "train: cross-checked".to_owned(),
            cross(&learnt, ask.cross, ask.show, |it| train::part(it, FOLDS)),
        ));
        let families = train::families(&learnt);
        figures.push((
            "train: cross-checked, like tables kept together".to_owned(),
            cross(&learnt, ask.cross, 0, |it| families.get(&it.id).copied().unwrap_or(0) % FOLDS),
        ));
    }
    let said = written(&figures);
    print!("{said}");
    if ask.table {
        put(&root.join(DOCS), &said)?;
    }
    Ok(())
}

fn read(arguments: &[String]) -> Result<Ask> {
    let mut ask = Ask::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--cross" => ask.cross = FOLDS,
            "--part" => ask.cross = 1,
            "--grow" => ask.grow = true,
            "--table" => ask.table = true,
            "--show" => {
                let many = words.next().context("--show takes a number")?;
                ask.show = many.parse().context("--show takes a number")?;
            }
            other => bail!("`{other}` is not known\n{HELP}"),
        }
    }
    Ok(ask)
}

/// What the engine says of a table: headings of columns, of rows.
fn found(model: &Model, table: &Marked) -> [BTreeSet<At>; 2] {
    let book = Book { sheets: vec![table.sheet.clone()] };
    let understood = tablefill::understand_by(&book, model);
    let mut found = [BTreeSet::new(), BTreeSet::new()];
    for header in understood.sheets.iter().flat_map(|it| &it.tables).flat_map(|it| &it.headers) {
        found[usize::from(header.axis == Axis::Row)].insert(header.at());
    }
    found
}

fn judge<'a>(model: &Model, tables: impl Iterator<Item = &'a Marked>, show: usize) -> Score {
    let mut score = Score::default();
    let mut shown = 0;
    for table in tables {
        let found = found(model, table);
        let cells: BTreeSet<At> = table.table.cells().iter().map(|it| it.0).collect();
        let marked = [&table.columns, &table.rows];
        score.add(&table.sort, &cells, [&found[0], &found[1]], marked);
        if shown < show && (found[0] != table.columns || found[1] != table.rows) {
            shown += 1;
            println!("{}", faults(table, &found));
        }
    }
    score
}

/// The cells of a table that were taken for something else than they are marked as.
fn faults(table: &Marked, found: &[BTreeSet<At>; 2]) -> String {
    let mut text = format!("{} ({})", table.id, table.sort);
    for (at, words) in table.table.cells() {
        let name = |it: [&BTreeSet<At>; 2]| match (it[0].contains(&at), it[1].contains(&at)) {
            (true, true) => "both",
            (true, false) => "column",
            (false, true) => "row",
            (false, false) => "neither",
        };
        let marked = name([&table.columns, &table.rows]);
        let taken = name([&found[0], &found[1]]);
        if marked != taken {
            let words: String = words.chars().take(24).collect();
            let _ = write!(text, "\n  {at} {words:?}: {marked}, taken for {taken}");
        }
    }
    text
}

/// Grows without a part and judges it, part by part.
fn cross(tables: &[Marked], parts: usize, show: usize, part: impl Fn(&Marked) -> usize) -> Score {
    let mut score = Score::default();
    for fold in 0..parts {
        let others: Vec<&Marked> = tables.iter().filter(|it| part(it) != fold).collect();
        let model = train::train(&others, train::growth());
        score.merge(&judge(&model, tables.iter().filter(|it| part(it) == fold), show));
        if fold == 0 && show > 0 {
            let emptied: Vec<Marked> =
                tables.iter().filter(|it| part(it) == fold).map(Marked::emptied).collect();
            println!("{}", written(&[("emptied".to_owned(), judge(&model, emptied.iter(), 20))]));
        }
        eprintln!("part {} of {FOLDS}", fold + 1);
    }
    score
}

fn written(figures: &[(String, Score)]) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "| tables | what | cells | precision | recall | F1 |");
    let _ = writeln!(text, "|---|---|---|---|---|---|");
    for (name, score) in figures {
        let mut line = |what: &str, it: &Tally| {
            let (precision, recall, f1) = (it.precision(), it.recall(), it.f1());
            let cells = it.found + it.missed;
            let _ = writeln!(
                text,
                "| {name} | {what} | {cells} | {precision:.4} | {recall:.4} | {f1:.4} |"
            );
        };
        line("**heading or not**", &score.any);
        line("headings of columns", &score.columns);
        line("headings of rows", &score.rows);
        line("**heading and its axis**", &score.axes());
        for (sort, tally) in &score.sorts {
            line(&format!("heading or not, {sort} tables"), tally);
        }
    }
    for (name, score) in figures {
        let _ =
            writeln!(text, "\n{name}: what cells are marked as (down) and taken for (across).\n");
        let _ = writeln!(text, "| | column | row | both | neither |\n|---|---|---|---|---|");
        for marked in ["column", "row", "both", "neither"] {
            let count = |taken| score.confused.get(&(marked, taken)).copied().unwrap_or(0);
            let [column, row, both, neither] = ["column", "row", "both", "neither"].map(count);
            let _ = writeln!(text, "| {marked} | {column} | {row} | {both} | {neither} |");
        }
    }
    text
}

/// Puts the figures into the documentation.
fn put(path: &Path, said: &str) -> Result<()> {
    let text = std::fs::read_to_string(path)?;
    let (before, rest) = text.split_once(BEGIN).context("docs/tablefill.md has no place for it")?;
    let (_, after) = rest.split_once(END).context("docs/tablefill.md has no place for it")?;
    Ok(std::fs::write(path, format!("{before}{BEGIN}\n{said}{END}{after}"))?)
}
