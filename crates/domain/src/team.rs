//! A store's team: who is in it, and who is invited.

use crate::{
    Invalid, UnixMillis,
    account::EmailAddress,
    ids::{InvitationId, StoreId, UserId},
    presence::{Presence, PresenceOf},
    role::Role,
};
use serde::{Deserialize, Serialize};

/// How long an invitation is good for, in days.
pub const INVITATION_DAYS: i64 = 7;
/// The same in milliseconds.
pub const INVITATION_LIFE: UnixMillis = INVITATION_DAYS * 24 * 60 * 60 * 1000;
/// Most invitations of one store that wait to be accepted.
pub const INVITATIONS_MAX: usize = 50;
/// Most people in one team.
pub const MEMBERS_MAX: usize = 500;

/// Where an invitation is accepted.
#[must_use]
pub fn join_path(token: &str) -> String {
    format!("/join/{token}")
}

/// A person of a store's team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// The account's id.
    pub id: UserId,
    /// The name that shoppers see.
    pub name: String,
    /// The sign-in address.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub email: EmailAddress,
    /// What they may do.
    pub role: Role,
    /// Since when they are in the team.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub since: UnixMillis,
    /// When they last used the store's dashboard, to a few minutes.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<UnixMillis>,
    /// Whether they are there to answer.
    #[serde(default)]
    pub presence: Presence,
    /// Whether they sign in with a second factor.
    #[serde(default)]
    pub two_factor: bool,
}

/// An invitation that waits to be accepted. Its link is known to whoever has got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub id: InvitationId,
    /// What the one who joins by it may do.
    pub role: Role,
    /// Whom it is for, as far as that was said. Whoever has the link can use it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// The name of the person who made it, if it was a person who is still known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<String>,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at: UnixMillis,
    /// Until when it can be accepted.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub expires_at: UnixMillis,
}

/// What is said to invite somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewInvitation {
    /// A UUIDv7; whoever invites makes it, and repeats it in retries.
    pub id: InvitationId,
    /// What the one who joins may do.
    pub role: Role,
    /// Whom it is for. They get the link by mail, where mails reach people.
    #[cfg_attr(feature = "openapi", schema(max_length = 254))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl NewInvitation {
    /// Whom it is for, if that is said; nothing but spaces says nothing.
    ///
    /// # Errors
    /// [`Invalid`] for `email`.
    pub fn address(&self) -> Result<Option<EmailAddress>, Invalid> {
        let said = self.email.as_deref().map(str::trim);
        let said = said.filter(|said| !said.is_empty());
        said.map(EmailAddress::parse).transpose()
    }
}

/// An invitation that has just been made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedInvitation {
    pub invitation: Invitation,
    /// Where it is accepted. Shown now and never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Whether it goes to its address by mail as well.
    pub is_mailed: bool,
}

impl std::fmt::Debug for CreatedInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedInvitation")
            .field("invitation", &self.invitation)
            .finish_non_exhaustive()
    }
}

/// The Team page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Who asks.
    pub me: UserId,
    /// What they are here.
    pub role: Role,
    /// By name.
    pub members: Vec<Member>,
    /// Those that wait, the newest first; none for whoever may invite nobody.
    pub invitations: Vec<Invitation>,
    /// Whether mails reach people from here.
    pub mails_are_read: bool,
    /// Whether everybody here must sign in with a second factor.
    #[serde(default)]
    pub requires_two_factor: bool,
}

impl Team {
    /// Takes in whether somebody is there; `true` if that is news.
    pub fn note_presence(&mut self, of: PresenceOf) -> bool {
        let Some(member) = self.members.iter_mut().find(|member| member.id == of.user) else {
            return false;
        };
        std::mem::replace(&mut member.presence, of.presence) != of.presence
    }

    /// How many owners the store has.
    #[must_use]
    pub fn owners(&self) -> usize {
        let owners = self.members.iter().filter(|m| m.role == Role::Owner);
        owners.count()
    }
}

/// What somebody sees who follows an invitation's link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The store that they are invited to.
    pub store_name: String,
    /// What they would be there.
    pub role: Role,
    /// Who invited them, where that is known.
    pub invited_by: Option<String>,
    /// The address that it was made for, where one was given.
    pub email: Option<EmailAddress>,
    /// Until when it can be accepted.
    pub expires_at: UnixMillis,
    /// Whether it can be accepted.
    pub state: OfferState,
    /// Who looks at it, if they are signed in.
    pub you: Option<Guest>,
}

/// Whether an invitation can be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// It can.
    Open,
    /// Somebody has accepted it.
    Used,
    /// The team has taken it back.
    Revoked,
    /// Its time is over.
    Expired,
}

/// Somebody who is signed in and looks at an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    pub name: String,
    pub email: EmailAddress,
    /// The store, if they are in its team already.
    pub member_of: Option<StoreId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_an_invitation_is_for_need_not_be_said() {
        let new = |email: Option<&str>| NewInvitation {
            id: InvitationId::generate(),
            role: Role::Agent,
            email: email.map(str::to_owned),
        };
        assert_eq!(new(None).address(), Ok(None));
        assert_eq!(new(Some("  ")).address(), Ok(None));
        let said = new(Some(" Tom@Example.com")).address();
        assert_eq!(
            said.map(|to| to.map(String::from)),
            Ok(Some("tom@example.com".into()))
        );
        assert_eq!(
            new(Some("tom")).address().map_err(|e| e.field),
            Err("email".into())
        );
    }

    #[test]
    fn a_link_is_never_printed() {
        let created = CreatedInvitation {
            invitation: Invitation {
                id: InvitationId::generate(),
                role: Role::Agent,
                email: None,
                invited_by: None,
                created_at: 0,
                expires_at: INVITATION_LIFE,
            },
            link: Some("https://support.example.com/join/secret".into()),
            is_mailed: false,
        };
        assert!(!format!("{created:?}").contains("secret"));
    }
}
