//! `linli demo` as people run it: what it prints, what it leaves, what it does about a broken play.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The demo in a folder, from a fixed first day, without serving.
fn demo(dir: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linli"));
    command.env_clear().args(["demo", "--no-serve", "--first-day", "2026-03-02"]);
    command.arg("--dir").arg(dir).args(more).stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn well(output: Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn verify(dir: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linli"));
    well(command.env_clear().args(["verify", "--dir"]).arg(dir).output().unwrap())
}

/// Each number as one letter: packs and the story may grow.
fn without_numbers(text: &str) -> String {
    let mut plain = String::new();
    for line in text.lines() {
        let heads = line.find("heads ").map_or(line.len(), |at| at + "heads ".len());
        let mut digit = false;
        for c in line[..heads].chars() {
            if !c.is_ascii_digit() {
                plain.push(c);
            } else if !digit {
                plain.push('N');
            }
            digit = c.is_ascii_digit();
        }
        plain.push('\n');
    }
    plain
}

#[test]
fn three_days_are_told_in_ten_lines_and_verify_and_are_not_played_again() {
    let dir = tempfile::tempdir().unwrap();
    let told = well(demo(dir.path(), &["--days", "3"]).output().unwrap());
    insta::assert_snapshot!(without_numbers(&told));
    assert!(told.contains("384 户 households, 801 人 people"), "{told}");
    assert!(told.contains("1 限制决定 orders given"), "{told}");
    assert!(verify(dir.path()).contains("all is well"));

    let again = demo(dir.path(), &["--days", "3", "--seed", "5"]).output().unwrap();
    assert!(!text(&again.stderr).contains("playing"), "{}", text(&again.stderr));
    assert_eq!(well(again), told);
}

#[test]
fn a_play_waits_for_nobody_beside_it_and_once_killed_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let log = std::fs::File::create(dir.path().join("log")).unwrap();
    let data = dir.path().join("data");
    let mut playing = demo(&data, &[]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
    let begun = Instant::now();
    // The street has been founded and the first days are being played.
    let far = |log: &str| log.lines().filter(|line| line.contains("playing")).count() > 1;
    while !far(&std::fs::read_to_string(dir.path().join("log")).unwrap()) {
        assert!(playing.try_wait().unwrap().is_none(), "it has ended before it was killed");
        assert!(begun.elapsed() < Duration::from_secs(120), "it does not begin to play");
        std::thread::sleep(Duration::from_millis(20));
    }
    let beside = demo(&data, &[]).output().unwrap();
    assert_eq!(beside.status.code(), Some(1));
    assert!(text(&beside.stderr).contains("at work in another program"), "{beside:?}");
    playing.kill().unwrap();
    playing.wait().unwrap();

    let again = demo(&data, &[]).output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    let words = text(&again.stderr);
    assert!(words.contains("was broken off") && words.contains("--dir"), "{words}");
    assert!(words.contains("只演了一半"), "{words}");
    // What was played stays sound, for whoever wants to look.
    assert!(verify(&data).contains("all is well"));
}

#[test]
fn a_street_that_is_only_founded_has_no_cases() {
    let dir = tempfile::tempdir().unwrap();
    let told = well(demo(dir.path(), &["--days", "0"]).output().unwrap());
    assert!(told.contains("事项 cases: 0 上报 opened"), "{told}");
    assert!(told.contains("应急模式 modes: 无 none"), "{told}");
}
