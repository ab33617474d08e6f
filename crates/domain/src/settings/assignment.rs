//! Whose a conversation becomes that needs a person.

use crate::Invalid;
use serde::{Deserialize, Serialize};

/// Most open conversations that a limit can allow one person.
pub const LIMIT_MAX: u32 = 500;

/// Who decides whose a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AssignmentRule {
    /// The team, by hand.
    #[default]
    ByHand,
    /// Whoever is available takes turns.
    RoundRobin,
}

impl AssignmentRule {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ByHand => "By hand",
            Self::RoundRobin => "Round robin",
        }
    }
}

/// Whose a conversation becomes that needs a person and is nobody's yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Assignment {
    /// Who decides it.
    pub rule: AssignmentRule,
    /// Whoever has so many open conversations is given no more by the rule, 1–500; 0: there is
    /// no limit.
    #[cfg_attr(feature = "openapi", schema(maximum = 500))]
    pub limit_per_person: u32,
}

impl Assignment {
    /// See [`super::Section::validated`].
    ///
    /// # Errors
    /// `limit_per_person`.
    pub fn validated(self) -> Result<Self, Invalid> {
        check_limit(self.limit_per_person)?;
        Ok(self)
    }
}

/// Reads the limit as somebody types it: nothing is none.
///
/// # Errors
/// [`Invalid`] for `limit_per_person`.
pub fn parse_limit(typed: &str) -> Result<u32, Invalid> {
    match typed.trim() {
        "" => Ok(0),
        typed => typed
            .parse()
            .map_err(|_| wrong_limit())
            .and_then(check_limit),
    }
}

fn check_limit(limit: u32) -> Result<u32, Invalid> {
    match limit {
        0..=LIMIT_MAX => Ok(limit),
        _ => Err(wrong_limit()),
    }
}

fn wrong_limit() -> Invalid {
    let text = format!("Please give a number from 1 to {LIMIT_MAX}, or 0 for no limit.");
    Invalid::new("limit_per_person", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_up_to_500_or_none() {
        assert_eq!(parse_limit(""), Ok(0));
        assert_eq!(parse_limit(" 12 "), Ok(12));
        assert_eq!(parse_limit("500"), Ok(500));
        for wrong in ["501", "-1", "many", "99999999999"] {
            assert_eq!(parse_limit(wrong), Err(wrong_limit()), "{wrong}");
        }
    }
}
