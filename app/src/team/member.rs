//! One person of the team.

use super::state::TeamState;
use crate::ui::{Ago, Badge, Glyph, Menu, MenuItem, Tone, initials};
use domain::{presence::Presence, role::Role, team::Member};
use leptos::prelude::*;

/// A person as a row, with what may be done about their place; nothing if the store would
/// have no owner without them.
pub fn member_row(state: TeamState, (member, is_last_owner): (Member, bool)) -> AnyView {
    let is_me = state.team.with_untracked(|team| team.me) == member.id;
    let name = member.name.clone();
    let role = member.role;
    let may_change = untrack(|| state.may_change(role)) && !is_last_owner;
    let actions = if may_change {
        actions(state, member.clone(), is_me)
    } else {
        ().into_any()
    };
    view! {
        <tr>
            <td data-label="Person">
                <span class="team-person">
                    <span class="avatar" aria-hidden="true">{initials(&name)}</span>
                    <span class="team-name">
                        <span class="cell-line" dir="auto">
                            {name}
                            {is_me
                                .then(|| view! { " " <Badge tone=Tone::Accent text="You"/> })}
                        </span>
                        <span class="muted cell-line">{member.email.to_string()}</span>
                    </span>
                </span>
            </td>
            <td data-label="Role">
                <span title=role.about()>
                    <Badge tone=tone(role) text=role.name()/>
                </span>
                {member
                    .two_factor
                    .then(|| view! { " " <Badge tone=Tone::Neutral glyph=Glyph::Lock text="2FA"/> })}
            </td>
            <td data-label="In the team since">
                <Ago at=member.since/>
            </td>
            <td data-label="Presence">
                <Badge tone=presence_tone(member.presence) text=member.presence.name()/>
            </td>
            <td data-label="Last seen">
                {match member.last_seen_at {
                    Some(at) => view! { <Ago at/> }.into_any(),
                    None => view! { <span class="muted">"Not yet"</span> }.into_any(),
                }}
            </td>
            <td class="team-actions">{actions}</td>
        </tr>
    }
    .into_any()
}

/// How a role is drawn.
pub fn tone(role: Role) -> Tone {
    match role {
        Role::Owner => Tone::Accent,
        Role::Admin => Tone::Good,
        Role::Agent => Tone::Neutral,
    }
}

fn presence_tone(presence: Presence) -> Tone {
    match presence {
        Presence::Available => Tone::Good,
        Presence::Away => Tone::Warning,
        Presence::Offline => Tone::Neutral,
    }
}

fn actions(state: TeamState, member: Member, is_me: bool) -> AnyView {
    let mine = state.team.with_untracked(|team| team.role);
    let label = if is_me {
        "More for yourself".to_owned()
    } else {
        format!("More for {}", member.name)
    };
    let others = Role::ALL.into_iter().filter(|role| {
        let is_lower = *role < member.role;
        *role != member.role && mine.may_give(*role) && (!is_me || is_lower)
    });
    let roles = others
        .map(|role| {
            let member = member.clone();
            let whom = if is_me { "Make yourself an" } else { "Make an" };
            let label = format!("{whom} {}", role.name().to_lowercase());
            let glyph = if role > member.role {
                Glyph::ArrowUp
            } else {
                Glyph::ArrowDown
            };
            view! {
                <MenuItem
                    glyph
                    label
                    on_press=move |()| state.change_role(member.clone(), role)
                />
            }
        })
        .collect_view();
    let may_hand_over = mine == Role::Owner && !is_me && member.role != Role::Owner;
    let (to, gone) = (member.clone(), member);
    view! {
        <Menu label>
            {roles}
            {may_hand_over
                .then(|| {
                    view! {
                        <MenuItem
                            glyph=Glyph::Key
                            label="Hand the store over"
                            on_press=move |()| state.hand_over(to.clone())
                        />
                    }
                })}
            {(!is_me)
                .then(|| {
                    view! {
                        <MenuItem
                            glyph=Glyph::Trash
                            label="Remove from the team"
                            danger=true
                            on_press=move |()| state.remove(gone.clone())
                        />
                    }
                })}
        </Menu>
    }
    .into_any()
}
