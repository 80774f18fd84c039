//! Answers as OpenRosa has them: its headers, and words for people in its envelope.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quick_xml::escape::escape;

use crate::forms::parts::SUBMISSION_BYTES_MAX;
use crate::problems::Refused;
use crate::wire::Words;

/// The language that somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Zh,
    En,
}

impl Language {
    /// The language that a request asks for; Chinese when it does not say.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let english = asked.is_some_and(|it| it.trim().to_ascii_lowercase().starts_with("en"));
        if english { Self::En } else { Self::Zh }
    }

    /// A text in that language.
    pub(super) fn pick(self, words: &Words) -> &str {
        match self {
            Self::Zh => &words.zh,
            Self::En => &words.en,
        }
    }
}

/// A text as it stands in XML.
pub(super) fn xml(text: &str) -> String {
    let plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    escape(text.chars().filter(plain).collect::<String>()).into_owned()
}

/// A document of XML.
pub(super) fn document(body: String) -> Response {
    let kind = HeaderValue::from_static("text/xml; charset=utf-8");
    with_headers(([(header::CONTENT_TYPE, kind)], body).into_response())
}

/// Words for the person who sent something.
pub(super) fn said(status: StatusCode, nature: &str, words: &str) -> Response {
    let mut response = document(format!(
        "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\">\
         <message nature=\"{nature}\">{}</message></OpenRosaResponse>",
        xml(words)
    ));
    *response.status_mut() = status;
    response
}

/// A refusal of the door, in OpenRosa's envelope.
pub(super) struct Declined(pub(super) Refused, pub(super) Language);

impl IntoResponse for Declined {
    fn into_response(self) -> Response {
        let Self(refused, language) = self;
        let status = StatusCode::from_u16(refused.0.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = said(status, "error", language.pick(&refused.0.words));
        if let Ok(code) = HeaderValue::from_str(refused.code()) {
            response.headers_mut().insert(HeaderName::from_static("x-linli-code"), code);
        }
        response
    }
}

/// The headers that every answer has.
pub(super) fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-openrosa-version"), HeaderValue::from_static("1.0"));
    let most = HeaderName::from_static("x-openrosa-accept-content-length");
    headers.insert(most, HeaderValue::from(SUBMISSION_BYTES_MAX));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(now) = HeaderValue::from_str(&now) {
        headers.insert(header::DATE, now);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_people_do_not_become_xml() {
        assert_eq!(xml("a <b> & \"c\"\u{0}"), "a &lt;b&gt; &amp; &quot;c&quot;");
    }

    #[test]
    fn somebody_who_reads_english_is_answered_in_english() {
        let mut headers = HeaderMap::new();
        assert_eq!(Language::of(&headers), Language::Zh);
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en-GB,en;q=0.9"));
        assert_eq!(Language::of(&headers), Language::En);
    }
}
