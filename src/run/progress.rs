use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters that workers raise and a progress bar reads.
#[derive(Default)]
pub struct Progress {
    bytes: AtomicU64,
    files: AtomicU64,
    findings: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    pub(super) fn add_bytes(&self, n: u64) {
        self.bytes.fetch_add(n, Relaxed);
    }
    pub(super) fn add_file(&self) {
        self.files.fetch_add(1, Relaxed);
    }
    pub(super) fn add_findings(&self, n: u64) {
        self.findings.fetch_add(n, Relaxed);
    }
    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }
    /// Files finished.
    pub fn files(&self) -> u64 {
        self.files.load(Relaxed)
    }
    /// Findings so far.
    pub fn findings(&self) -> u64 {
        self.findings.load(Relaxed)
    }
    /// Bytes in all, once they are known; 0 before.
    pub fn total(&self) -> u64 {
        self.total.load(Relaxed)
    }
    /// Tells the bytes in all.
    pub fn set_total(&self, n: u64) {
        self.total.store(n, Relaxed);
    }
}
