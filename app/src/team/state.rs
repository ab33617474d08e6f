//! What the page knows of the team, and everything that changes it.

use super::api;
use crate::{
    browser,
    error::AppError,
    live::{Live, use_connection},
    ui::{
        Question, ScriptForm, confirm::Confirm, post_fields, toast::Toasts, use_confirm, use_toasts,
    },
};
use domain::{
    events::{Noun, ServerEvent},
    ids::{InvitationId, StoreId},
    role::Role,
    team::{Member, Team},
};
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

/// The team of the open store.
#[derive(Clone, Copy)]
pub struct TeamState {
    /// The store.
    pub store: StoreId,
    /// Its team.
    pub team: RwSignal<Team>,
    /// Whether the form of an invitation is open.
    pub inviting: RwSignal<bool>,
    /// The last change: whether it is under way, and why it failed.
    pub form: ScriptForm,
    live: Live<Team>,
    toasts: Toasts,
    confirm: Confirm,
}

impl TeamState {
    /// What the server has said of it; it is kept current.
    pub fn new(store: StoreId, team: Team) -> Self {
        let team = RwSignal::new(team);
        let live = Live::new(move || async move { api::list(store).await.ok() })
            // Who has just come may not be in the list yet, or in the answer that is under way.
            .refetch_on(|event| {
                event.is_change_of(Noun::Team) || matches!(event, ServerEvent::Presence(_))
            });
        live.taken_by(move |now| team.set(now));
        use_connection().on_event(move |event| {
            if let ServerEvent::Presence(of) = event {
                team.maybe_update(|team| team.note_presence(of));
            }
        });
        Self {
            store,
            team,
            inviting: RwSignal::new(false),
            form: ScriptForm::new(),
            live,
            toasts: use_toasts(),
            confirm: use_confirm(),
        }
    }

    /// Asks for it again, soon and once.
    pub fn refresh(self) {
        self.live.refetch_soon();
    }

    /// Whether who asks may change the place of a person of this role. Tracked.
    pub fn may_change(self, role: Role) -> bool {
        self.team.with(|team| team.role.may_give(role))
    }

    /// Everybody, and whether the store would have no owner without them. Tracked.
    pub fn members(self) -> Vec<(Member, bool)> {
        self.team.with(|team| {
            let is_alone = team.owners() < 2;
            let members = team.members.iter().cloned();
            members
                .map(|member| {
                    let is_last_owner = is_alone && member.role == Role::Owner;
                    (member, is_last_owner)
                })
                .collect()
        })
    }

    /// Sends a change of somebody's place, and says that it is done.
    fn change<F: ServerFn<Error = AppError>>(
        self,
        member: &Member,
        role: Option<Role>,
        done: impl FnOnce() + 'static,
    ) {
        let mut fields = vec![
            ("store", self.store.to_string()),
            ("user", member.id.to_string()),
        ];
        fields.extend(role.map(|role| ("role", role.as_str().to_owned())));
        self.form.send(post_fields(F::PATH, fields), move |()| {
            done();
            self.refresh();
        });
    }

    /// Gives somebody another role; that can be undone, and asks first if it can't.
    pub fn change_role(self, member: Member, role: Role) {
        let is_me = self.team.with_untracked(|team| team.me == member.id);
        if !is_me && role != Role::Owner {
            return self.set_role(member, role);
        }
        let name = role.name().to_lowercase();
        let question = if is_me {
            Question {
                title: format!("Make yourself an {name}?"),
                text: format!(
                    "You lose what an {} may do. Only somebody above you can undo it.",
                    member.role.name().to_lowercase()
                ),
                action: format!("Become an {name}"),
            }
        } else {
            Question {
                title: format!("Make {} an owner?", member.name),
                text: "An owner may do all that you may, and can remove you from the store."
                    .to_owned(),
                action: "Make owner".to_owned(),
            }
        };
        self.confirm
            .ask(question, move || self.set_role(member.clone(), role));
    }

    fn set_role(self, member: Member, role: Role) {
        let before = member.clone();
        let text = format!("{} is an {} now.", member.name, role.name().to_lowercase());
        self.change::<api::ChangeRole>(&member, Some(role), move || {
            let (store, user, role) = (self.store, before.id, before.role);
            let refresh = move || {
                // The page may be gone.
                if self.team.try_with_untracked(|_| ()).is_some() {
                    self.refresh();
                }
            };
            self.toasts.say_with_undo(text, move || {
                spawn_local(async move {
                    match api::change_role(store, user, role).await {
                        Ok(()) => refresh(),
                        Err(error) => self.toasts.say(error.text()),
                    }
                });
            });
        });
    }

    /// Asks, and makes somebody the owner in one's own place.
    pub fn hand_over(self, member: Member) {
        let question = Question {
            title: format!("Hand the store over to {}?", member.name),
            text: format!(
                "{} becomes an owner, and you become an admin. Only an owner can undo it.",
                member.name
            ),
            action: "Hand over".to_owned(),
        };
        self.confirm.ask(question, move || {
            let text = format!("{} is an owner now, and you are an admin.", member.name);
            self.change::<api::HandOver>(&member, None, move || self.toasts.say(text));
        });
    }

    /// Asks, and takes somebody out of the team.
    pub fn remove(self, member: Member) {
        let question = Question {
            title: format!("Remove {} from the team?", member.name),
            text: "They lose access at once. Their open conversations become unassigned, and their own canned responses go. What they wrote stays, with their name.".to_owned(),
            action: "Remove".to_owned(),
        };
        self.confirm.ask(question, move || {
            let text = format!("{} was removed.", member.name);
            self.change::<api::Remove>(&member, None, move || self.toasts.say(text));
        });
    }

    /// Asks, and leaves the team.
    pub fn leave(self) {
        let question = Question {
            title: "Leave this store?".to_owned(),
            text: "You lose access at once. Your open conversations become unassigned, and your own canned responses go. You can only come back by an invitation.".to_owned(),
            action: "Leave".to_owned(),
        };
        self.confirm.ask(question, move || {
            let fields = vec![("store", self.store.to_string())];
            self.form.send(post_fields(api::Leave::PATH, fields), |()| {
                browser::go_to(crate::addresses::STORES);
            });
        });
    }

    /// Requires a second factor of everybody here, or doesn't any more.
    pub fn require_two_factor(self, required: bool) {
        let fields = vec![
            ("store", self.store.to_string()),
            ("required", required.to_string()),
        ];
        let sent = post_fields(api::RequireTwoFactor::PATH, fields);
        self.form.send(sent, move |()| self.refresh());
    }

    /// Asks, and takes an invitation back.
    pub fn revoke(self, id: InvitationId) {
        let question = Question {
            title: "Revoke this invitation?".to_owned(),
            text: "Its link stops working at once.".to_owned(),
            action: "Revoke".to_owned(),
        };
        self.confirm.ask(question, move || {
            let fields = vec![
                ("store", self.store.to_string()),
                ("invitation", id.to_string()),
            ];
            let sent = post_fields(api::RevokeInvitation::PATH, fields);
            self.form.send(sent, move |()| {
                self.toasts.say("Invitation revoked.");
                self.refresh();
            });
        });
    }
}
