//! `open_case`: somebody says that something is the matter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::effects::{self, Happening};
use super::{Case, Subject, lifecycle, scope};
use crate::authority::{Authority, Role};
use crate::command::{Context, Decide};
use crate::draft::Draft;
use crate::fact::{Fact, Fields};
use crate::forms::answers;
use crate::ids::{CaseId, CaseKindId, PlaceId, derived};
use crate::people::{Household, Person};
use crate::places::Place;
use crate::refusal::{Code, Refusal};
use crate::rules::{CaseKind, Pack, SubjectKind};
use crate::states::{AsThing, Key, States};
use crate::value::{Scope, Value};

/// Opens a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCase {
    /// The case, made by the client.
    pub case: CaseId,
    /// Its kind.
    #[serde(rename = "case_kind")]
    pub kind: CaseKindId,
    /// Where; the subject's place when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
    /// About whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// What was said.
    #[serde(default)]
    pub fields: Fields,
}

impl Decide for OpenCase {
    fn authority(&self) -> Authority {
        Authority::ByPack
    }

    fn needs(&self, seen: &States) -> Vec<Key> {
        let mut needs = vec![Key::new(Case::KIND, self.case.as_str()), Key::ledger()];
        needs.extend(self.place.as_ref().map(|id| Key::new(Place::KIND, id.as_str())));
        needs.extend(needs_of_subject(self.subject.as_ref(), seen));
        needs.extend(needs_of_fields(&self.fields));
        needs
    }

    fn decide(&self, context: &Context<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        draft.fresh::<Case>(self.case.as_str())?;
        let Some((pack, kind)) = context.rules.kind(&self.kind) else {
            let refusal = Refusal::new(Code::Unknown).with("what", "kind");
            return Err(refusal.with("id", self.kind.as_str()));
        };
        let (place, path) = place_of(context, draft, self.place.as_ref(), self.subject.as_ref())?;
        check_opener(context, draft, kind, &path, self.subject.as_ref())?;
        let now = context.moment.at;
        if !kind.emergency && !context.rules.kind_is_on(&kind.id, now) {
            return Err(Refusal::new(Code::KindOff).with("kind", kind.id.as_str()));
        }
        check_subject(kind, self.subject.as_ref())?;
        if !kind.emergency {
            answers::check(pack, &kind.fields, &self.fields)?;
        }
        let opening = Opening {
            id: self.case.clone(),
            pack,
            kind,
            place,
            path,
            subject: self.subject.clone(),
            fields: self.fields.clone(),
            cause: None,
            depth: 0,
        };
        open(context, draft, opening)
    }
}

/// The states that a subject brings with it: household, dependants, and who else cares for them.
pub(super) fn needs_of_subject(subject: Option<&Subject>, seen: &States) -> Vec<Key> {
    let Some(subject) = subject else {
        return Vec::new();
    };
    let mut needs = vec![subject.key()];
    let person = subject.person().and_then(|id| seen.get::<Person>(id.as_str()));
    if let Some(person) = person {
        needs.push(Key::new(Household::KIND, person.household.as_str()));
        for dependant in person.cares_for.keys() {
            needs.push(Key::new(Person::KIND, dependant.as_str()));
            if let Some(dependant) = seen.get::<Person>(dependant.as_str()) {
                let carers = dependant.cared_by.keys();
                needs.extend(carers.map(|id| Key::new(Person::KIND, id.as_str())));
            }
        }
    }
    needs
}

/// The pools that fields may name; without the rules at hand, any value that could be an id.
pub(super) fn needs_of_fields(fields: &Fields) -> Vec<Key> {
    let ids = fields.values().filter_map(serde_json::Value::as_str);
    let plain = ids.filter(|id| crate::ids::PoolId::new(*id).is_ok());
    plain.map(|id| Key::new(crate::states::Kind::Pool, id)).collect()
}

/// A case about to be opened.
struct Opening<'a> {
    id: CaseId,
    pack: &'a Pack,
    kind: &'a CaseKind,
    place: PlaceId,
    path: Vec<PlaceId>,
    subject: Option<Subject>,
    fields: Fields,
    cause: Option<String>,
    depth: usize,
}

/// Opens a case that an effect of a pack asks for.
pub(super) fn open_by_effect(
    context: &Context<'_>,
    draft: &mut Draft<'_>,
    happening: &Happening<'_>,
    kind: &CaseKindId,
    effect: &str,
    fields: Fields,
) -> Result<(), Refusal> {
    let Some(rule) = happening.pack.kinds.get(kind) else {
        let refusal = Refusal::new(Code::Unknown).with("what", "kind");
        return Err(refusal.with("id", kind.as_str()));
    };
    let made =
        derived(context.command, &format!("case/{}/{effect}", happening.cause), draft.said());
    let subject = happening.subject.cloned().filter(|_| rule.subject != SubjectKind::Place);
    check_subject(rule, subject.as_ref())?;
    let opening = Opening {
        id: CaseId::new(made).expect("a UUID is plain"),
        pack: happening.pack,
        kind: rule,
        place: happening.place.clone(),
        path: happening.path.to_vec(),
        subject,
        fields,
        cause: Some(happening.cause.to_owned()),
        depth: happening.depth + 1,
    };
    open(context, draft, opening)
}

fn open(context: &Context<'_>, draft: &mut Draft<'_>, opening: Opening<'_>) -> Result<(), Refusal> {
    let Opening { id, pack, kind, place, path, subject, fields, cause, depth } = opening;
    let roles = context.actor.roles_at(&path, context.moment.at);
    let values = scope::values(pack, context, &fields);
    let mut scope = Scope::from([
        ("case".to_owned(), values.clone()),
        ("given".to_owned(), values),
        ("opened_at".to_owned(), Value::Time(context.occurred_at)),
        ("entered_at".to_owned(), Value::Time(context.moment.at)),
        ("missed".to_owned(), Value::Whole(0)),
        ("reopened".to_owned(), Value::Whole(0)),
    ]);
    scope::of_subject(&mut scope, context, draft, subject.as_ref(), &roles);
    let to = lifecycle::stand(context, kind, &kind.initial, subject.as_ref(), &scope)?;
    let outcomes = effects::judge(&kind.on_open, &scope)?;
    let owner = answers::owner(subject.as_ref().and_then(Subject::person), "case", id.as_str());
    let shelf = answers::Shelf { person: &owner, item: id.as_str(), purpose: &kind.purpose };
    let (open_fields, sealed) = answers::sort(&|id| pack.elements.get(id), draft, &shelf, &fields);
    draft.say(Fact::CaseOpened {
        case: id.clone(),
        kind: kind.id.clone(),
        pack_hash: pack.hash.clone(),
        place: place.clone(),
        path: path.clone(),
        fields: open_fields,
        sealed,
        to,
        cause,
        reporter: context.actor.account.clone(),
        outcomes: outcomes.clone(),
    });
    let happening = Happening {
        pack,
        cause: id.as_str(),
        case: Some(id.clone()),
        place: &place,
        path: &path,
        subject: subject.as_ref(),
        depth,
    };
    effects::run(context, draft, &happening, &kind.on_open, &outcomes, &scope)
}

/// Where something is: the place named, else where the subject lives, else the ledger's own.
pub(crate) fn place_of(
    context: &Context<'_>,
    draft: &Draft<'_>,
    place: Option<&PlaceId>,
    subject: Option<&Subject>,
) -> Result<(PlaceId, Vec<PlaceId>), Refusal> {
    if let Some(id) = place {
        if context.path.last() == Some(id) {
            return Ok((id.clone(), context.path.to_vec()));
        }
        let state = draft.known::<Place>(id.as_str())?;
        if state.retired {
            return Err(Refusal::new(Code::PlaceRetired).with("place", state.name.as_str()));
        }
        return Ok((id.clone(), state.path.clone()));
    }
    let path = match subject {
        Some(Subject::Person(id)) => draft.known::<Person>(id.as_str())?.path.clone(),
        Some(Subject::Household(id)) => draft.known::<Household>(id.as_str())?.path.clone(),
        None => context.path.to_vec(),
    };
    let missing = || Refusal::new(Code::Missing).with("field", "place");
    Ok((path.last().cloned().ok_or_else(missing)?, path))
}

fn check_subject(kind: &CaseKind, subject: Option<&Subject>) -> Result<(), Refusal> {
    let missing = |what: &str| Err(Refusal::new(Code::Missing).with("field", what));
    match (kind.subject, subject) {
        (SubjectKind::Place, _)
        | (SubjectKind::Household, Some(_))
        | (SubjectKind::Person, Some(Subject::Person(_))) => Ok(()),
        (SubjectKind::Household, None) => missing("household"),
        (SubjectKind::Person, _) => missing("person"),
    }
}

/// Anybody may call for emergency help; other kinds name who opens them. A resident opens for
/// themselves, those they care for, and their own household or place.
fn check_opener(
    context: &Context<'_>,
    draft: &Draft<'_>,
    kind: &CaseKind,
    path: &[PlaceId],
    subject: Option<&Subject>,
) -> Result<(), Refusal> {
    if kind.emergency {
        return Ok(());
    }
    let now = context.moment.at;
    let roles = context.actor.roles_at(path, now);
    let mut as_resident = false;
    for role in roles {
        if !kind.opened_by.iter().any(|name| name == role) || !context.rules.role_is_on(role, now) {
            continue;
        }
        if role != Role::RESIDENT {
            return Ok(());
        }
        as_resident = true;
    }
    if !as_resident {
        let refusal = Refusal::new(Code::NotAllowed);
        return Err(refusal.with("roles", kind.opened_by.join(", ")));
    }
    let Some((_, own)) = &context.actor.person else {
        return Err(Refusal::new(Code::NotYours));
    };
    let theirs = match subject {
        None => true,
        Some(Subject::Person(id)) => {
            id == own
                || draft
                    .get::<Person>(id.as_str())
                    .is_some_and(|person| person.cared_by.contains_key(own))
        }
        Some(Subject::Household(id)) => draft
            .get::<Household>(id.as_str())
            .is_some_and(|household| household.people.contains(own)),
    };
    if theirs { Ok(()) } else { Err(Refusal::new(Code::NotYours)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{self, id};

    fn repair(case: &str) -> OpenCase {
        OpenCase {
            case: id(case),
            kind: id("trial.repair"),
            place: Some(id("b1")),
            subject: None,
            fields: Fields::from([
                (id("what"), "lamp".into()),
                (id("words"), "the one on the third floor".into()),
            ]),
        }
    }

    #[test]
    fn a_resident_opens_a_case_that_knows_when_it_is_late() {
        let mut street = trial::community();
        let outcome = street.give(&trial::resident(), repair("c1")).unwrap();
        let case = street.states.get::<Case>("c1").unwrap();
        assert_eq!(case.standing.stage, crate::rules::Stage::Reported);
        let two_hours = street.moment.at + jiff::SignedDuration::from_hours(2);
        assert_eq!(case.standing.due_at, Some(two_hours));
        assert!(!serde_json::to_string(&outcome.facts).unwrap().contains("third floor"));
        assert_eq!(outcome.vault[0].value, "the one on the third floor");
    }

    #[test]
    fn a_mode_changes_the_deadline() {
        let mut street = trial::community();
        street.give(&trial::coordinator(), trial::alert(&street)).unwrap();
        street.give(&trial::resident(), repair("c1")).unwrap();
        let half_an_hour = street.moment.at + jiff::SignedDuration::from_mins(30);
        let case = street.states.get::<Case>("c1").unwrap();
        assert_eq!(case.standing.due_at, Some(half_an_hour));
    }

    #[test]
    fn a_case_is_refused_without_what_is_required_or_with_what_nobody_asked() {
        let mut street = trial::community();
        let mut bare = repair("c1");
        bare.fields.clear();
        assert_eq!(street.give(&trial::resident(), bare).unwrap_err().code, Code::Missing);
        let mut odd = repair("c1");
        odd.fields.insert(id("warm"), true.into());
        assert_eq!(street.give(&trial::resident(), odd).unwrap_err().code, Code::Unknown);
        let mut wrong = repair("c1");
        wrong.fields.insert(id("what"), 7.into());
        assert_eq!(street.give(&trial::resident(), wrong).unwrap_err().code, Code::BadValue);
    }

    #[test]
    fn a_resident_is_refused_to_speak_for_somebody_else() {
        let mut street = trial::community();
        let stay = |person: &str| OpenCase {
            case: id("c1"),
            kind: id("trial.stay"),
            place: None,
            subject: Some(Subject::Person(id(person))),
            fields: Fields::new(),
        };
        let refused = street.give(&trial::neighbour(), stay("p1")).unwrap_err();
        assert_eq!(refused.code, Code::NotYours);
        street.give(&trial::resident(), stay("p2")).unwrap();
    }

    #[test]
    fn a_kind_that_a_mode_keeps_is_refused_without_it() {
        let mut street = trial::community();
        let extra = OpenCase { kind: id("trial.extra"), fields: Fields::new(), ..repair("c1") };
        let refused = street.give(&trial::worker(), extra.clone()).unwrap_err();
        assert_eq!(refused.code, Code::KindOff);
        street.give(&trial::coordinator(), trial::alert(&street)).unwrap();
        street.give(&trial::worker(), extra).unwrap();
    }

    #[test]
    fn anybody_may_call_for_emergency_help_and_nothing_is_asked() {
        let mut street = trial::community();
        let help = OpenCase { kind: id("trial.rescue"), fields: Fields::new(), ..repair("c1") };
        street.give(&trial::neighbour(), help).unwrap();
    }
}
