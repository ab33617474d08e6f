//! Errors on the wire: RFC 9457 `application/problem+json`, with a code for
//! each case. What a case is called is decided in [`code`], what it is made of
//! in [`cause`], and what a person reads of it in [`words`].

pub mod cause;
pub mod code;
pub mod words;

pub use cause::{Cause, Conflict, Forbidden, Malformed, Noun, RateLimit, Unauthorized};
pub use code::Code;

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
    pub title: String,
    /// The HTTP status; 0 if no answer came.
    pub status: u16,
    /// What happened and what to do, in one or two sentences.
    pub detail: String,
    /// The input that was wrong, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is stored now, where somebody else was faster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<StoredSection>>,
}

impl Problem {
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
        let (field, current) = match cause {
            Cause::Invalid(invalid) => (Some(invalid.field), None),
            Cause::VersionConflict(stored) => (None, Some(stored)),
            Cause::StaleVersion(stored) => (None, stored),
            _ => (None, None),
        };
        Self {
            kind: code.kind(),
            title: code.title().to_owned(),
            status: code.status(),
            detail,
            field,
            current,
        }
    }
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
    }
}
