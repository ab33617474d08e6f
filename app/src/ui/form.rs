//! What every form has: whether it is being sent, what is wrong with the whole
//! of it, and what is wrong with one field.
//!
//! A form that a server function answers works without any script: a
//! [`PostForm`], which is a [`Form`] too.
//!
//! ```text
//! let form = PostForm::to::<api::Create>();
//! view! {
//!     <Posted form>
//!         <FormError error=form.general()/>
//!         <TextField label="Name" name="name" value=name error=form.about("name")/>
//!         <Submit form=*form>"Create store"</Submit>
//!     </Posted>
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
    confirm::Unsaved,
    field::FieldNote,
};
use crate::{addresses, browser, error::AppError};
use gloo_net::http::Request;
use leptos::{
    ev::SubmitEvent,
    prelude::*,
    server_fn::{
        ServerFn,
        redirect::{REDIRECT_HEADER, call_redirect_hook},
    },
    task::spawn_local,
};
use std::{future::Future, ops::Deref};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

/// How a form stands.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    busy: Signal<bool>,
    error: Signal<Option<AppError>>,
}

impl Form {
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
    /// Of the dialog that it stands in.
    unsaved: Option<Unsaved>,
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
            unsaved: use_context(),
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
                    if let Some(Unsaved(is_changed)) = self.unsaved {
                        is_changed.try_set_value(false);
                    }
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

/// A form that is posted to a server function: by the browser, or by a script
/// where there is one, as it stands.
///
/// Leptos' `ActionForm` reads the fields into the function's arguments and
/// writes these into a request, with code of its own for each form.
#[derive(Debug, Clone, Copy)]
pub struct PostForm {
    form: ScriptForm,
    url: &'static str,
    /// Whether what was sent stays in it.
    is_kept: bool,
}

impl PostForm {
    /// A form that `F` answers. It shows what was wrong with it when the browser
    /// posted it.
    #[must_use]
    pub fn to<F: ServerFn<Error = AppError>>() -> Self {
        let posted = Self::one_of_several::<F>();
        posted.form.show(AppError::posted(F::PATH));
        posted
    }

    /// One of several forms on a page that `F` answers: which of them the
    /// browser posted can't be told.
    #[must_use]
    pub fn one_of_several<F: ServerFn<Error = AppError>>() -> Self {
        Self {
            form: ScriptForm::new(),
            url: F::PATH,
            is_kept: false,
        }
    }

    /// What was sent stays in it: it is what is chosen, not what was asked for.
    #[must_use]
    pub fn kept(mut self) -> Self {
        self.is_kept = true;
        self
    }

    fn post(self, form: HtmlFormElement, done: Option<Callback<()>>) {
        let fields = FormData::new_with_form(&form);
        let answer = async move {
            let fields = fields.map_err(|_| AppError::malformed())?;
            post(self.url, &fields).await
        };
        self.form.send(answer, move |redirect: Option<String>| {
            if !self.is_kept {
                form.reset();
            }
            if let Some(done) = done {
                done.run(());
            }
            match redirect {
                Some(address) if addresses::is_plain(&address) => browser::go_to(&address),
                Some(address) => call_redirect_hook(&address),
                None => {}
            }
        });
    }
}

impl Deref for PostForm {
    type Target = Form;

    fn deref(&self) -> &Form {
        &self.form
    }
}

/// Posts fields to a server function that answers with nothing, as a form does. What leptos
/// makes for a call of each function is several times as much code.
///
/// # Errors
/// What the server refuses, or that it can't be reached.
pub async fn post_fields(
    url: &'static str,
    fields: Vec<(&'static str, String)>,
) -> Result<(), AppError> {
    let form = FormData::new().map_err(|_| AppError::malformed())?;
    for (name, value) in fields {
        let added = form.append_with_str(name, &value);
        added.map_err(|_| AppError::malformed())?;
    }
    post(url, &form).await.map(drop)
}

/// Posts fields to a server function that answers with nothing; gives the
/// address that it leads to, if it leads somewhere.
async fn post(url: &str, fields: &FormData) -> Result<Option<String>, AppError> {
    let fields = UrlSearchParams::new_with_str_sequence_sequence(fields)
        .map_err(|_| AppError::malformed())?;
    let request = Request::post(url)
        .header("accept", "application/json")
        .body(fields)
        .map_err(|_| AppError::malformed())?;
    let answer = request.send().await.map_err(|_| AppError::unreachable())?;
    if answer.ok() {
        let headers = answer.headers();
        let leads_on = headers.get(REDIRECT_HEADER).is_some();
        return Ok(headers.get("location").filter(|_| leads_on));
    }
    let problem = answer.binary().await.map_err(|_| AppError::unreachable())?;
    Err(AppError::de(problem.into()))
}

/// The element of a [`PostForm`].
#[component]
pub fn Posted(
    /// The form.
    form: PostForm,
    /// Its classes.
    #[prop(default = "form")]
    class: &'static str,
    /// Hears that it has been done.
    #[prop(optional)]
    on_done: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let send = move |event: SubmitEvent| {
        let element = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        if let Some(element) = element {
            event.prevent_default();
            form.post(element, on_done);
        }
    };
    view! {
        <form class=class action=form.url method="post" on:submit=send>
            {children()}
        </form>
    }
    .into_any()
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
    /// Its name in the form, and its id unless that is another.
    name: &'static str,
    /// Its id, where two forms of a page have a field of this name.
    #[prop(optional)]
    id: Option<&'static str>,
    /// `text`, `email`, `password`, …
    kind: &'static str,
    /// What browsers may fill in.
    autocomplete: &'static str,
    /// A line below it.
    #[prop(optional)]
    help: Option<String>,
    /// What stands in it at first.
    #[prop(optional)]
    value: String,
    /// Whether it may be empty.
    #[prop(optional)]
    optional: bool,
    /// Whether the cursor starts here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let error = form.about(name);
    let id = id.unwrap_or(name);
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                name=name
                type=kind
                class="input"
                required=!optional
                value=value
                autocomplete=autocomplete
                autofocus=autofocus
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=format!("{id}-note")
            />
            <FieldNote name=id help error/>
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
