//! The web app inside the program: its files, compressed once, and its first page for every path.

use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::problems::{DoorCode, Refused};

#[cfg(feature = "app")]
mod files {
    use std::borrow::Cow;
    use std::collections::HashMap;
    use std::io::Write as _;
    use std::sync::{Arc, LazyLock, Mutex, PoisonError};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    #[derive(rust_embed::RustEmbed)]
    #[folder = "../../web/dist"]
    #[allow_missing = true]
    struct Dist;

    /// A file of the web app.
    #[derive(Clone)]
    pub(super) struct File {
        pub(super) bytes: Cow<'static, [u8]>,
        pub(super) gzip: Option<Arc<[u8]>>,
        pub(super) tag: String,
    }

    static FILES: LazyLock<Mutex<HashMap<String, File>>> = LazyLock::new(Mutex::default);

    /// A file by path; compressed when it is first asked for.
    pub(super) fn find(path: &str) -> Option<File> {
        if let Some(file) = FILES.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Some(file.clone());
        }
        let found = Dist::get(path)?;
        let hash: String =
            found.metadata.sha256_hash().iter().take(12).map(|b| format!("{b:02x}")).collect();
        let gzip = compressed(&found.data).filter(|gzip| gzip.len() < found.data.len() * 9 / 10);
        let file = File { bytes: found.data, gzip, tag: format!("\"{hash}\"") };
        let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(path.to_owned(), file.clone());
        Some(file)
    }

    fn compressed(bytes: &[u8]) -> Option<Arc<[u8]>> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).ok()?;
        encoder.finish().ok().map(Arc::from)
    }
}

/// The page in place of the web app when the program was built without it.
const WITHOUT: &str = "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><title>Linli</title>\
    <p>这个程序没有带网页应用；接口在 /api 下，说明见 /api/openapi.json。\
    <p lang=\"en\">This program was built without its web app. The API is below /api; \
    /api/openapi.json describes it.</html>";

/// Answers every path that is no route of the API.
pub(crate) async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Refused::new(DoorCode::NotFound).into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return Refused::new(DoorCode::MethodNotAllowed).into_response();
    }
    file(path, &headers).unwrap_or_else(|| {
        let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        (html, WITHOUT).into_response()
    })
}

#[cfg(not(feature = "app"))]
fn file(_path: &str, _headers: &HeaderMap) -> Option<Response> {
    None
}

/// The file at a path; the first page for paths that the app itself understands.
#[cfg(feature = "app")]
fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    use axum::body::Body;
    use axum::http::{HeaderValue, StatusCode};

    let named = if path.is_empty() { "index.html" } else { path };
    let looks_like_a_file = named.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let (name, found) = match files::find(named) {
        Some(found) => (named, found),
        None if looks_like_a_file => {
            files::find("index.html")?;
            return Some(Refused::new(DoorCode::NotFound).into_response());
        }
        None => ("index.html", files::find("index.html")?),
    };
    let unchanged = headers.get(header::IF_NONE_MATCH).is_some_and(|tag| *tag == *found.tag);
    let gzip = found.gzip.clone().filter(|_| accepts_gzip(headers));
    let mut response = match (unchanged, &gzip) {
        (true, _) => StatusCode::NOT_MODIFIED.into_response(),
        (false, Some(gzip)) => Body::from(gzip.to_vec()).into_response(),
        (false, None) => Body::from(found.bytes.into_owned()).into_response(),
    };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(name)));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&found.tag) {
        answer.insert(header::ETAG, tag);
    }
    if gzip.is_some() && !unchanged {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Some(response)
}

#[cfg(feature = "app")]
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|text| text.split(',').any(|part| part.trim().starts_with("gzip")))
}

/// Files under `assets/` carry a hash in their names and never change.
#[cfg(any(feature = "app", test))]
fn caching(name: &str) -> &'static str {
    if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

#[cfg(any(feature = "app", test))]
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_whose_names_carry_a_hash_are_cached_for_good() {
        assert!(caching("assets/index-abc.js").contains("immutable"));
        assert_eq!(caching("index.html"), "no-cache");
        assert_eq!(media_type("assets/index-abc.js"), "text/javascript; charset=utf-8");
    }

    #[tokio::test]
    async fn an_unknown_path_of_the_api_is_a_problem_and_not_a_page() {
        let uri: Uri = "/api/nothing".parse().unwrap();
        let response = page(Method::GET, uri, HeaderMap::new()).await;
        assert_eq!(response.status(), 404);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }

    #[tokio::test]
    async fn a_path_of_the_app_gets_its_first_page() {
        let uri: Uri = "/cases/l/c-1".parse().unwrap();
        let response = page(Method::GET, uri, HeaderMap::new()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    }
}
