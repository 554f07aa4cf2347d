//! Search of the generalization lattice: the node of least loss whose classes satisfy the models.
//!
//! Every node but the bottom has one parent (the last raised attribute lowered by one), so a walk of that
//! tree computes each node's classes from the classes of a direct predecessor by changing one column
//! (roll-up). Subtrees are left out when a lower bound of their loss is above the best found; the best is
//! first sought by a greedy descent from the top. Bounds are compared strictly and ties are settled by
//! an order on nodes, so that the answer does not depend on the number of threads.

mod attribute;
mod groups;
mod lattice;
mod objective;
mod space;

pub use attribute::Attribute;
pub use groups::{Group, Groups, Key, Scratch, Shares, Slot, layout};
pub use lattice::{Outcome, Solution, kept, search};
pub use objective::{Objective, Scorer};
pub use space::{Options, Space};
