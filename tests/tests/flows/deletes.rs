//! Deletions, in both directions and against changes made elsewhere.

use bson::{Document, doc};
use integration_tests::let_time_pass;
use integration_tests::world::World;
use mongodb::{Collection, Database};

use crate::vault::kept;

const BILLS: &str = "bills";

#[derive(Clone, Copy, Debug)]
enum Act {
    Delete,
    Edit,
}
use Act::{Delete, Edit};

/// Who acts while nobody hears of it: a PC by its number, or somebody on Atlas itself.
#[derive(Clone, Copy, Debug)]
enum Who {
    Pc(usize),
    Atlas,
}
use Who::{Atlas, Pc};

/// What is done in this order, whether the document lives afterwards, and what the vault keeps of it.
type Row = (&'static [(Who, Act)], bool, &'static [i32]);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (&[(Pc(0), Delete)],                                false, &[]),
    (&[(Atlas, Delete)],                                false, &[]),
    (&[(Pc(0), Delete), (Pc(1), Delete)],               false, &[]),
    (&[(Pc(0), Delete), (Atlas, Delete)],               false, &[]),
    (&[(Pc(0), Delete), (Pc(1), Edit)],                 true,  &[]),
    (&[(Pc(0), Edit),   (Pc(1), Delete)],               false, &[0]),
    (&[(Atlas, Delete), (Pc(0), Edit)],                 true,  &[]),
    (&[(Pc(0), Edit),   (Atlas, Delete)],               false, &[0]),
    (&[(Pc(0), Delete), (Atlas, Edit)],                 true,  &[]),
    (&[(Atlas, Edit),   (Pc(0), Delete)],               false, &[0]),
    (&[(Pc(1), Edit), (Atlas, Delete), (Pc(0), Edit)],  true,  &[0]),
    (&[(Pc(1), Edit), (Pc(0), Edit), (Atlas, Delete)],  false, &[0, 1]),
];

/// A deletion is a write like any other: the later one stays, and what it overrules unseen is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_stays_if_it_was_the_last_and_unseen_edits_are_kept() {
    let world = World::started::<2>("deletes").await;
    for id in 0..ROWS.len() as i32 {
        let bill = doc! { "_id": id, "edit": -1 };
        world.pcs[0]
            .collection(BILLS)
            .insert_one(bill)
            .await
            .unwrap();
    }
    world.converge().await;
    for pc in &world.pcs {
        pc.link.cut().await;
        pc.reaches("offline", |status| !status.atlas.connected)
            .await;
    }
    let turns = ROWS.iter().map(|(acts, ..)| acts.len()).max().unwrap();
    for turn in 0..turns {
        for (id, (acts, ..)) in (0..).zip(ROWS) {
            if let Some((who, act)) = acts.get(turn) {
                perform(&place(&world, *who), id, turn as i32, *act).await;
            }
        }
        let_time_pass().await;
    }
    for pc in &world.pcs {
        pc.link.mend().await;
    }
    world.rest().await;
    for database in world.pcs.iter().map(|pc| &pc.local).chain([&world.atlas]) {
        for (id, row) in (0..).zip(ROWS) {
            judge(database, id, row).await;
        }
    }
}

fn place(world: &World, who: Who) -> Collection<Document> {
    match who {
        Pc(number) => world.pcs[number].collection(BILLS),
        Atlas => world.on_atlas(BILLS),
    }
}

async fn perform(on: &Collection<Document>, id: i32, turn: i32, act: Act) {
    let this = doc! { "_id": id };
    let touched = match act {
        Delete => on.delete_one(this).await.unwrap().deleted_count,
        Edit => {
            let edit = doc! { "$set": { "edit": turn } };
            on.update_one(this, edit).await.unwrap().matched_count
        }
    };
    assert_eq!(touched, 1);
}

async fn judge(database: &Database, id: i32, row: &Row) {
    let (acts, lives, losers) = row;
    let bills = database.collection::<Document>(BILLS);
    let bill = bills.find_one(doc! { "_id": id }).await.unwrap();
    let last = (acts.len() - 1) as i32;
    let edit = bill.map(|bill| bill.get_i32("edit").unwrap());
    assert_eq!(
        edit,
        lives.then_some(last),
        "{acts:?} in {}",
        database.name()
    );
    let kept = kept(database, BILLS, id).await;
    let mut edits: Vec<i32> = kept
        .iter()
        .map(|kept| kept.get_i32("edit").unwrap())
        .collect();
    edits.sort_unstable();
    assert_eq!(
        &edits,
        losers,
        "the vault about {acts:?} in {}",
        database.name()
    );
}
