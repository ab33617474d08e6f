//! What stands between the cells of a CSV file.

/// The separators that are told apart; the first wins where they are even.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The separator of a file and the text without the line that names it: the one that
/// stands most often in the header, outside of quotes. Spreadsheets may name it in a
/// first line, `sep=;`.
pub(crate) fn separator_of(text: &str) -> (u8, &str) {
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

/// Whether a row has more than `max` cells, told without keeping any.
pub(super) fn has_more_columns(text: &str, separator: u8, max: usize) -> bool {
    let mut columns = 1;
    let mut place = Place::CellStart;
    // The reader leaves a byte order mark out, too.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for byte in text.bytes() {
        place = match (place, byte) {
            (Place::CellStart, b'"') | (Place::QuoteInQuoted, b'"') => Place::Quoted,
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) => Place::Quoted,
            (_, b'\n' | b'\r') => {
                columns = 1;
                Place::CellStart
            }
            (_, byte) if byte == separator => {
                columns += 1;
                if columns > max {
                    return true;
                }
                Place::CellStart
            }
            _ => Place::Plain,
        };
    }
    false
}

/// Where in a row a byte stands. A quote begins a quoted cell only where the cell begins.
#[derive(Clone, Copy)]
enum Place {
    CellStart,
    Plain,
    Quoted,
    /// The quoted cell's end, or the first half of a quote in it.
    QuoteInQuoted,
}

#[cfg(test)]
mod tests {
    use super::{has_more_columns, separator_of};
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

    #[test]
    fn the_widest_row_counts_wherever_it_is() {
        let wide = format!("a,b\n1,2\n{}", ",".repeat(20));
        assert!(has_more_columns(&wide, b',', 20));
        assert!(!has_more_columns(&wide, b',', 21));
        assert!(!has_more_columns("\"1,2,3\n4,5\",6", b',', 2));
        let marked = format!("\u{feff}\"\n\"{}", ",".repeat(20));
        assert!(has_more_columns(&marked, b',', 20));
    }

    proptest! {
        #[test]
        fn columns_are_counted_as_they_are_read(text in "[a,\"\r\n]{0,60}") {
            let mut reader = csv::ReaderBuilder::new()
                .flexible(true)
                .has_headers(false)
                .from_reader(text.as_bytes());
            let widths = reader.records().map(|record| record.expect("text").len());
            let widest = widths.max().unwrap_or_default().max(1);
            prop_assert!(!has_more_columns(&text, b',', widest));
            prop_assert!(widest == 1 || has_more_columns(&text, b',', widest - 1));
        }

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
