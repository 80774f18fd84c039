//! A program that is told to stop in the middle of its work, or that is killed.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use crate::machine::Machine;

/// Tells a process to stop as Ctrl-C does.
fn interrupt(child: &Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}

/// A file of many divisions.
fn many(machine: &Machine) {
    let mut text = String::from("code,name\n01,North\n0101,Elm City\n010101,East\n");
    for street in 100..400 {
        text.push_str(&format!("010101{street},Street {street}\n"));
    }
    for street in 100..400 {
        for community in 100..400 {
            text.push_str(&format!("010101{street}{community},Court {community}\n"));
        }
    }
    machine.write("many.csv", text);
}

fn begun(mut program: Command) -> (Child, BufReader<std::process::ChildStderr>) {
    program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("import divisions:") {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "it ended before it told anything");
    }
    (child, told)
}

#[test]
fn an_import_that_is_stopped_leaves_nothing_half_done_and_goes_on_when_run_again() {
    for kill in [false, true] {
        let machine = Machine::new().with_operator();
        many(&machine);
        let mut program = machine.program();
        program.args(["import", "divisions", "many.csv"]);
        let (mut child, mut told) = begun(program);
        if kill {
            child.kill().unwrap();
        } else {
            interrupt(&child);
        }
        let mut rest = String::new();
        told.read_to_string(&mut rest).unwrap();
        let status = child.wait().unwrap();
        if !kill {
            assert_eq!(status.code(), Some(130), "{rest}");
            assert!(rest.contains("stopped; nothing is left half-done"), "{rest}");
        }
        machine.run(["verify"]).well().says("all is well");
        let whole = machine.run(["import", "divisions", "many.csv"]).well();
        assert!(whole.out.contains("0 有误 not taken"), "{whole:?}");
        let again = machine.run(["import", "divisions", "many.csv"]).well();
        again.says("0 新增 added, 90303 未变 unchanged");
    }
}

#[test]
fn a_server_that_is_told_to_stop_signs_and_ends_well() {
    for machine in Machine::all() {
        let machine = machine.with_operator();
        let mut program = machine.program();
        program.args(["serve", "--listen", "127.0.0.1:0"]);
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = program.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("http://127.0.0.1:"), "{line}");
        // Beside the server everything can be looked at and added to, but not put aside.
        machine.run(["account", "add", "bo", "--no-password"]).well();
        if !machine.is_postgres() {
            machine.run(["backup", "copy"]).well();
            machine.run(["restore", "copy", "--yes"]).refused("stop the server");
        }
        interrupt(&child);
        assert_eq!(child.wait().unwrap().code(), Some(0));
        machine.run(["verify"]).well();
    }
}
