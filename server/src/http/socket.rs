//! A live connection: rooms that are followed from a cursor on, without gaps
//! and without repeats, whoever is at the other end.

use axum::extract::ws::{CloseFrame, Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade};
use backend::{
    Ctx,
    access::Principal,
    conversations::{self, Place},
    error::Error,
    presence,
    realtime::hub::{Delivery, Outgoing, Serialised, Subscriber, Topic},
    tokens, visitors,
};
use domain::{
    events::{
        ClientFrame, Colleague, Cursors, FRAME_MAX, HEARTBEAT_SECONDS, Hello, HereIn, ServerEvent,
        Side, Skipped, Typing,
    },
    ids::ConversationId,
    message::Message,
    problem::{Cause, Malformed, Problem},
};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::{MissedTickBehavior, interval, sleep_until, timeout};

/// Axum's default of 128 kB a socket would be most of an idle server's memory.
/// Clients send little: a larger frame takes several reads.
const READ_BUFFER: usize = 512;
const WRITE_BUFFER: usize = 512;
/// Bytes that may wait for a slow client before it is disconnected.
const WRITE_BUFFER_MAX: usize = 1024 * 1024;
/// Bytes that are taken of a frame which is too large: only a client that could
/// send all of it can be told why it is refused.
const TAKEN_MAX: usize = 4 * FRAME_MAX;
/// How long a client has for its first frame.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// How long a client that is refused has to read why.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);
/// How long a shopper whose token has ended hears nothing before they are told. Whoever has
/// just proven who they are gets their new token by another request, and must not take the
/// end of the old one for the end of the chat.
const NEW_TOKEN_WITHIN: Duration = Duration::from_secs(5);
/// How long a single frame may take to leave.
const SEND_WITHIN: Duration = Duration::from_secs(10);
/// Heartbeats without a sign of life before the connection is given up.
const SILENT_HEARTBEATS: u32 = 3;
/// Messages replayed in one read.
const REPLAY_PAGE: i64 = 200;
/// How long a gap in the numbers waits for what may be on its way, before the
/// database is asked.
const GAP_WAIT: Duration = Duration::from_millis(100);
/// Most messages that wait behind a gap.
const EARLY_MAX: usize = 64;
/// When events are missing, sockets read the database one after the other within
/// this time.
const READ_AGAIN_WITHIN: Duration = Duration::from_secs(1);
/// Typing is passed on at most this often.
const TYPING_EVERY: Duration = Duration::from_millis(1_000);
/// Frames that a client may send within [`FRAMES_WINDOW`].
const FRAMES_MAX: u32 = 200;
const FRAMES_WINDOW: Duration = Duration::from_secs(10);
/// Bytes of conversations that are sent again within [`FRAMES_WINDOW`] before no
/// further one is opened. Who resumes with as many as may be followed names them
/// in the first frame, which isn't refused; who opens one gets all of it.
const REPLAYED_MAX: usize = 8 * 1024 * 1024;
/// Most conversations followed at once.
const ROOMS_MAX: usize = 50;

/// Limits every socket before it is opened.
pub fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER_MAX)
        .max_message_size(TAKEN_MAX)
        .max_frame_size(TAKEN_MAX)
}

/// Who is at the other end.
pub enum Audience {
    /// A shopper.
    Visitor(visitors::Session),
    /// Somebody of the store's team.
    Agent(Principal),
}

impl Audience {
    fn topic(&self, id: ConversationId) -> Topic {
        match self {
            Self::Visitor(session) => Topic::ConversationForVisitor(session.store_id, id),
            Self::Agent(member) => Topic::ConversationForAgents(member.store_id, id),
        }
    }

    fn side(&self) -> Side {
        match self {
            Self::Visitor(_) => Side::Visitor,
            Self::Agent(_) => Side::Agent,
        }
    }
}

/// Why a connection ends.
enum End {
    /// The other side left, or can't be reached.
    Gone,
    /// It is told why.
    Refused(Problem),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        if error.is_failure() {
            tracing::error!(%error, "a socket failed");
        }
        Self::Refused(error.cause().into())
    }
}

impl From<axum::Error> for End {
    fn from(_: axum::Error) -> Self {
        Self::Gone
    }
}

/// Serves one socket. `authenticate` turns the first frame into an audience. It is asked
/// again when the token may have ended by which that is known, `session` or the one in the
/// first frame, and with every heartbeat, should nobody say so.
///
/// Most sockets are idle most of the time. What they do seldom is in a box of its
/// own, or each of them would keep room for it.
pub async fn serve<A, F>(
    mut socket: Box<WebSocket>,
    ctx: Ctx,
    session: Option<&str>,
    authenticate: A,
) where
    A: Fn(Hello) -> F + Send,
    F: Future<Output = backend::Result<Audience>> + Send,
{
    let outcome = async {
        let mut credentials = Box::pin(first_frame(&mut socket)).await?;
        let cursors = std::mem::take(&mut credentials.cursors);
        let mut subscriber = ctx.realtime().hub().subscriber();
        // Before it is looked at, so that no end falls between.
        if let Some(token) = session.or(credentials.token.as_deref()) {
            subscriber.known_by(&tokens::hash(token));
        }
        if let Some(store_id) = credentials.store {
            subscriber.of_team(store_id);
        }
        let audience = Box::pin(authenticate(credentials.clone())).await?;
        let mut connection = Connection {
            socket: &mut socket,
            subscriber,
            audience,
            rooms: HashMap::new(),
            read_at: None,
            all_missed: false,
            last_typing: None,
            replayed: 0,
            ctx: &ctx,
        };
        Box::pin(connection.greet(cursors)).await?;
        connection.run(|| authenticate(credentials.clone())).await
    };
    let ended: Result<(), End> = outcome.await;
    if let Err(End::Refused(problem)) = ended {
        let code = if problem.status == 401 { 4401 } else { 4400 };
        let reason = Utf8Bytes::from(&*problem.title);
        if let Ok(json) = serde_json::to_string(&ServerEvent::Error(problem)) {
            let _ = socket.send(Frame::Text(json.into())).await;
        }
        let _ = socket
            .send(Frame::Close(Some(CloseFrame { code, reason })))
            .await;
        // What is still unread when the connection ends takes the reason with it.
        let _ = timeout(GOODBYE_WITHIN, async {
            while let Some(Ok(_)) = socket.recv().await {}
        })
        .await;
    }
}

async fn first_frame(socket: &mut WebSocket) -> Result<Hello, End> {
    let waited = timeout(HELLO_WITHIN, async {
        loop {
            match socket.recv().await {
                Some(Ok(Frame::Text(text))) => return parse(&text),
                Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {}
                Some(Ok(Frame::Binary(_))) => return Err(malformed(Malformed::BinaryFrame)),
                Some(Err(_)) => return Err(unreadable()),
                Some(Ok(Frame::Close(_))) | None => return Err(End::Gone),
            }
        }
    });
    match waited.await {
        Ok(Ok(ClientFrame::Hello(hello))) => Ok(hello),
        Ok(Ok(_)) => Err(malformed(Malformed::NoHello)),
        Ok(Err(end)) => Err(end),
        Err(_) => Err(malformed(Malformed::LateHello(HELLO_WITHIN.as_secs()))),
    }
}

fn parse(text: &str) -> Result<ClientFrame, End> {
    if text.len() > FRAME_MAX {
        return Err(unreadable());
    }
    serde_json::from_str(text).map_err(|error| malformed(Malformed::Frame(error.to_string())))
}

fn malformed(what: Malformed) -> End {
    End::Refused(Cause::Malformed(what).into())
}

/// A frame that is too large or breaks the protocol; or the network has failed,
/// and nobody will hear of it.
fn unreadable() -> End {
    malformed(Malformed::LongFrame(FRAME_MAX))
}

struct Connection<'a> {
    socket: &'a mut WebSocket,
    subscriber: Subscriber,
    audience: Audience,
    /// The conversations that are followed.
    rooms: HashMap<ConversationId, Room>,
    /// When to ask the database for what is missing in one of them.
    read_at: Option<tokio::time::Instant>,
    /// Whether it is missing in all of them.
    all_missed: bool,
    last_typing: Option<Instant>,
    /// Bytes that were read from the database for it in this window.
    replayed: usize,
    ctx: &'a Ctx,
}

/// A conversation that is followed.
#[derive(Default)]
struct Room {
    /// The last number sent.
    sent: i64,
    /// Messages that came before one with a smaller number did.
    early: Vec<Arc<Serialised>>,
    /// A shopper's, where it is a part of another conversation.
    part: Option<Place>,
}

impl Room {
    /// A message that is next, if it has come.
    fn next(&mut self) -> Option<Arc<Serialised>> {
        let is_next = |seq| seq == self.sent + 1;
        let at = self
            .early
            .iter()
            .position(|early| seq(early).is_some_and(is_next))?;
        self.sent += 1;
        Some(self.early.swap_remove(at))
    }

    /// Everything up to `seq` has been sent.
    fn reach(&mut self, reached: i64) {
        self.sent = reached;
        self.early
            .retain(|early| seq(early).is_some_and(|seq| seq > reached));
    }
}

fn seq(event: &Serialised) -> Option<i64> {
    event.position.map(|(_, seq)| seq)
}

impl Connection<'_> {
    async fn greet(&mut self, cursors: Cursors) -> Result<(), End> {
        if cursors.len() > domain::events::CURSORS_MAX {
            return Err(malformed(Malformed::TooManyCursors));
        }
        match &self.audience {
            Audience::Visitor(session) => self.subscriber.follow(Topic::Widgets(session.store_id)),
            Audience::Agent(member) => self.subscriber.follow(Topic::Store(member.store_id)),
        }
        for (id, after_seq) in cursors {
            self.open(id, after_seq).await?;
        }
        // Before the client asks for what it shows.
        Box::pin(self.note_open()).await;
        self.send(&ServerEvent::Ready {}).await
    }

    /// Somebody of the team is there as long as their page is heard of.
    fn note_open(&self) -> impl Future<Output = ()> + Send + use<> {
        let member = match &self.audience {
            Audience::Agent(member) => Some(member.clone()),
            Audience::Visitor(_) => None,
        };
        let ctx = self.ctx.clone();
        async move {
            if let Some(member) = member
                && let Err(error) = presence::note_open(&ctx, &member).await
            {
                tracing::warn!(%error, "that a person is there could not be noted");
            }
        }
    }

    async fn run<A, F>(&mut self, still_there: A) -> Result<(), End>
    where
        A: Fn() -> F,
        F: Future<Output = backend::Result<Audience>>,
    {
        let mut heartbeat = interval(Duration::from_secs(HEARTBEAT_SECONDS));
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.reset();
        let mut silent = 0;
        let (mut window, mut frames) = (Instant::now(), 0);
        loop {
            tokio::select! {
                delivery = self.subscriber.next() => match delivery {
                    Some(Delivery::Event(event)) => self.deliver(event).await?,
                    Some(Delivery::Missed) => self.all_are_missing(),
                    Some(Delivery::Doubted) => Box::pin(self.ask_again(&still_there)).await?,
                    // Too slow: it reconnects and resumes by its cursors.
                    None => return Err(End::Gone),
                },
                frame = self.socket.recv() => {
                    silent = 0;
                    if window.elapsed() > FRAMES_WINDOW {
                        (window, frames) = (Instant::now(), 0);
                        self.replayed = 0;
                    }
                    frames += 1;
                    if frames > FRAMES_MAX {
                        return Err(malformed(Malformed::TooManyFrames));
                    }
                    match frame {
                        Some(Ok(Frame::Text(text))) => self.handle(parse(&text)?).await?,
                        Some(Ok(Frame::Binary(_))) => return Err(malformed(Malformed::BinaryFrame)),
                        Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {}
                        Some(Err(_)) => return Err(unreadable()),
                        Some(Ok(Frame::Close(_))) | None => return Err(End::Gone),
                    }
                }
                () = reached(self.read_at) => Box::pin(self.read_what_is_missing(&still_there)).await?,
                _ = heartbeat.tick() => {
                    silent += 1;
                    if silent > SILENT_HEARTBEATS {
                        return Err(End::Gone);
                    }
                    Box::pin(self.ask_again(&still_there)).await?;
                    // Something came since the one before.
                    if silent == 1 {
                        Box::pin(self.note_open()).await;
                    }
                    self.send(&ServerEvent::Pong {}).await?;
                    self.transmit(Frame::Ping(Vec::new().into())).await?;
                }
            }
        }
    }

    async fn handle(&mut self, frame: ClientFrame) -> Result<(), End> {
        match frame {
            ClientFrame::Hello(_) => Err(malformed(Malformed::SecondHello)),
            ClientFrame::Ping {} => self.send(&ServerEvent::Pong {}).await,
            ClientFrame::Open(_) if self.replayed > REPLAYED_MAX => {
                Err(malformed(Malformed::TooMuchReplayed))
            }
            ClientFrame::Open(open) => {
                Box::pin(self.open(open.conversation_id, open.after_seq)).await
            }
            ClientFrame::Close(close) => {
                if self.rooms.remove(&close.conversation_id).is_some() {
                    self.subscriber
                        .unfollow(self.audience.topic(close.conversation_id));
                }
                Ok(())
            }
            ClientFrame::Typing(typing) => {
                self.pass_on_typing(typing.conversation_id);
                Ok(())
            }
            ClientFrame::Here(here) => {
                self.tell_colleagues(here);
                Ok(())
            }
        }
    }

    /// Follows a conversation from `after_seq` on. Followed first and read
    /// then, so that nothing falls between.
    async fn open(&mut self, id: ConversationId, after_seq: i64) -> Result<(), End> {
        if self.rooms.len() >= ROOMS_MAX && !self.rooms.contains_key(&id) {
            return Err(malformed(Malformed::TooManyRooms));
        }
        self.subscriber.follow(self.audience.topic(id));
        let sent = after_seq.max(0);
        self.rooms.insert(
            id,
            Room {
                sent,
                ..Room::default()
            },
        );
        self.replay(id).await?;
        self.send_status(id).await
    }

    /// A shopper's conversation may have changed as well. Agents ask for the
    /// thread.
    async fn send_status(&mut self, id: ConversationId) -> Result<(), End> {
        if let Audience::Visitor(session) = &self.audience {
            let history = conversations::history(self.ctx, session, id, i64::MAX, 1).await?;
            self.send(&ServerEvent::Status(history.conversation))
                .await?;
        }
        Ok(())
    }

    async fn deliver(&mut self, event: Arc<Serialised>) -> Result<(), End> {
        if self.rooms.values().any(|room| room.part.is_some()) {
            return Box::pin(self.deliver_part(event)).await;
        }
        self.deliver_whole(event).await
    }

    /// What happens in a conversation that has taken another one in, for who follows that one.
    async fn deliver_part(&mut self, event: Arc<Serialised>) -> Result<(), End> {
        let parts: Vec<_> = self.rooms.values().filter_map(|room| room.part).collect();
        let Some((at, _)) = event.position else {
            let parsed = serde_json::from_str::<ServerEvent>(&event.json);
            let parsed = parsed.map_err(|error| Error::Internal(error.to_string()))?;
            let mut is_a_parts = false;
            for part in parts {
                let seen = part.event(parsed.clone()).filter(|seen| *seen != parsed);
                if let Some(seen) = seen {
                    is_a_parts = true;
                    self.send(&seen).await?;
                }
            }
            return match is_a_parts {
                true => Ok(()),
                false => self.transmit(text(&event)).await,
            };
        };
        for part in parts.iter().filter(|part| part.at == at) {
            // Under the numbers that are known here.
            self.replay(part.asked).await?;
        }
        self.deliver_whole(event).await
    }

    async fn deliver_whole(&mut self, event: Arc<Serialised>) -> Result<(), End> {
        let Some((id, seq)) = event.position else {
            return self.transmit(text(&event)).await;
        };
        match self.rooms.get_mut(&id) {
            // Closed meanwhile, or replayed already.
            None => Ok(()),
            Some(room) if seq <= room.sent => Ok(()),
            Some(room) => {
                room.early.push(event);
                self.send_what_is_next(id).await
            }
        }
    }

    /// Sends what has come of a room, up to the first number that hasn't.
    async fn send_what_is_next(&mut self, id: ConversationId) -> Result<(), End> {
        while let Some(room) = self.rooms.get_mut(&id) {
            if let Some(event) = room.next() {
                self.transmit(text(&event)).await?;
            } else if room.early.len() > EARLY_MAX {
                Box::pin(self.replay(id)).await?;
            } else {
                // Several servers, or commits, may announce out of order.
                if !room.early.is_empty() && self.read_at.is_none() {
                    self.read_at = Some(tokio::time::Instant::now() + GAP_WAIT);
                }
                break;
            }
        }
        Ok(())
    }

    fn all_are_missing(&mut self) {
        self.all_missed = true;
        // Not everybody at once.
        let turn = self.subscriber.spread(READ_AGAIN_WITHIN);
        self.read_at = Some(tokio::time::Instant::now() + turn);
    }

    /// What was waited for hasn't come: the database has it.
    async fn read_what_is_missing<A, F>(&mut self, still_there: &A) -> Result<(), End>
    where
        A: Fn() -> F,
        F: Future<Output = backend::Result<Audience>>,
    {
        self.read_at = None;
        let all = std::mem::take(&mut self.all_missed);
        let missing = |room: &Room| all || !room.early.is_empty();
        let rooms = self.rooms.iter().filter(|(_, room)| missing(room));
        let rooms: Vec<_> = rooms.map(|(id, _)| *id).collect();
        for id in rooms {
            self.replay(id).await?;
            if all {
                self.send_status(id).await?;
            }
        }
        if all {
            self.ask_again(still_there).await?;
            // As after connecting: what isn't sent here is to be asked for.
            self.send(&ServerEvent::Ready {}).await?;
        }
        Ok(())
    }

    /// Whether the audience may still be here; tells a widget that its settings
    /// have changed, should the event have been lost.
    async fn ask_again<A, F>(&mut self, still_there: &A) -> Result<(), End>
    where
        A: Fn() -> F,
        F: Future<Output = backend::Result<Audience>>,
    {
        let audience = match still_there().await {
            Ok(audience) => audience,
            Err(refused) => {
                self.await_new_token().await?;
                return Err(refused.into());
            }
        };
        let is_changed = match (&self.audience, &audience) {
            (Audience::Visitor(before), Audience::Visitor(now)) => before.settings != now.settings,
            _ => false,
        };
        self.audience = audience;
        if is_changed {
            self.send(&ServerEvent::ConfigChanged {}).await?;
        }
        Ok(())
    }

    /// Lets a shopper go by themselves who is no longer known. Nothing is sent meanwhile.
    async fn await_new_token(&mut self) -> Result<(), End> {
        if matches!(self.audience, Audience::Agent(_)) {
            return Ok(());
        }
        let gone = async {
            while let Some(Ok(frame)) = self.socket.recv().await {
                if matches!(frame, Frame::Close(_)) {
                    break;
                }
            }
        };
        match timeout(NEW_TOKEN_WITHIN, gone).await {
            Ok(()) => Err(End::Gone),
            Err(_) => Ok(()),
        }
    }

    /// Sends everything after what was sent last.
    async fn replay(&mut self, id: ConversationId) -> Result<(), End> {
        self.find(id).await?;
        loop {
            let sent = self.rooms.get(&id).map_or(0, |room| room.sent);
            let (events, newest) = after(self.ctx, &self.audience, id, sent).await?;
            if newest < sent {
                // The client is ahead, say of a backup that was restored.
                self.reach(id, newest);
            }
            if newest <= sent {
                return Ok(());
            }
            for event in &events {
                let frame = frame(event)?;
                self.replayed += frame.len();
                self.transmit(Frame::Text(frame)).await?;
            }
            self.reach(id, newest);
        }
    }

    /// Follows what a shopper's conversation has become a part of, before it is read. Agents are
    /// led on by their page.
    async fn find(&mut self, id: ConversationId) -> Result<(), End> {
        let Audience::Visitor(session) = &self.audience else {
            return Ok(());
        };
        let place = conversations::place_of_visitors(self.ctx, session, id).await?;
        let part = Some(place).filter(|place| !place.is_itself());
        let before = self.rooms.get(&id).and_then(|room| room.part);
        if part == before {
            return Ok(());
        }
        for (place, follows) in [(before, false), (part, true)] {
            let topic = place.map(|place| self.audience.topic(place.at));
            match topic {
                Some(topic) if follows => self.subscriber.follow(topic),
                Some(topic) => self.subscriber.unfollow(topic),
                None => {}
            }
        }
        self.rooms.entry(id).or_default().part = part;
        Ok(())
    }

    fn reach(&mut self, id: ConversationId, seq: i64) {
        self.rooms.entry(id).or_default().reach(seq);
    }

    fn pass_on_typing(&mut self, id: ConversationId) {
        let too_soon = self
            .last_typing
            .is_some_and(|last| last.elapsed() < TYPING_EVERY);
        if too_soon || !self.rooms.contains_key(&id) {
            return;
        }
        self.last_typing = Some(Instant::now());
        let part = self.rooms.get(&id).and_then(|room| room.part);
        let id = part.map_or(id, |part| part.at);
        let (topic, name) = match &self.audience {
            Audience::Visitor(session) => {
                (Topic::ConversationForAgents(session.store_id, id), None)
            }
            Audience::Agent(member) => (
                Topic::ConversationForVisitor(member.store_id, id),
                member.actor.name().map(str::to_owned),
            ),
        };
        let event = ServerEvent::Typing(Typing {
            conversation_id: id,
            by: self.audience.side(),
            name,
        });
        self.ctx
            .realtime()
            .announce(vec![Outgoing { topic, event }]);
    }

    /// What one of the team does in a conversation, the others are told.
    fn tell_colleagues(
        &mut self,
        HereIn {
            conversation_id,
            doing,
        }: HereIn,
    ) {
        let Audience::Agent(member) = &self.audience else {
            return;
        };
        let (Some(user), true) = (member.user(), self.rooms.contains_key(&conversation_id)) else {
            return;
        };
        let event = ServerEvent::Colleague(Colleague {
            conversation_id,
            user: user.id,
            name: user.name.clone(),
            doing,
        });
        let topic = Topic::ConversationForAgents(member.store_id, conversation_id);
        self.ctx
            .realtime()
            .announce(vec![Outgoing { topic, event }]);
    }

    async fn send(&mut self, event: &ServerEvent) -> Result<(), End> {
        self.transmit(Frame::Text(frame(event)?)).await
    }

    async fn transmit(&mut self, frame: Frame) -> Result<(), End> {
        match timeout(SEND_WITHIN, self.socket.send(frame)).await {
            Ok(sent) => Ok(sent?),
            Err(_) => Err(End::Gone),
        }
    }
}

fn frame(event: &ServerEvent) -> Result<Utf8Bytes, End> {
    let json = serde_json::to_string(event).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(json.into())
}

fn text(event: &Serialised) -> Frame {
    Frame::Text(Utf8Bytes::from(&*event.json))
}

/// Ends at `time`; never, if there is none.
async fn reached(time: Option<tokio::time::Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// One page of events after `seq`, and the number they reach to.
async fn after(
    ctx: &Ctx,
    audience: &Audience,
    id: ConversationId,
    seq: i64,
) -> Result<(Vec<ServerEvent>, i64), End> {
    match audience {
        Audience::Agent(member) => {
            let (messages, newest) =
                conversations::messages_after(ctx, member, id, seq, REPLAY_PAGE).await?;
            Ok((
                messages.into_iter().map(ServerEvent::Message).collect(),
                newest,
            ))
        }
        Audience::Visitor(session) => {
            let history = conversations::history(ctx, session, id, seq, REPLAY_PAGE).await?;
            let events = with_skipped(id, seq, history.messages, history.last_seq);
            Ok((events, history.last_seq))
        }
    }
}

/// `messages` with an event for each number between that the visitor isn't
/// shown, up to `last_seq`.
fn with_skipped(
    id: ConversationId,
    after: i64,
    messages: Vec<Message>,
    last_seq: i64,
) -> Vec<ServerEvent> {
    let mut messages = messages.into_iter().peekable();
    (after.saturating_add(1)..=last_seq)
        .map(|seq| {
            messages.next_if(|message| message.seq == seq).map_or(
                ServerEvent::Skipped(Skipped {
                    conversation_id: id,
                    seq,
                }),
                ServerEvent::Message,
            )
        })
        .collect()
}
