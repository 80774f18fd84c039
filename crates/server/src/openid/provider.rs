//! Talks to a provider of OpenID Connect: its description and keys, codes against identities.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, TokenResponse as _,
};
use tokio::sync::Mutex;

use crate::outgoing::Outgoing;

/// How long a provider's description and keys are believed.
const BELIEVED: Duration = Duration::from_secs(3600);
/// How long after a provider did not answer it is not asked again.
const LEFT_ALONE: Duration = Duration::from_secs(5);
/// The signatures that are taken: public keys only, never none and never a shared secret.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Ready = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider of OpenID Connect, as the deployment's settings name it.
#[derive(Debug, Clone)]
pub struct OpenIdSettings {
    /// The provider, as it names itself: its description is below it
    /// (`/.well-known/openid-configuration`).
    pub issuer: String,
    /// What the provider calls this deployment.
    pub client_id: String,
    /// What this deployment shows the provider; none where it is a public client.
    pub client_secret: Option<String>,
    /// Where the provider sends people back to: this deployment's `/api/session/openid/back`.
    pub redirect_url: String,
    /// What people call the provider.
    pub label: String,
}

/// Why somebody could not sign in by the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The provider does not answer, or not as a provider does.
    Unreached,
    /// The provider answered, but its word does not hold.
    Untrue,
}

impl Trouble {
    fn unreached(error: impl std::fmt::Display) -> Self {
        tracing::warn!(%error, "the provider of OpenID Connect does not answer as it should");
        Self::Unreached
    }

    fn untrue(error: impl std::fmt::Display) -> Self {
        tracing::warn!(%error, "an identity that the provider of OpenID Connect gave does not hold");
        Self::Untrue
    }
}

/// Where to send somebody, and what to remember until they come back.
pub(crate) struct Begun {
    pub(crate) url: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

impl<'c> AsyncHttpClient<'c> for Outgoing {
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

#[derive(Default)]
struct Known {
    description: Option<(Arc<CoreProviderMetadata>, Instant)>,
    failed: Option<Instant>,
}

/// A provider that people sign in by.
pub struct OpenId {
    settings: OpenIdSettings,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    http: Outgoing,
    known: Mutex<Known>,
}

impl std::fmt::Debug for OpenId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenId").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

impl OpenId {
    /// Gets ready to ask a provider. Nothing is asked yet: it may be down when the program starts.
    ///
    /// # Errors
    /// When an address is none, or the system has no certificates to know the provider by.
    pub fn new(settings: OpenIdSettings) -> io::Result<Self> {
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(io::Error::other)?;
        let redirect = RedirectUrl::new(settings.redirect_url.clone()).map_err(io::Error::other)?;
        let http = Outgoing::new()?;
        Ok(Self { settings, issuer, redirect, http, known: Mutex::default() })
    }

    /// What people call the provider.
    pub(crate) fn label(&self) -> &str {
        &self.settings.label
    }

    /// How the provider names itself.
    pub(crate) fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// The provider's description with its keys; asked anew when it is old, or when told to.
    async fn description(&self, anew: bool) -> Result<Arc<CoreProviderMetadata>, Trouble> {
        let mut known = self.known.lock().await;
        if let Some((found, at)) = known.description.as_ref().filter(|_| !anew)
            && at.elapsed() < BELIEVED
        {
            return Ok(Arc::clone(found));
        }
        // Those who waited for somebody else's question are told what came of it.
        if known.failed.is_some_and(|at| at.elapsed() < LEFT_ALONE) {
            return Err(Trouble::Unreached);
        }
        match CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await {
            Ok(found) => {
                let found = Arc::new(found);
                *known =
                    Known { description: Some((Arc::clone(&found), Instant::now())), failed: None };
                Ok(found)
            }
            Err(error) => {
                known.failed = Some(Instant::now());
                Err(Trouble::unreached(error))
            }
        }
    }

    fn client(&self, description: &CoreProviderMetadata) -> Ready {
        let id = ClientId::new(self.settings.client_id.clone());
        let secret = self.settings.client_secret.clone().map(ClientSecret::new);
        CoreClient::from_provider_metadata(description.clone(), id, secret)
            .set_redirect_uri(self.redirect.clone())
    }

    /// Begins: where to send somebody who wants to sign in.
    pub(crate) async fn begin(&self) -> Result<Begun, Trouble> {
        let client = self.client(&*self.description(false).await?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun {
            url: url.to_string(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Ends: the subject as whom the provider knows the person who came back with a code.
    pub(crate) async fn finish(
        &self,
        code: String,
        verifier: String,
        nonce: String,
    ) -> Result<String, Trouble> {
        let description = self.description(false).await?;
        let client = self.client(&description);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(Trouble::unreached)?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.http)
            .await
            .map_err(Trouble::untrue)?;
        let token = tokens.id_token().ok_or_else(|| Trouble::untrue("no ID token came"))?;
        let nonce = Nonce::new(nonce);
        match subject(&client, token, &tokens, &nonce) {
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                // Providers change their keys: the new ones are fetched once.
                let client = self.client(&*self.description(true).await?);
                subject(&client, token, &tokens, &nonce).map_err(Trouble::untrue)
            }
            found => found.map_err(Trouble::untrue),
        }
    }
}

/// The subject of an ID token whose signature, issuer, audience, times and nonce hold.
fn subject(
    client: &Ready,
    token: &CoreIdToken,
    tokens: &CoreTokenResponse,
    nonce: &Nonce,
) -> Result<String, ClaimsVerificationError> {
    let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
    let claims = token.claims(&verifier, nonce)?;
    if let Some(expected) = claims.access_token_hash() {
        let other = |error: String| ClaimsVerificationError::Other(error);
        let algorithm = token.signing_alg().map_err(|error| other(error.to_string()))?;
        let key = token.signing_key(&verifier).map_err(|error| other(error.to_string()))?;
        let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
            .map_err(|error| other(error.to_string()))?;
        if found != *expected {
            return Err(other("the access token is another's".to_owned()));
        }
    }
    Ok(claims.subject().to_string())
}
