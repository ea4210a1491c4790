//! The table of cases: what was seen, and what must be done about it. One row, one sentence.
//!
//! Copies: `clean` as an engine wrote it, `edited` by a user since, `bare` without a stamp. Times are milliseconds;
//! now is 100. Both listeners have caught up unless the row says `unfenced`.

mod absence;
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
        .there(clean('B', 6, OTHER))
        .unfenced()
        .gives("download other@6");
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
fn who_writes_the_older_content_again_has_written() {
    let back = || look().here(clean('A', 5, OTHER)).there(clean('B', 7, ME));
    back().heard_here(PUT, 9).gives("upload me@9");
    back()
        .heard_here(put('A'), 9)
        .unfenced()
        .gives("upload me@9");
    back()
        .heard_here(PUT, 9)
        .gives_by(UPLOAD_ONLY, "upload me@9");
    back()
        .heard_here(PUT, 6)
        .gives("upload me@8, keep atlas: edited-on-both-sides");
    back().unfenced().gives("fence local");
    back().gives("download me@7");
    look()
        .here(clean('A', 5, OTHER))
        .there(clean('B', 7, OTHER))
        .heard_here(PUT, 9)
        .gives("download other@7");
}

#[test]
fn what_rules_made_of_a_copy_is_no_edit_and_never_goes_up_by_itself() {
    let copy = || computed('C', 'A', 5, OTHER);
    let here = || look().here(copy());
    here().there(clean('A', 5, OTHER)).gives("settled");
    here().there(bare('A')).gives("settled");
    here().there(clean('B', 6, ME)).gives("download me@6");
    // Atlas came back to what the copy stands for, or to what it holds.
    here()
        .there(clean('A', 7, ME))
        .gives("stamp me@7 with a base");
    here().there(clean('C', 7, ME)).gives("stamp me@7");
    here()
        .there(bare('C'))
        .heard_there(PUT, 8)
        .gives("stamp direct@8");
    look()
        .here(edited('D', copy()))
        .there(clean('A', 5, OTHER))
        .heard_here(PUT, 9)
        .gives("upload me@9");
    // On Atlas a copy stands for nothing but itself.
    here()
        .there(clean('B', 4, ME))
        .gives("upload me@5, keep atlas: rolled-back");
    here().lost().gives("upload me@5");
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
