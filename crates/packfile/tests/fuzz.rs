//! Packs that were torn, swapped and scribbled on: the reader says what is wrong, soon and alive.
//!
//! Runs for `LINLI_FUZZ_SECONDS` (3, when unset) from `LINLI_FUZZ_SEED` (the clock, when unset);
//! a failure prints the seed that leads to it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use packfile::{Files, SHOWN_MAX, compile, read, rehearse};

mod folder;

/// A small stream of numbers, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.roll() % most.max(1) as u64).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

const SCRAPS: &[&str] = &[
    "\n",
    "  ",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "|",
    " | ",
    ">-",
    "&a",
    "*a",
    "!!x",
    "? ",
    "#",
    "\t",
    "---\n",
    "...",
    "%YAML 1.1\n",
    "\u{feff}",
    "\u{202e}",
    "\0",
    "é",
    "楼",
    "yes",
    "no",
    "~",
    "null",
    "1e309",
    "-1",
    "9999999999999999999",
    "0x10",
    "2026-13-45",
    "day 0 99:99",
    "+0 min",
    "<<: *a",
    "id",
    "when",
    "case.",
    "has(",
    "&& ",
    "!",
    "? 1 : ",
    "days(",
    "(((((",
    "timestamp(\"",
    "open_case",
    "release",
    "take_holds",
    "of the day",
    "handlers",
    "life: ordinary",
];

fn packs() -> Vec<Files> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut packs = vec![packfile::new("fuzz").expect("an id")];
    packs.push(folder::files(&here.join("tests/trial")));
    for entry in fs::read_dir(here.join("../../packs")).expect("the packs") {
        let path = entry.expect("an entry").path();
        if path.join("pack.yaml").is_file() {
            packs.push(folder::files(&path));
        }
    }
    packs
}

/// Tears at one text.
fn tear(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let at = dice.below(bytes.len() + 1);
    match dice.below(8) {
        0 => bytes.truncate(at),
        1 => {
            let until = (at + dice.below(80)).min(bytes.len());
            bytes.drain(at..until);
        }
        2 => {
            let until = (at + dice.below(200)).min(bytes.len());
            let copy = bytes[at..until].to_vec();
            let to = dice.below(bytes.len() + 1);
            bytes.splice(to..to, copy);
        }
        3 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = u8::try_from(dice.below(256)).unwrap_or(0);
            }
        }
        4 => {
            let mut lines: Vec<Vec<u8>> =
                bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
            let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
            lines.swap(a, b);
            *bytes = lines.join(&b'\n');
        }
        5 => {
            let many = 1 + dice.below(300);
            let scrap = dice.pick(SCRAPS).repeat(many);
            bytes.splice(at..at, scrap.bytes());
        }
        _ => {
            let scrap = dice.pick(SCRAPS).as_bytes().to_vec();
            bytes.splice(at..at, scrap);
        }
    }
}

/// Tears at a whole pack.
fn scribble(dice: &mut Dice, packs: &[Files]) -> Files {
    let mut files = dice.pick(packs).clone();
    for _ in 0..=dice.below(4) {
        let paths: Vec<String> = files.keys().cloned().collect();
        let path = dice.pick(&paths).clone();
        match dice.below(12) {
            0 => {
                files.remove(&path);
            }
            1 => {
                let other = files[dice.pick(&paths)].clone();
                files.insert(path, other);
            }
            2 => {
                let noise =
                    (0..dice.below(4000)).map(|_| u8::try_from(dice.below(256)).unwrap_or(0));
                let noise = noise.collect();
                files.insert(path, noise);
            }
            _ => {
                if let Some(bytes) = files.get_mut(&path) {
                    tear(dice, bytes);
                }
            }
        }
        if files.is_empty() {
            break;
        }
    }
    files
}

fn budget() -> Duration {
    let seconds = std::env::var("LINLI_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

fn next(seed: u64) -> u64 {
    seed.wrapping_add(0x9e37_79b9_7f4a_7c15) | 1
}

fn seed() -> u64 {
    let given = std::env::var("LINLI_FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(now.as_nanos() % u128::from(u64::MAX)).unwrap_or(1) | 1
    })
}

#[test]
fn fuzz_pack_reader() {
    let packs = packs();
    let begun = Instant::now();
    let mut seed = seed();
    let (mut rounds, mut sound) = (0_u32, 0_u32);
    while begun.elapsed() < budget() {
        let files = scribble(&mut Dice(seed), &packs);
        let one = Instant::now();
        let outcome = std::panic::catch_unwind(|| match read(&files) {
            Ok(checked) => {
                for example in &checked.examples {
                    let _ = rehearse(&checked, example);
                }
                true
            }
            Err(problems) => {
                assert!(problems.shown.len() <= SHOWN_MAX && !problems.shown.is_empty());
                assert!(problems.to_string().len() < SHOWN_MAX * 2000);
                false
            }
        });
        let Ok(read) = outcome else { panic!("LINLI_FUZZ_SEED={seed}") };
        assert!(
            one.elapsed() < Duration::from_secs(10),
            "LINLI_FUZZ_SEED={seed} took {:?}",
            one.elapsed()
        );
        rounds += 1;
        sound += u32::from(read);
        seed = next(seed);
    }
    println!("{rounds} packs, {sound} of them sound");
    assert!(rounds > 10);
}

#[test]
fn fuzz_expressions() {
    let words = [
        "case.a",
        "has(case.a)",
        "1",
        "-1",
        "2.5",
        "\"x\"",
        "'",
        "true",
        "null",
        "now",
        "days(1)",
        "(",
        ")",
        "[",
        "]",
        ",",
        " && ",
        " || ",
        "!",
        " == ",
        " < ",
        " + ",
        " - ",
        " * ",
        " / ",
        " % ",
        " ? ",
        " : ",
        " in ",
        ".size()",
        ".contains(",
        "size(",
        "timestamp(",
        "{",
        "}",
        ".",
        "all(x, ",
        "9223372036854775807",
        "u",
        "b\"",
        "\\",
        "\n",
        "//",
        "1e999",
        "..",
        "楼",
    ];
    let begun = Instant::now();
    let mut seed = seed();
    let mut scope = domain::value::Scope::new();
    scope.insert("now".to_owned(), domain::value::Value::Time(jiff::Timestamp::UNIX_EPOCH));
    let a = [("a".to_owned(), domain::value::Value::Whole(3))];
    scope.insert("case".to_owned(), domain::value::Value::Map(a.into()));
    while begun.elapsed() < budget() / 3 {
        let mut dice = Dice(seed);
        let text: String = (0..1 + dice.below(30)).map(|_| *dice.pick(&words)).collect();
        let one = Instant::now();
        let outcome = std::panic::catch_unwind(|| {
            if let Ok(compiled) = compile(&text) {
                let _ = domain::rules::Expression::evaluate(&compiled, &scope);
            }
        });
        assert!(outcome.is_ok(), "LINLI_FUZZ_SEED={seed} {text:?}");
        assert!(one.elapsed() < Duration::from_secs(2), "LINLI_FUZZ_SEED={seed} {text:?}");
        seed = next(seed);
    }
}
