//! The address at which people reach the installation.

use domain::Invalid;
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

/// Scheme, host and port, without a path, e.g. `https://support.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Reads what the operator gave.
    ///
    /// # Errors
    /// [`Invalid`] unless it is `http://` or `https://` with a host, and no
    /// more than that.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let wrong = || {
            Invalid::new(
                "public_url",
                "The public URL is a scheme and a host, such as https://support.example.com.",
            )
        };
        let url = raw.trim().trim_end_matches('/').to_lowercase();
        let host = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"))
            .ok_or_else(wrong)?;
        let fits = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if host.is_empty() || !host.chars().all(fits) {
            return Err(wrong());
        }
        Ok(Self(url))
    }

    /// The address of a server that nobody gave another one for.
    #[must_use]
    pub fn listening_on(addr: SocketAddr) -> Self {
        if addr.ip().is_unspecified() {
            Self(format!("http://localhost:{}", addr.port()))
        } else {
            Self(format!("http://{addr}"))
        }
    }

    /// As text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain that mails come from: the host, or `localhost` where that is
    /// a number.
    #[must_use]
    pub fn mail_domain(&self) -> &str {
        let authority = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let host = authority
            .rsplit_once(':')
            .filter(|(_, port)| port.chars().all(|c| c.is_ascii_digit()))
            .map_or(authority, |(host, _)| host);
        let is_number = host.starts_with('[') || host.parse::<IpAddr>().is_ok();
        if is_number { "localhost" } else { host }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_a_scheme_and_a_host() {
        let url = PublicUrl::parse(" https://Support.example.com:8443/ ").expect("a URL");
        assert_eq!(url.as_str(), "https://support.example.com:8443");
        for wrong in [
            "",
            "support.example.com",
            "ftp://example.com",
            "https://",
            "https://example.com/shop",
            "https://user@example.com",
            "https://example.com?x",
            "https://exa mple.com",
        ] {
            assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn without_one_it_is_where_the_server_listens() {
        for (addr, url) in [
            ("127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("[::1]:80", "http://[::1]:80"),
            ("0.0.0.0:3000", "http://localhost:3000"),
        ] {
            let addr = addr.parse().expect("an address");
            assert_eq!(PublicUrl::listening_on(addr).as_str(), url);
        }
    }

    #[test]
    fn mails_come_from_the_host_if_it_has_a_name() {
        for (url, domain) in [
            ("https://support.example.com", "support.example.com"),
            ("https://support.example.com:8443", "support.example.com"),
            ("http://localhost:3000", "localhost"),
            ("http://127.0.0.1:3000", "localhost"),
            ("http://[::1]:3000", "localhost"),
        ] {
            let url = PublicUrl::parse(url).expect("a URL");
            assert_eq!(url.mail_domain(), domain);
        }
    }
}
