//! What the demo runs on: three MongoDB servers, a shop's data, and the engines that are not in a window.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use integration_tests::diff::{DiffError, same};
use integration_tests::mongod::{Mongod, Options};
use integration_tests::shop::{Shop, load};
use integration_tests::world::Pc;
use mongodb::Database;

use crate::failure::Failure;
use crate::lines::say;
use crate::picture::{PcPicture, Picture, grouped};
use crate::trade::Counts;

pub(crate) const DATABASE: &str = "bomba";

/// At the end both PCs get this long to come to rest.
const REST_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Servers, data and engines.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) pcs: [Pc; 2],
    pub(crate) atlas: Database,
    pub(crate) shop: Shop,
    servers: [Mongod; 3],
    lines_cut: [AtomicBool; 2],
}

impl Stage {
    /// Starts the servers, and says what it does: the first time a MongoDB server is fetched.
    pub(crate) async fn open() -> Result<Stage, Failure> {
        say("starting three MongoDB servers: one for each PC, one as Atlas");
        let start = || Mongod::start(Options::replica_set());
        let servers: [Mongod; 3] = tokio::try_join!(start(), start(), start())?.into();
        let [first, second, atlas] = &servers;
        let pcs = [
            Pc::new(first, atlas, "PC 1", DATABASE).await,
            Pc::new(second, atlas, "PC 2", DATABASE).await,
        ];
        let mut shop = Shop::new(1, "A");
        let opening = shop.opening();
        load(&pcs[0].local, &opening).await?;
        let documents = opening
            .iter()
            .map(|(_, documents)| documents.len() as u64)
            .sum();
        say(&format!(
            "PC 1 has a shop of {} documents, PC 2 and Atlas are empty",
            grouped(documents)
        ));
        let atlas = atlas.client().await?.database(DATABASE);
        Ok(Stage {
            pcs,
            atlas,
            shop,
            servers,
            lines_cut: Default::default(),
        })
    }

    /// Where the programs of both PCs find their MongoDB.
    pub(crate) fn local_uris(&self) -> [String; 2] {
        [self.servers[0].uri(), self.servers[1].uri()]
    }

    /// Where to look and what to try.
    pub(crate) fn programme(&self) -> Vec<String> {
        let names = ["PC 1 ", "PC 2 ", "Atlas"];
        let mut lines: Vec<String> = names
            .iter()
            .zip(&self.servers)
            .map(|(name, server)| {
                let uri = server.uri().replace("/?", &format!("/{DATABASE}?"));
                format!("{name}  mongosh \"{uri}\"")
            })
            .collect();
        lines.push("try: change the price of a product on one PC, find it on the other".to_owned());
        lines.push(
            "try: delete a customer on Atlas, or change one bill on two PCs at once".to_owned(),
        );
        lines
    }

    /// How everything is now.
    pub(crate) async fn picture(
        &self,
        elapsed: Duration,
        trade: Counts,
    ) -> Result<Picture, Failure> {
        let counted = try_join_all(self.databases().map(count)).await?;
        let pc = |index: usize| PcPicture {
            name: self.pcs[index].config.device_name.clone(),
            status: self.pcs[index]
                .is_started()
                .then(|| self.pcs[index].status()),
            documents: counted[index],
            line_is_cut: self.lines_cut[index].load(Ordering::Relaxed),
        };
        Ok(Picture {
            elapsed,
            pcs: [pc(0), pc(1)],
            atlas_documents: counted[2],
            trade,
            programme: self.programme(),
        })
    }

    /// Cuts the line of one PC to Atlas, or mends it.
    pub(crate) async fn toggle_line(&self, pc: usize) {
        let was_cut = self.lines_cut[pc].fetch_xor(true, Ordering::Relaxed);
        match was_cut {
            true => self.pcs[pc].link.mend().await,
            false => self.pcs[pc].link.cut().await,
        }
    }

    /// Waits until both PCs hold what Atlas holds, and says so.
    pub(crate) async fn compare(&self) -> Result<(), Failure> {
        for pc in &self.pcs {
            pc.link.mend().await;
        }
        let deadline = Instant::now() + REST_MAX;
        for pc in &self.pcs {
            let name = &pc.config.device_name;
            match self.same(pc, deadline).await {
                Ok(count) => say(&format!(
                    "{name} and Atlas are identical: {count} documents"
                )),
                Err(reason) => {
                    return Err(Failure::Different {
                        pc: name.clone(),
                        reason,
                    });
                }
            }
        }
        Ok(())
    }

    async fn same(&self, pc: &Pc, deadline: Instant) -> Result<usize, DiffError> {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tick.tick().await;
            match same(&pc.local, &self.atlas).await {
                Err(_) if Instant::now() < deadline => {}
                compared => return compared,
            }
        }
    }

    /// Ends the engines, then the servers.
    pub(crate) async fn close(mut self) -> Result<(), Failure> {
        for pc in &mut self.pcs {
            pc.stop().await;
        }
        for server in &mut self.servers {
            server.stop().await.map_err(Failure::Stop)?;
        }
        Ok(())
    }

    fn databases(&self) -> impl Iterator<Item = &Database> {
        self.pcs.iter().map(|pc| &pc.local).chain([&self.atlas])
    }
}

/// Documents of the shop, the engines' own left out.
async fn count(database: &Database) -> Result<u64, Failure> {
    let names = database.list_collection_names().await?;
    let synced = names.iter().filter(|name| !name.starts_with("_sync_"));
    let counts = synced.map(|name| async {
        let collection = database.collection::<bson::RawDocumentBuf>(name);
        collection.estimated_document_count().await
    });
    Ok(try_join_all(counts).await?.into_iter().sum())
}
