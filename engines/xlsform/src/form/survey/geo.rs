//! Points, lines and areas on a map.

use super::Reader;
use crate::form::draft::Draft;
use crate::form::parameters::{self, Parameters};
use crate::problem::Problem;
use crate::sheet::{Map, Value, aliases};
use crate::text::{number, reference};

impl<'a> Reader<'_, 'a> {
    pub(super) fn geo(&mut self, mut draft: Draft<'a>, parameters: &Parameters) {
        if draft.fields.map("control").is_none() {
            draft.fields.put("control", Value::Map(Map::default()));
        }
        if draft.kind == "geopoint" {
            self.accept(
                &draft,
                parameters,
                &[
                    "allow-mock-accuracy",
                    "capture-accuracy",
                    "reference-geometry",
                    "warning-accuracy",
                ],
            );
            for (key, attribute) in [
                ("capture-accuracy", "accuracyThreshold"),
                ("warning-accuracy", "unacceptableAccuracyThreshold"),
            ] {
                if let Some(value) = parameters::get(parameters, key) {
                    if !number::is_float(value) {
                        self.misfit(
                            &draft,
                            key,
                            "must be a number of metres",
                            "必须是以米为单位的数字",
                        );
                    }
                    draft.fields.put_inner("control", attribute, value.to_owned());
                }
            }
        } else {
            self.accept(
                &draft,
                parameters,
                &["allow-mock-accuracy", "incremental", "reference-geometry"],
            );
            if let Some(value) = parameters::get(parameters, "incremental") {
                if aliases::yes_no(value) != Some(true) {
                    self.misfit(
                        &draft,
                        "incremental",
                        "can only be true; leave it out otherwise",
                        "只能是 true；否则请省略",
                    );
                }
                draft.fields.put_inner("control", "incremental", "true");
            }
        }
        if let Some(value) = parameters::get(parameters, "allow-mock-accuracy") {
            if !matches!(value, "true" | "false") {
                self.misfit(
                    &draft,
                    "allow-mock-accuracy",
                    "must be true or false",
                    "必须是 true 或 false",
                );
            }
            draft.fields.put_inner("bind", "odk:allow-mock-accuracy", value.to_owned());
        }
        if let Some(value) = parameters::get(parameters, "reference-geometry") {
            self.geometries.push((value.to_owned(), draft.row));
            draft.itemset = Some(value.to_owned());
        }
        self.add(draft);
    }

    /// A geometry to look at comes from a list, an entity list, a file or a repeat.
    pub(super) fn check_geometries(&mut self) {
        for (target, row) in std::mem::take(&mut self.geometries) {
            let declared = self.given.declarations.iter().any(|entity| entity.list == target);
            if self.instances.contains(&target) || self.lists.has(&target) || declared {
                continue;
            }
            if reference::whole(&target).is_some_and(|one| self.repeats.contains(one.name)) {
                continue;
            }
            self.sink.error(Problem::new(
                "geometry_unknown",
                self.given.table.at(row, &["parameters"]),
                format!("'{target}' is no list, entity list, attached file or repeat of this form: reference-geometry must name one."),
                format!("“{target}”不是本表单的列表、实体列表、附件或重复；reference-geometry 必须指向其中之一。"),
            ));
        }
    }
}
