//! THE AWS SIDE: the five set-up steps, as documents and as checks.
//!
//! | module | knows |
//! |---|---|
//! | `permissions` | the role's permissions policy, as a widely followed tutorial publishes it (it denies every listing) and as it should read |
//! | `narrowing` | the session policy that narrows a role to one destination's needs |
//! | `letter` | what to tell the administrator of a refused person |
//! | `setup` | the five steps as one model: its policies, the console's pages for it, itself as code, and what makes, mends and removes it |
//! | `examine` | ordered checks of a bucket with a session, by probes that change nothing |

mod examine;
mod letter;
mod narrowing;
mod permissions;
mod setup;

pub use examine::{
    Access, Cause, Check, Evidence, Finding, PolicyAbove, Silence, State, Target, after, examine,
    not_reached,
};
pub use letter::{Language, Letter, Refused, letter};
pub use narrowing::{Needs, session_policy};
pub use permissions::{Advice, advice};
#[cfg(feature = "fuzzing")]
pub use setup::fuzzing;
pub use setup::{
    Administrator, Documents, Export, Item, Kept, NewKey, Outcome, Paste, Plan, ProvisionError,
    Scope, Seen, Setup, SetupOptions, Standing, Step, Thing, Withheld, apply, drop_key, export,
    key_ids, key_is_kept, link, make_key, partition_of, pastes, plan, undo,
};
