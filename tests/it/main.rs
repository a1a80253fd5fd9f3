//! The stories without a window: the built `sandglass`, a real keychain, real sockets.
//!
//! Most are told twice, by the same function: on the sandbox and on SeaweedFS, a server that nobody here wrote.
//!
//! | module | tells |
//! |---|---|
//! | `first_sign_in` | A destination is connected, by typed key and by the console's file, and a session is proved. |
//! | `arrival` | What is dropped arrives byte for byte, whatever it is called and however large it is. |
//! | `session_ends` | The session ends in the middle, by its time and by the server; rows wait, and the next sign-in goes on. |
//! | `restart` | The process is killed in the middle; the next one goes on, and never takes a living one's rows. |
//! | `kills` | Fifty kills at random moments: no byte is lost, none that is known to be there is sent again. |
//! | `control` | Pause, resume, order, limits, one choice for a drop, cancel. |
//! | `twins` | Two files of a drop whose names nearly are one: both are kept, or one is asked about. |
//! | `history` | Dry runs, drops, receipts, verifying, what was given up; a ledger that cannot be used. |
//! | `conflicts` | Nothing is overwritten unless that was chosen: each choice, for a small and for a large file. |
//! | `listing` | The listing is denied while uploads work. |
//! | `refused_sign_in` | Wrong secret, unknown key, unknown role, no network, a page in the place of an answer. |
//! | `sign_in_refusals` | Why STS said no: role, trust, user, ExternalId, one-time code, region; and the letter about it. |
//! | `sign_in_wishes` | What a sign-in asks for, and what it gives up: length, narrowing, tags, a key that is just created. |
//! | `machine` | Random commands, faults and session ends; what must hold then. |
//! | `keychain` | Locked, missing, without the entry: three failures, and nothing falls back. |
//! | `rotation` | An access key is rotated at IAM, and killed in the middle of it. |
//! | `faults` | Answers that fail, are lost, are cut or lie; each costs no more than it must. |
//! | `fault_matrix` | Every operation meets every fault, over sockets; the table of outcomes stands there. |
//! | `long_day` | A day of sessions that end under way, on a line where things go wrong: nothing is lost. |
//! | `odd_computers` | Few handles, other locales, a wrong clock, a full disk, a folder that cannot be written. |
//! | `lost_answers` | Stored or not? Decided by evidence, and a stranger's object is never called ours. |
//! | `network` | Through a proxy, behind a private authority, and each way in which that fails. |
//! | `network_gone` | The server goes away in the middle, for a while or for good. |
//! | `bad_input` | Each wrong field has its own code, and nothing is saved. |
//! | `awkward_things` | Sockets, links and paths that vanished are skipped with a reason; so ends what cannot be read. |
//! | `changing_files` | A file that changes while it is read is stored as it is in the end, or not at all. |
//! | `away` | The screen is locked, or nobody is there: sessions end where the settings say so. |
//! | `credential_process` | The real AWS CLI lists and uploads with what Sandglass prints. |
//! | `destinations` | Rename, duplicate, remove, export; a drop-zone file and an AWS profile become destinations. |
//! | `administrators` | Who has rights in the account is found where the AWS command line finds them; none of their keys is kept. |
//! | `provisioning` | `account apply` and `undo`, on moto: twice, broken off after every call, and with uploads after. |
//! | `repairing` | `account repair`, on moto: what is missing is added, and nothing is taken away or got around. |
//! | `as_code` | A set-up as code, against what others know of it: cfn-lint, Terraform's language, the real aws-cli. |
//! | `examination` | What stands in the way, found by requests that change nothing. |
//! | `live` | `cargo xtask live --mistakes`, tried on moto: it sets up, asks and cleans up. |
//! | `awake` | The computer does not fall into idle sleep while files are sent. |
//! | `keychain_prompt` | The keychain's own prompt, dismissed; and an entry that another program wrote over. |
//! | `threats` | `THREATS.md` says which test shows what. |
//! | `secrets` | No secret is written or said anywhere; what is written is its owner's only. |
//! | `secrets_failures` | Nor in any failure: not in a file, not in a sentence, not in what other programs see of a process. |
//! | `guide` | Every command of the user guide runs, and what it quotes and links to is there. |
//! | `layers` | The crates depend on each other in one direction. |
//!
//! Under them: `desk` (the app without a window), `server` (the sandbox or SeaweedFS), `person` (a keychain, a data folder, files to drop),
//! `watched` (a person whose every command is looked at for secrets).

#![cfg(target_os = "linux")]

#[macro_use]
mod server;
mod desk;
mod person;
mod watched;

mod administrators;
mod arrival;
mod as_code;
mod awake;
mod away;
mod awkward_things;
mod bad_input;
mod changing_files;
mod conflicts;
mod control;
mod credential_process;
mod destinations;
mod examination;
mod fault_matrix;
mod faults;
mod first_sign_in;
mod guide;
mod history;
mod keychain;
mod keychain_prompt;
mod kills;
mod layers;
mod listing;
mod live;
mod long_day;
mod lost_answers;
mod machine;
mod network;
mod network_gone;
mod odd_computers;
mod provisioning;
mod refused_sign_in;
mod repairing;
mod restart;
mod rotation;
mod secrets;
mod secrets_failures;
mod session_ends;
mod sign_in_refusals;
mod sign_in_wishes;
mod threats;
mod twins;
