//! What a shopper's message waits while a file of orders is imported. SQLite has one writer.

use crate::{
    client::{Door, post},
    database::Engine,
    failure::Failure,
    options::Extent,
    product::{self, Ai, Product},
    report::{row, times},
    statistics::{grouped, short},
    texts::SMALL_TALK,
};
use backend::orders::import;
use domain::{
    ids::MessageId,
    order_import::{ImportCounts, ImportOptions, ImportStep},
};
use std::{
    fmt::Write as _,
    io::Write as _,
    time::{Duration, Instant},
};

/// Measures each database.
///
/// # Errors
/// If a server can't be started, or refuses a message or the file.
pub async fn measure(extent: Extent, engines: &[Engine]) -> Result<String, Failure> {
    let mut text = format!(
        "  A file of {} orders, each with a parcel, into a store; meanwhile a shopper of the same store
  posts one message after the other, AI off. Then the same file again, which changes nothing,
  and one in which each order has changed.\n",
        grouped(extent.imported_orders as f64),
    );
    for engine in engines {
        let product = Product::start(Ai::Off, engine).await?;
        let measured = of_product(&product, extent, engine).await;
        product.stop().await.remove().await?;
        text.push('\n');
        text.push_str(&measured?);
    }
    Ok(text)
}

async fn of_product(product: &Product, extent: Extent, engine: &Engine) -> Result<String, Failure> {
    let poster = reqwest::Client::builder().no_proxy().build()?;
    let mut target = product.open(Ai::Off).await?;
    let door = target.doors.pop().ok_or("there is no conversation")?;
    let mut quiet = Vec::new();
    for at in 0..extent.warm_up + extent.messages_alone() {
        quiet.push(posted(&poster, &door, at).await?);
    }
    let mut text = times(
        &format!("{engine}: post → acknowledged, no import"),
        quiet.get(extent.warm_up..).unwrap_or_default(),
    );
    for (what, status) in [
        ("all new", "shipped"),
        ("none changed", "shipped"),
        ("all changed", "delivered"),
    ] {
        let file = file(extent.imported_orders, status);
        let (took, counts, waits) = import_beside(product, file, &poster, &door).await?;
        if counts.faulty > 0 {
            return Err(format!("{} rows of the file were refused", counts.faulty).into());
        }
        text.push_str(&row(
            &format!("{engine}: import, {what}"),
            &format!("{:>9} s", short(took.as_secs_f64())),
        ));
        text.push_str(&times("post → acknowledged meanwhile", &waits));
    }
    Ok(text)
}

/// Imports `file`; how long that took, what became of the orders, and how long each
/// message took that was posted meanwhile.
async fn import_beside(
    product: &Product,
    file: String,
    poster: &reqwest::Client,
    door: &Door,
) -> Result<(Duration, ImportCounts, Vec<Duration>), Failure> {
    let ctx = product.ctx().clone();
    let member = product::owner(&ctx).await?.member;
    let begun = Instant::now();
    let importing = tokio::spawn(async move {
        let import = import::begin(&ctx, &member)?;
        let mut sent = import.file(&ctx)?;
        let written = sent.write_all(file.as_bytes());
        written.map_err(|error| backend::Error::Internal(error.to_string()))?;
        let options = ImportOptions::default();
        import
            .run(&ctx, sent, ImportStep::ApplyAll, options)
            .await
            .map(|report| (begun.elapsed(), report.counts))
    });
    let mut waits = Vec::new();
    while !importing.is_finished() {
        waits.push(posted(poster, door, waits.len()).await?);
    }
    let (took, counts) = importing.await??;
    Ok((took, counts, waits))
}

async fn posted(poster: &reqwest::Client, door: &Door, at: usize) -> Result<Duration, Failure> {
    let begun = Instant::now();
    let body = SMALL_TALK[at % SMALL_TALK.len()];
    post(poster, door, MessageId::generate(), body).await?;
    Ok(begun.elapsed())
}

/// A table of so many orders, as a shop exports it.
fn file(orders: usize, status: &str) -> String {
    let mut file = String::from(
        "Number,Email,Customer name,Status,Payment,Currency,Total,Date,Item,Quantity,Carrier,Tracking number\n",
    );
    for at in 0..orders {
        // Not in the order of their numbers.
        let customer = at.wrapping_mul(7_919) % orders;
        // To a string it can always be written.
        let _ = writeln!(
            file,
            "B-{},customer{customer}@example.com,Customer {customer},{status},paid,EUR,{}.50,2026-11-{:02},\"Duvet cover, sand\",1,DHL,00340434161{:09}",
            100_000 + at,
            10 + at % 90,
            1 + at % 28,
            at,
        );
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::order_import::{FILE_MAX, ROWS_MAX};

    #[test]
    fn the_largest_file_is_one_that_may_be_imported() {
        let orders = crate::options::USUAL.imported_orders;
        assert!(orders <= ROWS_MAX);
        assert!(file(orders, "delivered").len() <= FILE_MAX);
    }
}
