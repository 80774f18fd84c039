//! The types of questions: which control asks, which type the value has.

/// The control that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// Nothing is shown.
    None,
    /// Something is done, nothing is shown.
    Action,
    Input,
    Select,
    SelectOne,
    Rank,
    Trigger,
    Range,
    /// A file of a sort.
    Upload(&'static str),
}

impl Control {
    /// The element of the body.
    pub(crate) fn tag(self) -> Option<&'static str> {
        Some(match self {
            Self::None => return None,
            Self::Action => "action",
            Self::Input => "input",
            Self::Select => "select",
            Self::SelectOne => "select1",
            Self::Rank => "odk:rank",
            Self::Trigger => "trigger",
            Self::Range => "range",
            Self::Upload(_) => "upload",
        })
    }
}

/// A type of question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QuestionType {
    pub(crate) control: Control,
    /// What its bind says, unless the row says otherwise.
    pub(crate) bind: &'static [(&'static str, &'static str)],
    pub(crate) hint: Option<&'static str>,
}

const fn plain(control: Control, bind: &'static [(&'static str, &'static str)]) -> QuestionType {
    QuestionType { control, bind, hint: None }
}

macro_rules! preload {
    ($kind:literal, $how:literal, $what:literal) => {
        plain(Control::None, &[("jr:preload", $how), ("type", $kind), ("jr:preloadParams", $what)])
    };
}

macro_rules! bounded {
    ($constraint:literal, $hint:expr) => {
        QuestionType {
            control: Control::Input,
            bind: &[("type", "int"), ("constraint", $constraint)],
            hint: $hint,
        }
    };
}

/// What the device fills in by itself.
fn filled_in(name: &str) -> Option<QuestionType> {
    Some(match name {
        "phonenumber" | "get phone number" => preload!("string", "property", "phonenumber"),
        "simserial" | "get sim id" | "sim id" => preload!("string", "property", "simserial"),
        "imei" | "device id" | "deviceid" | "get device id" => {
            preload!("string", "property", "deviceid")
        }
        "subscriber id" | "subscriberid" | "get subscriber id" => {
            preload!("string", "property", "subscriberid")
        }
        "uri:subscriberid" => preload!("string", "property", "uri:subscriberid"),
        "uri:phonenumber" => preload!("string", "property", "uri:phonenumber"),
        "uri:simserial" => preload!("string", "property", "uri:simserial"),
        "uri:deviceid" => preload!("string", "property", "uri:deviceid"),
        "username" => preload!("string", "property", "username"),
        "uri:username" => preload!("string", "property", "uri:username"),
        "email" => preload!("string", "property", "email"),
        "uri:email" => preload!("string", "property", "uri:email"),
        "get start time" | "start" | "start time" => preload!("dateTime", "timestamp", "start"),
        "get end time" | "end time" | "end" => preload!("dateTime", "timestamp", "end"),
        "get today" | "today" => preload!("date", "date", "today"),
        "start-geopoint" => plain(Control::Action, &[("type", "geopoint")]),
        "background-audio" => plain(Control::Action, &[("type", "binary")]),
        _ => return None,
    })
}

/// Finds a type by the name that the survey sheet writes.
pub(crate) fn find(name: &str) -> Option<QuestionType> {
    use Control::{Input, None as Hidden, Range, Rank, Select, SelectOne, Trigger, Upload};
    const STRING: &[(&str, &str)] = &[("type", "string")];
    const BINARY: &[(&str, &str)] = &[("type", "binary")];
    Some(match name {
        "q picture" | "photo" | "q image" | "add image prompt" | "image" => {
            plain(Upload("image/*"), BINARY)
        }
        "add audio prompt" | "q audio" | "audio" => plain(Upload("audio/*"), BINARY),
        "video" | "add video prompt" | "q video" => plain(Upload("video/*"), BINARY),
        "file" | "add file prompt" => plain(Upload("application/*"), BINARY),
        "osm" => plain(Upload("osm/*"), BINARY),
        "add date time prompt"
        | "q date time"
        | "datetime"
        | "dateTime"
        | "add dateTime prompt"
        | "q dateTime"
        | "date time" => plain(Input, &[("type", "dateTime")]),
        "add date prompt" | "q date" | "date" => plain(Input, &[("type", "date")]),
        "time" => plain(Input, &[("type", "time")]),
        "add note prompt" | "q note" | "note" => {
            plain(Input, &[("readonly", "true()"), ("type", "string")])
        }
        "text" | "string" | "q string" | "add text prompt" | "select one external" => {
            plain(Input, STRING)
        }
        "integer" | "q int" | "int" | "add integer prompt" => plain(Input, &[("type", "int")]),
        "decimal" | "add decimal prompt" | "q decimal" => plain(Input, &[("type", "decimal")]),
        "barcode" | "q barcode" | "add barcode prompt" => plain(Input, &[("type", "barcode")]),
        "location" | "q geopoint" | "q location" | "geopoint" | "gps" | "add location prompt" => {
            plain(Input, &[("type", "geopoint")])
        }
        "q geoshape" | "geoshape" => plain(Input, &[("type", "geoshape")]),
        "q geotrace" | "geotrace" => plain(Input, &[("type", "geotrace")]),
        "calculate" | "q calculate" | "add calculate prompt" | "hidden" => plain(Hidden, STRING),
        "acknowledge" | "q acknowledge" | "add acknowledge prompt" => plain(Trigger, STRING),
        "trigger" => plain(Trigger, &[]),
        "add select multiple prompt using"
        | "select all that apply from"
        | "select all that apply"
        | "select multiple from"
        | "q select"
        | "select multiple using" => plain(Select, STRING),
        "select one" | "select one using" | "q select1" | "add select one prompt using" => {
            plain(SelectOne, STRING)
        }
        "rank" => plain(Rank, &[("type", "odk:rank")]),
        "range" => plain(Range, &[("type", "int")]),
        "number of days in last month" => {
            bounded!("0 <= . and . <= 31", Some("Enter a number 0-31."))
        }
        "number of days in last six months" => {
            bounded!("0 <= . and . <= 183", Some("Enter a number 0-183."))
        }
        "number of days in last year" => {
            bounded!("0 <= . and . <= 365", Some("Enter a number 0-365."))
        }
        "percentage" => bounded!("0 <= . and . <= 100", None),
        "phone number" => QuestionType {
            control: Input,
            bind: &[("type", "string"), ("constraint", "regex(., '^\\d*$')")],
            hint: Some("Enter numbers only."),
        },
        "audit" => plain(Hidden, BINARY),
        "xml-external" | "csv-external" => plain(Hidden, &[]),
        "background-geopoint" => plain(Trigger, &[("type", "geopoint")]),
        _ => return filled_in(name),
    })
}

/// Every name of a type, for telling what an author may have meant.
pub(crate) const NAMES: &[&str] = &[
    "text",
    "integer",
    "decimal",
    "range",
    "select_one",
    "select_multiple",
    "rank",
    "note",
    "geopoint",
    "geotrace",
    "geoshape",
    "date",
    "time",
    "dateTime",
    "image",
    "audio",
    "background-audio",
    "video",
    "file",
    "barcode",
    "calculate",
    "acknowledge",
    "hidden",
    "xml-external",
    "csv-external",
    "audit",
    "start",
    "end",
    "today",
    "deviceid",
    "phonenumber",
    "username",
    "email",
    "start-geopoint",
    "background-geopoint",
    "osm",
    "begin_group",
    "end_group",
    "begin_repeat",
    "end_repeat",
    "select_one_from_file",
    "select_multiple_from_file",
    "select_one_external",
];
