//! What a merchant decides, by section. Each section is stored, versioned and
//! saved on its own, so that two people who change different sections don't
//! meet, and two who change the same one are told.
//!
//! A new section is a file beside the others, its `mod`, and its line in
//! `sections!` below.

mod ai;
mod assignment;
mod chat;
mod look;
mod orders;

pub use ai::{Ai, WithoutModel};
pub use assignment::{Assignment, AssignmentRule, LIMIT_MAX, parse_limit};
pub use chat::{Chat, DEFAULT_GREETING, MESSAGE_MAX, ORIGINS_MAX, RESPONSE_TIME_MAX, parse_origin};
pub use look::{Look, Position, SPACING_MAX};
pub use orders::{OrderLookupCheck, Orders};

use crate::{Invalid, UnixMillis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Makes everything that has a part for each section.
macro_rules! sections {
    ($($(#[$doc:meta])* $field:ident: $Section:ident,)+) => {
        /// All settings of a store. `Default` is a new store's.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub struct StoreSettings {
            $($(#[$doc])* pub $field: $Section,)+
        }

        /// A section's name, as it is stored and sent.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum SectionName {
            $($(#[$doc])* $Section,)+
        }

        impl SectionName {
            /// Every section.
            pub const ALL: [Self; [$(stringify!($field)),+].len()] = [$(Self::$Section),+];

            /// The word that is stored.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Section => stringify!($field),)+
                }
            }
        }

        /// The value of any one section. In JSON an object with the section's
        /// name as its only key.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Section {
            $($(#[$doc])* $Section($Section),)+
        }

        $(impl From<$Section> for Section {
            fn from(section: $Section) -> Self {
                Self::$Section(section)
            }
        })+

        impl Section {
            /// Which one it is.
            #[must_use]
            pub fn name(&self) -> SectionName {
                match self {
                    $(Self::$Section(_) => SectionName::$Section,)+
                }
            }

            /// Checks and normalises what a form or an API client sent.
            ///
            /// # Errors
            /// The first field that can't be taken, with the reason.
            pub fn validated(self) -> Result<Self, Invalid> {
                match self {
                    $(Self::$Section(section) => section.validated().map(Self::$Section),)+
                }
            }

            /// The value without the section's name, as it is stored.
            ///
            /// # Errors
            /// If serde fails, which no section gives it a reason to.
            pub fn to_json(&self) -> serde_json::Result<String> {
                match self {
                    $(Self::$Section(section) => serde_json::to_string(section),)+
                }
            }

            /// Reads what [`Self::to_json`] wrote, by this version or an older one.
            ///
            /// # Errors
            /// If it is not the JSON of this section.
            pub fn from_json(name: SectionName, json: &str) -> serde_json::Result<Self> {
                match name {
                    $(SectionName::$Section => serde_json::from_str(json).map(Self::$Section),)+
                }
            }
        }

        impl StoreSettings {
            /// One section of them.
            #[must_use]
            pub fn section(&self, name: SectionName) -> Section {
                match name {
                    $(SectionName::$Section => Section::$Section(self.$field.clone()),)+
                }
            }

            /// Replaces one section.
            pub fn set(&mut self, section: Section) {
                match section {
                    $(Section::$Section(section) => self.$field = section,)+
                }
            }
        }
    };
}

sections! {
    /// Where the bubble is and what colour everything has.
    look: Look,
    /// Whether and how shoppers can write.
    chat: Chat,
    /// What the AI may do.
    ai: Ai,
    /// What a shopper must give to see an order.
    orders: Orders,
    /// Whose a conversation becomes that needs a person.
    assignment: Assignment,
}

impl SectionName {
    /// The section of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == word)
    }
}

/// Which state of a section somebody has seen, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revision {
    /// Counted up by each save; 0 is the default that nobody has saved yet.
    pub version: i64,
    /// The name of the person, or of the API key, who saved it, if they are still known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// When it was saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub changed_at: Option<UnixMillis>,
}

/// A section as it is stored now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredSection {
    pub section: Section,
    /// Its version is what the next save must name.
    pub revision: Revision,
}

/// All settings of a store with what an editor must know to save them again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StoredSettings {
    pub settings: StoreSettings,
    /// The state of each section that was ever saved.
    pub revisions: BTreeMap<SectionName, Revision>,
}

impl StoredSettings {
    /// The state of a section.
    #[must_use]
    pub fn revision(&self, name: SectionName) -> Revision {
        self.revisions.get(&name).cloned().unwrap_or_default()
    }

    /// A section with its state.
    #[must_use]
    pub fn section(&self, name: SectionName) -> StoredSection {
        StoredSection {
            section: self.settings.section(name),
            revision: self.revision(name),
        }
    }

    /// Takes over one section with its state.
    pub fn set(&mut self, stored: StoredSection) {
        let name = stored.section.name();
        self.revisions.insert(name, stored.revision);
        self.settings.set(stored.section);
    }
}

/// `mine` with those fields of `theirs` that I left as they were in `base`:
/// who keeps their own changes does not undo another's beside them.
///
/// # Errors
/// If the three are not the same section.
pub fn merged(base: &Section, mine: &Section, theirs: &Section) -> serde_json::Result<Section> {
    use serde::de::Error;
    let fields =
        |section: &Section| serde_json::from_str::<serde_json::Map<_, _>>(&section.to_json()?);
    let name = mine.name();
    if base.name() != name || theirs.name() != name {
        return Err(Error::custom("different sections"));
    }
    let (base, mut merged, theirs) = (fields(base)?, fields(mine)?, fields(theirs)?);
    for (field, value) in theirs {
        if merged.get(&field) == base.get(&field) {
            merged.insert(field, value);
        }
    }
    Section::from_json(name, &serde_json::to_string(&merged)?)
}

#[cfg(test)]
mod tests;
