//! A number on a scale.

use super::Reader;
use crate::form::choices::List;
use crate::form::draft::Draft;
use crate::form::parameters::{self, Parameters};
use crate::text::number::Decimal;

/// The scale as it was read.
struct Scale {
    start: Decimal,
    end: Decimal,
    step: Decimal,
    tick: Option<Decimal>,
    placeholder: Option<Decimal>,
}

impl Scale {
    fn holds(&self, value: Decimal) -> bool {
        let (low, high) =
            if self.start <= self.end { (self.start, self.end) } else { (self.end, self.start) };
        low <= value && value <= high
    }

    fn width(&self) -> Decimal {
        self.end.minus(self.start).abs()
    }
}

impl<'a> Reader<'_, 'a> {
    pub(super) fn range(&mut self, mut draft: Draft<'a>, mut parameters: Parameters) {
        self.accept(
            &draft,
            &parameters,
            &["end", "placeholder", "start", "step", "tick_interval", "tick_labelset"],
        );
        let appearance = Self::appearance(&draft).unwrap_or_default();
        let plain = appearance.is_empty()
            || appearance.contains("vertical")
            || appearance.contains("no-ticks");
        for key in ["tick_interval", "placeholder", "tick_labelset"] {
            if !plain && parameters::get(&parameters, key).is_some() {
                self.misfit(
                    &draft,
                    key,
                    "goes only with the appearances vertical and no-ticks, or none",
                    "只能与外观 vertical、no-ticks 或无外观同用",
                );
            }
        }
        for (key, value) in [("start", "1"), ("end", "10"), ("step", "1")] {
            if parameters::get(&parameters, key).is_none() {
                parameters.push((key.to_owned(), value.to_owned()));
            }
        }
        if let Some(scale) = self.scale(&draft, &parameters) {
            self.check_scale(&draft, &scale);
            if let Some(labels) = parameters::get(&parameters, "tick_labelset") {
                self.check_labels(&draft, &scale, labels, appearance.contains("no-ticks"));
            }
            let numbers = [
                Some(scale.start),
                Some(scale.end),
                Some(scale.step),
                scale.tick,
                scale.placeholder,
            ];
            if numbers.into_iter().flatten().any(|number| !number.is_whole()) {
                draft.fields.put_inner("bind", "type", "decimal");
            }
        }
        for (key, attribute) in
            [("tick_interval", "odk:tick-interval"), ("placeholder", "odk:placeholder")]
        {
            if let Some(at) = parameters.iter().position(|(name, _)| name == key) {
                let (_, value) = parameters.remove(at);
                parameters.push((attribute.to_owned(), value));
            }
        }
        if let Some(at) = parameters.iter().position(|(name, _)| name == "tick_labelset") {
            draft.itemset = Some(parameters.remove(at).1);
        }
        for (key, value) in &parameters {
            draft.fields.put_inner("control", key.clone(), value.clone());
        }
        draft.parameters = parameters;
        self.add(draft);
    }

    fn scale(&mut self, draft: &Draft<'a>, parameters: &Parameters) -> Option<Scale> {
        let mut whole = true;
        let mut read = |key: &str| {
            let value = parameters::get(parameters, key)?;
            let number = Decimal::read(value);
            if number.is_none() {
                whole = false;
                self.misfit(draft, key, "must be a number", "必须是数字");
            }
            number
        };
        let (start, end, step) = (read("start"), read("end"), read("step"));
        let (tick, placeholder) = (read("tick_interval"), read("placeholder"));
        if !whole {
            return None;
        }
        Some(Scale { start: start?, end: end?, step: step?, tick, placeholder })
    }

    fn check_scale(&mut self, draft: &Draft<'a>, scale: &Scale) {
        for (key, value) in [("step", Some(scale.step)), ("tick_interval", scale.tick)] {
            let Some(value) = value else { continue };
            if value.is_zero() {
                self.misfit(draft, key, "must not be zero", "不能为零");
            } else if value > scale.width() {
                self.misfit(
                    draft,
                    key,
                    "must not be larger than what lies between start and end",
                    "不能大于起点与终点之差",
                );
            }
        }
        if scale.step.is_zero() {
            return;
        }
        if scale.tick.is_some_and(|tick| !tick.is_multiple_of(scale.step)) {
            self.misfit(
                draft,
                "tick_interval",
                "must be a multiple of step",
                "必须是步长（step）的倍数",
            );
        }
        if let Some(placeholder) = scale.placeholder {
            if !placeholder.minus(scale.start).is_multiple_of(scale.step) {
                self.misfit(
                    draft,
                    "placeholder",
                    "must be start plus a multiple of step",
                    "必须等于起点加步长的倍数",
                );
            }
            if !scale.holds(placeholder) {
                self.misfit(
                    draft,
                    "placeholder",
                    "must lie between start and end",
                    "必须在起点与终点之间",
                );
            }
        }
    }

    fn check_labels(&mut self, draft: &Draft<'a>, scale: &Scale, labels: &str, no_ticks: bool) {
        let Some(list) = self.lists.get(labels) else {
            self.misfit(
                draft,
                "tick_labelset",
                "must name a list of the choices sheet, in small letters",
                "必须是 choices 工作表中的列表名（小写）",
            );
            return;
        };
        for (en, zh) in label_faults(list, scale, no_ticks) {
            self.misfit(draft, "tick_labelset", en, zh);
        }
    }
}

/// What is wrong with the labels of a scale.
fn label_faults(
    list: &List<'_>,
    scale: &Scale,
    no_ticks: bool,
) -> Vec<(&'static str, &'static str)> {
    let mut faults = Vec::new();
    let mut values: Vec<Decimal> = Vec::new();
    for option in &list.options {
        let Some(value) = Decimal::read(&option.name) else {
            faults.push((
                "must name a list whose choices are all numbers",
                "所指列表的选项必须都是数字",
            ));
            continue;
        };
        if !scale.holds(value) {
            faults.push((
                "must name a list whose choices lie between start and end",
                "所指列表的选项必须在起点与终点之间",
            ));
        }
        let from_start = value.minus(scale.start);
        let fits = match scale.tick {
            Some(tick) => from_start.is_multiple_of(tick) && from_start.is_multiple_of(scale.step),
            None => from_start.is_multiple_of(scale.step),
        };
        if !fits {
            faults.push((
                "must name a list whose choices fall on the steps of the scale",
                "所指列表的选项必须落在刻度上",
            ));
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if no_ticks && faults.is_empty() {
        let ends = [scale.start, scale.end];
        let all = ends.iter().all(|end| values.contains(end));
        if values.len() > 2 || !all || values.iter().any(|value| !ends.contains(value)) {
            faults.push((
                "must, with no-ticks, name a list with start and end alone",
                "在 no-ticks 外观下，所指列表只能有起点和终点两项",
            ));
        }
    }
    faults
}
