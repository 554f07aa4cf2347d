//! The program as its users run it: one file a promise or a capability, one binary for all.

#[cfg(feature = "disclosure")]
mod disclosure;
mod evaluation;
mod harness;
mod hostile;
mod ledger;
mod promises;
mod walking;
