//! Random documents over every BSON type, for property tests, and a list of
//! hostile ones.
//!
//! Left out, because a MongoDB server itself changes or refuses them: a zero
//! timestamp at the top level (it becomes the current time), arrays, regular
//! expressions and undefined as `_id`, encrypted and column binaries.

use bson::oid::ObjectId;
use bson::raw::RawDocumentBuf;
use bson::spec::BinarySubtype;
use bson::{
    Binary, Bson, DateTime, Decimal128, Document, JavaScriptCodeWithScope, Regex, Timestamp, doc,
};
use fastrand::Rng;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const DEPTH_MAX: u32 = 4;
const VALUES_MAX: u32 = 40;
const FIELDS_MAX: usize = 6;

/// The largest document a server stores, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A document with an `_id` of any permitted type and up to six more fields.
pub fn any_document() -> impl Strategy<Value = Document> {
    (any_id(), vec((field_name(), any_value()), 0..=FIELDS_MAX)).prop_map(|(id, fields)| {
        let mut document = doc! { "_id": id };
        document.extend(fields.into_iter().filter(|(name, _)| name != "_id"));
        document
    })
}

/// The same without proptest: one document from a seeded generator.
pub fn document(rng: &mut Rng) -> Document {
    let mut seed = [0; 32];
    rng.fill(&mut seed);
    let source = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    any_document()
        .new_tree(&mut TestRunner::new_with_rng(Config::default(), source))
        .expect("nothing is rejected on the way")
        .current()
}

/// Every value that may be an `_id`.
pub fn any_id() -> impl Strategy<Value = Bson> {
    any_value().prop_filter("not permitted as _id", |value| match value {
        Bson::Array(_) | Bson::RegularExpression(_) | Bson::Undefined => false,
        Bson::Document(inner) => !inner.keys().any(|name| name.starts_with('$')),
        _ => true,
    })
}

/// A value of any type, nested up to four deep.
pub fn any_value() -> impl Strategy<Value = Bson> {
    let nested = any_scalar().prop_recursive(DEPTH_MAX, VALUES_MAX, FIELDS_MAX as u32, |inner| {
        let fields = vec((field_name(), inner.clone()), 0..FIELDS_MAX);
        let document = fields
            .prop_map(|fields| fields.into_iter().collect::<Document>())
            .boxed();
        prop_oneof![
            document.clone().prop_map(Bson::Document),
            vec(inner, 0..FIELDS_MAX).prop_map(Bson::Array),
            ("\\PC{0,12}", document).prop_map(|(code, scope)| {
                Bson::JavaScriptCodeWithScope(JavaScriptCodeWithScope { code, scope })
            }),
        ]
    });
    // The recursion alone would nearly always nest.
    prop_oneof![4 => any_scalar(), 1 => nested]
}

fn any_scalar() -> impl Strategy<Value = Bson> {
    prop_oneof![
        proptest::num::f64::ANY.prop_map(Bson::Double),
        "\\PC{0,24}".prop_map(Bson::String),
        any_binary().prop_map(Bson::Binary),
        Just(Bson::Undefined),
        any::<[u8; 12]>().prop_map(|bytes| ObjectId::from_bytes(bytes).into()),
        any::<bool>().prop_map(Bson::Boolean),
        any::<i64>().prop_map(|ms| Bson::DateTime(DateTime::from_millis(ms))),
        Just(Bson::Null),
        any_regex().prop_map(Bson::RegularExpression),
        any::<[u8; 12]>().prop_map(db_pointer),
        "\\PC{0,16}".prop_map(Bson::JavaScriptCode),
        "\\PC{0,12}".prop_map(Bson::Symbol),
        any::<i32>().prop_map(Bson::Int32),
        (1_u32.., 0_u32..)
            .prop_map(|(time, increment)| Bson::Timestamp(Timestamp { time, increment })),
        any::<i64>().prop_map(Bson::Int64),
        any_decimal().prop_map(Bson::Decimal128),
        Just(Bson::MaxKey),
        Just(Bson::MinKey),
    ]
}

/// Plain, Arabic, empty, dotted names, and one that JavaScript trips over.
fn field_name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-z][A-Za-z0-9_]{0,10}",
        2 => "[ء-ي]{1,8}",
        1 => Just("__proto__".to_owned()),
        1 => Just(String::new()),
        1 => "[a-z]{1,3}\\.[a-z0-9]{1,3}",
    ]
}

fn any_binary() -> impl Strategy<Value = Binary> {
    let subtype = prop_oneof![
        Just(BinarySubtype::Generic),
        Just(BinarySubtype::Function),
        Just(BinarySubtype::BinaryOld),
        Just(BinarySubtype::Md5),
        (0x80_u8..).prop_map(BinarySubtype::UserDefined),
    ];
    let free = (subtype, vec(any::<u8>(), 0..40));
    let uuid = (Just(BinarySubtype::Uuid), vec(any::<u8>(), 16));
    prop_oneof![free, uuid].prop_map(|(subtype, bytes)| Binary { subtype, bytes })
}

fn any_regex() -> impl Strategy<Value = Regex> {
    // MongoDB keeps the options in this order.
    ("[a-z.*+^$|]{0,10}", "i?l?m?s?u?x?").prop_map(|(pattern, options)| Regex {
        pattern: pattern.try_into().expect("no zero byte in it"),
        options: options.try_into().expect("no zero byte in it"),
    })
}

fn any_decimal() -> impl Strategy<Value = Decimal128> {
    let number =
        (any::<i64>(), -300_i32..300).prop_map(|(digits, power)| format!("{digits}E{power}"));
    let special = prop_oneof![
        Just("NaN"),
        Just("Infinity"),
        Just("-Infinity"),
        Just("0E-7")
    ];
    prop_oneof![4 => number, 1 => special.prop_map(str::to_owned)]
        .prop_map(|text| text.parse().expect("a decimal in its own notation"))
}

/// The library has no constructor for this retired type, so it is read from its
/// bytes.
fn db_pointer(id: [u8; 12]) -> Bson {
    const ELEMENT: u8 = 0x0C;
    let namespace = b"shop.bills\0";
    let mut value = vec![ELEMENT, b'p', 0];
    value.extend((namespace.len() as u32).to_le_bytes());
    value.extend(namespace);
    value.extend(id);
    let document = Document::try_from(raw(&value)).expect("a pointer in a document");
    document.get("p").expect("the only field").clone()
}

/// Documents made to break a sync program, by name. Each has an `_id`.
pub fn hostile_documents() -> Vec<(&'static str, RawDocumentBuf)> {
    let nested = (0..100).fold(doc! { "leaf": 1 }, |inner, _| doc! { "in": inner });
    // Name and length of a string element, its zero byte, the document's end.
    let padding = DOCUMENT_BYTES_MAX
        - 1
        - doc! { "_id": "largest", "pad": "" }
            .to_vec()
            .map_or(0, |v| v.len());
    let documents = vec![
        (
            "operator at the top",
            doc! { "_id": "operator", "$set": { "stolen": true } },
        ),
        (
            "operator inside",
            doc! { "_id": "inside", "a": { "$inc": { "b": 1 } } },
        ),
        (
            "expression as a value",
            doc! { "_id": "expression", "a": "$_id", "b": "$$ROOT" },
        ),
        (
            "expression as an object",
            doc! { "_id": "object", "a": { "$literal": 1 } },
        ),
        (
            "dotted names",
            doc! { "_id": "dots", "a.b": 1, "a": { "b": 2 }, ".": 3, "a..b": 4 },
        ),
        (
            "names of JavaScript",
            doc! { "_id": "js", "__proto__": { "admin": true }, "constructor": 1 },
        ),
        (
            "the stamp's name inside",
            doc! { "_id": "stamp", "a": { "_syncMeta": { "version": 9 } } },
        ),
        (
            "a forged stamp",
            doc! { "_id": "forged", "_syncMeta": "not a stamp", "a": 1 },
        ),
        ("100 levels", doc! { "_id": "levels", "in": nested }),
        (
            "16 MB minus a byte",
            doc! { "_id": "largest", "pad": "x".repeat(padding) },
        ),
    ];
    let mut hostile: Vec<_> = documents
        .into_iter()
        .map(|(name, document)| {
            (
                name,
                RawDocumentBuf::try_from(&document).expect("valid field names"),
            )
        })
        .collect();
    hostile.push((
        "invalid UTF-8",
        raw(b"\x02_id\0\x05\0\0\0utf8\0\x02s\0\x03\0\0\0\xC3\x28\0"),
    ));
    hostile.push((
        "a name twice",
        raw(b"\x02_id\0\x06\0\0\0twice\0\x10a\0\x01\0\0\0\x10a\0\x02\0\0\0"),
    ));
    hostile
}

fn raw(elements: &[u8]) -> RawDocumentBuf {
    const LENGTH_AND_END_BYTES: usize = 5;
    let mut bytes = ((elements.len() + LENGTH_AND_END_BYTES) as u32)
        .to_le_bytes()
        .to_vec();
    bytes.extend_from_slice(elements);
    bytes.push(0);
    RawDocumentBuf::from_bytes(bytes).expect("a length and an end")
}
