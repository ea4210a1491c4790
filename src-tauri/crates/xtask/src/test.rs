//! `cargo xtask test`: everything that must hold before a change is shared.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::report::{Report, Tally};
use crate::shell::{ShellError, ask, cargo, follow, root, run as run_program, say};
use crate::{install, models, walls, window};

/// Why the tests could not even be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    #[error(transparent)]
    Install(#[from] install::InstallError),
    #[error(transparent)]
    Shell(#[from] ShellError),
    #[error("cannot list the tests of the workspace: {0}")]
    List(#[from] io::Error),
    #[error("the package, or the folder it is tried in: {0}")]
    Package(io::Error),
    #[error("cannot tell where this program was built to: {0}")]
    Lost(io::Error),
}

/// The simulation is a step of its own: it has its own time in the table.
const SIMULATION: &str = "simulation";

/// The real window in use, a step of its own as well: web views are slow while everything else runs beside them.
const WINDOW: &str = "window";

/// `Ok(false)` when something failed.
pub(crate) fn run() -> Result<bool, TaskError> {
    install::what_tests_need()?;
    let mut report = Report::default();
    run_steps(&mut report)?;
    Ok(report.print())
}

/// Every step selects the whole workspace and differs in targets only: with
/// other packages selected, cargo would unify other features and build the
/// dependencies again.
fn run_steps(report: &mut Report) -> Result<(), TaskError> {
    let root = root();
    let mut crate_tests = BTreeSet::new();
    for member in fs::read_dir(root.join("src-tauri/crates"))? {
        crate_tests.append(&mut test_targets(&member?.path())?);
    }
    crate_tests.remove(SIMULATION);
    let mut integration = test_targets(&root.join("tests"))?;
    integration.remove(WINDOW);
    let runner = Runner::find();

    report.step("format", |_| {
        run_program(&mut cargo(&["fmt", "--all", "--check"]))
    });
    report.step("window: build", |_| window::build());
    report.step("shop: install", |_| models::shop());
    report.step("lints", |_| {
        run_program(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))
    });
    report.step("walls", |_| walls::hold());
    report.step("build", |_| {
        Ok(
            run_program(&mut cargo(&["build", "--workspace", "--bins"]))?
                && run_program(&mut cargo(&[
                    "test",
                    "--workspace",
                    "--no-run",
                    "--lib",
                    "--bins",
                    "--tests",
                ]))?,
        )
    });
    report.step("unit tests", |tally| {
        let mut targets = vec!["--lib", "--bins"];
        crate_tests
            .iter()
            .for_each(|name| targets.extend(["--test", name]));
        runner.run(&targets, tally)
    });
    report.step(SIMULATION, |tally| {
        runner.run(&["--test", SIMULATION], tally)
    });
    report.step("integration tests", |tally| {
        let targets: Vec<&str> = integration
            .iter()
            .flat_map(|name| ["--test", name])
            .collect();
        runner.run(&targets, tally)
    });
    report.step("models", models::check);
    report.step("window: checks", window::check);
    report.step("window: pages", window::pages);
    report.step("window: in use", |tally| {
        runner.run(&["--test", WINDOW], tally)
    });
    Ok(())
}

#[derive(Debug, Clone, Copy)]
enum Runner {
    /// A process per test, failures collected at the end.
    Nextest,
    Libtest,
}

impl Runner {
    fn find() -> Self {
        match ask(&mut cargo(&["nextest", "--version"])) {
            Some(_) => Self::Nextest,
            None => {
                say("cargo-nextest is not installed: the tests run under cargo test.");
                Self::Libtest
            }
        }
    }

    fn run(self, targets: &[&str], tally: &Tally) -> Result<bool, ShellError> {
        let mut command: Command = match self {
            Self::Nextest => cargo(&["nextest", "run", "--no-tests", "pass"]),
            Self::Libtest => cargo(&["test"]),
        };
        command
            .args(["--workspace", "--no-fail-fast"])
            .args(targets);
        follow(&mut command, &|line| tally.watch(line))
    }
}

/// The names cargo gives to the files and folders of `package/tests`.
fn test_targets(package: &Path) -> io::Result<BTreeSet<String>> {
    let folder = package.join("tests");
    if !folder.is_dir() {
        return Ok(BTreeSet::new());
    }
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_target = path.extension().is_some_and(|extension| extension == "rs")
            || path.join("main.rs").is_file();
        if let (true, Some(stem)) = (is_target, path.file_stem()) {
            names.insert(stem.to_string_lossy().into_owned());
        }
    }
    Ok(names)
}
