//! The rows in which a copy is absent on one side or both.

use super::look::*;
use super::*;

#[test]
fn gone_on_atlas() {
    let here = || look().here(clean('A', 5, OTHER));
    here()
        .buried_there(8, ME)
        .unfenced()
        .gives("delete here me@8");
    here()
        .heard_here(put('A'), 9)
        .buried_there(8, ME)
        .gives("delete here me@8, keep local: deleted-later");
    here()
        .heard_there(DELETE, 8)
        .unfenced()
        .gives("delete here direct@8");
    here()
        .buried_there(3, OTHER)
        .unfenced()
        .gives("fence atlas");
    here().buried_there(3, OTHER).gives("upload me@5");
    here().lost().gives("upload me@5");
    let dirty = || {
        look()
            .here(edited('B', clean('A', 5, OTHER)))
            .heard_here(put('B'), 9)
    };
    dirty()
        .buried_there(12, OTHER)
        .heard_there(Happening::EngineDelete, 12)
        .unfenced()
        .gives("delete here other@12, keep local: deleted-later");
    dirty()
        .buried_there(7, OTHER)
        .heard_there(Happening::EngineDelete, 7)
        .gives("upload me@9");
    dirty()
        .heard_there(DELETE, 12)
        .unfenced()
        .gives("fence atlas");
    dirty()
        .heard_there(DELETE, 12)
        .gives("delete here direct@12, keep local: deleted-later");
    dirty()
        .heard_there(DELETE, 12)
        .gives_by(LOCAL_WINS, "upload me@13");
    dirty().heard_there(DELETE, 7).gives_by(
        ATLAS_WINS,
        "delete here direct@7, keep local: deleted-later",
    );
}

#[test]
fn who_knew_of_a_deletion_overrules_it() {
    let again = || look().here(bare('B')).heard_here(put('B'), 9);
    again()
        .buried_there(9, OTHER)
        .unfenced()
        .gives("fence atlas");
    again().buried_there(9, OTHER).gives("upload me@10");
    let replayed = again().heard_there(Happening::EngineDelete, 9);
    replayed
        .clone()
        .buried_there(9, OTHER)
        .buried_here(9, OTHER)
        .gives("upload me@10");
    replayed.buried_there(9, ME).gives("upload me@10");
}

#[test]
fn a_new_document_goes_up_without_waiting() {
    let new = || look().here(bare('A')).unfenced();
    new().heard_here(put('A'), 9).gives("upload me@9");
    new().heard_here(put('B'), 9).gives("fence both");
    new()
        .heard_here(put('A'), 9)
        .heard_there(DELETE, 4)
        .gives("fence atlas");
    new().heard_here(put('A'), 9).lost().gives("fence atlas");
    let overtaken = look().both(clean('A', 9, ME)).heard_there(DELETE, 12);
    overtaken.gives("delete there direct@12, keep atlas: deleted-later");
    overtaken.gives_by(LOCAL_WINS, "settled");
}

#[test]
fn deleted_here() {
    let deleted = || look().heard_here(DELETE, 9);
    let there = || deleted().there(clean('A', 5, OTHER));
    there().unfenced().gives("fence atlas");
    there().gives("delete there me@9");
    there()
        .heard_there(PUT, 6)
        .gives("delete there me@9, keep atlas: deleted-unseen");
    deleted()
        .there(clean('A', 12, OTHER))
        .heard_there(PUT, 12)
        .gives("download other@12");
    deleted()
        .there(clean('A', 9, ME))
        .heard_there(PUT, 12)
        .gives("delete there me@10");
    there()
        .heard_there(PUT, 6)
        .gives_by(ATLAS_WINS, "download other@5");
    let buried = || deleted().buried_there(5, OTHER);
    buried().unfenced().gives("fence atlas");
    buried().gives("raise me@9");
    buried().heard_there(DELETE, 12).gives("settled");
    deleted().buried_there(12, OTHER).gives("settled");
    deleted().gives("settled");
}

#[test]
fn a_delete_that_a_download_overtook_still_stands() {
    let back = || look().here(clean('A', 5, OTHER)).heard_here(DELETE, 9);
    back()
        .there(clean('A', 5, OTHER))
        .gives("delete there me@9, keep atlas: deleted-unseen");
    back()
        .there(clean('B', 12, OTHER))
        .gives("download other@12");
    back().buried_there(7, OTHER).gives("delete here me@9");
    back().both(clean('A', 12, OTHER)).gives("settled");
    back()
        .both(clean('A', 5, OTHER))
        .gives_by(ATLAS_WINS, "settled");
}

#[test]
fn absent_here() {
    let there = || look().there(clean('A', 5, OTHER));
    there().unfenced().gives("fence local");
    there().gives("download other@5");
    there().buried_here(3, ME).gives("download other@5");
    there()
        .buried_here(7, ME)
        .gives("delete there me@7, keep atlas: dead");
    there()
        .buried_there(7, ME)
        .gives("delete there me@7, keep atlas: dead");
    there()
        .buried_there(5, OTHER)
        .gives("delete there other@5, keep atlas: dead");
    look()
        .there(bare('A'))
        .heard_there(PUT, 8)
        .unfenced()
        .gives("fence both");
    look()
        .there(bare('A'))
        .heard_there(PUT, 8)
        .gives("download direct@8");
    look()
        .there(bare('A'))
        .heard_there(PUT, 8)
        .buried_there(8, OTHER)
        .gives("download direct@9");
    look().there(bare('A')).lost().gives("download direct@0");
}
