//! THE AWS SIDE: the documents of the five set-up steps.
//!
//! Now: the role's permissions policy, as a widely followed tutorial publishes it (it denies every listing) and as it
//! should read.

mod permissions;

pub use permissions::{Advice, advice};
