//! The store's colour, and the text colour that stays readable on it.

use crate::Invalid;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An sRGB colour, written `#RRGGBB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// The widget's six preset colours with their names; each reaches at least
/// 5:1 with white text.
pub const PRESETS: [(&str, Colour); 6] = [
    ("Indigo", Colour::new(0x4F, 0x46, 0xE5)),
    ("Blue", Colour::new(0x25, 0x63, 0xEB)),
    ("Teal", Colour::new(0x0F, 0x76, 0x6E)),
    ("Green", Colour::new(0x15, 0x80, 0x3D)),
    ("Rose", Colour::new(0xBE, 0x12, 0x3C)),
    ("Slate", Colour::new(0x1F, 0x29, 0x37)),
];

/// Text on light grounds.
const DARK_TEXT: Colour = Colour::new(0x0F, 0x17, 0x2A);
const WHITE: Colour = Colour::new(0xFF, 0xFF, 0xFF);
const BLACK: Colour = Colour::new(0, 0, 0);

/// WCAG 2.2 AA for text of normal size.
pub const AA_CONTRAST: f64 = 4.5;

impl Colour {
    /// A colour of three channels, 0–255 each.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#RRGGBB` or `#RGB`, with or without the `#`, in any case.
    ///
    /// # Errors
    /// [`Invalid`] if it is neither.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let hex = raw.trim().trim_start_matches('#');
        let wrong = || Invalid::new("colour", "Please give a colour such as #4F46E5.");
        if !hex.is_ascii() {
            return Err(wrong());
        }
        let long = match hex.len() {
            3 => hex.chars().flat_map(|c| [c, c]).collect(),
            6 => hex.to_owned(),
            _ => return Err(wrong()),
        };
        let channel = |at: usize| u8::from_str_radix(&long[at..at + 2], 16).map_err(|_| wrong());
        Ok(Self::new(channel(0)?, channel(2)?, channel(4)?))
    }

    /// The contrast ratio of two colours, 1–21 (WCAG 2.2, "contrast ratio").
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// White, dark slate or black: the first that reaches AA on this colour.
    /// One always does, since white or black reaches 4.58:1 on every colour.
    #[must_use]
    pub fn text(self) -> Self {
        [WHITE, DARK_TEXT]
            .into_iter()
            .find(|text| text.contrast(self) >= AA_CONTRAST)
            .unwrap_or(BLACK)
    }

    /// Relative luminance, 0–1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.red, self.green, self.blue)
    }
}

impl TryFrom<String> for Colour {
    type Error = Invalid;

    fn try_from(raw: String) -> Result<Self, Invalid> {
        Self::parse(&raw)
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn presets_carry_white_text() {
        for (name, colour) in PRESETS {
            assert!(colour.contrast(WHITE) >= 5.0, "{name}");
            assert_eq!(colour.text(), WHITE, "{name}");
        }
    }

    #[test]
    fn only_colours_are_colours() {
        assert_eq!(Colour::parse("fff"), Ok(WHITE));
        for wrong in ["", "#12345", "#12345g", "red", "#ééé", "#4F46E5;}"] {
            assert!(Colour::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn text_is_readable_on_every_colour(red: u8, green: u8, blue: u8) {
            let colour = Colour::new(red, green, blue);
            prop_assert!(colour.text().contrast(colour) >= AA_CONTRAST);
            prop_assert_eq!(Colour::parse(&colour.to_string()), Ok(colour));
        }
    }
}
