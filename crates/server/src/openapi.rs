//! Every route once, and the document that describes them all.

mod bodies;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::forms::parts::SUBMISSION_BYTES_MAX;
use crate::{
    App, accounts, cases, changes, commands, day, demo, forms, health, indicators, modes, openid,
    packs, people, places, roster, sessions, stock,
};

#[derive(OpenApi)]
#[openapi(info(
    title = "Linli",
    description = "The API of Linli. Errors are problem details (RFC 9457) with a stable code and words in zh and en. Everything that is not a GET needs the header x-csrf of the session, or a bearer token.",
    version = "0.1.0"
))]
struct Head;

/// Every route with its description.
pub(crate) fn routes() -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    let (router, document) = OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(sessions::sign_in, sessions::who_am_i, sessions::sign_out))
        .routes(routes!(openid::sign_in_ways))
        .routes(routes!(openid::openid_begin))
        .routes(routes!(openid::openid_back))
        .routes(routes!(demo::demo_people))
        .routes(routes!(demo::demo_sign_in))
        .routes(routes!(commands::give_commands))
        .routes(routes!(changes::changes))
        .routes(routes!(day::day))
        .routes(routes!(cases::cases))
        .routes(routes!(cases::page::case))
        .routes(routes!(packs::kinds))
        .routes(routes!(places::find_places))
        .routes(routes!(places::place))
        .routes(routes!(people::household))
        .routes(routes!(people::purposes))
        .routes(routes!(people::kept::kept))
        .routes(routes!(modes::modes))
        .routes(routes!(modes::preview_mode))
        .routes(routes!(indicators::indicators))
        .routes(routes!(indicators::tables::tables))
        .routes(routes!(indicators::tables::table))
        .routes(routes!(stock::stock))
        .routes(routes!(accounts::accounts))
        .routes(routes!(forms::forms))
        .routes(routes!(forms::published_forms))
        .routes(routes!(forms::xform))
        .routes(routes!(forms::form_media, forms::media::bring_form_media))
        .routes(routes!(forms::known::known_values))
        .routes(routes!(forms::conflicts::conflicts))
        .routes(routes!(forms::unread::unread_records))
        .routes(routes!(forms::review::submission))
        .routes(routes!(forms::review::submission_file))
        .routes(routes!(forms::workbook::check_form))
        .routes(routes!(forms::workbook::publish_form))
        .routes(routes!(forms::workbook::put_form_media))
        .routes(
            routes!(forms::submissions::send_submission)
                .layer(DefaultBodyLimit::max(SUBMISSION_BYTES_MAX)),
        )
        .routes(routes!(roster::import_roster))
        .routes(routes!(roster::roster_template))
        .routes(routes!(roster::roster_problems))
        .routes(routes!(health::healthz))
        .routes(routes!(health::metrics))
        .routes(routes!(openapi_document))
        .split_for_parts();
    (router, document)
}

/// The API's description, as pretty JSON with an end of line.
///
/// # Panics
/// Never: the document is plain data.
#[must_use]
pub fn document() -> String {
    let mut document = serde_json::to_value(routes().1).expect("plain data");
    if let Some(info) = document.get_mut("info").and_then(serde_json::Value::as_object_mut) {
        info.remove("license");
    }
    bodies::describe(&mut document);
    let mut text = serde_json::to_string_pretty(&document).expect("plain data");
    text.push('\n');
    text
}

/// This document.
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "openapi_document", tag = "about",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json"))
)]
async fn openapi_document() -> impl IntoResponse {
    static DOCUMENT: std::sync::LazyLock<String> = std::sync::LazyLock::new(document);
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_document_describes_the_routes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        let now = document();
        if std::env::var_os("LINLI_BLESS").is_some() {
            std::fs::write(path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == now, "openapi.json is old: run the tests once with LINLI_BLESS=1");
    }

    /// Calls with every object of the document.
    fn walk(json: &serde_json::Value, look: &mut dyn FnMut(&serde_json::Value)) {
        match json {
            serde_json::Value::Object(map) => {
                look(json);
                map.values().for_each(|part| walk(part, look));
            }
            serde_json::Value::Array(list) => list.iter().for_each(|part| walk(part, look)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere_and_every_schema_is_used() {
        let document: serde_json::Value = serde_json::from_str(&document()).unwrap();
        let mut used = std::collections::BTreeSet::new();
        walk(&document, &mut |json| {
            let Some(to) = json["$ref"].as_str() else { return };
            assert!(document.pointer(to.trim_start_matches('#')).is_some(), "{to} leads nowhere");
            used.insert(to.to_owned());
        });
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/schemas/{name}")), "nobody uses {name}");
        }
    }

    #[test]
    fn every_command_is_described_with_its_body() {
        let document: serde_json::Value = serde_json::from_str(&document()).unwrap();
        let schemas = &document["components"]["schemas"];
        let kinds = schemas["CommandEnvelope"]["oneOf"].as_array().unwrap();
        let described: Vec<&str> =
            kinds.iter().map(|it| it["properties"]["kind"]["const"].as_str().unwrap()).collect();
        assert_eq!(described, domain::command::Command::ALL);
        for kind in kinds {
            let body = kind["properties"]["body"]["$ref"].as_str().unwrap();
            let body = document.pointer(body.trim_start_matches('#')).unwrap();
            assert!(body["description"].is_string(), "{kind}");
            for (name, field) in body["properties"].as_object().into_iter().flatten() {
                assert!(field["description"].is_string(), "{name} of {kind}");
            }
        }
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_its_path_s_parameters_and_words_for_what_goes_wrong() {
        let document: serde_json::Value = serde_json::from_str(&document()).unwrap();
        let mut names = std::collections::BTreeSet::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for operation in operations.as_object().unwrap().values() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name} comes twice");
                let in_path = operation["parameters"].as_array().into_iter().flatten();
                let in_path: Vec<&str> = in_path
                    .filter(|it| it["in"] == "path")
                    .map(|it| it["name"].as_str().unwrap())
                    .collect();
                let asked = path.split(['{', '}']).skip(1).step_by(2);
                assert_eq!(asked.collect::<Vec<_>>(), in_path, "{path}");
                let always_well = ["metrics", "openapi_document"].contains(&name);
                let goes_wrong = &operation["responses"]["default"]["content"];
                assert!(
                    always_well || goes_wrong["application/problem+json"].is_object(),
                    "{name}"
                );
            }
        }
    }
}
