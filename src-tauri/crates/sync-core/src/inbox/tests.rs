//! What the inbox promises: one task per key, nothing forgotten, and a safe position that waits.

use std::sync::Arc;

use super::*;
use crate::place::DocumentKey;
use crate::revision::EventTime;
use crate::sighting::Happening;
use crate::sighting::Order;

fn key(id: u8) -> Key {
    Key {
        collection: Arc::from("bills"),
        document: DocumentKey::new(0x10, &[id, 0, 0, 0]),
    }
}

fn put(time: i64) -> Event {
    Event {
        happening: Happening::Put { content: None },
        time: EventTime(time),
        order: Some(place(time)),
        assumed: false,
    }
}

fn place(time: i64) -> Order {
    let mut order = Order([0; 20]);
    order.0[..8].copy_from_slice(&time.to_be_bytes());
    order
}

fn hear(inbox: &mut Inbox<u32>, id: u8, time: i64) -> Offered {
    inbox.offer(Side::Local, key(id), put(time), time.unsigned_abs())
}

fn offer(inbox: &mut Inbox<u32>, id: u8, time: i64) {
    assert_ne!(hear(inbox, id, time), Offered::LeftOut);
}

fn safe(inbox: &mut Inbox<u32>) -> Option<u32> {
    inbox.safe(Side::Local).map(|position| *position.token())
}

#[test]
fn a_claimed_key_is_in_nobody_else_s_hands_and_keeps_what_is_heard_of_it() {
    let mut inbox = Inbox::<u32>::default();
    let key = key(1);
    let task = inbox.claim(&key).unwrap();
    assert!(inbox.claim(&key).is_none() && inbox.is_compared(&key));
    inbox.offer(Side::Atlas, key.clone(), put(5), 0);
    assert!(inbox.take(9).is_empty());
    inbox.settle(&task);
    assert!(!inbox.is_compared(&key));
    let taken = inbox.take(9);
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].atlas, Some(put(5)));
}

#[test]
fn the_safe_position_stays_before_the_first_unsettled_key() {
    let mut inbox = Inbox::default();
    inbox.checkpoint(Side::Local, 0);
    offer(&mut inbox, 1, 1);
    inbox.checkpoint(Side::Local, 1);
    offer(&mut inbox, 2, 2);
    inbox.checkpoint(Side::Local, 2);
    let tasks = inbox.take(10);
    assert_eq!(safe(&mut inbox), Some(0));
    inbox.settle(&tasks[1]);
    assert_eq!(safe(&mut inbox), Some(0), "key 1 is not settled");
    inbox.settle(&tasks[0]);
    assert_eq!(safe(&mut inbox), Some(2));
    assert!(inbox.is_empty());
}

#[test]
fn an_event_that_comes_while_the_key_is_worked_on_is_not_settled_with_it() {
    let mut inbox = Inbox::default();
    inbox.checkpoint(Side::Local, 0);
    offer(&mut inbox, 1, 1);
    let task = inbox.take(1).remove(0);
    inbox.checkpoint(Side::Local, 1);
    offer(&mut inbox, 1, 2);
    inbox.checkpoint(Side::Local, 2);
    assert!(inbox.has_news(Side::Local, &task));
    assert!(
        inbox.take(1).is_empty(),
        "rule 1: the key is in somebody's hands"
    );
    inbox.settle(&task);
    assert_eq!(safe(&mut inbox), Some(1));
    let task = inbox.take(1).remove(0);
    assert_eq!(task.local, Some(put(2)));
    inbox.settle(&task);
    assert_eq!(safe(&mut inbox), Some(2));
}

#[test]
fn a_stream_that_begins_anew_forgets_its_positions_and_is_not_held_back() {
    let mut inbox = Inbox::default();
    inbox.checkpoint(Side::Local, 0);
    offer(&mut inbox, 1, 1);
    let early = inbox.take(1).remove(0);
    inbox.begin_anew(Side::Local);
    assert_eq!(safe(&mut inbox), None, "the old position is of no use");
    inbox.checkpoint(Side::Local, 7);
    assert_eq!(safe(&mut inbox), Some(7), "a comparison finds key 1");
    offer(&mut inbox, 2, 2);
    inbox.checkpoint(Side::Local, 8);
    assert_eq!(safe(&mut inbox), Some(7));
    offer(&mut inbox, 1, 3);
    inbox.checkpoint(Side::Local, 9);
    inbox.settle(&early);
    let late = inbox.take(1).remove(0);
    inbox.settle(&late);
    assert_eq!(safe(&mut inbox), Some(8), "key 1 was heard of again");
    let again = inbox.take(1).remove(0);
    inbox.settle(&again);
    assert_eq!(safe(&mut inbox), Some(9));
    assert!(inbox.is_empty());
}

#[test]
fn looking_again_keeps_the_newest_event_and_the_position() {
    let mut inbox = Inbox::default();
    inbox.checkpoint(Side::Local, 0);
    offer(&mut inbox, 1, 5);
    offer(&mut inbox, 1, 6);
    inbox.checkpoint(Side::Local, 1);
    let task = inbox.take(1).remove(0);
    inbox.again(&task);
    let task = inbox.take(1).remove(0);
    assert_eq!((task.local, task.attempts), (Some(put(6)), 1));
    assert_eq!(safe(&mut inbox), Some(0));
}

#[test]
fn a_held_key_waits_for_release_or_news() {
    let mut inbox: Inbox<u32> = Inbox::default();
    offer(&mut inbox, 1, 1);
    let task = inbox.take(1).remove(0);
    inbox.hold(&task);
    assert!(inbox.take(1).is_empty() && !inbox.is_empty());
    inbox.release();
    let task = inbox.take(1).remove(0);
    inbox.hold(&task);
    offer(&mut inbox, 1, 2);
    assert_eq!(inbox.take(1).len(), 1);
}

#[test]
fn a_tombstone_event_does_not_hide_what_happened_to_the_document() {
    let mut inbox: Inbox<u32> = Inbox::default();
    offer(&mut inbox, 1, 1);
    let raised = Event {
        happening: Happening::Tombstone,
        time: EventTime(9),
        order: Some(place(9)),
        assumed: false,
    };
    inbox.offer(Side::Local, key(1), raised, 9);
    assert_eq!(inbox.newest(Side::Local, &key(1)), Some(put(1)));
}

#[test]
fn checkpoints_do_not_pile_up_while_one_key_is_held() {
    let mut inbox: Inbox<u32> = Inbox::default();
    inbox.checkpoint(Side::Local, 0);
    offer(&mut inbox, 1, 1);
    let held = inbox.take(1).remove(0);
    inbox.hold(&held);
    for token in 1..10_000 {
        offer(&mut inbox, 2, 2);
        inbox.checkpoint(Side::Local, token);
        let task = inbox.take(1).remove(0);
        inbox.settle(&task);
    }
    assert!(inbox.lanes[0].checkpoints_kept() <= 1025);
    assert_eq!(safe(&mut inbox), Some(0));
}

#[test]
fn what_there_is_no_room_for_is_left_out_and_read_again() {
    let mut inbox: Inbox<u32> = Inbox::default().bounded(2);
    inbox.checkpoint(Side::Local, 0);
    offer(&mut inbox, 1, 1);
    inbox.checkpoint(Side::Local, 1);
    offer(&mut inbox, 2, 2);
    inbox.checkpoint(Side::Local, 2);
    let first = inbox.take(1).remove(0);

    assert_eq!(hear(&mut inbox, 3, 3), Offered::LeftOut);
    assert!(inbox.has_left_out(Side::Local));
    inbox.checkpoint(Side::Local, 3);
    offer(&mut inbox, 1, 4);
    assert!(inbox.has_news(Side::Local, &first), "a key that is known");
    inbox.checkpoint(Side::Local, 4);
    inbox.settle(&first);
    for task in inbox.take(10) {
        inbox.settle(&task);
    }
    assert!(inbox.is_empty());
    assert_eq!(safe(&mut inbox), Some(2), "key 3 is not settled");
    assert_eq!(
        hear(&mut inbox, 4, 5),
        Offered::LeftOut,
        "nothing overtakes"
    );

    assert_eq!(inbox.read_again(Side::Local), Some(2));
    assert_eq!(inbox.read_again(Side::Local), None);
    offer(&mut inbox, 3, 3);
    inbox.checkpoint(Side::Local, 3);
    let task = inbox.take(1).remove(0);
    inbox.settle(&task);
    assert_eq!(safe(&mut inbox), Some(3));
}

#[test]
fn what_is_read_again_is_no_news_and_hides_nothing_newer() {
    let mut inbox: Inbox<u32> = Inbox::default().bounded(1);
    inbox.checkpoint(Side::Local, 0);
    offer(&mut inbox, 1, 1);
    inbox.checkpoint(Side::Local, 1);
    assert_eq!(hear(&mut inbox, 2, 2), Offered::LeftOut);
    offer(&mut inbox, 1, 3);
    offer(&mut inbox, 1, 4);
    let task = inbox.take(1).remove(0);
    assert_eq!(inbox.read_again(Side::Local), Some(1));

    assert_eq!(hear(&mut inbox, 2, 2), Offered::LeftOut);
    assert_eq!(hear(&mut inbox, 1, 3), Offered::Known);
    assert_eq!(inbox.newest(Side::Local, &key(1)), Some(put(4)));
    assert_eq!(hear(&mut inbox, 1, 4), Offered::Known);
    assert!(!inbox.has_news(Side::Local, &task));
    offer(&mut inbox, 1, 5);
    assert!(inbox.has_news(Side::Local, &task));
}

#[test]
fn nothing_is_left_out_where_it_could_not_be_read_again() {
    let mut inbox: Inbox<u32> = Inbox::default().bounded(1);
    offer(&mut inbox, 1, 1);
    offer(&mut inbox, 2, 2);
    inbox.checkpoint(Side::Local, 0);
    assert_eq!(hear(&mut inbox, 3, 3), Offered::LeftOut);
    inbox.begin_anew(Side::Local);
    assert!(!inbox.has_left_out(Side::Local), "everything is compared");
    assert_eq!(inbox.read_again(Side::Local), None);
}
