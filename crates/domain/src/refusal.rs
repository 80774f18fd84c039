//! The catalogue of refusals: stable codes, and words that say what to do next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::Words;

/// Why a request was refused. What was observed is never refused, only flagged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// Details by name, in the order of the alphabet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
    /// Words of the pack, where the pack has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Words>,
}

impl Refusal {
    /// A refusal without details.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, details: BTreeMap::new(), words: None }
    }

    /// Adds a detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Adds the pack's own words.
    #[must_use]
    pub fn saying(mut self, words: Words) -> Self {
        self.words = Some(words);
        self
    }

    /// Words for the person, in both languages, with the details filled in.
    #[must_use]
    pub fn words(&self) -> Words {
        if let Some(words) = &self.words {
            return words.clone();
        }
        let (zh, en) = self.code.template();
        Words::new(self.fill(zh), self.fill(en))
    }

    fn fill(&self, template: &str) -> String {
        let mut text = template.to_owned();
        for (name, value) in &self.details {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

macro_rules! catalogue {
    ($($code:ident = $name:literal, $zh:literal, $en:literal;)+) => {
        /// The stable codes of refusals.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $en] #[serde(rename = $name)] $code,)+
        }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The code as the wire knows it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// Words in Chinese and English, with details in braces.
            #[must_use]
            pub fn template(self) -> (&'static str, &'static str) {
                match self { $(Self::$code => ($zh, $en),)+ }
            }
        }
    };
}

catalogue! {
    NotAllowed = "not_allowed",
        "您的角色不能做这件事；可以做的角色：{roles}。", "Your role may not do this; these may: {roles}.";
    NotYours = "not_yours",
        "这只能由本人或其照护人来做。", "Only the person concerned or their carer may do this.";
    Unknown = "unknown",
        "找不到{what}“{id}”。请刷新后重试。", "There is no {what} \"{id}\". Refresh and try again.";
    Exists = "exists",
        "{what}“{id}”已经存在。", "{what} \"{id}\" exists already.";
    BadValue = "bad_value",
        "“{field}”的值不合要求：{why}。", "The value of \"{field}\" does not fit: {why}.";
    Missing = "missing",
        "请填写“{field}”。", "Please fill in \"{field}\".";
    TextTooLong = "text_too_long",
        "“{field}”太长，最多 {most} 个字。", "\"{field}\" is too long; at most {most} characters.";
    PlaceRetired = "place_retired",
        "地点“{place}”已停用。", "The place \"{place}\" is no longer in use.";
    LevelTooHigh = "level_too_high",
        "下级地点不能属于更低的层级。", "A place cannot stand below a place of a lower level.";
    OwnCarer = "own_carer",
        "一个人不能登记为自己的照护人。", "A person cannot be their own carer.";
    HasOpenCases = "has_open_cases",
        "还有未办结的事项，请先办结：{cases}。", "There are open cases; close them first: {cases}.";
    LastOperator = "last_operator",
        "这是最后一个运维员账户，不能关闭。", "This is the last operator's account; it cannot be closed.";
    PackUnknown = "pack_unknown",
        "没有找到预案包“{pack}”，请先用 linli pack check 检查并导入。",
        "The pack \"{pack}\" is not here; check and import it first with linli pack check.";
    PackNotValid = "pack_not_valid",
        "预案包“{pack}”在这一天无效。", "The pack \"{pack}\" is not valid on this day.";
    PackInForce = "pack_in_force",
        "预案包“{pack}”的这个版本已经生效。", "This version of the pack \"{pack}\" is in force already.";
    PackInUse = "pack_in_use",
        "该预案包的应急模式“{mode}”正在生效，请先结束它。",
        "A mode of this pack is in force (\"{mode}\"); end it first.";
    FormUnknown = "form_unknown",
        "没有找到表单“{form}”的这个版本，请先上传它的工作簿。",
        "This version of the form \"{form}\" is not here; upload its workbook first.";
    VersionTaken = "version_taken",
        "表单“{form}”的版本“{version}”已经发布；请在 settings 里改一个新的 version。",
        "The version \"{version}\" of the form \"{form}\" is published already; give a new version in the settings.";
    FormIsDraft = "form_is_draft",
        "表单“{form}”的这个版本只是试填，不保存。",
        "This version of the form \"{form}\" is only tried out; nothing of it is kept.";
    KindOff = "kind_off",
        "“{kind}”只在应急模式下可用，目前没有启动。", "\"{kind}\" is only there in a mode that is not in force now.";
    ModeInForce = "mode_in_force",
        "应急模式“{mode}”已在此处生效；可以延长或结束它。",
        "The mode \"{mode}\" is in force here already; extend or end it instead.";
    ModeNotInForce = "mode_not_in_force",
        "应急模式“{mode}”目前没有在此处生效。", "The mode \"{mode}\" is not in force here.";
    NoEnd = "no_end",
        "每项限制都必须有结束时间，最长 {longest}。", "Every restriction needs an end, at most {longest} ahead.";
    NoReview = "no_review",
        "复核日期必须在开始与结束之间。", "The review must lie between beginning and end.";
    NotDueYet = "not_due_yet",
        "还没有到时间。", "It is not due yet.";
    StateUnknown = "state_unknown",
        "事项的状态“{state}”不在它的预案包里。", "The state \"{state}\" of the case is not in its pack.";
    ActionNotNow = "action_not_now",
        "现在的状态“{state}”不能做“{action}”。", "\"{action}\" cannot be done in the state \"{state}\".";
    GuardFailed = "guard_failed",
        "条件不满足，不能继续。", "A condition is not met.";
    GuardUndecided = "guard_undecided",
        "无法自动判断条件（{why}），请由负责人人工处理。",
        "The condition cannot be worked out ({why}); a person must decide.";
    CaseClosed = "case_closed",
        "事项已办结；如有问题可以重开。", "The case is closed; reopen it if something is wrong.";
    CaseNotClosed = "case_not_closed",
        "事项还没有办结。", "The case is not closed yet.";
    NothingClaimed = "nothing_claimed",
        "还没有人反馈办理完成，不能核查。", "Nobody has said that it is done, so there is nothing to verify.";
    VerifierIsHandler = "verifier_is_handler",
        "核查人不能是办理人本人，请由另一个人核查。", "The verifier must not be the handler; somebody else must verify.";
    Late = "late",
        "已超过时限，请先写明原因，再继续办理。", "It is past its deadline; give the reason in writing first.";
    NotLate = "not_late",
        "没有超过时限，不需要说明。", "It is not late; no reason is needed.";
    AlreadyRated = "already_rated",
        "已经评价过了。", "It has been rated already.";
    CareMissing = "care_missing",
        "在有人负责之前不能开始：{needs}。请先为每一项安排负责人并得到其同意。",
        "It cannot begin before somebody has taken on: {needs}. Arrange an owner who agrees for each.";
    CareUnknown = "care_unknown",
        "这个事项没有“{need}”这项照护需要。", "The case has no such care need: \"{need}\".";
    Restricted = "restricted",
        "该人员已有生效的限制决定（事项 {case}）。", "The person is under an order already (case {case}).";
    NotRestricted = "not_restricted",
        "该人员目前没有生效的限制。", "The person is under no order now.";
    NothingHeld = "nothing_held",
        "还没有预留位置；先预留，再出发。", "No place is held yet; hold one before anybody leaves.";
    Short = "short",
        "物资池“{pool}”只剩 {free}，不够 {asked}。", "The pool \"{pool}\" has {free} left, not {asked}.";
    HoldOver = "hold_over",
        "这个预留已经取走、退回或过期。", "This hold has been taken, given back, or has expired.";
    OtherLedger = "other_ledger",
        "“{id}”属于另一个账本。", "\"{id}\" belongs to another ledger.";
    LedgerUnknown = "ledger_unknown",
        "没有账本“{ledger}”。", "There is no ledger \"{ledger}\".";
    TooMany = "too_many",
        "{what}太多，最多 {most}。", "Too many {what}; at most {most}.";
}
