use super::*;
use crate::{
    conversations::{queries, reply},
    db::Kind,
    realtime::hub::{Delivery, Outgoing, Topic},
    testing::shop::Shop,
};
use domain::events::ServerEvent;
use sqlx::Row;

#[tokio::test(flavor = "multi_thread")]
async fn what_many_send_at_once_is_stored_once_in_order_with_its_jobs() {
    const SHOPPERS: usize = 12;
    const EACH: i64 = 5;
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let client = ctx.limits().client("192.0.2.1");
    let mut shoppers = Vec::new();
    for _ in 0..SHOPPERS {
        shoppers.push(shop.conversation().await);
    }
    let question = || NewMessage::text(MessageId::generate(), "Where is my order?");
    let asked: Vec<_> = (0..EACH)
        .flat_map(|_| &shoppers)
        .map(|(session, id)| (session, *id, question()))
        .collect();
    // Every fourth is sent twice at once.
    let twice = asked.iter().step_by(4);
    let sending = asked.iter().chain(twice).map(|(session, id, message)| {
        let (ctx, session, message) = (ctx.clone(), (*session).clone(), message.clone());
        let id = *id;
        tokio::spawn(async move { send(&ctx, &session, id, message, client).await })
    });
    let sent = futures::future::join_all(sending.collect::<Vec<_>>()).await;
    let mut new = 0;
    for sent in sent {
        let (_, is_new) = sent.expect("a task").expect("a message");
        new += usize::from(is_new);
    }
    assert_eq!(new, asked.len());
    for (_, id) in &shoppers {
        let all = crate::conversations::messages_after(ctx, &shop.member, *id, 0, 100).await;
        let (all, last) = all.expect("messages");
        let seqs: Vec<_> = all.iter().map(|message| message.seq).collect();
        assert_eq!((seqs, last), ((1..=EACH).collect(), EACH));
    }
    let mut connection = ctx.db().read().await.expect("a connection");
    let jobs = sqlx::query("SELECT COUNT(DISTINCT payload) AS n, COUNT(*) AS jobs FROM jobs")
        .fetch_one(&mut *connection)
        .await
        .expect("a count");
    let counted = (jobs.get::<i64, _>("n"), jobs.get::<i64, _>("jobs"));
    assert_eq!(counted, (asked.len() as i64, asked.len() as i64));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_is_held_holds_up_no_other() {
    let shop = Shop::new().await;
    let ctx = shop.test.ctx.clone();
    if ctx.db().kind() == Kind::Sqlite {
        // There one writer holds everything.
        return;
    }
    let client = ctx.limits().client("192.0.2.1");
    let (held, free) = (shop.conversation().await, shop.conversation().await);
    let (id, store) = (held.1, shop.member.store_id);
    let (entered, is_held) = tokio::sync::oneshot::channel();
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    let db = ctx.db().clone();
    let holder = tokio::spawn(async move {
        db.write(move |tx| {
            Box::pin(async move {
                queries::hold(tx, store, id).await?;
                entered.send(()).expect("somebody who waits");
                released.await.expect("a release");
                Ok(())
            })
        })
        .await
    });
    is_held.await.expect("a hold");
    let post = |(session, id): &(visitors::Session, ConversationId), body: &str| {
        let (ctx, session, id) = (ctx.clone(), session.clone(), *id);
        let message = NewMessage::text(MessageId::generate(), body);
        tokio::spawn(async move { send(&ctx, &session, id, message, client).await })
    };
    let mut waits: Vec<_> = (0..3).map(|_| post(&held, "I wait")).collect();
    for number in 0..20 {
        waits.extend((number % 5 == 0).then(|| post(&held, "I wait as well")));
        let sent = post(&free, "I don't").await.expect("a task");
        assert_eq!(sent.expect("a message").0.seq, number + 1);
    }
    assert!(waits.iter().all(|wait| !wait.is_finished()));
    release.send(()).expect("a holder");
    holder.await.expect("a task").expect("a write");
    let mut seqs = Vec::new();
    for wait in waits {
        seqs.push(wait.await.expect("a task").expect("a message").0.seq);
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=7).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_announced_when_the_client_retries() {
    let shop = Shop::new().await;
    let (ctx, store) = (&shop.test.ctx, shop.member.store_id);
    let (session, id) = shop.conversation().await;
    let client = ctx.limits().client("192.0.2.1");
    let question = NewMessage::text(MessageId::generate(), "Do you ship abroad?");
    let answer = NewMessage::text(MessageId::generate(), "We do.");
    let ask = || send(ctx, &session, id, question.clone(), client);
    let first = ask().await.expect("a message");
    let replied = reply(ctx, &shop.member, id, answer.clone(), None).await;
    let (replied, _) = replied.expect("a message");
    assert_eq!((first.0.seq, first.1, replied.seq), (1, true, 2));

    // Nobody was told of that: a server of its own has ended in between.
    let mut subscriber = ctx.realtime().hub().subscriber();
    let (inbox, agent, visitor) = (
        Topic::Store(store),
        Topic::ConversationForAgents(store, id),
        Topic::ConversationForVisitor(store, id),
    );
    subscriber.follow(Topic::Widgets(store));
    ctx.realtime().announce(vec![Outgoing {
        topic: Topic::Widgets(store),
        event: ServerEvent::ConfigChanged {},
    }]);
    let mut next = async || match subscriber.next().await {
        Some(Delivery::Event(event)) => event.json.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(next().await.contains("config_changed"));
    for topic in [inbox, agent, visitor] {
        subscriber.follow(topic);
    }
    for seq in [1, 2] {
        if seq == 1 {
            let (again, is_new) = ask().await.expect("the first");
            assert_eq!((again.id, again.seq, is_new), (first.0.id, 1, false));
        } else {
            let again = reply(ctx, &shop.member, id, answer.clone(), None).await;
            let (again, is_new) = again.expect("the first");
            assert_eq!((again.seq, is_new), (2, false));
        }
        let mut told = Vec::new();
        for _ in 0..4 {
            let Some(Delivery::Event(event)) = subscriber.next().await else {
                panic!("four events");
            };
            told.push(match serde_json::from_str(&event.json).expect("an event") {
                ServerEvent::Message(message) => ("message", message.seq),
                ServerEvent::Status(conversation) => ("status", conversation.last_seq),
                ServerEvent::Conversation(row) => ("row", row.last_seq),
                other => panic!("{other:?}"),
            });
        }
        let now = 2;
        let expected = [
            ("message", seq),
            ("message", seq),
            ("status", now),
            ("row", now),
        ];
        assert_eq!(told, expected);
    }
}
