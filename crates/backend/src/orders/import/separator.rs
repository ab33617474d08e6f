//! What stands between the cells of a CSV file.

/// The separators that are told apart; the first wins where they are even.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The separator of a file and the text without the line that names it: the one that
/// stands most often in the header, outside of quotes. Spreadsheets may name it in a
/// first line, `sep=;`.
pub(super) fn separator_of(text: &str) -> (u8, &str) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(named) = rest.bytes().next()
        && SEPARATORS.contains(&named)
        && let Some((line, below)) = rest.split_once('\n')
        && line.trim_end_matches('\r').len() == 1
    {
        return (named, below);
    }
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            byte if !quoted => {
                for (separator, count) in SEPARATORS.iter().zip(&mut counts) {
                    *count += usize::from(byte == *separator);
                }
            }
            _ => {}
        }
    }
    let mut best = 0;
    for at in 1..SEPARATORS.len() {
        if counts[at] > counts[best] {
            best = at;
        }
    }
    (SEPARATORS[best], text)
}

#[cfg(test)]
mod tests {
    use super::separator_of;
    use proptest::prelude::*;

    #[test]
    fn the_header_decides() {
        for (text, separator) in [
            ("a,b;c,d\n1;2;3;4;5", b','),
            ("a;b;\"c,d,e\"\n", b';'),
            ("a\tb\nc,d,e", b'\t'),
            ("\"two\nlines\";b;c\n1,2,3,4", b';'),
            ("alone", b','),
            ("", b','),
        ] {
            assert_eq!(separator_of(text), (separator, text), "{text}");
        }
    }

    #[test]
    fn a_first_line_may_name_it() {
        assert_eq!(separator_of("sep=;\r\na,b;c"), (b';', "a,b;c"));
    }

    proptest! {
        #[test]
        fn what_was_written_with_a_separator_is_read_with_it(
            at in 0..3_usize,
            names in proptest::collection::vec("[a-z ,;\t\n]{0,8}", 2..9),
        ) {
            let separator = [b',', b';', b'\t'][at];
            let mut writer = csv::WriterBuilder::new()
                .delimiter(separator)
                .quote_style(csv::QuoteStyle::Always)
                .from_writer(Vec::new());
            writer.write_record(&names).expect("a record");
            let written = writer.into_inner().expect("bytes");
            let text = String::from_utf8(written).expect("text");
            prop_assert_eq!(separator_of(&text).0, separator);
        }
    }
}
