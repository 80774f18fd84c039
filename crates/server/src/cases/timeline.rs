//! Facts about a case as lines that people read.

use domain::Fact;
use domain::rules::{CaseKind, Pack, Stage};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use crate::wire::Words;

/// Details of a fact that people may see beside its words. Never ids of persons, never hashes.
const SHOWN: &[&str] = &[
    // Words in facts of version 1; later ones are sealed.
    "reason",
    "right_unit",
    "condition",
    "finding",
    "agreed",
    "solved",
    "satisfied",
    "review_on",
    "fields",
    "need",
    "due_at",
    "next_at",
    "amount",
    "until",
    "action",
    "by_itself",
    "flags",
];

/// What a fact says, in words; instants as the clocks of the deployment show them.
#[must_use]
pub(crate) fn words(fact: &Fact, of: Option<(&Pack, &CaseKind)>, zone: &TimeZone) -> Words {
    let kind = of.map(|(_, kind)| kind);
    let state = |id: &str| {
        let found = kind.and_then(|kind| kind.states.get(id)).map(|state| Words::from(&state.name));
        found.unwrap_or_else(|| Words::new(id, id))
    };
    match fact {
        Fact::CaseOpened { to, .. } => {
            let to = state(&to.state);
            Words::new(format!("上报，状态：{}", to.zh), format!("Reported; now: {}", to.en))
        }
        Fact::CaseMoved { action, to, outcomes, .. } => {
            if outcomes.get("timeout_failed").copied().unwrap_or(false) {
                return Words::new(
                    "到时的自动步骤没有完成，请人工处理。",
                    "The step that was due by itself could not be done; a person must look.",
                );
            }
            let name = kind.and_then(|kind| kind.actions.get(action));
            let name = name.map_or_else(|| Words::new(action, action), |a| Words::from(&a.name));
            let to = state(&to.state);
            Words::new(
                format!("{}，状态：{}", name.zh, to.zh),
                format!("{}; now: {}", name.en, to.en),
            )
        }
        Fact::CaseRated { solved, satisfied, .. } => rated(*solved, *satisfied),
        Fact::CaseVerified { agreed: true, .. } => Words::new("核查通过", "Verified: it is done"),
        Fact::CaseVerified { .. } => Words::new("核查未通过，返工", "Verified: it is not done yet"),
        Fact::CaseDeferred { review_on, .. } => Words::new(
            format!("挂账，{review_on} 再议"),
            format!("Put into the register of open problems until {review_on}"),
        ),
        Fact::OrderGiven { order, .. } => {
            let until = order.until.to_zoned_datetime(zone.clone());
            let until = until.strftime("%Y-%m-%d %H:%M").to_string();
            Words::new(
                format!("作出限制决定，至 {until}"),
                format!("An order was given, until {until}"),
            )
        }
        Fact::OrderEnded { by_itself: true, .. } => {
            Words::new("限制到期自动解除", "The order ended by itself")
        }
        Fact::OrderEnded { .. } => Words::new("限制解除", "The order was ended"),
        Fact::NoticeGiven { words, .. } => words.into(),
        other => plain(other),
    }
}

fn rated(solved: bool, satisfied: u8) -> Words {
    let (zh, en) = if solved { ("已解决", "solved") } else { ("未解决", "not solved") };
    Words::new(format!("评价：{zh}，{satisfied} 分"), format!("Rated: {en}, {satisfied} of 5"))
}

/// Facts whose words need no details.
fn plain(fact: &Fact) -> Words {
    let (zh, en) = match fact {
        Fact::CaseAssigned { .. } => ("已指派", "Given to somebody"),
        Fact::CaseNoted { .. } => ("添加备注", "A note was added"),
        Fact::CaseReturned { .. } => ("退回（非本单位）", "Returned: it came to the wrong address"),
        Fact::CaseHandedOver { .. } => ("已移交", "Handed over"),
        Fact::CaseReopened { .. } => ("重开", "Reopened"),
        Fact::DelayExplained { .. } => ("说明超时原因", "The delay was explained"),
        Fact::CareAsked { .. } => ("请人照护", "Somebody was asked to care"),
        Fact::CareAccepted { .. } => ("有人负责照护", "Somebody takes the care on"),
        Fact::CareDeclined { .. } => ("照护请求未被接受", "The care was declined"),
        Fact::ReadingMissed { .. } => ("没有收到应有的读数", "A reading did not come"),
        Fact::ReadingReceived { .. } => ("收到读数", "A reading came"),
        Fact::StockHeld { .. } => ("预留物资或位置", "Stock or a place was held"),
        Fact::HoldTaken { .. } => ("启用预留", "What was held was taken"),
        Fact::HoldReturned { .. } => ("归还", "Given back"),
        Fact::HoldExpired { .. } => ("预留到期", "The hold ran out"),
        Fact::PersonPlaced { .. } => ("居住地点变更", "The person stays somewhere else now"),
        Fact::SubmissionRecorded { .. } => ("收到填报", "A form was filled"),
        Fact::RecordReceived { .. } => ("收到填报原件", "The record of a form came"),
        Fact::AttachmentReceived { .. } => ("收到附件", "A file of a form came"),
        Fact::FormPublished { .. } => ("发布表单", "A form was published"),
        Fact::EntityCreated { .. } => ("新增实体", "An entity was made"),
        Fact::EntityUpdated { .. } => ("更新实体", "An entity was changed"),
        Fact::ConflictFound { .. } => ("同一项被两人修改", "The same was changed twice"),
        Fact::ConflictResolved { .. } => ("冲突已处理", "A conflict was settled"),
        Fact::FormRetired { .. } => ("停用表单", "A form was taken back"),
        _ => ("有新的记录", "Something was recorded"),
    };
    Words::new(zh, en)
}

/// The details of a fact that people may see.
#[must_use]
pub(crate) fn details(fact: &Fact) -> Json {
    let Json::Object(body) = fact.body() else { return Json::Object(Map::new()) };
    let shown = body.into_iter().filter(|(name, value)| {
        let empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
        SHOWN.contains(&name.as_str()) && !empty
    });
    Json::Object(shown.collect())
}

/// The name of a stage of the common life cycle.
#[must_use]
pub(crate) fn stage_name(stage: Stage) -> Words {
    let (zh, en) = match stage {
        Stage::Reported => ("上报", "Reported"),
        Stage::Accepted => ("受理", "Accepted"),
        Stage::Rejected => ("不予受理", "Turned away"),
        Stage::Dispatched => ("派遣", "Dispatched"),
        Stage::Returned => ("退回", "Returned"),
        Stage::Handling => ("处置", "Being worked on"),
        Stage::Deferred => ("挂账", "Open problem"),
        Stage::Claimed => ("反馈", "Said to be done"),
        Stage::Rework => ("返工", "To be done again"),
        Stage::Closed => ("结案", "Closed"),
    };
    Words::new(zh, en)
}

#[cfg(test)]
mod tests {
    use domain::ids::CaseId;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_says_what_happened_and_names_nobody() {
        let written = json!({ "case": "c", "from": null, "to": "worker-7", "sealed": [] });
        let fact = Fact::read("case.handed_over", 2, written).unwrap();
        assert_eq!(words(&fact, None, &TimeZone::UTC).zh, "已移交");
        assert_eq!(details(&fact).to_string(), "{}");
    }

    #[test]
    fn a_line_of_version_1_shows_the_words_that_stand_in_it() {
        let written =
            json!({ "case": "c", "from": null, "to": "worker-7", "condition": "钥匙在物业" });
        let fact = Fact::read("case.handed_over", 1, written).unwrap();
        assert_eq!(details(&fact).to_string(), r#"{"condition":"钥匙在物业"}"#);
    }

    #[test]
    fn the_end_of_an_order_is_told_by_the_clocks_of_the_street() {
        let until = "2026-03-04T20:30:00Z".parse().unwrap();
        let order = domain::cases::Order {
            action: "send".to_owned(),
            authority: String::new(),
            legal_basis: String::new(),
            reason: None,
            appeal: String::new(),
            from: until,
            until,
            review_at: until,
            leaves_home: true,
        };
        let person = domain::ids::PersonId::new("p").unwrap();
        let fact =
            Fact::OrderGiven { case: CaseId::new("c").unwrap(), person, order, sealed: Vec::new() };
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        assert_eq!(words(&fact, None, &zone).zh, "作出限制决定，至 2026-03-05 04:30");
    }
}
