//! Writes the separate copies: temporary file, second scan, fsync, rename; cleaned names; a manifest.
