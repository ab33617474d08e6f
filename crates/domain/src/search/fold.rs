//! Characters as they are compared: small, without accents, and one form for those that
//! only look different.

use unicode_normalization::char::decompose_compatible;

/// Hands the folded characters of `c` to `each`: none for a mark that is left out.
pub(super) fn fold(c: char, each: &mut impl FnMut(char)) {
    if c.is_ascii() {
        return each(c.to_ascii_lowercase());
    }
    // A syllable stays one character.
    if ('\u{ac00}'..='\u{d7a3}').contains(&c) {
        return each(c);
    }
    decompose_compatible(c, |part| {
        for small in part.to_lowercase() {
            // A capital with a dot above becomes two.
            if !is_left_out(small) {
                plain(small, each);
            }
        }
    });
}

/// Whether it is an accent, or invisible, or joins what is one word to a reader.
fn is_left_out(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
        // Sound marks of kana.
        | '\u{3099}' | '\u{309a}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Letters whose accent is no mark of its own.
fn plain(c: char, each: &mut impl FnMut(char)) {
    let plain = match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'ς' => "σ",
        _ => return each(c),
    };
    plain.chars().for_each(each);
}

/// What a folded character is to a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Part of a word between spaces.
    Word,
    /// Of a script without spaces.
    Run,
    /// Stands within a word, and is no part of it.
    Apostrophe,
    /// Keeps what is on both of its sides together: `SD-1042`.
    Joint,
    Other,
}

/// The class of a folded character.
pub(super) fn class(c: char) -> Class {
    match c {
        '0'..='9' | 'a'..='z' => Class::Word,
        '\'' | '’' | '`' | '´' | 'ʼ' => Class::Apostrophe,
        '-' | '.' | '_' | '/' | '@' | '#' | '+' | '‐' | '‑' | '–' => Class::Joint,
        _ if c.is_ascii() => Class::Other,
        _ if is_run(c) => Class::Run,
        _ if c.is_alphanumeric() || is_indic(c) => Class::Word,
        _ => Class::Other,
    }
}

fn is_run(c: char) -> bool {
    matches!(c,
        // Thai and Lao, Myanmar, Khmer; but for their signs of money and their marks.
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' | '\u{e50}'..='\u{e59}'
        | '\u{e81}'..='\u{eff}' | '\u{1000}'..='\u{1049}' | '\u{1050}'..='\u{109f}'
        | '\u{1780}'..='\u{17d3}' | '\u{17e0}'..='\u{17e9}'
        // Japanese, Chinese, Korean.
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}')
}

/// Scripts of India write vowels as marks.
fn is_indic(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}') && !matches!(c, '\u{964}' | '\u{965}' | '\u{970}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut folded = String::new();
        text.chars().for_each(|c| fold(c, &mut |c| folded.push(c)));
        folded
    }

    #[test]
    fn accents_and_forms_of_letters_are_one() {
        for (text, expected) in [
            ("Übergrößen", "ubergrossen"),
            ("U\u{308}ber", "uber"),
            ("Łódź Ærø Đorđe", "lodz aero dorde"),
            ("İstanbul ıI", "istanbul ii"),
            ("ＡＢＣ１２３", "abc123"),
            ("Σίσυφος ΣΊΣΥΦΟΣ", "σισυφοσ σισυφοσ"),
            ("ｶﾞガ", "カカ"),
            ("서울", "서울"),
            ("Ёлка", "елка"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }
}
