//! Who is signed in, and the demo's people.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PersonRef, Words};

/// What a person signs in with.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// The name of the account.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Which ways there are to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignInWays {
    /// The provider of OpenID Connect, where one is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<OpenIdWay>,
}

/// A provider of OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenIdWay {
    /// What people call it.
    pub label: String,
    /// Where a browser goes to begin; `then` may name the page to come back to.
    pub path: String,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Session {
    /// The account.
    pub account: String,
    /// The name to greet with.
    pub name: String,
    /// The person behind the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonRef>,
    /// The roles held now.
    pub grants: Vec<GrantView>,
    /// To send back as `x-csrf` with everything that is not a GET.
    pub csrf: String,
    /// Whether this is the demo.
    pub demo: bool,
    /// The ledger to open first.
    pub home_ledger: String,
    /// BCP 47: `zh-Hans` or `en`.
    pub language: String,
}

/// A role at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GrantView {
    /// The role.
    pub role: String,
    /// Its name.
    pub role_words: Words,
    /// Where it holds, and below.
    pub place: String,
    /// The place's name.
    pub place_name: String,
    /// The ledger that keeps the place.
    pub ledger: String,
}

/// The demo's people.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DemoPeople {
    /// One click each.
    pub people: Vec<DemoPerson>,
}

/// One of the demo's people.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DemoPerson {
    /// The account.
    pub account: String,
    /// The name.
    pub name: String,
    /// What they are.
    pub role: Words,
    /// The name of the place where they are it.
    pub place: String,
    /// What to try as this person.
    pub about: Words,
}

/// Which of the demo's people to be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DemoSignIn {
    /// The account.
    pub account: String,
}
