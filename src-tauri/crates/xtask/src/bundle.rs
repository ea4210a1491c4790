//! `cargo xtask bundle`: the package that a shop PC installs, and the proof that it installs, starts and goes again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::install::{self, BUILD, PACKAGE, SCREEN};
use crate::report::Report;
use crate::shell::{ShellError, build_folder, cargo, follow, root, run as run_program, say};
use crate::test::TaskError;
use crate::window;

const NAME: &str = "bomba-sync";

/// Sizes a desktop asks for, as the folders of its icon theme are called.
const ICONS: [&str; 4] = [
    "32x32/apps/bomba-sync.png",
    "128x128/apps/bomba-sync.png",
    "256x256@2/apps/bomba-sync.png",
    "scalable/apps/bomba-sync.svg",
];

/// What dpkg keeps about packages that are gone.
const BOOKS: [&str; 2] = ["var/lib/dpkg", "var/log"];

#[derive(Debug, Args)]
pub(crate) struct Bundle {
    /// Then install it into a folder of its own, start it from there, and remove it
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(bundle: &Bundle) -> Result<bool, TaskError> {
    install::what_is_missing(&[BUILD])?;
    install::what_a_window_needs()?;
    let folder = build_folder().map_err(TaskError::Lost)?;
    let folder = folder.join("release/bundle");
    let packages = folder.join("deb");
    forget(&packages)?;
    let program = folder.with_file_name(NAME);
    // Built here and not by tauri's own command, which selects one package and with it other features. A shop has no
    // debugger, and would load three times as much; the names that a panic tells stay.
    let built = window::build()?
        && run_program(&mut cargo(&["build", "--release", "--bin", NAME]))?
        && run_program(Command::new("strip").arg("--strip-debug").arg(program))?
        && run_program(&mut window::tauri(&["bundle", "--bundles", "deb"]))?;
    if !built {
        return Ok(false);
    }
    let package = the_package(&packages)?;
    say(&format!("the package: {}", package.display()));
    if bundle.check {
        install::what_is_missing(&[PACKAGE, SCREEN])?;
        return check(&package, &folder.join("root"));
    }
    Ok(true)
}

fn the_package(folder: &Path) -> Result<PathBuf, TaskError> {
    for entry in fs::read_dir(folder).map_err(TaskError::Package)? {
        let path = entry.map_err(TaskError::Package)?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            return Ok(path);
        }
    }
    let missing = io::Error::new(io::ErrorKind::NotFound, "there is no .deb in it");
    Err(TaskError::Package(missing))
}

/// `place` is a folder that stands for a whole system; it holds nothing but the package.
fn check(package: &Path, place: &Path) -> Result<bool, TaskError> {
    forget(place)?;
    // What dpkg wants to find of itself.
    let books = place.join("var/lib/dpkg");
    for folder in ["info", "updates", "triggers"] {
        fs::create_dir_all(books.join(folder)).map_err(TaskError::Package)?;
    }
    fs::write(books.join("status"), "").map_err(TaskError::Package)?;

    let mut report = Report::default();
    report.step("what it depends on", |_| {
        let mut apt = Command::new("apt-get");
        run_program(apt.args(["--simulate", "--quiet", "install"]).arg(package))
    });
    report.step("installs", |_| {
        run_program(dpkg(place).arg("--install").arg(package))
    });
    report.step("desktop entry", |_| {
        let entry = place.join("usr/share/applications/bomba-sync.desktop");
        run_program(Command::new("desktop-file-validate").arg(entry))
    });
    report.step("icons", |_| {
        let icons = ICONS.map(|icon| place.join("usr/share/icons/hicolor").join(icon));
        let missing: Vec<&PathBuf> = icons.iter().filter(|icon| !icon.is_file()).collect();
        missing
            .iter()
            .for_each(|icon| say(&format!("missing: {}", icon.display())));
        Ok(missing.is_empty())
    });
    report.step("starts, to the tray", |tally| {
        let mut test = cargo(&["test", "--workspace", "--test", "window", "--", "login::"]);
        test.env("BOMBA_SYNC", place.join("usr/bin").join(NAME));
        follow(&mut test, &|line| tally.watch(line))
    });
    report.step("goes without a trace", |_| {
        let removed = run_program(dpkg(place).args(["--purge", NAME]))?;
        let left = left_in(place);
        left.iter()
            .for_each(|file| say(&format!("left: {}", file.display())));
        Ok::<_, ShellError>(removed && left.is_empty())
    });
    forget(place)?;
    Ok(report.print())
}

/// Into a folder where none of the libraries are; another step looks whether they can be had.
fn dpkg(place: &Path) -> Command {
    let mut command = Command::new("dpkg");
    command
        .arg(format!("--root={}", place.display()))
        .arg("--force-depends,not-root")
        .current_dir(root());
    command
}

/// Files other than dpkg's own. What cannot be read is left, too.
fn left_in(place: &Path) -> Vec<PathBuf> {
    let books = BOOKS.map(|book| place.join(book));
    let (mut left, mut folders) = (Vec::new(), vec![place.to_owned()]);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            left.push(folder);
            continue;
        };
        let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
        for path in paths.filter(|path| !books.contains(path)) {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                left.push(path);
            }
        }
    }
    left
}

fn forget(folder: &Path) -> Result<(), TaskError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(TaskError::Package(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
