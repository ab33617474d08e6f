//! Who is counted, and how much they may look up.

use domain::ids::StoreId;
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

/// The address that something came from and the networks around it, for counting. They
/// can't be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Client {
    /// An IPv4 address, or the network of 64 bits that each subscriber is given at least.
    subscriber: u64,
    /// What a household or a small server is given: IPv6 networks of 56 bits.
    site: Option<u64>,
    /// What a company is given, or a rented rack: IPv6 networks of 48 bits, IPv4 of 24.
    organisation: Option<u64>,
}

impl std::fmt::Display for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.subscriber.fmt(f)
    }
}

impl Client {
    /// The one at `address`; `key` makes a keyed hash.
    pub(super) fn at(address: &str, key: impl Fn(&str) -> u64) -> Self {
        let network = |address: IpAddr, bits: u32| {
            let network = match address {
                IpAddr::V4(address) => {
                    let host = 32 - bits;
                    Ipv4Addr::from_bits(address.to_bits() >> host << host).into()
                }
                IpAddr::V6(address) => {
                    let host = 128 - bits;
                    IpAddr::from(Ipv6Addr::from_bits(address.to_bits() >> host << host))
                }
            };
            key(&format!("{network}/{bits}"))
        };
        match address
            .parse::<IpAddr>()
            .map(|address| address.to_canonical())
        {
            Ok(address @ IpAddr::V4(_)) => Self {
                subscriber: network(address, 32),
                site: None,
                organisation: Some(network(address, 24)),
            },
            Ok(address @ IpAddr::V6(_)) => Self {
                subscriber: network(address, 64),
                site: Some(network(address, 56)),
                organisation: Some(network(address, 48)),
            },
            Err(_) => Self {
                subscriber: key(address),
                site: None,
                organisation: None,
            },
        }
    }

    /// The largest network that is still somebody's own.
    pub(super) fn organisation(self) -> u64 {
        self.organisation.unwrap_or(self.subscriber)
    }

    /// The networks that are counted, each with the look-ups it may make.
    pub(super) fn networks(self) -> impl Iterator<Item = (u64, usize)> {
        [
            (Some(self.subscriber), LOOKUPS_OF_SUBSCRIBER),
            (self.site, LOOKUPS_OF_SITE),
            (self.organisation, LOOKUPS_OF_ORGANISATION),
        ]
        .into_iter()
        .filter_map(|(network, most)| Some((network?, most)))
    }
}

/// What became of one use.
pub(super) enum Counted {
    /// It was let in.
    Used {
        /// How many more there are at once.
        left: u32,
    },
    /// It must wait so long.
    Wait(Duration),
}

/// Different orders or emails that one visitor may look up within
/// [`LOOKUP_WINDOW`]; the same again is free.
pub const LOOKUPS_OF_VISITOR: usize = 8;
/// The same for all visitors from one address: to be another visitor takes no
/// more than another conversation.
pub const LOOKUPS_OF_SUBSCRIBER: usize = 30;
/// The same for the networks around it, within which an address is changed at no cost.
/// They have more, since more shoppers share them.
pub const LOOKUPS_OF_SITE: usize = 60;
/// See [`LOOKUPS_OF_SITE`].
pub const LOOKUPS_OF_ORGANISATION: usize = 120;
/// How long a look-up counts.
pub const LOOKUP_WINDOW: Duration = Duration::from_secs(15 * 60);

/// Look-ups by number alone that a store has in a [`NUMBER_WINDOW`] beside one for each
/// order it takes in a day.
pub const NUMBERS_OF_STORE: usize = 60;
/// How long a look-up by number alone counts in its store.
pub const NUMBER_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// How many orders of a store may be looked up by their number alone in a
/// [`NUMBER_WINDOW`]; then the email must be given as well.
///
/// Numbers can be counted up, and whoever commands many networks stays below the limits
/// of each. So the store has a limit as a whole, and it grows with the orders that the
/// store takes: shoppers ask in proportion to them, and nobody inflates them without
/// buying. (Visitors and conversations cost nothing.) Fewer than half of all orders are
/// ever asked about, so one look-up for each is enough for shoppers and their typing errors. Hits
/// and misses count alike: if only hits did, whoever is asked for the email would learn
/// that the number exists.
#[must_use]
pub fn numbers_of_store(orders_a_day: u64) -> usize {
    NUMBERS_OF_STORE.saturating_add(usize::try_from(orders_a_day).unwrap_or(usize::MAX))
}

/// The part of a store's `most` look-ups by number alone that one organisation's network
/// may take. Who uses up the store's must command several: one network alone can't have
/// everybody else asked for the email.
#[must_use]
pub fn numbers_of_organisation(most: usize) -> usize {
    most.div_ceil(2)
}

/// What a shopper has given to have orders looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Order numbers and nothing else.
    NumberAlone {
        /// How many orders the store takes in a day. See [`numbers_of_store`].
        orders_a_day: u64,
    },
    /// An email, with a number or without; or they are a customer whose own orders are meant.
    Email,
}

/// Whether something may be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayLookUp {
    /// It may, and is counted.
    Yes,
    /// Only if the order's email is given as well: many numbers were looked up in this
    /// store.
    WithEmail,
    /// Not for a while: somebody may be trying out numbers or emails.
    No,
}

/// The look-ups of one message, as they are counted.
pub(super) struct Asked<'a> {
    pub visitor: &'a str,
    pub client: Option<Client>,
    pub store_id: StoreId,
    /// What is looked up, by hash, each once.
    pub lookups: Vec<u64>,
    /// The same with who asks, by hash, if all that is given is a number: what one has
    /// been shown is not free for others.
    pub by_number: Vec<u64>,
    /// The most of these that the store may have.
    pub most_by_number: usize,
    /// Whose part of them is used: the client's organisation, else the visitor.
    pub organisation: u64,
}
