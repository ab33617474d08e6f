//! What a set of texts is made of: one list of names gives the fields, their
//! readers, and the way to the widget and back as JSON.

use serde::{Deserializer, de, ser::Serializer};
use std::{borrow::Cow, fmt};

/// A text: of a language's file, or read from JSON.
pub(super) type Text = Cow<'static, str>;

/// A struct of texts. All of them have to be given where it is made, so a
/// language that lacks one doesn't compile.
///
/// Reading and writing go over the list instead of field by field: in the
/// shopper's browser each field's own code would cost more than its text.
macro_rules! catalogue {
    ($(#[$about:meta])* $name:ident { $($(#[$where_it_stands:meta])* $text:ident,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct $name {
            $(pub(super) $text: crate::texts::catalogue::Text,)*
        }

        impl $name {
            $(
                $(#[$where_it_stands])*
                #[must_use]
                pub fn $text(&self) -> &str {
                    &self.$text
                }
            )*

            /// Every text with its name.
            #[must_use]
            pub fn entries(&self) -> Vec<(&'static str, &str)> {
                vec![$((stringify!($text), &*self.$text)),*]
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                crate::texts::catalogue::write(&self.entries(), serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                let mut texts = Self::default();
                crate::texts::catalogue::read(
                    &mut [$((stringify!($text), &mut texts.$text)),*],
                    reader,
                )?;
                Ok(texts)
            }
        }
    };
}
pub(super) use catalogue;

/// The texts of one language: `words!(WidgetTexts { send: "Send", … })`.
macro_rules! words {
    ($name:ident { $($text:ident: $words:expr,)* }) => {
        $name { $($text: std::borrow::Cow::Borrowed($words),)* }
    };
}
pub(super) use words;

/// Writes the texts as a JSON object.
pub(super) fn write<S: Serializer>(
    entries: &[(&'static str, &str)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().copied())
}

/// Reads texts by their names. A server of another version may know more of
/// them, or fewer: what isn't known is left out, what is missing stays empty.
pub(super) fn read<'de, D: Deserializer<'de>>(
    slots: &mut [(&'static str, &mut Text)],
    reader: D,
) -> Result<(), D::Error> {
    reader.deserialize_map(Slots(slots))
}

struct Slots<'a, 'b>(&'a mut [(&'static str, &'b mut Text)]);

impl<'de> de::Visitor<'de> for Slots<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts by name")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, text)) = map.next_entry::<String, String>()? {
            if let Some((_, slot)) = self.0.iter_mut().find(|(known, _)| *known == name) {
                **slot = Cow::Owned(text);
            }
        }
        Ok(())
    }
}
