//! `publish_form`: an XLSForm is given out here and below, beside its earlier versions.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Forms, Published};
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::Fact;
use crate::ids::{FormId, PurposeId};
use crate::refusal::{Code, Refusal};
use crate::rules::{Sheet, SubjectKind};
use crate::states::{Key, States};
use crate::text;
use crate::words::Words;

/// The most versions of one form.
const VERSIONS_MAX: usize = 200;
/// The most forms that a ledger publishes.
const FORMS_MAX: usize = 500;
/// The longest version, in characters.
const VERSION_CHARS_MAX: usize = 64;
/// The most roles that are named.
const ROLES_MAX: usize = 20;

/// Publishes a form whose workbook was put on the shelf.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishForm {
    /// The form: the workbook's own id.
    pub form: FormId,
    /// The version that the workbook gives; empty where it gives none.
    #[serde(default)]
    pub version: String,
    /// The hash of the workbook.
    pub hash: String,
    /// Its name.
    pub name: Words,
    /// What it is filled about.
    pub subject: SubjectKind,
    /// Roles that fill it; `subject` means the person themselves.
    pub filled_by: Vec<String>,
    /// Purpose under which its personal values are kept.
    pub purpose: PurposeId,
    /// Whether it is only tried out: what is sent to it is checked and thrown away.
    #[serde(default)]
    pub draft: bool,
    /// Files that come with it: the hash of each among the attachments, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, String>,
}

impl Decide for PublishForm {
    fn authority(&self) -> Authority {
        Authority::Roles(&[Role::COORDINATOR, Role::OPERATOR])
    }

    fn needs(&self, _seen: &States) -> Vec<Key> {
        vec![Key::forms()]
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let sheet = context.rules.library.sheet(&self.hash);
        let unknown = || Refusal::new(Code::FormUnknown).with("form", self.form.as_str());
        let sheet = sheet.ok_or_else(unknown)?;
        if sheet.form_id() != self.form.as_str() || sheet.version() != self.version {
            return Err(unknown());
        }
        if context.rules.form(&self.form).is_some() {
            let refusal = Refusal::new(Code::Exists).with("what", "form");
            return Err(refusal.with("id", self.form.as_str()));
        }
        if !self.brings_files(draft) {
            self.check_version(context, draft)?;
        }
        self.check_media(&*sheet)?;
        let name =
            Words::new(text::line("name", &self.name.zh)?, text::line("name", &self.name.en)?);
        self.check_roles(context)?;
        let held = context.rules.packs.iter().any(|pack| pack.purposes.contains_key(&self.purpose));
        if !held {
            let refusal = Refusal::new(Code::Unknown).with("what", "purpose");
            return Err(refusal.with("id", self.purpose.as_str()));
        }
        let published = Published {
            version: self.version.clone(),
            hash: self.hash.clone(),
            name,
            subject: self.subject,
            filled_by: self.filled_by.clone(),
            purpose: self.purpose.clone(),
            draft: self.draft,
            media: self.media.clone(),
        };
        draft.say(Fact::FormPublished { form: self.form.clone(), published });
        Ok(())
    }
}

impl PublishForm {
    /// That the form asks for the files that come with it.
    fn check_media(&self, sheet: &dyn Sheet) -> Result<(), Refusal> {
        for (name, hash) in &self.media {
            if !sheet.files().contains(name) {
                let refusal = Refusal::new(Code::Unknown).with("what", "file");
                return Err(refusal.with("id", name.as_str()));
            }
            if hash.len() != 64 || !hash.bytes().all(|c| c.is_ascii_hexdigit()) {
                let refusal = Refusal::new(Code::BadValue).with("field", "media");
                return Err(refusal.with("why", "SHA-256"));
            }
        }
        Ok(())
    }

    fn check_roles(&self, context: &Context<'_>) -> Result<(), Refusal> {
        let known = |name: &str| {
            name == "subject"
                || Role::FIXED.iter().any(|(role, ..)| *role == name && name != Role::SYSTEM)
                || context.rules.packs.iter().any(|pack| pack.roles.contains_key(name))
        };
        if let Some(name) = self.filled_by.iter().find(|name| !known(name)) {
            return Err(Refusal::new(Code::Unknown).with("what", "role").with("id", name.as_str()));
        }
        if self.filled_by.is_empty() {
            return Err(Refusal::new(Code::Missing).with("field", "filled_by"));
        }
        Ok(())
    }

    /// Whether it brings files for a version that is given out here, and is the same in all else.
    fn brings_files(&self, draft: &Draft<'_>) -> bool {
        let forms = draft.get::<Forms>("forms");
        let mut versions =
            forms.and_then(|forms| forms.forms.get(&self.form)).into_iter().flatten();
        versions.any(|it| {
            let before = &it.published;
            let same = before.version == self.version
                && before.hash == self.hash
                && before.name == self.name
                && before.subject == self.subject
                && before.filled_by == self.filled_by
                && before.purpose == self.purpose
                && before.draft == self.draft;
            same && !it.retired && before.media != self.media
        })
    }

    /// That the version is a new one: what is filled under a version is read by it for ever.
    fn check_version(&self, context: &Context<'_>, draft: &Draft<'_>) -> Result<(), Refusal> {
        if !self.version.is_empty() {
            text::bounded("version", &self.version, VERSION_CHARS_MAX)?;
        }
        let forms = draft.get::<Forms>("forms");
        let versions = forms.and_then(|forms| forms.forms.get(&self.form));
        let above = context.rules.published_form(&self.form, &self.version);
        let is_taken = |it: &Published| it.version == self.version && !it.draft;
        let here = versions.into_iter().flatten().any(|it| is_taken(&it.published));
        if here || above.is_some_and(|form| !form.published.draft) {
            let refusal = Refusal::new(Code::VersionTaken).with("form", self.form.as_str());
            return Err(refusal.with("version", self.version.as_str()));
        }
        let many = |what: &str, most: usize| {
            Err(Refusal::new(Code::TooMany).with("what", what).with("most", most.to_string()))
        };
        if versions.is_some_and(|all| all.len() >= VERSIONS_MAX) {
            return many("versions", VERSIONS_MAX);
        }
        if versions.is_none() && forms.is_some_and(|forms| forms.forms.len() >= FORMS_MAX) {
            return many("forms", FORMS_MAX);
        }
        if self.filled_by.len() > ROLES_MAX {
            return many("roles", ROLES_MAX);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    #[test]
    fn a_form_is_published_in_one_version_beside_another() {
        let mut street = trial::community();
        for version in ["1", "2"] {
            let publish = trial::publish(&mut street, "local.survey", version);
            street.give(&trial::coordinator(), publish).unwrap();
        }
        let rules = street.rules();
        assert_eq!(rules.latest_form(&id("local.survey")).unwrap().published.version, "2");
        assert_eq!(
            rules.published_form(&id("local.survey"), "1").unwrap().published.hash,
            "local.survey-1"
        );
    }

    #[test]
    fn a_version_is_published_once_and_a_draft_gives_way_to_it() {
        let mut street = trial::community();
        let publish = trial::publish(&mut street, "local.survey", "1");
        let draft = PublishForm { draft: true, ..publish.clone() };
        street.give(&trial::coordinator(), draft.clone()).unwrap();
        assert!(street.rules().latest_form(&id("local.survey")).is_none());
        street.give(&trial::coordinator(), draft).unwrap();
        street.give(&trial::coordinator(), publish.clone()).unwrap();
        assert_eq!(street.rules().published.len(), 1);
        let again = street.give(&trial::coordinator(), publish).unwrap_err();
        assert_eq!(again.code, Code::VersionTaken);
    }

    #[test]
    fn a_version_is_brought_its_files_later_and_stays_where_it_stands() {
        let mut street = trial::community();
        let first = trial::publish(&mut street, "local.survey", "1");
        street.give(&trial::coordinator(), first.clone()).unwrap();
        let second = trial::publish(&mut street, "local.survey", "2");
        street.give(&trial::coordinator(), second).unwrap();
        let file = "shops.csv".to_owned();
        let mut brings = first.clone();
        brings.media.insert(file.clone(), "ab".repeat(32));
        street.give(&trial::coordinator(), brings.clone()).unwrap();
        let rules = street.rules();
        assert_eq!(rules.latest_form(&id("local.survey")).unwrap().published.version, "2");
        let kept = rules.published_form(&id("local.survey"), "1").unwrap();
        assert!(kept.published.media.contains_key(&file));
        let again = street.give(&trial::coordinator(), brings.clone()).unwrap_err();
        assert_eq!(again.code, Code::VersionTaken);
        let other = PublishForm { filled_by: vec!["volunteer".to_owned()], ..first };
        let refused = street.give(&trial::coordinator(), other).unwrap_err();
        assert_eq!(refused.code, Code::VersionTaken);
    }

    #[test]
    fn a_form_is_refused_that_is_not_on_the_shelf_or_names_what_nobody_knows() {
        let mut street = trial::community();
        let publish = trial::publish(&mut street, "local.survey", "1");
        let mut code = |publish| street.give(&trial::coordinator(), publish).unwrap_err().code;
        let other = |change: fn(&mut PublishForm)| {
            let mut other = publish.clone();
            change(&mut other);
            other
        };
        assert_eq!(code(other(|it| it.hash = "nothing".to_owned())), Code::FormUnknown);
        assert_eq!(code(other(|it| it.version = "3".to_owned())), Code::FormUnknown);
        assert_eq!(code(other(|it| it.filled_by = vec!["nobody".to_owned()])), Code::Unknown);
        assert_eq!(code(other(|it| it.filled_by.clear())), Code::Missing);
        assert_eq!(code(other(|it| it.purpose = id("nothing"))), Code::Unknown);
        let map =
            |it: &mut PublishForm| drop(it.media.insert("map.png".to_owned(), "ab".repeat(32)));
        assert_eq!(code(other(map)), Code::Unknown);
        let taken = trial::publish(&mut street, "trial.visit", "1");
        assert_eq!(street.give(&trial::coordinator(), taken).unwrap_err().code, Code::Exists);
        let publish = trial::publish(&mut street, "local.survey", "1");
        let refused = street.give(&trial::worker(), publish).unwrap_err();
        assert_eq!(refused.code, Code::NotAllowed);
    }
}
