//! The one client for both sides: posts messages over keep-alive connections
//! and watches for them on an agent's socket.

use crate::{
    failure::Failure,
    statistics::{milliseconds, percentile, processor_seconds},
    watcher::{Seen, SocketDoor, Watcher},
};
use domain::{
    ids::{ConversationId, MessageId},
    message::Sender,
    widget_api::NewMessage,
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::timeout};

/// How long a run may take before it is given up.
const RUN_WITHIN: Duration = Duration::from_secs(300);

/// A server to be measured.
pub struct Target {
    /// Where messages are posted, in turn.
    pub doors: Vec<Door>,
    /// Where they are watched for.
    pub socket: SocketDoor,
    /// Whether each message has a job, whose end is told on the socket.
    pub has_jobs: bool,
}

/// Where one shopper posts.
pub struct Door {
    pub url: String,
    pub token: String,
    pub conversation_id: ConversationId,
}

/// One run's figures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    pub messages_per_second: f64,
    pub seen_p50_ms: f64,
    pub seen_p99_ms: f64,
    pub post_p50_ms: f64,
    pub post_p99_ms: f64,
    /// Client and jobs included.
    pub processor_us_per_message: f64,
    /// From the first post to the last job's end.
    pub jobs_per_second: f64,
}

/// A client that is connected.
pub struct Client {
    target: Arc<Target>,
    /// One connection each.
    posters: Vec<reqwest::Client>,
    watcher: Watcher,
}

impl Client {
    /// Opens the socket, and makes `concurrency` posters.
    ///
    /// # Errors
    /// If the server can't be reached.
    pub async fn connect(target: Target, concurrency: usize) -> Result<Self, Failure> {
        let poster = || {
            reqwest::Client::builder()
                .no_proxy()
                .pool_max_idle_per_host(1)
                .build()
        };
        Ok(Self {
            watcher: Watcher::open(target.socket.clone()).await?,
            target: Arc::new(target),
            posters: (0..concurrency.max(1))
                .map(|_| poster())
                .collect::<Result<_, _>>()?,
        })
    }

    /// How often the socket was cut so far.
    pub fn reconnects(&self) -> usize {
        self.watcher.reconnects()
    }

    /// Posts `count` messages with the texts of `bodies` in turn, `concurrency`
    /// at a time, each as soon as one before it is acknowledged, and waits until
    /// all are seen and their jobs are done.
    ///
    /// # Errors
    /// If a message is refused, or not seen in five minutes.
    pub async fn run(
        &mut self,
        count: usize,
        concurrency: usize,
        bodies: &'static [&'static str],
    ) -> Result<Figures, Failure> {
        let ids: Arc<[MessageId]> = (0..count).map(|_| MessageId::generate()).collect();
        let places: HashMap<MessageId, usize> =
            ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let next = Arc::new(AtomicUsize::new(0));
        let processor = processor_seconds("self")?;
        let started = Instant::now();
        let mut posting = JoinSet::new();
        for poster in self.posters.iter().take(concurrency) {
            posting.spawn(post_in_turn(
                poster.clone(),
                Arc::clone(&self.target),
                Arc::clone(&ids),
                Arc::clone(&next),
                bodies,
            ));
        }
        let all_posted = async {
            let mut posts = vec![None; count];
            while let Some(done) = posting.join_next().await {
                for (at, post) in done?? {
                    posts[at] = Some(post);
                }
            }
            Ok::<_, Failure>(posts)
        };
        let seen = self.watcher.see_all(&places);
        let (posts, (seen, jobs_done)) =
            timeout(RUN_WITHIN, async { tokio::try_join!(all_posted, seen) })
                .await
                .map_err(|_| "not all messages were seen within five minutes")??;
        let last_seen = seen.iter().max().copied().unwrap_or(started);
        let jobs = if self.target.has_jobs {
            let (done, at) = self.watcher.see_jobs_done(jobs_done, count).await?;
            done as f64 / at.duration_since(started).as_secs_f64()
        } else {
            0.0
        };
        let processor = processor_seconds("self")? - processor;

        let timed = || {
            posts
                .iter()
                .zip(&seen)
                .filter_map(|(post, seen)| Some((post.as_ref()?, seen)))
        };
        let mut until_seen: Vec<f64> = timed()
            .map(|(post, seen)| milliseconds(seen.duration_since(post.begun)))
            .collect();
        let mut until_acknowledged: Vec<f64> =
            timed().map(|(post, _)| milliseconds(post.took)).collect();
        Ok(Figures {
            messages_per_second: count as f64 / last_seen.duration_since(started).as_secs_f64(),
            seen_p50_ms: percentile(&mut until_seen, 0.5),
            seen_p99_ms: percentile(&mut until_seen, 0.99),
            post_p50_ms: percentile(&mut until_acknowledged, 0.5),
            post_p99_ms: percentile(&mut until_acknowledged, 0.99),
            processor_us_per_message: processor * 1e6 / count as f64,
            jobs_per_second: jobs,
        })
    }

    /// Posts one question and waits for the AI's answer on the agent's socket.
    ///
    /// # Errors
    /// If none comes within half a minute.
    pub async fn until_answered(
        &mut self,
        door: usize,
        question: &str,
    ) -> Result<Duration, Failure> {
        let door = &self.target.doors[door % self.target.doors.len()];
        let started = Instant::now();
        post(&self.posters[0], door, MessageId::generate(), question).await?;
        let answered = timeout(Duration::from_secs(30), async {
            let mut answered = None;
            loop {
                match self.watcher.next().await? {
                    Seen::Message(message) if message.sender == Sender::Ai => {
                        answered = Some(started.elapsed())
                    }
                    Seen::Message(_) => {}
                    // Told after the answer, if there is one.
                    Seen::JobDone => return Ok::<_, Failure>(answered),
                }
            }
        });
        let answered = answered
            .await
            .map_err(|_| "the AI didn't answer within 30 s")??;
        answered.ok_or_else(|| format!("the AI stayed silent on \"{question}\"").into())
    }
}

#[derive(Debug, Clone, Copy)]
struct Post {
    begun: Instant,
    took: Duration,
}

async fn post_in_turn(
    poster: reqwest::Client,
    target: Arc<Target>,
    ids: Arc<[MessageId]>,
    next: Arc<AtomicUsize>,
    bodies: &'static [&'static str],
) -> Result<Vec<(usize, Post)>, Failure> {
    let mut posts = Vec::new();
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(id) = ids.get(at) else {
            return Ok(posts);
        };
        let begun = Instant::now();
        let door = &target.doors[at % target.doors.len()];
        post(&poster, door, *id, bodies[at % bodies.len()]).await?;
        posts.push((
            at,
            Post {
                begun,
                took: begun.elapsed(),
            },
        ));
    }
}

/// Posts a message.
///
/// # Errors
/// If it is refused.
pub async fn post(
    poster: &reqwest::Client,
    door: &Door,
    id: MessageId,
    body: &str,
) -> Result<(), Failure> {
    let message = NewMessage::text(id, body);
    let response = poster
        .post(&door.url)
        .bearer_auth(&door.token)
        .json(&message)
        .send()
        .await?;
    let status = response.status();
    let reply = response.text().await?;
    if status.is_success() {
        Ok(())
    } else {
        Err(format!("a message was refused with {status}: {reply}").into())
    }
}
