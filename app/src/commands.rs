//! What can be done from everywhere by a few letters: pages say what they can do, the palette
//! offers it.

use crate::ui::Glyph;
use leptos::prelude::*;

/// Something that can be done.
#[derive(Debug, Clone)]
pub struct Command {
    /// What it does, in words.
    pub name: String,
    /// What it is found by besides.
    pub about: &'static str,
    /// The key that does it as well; none if empty.
    pub key: &'static str,
    /// The drawing before it.
    pub glyph: Glyph,
    /// Does it.
    pub run: Callback<()>,
}

/// What the open page can do.
#[derive(Debug, Clone, Copy)]
pub struct Commands {
    of_page: RwSignal<Vec<(u64, Vec<Command>)>>,
    next: StoredValue<u64>,
}

impl Commands {
    /// Makes them available to all components below.
    pub fn provide() -> Self {
        let commands = Self {
            of_page: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
        };
        provide_context(commands);
        commands
    }

    /// Offers more of them as long as the component is there.
    pub fn offer(self, more: Vec<Command>) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.of_page.update(|all| all.push((number, more)));
        on_cleanup(move || {
            self.of_page
                .try_update(|all| all.retain(|(other, _)| *other != number));
        });
    }

    /// All of them, tracked.
    #[must_use]
    pub fn all(self) -> Vec<Command> {
        self.of_page
            .with(|all| all.iter().flat_map(|(_, more)| more.clone()).collect())
    }
}

/// The page's [`Commands`].
#[must_use]
pub fn use_commands() -> Commands {
    expect_context()
}

/// Those that fit what is typed: each word of it begins a word of theirs. First those whose
/// name begins with it.
#[must_use]
pub fn fitting(all: Vec<Command>, typed: &str) -> Vec<Command> {
    let typed = typed.trim().to_lowercase();
    let words: Vec<_> = typed.split_whitespace().collect();
    let mut fitting: Vec<_> = all
        .into_iter()
        .filter(|command| {
            let name = command.name.to_lowercase();
            let about = command.about.to_lowercase();
            let mut own = name.split_whitespace().chain(about.split_whitespace());
            let own: Vec<_> = own.by_ref().collect();
            words
                .iter()
                .all(|word| own.iter().any(|own| own.starts_with(word)))
        })
        .collect();
    fitting.sort_by_key(|command| !command.name.to_lowercase().starts_with(&typed));
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(typed: &str) -> Vec<String> {
        let owner = Owner::new();
        owner.set();
        let command = |name: &str, about| Command {
            name: name.to_owned(),
            about,
            key: "",
            glyph: Glyph::Inbox,
            run: Callback::new(|()| {}),
        };
        let all = vec![
            command("Go to Orders", "what order tracking answers from"),
            command("Go to Chat Inbox", "read and answer your shoppers"),
            command("Resolve", "close this conversation"),
            command("Assign to me", "take this conversation"),
        ];
        let fitting = fitting(all, typed);
        fitting.into_iter().map(|command| command.name).collect()
    }

    #[test]
    fn every_word_that_is_typed_begins_a_word_of_the_command() {
        assert_eq!(names("in go"), ["Go to Chat Inbox"]);
        assert_eq!(names("conv"), ["Resolve", "Assign to me"]);
        assert_eq!(names("nbox"), [""; 0]);
        assert_eq!(names("  ").len(), 4);
    }

    #[test]
    fn a_name_that_begins_with_it_comes_first() {
        assert_eq!(names("as"), ["Assign to me"]);
        assert_eq!(
            names("a"),
            ["Assign to me", "Go to Orders", "Go to Chat Inbox"]
        );
    }
}
