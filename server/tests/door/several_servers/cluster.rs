//! Three servers on one database.

use crate::common::executable::{Executable, Home};
use backend::testing::redis::free_address;
use std::net::SocketAddr;

/// How many servers there are.
pub const SERVERS: usize = 3;

/// See above.
pub struct Cluster {
    home: Home,
    /// Where each server listens, also after it was killed and started again.
    pub addrs: [SocketAddr; SERVERS],
    arguments: [Vec<String>; SERVERS],
    running: [Option<Executable>; SERVERS],
}

impl Cluster {
    /// Starts the servers, each with `arguments` of its own; all serve the
    /// demo, which the first one seeds.
    pub async fn start(home: Home, arguments: [Vec<String>; SERVERS]) -> Self {
        let mut cluster = Self {
            home,
            addrs: std::array::from_fn(|_| free_address()),
            arguments,
            running: Default::default(),
        };
        for server in 0..SERVERS {
            cluster.arguments[server].push("--demo".to_owned());
            cluster.start_again(server).await;
        }
        cluster
    }

    /// The database.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// `kill -9`, without any warning.
    pub fn kill(&mut self, server: usize) {
        self.running[server].take().expect("a server").kill();
    }

    /// Starts a server that was killed.
    pub async fn start_again(&mut self, server: usize) {
        let addr = self.addrs[server].to_string();
        let mut arguments = vec!["--addr", &addr];
        arguments.extend(self.arguments[server].iter().map(String::as_str));
        let mut executable = self.home.launch(&arguments);
        executable.address().await;
        self.running[server] = Some(executable);
    }
}
