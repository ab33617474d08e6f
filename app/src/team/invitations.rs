//! The invitations that wait to be accepted.

use super::{member::tone, state::TeamState};
use crate::ui::{Ago, Badge, Button, Each, Glyph, Look, time::use_clock};
use domain::team::Invitation;
use leptos::prelude::*;

/// Those that wait; nothing if there are none.
pub fn waiting(state: TeamState) -> AnyView {
    let there_are = Memo::new(move |_| state.team.with(|team| !team.invitations.is_empty()));
    view! {
        <Show when=move || there_are.get()>
            <section class="card" aria-labelledby="invitations-title">
                <header class="invitations-head">
                    <h2 id="invitations-title">"Invitations"</h2>
                    <p class="muted">"Each link is good for one person, until it is used or its time is over."</p>
                </header>
                <ul class="invitations">
                    <Each
                        each=move || state.team.with(|team| team.invitations.clone())
                        key=|invitation| invitation.id
                        let:invitation
                    >
                        {row(state, invitation)}
                    </Each>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

fn row(state: TeamState, invitation: Invitation) -> AnyView {
    let clock = use_clock();
    let Invitation {
        id,
        role,
        email,
        invited_by,
        created_at,
        expires_at,
    } = invitation;
    let whom = email.map_or_else(
        || "Whoever has the link".to_owned(),
        |email| email.to_string(),
    );
    let until = move || {
        let (end, now) = (clock.civil(expires_at), clock.civil(clock.now()));
        format!(", good until {}", end.seen_from(now))
    };
    view! {
        <li>
            <span class="invitation-text">
                <span class="cell-line">{whom}</span>
                <span class="muted">
                    "made " <Ago at=created_at/>
                    {invited_by.map(|name| format!(" by {name}"))}
                    {until}
                </span>
            </span>
            <Badge tone=tone(role) text=role.name()/>
            <Button look=Look::Quiet glyph=Glyph::Close busy=state.form.busy() on_press=move |()| state.revoke(id)>
                "Revoke"
            </Button>
        </li>
    }
    .into_any()
}
