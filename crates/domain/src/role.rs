//! Roles: what the members of a store may do there.

use serde::{Deserialize, Serialize};

/// What a member may do in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads and answers conversations.
    Agent,
    /// Also changes settings and the FAQ.
    Admin,
    /// Also manages the team and the store itself.
    Owner,
}

impl Role {
    /// Every role, the one that may do least first.
    pub const ALL: [Self; 3] = [Self::Agent, Self::Admin, Self::Owner];

    /// Whether somebody of this role may give and take `other`: nobody lifts others above
    /// themselves, and nobody touches those above them.
    #[must_use]
    pub fn may_give(self, other: Self) -> bool {
        self >= Self::Admin && self >= other
    }

    /// Its name, for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent => "Agent",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }

    /// What it may do, for people.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Agent => "Answers shoppers, and reads everything else.",
            Self::Admin => "Also changes settings, the FAQ and orders, and manages the team.",
            Self::Owner => "May do all, also make and remove owners.",
        }
    }

    /// The word that is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_a_role_above_their_own_and_agents_give_none() {
        for (mine, given) in [(Role::Agent, 0), (Role::Admin, 2), (Role::Owner, 3)] {
            let may = Role::ALL.into_iter().filter(|role| mine.may_give(*role));
            assert_eq!(may.count(), given, "{mine:?}");
        }
        assert!(!Role::Admin.may_give(Role::Owner));
    }

    #[test]
    fn a_role_is_known_by_its_word() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.as_str()), Some(role));
        }
    }
}
