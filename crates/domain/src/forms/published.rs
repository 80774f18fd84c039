//! The forms that were published into a ledger, in all their versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::ids::{AccountId, FormId, PurposeId};
use crate::packs::the_only;
use crate::rules::{Library, PublishedForm, SubjectKind};
use crate::states::{AsThing, Changes, Index, Key, Stamp};
use crate::words::Words;

/// The forms that were published in a ledger: they are filled there and below.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forms {
    /// Their versions, the latest last. A version that was published stays: what was filled under
    /// it may still come in.
    pub forms: BTreeMap<FormId, Vec<Version>>,
}

/// A version of a form in a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// What was published.
    #[serde(flatten)]
    pub published: Published,
    /// Who published it.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
    /// Whether it is no longer given out.
    pub retired: bool,
}

/// A version of a form, as it was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The version, or empty.
    pub version: String,
    /// The hash of its workbook.
    pub hash: String,
    /// Its name.
    pub name: Words,
    /// What it is filled about.
    pub subject: SubjectKind,
    /// Roles that fill it.
    pub filled_by: Vec<String>,
    /// Purpose under which its personal values are kept.
    pub purpose: PurposeId,
    /// Whether it is only tried out.
    pub draft: bool,
    /// Files that come with it: the hash of each among the attachments, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<String, String>,
}

impl Forms {
    pub(crate) fn index(&self) -> Index {
        Index::default()
    }

    /// The forms as rules know them, the latest version of each last.
    pub fn published(&self, library: &dyn Library) -> Vec<Arc<PublishedForm>> {
        let versions = self.forms.iter().flat_map(|(id, all)| all.iter().map(move |it| (id, it)));
        let known = versions.filter_map(|(id, version)| {
            Some(Arc::new(PublishedForm {
                id: id.clone(),
                published: version.published.clone(),
                by: version.by.clone(),
                retired: version.retired,
                sheet: library.sheet(&version.published.hash)?,
            }))
        });
        known.collect()
    }
}

pub(super) fn apply(states: &mut impl Changes, fact: &Fact, stamp: &Stamp) {
    let key = Key::forms();
    match fact {
        Fact::FormPublished { form, published } => {
            let mut thing = the_only::<Forms>(states, &key);
            if let Some(forms) = Forms::of_mut(&mut thing) {
                let all = forms.forms.entry(form.clone()).or_default();
                // A draft gives way to whatever is published under its version.
                all.retain(|it| !it.published.draft || it.published.version != published.version);
                // One that stands there already was brought its files.
                let before = all.iter_mut().find(|it| it.published.version == published.version);
                if let Some(before) = before {
                    before.published.media.clone_from(&published.media);
                    states.create(key, thing);
                    return;
                }
                let (published, by) = (published.clone(), stamp.actor.clone());
                all.push(Version { published, by, at: stamp.recorded_at, retired: false });
            }
            states.create(key, thing);
        }
        Fact::FormRetired { form, .. } => {
            let mut thing = the_only::<Forms>(states, &key);
            if let Some(forms) = Forms::of_mut(&mut thing) {
                let all = forms.forms.get_mut(form).into_iter().flatten();
                all.for_each(|version| version.retired = true);
            }
            states.create(key, thing);
        }
        _ => {}
    }
}
