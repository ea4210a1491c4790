//! A login nobody sits at: a home folder, a screen and a session bus of its own. Screen and bus end in good order, and
//! leave nothing, when the `Session` is dropped; when the process is killed they go with it.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::Home;
use super::screen::{COOKIE_NAME, Screen, ScreenError};
use crate::mongod::keeper;

const SCREEN: &str = "1280x800x24";

/// Lets programs use the screen.
type Cookie = [u8; 16];

/// The screen, the bus and the home.
#[derive(Debug)]
pub struct Session {
    home: Home,
    screen: Child,
    bus: Child,
    display: String,
    cookie: Cookie,
    bus_address: String,
    language: String,
}

impl Session {
    /// A new one, in a language such as `en_US.UTF-8`. It waits until both can be used.
    ///
    /// # Errors
    /// A program it needs is not installed, or does not start.
    pub fn start(language: &str) -> io::Result<Session> {
        let home = Home::new()?;
        home.private("run")?;
        let mut cookie = Cookie::default();
        File::open("/dev/urandom")?.read_exact(&mut cookie)?;
        fs::write(cookie_file(&home), entry(&cookie))?;

        let mut screen = keeper::mortal_command(Path::new("Xvfb"));
        // It takes the first number that is free, and writes it to its standard output.
        screen
            .args(["-displayfd", "1", "-screen", "0", SCREEN])
            .args(["-nolisten", "tcp", "-noreset", "-auth"])
            .arg(cookie_file(&home));
        let (screen, display) = started(screen, "screen.log", &home)?;

        let mut bus = keeper::mortal_command(Path::new("dbus-daemon"));
        home.settle(&mut bus);
        bus.args(["--session", "--nofork", "--print-address=1"])
            .arg(format!("--address=unix:dir={}", home.path().display()))
            .env("XDG_RUNTIME_DIR", home.path().join("run"));
        let (bus, bus_address) = started(bus, "bus.log", &home)?;
        Ok(Session {
            home,
            screen,
            bus,
            display,
            cookie,
            bus_address,
            language: language.to_owned(),
        })
    }

    /// A program that will run in it, in a process group of its own.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = keeper::mortal_command(program);
        self.home.settle(&mut command);
        command
            .env_remove("WAYLAND_DISPLAY")
            .env("DISPLAY", format!(":{}", self.display))
            .env("XAUTHORITY", cookie_file(&self.home))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("XDG_RUNTIME_DIR", self.home.path().join("run"))
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", &self.language)
            .env("LC_ALL", &self.language);
        command
    }

    /// The folder that programs take for the person's home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A look at what is on the screen.
    ///
    /// # Errors
    /// The screen is gone.
    pub fn screen(&self) -> Result<Screen, ScreenError> {
        Screen::connect(&self.display, &self.cookie)
    }

    /// Where the session bus is found.
    pub fn bus_address(&self) -> &str {
        &self.bus_address
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for process in [&mut self.bus, &mut self.screen] {
            // One that died already needs no telling.
            let _gone = kill_process(Pid::from_child(process), Signal::TERM);
            let _reaped = process.wait();
        }
    }
}

/// A process, and the first line it writes, which says that it can be used.
fn started(mut command: Command, log: &str, home: &Home) -> io::Result<(Child, String)> {
    let log = home.path().join(log);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(&log)?);
    let mut child = keeper::spawn(command)?;
    let output = child.stdout.take().expect("it was asked to be piped");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    if line.is_empty() {
        let _reaped = child.wait();
        return Err(io::Error::other(fs::read_to_string(log)?));
    }
    Ok((child, line.trim_end().to_owned()))
}

fn cookie_file(home: &Home) -> PathBuf {
    home.path().join("Xauthority")
}

/// What Xau(3) describes: a "wild" entry, which is good for any display.
fn entry(cookie: &Cookie) -> Vec<u8> {
    const WILD: u16 = 0xffff;
    let mut entry = WILD.to_be_bytes().to_vec();
    let (address, number) = (b"".as_slice(), b"".as_slice());
    for part in [address, number, COOKIE_NAME, cookie] {
        let length = u16::try_from(part.len()).expect("a short part");
        entry.extend(length.to_be_bytes());
        entry.extend(part);
    }
    entry
}
