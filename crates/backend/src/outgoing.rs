//! Requests to addresses that merchants give. None of them reaches into the
//! operator's own network, unless the operator says so.
//!
//! A name is looked up once, every address that it leads to is checked, and the
//! connection goes to one of those: what the name leads to a moment later
//! doesn't count.

mod public;

use crate::error::{Error, Result};
use futures::future::{BoxFuture, FutureExt};
use jiff::fmt::rfc2822;
use reqwest::{
    Body, Client, Method, RequestBuilder, Response, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect::{Action, Attempt, Policy},
};
use std::{
    collections::HashSet,
    error::Error as StdError,
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{net::lookup_host, time::timeout};

/// How long a request may take, its answer included.
const WITHIN: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const ANSWER_MAX: usize = 4 * 1024 * 1024;
/// Most redirects on one host.
const REDIRECTS_MAX: usize = 3;

/// What asks. Cheap to clone.
#[derive(Clone)]
pub struct Outgoing {
    client: Client,
    /// Follows nobody anywhere: a redirected POST would become a GET.
    poster: Client,
    private: Arc<PrivateHosts>,
}

/// Hosts in private networks that may be reached: names and addresses, for any port.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrivateHosts(HashSet<String>);

impl PrivateHosts {
    /// Those in a list such as `10.0.0.7, medusa.internal`.
    #[must_use]
    pub fn listed(list: &str) -> Self {
        let hosts = list.split([',', ' ']).map(str::trim);
        let hosts = hosts.filter(|host| !host.is_empty());
        Self(hosts.map(str::to_ascii_lowercase).collect())
    }

    fn has(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        self.0.contains(&host.to_ascii_lowercase())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Nothing answers, or the answer breaks off.
    NoConnection,
    /// There is no such host.
    UnknownHost,
    /// It took too long.
    TimedOut,
    /// The address isn't one of the public internet.
    PrivateAddress,
    /// The answer is too large.
    TooLarge,
}

/// How an answer begins.
#[derive(Debug)]
pub struct Beginning {
    /// Its status.
    pub status: StatusCode,
    /// The first bytes of its body.
    pub body: Vec<u8>,
    /// How long to wait before the next request, if it says so.
    pub retry_after: Option<Duration>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body, at most [`ANSWER_MAX`] bytes.
    pub body: Vec<u8>,
    /// Its headers.
    pub headers: HeaderMap,
    /// How long to wait before the next request, if it says so.
    pub retry_after: Option<Duration>,
}

impl Outgoing {
    /// What asks anybody but private addresses that aren't in `private`.
    ///
    /// # Errors
    /// [`Error::Setup`] if there is no TLS.
    pub fn new(private: PrivateHosts) -> Result<Self> {
        Self::with(private, Names::of_internet())
    }

    fn with(private: PrivateHosts, names: Names) -> Result<Self> {
        let private = Arc::new(private);
        Ok(Self {
            client: client(&private, &names, Policy::custom(on_the_same_host))?,
            poster: client(&private, &names, Policy::none())?,
            private,
        })
    }

    /// An address that may be asked: `https`, or `http` to a host that the operator has
    /// allowed, without a user, query and fragment.
    ///
    /// # Errors
    /// A sentence for whoever has typed it, or [`Failure::PrivateAddress`] in it.
    pub fn address(&self, typed: &str) -> Result<Url, BadAddress> {
        let url = self.endpoint(typed)?;
        match url.query() {
            Some(_) => Err(BadAddress::MoreThanAnAddress),
            None => Ok(url),
        }
    }

    /// As [`Self::address`], but it may have a query.
    ///
    /// # Errors
    /// As [`Self::address`].
    pub fn endpoint(&self, typed: &str) -> Result<Url, BadAddress> {
        let url = Url::parse(typed).map_err(|_| BadAddress::Unreadable)?;
        let host = url.host_str().ok_or(BadAddress::Unreadable)?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(BadAddress::MoreThanAnAddress);
        }
        let is_allowed = self.private.has(host);
        match url.scheme() {
            "https" => {}
            "http" if is_allowed => {}
            "http" => return Err(BadAddress::NotEncrypted),
            _ => return Err(BadAddress::Unreadable),
        }
        if !is_allowed && literal(host).is_some_and(|address| !public::is_public(address)) {
            return Err(BadAddress::Private);
        }
        Ok(url)
    }

    /// Asks, and reads the answer whatever its status.
    ///
    /// # Errors
    /// [`Failure`], after [`WITHIN`] at the latest.
    pub async fn get(&self, url: Url, headers: HeaderMap) -> Result<Answer, Failure> {
        let request = self.client.request(Method::GET, url.clone());
        self.ask(&url, request.headers(headers)).await
    }

    /// The same with a body of JSON.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn post(
        &self,
        url: Url,
        mut headers: HeaderMap,
        json: Vec<u8>,
    ) -> Result<Answer, Failure> {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let request = self.client.request(Method::POST, url.clone());
        self.ask(&url, request.headers(headers).body(json)).await
    }

    async fn ask(&self, url: &Url, request: RequestBuilder) -> Result<Answer, Failure> {
        let asked = async {
            let mut response = send(request).await?;
            let body = read(&mut response, ANSWER_MAX).await?;
            Ok(Answer {
                status: response.status(),
                headers: response.headers().clone(),
                retry_after: retry_after(response.headers(), SystemTime::now()),
                body: body.ok_or(Failure::TooLarge)?,
            })
        };
        self.within_bounds(url, asked).await
    }

    /// Sends `body`, and reads at most `most` bytes of the answer, whatever its status. A
    /// redirect is an answer.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn deliver(
        &self,
        url: Url,
        headers: HeaderMap,
        body: impl Into<Body>,
        most: usize,
    ) -> Result<Beginning, Failure> {
        let asked = async {
            let request = self.poster.request(Method::POST, url.clone());
            let mut response = send(request.headers(headers).body(body)).await?;
            let mut body = Vec::new();
            while body.len() < most
                && let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))?
            {
                body.extend_from_slice(&chunk);
            }
            body.truncate(most);
            Ok(Beginning {
                status: response.status(),
                retry_after: retry_after(response.headers(), SystemTime::now()),
                body,
            })
        };
        self.within_bounds(&url, asked).await
    }

    /// What was `asked` of `url`, if that may be asked, and in time.
    async fn within_bounds<T>(
        &self,
        url: &Url,
        asked: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        // Addresses aren't looked up, so the resolver doesn't see them.
        let host = url.host_str().unwrap_or_default();
        let forbidden = |address| !public::is_public(address) && !self.private.has(host);
        if literal(host).is_some_and(forbidden) {
            return Err(Failure::PrivateAddress);
        }
        timeout(WITHIN, asked)
            .await
            .unwrap_or(Err(Failure::TimedOut))
    }
}

fn client(private: &Arc<PrivateHosts>, names: &Names, redirects: Policy) -> Result<Client> {
    let resolver = PublicOnly {
        private: Arc::clone(private),
        names: names.clone(),
    };
    Client::builder()
        .dns_resolver(resolver)
        // A proxy would look names up by itself, and reach what we may not.
        .no_proxy()
        .redirect(redirects)
        .referer(false)
        .timeout(WITHIN)
        .user_agent(concat!("Shopdesk/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| Error::Setup(format!("requests to merchants' addresses: {error}")))
}

/// Seconds, of which some write a part too (`2.0`), or a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let said = headers.get(RETRY_AFTER)?.to_str().ok()?;
    if let Ok(seconds) = said.parse() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = SystemTime::from(rfc2822::parse(said).ok()?.timestamp());
    Some(date.duration_since(now).unwrap_or_default())
}

async fn send(request: RequestBuilder) -> Result<Response, Failure> {
    request.send().await.map_err(|error| failure(&error))
}

/// The body, unless it is longer than `most` bytes.
async fn read(response: &mut Response, most: usize) -> Result<Option<Vec<u8>>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > most {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// Why an address can't be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadAddress {
    /// It isn't a web address.
    Unreadable,
    /// It has a user, a query or a fragment.
    MoreThanAnAddress,
    /// The key would travel for everybody to read.
    NotEncrypted,
    /// It is in a private network.
    Private,
}

impl BadAddress {
    /// What is wrong and what to do about it.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Unreadable => "This is no web address. It looks like https://api.example.com.",
            Self::MoreThanAnAddress => "Enter the address alone, without a user name, “?” or “#”.",
            Self::NotEncrypted => {
                "The address must begin with https://, or the key could be read on the way. Whoever runs Shopdesk can allow http:// for a host of their own network with SHOPDESK_PRIVATE_HOSTS."
            }
            Self::Private => domain::order_source::SourceTrouble::PrivateAddress.sentence(),
        }
    }
}

/// The address that stands in the place of a name.
fn literal(host: &str) -> Option<IpAddr> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse().ok()
}

/// Follows a shop to another address of its own, with its key; nobody else gets it.
fn on_the_same_host(attempt: Attempt<'_>) -> Action {
    let (Some(from), to) = (attempt.previous().last(), attempt.url()) else {
        return attempt.stop();
    };
    let same = from.scheme() == to.scheme()
        && from.host_str() == to.host_str()
        && from.port_or_known_default() == to.port_or_known_default();
    if same && attempt.previous().len() <= REDIRECTS_MAX {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = source {
        match error.downcast_ref() {
            Some(NotResolved::Private) => return Failure::PrivateAddress,
            Some(NotResolved::Unknown) => return Failure::UnknownHost,
            None => source = error.source(),
        }
    }
    if error.is_timeout() {
        Failure::TimedOut
    } else {
        Failure::NoConnection
    }
}

/// Where names lead, and which addresses are public.
#[derive(Clone)]
struct Names {
    look_up: Arc<LookUp>,
    is_public: fn(IpAddr) -> bool,
}

/// The addresses of a name.
type LookUp = dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync;

impl Names {
    fn of_internet() -> Self {
        let look_up = |host| async { Ok(lookup_host((host, 0)).await?.collect()) }.boxed();
        Self {
            look_up: Arc::new(look_up),
            is_public: public::is_public,
        }
    }
}

/// Looks names up, and gives public addresses alone.
struct PublicOnly {
    private: Arc<PrivateHosts>,
    names: Names,
}

#[derive(Debug)]
enum NotResolved {
    Unknown,
    Private,
}

impl fmt::Display for NotResolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "no such host",
            Self::Private => "a private address",
        })
    }
}

impl StdError for NotResolved {}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let is_allowed = self.private.has(&host);
        let names = self.names.clone();
        Box::pin(async move {
            let found = (names.look_up)(host).await;
            let found = found.map_err(|_| NotResolved::Unknown)?;
            // One private address among them, and none is used: whoever mixes them
            // means to be let in by chance.
            let is_public = |address: &SocketAddr| (names.is_public)(address.ip());
            match found.as_slice() {
                [] => Err(NotResolved::Unknown.into()),
                found if !is_allowed && !found.iter().all(is_public) => {
                    Err(NotResolved::Private.into())
                }
                _ => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        net::{Ipv4Addr, TcpListener},
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };

    fn outgoing(private: &str) -> Outgoing {
        Outgoing::new(PrivateHosts::listed(private)).expect("TLS")
    }

    #[test]
    fn when_to_come_again_is_said_in_seconds_or_as_a_date() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let that_moment = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (said, expected) in [
            ("2.5", Some(Duration::from_millis(2_500))),
            (date, Some(Duration::from_secs(30))),
            ("-1", None),
            ("soon", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(said))]);
            let now = that_moment - Duration::from_secs(30);
            assert_eq!(retry_after(&headers, now), expected, "{said}");
        }
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(date))]);
        let late = that_moment + Duration::from_secs(1);
        assert_eq!(retry_after(&headers, late), Some(Duration::ZERO));
    }

    #[test]
    fn an_address_is_encrypted_public_and_nothing_but_an_address() {
        let outgoing = outgoing("10.0.0.7, Medusa.internal");
        for good in [
            "https://api.example.com",
            "https://api.example.com:9000/shop",
            "https://8.8.8.8",
            "http://10.0.0.7:9000",
            "http://medusa.internal",
        ] {
            assert!(outgoing.address(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("api.example.com", BadAddress::Unreadable),
            ("ftp://api.example.com", BadAddress::Unreadable),
            ("file:///etc/passwd", BadAddress::Unreadable),
            ("https://", BadAddress::Unreadable),
            ("http://api.example.com", BadAddress::NotEncrypted),
            ("https://a:b@api.example.com", BadAddress::MoreThanAnAddress),
            ("https://api.example.com?x=1", BadAddress::MoreThanAnAddress),
            ("https://api.example.com/#x", BadAddress::MoreThanAnAddress),
            ("https://127.0.0.1", BadAddress::Private),
            ("https://[::1]:9000", BadAddress::Private),
            ("https://10.0.0.8", BadAddress::Private),
            // Other ways to write 127.0.0.1.
            ("https://2130706433", BadAddress::Private),
            ("https://0x7f.1", BadAddress::Private),
            ("https://[::ffff:127.0.0.1]", BadAddress::Private),
        ] {
            assert_eq!(outgoing.address(bad).err(), Some(why), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_private_address_is_not_asked_however_it_is_named() {
        let outgoing = outgoing("");
        for url in ["https://127.0.0.1:1/", "https://localhost:1/"] {
            let url = Url::parse(url).expect("an address");
            let asked = outgoing.get(url.clone(), HeaderMap::new()).await;
            assert_eq!(asked.err(), Some(Failure::PrivateAddress), "{url}");
        }
    }

    #[tokio::test]
    async fn an_allowed_host_is_asked() {
        let outgoing = outgoing("localhost");
        let url = Url::parse("http://localhost:1/").expect("an address");
        let asked = outgoing.get(url, HeaderMap::new()).await;
        assert_eq!(asked.err(), Some(Failure::NoConnection));
    }

    /// The address of a name when it is looked up first, which counts as public, and later.
    const FIRST: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1));
    const LATER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

    /// What asks where a name leads to another network a moment later, and how often it has
    /// looked a name up.
    fn rebound() -> (Outgoing, Arc<AtomicUsize>) {
        let looked_up = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&looked_up);
        let look_up = move |_| {
            let address = match count.fetch_add(1, Ordering::SeqCst) {
                0 => FIRST,
                _ => LATER,
            };
            async move { Ok(vec![SocketAddr::new(address, 0)]) }.boxed()
        };
        let names = Names {
            look_up: Arc::new(look_up),
            is_public: |address| address == FIRST,
        };
        let outgoing = Outgoing::with(PrivateHosts::default(), names).expect("TLS");
        (outgoing, looked_up)
    }

    /// Answers one request so, and hangs up.
    fn answers_once(listener: TcpListener, head: String) -> thread::JoinHandle<()> {
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a request");
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a request");
                request.extend(byte);
            }
            let answer = format!("{head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).expect("an answer");
        })
    }

    #[tokio::test]
    async fn a_request_goes_to_the_address_that_was_checked() {
        let listener = TcpListener::bind((FIRST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let server = answers_once(listener, "HTTP/1.1 200 OK".to_owned());
        let (outgoing, looked_up) = rebound();
        let url = Url::parse(&format!("http://shop.example:{port}/")).expect("an address");
        let answer = outgoing
            .get(url, HeaderMap::new())
            .await
            .expect("an answer");
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(looked_up.load(Ordering::SeqCst), 1);
        server.join().expect("a server");
    }

    #[tokio::test]
    async fn a_name_is_not_followed_where_it_leads_a_moment_later() {
        let listener = TcpListener::bind((FIRST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let inside = TcpListener::bind((LATER, port)).expect("the same port");
        inside.set_nonblocking(true).expect("a listener");
        let on = format!("HTTP/1.1 302 Found\r\nLocation: http://shop.example:{port}/secrets");
        let server = answers_once(listener, on);
        let (outgoing, _) = rebound();
        let url = Url::parse(&format!("http://shop.example:{port}/")).expect("an address");
        for _ in 0..2 {
            let asked = outgoing.get(url.clone(), HeaderMap::new()).await;
            assert_eq!(asked.err(), Some(Failure::PrivateAddress));
        }
        let came = inside.accept().map_err(|error| error.kind());
        assert_eq!(came.err(), Some(io::ErrorKind::WouldBlock), "somebody came");
        server.join().expect("a server");
    }
}
