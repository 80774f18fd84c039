//! Problems of the door: one catalogue of stable codes, and how each becomes an answer.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{Code, Refusal};

use crate::wire::{Problem, Words};

macro_rules! catalogue {
    ($($code:ident = $status:literal $name:literal, $zh:literal, $en:literal;)+) => {
        /// The stable codes of the door; those of commands are [`domain::Code`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum DoorCode {
            $(#[doc = $en] $code,)+
        }

        impl DoorCode {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The code as the wire knows it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// The HTTP status.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$code => $status,)+ }
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
    NotSignedIn = 401 "not_signed_in",
        "请先登录。", "Please sign in first.";
    SessionOver = 401 "session_over",
        "登录已过期，请重新登录；未发送的内容还在。", "The session is over; sign in again. What was not sent is still there.";
    SignInFailed = 401 "sign_in_failed",
        "账户或密码不对。", "The account or the password is not right.";
    TooManyAttempts = 429 "too_many_attempts",
        "尝试次数过多，请在 {seconds} 秒后再试。", "Too many attempts; try again in {seconds} seconds.";
    TokenUnknown = 401 "token_unknown",
        "令牌无效或已被收回。", "The token is not valid, or was taken back.";
    Csrf = 403 "csrf",
        "请求缺少校验码 x-csrf，请刷新页面后重试。", "The header x-csrf is missing or stale; reload the page and try again.";
    MayNotSee = 403 "may_not_see",
        "您的角色不能查看这项内容。", "Your role may not see this.";
    PurposeNotAllowed = 403 "purpose_not_allowed",
        "您的角色不能以“{purpose}”为目的查阅个人信息。", "Your role may not read personal values for the purpose \"{purpose}\".";
    NotFound = 404 "not_found",
        "找不到这项内容。", "There is no such thing here.";
    OpenIdAbsent = 404 "openid_absent",
        "这里没有设置统一身份登录。", "Signing in by OpenID Connect is not set up here.";
    NotADemo = 404 "not_a_demo",
        "这不是演示环境。", "This is not a demo.";
    MethodNotAllowed = 405 "method_not_allowed",
        "这个地址不支持这种请求。", "This address does not answer such a request.";
    TimedOut = 408 "timed_out",
        "处理超时，请重试；相同编号的命令不会重复执行。", "It took too long; try again. A command with the same id is never done twice.";
    BodyTooSlow = 408 "body_too_slow",
        "内容发送过慢，应在 {most} 秒内发完；请重试。", "The body came too slowly; it must be sent within {most} seconds. Try again.";
    BodyBroken = 400 "body_broken",
        "内容没有发送完整，请重试。", "The body ended before it was whole; try again.";
    BodyTooLarge = 413 "body_too_large",
        "内容太大，最多 {most}。", "The body is too large; at most {most}.";
    WrongContentType = 415 "wrong_content_type",
        "内容类型应为 {expected}。", "The content type must be {expected}.";
    EncodingNotTaken = 415 "encoding_not_taken",
        "不接受压缩过的内容，请直接发送。", "Compressed bodies are not taken; send it as it is.";
    NotUtf8 = 400 "not_utf8",
        "内容不是有效的 UTF-8 文本。", "The body is not valid UTF-8.";
    BadJson = 400 "bad_json",
        "内容不是有效的 JSON：{why}。", "The body is not valid JSON: {why}.";
    BadQuery = 400 "bad_query",
        "参数“{field}”不合要求：{why}。", "The parameter \"{field}\" does not fit: {why}.";
    BadCommand = 400 "bad_command",
        "第 {index} 条命令的“{field}”不合要求：{why}。", "Command {index}: \"{field}\" does not fit: {why}.";
    CommandUnknown = 400 "command_unknown",
        "第 {index} 条：没有名为“{kind}”的命令；/api/openapi.json 列出了全部命令。", "Command {index}: there is no command \"{kind}\"; /api/openapi.json lists them all.";
    TooDeep = 400 "too_deep",
        "第 {index} 条命令嵌套过深，最多 {most} 层。", "Command {index} is nested too deeply; at most {most} levels.";
    TooManyCommands = 400 "too_many_commands",
        "一次最多 {most} 条命令。", "At most {most} commands at once.";
    ClockWrong = 422 "clock_wrong",
        "设备时间 {said} 不可能正确，请校准时间后重试。", "The device's time {said} cannot be right; set the clock and try again.";
    NotAWorkbook = 400 "not_a_workbook",
        "这不是可以读取的 .xlsx 或 .csv 文件：{why}。", "This is not an .xlsx or .csv file that can be read: {why}.";
    WorkbookTooLarge = 413 "workbook_too_large",
        "文件太大：{what}最多 {most}。", "The file is too large: at most {most} {what}.";
    ColumnsMissing = 422 "columns_missing",
        "缺少列：{columns}。请使用模板。", "Columns are missing: {columns}. Use the template.";
    NotAForm = 422 "not_a_form",
        "工作簿不能成为表单：{why}。请先检查，逐条改正。", "The workbook is not a form: {why}. Check it first, and put each thing right.";
    Busy = 503 "busy",
        "服务器繁忙，请稍后重试。", "The server is busy; try again in a moment.";
    Unavailable = 503 "unavailable",
        "暂时无法访问数据，请稍后重试。", "The data cannot be reached just now; try again in a moment.";
    Internal = 500 "internal",
        "服务器出错，编号 {incident}；已记录。", "Something went wrong here (incident {incident}); it is in the log.";
}

/// What a handler gives when it gives nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub Box<Problem>);

/// What a handler gives.
pub type Answer<T> = Result<T, Refused>;

impl Refused {
    /// A refusal of the door without details.
    #[must_use]
    pub fn new(code: DoorCode) -> Self {
        let (zh, en) = code.template();
        Self(Box::new(Problem {
            r#type: format!("/problems/{}", code.name()),
            title: en.to_owned(),
            status: code.status(),
            detail: en.to_owned(),
            code: code.name().to_owned(),
            words: Words::new(zh, en),
            fields: BTreeMap::new(),
        }))
    }

    /// Adds a detail and fills it into the words.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        let braces = format!("{{{name}}}");
        let problem = &mut *self.0;
        for text in
            [&mut problem.words.zh, &mut problem.words.en, &mut problem.detail, &mut problem.title]
        {
            *text = text.replace(&braces, &value);
        }
        problem.fields.insert(name.to_owned(), value);
        self
    }

    /// That something went wrong here: the person gets a number, the log gets the detail.
    #[must_use]
    pub fn internal(why: &dyn std::fmt::Display) -> Self {
        let incident = uuid::Uuid::new_v4().simple().to_string();
        let incident = &incident[..12];
        tracing::error!(incident, %why, "internal error");
        Self::new(DoorCode::Internal).with("incident", incident)
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }
}

impl From<DoorCode> for Refused {
    fn from(code: DoorCode) -> Self {
        Self::new(code)
    }
}

/// The HTTP status that a refusal of a command has.
#[must_use]
pub(crate) fn status_of(code: Code) -> u16 {
    match code {
        Code::NotAllowed | Code::NotYours => 403,
        Code::Unknown | Code::LedgerUnknown | Code::OtherLedger => 404,
        Code::BadValue
        | Code::TextTooLong
        | Code::Missing
        | Code::NoEnd
        | Code::NoReview
        | Code::TooMany => 422,
        _ => 409,
    }
}

/// A refusal of a command as a problem.
#[must_use]
pub(crate) fn problem_of(refusal: &Refusal) -> Problem {
    let words: Words = refusal.words().into();
    let (_, title) = refusal.code.template();
    Problem {
        r#type: format!("/problems/{}", refusal.code.name()),
        title: title.to_owned(),
        status: status_of(refusal.code),
        detail: words.en.clone(),
        code: refusal.code.name().to_owned(),
        words,
        fields: refusal.details.clone(),
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(Box::new(problem_of(&refusal)))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::BAD_REQUEST);
        let wait = self.0.fields.get("seconds").cloned();
        let mut response = (status, Json(&*self.0)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = wait.and_then(|seconds| HeaderValue::from_str(&seconds).ok()) {
            headers.insert(header::RETRY_AFTER, wait);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_of_the_door_is_as_agreed() {
        let mut text = String::new();
        for code in DoorCode::ALL {
            let (zh, en) = code.template();
            text += &format!("{} {}\n  {zh}\n  {en}\n", code.status(), code.name());
        }
        for code in Code::ALL {
            text += &format!("{} {} (command)\n", status_of(*code), code.name());
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn no_code_of_the_door_is_also_a_code_of_commands() {
        for code in DoorCode::ALL {
            assert!(Code::ALL.iter().all(|other| other.name() != code.name()), "{}", code.name());
        }
    }

    #[test]
    fn details_are_filled_into_the_words() {
        let refused = Refused::new(DoorCode::TooManyAttempts).with("seconds", "30");
        assert!(refused.0.words.zh.contains("30") && refused.0.words.en.contains("30"));
        assert_eq!(refused.into_response().headers()["retry-after"], "30");
    }
}
