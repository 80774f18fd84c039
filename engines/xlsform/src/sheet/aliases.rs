//! Other names that authors rely on, for headings, types and yes and no.

/// A heading's name, or a group and a name in it.
type Alias = (&'static str, &'static [&'static str]);

/// Headings of the survey sheet.
pub(crate) const SURVEY: &[Alias] = &[
    ("sms_field", &["sms_field"]),
    ("sms_option", &["sms_option"]),
    ("sms_separator", &["sms_separator"]),
    ("sms_allow_media", &["sms_allow_media"]),
    ("sms_date_format", &["sms_date_format"]),
    ("sms_datetime_format", &["sms_datetime_format"]),
    ("sms_response", &["sms_response"]),
    ("compact_tag", &["instance", "odk:tag"]),
    ("read_only", &["bind", "readonly"]),
    ("readonly", &["bind", "readonly"]),
    ("relevant", &["bind", "relevant"]),
    ("caption", &["label"]),
    ("appearance", &["control", "appearance"]),
    ("relevance", &["bind", "relevant"]),
    ("required", &["bind", "required"]),
    ("constraint", &["bind", "constraint"]),
    ("constraining_message", &["bind", "jr:constraintMsg"]),
    ("constraint_message", &["bind", "jr:constraintMsg"]),
    ("calculation", &["bind", "calculate"]),
    ("calculate", &["bind", "calculate"]),
    ("command", &["type"]),
    ("tag", &["name"]),
    ("value", &["name"]),
    ("image", &["media", "image"]),
    ("big-image", &["media", "big-image"]),
    ("audio", &["media", "audio"]),
    ("video", &["media", "video"]),
    ("count", &["control", "jr:count"]),
    ("repeat_count", &["control", "jr:count"]),
    ("jr:count", &["control", "jr:count"]),
    ("autoplay", &["control", "autoplay"]),
    ("rows", &["control", "rows"]),
    ("noapperrorstring", &["bind", "jr:noAppErrorString"]),
    ("no_app_error_string", &["bind", "jr:noAppErrorString"]),
    ("requiredmsg", &["bind", "jr:requiredMsg"]),
    ("required_message", &["bind", "jr:requiredMsg"]),
    ("body", &["control"]),
    ("save_to", &["bind", "entities:saveto"]),
];

/// Columns of the survey sheet that need no alias.
pub(crate) const SURVEY_COLUMNS: &[&str] = &[
    "name",
    "label",
    "parent",
    "extra_data",
    "_dynamic_default",
    "_qtd_defaults",
    "_qtd_kwargs",
    "actions",
    "default",
    "guidance_hint",
    "instance",
    "query",
    "sms_field",
    "trigger",
    "bind",
    "choice_filter",
    "control",
    "hint",
    "media",
    "parameters",
    "type",
    "_itemset_has_ref",
    "choices",
    "itemset",
    "list_name",
];

/// Headings of the choices, external choices and osm sheets.
pub(crate) const LISTS: &[Alias] = &[
    ("caption", &["label"]),
    ("list_name", &["list name"]),
    ("value", &["name"]),
    ("image", &["media", "image"]),
    ("big-image", &["media", "big-image"]),
    ("audio", &["media", "audio"]),
    ("video", &["media", "video"]),
];

/// Columns of the choices, external choices and osm sheets that need no alias.
pub(crate) const LIST_COLUMNS: &[&str] =
    &["name", "label", "parent", "extra_data", "_choice_itext_ref", "media", "sms_option"];

/// Headings of the settings sheet.
pub(crate) const SETTINGS: &[Alias] = &[
    ("form_title", &["title"]),
    ("set_form_title", &["title"]),
    ("form_id", &["id_string"]),
    ("set_form_id", &["id_string"]),
    ("prefix", &["prefix"]),
];

/// Columns of the settings sheet that need no alias.
pub(crate) const SETTINGS_COLUMNS: &[&str] = &[
    "name",
    "label",
    "parent",
    "extra_data",
    "bind",
    "children",
    "control",
    "hint",
    "media",
    "type",
    "instance",
    "flat",
    "sms_field",
    "_created",
    "_translations",
    "_xpath",
    "add_none_option",
    "clean_text_values",
    "attribute",
    "auto_delete",
    "auto_send",
    "choices",
    "default_language",
    "file_name",
    "id_string",
    "instance_name",
    "instance_xmlns",
    "namespaces",
    "omit_instanceID",
    "public_key",
    "setgeopoint_by_triggering_ref",
    "setvalues_by_triggering_ref",
    "sms_allow_media",
    "sms_date_format",
    "sms_datetime_format",
    "sms_keyword",
    "sms_response",
    "sms_separator",
    "style",
    "submission_url",
    "title",
    "version",
    "allow_choice_duplicates",
    "client_editable",
    "delimiter",
    "prefix",
    "entity_version",
];

/// Headings of the entities sheet.
pub(crate) const ENTITIES: &[Alias] = &[("list_name", &["dataset"])];

/// Columns of the entities sheet that need no alias.
pub(crate) const ENTITY_COLUMNS: &[&str] =
    &["dataset", "entity_id", "create_if", "update_if", "repeat", "label"];

/// A type's other names.
pub(crate) fn question_type(written: &str) -> Option<&'static str> {
    Some(match written {
        "imei" => "deviceid",
        "image" | "add image prompt" | "add photo prompt" => "photo",
        "add audio prompt" => "audio",
        "add video prompt" => "video",
        "add file prompt" => "file",
        _ => return None,
    })
}

/// How authors ask for a list, longest first where one begins another, and what it is.
pub(crate) const SELECTS: &[(&str, &str)] = &[
    ("add select one prompt using", "select one"),
    ("add select multiple prompt using", "select all that apply"),
    ("select all that apply from", "select all that apply"),
    ("select one from", "select one"),
    ("select1", "select one"),
    ("select_one", "select one"),
    ("select one", "select one"),
    ("select_multiple", "select all that apply"),
    ("select all that apply", "select all that apply"),
    ("select_one_external", "select one external"),
    ("select_one_from_file", "select one"),
    ("select_multiple_from_file", "select all that apply"),
    ("select one from file", "select one"),
    ("select multiple from file", "select all that apply"),
    ("rank", "rank"),
];

/// Yes and no as settings write them.
pub(crate) fn yes_no(written: &str) -> Option<bool> {
    Some(match written {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "true()" => true,
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "false()" => false,
        _ => return None,
    })
}

/// Yes and no where an expression is expected.
pub(crate) fn as_expression(written: &str) -> Option<&'static str> {
    Some(match written {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" => "true()",
        "no" | "No" | "NO" | "false" | "False" | "FALSE" => "false()",
        _ => return None,
    })
}
