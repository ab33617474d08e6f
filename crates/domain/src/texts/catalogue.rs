//! What a set of texts is made of: one list of names gives the fields, their
//! readers, and the way to the widget and back as JSON.

use serde::{Deserializer, de};
use std::{borrow::Cow, fmt};

/// A text: of a language's file, or read from JSON.
pub(super) type Text = Cow<'static, str>;

/// A set of texts, and the words that it is made of. All of them have to be
/// given, so a language that lacks one doesn't compile.
///
/// The texts stand in an array, and what is done with all of them is a loop: in
/// the shopper's browser, code for each field would cost more than its text.
macro_rules! catalogue {
    (
        $(#[$about:meta])*
        $name:ident, $words:ident, $place:ident {
            $($(#[$where_it_stands:meta])* $text:ident,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name([crate::texts::catalogue::Text; $name::NAMES.len()]);

        /// The words of one language.
        pub(super) struct $words {
            $(pub(super) $text: &'static str,)*
        }

        /// Where each text stands.
        #[expect(non_camel_case_types, reason = "they are named after the texts")]
        enum $place {
            $($text,)*
        }

        impl $name {
            const NAMES: &[&str] = &[$(stringify!($text)),*];

            pub(super) const fn new(words: $words) -> Self {
                Self([$(std::borrow::Cow::Borrowed(words.$text)),*])
            }

            $(
                $(#[$where_it_stands])*
                #[must_use]
                pub fn $text(&self) -> &str {
                    &self.0[$place::$text as usize]
                }
            )*

            /// Every text with its name.
            pub fn entries(&self) -> impl Iterator<Item = (&'static str, &str)> {
                Self::NAMES.iter().copied().zip(self.0.iter().map(|text| &**text))
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self([const { std::borrow::Cow::Borrowed("") }; Self::NAMES.len()])
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.entries())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                let mut texts = Self::default();
                crate::texts::catalogue::read(Self::NAMES, &mut texts.0, reader)?;
                Ok(texts)
            }
        }
    };
}
pub(super) use catalogue;

/// Reads texts by their names. A server of another version may know more of
/// them, or fewer: what isn't known is left out, what is missing stays empty.
pub(super) fn read<'de, D: Deserializer<'de>>(
    names: &'static [&'static str],
    texts: &mut [Text],
    reader: D,
) -> Result<(), D::Error> {
    reader.deserialize_map(ByName { names, texts })
}

struct ByName<'a> {
    names: &'static [&'static str],
    texts: &'a mut [Text],
}

impl<'de> de::Visitor<'de> for ByName<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts by name")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, text)) = map.next_entry::<String, String>()? {
            if let Some(at) = self.names.iter().position(|known| *known == name) {
                self.texts[at] = Cow::Owned(text);
            }
        }
        Ok(())
    }
}
