//! Everything that a shopper can read, by language.
//!
//! A language is a file in `texts/` and its line in [`LOCALES`]: a file that
//! lacks a text doesn't compile.

mod answers;
mod catalogue;
mod de;
mod en;
mod fill;
mod language;
mod tracking;
mod widget;

pub use answers::AnswerTexts;
pub use language::Texts;
pub use widget::WidgetTexts;

/// The languages, with the one first that stands in for all others.
static LOCALES: [&Texts; 2] = [&en::TEXTS, &de::TEXTS];

/// The texts for a language tag such as `de-AT`: those of the tag itself, else
/// of the language without its region, else English.
#[must_use]
pub fn of(locale: &str) -> &'static Texts {
    let mut tag = locale.trim();
    loop {
        let found = LOCALES
            .into_iter()
            .find(|texts| texts.locale.eq_ignore_ascii_case(tag));
        if let Some(texts) = found {
            return texts;
        }
        match tag.rfind(['-', '_']) {
            Some(at) => tag = &tag[..at],
            None => return LOCALES[0],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{fill::next_place, *};

    /// Every text of a language by its name.
    fn entries(texts: &'static Texts) -> Vec<(&'static str, &'static str)> {
        texts
            .widget
            .entries()
            .chain(texts.answers.entries())
            .collect()
    }

    fn places(template: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            std::iter::successors(next_place(template), |(_, (_, rest))| next_place(rest))
                .map(|(_, (name, _))| name)
                .collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn every_language_has_every_text_with_the_same_places() {
        for texts in LOCALES {
            for ((name, text), (_, english)) in entries(texts).into_iter().zip(entries(LOCALES[0]))
            {
                let locale = texts.locale;
                assert!(!text.is_empty(), "{locale} lacks {name}");
                // Some languages part thousands by a space.
                let is_trimmed = text == text.trim() || name == "thousands_mark";
                assert!(is_trimmed, "{locale}: {name}");
                assert_eq!(places(text), places(english), "{locale}: {name}");
            }
        }
    }

    #[test]
    fn a_tag_finds_its_language_and_anything_else_is_english() {
        for (tag, locale) in [
            ("de", "de"),
            ("de-AT", "de"),
            ("DE_ch", "de"),
            ("de-Latn-DE-1996", "de"),
            ("en-GB", "en"),
            ("fr", "en"),
            ("deu", "en"),
            ("", "en"),
            ("-", "en"),
            ("👋-de", "en"),
        ] {
            assert_eq!(of(tag).locale, locale, "{tag}");
        }
    }

    #[test]
    fn the_widgets_texts_travel_as_json() {
        for texts in LOCALES {
            let sent = serde_json::to_string(&texts.widget).expect("valid JSON");
            assert!(sent.starts_with(r#"{"open_chat":"#), "{sent}");
            let read: WidgetTexts = serde_json::from_str(&sent).expect("texts");
            assert_eq!(read, texts.widget);
        }
    }

    #[test]
    fn texts_of_another_version_still_read() {
        let read: WidgetTexts =
            serde_json::from_str(r#"{"send":"Los","later":"?"}"#).expect("texts");
        assert_eq!((read.send(), read.copy()), ("Los", ""));
    }
}
