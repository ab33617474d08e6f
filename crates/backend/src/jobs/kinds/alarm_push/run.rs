//! Sends the message.

use super::AlarmPush;
use crate::{
    Ctx,
    alarms::push,
    error::Result,
    jobs::{Claimed, Run},
};

impl Run for AlarmPush {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        push::tell(ctx, claimed, self).await
    }
}
