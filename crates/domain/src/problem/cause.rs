//! Why a request can't be done: codes and data, no sentences and no internals.

use super::Code;
use crate::{Invalid, api_key::Scope, ids::ConversationId, settings::StoredSection};

/// Everything that a client may know about a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It doesn't exist, or not for the one who asks.
    NotFound(Noun),
    /// A value can't be taken.
    Invalid(Invalid),
    /// The JSON can be read, but hasn't the expected form; what is wrong with it.
    WrongShape(String),
    /// Nobody is signed in, or the token is unknown.
    Unauthorized(Unauthorized),
    /// Known, but not allowed.
    Forbidden(Forbidden),
    /// It contradicts what is there.
    Conflict(Conflict),
    /// The conversation was merged into this one.
    Merged(ConversationId),
    /// Somebody has saved this section of the settings meanwhile: what is stored
    /// now.
    VersionConflict(Box<StoredSection>),
    /// The same, of somebody who has named a version in `If-Match`.
    StaleVersion(Option<Box<StoredSection>>),
    /// No version was named.
    VersionMissing,
    /// Too much in too short a time.
    RateLimited {
        /// Which limit was reached.
        limit: RateLimit,
        /// When to try again, in seconds.
        retry_after_seconds: u64,
    },
    /// What was sent can't be read.
    Malformed(Malformed),
    /// The body is not said to be JSON.
    UnsupportedMediaType,
    /// The body is larger than bodies may be.
    TooLarge,
    /// The body comes more slowly than bodies may.
    TooSlow,
    /// The right address, the wrong method.
    MethodNotAllowed,
    /// A plain request to a WebSocket's address.
    UpgradeRequired,
    /// More work than the server can do right now.
    Busy,
    /// The database can't be reached right now.
    Unavailable,
    /// The merchant's shop can't be asked right now.
    ShopUnreachable,
    /// The request took longer than requests may take.
    TimedOut,
    /// No answer came.
    Unreachable,
    /// A failure of ours.
    Internal,
}

/// What there is none of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A user's account.
    Account,
    /// A store.
    Store,
    /// A conversation.
    Conversation,
    /// A message.
    Message,
    /// A category of the FAQ.
    Category,
    /// A question of the FAQ.
    Question,
    /// A canned response.
    CannedResponse,
    /// A job that failed for good.
    Job,
    /// A shop that orders are looked up in.
    OrderSource,
    /// An API key.
    ApiKey,
    /// A webhook.
    Webhook,
    /// Something that a webhook was told.
    Delivery,
    /// A shopper.
    Visitor,
    /// An order.
    Order,
    /// A tag.
    Tag,
    /// A person of the store's team.
    Member,
    /// An invitation into the team.
    Invitation,
    /// A sign-in of the account.
    Session,
    /// A link for a new password.
    PasswordReset,
    /// Something that the path's id should name.
    Id,
    /// Something at an address of the API.
    Address,
    /// A page of the dashboard.
    Page,
}

/// Why the one who asks isn't known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthorized {
    /// The session of an agent is missing or has ended.
    SignedOut,
    /// Unknown address or wrong password: nobody is told which.
    WrongPassword,
    /// The token of a visitor is missing, unknown or has ended.
    UnknownToken,
    /// A signed identity that can't be believed: nobody is told why.
    Identity,
    /// The API key is missing, unknown or revoked.
    WrongApiKey,
    /// A code of the second step that is wrong or was used: nobody is told which.
    SecondFactor,
    /// The first step of the sign-in is too long ago, or its password was changed since.
    SignInEnded,
    /// A code by email that is wrong, has ended, or was never sent: nobody is told which.
    Code,
}

/// Why it isn't allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// The role in this store is too low.
    Role,
    /// The API key has not this scope.
    Scope(Scope),
    /// No API key can do it.
    NotByKey,
    /// Only a person of the team can do it.
    NotAPerson,
    /// It takes an owner of the store.
    OwnersOnly,
    /// It would give a role, or change the place of somebody, above one's own.
    AboveOwnRole,
    /// The page's origin is not one that may use the store's chat.
    PageOrigin,
    /// The store's chat is switched off.
    ChatOff,
    /// The store requires two-factor sign-in, and the account has none.
    TwoFactorNeeded,
    /// The account belongs to everybody who tries the demo.
    SharedAccount,
    /// A page of another website uses the dashboard's session.
    ForeignOrigin,
}

/// What it contradicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// See [`Code::EpochChanged`].
    EpochChanged,
    /// See [`Code::IdTaken`].
    IdTaken,
    /// See [`Code::LeaseLost`].
    LeaseLost,
    /// See [`Code::StartedByOther`].
    StartedByOther,
    /// See [`Code::AlreadySetUp`].
    AlreadySetUp,
    /// See [`Code::EmailTaken`].
    EmailTaken,
    /// See [`Code::StoreLimit`].
    StoreLimit,
    /// See [`Code::CategoryLimit`].
    CategoryLimit,
    /// See [`Code::FaqFull`].
    FaqFull,
    /// See [`Code::CannedResponseLimit`].
    CannedResponseLimit,
    /// See [`Code::ApiKeyLimit`].
    ApiKeyLimit,
    /// See [`Code::WebhookLimit`].
    WebhookLimit,
    /// See [`Code::FormReused`].
    FormReused,
    /// See [`Code::OtherCustomer`].
    OtherCustomer,
    /// See [`Code::ImportRunning`].
    ImportRunning,
    /// See [`Code::OrderChanged`].
    OrderChanged,
    /// See [`Code::InvitationLimit`].
    InvitationLimit,
    /// See [`Code::TeamLimit`].
    TeamLimit,
    /// See [`Code::LastOwner`].
    LastOwner,
    /// See [`Code::AlreadyMember`].
    AlreadyMember,
    /// See [`Code::InvitationUsed`].
    InvitationUsed,
    /// See [`Code::InvitationRevoked`].
    InvitationRevoked,
    /// See [`Code::InvitationExpired`].
    InvitationExpired,
    /// See [`Code::TwoFactorOn`].
    TwoFactorOn,
    /// See [`Code::TwoFactorOff`].
    TwoFactorOff,
    /// See [`Code::SetUpEnded`].
    SetUpEnded,
    /// See [`Code::OwnTwoFactorFirst`].
    OwnTwoFactorFirst,
    /// See [`Code::MergeFinal`].
    MergeFinal,
}

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimit {
    /// Attempts to sign in.
    SignIn,
    /// Tries of the current password.
    ChangePassword,
    /// Links for a new password that were asked for, and tries of such links.
    ResetPassword,
    /// New conversations from one address.
    StartConversation,
    /// Messages of one visitor.
    VisitorMessage,
    /// Messages from one address.
    AddressMessage,
    /// Signed identities from one address.
    Identify,
    /// Codes by email.
    EmailCode,
    /// Tries of codes by email.
    TryCode,
    /// Calls from one address.
    WidgetCall,
    /// Calls with one API key.
    ApiCall,
    /// Connections that one client has open.
    OpenConnections,
    /// Questions to a store's shops.
    AskShop,
    /// Questions that a store tries out.
    TryQuestion,
    /// Searches of one person or program.
    Search,
    /// Imports that one account has under way.
    Imports,
    /// Invitations of one store, or to one address.
    Invite,
    /// How often one person says that they are away, or back.
    Presence,
    /// Browsers that are to be told by push.
    Push,
    /// Looks at invitations, and tries to accept one, from one address.
    Join,
}

/// What can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// The body; why.
    Json(String),
    /// The address's query; why.
    Query(String),
    /// A frame on a socket that isn't one of ours; why.
    Frame(String),
    /// A frame that is broken, or longer than this many bytes.
    LongFrame(usize),
    /// A frame that isn't text.
    BinaryFrame,
    /// The first frame is another one than hello.
    NoHello,
    /// No hello came for this many seconds.
    LateHello(u64),
    /// Another hello after the first.
    SecondHello,
    /// More cursors than one hello may name.
    TooManyCursors,
    /// More frames than may come at once.
    TooManyFrames,
    /// More conversations than one socket may follow.
    TooManyRooms,
    /// Messages that were sent before are asked for again and again.
    TooMuchReplayed,
    /// A call of the dashboard's own pages.
    Call,
}

impl Cause {
    /// The kind of the problem.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::Invalid(_) | Self::WrongShape(_) => Code::Invalid,
            Self::Unauthorized(Unauthorized::SignedOut) => Code::SignedOut,
            Self::Unauthorized(Unauthorized::Identity) => Code::IdentityRefused,
            Self::Unauthorized(Unauthorized::WrongApiKey) => Code::WrongApiKey,
            Self::Unauthorized(Unauthorized::Code) => Code::CodeRefused,
            Self::Unauthorized(_) => Code::Unauthorized,
            Self::Forbidden(Forbidden::TwoFactorNeeded) => Code::TwoFactorNeeded,
            Self::Forbidden(Forbidden::ForeignOrigin) => Code::ForeignOrigin,
            Self::Forbidden(Forbidden::Scope(_)) => Code::MissingScope,
            Self::Forbidden(_) => Code::Forbidden,
            Self::Conflict(conflict) => conflict.code(),
            Self::Merged(_) => Code::ConversationMerged,
            Self::VersionConflict(_) => Code::VersionConflict,
            Self::StaleVersion(_) => Code::StaleVersion,
            Self::VersionMissing => Code::VersionMissing,
            Self::RateLimited { .. } => Code::RateLimited,
            Self::Malformed(_) => Code::Malformed,
            Self::UnsupportedMediaType => Code::UnsupportedMediaType,
            Self::TooLarge => Code::TooLarge,
            Self::TooSlow => Code::TooSlow,
            Self::MethodNotAllowed => Code::MethodNotAllowed,
            Self::UpgradeRequired => Code::UpgradeRequired,
            Self::Busy => Code::Busy,
            Self::Unavailable => Code::Unavailable,
            Self::ShopUnreachable => Code::ShopUnreachable,
            Self::TimedOut => Code::TimedOut,
            Self::Unreachable => Code::Unreachable,
            Self::Internal => Code::Internal,
        }
    }

    /// How long to wait before a retry makes sense, in seconds, where that is
    /// known.
    #[must_use]
    pub const fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::RateLimited {
                retry_after_seconds,
                ..
            } => Some(*retry_after_seconds),
            Self::Busy => Some(1),
            Self::Unavailable => Some(5),
            Self::ShopUnreachable => Some(10),
            _ => None,
        }
    }
}

impl Conflict {
    /// The kind of the problem.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::EpochChanged => Code::EpochChanged,
            Self::IdTaken => Code::IdTaken,
            Self::LeaseLost => Code::LeaseLost,
            Self::StartedByOther => Code::StartedByOther,
            Self::AlreadySetUp => Code::AlreadySetUp,
            Self::EmailTaken => Code::EmailTaken,
            Self::StoreLimit => Code::StoreLimit,
            Self::CategoryLimit => Code::CategoryLimit,
            Self::FaqFull => Code::FaqFull,
            Self::CannedResponseLimit => Code::CannedResponseLimit,
            Self::ApiKeyLimit => Code::ApiKeyLimit,
            Self::WebhookLimit => Code::WebhookLimit,
            Self::FormReused => Code::FormReused,
            Self::OtherCustomer => Code::OtherCustomer,
            Self::ImportRunning => Code::ImportRunning,
            Self::OrderChanged => Code::OrderChanged,
            Self::InvitationLimit => Code::InvitationLimit,
            Self::TeamLimit => Code::TeamLimit,
            Self::LastOwner => Code::LastOwner,
            Self::AlreadyMember => Code::AlreadyMember,
            Self::InvitationUsed => Code::InvitationUsed,
            Self::InvitationRevoked => Code::InvitationRevoked,
            Self::InvitationExpired => Code::InvitationExpired,
            Self::TwoFactorOn => Code::TwoFactorOn,
            Self::TwoFactorOff => Code::TwoFactorOff,
            Self::SetUpEnded => Code::SetUpEnded,
            Self::OwnTwoFactorFirst => Code::OwnTwoFactorFirst,
            Self::MergeFinal => Code::MergeFinal,
        }
    }
}
