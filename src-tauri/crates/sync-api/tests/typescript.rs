//! The window's types are the wire's types: the file in `ui` is written from them, and never drifts.
//!
//! `BOMBA_WRITE_TYPES=1 cargo test -p sync-api --test typescript` writes it anew.

use std::fs;
use std::path::Path;

#[test]
fn the_window_has_the_types_of_the_wire() {
    // Asked at run time: a build folder that serves several checkouts may hold the path of another.
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let file = Path::new(&crate_folder).join("../../../ui/src/lib/wire.ts");
    let wanted = sync_api::wire::typescript();
    if std::env::var_os("BOMBA_WRITE_TYPES").is_some() {
        fs::write(&file, &wanted).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap();
    assert_eq!(found, wanted, "write it anew with BOMBA_WRITE_TYPES=1");
}
