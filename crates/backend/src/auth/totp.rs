//! Codes that change every 30 seconds, as authenticator apps make them: RFC 6238 with SHA-1 and
//! six digits, the one form that all of them know.
//!
//! Thirty lines on the HMAC that is here anyway: a library brings other hashes and lengths to
//! choose among, and what is hard (each code once, how often one may be tried) is not in it.

use crate::error::{Error, Result};
use domain::UnixMillis;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Length of a key, in bytes: SHA-1's own, as RFC 4226 recommends.
pub(super) const KEY: usize = 20;
/// How long a code lasts, in milliseconds.
const STEP: UnixMillis = 30_000;
/// A code has six digits.
const CODES: u32 = 1_000_000;
/// Steps before and after now whose codes are right: clocks differ, and people type slowly.
const DRIFT: i64 = 1;

/// Number of the 30 seconds that `now` is in, counted from 1970.
pub(super) fn step_at(now: UnixMillis) -> i64 {
    now.div_euclid(STEP)
}

/// The step whose code this is, if it is one of now that comes after the step `last` whose code
/// was used. Takes as long for a wrong code as for a right one.
///
/// # Errors
/// If the key can't be used, which any can.
pub(super) fn matching_step(
    key: &[u8],
    code: u32,
    last: i64,
    now: UnixMillis,
) -> Result<Option<i64>> {
    let this = step_at(now);
    let mut found = None;
    for step in this - DRIFT..=this + DRIFT {
        let is_right = bool::from(code_at(key, step)?.ct_eq(&code));
        if is_right && step > last {
            found = Some(step);
        }
    }
    Ok(found)
}

/// The code of a step.
///
/// # Errors
/// As [`matching_step`].
pub(super) fn code_at(key: &[u8], step: i64) -> Result<u32> {
    Ok(truncated(key, step)? % CODES)
}

/// RFC 4226, section 5.3: the 31 bits that a code's digits are made of.
fn truncated(key: &[u8], step: i64) -> Result<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key)
        .map_err(|error| Error::Internal(format!("a key of codes: {error}")))?;
    mac.update(&step.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    let offset = usize::from(hash[19] & 0x0f);
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&hash[offset..offset + 4]);
    Ok(u32::from_be_bytes(bytes) & 0x7fff_ffff)
}

/// `bytes` in base32 (RFC 4648) without padding, as apps take keys.
pub(super) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    bytes
        .chunks(5)
        .flat_map(|chunk| {
            let mut block = [0; 8];
            block[3..3 + chunk.len()].copy_from_slice(chunk);
            let bits = u64::from_be_bytes(block);
            let digits = (chunk.len() * 8).div_ceil(5);
            (0..digits).map(move |at| {
                let five = bits >> (35 - 5 * at) & 0x1f;
                char::from(ALPHABET[usize::try_from(five).unwrap_or_default()])
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RFC_KEY: &[u8; KEY] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, the rows of SHA-1: eight digits.
        for (seconds, expected) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let step = step_at(seconds * 1_000);
            let eight = truncated(RFC_KEY, step).expect("a key") % 100_000_000;
            assert_eq!(eight, expected, "{seconds}");
        }
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        // Appendix D: six digits of the counts 0 to 9.
        let codes: Vec<_> = (0..10)
            .map(|count| code_at(RFC_KEY, count).expect("a key"))
            .collect();
        assert_eq!(
            codes,
            [
                755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871,
                520_489
            ]
        );
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (text, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(text.as_bytes()), expected);
        }
        assert_eq!(base32(RFC_KEY), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    proptest! {
        #[test]
        fn a_code_is_right_in_its_step_and_the_two_beside_it_and_once(
            key in prop::array::uniform20(any::<u8>()),
            now in 0_i64..4_000_000_000_000,
            away in -4_i64..=4,
        ) {
            let step = step_at(now) + away;
            let code = code_at(&key, step).expect("a key");
            // Another step of now may have the same code by chance.
            let by_chance = (-DRIFT..=DRIFT)
                .filter(|other| *other != away)
                .any(|other| code_at(&key, step_at(now) + other).expect("a key") == code);
            prop_assume!(!by_chance);
            let found = matching_step(&key, code, i64::MIN, now).expect("a key");
            prop_assert_eq!(found, (away.abs() <= DRIFT).then_some(step));
            let again = matching_step(&key, code, step, now).expect("a key");
            prop_assert_eq!(again, None);
        }
    }
}
