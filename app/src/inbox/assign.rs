//! Who of the team has the open conversation.

use super::{state::use_inbox, thread_state::use_thread};
use crate::ui::{Glyph, Menu, MenuItem, time::use_clock};
use domain::inbox::Triage;
use leptos::prelude::*;

/// Says whose it is, and gives it to somebody else.
#[component]
pub fn AssignMenu() -> impl IntoView {
    let (thread, inbox, clock) = (use_thread(), use_inbox(), use_clock());
    let assignee = Memo::new(move |_| thread.conversation.with(|c| c.assignee_id));
    let text = Signal::derive(move || match assignee.get() {
        _ if !clock.is_live() => String::new(),
        Some(user) => inbox.name_of(user),
        None => "Unassigned".to_owned(),
    });
    let choices = move || {
        let desk = inbox.desk.get().filter(|_| clock.is_live())?;
        let mut choices: Vec<_> = desk.team.iter().map(|member| Some(member.id)).collect();
        choices.sort_by_key(|user| *user != Some(desk.me));
        choices.push(None);
        let choice = move |user| {
            let glyph = match assignee.get() == user {
                true => Glyph::Check,
                false => Glyph::Person,
            };
            let label = user.map_or_else(|| "Nobody".to_owned(), |user| inbox.name_of(user));
            let action = user.map_or(Triage::Unassign, Triage::Assign);
            view! { <MenuItem glyph label on_press=move |()| thread.triage(action)/> }
        };
        Some(choices.into_iter().map(choice).collect_view())
    };
    view! {
        <Menu label="Assign (a)" name="a" glyph=Glyph::Person text>
            {choices}
        </Menu>
    }
    .into_any()
}
