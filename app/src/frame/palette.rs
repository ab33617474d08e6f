//! Ctrl+K: go somewhere, or do something, by a few letters. `?`: the keys there are.

use crate::{
    account::presence::use_own_presence,
    addresses, browser,
    commands::{Command, Commands, fitting},
    rooms::{OVERVIEW, SECTIONS},
    session::AccountResource,
    ui::{Dialog, Each, Glyph, Icon},
};
use domain::{
    ids::StoreId,
    inbox::{InboxView, Tab, Who},
};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The list's id.
const LIST: &str = "palette-list";

/// The palette and the sheet of keys, both closed.
#[component]
pub fn Palette(
    /// The open store.
    store: Memo<Option<StoreId>>,
    /// Who is signed in.
    account: AccountResource,
    /// What the open page can do.
    commands: Commands,
) -> impl IntoView {
    let (open, keys) = (RwSignal::new(false), RwSignal::new(false));
    let places = everywhere(store, account, keys);
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            let is_palette = (event.ctrl_key() || event.meta_key())
                && !event.alt_key()
                && !event.shift_key()
                && event.key().eq_ignore_ascii_case("k");
            if is_palette {
                // Browsers search the web with it.
                event.prevent_default();
                // Not over another dialog, which may hold something unsaved.
                if open.get_untracked() || !browser::has_dialog() {
                    open.update(|open| *open = !*open);
                }
            } else if event.key() == "?" && !browser::is_typing() {
                keys.set(true);
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <Dialog open title="Go to, or do">
            <Finder commands places open/>
        </Dialog>
        <Dialog open=keys title="Keys">
            <KeySheet/>
        </Dialog>
    }
    .into_any()
}

/// What can be done on every page. It belongs to the palette, not to the open dialog: what is
/// chosen runs when that is gone.
fn everywhere(
    store: Memo<Option<StoreId>>,
    account: AccountResource,
    keys: RwSignal<bool>,
) -> Memo<Vec<Command>> {
    let (navigate, own) = (StoredValue::new(use_navigate()), use_own_presence());
    let go = move |address: String| {
        Callback::new(move |()| {
            navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
        })
    };
    let places = move || {
        let mut places = Vec::new();
        if let Some(store) = store.get() {
            let rooms = SECTIONS.iter().flat_map(|section| section.rooms);
            for room in [&OVERVIEW].into_iter().chain(rooms) {
                places.push(Command {
                    name: format!("Go to {}", room.name),
                    about: room.about,
                    key: "",
                    glyph: room.glyph,
                    run: go(room.address(store)),
                });
            }
            let mine = InboxView {
                who: Some(Who::Me),
                ..InboxView::default()
            };
            for (name, view) in [
                ("Go to my conversations", mine),
                ("Go to snoozed conversations", Tab::Snoozed.into()),
                ("Go to resolved conversations", Tab::Resolved.into()),
                ("Go to spam", Tab::Spam.into()),
            ] {
                places.push(Command {
                    name: name.to_owned(),
                    about: "inbox",
                    key: "",
                    glyph: Glyph::Inbox,
                    run: go(addresses::inbox(store, view)),
                });
            }
        }
        if let Some(Ok(account)) = account.get() {
            let is_away = own.is_away(&account);
            places.push(Command {
                name: if is_away {
                    "Become available"
                } else {
                    "Go away"
                }
                .to_owned(),
                about: "presence available away status",
                key: "",
                glyph: if is_away {
                    Glyph::CircleCheck
                } else {
                    Glyph::Clock
                },
                run: Callback::new(move |()| own.say(!is_away)),
            });
            for other in account.stores {
                if Some(other.id) != store.get() {
                    places.push(Command {
                        name: format!("Switch to {}", other.name),
                        about: "store",
                        key: "",
                        glyph: Glyph::Store,
                        run: go(addresses::overview(other.id)),
                    });
                }
            }
        }
        for (name, about, address) in [
            ("Go to all stores", "", addresses::STORES),
            ("Go to my account", "password theme", addresses::ACCOUNT),
        ] {
            places.push(Command {
                name: name.to_owned(),
                about,
                key: "",
                glyph: Glyph::Person,
                run: go(address.to_owned()),
            });
        }
        places.push(Command {
            name: "Show the keys".to_owned(),
            about: "keyboard shortcuts help",
            key: "?",
            glyph: Glyph::Info,
            run: Callback::new(move |()| keys.set(true)),
        });
        places
    };
    Memo::new_with_compare(move |_| places(), |_, _| true)
}

#[component]
fn Finder(
    commands: Commands,
    /// What can be done on every page.
    places: Memo<Vec<Command>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    // The page's own come first: they are about what is in sight.
    let found = Memo::new_with_compare(
        move |_| {
            let mut all = commands.all();
            all.extend(places.get());
            fitting(all, &typed.get())
        },
        |_, _| true,
    );
    let run = move |command: &Command| {
        open.set(false);
        let run = command.run;
        // The focus goes back first: what is run may want it.
        request_animation_frame(move || run.run(()));
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let count = found.with(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => chosen.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => chosen.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                if let Some(command) = found.with(|found| found.get(chosen.get()).cloned()) {
                    run(&command);
                }
            }
            _ => return,
        }
        event.prevent_default();
        let id = option_id(chosen.get_untracked());
        request_animation_frame(move || browser::reveal(&id));
    };
    view! {
        // What is typed here is nothing to save.
        <div class="palette" on:input=|event| event.stop_propagation()>
            <input
                class="input"
                type="text"
                role="combobox"
                placeholder="Where to, or what to do?"
                aria-label="Where to, or what to do?"
                aria-expanded="true"
                aria-autocomplete="list"
                aria-controls=LIST
                aria-activedescendant=move || {
                    (chosen.get() < found.with(Vec::len)).then(|| option_id(chosen.get()))
                }
                autocomplete="off"
                autofocus=true
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    chosen.set(0);
                }
                on:keydown=on_keydown
            />
            <ul id=LIST class="palette-list" role="listbox" aria-label="What fits">
                <Each
                    each=move || found.get().into_iter().enumerate().collect()
                    key=|(at, command): &(usize, Command)| format!("{at} {}", command.name)
                    let:item
                >
                    <Choice item chosen run=Callback::new(move |command: Command| run(&command))/>
                </Each>
            </ul>
            <p class="muted" role="status" hidden=move || !found.with(Vec::is_empty)>
                "Nothing is called like that."
            </p>
        </div>
    }
    .into_any()
}

fn option_id(at: usize) -> String {
    format!("palette-{at}")
}

#[component]
fn Choice(
    item: (usize, Command),
    chosen: RwSignal<usize>,
    run: Callback<Command>,
) -> impl IntoView {
    let (at, command) = item;
    let (name, key, glyph) = (command.name.clone(), command.key, command.glyph);
    view! {
        <li
            id=option_id(at)
            class="palette-option"
            role="option"
            aria-selected=move || (chosen.get() == at).to_string()
            on:click=move |_| run.run(command.clone())
        >
            <Icon glyph/>
            <span dir="auto">{name}</span>
            {(!key.is_empty()).then(|| view! { <kbd>{key}</kbd> })}
        </li>
    }
    .into_any()
}

/// Every key, with what it does.
const KEYS: [(&str, &[(&str, &str)]); 3] = [
    (
        "Everywhere",
        &[
            ("Ctrl K", "Go to, or do"),
            ("Ctrl Shift S", "Another store"),
            ("?", "These keys"),
        ],
    ),
    (
        "Chat Inbox",
        &[
            ("/", "Search"),
            ("j", "Next conversation"),
            ("k", "Previous conversation"),
            ("x", "Select"),
            ("e", "Resolve, or reopen"),
            ("s", "Snooze"),
            ("a", "Assign"),
            ("t", "Tag"),
            ("r", "Reply"),
            ("n", "Note for the team"),
        ],
    ),
    (
        "Reply box",
        &[
            ("Enter", "Send"),
            ("Shift Enter", "New line"),
            ("/", "Canned responses"),
            ("@", "Mention somebody, in a note"),
            ("Ctrl Z", "Take a reply back, while it waits"),
            ("Esc", "Leave the box"),
        ],
    ),
];

#[component]
fn KeySheet() -> impl IntoView {
    KEYS.map(|(place, keys)| {
        let rows = keys
            .iter()
            .map(|(key, what)| {
                let parts = key
                    .split(' ')
                    .map(|part| view! { <kbd>{part}</kbd> })
                    .collect_view();
                view! {
                    <dt>{parts}</dt>
                    <dd>{*what}</dd>
                }
            })
            .collect_view();
        view! {
            <section class="key-sheet">
                <h3>{place}</h3>
                <dl>{rows}</dl>
            </section>
        }
    })
    .collect_view()
}
