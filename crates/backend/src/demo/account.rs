//! The demo owner's account, whose password is published. It is there for as
//! long as the demo is.

use crate::{Ctx, access::User};
use domain::{Invalid, account::EmailAddress};

/// The demo owner's sign-in.
pub const EMAIL: &str = "owner@demo.shop";
/// Known to everybody: never on an address that others can reach.
pub const PASSWORD: &str = "demo-password";

/// Whether `user` may be signed in here: the demo's owner only while the demo
/// is served, whatever data a later server finds.
pub(crate) fn may_be_used(ctx: &Ctx, user: &User) -> bool {
    ctx.config().demo || user.email.as_str() != EMAIL
}

/// Whether this is the account of a public demo, which everybody uses who tries it.
pub(crate) fn is_shared(ctx: &Ctx, user: &User) -> bool {
    user.email.as_str() == EMAIL && !ctx.config().demo_api_key
}

/// The address of the account that can't be used here, or none: whoever goes on
/// with a demo's data signs up as on empty ones.
pub(crate) fn unusable(ctx: &Ctx) -> &'static str {
    if ctx.config().demo { "" } else { EMAIL }
}

/// Keeps the demo's address for the demo: another account with it could not be
/// used without it.
///
/// # Errors
/// [`Invalid`] for that address.
pub(crate) fn refuse_address_of(email: &str) -> Result<(), Invalid> {
    match EmailAddress::parse(email) {
        Ok(email) if email.as_str() == EMAIL => Err(Invalid::new(
            "email",
            "This address belongs to the demo shop's account. Please use another one.",
        )),
        _ => Ok(()),
    }
}
