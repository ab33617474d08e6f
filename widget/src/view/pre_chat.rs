//! Name and email before the first message.

use super::focus_when;
use crate::{actions, chat::Chat};
use domain::{text, widget_api::VisitorDetails};
use leptos::{html, prelude::*};

/// Longest name, in characters.
const NAME_MAX: usize = 120;

/// The form; once it is filled in, the composer takes its place.
#[component]
pub fn PreChatForm(chat: Chat) -> impl IntoView {
    let texts = chat.texts;
    let (name_field, email_field) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let (name, email) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (name_problem, email_problem) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()));
    focus_when(chat.focus, move || {
        name_field.get_untracked().map(Into::into)
    });

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let good_name = match name.get_untracked().trim() {
            "" => Err(texts.name_missing()),
            given => text::check(given, NAME_MAX)
                .map(str::to_owned)
                .map_err(|_| texts.name_wrong()),
        };
        let good_email =
            checked_email(email_field, &email.get_untracked()).ok_or(texts.email_wrong());
        let name_fault = good_name.as_ref().err().copied();
        let email_fault = good_email.as_ref().err().copied();
        name_problem.set(name_fault.unwrap_or_default().to_owned());
        email_problem.set(email_fault.unwrap_or_default().to_owned());
        match (good_name, good_email) {
            (Ok(name), Ok(email)) => actions::introduce(
                chat,
                VisitorDetails {
                    name: Some(name),
                    email: Some(email),
                    locale: None,
                },
            ),
            (Err(_), _) => focus(name_field),
            (_, Err(_)) => focus(email_field),
        }
    };

    view! {
        <form class="pre-chat" novalidate on:submit=submit>
            <p class="intro">{texts.form_intro()}</p>
            <Field
                node=name_field
                id="name"
                kind="text"
                autocomplete="name"
                label=texts.name()
                value=name
                problem=name_problem
            />
            <Field
                node=email_field
                id="email"
                kind="email"
                autocomplete="email"
                label=texts.email()
                value=email
                problem=email_problem
            />
            <button type="submit" class="primary">{texts.begin()}</button>
        </form>
    }
}

#[component]
fn Field(
    node: NodeRef<html::Input>,
    id: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    problem: RwSignal<String>,
) -> impl IntoView {
    let problem_id = format!("{id}-problem");
    view! {
        <div class="entry">
            <label for=id>{label}</label>
            <input
                node_ref=node
                id=id
                class="field"
                type=kind
                autocomplete=autocomplete
                dir="auto"
                required
                aria-invalid=move || (!problem.read().is_empty()).then_some("true")
                aria-describedby=problem_id.clone()
                prop:value=move || value.get()
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    problem.set(String::new());
                }
            />
            <p id=problem_id class="problem" role="alert">{move || problem.get()}</p>
        </div>
    }
}

/// The address if the browser takes it for one. The server has the last word;
/// its rules are too large to bring along.
fn checked_email(field: NodeRef<html::Input>, typed: &str) -> Option<String> {
    let is_valid = field
        .get_untracked()
        .is_some_and(|field| field.check_validity());
    let (_, host) = typed.split_once('@')?;
    (is_valid && host.contains('.')).then(|| typed.trim().to_owned())
}

fn focus(field: NodeRef<html::Input>) {
    if let Some(field) = field.get_untracked() {
        let _ = field.focus();
    }
}
