//! Canned responses: texts that agents put into the reply box by a keyword.

pub mod search;
pub mod template;

use crate::{Invalid, UnixMillis, both, ids::CannedResponseId, text};
use serde::{Deserialize, Serialize};

/// Longest keyword, in characters.
pub const KEYWORD_MAX: usize = 40;
/// Longest title, in characters.
pub const TITLE_MAX: usize = 120;
/// Longest text, in characters.
pub const TEXT_MAX: usize = 5_000;
/// Longest name of a category, in characters.
pub const CATEGORY_MAX: usize = 80;
/// Most responses that a store's team shares.
pub const SHARED_MAX: i64 = 500;
/// Most responses that a person has of their own in a store.
pub const OWN_MAX: i64 = 200;

/// A canned response, as the one who asks may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CannedResponse {
    pub id: CannedResponseId,
    /// What it is found by after a slash, unique in the store: `a-z`, `0-9` and `-`.
    pub keyword: String,
    /// What it is about.
    pub title: String,
    /// What is put into the reply, with variables in it.
    pub text: String,
    /// What it stands under, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// It is the person's own, whom nobody shares it with. API keys see what is shared.
    pub mine: bool,
    /// How often it was put into a reply.
    pub uses: i64,
    /// When it was last put into a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub last_used_at: Option<UnixMillis>,
    /// When it was last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub updated_at: UnixMillis,
}

/// All that somebody may use, by keyword.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedList {
    pub responses: Vec<CannedResponse>,
    /// Whether they may change what the team shares.
    pub may_share: bool,
}

/// What is typed to make or to change a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedDraft {
    /// 1–40 of `a-z`, `0-9` and `-`.
    pub keyword: String,
    /// 1–120 characters.
    pub title: String,
    /// 1–5,000 characters; see [`template`].
    pub text: String,
    /// At most 80 characters; none if it is empty.
    #[serde(default)]
    pub category: Option<String>,
    /// Keeps it to the person who makes it.
    #[serde(default)]
    pub mine: bool,
}

impl CannedDraft {
    /// Trims and checks everything.
    ///
    /// # Errors
    /// [`Invalid`] for `keyword`, `title`, `text` or `category`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let category = self.category.as_deref().unwrap_or_default();
        let text = text::required("text", &self.text, TEXT_MAX).and_then(template::checked);
        let ((keyword, category), (title, text)) = both(
            both(
                parse_keyword(&self.keyword),
                text::optional("category", category, CATEGORY_MAX),
            ),
            both(text::required("title", &self.title, TITLE_MAX), text),
        )?;
        Ok(Self {
            keyword,
            title,
            text,
            category: Some(category).filter(|category| !category.is_empty()),
            mine: self.mine,
        })
    }
}

impl CannedResponse {
    /// Whether it says what `draft` says.
    #[must_use]
    pub fn is_made_of(&self, draft: &CannedDraft) -> bool {
        self.draft() == *draft
    }

    /// What would make it again.
    #[must_use]
    pub fn draft(&self) -> CannedDraft {
        CannedDraft {
            keyword: self.keyword.clone(),
            title: self.title.clone(),
            text: self.text.clone(),
            category: self.category.clone(),
            mine: self.mine,
        }
    }
}

/// Reads a keyword. The slash that it is called by may stand before it, and capitals are
/// small ones.
///
/// # Errors
/// [`Invalid`] for `keyword` if it is empty, too long, or has other characters than `a-z`,
/// `0-9` and `-`.
pub fn parse_keyword(raw: &str) -> Result<String, Invalid> {
    let raw = raw.trim();
    let keyword = text::required("keyword", raw.strip_prefix('/').unwrap_or(raw), KEYWORD_MAX)?;
    let keyword = keyword.to_ascii_lowercase();
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if keyword.chars().all(is_plain) {
        return Ok(keyword);
    }
    Err(Invalid::new(
        "keyword",
        "A keyword has the letters a to z, digits and hyphens, and no spaces.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn draft() -> CannedDraft {
        CannedDraft {
            keyword: "refund".into(),
            title: "Refund on its way".into(),
            text: "Hi {{customer.name|there}}".into(),
            category: None,
            mine: false,
        }
    }

    #[test]
    fn a_keyword_is_small_letters_digits_and_hyphens() {
        for (typed, keyword) in [
            ("refund", "refund"),
            (" /Refund-2 ", "refund-2"),
            ("2-days", "2-days"),
        ] {
            assert_eq!(parse_keyword(typed).as_deref(), Ok(keyword));
        }
        let long = "a".repeat(KEYWORD_MAX + 1);
        for wrong in [
            "",
            "/",
            "two words",
            "//a",
            "grüße",
            "a_b",
            "a.b",
            "a/b",
            &long,
        ] {
            let refused = parse_keyword(wrong).expect_err(wrong);
            assert_eq!(refused.field, "keyword", "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_draft_is_said_of_its_field() {
        let long = |length| "x".repeat(length + 1);
        for (field, wrong) in [
            (
                "keyword",
                CannedDraft {
                    keyword: "a b".into(),
                    ..draft()
                },
            ),
            (
                "title",
                CannedDraft {
                    title: " ".into(),
                    ..draft()
                },
            ),
            (
                "title",
                CannedDraft {
                    title: long(TITLE_MAX),
                    ..draft()
                },
            ),
            (
                "text",
                CannedDraft {
                    text: String::new(),
                    ..draft()
                },
            ),
            (
                "text",
                CannedDraft {
                    text: long(TEXT_MAX),
                    ..draft()
                },
            ),
            (
                "text",
                CannedDraft {
                    text: "{{customer.nam}}".into(),
                    ..draft()
                },
            ),
            (
                "category",
                CannedDraft {
                    category: Some(long(CATEGORY_MAX)),
                    ..draft()
                },
            ),
        ] {
            assert_eq!(wrong.checked().expect_err(field).field, field);
        }
    }

    #[test]
    fn a_category_without_a_name_is_none() {
        for (typed, category) in [
            (None, None),
            (Some(" "), None),
            (Some(" Returns "), Some("Returns")),
        ] {
            let typed = CannedDraft {
                category: typed.map(str::to_owned),
                ..draft()
            };
            let checked = typed.checked().expect("a good draft");
            assert_eq!(checked.category.as_deref(), category);
        }
    }

    proptest! {
        #[test]
        fn a_keyword_that_was_read_is_read_as_itself(typed in "\\PC{0,50}|[/A-Za-z0-9-]{0,50}") {
            if let Ok(keyword) = parse_keyword(&typed) {
                prop_assert!(!keyword.is_empty() && keyword.len() <= KEYWORD_MAX);
                prop_assert_eq!(parse_keyword(&keyword), Ok(keyword));
            }
        }
    }
}
