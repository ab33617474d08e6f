//! Tags: what a team calls kinds of conversations.

use crate::{Invalid, ids::TagId, text};
use serde::{Deserialize, Serialize};

/// Longest name, in characters.
pub const NAME_MAX: usize = 40;
/// Most tags of one store.
pub const TAGS_MAX: usize = 200;
/// Most tags of one conversation.
pub const TAGS_OF_CONVERSATION_MAX: usize = 20;

/// One of the palette. Each is a ground with its text, in light and dark, that can be read
/// (`style/tokens.css`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TagColour {
    /// Grey.
    #[default]
    Slate,
    Indigo,
    Green,
    Amber,
    Red,
    Violet,
}

impl TagColour {
    /// Every colour, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Slate,
        Self::Indigo,
        Self::Green,
        Self::Amber,
        Self::Red,
        Self::Violet,
    ];

    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slate => "slate",
            Self::Indigo => "indigo",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Violet => "violet",
        }
    }

    /// The colour of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.as_str() == word)
    }
}

/// A tag of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tag {
    /// A UUIDv7; whoever makes the tag makes it, and repeats it in retries.
    pub id: TagId,
    /// What it is called; no other tag of the store is, in whatever case.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub name: String,
    /// How it looks.
    #[serde(default)]
    pub colour: TagColour,
}

impl Tag {
    /// Trims the name and checks it. It is one line.
    ///
    /// # Errors
    /// [`Invalid`] for `name`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let name = text::required("name", &self.name, NAME_MAX)?;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { name, ..self })
    }

    /// By which a name is the same as another.
    #[must_use]
    pub fn key(name: &str) -> String {
        name.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_up_to_forty_characters() {
        let checked = |name: &str| {
            let tag = Tag {
                id: TagId::generate(),
                name: name.to_owned(),
                colour: TagColour::Red,
            };
            tag.checked().map(|tag| tag.name)
        };
        assert_eq!(
            checked(" Refund \n wanted ").as_deref(),
            Ok("Refund wanted")
        );
        assert!(checked(&"é".repeat(NAME_MAX)).is_ok());
        for refused in ["", " \n", &"é".repeat(NAME_MAX + 1), "a\u{0}b"] {
            assert_eq!(
                checked(refused).map_err(|invalid| invalid.field),
                Err("name".to_owned())
            );
        }
    }

    #[test]
    fn a_colour_is_found_by_its_word() {
        for colour in TagColour::ALL {
            assert_eq!(TagColour::from_word(colour.as_str()), Some(colour));
        }
        assert_eq!(TagColour::from_word("Red"), None);
    }
}
