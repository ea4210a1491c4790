//! Property 5: what happened while a PC was away is made up for, from where it was.

use bson::{Bson, doc};
use futures_util::future::join_all;
use integration_tests::eventually;
use integration_tests::place::Place;
use integration_tests::witness::Witness;
use integration_tests::world::{Locals, Pc, REST, World};
use mongodb::Database;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::change::{Change, any_change};
use crate::draw::{CASES, Draw};

/// How a PC goes away and comes back.
#[derive(Clone, Copy, Debug)]
enum Outage {
    /// The line is cut, and mended after a while.
    Cut,
    /// All connections break at once; new ones are welcome.
    Reset,
    /// The program is stopped and started again.
    Stopped,
}

/// One outage and the changes around it. Each document has one author, so that its last state is known.
#[derive(Clone, Debug)]
struct Case {
    outage: Outage,
    /// How many of the changes are made before it begins.
    before: usize,
    /// For each document: whether it is written on Atlas (or else on the PC), and its changes.
    documents: Vec<(bool, Vec<Change>)>,
}

const TURNS: usize = 3;

fn any_case() -> impl Strategy<Value = Case> {
    let outage =
        prop_oneof![4 => Just(Outage::Cut), 4 => Just(Outage::Reset), 1 => Just(Outage::Stopped)];
    let documents = vec((any::<bool>(), vec(any_change(), TURNS)), 2..5);
    (outage, any::<u8>(), documents).prop_map(|(outage, before, documents)| Case {
        outage,
        before: usize::from(before) % (TURNS * documents.len()),
        documents,
    })
}

/// Feature: bidirectional-sync, Property 5: *For any* Change Stream disconnection, when reconnecting, all changes that occurred during disconnection should be processed using the resume token
#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_a_pc_was_away_is_made_up_for() {
    holds(Locals::ReplicaSets).await;
}

/// The same with a MongoDB on each PC that has no change streams, and the sync middleware in Bomba.
#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_a_pc_was_away_is_made_up_for_where_mongodb_stands_alone() {
    holds(Locals::Standalones).await;
}

async fn holds(kind: Locals) {
    let mut draw = Draw::new();
    let mut world = World::started_as::<2>(kind, "property_5").await;
    let mut witnesses = Vec::new();
    if kind == Locals::ReplicaSets {
        for pc in &world.pcs {
            witnesses.push(Witness::of(&pc.local).await.unwrap());
        }
    }
    let cases = draw.cases(CASES, &any_case());
    let halves = cases.chunks(CASES.div_ceil(2));
    let atlas = world.atlas.clone();
    let lives = world.pcs.iter_mut().zip(halves).map(async |(pc, cases)| {
        for (number, case) in cases.iter().enumerate() {
            live_through(pc, &atlas, number, case).await;
        }
    });
    join_all(lives).await;
    world.converge().await;
    for (witness, pc) in witnesses.iter_mut().zip(&world.pcs) {
        let compared = witness.writes().await.unwrap().into_iter().find(|write| {
            write.collection == "_sync_metadata" && write.id.to_string().contains("comparison:")
        });
        assert!(
            compared.is_none(),
            "{} went on from its token: {compared:?}",
            pc.config.device_name
        );
    }
}

async fn live_through(pc: &mut Pc, atlas: &Database, number: usize, case: &Case) {
    let collection = format!("of_{}", pc.config.device_name.replace(' ', "_"));
    let places = [
        pc.place(&collection),
        Place::direct(atlas.collection(&collection)),
    ];
    let ids: Vec<Bson> = (0..case.documents.len())
        .map(|document| Bson::String(format!("{number}-{document}")))
        .collect();
    let mut lives = vec![false; ids.len()];
    let turns = (0..TURNS).flat_map(|turn| (0..ids.len()).map(move |document| (turn, document)));
    for (made, (turn, document)) in turns.enumerate() {
        if made == case.before {
            go_away(pc, case.outage).await;
        }
        let (on_atlas, changes) = &case.documents[document];
        let place = &places[usize::from(*on_atlas)];
        lives[document] = changes[turn]
            .make(place, &ids[document], lives[document])
            .await;
    }
    come_back(pc, case.outage).await;
    // The next outage is to break a stream that is open.
    let probe = Bson::String(format!("{number}-probe"));
    let written = places[1].insert(doc! { "_id": &probe, "written": 0_i64 });
    written.await.unwrap();
    arrives(&places[0], &probe, Some(0), case).await;
    for (document, (_, changes)) in case.documents.iter().enumerate() {
        let last = lives[document].then(|| changes[TURNS - 1].fields.get_i64("written").unwrap());
        for place in &places {
            arrives(place, &ids[document], last, case).await;
        }
    }
}

async fn arrives(place: &Place, id: &Bson, last: Option<i64>, case: &Case) {
    eventually(REST, &format!("{id} of {case:#?}"), async || {
        let found = place.collection().find_one(doc! { "_id": id });
        let found = found.await.unwrap();
        let found = found.map(|found| found.get_i64("written").unwrap());
        if found == last {
            Ok(())
        } else {
            Err(format!("{found:?} instead of {last:?}"))
        }
    })
    .await;
}

async fn go_away(pc: &mut Pc, outage: Outage) {
    match outage {
        Outage::Cut => pc.link.cut().await,
        Outage::Reset => pc.link.reset().await,
        Outage::Stopped => pc.stop().await,
    }
}

async fn come_back(pc: &mut Pc, outage: Outage) {
    match outage {
        Outage::Stopped => pc.start().await,
        // Between two of its requests a stream does not even notice.
        Outage::Reset => {}
        Outage::Cut => {
            // It is told as long as the line is cut.
            pc.reaches("the stream to fail", |status| !status.atlas.connected)
                .await;
            pc.link.mend().await;
        }
    }
}
