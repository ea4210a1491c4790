//! Clocks that do not agree: measured, corrected for, and said.

use bson::doc;
use integration_tests::let_time_pass;
use sync_core::place::Side;
use sync_engine::check::{Finding, Severity, check};
use sync_engine::names::CONFLICTS;
use sync_engine::status::State;

use crate::site::{Site, rows_when};

/// Much longer than the writes of a test are apart, and not yet long enough to ask a person to do something.
const APART_MS: i64 = 120_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_write_of_a_pc_whose_clock_is_behind_counts_as_late_as_it_was() {
    // By this PC's own clock it was written first.
    the_measured_offset_decides(APART_MS, Side::Local).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_of_a_pc_whose_clock_is_ahead_counts_as_early_as_it_was() {
    // By this PC's own clock it was written last.
    the_measured_offset_decides(-APART_MS, Side::Atlas).await;
}

/// Both servers read the clock of this machine; the link has Atlas' seem another.
async fn the_measured_offset_decides(atlas_ahead_ms: i64, winner: Side) {
    let mut site = Site::new().await;
    let bill = doc! { "_id": 1, "by": "nobody" };
    site.here("bills").insert_one(bill).await.unwrap();
    site.pc().link.set_clock_ahead(atlas_ahead_ms);
    site.world.start().await;
    let offset = site.pc().status().atlas.clock_offset_ms.unwrap();
    assert!(offset.abs_diff(atlas_ahead_ms) < 5_000, "{offset}");
    site.pc().link.cut().await;
    site.pc()
        .reaches("offline", |status| status.state == State::Offline)
        .await;
    let (here, there) = (site.here("bills"), site.there("bills"));
    let mut writes = [(here, Side::Local), (there, Side::Atlas)];
    if winner == Side::Atlas {
        writes.reverse();
    }
    for (bills, side) in &writes {
        let set = doc! { "$set": { "by": side.name() } };
        bills.update_one(doc! { "_id": 1 }, set).await.unwrap();
        let_time_pass().await;
    }
    site.pc().link.mend().await;
    site.world.converge().await;
    for (bills, _) in &writes {
        let bill = bills.find_one(doc! { "_id": 1 }).await.unwrap().unwrap();
        assert_eq!(bill.get_str("by").unwrap(), winner.name());
    }
    let records = rows_when(&site.pc().local, CONFLICTS, 1).await;
    assert_eq!(records[0].get_str("lostOn").unwrap(), winner.other().name());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_when_this_pcs_clock_is_off_by_more_than_a_minute() {
    let site = Site::new().await;
    let clock = async |ahead_ms: i64| -> Finding {
        site.pc().link.set_clock_ahead(ahead_ms);
        let findings = check(&site.pc().config).await;
        let mut clocks = findings
            .into_iter()
            .filter(|finding| finding.kind == "clock");
        clocks.next().unwrap()
    };
    for ahead_ms in [0, 50_000, -50_000] {
        let found = clock(ahead_ms).await;
        assert_eq!(
            (found.answer, found.severity),
            ("ok", Severity::Ok),
            "{found:?}"
        );
        assert_eq!(found.side, Some(Side::Atlas));
    }
    for ahead_ms in [70_000, -70_000] {
        let found = clock(ahead_ms).await;
        assert_eq!(
            (found.answer, found.severity),
            ("clock-off", Severity::Warning),
            "{found:?}"
        );
        assert!(found.text.contains("is off by"), "{found:?}");
        assert!(found.remedy.unwrap().contains("automatic time"));
    }
}
