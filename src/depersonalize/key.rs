use std::fmt;
use std::ptr::NonNull;
use std::time::{Duration, Instant};

use zeroize::Zeroize;

use crate::model::Category;

const PAGE: usize = 4096;
const BYTES: usize = 32;

/// Where a key came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyOrigin {
    /// From the operating system, for this run only.
    Ephemeral,
    /// From a key file: tokens of several runs can be linked, and the result is pseudonymized.
    File {
        /// What the file says it is kept for.
        purpose: String,
        /// The day (`YYYY-MM-DD`) after which it may not be used.
        expires: String,
    },
}

/// 256 secret bits. In memory only, in a page that is kept out of swap and core dumps where the system
/// allows it, overwritten on drop. It can be neither copied nor printed.
pub struct Key {
    page: Page,
    origin: KeyOrigin,
    born: Instant,
    protection: Protection,
}

/// Which protections of the key's memory the system granted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Protection {
    /// The page is locked in memory (`mlock`).
    pub locked: bool,
    /// The page is left out of core dumps (`MADV_DONTDUMP`).
    pub not_dumped: bool,
    /// The process writes no core file (`RLIMIT_CORE` = 0).
    pub no_core: bool,
}

/// What may be told of a key when its life is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// Where it came from.
    pub origin: KeyOrigin,
    /// Length in bits.
    pub bits: u32,
    /// From its making or reading to its destruction.
    pub life: Duration,
    /// How its memory was protected.
    pub protection: Protection,
    /// For a key from a file: shows that two runs shared it and shows nothing of it.
    pub commitment: Option<String>,
    /// The memory was overwritten.
    pub wiped: bool,
}

impl Key {
    /// A new key from the operating system.
    ///
    /// # Errors
    /// Where the system gives no randomness; there is no weaker substitute.
    pub fn random() -> Result<Key, getrandom::Error> {
        let mut key = Key::empty(KeyOrigin::Ephemeral);
        getrandom::fill(&mut key.page.bytes_mut()[..BYTES])?;
        Ok(key)
    }

    /// A key of known bytes, which are overwritten: from a key file.
    pub(super) fn from_bytes(bytes: &mut [u8; BYTES], origin: KeyOrigin) -> Key {
        let mut key = Key::empty(origin);
        key.page.bytes_mut()[..BYTES].copy_from_slice(bytes);
        bytes.zeroize();
        key
    }

    fn empty(origin: KeyOrigin) -> Key {
        let page = Page::new();
        let protection = page.protect();
        Key { page, origin, born: Instant::now(), protection }
    }

    pub(super) fn bytes(&self) -> &[u8; BYTES] {
        self.slot(0)
    }

    fn slot(&self, n: usize) -> &[u8; BYTES] {
        let page = self.page.bytes();
        page.get(n * BYTES..(n + 1) * BYTES).and_then(|s| s.try_into().ok()).unwrap_or(&[0; BYTES])
    }

    /// How long it has lived.
    pub fn life(&self) -> Duration {
        self.born.elapsed()
    }

    /// Where it came from.
    pub fn origin(&self) -> &KeyOrigin {
        &self.origin
    }

    /// How its memory is protected.
    pub fn protection(&self) -> Protection {
        self.protection
    }

    /// Sixteen hexadecimal digits that are the same for the same key and tell nothing of it.
    pub fn commitment(&self) -> String {
        let hash = blake3::derive_key("qupia 2026 commitment v1", self.bytes());
        hash[..8].iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The key that seals the manifests of copies; `None` for a key that nobody will have later.
    pub fn seal(&self) -> Option<[u8; BYTES]> {
        (self.origin != KeyOrigin::Ephemeral).then(|| self.derive("seal of the manifest"))
    }

    /// The key for one use: another use cannot be computed from it.
    pub(super) fn derive(&self, purpose: &str) -> [u8; BYTES] {
        let mut context = String::with_capacity(24 + purpose.len());
        context.push_str("qupia 2026 token v1 ");
        context.push_str(purpose);
        blake3::derive_key(&context, self.bytes())
    }

    /// Puts the derived keys of many purposes beside the key itself; answers how many have room.
    pub(super) fn derive_into_page(&mut self, purposes: &[Category]) -> usize {
        let room = purposes.len().min(PAGE / BYTES - 1);
        for (n, category) in purposes[..room].iter().enumerate() {
            let mut derived = self.derive(category.as_str());
            self.page.bytes_mut()[(n + 1) * BYTES..(n + 2) * BYTES].copy_from_slice(&derived);
            derived.zeroize();
        }
        room
    }

    /// The n-th key of [`Key::derive_into_page`].
    pub(super) fn derived(&self, n: usize) -> &[u8; BYTES] {
        self.slot(n + 1)
    }

    /// Overwrites the key and says what may be told of it.
    pub fn finish(mut self) -> KeyRecord {
        let commitment = matches!(self.origin, KeyOrigin::File { .. }).then(|| self.commitment());
        self.page.wipe();
        let wiped = self.page.bytes().iter().all(|b| *b == 0);
        KeyRecord {
            origin: self.origin.clone(),
            bits: BYTES as u32 * 8,
            life: self.life(),
            protection: self.protection,
            commitment,
            wiped,
        }
    }
}

impl fmt::Display for KeyOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyOrigin::Ephemeral => f.write_str("operating system, this run only"),
            KeyOrigin::File { purpose, expires } => write!(f, "key file ({purpose}; until {expires})"),
        }
    }
}

/// One page of memory of its own.
struct Page {
    at: NonNull<u8>,
}

// SAFETY: the page is owned, and shared access only reads.
unsafe impl Send for Page {}
// SAFETY: as above.
unsafe impl Sync for Page {}

impl Page {
    fn layout() -> std::alloc::Layout {
        // SAFETY: both are the same power of two above zero.
        unsafe { std::alloc::Layout::from_size_align_unchecked(PAGE, PAGE) }
    }

    fn new() -> Page {
        // SAFETY: the layout has a size.
        let at = unsafe { std::alloc::alloc_zeroed(Page::layout()) };
        match NonNull::new(at) {
            Some(at) => Page { at },
            None => std::alloc::handle_alloc_error(Page::layout()),
        }
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: PAGE bytes were allocated and zeroed.
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), PAGE) }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and `self` is borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.at.as_ptr(), PAGE) }
    }

    fn wipe(&mut self) {
        self.bytes_mut().zeroize();
    }

    #[cfg(unix)]
    fn protect(&self) -> Protection {
        let at = self.at.as_ptr().cast();
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the page is ours and stays allocated; the limit is a valid structure.
        unsafe {
            Protection {
                locked: libc::mlock(at, PAGE) == 0,
                #[cfg(target_os = "linux")]
                not_dumped: libc::madvise(at, PAGE, libc::MADV_DONTDUMP) == 0,
                #[cfg(not(target_os = "linux"))]
                not_dumped: false,
                no_core: libc::setrlimit(libc::RLIMIT_CORE, &none) == 0,
            }
        }
    }

    #[cfg(not(unix))]
    fn protect(&self) -> Protection {
        Protection::default()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.wipe();
        // SAFETY: allocated in `new` with the same layout; unlocking an unlocked page is harmless.
        unsafe {
            #[cfg(unix)]
            libc::munlock(self.at.as_ptr().cast(), PAGE);
            std::alloc::dealloc(self.at.as_ptr(), Page::layout());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_derive_apart() {
        let (a, b) = (Key::random().unwrap(), Key::random().unwrap());
        assert_ne!(a.bytes(), b.bytes());
        assert_ne!(a.derive("iin"), a.derive("phone"));
        assert_ne!(a.derive("iin"), b.derive("iin"));
        assert_ne!(a.commitment(), b.commitment());
    }

    #[test]
    fn finishing_wipes() {
        let record = Key::random().unwrap().finish();
        assert!(record.wiped);
        assert_eq!((record.bits, record.commitment), (256, None));
    }
}
