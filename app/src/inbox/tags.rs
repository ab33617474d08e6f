//! Tags: put on conversations, made, changed, and looked for.

use super::{api, standing::tone, state::use_inbox, triage::Subject};
use crate::{
    addresses,
    ui::{
        Badges, Button, Dialog, FormError, Glyph, Look, Menu, MenuItem, ScriptForm, Submit,
        TextField, by_script, time::use_clock,
    },
};
use domain::{
    ids::TagId,
    inbox::{InboxView, Triage},
    role::Role,
    tag::{Tag, TagColour},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Tags that the picker offers at once.
const OFFERED: usize = 8;

/// Puts tags on conversations and takes them off. What is typed finds a tag, or makes one.
#[component]
pub fn TagMenu(
    /// Which.
    subject: Subject,
) -> impl IntoView {
    let (inbox, clock) = (use_inbox(), use_clock());
    let typed = RwSignal::new(String::new());
    let editing = RwSignal::new(false);
    let Subject {
        act,
        error,
        tags: on,
        ..
    } = subject;
    let found = move || found(inbox.tags(), &typed.get());
    let toggle = move |id: TagId| {
        typed.set(String::new());
        let has = on.with_untracked(|on| on.contains(&id));
        act.run(if has {
            Triage::Untag(id)
        } else {
            Triage::Tag(id)
        });
    };
    let make = move || {
        let count = inbox
            .desk
            .with_untracked(|desk| desk.as_ref().map_or(0, |desk| desk.tags.len()));
        let tag = Tag {
            id: TagId::generate(),
            name: typed.get_untracked(),
            colour: TagColour::ALL[count % TagColour::ALL.len()],
        };
        typed.set(String::new());
        let store = inbox.store.get_untracked();
        spawn_local(async move {
            match api::make_tag(store, tag).await {
                Ok(tag) => act.run(Triage::Tag(tag.id)),
                Err(problem) => drop(error.try_set(Some(problem))),
            }
        });
    };
    let choices = move || {
        clock.is_live().then(|| {
            found()
                .into_iter()
                .take(OFFERED)
                .map(|tag| {
                    let glyph = match on.with(|on| on.contains(&tag.id)) {
                        true => Glyph::Check,
                        false => Glyph::Tag,
                    };
                    view! { <MenuItem glyph label=tag.name on_press=move |()| toggle(tag.id)/> }
                })
                .collect_view()
        })
    };
    let may_edit = Memo::new(move |_| {
        clock.is_live()
            && inbox.desk.with(|desk| {
                desk.as_ref()
                    .is_some_and(|desk| desk.role() >= Some(Role::Admin))
            })
    });
    let is_new = Memo::new(move |_| {
        let key = Tag::key(typed.get().trim());
        !key.is_empty() && !inbox.tags().iter().any(|tag| Tag::key(&tag.name) == key)
    });
    let text = (!subject.is_terse).then(|| Signal::stored("Tag".to_owned()));
    view! {
        <Menu label="Tags (t)" name="t" glyph=Glyph::Tag text=text>
            <form
                class="menu-form"
                on:submit=move |event| {
                    event.prevent_default();
                    let key = Tag::key(typed.get_untracked().trim());
                    let first = found().into_iter().next();
                    match first.filter(|tag| Tag::key(&tag.name).starts_with(&key)) {
                        _ if key.is_empty() => {}
                        Some(tag) => toggle(tag.id),
                        None => make(),
                    }
                }
            >
                <input
                    class="input"
                    type="text"
                    maxlength="40"
                    placeholder="Find or make a tag"
                    aria-label="Find or make a tag"
                    prop:value=typed
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </form>
            {choices}
            {move || {
                is_new
                    .get()
                    .then(|| {
                        let label = format!("Make “{}”", typed.get().trim());
                        view! { <MenuItem glyph=Glyph::Plus label on_press=move |()| make()/> }
                    })
            }}
            <Show when=move || may_edit.get()>
                <MenuItem
                    glyph=Glyph::Pencil
                    label="Edit tags …"
                    on_press=move |()| editing.set(true)
                />
            </Show>
        </Menu>
        <Dialog open=editing title="Tags">
            <TagList/>
        </Dialog>
    }
    .into_any()
}

/// Those with what is typed in their names, in any case: first the one that is called so, then
/// those that begin with it.
fn found(tags: Vec<Tag>, typed: &str) -> Vec<Tag> {
    let key = Tag::key(typed.trim());
    let mut found = tags;
    found.retain(|tag| Tag::key(&tag.name).contains(&key));
    found.sort_by_key(|tag| {
        let name = Tag::key(&tag.name);
        (name != key, !name.starts_with(&key))
    });
    found
}

/// All tags; one that is chosen can be changed.
#[component]
fn TagList() -> impl IntoView {
    let inbox = use_inbox();
    let chosen = RwSignal::new(None::<Tag>);
    move || match chosen.get() {
        Some(tag) => view! { <TagForm tag chosen/> }.into_any(),
        None => {
            let tags = inbox.tags();
            if tags.is_empty() {
                return view! { <p class="muted">"There are no tags yet."</p> }.into_any();
            }
            tags.into_iter()
                .map(|tag| {
                    let label = tag.name.clone();
                    let choose = move |()| chosen.set(Some(tag.clone()));
                    view! { <MenuItem glyph=Glyph::Tag label on_press=choose/> }
                })
                .collect_view()
                .into_any()
        }
    }
}

#[component]
fn TagForm(tag: Tag, chosen: RwSignal<Option<Tag>>) -> impl IntoView {
    let inbox = use_inbox();
    let id = tag.id;
    let form = ScriptForm::new();
    let name = RwSignal::new(tag.name.clone());
    let colour = RwSignal::new(tag.colour);
    let into = RwSignal::new(None::<TagId>);
    let done = move || chosen.set(None);
    let save = by_script(move || {
        let tag = Tag {
            id,
            name: name.get_untracked(),
            colour: colour.get_untracked(),
        };
        let store = inbox.store.get_untracked();
        form.send(api::change_tag(store, tag), move |_| done());
    });
    let delete = move |()| {
        let store = inbox.store.get_untracked();
        form.send(
            api::delete_tag(store, id, into.get_untracked()),
            move |()| done(),
        );
    };
    let colours = TagColour::ALL.map(|choice| {
        let word = choice.as_str();
        view! {
            <label class="tag-colour">
                <input
                    type="radio"
                    name="colour"
                    value=word
                    prop:checked=move || colour.get() == choice
                    on:change=move |_| colour.set(choice)
                />
                <Badges badges=Signal::stored(vec![(tone(choice), Glyph::Tag, word.to_owned())])/>
            </label>
        }
    });
    let others = inbox
        .tags()
        .into_iter()
        .filter(|other| other.id != id)
        .map(|other| view! { <option value=other.id.to_string()>{other.name}</option> })
        .collect_view();
    view! {
        <form class="form" on:submit=save>
            <FormError error=form.general()/>
            <TextField label="Name" name="name" value=name error=form.about("name") required=true/>
            <fieldset class="tag-colours">
                <legend>"Colour"</legend>
                {colours.collect_view()}
            </fieldset>
            <div class="field">
                <label for="into">"When it is deleted, conversations get"</label>
                <select
                    id="into"
                    class="input"
                    on:change=move |event| into.set(event_target_value(&event).parse().ok())
                >
                    <option value="">"no other tag"</option>
                    {others}
                </select>
            </div>
            <footer class="dialog-foot">
                <Button look=Look::Danger on_press=delete>
                    "Delete"
                </Button>
                <Button on_press=move |()| done()>"Back"</Button>
                <Submit form=*form>"Save"</Submit>
            </footer>
        </form>
    }
    .into_any()
}

/// Shows the conversations with one tag.
#[component]
pub fn TagFilter() -> impl IntoView {
    let (inbox, clock) = (use_inbox(), use_clock());
    let navigate = StoredValue::new(use_navigate());
    let text = Signal::derive(move || {
        let tag = inbox.view.get().tag.filter(|_| clock.is_live());
        let named = tag.and_then(|id| inbox.tags().into_iter().find(|tag| tag.id == id));
        named.map(|tag| tag.name).unwrap_or_default()
    });
    let go = move |tag| {
        let view = InboxView {
            tag,
            ..inbox.view.get_untracked()
        };
        let address = addresses::inbox(inbox.store.get_untracked(), view);
        navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
    };
    let choices = move || {
        clock.is_live().then(|| {
            let mut choices = vec![(None, "Any tag".to_owned())];
            choices.extend(inbox.tags().into_iter().map(|tag| (Some(tag.id), tag.name)));
            choices
                .into_iter()
                .map(|(tag, label)| view! { <MenuItem glyph=Glyph::Tag label on_press=move |()| go(tag)/> })
                .collect_view()
        })
    };
    view! {
        <Menu label="Filter by tag" glyph=Glyph::Tag text=Some(text)>
            {choices}
        </Menu>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_finds_tags_and_first_those_that_begin_with_it() {
        let tags = ["Gift refund", "Refund", "Return", "Sale"].map(|name| Tag {
            id: TagId::generate(),
            name: name.to_owned(),
            colour: TagColour::Slate,
        });
        let names = |typed: &str| {
            let found = found(tags.to_vec(), typed);
            found.into_iter().map(|tag| tag.name).collect::<Vec<_>>()
        };
        assert_eq!(names(" RE "), ["Refund", "Return", "Gift refund"]);
        assert_eq!(names(""), ["Gift refund", "Refund", "Return", "Sale"]);
        assert!(names("x").is_empty());
    }
}
