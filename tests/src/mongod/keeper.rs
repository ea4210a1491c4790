//! Starts servers, daemons and windows so that they die with the test process, even when it is
//! killed.
//!
//! The kernel sends that signal when the *thread* that started the child ends,
//! and test threads end before the servers they share. So one thread that never
//! ends starts them all.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{LazyLock, mpsc};
use std::thread;

use super::binary::on_path;

struct Order {
    command: Command,
    reply: mpsc::Sender<io::Result<Child>>,
}

static KEEPER: LazyLock<mpsc::Sender<Order>> = LazyLock::new(|| {
    let (orders, inbox) = mpsc::channel::<Order>();
    thread::spawn(move || {
        for mut order in inbox {
            order
                .reply
                .send(order.command.spawn())
                .expect("whoever ordered waits for the reply");
        }
    });
    orders
});

/// `program`, wrapped so that it is killed when this process ends. Without
/// `setpriv` (it is part of every Debian and Ubuntu) only `Drop` kills it.
pub fn mortal_command(program: &Path) -> Command {
    let mut command = match on_path("setpriv") {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    // Ctrl-C at a terminal is meant for us, who end the servers in good order.
    command.process_group(0);
    command
}

/// Starts it, on a thread that never ends.
///
/// # Errors
/// It does not start.
pub fn spawn(command: Command) -> io::Result<Child> {
    let (reply, answer) = mpsc::channel();
    KEEPER
        .send(Order { command, reply })
        .expect("the keeper never ends");
    answer.recv().expect("the keeper always answers")
}
