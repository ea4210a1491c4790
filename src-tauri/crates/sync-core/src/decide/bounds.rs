//! What holds for every sighting there can be, likely or not.

use proptest::option::of;
use proptest::prelude::*;
use uuid::Uuid;

use super::{Decision, Loss, Policy, decide};
use crate::digest::Digest;
use crate::place::Side;
use crate::resolve::Strategy as Resolution;
use crate::revision::{Author, EventTime, Revision};
use crate::sighting::{Copy, Event, Happening, History, Sides, Sighting, Tombstone};
use crate::stamp::Stamp;

fn content() -> impl Strategy<Value = Digest> {
    (0..3_u8).prop_map(|byte| Digest([byte; 16]))
}

fn time() -> impl Strategy<Value = EventTime> {
    prop_oneof![0..6_i64, Just(i64::MAX), Just(i64::MIN)].prop_map(EventTime)
}

fn author() -> impl Strategy<Value = Author> {
    prop_oneof![
        Just(Author::Atlas),
        (1..3_u128).prop_map(|id| Author::Pc(Uuid::from_u128(id)))
    ]
}

fn revision() -> impl Strategy<Value = Revision> {
    (time(), author()).prop_map(|(time, author)| Revision::new(time, author))
}

fn version() -> impl Strategy<Value = i64> {
    prop_oneof![Just(1), Just(i64::MAX), Just(i64::MIN)]
}

fn copy() -> impl Strategy<Value = Copy> {
    let counts = (version(), prop_oneof![Just(0), Just(i32::MAX)]);
    let stamp = (revision(), counts, content(), of(content())).prop_map(
        |(revision, (version, conflict_count), digest, base)| Stamp {
            revision,
            version,
            conflict_count,
            digest,
            base,
        },
    );
    (content(), of(stamp)).prop_map(|(content, stamp)| Copy { content, stamp })
}

fn event() -> impl Strategy<Value = Event> {
    let happening = prop_oneof![
        of(content()).prop_map(|content| Happening::Put { content }),
        Just(Happening::Delete),
        Just(Happening::EngineDelete),
        Just(Happening::Tombstone),
    ];
    (happening, time(), any::<bool>()).prop_map(|(happening, time, assumed)| Event {
        happening,
        time,
        order: None,
        assumed,
    })
}

fn tombstone() -> impl Strategy<Value = Tombstone> {
    (revision(), version()).prop_map(|(revision, version)| Tombstone { revision, version })
}

prop_compose! {
    fn sighting()(
        copies in (of(copy()), of(copy())),
        tombstones in (of(tombstone()), of(tombstone())),
        events in (of(event()), of(event())),
        fenced in any::<(bool, bool)>(),
        (backlogged, lost) in any::<(bool, bool)>(),
        now in time(),
    ) -> Sighting {
        Sighting {
            me: Author::Pc(Uuid::from_u128(1)),
            local: copies.0,
            atlas: copies.1,
            local_tombstone: tombstones.0,
            atlas_tombstone: tombstones.1,
            local_event: events.0,
            atlas_event: events.1,
            fenced: Sides { local: fenced.0, atlas: fenced.1 },
            backlogged,
            history: if lost { History::Lost } else { History::Complete },
            now,
        }
    }
}

prop_compose! {
    fn policy()(strategy in 0..Resolution::ALL.len(), downloads in any::<bool>()) -> Policy {
        Policy { strategy: Resolution::ALL[strategy], downloads, lifted: None }
    }
}

fn loss(decision: &Decision) -> Option<Loss> {
    match decision {
        Decision::Upload { keep, .. }
        | Decision::Download { keep, .. }
        | Decision::DeleteLocal { keep, .. }
        | Decision::DeleteAtlas { keep, .. } => *keep,
        Decision::Overruled { keep } => Some(*keep),
        Decision::Settled
        | Decision::Fence(_)
        | Decision::Stamp { .. }
        | Decision::RaiseTombstone { .. } => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn a_fence_is_asked_for_once(seen in sighting(), policy in policy()) {
        if let Decision::Fence(sides) = decide(&seen, &policy) {
            prop_assert!(sides.any());
            let twice = Side::BOTH.iter().any(|side| sides.has(*side) && seen.fenced.has(*side));
            prop_assert!(!twice);
            prop_assert!(policy.downloads || !sides.atlas, "nobody listens to Atlas");
        }
    }

    #[test]
    fn only_what_was_seen_is_written_or_kept(seen in sighting(), policy in policy()) {
        let decision = decide(&seen, &policy);
        let needed = match &decision {
            Decision::Settled | Decision::Fence(_) | Decision::RaiseTombstone { .. } => None,
            Decision::Stamp { .. } | Decision::Upload { .. } | Decision::DeleteLocal { .. } => seen.local.as_ref(),
            Decision::Download { .. } | Decision::DeleteAtlas { .. } => seen.atlas.as_ref(),
            Decision::Overruled { .. } => seen.local.as_ref(),
        };
        let writes = !matches!(decision, Decision::Settled | Decision::Fence(_) | Decision::RaiseTombstone { .. });
        prop_assert_eq!(writes, needed.is_some());
        if let Some(loss) = loss(&decision) {
            let kept = match loss.side { Side::Local => &seen.local, Side::Atlas => &seen.atlas };
            prop_assert!(kept.is_some());
        }
    }

    #[test]
    fn what_no_time_can_settle_is_settled_for_atlas(seen in sighting(), policy in policy()) {
        let decision = decide(&seen, &policy);
        if let Some(loss) = loss(&decision).filter(|loss| loss.unresolved) {
            prop_assert_eq!(loss.side, Side::Local);
            prop_assert!(loss.caution);
            prop_assert_eq!(policy.strategy, Resolution::LastWriteWins);
        }
    }

    #[test]
    fn upload_only_never_changes_what_local_holds(seen in sighting(), policy in policy()) {
        let decision = decide(&seen, &Policy { downloads: false, ..policy });
        let changes = matches!(decision, Decision::Download { .. } | Decision::DeleteLocal { .. });
        prop_assert!(!changes);
    }

    #[test]
    fn a_dirty_copy_is_never_dropped_without_being_kept(seen in sighting(), policy in policy()) {
        let same = seen.local.as_ref().map(|copy| copy.content) == seen.atlas.as_ref().map(|copy| copy.content);
        let dirty = seen.local.as_ref().is_some_and(|copy| copy.clean().is_none());
        let decision = decide(&seen, &policy);
        if dirty && !same && matches!(decision, Decision::Download { .. } | Decision::DeleteLocal { .. }) {
            prop_assert_eq!(loss(&decision).map(|loss| loss.side), Some(Side::Local));
        }
    }
}
