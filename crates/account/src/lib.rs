//! THE AWS SIDE: the documents of the five set-up steps.
//!
//! | module | knows |
//! |---|---|
//! | `permissions` | the role's permissions policy, as a widely followed tutorial publishes it (it denies every listing) and as it should read |
//! | `narrowing` | the session policy that narrows a role to one destination's needs |
//! | `letter` | what to tell the administrator of a refused person |

mod letter;
mod narrowing;
mod permissions;

pub use letter::{Language, Letter, Refused, letter};
pub use narrowing::{Needs, session_policy};
pub use permissions::{Advice, advice};
