//! A made-up shop, the same for the same seed: documents as the Mongoose
//! models of `tests/shop` write them (`_id`, camel-case fields, int32 or double numbers, dates,
//! `createdAt`, `updatedAt`, `__v`), with names in Arabic and English.

mod names;

use bson::oid::ObjectId;
use bson::{Bson, DateTime, Document, doc};
use fastrand::Rng;
use mongodb::Database;

/// How many documents a shop opens with: 5,000 in all.
const PRODUCTS: usize = 800;
const CUSTOMERS: usize = 600;
const BILLS: usize = 1_300;
const PAYMENTS: usize = 1_000;
const SESSIONS: usize = 300;
const LOGS: usize = 1_000;

/// 1 January 2025, 09:00 in Baghdad, in Unix milliseconds.
const OPENING_MS: i64 = 1_735_711_200_000;

/// Fits one insert command of MongoDB whatever the documents are.
const INSERT_DOCUMENTS_MAX: usize = 1_000;

/// A collection's name and documents for it.
pub type Shelf = (&'static str, Vec<Document>);

/// One shop PC that sells. Two tills of one company get different `till`
/// names, so that their bill numbers never meet.
#[derive(Debug)]
pub struct Shop {
    rng: Rng,
    till: String,
    now_ms: i64,
    bills_written: u32,
    products: Vec<Document>,
    customers: Vec<Document>,
}

impl Shop {
    /// Knows its products and customers at once; nothing is written anywhere.
    pub fn new(seed: u64, till: &str) -> Self {
        let mut shop = Self {
            rng: Rng::with_seed(seed),
            till: till.to_owned(),
            now_ms: OPENING_MS,
            bills_written: 0,
            products: Vec::new(),
            customers: Vec::new(),
        };
        shop.products = (0..PRODUCTS).map(|number| shop.product(number)).collect();
        shop.customers = (0..CUSTOMERS).map(|_| shop.customer()).collect();
        shop
    }

    /// Another till of the same shop: its products and customers, and choices
    /// of its own.
    #[must_use]
    pub fn another_till(&self, seed: u64, till: &str) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            till: till.to_owned(),
            now_ms: self.now_ms,
            bills_written: 0,
            products: self.products.clone(),
            customers: self.customers.clone(),
        }
    }

    /// The `_id`s of the products, in the order of `opening`.
    pub fn product_ids(&self) -> Vec<Bson> {
        let ids = self
            .products
            .iter()
            .filter_map(|product| product.get("_id"));
        ids.cloned().collect()
    }

    /// Everything a shop of some months has: about 5,000 documents.
    pub fn opening(&mut self) -> Vec<Shelf> {
        let bills: Vec<Document> = (0..BILLS).map(|_| self.bill()).collect();
        let payments = bills
            .iter()
            .take(PAYMENTS)
            .map(|bill| self.payment(bill))
            .collect();
        let sessions = (0..SESSIONS).map(|_| self.session()).collect();
        let logs = (0..LOGS).map(|_| self.log()).collect();
        vec![
            ("products", self.products.clone()),
            ("customers", self.customers.clone()),
            ("bills", bills),
            ("payments", payments),
            ("sessions", sessions),
            ("logs", logs),
        ]
    }

    /// One customer at the till: a bill, its payment, a line in the log.
    pub fn sale(&mut self) -> Vec<(&'static str, Document)> {
        let bill = self.bill();
        let payment = self.payment(&bill);
        vec![("bills", bill), ("payments", payment), ("logs", self.log())]
    }

    /// A bill of one to four items: about 700 bytes.
    pub fn bill(&mut self) -> Document {
        self.bills_written += 1;
        let items: Vec<Document> = (0..self.rng.usize(1..=4)).map(|_| self.item()).collect();
        let sum = |item| number(item, "price") * number(item, "quantity");
        let total: f64 = items.iter().map(sum).sum();
        let status = *self
            .rng
            .choice(&["open", "paid", "paid", "partial"])
            .expect("not empty");
        let paid = match status {
            "paid" => total,
            "partial" => (total / 2.0).round(),
            _ => 0.0,
        };
        let customer = self
            .rng
            .choice(&self.customers)
            .expect("a shop has customers")
            .clone();
        let document = doc! {
            "_id": self.object_id(),
            "number": format!("{}-{:06}", self.till, self.bills_written),
            "customer": customer.get_object_id("_id").expect("every customer has one"),
            "customerName": customer.get_str("name").expect("every customer has one"),
            "items": items,
            "total": money(total),
            "paid": money(paid),
            "currency": "IQD",
            "status": status,
            "notes": *self.rng.choice(names::NOTES).expect("not empty"),
        };
        self.written(document)
    }

    /// A payment of all or part of `bill`.
    pub fn payment(&mut self, bill: &Document) -> Document {
        let part = *self.rng.choice(&[1.0, 1.0, 0.5]).expect("not empty");
        let document = doc! {
            "_id": self.object_id(),
            "bill": bill.get_object_id("_id").expect("every bill has one"),
            "amount": money((number(bill, "total") * part).round()),
            "method": *self.rng.choice(&["cash", "card", "zaincash"]).expect("not empty"),
            "receivedBy": *self.rng.choice(names::STAFF).expect("not empty"),
            "paidAt": DateTime::from_millis(self.now_ms),
        };
        self.written(document)
    }

    fn product(&mut self, number: usize) -> Document {
        let (arabic, english) = *self.rng.choice(names::PRODUCTS).expect("not empty");
        let size = *self.rng.choice(names::SIZES).expect("not empty");
        let price = f64::from(self.rng.i32(2..=400)) * 250.0;
        let document = doc! {
            "_id": self.object_id(),
            "sku": format!("SKU-{number:05}"),
            "name": { "ar": format!("{arabic} {size}"), "en": format!("{english} {size}") },
            "price": money(price),
            "cost": price * 0.813,
            "stock": self.rng.i32(0..=500),
            "barcodes": (0..self.rng.usize(1..=3))
                .map(|_| format!("626{:010}", self.rng.u64(0..10_000_000_000)))
                .collect::<Vec<_>>(),
            "active": self.rng.u8(..) > 12,
            "category": *self.rng.choice(names::CATEGORIES).expect("not empty"),
        };
        self.written(document)
    }

    fn customer(&mut self) -> Document {
        let (given, family) = match self.rng.u8(..) {
            0..=179 => (names::GIVEN_ARABIC, names::FAMILY_ARABIC),
            180.. => (names::GIVEN_ENGLISH, names::FAMILY_ENGLISH),
        };
        let given = self.rng.choice(given).expect("not empty");
        let family = self.rng.choice(family).expect("not empty");
        let document = doc! {
            "_id": self.object_id(),
            "name": format!("{given} {family}"),
            "phone": format!("+96477{:08}", self.rng.u32(0..100_000_000)),
            "address": {
                "city": *self.rng.choice(names::CITIES).expect("not empty"),
                "street": self.rng.i32(1..=90),
                "near": Bson::Null,
            },
            "balance": f64::from(self.rng.i32(-400..=400)) * 250.5,
            "tags": [*self.rng.choice(&["retail", "wholesale", "vip"]).expect("not empty")],
        };
        self.written(document)
    }

    fn item(&mut self) -> Document {
        let product = self
            .rng
            .choice(&self.products)
            .expect("a shop has products")
            .clone();
        let (quantity, price) = (self.rng.i32(1..=6), number(&product, "price"));
        doc! {
            "_id": self.object_id(),
            "product": product.get_object_id("_id").expect("every product has one"),
            "name": product.get_document("name").expect("every product has one").clone(),
            "quantity": quantity,
            "price": money(price),
        }
    }

    fn session(&mut self) -> Document {
        let document = doc! {
            "_id": self.object_id(),
            "user": *self.rng.choice(names::STAFF).expect("not empty"),
            "token": format!("{:032x}", self.rng.u128(..)),
            "expiresAt": DateTime::from_millis(self.now_ms + 86_400_000),
        };
        self.written(document)
    }

    fn log(&mut self) -> Document {
        doc! {
            "_id": self.object_id(),
            "level": *self.rng.choice(&["info", "info", "warn", "error"]).expect("not empty"),
            "message": *self.rng.choice(names::LOG_LINES).expect("not empty"),
            "durationMs": self.rng.f64() * 120.0,
            "at": DateTime::from_millis(self.now_ms),
        }
    }

    fn written(&mut self, mut document: Document) -> Document {
        self.now_ms += self.rng.i64(500..240_000);
        let now = DateTime::from_millis(self.now_ms);
        document.extend(doc! { "createdAt": now, "updatedAt": now, "__v": 0 });
        document
    }

    fn object_id(&mut self) -> ObjectId {
        let seconds = u32::try_from(self.now_ms / 1_000).expect("a shop of this century");
        let mut bytes = [0; 12];
        self.rng.fill(&mut bytes[4..]);
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        ObjectId::from_bytes(bytes)
    }
}

/// Inserts shelves into a database.
pub async fn load(database: &Database, shelves: &[Shelf]) -> mongodb::error::Result<()> {
    for (name, documents) in shelves {
        let collection = database.collection::<Document>(name);
        for documents in documents.chunks(INSERT_DOCUMENTS_MAX) {
            collection.insert_many(documents).await?;
        }
    }
    Ok(())
}

/// JavaScript knows one kind of number; the driver writes whole ones as int32.
fn money(amount: f64) -> Bson {
    if amount.fract() == 0.0 && amount.abs() < f64::from(i32::MAX) {
        Bson::Int32(amount as i32)
    } else {
        Bson::Double(amount)
    }
}

fn number(document: &Document, field: &str) -> f64 {
    match document.get(field) {
        Some(Bson::Int32(whole)) => f64::from(*whole),
        Some(Bson::Double(number)) => *number,
        other => panic!("{field} is a number, not {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_shop_again() {
        assert_eq!(Shop::new(7, "A").opening(), Shop::new(7, "A").opening());
        assert_ne!(Shop::new(7, "A").opening(), Shop::new(8, "A").opening());
    }

    #[test]
    fn a_shop_opens_with_5_000_documents_and_bills_of_about_700_bytes() {
        let shelves = Shop::new(1, "A").opening();
        assert_eq!(
            shelves
                .iter()
                .map(|(_, documents)| documents.len())
                .sum::<usize>(),
            5_000
        );
        let (name, bills) = &shelves[2];
        assert_eq!(*name, "bills");
        let bytes: usize = bills.iter().map(|bill| bill.to_vec().unwrap().len()).sum();
        assert!(
            (500..900).contains(&(bytes / bills.len())),
            "{}",
            bytes / bills.len()
        );
    }
}
