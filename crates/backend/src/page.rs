//! Lists that are read page by page.

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// In the list's order.
    pub items: Vec<T>,
    /// Whether the list goes on after them.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// The first `limit` of `rows`, of which one more was asked for.
    pub(crate) fn of(mut rows: Vec<T>, limit: i64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        Self {
            items: rows,
            has_more,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn a_row_too_many_says_that_there_are_more() {
        let page = |rows: &[u8]| Page::of(rows.to_vec(), 2);
        assert_eq!(
            (page(&[1, 2]).items, page(&[1, 2]).has_more),
            (vec![1, 2], false)
        );
        assert_eq!(
            (page(&[1, 2, 3]).items, page(&[1, 2, 3]).has_more),
            (vec![1, 2], true)
        );
    }
}
