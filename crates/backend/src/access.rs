//! Who is asking, for which store, and what they may do there. Stands below
//! every noun: a use case takes a [`Principal`] and asks it for a
//! [`Permission`].

use crate::error::{Error, Forbidden, Result};
use domain::{
    account::EmailAddress,
    ids::{StoreId, UserId, VisitorId},
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

/// Who does something. Messages and changes carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person of the store's team.
    User(User),
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
            Self::Visitor(id) => Some(id.to_string()),
            Self::Ai | Self::System => None,
        }
    }

    /// The name that others see.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(&user.name),
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
    /// See orders.
    ReadOrders,
    /// Connect and disconnect the shops that orders are looked up in.
    ManageOrderSources,
    /// Change and import orders.
    ChangeOrders,
    /// Run failed jobs again.
    ManageJobs,
    /// Make and revoke the secrets that a storefront signs its customers with.
    ManageIdentity,
}

/// Every permission and the least role that has it.
const PERMISSIONS: [(Permission, Role); 12] = [
    (Permission::ReadConversations, Role::Agent),
    (Permission::AnswerConversations, Role::Agent),
    (Permission::ReadStore, Role::Agent),
    (Permission::ReadSettings, Role::Agent),
    (Permission::ChangeSettings, Role::Admin),
    (Permission::ReadFaq, Role::Agent),
    (Permission::ChangeFaq, Role::Admin),
    (Permission::ReadOrders, Role::Agent),
    (Permission::ManageOrderSources, Role::Admin),
    (Permission::ChangeOrders, Role::Admin),
    (Permission::ManageJobs, Role::Admin),
    (Permission::ManageIdentity, Role::Admin),
];

/// Proof of who asks something of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The store.
    pub store_id: StoreId,
    /// Who it is.
    pub actor: Actor,
    /// What they are there; shoppers have no role.
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
            Ok(())
        } else {
            Err(Error::Forbidden(Forbidden::Role))
        }
    }

    /// Whether they may do it.
    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        PERMISSIONS.iter().any(|(granted, least)| {
            *granted == permission && self.role.is_some_and(|role| role >= *least)
        })
    }
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
        for permission in [
            Permission::ChangeSettings,
            Permission::ChangeFaq,
            Permission::ChangeOrders,
            Permission::ManageJobs,
            Permission::ManageIdentity,
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
                    .all(|(permission, _)| who.has(*permission))
            );
        }
    }

    #[test]
    fn who_has_no_role_has_no_permission() {
        let nobody = principal(None);
        assert!(
            !PERMISSIONS
                .iter()
                .any(|(permission, _)| nobody.has(*permission))
        );
    }
}
