//! The shop at work: now and then a sale at either till, and sometimes both edit the same product at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bson::{Bson, Document, doc};
use fastrand::Rng;
use integration_tests::shop::Shop;
use mongodb::Database;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::failure::Failure;
use crate::stage::Stage;

/// A busy shop, but one that can be followed on a screen.
const SALE_EVERY: Duration = Duration::from_millis(400);

/// Every so many sales both tills change the price of one product.
const SALES_PER_CONFLICT: u64 = 10;

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
    sales: AtomicU64,
    conflicts: AtomicU64,
}

struct Tills {
    databases: [Database; 2],
    shops: [Shop; 2],
    products: Vec<Bson>,
    rng: Rng,
}

impl Trade {
    pub(crate) fn begin(stage: &Stage) -> Trade {
        let tills = Tills {
            databases: [stage.pcs[0].local.clone(), stage.pcs[1].local.clone()],
            shops: [
                stage.shop.another_till(2, "B"),
                stage.shop.another_till(3, "C"),
            ],
            products: stage.shop.product_ids(),
            rng: Rng::with_seed(4),
        };
        let done = Arc::new(Done::default());
        let (closing, closed) = oneshot::channel();
        let task = tokio::spawn(tills.trade(done.clone(), closed));
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

impl Tills {
    async fn trade(
        mut self,
        done: Arc<Done>,
        mut closed: oneshot::Receiver<()>,
    ) -> Result<(), Failure> {
        let mut tick = tokio::time::interval(SALE_EVERY);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                _ = &mut closed => return Ok(()),
            }
            let sales = done.sales.fetch_add(1, Ordering::Relaxed);
            self.sell(if sales.is_multiple_of(2) { 0 } else { 1 })
                .await?;
            if (sales + 1).is_multiple_of(SALES_PER_CONFLICT) && self.quarrel().await? {
                done.conflicts.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    async fn sell(&mut self, till: usize) -> Result<(), Failure> {
        for (name, document) in self.shops[till].sale() {
            self.databases[till]
                .collection::<Document>(name)
                .insert_one(document)
                .await?;
        }
        Ok(())
    }

    /// Both tills give one product a price of their own before either has heard of the other's. `false` when one of
    /// them does not have the product yet.
    async fn quarrel(&mut self) -> Result<bool, Failure> {
        let product = self
            .rng
            .choice(&self.products)
            .expect("a shop has products")
            .clone();
        let prices = [self.rng.i32(2..=400) * 250, self.rng.i32(401..=800) * 250];
        let set = |till: usize| {
            let products = self.databases[till].collection::<Document>("products");
            let (filter, price) = (doc! { "_id": product.clone() }, prices[till]);
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
