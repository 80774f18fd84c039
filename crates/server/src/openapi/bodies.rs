//! What each kind of command needs, described from the commands themselves: nothing is said twice.

use domain::command::Command;
use schemars::generate::SchemaSettings;
use serde_json::{Value as Json, json};

/// Where the document keeps its schemas.
const SCHEMAS: &str = "/components/schemas";

/// Puts the commands and the types that they hold among the document's schemas, and says in the
/// envelope which body belongs to which kind.
///
/// # Panics
/// If the document has no envelope, or two unlike types have the same name.
pub(super) fn describe(document: &mut Json) {
    let settings = SchemaSettings::draft2020_12().with(|it| it.definitions_path = SCHEMAS.into());
    let mut generator = settings.into_generator();
    generator.subschema_for::<Command>();
    let mut types = generator.take_definitions(true);
    let commands = types.remove("Command").expect("the commands describe themselves");
    let schemas = document.pointer_mut(SCHEMAS).and_then(Json::as_object_mut);
    let schemas = schemas.expect("the document has schemas");
    for (name, described) in types {
        let other = schemas.insert(name.clone(), described);
        assert!(other.is_none(), "two types are called {name}");
    }
    let about = "What may be asked for.";
    let kind = json!({"type": "string", "enum": Command::ALL, "description": about});
    schemas.insert("CommandKind".to_owned(), kind);
    let of_kind = format!("#{SCHEMAS}/CommandKind");
    for (name, field) in [("CommandEnvelope", "kind"), ("CaseAction", "command")] {
        let field = &mut schemas[name]["properties"][field];
        *field = json!({"$ref": of_kind, "description": field["description"]});
    }
    let envelope = &mut schemas["CommandEnvelope"];
    envelope["oneOf"] = kinds(&commands);
    let properties = envelope["properties"].as_object_mut().expect("the envelope has properties");
    properties.remove("body");
}

/// One alternative for each kind: its name and its body.
fn kinds(commands: &Json) -> Json {
    let kinds = commands["oneOf"].as_array().into_iter().flatten();
    let one = |kind: &Json| {
        let (body, name) = (&kind["properties"]["body"], &kind["properties"]["kind"]["const"]);
        let name = json!({"type": "string", "const": name});
        json!({"type": "object", "properties": {"kind": name, "body": body}, "required": ["kind", "body"]})
    };
    kinds.map(one).collect()
}
