//! What a person reads of each [`Cause`], in English: every sentence says what
//! happened and what to do about it.

use super::{Cause, Conflict, Forbidden, Malformed, Noun, RateLimit, Unauthorized};
use crate::api_key::Scope;

/// The sentences for `cause`.
#[must_use]
pub fn detail(cause: &Cause) -> String {
    let sentence = match cause {
        Cause::NotFound(noun) => return not_found(*noun),
        Cause::Invalid(invalid) => return invalid.message.clone(),
        Cause::WrongShape(why) => return format!("The JSON doesn't have the expected form: {why}"),
        Cause::Malformed(what) => return malformed(what),
        Cause::Unauthorized(why) => unauthorized(*why),
        Cause::Forbidden(Forbidden::Scope(scope)) => return missing_scope(*scope),
        Cause::Forbidden(why) => forbidden(*why),
        Cause::Conflict(conflict) => self::conflict(*conflict),
        Cause::RateLimited {
            limit,
            retry_after_seconds,
        } => return rate_limited(*limit, *retry_after_seconds),
        Cause::UnsupportedMediaType => {
            "Please send JSON with the header Content-Type: application/json."
        }
        Cause::Merged(_) => {
            "This conversation was merged into another one of the same shopper, where it goes on."
        }
        Cause::VersionConflict(_) => {
            "Somebody else changed this section while you were editing it. Nothing of theirs was overwritten."
        }
        Cause::StaleVersion(_) => {
            "This section was changed meanwhile, and is as it was before this request. Read it again, and send its ETag as If-Match."
        }
        Cause::VersionMissing => {
            "Please say which version you change: send the ETag that you have read as If-Match."
        }
        Cause::TooLarge => "This is more than can be sent at once. Please shorten it.",
        Cause::TooSlow => {
            "This came too slowly, and nothing was taken in. Please try again over a better connection."
        }
        Cause::MethodNotAllowed => "This address doesn't take this method. See docs/API.md.",
        Cause::UpgradeRequired => "This address takes WebSocket connections only. See docs/API.md.",
        Cause::Busy => "The server is very busy. Nothing was lost; please try again in a moment.",
        Cause::Unavailable => {
            "The server can't reach its data right now. Please try again in a moment."
        }
        Cause::ShopUnreachable => {
            "The shop's own server can't be asked right now. Please try again in a moment."
        }
        Cause::TimedOut => "The server is very busy. Please try again in a moment.",
        Cause::Unreachable => {
            "The server can't be reached right now. Check your connection and try again."
        }
        Cause::Internal => {
            "Something went wrong on our side. Please try again; if it keeps happening, tell the operator the time of this message."
        }
    };
    sentence.to_owned()
}

fn not_found(noun: Noun) -> String {
    let name = match noun {
        Noun::Account => "account",
        Noun::Store => "store",
        Noun::Conversation => "conversation",
        Noun::Category => "category",
        Noun::Question => "question",
        Noun::CannedResponse => "canned response",
        Noun::Job => "job",
        Noun::OrderSource => "connected shop",
        Noun::ApiKey => "API key",
        Noun::Webhook => "webhook",
        Noun::Delivery => "delivery",
        Noun::Visitor => "visitor",
        Noun::Order => "order",
        Noun::Tag => "tag",
        Noun::Message => "message",
        Noun::Member => {
            return "There is nobody with this id in the store's team.".to_owned();
        }
        Noun::Invitation => {
            return "There is no such invitation. Please check that the link is whole, or ask for a new one."
                .to_owned();
        }
        Noun::PasswordReset => {
            return "This link doesn't work any more: each is good once, for an hour. Please ask for a new one."
                .to_owned();
        }
        Noun::Session => return "This sign-in has ended already.".to_owned(),
        Noun::Id => return "There is nothing with this id.".to_owned(),
        Noun::Address => return "There is nothing at this address.".to_owned(),
        Noun::Page => {
            return "There is no such page, or it belongs to a store that you are not a member of."
                .to_owned();
        }
    };
    format!("There is no such {name}.")
}

const fn unauthorized(why: Unauthorized) -> &'static str {
    match why {
        Unauthorized::SignedOut => "Your session has ended. Sign in again to go on.",
        Unauthorized::WrongPassword => {
            "This email and password don't belong together. Please check both."
        }
        Unauthorized::UnknownToken => {
            "This chat session is not known here any more. Please start a new conversation."
        }
        Unauthorized::Code => {
            "This code isn't right, or it isn't valid any more. Please check it, or have a new one sent."
        }
        Unauthorized::SecondFactor => {
            "This code isn't right, or it was used already. Wait for the next one, or use a recovery code."
        }
        Unauthorized::SignInEnded => "This took too long. Please sign in again.",
        Unauthorized::Identity => {
            "This identity can't be accepted. It must be signed with HS256 and a current secret of this store, name a customer_id, and expire within an hour; or be the own token of a customer of a Medusa that is connected with its publishable key. See docs/IDENTITY.md."
        }
        Unauthorized::WrongApiKey => {
            "This API key is not known here, or it was revoked. Send a key of your store as Authorization: Bearer KEY; keys are made in the dashboard under API keys."
        }
    }
}

const fn forbidden(why: Forbidden) -> &'static str {
    match why {
        Forbidden::Role => {
            "Only owners and admins of this store can change that. Please ask one of them."
        }
        Forbidden::Scope(_) => "This API key may not do that.",
        Forbidden::NotByKey => "No API key can do that. Please use the dashboard.",
        Forbidden::NotAPerson => "Only a person of the team can reply.",
        Forbidden::OwnersOnly => "Only an owner of this store can do that. Please ask one of them.",
        Forbidden::AboveOwnRole => {
            "Nobody can give a role above their own, or change somebody who has one. Please ask an owner of this store."
        }
        Forbidden::PageOrigin => {
            "This page may not use this store's chat. The store's owner can allow it under Widget Settings, Allowed storefront origins."
        }
        Forbidden::ChatOff => "This store's chat is switched off.",
        Forbidden::TwoFactorNeeded => {
            "This store requires two-factor sign-in of everybody in its team. Please set it up on your account page."
        }
        Forbidden::SharedAccount => {
            "Everybody who tries this demo shares this account, so this can't be changed here."
        }
        Forbidden::ForeignOrigin => {
            "This request came from another website and was refused. Please use the dashboard's own pages."
        }
    }
}

fn missing_scope(scope: Scope) -> String {
    let scope = scope.as_str();
    format!("This API key has not the scope {scope}. Please use a key that has it.")
}

const fn conflict(conflict: Conflict) -> &'static str {
    match conflict {
        Conflict::EpochChanged => "The conversation went on meanwhile.",
        Conflict::IdTaken => "There is something else with this id. Please send it with a new id.",
        Conflict::LeaseLost => "This work was given to another server meanwhile.",
        Conflict::StartedByOther => {
            "This conversation was started by somebody else. Please start a new one with a new id."
        }
        Conflict::AlreadySetUp => {
            "This installation already has an owner. Please sign in, or ask the owner for an account."
        }
        Conflict::EmailTaken => "There is an account with this email address already.",
        Conflict::StoreLimit => "You have as many stores as one account can have.",
        Conflict::CategoryLimit => "This store has as many FAQ categories as it can have.",
        Conflict::FaqFull => "This store's FAQ is full. Please delete questions that nobody needs.",
        Conflict::CannedResponseLimit => {
            "There are as many canned responses as there can be. Please delete some that nobody uses."
        }
        Conflict::ApiKeyLimit => {
            "This store has as many API keys as it can have. Please revoke one that nobody needs."
        }
        Conflict::WebhookLimit => {
            "This store has as many webhooks as it can have. Please delete one that nobody needs."
        }
        Conflict::FormReused => {
            "This form was sent before with another text. Reload the page and send the new text again."
        }
        Conflict::OtherCustomer => {
            "This conversation belongs to another customer. Please start a new one."
        }
        Conflict::ImportRunning => {
            "Another file is being imported into this store. Please wait until it is done."
        }
        Conflict::OrderChanged => {
            "This order was changed while you were editing it, and nothing was overwritten. Reload the page to see it, then edit it again."
        }
        Conflict::InvitationLimit => {
            "This store has as many invitations waiting as it can have. Please revoke one that nobody needs."
        }
        Conflict::TeamLimit => "This store's team has as many people as a team can have.",
        Conflict::LastOwner => "A store needs an owner. Please make somebody else an owner first.",
        Conflict::AlreadyMember => "This account is in the store's team already.",
        Conflict::InvitationUsed => {
            "Somebody has joined by this invitation already: each is good for one person. Please ask for a new one."
        }
        Conflict::InvitationRevoked => {
            "This invitation was taken back by the store's team. Please ask them for a new one."
        }
        Conflict::TwoFactorOn => "Two-factor sign-in is switched on already.",
        Conflict::TwoFactorOff => "Two-factor sign-in is not switched on.",
        Conflict::SetUpEnded => {
            "This set-up was begun too long ago. Please begin again, and scan the new code."
        }
        Conflict::OwnTwoFactorFirst => {
            "Please set up two-factor sign-in for your own account first: nobody requires of others what they don't have."
        }
        Conflict::MergeFinal => {
            "This can't be undone any more: a merge can be taken back for ten minutes."
        }
        Conflict::InvitationExpired => {
            "This invitation has expired: each is good for seven days. Please ask for a new one."
        }
    }
}

/// When it is worth trying again, in words.
fn later(seconds: u64) -> String {
    match seconds {
        0..=1 => "in a moment".to_owned(),
        2..=90 => format!("in {seconds} seconds"),
        91..=5_400 => format!("in {} minutes", seconds.div_ceil(60)),
        _ => format!("in {} hours", seconds.div_ceil(3_600)),
    }
}

fn rate_limited(limit: RateLimit, seconds: u64) -> String {
    // These may last longer than somebody waits in front of a page.
    let again = |what: &str| format!("{what} Please try again {}.", later(seconds));
    let sentence = match limit {
        RateLimit::SignIn => return again("Too many attempts to sign in."),
        RateLimit::ResetPassword | RateLimit::ChangePassword => return again("Too many attempts."),
        RateLimit::EmailCode => return again("Too many codes were sent."),
        RateLimit::TryCode => return again("Too many codes were tried."),
        RateLimit::StartConversation => {
            "Too many new conversations from here. Please try again in a moment."
        }
        RateLimit::VisitorMessage => "You're sending messages very fast. Please wait a moment.",
        RateLimit::AddressMessage => "Too many messages from here. Please wait a moment.",
        RateLimit::Identify => "Too many identities from here. Please try again in a moment.",
        RateLimit::WidgetCall => "Too many requests from here. Please try again in a moment.",
        RateLimit::AskShop => "The shop was asked very often. Please wait a moment.",
        RateLimit::TryQuestion => {
            "This store has tried many questions in a short time. Please wait a moment and try again."
        }
        RateLimit::Search => "Too many searches in a short time. Please wait a moment.",
        RateLimit::Imports => {
            "You import files into other stores right now. Please wait until one of them is done."
        }
        RateLimit::Invite => {
            "Many invitations were made in a short time. Please wait a few minutes and try again."
        }
        RateLimit::Presence => "You come and go very fast. Please wait a moment.",
        RateLimit::Push => "That was tried very often. Please wait half a minute and try again.",
        RateLimit::Join => "Too many attempts. Please wait a minute and try again.",
        RateLimit::ApiCall => {
            "This API key sends more requests than it may. Please wait as long as Retry-After says."
        }
        RateLimit::OpenConnections => {
            "Too many connections are open from here. Please close some and try again."
        }
    };
    sentence.to_owned()
}

fn malformed(what: &Malformed) -> String {
    match what {
        Malformed::Json(why) => format!("The body is not valid JSON: {why}"),
        Malformed::Query(why) => format!("The query can't be read: {why}"),
        Malformed::Frame(why) => format!("This frame can't be read: {why}"),
        Malformed::LongFrame(longest) => {
            format!("This frame is broken, or longer than {longest} bytes.")
        }
        Malformed::BinaryFrame => "Frames are text.".to_owned(),
        Malformed::NoHello => "The first frame must be a hello.".to_owned(),
        Malformed::LateHello(seconds) => format!("No hello came within {seconds} seconds."),
        Malformed::SecondHello => "There was a hello before.".to_owned(),
        Malformed::TooManyCursors => "There are too many cursors.".to_owned(),
        Malformed::TooManyFrames => "There are too many frames.".to_owned(),
        Malformed::TooManyRooms => "There are too many open conversations.".to_owned(),
        Malformed::TooMuchReplayed => {
            "Too much of old conversations is asked for at once. Please wait a moment, and go on after the last message that came."
                .to_owned()
        }
        Malformed::Call => "This request can't be read. Reload the page and try again.".to_owned(),
    }
}
