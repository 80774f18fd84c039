//! `linli demo` as people run it: what it prints, what it leaves, what it does about a broken play.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::machine::{Machine, Ran};

impl Machine {
    /// The demo from a fixed first day, without serving.
    fn plays(&self, more: &[&str]) -> Ran {
        let fixed = ["demo", "--no-serve", "--first-day", "2026-03-02"];
        self.run(fixed.into_iter().chain(more.iter().copied()))
    }
}

/// Each number as one letter, and no hash: packs and the story may grow.
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
    let machine = Machine::new();
    let told = machine.plays(&["--days", "3"]).well();
    insta::assert_snapshot!(without_numbers(&told.out));
    let told = told.says("384 户 households, 801 人 people").says("1 限制决定 orders given");
    machine.run(["verify"]).well().says("all is well");

    let again = machine.plays(&["--days", "3", "--seed", "5"]).well();
    assert_eq!(again.out, told.out);
    assert!(!again.told.contains("playing"), "{again:#?}");
}

#[test]
fn the_same_play_gives_the_same_chain_on_both_databases() {
    let mut told: Vec<String> = Vec::new();
    for machine in Machine::all() {
        told.push(machine.plays(&["--days", "2", "--seed", "3"]).well().out);
        machine.run(["verify"]).well().says("all is well");
    }
    assert!(told.iter().all(|it| *it == told[0]), "{told:#?}");
}

#[test]
fn a_play_has_its_folder_alone_and_once_killed_is_refused_with_what_to_do() {
    let machine = Machine::new();
    let log = std::fs::File::create(machine.path("log")).unwrap();
    let mut program = machine.program();
    program.args(["demo", "--no-serve"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    let mut playing = program.spawn().unwrap();
    let begun = Instant::now();
    // The street has been founded and the first days are being played.
    let far = |log: &str| log.lines().filter(|line| line.contains("playing")).count() > 1;
    while !far(&std::fs::read_to_string(machine.path("log")).unwrap()) {
        assert!(playing.try_wait().unwrap().is_none(), "it has ended before it was killed");
        assert!(begun.elapsed() < Duration::from_secs(120), "it does not begin to play");
        std::thread::sleep(Duration::from_millis(20));
    }
    machine.plays(&[]).refused("at work in another program");
    playing.kill().unwrap();
    playing.wait().unwrap();

    let again = machine.plays(&[]).refused("was broken off").refused("--dir");
    again.refused("只演了一半");
    // What was played stays sound, for whoever wants to look.
    machine.run(["verify"]).well().says("all is well");
}

#[test]
fn a_street_that_is_only_founded_has_no_cases() {
    let told = Machine::new().plays(&["--days", "0"]).well();
    told.says("事项 cases: 0 上报 opened").says("应急模式 modes: 无 none");
}

#[test]
fn somebody_elses_deployment_is_no_stage() {
    let machine = Machine::new().with_operator();
    let before = machine.facts();
    machine.plays(&[]).refused("is no demo");
    assert_eq!(machine.facts(), before);
}

#[test]
fn a_play_that_would_end_in_the_future_is_refused_before_it_begins() {
    let machine = Machine::new();
    let words = ["demo", "--no-serve", "--first-day", "2999-01-01"];
    machine.run(words).refused("choose an earlier --first-day");
    assert!(!machine.data().exists());
}
