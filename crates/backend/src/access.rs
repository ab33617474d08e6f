//! Who is asking, for which store, and what they may do there. Stands below
//! every noun: a use case takes a [`Principal`] and asks it for a
//! [`Permission`].

use crate::error::{Error, Forbidden, Result};
use domain::{
    account::EmailAddress,
    api_key::Scope,
    ids::{ApiKeyId, StoreId, UserId, VisitorId},
    role::Role,
};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The account's id.
    pub id: UserId,
    /// The name that shoppers see.
    pub name: String,
    /// The sign-in address.
    pub email: EmailAddress,
}

/// A program of a store's developers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyActor {
    /// The key's id.
    pub id: ApiKeyId,
    /// The key's name, which shoppers see.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

/// Who does something. Messages and changes carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person of the store's team.
    User(User),
    /// A program, by its key.
    ApiKey(ApiKeyActor),
    /// A shopper.
    Visitor(VisitorId),
    /// The AI.
    Ai,
    /// The product itself, such as a job that closes idle conversations.
    System,
}

impl Actor {
    /// The word that is stored.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::ApiKey(_) => "api_key",
            Self::Visitor(_) => "visitor",
            Self::Ai => "ai",
            Self::System => "system",
        }
    }

    /// The id that is stored beside the word.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::User(user) => Some(user.id.to_string()),
            Self::ApiKey(key) => Some(key.id.to_string()),
            Self::Visitor(id) => Some(id.to_string()),
            Self::Ai | Self::System => None,
        }
    }

    /// The name that others see.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(&user.name),
            Self::ApiKey(key) => Some(&key.name),
            Self::Visitor(_) | Self::Ai | Self::System => None,
        }
    }
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See the inbox and its threads.
    ReadConversations,
    /// Reply, resolve, reopen, switch the AI on and off.
    AnswerConversations,
    /// Delete conversations for good.
    DeleteConversations,
    /// Rename, recolour, merge and delete tags; who answers makes them and puts them on.
    ManageTags,
    /// See the store's overview, its services and failed jobs.
    ReadStore,
    /// See the settings.
    ReadSettings,
    /// Change the settings.
    ChangeSettings,
    /// See the FAQ and try questions on it.
    ReadFaq,
    /// Change the FAQ.
    ChangeFaq,
    /// See and use the canned responses that the team shares, and one's own.
    UseCannedResponses,
    /// Make and change canned responses of one's own.
    ChangeOwnCannedResponses,
    /// Change the canned responses that the team shares.
    ChangeSharedCannedResponses,
    /// See orders.
    ReadOrders,
    /// Connect and disconnect the shops that orders are looked up in.
    ManageOrderSources,
    /// Change and import orders.
    ChangeOrders,
    /// See what shoppers told about themselves.
    ReadVisitors,
    /// Run failed jobs again.
    ManageJobs,
    /// Make and revoke API keys.
    ManageApiKeys,
    /// See, make and delete webhooks, and what they were told.
    ManageWebhooks,
    /// Make and revoke the secrets that a storefront signs its customers with.
    ManageIdentity,
    /// See who is in the team.
    ReadTeam,
    /// Invite people, see who is invited, and take invitations back.
    Invite,
    /// Change roles up to one's own, and take people out of the team.
    ManageTeam,
}

/// Every permission, the least role that has it, and the scope that gives it to an API
/// key; without one no key has it.
const PERMISSIONS: &[(Permission, Role, Option<Scope>)] = &[
    (Permission::DeleteConversations, Role::Admin, None),
    (
        Permission::ReadConversations,
        Role::Agent,
        Some(Scope::ConversationsRead),
    ),
    (
        Permission::AnswerConversations,
        Role::Agent,
        Some(Scope::ConversationsWrite),
    ),
    (
        Permission::ManageTags,
        Role::Admin,
        Some(Scope::ConversationsWrite),
    ),
    (Permission::ReadStore, Role::Agent, Some(Scope::StoreRead)),
    (
        Permission::ReadSettings,
        Role::Agent,
        Some(Scope::SettingsRead),
    ),
    (
        Permission::ChangeSettings,
        Role::Admin,
        Some(Scope::SettingsWrite),
    ),
    (Permission::ReadFaq, Role::Agent, Some(Scope::FaqRead)),
    (Permission::ChangeFaq, Role::Admin, Some(Scope::FaqWrite)),
    (
        Permission::UseCannedResponses,
        Role::Agent,
        Some(Scope::CannedResponsesRead),
    ),
    (Permission::ChangeOwnCannedResponses, Role::Agent, None),
    (
        Permission::ChangeSharedCannedResponses,
        Role::Admin,
        Some(Scope::CannedResponsesWrite),
    ),
    (Permission::ReadOrders, Role::Agent, Some(Scope::OrdersRead)),
    (Permission::ManageOrderSources, Role::Admin, None),
    (
        Permission::ChangeOrders,
        Role::Admin,
        Some(Scope::OrdersWrite),
    ),
    (
        Permission::ReadVisitors,
        Role::Agent,
        Some(Scope::VisitorsRead),
    ),
    (Permission::ManageJobs, Role::Admin, None),
    (Permission::ManageApiKeys, Role::Admin, None),
    (
        Permission::ManageWebhooks,
        Role::Admin,
        Some(Scope::WebhooksWrite),
    ),
    (Permission::ManageIdentity, Role::Admin, None),
    (Permission::ReadTeam, Role::Agent, Some(Scope::TeamRead)),
    (Permission::Invite, Role::Admin, Some(Scope::TeamWrite)),
    (Permission::ManageTeam, Role::Admin, None),
];

/// No key may do more than one of these.
const MOST_OF_A_KEY: Role = Role::Admin;

/// Proof of who asks something of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The store.
    pub store_id: StoreId,
    /// Who it is.
    pub actor: Actor,
    /// What they are there; shoppers and API keys have no role.
    pub role: Option<Role>,
}

impl Principal {
    /// A person of the store's team.
    #[must_use]
    pub fn member(store_id: StoreId, user: User, role: Role) -> Self {
        Self {
            store_id,
            actor: Actor::User(user),
            role: Some(role),
        }
    }

    /// A program of the store's developers.
    #[must_use]
    pub fn api_key(store_id: StoreId, key: ApiKeyActor) -> Self {
        Self {
            store_id,
            actor: Actor::ApiKey(key),
            role: None,
        }
    }

    /// Whoever runs commands on the server: all stores are theirs.
    #[must_use]
    pub fn operator(store_id: StoreId) -> Self {
        Self {
            store_id,
            actor: Actor::System,
            role: Some(Role::Owner),
        }
    }

    /// The person, if it is one.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        match &self.actor {
            Actor::User(user) => Some(user),
            _ => None,
        }
    }

    /// # Errors
    /// [`Error::Forbidden`] without the permission.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.has(permission) {
            return Ok(());
        }
        let why = match (&self.actor, scope_of(permission)) {
            (Actor::ApiKey(_), Some(scope)) => Forbidden::Scope(scope),
            (Actor::ApiKey(_), None) => Forbidden::NotByKey,
            _ => Forbidden::Role,
        };
        Err(Error::Forbidden(why))
    }

    /// Whether they may do it.
    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        PERMISSIONS.iter().any(|(granted, least, scope)| {
            *granted == permission
                && match &self.actor {
                    Actor::ApiKey(key) => {
                        MOST_OF_A_KEY >= *least
                            && scope.is_some_and(|scope| key.scopes.contains(&scope))
                    }
                    _ => self.role.is_some_and(|role| role >= *least),
                }
        })
    }
}

fn scope_of(permission: Permission) -> Option<Scope> {
    PERMISSIONS
        .iter()
        .find(|(granted, ..)| *granted == permission)
        .and_then(|(_, _, scope)| *scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn principal(role: Option<Role>) -> Principal {
        Principal {
            store_id: StoreId::generate(),
            actor: Actor::System,
            role,
        }
    }

    #[test]
    fn agents_answer_and_read_and_change_nothing_else() {
        let agent = principal(Some(Role::Agent));
        assert!(agent.require(Permission::AnswerConversations).is_ok());
        assert!(agent.require(Permission::ReadSettings).is_ok());
        assert!(agent.require(Permission::UseCannedResponses).is_ok());
        assert!(agent.require(Permission::ChangeOwnCannedResponses).is_ok());
        for permission in [
            Permission::ManageTags,
            Permission::ChangeSettings,
            Permission::ChangeFaq,
            Permission::ChangeSharedCannedResponses,
            Permission::ChangeOrders,
            Permission::ManageJobs,
            Permission::ManageIdentity,
            Permission::Invite,
            Permission::ManageTeam,
        ] {
            assert!(agent.require(permission).is_err(), "{permission:?}");
        }
    }

    #[test]
    fn admins_and_owners_have_every_permission() {
        for role in [Role::Admin, Role::Owner] {
            let who = principal(Some(role));
            assert!(
                PERMISSIONS
                    .iter()
                    .all(|(permission, ..)| who.has(*permission))
            );
        }
    }

    #[test]
    fn who_has_no_role_has_no_permission() {
        let nobody = principal(None);
        assert!(
            !PERMISSIONS
                .iter()
                .any(|(permission, ..)| nobody.has(*permission))
        );
    }

    fn key(scopes: &[Scope]) -> Principal {
        let key = ApiKeyActor {
            id: ApiKeyId::generate(),
            name: "Shop".to_owned(),
            scopes: scopes.to_vec(),
        };
        Principal::api_key(StoreId::generate(), key)
    }

    #[test]
    fn a_key_has_what_its_scopes_give_and_nothing_else() {
        for (permission, _, scope) in PERMISSIONS {
            for given in Scope::ALL {
                let expected = *scope == Some(*given);
                assert_eq!(
                    key(&[*given]).has(*permission),
                    expected,
                    "{permission:?} by {given:?}"
                );
            }
        }
        assert!(key(&[]).require(Permission::ReadStore).is_err());
    }

    #[test]
    fn a_key_with_every_scope_is_no_admin() {
        let most = key(Scope::ALL);
        for permission in [
            Permission::ManageJobs,
            Permission::ManageApiKeys,
            Permission::ManageTeam,
        ] {
            let refused = most.require(permission);
            assert!(matches!(
                refused,
                Err(Error::Forbidden(Forbidden::NotByKey))
            ));
        }
    }
}
