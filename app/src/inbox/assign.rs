//! Who of the team has conversations.

use super::{state::use_inbox, triage::Subject};
use crate::ui::{Glyph, Menu, MenuItem, time::use_clock};
use domain::inbox::Triage;
use leptos::prelude::*;

/// Says whose they are, and gives them to somebody else.
#[component]
pub fn AssignMenu(
    /// Which.
    subject: Subject,
) -> impl IntoView {
    let (inbox, clock) = (use_inbox(), use_clock());
    let Subject { act, assignee, .. } = subject;
    let text = (!subject.is_terse).then(|| {
        Signal::derive(move || match assignee.get().flatten() {
            _ if !clock.is_live() => String::new(),
            Some(user) => inbox.name_of(user),
            None => "Unassigned".to_owned(),
        })
    });
    let choices = move || {
        let desk = inbox.desk.get().filter(|_| clock.is_live())?;
        let mut choices: Vec<_> = desk.team.iter().map(|member| Some(member.id)).collect();
        choices.sort_by_key(|user| *user != Some(desk.me));
        choices.push(None);
        let choice = move |user| {
            let glyph = match assignee.get() == Some(user) {
                true => Glyph::Check,
                false => Glyph::Person,
            };
            let label = user.map_or_else(|| "Nobody".to_owned(), |user| inbox.presented(user));
            let action = user.map_or(Triage::Unassign, Triage::Assign);
            view! { <MenuItem glyph label on_press=move |()| act.run(action)/> }
        };
        Some(choices.into_iter().map(choice).collect_view())
    };
    view! {
        <Menu label="Assign (a)" name="a" glyph=Glyph::Person text=text>
            {choices}
        </Menu>
    }
    .into_any()
}
