//! A file's text, read as often as needed and never held as a whole: it may be larger than
//! what an import may take of the memory.

use super::encoding;
use domain::order_import::FileFault;
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, WINDOWS_1252};
use std::{
    fs::File,
    io::{self, BufRead, Read, Seek, SeekFrom},
    ops::Range,
};

/// How much of a text is held, to be looked at.
const BEGINNING: usize = 64 * 1024;
/// How much is read at once.
const BLOCK: usize = 64 * 1024;

/// A text in UTF-8.
pub(super) trait Source {
    /// As much of it as tells what it is.
    fn beginning(&self) -> &str;

    /// All of it, from byte `from` on.
    ///
    /// # Errors
    /// If it can't be read.
    fn text(&self, from: usize) -> Result<Box<dyn BufRead + '_>, FileFault>;
}

/// What is in memory anyway.
impl<T: AsRef<str> + ?Sized> Source for T {
    fn beginning(&self) -> &str {
        self.as_ref()
    }

    fn text(&self, from: usize) -> Result<Box<dyn BufRead + '_>, FileFault> {
        Ok(Box::new(
            self.as_ref().get(from..).unwrap_or_default().as_bytes(),
        ))
    }
}

/// A file in whichever encoding it was saved.
pub(super) struct TextFile {
    file: File,
    encoding: &'static Encoding,
    /// The length of its byte order mark.
    mark: u64,
    beginning: String,
}

impl TextFile {
    /// Reads it once.
    ///
    /// # Errors
    /// If it isn't text, or there is nothing in it.
    pub fn open(mut file: File) -> Result<Self, FileFault> {
        let mut first = Vec::new();
        let begun = file.seek(SeekFrom::Start(0));
        let begun = begun.and_then(|_| {
            (&file)
                .take(encoding::LOOKED_AT as u64)
                .read_to_end(&mut first)
        });
        begun.map_err(|_| FileFault::NotText)?;
        let (encoding, mark) = encoding::of(&first)?;
        let mut opened = Self {
            file,
            encoding,
            mark: mark as u64,
            beginning: String::new(),
        };
        let checked = opened.check();
        match checked {
            Err(FileFault::NotText) if encoding == UTF_8 && mark == 0 => {
                opened.encoding = WINDOWS_1252;
                opened.check()?;
            }
            checked => checked?,
        }
        Ok(opened)
    }

    /// Whether all of it is text of its encoding; keeps its beginning.
    fn check(&mut self) -> Result<(), FileFault> {
        let mut text = self.decoded(0).map_err(|_| FileFault::NotText)?;
        let mut beginning = Vec::new();
        let mut is_empty = true;
        loop {
            let block = text.fill_buf().map_err(|_| FileFault::NotText)?;
            if block.is_empty() {
                break;
            }
            if block.contains(&0) {
                return Err(FileFault::NotText);
            }
            is_empty &= block.trim_ascii().is_empty();
            let room = BEGINNING - beginning.len();
            beginning.extend_from_slice(&block[..block.len().min(room)]);
            let read = block.len();
            text.consume(read);
        }
        drop(text);
        if is_empty {
            return Err(FileFault::Empty);
        }
        // Its last letter may have been cut.
        let valid = match std::str::from_utf8(&beginning) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        beginning.truncate(valid);
        self.beginning = String::from_utf8(beginning).map_err(|_| FileFault::NotText)?;
        Ok(())
    }

    fn decoded(&self, from: usize) -> io::Result<Decoded<'_>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.mark))?;
        let mut decoded = Decoded {
            file,
            decoder: self.encoding.new_decoder_without_bom_handling(),
            raw: vec![0; BLOCK],
            unread: 0..0,
            has_ended: false,
            text: vec![0; BLOCK],
            shown: 0..0,
            is_decoded: false,
        };
        io::copy(&mut decoded.by_ref().take(from as u64), &mut io::sink())?;
        Ok(decoded)
    }
}

impl Source for TextFile {
    fn beginning(&self) -> &str {
        &self.beginning
    }

    fn text(&self, from: usize) -> Result<Box<dyn BufRead + '_>, FileFault> {
        let text = self.decoded(from).map_err(|_| FileFault::NotText)?;
        Ok(Box::new(text))
    }
}

/// A file's bytes as UTF-8.
struct Decoded<'f> {
    file: &'f File,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` hasn't been decoded.
    unread: Range<usize>,
    has_ended: bool,
    text: Vec<u8>,
    /// What of `text` hasn't been taken.
    shown: Range<usize>,
    is_decoded: bool,
}

impl BufRead for Decoded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.shown.is_empty() && !self.is_decoded {
            if self.unread.is_empty() && !self.has_ended {
                let read = self.file.read(&mut self.raw)?;
                self.unread = 0..read;
                self.has_ended = read == 0;
            }
            let raw = &self.raw[self.unread.clone()];
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
                raw,
                &mut self.text,
                self.has_ended,
            );
            if matches!(result, DecoderResult::Malformed(..)) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.unread.start += read;
            self.shown = 0..written;
            // The decoder takes nothing after its end.
            self.is_decoded = self.has_ended && matches!(result, DecoderResult::InputEmpty);
        }
        Ok(&self.text[self.shown.clone()])
    }

    fn consume(&mut self, taken: usize) {
        self.shown.start += taken;
    }
}

impl Read for Decoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn opened(bytes: &[u8]) -> Result<TextFile, FileFault> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        TextFile::open(file)
    }

    fn text(file: &TextFile, from: usize) -> String {
        let mut text = String::new();
        let mut reader = file.text(from).expect("a text");
        reader.read_to_string(&mut text).expect("UTF-8");
        text
    }

    fn utf_16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = std::iter::once(0xFEFF);
        mark.chain(text.encode_utf16()).flat_map(order).collect()
    }

    #[test]
    fn a_file_reads_as_it_would_in_memory_wherever_a_block_ends() {
        for length in [0, 1, 2, 3] {
            // Letters of one to four bytes, over several blocks.
            let long = format!("{}{}", "x".repeat(length), "Größe 𝄞 ✓\n".repeat(20_000));
            let marked = format!("\u{feff}{long}").into_bytes();
            for bytes in [
                long.clone().into_bytes(),
                marked,
                utf_16(&long, u16::to_le_bytes),
                utf_16(&long, u16::to_be_bytes),
            ] {
                let file = opened(&bytes).expect("a text");
                assert!(text(&file, 0) == long && text(&file, 7 + length) == long[7 + length..]);
                assert!(long.starts_with(file.beginning()));
                assert!(file.beginning().len() > BEGINNING - 4);
            }
        }
    }

    #[test]
    fn what_is_not_utf_8_far_below_is_windows_1252() {
        let mut bytes = "Große\n".repeat(50_000).into_bytes();
        bytes.extend(b"Gr\xF6\xDFe");
        let file = opened(&bytes).expect("a text");
        assert!(text(&file, 0).ends_with("Größe"));
        assert!(file.beginning().starts_with("GroÃŸe"));
    }

    #[test]
    fn what_is_no_text_is_told_apart() {
        let mut late = vec![b'x'; 200_000];
        late.push(0);
        for (bytes, fault) in [
            (&b""[..], FileFault::Empty),
            (b"\xEF\xBB\xBF \r\n", FileFault::Empty),
            (b"PK\x03\x04\x14\x00", FileFault::Workbook),
            (&late, FileFault::NotText),
        ] {
            assert_eq!(opened(bytes).err(), Some(fault));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_read_as_they_would_in_memory(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let in_memory = encoding::text_of(bytes.clone());
            let from_file = opened(&bytes).map(|file| text(&file, 0));
            prop_assert_eq!(from_file, in_memory);
        }
    }
}
