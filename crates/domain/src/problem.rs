//! Errors on the wire: RFC 9457 `application/problem+json`, with a code for
//! each case. What a case is called is decided in [`code`], what it is made of
//! in [`cause`], and what a person reads of it in [`words`].

pub mod cause;
pub mod code;
pub mod words;

pub use cause::{Cause, Conflict, Forbidden, Malformed, Noun, RateLimit, Unauthorized};
pub use code::Code;

#[cfg(any(test, feature = "triage"))]
use crate::ids::ConversationId;
use crate::settings::StoredSection;
use serde::{Deserialize, Serialize};

/// What a client is told when a request can't be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A stable name of the kind of problem, `/problems/` and its code, e.g.
    /// `/problems/rate-limited`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub title: Box<str>,
    /// The HTTP status; 0 if no answer came.
    pub status: u16,
    /// What happened and what to do, in one or two sentences.
    pub detail: String,
    /// The input that was wrong, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Every input that was wrong, `field` first, where there were several.
    #[cfg(any(test, feature = "triage"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Box<InputErrors>>,
    /// What is stored now, where somebody else was faster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<StoredSection>>,
    /// The conversation that has what was asked for, where two were merged.
    #[cfg(any(test, feature = "triage"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Box<ConversationId>>,
}

/// See [`Problem::errors`]. By itself, so that a problem stays small enough to be returned.
#[cfg(any(test, feature = "triage"))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InputErrors(pub Vec<InputError>);

/// One of several inputs that were wrong.
#[cfg(any(test, feature = "triage"))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InputError {
    /// Its name as it was sent.
    pub field: String,
    /// What is wrong and what to do about it.
    pub detail: String,
}

impl Problem {
    /// What is wrong with an input, if anything.
    #[cfg(any(test, feature = "triage"))]
    #[must_use]
    pub fn about(&self, field: &str) -> Option<&str> {
        if self.field.as_deref() == Some(field) {
            return Some(&self.detail);
        }
        let mut errors = self.errors.iter().flat_map(|errors| &errors.0);
        let error = errors.find(|error| error.field == field);
        error.map(|error| error.detail.as_str())
    }

    /// Whether it is of this kind.
    #[must_use]
    pub fn is(&self, code: Code) -> bool {
        self.kind == code.kind()
    }
}

impl From<Cause> for Problem {
    fn from(cause: Cause) -> Self {
        let code = cause.code();
        let detail = words::detail(&cause);
        #[cfg(any(test, feature = "triage"))]
        let errors = match &cause {
            Cause::Invalid(invalid) if !invalid.more.is_empty() => {
                Some(Box::new(input_errors(invalid)))
            }
            _ => None,
        };
        #[cfg(any(test, feature = "triage"))]
        let merged_into = match &cause {
            Cause::Merged(id) => Some(Box::new(*id)),
            _ => None,
        };
        let (field, current) = match cause {
            Cause::Invalid(invalid) => (Some(invalid.field), None),
            Cause::VersionConflict(stored) => (None, Some(stored)),
            Cause::StaleVersion(stored) => (None, stored),
            _ => (None, None),
        };
        Self {
            kind: code.kind(),
            title: code.title().into(),
            status: code.status(),
            detail,
            field,
            #[cfg(any(test, feature = "triage"))]
            errors,
            current,
            #[cfg(any(test, feature = "triage"))]
            merged_into,
        }
    }
}

#[cfg(any(test, feature = "triage"))]
fn input_errors(invalid: &crate::Invalid) -> InputErrors {
    let all = std::iter::once(invalid).chain(&invalid.more);
    let errors = all.map(|one| InputError {
        field: one.field.clone(),
        detail: one.message.clone(),
    });
    InputErrors(errors.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_value_names_its_field() {
        let problem = Problem::from(Cause::Invalid(crate::Invalid::new("email", "No.")));
        assert_eq!(problem.field.as_deref(), Some("email"));
        assert_eq!(problem.detail, "No.");
        assert!(problem.is(Code::Invalid));
        assert_eq!(problem.errors, None);
    }

    #[test]
    fn everything_that_is_wrong_with_a_form_is_said_at_once() {
        use crate::{Invalid, both};
        let wrong = |field| Err::<(), _>(Invalid::new(field, format!("No {field}.")));
        let refused = both(
            both(wrong("name"), Ok(())),
            both(wrong("email"), wrong("key")),
        );
        let problem = Problem::from(Cause::Invalid(refused.expect_err("wrong")));
        assert_eq!(problem.field.as_deref(), Some("name"));
        let errors = problem.errors.as_ref().expect("several");
        let fields: Vec<_> = errors.0.iter().map(|one| &one.field).collect();
        assert_eq!(fields, ["name", "email", "key"]);
        assert_eq!(problem.about("key"), Some("No key."));
        assert_eq!(problem.about("other"), None);
        assert_eq!(both(Ok(1), Ok(2)), Ok((1, 2)));
    }
}
