//! The rules that judge one file: each returns what is wrong with it.

use std::path::Path;

pub(super) const LINES_MAX: usize = 400;

/// A name with one of these words says nothing about what the thing is.
const EMPTY_WORDS: [&str; 10] = [
    "manager",
    "handler",
    "service",
    "helper",
    "helpers",
    "util",
    "utils",
    "processor",
    "misc",
    "common",
];

/// What is wrong with a file, if anything. The path is relative to the root.
pub(super) type Rule = fn(&Path, &str) -> Option<String>;

pub(super) fn too_long(_: &Path, text: &str) -> Option<String> {
    // What a program writes, nobody reads from top to bottom.
    let generated = text.starts_with("// Generated from ");
    let lines = text.lines().count();
    (lines > LINES_MAX && !generated).then(|| format!("{lines} lines"))
}

pub(super) fn no_head(_: &Path, text: &str) -> Option<String> {
    (!text.starts_with("//! ")).then(|| "does not open with `//! `".to_owned())
}

pub(super) fn empty_name(path: &Path, text: &str) -> Option<String> {
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    if stem == "types"
        || stem
            .split(['_', '-', '.'])
            .any(|word| EMPTY_WORDS.contains(&word))
    {
        return Some("the file's name says nothing".to_owned());
    }
    let definitions = [
        "struct ",
        "enum ",
        "trait ",
        "type ",
        "class ",
        "interface ",
    ];
    text.lines().find_map(|line| {
        let rest = definitions.iter().find_map(|word| {
            let (before, rest) = line.split_once(word)?;
            let introduces = before.is_empty() || before.ends_with(' ');
            (introduces && !before.contains("//") && !before.contains('"')).then_some(rest)
        })?;
        let name: String = rest
            .chars()
            .take_while(|letter| letter.is_alphanumeric())
            .collect();
        let words = camel_words(&name);
        let empty = words
            .iter()
            .any(|word| EMPTY_WORDS.contains(&word.as_str()));
        empty.then(|| format!("the name {name} says nothing"))
    })
}

fn camel_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        if letter.is_uppercase() || words.is_empty() {
            words.push(String::new());
        }
        let word = words.last_mut().expect("one was just pushed");
        word.extend(letter.to_lowercase());
    }
    words
}

pub(super) fn left_undone(_: &Path, text: &str) -> Option<String> {
    line_with(
        text,
        &["#[ignore", "todo!(", "unimplemented!(", "TODO", "FIXME"],
    )
}

pub(super) fn sleeping_test(path: &Path, text: &str) -> Option<String> {
    let in_tests = path.components().any(|part| part.as_os_str() == "tests");
    if in_tests {
        line_with(text, &["sleep("])
    } else {
        None
    }
}

pub(super) fn stringly_error(_: &Path, text: &str) -> Option<String> {
    text.lines()
        .find(|line| has_string_error(line))
        .map(str::to_owned)
}

/// Whether the last argument of a `Result<...>` in this line is `String`.
fn has_string_error(line: &str) -> bool {
    line.match_indices("Result<").any(|(start, opening)| {
        let mut depth = 1_u32;
        let arguments = &line[start + opening.len()..];
        let end = arguments.char_indices().find_map(|(index, letter)| {
            match letter {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0).then_some(index)
        });
        end.is_some_and(|end| arguments[..end].ends_with(", String"))
    })
}

pub(super) fn banner(_: &Path, text: &str) -> Option<String> {
    line_with(text, &["// --", "// ==", "// **", "// ##", "////"])
}

pub(super) fn impure_core(path: &Path, text: &str) -> Option<String> {
    let forbidden = [
        "::now(",
        "std::env",
        "std::fs",
        "std::net",
        "std::thread",
        "rand::",
    ];
    if path.starts_with("src-tauri/crates/sync-core/src") {
        line_with(text, &forbidden)
    } else {
        None
    }
}

pub(super) fn second_bridge(path: &Path, text: &str) -> Option<String> {
    // Page tests stand in for Tauri.
    if path == Path::new("ui/src/lib/ipc.ts") || path.starts_with("ui/tests") {
        None
    } else {
        line_with(text, &["@tauri-apps"])
    }
}

pub(super) fn titles(_: &Path, text: &str) -> Option<String> {
    let mut in_code = false;
    let titles = text.lines().filter(|line| {
        in_code ^= line.trim_start().starts_with("```");
        !in_code && line.starts_with("# ")
    });
    let count = titles.count();
    (count != 1).then(|| format!("{count} titles (`# ...`)"))
}

fn line_with(text: &str, words: &[&str]) -> Option<String> {
    let mut lines = text.lines();
    lines
        .find(|line| words.iter().any(|word| line.contains(word)))
        .map(str::to_owned)
}
