//! Views of the list that a person keeps: a tab with filters and an order, by a name.

use super::{
    api,
    state::{InboxState, use_inbox},
};
use crate::{
    addresses,
    error::AppError,
    ui::{FormError, Glyph, Icon, IconButton, Menu, time::use_clock, toast::Toasts, use_toasts},
};
use domain::{
    ids::StoreId,
    inbox::{SavedView, VIEW_NAME_MAX},
};
use leptos::{prelude::*, task::spawn_local};

/// The kept views, tracked.
#[derive(Debug, Clone, Copy)]
struct Kept {
    inbox: InboxState,
    toasts: Toasts,
    error: RwSignal<Option<AppError>>,
}

impl Kept {
    fn all(self) -> Vec<SavedView> {
        self.inbox
            .desk
            .with(|desk| desk.as_ref().map(|desk| desk.views.clone()))
            .unwrap_or_default()
    }

    /// What the one that is shown is called.
    fn current(self) -> Option<String> {
        let view = self.inbox.view.get();
        let shown = self.all().into_iter().find(|saved| saved.view == view);
        shown.map(|saved| saved.name)
    }

    fn show(self, answer: Result<Vec<SavedView>, AppError>, done: impl FnOnce()) {
        match answer {
            Ok(views) => {
                self.error.try_set(None);
                self.inbox.desk.try_update(|desk| {
                    if let Some(desk) = desk {
                        desk.views = views;
                    }
                });
                done();
            }
            Err(problem) => drop(self.error.try_set(Some(problem))),
        }
    }

    fn keep(self, store: StoreId, saved: SavedView, done: impl FnOnce() + 'static) {
        spawn_local(async move {
            let said = format!("“{}” is kept.", saved.name.trim());
            let answer = api::save_view(store, saved).await;
            self.show(answer, || {
                self.toasts.say(said);
                done();
            });
        });
    }

    fn forget(self, saved: SavedView) {
        let store = self.inbox.store.get_untracked();
        spawn_local(async move {
            let answer = api::forget_view(store, saved.name.clone()).await;
            self.show(answer, || {
                let said = format!("“{}” is removed.", saved.name);
                self.toasts
                    .say_with_undo(said, move || self.keep(store, saved.clone(), || {}));
            });
        });
    }
}

/// The kept views, and a name for what is shown now.
#[component]
pub fn Views() -> impl IntoView {
    let kept = Kept {
        inbox: use_inbox(),
        toasts: use_toasts(),
        error: RwSignal::new(None),
    };
    let clock = use_clock();
    let typed = RwSignal::new(String::new());
    let text = Signal::derive(move || kept.current().unwrap_or_default());
    let links = move || {
        let views = kept.all().into_iter();
        views
            .map(|saved| view! { <ViewLink kept saved/> })
            .collect_view()
    };
    view! {
        <Show when=move || clock.is_live()>
            <Menu label="Kept views" glyph=Glyph::Bookmark text=Some(text)>
                {links}
                <form
                    class="menu-form"
                    on:submit=move |event| {
                        event.prevent_default();
                        let saved = SavedView {
                            name: typed.get_untracked(),
                            view: kept.inbox.view.get_untracked(),
                        };
                        let store = kept.inbox.store.get_untracked();
                        kept.keep(store, saved, move || drop(typed.try_set(String::new())));
                    }
                >
                    <input
                        class="input"
                        type="text"
                        maxlength=VIEW_NAME_MAX.to_string()
                        placeholder="Keep this view as …"
                        aria-label="Keep this view as"
                        prop:value=typed
                        on:input=move |event| typed.set(event_target_value(&event))
                    />
                </form>
                <FormError error=kept.error/>
            </Menu>
        </Show>
    }
    .into_any()
}

#[component]
fn ViewLink(kept: Kept, saved: SavedView) -> impl IntoView {
    let inbox = kept.inbox;
    let SavedView { name, view } = saved.clone();
    let is_shown = Memo::new(move |_| inbox.view.get() == view);
    view! {
        <div class="view-line">
            <a
                class="menu-item"
                href=move || addresses::inbox(inbox.store.get(), view)
                aria-current=move || is_shown.get().then_some("true")
            >
                {move || {
                    let glyph = if is_shown.get() { Glyph::Check } else { Glyph::Inbox };
                    view! { <Icon glyph/> }
                }}
                <span dir="auto">{name.clone()}</span>
            </a>
            <IconButton
                glyph=Glyph::Trash
                label=format!("Remove {name}")
                on_press=move |()| kept.forget(saved.clone())
            />
        </div>
    }
    .into_any()
}
