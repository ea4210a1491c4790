//! Puts the window's files, its rights and the icons into the program.

fn main() {
    // What is listed in `permissions` is all a window may call: without a manifest it might call every command.
    let manifest = tauri_build::AppManifest::new();
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("{error:#}");
    }
}
