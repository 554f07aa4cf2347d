//! The program as its users run it: one file a promise or a capability, one binary for all.

mod court_acts;
mod description;
#[cfg(feature = "disclosure")]
mod disclosure;
mod evaluation;
mod harness;
mod hostile;
mod key;
mod ledger;
mod policy;
mod promises;
mod walking;
