//! The table of cases: what was seen, and what must be done about it. One row, one sentence.
//!
//! Copies: `clean` as an engine wrote it, `edited` by a user since, `bare` without a stamp. Times are milliseconds;
//! now is 100. Both listeners have caught up unless the row says `unfenced`.

mod look;

use crate::sighting::Happening;
use look::*;

#[test]
fn both_hold_the_same() {
    let a = || clean('A', 5, OTHER);
    look().both(a()).gives("settled");
    look().here(a()).there(bare('A')).gives("settled");
    look().here(bare('A')).there(a()).gives("stamp other@5");
    look()
        .here(clean('A', 5, ME))
        .there(a())
        .gives("stamp other@5");
    look()
        .both(bare('A'))
        .heard_there(PUT, 7)
        .gives("stamp direct@7");
    look().both(bare('A')).lost().gives("stamp direct@0");
}

#[test]
fn clean_here_and_atlas_moved_on() {
    let here = || look().here(clean('A', 5, OTHER));
    here()
        .there(clean('B', 6, ME))
        .unfenced()
        .gives("download me@6");
    here()
        .there(clean('B', 4, ME))
        .gives("upload me@5, keep atlas: rolled-back");
    let direct = here()
        .there(edited('B', clean('A', 5, OTHER)))
        .heard_there(PUT, 9);
    direct.clone().unfenced().gives("fence atlas");
    direct.gives("download direct@9");
    here()
        .there(bare('B'))
        .heard_there(PUT, 3)
        .gives("download direct@6");
    here().there(bare('B')).gives("settled");
    here().there(bare('B')).lost().gives("download direct@6");
}

#[test]
fn dirty_here_and_atlas_is_what_the_user_saw() {
    let here = || {
        look()
            .here(edited('B', clean('A', 5, OTHER)))
            .there(clean('A', 5, OTHER))
    };
    here()
        .heard_here(put('B'), 9)
        .unfenced()
        .gives("upload me@9");
    here().heard_here(PUT, 9).unfenced().gives("fence local");
    here().heard_here(PUT, 9).gives("upload me@9");
    here().heard_here(PUT, 3).gives("upload me@6");
    here().heard_here(PUT, 9).backlogged().gives("upload me@9");
    here().gives("upload me@100");
    let mine = look()
        .here(bare('B'))
        .there(clean('A', 5, ME))
        .heard_here(put('B'), 9);
    mine.unfenced().gives("upload me@9");
}

#[test]
fn dirty_here_and_atlas_moved_on() {
    let here = || {
        look()
            .here(edited('B', clean('A', 5, OTHER)))
            .heard_here(put('B'), 9)
    };
    let both = |time| here().there(clean('C', time, OTHER)).heard_there(PUT, time);
    both(7)
        .unfenced()
        .gives("upload me@9, keep atlas: edited-on-both-sides");
    both(12)
        .unfenced()
        .gives("download other@12, keep local: edited-on-both-sides");
    both(12).gives_by(LOCAL_WINS, "upload me@13, keep atlas: edited-on-both-sides");
    both(7).gives_by(
        ATLAS_WINS,
        "download other@7, keep local: edited-on-both-sides",
    );
    let handled = here().there(clean('C', 7, OTHER));
    handled.clone().unfenced().gives("fence atlas");
    handled.gives("upload me@9");
    let direct = here()
        .there(edited('C', clean('A', 5, OTHER)))
        .heard_there(PUT, 12);
    direct.clone().unfenced().gives("fence atlas");
    direct.gives("download direct@12, keep local: edited-on-both-sides");
}

#[test]
fn a_missing_time_is_said_to_be_missing() {
    let there = || look().there(clean('C', 7, OTHER)).lost();
    there()
        .here(edited('B', clean('A', 5, OTHER)))
        .gives("upload me@100, keep atlas: edited-on-both-sides, caution");
    there()
        .here(bare('B'))
        .gives("download other@7, keep local: edited-on-both-sides, caution");
    let neither = look().here(bare('B')).there(bare('C')).lost();
    neither.gives("download direct@100, keep local: edited-on-both-sides, caution, unresolved");
    neither.gives_by(
        LOCAL_WINS,
        "upload me@100, keep atlas: edited-on-both-sides, caution",
    );
    let gone = look()
        .here(bare('B'))
        .buried_there(120, OTHER)
        .heard_there(Happening::EngineDelete, 120);
    gone.gives("delete here other@120, keep local: deleted-later, caution");
}

#[test]
fn a_time_that_an_event_did_not_tell_is_said_to_be_assumed() {
    let base = || clean('A', 5, OTHER);
    let here = || {
        let here = look().here(edited('B', base()));
        here.heard_here(put('B'), 9)
    };
    let both = |time| here().there(edited('C', base())).heard_there(PUT, time);
    both(7)
        .untimed()
        .gives("upload me@9, keep atlas: edited-on-both-sides, caution");
    both(12)
        .untimed()
        .gives("download direct@12, keep local: edited-on-both-sides, caution");
    let stamped = |look: Look| look.there(clean('C', 12, OTHER)).heard_there(PUT, 12);
    stamped(here())
        .untimed()
        .gives("download other@12, keep local: edited-on-both-sides, caution");
    stamped(look().here(edited('B', base())))
        .lost()
        .untimed()
        .gives("upload me@100, keep atlas: edited-on-both-sides, caution");
    here()
        .heard_there(DELETE, 12)
        .untimed()
        .gives("delete here direct@12, keep local: deleted-later, caution");
    let dead = look().there(clean('A', 5, OTHER)).buried_there(7, ME);
    dead.heard_there(PUT, 5)
        .untimed()
        .gives("delete there me@7, keep atlas: dead");
}

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

#[test]
fn an_edit_outlives_the_dead_copy_beside_it() {
    let dead = || {
        let there = look().there(clean('A', 5, OTHER));
        there.here(bare('B')).heard_here(put('B'), 9)
    };
    dead()
        .buried_there(7, OTHER)
        .gives("upload me@9, keep atlas: dead");
    dead()
        .buried_there(12, OTHER)
        .gives("delete there other@12, keep atlas: dead");
    dead()
        .buried_there(12, ME)
        .gives("upload me@13, keep atlas: dead");
    let judged = look().here(bare('B')).buried_there(12, OTHER);
    judged
        .heard_there(Happening::EngineDelete, 13)
        .gives("delete here other@12, keep local: deleted-later, caution");
}

#[test]
fn upload_only_never_writes_here() {
    let rows = [
        (look().there(clean('A', 5, OTHER)), "settled"),
        (look().here(clean('A', 5, OTHER)), "settled"),
        (
            look()
                .here(clean('A', 5, OTHER))
                .there(clean('B', 7, OTHER)),
            "settled",
        ),
        (
            look().here(bare('B')).heard_here(put('B'), 9),
            "upload me@9",
        ),
        (
            look()
                .here(bare('B'))
                .heard_here(put('B'), 9)
                .there(clean('A', 5, OTHER)),
            "upload me@9, keep atlas: edited-on-both-sides",
        ),
        (
            look()
                .here(bare('B'))
                .heard_here(put('B'), 9)
                .there(clean('A', 12, OTHER)),
            "nothing, keep local: edited-on-both-sides",
        ),
        (
            look()
                .here(bare('B'))
                .heard_here(put('B'), 9)
                .buried_there(12, OTHER),
            "nothing, keep local: deleted-later",
        ),
        (
            look().heard_here(DELETE, 9).there(clean('A', 5, OTHER)),
            "delete there me@9, keep atlas: deleted-unseen",
        ),
        (
            look().heard_here(DELETE, 9).there(clean('A', 12, OTHER)),
            "settled",
        ),
    ];
    for (seen, answer) in rows {
        seen.gives_by(UPLOAD_ONLY, answer);
        seen.unfenced().gives_by(UPLOAD_ONLY, answer);
    }
}

#[test]
fn an_edit_here_while_the_past_of_atlas_is_not_known() {
    let here = || {
        look()
            .here(edited('B', clean('A', 5, OTHER)))
            .heard_here(put('B'), 9)
            .lost()
    };
    here()
        .there(bare('C'))
        .gives("upload me@9, keep atlas: edited-on-both-sides, caution");
    here()
        .there(edited('C', clean('A', 5, OTHER)))
        .gives("download direct@100, keep local: edited-on-both-sides, caution");
}
