//! The form of an invitation, and its link, which is shown once.

use super::{api, state::TeamState};
use crate::{
    browser,
    ui::{Choice, FormError, ScriptForm, ShownOnce, Submit, TextField, by_script},
};
use domain::{
    ids::InvitationId,
    role::Role,
    team::{CreatedInvitation, NewInvitation},
};
use leptos::prelude::*;

const TO_SEND: &str = "This is the link. Copy it now and send it to them: it is never shown again. It is good for one person, for seven days.";
const MAILED: &str = "They get this link by mail. You may send it yourself as well: it is never shown again. It is good for one person, for seven days.";

/// What the dialog holds until it is closed.
#[component]
pub fn InviteForm(state: TeamState) -> impl IntoView {
    let made = RwSignal::new(None::<(String, bool)>);
    move || match made.get() {
        Some((secret, is_mailed)) => {
            let about = if is_mailed { MAILED } else { TO_SEND };
            let open = state.inviting;
            view! { <ShownOnce about secret label="Invitation link" copied="Link copied." open/> }
                .into_any()
        }
        None => view! { <Form state made/> }.into_any(),
    }
}

/// The link as it is reached from here: the server may know itself by another name.
fn from_here(link: String) -> String {
    let path = link.find("/join/").and_then(|at| link.get(at..));
    match (browser::origin(), path) {
        (Some(origin), Some(path)) => format!("{origin}{path}"),
        _ => link,
    }
}

#[component]
fn Form(state: TeamState, made: RwSignal<Option<(String, bool)>>) -> impl IntoView {
    let form = ScriptForm::new();
    let id = InvitationId::generate();
    let role = RwSignal::new(Role::Agent);
    let email = RwSignal::new(String::new());
    let (mine, mails_are_read) = state
        .team
        .with_untracked(|team| (team.role, team.mails_are_read));
    let submit = by_script(move || {
        let new = NewInvitation {
            id,
            role: role.get_untracked(),
            email: Some(email.get_untracked()).filter(|email| !email.trim().is_empty()),
        };
        // The form would only say later what can be said now.
        if let Err(invalid) = new.address() {
            form.show(Some(invalid.into()));
            return;
        }
        form.send(
            api::invite(state.store, new),
            move |answer: CreatedInvitation| {
                match answer.link {
                    Some(link) => made.set(Some((from_here(link), answer.is_mailed))),
                    // The first answer was lost, and the link with it.
                    None => state.inviting.set(false),
                }
                state.refresh();
            },
        );
    });
    let help = if mails_are_read {
        "They get the link by mail. Leave it empty to send it yourself."
    } else {
        "Only for you to know it by: send the link yourself. May stay empty."
    };
    let choice = move |value: Role| {
        view! { <Choice group="role" title=value.name() text=value.about() value chosen=role/> }
    };
    view! {
        <form class="form" on:submit=submit>
            <FormError error=form.general()/>
            <fieldset class="choices">
                <legend>"Role"</legend>
                {Role::ALL.into_iter().filter(|role| mine.may_give(*role)).map(choice).collect_view()}
            </fieldset>
            <TextField
                label="Email (optional)"
                name="email"
                value=email
                error=form.about("email")
                autofocus=true
                help=help
            />
            <footer class="dialog-foot">
                <Submit form=*form>"Make the link"</Submit>
            </footer>
        </form>
    }
    .into_any()
}
