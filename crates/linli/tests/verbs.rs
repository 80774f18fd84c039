//! The program as people run it: each verb, what it says, what it leaves, how it ends.

#[path = "verbs/accounts.rs"]
mod accounts;
#[path = "verbs/backups.rs"]
mod backups;
#[path = "verbs/demo.rs"]
mod demo;
#[path = "verbs/divisions.rs"]
mod divisions;
#[path = "verbs/doctor.rs"]
mod doctor;
#[path = "verbs/folders.rs"]
mod folders;
#[path = "verbs/forms.rs"]
mod forms;
#[path = "verbs/help.rs"]
mod help;
#[path = "verbs/keeping.rs"]
mod keeping;
#[path = "verbs/machine.rs"]
mod machine;
#[path = "verbs/people.rs"]
mod people;
#[path = "verbs/sheets.rs"]
mod sheets;
#[path = "verbs/stopping.rs"]
mod stopping;
