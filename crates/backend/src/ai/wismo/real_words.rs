//! Which English words are real: no such word is taken for a slip of another.
//!
//! A Bloom filter of 118,000 words, made by `scripts/real_words.py`, which names their source:
//! a word of the list is always found; of others one in 300 is taken for a real one, and a slip
//! that looks like that stays as it is written.

static FILTER: &[u8] = include_bytes!("real_words.bin");

/// How many bits each word has set.
const PROBES: u64 = 8;

/// Whether a lower-case word is a real one, or looks like that.
pub(super) fn contains(word: &str) -> bool {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let (first, step) = (hash & 0xffff_ffff, hash >> 32 | 1);
    (0..PROBES).all(|probe| {
        let bit = (first + probe * step) % (FILTER.len() as u64 * 8);
        FILTER[(bit / 8) as usize] & 1 << (bit % 8) != 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_words_are_found_and_few_others() {
        for word in [
            "border",
            "talking",
            "person",
            "sunday",
            "whereas",
            "tracy",
            "parsonage",
            "delightful",
        ] {
            assert!(contains(word), "{word}");
        }
        for slip in [
            "oder",
            "recieved",
            "pakage",
            "delievery",
            "dispached",
            "wher",
        ] {
            assert!(!contains(slip), "{slip}");
        }
        let letters = b"abcdefghijklmnopqrstuvwxyz";
        let found = (0..10_000_usize)
            .map(|at| {
                let letter = |step: usize| char::from(letters[at / step % 26]);
                format!("x{}q{}z{}w", letter(1), letter(26), letter(676))
            })
            .filter(|word| contains(word))
            .count();
        assert!(found < 100, "{found}");
    }
}
