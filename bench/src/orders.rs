//! How long a shopper waits for the answer to a question about an order: one that is built
//! in, one in a connected shop, the same again.

mod medusa;

use crate::{
    client::{Door, post},
    database::Engine,
    failure::Failure,
    options::{Extent, Options},
    product::{self, Ai, Product},
    report::times,
    watcher::{Seen, SocketDoor, Watcher},
};
use backend::orders;
use domain::{
    events::Hello,
    ids::MessageId,
    message::{MessageKind, Sender},
};
use medusa::Medusa;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// How long an answer may take.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// Questions before each measurement: connections, caches, code.
const WARM_UP: usize = 5;
/// A built-in order of the demo shop.
const BUILT_IN: &str = "1001";

/// Measures each database with the same shop.
///
/// # Errors
/// If a server can't be started or the shop can't be asked, or an answer shows no order.
pub async fn measure(
    options: &Options,
    extent: Extent,
    engines: &[Engine],
) -> Result<String, Failure> {
    let medusa = Medusa::of(options).await?;
    let mut text = format!(
        "  One shopper, one question at a time, by REST; the answer, with the order, on their own socket.
  {}.
  Each of its orders is asked for without Shopdesk, then by a question, then by the same again,
  which is answered from memory for a minute.\n\n",
        medusa.about()
    );
    for engine in engines {
        let product = Product::start_beside(&medusa.host(), engine).await?;
        let measured = of_product(&product, &medusa, extent).await;
        product.stop().await.remove().await?;
        let Measured {
            built_in,
            without,
            first,
            again,
        } = measured?;
        text.push_str(&times(&format!("{engine}: built-in order"), &built_in));
        text.push_str(&times(&format!("{engine}: Medusa's order"), &first));
        text.push_str(&times(
            &format!("{engine}: the same question again"),
            &again,
        ));
        text.push_str(&times("the same two calls without Shopdesk", &without));
    }
    Ok(text)
}

/// How long each took.
struct Measured {
    built_in: Vec<Duration>,
    /// The shop alone.
    without: Vec<Duration>,
    first: Vec<Duration>,
    again: Vec<Duration>,
}

async fn of_product(
    product: &Product,
    medusa: &Medusa,
    extent: Extent,
) -> Result<Measured, Failure> {
    let mut shopper = Shopper::of(product).await?;
    let member = product::owner(product.ctx()).await?.member;
    let mut built_in = Vec::new();
    for _ in 0..WARM_UP + extent.order_questions {
        built_in.push(shopper.asks_for(BUILT_IN).await?);
    }
    built_in.drain(..WARM_UP);

    let connected = orders::connect::connect(product.ctx(), &member, medusa.shop());
    connected.await?;
    let known = medusa.orders(WARM_UP + extent.order_questions).await?;
    let mut measured = Measured {
        built_in,
        without: Vec::new(),
        first: Vec::new(),
        again: Vec::new(),
    };
    for order in &known {
        measured.without.push(medusa.one(order).await?);
        measured.first.push(shopper.asks_for(&order.number).await?);
        measured.again.push(shopper.asks_for(&order.number).await?);
    }
    // A real shop may have few.
    let warm_up = WARM_UP.min(known.len() / 2);
    for took in [
        &mut measured.without,
        &mut measured.first,
        &mut measured.again,
    ] {
        took.drain(..warm_up);
    }
    Ok(measured)
}

/// Somebody with a chat of their own.
struct Shopper {
    poster: reqwest::Client,
    door: Door,
    watcher: Watcher,
}

impl Shopper {
    async fn of(product: &Product) -> Result<Self, Failure> {
        let mut target = product.open(Ai::Off).await?;
        let door = target.doors.pop().ok_or("there is no conversation")?;
        let socket = SocketDoor {
            url: format!("ws://{}/widget/v1/ws", product.addr()),
            cookie: None,
            hello: Hello {
                token: Some(door.token.clone()),
                store: None,
                cursors: [(door.conversation_id, 0)].into_iter().collect(),
            },
        };
        Ok(Self {
            poster: reqwest::Client::builder().no_proxy().build()?,
            watcher: Watcher::open(socket).await?,
            door,
        })
    }

    /// How long it takes until the order of this number is shown.
    async fn asks_for(&mut self, number: &str) -> Result<Duration, Failure> {
        let question = format!("Where is my order #{number}?");
        let asked = Instant::now();
        let posted = post(&self.poster, &self.door, MessageId::generate(), &question);
        let watcher = &mut self.watcher;
        let answered = async {
            loop {
                if let Seen::Message(message) = watcher.next().await?
                    && message.sender == Sender::Ai
                {
                    return Ok::<_, Failure>((asked.elapsed(), message.kind));
                }
            }
        };
        let both = async { tokio::try_join!(posted, answered) };
        let ((), (took, kind)) = timeout(ANSWERED_WITHIN, both)
            .await
            .map_err(|_| format!("\"{question}\" was not answered within 30 s"))??;
        match kind {
            MessageKind::OrderCard => Ok(took),
            _ => Err(format!("\"{question}\" was answered without an order").into()),
        }
    }
}
