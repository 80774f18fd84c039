//! The record of how a form was filled.

use super::Reader;
use crate::form::draft::Draft;
use crate::form::parameters::{self, Parameters};
use crate::sheet::Value;
use crate::text::number;

const LOCATION: [&str; 3] = ["location-priority", "location-min-interval", "location-max-age"];

impl<'a> Reader<'_, 'a> {
    pub(super) fn audit(&mut self, mut draft: Draft<'a>, parameters: &Parameters) {
        let named = draft.fields.text("name").unwrap_or_default();
        if !matches!(named, "" | "audit") {
            self.error(
                draft.row,
                &["name"],
                "audit_named",
                "An audit is always called 'audit': leave its name empty.",
                "审计（audit）的名称固定为“audit”，请留空。",
            );
        }
        draft.name = "audit".into();
        draft.fields.put("name", Value::Text("audit".into()));
        self.accept(
            &draft,
            parameters,
            &[
                "identify-user",
                "location-max-age",
                "location-min-interval",
                "location-priority",
                "track-changes",
                "track-changes-reasons",
            ],
        );
        for key in ["track-changes", "identify-user"] {
            if let Some(value) = parameters::get(parameters, key) {
                if !matches!(value, "true" | "false") {
                    self.misfit(&draft, key, "must be true or false", "必须是 true 或 false");
                }
                draft.fields.put_inner("bind", format!("odk:{key}"), value.to_owned());
            }
        }
        if let Some(value) = parameters::get(parameters, "track-changes-reasons") {
            if value != "on-form-edit" {
                self.misfit(
                    &draft,
                    "track-changes-reasons",
                    "must be on-form-edit",
                    "必须是 on-form-edit",
                );
            }
            draft.fields.put_inner("bind", "odk:track-changes-reasons", "on-form-edit");
        }
        self.audit_location(&mut draft, parameters);
        self.read.meta.push(draft);
    }

    fn audit_location(&mut self, draft: &mut Draft<'a>, parameters: &Parameters) {
        let given = LOCATION.map(|key| parameters::get(parameters, key));
        if given.iter().all(Option::is_none) {
            return;
        }
        let [Some(priority), Some(interval), Some(age)] = given else {
            for (key, _) in LOCATION.iter().zip(given).filter(|(_, value)| value.is_none()) {
                self.misfit(
                    draft,
                    key,
                    "is needed, as the other two of the location are given",
                    "不能缺少，因为已给出另外的位置参数",
                );
            }
            return;
        };
        if !matches!(priority, "no-power" | "low-power" | "balanced" | "high-accuracy") {
            self.misfit(
                draft,
                "location-priority",
                "must be no-power, low-power, balanced or high-accuracy",
                "必须是 no-power、low-power、balanced 或 high-accuracy",
            );
        }
        let seconds = [("location-min-interval", interval), ("location-max-age", age)];
        let numbers = seconds.map(|(_, value)| number::whole(value));
        for ((key, _), number) in seconds.iter().zip(numbers) {
            if number.is_none_or(|number| number < 0) {
                self.misfit(
                    draft,
                    key,
                    "must be a whole number of seconds, not below zero",
                    "必须是不小于零的整数秒",
                );
            }
        }
        if let [Some(interval), Some(age)] = numbers
            && age < interval
        {
            self.misfit(
                draft,
                "location-max-age",
                "must not be less than location-min-interval",
                "不能小于 location-min-interval",
            );
        }
        draft.fields.put_inner("bind", "odk:location-max-age", age.to_owned());
        draft.fields.put_inner("bind", "odk:location-min-interval", interval.to_owned());
        draft.fields.put_inner("bind", "odk:location-priority", priority.to_owned());
    }
}
