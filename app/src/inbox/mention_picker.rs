//! `@` in a note: people of the team to choose from.

use super::{
    combobox::{describe, moved},
    draft::Draft,
    state::{InboxState, use_inbox},
};
use crate::{browser, ui::initials};
use domain::{account::NAME_MAX, ids::UserId, store::TeamMember};
use leptos::{ev, prelude::*};

/// The list's id.
const LIST: &str = "mention-list";
/// Most people shown at once.
const SHOWN_MAX: usize = 8;

/// The list over the note, and what it does there.
#[derive(Debug, Clone, Copy)]
pub struct MentionPicker {
    inbox: InboxState,
    draft: Draft,
    /// What is shown; nothing while it is closed.
    open: RwSignal<Option<Open>>,
    /// Where the sign is that is done with: its list was closed, or somebody was chosen.
    done_with: StoredValue<Option<usize>>,
}

/// What is shown.
#[derive(Debug, Clone)]
struct Open {
    /// What is typed behind the sign.
    query: String,
    /// Who fits it, by name; somebody at least.
    hits: Vec<TeamMember>,
    /// Which of them is chosen.
    chosen: usize,
}

impl MentionPicker {
    /// One that is closed.
    #[must_use]
    pub fn new(draft: Draft) -> Self {
        Self {
            inbox: use_inbox(),
            draft,
            open: RwSignal::new(None),
            done_with: StoredValue::new(None),
        }
    }

    /// Opens, changes or closes it after something was typed, or the cursor was put elsewhere.
    /// A reply speaks to the shopper only.
    pub fn look(self) {
        let Some(node) = self.draft.node.get_untracked() else {
            return;
        };
        let before = browser::before_cursor(&node);
        let signed = signed(&before).filter(|_| self.draft.is_note.get_untracked());
        let Some((at, query)) = signed else {
            self.done_with.set_value(None);
            self.close();
            return;
        };
        let is_shown = self
            .open
            .with_untracked(|open| open.as_ref().is_some_and(|open| open.query == query));
        if is_shown || self.done_with.get_value() == Some(at) {
            return;
        }
        let hits = self.inbox.desk.with_untracked(|desk| {
            let desk = desk.as_ref();
            desk.map(|desk| fitting(&desk.team, desk.me, query))
        });
        match hits.filter(|hits| !hits.is_empty()) {
            Some(hits) => self.set(Some(Open {
                query: query.to_owned(),
                hits,
                chosen: 0,
            })),
            None => self.close(),
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
            .and_then(|open| Some(option_id(open.hits.get(open.chosen)?.id)));
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
            ("Enter" | "Tab", _) => {
                if let Some(hit) = open.hits.get(open.chosen) {
                    self.pick(&hit.name);
                }
            }
            ("Escape", _) => self.dismiss(),
            _ => return false,
        }
        true
    }

    /// Closes it until another sign is typed.
    fn dismiss(self) {
        let node = self.draft.node.get_untracked();
        let before = node.map(|node| browser::before_cursor(&node));
        let at = before.and_then(|before| signed(&before).map(|(at, _)| at));
        self.done_with.set_value(at);
        self.close();
    }

    /// Puts a name in place of what stands behind the sign.
    fn pick(self, name: &str) {
        let Some(open) = self.open.get_untracked() else {
            return;
        };
        let typed = format!("@{}", open.query);
        self.draft.type_over(&typed, &format!("@{name} "));
        self.dismiss();
    }
}

/// Where an `@` is that begins a word, and what is typed behind it up to the cursor.
fn signed(before_cursor: &str) -> Option<(usize, &str)> {
    let (before, query) = before_cursor.rsplit_once('@')?;
    let begins_word = !before
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || c == '_');
    let is_query = !query.starts_with(char::is_whitespace)
        && !query.contains('\n')
        && query.chars().count() <= NAME_MAX;
    (begins_word && is_query).then_some((before.len(), query))
}

/// The others with a name, or a word of it, that begins with `query`.
fn fitting(team: &[TeamMember], me: UserId, query: &str) -> Vec<TeamMember> {
    let query = query.to_lowercase();
    let others = team.iter().filter(|member| member.id != me);
    let fit = others.filter(|member| {
        let name = member.name.to_lowercase();
        name.starts_with(&query) || name.split_whitespace().any(|word| word.starts_with(&query))
    });
    fit.take(SHOWN_MAX).cloned().collect()
}

fn option_id(person: UserId) -> String {
    format!("mention-{person}")
}

/// The list, above the box that it belongs to.
pub fn mention_picker(picker: MentionPicker) -> AnyView {
    let list = move || {
        let Some(open) = picker.open.get() else {
            return ().into_any();
        };
        let hits = open.hits.into_iter().enumerate();
        let options = hits.map(|(at, hit)| option(picker, hit, at == open.chosen));
        view! {
            <ul id=LIST role="listbox" aria-label="People of your team">
                {options.collect::<Vec<_>>()}
            </ul>
        }
        .into_any()
    };
    // The focus stays in the box.
    view! {
        <div class="canned-picker" on:mousedown=|event: ev::MouseEvent| event.prevent_default()>
            {list}
        </div>
    }
    .into_any()
}

fn option(picker: MentionPicker, hit: TeamMember, is_chosen: bool) -> AnyView {
    let name = hit.name.clone();
    view! {
        <li
            id=option_id(hit.id)
            class="canned-option mention-option"
            role="option"
            aria-selected=is_chosen.to_string()
            on:click=move |_| picker.pick(&hit.name)
        >
            <span class="avatar" aria-hidden="true">
                {initials(&name)}
            </span>
            <span dir="auto">{name.clone()}</span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{presence::Presence, role::Role};

    #[test]
    fn a_sign_that_begins_a_word_opens_the_list() {
        for (typed, query) in [
            ("@", Some((0, ""))),
            ("Hello @may", Some((6, "may"))),
            ("(@Maya Ch", Some((1, "Maya Ch"))),
            ("", None),
            ("jane@example", None),
            ("@ ", None),
            ("_@maya", None),
            ("@maya\nand", None),
        ] {
            assert_eq!(signed(typed), query, "{typed:?}");
        }
    }

    #[test]
    fn others_are_found_by_the_beginning_of_a_word_of_their_names() {
        let team: Vec<_> = ["Maya Chen", "Chad", "Me Chen"]
            .into_iter()
            .map(|name| TeamMember {
                id: UserId::generate(),
                name: name.to_owned(),
                role: Role::Agent,
                presence: Presence::default(),
            })
            .collect();
        let names = |query: &str| {
            let fit = fitting(&team, team[2].id, query).into_iter();
            fit.map(|member| member.name).collect::<Vec<_>>()
        };
        assert_eq!(names("ch"), ["Maya Chen", "Chad"]);
        assert_eq!(names("maya c"), ["Maya Chen"]);
        assert_eq!(names("ad"), Vec::<String>::new());
        assert_eq!(names(""), ["Maya Chen", "Chad"]);
    }
}
