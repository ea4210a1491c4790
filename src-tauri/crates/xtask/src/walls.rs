//! The walls of the house: what may not be linked where, read from
//! `cargo tree`.

use crate::shell::{ShellError, ask, cargo, say};

struct Wall {
    /// `None`: the whole workspace.
    package: Option<&'static str>,
    /// A dependency is forbidden when its name is one of these, or starts with
    /// one of these and a dash.
    forbidden: &'static [&'static str],
    reason: &'static str,
}

const WALLS: &[Wall] = &[
    Wall {
        package: Some("sync-core"),
        forbidden: &["tokio", "mongodb", "tauri", "tracing"],
        reason: "the core thinks: no IO, no waiting, no logging",
    },
    Wall {
        package: Some("sync-engine"),
        forbidden: &["tauri", "wry"],
        reason: "the engine is free of the window",
    },
    Wall {
        package: Some("sync-api"),
        forbidden: &["tauri", "wry"],
        reason: "what a window may ask is tested without one",
    },
    Wall {
        package: Some("bomba-syncd"),
        forbidden: &["tauri", "wry"],
        reason: "the daemon runs where there is no screen",
    },
    Wall {
        package: Some("integration-tests"),
        forbidden: &["tauri", "wry"],
        reason: "the tests run where there is no screen",
    },
    Wall {
        package: None,
        forbidden: &["openssl", "native-tls", "aws-lc"],
        reason: "one TLS stack: rustls with ring",
    },
];

/// Says which walls are broken. `false` when one is.
pub(crate) fn hold() -> Result<bool, ShellError> {
    let mut whole = true;
    for wall in WALLS {
        let scope = wall.package.unwrap_or("the workspace");
        let Some(dependencies) = dependencies(wall.package) else {
            say(&format!("cannot read the dependencies of {scope}"));
            whole = false;
            continue;
        };
        let mut broken: Vec<&String> = dependencies
            .iter()
            .filter(|name| is_forbidden(name, wall.forbidden))
            .collect();
        broken.dedup();
        whole &= broken.is_empty();
        match broken.is_empty() {
            true => say(&format!("{scope}: {}", wall.reason)),
            false => say(&format!("{scope} links {broken:?}, but {}", wall.reason)),
        }
    }
    Ok(whole)
}

fn is_forbidden(name: &str, forbidden: &[&str]) -> bool {
    forbidden.iter().any(|word| {
        name.strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// The names of everything a package is built of, sorted.
fn dependencies(package: Option<&str>) -> Option<Vec<String>> {
    let mut command = cargo(&["tree", "--edges", "normal,build", "--prefix", "none"]);
    match package {
        Some(package) => command.args(["--package", package]),
        None => command.arg("--workspace"),
    };
    let tree = ask(&mut command)?;
    let names = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_forbidden_with_its_family_but_not_with_its_namesakes() {
        let forbidden = ["openssl", "tauri"];
        assert!(is_forbidden("openssl", &forbidden));
        assert!(is_forbidden("openssl-sys", &forbidden));
        assert!(!is_forbidden("rustls-openssl", &forbidden));
        assert!(!is_forbidden("taurine", &forbidden));
    }
}
