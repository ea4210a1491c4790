//! Folders of Mongoose models as a shop may have them, and a PC whose engine runs them.

use std::fs;
use std::path::{Path, PathBuf};

use bson::{Document, doc};
use integration_tests::built::checkout;
use integration_tests::eventually;
use integration_tests::world::{Pc, REST, World};
use mongodb::Collection;
use sync_engine::config::ModelsConfig;
use sync_engine::names::QUARANTINE;
use sync_engine::status::Notice;
use tempfile::TempDir;

/// A folder with models of a test's own, and the shop's mongoose.
#[derive(Debug)]
pub(crate) struct Folder(TempDir);

impl Folder {
    /// A folder with the model `Bill` of the collection `bills`, with these lines between its schema and its model.
    pub(crate) fn of_bills(lines: &str) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        let modules = checkout().join("shop/node_modules");
        assert!(modules.is_dir(), "run `npm ci` in {}", modules.display());
        #[cfg(unix)]
        std::os::unix::fs::symlink(modules, folder.0.path().join("node_modules")).unwrap();
        fs::create_dir(folder.path()).unwrap();
        folder.write(lines);
        folder
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("models")
    }

    /// Writes the model anew.
    pub(crate) fn write(&self, lines: &str) {
        let model = format!(
            "const mongoose = require('mongoose');\n\
             const schema = new mongoose.Schema({{ _id: Number, total: Number, paid: Number, status: String }}, {{ collection: 'bills' }});\n\
             {lines}\n\
             module.exports = mongoose.model('Bill', schema);\n"
        );
        fs::write(self.path().join("bill.cjs"), model).unwrap();
    }
}

/// The settings that have a PC run the models of a folder.
pub(crate) fn models(folder: &Path) -> Option<ModelsConfig> {
    Some(ModelsConfig {
        folder: folder.to_owned(),
        node: PathBuf::from("node"),
    })
}

/// One PC that runs the models of a folder, in sync with Atlas.
pub(crate) async fn world_with(folder: &Path, test: &str) -> World {
    let mut world = World::new::<1>(test).await;
    world.pcs[0].config.models = models(folder);
    world.start().await;
    world
}

/// Waits until a document is there that fits, and returns it.
pub(crate) async fn arrives(collection: &Collection<Document>, filter: Document) -> Document {
    eventually(REST, &format!("{filter}"), async || {
        let found = collection.find_one(filter.clone()).await;
        match found {
            Ok(Some(found)) => Ok(found),
            other => Err(format!("{other:?}")),
        }
    })
    .await
}

/// Waits until the document is set aside, and returns the reason.
pub(crate) async fn reason(pc: &Pc, id: i32) -> String {
    let record = doc! { "_id": { "collection": "bills", "id": id } };
    let record = arrives(&pc.collection(QUARANTINE), record).await;
    record.get_str("reason").unwrap().to_owned()
}

/// Waits until it is told that the rules cannot be run, and returns why.
pub(crate) async fn notice(world: &World) -> String {
    let is_about_rules = |notice: &&Notice| notice.kind == "rules-failing";
    let status = world.pcs[0]
        .reaches("a notice about the rules", |status| {
            status.notices.iter().any(|notice| is_about_rules(&notice))
        })
        .await;
    let notice = status.notices.iter().find(is_about_rules);
    notice.unwrap().text.clone()
}
