//! The Chat Inbox's view of conversations.

use crate::{
    Invalid, UnixMillis,
    conversation::Status,
    ids::{ConversationId, TagId, UserId, VisitorId},
    message::{Message, Sender},
    role::Role,
    shop_customer::ShopCustomer,
    store::TeamMember,
    tag::Tag,
};
use serde::{Deserialize, Serialize};

/// Furthest that a conversation can be snoozed, in milliseconds: a year.
pub const SNOOZE_MAX: UnixMillis = 366 * 24 * 60 * 60 * 1_000;

/// Checks until when a conversation is to be snoozed: a time to come, within a year.
///
/// # Errors
/// [`Invalid`] for `until`.
pub fn parse_snooze(until: UnixMillis, now: UnixMillis) -> Result<UnixMillis, Invalid> {
    if until <= now {
        return Err(Invalid::new("until", "Please choose a time to come."));
    }
    // Neither end of what an i64 holds may overflow.
    if until.saturating_sub(now) > SNOOZE_MAX {
        return Err(Invalid::new(
            "until",
            "Please choose a time within the next year.",
        ));
    }
    Ok(until)
}

/// The inbox's tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Conversations that are open.
    #[default]
    Open,
    /// Conversations that come back later.
    Snoozed,
    /// Conversations that are resolved.
    Resolved,
    /// All of them.
    All,
}

impl Tab {
    /// Every tab, in the order in which they are shown.
    pub const EACH: [Self; 4] = [Self::Open, Self::Snoozed, Self::Resolved, Self::All];

    /// The word in the page's address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::All => "all",
        }
    }

    /// The tab of a word in an address.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|tab| tab.as_str() == word)
    }

    /// The status of the conversations in this tab; `None` for any.
    #[must_use]
    pub fn status(self) -> Option<Status> {
        match self {
            Self::Open => Some(Status::Open),
            Self::Snoozed => Some(Status::Snoozed),
            Self::Resolved => Some(Status::Resolved),
            Self::All => None,
        }
    }
}

/// Whose conversations the inbox shows, if not all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Those of whoever looks at it.
    Me,
    /// Nobody's.
    None,
}

impl Who {
    /// The word in the page's address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::None => "none",
        }
    }

    /// Whose it is by a word in an address.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Me, Self::None]
            .into_iter()
            .find(|who| who.as_str() == word)
    }
}

/// What the inbox shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InboxView {
    pub tab: Tab,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    /// Those with this tag, if not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<TagId>,
}

impl From<Tab> for InboxView {
    fn from(tab: Tab) -> Self {
        Self {
            tab,
            ..Self::default()
        }
    }
}

impl InboxView {
    /// Whether a conversation is among what it shows, to `me`.
    #[must_use]
    pub fn shows(self, conversation: &ConversationSummary, me: UserId) -> bool {
        let assignee = conversation.assignee_id;
        self.tab
            .status()
            .is_none_or(|status| conversation.status == status)
            && match self.who {
                Some(Who::Me) => assignee == Some(me),
                Some(Who::None) => assignee.is_none(),
                None => true,
            }
            && self.tag.is_none_or(|tag| conversation.tags.contains(&tag))
    }
}

/// Up to how many conversations are counted in [`InboxCounts`]: more are "999+".
pub const COUNTED_MAX: i64 = 1_000;

/// How many conversations there are, each up to [`COUNTED_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InboxCounts {
    /// With customer messages that no agent has read: all of them.
    pub unread: i64,
    pub open: i64,
    pub snoozed: i64,
    pub resolved: i64,
}

impl InboxCounts {
    /// Those in a tab.
    #[must_use]
    pub fn of(self, tab: Tab) -> i64 {
        match tab {
            Tab::Open => self.open,
            Tab::Snoozed => self.snoozed,
            Tab::Resolved => self.resolved,
            Tab::All => self.open + self.snoozed + self.resolved,
        }
    }
}

/// What somebody of the team does to a conversation besides writing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Triage {
    /// It is done.
    Resolve,
    /// It is not, or not snoozed any more.
    Reopen,
    /// The AI may answer in it.
    AiOn,
    /// The AI is quiet in it.
    AiOff,
    /// It is out of sight until then.
    Snooze(UnixMillis),
    /// It is this person's.
    Assign(UserId),
    /// It is nobody's.
    Unassign,
    /// It gets this tag.
    Tag(TagId),
    /// It loses this tag.
    Untag(TagId),
}

/// The shopper of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Visitor {
    /// The visitor's id in this store.
    pub id: VisitorId,
    /// The name they gave, if any.
    pub name: Option<String>,
    /// The address they gave, if any.
    pub email: Option<String>,
    /// Language tag of their browser, e.g. `en-GB`.
    pub locale: Option<String>,
    /// Who they are in the storefront, as its server has signed. Name and email are
    /// the storefront's then, not what somebody typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
}

/// A shopper and when they were there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitorProfile {
    #[serde(flatten)]
    pub visitor: Visitor,
    /// When they first wrote.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at: UnixMillis,
    /// When they last began a conversation.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub last_seen_at: UnixMillis,
}

impl Visitor {
    /// The customer of a connected shop who they are.
    #[must_use]
    pub fn shop_customer(&self) -> Option<ShopCustomer> {
        self.customer_id.as_deref().and_then(ShopCustomer::parse)
    }

    /// Name, else email, else "Visitor" with four characters to tell them
    /// apart.
    #[must_use]
    pub fn label(&self) -> String {
        if let Some(known) = self.name.as_ref().or(self.email.as_ref()) {
            return known.clone();
        }
        let id = self.id.to_string();
        format!("Visitor {}", id[id.len() - 4..].to_uppercase())
    }
}

/// One row of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Conversation))]
pub struct ConversationSummary {
    pub id: ConversationId,
    /// Where it stands.
    pub status: Status,
    pub visitor: Visitor,
    /// Who wrote the newest message.
    pub last_sender: Sender,
    /// The beginning of the newest message, on one line.
    pub last_excerpt: String,
    /// When the newest message was stored.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub last_message_at: UnixMillis,
    /// The number of the newest message.
    pub last_seq: i64,
    /// Customer messages that no agent has read.
    pub unread: i64,
    /// The shopper asked for a person and none has replied yet.
    pub needs_human: bool,
    /// The AI has answered in it.
    pub ai_handled: bool,
    /// Whether the AI still answers in it.
    pub ai_active: bool,
    /// Up to which message the shopper has read.
    pub visitor_read_seq: i64,
    /// Up to which message the team has read.
    pub agent_read_seq: i64,
    /// When it was started.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at: UnixMillis,
    /// The page it was started on.
    pub page_url: Option<String>,
    /// What that page called itself.
    #[serde(default)]
    pub page_title: Option<String>,
    /// The storefront has said who the shopper is, and signed it.
    #[serde(default)]
    pub verified: bool,
    /// When it comes back, if it is snoozed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub snoozed_until: Option<UnixMillis>,
    /// The person of the team whose it is, if it is somebody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee_id: Option<UserId>,
    /// Its tags, in the order in which it got them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagId>,
}

/// Whose conversations are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    /// Anybody's and nobody's.
    #[default]
    Any,
    /// This person's.
    Of(UserId),
    /// Nobody's.
    Nobodys,
}

/// Which conversations a program asks for: those that fit all of what is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConversationFilter {
    /// Where they stand.
    pub status: Option<Status>,
    /// Whether they wait for a person.
    pub needs_human: Option<bool>,
    /// Whether they have customer messages that no agent has read.
    pub unread: Option<bool>,
    /// Whose they are.
    pub visitor_id: Option<VisitorId>,
    /// Who of the team has them.
    pub whose: Whose,
    /// Which tag they have.
    pub tag: Option<TagId>,
}

/// A page of the inbox list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxPage {
    /// Newest message first.
    pub rows: Vec<ConversationSummary>,
    /// Give it back to get the rows after these; `None` at the end.
    pub next: Option<InboxCursor>,
    /// Who looks at it, and who else is there.
    pub desk: Desk,
}

/// Who works in an inbox, and with which tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Who asks.
    pub me: UserId,
    /// The team, by name.
    pub team: Vec<TeamMember>,
    /// The tags, by name.
    pub tags: Vec<Tag>,
}

impl Desk {
    /// What who asks is in the store.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        let me = self.team.iter().find(|member| member.id == self.me);
        me.map(|me| me.role)
    }

    /// What somebody of the team is called; one who has left is "Somebody".
    #[must_use]
    pub fn name_of(&self, id: UserId) -> &str {
        let found = self.team.iter().find(|member| member.id == id);
        found.map_or("Somebody", |member| &member.name)
    }
}

/// A place in the list, which stays the same place while rows move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxCursor {
    /// `last_message_at` of the last row shown.
    pub last_message_at: UnixMillis,
    /// Its id, to tell rows of the same millisecond apart.
    pub id: ConversationId,
}

/// A conversation with the newest of its messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// As its row in the list.
    pub conversation: ConversationSummary,
    /// Its messages in order of `seq`.
    pub messages: Vec<Message>,
    /// Whether there are messages before the first of these.
    pub has_earlier: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_snooze_ends_within_the_next_year() {
        let now = 1_700_000_000_000;
        for until in [now + 1, now + SNOOZE_MAX] {
            assert_eq!(parse_snooze(until, now), Ok(until));
        }
        for until in [i64::MIN, 0, now, now + SNOOZE_MAX + 1, i64::MAX] {
            let refused = parse_snooze(until, now).expect_err("no such snooze");
            assert_eq!(refused.field, "until");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_to_come_and_not_far(until: i64, now in 0..4_000_000_000_000_i64) {
            if let Ok(taken) = parse_snooze(until, now) {
                prop_assert!(taken > now && taken <= now + SNOOZE_MAX);
            }
        }
    }

    #[test]
    fn a_tab_is_found_by_its_word() {
        for tab in Tab::EACH {
            assert_eq!(Tab::from_word(tab.as_str()), Some(tab));
        }
        assert_eq!(Tab::from_word("Open"), None);
    }
}
