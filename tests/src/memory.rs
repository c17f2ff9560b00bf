//! Memory of a process, as Linux tells it.

use std::fmt::Display;

/// What a process has for itself alone now, in kB; 0 when it has gone.
pub fn own_memory(pid: impl Display) -> u64 {
    read(pid, "RssAnon:")
}

/// The most that a process has ever had, with what it shares with others, in kB; 0 when it has gone.
pub fn peak_memory(pid: impl Display) -> u64 {
    read(pid, "VmHWM:")
}

fn read(pid: impl Display, which: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(which));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
