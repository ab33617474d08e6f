//! What every form has: whether it is being sent, what is wrong with the whole
//! of it, and what is wrong with one field.
//!
//! A form that a server function answers works without any script: its
//! [`Form`] follows the action, a posted error included.
//!
//! ```text
//! let create = ServerAction::<api::Create>::new();
//! let form = Form::of(*create);
//! view! {
//!     <ActionForm action=create attr:class="form">
//!         <FormError error=form.general()/>
//!         <TextField label="Name" name="name" value=name error=form.about("name")/>
//!         <Submit form>"Create store"</Submit>
//!     </ActionForm>
//! }
//! ```
//!
//! A form that only a script can send, say one in a dialog, has a
//! [`ScriptForm`], which sends it and is a [`Form`] too.
//!
//! ```text
//! let form = ScriptForm::new();
//! let save = by_script(move || {
//!     form.send(api::rename(store, name.get_untracked()), move |()| toasts.say("Renamed."));
//! });
//! view! {
//!     <form class="form" on:submit=save>
//!         <FormError error=form.general()/>
//!         <TextField label="Name" name="name" value=name error=form.about("name")/>
//!         <Submit form=*form>"Save"</Submit>
//!     </form>
//! }
//! ```
//!
//! What was wrong stays until the next answer; the fields themselves hide what
//! is said about them as soon as something else is typed.

use super::{
    button::{Button, Look},
    field::FieldNote,
};
use crate::error::AppError;
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use std::{future::Future, ops::Deref};

/// How a form stands.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    busy: Signal<bool>,
    error: Signal<Option<AppError>>,
}

impl Form {
    /// The form that `action` answers.
    #[must_use]
    pub fn of<I, T>(action: Action<I, Result<T, AppError>>) -> Self
    where
        I: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let value = action.value();
        Self {
            busy: action.pending().into(),
            error: Signal::derive(move || {
                value.with(|answer: &Option<Result<T, AppError>>| {
                    answer
                        .as_ref()
                        .and_then(|result| result.as_ref().err().cloned())
                })
            }),
        }
    }

    /// Whether it is being sent.
    #[must_use]
    pub fn busy(self) -> Signal<bool> {
        self.busy
    }

    /// Whatever is wrong.
    #[must_use]
    pub fn error(self) -> Signal<Option<AppError>> {
        self.error
    }

    /// What is wrong with the whole of it, or with nothing that has a field.
    #[must_use]
    pub fn general(self) -> Signal<Option<AppError>> {
        let error = self.error;
        Signal::derive(move || error.get().filter(|error| error.problem.field.is_none()))
    }

    /// What is wrong with one field.
    #[must_use]
    pub fn about(self, field: &'static str) -> Signal<Option<String>> {
        let error = self.error;
        Signal::derive(move || {
            error.with(|error| error.as_ref().and_then(|error| error.about(field)))
        })
    }
}

/// A form that a script sends.
#[derive(Debug, Clone, Copy)]
pub struct ScriptForm {
    form: Form,
    sending: RwSignal<bool>,
    refused: RwSignal<Option<AppError>>,
}

impl ScriptForm {
    /// One that nothing is wrong with yet.
    #[must_use]
    pub fn new() -> Self {
        let (sending, refused) = (RwSignal::new(false), RwSignal::new(None));
        let form = Form {
            busy: sending.into(),
            error: refused.into(),
        };
        Self {
            form,
            sending,
            refused,
        }
    }

    /// Shows what is wrong with it, or that nothing is any more, without sending
    /// anything.
    pub fn show(self, error: Option<AppError>) {
        self.refused.set(error);
    }

    /// Sends it. `done` takes the answer; an error is shown. Neither happens
    /// when the form is gone by then.
    pub fn send<T: 'static>(
        self,
        work: impl Future<Output = Result<T, AppError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.sending.set(true);
        spawn_local(async move {
            let answer = work.await;
            if self.sending.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(answer) => {
                    self.refused.set(None);
                    done(answer);
                }
                Err(error) => self.refused.set(Some(error)),
            }
        });
    }
}

impl Deref for ScriptForm {
    type Target = Form;

    fn deref(&self) -> &Form {
        &self.form
    }
}

/// Takes a form's sending away from the browser.
pub fn by_script(send: impl Fn() + 'static) -> impl Fn(SubmitEvent) + 'static {
    move |event| {
        event.prevent_default();
        send();
    }
}

/// The button that sends a form.
#[component]
pub fn Submit(
    /// The form.
    form: Form,
    /// Its look.
    #[prop(default = Look::Primary)]
    look: Look,
    children: Children,
) -> impl IntoView {
    view! {
        <Button look submit=true busy=form.busy()>
            {children()}
        </Button>
    }
    .into_any()
}

/// An input that the browser may fill in, and that works without any script:
/// the form is read as it stands when it is sent.
#[component]
pub fn PlainField(
    /// The form that it belongs to.
    form: Form,
    /// Its label.
    label: &'static str,
    /// Its name in the form, and its id.
    name: &'static str,
    /// `text`, `email`, `password`, …
    kind: &'static str,
    /// What browsers may fill in.
    autocomplete: &'static str,
    /// A line below it.
    #[prop(optional)]
    help: Option<String>,
    /// Whether the cursor starts here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let error = form.about(name);
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=kind
                class="input"
                required=true
                autocomplete=autocomplete
                autofocus=autofocus
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=format!("{name}-note")
            />
            <FieldNote name help error/>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_field_is_said_there_and_nowhere_else() {
        let owner = Owner::new();
        owner.set();
        let form = ScriptForm::new();
        let wrong = domain::Invalid::new("name", "Too long.");
        form.refused.set(Some(AppError::from(wrong)));
        assert_eq!(
            form.about("name").get_untracked(),
            Some("Too long.".to_owned())
        );
        assert_eq!(form.about("email").get_untracked(), None);
        assert_eq!(form.general().get_untracked(), None);
    }

    #[test]
    fn what_is_wrong_with_no_field_is_said_of_the_whole_form() {
        let owner = Owner::new();
        owner.set();
        let form = ScriptForm::new();
        form.refused.set(Some(AppError::unreachable()));
        assert_eq!(
            form.general().get_untracked(),
            Some(AppError::unreachable())
        );
        assert_eq!(form.about("name").get_untracked(), None);
    }
}
