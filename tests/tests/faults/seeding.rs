//! The first copy of many documents, disturbed in the middle.

use bson::{Document, doc};
use integration_tests::eventually;
use sync_engine::status::State;

use crate::site::{SOON, Site, many};

const DOCUMENTS: i32 = 6_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_cut_in_the_middle_of_the_first_copy_leaves_nothing_undone() {
    let mut site = Site::new().await;
    let bills = site.here("bills");
    bills.insert_many(many(DOCUMENTS, 500)).await.unwrap();
    site.pc_mut().start().await;
    let arrived = async |at_least: u64| {
        eventually(SOON, &format!("{at_least} copies"), async || {
            let bills = site.there("bills");
            match bills.count_documents(doc! {}).await.unwrap() {
                count if count >= at_least => Ok(()),
                count => Err(count),
            }
        })
        .await;
    };
    for part in [1, 1_500, 3_000] {
        arrived(part).await;
        site.pc().link.reset().await;
        site.pc().link.cut().await;
        site.pc()
            .reaches("a lost line", |status| !status.atlas.connected)
            .await;
        site.pc().link.mend().await;
    }
    site.world.converge().await;
    // No document was left in anybody's hands.
    let touch = doc! { "$set": { "touched": true } };
    bills.update_many(doc! {}, touch).await.unwrap();
    site.world.converge().await;
    let touched: Document = doc! { "touched": true };
    let count = site.there("bills").count_documents(touched).await.unwrap();
    assert_eq!(count, u64::try_from(DOCUMENTS).unwrap());
    assert_eq!(site.pc().status().state, State::Synced);
}
