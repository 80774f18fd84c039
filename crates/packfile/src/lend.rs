//! How values go over the border between the domain and CEL: lent on the way in, copied out.

use std::collections::HashMap;
use std::sync::Arc;

use cel::common::types::{
    CelBool, CelDouble, CelDuration, CelInt, CelNull, CelString, CelTimestamp,
};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use chrono::TimeDelta;
use domain::rules::ExpressionError;
use domain::value::{Scope, Value};
use jiff::{SignedDuration, Timestamp};

/// The longest list or text that an expression may give back.
const GIVEN_MAX: usize = 100_000;

/// A scope as CEL sees it: every name is looked up when it is asked for, texts are not copied.
pub(crate) struct View<'s> {
    scope: &'s Scope,
}

impl<'s> View<'s> {
    pub(crate) fn new(scope: &'s Scope) -> Self {
        Self { scope }
    }

    /// The value at a dotted path.
    fn find(&self, path: &str) -> Option<&'s Value> {
        let mut names = path.split('.');
        let mut value = self.scope.get(names.next()?)?;
        for name in names {
            let Value::Map(inner) = value else { return None };
            value = inner.get(name)?;
        }
        Some(value)
    }
}

impl VariableResolver for View<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        Some(lent(self.find(variable)?))
    }
}

fn lent(value: &Value) -> CowVal<'_, '_> {
    match value {
        Value::Null => CowVal::owned(CelNull),
        Value::Bool(yes) => CowVal::owned(CelBool::from(*yes)),
        Value::Whole(n) => CowVal::owned(CelInt::from(*n)),
        Value::Number(n) => CowVal::owned(CelDouble::from(*n)),
        Value::Text(text) => CowVal::owned(CelString::from(text.as_str())),
        Value::Time(at) => match instant(*at) {
            Some(at) => CowVal::owned(CelTimestamp::from(at)),
            None => CowVal::owned(CelNull),
        },
        Value::Span(span) => CowVal::owned(CelDuration::from(length(*span))),
        Value::List(_) | Value::Map(_) => match Box::<dyn Val>::try_from(copied(value)) {
            Ok(value) => CowVal::Owned(value),
            Err(_) => CowVal::owned(CelNull),
        },
    }
}

fn copied(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(yes) => cel::Value::Bool(*yes),
        Value::Whole(n) => cel::Value::Int(*n),
        Value::Number(n) => cel::Value::Float(*n),
        Value::Text(text) => cel::Value::String(Arc::new(text.clone())),
        Value::Time(at) => instant(*at).map_or(cel::Value::Null, cel::Value::Timestamp),
        Value::Span(span) => cel::Value::Duration(length(*span)),
        Value::List(items) => cel::Value::List(Arc::new(items.iter().map(copied).collect())),
        Value::Map(map) => {
            let pairs = map.iter().map(|(name, value)| (name.clone(), copied(value)));
            cel::Value::from(pairs.collect::<HashMap<String, cel::Value>>())
        }
    }
}

fn instant(at: Timestamp) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    let nanos = u32::try_from(at.subsec_nanosecond().max(0)).ok()?;
    Some(chrono::DateTime::from_timestamp(at.as_second(), nanos)?.fixed_offset())
}

fn length(span: SignedDuration) -> TimeDelta {
    TimeDelta::try_milliseconds(i64::try_from(span.as_millis()).unwrap_or(0)).unwrap_or_default()
}

/// What an expression gave, as the domain's own value.
pub(crate) fn given(value: &(dyn Val + '_)) -> Result<Value, ExpressionError> {
    if let Some(yes) = value.downcast_ref::<CelBool>() {
        return Ok(Value::Bool(*yes.inner()));
    }
    if let Some(n) = value.downcast_ref::<CelInt>() {
        return Ok(Value::Whole(*n.inner()));
    }
    if let Some(text) = value.downcast_ref::<CelString<'_>>() {
        return bounded(text.inner().len()).map(|()| Value::Text(text.inner().to_owned()));
    }
    let failed = |_| ExpressionError::Failed("a value without a name here".to_owned());
    owned(&cel::Value::try_from(value).map_err(failed)?)
}

fn owned(value: &cel::Value) -> Result<Value, ExpressionError> {
    let failed = || ExpressionError::Failed("a value without a name here".to_owned());
    Ok(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(yes) => Value::Bool(*yes),
        cel::Value::Int(n) => Value::Whole(*n),
        cel::Value::UInt(n) => Value::Whole(i64::try_from(*n).map_err(|_| failed())?),
        cel::Value::Float(n) => Value::Number(*n),
        cel::Value::String(text) => {
            bounded(text.len())?;
            Value::Text(text.to_string())
        }
        cel::Value::Timestamp(at) => {
            let nanos = i32::try_from(at.timestamp_subsec_nanos()).map_err(|_| failed())?;
            Value::Time(Timestamp::new(at.timestamp(), nanos).map_err(|_| failed())?)
        }
        cel::Value::Duration(span) => {
            Value::Span(SignedDuration::from_millis(span.num_milliseconds()))
        }
        cel::Value::List(items) => {
            bounded(items.len())?;
            Value::List(items.iter().map(owned).collect::<Result<_, _>>()?)
        }
        _ => return Err(failed()),
    })
}

fn bounded(length: usize) -> Result<(), ExpressionError> {
    if length > GIVEN_MAX { Err(ExpressionError::TooCostly) } else { Ok(()) }
}
