//! `receive_record`: the record of an XForm arrives. It is stored, word for word and sealed, before
//! anybody asks what it means; a form that is unknown and a record that cannot be read are flagged.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::observation::{self, Observation, Rule, Taken};
use super::{Flag, Prefilled, Received, RecordSubmission, Submission, answers};
use crate::authority::Authority;
use crate::cases::Subject;
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::entities::{self, Deed};
use crate::fact::{Fact, Fields};
use crate::ids::{CaseId, ElementId, EntityId, FormId, ListId, PlaceId, SubmissionId};
use crate::refusal::{Code, Refusal};
use crate::rules::{Filled, SharedPack};
use crate::states::{AsThing, Key, States};

/// The longest record, in bytes.
pub const RECORD_BYTES_MAX: usize = 1024 * 1024;
/// The name under which the vault keeps a record. No element of a dictionary has a dot.
pub const RECORD_ELEMENT: &str = "odk.record";
/// The most entities that a record makes or changes.
pub(super) const ENTITIES_MAX: usize = 200;
/// The longest version, in characters.
const VERSION_CHARS_MAX: usize = 256;

/// Receives the record of a filled form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveRecord {
    /// The submission: the record's `instanceID`.
    pub submission: SubmissionId,
    /// The form, as the record says.
    pub form: FormId,
    /// Its version, as the record says; empty where it says none.
    #[serde(default)]
    pub version: String,
    /// The record, word for word.
    pub record: String,
    /// Where; the subject's place when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
    /// About whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The case that expects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The submission that it puts right: the record's `deprecatedID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<SubmissionId>,
    /// The entities that it makes or changes, as the record names them: list and id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<(ListId, EntityId)>,
    /// What was known already when it was opened.
    #[serde(default, skip_serializing_if = "Prefilled::is_none")]
    pub prefilled: Prefilled,
}

impl Decide for ReceiveRecord {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        let mut needs = observation::needs(&self.told(Fields::new()), seen);
        let replaces = self.replaces.as_ref();
        needs.extend(replaces.map(|id| Key::new(Submission::KIND, id.as_str())));
        let named = &self.entities[..self.entities.len().min(ENTITIES_MAX)];
        needs.extend(named.iter().map(|(list, id)| entities::key(list, id)));
        needs.extend(entities::needs(named, &self.record, seen));
        needs
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if self.record.len() > RECORD_BYTES_MAX {
            let refusal = Refusal::new(Code::TooMany).with("what", "bytes");
            return Err(refusal.with("most", RECORD_BYTES_MAX.to_string()));
        }
        // What a record says is of any length; what a fact says is not.
        let version: String = self.version.chars().take(VERSION_CHARS_MAX).collect();
        let pack = context.rules.pack_with(&self.form, &version);
        let found = Understood::find(context, (&self.form, &version), &self.record, pack.as_ref())?;
        let Understood { rule, given, mut flags, files, deeds } = found;
        let old = self.replaces.as_ref().and_then(|id| draft.get::<Submission>(id.as_str()));
        let old = old.filter(|old| old.by == context.actor.account && old.record.is_some());
        if self.replaces.is_some() && old.is_none() {
            flags.push(Flag::ReplacesUnknown);
        }
        let replaces = old.map(|old| old.id.clone());
        let before = old.map(|old| old.outcomes.clone()).unwrap_or_default();
        let told = self.told(given);
        let named = &self.entities[..self.entities.len().min(ENTITIES_MAX)];
        let told = &told;
        let taken = Observation { told, rule, flags, before, deeds: &deeds, named };
        let taken = taken.take(context, draft)?;
        let element = ElementId::new(RECORD_ELEMENT).expect("plain");
        let (item, record) = (self.submission.as_str(), self.record.as_str());
        let sealed = draft.seal(&taken.owner, &element, item, &taken.purpose, record);
        let Taken { owner, purpose } = taken;
        let prefilled = self.prefilled;
        let record = Received { version, purpose, owner, files, replaces, prefilled };
        let (submission, sealed) = (self.submission.clone(), vec![sealed]);
        draft.say(Fact::RecordReceived { submission, record, sealed });
        Ok(())
    }
}

/// The most answers that are taken out of a record.
const ANSWERS_MAX: usize = 500;

/// A record as its form understands it.
pub(super) struct Understood<'a> {
    pub(super) rule: Rule<'a>,
    /// Answers that fit the elements that they are bound to.
    pub(super) given: Fields,
    pub(super) flags: Vec<Flag>,
    pub(super) files: u32,
    pub(super) deeds: Vec<Deed>,
}

impl<'a> Understood<'a> {
    /// Reads a record by its form in the version that was filled, else in the one that is in force.
    pub(super) fn find(
        context: &Context<'a>,
        (form, version): (&FormId, &str),
        record: &str,
        pack: Option<&'a SharedPack>,
    ) -> Result<Self, Refusal> {
        let (rule, filled) = find(context, (form, version), record, pack);
        if let Rule::Published(found) = rule
            && found.published.draft
        {
            return Err(Refusal::new(Code::FormIsDraft).with("form", form.as_str()));
        }
        let Filled { answers: said, mut flags, files, deeds } = filled;
        let mut given = Fields::new();
        for (id, text) in said.into_iter().take(ANSWERS_MAX) {
            // What is in no dictionary, and what does not fit it, stands in the record alone.
            let Some(element) = rule.element(context, &id) else { continue };
            let answer = answers::of_text(element, &text);
            if answers::misfit(element, &answer).is_some() {
                flags.push(Flag::BadAnswer { element: id });
            } else {
                given.entry(id).or_insert(answer);
            }
        }
        Ok(Self { rule, given, flags, files, deeds })
    }
}

fn find<'a>(
    context: &Context<'a>,
    (id, version): (&FormId, &str),
    record: &str,
    pack: Option<&'a SharedPack>,
) -> (Rule<'a>, Filled) {
    let read = |rule, sheet: &dyn crate::rules::Sheet, flag: Option<Flag>| {
        let mut filled = sheet.read(record, context.moment);
        filled.flags.extend(flag);
        (rule, filled)
    };
    let form = pack.and_then(|pack| pack.forms.get(id));
    if let (Some(pack), Some(form)) = (pack, form)
        && let Some(sheet) = &form.sheet
    {
        return read(Rule::Pack(pack, form), &**sheet, None);
    }
    if let Some(form) = context.rules.published_form(id, version) {
        return read(Rule::Published(form), &*form.sheet, None);
    }
    let other = Some(Flag::VersionUnknown);
    if let Some((pack, form)) = context.rules.form(id)
        && let Some(sheet) = &form.sheet
    {
        return read(Rule::Pack(pack, form), &**sheet, other);
    }
    match context.rules.latest_form(id) {
        Some(form) => read(Rule::Published(form), &*form.sheet, other),
        None => (Rule::Unknown, Filled::default()),
    }
}

impl ReceiveRecord {
    /// The same as an observation, with the answers that were found in the record.
    fn told(&self, answers: Fields) -> RecordSubmission {
        RecordSubmission {
            submission: self.submission.clone(),
            form: self.form.clone(),
            place: self.place.clone(),
            subject: self.subject.clone(),
            case: self.case.clone(),
            answers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::Rehearsal;
    use crate::trial::{self, id};

    fn received(name: &str, record: &str) -> ReceiveRecord {
        ReceiveRecord {
            submission: id(name),
            form: id("trial.visit"),
            version: "1".to_owned(),
            record: record.to_owned(),
            place: None,
            subject: Some(Subject::Person(id("p1"))),
            case: None,
            replaces: None,
            entities: Vec::new(),
            prefilled: Prefilled::default(),
        }
    }

    fn kept<'s>(street: &'s Rehearsal, name: &str) -> &'s Submission {
        street.states.get::<Submission>(name).unwrap()
    }

    #[test]
    fn a_record_goes_to_the_vault_and_its_answers_do_what_answers_do() {
        let mut street = trial::community();
        let record = received("s1", "warm=yes\ntemperature=38.4\nfile");
        let outcome = street.give(&trial::worker(), record).unwrap();
        let names: Vec<&str> = outcome.facts.iter().map(Fact::name).collect();
        assert_eq!(names, ["submission.recorded", "case.opened", "record.received"]);
        assert!(!serde_json::to_string(&outcome.facts).unwrap().contains("38.4"));
        let sealed: Vec<&str> = outcome.vault.iter().map(|write| write.element.as_str()).collect();
        assert_eq!(sealed, ["temperature", RECORD_ELEMENT]);
        let submission = kept(&street, "s1");
        assert_eq!(submission.answers[&id("warm")], true);
        assert_eq!(submission.flags, []);
        assert_eq!(submission.record.as_ref().unwrap().received.files, 1);
    }

    #[test]
    fn a_record_of_an_unknown_form_or_version_or_none_at_all_is_kept_and_flagged() {
        let mut street = trial::community();
        let unknown = ReceiveRecord { form: id("somebody.else"), ..received("s1", "<a/>") };
        street.give(&trial::worker(), unknown).unwrap();
        assert_eq!(kept(&street, "s1").flags, [Flag::FormUnknown]);
        let other = ReceiveRecord { version: "0".to_owned(), ..received("s2", "warm=no") };
        street.give(&trial::worker(), other).unwrap();
        assert_eq!(kept(&street, "s2").flags, [Flag::VersionUnknown]);
        street.give(&trial::worker(), received("s3", "?")).unwrap();
        let missing = Flag::AnswerMissing { element: id("warm") };
        assert_eq!(kept(&street, "s3").flags, [missing, Flag::RecordUnreadable]);
        assert_eq!(street.vault.len(), 3);
    }

    #[test]
    fn how_much_was_known_is_kept_with_the_record() {
        let mut street = trial::community();
        let prefilled = Prefilled { confirmed: 2, corrected: 1 };
        let record = ReceiveRecord { prefilled, ..received("s1", "warm=yes") };
        street.give(&trial::worker(), record).unwrap();
        let submission = kept(&street, "s1");
        assert_eq!(submission.record.as_ref().unwrap().received.prefilled, prefilled);
    }

    #[test]
    fn what_puts_another_right_sets_nothing_in_motion_twice() {
        let mut street = trial::community();
        street.give(&trial::worker(), received("s1", "warm=yes")).unwrap();
        let mut right = received("s2", "warm=yes\ntemperature=37");
        right.replaces = Some(id("s1"));
        let outcome = street.give(&trial::worker(), right.clone()).unwrap();
        let names: Vec<&str> = outcome.facts.iter().map(Fact::name).collect();
        assert_eq!(names, ["submission.recorded", "record.received"]);
        let old = kept(&street, "s1").record.as_ref().unwrap();
        assert_eq!(old.replaced_by, Some(id("s2")));
        let stranger = ReceiveRecord { submission: id("s3"), ..right };
        street.give(&trial::second_worker(), stranger).unwrap();
        assert!(kept(&street, "s3").flags.contains(&Flag::ReplacesUnknown));
    }

    #[test]
    fn a_published_form_is_filled_in_any_version_and_a_draft_is_refused() {
        let mut street = trial::community();
        for version in ["1", "2"] {
            let publish = trial::publish(&mut street, "local.survey", version);
            street.give(&trial::coordinator(), publish).unwrap();
        }
        let old = ReceiveRecord { form: id("local.survey"), ..received("s1", "temperature=37") };
        street.give(&trial::worker(), old).unwrap();
        let submission = kept(&street, "s1");
        assert_eq!(
            (submission.flags.as_slice(), &*submission.pack_hash),
            (&[][..], "local.survey-1")
        );
        assert_eq!(street.vault[0].purpose, id("service"));
        let mut publish = trial::publish(&mut street, "local.survey", "3");
        publish.draft = true;
        street.give(&trial::coordinator(), publish).unwrap();
        let mut tried = received("s2", "temperature=37");
        (tried.form, tried.version) = (id("local.survey"), "3".to_owned());
        let refused = street.give(&trial::worker(), tried).unwrap_err();
        assert_eq!(refused.code, Code::FormIsDraft);
    }

    #[test]
    fn a_second_record_under_the_same_id_and_an_endless_one_are_refused() {
        let mut street = trial::community();
        street.give(&trial::worker(), received("s1", "warm=no")).unwrap();
        let again = street.give(&trial::worker(), received("s1", "warm=yes")).unwrap_err();
        assert_eq!(again.code, Code::Exists);
        let endless = received("s2", &"x".repeat(RECORD_BYTES_MAX + 1));
        assert_eq!(street.give(&trial::worker(), endless).unwrap_err().code, Code::TooMany);
    }
}
