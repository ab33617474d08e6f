//! Shopdesk at its door: HTTP, WebSockets and the executable, against a real
//! server with a real database. One executable, so that it is linked once.

mod account;
mod ai;
mod alarms;
mod api_v1;
mod assets;
mod assignment;
mod backups;
mod bad_input;
mod common;
mod config;
mod connections;
mod dashboard;
mod durability;
mod forms;
mod identity;
mod llm;
mod log;
mod outages;
mod presence;
mod realtime;
mod search;
mod sentiment;
mod several_servers;
mod shops;
mod team;
mod tenancy;
mod triage;
mod webhooks;
mod widget_api;
