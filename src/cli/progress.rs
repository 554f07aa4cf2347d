use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::run::Progress;
use crate::source::{Met, WalkOptions, walk};

/// A bar on standard error, drawn from the run's counters by a thread of its own.
pub(super) struct Bar {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// Starts drawing; the sum of bytes is counted beside the run.
    pub fn start(progress: Arc<Progress>, paths: Vec<PathBuf>, options: WalkOptions) -> Bar {
        let done = Arc::new(AtomicBool::new(false));
        let (stop, counters) = (Arc::clone(&done), Arc::clone(&progress));
        std::thread::spawn(move || {
            let mut total = 0;
            let walked = walk(&paths, &options, |met| {
                if let Met::File(entry) = met {
                    total += std::fs::metadata(&entry.path).map_or(0, |m| m.len());
                }
                !stop.load(Ordering::Relaxed)
            });
            if walked.is_ok() && !stop.load(Ordering::Relaxed) {
                counters.set_total(total);
            }
        });
        let stop = Arc::clone(&done);
        let thread = std::thread::spawn(move || {
            let bar = ProgressBar::new_spinner();
            let style = |t| ProgressStyle::with_template(t).unwrap_or_else(|_| ProgressStyle::default_bar());
            let open = style("{spinner} {bytes} read, {binary_bytes_per_sec}, {msg}");
            let known = style("{bar:30} {bytes}/{total_bytes}, {binary_bytes_per_sec}, {msg}, {eta} left");
            bar.set_style(open);
            let mut sized = false;
            while !stop.load(Ordering::Relaxed) {
                if !sized && progress.total() > 0 {
                    bar.set_length(progress.total());
                    bar.set_style(known.clone());
                    sized = true;
                }
                bar.set_position(progress.bytes());
                bar.set_message(format!("{} files, {} findings", progress.files(), progress.findings()));
                bar.tick();
                std::thread::sleep(Duration::from_millis(120));
            }
            bar.finish_and_clear();
        });
        Bar { done, thread: Some(thread) }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
