//! How times look on the wire, for descriptions of the API.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

macro_rules! texts {
    ($($(#[doc = $about:literal])+ $name:ident = $format:literal;)+) => {$(
        $(#[doc = $about])+
        pub(crate) struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "format": $format})
            }
        }
    )+};
}

texts! {
    /// An instant, RFC 3339.
    Instant = "date-time";
    /// A day, RFC 3339.
    Day = "date";
}
