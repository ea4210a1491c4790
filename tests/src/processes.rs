//! A process and all that it started, as the kernel tells of them. A window is several processes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, Signal, kill_process};

use crate::eventually;

/// Those that were alive when it was made. Whoever lost its parent before that is missed.
#[derive(Debug)]
pub struct Family {
    /// The first is the head.
    members: Vec<Pid>,
}

impl Family {
    /// A process and its descendants.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn of(head: Pid) -> io::Result<Family> {
        let mut parents = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let pid = name.to_str().and_then(|name| name.parse().ok());
            if let Some(pid) = pid.and_then(Pid::from_raw)
                && let Some(stat) = Stat::of(pid)
            {
                parents.push((pid, stat.parent));
            }
        }
        let mut members = vec![head];
        let mut known = 0;
        while let Some(parent) = members.get(known).copied() {
            let children = parents
                .iter()
                .filter(|(_, of)| *of == parent.as_raw_pid())
                .map(|(pid, _)| *pid);
            members.extend(children);
            known += 1;
        }
        Ok(Family { members })
    }

    /// The one that runs this program.
    pub fn member(&self, program: &Path) -> Option<Pid> {
        let mut members = self.members.iter().copied();
        members.find(|pid| {
            let exe = fs::read_link(format!("/proc/{}/exe", pid.as_raw_pid()));
            exe.is_ok_and(|exe| exe == program)
        })
    }

    /// Memory in bytes, what is shared counted in parts (PSS).
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn memory_bytes(&self) -> io::Result<u64> {
        let mut sum = 0;
        for pid in self.living() {
            let told = fs::read_to_string(file_of(pid, "smaps_rollup"))?;
            let line = told.lines().find_map(|line| line.strip_prefix("Pss:"));
            let kibibytes = line.and_then(|line| line.trim_end_matches(" kB").trim().parse().ok());
            sum += kibibytes.unwrap_or(0_u64) * 1024;
        }
        Ok(sum)
    }

    /// Processor time used so far by those that still live.
    pub fn processor_time(&self) -> Duration {
        self.living().filter_map(processor_time).sum()
    }

    /// How many still live.
    pub fn count(&self) -> usize {
        self.living().count()
    }

    /// Asks the head to end, and waits until all are gone. Those that are not after so long are killed.
    pub async fn end(self, patience: Duration) {
        // One that is gone already needs no telling.
        let _gone = kill_process(self.members[0], Signal::TERM);
        let gone = eventually::within(patience, async || self.living().next().is_none());
        if !gone.await {
            for pid in self.living() {
                let _gone = kill_process(pid, Signal::KILL);
            }
        }
    }

    fn living(&self) -> impl Iterator<Item = Pid> {
        let members = self.members.iter().copied();
        members.filter(|pid| Stat::of(*pid).is_some_and(|stat| !stat.is_over))
    }
}

/// Processor time that a process has used so far. `None`: it is gone.
pub fn processor_time(pid: Pid) -> Option<Duration> {
    let ticks = Stat::of(pid)?.ticks as f64;
    Some(Duration::from_secs_f64(
        ticks / clock_ticks_per_second() as f64,
    ))
}

/// A part of `/proc/PID/stat`.
struct Stat {
    /// Ended, and its parent has not asked how.
    is_over: bool,
    parent: i32,
    /// In user and kernel mode.
    ticks: u64,
}

impl Stat {
    fn of(pid: Pid) -> Option<Stat> {
        const STATE: usize = 0;
        const PARENT: usize = 1;
        const USER_TICKS: usize = 11;
        const KERNEL_TICKS: usize = 12;
        let stat = fs::read_to_string(file_of(pid, "stat")).ok()?;
        // The name stands in parentheses and may hold anything.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |field: usize| fields.get(field)?.parse::<u64>().ok();
        Some(Stat {
            is_over: matches!(*fields.get(STATE)?, "Z" | "X"),
            parent: fields.get(PARENT)?.parse().ok()?,
            ticks: ticks(USER_TICKS)? + ticks(KERNEL_TICKS)?,
        })
    }
}

fn file_of(pid: Pid, name: &str) -> PathBuf {
    format!("/proc/{}/{name}", pid.as_raw_pid()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    const SOON: Duration = Duration::from_secs(20);

    fn shell(line: &str) -> std::process::Child {
        Command::new("sh")
            .args(["-c", line])
            .stdin(Stdio::null())
            .spawn()
            .unwrap()
    }

    async fn family_of_three(head: Pid) -> Family {
        eventually(SOON, "the children", async || {
            let family = Family::of(head).unwrap();
            match family.members.len() {
                3 => Ok(family),
                other => Err(format!("{other} processes")),
            }
        })
        .await
    }

    #[tokio::test]
    async fn children_belong_to_the_family_and_end_with_it() {
        let mut head =
            shell("trap 'kill $one $two; exit' TERM; sleep 600 & one=$!; sleep 600 & two=$!; wait");
        let family = family_of_three(Pid::from_child(&head)).await;
        assert!(family.memory_bytes().unwrap() > 0);
        family.end(SOON).await;
        assert!(head.try_wait().unwrap().is_some());
    }

    #[tokio::test]
    async fn whoever_does_not_listen_is_killed() {
        let mut head = shell("trap '' TERM; sleep 600 & sleep 600 & wait");
        let family = family_of_three(Pid::from_child(&head)).await;
        family.end(Duration::from_millis(100)).await;
        head.wait().unwrap();
    }
}
