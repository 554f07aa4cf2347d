//! Reading beside production: a limit on the rate, low priority, no trace in caches and access times.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A limit on the bytes read in a second, shared by all readers of a run.
#[derive(Debug)]
pub struct Throttle {
    rate: u64,
    /// When the bytes taken so far may all have been read.
    due: Mutex<Instant>,
}

impl Throttle {
    /// At most `rate` bytes a second.
    pub fn new(rate: u64) -> Throttle {
        Throttle { rate: rate.max(1), due: Mutex::new(Instant::now()) }
    }

    /// Waits until `bytes` more may have been read.
    pub fn take(&self, bytes: usize) {
        let cost = Duration::from_secs_f64(bytes as f64 / self.rate as f64);
        let wait = {
            let mut due = self.due.lock().unwrap_or_else(|e| e.into_inner());
            let now = Instant::now();
            // what was not used before is not saved up
            *due = (*due).max(now) + cost;
            *due - now
        };
        std::thread::sleep(wait);
    }
}

/// Opens a file for reading without changing its access time, where the system permits that.
///
/// # Errors
/// Those of opening.
pub fn open(path: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // only the owner may ask for this; O_NONBLOCK keeps a pipe that took the file's place from hanging the run
        let quiet = std::fs::OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOATIME | libc::O_NONBLOCK)
            .open(path);
        if !quiet.as_ref().is_err_and(|e| e.raw_os_error() == Some(libc::EPERM)) {
            return quiet;
        }
    }
    File::open(path)
}

/// Tells the system that a file's pages need not stay in its cache.
pub fn forget(file: &File) {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        // SAFETY: the descriptor is open for the time of the call, and the call touches no memory of ours
        unsafe {
            libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// Puts the whole program at the end of every queue: idle I/O class and lowest priority.
///
/// # Errors
/// Where the system refuses; the run is then as heavy as ever.
pub fn idle() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        const WHO_PROCESS: libc::c_long = 1;
        const CLASS_IDLE: libc::c_long = 3 << 13;
        // SAFETY: both calls take and return plain numbers; 0 is the calling process, before it has threads
        let (io_class, nice) = unsafe {
            (
                libc::syscall(libc::SYS_ioprio_set, WHO_PROCESS, 0, CLASS_IDLE),
                libc::setpriority(libc::PRIO_PROCESS, 0, 19),
            )
        };
        if io_class != 0 || nice != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_kept() {
        let throttle = Throttle::new(1_000_000);
        let begun = Instant::now();
        for _ in 0..5 {
            throttle.take(20_000);
        }
        assert!(begun.elapsed() >= Duration::from_millis(95));
    }

    #[test]
    fn files_open_as_ever() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, "x").unwrap();
        let file = open(&path).unwrap();
        forget(&file);
        assert!(open(&dir.path().join("absent")).is_err());
    }
}
