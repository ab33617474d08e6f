//! Problems, and the codes that they go by.

use super::{each_variant, pin, pin_written};
use crate::{
    Invalid,
    api_key::Scope,
    problem::{
        Cause, Code, Conflict, Forbidden, Malformed, Noun, Problem, RateLimit, Unauthorized,
    },
    settings::{Orders, Revision, StoredSection},
};

/// One of each cause.
fn causes() -> Vec<Cause> {
    let stored = StoredSection {
        section: Orders::default().into(),
        revision: Revision::default(),
    };
    each_variant!(Cause {
        NotFound => Cause::NotFound(Noun::Conversation),
        Invalid => Cause::Invalid(Invalid::new("email", "This is no address.")),
        WrongShape => Cause::WrongShape("missing field `id`".into()),
        Unauthorized => Cause::Unauthorized(Unauthorized::SignedOut),
        Forbidden => Cause::Forbidden(Forbidden::Role),
        Conflict => Cause::Conflict(Conflict::IdTaken),
        Merged => Cause::Merged(crate::wire_tests::id(2)),
        VersionConflict => Cause::VersionConflict(Box::new(stored.clone())),
        StaleVersion => Cause::StaleVersion(Some(Box::new(stored))),
        VersionMissing => Cause::VersionMissing,
        RateLimited => Cause::RateLimited {
            limit: RateLimit::SignIn,
            retry_after_seconds: 7,
        },
        Malformed => Cause::Malformed(Malformed::BinaryFrame),
        UnsupportedMediaType => Cause::UnsupportedMediaType,
        TooLarge => Cause::TooLarge,
        TooSlow => Cause::TooSlow,
        MethodNotAllowed => Cause::MethodNotAllowed,
        UpgradeRequired => Cause::UpgradeRequired,
        Busy => Cause::Busy,
        Unavailable => Cause::Unavailable,
        ShopUnreachable => Cause::ShopUnreachable,
        TimedOut => Cause::TimedOut,
        Unreachable => Cause::Unreachable,
        Internal => Cause::Internal,
    })
}

#[test]
fn problems() {
    let problems: Vec<Problem> = causes().into_iter().map(Problem::from).collect();
    pin("problems", &problems);
}

#[test]
fn codes() {
    let codes: Vec<_> = Code::ALL
        .iter()
        .map(|code| format!("{} {}", code.status(), code.kind()))
        .collect();
    pin_written("codes", &codes);
}

/// The causes that share a variant, and yet may have codes of their own.
#[test]
fn codes_of_causes() {
    let unauthorized = each_variant!(Unauthorized {
        SignedOut,
        WrongPassword,
        UnknownToken,
        Identity,
        WrongApiKey,
        SecondFactor,
        SignInEnded,
        Code,
    });
    let forbidden = each_variant!(Forbidden {
        Role => Forbidden::Role,
        Scope => Forbidden::Scope(Scope::OrdersWrite),
        NotByKey => Forbidden::NotByKey,
        NotAPerson => Forbidden::NotAPerson,
        OwnersOnly => Forbidden::OwnersOnly,
        AboveOwnRole => Forbidden::AboveOwnRole,
        PageOrigin => Forbidden::PageOrigin,
        ChatOff => Forbidden::ChatOff,
        TwoFactorNeeded => Forbidden::TwoFactorNeeded,
        SharedAccount => Forbidden::SharedAccount,
        ForeignOrigin => Forbidden::ForeignOrigin,
    });
    let conflict = each_variant!(Conflict {
        EpochChanged,
        IdTaken,
        LeaseLost,
        StartedByOther,
        AlreadySetUp,
        EmailTaken,
        StoreLimit,
        CategoryLimit,
        FaqFull,
        CannedResponseLimit,
        ApiKeyLimit,
        WebhookLimit,
        FormReused,
        OtherCustomer,
        ImportRunning,
        OrderChanged,
        InvitationLimit,
        TeamLimit,
        LastOwner,
        AlreadyMember,
        InvitationUsed,
        InvitationRevoked,
        InvitationExpired,
        TwoFactorOn,
        TwoFactorOff,
        SetUpEnded,
        OwnTwoFactorFirst,
        MergeFinal,
    });
    let causes = unauthorized.into_iter().map(Cause::Unauthorized);
    let causes = causes.chain(forbidden.into_iter().map(Cause::Forbidden));
    let causes = causes.chain(conflict.into_iter().map(Cause::Conflict));
    let codes: Vec<_> = causes
        .map(|cause| format!("{cause:?}: {}", cause.code().as_str()))
        .collect();
    pin_written("codes_of_causes", &codes);
}
