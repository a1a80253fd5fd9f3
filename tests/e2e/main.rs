//! Stories in the real window: the built app on a display of its own, a real keyring, a real mouse, real servers.
//!
//! | stories | tell |
//! |---|---|
//! | `main_job` | connect, sign in, drag, the session ends, sign in again; on two servers |
//! | `first_start` | what a person meets first, in English, in Japanese, in the dark, in a small window |
//! | `folders` | a drop goes to the folder that is shown |
//! | `adding` | a drop on a folder's row, pasting, ten thousand files |
//! | `extras` | a link, downloading and deleting where the role allows them; sample files |
//! | `examining` | a mis-set-up account is examined, repaired, and a file goes through; the AWS side is set up and taken back |
//! | `pictures` | why there is no list to see: five pictures |
//! | `rows` | conflicts, failures, a drop while signed out, kill -9 |
//! | `control` | pause, look first, twins, one answer for a drop, receipts |
//! | `leaving` | the window is closed on open rows; the network goes and comes |
//! | `keys` | the keychain, wrong secrets, the CSV file; no secret stays in the page |
//! | `dialogs` | the system's file dialog |
//! | `identity` | a session's end that nobody looks at, a destination out of a file |
//! | `keyboard` | the main job without a mouse, the palette, the filter, a pasted address, another language |
//! | `guide` | a person's first day as the guide tells it, in both languages; the guide's pictures are taken here |
//! | `taken_over` | the page as if somebody had got something of theirs into it |
//! | `packages` | the .deb is installed, started, upgraded and removed |
//! | `screen_reader` | what a screen reader is told |
//! | `axe` | what axe-core says to each view |
//!
//! Each has a display, a bus and a home of its own ([`stage`]); one plays at a time. Pictures of every state go to `target/screens`.

#![cfg(target_os = "linux")]

mod adding;
mod axe;
mod control;
mod dialogs;
mod examining;
mod extras;
mod first_start;
mod folders;
mod guide;
mod identity;
mod keyboard;
mod keys;
mod leaving;
mod main_job;
mod packages;
mod pictures;
mod rows;
mod screen_reader;
mod stage;
mod taken_over;
