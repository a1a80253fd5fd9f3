//! A started program that is ended, by its pid, when its value goes away.

use std::process::{Child, Command, ExitStatus};

/// Holds one program, or a program with all that it starts.
pub struct Leash {
    child: Child,
    has_group: bool,
}

impl Leash {
    /// Starts `command`.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        let started = command.spawn();
        let child = started.unwrap_or_else(|error| {
            panic!("{command:?} did not start: {error}; run `cargo xtask test`, which installs it")
        });
        Self {
            child,
            has_group: false,
        }
    }

    /// Starts `command` so that what it starts itself ends with it.
    #[track_caller]
    pub fn start_with_offspring(command: &mut Command) -> Self {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut leash = Self::start(command);
        leash.has_group = cfg!(unix);
        leash
    }

    /// The program: its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Its pid.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its end, if it came.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap_or(None)
    }

    /// SIGKILL, as by `kill -9`; returns when it is gone.
    pub fn kill_9(&mut self) {
        #[cfg(unix)]
        if self.has_group {
            let group = rustix::process::Pid::from_child(&self.child);
            // Nobody may be left in it.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        self.kill_9();
    }
}
