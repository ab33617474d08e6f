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

/// The widest row and the longest of what has been read of a file, told without keeping any.
pub(super) struct Widths {
    separator: u8,
    place: Place,
    columns: usize,
    length: usize,
    /// The most cells of a row.
    pub most_columns: usize,
    /// The length of the longest row, in bytes.
    pub longest: usize,
}

impl Widths {
    /// Of nothing yet.
    pub fn new(separator: u8) -> Self {
        Self {
            separator,
            place: Place::CellStart,
            columns: 1,
            length: 0,
            most_columns: 1,
            longest: 0,
        }
    }

    /// Reads on.
    pub fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.length += 1;
            self.place = match (self.place, *byte) {
                (Place::CellStart, b'"') | (Place::QuoteInQuoted, b'"') => Place::Quoted,
                (Place::Quoted, b'"') => Place::QuoteInQuoted,
                (Place::Quoted, _) => Place::Quoted,
                (_, b'\n' | b'\r') => {
                    self.end_row();
                    Place::CellStart
                }
                (_, byte) if byte == self.separator => {
                    self.columns += 1;
                    self.most_columns = self.most_columns.max(self.columns);
                    Place::CellStart
                }
                _ => Place::Plain,
            };
        }
        self.longest = self.longest.max(self.length);
    }

    fn end_row(&mut self) {
        self.longest = self.longest.max(self.length);
        (self.columns, self.length) = (1, 0);
    }
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
    use super::{Widths, separator_of};
    use proptest::prelude::*;

    fn widths(text: &str, separator: u8) -> Widths {
        let mut widths = Widths::new(separator);
        // In parts, as a file is read.
        for part in text.as_bytes().chunks(3) {
            widths.read(part);
        }
        widths
    }

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
        assert_eq!(widths(&wide, b',').most_columns, 21);
        assert_eq!(widths("\"1,2,3\n4,5\",6", b',').most_columns, 2);
    }

    #[test]
    fn the_longest_row_counts_with_all_lines_of_its_cells() {
        assert_eq!(widths("a,b\n\"1\n2\n3\",4\nx", b',').longest, 10);
        assert_eq!(widths("a\n12345", b',').longest, 5);
    }

    proptest! {
        #[test]
        fn columns_are_counted_as_they_are_read(text in "[a,\"\r\n]{0,60}") {
            let mut reader = csv::ReaderBuilder::new()
                .flexible(true)
                .has_headers(false)
                .from_reader(text.as_bytes());
            let read = reader.records().map(|record| record.expect("text").len());
            let widest = read.max().unwrap_or_default().max(1);
            prop_assert_eq!(widths(&text, b',').most_columns, widest);
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
