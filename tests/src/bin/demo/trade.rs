//! The shop at work: now and then a sale at either till, and sometimes both PCs edit the same product at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bson::{Bson, Document, doc};
use fastrand::Rng;
use mongodb::Database;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::failure::Failure;
use crate::stage::Stage;
use crate::till::Till;

/// How often both PCs change the price of one product.
const QUARREL_EVERY: Duration = Duration::from_secs(4);

/// How often it is looked whether there is anything to sell on a PC.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What was done so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) sales: u64,
    pub(crate) conflicts: u64,
}

/// Two tills at work.
#[derive(Debug)]
pub(crate) struct Trade {
    done: Arc<Done>,
    closing: oneshot::Sender<()>,
    task: JoinHandle<Result<(), Failure>>,
}

#[derive(Debug, Default)]
struct Done {
    sales: Arc<AtomicU64>,
    conflicts: AtomicU64,
}

struct Pcs {
    databases: [Database; 2],
    uris: [String; 2],
    products: Vec<Bson>,
    rng: Rng,
}

impl Trade {
    pub(crate) fn begin(stage: &Stage) -> Trade {
        let pcs = Pcs {
            databases: [stage.pcs[0].local.clone(), stage.pcs[1].local.clone()],
            uris: stage.local_uris(),
            products: stage.shop.product_ids(),
            rng: Rng::with_seed(4),
        };
        let done = Arc::new(Done::default());
        let (closing, closed) = oneshot::channel();
        let task = tokio::spawn(pcs.trade(done.clone(), closed));
        Trade {
            done,
            closing,
            task,
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            sales: self.done.sales.load(Ordering::Relaxed),
            conflicts: self.done.conflicts.load(Ordering::Relaxed),
        }
    }

    /// Whether a till had to close by itself.
    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    /// Closes both tills, between two sales.
    pub(crate) async fn end(self) -> Result<(), Failure> {
        // Tills that closed by themselves need no telling.
        let _heard = self.closing.send(());
        self.task.await.expect("a till does not panic")
    }
}

impl Pcs {
    async fn trade(
        self,
        done: Arc<Done>,
        mut closed: oneshot::Receiver<()>,
    ) -> Result<(), Failure> {
        let open = |pc: usize, name| Till::open(&self.uris[pc], name, done.sales.clone());
        let mut first = open(0, "B")?;
        let stocked = tokio::select! {
            stocked = self.is_stocked(1) => stocked,
            failure = first.closes() => Err(failure),
            _ = &mut closed => return first.close().await,
        };
        stocked?;
        let mut second = open(1, "C")?;
        let ended = tokio::select! {
            failure = first.closes() => Err(failure),
            failure = second.closes() => Err(failure),
            failed = self.quarrel_on(&done) => failed,
            _ = &mut closed => Ok(()),
        };
        // Both, whatever becomes of one.
        let (first, second) = tokio::join!(first.close(), second.close());
        ended.and(first).and(second)
    }

    /// Waits until the first sync has brought a PC the products: a till that opens before would stock up by itself.
    async fn is_stocked(&self, pc: usize) -> Result<(), Failure> {
        let products = self.databases[pc].collection::<Document>("products");
        let mut tick = tokio::time::interval(LOOK_EVERY);
        while products.count_documents(doc! {}).await? < self.products.len() as u64 {
            tick.tick().await;
        }
        Ok(())
    }

    async fn quarrel_on(&self, done: &Done) -> Result<(), Failure> {
        let mut rng = self.rng.clone();
        let mut tick = tokio::time::interval(QUARREL_EVERY);
        loop {
            tick.tick().await;
            if self.quarrel(&mut rng).await? {
                done.conflicts.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Both PCs give one product a price of their own before either has heard of the other's. `false` when one of
    /// them does not have the product.
    async fn quarrel(&self, rng: &mut Rng) -> Result<bool, Failure> {
        let product = rng.choice(&self.products);
        let product = product.expect("a shop has products").clone();
        let prices = [rng.i32(2..=400) * 250, rng.i32(401..=800) * 250];
        let set = |pc: usize| {
            let products = self.databases[pc].collection::<Document>("products");
            let (filter, price) = (doc! { "_id": product.clone() }, prices[pc]);
            async move {
                products
                    .update_one(filter, doc! { "$set": { "price": price } })
                    .await
            }
        };
        let (first, second) = tokio::try_join!(set(0), set(1))?;
        Ok(first.matched_count > 0 && second.matched_count > 0)
    }
}
