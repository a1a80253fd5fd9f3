//! `cargo xtask bindings`: writes the files that are generated from Rust. The same tests fail when one is stale.

use crate::run::{Result, run};
use crate::{apt, node, place};

/// Tells a freshness test to write its file instead of comparing it.
const WRITE: (&str, &str) = ("SANDGLASS_WRITE", "1");

/// The page's types, the table of failures and that of what examinations find.
pub(crate) fn bindings() -> Result {
    apt::install(&[apt::TO_BUILD])?;
    run(place::cargo(&["test", "-p", "app", "--lib", "failures_page"]).env(WRITE.0, WRITE.1))?;
    run(place::cargo(&["test", "-p", "app", "--test", "examine"]).env(WRITE.0, WRITE.1))?;
    node::build()?;
    run(place::cargo(&["test", "-p", "shell", "--lib", "bindings"]).env(WRITE.0, WRITE.1))
}
