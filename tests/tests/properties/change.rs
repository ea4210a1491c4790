//! A user's change to one document, and the life of a document as a row of changes.

use bson::{Bson, Document, doc};
use integration_tests::any_bson::any_document;
use integration_tests::place::Place;
use proptest::prelude::*;

/// What a user does. On a document that is not there it is an insert.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    /// What is written, without `_id`; no two drawn changes write the same.
    pub(crate) fields: Document,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Update,
    Replace,
    Delete,
}

/// Any change, with content of any BSON type.
pub(crate) fn any_change() -> impl Strategy<Value = Change> {
    let kind =
        prop_oneof![3 => Just(Kind::Update), 2 => Just(Kind::Replace), 1 => Just(Kind::Delete)];
    change(kind)
}

/// A change after which the document lives.
pub(crate) fn any_edit() -> impl Strategy<Value = Change> {
    change(prop_oneof![Just(Kind::Update), Just(Kind::Replace)])
}

fn change(kind: impl Strategy<Value = Kind>) -> impl Strategy<Value = Change> {
    (kind, any_document(), any::<i64>()).prop_map(|(kind, mut fields, unique)| {
        fields.remove("_id");
        // An update names paths, in which dots and empty names mean something else.
        if kind == Kind::Update {
            let plain = |name: &String| !name.is_empty() && !name.contains('.');
            fields = fields.into_iter().filter(|(name, _)| plain(name)).collect();
        }
        fields.insert("written", unique);
        Change { kind, fields }
    })
}

impl Change {
    /// Makes it, as a program would that knows nothing of the sync. Returns whether the document lives afterwards.
    ///
    /// # Panics
    /// When the server does not take it.
    pub(crate) async fn make(&self, on: &Place, id: &Bson, lives: bool) -> bool {
        if !lives {
            on.insert(self.whole(id)).await.unwrap();
            return true;
        }
        let touched = match self.kind {
            Kind::Update => on.update(id, self.fields.clone()).await,
            Kind::Replace => on.replace(id, self.whole(id)).await,
            Kind::Delete => on.delete(id).await,
        };
        assert_eq!(touched, 1, "{:?} of {id} found its document", self.kind);
        self.kind != Kind::Delete
    }

    /// The document that an insert or a replace stores.
    pub(crate) fn whole(&self, id: &Bson) -> Document {
        let mut whole = doc! { "_id": id };
        whole.extend(self.fields.clone());
        whole
    }
}
