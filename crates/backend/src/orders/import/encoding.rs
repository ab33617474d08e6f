//! The bytes of a file as text, in whichever encoding it was saved.

use domain::order_import::FileFault;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much of a file is looked at to tell which encoding it has.
pub(super) const LOOKED_AT: usize = 1_024;

/// The encoding of a file that begins so, and the length of its mark: UTF-8 or UTF-16, with a
/// byte order mark or without. What turns out not to be UTF-8 is Windows-1252.
pub(super) fn of(bytes: &[u8]) -> Result<(&'static Encoding, usize), FileFault> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(FileFault::Workbook);
    }
    Ok(Encoding::for_bom(bytes).unwrap_or((by_look(bytes), 0)))
}

/// The text of a file: UTF-8 or UTF-16, with a byte order mark or without, else
/// Windows-1252, of which Latin-1 is a part.
pub(crate) fn text_of(bytes: Vec<u8>) -> Result<String, FileFault> {
    let (encoding, mark) = of(&bytes)?;
    let text = if encoding == UTF_8 && mark == 0 {
        match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(other) => decoded(WINDOWS_1252, other.as_bytes())?,
        }
    } else {
        decoded(encoding, &bytes[mark..])?
    };
    if text.contains('\0') {
        return Err(FileFault::NotText);
    }
    if text.trim().is_empty() {
        return Err(FileFault::Empty);
    }
    Ok(text)
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, FileFault> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(|text| text.into_owned())
        .ok_or(FileFault::NotText)
}

/// Text of our alphabets has a zero in every other byte of UTF-16, and none in UTF-8.
fn by_look(bytes: &[u8]) -> &'static Encoding {
    let looked_at = &bytes[..bytes.len().min(LOOKED_AT)];
    let zeros = |parity: usize| {
        let zeros = looked_at.iter().skip(parity).step_by(2);
        zeros.filter(|byte| **byte == 0).count()
    };
    let most = looked_at.len() / 4;
    match (zeros(0), zeros(1)) {
        (even, 0) if even > most => UTF_16BE,
        (0, odd) if odd > most => UTF_16LE,
        _ => UTF_8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Name;Größe\n#1;Zoë";

    fn utf_16(order: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xFEFF);
        mark.into_iter()
            .chain(TEXT.encode_utf16())
            .flat_map(order)
            .collect()
    }

    #[test]
    fn every_encoding_reads_the_same() {
        let latin_1 = TEXT
            .chars()
            .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
            .collect();
        for (name, bytes) in [
            ("UTF-8", TEXT.as_bytes().to_vec()),
            ("UTF-8 with a mark", format!("\u{FEFF}{TEXT}").into_bytes()),
            ("UTF-16 LE with a mark", utf_16(u16::to_le_bytes, true)),
            ("UTF-16 BE with a mark", utf_16(u16::to_be_bytes, true)),
            ("UTF-16 LE", utf_16(u16::to_le_bytes, false)),
            ("UTF-16 BE", utf_16(u16::to_be_bytes, false)),
            ("Latin-1", latin_1),
        ] {
            assert_eq!(text_of(bytes).as_deref(), Ok(TEXT), "{name}");
        }
    }

    #[test]
    fn what_is_no_text_is_told_apart() {
        for (bytes, fault) in [
            (&b""[..], FileFault::Empty),
            (b"\xEF\xBB\xBF \r\n", FileFault::Empty),
            (b"PK\x03\x04\x14\x00", FileFault::Workbook),
            (b"\x89PNG\r\n\x1A\n\x00\x00\x00\x0DIHDR", FileFault::NotText),
        ] {
            assert_eq!(text_of(bytes.to_vec()), Err(fault));
        }
    }
}
