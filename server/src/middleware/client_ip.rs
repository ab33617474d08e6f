//! Where a request came from, for rate limits.

use app::ClientIp;
use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Once,
};

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED: &str = "forwarded";

/// The client's address, unspecified if it isn't known: for counting what it has
/// open. See [`network`].
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl Default for ClientAddress {
    fn default() -> Self {
        Self(Ipv6Addr::UNSPECIFIED.into())
    }
}

/// Puts a [`ClientIp`] into the request. Of `X-Forwarded-For` only the last
/// address counts, the one that our own proxy has seen, and only if the
/// operator says that there is one: a client can write anything before it.
pub async fn identify(trust_proxy: bool, mut request: Request, next: Next) -> Response {
    if !trust_proxy {
        warn_of_proxy(request.headers());
    }
    let forwarded = request
        .headers()
        .get_all(FORWARDED_FOR)
        .iter()
        .next_back()
        .filter(|_| trust_proxy)
        .and_then(|value| address_in(value.to_str().ok()?.rsplit(',').next()?.trim()));
    let connected = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip());
    let address = forwarded.or(connected);
    let client = address.map_or_else(ClientAddress::default, ClientAddress);
    request.extensions_mut().insert(client);
    let address = address.map_or_else(
        || "unknown".to_owned(),
        |address| subscriber(address).to_string(),
    );
    request.extensions_mut().insert(ClientIp(address));
    next.run(request).await
}

/// An address, in brackets or with a port, as some proxies write it.
fn address_in(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse().ok().or_else(with_port)
}

/// Once: behind a proxy that isn't believed, all shoppers share one address, and
/// one of them can use up the limits of all.
fn warn_of_proxy(headers: &HeaderMap) {
    static ONCE: Once = Once::new();
    if headers.contains_key(FORWARDED_FOR) || headers.contains_key(FORWARDED) {
        ONCE.call_once(|| tracing::warn!(
            "requests name the client they were forwarded for, and are counted as one client's all the same; if they come through a proxy of yours, start with --trust-proxy, and let it set X-Forwarded-For"
        ));
    }
}

/// The address that stands for one subscriber: of IPv6 the network of 64 bits
/// that each is given at least, in which they may choose any address.
fn subscriber(address: IpAddr) -> IpAddr {
    with_bits(address, 64)
}

/// The address that stands for one client who may hold several networks: of IPv6
/// the 48 bits that a site is given.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    with_bits(address, 48)
}

fn with_bits(address: IpAddr, bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << (128 - bits));
            Ipv6Addr::from_bits(network).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_a_port_and_in_brackets() {
        let v4: IpAddr = [203, 0, 113, 7].into();
        let v6: IpAddr = "2001:db8::7".parse().expect("an address");
        for (written, address) in [
            ("203.0.113.7", Some(v4)),
            ("203.0.113.7:5678", Some(v4)),
            ("2001:db8::7", Some(v6)),
            ("[2001:db8::7]", Some(v6)),
            ("[2001:db8::7]:5678", Some(v6)),
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(address_in(written), address, "{written}");
        }
    }
}
