use super::{merge, queries, state::State, unmerge};
use crate::{
    Ctx,
    access::Principal,
    conversations::{self, messages, queries as conversation_queries},
    testing::shop::Shop,
    visitors,
};
use domain::{
    ids::{ConversationId, MessageId, TagId},
    message::MessageKind,
    tag::{Tag, TagColour},
    widget_api::{NewMessage, StartConversation},
};
use proptest::{prelude::*, test_runner::TestRunner};

/// Something that happens in one of two conversations.
#[derive(Debug, Clone, Copy)]
enum Step {
    Asks,
    Answers,
    Notes,
    AgentReads,
    ShopperReads,
    Resolves,
    Reopens,
    Snoozes,
    WantsPerson,
    Takes,
    Tags,
    Types,
}

fn step() -> impl Strategy<Value = (bool, Step)> {
    use Step::*;
    let step = prop_oneof![
        3 => Just(Asks),
        2 => Just(Answers),
        1 => Just(Notes),
        1 => Just(AgentReads),
        1 => Just(ShopperReads),
        1 => Just(Resolves),
        1 => Just(Reopens),
        1 => Just(Snoozes),
        1 => Just(WantsPerson),
        1 => Just(Takes),
        1 => Just(Tags),
        1 => Just(Types),
    ];
    (any::<bool>(), step)
}

/// Two conversations of one shopper, the older first.
struct Pair {
    session: visitors::Session,
    ids: [ConversationId; 2],
}

async fn pair(shop: &Shop) -> Pair {
    let ctx = &shop.test.ctx;
    let start = |token: Option<String>| async move {
        let request = StartConversation {
            id: ConversationId::generate(),
            visitor: Default::default(),
            page: Default::default(),
            message: None,
            identity: None,
        };
        let client = ctx.limits().client("192.0.2.1");
        let started =
            conversations::start(ctx, &shop.public, token.as_deref(), request, client).await;
        started.expect("a start").0
    };
    let older = start(None).await;
    let newer = start(Some(older.token.clone())).await;
    let session = visitors::session(ctx, &older.token, None).await;
    Pair {
        session: session.expect("a session"),
        ids: [older.conversation.id, newer.conversation.id],
    }
}

async fn take(shop: &Shop, pair: &Pair, tag: TagId, (in_newer, step): (bool, Step)) {
    let (ctx, who) = (&shop.test.ctx, &shop.member);
    let id = pair.ids[usize::from(in_newer)];
    let said = NewMessage::text(MessageId::generate(), format!("{step:?} @Ada"));
    let client = ctx.limits().client("192.0.2.1");
    let done = match step {
        Step::Asks => conversations::send(ctx, &pair.session, id, said, client)
            .await
            .map(drop),
        Step::Answers => conversations::reply(ctx, who, id, said, None)
            .await
            .map(drop),
        Step::Notes => conversations::note(ctx, who, id, said, None)
            .await
            .map(drop),
        Step::AgentReads => conversations::mark_all_read(ctx, who, id).await.map(drop),
        Step::ShopperReads => conversations::read_by_visitor(ctx, &pair.session, id, 3).await,
        Step::Resolves => conversations::resolve(ctx, who, id).await.map(drop),
        Step::Reopens => conversations::reopen(ctx, who, id).await.map(drop),
        Step::Snoozes => {
            let until = ctx.now() + 3_600_000;
            conversations::snooze(ctx, who, id, until).await.map(drop)
        }
        Step::WantsPerson => conversations::ask_for_human(ctx, &pair.session, id)
            .await
            .map(drop),
        Step::Takes => {
            let me = who.user().map(|user| user.id);
            conversations::assign(ctx, who, id, me).await.map(drop)
        }
        Step::Tags => conversations::tag(ctx, who, id, tag).await.map(drop),
        Step::Types => {
            let body = format!("Typed in {in_newer}");
            conversations::keep_draft(ctx, who, id, in_newer, body).await
        }
    };
    done.unwrap_or_else(|error| panic!("{step:?}: {error}"));
}

/// All that is known of a conversation, but for the numbers that merging counts on.
async fn all(ctx: &Ctx, who: &Principal, id: ConversationId) -> String {
    let store_id = who.store_id;
    let mut connection = ctx.db().read().await.expect("a connection");
    let connection = &mut *connection;
    let state = queries::state(connection, store_id, id).await;
    let state = state.expect("a state").expect("a conversation");
    let state = State {
        last_seq: 0,
        owner_epoch: 0,
        ..state
    };
    let messages = messages::after(connection, store_id, id, 0, 1_000).await;
    let mut messages = messages.expect("messages");
    messages.retain(|message| !matches!(message.kind, MessageKind::Merged | MessageKind::Unmerged));
    let summary = conversation_queries::summary(connection, store_id, id).await;
    let mut summary = summary.expect("a row");
    if let Some(summary) = &mut summary {
        summary.last_seq = 0;
    }
    let tags = queries::tags(connection, store_id, id).await.expect("tags");
    let drafts = queries::drafts(connection, store_id, id).await;
    let drafts: Vec<_> = drafts
        .expect("drafts")
        .into_iter()
        .map(|typed| (typed.is_note, typed.body, typed.at))
        .collect();
    let unseen = conversations::mentions::unseen(connection, who, id).await;
    let unseen = unseen.expect("mentions");
    let reads = queries::reads(connection, store_id, id).await;
    let reads = reads.expect("reads");
    format!("{reads:?}\n{state:#?}\n{messages:#?}\n{summary:#?}\n{tags:?}\n{drafts:?}\n{unseen:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_merged_and_taken_back_is_as_it_was() {
    let shop = Shop::new().await;
    let tag = Tag {
        id: TagId::generate(),
        name: "Refund".to_owned(),
        colour: TagColour::Red,
    };
    let made = crate::tags::create(&shop.test.ctx, &shop.member, tag).await;
    let tag = made.expect("a tag").0.id;
    let runtime = tokio::runtime::Handle::current();
    let checked = tokio::task::spawn_blocking(move || {
        let cases = proptest::collection::vec(step(), 0..12);
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(40)
        };
        TestRunner::new(config).run(&cases, |steps| {
            runtime.block_on(async {
                let (ctx, who) = (&shop.test.ctx, &shop.member);
                let pair = pair(&shop).await;
                let [older, newer] = pair.ids;
                // In both, somebody has said something.
                let begun = [(false, Step::Asks), (true, Step::Asks)];
                for step in begun.iter().chain(&steps) {
                    take(&shop, &pair, tag, *step).await;
                }
                let before = (all(ctx, who, older).await, all(ctx, who, newer).await);
                // Whichever is named first; the second time over the numbers of the first.
                for (one, other) in [(older, newer), (newer, older)] {
                    let merged = merge(ctx, who, one, other).await.expect("merged");
                    prop_assert_eq!(merged.id, older);
                    let together = messages_of(ctx, who, older).await;
                    if one == older {
                        prop_assert_eq!(together, (1..=merged.last_seq).collect::<Vec<_>>());
                    }
                    let parted = unmerge(ctx, who, one, other).await.expect("taken back");
                    prop_assert_eq!(parted.id, older);
                    let after = (all(ctx, who, older).await, all(ctx, who, newer).await);
                    prop_assert_eq!(&after.0, &before.0);
                    prop_assert_eq!(&after.1, &before.1);
                }
                Ok(())
            })
        })
    });
    checked.await.expect("a run").expect("as it was");
}

/// The numbers of a conversation's messages.
async fn messages_of(ctx: &Ctx, who: &Principal, id: ConversationId) -> Vec<i64> {
    let mut connection = ctx.db().read().await.expect("a connection");
    let all = messages::after(&mut connection, who.store_id, id, 0, 1_000).await;
    all.expect("messages")
        .iter()
        .map(|message| message.seq)
        .collect()
}
