//! A till of the shop: its own program, with real Mongoose, in a process of its own.

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use integration_tests::built::checkout;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::failure::Failure;
use crate::stage::DATABASE;

/// A busy shop, but one that can be followed on a screen.
const SALE_EVERY: Duration = Duration::from_millis(800);

/// A till that is open.
#[derive(Debug)]
pub(crate) struct Till {
    program: Child,
}

impl Till {
    /// Opens it on a PC's MongoDB. `name` begins the numbers of its bills.
    pub(crate) fn open(uri: &str, name: &str, sales: Arc<AtomicU64>) -> Result<Till, Failure> {
        let mut program = Command::new("node")
            .arg("sell.mjs")
            .args(["--database", DATABASE, "--till", name])
            .args(["--every-ms", &SALE_EVERY.as_millis().to_string()])
            .current_dir(checkout().join("shop"))
            .env("BOMBA_SHOP_URI", uri)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            // Ctrl-C at a terminal is meant for us, who close the tills between two sales.
            .process_group(0)
            .spawn()
            .map_err(Failure::NoTill)?;
        let mut told = BufReader::new(program.stdout.take().expect("it is piped")).lines();
        tokio::spawn(async move {
            while let Ok(Some(_sale)) = told.next_line().await {
                sales.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(Till { program })
    }

    /// Ends when the till closes by itself, which it should not.
    pub(crate) async fn closes(&mut self) -> Failure {
        match self.program.wait().await {
            Ok(status) => Failure::TillClosed(status),
            Err(error) => Failure::NoTill(error),
        }
    }

    /// Closes it, after the sale that is being rung up.
    pub(crate) async fn close(mut self) -> Result<(), Failure> {
        let pid = self.program.id().and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM).map_err(|error| Failure::NoTill(error.into()))?;
        }
        let status: ExitStatus = self.program.wait().await.map_err(Failure::NoTill)?;
        // One that had not come to its first sale yet knows of no better way.
        let by_signal = status.signal() == Some(Signal::TERM.as_raw());
        match status.success() || by_signal {
            true => Ok(()),
            false => Err(Failure::TillClosed(status)),
        }
    }
}
