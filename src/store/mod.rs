//! Writes the separate copies: temporary file, second scan, fsync, rename; cleaned names; a manifest.

mod draft;
mod folder;
mod manifest;

pub use draft::{Draft, DraftWriter};
pub use folder::{Mode, Store, StoreError, inside};
pub use manifest::{Declared, MANIFEST, Manifest, ManifestEntry, Seal, Sealed};
