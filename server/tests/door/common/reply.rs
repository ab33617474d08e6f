//! An HTTP reply that has been read to its end.

use domain::problem::Problem;
use reqwest::{RequestBuilder, header::HeaderMap};
use serde::de::DeserializeOwned;

/// See above.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as text.
    pub body: String,
}

impl Reply {
    /// Sends `request` and reads the reply.
    pub async fn to(request: RequestBuilder) -> Self {
        Self::try_to(request).await.expect("a reply")
    }

    /// As [`Reply::to`], for servers that may be gone.
    pub async fn try_to(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await?,
        })
    }

    /// The value of a header that must be there.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .unwrap_or_else(|| panic!("no header {name} in {self:?}"))
            .to_str()
            .expect("text")
    }

    /// The body of a reply that must have `status`.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self, status: u16) -> T {
        assert_eq!(self.status, status, "{}", self.body);
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The problem of a refusal, which must have `status` and every part that
    /// RFC 9457 and a person need.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Problem {
        let problem: Problem = self.json(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem.status, status);
        assert!(problem.kind.starts_with("/problems/"), "{problem:?}");
        assert!(!problem.title.is_empty(), "{problem:?}");
        assert!(
            problem.detail.ends_with('.') || problem.detail.len() > 20,
            "{problem:?}"
        );
        problem
    }
}
