//! The Chat Inbox's view of conversations.

use crate::{
    Invalid, UnixMillis,
    conversation::Status,
    ids::{ConversationId, TagId, UserId, VisitorId},
    message::{Message, Sender},
    presence::{Presence, PresenceOf},
    role::Role,
    sentiment::Sentiment,
    shop_customer::ShopCustomer,
    store::TeamMember,
    tag::Tag,
    text,
    waiting::Late,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Furthest that a conversation can be snoozed, in milliseconds: a year.
pub const SNOOZE_MAX: UnixMillis = 366 * 24 * 60 * 60 * 1_000;

/// How long a merge can be taken back, in milliseconds: ten minutes.
pub const UNMERGE_WITHIN: UnixMillis = 10 * 60 * 1_000;

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
    /// All of them but spam.
    All,
    /// What is nobody's to answer.
    Spam,
}

impl Tab {
    /// The tabs that are always shown, in their order.
    pub const SHOWN: [Self; 4] = [Self::Open, Self::Snoozed, Self::Resolved, Self::All];
    /// Every tab.
    pub const EACH: [Self; 5] = [
        Self::Open,
        Self::Snoozed,
        Self::Resolved,
        Self::All,
        Self::Spam,
    ];

    /// The word in the page's address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::All => "all",
            Self::Spam => "spam",
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
            Self::All | Self::Spam => None,
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
    /// Those in which a note speaks to whoever looks at it, and they haven't seen it.
    Mentioned,
}

impl Who {
    /// The word in the page's address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::None => "none",
            Self::Mentioned => "mentioned",
        }
    }

    /// Whose it is by a word in an address.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Me, Self::None, Self::Mentioned]
            .into_iter()
            .find(|who| who.as_str() == word)
    }
}

/// In which order the inbox shows conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The one in which somebody wrote last comes first.
    #[default]
    Newest,
    /// The shopper who waits longest comes first; conversations in which nobody waits come
    /// after those, the newest first.
    Waiting,
}

impl Sort {
    /// Every order, as they are offered.
    pub const EACH: [Self; 2] = [Self::Newest, Self::Waiting];

    /// The word in the page's address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Waiting => "waiting",
        }
    }

    /// The order of a word in an address.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|sort| sort.as_str() == word)
    }

    /// Where a conversation stands: smaller comes first. Of two with the same place, the one
    /// with the greater id does. The database sorts by the same.
    #[must_use]
    pub fn place(self, conversation: &ConversationSummary) -> i64 {
        let newest = -conversation.last_message_at;
        match self {
            Self::Newest => newest,
            Self::Waiting => conversation
                .waiting_since
                .unwrap_or(AFTER_ALL_WHO_WAIT + newest),
        }
    }
}

/// Later than every time that somebody can wait since, in milliseconds; a whole number in
/// JavaScript too.
pub const AFTER_ALL_WHO_WAIT: i64 = 9_000_000_000_000_000;

/// What conversations the inbox shows can be narrowed to, besides whose they are and their
/// tag: those for which all that are on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Narrow {
    /// With customer messages that nobody of the team has read.
    Unread,
    /// The shopper needs a person.
    NeedsHuman,
    /// The AI has answered in it.
    AiHandled,
    /// An answer in it has shown orders.
    HasOrders,
    /// The shopper sounds annoyed, disappointed or angry.
    Negative,
}

impl Narrow {
    /// Every one, in the order in which they are shown.
    pub const EACH: [Self; 5] = [
        Self::Unread,
        Self::AiHandled,
        Self::NeedsHuman,
        Self::Negative,
        Self::HasOrders,
    ];

    /// The word in the page's address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::NeedsHuman => "needs_human",
            Self::AiHandled => "ai",
            Self::HasOrders => "orders",
            Self::Negative => "negative",
        }
    }

    /// Whether it holds for a conversation.
    #[must_use]
    pub fn holds(self, conversation: &ConversationSummary) -> bool {
        match self {
            Self::Unread => conversation.unread > 0,
            Self::NeedsHuman => conversation.needs_human,
            Self::AiHandled => conversation.ai_handled,
            Self::HasOrders => conversation.has_orders,
            Self::Negative => conversation.sentiment == Some(Sentiment::Negative),
        }
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
    /// Only those with something unread.
    #[serde(skip_serializing_if = "is_off")]
    pub unread: bool,
    /// Only those that need a person.
    #[serde(skip_serializing_if = "is_off")]
    pub needs_human: bool,
    /// Only those in which the AI has answered.
    #[serde(skip_serializing_if = "is_off")]
    pub ai_handled: bool,
    /// Only those in which an answer has shown orders.
    #[serde(skip_serializing_if = "is_off")]
    pub has_orders: bool,
    /// Only those whose shopper sounds annoyed, disappointed or angry.
    #[serde(skip_serializing_if = "is_off")]
    pub negative: bool,
    /// In which order.
    #[serde(skip_serializing_if = "is_newest")]
    pub sort: Sort,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_off(on: &bool) -> bool {
    !on
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives references")]
fn is_newest(sort: &Sort) -> bool {
    *sort == Sort::Newest
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
    /// Whether it is narrowed to those.
    #[must_use]
    pub fn is_narrowed(self, narrow: Narrow) -> bool {
        match narrow {
            Narrow::Unread => self.unread,
            Narrow::NeedsHuman => self.needs_human,
            Narrow::AiHandled => self.ai_handled,
            Narrow::HasOrders => self.has_orders,
            Narrow::Negative => self.negative,
        }
    }

    /// The same, narrowed to those or not.
    #[must_use]
    pub fn narrowed(mut self, narrow: Narrow, on: bool) -> Self {
        *match narrow {
            Narrow::Unread => &mut self.unread,
            Narrow::NeedsHuman => &mut self.needs_human,
            Narrow::AiHandled => &mut self.ai_handled,
            Narrow::HasOrders => &mut self.has_orders,
            Narrow::Negative => &mut self.negative,
        } = on;
        self
    }

    /// Whether it shows less than its whole tab.
    #[must_use]
    pub fn is_filtered(self) -> bool {
        self.who.is_some()
            || self.tag.is_some()
            || Narrow::EACH.into_iter().any(|one| self.is_narrowed(one))
    }

    /// In which order it shows them: nobody waits among spam.
    #[must_use]
    pub fn order(self) -> Sort {
        match self.tab {
            Tab::Spam => Sort::Newest,
            _ => self.sort,
        }
    }

    /// Whether a conversation is among what it shows, to `me`.
    #[must_use]
    pub fn shows(self, conversation: &ConversationSummary, me: UserId) -> bool {
        let assignee = conversation.assignee_id;
        self.tab
            .status()
            .is_none_or(|status| conversation.status == status)
            && conversation.spam == (self.tab == Tab::Spam)
            && match self.who {
                Some(Who::Me) => assignee == Some(me),
                Some(Who::None) => assignee.is_none(),
                // Only the server knows; what is shown stays while it is read.
                Some(Who::Mentioned) | None => true,
            }
            && self.tag.is_none_or(|tag| conversation.tags.contains(&tag))
            && Narrow::EACH
                .into_iter()
                .all(|one| !self.is_narrowed(one) || one.holds(conversation))
    }
}

/// Longest name of a kept view, in characters.
pub const VIEW_NAME_MAX: usize = 40;
/// Most views that a person keeps of one store.
pub const VIEWS_MAX: usize = 20;

/// A view of the inbox that a person has kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// What they call it; no two of theirs are called alike.
    pub name: String,
    /// What it shows.
    pub view: InboxView,
}

impl SavedView {
    /// One with a name that can be kept.
    ///
    /// # Errors
    /// [`Invalid`] for `name`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let name = text::required("name", &self.name, VIEW_NAME_MAX)?;
        Ok(Self { name, ..self })
    }
}

/// Up to how many conversations are counted in [`InboxCounts`]: more are "999+".
pub const COUNTED_MAX: i64 = 1_000;

/// How many conversations there are, each up to [`COUNTED_MAX`], and whose shoppers wait too
/// long.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InboxCounts {
    /// With customer messages that no agent has read: all of them.
    pub unread: i64,
    pub open: i64,
    pub snoozed: i64,
    pub resolved: i64,
    /// In which a note speaks to whoever asks, and they haven't seen it.
    #[serde(default)]
    pub mentions: i64,
    /// Within how many minutes a person is to answer, if that is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise_minutes: Option<u32>,
    /// Those that have raised an alarm and still wait, who waits longest first; no more than
    /// [`LATE_MAX`](crate::waiting::LATE_MAX).
    #[serde(default)]
    pub late: Vec<Late>,
    /// Of more than those the one whose wait began last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest_late: Option<Late>,
}

impl InboxCounts {
    /// Those in a tab.
    #[must_use]
    pub fn of(&self, tab: Tab) -> i64 {
        match tab {
            Tab::Open => self.open,
            Tab::Snoozed => self.snoozed,
            Tab::Resolved => self.resolved,
            Tab::All => self.open + self.snoozed + self.resolved,
            // Nobody counts it.
            Tab::Spam => 0,
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
    /// The team has read all of it.
    Read,
    /// It is nobody's to answer.
    Spam,
    /// It is somebody's after all.
    NotSpam,
    /// So is whatever its visitor writes.
    Block,
    /// It isn't any more.
    Unblock,
    /// The other conversation of its shopper and it are one: the older has it all.
    Merge(ConversationId),
    /// The other one, which was merged into it, is by itself again.
    Unmerge(ConversationId),
}

/// Most conversations to which something is done at once.
pub const TRIAGE_MAX: usize = 100;

/// What is to be done to a conversation, of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriageOf {
    pub conversation: ConversationId,
    pub action: Triage,
}

/// What came of doing something to several conversations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TriageDone {
    /// Those to which it was done, as they are now.
    pub done: Vec<ConversationSummary>,
    /// Those to which it couldn't be done: they are gone, say.
    pub failed: Vec<ConversationId>,
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
    /// The team wants to hear nothing of them: what they write is spam.
    #[serde(default, skip_serializing_if = "is_off")]
    pub blocked: bool,
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
    /// The person of the team who wrote it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_author_id: Option<UserId>,
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
    /// An answer in it has shown orders.
    #[serde(default)]
    pub has_orders: bool,
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
    /// Since when its shopper waits: when the first message was stored that nobody has
    /// answered, neither a person nor the AI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub waiting_since: Option<UnixMillis>,
    /// It is nobody's to answer. It rests as resolved, whatever its shopper writes.
    #[serde(default, skip_serializing_if = "is_off")]
    pub spam: bool,
    /// How its shopper sounds by their last messages, once one of them was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
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
    /// Those in which a note speaks to this person, and they haven't seen it.
    Mentioning(UserId),
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
    /// Whether they are spam.
    pub spam: Option<bool>,
    /// How their shoppers sound.
    pub sentiment: Option<Sentiment>,
}

/// A page of the inbox list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxPage {
    /// Newest message first.
    pub rows: Vec<ConversationSummary>,
    /// How many customer messages of a row who asks hasn't read, up to 100, where that isn't
    /// [`ConversationSummary::unread`].
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    pub own_unread: HashMap<ConversationId, i64>,
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
    /// What who asks has kept to look at again, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<SavedView>,
}

impl Desk {
    /// What who asks is in the store.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        let me = self.team.iter().find(|member| member.id == self.me);
        me.map(|me| me.role)
    }

    /// Whether somebody of the team is there.
    #[must_use]
    pub fn presence_of(&self, id: UserId) -> Presence {
        let found = self.team.iter().find(|member| member.id == id);
        found.map_or(Presence::Offline, |member| member.presence)
    }

    /// Takes in whether somebody is there; `true` if that is news.
    pub fn note_presence(&mut self, of: PresenceOf) -> bool {
        let Some(member) = self.team.iter_mut().find(|member| member.id == of.user) else {
            return false;
        };
        std::mem::replace(&mut member.presence, of.presence) != of.presence
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
    /// Where the last row shown stands: [`Sort::place`].
    pub place: i64,
    /// Its id, to tell rows of the same millisecond apart.
    pub id: ConversationId,
}

/// What somebody of the team has typed in a conversation and not sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Drafts {
    /// For the shopper.
    pub reply: String,
    /// For the team.
    pub note: String,
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
    /// What whoever asks has typed in it.
    #[serde(default)]
    pub drafts: Drafts,
    /// The place of the last note that speaks to whoever asks and that they haven't seen; 0 if
    /// there is none.
    #[serde(default)]
    pub mentioned_seq: i64,
    /// The place of the first customer message that whoever asks hasn't read; 0 if there is
    /// none.
    #[serde(default)]
    pub unread_seq: i64,
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
