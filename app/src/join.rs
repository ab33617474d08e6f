//! Where an invitation's link leads: whoever follows it joins a team.

pub mod api;
pub mod page;
