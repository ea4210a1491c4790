//! The strategies that do not ask which write was later, where the side that must win wrote first.

use bson::{Document, doc};
use integration_tests::let_time_pass;
use mongodb::Collection;
use sync_core::place::Side;
use sync_core::resolve::Strategy;
use sync_engine::names::CONFLICTS;
use sync_engine::status::State;

use crate::site::{Site, rows_when};

#[tokio::test(flavor = "multi_thread")]
async fn atlas_wins_though_this_pc_wrote_later() {
    the_earlier_wins(Strategy::AtlasWins, Side::Atlas, "deleted-later").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn local_wins_though_atlas_was_written_later() {
    the_earlier_wins(Strategy::LocalWins, Side::Local, "deleted-unseen").await;
}

/// `why`: the vault's word for an edit that a deletion overrules.
async fn the_earlier_wins(strategy: Strategy, winner: Side, why: &str) {
    let mut site = Site::new().await;
    site.pc_mut().config.strategy = strategy;
    let bills = ["both edit", "the winner edits", "the winner deletes"]
        .map(|id| doc! { "_id": id, "by": "nobody" });
    site.here("bills").insert_many(bills).await.unwrap();
    site.world.start().await;
    site.world.converge().await;
    let (here, there) = (site.here("bills"), site.there("bills"));
    let (wins, loses) = match winner {
        Side::Local => (&here, &there),
        Side::Atlas => (&there, &here),
    };

    site.pc().link.cut().await;
    site.pc()
        .reaches("offline", |status| status.state == State::Offline)
        .await;
    edit(wins, "both edit", "winner").await;
    edit(wins, "the winner edits", "winner").await;
    delete(wins, "the winner deletes").await;
    let_time_pass().await;
    edit(loses, "both edit", "loser").await;
    delete(loses, "the winner edits").await;
    edit(loses, "the winner deletes", "loser").await;
    site.pc().link.mend().await;
    site.world.converge().await;

    for bills in [&here, &there] {
        for id in ["both edit", "the winner edits"] {
            let bill = bills.find_one(doc! { "_id": id }).await.unwrap();
            let bill = bill.unwrap_or_else(|| panic!("{id} is gone"));
            assert_eq!(bill.get_str("by").unwrap(), "winner", "{id}");
        }
        let deleted = bills.find_one(doc! { "_id": "the winner deletes" }).await;
        assert_eq!(deleted.unwrap(), None);
    }
    // What was deleted has no content to keep; the two edits that lost have.
    for database in [&site.pc().local, &site.world.atlas] {
        let mut records = rows_when(database, CONFLICTS, 2).await;
        records.sort_by_key(|record| record.get_str("reason").unwrap().to_owned());
        let about = records.iter().map(|record| {
            let loser = record.get_document("loser").unwrap();
            assert_eq!(loser.get_str("by").unwrap(), "loser");
            assert_eq!(record.get_str("strategy").unwrap(), strategy.name());
            assert_eq!(record.get_str("lostOn").unwrap(), winner.other().name());
            (
                record.get_str("reason").unwrap(),
                loser.get_str("_id").unwrap(),
            )
        });
        assert_eq!(
            about.collect::<Vec<_>>(),
            [
                (why, "the winner deletes"),
                ("edited-on-both-sides", "both edit")
            ]
        );
    }
}

async fn edit(bills: &Collection<Document>, id: &str, by: &str) {
    let set = doc! { "$set": { "by": by } };
    bills.update_one(doc! { "_id": id }, set).await.unwrap();
}

async fn delete(bills: &Collection<Document>, id: &str) {
    bills.delete_one(doc! { "_id": id }).await.unwrap();
}
