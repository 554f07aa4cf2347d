//! The program as its users run it: one file a promise or a capability, one binary for all.

mod court_acts;
mod description;
#[cfg(feature = "disclosure")]
mod disclosure;
#[cfg(all(feature = "disclosure", unix))]
mod dumps;
mod encoded;
mod evaluation;
mod harness;
mod hostile;
mod key;
mod ledger;
#[cfg(all(feature = "disclosure", unix))]
mod lender;
#[cfg(feature = "disclosure")]
mod methods;
mod policy;
mod producers;
mod promises;
#[cfg(all(feature = "disclosure", unix))]
mod servers;
#[cfg(all(feature = "disclosure", unix))]
mod story;
mod tables;
mod verify;
mod walking;
