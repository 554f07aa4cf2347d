//! Finders: from a place worth a look to candidates with proofs.

mod broken;
mod cell;
mod cluster;
mod contact;
mod date;
mod label;
mod net;
mod phone;
mod things;

pub(crate) use cell::trim;
pub(crate) use cluster::Cluster;
pub(crate) use label::Anchors;
