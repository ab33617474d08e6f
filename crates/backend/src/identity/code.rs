//! A code by email: whoever reads the mails of an address may call it theirs.

use crate::{
    error::{Error, Result},
    secret::Secret,
};
use domain::ids::StoreId;

/// Digits of a code.
const DIGITS: usize = 6;
/// How many codes there are.
const CODES: u32 = 1_000_000;

/// A new code, each as likely as any other.
///
/// # Errors
/// If the system has no randomness to give.
pub(crate) fn generate() -> Result<String> {
    // The numbers at the end would make some codes likelier.
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::Internal(format!("randomness: {error}")))?;
        let number = u32::from_le_bytes(bytes);
        if number < FAIR {
            return Ok(format!("{:0DIGITS$}", number % CODES));
        }
    }
}

/// `code` as it is stored: the mail is written later, by a job.
pub(crate) fn seal(secret: &Secret, store_id: StoreId, code: &str) -> Result<String> {
    secret.seal(&purpose(store_id), code.as_bytes())
}

/// The code that was sealed.
pub(crate) fn open(secret: &Secret, store_id: StoreId, sealed: &str) -> Result<String> {
    let code = secret.open(&purpose(store_id), sealed)?;
    String::from_utf8(code).map_err(|_| Error::corrupt("email_codes.sealed"))
}

/// Whether `given` is `code`, however somebody writes it. Takes as long wherever they differ.
pub(crate) fn is_same(secret: &Secret, given: &str, code: &str) -> bool {
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let hash = |text: &str| secret.keyed_hash("email code", text.as_bytes());
    hash(&given) == hash(code)
}

fn purpose(store_id: StoreId) -> String {
    format!("email code of {store_id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_six_digits_and_differ() {
        let codes: Vec<_> = (0..100).map(|_| generate().expect("a code")).collect();
        for code in &codes {
            assert!(code.len() == DIGITS && code.bytes().all(|b| b.is_ascii_digit()));
        }
        assert!(codes.into_iter().collect::<HashSet<_>>().len() > 90);
    }

    #[test]
    fn a_code_may_be_written_with_spaces() {
        let secret = Secret::of_this_process().expect("a secret");
        assert!(is_same(&secret, " 123 456\n", "123456"));
        for wrong in ["", "12345", "1234567", "654321", "１２３４５６"] {
            assert!(!is_same(&secret, wrong, "123456"), "{wrong}");
        }
    }

    #[test]
    fn a_sealed_code_is_one_stores() {
        let secret = Secret::of_this_process().expect("a secret");
        let store = StoreId::generate();
        let sealed = seal(&secret, store, "123456").expect("sealed");
        assert_eq!(
            open(&secret, store, &sealed).ok().as_deref(),
            Some("123456")
        );
        assert!(open(&secret, StoreId::generate(), &sealed).is_err());
    }
}
