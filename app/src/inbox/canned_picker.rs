//! `/` in the reply box: canned responses to choose from.

use super::{
    combobox::{describe, moved},
    draft::{Draft, NewestOrder},
    thread_state::{ThreadState, use_thread},
};
use crate::{
    browser,
    canned::{api, values::of_team},
    rooms::CANNED_RESPONSES,
    session::{AccountResource, use_account},
    ui::post_fields,
};
use domain::{
    canned::{
        CannedResponse, KEYWORD_MAX,
        search::ranked,
        template::{Values, fill, unfilled},
    },
    text::excerpt,
};
use leptos::{ev, prelude::*, server_fn::ServerFn, task::spawn_local};

/// The list's id.
const LIST: &str = "canned-list";
/// Most responses shown at once.
const SHOWN_MAX: usize = 30;
/// Characters of a text that are shown.
const EXCERPT: usize = 120;

/// The list over the reply box, and what it does there.
#[derive(Debug, Clone, Copy)]
pub struct Picker {
    thread: ThreadState,
    draft: Draft,
    account: AccountResource,
    newest: NewestOrder,
    /// What is shown; nothing while it is closed.
    open: RwSignal<Option<Open>>,
    known: StoredValue<Known>,
}

/// What is shown.
#[derive(Debug, Clone)]
struct Open {
    /// What is typed behind the slash.
    query: String,
    /// What fits it, the best first.
    hits: Vec<CannedResponse>,
    /// Which of them is chosen.
    chosen: usize,
    /// What is said where nothing fits.
    status: &'static str,
}

/// What is known without being shown.
#[derive(Debug, Clone)]
struct Known {
    responses: Vec<CannedResponse>,
    /// What is said while there are none.
    status: &'static str,
    /// Where the slash is that is done with: its list was closed, or something was chosen.
    done_with: Option<usize>,
}

impl Picker {
    /// One that is closed.
    #[must_use]
    pub fn new(draft: Draft) -> Self {
        Self {
            thread: use_thread(),
            draft,
            account: use_account(),
            newest: expect_context(),
            open: RwSignal::new(None),
            known: StoredValue::new(Known {
                responses: Vec::new(),
                status: "Loading canned responses …",
                done_with: None,
            }),
        }
    }

    /// Opens, changes or closes it after something was typed, or the cursor was put elsewhere.
    pub fn look(self) {
        let Some(node) = self.draft.node.get_untracked() else {
            return;
        };
        let before = browser::before_cursor(&node);
        let slashed = slashed(&before);
        let done_with = self.known.with_value(|known| known.done_with);
        if slashed.is_some() && slashed.map(|(at, _)| at) == done_with {
            return;
        }
        self.known.update_value(|known| known.done_with = None);
        let shown = self
            .open
            .with_untracked(|open| open.as_ref().map(|open| open.query.clone()));
        match slashed {
            None => self.close(),
            Some((_, query)) if shown.as_deref() == Some(query) => {}
            Some((_, query)) => {
                if shown.is_none() {
                    self.load();
                }
                self.show(query);
            }
        }
    }

    /// Shows what fits. More than one word that fits nothing is no search: somebody writes
    /// about a path.
    fn show(self, query: &str) {
        let open = self.known.with_value(|known| {
            let best = ranked(&known.responses, query).into_iter().take(SHOWN_MAX);
            let status = if known.responses.is_empty() {
                known.status
            } else {
                "No canned response fits."
            };
            Open {
                query: query.to_owned(),
                hits: best.cloned().collect(),
                chosen: 0,
                status,
            }
        });
        if open.hits.is_empty() && query.contains(char::is_whitespace) {
            self.close();
        } else {
            self.set(Some(open));
        }
    }

    /// Closes it.
    pub fn close(self) {
        if self.open.with_untracked(Option::is_some) {
            self.set(None);
        }
    }

    fn set(self, open: Option<Open>) {
        let chosen = open
            .as_ref()
            .and_then(|open| Some(option_id(open.hits.get(open.chosen)?)));
        let is_open = open.is_some();
        self.open.set(open);
        describe(self.draft.node, is_open, LIST, chosen);
    }

    /// Does what a key does in an open list. `true` if the key is used up.
    pub fn takes(self, key: &str) -> bool {
        let Some(mut open) = self.open.get_untracked() else {
            return false;
        };
        match (key, moved(key, open.chosen, open.hits.len())) {
            (_, Some(chosen)) => {
                open.chosen = chosen;
                self.set(Some(open));
            }
            ("Enter", _) => {
                if let Some(hit) = open.hits.get(open.chosen) {
                    self.pick(hit);
                }
            }
            ("Escape", _) => self.dismiss(),
            _ => return false,
        }
        true
    }

    /// Closes it until another slash is typed.
    fn dismiss(self) {
        let node = self.draft.node.get_untracked();
        let before = node.map(|node| browser::before_cursor(&node));
        let at = before.and_then(|before| slashed(&before).map(|(at, _)| at));
        self.known.update_value(|known| known.done_with = at);
        self.close();
    }

    /// Puts a response in place of the slash and what stands behind it, and selects what is
    /// left to fill in.
    fn pick(self, response: &CannedResponse) {
        let Some(open) = self.open.get_untracked() else {
            return;
        };
        let filled = fill(&response.text, &self.values());
        let slashed = format!("/{}", open.query);
        self.draft.type_over(&slashed, &filled);
        // The text may end with a slash of its own.
        self.dismiss();
        if let Some(node) = self.draft.node.get_untracked()
            && let Some(at) = unfilled(&node.value())
        {
            browser::select(&node, at);
        }
        let fields = vec![
            ("store", self.thread.store.to_string()),
            ("response", response.id.to_string()),
        ];
        // A use that isn't counted is no reason to disturb anybody.
        spawn_local(async move { drop(post_fields(api::NoteUse::PATH, fields).await) });
    }

    fn values(self) -> Values {
        let mut values = of_team(self.account, self.thread.store);
        values.customer_name = self
            .thread
            .conversation
            .with_untracked(|conversation| conversation.visitor.name.clone());
        values.order_number = self
            .order_of_thread()
            .or_else(|| self.newest.0.get_untracked());
        values
    }

    /// The order that an answer was last about; one with several of them was a question.
    fn order_of_thread(self) -> Option<String> {
        self.thread.messages.with_untracked(|messages| {
            let mut cards = messages.iter().rev();
            cards.find_map(|message| match message.data.as_ref()?.orders.as_slice() {
                [order] => Some(order.number.clone()),
                _ => None,
            })
        })
    }

    /// Asks for the responses, anew each time that it is opened.
    fn load(self) {
        let store = self.thread.store;
        spawn_local(async move {
            let list = api::list(store).await;
            self.known.try_update_value(|known| match list {
                Ok(list) => {
                    known.responses = list.responses;
                    known.status = "There is no canned response yet.";
                }
                // What was there before is better than nothing.
                Err(_) => known.status = "Canned responses can't be loaded right now.",
            });
            let query = self
                .open
                .try_with_untracked(|open| Some(open.as_ref()?.query.clone()));
            if let Some(Some(query)) = query {
                self.show(&query);
            }
        });
    }
}

/// Where a slash is that begins a word, and what is typed behind it up to the cursor.
fn slashed(before_cursor: &str) -> Option<(usize, &str)> {
    let (before, query) = before_cursor.rsplit_once('/')?;
    let begins_word = before.chars().next_back().is_none_or(char::is_whitespace);
    let is_query = !query.starts_with(char::is_whitespace)
        && !query.contains('\n')
        && query.chars().count() <= KEYWORD_MAX;
    (begins_word && is_query).then_some((before.len(), query))
}

fn option_id(response: &CannedResponse) -> String {
    format!("canned-{}", response.id)
}

/// The list, above the box that it belongs to.
pub fn canned_picker(picker: Picker) -> AnyView {
    let list = move || {
        let Some(open) = picker.open.get() else {
            return ().into_any();
        };
        if open.hits.is_empty() {
            view! {
                <p class="canned-picker-status muted" role="status">
                    {open.status}
                </p>
            }
            .into_any()
        } else {
            let hits = open.hits.into_iter().enumerate();
            let options = hits.map(|(at, hit)| option(picker, hit, at == open.chosen));
            view! {
                <ul id=LIST role="listbox" aria-label=CANNED_RESPONSES.name>
                    {options.collect::<Vec<_>>()}
                </ul>
            }
            .into_any()
        }
    };
    // The focus stays in the box.
    view! {
        <div class="canned-picker" on:mousedown=|event: ev::MouseEvent| event.prevent_default()>
            {list}
        </div>
    }
    .into_any()
}

fn option(picker: Picker, hit: CannedResponse, is_chosen: bool) -> AnyView {
    let id = option_id(&hit);
    let keyword = format!("/{}", hit.keyword);
    let title = hit.title.clone();
    let start = excerpt(&hit.text, EXCERPT);
    view! {
        <li
            id=id
            class="canned-option"
            role="option"
            aria-selected=is_chosen.to_string()
            on:click=move |_| picker.pick(&hit)
        >
            <span class="canned-option-name">
                <code class="canned-keyword">{keyword}</code>
                <span dir="auto">{title}</span>
            </span>
            <span class="canned-option-text muted" dir="auto">{start}</span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_that_begins_a_word_opens_the_list() {
        for (typed, query) in [
            ("/", Some((0, ""))),
            ("/ref", Some((0, "ref"))),
            ("Hello /ref", Some((6, "ref"))),
            ("Hello\n/refund late", Some((6, "refund late"))),
            ("/ref /", Some((5, ""))),
            ("ü 👋 /ü", Some((8, "ü"))),
            ("", None),
            ("and/or", None),
            ("https://shop", None),
            ("1 / 2", None),
            ("/ref\nund", None),
            ("/ref/und", None),
        ] {
            assert_eq!(slashed(typed), query, "{typed:?}");
        }
        assert_eq!(slashed(&format!("/{}", "a".repeat(KEYWORD_MAX + 1))), None);
    }
}
