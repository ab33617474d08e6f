//! Cells that a spreadsheet would run.

/// The cell with a mark before it if a spreadsheet would take it for a formula. Cells that
/// have such a mark themselves get another, so that [`unmarked`] gives back what was there.
/// <https://owasp.org/www-community/attacks/CSV_Injection>
pub(crate) fn marked(cell: &str) -> String {
    if is_formula(cell.trim_start_matches('\'')) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// The cell without the mark of [`marked`].
pub(crate) fn unmarked(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_get_a_mark_and_nothing_else_does() {
        assert_eq!(marked("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        for formula in ["=1", "+1", "-1", "@x", "\tx"] {
            assert_eq!(marked(formula), format!("'{formula}"));
        }
        for text in ["", "Lamp", "'90s lamp", "#1001", "a=b"] {
            assert_eq!(marked(text), text);
            assert_eq!(unmarked(text), text);
        }
    }

    proptest! {
        #[test]
        fn what_was_marked_is_given_back(cell in "['=+@-]{0,4}\\PC{0,9}") {
            let marked = marked(&cell);
            prop_assert!(!is_formula(&marked));
            prop_assert_eq!(unmarked(&marked), cell);
        }
    }
}
