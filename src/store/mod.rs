//! Writes the separate copies: temporary file, second scan, fsync, rename; cleaned names; a manifest.

mod folder;
mod manifest;

pub use folder::{Draft, Mode, Store, StoreError, inside};
pub use manifest::{Declared, MANIFEST, Manifest, ManifestEntry, Seal, Sealed};
