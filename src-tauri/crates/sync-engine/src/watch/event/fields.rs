//! An event's fields, found in one pass over its bytes: asked for one by one, each would be searched from the front.

use bson::{RawBsonRef, RawDocument};

/// What stands in an event, as far as its bytes can be read. What is of another type than it should be is missing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fields<'a> {
    pub(super) token: Option<&'a RawDocument>,
    pub(super) operation: Option<&'a str>,
    pub(super) namespace: Option<&'a RawDocument>,
    pub(super) document_key: Option<&'a RawDocument>,
    pub(super) full_document: Option<&'a RawDocument>,
    pub(super) wall_time: Option<bson::DateTime>,
    pub(super) cluster_time: Option<bson::Timestamp>,
    pub(super) session: Option<&'a RawDocument>,
    pub(super) transaction_number: Option<i64>,
    pub(super) fence: Option<&'a str>,
    pub(super) is_retry: bool,
    pub(super) is_discarded: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn of(event: &'a RawDocument) -> Fields<'a> {
        let mut fields = Fields::default();
        for (name, value) in event.iter().map_while(Result::ok) {
            fields.take(name.as_str(), value);
        }
        fields
    }

    fn take(&mut self, name: &str, value: RawBsonRef<'a>) {
        match name {
            "_id" => self.token = value.as_document(),
            "operationType" => self.operation = value.as_str(),
            "ns" => self.namespace = value.as_document(),
            "documentKey" => self.document_key = value.as_document(),
            "fullDocument" => self.full_document = value.as_document(),
            "wallTime" => self.wall_time = value.as_datetime(),
            "clusterTime" => self.cluster_time = value.as_timestamp(),
            "lsid" => self.session = value.as_document(),
            "txnNumber" => self.transaction_number = value.as_i64(),
            "fence" => self.fence = value.as_str(),
            "retry" => self.is_retry = true,
            "discarded" => self.is_discarded = true,
            // Servers to come may tell more.
            _ => {}
        }
    }
}
