//! Errors on the wire: RFC 9457 `application/problem+json`.

use serde::{Deserialize, Serialize};

/// What a client is told when a request can't be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable name of the kind of problem, e.g. `/problems/rate-limited`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, in one or two sentences.
    pub detail: String,
    /// The input that was wrong, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::Problem;

    #[test]
    fn the_json_is_pinned() {
        let problem = Problem {
            kind: "/problems/not-found".into(),
            title: "Not found".into(),
            status: 404,
            detail: "There is no such conversation.".into(),
            field: None,
        };
        assert_eq!(
            serde_json::to_string(&problem).expect("a problem is valid JSON"),
            r#"{"type":"/problems/not-found","title":"Not found","status":404,"detail":"There is no such conversation."}"#
        );
    }
}
