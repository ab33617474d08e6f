//! Words with one typing error.

/// Shortest word that may have one: shorter ones are all alike.
pub const TYPO_MIN: usize = 4;

/// Whether the two differ by at most one typing error: a character too many, one too few,
/// another one, or two that have changed places.
#[must_use]
pub fn within_one(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a.len(), b.len()) {
        (0, 0 | 1) | (1, 0) => true,
        (0, _) | (_, 0) => false,
        (of_a, of_b) if of_a == of_b => {
            a[1..] == b[1..] || (of_a > 1 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..])
        }
        (of_a, of_b) if of_a == of_b + 1 => a[1..] == *b,
        (of_a, of_b) if of_b == of_a + 1 => b[1..] == *a,
        _ => false,
    }
}

/// Whether `word` begins with something that differs from `beginning` by at most one typing
/// error.
#[must_use]
pub fn begins_within_one(beginning: &[char], word: &[char]) -> bool {
    let around = beginning.len().saturating_sub(1)..=beginning.len() + 1;
    around
        .filter(|length| *length <= word.len())
        .any(|length| within_one(beginning, &word[..length]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    /// The textbook's, for all lengths.
    fn distance(a: &[char], b: &[char]) -> usize {
        let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                rows[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let mut least = (rows[i - 1][j] + 1)
                        .min(rows[i][j - 1] + 1)
                        .min(rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]));
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(rows[i - 2][j - 2] + 1);
                    }
                    least
                };
            }
        }
        rows[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn it_is_the_textbooks_distance(a in "[ab]{0,6}", b in "[ab]{0,6}") {
            let (a, b) = (chars(&a), chars(&b));
            prop_assert_eq!(within_one(&a, &b), distance(&a, &b) <= 1);
        }
    }

    #[test]
    fn a_beginning_may_have_an_error() {
        assert!(begins_within_one(&chars("jhon"), &chars("johnson")));
        assert!(begins_within_one(&chars("smit"), &chars("smith")));
        assert!(!begins_within_one(&chars("nhoj"), &chars("johnson")));
    }
}
