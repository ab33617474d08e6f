//! What is looked for, in the address.

use crate::{
    addresses, browser,
    inbox::state::{InboxState, use_inbox},
};
use domain::{
    UnixMillis,
    conversation::Status,
    ids::{ConversationId, MessageId},
    search::{Author, Search},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const DAY: UnixMillis = 24 * 60 * 60 * 1_000;

/// How far back is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Week,
    Month,
    Year,
}

impl When {
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Year];

    /// The word in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Year => "year",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Week => "7 days",
            Self::Month => "30 days",
            Self::Year => "A year",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|when| when.as_str() == word)
    }

    fn since(self, now: UnixMillis) -> UnixMillis {
        now - DAY
            * match self {
                Self::Week => 7,
                Self::Month => 30,
                Self::Year => 365,
            }
    }
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    pub q: String,
    pub author: Option<Author>,
    pub when: Option<When>,
    pub status: Option<Status>,
}

impl Ask {
    /// Nothing is looked for: the list is shown.
    pub fn is_nothing(&self) -> bool {
        self.q.trim().is_empty()
    }

    /// Whether something is left out.
    pub fn is_filtered(&self) -> bool {
        self.author.is_some() || self.when.is_some() || self.status.is_some()
    }

    /// As the server is asked.
    pub fn search(self) -> Search {
        Search {
            since: self.when.map(|when| when.since(browser::now())),
            q: self.q,
            status: self.status,
            author: self.author,
        }
    }

    /// As pairs of a query.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        if self.is_nothing() {
            return Vec::new();
        }
        let mut pairs = vec![("q", addresses::encode(&self.q))];
        let mut say = |name, word: Option<&str>| {
            pairs.extend(word.map(|word| (name, word.to_owned())));
        };
        say("author", self.author.map(Author::as_str));
        say("when", self.when.map(When::as_str));
        say("status", self.status.map(Status::as_str));
        pairs
    }
}

/// What the address looks for, tracked.
#[must_use]
pub fn use_ask() -> Memo<Ask> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| Ask {
            q: query.get("q").unwrap_or_default(),
            author: query.get_str("author").and_then(Author::from_word),
            when: query.get_str("when").and_then(When::from_word),
            status: query.get_str("status").and_then(Status::from_word),
        })
    })
}

/// Where `ask` is shown, with the open conversation beside it. Untracked.
pub fn address(inbox: InboxState, ask: &Ask) -> String {
    let (store, view) = (inbox.store.get_untracked(), inbox.view.get_untracked());
    let path = match inbox.selected.get_untracked() {
        Some(id) => addresses::conversation(store, id, view),
        None => addresses::inbox(store, view),
    };
    with_pairs(path, ask.pairs())
}

/// Where a message that was found is shown, with what was found beside it. Untracked.
pub fn found_at(
    inbox: InboxState,
    ask: &Ask,
    conversation: ConversationId,
    message: Option<MessageId>,
) -> String {
    let (store, view) = (inbox.store.get_untracked(), inbox.view.get_untracked());
    let mut pairs = ask.pairs();
    pairs.extend(message.map(|message| ("message", message.to_string())));
    with_pairs(addresses::conversation(store, conversation, view), pairs)
}

/// The list, with what is looked for in it if something is. Tracked.
pub fn kept() -> impl Fn() -> String + Clone {
    let (inbox, ask) = (use_inbox(), use_ask());
    move || {
        let path = addresses::inbox(inbox.store.get(), inbox.view.get());
        ask.with(|ask| with_pairs(path, ask.pairs()))
    }
}

fn with_pairs(mut path: String, pairs: Vec<(&str, String)>) -> String {
    for (name, value) in pairs {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(name);
        path.push('=');
        path.push_str(&value);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_stands_in_the_address() {
        let ask = Ask {
            q: "50 % & é".into(),
            author: Some(Author::Team),
            when: Some(When::Month),
            status: None,
        };
        assert_eq!(
            with_pairs("/inbox?tab=all".into(), ask.pairs()),
            "/inbox?tab=all&q=50%20%25%20%26%20%C3%A9&author=team&when=30d"
        );
        let nothing = Ask {
            q: " ".into(),
            ..ask
        };
        assert_eq!(with_pairs("/inbox".into(), nothing.pairs()), "/inbox");
    }

    #[test]
    fn a_time_is_found_by_its_word() {
        for when in When::ALL {
            assert_eq!(When::from_word(when.as_str()), Some(when));
        }
    }
}
