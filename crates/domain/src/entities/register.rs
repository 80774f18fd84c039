//! People and households as entities: a record changes them by the rules of the register's own
//! commands, and no further than whoever sent it may.

use super::receive::{Source, failed};
use super::registered::PLACE;
use super::said::{Correction, Said, meant, named, place};
use super::{Deed, EntityChange, Registered, Versions};
use crate::cases::Subject;
use crate::command::{Context, Decide as _};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::forms::Flag;
use crate::ids::{HouseholdId, SubmissionId};
use crate::people::{
    CorrectHousehold, CorrectPerson, DOOR, HOUSEHOLD, Household, MovePerson, Person,
    RegisterHousehold, RegisterPerson, correct_household, correct_person, values,
};
use crate::refusal::{Code, Refusal};
use crate::vault::Sealed;

impl Source<'_> {
    /// The household that a record is about.
    fn household(&self, draft: &Draft<'_>) -> Option<HouseholdId> {
        match self.subject? {
            Subject::Household(id) => Some(id.clone()),
            Subject::Person(id) => Some(draft.get::<Person>(id.as_str())?.household.clone()),
        }
    }
}

/// Takes in what a record does to somebody or some household of the register.
pub(super) fn receive(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    source: &Source<'_>,
    (it, deed): (&Registered, &Deed),
    flags: &mut Vec<Flag>,
) {
    let there = match it {
        Registered::Person(id) => draft.get::<Person>(id.as_str()).is_some(),
        Registered::Household(id) => draft.get::<Household>(id.as_str()).is_some(),
    };
    match there {
        false if deed.creates => {
            let said = named(deed, |label| Some(label.to_owned()));
            let correction = Correction::read(context, &said, flags);
            let made = |draft: &mut Draft<'_>| {
                create(context, draft, source, it, (&said, correction))?;
                say_entity(draft, source.submission, it, None);
                Ok(())
            };
            if let Err(refusal) = draft.attempt(made) {
                flags.push(failed(deed, refusal.code.name()));
            }
        }
        false => flags.push(failed(deed, "unknown")),
        true if deed.creates && !deed.updates => flags.push(failed(deed, "exists")),
        true => update(context, draft, source, (it, deed), flags),
    }
}

fn create(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    source: &Source<'_>,
    it: &Registered,
    (said, correction): (&Said, Correction),
) -> Result<(), Refusal> {
    match it {
        Registered::Person(person) => {
            let Correction { household, born_year, groups, values } = correction;
            let missing = || Refusal::new(Code::Missing).with("field", HOUSEHOLD);
            let household = household.or_else(|| source.household(draft)).ok_or_else(missing)?;
            let (person, groups) = (person.clone(), groups.unwrap_or_default());
            let purpose = None;
            let register = RegisterPerson { person, household, born_year, groups, values, purpose };
            register.decide(context, draft)
        }
        Registered::Household(household) => {
            let of = |name: &str| said.iter().find(|(id, _)| id.as_str() == name);
            let place = match of(PLACE) {
                Some((_, text)) => place(text)?,
                None => source.place.clone(),
            };
            let door = of(DOOR).map(|(_, text)| text.clone()).unwrap_or_default();
            let register = RegisterHousehold { household: household.clone(), place, door };
            register.decide(context, draft)
        }
    }
}

/// The step of a chain by which a change came: the version that it was made over, the chain, and
/// what the device counted.
type Step = (u32, Option<String>, Option<u32>);

/// Says which submission something came from, and by which step.
fn say_entity(
    draft: &mut Draft<'_>,
    submission: &SubmissionId,
    it: &Registered,
    step: Option<&Step>,
) {
    let (list, entity) = it.entity();
    let (base, branch, counted) = step.cloned().unwrap_or_default();
    let (submission, sealed) = (submission.clone(), Vec::new());
    let change = EntityChange { list, entity, submission, base, branch, counted, sealed };
    draft.say(Fact::EntityUpdated { change });
}

fn update(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    source: &Source<'_>,
    (it, deed): (&Registered, &Deed),
    flags: &mut Vec<Flag>,
) {
    if let Err(refusal) = may(context, draft, it) {
        flags.push(failed(deed, refusal.code.name()));
        return;
    }
    let (said, fixed) = meant(draft, it, deed);
    if fixed {
        flags.push(failed(deed, "fixed"));
    }
    let versions = versions(draft, it);
    let seen = versions.seen(deed);
    let (both, free): (Said, Said) = said.into_iter().partition(|(id, _)| seen.misses(id));
    if seen.is_behind() {
        let (list, entity, hard) = (deed.list.clone(), deed.entity.clone(), !both.is_empty());
        flags.push(Flag::EntityConflict { list, entity, hard });
    }
    let branch = versions.branch(deed);
    let counted = deed.base.filter(|_| branch.is_some());
    let step: Step = (seen.base, branch, counted);
    // Where somebody lives is one matter, what is kept about them another: each is tried by itself.
    let (moves, rest): (Said, Said) =
        free.into_iter().partition(|(id, _)| id.as_str() == HOUSEHOLD);
    for said in [rest, moves].into_iter().filter(|said| !said.is_empty()) {
        let correction = Correction::read(context, &said, flags);
        let changed = |draft: &mut Draft<'_>| {
            if change(context, draft, it, said, correction)? {
                say_entity(draft, source.submission, it, Some(&step));
            }
            Ok(())
        };
        if let Err(refusal) = draft.attempt(changed) {
            flags.push(failed(deed, refusal.code.name()));
        }
    }
    if !both.is_empty() && versions.has_room() {
        let sealed = seal(draft, it, source.submission, &both);
        let (list, entity) = it.entity();
        let (submission, base) = (source.submission.clone(), seen.base);
        let (branch, counted) = (None, None);
        let change = EntityChange { list, entity, submission, base, branch, counted, sealed };
        draft.say(Fact::ConflictFound { change });
    }
}

/// How often something of the register was changed, and by what.
pub(super) fn versions(draft: &Draft<'_>, it: &Registered) -> Versions {
    let versions = match it {
        Registered::Person(id) => draft.get::<Person>(id.as_str()).map(|it| &it.versions),
        Registered::Household(id) => draft.get::<Household>(id.as_str()).map(|it| &it.versions),
    };
    versions.cloned().unwrap_or_default()
}

/// Refuses whoever may not change something by the register's own commands.
pub(super) fn may(
    context: &Context<'_>,
    draft: &Draft<'_>,
    it: &Registered,
) -> Result<(), Refusal> {
    match it {
        Registered::Person(id) => correct_person::may(context, draft.known(id.as_str())?),
        Registered::Household(id) => correct_household::may(context, draft.known(id.as_str())?),
    }
}

/// What came beside what holds, for the vault: under the submission that it came with.
fn seal(
    draft: &mut Draft<'_>,
    it: &Registered,
    submission: &SubmissionId,
    said: &Said,
) -> Vec<Sealed> {
    let (owner, purpose) = (it.owner(), values::register());
    let sealed = said
        .iter()
        .map(|(id, text)| draft.seal(&owner, id, submission.as_str(), &purpose, text.as_str()));
    sealed.collect()
}

/// Changes somebody or some household as the register's own command would; says whether anything
/// was changed.
pub(super) fn change(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    it: &Registered,
    said: Said,
    correction: Correction,
) -> Result<bool, Refusal> {
    let before = draft.said();
    match it {
        Registered::Person(person) => {
            let Correction { household, born_year, groups, values } = correction;
            if born_year.is_some() || groups.is_some() || !values.is_empty() {
                let (person, purpose) = (person.clone(), None);
                let correct = CorrectPerson { person, born_year, groups, values, purpose };
                correct.decide(context, draft)?;
            }
            if let Some(to) = household {
                MovePerson { person: person.clone(), to }.decide(context, draft)?;
            }
        }
        Registered::Household(household) => {
            if let Some((_, door)) = said.into_iter().find(|(id, _)| id.as_str() == DOOR) {
                let household = household.clone();
                CorrectHousehold { household, door }.decide(context, draft)?;
            }
        }
    }
    Ok(draft.said() > before)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::authority::Actor;
    use crate::entities::{HOUSEHOLDS, PEOPLE, ResolveConflict};
    use crate::forms::{Prefilled, ReceiveRecord, Submission};
    use crate::ids::ElementId;
    use crate::rehearsal::Rehearsal;
    use crate::trial::{self, id};

    fn record(submission: &str, named: (&str, &str), lines: &str) -> ReceiveRecord {
        ReceiveRecord {
            submission: id(submission),
            form: id("trial.visit"),
            version: "1".to_owned(),
            record: format!("warm=no\n{lines}"),
            place: None,
            subject: None,
            case: None,
            replaces: None,
            entities: vec![(id(named.0), id(named.1))],
            prefilled: Prefilled::default(),
        }
    }

    /// Sends a record whose only line does something to `p3`; gives what is odd about it.
    fn send(street: &mut Rehearsal, who: &Actor, submission: &str, line: &str) -> Vec<Flag> {
        let line = format!("@update people person:p3 {line}");
        flags(street, who, record(submission, (PEOPLE, "person:p3"), &line))
    }

    fn flags(street: &mut Rehearsal, who: &Actor, record: ReceiveRecord) -> Vec<Flag> {
        let name = record.submission.to_string();
        street.give(who, record).unwrap();
        street.states.get::<Submission>(&name).unwrap().flags.clone()
    }

    fn neighbour(street: &Rehearsal) -> &Person {
        street.states.get::<Person>("p3").unwrap()
    }

    /// The latest value of an element, as such or under a submission.
    fn kept(street: &Rehearsal, item: &str, element: &str) -> Option<String> {
        let mut all = street.vault.iter().rev();
        let found = all
            .find(|it| it.person == id("p3") && it.item == item && it.element.as_str() == element);
        found.map(|it| it.value.clone())
    }

    fn conflict(hard: bool) -> Flag {
        Flag::EntityConflict { list: id(PEOPLE), entity: id("person:p3"), hard }
    }

    fn refused(list: &str, entity: &str, code: &str) -> Flag {
        Flag::EntityFailed { list: id(list), entity: id(entity), code: code.to_owned() }
    }

    #[test]
    fn a_record_corrects_a_person_as_the_registers_own_command_does() {
        let mut street = trial::community();
        let line = "@update people person:p3 1 phone:5550100 born_year:1961 groups:lives_alone \
                    household:household:h2 label:Ada";
        let record = record("s1", (PEOPLE, "person:p3"), line);
        let outcome = street.give(&trial::worker(), record).unwrap();
        let names: Vec<&str> = outcome.facts.iter().map(Fact::name).collect();
        let said = ["submission.recorded", "person.corrected", "entity.updated", "record.received"];
        assert_eq!(names, said);
        let person = neighbour(&street);
        assert_eq!((person.born_year, person.versions.version), (Some(1961), 2));
        assert!(person.groups.contains("lives_alone"));
        assert_eq!(kept(&street, "", "phone").as_deref(), Some("5550100"));
        assert_eq!(kept(&street, "", "name").as_deref(), Some("Ada"));
        let register = |it: &&crate::vault::VaultWrite| it.element.as_str() == "phone";
        assert_eq!(street.vault.iter().find(register).unwrap().purpose, id("register"));
        assert!(!serde_json::to_string(&street.facts).unwrap().contains("5550100"));
    }

    #[test]
    fn what_a_form_only_showed_is_no_change() {
        let mut street = trial::community();
        let shown = "1 born_year:1962 groups: household:household:h2 door:h2 phone:";
        assert_eq!(send(&mut street, &trial::worker(), "s1", shown), []);
        assert_eq!(neighbour(&street).versions.version, 1);
        // How somebody is called in a list is not their name.
        assert_eq!(send(&mut street, &trial::worker(), "s3", "1 label:h2~·~1962"), []);
        assert_eq!(neighbour(&street).versions.version, 1);
        assert_eq!(send(&mut street, &trial::worker(), "s4", "1 label:Ada~Li~·~h2"), []);
        assert_eq!(kept(&street, "", "name").as_deref(), Some("Ada Li"));
        let door = send(&mut street, &trial::worker(), "s2", "2 door:h9 phone:5550100");
        assert_eq!(door, [refused(PEOPLE, "person:p3", "fixed")]);
        assert_eq!(kept(&street, "", "phone").as_deref(), Some("5550100"));
    }

    #[test]
    fn changes_of_different_properties_are_merged_and_of_the_same_one_both_are_kept() {
        let mut street = trial::community();
        let worker = trial::worker();
        assert_eq!(send(&mut street, &worker, "s1", "1 phone:1"), []);
        assert_eq!(send(&mut street, &worker, "s2", "1 born_year:1961"), [conflict(false)]);
        assert_eq!(send(&mut street, &worker, "s3", "1 phone:2"), [conflict(true)]);
        let person = neighbour(&street);
        assert_eq!((person.versions.version, person.versions.conflicts.len()), (3, 1));
        assert_eq!(person.born_year, Some(1961));
        assert_eq!(kept(&street, "", "phone").as_deref(), Some("1"));
        assert_eq!(kept(&street, "s3", "phone").as_deref(), Some("2"));
        assert_eq!(person.index().sort, "conflict");
        // What the register's own command changes is of a version too.
        let correct = CorrectPerson {
            person: id("p3"),
            born_year: Some(1960),
            groups: None,
            values: BTreeMap::new(),
            purpose: None,
        };
        street.give(&worker, correct).unwrap();
        assert_eq!(send(&mut street, &worker, "s4", "3 born_year:1959"), [conflict(true)]);
        assert_eq!(neighbour(&street).born_year, Some(1960));
    }

    #[test]
    fn a_person_says_what_holds_if_they_may_correct_whom_it_is_about() {
        let mut street = trial::community();
        send(&mut street, &trial::worker(), "s1", "1 phone:1 born_year:1961");
        send(&mut street, &trial::worker(), "s2", "1 phone:2 born_year:1960");
        let values: BTreeMap<ElementId, String> =
            [(id("phone"), "2".to_owned()), (id("born_year"), "1960".to_owned())].into();
        let (list, entity, submission) = (id(PEOPLE), id("person:p3"), id("s2"));
        let resolve = ResolveConflict { list, entity, submission, values };
        let clinician = street.give(&trial::clinician(), resolve.clone()).unwrap_err();
        assert_eq!(clinician.code, Code::NotAllowed);
        let odd = [(id("born_year"), "long ago".to_owned())].into();
        let odd = ResolveConflict { values: odd, ..resolve.clone() };
        assert_eq!(street.give(&trial::lead(), odd).unwrap_err().code, Code::BadValue);
        let outcome = street.give(&trial::lead(), resolve.clone()).unwrap();
        let names: Vec<&str> = outcome.facts.iter().map(Fact::name).collect();
        assert_eq!(names, ["person.corrected", "conflict.resolved"]);
        let person = neighbour(&street);
        assert_eq!((person.born_year, person.versions.conflicts.len()), (Some(1960), 0));
        assert_eq!(kept(&street, "", "phone").as_deref(), Some("2"));
        assert_eq!(street.give(&trial::lead(), resolve).unwrap_err().code, Code::Unknown);
    }

    #[test]
    fn a_chain_made_without_a_network_is_no_conflict_with_itself_but_with_others() {
        let mut street = trial::community();
        let (worker, second) = (trial::worker(), trial::second_worker());
        // Somebody else is first; the device has seen nothing of it.
        assert_eq!(send(&mut street, &second, "s1", "1 born_year:1961"), []);
        let first = send(&mut street, &worker, "s2", "1 phone:1 branch:b trunk:1");
        assert_eq!(first, [conflict(false)]);
        let next = send(&mut street, &worker, "s3", "2 phone:2 branch:b trunk:1");
        assert_eq!(next, [conflict(false)]);
        assert_eq!(kept(&street, "", "phone").as_deref(), Some("2"));
        let blind = send(&mut street, &worker, "s4", "3 born_year:1959 branch:b trunk:1");
        assert_eq!(blind, [conflict(true)]);
        assert_eq!(neighbour(&street).born_year, Some(1961));
    }

    #[test]
    fn whoever_may_not_correct_a_person_does_not_by_a_record() {
        let mut street = trial::community_under(|pack| {
            for form in pack.forms.values_mut() {
                form.filled_by.push("clinician".to_owned());
            }
        });
        let not_allowed = [refused(PEOPLE, "person:p3", "not_allowed")];
        assert_eq!(send(&mut street, &trial::clinician(), "s1", "1 phone:1"), not_allowed);
        assert_eq!(neighbour(&street).versions.version, 1);
        assert_eq!(kept(&street, "", "phone"), None);
        // Somebody for whom the form is not changes nothing at all.
        let outsider = send(&mut street, &trial::resident(), "s2", "1 phone:1");
        assert_eq!(outsider, [Flag::NotTheirs]);
        let made =
            record("s3", (PEOPLE, "u1"), "@create people u1 household:household:h2 label:Bo");
        let not_allowed = [refused(PEOPLE, "u1", "not_allowed")];
        assert_eq!(flags(&mut street, &trial::clinician(), made), not_allowed);
        assert!(street.states.get::<Person>("u1").is_none());
    }

    #[test]
    fn a_record_registers_a_person_once() {
        let mut street = trial::community();
        let line = "@create people u1 household:household:h2 label:Bo born_year:1990 phone:5";
        let made = record("s1", (PEOPLE, "u1"), line);
        let outcome = street.give(&trial::worker(), made.clone()).unwrap();
        let names: Vec<&str> = outcome.facts.iter().map(Fact::name).collect();
        let said =
            ["submission.recorded", "person.registered", "entity.updated", "record.received"];
        assert_eq!(names, said);
        let person = street.states.get::<Person>("u1").unwrap();
        assert_eq!((person.household.as_str(), person.born_year), ("h2", Some(1990)));
        assert!(person.versions.is_first());
        // Put right, it is not registered a second time.
        let right = ReceiveRecord { submission: id("s2"), replaces: Some(id("s1")), ..made };
        let again = flags(&mut street, &trial::worker(), right);
        assert_eq!(again, [refused(PEOPLE, "u1", "exists")]);
        // The device goes on with what it made, under the name that it gave.
        let next = record("s3", (PEOPLE, "u1"), "@update people u1 1 phone:6 branch:b");
        assert_eq!(flags(&mut street, &trial::worker(), next), []);
        let next = record("s4", (PEOPLE, "u1"), "@update people u1 2 phone:7 branch:b");
        assert_eq!(flags(&mut street, &trial::worker(), next), []);
        assert_eq!(street.states.get::<Person>("u1").unwrap().versions.version, 3);
    }

    #[test]
    fn a_person_without_a_household_or_unknown_is_flagged_and_the_record_kept() {
        let mut street = trial::community();
        let lost = record("s1", (PEOPLE, "u1"), "@create people u1 label:Bo");
        let found = flags(&mut street, &trial::worker(), lost);
        assert_eq!(found, [refused(PEOPLE, "u1", "missing")]);
        let nowhere =
            record("s2", (PEOPLE, "u1"), "@create people u1 label:Bo household:household:h9");
        let found = flags(&mut street, &trial::worker(), nowhere);
        assert_eq!(found, [refused(PEOPLE, "u1", "unknown")]);
        let unknown = record("s3", (PEOPLE, "person:p9"), "@update people person:p9 1 phone:1");
        let found = flags(&mut street, &trial::worker(), unknown);
        assert_eq!(found, [refused(PEOPLE, "person:p9", "unknown")]);
        let odd = send(&mut street, &trial::worker(), "s4", "1 born_year:long phone:1");
        assert_eq!(odd, [Flag::BadAnswer { element: id("born_year") }]);
        assert_eq!(kept(&street, "", "phone").as_deref(), Some("1"));
        let impossible = send(&mut street, &trial::worker(), "s5", "2 born_year:1066");
        assert_eq!(impossible, [refused(PEOPLE, "person:p3", "bad_value")]);
        // Whoever is filled in about somebody belongs to their household.
        let mut about = record("s6", (PEOPLE, "u2"), "@create people u2 label:Bo");
        about.subject = Some(Subject::Person(id("p3")));
        assert_eq!(flags(&mut street, &trial::worker(), about), []);
        assert_eq!(street.states.get::<Person>("u2").unwrap().household, id("h2"));
    }

    #[test]
    fn a_person_moves_by_a_record_to_a_household_that_is_there() {
        let mut street = trial::community();
        let nowhere = send(&mut street, &trial::worker(), "s1", "1 household:h9 phone:1");
        assert_eq!(nowhere, [refused(PEOPLE, "person:p3", "unknown")]);
        assert_eq!(kept(&street, "", "phone").as_deref(), Some("1"));
        let moved = send(&mut street, &trial::worker(), "s2", "2 household:household:h1");
        assert_eq!(moved, []);
        assert!(street.states.get::<Household>("h1").unwrap().people.contains(&id("p3")));
        assert_eq!(neighbour(&street).versions.properties[&id("household")], 3);
    }

    #[test]
    fn a_household_is_registered_with_its_people_and_its_door_is_corrected() {
        let mut street = trial::community();
        let lines = "@create people u1 household:home label:Bo\n\
                     @create households home place:place:b2 label:2-202";
        let mut both = record("s1", (HOUSEHOLDS, "home"), lines);
        both.entities.push((id(PEOPLE), id("u1")));
        assert_eq!(flags(&mut street, &trial::worker(), both), []);
        let home = street.states.get::<Household>("home").unwrap();
        assert_eq!((home.place.as_str(), home.door.as_str()), ("b2", "2-202"));
        assert!(home.people.contains(&id("u1")));
        let send = |street: &mut Rehearsal, who: &Actor, name: &str, line: &str| {
            let line = format!("@update households household:home {line}");
            flags(street, who, record(name, (HOUSEHOLDS, "household:home"), &line))
        };
        let worker = trial::worker();
        assert_eq!(send(&mut street, &worker, "s2", "1 door:2-203 place:place:b2"), []);
        let beside = send(&mut street, &worker, "s3", "1 door:2-204");
        let (list, entity) = (id(HOUSEHOLDS), id("household:home"));
        assert_eq!(beside, [Flag::EntityConflict { list, entity, hard: true }]);
        let fixed = send(&mut street, &worker, "s4", "2 place:place:b1");
        assert_eq!(fixed, [refused(HOUSEHOLDS, "household:home", "fixed")]);
        let resolve = ResolveConflict {
            list: id(HOUSEHOLDS),
            entity: id("household:home"),
            submission: id("s3"),
            values: [(id("door"), "2-204".to_owned())].into(),
        };
        street.give(&trial::lead(), resolve).unwrap();
        assert_eq!(street.states.get::<Household>("home").unwrap().door, "2-204");
        let nowhere = record("s5", (HOUSEHOLDS, "h9"), "@create households h9 label:9");
        assert_eq!(flags(&mut street, &worker, nowhere), []);
        assert_eq!(street.states.get::<Household>("h9").unwrap().place, id("community"));
    }
}
