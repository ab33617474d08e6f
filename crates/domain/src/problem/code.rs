//! The codes: one for each case that a client may want to tell from others.
//! Once published, a code keeps its name and its meaning.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $status:literal, $title:literal;)+) => {
        /// The kind of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name on the wire, in kebab-case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// The HTTP status that says the same.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self {
                    $(Self::$name => $status,)+
                }
            }

            /// The kind in a few words, for people.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)+
                }
            }
        }
    };
}

codes! {
    /// What was sent can't be read.
    Malformed = "malformed", 400, "Malformed request";
    /// The password is wrong, or the token is unknown or has ended.
    Unauthorized = "unauthorized", 401, "Not signed in";
    /// The session has ended: signing in again is the way on.
    SignedOut = "signed-out", 401, "Please sign in";
    /// A signed identity that can't be believed.
    IdentityRefused = "identity-refused", 401, "Identity not accepted";
    /// The API key is missing, unknown or revoked.
    WrongApiKey = "wrong-api-key", 401, "API key not known";
    /// A code by email that can't be taken.
    CodeRefused = "code-refused", 401, "Code not accepted";
    /// Known, but not allowed.
    Forbidden = "forbidden", 403, "Not allowed";
    /// The store requires two-factor sign-in of its team, and the account has none: setting it
    /// up is the way on.
    TwoFactorNeeded = "two-factor-needed", 403, "Two-factor sign-in needed";
    /// Another website's page sent it.
    ForeignOrigin = "foreign-origin", 403, "Not allowed";
    /// The API key has not the scope that this takes.
    MissingScope = "missing-scope", 403, "Scope missing";
    /// It doesn't exist, or not for the one who asks.
    NotFound = "not-found", 404, "Not found";
    /// The address takes other methods.
    MethodNotAllowed = "method-not-allowed", 405, "Wrong method";
    /// What was sent came too slowly.
    TooSlow = "too-slow", 408, "Too slow";
    /// A person took over, or the conversation ended, while the AI worked.
    EpochChanged = "epoch-changed", 409, "Overtaken";
    /// There is something else with this id.
    IdTaken = "id-taken", 409, "Id already used";
    /// Another worker has the job.
    LeaseLost = "lease-lost", 409, "Lease lost";
    /// Somebody else has changed it meanwhile.
    VersionConflict = "version-conflict", 409, "Changed meanwhile";
    /// The conversation is another visitor's.
    StartedByOther = "started-by-other", 409, "Id already used";
    /// The installation has its first owner.
    AlreadySetUp = "already-set-up", 409, "Already set up";
    /// There is an account with this address.
    EmailTaken = "email-taken", 409, "Address already used";
    /// The account has as many stores as it can have.
    StoreLimit = "store-limit", 409, "Too many stores";
    /// The store has as many FAQ categories as it can have.
    CategoryLimit = "category-limit", 409, "Too many categories";
    /// The store has as many FAQ questions as it can have.
    FaqFull = "faq-full", 409, "The FAQ is full";
    /// There are as many canned responses as there can be, shared or of one's own.
    CannedResponseLimit = "canned-response-limit", 409, "Too many canned responses";
    /// The store has as many API keys as it can have.
    ApiKeyLimit = "api-key-limit", 409, "Too many API keys";
    /// The store has as many webhooks as it can have.
    WebhookLimit = "webhook-limit", 409, "Too many webhooks";
    /// A form was sent twice, with different texts.
    FormReused = "form-reused", 409, "Form already sent";
    /// The conversation is another customer's of the storefront.
    OtherCustomer = "other-customer", 409, "Another customer";
    /// The store imports another file right now.
    ImportRunning = "import-running", 409, "Another import is running";
    /// Somebody else has changed the order meanwhile.
    OrderChanged = "order-changed", 409, "Changed meanwhile";
    /// The store has as many invitations that wait as it can have.
    InvitationLimit = "invitation-limit", 409, "Too many invitations";
    /// The team has as many people as it can have.
    TeamLimit = "team-limit", 409, "The team is full";
    /// The store would be left without an owner.
    LastOwner = "last-owner", 409, "The last owner";
    /// They belong to the team already.
    AlreadyMember = "already-member", 409, "In the team already";
    /// Somebody has joined by it.
    InvitationUsed = "invitation-used", 409, "Invitation already used";
    /// The team has taken it back.
    InvitationRevoked = "invitation-revoked", 409, "Invitation taken back";
    /// Its time is over.
    InvitationExpired = "invitation-expired", 409, "Invitation expired";
    /// The account has two-factor sign-in already.
    TwoFactorOn = "two-factor-on", 409, "Already switched on";
    /// The account has no two-factor sign-in.
    TwoFactorOff = "two-factor-off", 409, "Not switched on";
    /// What was begun an hour ago or more, or not at all, can't be confirmed.
    SetUpEnded = "set-up-ended", 409, "Set-up has ended";
    /// Nobody requires of others what they don't have themselves.
    OwnTwoFactorFirst = "own-two-factor-first", 409, "Set up your own first";
    /// A merge was made too long ago to be taken back.
    MergeFinal = "merge-final", 409, "Merged for good";
    /// The conversation was merged into another one.
    ConversationMerged = "conversation-merged", 410, "Merged into another conversation";
    /// The version that `If-Match` names is not the one that is stored.
    StaleVersion = "stale-version", 412, "Changed meanwhile";
    /// More than can be sent at once.
    TooLarge = "too-large", 413, "Too large";
    /// Not JSON.
    UnsupportedMediaType = "unsupported-media-type", 415, "Not JSON";
    /// A value can't be taken.
    Invalid = "invalid", 422, "Can't be taken";
    /// The address takes WebSocket connections only.
    UpgradeRequired = "upgrade-required", 426, "A WebSocket is needed";
    /// What is changed must be named by its version.
    VersionMissing = "version-missing", 428, "If-Match is missing";
    /// Too much in too short a time.
    RateLimited = "rate-limited", 429, "Too many requests";
    /// A failure of ours; the log has the rest.
    Internal = "internal", 500, "Something went wrong";
    /// More work than the server can do right now.
    Busy = "busy", 503, "Busy";
    /// The database can't be reached right now.
    Unavailable = "unavailable", 503, "Not available right now";
    /// The merchant's shop can't be asked right now.
    ShopUnreachable = "shop-unreachable", 503, "Shop not reachable";
    /// The request took longer than requests may take.
    TimedOut = "timed-out", 504, "This took too long";
    /// No answer came: made by clients, never sent, hence without a status.
    Unreachable = "unreachable", 0, "No connection";
}

impl Code {
    /// The problem's `type` on the wire.
    #[must_use]
    pub fn kind(self) -> String {
        format!("/problems/{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::HashSet;

    #[test]
    fn every_code_has_a_name_of_its_own_in_kebab_case() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for name in names {
            assert!(
                name.split('-')
                    .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase())),
                "{name}"
            );
        }
    }

    #[test]
    fn a_code_is_the_variants_name_in_other_letters() {
        for code in Code::ALL {
            let variant = format!("{code:?}").to_lowercase();
            assert_eq!(code.as_str().replace('-', ""), variant);
        }
    }
}
