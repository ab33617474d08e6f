//! The FAQ: categories, and the questions in them.

use super::list::{self, List};
use crate::http::{
    error::{ApiJson, ApiPath, ApiQuery, ApiResult},
    parts::created_or_ok,
};
use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use backend::{Ctx, access::Principal, ai::trial, faq};
use domain::{
    faq::{FaqDraft, FaqItem, FaqTrial},
    ids::{FaqCategoryId, FaqItemId},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A category of the FAQ.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// A UUIDv7; whoever adds the category makes it, and repeats it in retries.
    pub id: FaqCategoryId,
    /// Its name, unique in the store.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
}

/// A category's name.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CategoryName {
    /// Unique in the store.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
}

/// Where a category stands.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CategoryPlace {
    /// How many categories stand before it. To be put further than the end is to be put at
    /// the end.
    #[schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_i64)]
    pub position: u32,
}

/// Where a question stands.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ItemPlace {
    /// The category that it stands in.
    pub category_id: FaqCategoryId,
    /// How many questions of the category stand before it. To be put further than the end is
    /// to be put at the end.
    #[schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_i64)]
    pub position: u32,
}

/// A question as a shopper may ask it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TriedQuestion {
    /// The question.
    #[schema(min_length = 1, max_length = 10_000)]
    pub question: String,
}

/// A question to be added.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NewItem {
    /// A UUIDv7 of the client's making; the same in every retry.
    pub id: FaqItemId,
    /// The category to stand in.
    pub category_id: FaqCategoryId,
    /// The question.
    #[schema(min_length = 1, max_length = 300)]
    pub question: String,
    /// The answer, plain text.
    #[schema(min_length = 1, max_length = 5_000)]
    pub answer: String,
}

/// Which questions are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// Those of this category.
    category_id: Option<FaqCategoryId>,
    /// The `next` of the page before this one.
    #[param(max_length = 100)]
    after: Option<String>,
    /// Most items in the page.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

/// Every category, in the store's order: at most 200, so all are in one page.
///
/// # Errors
/// 401, 403.
#[utoipa::path(
    get, path = "/api/v1/faq/categories", operation_id = "listFaqCategories", tag = "FAQ",
    responses((status = 200, description = "The categories", body = List<Category>)),
    security(("api_key" = ["faq:read"])),
)]
pub async fn list_categories(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
) -> ApiResult<Json<List<Category>>> {
    let names = faq::category_names(&ctx, &who).await?;
    let items = names.into_iter().map(|(id, name)| Category { id, name });
    Ok(Json(List {
        items: items.collect(),
        next: None,
    }))
}

/// Adds a category after the others.
///
/// # Errors
/// 400, 401, 403, 409, 413, 415, 422, also if there is one of that name.
#[utoipa::path(
    post, path = "/api/v1/faq/categories", operation_id = "createFaqCategory", tag = "FAQ",
    request_body = Category,
    responses(
        (status = 201, description = "The category as it was stored", body = Category),
        (status = 200, description = "It was stored before: a retry changes nothing", body = Category),
        (status = 409, description = "id-taken, category-limit"),
    ),
    security(("api_key" = ["faq:write"])),
)]
pub async fn create_category(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiJson(category): ApiJson<Category>,
) -> ApiResult<Response> {
    let Category { id, name } = category;
    let (made, created) = faq::create_category(&ctx, &who, id, &name).await?;
    let category = Category {
        id: made.id,
        name: made.name,
    };
    Ok((created_or_ok(created), Json(category)).into_response())
}

/// Renames a category.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422, also if there is one of that name.
#[utoipa::path(
    put, path = "/api/v1/faq/categories/{id}", operation_id = "renameFaqCategory", tag = "FAQ",
    params(("id" = FaqCategoryId, Path, description = "The category's id")),
    request_body = CategoryName,
    responses((status = 200, description = "The category as it is now", body = Category)),
    security(("api_key" = ["faq:write"])),
)]
pub async fn rename_category(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<FaqCategoryId>,
    ApiJson(wanted): ApiJson<CategoryName>,
) -> ApiResult<Json<Category>> {
    let name = faq::rename_category(&ctx, &who, id, &wanted.name).await?;
    Ok(Json(Category { id, name }))
}

/// Puts a category at another place among the others.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422.
#[utoipa::path(
    put, path = "/api/v1/faq/categories/{id}/place", operation_id = "placeFaqCategory", tag = "FAQ",
    params(("id" = FaqCategoryId, Path, description = "The category's id")),
    request_body = CategoryPlace,
    responses((status = 200, description = "Where it stands now", body = CategoryPlace)),
    security(("api_key" = ["faq:write"])),
)]
pub async fn place_category(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<FaqCategoryId>,
    ApiJson(wanted): ApiJson<CategoryPlace>,
) -> ApiResult<Json<CategoryPlace>> {
    let placed = faq::move_category(&ctx, &who, id, wanted.position.into()).await?;
    Ok(Json(CategoryPlace {
        position: position(placed),
    }))
}

/// A store has far fewer.
fn position(placed: usize) -> u32 {
    u32::try_from(placed).unwrap_or(u32::MAX)
}

/// Deletes a category with every question in it.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    delete, path = "/api/v1/faq/categories/{id}", operation_id = "deleteFaqCategory", tag = "FAQ",
    params(("id" = FaqCategoryId, Path, description = "The category's id")),
    responses((status = 204, description = "It is gone")),
    security(("api_key" = ["faq:write"])),
)]
pub async fn delete_category(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<FaqCategoryId>,
) -> ApiResult<StatusCode> {
    faq::delete_category(&ctx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Questions with their answers, in the order in which they were added.
///
/// # Errors
/// 400, 401, 403, 422.
#[utoipa::path(
    get, path = "/api/v1/faq/items", operation_id = "listFaqItems", tag = "FAQ",
    params(ItemQuery),
    responses((status = 200, description = "A page", body = List<FaqItem>)),
    security(("api_key" = ["faq:read"])),
)]
pub async fn list_items(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiQuery(query): ApiQuery<ItemQuery>,
) -> ApiResult<Json<List<FaqItem>>> {
    let (after, limit) = (
        list::after(query.after.as_deref())?,
        list::limit(query.limit)?,
    );
    let page = faq::items(&ctx, &who, query.category_id, after, limit).await?;
    Ok(Json(List::of(page, |item| item.id.to_string())))
}

/// One question with its answer.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    get, path = "/api/v1/faq/items/{id}", operation_id = "getFaqItem", tag = "FAQ",
    params(("id" = FaqItemId, Path, description = "The item's id")),
    responses((status = 200, description = "The item", body = FaqItem)),
    security(("api_key" = ["faq:read"])),
)]
pub async fn get_item(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<FaqItemId>,
) -> ApiResult<Json<FaqItem>> {
    Ok(Json(faq::item(&ctx, &who, id).await?))
}

/// Adds a question at the end of its category. The AI finds it by its words at once, by
/// its meaning when `state` is `ready`.
///
/// # Errors
/// 400, 401, 403, 404 for the category, 409, 413, 415, 422.
#[utoipa::path(
    post, path = "/api/v1/faq/items", operation_id = "createFaqItem", tag = "FAQ",
    request_body = NewItem,
    responses(
        (status = 201, description = "The item as it was stored", body = FaqItem),
        (status = 200, description = "It was stored before: a retry changes nothing", body = FaqItem),
        (status = 409, description = "id-taken, faq-full"),
    ),
    security(("api_key" = ["faq:write"])),
)]
pub async fn create_item(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiJson(item): ApiJson<NewItem>,
) -> ApiResult<Response> {
    let draft = FaqDraft {
        category_id: item.category_id,
        question: item.question,
        answer: item.answer,
    };
    let (item, created) = faq::add_item(&ctx, &who, item.id, draft).await?;
    Ok((created_or_ok(created), Json(item)).into_response())
}

/// Changes a question; another category moves it there. The AI never answers from the
/// text before.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422.
#[utoipa::path(
    put, path = "/api/v1/faq/items/{id}", operation_id = "updateFaqItem", tag = "FAQ",
    params(("id" = FaqItemId, Path, description = "The item's id")),
    request_body = FaqDraft,
    responses((status = 200, description = "The item as it is now", body = FaqItem)),
    security(("api_key" = ["faq:write"])),
)]
pub async fn update_item(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<FaqItemId>,
    ApiJson(draft): ApiJson<FaqDraft>,
) -> ApiResult<Json<FaqItem>> {
    Ok(Json(faq::update_item(&ctx, &who, id, draft).await?))
}

/// Puts a question at another place, in its category or in another.
///
/// # Errors
/// 400, 401, 403, 404 for the question or the category, 413, 415, 422.
#[utoipa::path(
    put, path = "/api/v1/faq/items/{id}/place", operation_id = "placeFaqItem", tag = "FAQ",
    params(("id" = FaqItemId, Path, description = "The item's id")),
    request_body = ItemPlace,
    responses((status = 200, description = "Where it stands now", body = ItemPlace)),
    security(("api_key" = ["faq:write"])),
)]
pub async fn place_item(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<FaqItemId>,
    ApiJson(wanted): ApiJson<ItemPlace>,
) -> ApiResult<Json<ItemPlace>> {
    let ItemPlace { category_id, .. } = wanted;
    let placed = faq::move_item(&ctx, &who, id, category_id, wanted.position.into()).await?;
    Ok(Json(ItemPlace {
        category_id,
        position: position(placed),
    }))
}

/// What the AI would answer to a question, and why. Nothing is sent. Where order tracking
/// would answer, what it says is for keys that have orders:read, too. A store may try 20
/// questions at once and one more every two seconds, all its keys and people together.
///
/// # Errors
/// 400, 401, 403, 413, 415, 422, 429.
#[utoipa::path(
    post, path = "/api/v1/faq/try", operation_id = "tryFaqQuestion", tag = "FAQ",
    request_body = TriedQuestion,
    responses((status = 200, description = "The answer", body = FaqTrial)),
    security(("api_key" = ["faq:read"])),
)]
pub async fn try_question(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiJson(tried): ApiJson<TriedQuestion>,
) -> ApiResult<Json<FaqTrial>> {
    Ok(Json(
        trial::try_question(&ctx, &who, &tried.question).await?,
    ))
}

/// Deletes a question.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    delete, path = "/api/v1/faq/items/{id}", operation_id = "deleteFaqItem", tag = "FAQ",
    params(("id" = FaqItemId, Path, description = "The item's id")),
    responses((status = 204, description = "It is gone")),
    security(("api_key" = ["faq:write"])),
)]
pub async fn delete_item(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<FaqItemId>,
) -> ApiResult<StatusCode> {
    faq::delete_item(&ctx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
