//! `/stores/:store/team`

use super::{
    api, assignment::AssignmentCard, invitations::waiting, invite::InviteForm, member::member_row,
    state::TeamState,
};
use crate::{
    error::AppError,
    resource::from_server,
    rooms::TEAM,
    session::use_store,
    ui::{
        Button, Card, Dialog, Each, EmptyState, FormError, Glyph, Loaded, Look, PageHeader,
        Picture, page_shape,
    },
    widget,
};
use domain::{
    ids::StoreId,
    role::Role,
    settings::StoredSettings,
    team::{Member, Team},
};
use leptos::prelude::*;

const HELP: &str = "Who answers your shoppers, and what each of them may do.";

/// The team: people, invitations, and the way out.
#[component]
pub fn TeamPage() -> impl IntoView {
    let store = use_store();
    let team = from_server(move || store.id(), load);
    view! {
        <div class="page page-wide">
            <Loaded
                resource=team
                skeleton=|| page_shape(TEAM.name, HELP, 4)
                view=move |(team, settings)| everybody(store.id_now(), team, settings)
            />
        </div>
    }
    .into_any()
}

async fn load(store: StoreId) -> Result<(Team, StoredSettings), AppError> {
    let team = api::list(store).await?;
    Ok((team, widget::api::settings(store).await?))
}

fn everybody(store: StoreId, team: Team, settings: StoredSettings) -> AnyView {
    let settings = StoredValue::new(settings);
    let state = TeamState::new(store, team);
    let may_invite = Memo::new(move |_| state.may_change(Role::Agent));
    let is_alone = Memo::new(move |_| {
        state
            .team
            .with(|team| team.members.len() == 1 && team.invitations.is_empty())
    });
    let invite = move |()| state.inviting.set(true);
    view! {
        <PageHeader title=TEAM.name help=HELP>
            <Show when=move || may_invite.get()>
                <Button look=Look::Primary glyph=Glyph::Plus on_press=invite>
                    "Invite"
                </Button>
            </Show>
        </PageHeader>
        <FormError error=state.form.error()/>
        <div class="card table-card">
            <table class="table team-table">
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"In the team since"</th>
                        <th scope="col">"Presence"</th>
                        <th scope="col">"Last seen"</th>
                        <th scope="col">
                            <span class="sr-only">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <Each
                        each=move || state.members()
                        key=|(member, is_last_owner)| {
                            let Member { id, name, role, last_seen_at, two_factor, presence, .. } = member;
                            format!(
                                "{id} {name} {role:?} {presence:?} {last_seen_at:?} {two_factor} {is_last_owner}",
                            )
                        }
                        let:shown
                    >
                        {member_row(state, shown)}
                    </Each>
                </tbody>
            </table>
        </div>
        <Show when=move || may_invite.get() && is_alone.get()>
            <EmptyState
                picture=Picture::Conversations
                title="You are alone here"
                text="Invite those who answer shoppers with you. Each gets a link of their own, and a role."
            >
                <Button on_press=invite>"Invite somebody"</Button>
            </EmptyState>
        </Show>
        {waiting(state)}
        <Show when=move || may_invite.get()>
            <AssignmentCard store stored=settings.get_value()/>
        </Show>
        {two_factor(state, may_invite)}
        {leaving(state)}
        <Dialog open=state.inviting title="Invite to the team">
            <InviteForm state/>
        </Dialog>
    }
    .into_any()
}

/// Whether everybody here must have a second factor, for those who may say so.
fn two_factor(state: TeamState, may_change: Memo<bool>) -> AnyView {
    let is_required = Memo::new(move |_| state.team.with(|team| team.requires_two_factor));
    let text = move || {
        if is_required.get() {
            "It is required: who has none is led to setting it up."
        } else {
            "It is not required. Who has it is marked 2FA above."
        }
    };
    let label = move || {
        if is_required.get() {
            "Don't require it"
        } else {
            "Require it"
        }
    };
    view! {
        <Show when=move || may_change.get()>
            <Card
                title="Two-factor sign-in"
                why="A code from the phone beside the password, for everybody who opens this store."
            >
                <p class="muted">{text}</p>
                <div>
                    <Button
                        glyph=Glyph::Lock
                        busy=state.form.busy()
                        on_press=move |()| state.require_two_factor(!is_required.get_untracked())
                    >
                        {label}
                    </Button>
                </div>
            </Card>
        </Show>
    }
    .into_any()
}

/// The way out, unless nobody would be left who may do all.
fn leaving(state: TeamState) -> AnyView {
    let is_needed = Memo::new(move |_| {
        state
            .team
            .with(|team| team.role == Role::Owner && team.owners() < 2)
    });
    view! {
        <Card
            title="Leave this store"
            why="You lose access at once, and what you have open becomes unassigned. What you wrote stays."
        >
            <Show
                when=move || !is_needed.get()
                fallback=|| {
                    view! {
                        <p class="muted">
                            "You are the only owner. Make somebody else an owner first."
                        </p>
                    }
                }
            >
                <div>
                    <Button glyph=Glyph::SignOut busy=state.form.busy() on_press=move |()| state.leave()>
                        "Leave store"
                    </Button>
                </div>
            </Show>
        </Card>
    }
    .into_any()
}
