//! What the dashboard's pages say of it, without any script.

use super::Signing;
use crate::forms::page;

#[tokio::test]
async fn the_settings_page_tells_the_state_of_the_secret_and_never_the_secret() {
    let signing = Signing::new().await;
    let path = format!("/stores/{}/widget", signing.shop.id);
    let shown = page(&signing.server, &signing.owner.cookie, &path).await;
    assert_eq!(shown.status, 200);
    for said in ["Customer identity", "In use", "Make a new secret"] {
        assert!(shown.body.contains(said), "{said}");
    }
    assert!(!shown.body.contains(&signing.secret));
    signing.server.finish().await;
}

#[tokio::test]
async fn the_inbox_says_who_is_verified_and_nobody_else() {
    let signing = Signing::new().await;
    let jane = signing.signed_in(signing.jane()).await;
    let guest = signing.server.shopper(&signing.shop).await;
    guest.send("Hello").await;
    for (shopper, verified) in [(&jane, true), (&guest, false)] {
        let path = format!("/stores/{}/inbox/{}", signing.shop.id, shopper.conversation);
        let shown = page(&signing.server, &signing.owner.cookie, &path).await;
        assert_eq!(shown.status, 200);
        assert_eq!(shown.body.contains("Verified customer"), verified);
    }
    signing.server.finish().await;
}
