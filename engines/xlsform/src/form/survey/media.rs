//! Photographs and recordings.

use super::Reader;
use crate::form::draft::{Action, Draft, LOAD};
use crate::form::parameters::{self, Parameters};
use crate::sheet::Value;
use crate::text::number;

impl<'a> Reader<'_, 'a> {
    pub(super) fn photo(&mut self, mut draft: Draft<'a>, parameters: &Parameters) {
        if let Some(default) = draft.fields.text("default").filter(|default| !default.is_empty())
            && !default.contains("jr://images/")
        {
            let default = format!("jr://images/{default}");
            draft.fields.put("default", Value::Text(default.into()));
        }
        self.accept(&draft, parameters, &["app", "max-pixels"]);
        if let Some(most) = parameters::get(parameters, "max-pixels") {
            if number::whole(most).is_none() {
                self.misfit(&draft, "max-pixels", "must be a whole number", "必须是整数");
            }
            draft.fields.put_inner("bind", "orx:max-pixels", most.to_owned());
        } else {
            self.warn(draft.row, &["parameters"], "photo_without_limit",
                "Use max-pixels to keep photographs small, such as max-pixels=1024: they are sent sooner.",
                "请用 max-pixels 限制照片大小，例如 max-pixels=1024，以便尽快发送。");
        }
        let appearance = Self::appearance(&draft);
        let own = appearance.is_none() || appearance.as_deref() == Some("annotate");
        if let Some(app) = parameters::get(parameters, "app").filter(|_| own) {
            if !is_package(app) {
                self.misfit(
                    &draft,
                    "app",
                    "must be the package name of an Android app, such as com.example.camera",
                    "必须是安卓应用的包名，例如 com.example.camera",
                );
            }
            draft.fields.put_inner("control", "intent", app.to_owned());
        }
        self.add(draft);
    }

    pub(super) fn audio(&mut self, mut draft: Draft<'a>, parameters: &Parameters) {
        self.accept(&draft, parameters, &["quality"]);
        if let Some(quality) = parameters::get(parameters, "quality") {
            if !matches!(quality, "voice-only" | "low" | "normal" | "external") {
                self.misfit(
                    &draft,
                    "quality",
                    "must be voice-only, low, normal or external",
                    "必须是 voice-only、low、normal 或 external",
                );
            }
            draft.fields.put_inner("bind", "odk:quality", quality.to_owned());
        }
        self.add(draft);
    }

    pub(super) fn background_audio(&mut self, mut draft: Draft<'a>, parameters: &Parameters) {
        self.accept(&draft, parameters, &["quality"]);
        let mut action = Action::new("odk:recordaudio", LOAD);
        if let Some(quality) = parameters::get(parameters, "quality") {
            if !matches!(quality, "voice-only" | "low" | "normal") {
                self.misfit(
                    &draft,
                    "quality",
                    "must be voice-only, low or normal",
                    "必须是 voice-only、low 或 normal",
                );
            }
            action.quality = Some(quality.to_owned());
        }
        draft.actions.push(action);
        self.add(draft);
    }
}

/// Whether a text is the package name of an Android app.
fn is_package(name: &str) -> bool {
    let part = |part: &str| {
        let first = part.chars().next();
        first.is_some_and(|c| c != '_' && !c.is_numeric())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    name.contains('.') && name.split('.').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names_have_parts_that_begin_with_a_letter() {
        assert!(is_package("com.example.camera_2"));
        for other in ["camera", "com.", "com..a", "com._a", "com.2a", "com.a b"] {
            assert!(!is_package(other), "{other}");
        }
    }
}
