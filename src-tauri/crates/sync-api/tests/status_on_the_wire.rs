//! The JSON of `GET /status`, word for word: programs outside the project read it.

use serde_json::{Value, json};
use sync_api::wire;
use sync_engine::Trouble;
use sync_engine::config::CollectionMode;
use sync_engine::status::{
    CollectionStatus, CompareProgress, DirectionStatus, Notice, SideStatus, State, Status,
};

fn status() -> Status {
    Status {
        state: State::Attention,
        instance_id: "0b0f8f6e-43a5-4e0a-8d0a-6f0d62a7d8c1".to_owned(),
        local: SideStatus {
            connected: true,
            ..SideStatus::default()
        },
        atlas: SideStatus {
            clock_offset_ms: Some(-1200),
            last_error: Some("no answer".to_owned()),
            trouble: Some(Trouble::Unreachable),
            ..SideStatus::default()
        },
        local_to_atlas: DirectionStatus {
            processed: 9,
            successful: 7,
            failed: 1,
            conflicts: 2,
            pending: u64::MAX,
            oldest_pending_ms: 1500,
            avg_process_time_ms: 2.5,
            per_second: f64::NAN,
            paused: true,
        },
        atlas_to_local: DirectionStatus::default(),
        collections: vec![
            CollectionStatus {
                name: "bills".to_owned(),
                mode: CollectionMode::UploadOnly,
                not_synced: None,
                compare: Some(CompareProgress {
                    done: 50,
                    total: 150,
                    per_second: 10.0,
                }),
            },
            CollectionStatus {
                name: "totals".to_owned(),
                mode: CollectionMode::BothWays,
                not_synced: Some("a view".to_owned()),
                compare: None,
            },
        ],
        quarantined: 3,
        conflicts_open: 4,
        notices: vec![Notice {
            kind: "dropped",
            text: "bills was dropped on Atlas".to_owned(),
            about: Some("bills".to_owned()),
            count: Some(7),
        }],
        last_change_ms: Some(1_700_000_000_000),
    }
}

#[test]
fn a_status_is_told_in_these_words() {
    let told = serde_json::to_value(wire::Status::from(&status())).unwrap();
    assert_eq!(
        told,
        json!({
            "state": "attention",
            "instanceId": "0b0f8f6e-43a5-4e0a-8d0a-6f0d62a7d8c1",
            "local": { "connected": true },
            "atlas": { "connected": false, "clockOffsetMs": -1200, "lastError": "no answer", "trouble": "unreachable" },
            "localToAtlas": {
                "processed": 9, "successful": 7, "failed": 1, "conflicts": 2, "pending": 4_294_967_295_u32,
                "oldestPendingMs": 1500, "avgProcessTimeMs": 2.5, "perSecond": 0.0, "paused": true,
            },
            "atlasToLocal": {
                "processed": 0, "successful": 0, "failed": 0, "conflicts": 0, "pending": 0,
                "oldestPendingMs": 0, "avgProcessTimeMs": 0.0, "perSecond": 0.0, "paused": false,
            },
            "collections": [
                {
                    "name": "bills", "mode": "upload-only",
                    "compare": { "done": 50, "total": 150, "perSecond": 10.0, "remainingS": 10.0 },
                },
                { "name": "totals", "mode": "both-ways", "notSynced": "a view" },
            ],
            "quarantined": 3,
            "conflictsOpen": 4,
            "notices": [{ "kind": "dropped", "text": "bills was dropped on Atlas", "about": "bills", "count": 7 }],
            "lastChangeAt": 1_700_000_000_000.0,
        })
    );
}

#[test]
fn a_clock_that_was_not_measured_is_null_and_not_left_out() {
    let told = serde_json::to_value(wire::Status::from(&Status::default())).unwrap();
    assert_eq!(
        told["atlas"],
        json!({ "connected": false, "clockOffsetMs": null })
    );
}

#[test]
fn every_state_has_its_word() {
    let words = [
        State::Synced,
        State::Syncing,
        State::Offline,
        State::Paused,
        State::Attention,
    ]
    .map(|state| {
        serde_json::to_value(wire::Status::from(&Status {
            state,
            ..Status::default()
        }))
        .unwrap()
    })
    .map(|told| told["state"].clone());
    assert_eq!(
        words,
        ["synced", "syncing", "offline", "paused", "attention"].map(Value::from)
    );
}

#[test]
fn a_status_is_read_back_as_it_was_told() {
    let told = wire::Status::from(&status());
    let text = serde_json::to_string(&told).unwrap();
    assert_eq!(serde_json::from_str::<wire::Status>(&text).unwrap(), told);
}
