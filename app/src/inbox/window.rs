//! Which rows of a long list stand in the page: those in sight, and some around them. The others
//! are data, and a space as high as they are.

use domain::ids::ConversationId;
use std::ops::Range;

/// So far around what is in sight rows stand in the page, in pixels.
const AROUND: i32 = 1_200;
/// They are drawn anew when what is above has become so much less or more: a few in one go, and not
/// one by one; nor so many that rows in sight are moved within the page.
const SLACK: i32 = 600;
/// At least so many stand there, if there are as many: more than a page, which the server draws
/// whole.
const AT_LEAST: usize = 60;

/// The rows that stand in the page, by their places in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first of them.
    pub from: usize,
    /// The one after the last of them, though the list may be shorter.
    pub to: usize,
    /// Stands there besides, out of sight, since it has the focus: with the row that would be gone.
    pub apart: Option<ConversationId>,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            from: 0,
            to: AT_LEAST,
            apart: None,
        }
    }
}

/// How a list is scrolled, in pixels from its top.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// Where what is in sight begins.
    pub top: i32,
    /// How high that is.
    pub height: i32,
    /// Where the rows that stand in the page begin and end.
    pub drawn: (i32, i32),
}

impl Window {
    /// The places of a list with `count` rows.
    #[must_use]
    pub fn of(self, count: usize) -> Range<usize> {
        let to = self.to.min(count);
        // The list may have become shorter.
        self.from.min(to.saturating_sub(self.to - self.from))..to
    }

    /// Whether rows are in the page as far as they should be.
    #[must_use]
    pub fn suffices(self, count: usize, sight: Sight) -> bool {
        let Range { start, end } = self.of(count);
        let (above, below) = (
            sight.top - sight.drawn.0,
            sight.drawn.1 - sight.top - sight.height,
        );
        let is_enough = above <= AROUND + SLACK && below >= AROUND - SLACK;
        (start == 0 || above >= AROUND - SLACK) && (end == count || is_enough)
    }

    /// The one around what is in sight, of rows as high as `heights` says.
    #[must_use]
    pub fn around(heights: impl ExactSizeIterator<Item = i32>, sight: Sight) -> Self {
        let count = heights.len();
        let (mut at, mut from, mut to) = (0, count, 0);
        for (place, height) in heights.enumerate() {
            if at > sight.top + sight.height + AROUND {
                break;
            }
            at += height;
            to = place + 1;
            if at >= sight.top - AROUND {
                from = from.min(place);
            }
        }
        let from = from.min(count.saturating_sub(AT_LEAST));
        Self {
            from,
            to: to.max(from + AT_LEAST),
            apart: None,
        }
    }

    /// One with the row of this place in its middle.
    #[must_use]
    pub fn with(place: usize) -> Self {
        let from = place.saturating_sub(AT_LEAST / 2);
        Self {
            from,
            to: from + AT_LEAST,
            apart: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(count: usize, top: i32) -> Range<usize> {
        let sight = Sight {
            top,
            height: 700,
            drawn: (0, 0),
        };
        Window::around(std::iter::repeat_n(100, count), sight).of(count)
    }

    #[test]
    fn rows_stand_around_what_is_in_sight_at_least_sixty() {
        assert_eq!(around(0, 0), 0..0);
        assert_eq!(around(10, 0), 0..10);
        assert_eq!(around(1_000, 0), 0..60);
        assert_eq!(around(1_000, 50_000), 487..547);
        assert_eq!(around(1_000, 99_300), 940..1_000);
        // Of low rows more are in sight.
        let sight = Sight {
            top: 10_000,
            height: 700,
            drawn: (0, 0),
        };
        let low = Window::around(std::iter::repeat_n(10, 5_000), sight);
        assert_eq!(low.of(5_000), 879..1_191);
        // Scrolled further than there are rows, as a list is that has become shorter.
        assert_eq!(around(100, 50_000), 40..100);
    }

    #[test]
    fn a_list_that_becomes_shorter_keeps_as_many_in_the_page() {
        let window = Window::with(500);
        assert_eq!(window.of(1_000), 470..530);
        assert_eq!(window.of(480), 420..480);
        assert_eq!(window.of(20), 0..20);
        assert_eq!(Window::default().of(50), 0..50);
    }

    #[test]
    fn they_are_drawn_anew_before_their_end_is_in_sight() {
        let window = Window::with(500);
        let suffices = |top| {
            let sight = Sight {
                top,
                height: 700,
                drawn: (47_000, 53_000),
            };
            window.suffices(1_000, sight)
        };
        assert!(!suffices(47_599));
        assert!(suffices(47_600));
        assert!(suffices(48_800));
        assert!(!suffices(48_801));
        // At the list's ends there are no more.
        let sight = Sight {
            top: 0,
            height: 700,
            drawn: (0, 5_000),
        };
        assert!(Window::default().suffices(50, sight));
        assert!(Window::default().suffices(1_000, sight));
        let sight = Sight {
            top: 4_300,
            ..sight
        };
        assert!(Window::default().suffices(50, sight));
        assert!(!Window::default().suffices(1_000, sight));
    }
}
