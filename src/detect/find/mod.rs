//! Finders: from a place worth a look to candidates with proofs.

mod anchors;
mod broken;
mod cell;
mod cluster;
mod code;
mod contact;
mod date;
mod label;
mod labelled_day;
mod lines;
mod net;
mod odd;
mod pattern;
mod phone;
mod phrase;
mod things;
mod token;
mod written;

pub(crate) use anchors::Anchors;
pub(crate) use cell::{formed, is_empty, trim};
pub(crate) use cluster::Cluster;
pub(crate) use contact::is_file;
pub(crate) use date::read as read_date;
pub(crate) use label::WordsMet;
pub(crate) use lines::after_remark;
pub(crate) use written::{day_parts, spelled};
