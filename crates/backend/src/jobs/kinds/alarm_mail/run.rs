//! Writes the mail.

use super::AlarmMail;
use crate::{
    Ctx,
    alarms::mail,
    error::Result,
    jobs::{Claimed, Run},
};

impl Run for AlarmMail {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        mail::tell(ctx, claimed, self.user_id).await
    }
}
