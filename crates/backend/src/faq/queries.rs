//! All SQL of the FAQ.

use crate::{
    db::{RowExt, to_json},
    error::{Error, Noun, Result},
};
use domain::{
    UnixMillis,
    faq::{FaqCategory, FaqDraft, FaqItem, FaqItemState},
    ids::{ConversationId, FaqCategoryId, FaqItemId, JobId, StoreId},
};
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::collections::HashSet;

/// An item's texts, as the embedder needs them.
pub(crate) struct ItemTexts {
    pub question: String,
    pub answer: String,
    pub variants: Vec<String>,
    pub revision: i64,
}

/// An item with its embedding, as the index needs it.
pub(crate) struct IndexedItem {
    pub id: FaqItemId,
    pub question: String,
    pub answer: String,
    pub variants: Vec<String>,
    /// How many vectors, one after the other; 0 if there is no embedding of
    /// the model in use.
    pub vector_count: usize,
    pub vectors: Vec<u8>,
}

/// $1 store
pub(super) async fn category_names(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<Vec<(FaqCategoryId, String)>> {
    let rows = sqlx::query(
        "SELECT id, name FROM faq_categories WHERE store_id = $1 ORDER BY position, id",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((row.parsed("id")?, row.try_get("name")?)))
        .collect()
}

/// By id, of one category or of all.
/// $1 store, $2 category or nothing, $3 id of the last item shown, $4 limit
pub(super) async fn items(
    connection: &mut AnyConnection,
    store_id: StoreId,
    category: Option<FaqCategoryId>,
    after: Option<FaqItemId>,
    limit: i64,
) -> Result<Vec<FaqItem>> {
    let rows = sqlx::query(
        "SELECT id, category_id, question, answer, state, error, updated_at FROM faq_items
         WHERE store_id = $1 AND id > $3 AND ($2 = '' OR category_id = $2)
         ORDER BY id LIMIT $4",
    )
    .bind(store_id.to_string())
    .bind(category.map(|id| id.to_string()).unwrap_or_default())
    .bind(after.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_item).collect()
}

/// $1 store
pub(super) async fn categories(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<Vec<FaqCategory>> {
    let mut categories: Vec<_> = category_names(connection, store_id)
        .await?
        .into_iter()
        .map(|(id, name)| FaqCategory {
            id,
            name,
            items: Vec::new(),
        })
        .collect();
    let rows = sqlx::query(
        "SELECT id, category_id, question, answer, state, error, updated_at FROM faq_items
         WHERE store_id = $1 ORDER BY category_id, position, id",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    for row in &rows {
        let item = read_item(row)?;
        if let Some(category) = categories
            .iter_mut()
            .find(|category| category.id == item.category_id)
        {
            category.items.push(item);
        }
    }
    Ok(categories)
}

fn read_item(row: &AnyRow) -> Result<FaqItem> {
    Ok(FaqItem {
        id: row.parsed("id")?,
        category_id: row.parsed("category_id")?,
        question: row.try_get("question")?,
        answer: row.try_get("answer")?,
        state: row.word("state", FaqItemState::from_word)?,
        error: row.try_get("error")?,
        updated_at: row.try_get("updated_at")?,
    })
}

/// $1 store, $2 id
pub(super) async fn category_exists(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqCategoryId,
) -> Result<bool> {
    let row = sqlx::query("SELECT id FROM faq_categories WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// $1 store, $2 id, $3 name
pub(crate) async fn insert_category(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqCategoryId,
    name: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO faq_categories (store_id, id, name, position)
         SELECT $1, $2, $3, COALESCE(MAX(position) + 1, 0) FROM faq_categories WHERE store_id = $1",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(name)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 id, $3 name
pub(super) async fn rename_category(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqCategoryId,
    name: &str,
) -> Result<u64> {
    let renamed =
        sqlx::query("UPDATE faq_categories SET name = $3 WHERE store_id = $1 AND id = $2")
            .bind(store_id.to_string())
            .bind(id.to_string())
            .bind(name)
            .execute(connection)
            .await?;
    Ok(renamed.rows_affected())
}

/// $1 store, $2 id
pub(super) async fn delete_category(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqCategoryId,
) -> Result<u64> {
    let deleted = sqlx::query("DELETE FROM faq_categories WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected())
}

/// $1 store, $2 id, $3 position
pub(super) async fn place_category(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqCategoryId,
    position: i64,
) -> Result<()> {
    sqlx::query("UPDATE faq_categories SET position = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(position)
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 store
pub(super) async fn count_items(connection: &mut AnyConnection, store_id: StoreId) -> Result<i64> {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM faq_items WHERE store_id = $1")
        .bind(store_id.to_string())
        .fetch_one(connection)
        .await?;
    Ok(row.try_get("n")?)
}

/// $1 store, $2 id
pub(super) async fn item(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
) -> Result<Option<FaqItem>> {
    let row = sqlx::query(
        "SELECT id, category_id, question, answer, state, error, updated_at FROM faq_items
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_item).transpose()
}

/// How many rows: 0 if the category isn't this store's.
/// $1 store, $2 id, $3 category, $4 question, $5 answer, $6 variants, $7 now
pub(super) async fn insert_item(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
    draft: &FaqDraft,
    variants: &[String],
    now: UnixMillis,
) -> Result<u64> {
    let inserted = sqlx::query(
        "INSERT INTO faq_items (store_id, id, category_id, question, answer, variants, position, state, revision, version, updated_at)
         SELECT store_id, $2, id, $4, $5, $6,
            (SELECT COALESCE(MAX(position) + 1, 0) FROM faq_items WHERE store_id = $1 AND category_id = $3),
            'indexing', 1, 0, $7
         FROM faq_categories WHERE store_id = $1 AND id = $3",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(draft.category_id.to_string())
    .bind(draft.question.as_str())
    .bind(draft.answer.as_str())
    .bind(to_json(&variants)?)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected())
}

/// Other ways to ask an old question are forgotten with it.
/// $1 store, $2 id, $3 category, $4 question, $5 answer, $6 now
pub(super) async fn update_item(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
    draft: &FaqDraft,
    now: UnixMillis,
) -> Result<u64> {
    let updated = sqlx::query(
        "UPDATE faq_items SET category_id = $3, question = $4, answer = $5, updated_at = $6,
            variants = CASE WHEN question = $4 THEN variants ELSE '[]' END
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(draft.category_id.to_string())
    .bind(draft.question.as_str())
    .bind(draft.answer.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(updated.rows_affected())
}

/// The item's new revision. $1 store, $2 id
pub(super) async fn start_indexing(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
) -> Result<Option<i64>> {
    let row = sqlx::query(
        "UPDATE faq_items SET state = 'indexing', error = NULL, revision = revision + 1
         WHERE store_id = $1 AND id = $2 RETURNING revision",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.try_get("revision").map_err(Error::from))
        .transpose()
}

/// $1 store, $2 id
pub(super) async fn delete_item(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
) -> Result<u64> {
    let deleted = sqlx::query("DELETE FROM faq_items WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected())
}

/// $1 store, $2 id, $3 category, $4 position
pub(super) async fn place_item(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
    category_id: FaqCategoryId,
    position: i64,
) -> Result<()> {
    sqlx::query(
        "UPDATE faq_items SET category_id = $3, position = $4 WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(category_id.to_string())
    .bind(position)
    .execute(connection)
    .await?;
    Ok(())
}

/// The store's new version. Whoever takes one holds up the next until the commit,
/// so what has an older version than one that is seen can be seen too. $1 store
pub(super) async fn bump_version(connection: &mut AnyConnection, store_id: StoreId) -> Result<i64> {
    let row = sqlx::query(
        "UPDATE stores SET faq_version = faq_version + 1 WHERE id = $1 RETURNING faq_version",
    )
    .bind(store_id.to_string())
    .fetch_optional(connection)
    .await?
    .ok_or(Error::NotFound(Noun::Store))?;
    Ok(row.try_get("faq_version")?)
}

/// $1 store, $2 id, $3 version
pub(super) async fn set_version(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
    version: i64,
) -> Result<()> {
    sqlx::query("UPDATE faq_items SET version = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(version)
        .execute(connection)
        .await?;
    Ok(())
}

/// Changes with everything the AI knows. $1 store
pub(super) async fn version(connection: &mut AnyConnection, store_id: StoreId) -> Result<i64> {
    let row = sqlx::query("SELECT faq_version FROM stores WHERE id = $1")
        .bind(store_id.to_string())
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound(Noun::Store))?;
    Ok(row.try_get("faq_version")?)
}

/// $1 store, $2 id
pub(crate) async fn texts(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
) -> Result<Option<ItemTexts>> {
    let row = sqlx::query(
        "SELECT question, answer, variants, revision FROM faq_items WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(ItemTexts {
            question: row.try_get("question")?,
            answer: row.try_get("answer")?,
            variants: row.json("variants")?,
            revision: row.try_get("revision")?,
        })
    })
    .transpose()
}

/// $1 store, $2 id
pub(super) async fn delete_embedding(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
) -> Result<()> {
    sqlx::query("DELETE FROM faq_embeddings WHERE store_id = $1 AND item_id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 store, $2 item, $3 model, $4 count, $5 vectors
pub(crate) async fn put_embedding(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
    model: &str,
    count: i64,
    vectors: Vec<u8>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO faq_embeddings (store_id, item_id, model, count, vectors) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (store_id, item_id)
         DO UPDATE SET model = excluded.model, count = excluded.count, vectors = excluded.vectors",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(model)
    .bind(count)
    .bind(vectors)
    .execute(connection)
    .await?;
    Ok(())
}

/// Only if no edit came between. $1 store, $2 id, $3 revision, $4 state, $5 error
pub(crate) async fn set_state(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: FaqItemId,
    revision: i64,
    state: FaqItemState,
    error: Option<&str>,
) -> Result<u64> {
    let set = sqlx::query(
        "UPDATE faq_items SET state = $4, error = $5 WHERE store_id = $1 AND id = $2 AND revision = $3",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(revision)
    .bind(state.as_str())
    .bind(error)
    .execute(connection)
    .await?;
    Ok(set.rows_affected())
}

/// What the index is made of, as far as it has changed after a version.
/// $1 store, $2 model, $3 version
pub(super) async fn indexed_items(
    connection: &mut AnyConnection,
    store_id: StoreId,
    model: &str,
    after: i64,
) -> Result<Vec<IndexedItem>> {
    let rows = sqlx::query(
        "SELECT i.id, i.question, i.answer, i.variants, e.count, e.vectors
         FROM faq_items i
         LEFT JOIN faq_embeddings e ON e.store_id = i.store_id AND e.item_id = i.id AND e.model = $2
         WHERE i.store_id = $1 AND i.version > $3",
    )
    .bind(store_id.to_string())
    .bind(model)
    .bind(after)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let count: Option<i64> = row.try_get("count")?;
            let vectors: Option<Vec<u8>> = row.try_get("vectors")?;
            Ok(IndexedItem {
                id: row.parsed("id")?,
                question: row.try_get("question")?,
                answer: row.try_get("answer")?,
                variants: row.json("variants")?,
                vector_count: usize::try_from(count.unwrap_or(0)).unwrap_or(0),
                vectors: vectors.unwrap_or_default(),
            })
        })
        .collect()
}

/// $1 store
pub(super) async fn item_ids(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<HashSet<String>> {
    let rows = sqlx::query("SELECT id FROM faq_items WHERE store_id = $1")
        .bind(store_id.to_string())
        .fetch_all(connection)
        .await?;
    let ids = rows.iter().map(|row| Ok(row.try_get("id")?));
    ids.collect()
}

/// Items whose embedding another model has made, or nobody. $1 model
pub(crate) async fn items_to_index(
    connection: &mut AnyConnection,
    model: &str,
) -> Result<Vec<(StoreId, FaqItemId, i64)>> {
    let rows = sqlx::query(
        "SELECT i.store_id, i.id, i.revision FROM faq_items i
         LEFT JOIN faq_embeddings e ON e.store_id = i.store_id AND e.item_id = i.id AND e.model = $1
         WHERE e.item_id IS NULL AND i.state <> 'indexing'",
    )
    .bind(model)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.parsed("store_id")?,
                row.parsed("id")?,
                row.try_get("revision")?,
            ))
        })
        .collect()
}

/// Keyed by the job, so that it is logged once.
/// $1 store, $2 id, $3 conversation, $4 question, $5 now
pub(crate) async fn insert_unanswered(
    connection: &mut AnyConnection,
    store_id: StoreId,
    job_id: JobId,
    conversation_id: ConversationId,
    question: &str,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO unanswered_questions (store_id, id, conversation_id, question, created_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(store_id.to_string())
    .bind(job_id.to_string())
    .bind(conversation_id.to_string())
    .bind(question)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}
