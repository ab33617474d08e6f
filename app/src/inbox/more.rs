//! What is seldom done to conversations: spam, visitors nobody wants to hear of, deleting.

use super::{
    api,
    merge::MergeForm,
    state::use_inbox,
    thread_state::{ThreadState, use_thread},
    triage::Subject,
};
use crate::{
    addresses,
    ui::{
        Button, Dialog, FormError, Glyph, Look, Menu, MenuItem, Question, ScriptForm, TextField,
        by_script, post_fields, time::use_clock, use_confirm, use_toasts,
    },
};
use domain::{Invalid, inbox::Triage, role::Role};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// What has to be typed before a conversation is deleted.
const WORD: &str = "delete";

/// Marks as spam, blocks visitors; deletes the open conversation.
#[component]
pub fn MoreMenu(
    /// Which.
    subject: Subject,
) -> impl IntoView {
    let confirm = use_confirm();
    let (deleting, merging) = (RwSignal::new(false), RwSignal::new(false));
    let Subject {
        act,
        is_spam,
        is_blocked,
        ..
    } = subject;
    let block = move |()| {
        let question = Question {
            title: "Block this visitor?".to_owned(),
            text: "All that they have written goes to Spam, and so does what they write from now on. They are told that nobody answers here."
                .to_owned(),
            action: "Block".to_owned(),
        };
        confirm.ask(question, move || act.run(Triage::Block));
    };
    view! {
        <Menu label="More actions" glyph=Glyph::More>
            {move || {
                let (label, action) = match is_spam.get() {
                    true => ("No spam", Triage::NotSpam),
                    false => ("Mark as spam", Triage::Spam),
                };
                view! {
                    <MenuItem glyph=Glyph::Warning label on_press=move |()| act.run(action)/>
                }
            }}
            {move || match is_blocked.get() {
                true => view! {
                    <MenuItem
                        glyph=Glyph::Person
                        label="Unblock the visitor"
                        on_press=move |()| act.run(Triage::Unblock)
                    />
                }
                .into_any(),
                false => view! {
                    <MenuItem glyph=Glyph::Lock label="Block the visitor" danger=true on_press=block/>
                }
                .into_any(),
            }}
            {(!subject.is_terse)
                .then(|| {
                    view! {
                        <MenuItem
                            glyph=Glyph::Inbox
                            label="Merge …"
                            on_press=move |()| merging.set(true)
                        />
                        <DeleteItem deleting/>
                    }
                })}
        </Menu>
        {(!subject.is_terse)
            .then(|| {
                let thread = use_thread();
                view! {
                    <Dialog open=deleting title="Delete this conversation?">
                        <DeleteForm thread deleting/>
                    </Dialog>
                    <Dialog open=merging title="Merge with another conversation">
                        <MergeForm thread merging/>
                    </Dialog>
                }
            })}
    }
    .into_any()
}

/// For those who may.
#[component]
fn DeleteItem(deleting: RwSignal<bool>) -> impl IntoView {
    let (inbox, clock) = (use_inbox(), use_clock());
    let may = Memo::new(move |_| {
        let role = inbox
            .desk
            .with(|desk| desk.as_ref().and_then(domain::inbox::Desk::role));
        clock.is_live() && role >= Some(Role::Admin)
    });
    view! {
        <Show when=move || may.get()>
            <MenuItem
                glyph=Glyph::Trash
                label="Delete …"
                danger=true
                on_press=move |()| deleting.set(true)
            />
        </Show>
    }
    .into_any()
}

#[component]
fn DeleteForm(thread: ThreadState, deleting: RwSignal<bool>) -> impl IntoView {
    let (inbox, toasts) = (use_inbox(), use_toasts());
    let navigate = use_navigate();
    let form = ScriptForm::new();
    let typed = RwSignal::new(String::new());
    let delete = by_script(move || {
        if typed.with_untracked(|typed| typed.trim().to_lowercase() != WORD) {
            let text = format!("Please type “{WORD}” to delete the conversation.");
            form.show(Some(Invalid::new("word", text).into()));
            return;
        }
        let navigate = navigate.clone();
        let fields = vec![
            ("store", thread.store.to_string()),
            ("conversation", thread.id.to_string()),
        ];
        form.send(post_fields(api::Delete::PATH, fields), move |()| {
            deleting.set(false);
            toasts.say("Conversation deleted.");
            let list = addresses::inbox(thread.store, inbox.view.get_untracked());
            navigate(&list, NavigateOptions::default());
        });
    });
    view! {
        <form class="form" on:submit=delete>
            <p class="dialog-text">
                "Every message, note and file of it goes, and what is known of the shopper if they have written nothing else. This can't be undone."
            </p>
            <FormError error=form.general()/>
            <TextField
                label=format!("Type “{WORD}” to confirm")
                name="word"
                value=typed
                error=form.about("word")
                required=true
            />
            <footer class="dialog-foot">
                <Button on_press=move |()| deleting.set(false)>"Cancel"</Button>
                <Button look=Look::Danger submit=true busy=form.busy()>
                    "Delete for good"
                </Button>
            </footer>
        </form>
    }
    .into_any()
}
