//! Signing in by a provider of OpenID Connect: a small real one on a socket, with real signatures.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value as Json, json};
use server::{App, OpenId, OpenIdSettings};
use sha2::{Digest as _, Sha256};

use crate::world::{Answer, Client, World};

/// A key that signs, with its name.
fn key(name: &str) -> (String, EcdsaKeyPair) {
    let random = SystemRandom::new();
    let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &random);
    (name.to_owned(), pair.unwrap())
}

/// What the provider holds.
struct Held {
    address: String,
    /// The keys that it shows.
    shown: Vec<(String, EcdsaKeyPair)>,
    /// The challenge that whoever asks for tokens must answer.
    challenge: String,
    /// What the next ID token says.
    claims: Json,
    /// By what the next ID token is signed; the last key shown when absent.
    signed_by: Option<(String, EcdsaKeyPair)>,
    /// What it answers instead of its keys.
    instead_of_keys: Option<String>,
    asked: usize,
}

type Shared = Arc<Mutex<Held>>;

/// A provider that people sign in by.
#[derive(Clone)]
struct Provider(Shared);

fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64.encode(bytes)
}

fn token(held: &Held) -> String {
    let (name, pair) = held.signed_by.as_ref().or(held.shown.last()).unwrap();
    let head = json!({"alg": "ES256", "typ": "JWT", "kid": name});
    let text = format!("{}.{}", base64(head.to_string()), base64(held.claims.to_string()));
    let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
    format!("{text}.{}", base64(signature))
}

/// What a provider answers.
type Told = ([(header::HeaderName, &'static str); 1], String);

fn told(json: String) -> Told {
    ([(header::CONTENT_TYPE, "application/json")], json)
}

async fn description(State(held): State<Shared>) -> Told {
    let mut held = held.lock().unwrap();
    held.asked += 1;
    let at = &held.address;
    let description = json!({
        "issuer": at, "authorization_endpoint": format!("{at}/enter"),
        "token_endpoint": format!("{at}/token"), "jwks_uri": format!("{at}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    });
    told(description.to_string())
}

async fn keys(State(held): State<Shared>) -> Told {
    let held = held.lock().unwrap();
    if let Some(instead) = &held.instead_of_keys {
        return told(instead.clone());
    }
    let keys: Vec<Json> = held
        .shown
        .iter()
        .map(|(name, pair)| {
            let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
            json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": name, "x": base64(x), "y": base64(y)})
        })
        .collect();
    told(json!({ "keys": keys }).to_string())
}

async fn tokens(State(held): State<Shared>, body: String) -> Told {
    let held = held.lock().unwrap();
    let of = |name: &str| {
        let mut pairs = body.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    };
    let answers = base64(Sha256::digest(of("code_verifier"))) == held.challenge;
    if of("code") != "the+code" || !answers {
        return told(json!({"error": "invalid_grant"}).to_string());
    }
    let given = json!({"access_token": "a", "token_type": "Bearer", "id_token": token(&held)});
    told(given.to_string())
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let held = Held {
            address: format!("http://{}", listener.local_addr().unwrap()),
            shown: vec![key("first")],
            challenge: String::new(),
            claims: Json::Null,
            signed_by: None,
            instead_of_keys: None,
            asked: 0,
        };
        let held = Arc::new(Mutex::new(held));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/keys", get(keys))
            .route("/token", post(tokens))
            .with_state(Arc::clone(&held));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self(held)
    }

    fn address(&self) -> String {
        self.0.lock().unwrap().address.clone()
    }

    fn set(&self, change: impl FnOnce(&mut Held)) {
        change(&mut self.0.lock().unwrap());
    }

    /// A door at which people may sign in by this provider.
    fn door(&self, world: &World) -> Arc<App> {
        door(world, &self.address())
    }
}

fn door(world: &World, issuer: &str) -> Arc<App> {
    let settings = OpenIdSettings {
        issuer: issuer.to_owned(),
        client_id: "linli".to_owned(),
        client_secret: Some("between us".to_owned()),
        redirect_url: "http://here/api/session/openid/back".to_owned(),
        label: "City identity".to_owned(),
    };
    let openid = Some(Arc::new(OpenId::new(settings).unwrap()));
    world.door(|options| options.openid = openid)
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.headers["location"].to_str().unwrap().to_owned()
}

fn cookies(answer: &Answer) -> Vec<String> {
    let all = answer.headers.get_all("set-cookie").iter();
    all.map(|cookie| cookie.to_str().unwrap().to_owned()).collect()
}

/// Somebody who has been sent to the provider, and what they carry.
struct Sent {
    client: Client,
    cookie: String,
    state: String,
}

impl Sent {
    /// Goes to the provider, who will say these things of them on the way back.
    async fn to(provider: &Provider, client: &Client, then: &str, claims: Json) -> Self {
        let answer = client.get(&format!("/api/session/openid{then}")).await;
        let to = location(&answer);
        let (at, query) = to.split_once('?').unwrap();
        assert_eq!(at, format!("{}/enter", provider.address()));
        let asked: std::collections::BTreeMap<&str, &str> =
            query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        assert_eq!((asked["response_type"], asked["client_id"]), ("code", "linli"));
        assert_eq!((asked["scope"], asked["code_challenge_method"]), ("openid", "S256"));
        let now = jiff::Timestamp::now().as_second();
        let mut said = json!({
            "iss": provider.address(), "aud": "linli", "sub": "citizen-7",
            "iat": now, "exp": now + 300, "nonce": asked["nonce"],
        });
        for (name, value) in claims.as_object().into_iter().flatten() {
            said[name] = value.clone();
        }
        provider.set(|held| {
            held.claims = said;
            held.challenge = asked["code_challenge"].to_owned();
        });
        let cookie = cookies(&answer).remove(0);
        for part in ["HttpOnly", "SameSite=Lax", "Path=/api/session/openid;", "Max-Age=900"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { client: client.clone(), cookie, state: asked["state"].to_owned() }
    }

    /// Comes back with something in the address.
    async fn back(&self, query: &str) -> Answer {
        let path = format!("/api/session/openid/back?{query}");
        let request = axum::http::Request::get(path).header(header::COOKIE, &self.cookie);
        self.client.send(request.body(Body::empty()).unwrap()).await
    }

    async fn back_well(&self) -> Answer {
        self.back(&format!("code=the+code&state={}", self.state)).await
    }
}

async fn link(world: &World, provider: &Provider) {
    let wang = "wang".parse().unwrap();
    world.store.link_openid(&provider.address(), "citizen-7", &wang).await.unwrap();
}

#[tokio::test]
async fn whoever_is_linked_signs_in_and_comes_back_to_the_page_that_they_wanted() {
    World::each(async |world| {
        let provider = Provider::start().await;
        link(&world, &provider).await;
        let nobody = world.nobody_at(&provider.door(&world));
        let ways = nobody.see("/api/session/ways").await;
        assert_eq!(ways["openid"]["label"], "City identity");
        let path = ways["openid"]["path"].as_str().unwrap();
        assert_eq!(path, "/api/session/openid");

        let sent = Sent::to(&provider, &nobody, "?then=/cases%3Fmine=1", json!({})).await;
        let answer = sent.back_well().await;
        assert_eq!(location(&answer), "/cases?mine=1");
        let cookies = cookies(&answer);
        let session = cookies.iter().find(|it| it.starts_with("linli_session=")).unwrap();
        assert!(session.contains("HttpOnly") && session.contains("SameSite=Strict"));
        assert!(cookies.iter().any(|it| it.starts_with("linli_openid=;")), "{cookies:?}");
        let secret = session.split(';').next().unwrap().trim_start_matches("linli_session=");
        let mut wang = nobody.clone();
        secret.clone_into(&mut wang.cookie);
        assert_eq!(wang.see("/api/session").await["account"], "wang");
        assert_eq!(provider.0.lock().unwrap().asked, 1, "the description is asked for once");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_linked_gets_no_account_and_is_told_by_what_to_be_linked() {
    World::each(async |world| {
        let provider = Provider::start().await;
        let nobody = world.nobody_at(&provider.door(&world));
        let sent = Sent::to(&provider, &nobody, "", json!({})).await;
        let answer = sent.back_well().await;
        assert_eq!(location(&answer), "/signin?openid=openid_unlinked&subject=citizen-7");
        assert!(cookies(&answer).iter().all(|it| !it.starts_with("linli_session=")));
        link(&world, &provider).await;
        let zhang = Sent::to(&provider, &nobody, "", json!({"sub": "citizen-8"})).await;
        let to = location(&zhang.back_well().await);
        assert_eq!(to, "/signin?openid=openid_unlinked&subject=citizen-8");
        let wang = "wang".parse().unwrap();
        assert_eq!(world.store.unlink_openid(&wang).await.unwrap(), 1);
        let sent = Sent::to(&provider, &nobody, "", json!({})).await;
        assert!(location(&sent.back_well().await).contains("openid_unlinked"));
    })
    .await;
}

#[tokio::test]
async fn a_word_that_does_not_hold_signs_nobody_in() {
    World::each(async |world| {
        let provider = Provider::start().await;
        link(&world, &provider).await;
        let past = jiff::Timestamp::now().as_second() - 60;
        for (what, claims) in [
            ("for another deployment", json!({"aud": "others"})),
            ("by another provider", json!({"iss": "http://elsewhere.example"})),
            ("of another sign-in", json!({"nonce": "another"})),
            ("that is over", json!({"exp": past})),
            ("for several", json!({"aud": ["linli", "others"]})),
            ("of nobody", json!({"sub": null})),
            ("of too long a subject", json!({"sub": "s".repeat(300)})),
        ] {
            // A door of its own each: who fails often must wait.
            let nobody = world.nobody_at(&provider.door(&world));
            let sent = Sent::to(&provider, &nobody, "", claims).await;
            let answer = sent.back_well().await;
            assert_eq!(location(&answer), "/signin?openid=openid_untrue", "a word {what}");
            assert!(cookies(&answer).iter().all(|it| !it.starts_with("linli_session=")));
        }
        let nobody = world.nobody_at(&provider.door(&world));
        let sent = Sent::to(&provider, &nobody, "", json!({})).await;
        provider.set(|held| held.signed_by = Some(key("first")));
        let to = location(&sent.back_well().await);
        assert_eq!(to, "/signin?openid=openid_untrue", "a signature by another key of that name");
        for _ in 0..8 {
            sent.back_well().await;
        }
        assert_eq!(location(&sent.back_well().await), "/signin?openid=openid_wait");
    })
    .await;
}

#[tokio::test]
async fn keys_that_the_provider_has_changed_are_fetched() {
    World::each(async |world| {
        let provider = Provider::start().await;
        link(&world, &provider).await;
        let nobody = world.nobody_at(&provider.door(&world));
        Sent::to(&provider, &nobody, "", json!({})).await;
        provider.set(|held| held.shown = vec![key("second")]);
        let sent = Sent::to(&provider, &nobody, "", json!({})).await;
        assert_eq!(location(&sent.back_well().await), "/");
    })
    .await;
}

#[tokio::test]
async fn a_way_back_without_its_beginning_leads_to_the_sign_in_page() {
    World::each(async |world| {
        let provider = Provider::start().await;
        link(&world, &provider).await;
        let nobody = world.nobody_at(&provider.door(&world));
        let sent = Sent::to(&provider, &nobody, "", json!({})).await;
        let other = Sent::to(&provider, &nobody, "", json!({})).await;
        let stale = "/signin?openid=openid_stale";
        let query = format!("code=the+code&state={}", other.state);
        assert_eq!(location(&sent.back(&query).await), stale, "the state of another");
        assert_eq!(location(&sent.back("code=the+code").await), stale, "no state");
        let bare = Sent { cookie: "a=b".to_owned(), ..sent };
        assert_eq!(location(&bare.back_well().await), stale, "no cookie, or one that is used up");
        let gave_up = format!("error=access_denied&state={}", other.state);
        let answer = other.back(&gave_up).await;
        assert_eq!(location(&answer), "/signin?openid=openid_given_up");
        let answer = nobody.get("/api/session/openid?then=//elsewhere.example").await;
        assert!(cookies(&answer)[0].contains(".%2F; Path"), "only pages of this app");
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_is_down_or_answers_without_end_harms_nobody() {
    World::each(async |world| {
        let nobody = world.nobody_at(&door(&world, "http://127.0.0.1:9"));
        let to = location(&nobody.get("/api/session/openid?then=/modes").await);
        assert_eq!(to, "/signin?openid=openid_unreached&then=%2Fmodes");
        assert_eq!(nobody.get("/healthz").await.status, 200);
        let provider = Provider::start().await;
        for instead in ["{".repeat(10), "x".repeat(1_000_000), "{}".to_owned()] {
            provider.set(|held| held.instead_of_keys = Some(instead));
            let nobody = world.nobody_at(&provider.door(&world));
            let to = location(&nobody.get("/api/session/openid").await);
            assert_eq!(to, "/signin?openid=openid_unreached");
        }
        let absent = world.nobody().get("/api/session/openid").await;
        assert_eq!((absent.status, absent.code().as_str()), (404, "openid_absent"));
        assert_eq!(world.nobody().see("/api/session/ways").await, json!({}));
    })
    .await;
}
