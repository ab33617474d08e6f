//! A shop's list that is read page by page until it has what is looked for.

use domain::order_source::SourceTrouble;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// No page after the first is waited for longer than this, from the beginning: the orders that
/// were found then come within the time that a look-up has.
const WITHIN: Duration = Duration::from_secs(6);

/// A list as far as it was read.
pub struct List<Id> {
    /// How many are looked for.
    most: usize,
    /// Pages that may be read yet.
    pages_left: usize,
    until: Instant,
    found: Vec<Id>,
    /// Entries that were read, whether they were looked for or not.
    read: usize,
    has_ended: bool,
    is_cut_off: bool,
}

/// What was looked for in a list.
pub struct Listed<Id> {
    /// In the order of the list.
    pub ids: Vec<Id>,
    /// Whether the list has no more of them.
    pub are_all: bool,
}

impl<Id: PartialEq> List<Id> {
    /// One in which `most` are looked for, on so many pages. The shop works for each of
    /// them, so there is an end to it.
    pub fn new(most: usize, pages_max: usize) -> Self {
        Self {
            most,
            pages_left: pages_max,
            until: Instant::now() + WITHIN,
            found: Vec::new(),
            read: 0,
            has_ended: false,
            is_cut_off: false,
        }
    }

    /// The next page, once `asked` has it; `None` if that is too late, which ends the list. A
    /// first page takes as long as any call may.
    ///
    /// # Errors
    /// Those of `asked`.
    pub async fn page<T>(
        &mut self,
        asked: impl Future<Output = Result<T, SourceTrouble>>,
    ) -> Result<Option<T>, SourceTrouble> {
        if self.read == 0 {
            return asked.await.map(Some);
        }
        let page = timeout_at(self.until, asked).await;
        self.is_cut_off = page.is_err();
        page.ok().transpose()
    }

    /// Whether to ask for another page.
    pub fn goes_on(&self) -> bool {
        self.goes_on_at(Instant::now())
    }

    fn goes_on_at(&self, now: Instant) -> bool {
        let has_enough = self.found.len() >= self.most;
        let is_over = self.has_ended || self.is_cut_off || now >= self.until;
        !is_over && !has_enough && self.pages_left > 0
    }

    /// How many entries were read.
    pub fn read(&self) -> usize {
        self.read
    }

    /// A page was read: `entries` of them, with `found` among them.
    pub fn add(&mut self, entries: usize, found: impl Iterator<Item = Id>, is_last: bool) {
        self.pages_left = self.pages_left.saturating_sub(1);
        self.read += entries;
        self.has_ended = is_last;
        for id in found {
            // What is placed meanwhile moves others on to the next page.
            if !self.found.contains(&id) {
                self.found.push(id);
            }
        }
    }

    /// What was found.
    ///
    /// # Errors
    /// [`SourceTrouble::TooManyToSearch`] if that is nothing and the list goes on: whether it
    /// has what was looked for nobody knows.
    pub fn end(mut self) -> Result<Listed<Id>, SourceTrouble> {
        if self.found.is_empty() && !self.has_ended {
            return Err(SourceTrouble::TooManyToSearch);
        }
        let are_all = self.has_ended && self.found.len() <= self.most;
        self.found.truncate(self.most);
        Ok(Listed {
            ids: self.found,
            are_all,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;

    /// A list of pages with five entries each, read as far as it goes.
    fn read(most: usize, pages_max: usize, pages: &[&[u32]]) -> (List<u32>, usize) {
        let mut list = List::new(most, pages_max);
        let mut asked = 0;
        while list.goes_on() {
            let is_last = asked + 1 == pages.len();
            list.add(5, pages[asked].iter().copied(), is_last);
            asked += 1;
        }
        (list, asked)
    }

    #[test]
    fn a_list_is_read_until_it_has_what_is_looked_for() {
        let (list, asked) = read(1, 9, &[&[], &[7], &[8]]);
        assert_eq!((asked, list.read()), (2, 10));
        let listed = list.end().expect("found");
        assert_eq!((listed.ids, listed.are_all), (vec![7], false));
    }

    #[test]
    fn nothing_is_said_to_be_nowhere_only_of_a_list_that_was_read_to_its_end() {
        let nowhere: [&[u32]; 3] = [&[], &[], &[]];
        let listed = read(1, 3, &nowhere).0.end().expect("read to its end");
        assert!(listed.ids.is_empty() && listed.are_all);
        let cut_off = read(1, 2, &nowhere).0.end();
        assert_eq!(cut_off.err(), Some(SourceTrouble::TooManyToSearch));
    }

    #[test]
    fn what_was_found_counts_even_if_the_list_goes_on() {
        let (list, _) = read(3, 1, &[&[4], &[5]]);
        let listed = list.end().expect("found");
        assert_eq!((listed.ids, listed.are_all), (vec![4], false));
    }

    #[test]
    fn what_moves_on_to_the_next_page_is_found_once() {
        let (list, _) = read(3, 9, &[&[9, 8], &[8, 7]]);
        let listed = list.end().expect("found");
        assert_eq!((listed.ids, listed.are_all), (vec![9, 8, 7], true));
    }

    #[tokio::test]
    async fn a_page_that_comes_too_late_ends_the_list_and_leaves_what_was_found() {
        let mut list = List::new(3, 9);
        list.add(5, [7].into_iter(), false);
        list.until = Instant::now() + Duration::from_millis(1);
        let page = list.page(pending::<Result<(), SourceTrouble>>()).await;
        assert_eq!(page, Ok(None));
        list.until = Instant::now() + WITHIN;
        assert!(!list.goes_on());
        let listed = list.end().expect("found");
        assert_eq!((listed.ids, listed.are_all), (vec![7], false));
    }

    #[tokio::test]
    async fn a_first_page_has_the_time_of_any_call_and_trouble_is_told() {
        let mut list = List::<u32>::new(3, 9);
        list.until = Instant::now();
        let first = list.page(async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(())
        });
        assert_eq!(first.await, Ok(Some(())));
        list.until = Instant::now() + WITHIN;
        list.add(5, [].into_iter(), false);
        let failing = list.page::<()>(async { Err(SourceTrouble::Failing) });
        assert_eq!(failing.await, Err(SourceTrouble::Failing));
    }

    #[test]
    fn no_page_is_asked_for_once_the_time_is_over() {
        let list = List::<u32>::new(1, 9);
        assert!(list.goes_on_at(list.until - Duration::from_millis(1)));
        assert!(!list.goes_on_at(list.until));
        assert_eq!(list.end().err(), Some(SourceTrouble::TooManyToSearch));
    }
}
