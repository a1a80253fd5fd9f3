//! New rows wait for the ledger. No request may tell S3 of a file before the ledger has its row: a process that is
//! killed in between would leave an object of which nothing is known, and no receipt.

use std::sync::Arc;

use futures_util::FutureExt;

use super::Task;
use crate::ledger::{NewRow, Write};
use crate::queue::state::Held;
use crate::{Error, RowId, RowState};

/// New rows, and whether the ledger has them now.
pub(super) struct Written {
    rows: Vec<RowId>,
    result: Result<(), Arc<Error>>,
}

/// Of a row in its line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    InFront,
    AtTheBack,
}

impl Task {
    /// They get into their lines when they are written. What comes back ends then, too.
    pub(super) fn write_new(
        &mut self,
        rows: Vec<NewRow>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let ids: Vec<RowId> = rows.iter().map(|row| row.file.id).collect();
        let at_the_back = ids.iter().map(|id| (*id, Place::AtTheBack));
        self.unwritten.extend(at_the_back);
        let commit = self.ledger.commit(Write::Add(rows));
        let commit = commit.map(|result| result.map_err(Arc::new)).shared();
        let result = commit.clone();
        self.writing.spawn(async move {
            Written {
                rows: ids,
                result: result.await,
            }
        });
        commit.map(drop)
    }

    pub(super) fn written(&mut self, written: Written) {
        for id in written.rows {
            let place = self.unwritten.remove(&id);
            let Some(held) = self.rows.get(id) else {
                continue;
            };
            let rests = rests(held);
            match &written.result {
                // One that waits for the person's choice gets into its line with it.
                Ok(()) if rests => {
                    let destination = Arc::clone(&held.row.destination);
                    let size_bytes = held.row.size_bytes;
                    let lane = self.lane(&destination);
                    if place == Some(Place::InFront) {
                        lane.push_front(id, size_bytes);
                    } else {
                        lane.push_back(id, size_bytes);
                    }
                }
                Ok(()) => {}
                // Nothing was sent of it.
                Err(error) => {
                    self.refused.insert(id);
                    if rests {
                        self.rows.set_state(id, RowState::Failed(Arc::clone(error)));
                    }
                }
            }
        }
    }

    /// May its file be sent? Else it gets into its line later.
    pub(super) fn is_written(&self, id: RowId) -> bool {
        !self.unwritten.contains_key(&id) && !self.refused.contains(&id)
    }

    /// A row that the ledger could not take, because its disk was full perhaps, and that shall run now.
    pub(super) fn write_refused(&mut self, id: RowId) {
        if !self.refused.remove(&id) {
            return;
        }
        let Some(held) = self.rows.get(id) else {
            return;
        };
        let Some(file) = held.file.clone() else {
            return;
        };
        let row = NewRow {
            destination: Arc::clone(&held.row.destination),
            name: held.row.name.to_string(),
            is_paused: held.is_paused,
            file,
        };
        drop(self.write_new(vec![row]));
    }
}

/// It would be in its line, were it written.
fn rests(held: &Held) -> bool {
    matches!(
        held.row.state,
        RowState::Waiting
            | RowState::WaitingForNetwork
            | RowState::WaitingForSignIn
            | RowState::Paused
    )
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use tempfile::TempDir;
    use tokio::sync::mpsc;

    use super::*;
    use crate::ledger::Ledger;
    use crate::queue::{Change, Command, Drop as Dropped};
    use crate::{Access, BucketName, Folder, ObjectTraits, OnConflict, Target, WalkRules};

    /// A signed-in queue, driven by hand, and another process's view of its ledger.
    struct Desk {
        task: Task,
        other: Connection,
        folder: TempDir,
        _changes: mpsc::UnboundedReceiver<Change>,
    }

    fn target() -> Target {
        Target {
            bucket: BucketName::new("s3-fs-example-bucket").expect("a name"),
            region: "ap-northeast-1".to_owned(),
            // Nobody listens there: what counts is whether an upload starts.
            endpoint: Some("http://127.0.0.1:9".to_owned()),
            addressing: crate::Addressing::default(),
        }
    }

    impl Desk {
        async fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let ledger = Ledger::open(folder.path()).expect("a ledger");
            let other = Connection::open(folder.path().join("ledger.sqlite")).expect("opened");
            let (tell, changes) = mpsc::unbounded_channel();
            let mut task = Task::new(ledger, tell);
            let access = Access::new(String::new(), String::new(), String::new(), || {
                std::time::Duration::from_mins(1)
            });
            task.obey(Command::SignIn {
                destination: "here".into(),
                target: target(),
                traits: ObjectTraits::default(),
                access,
                session: 1,
            })
            .await;
            Self {
                task,
                other,
                folder,
                _changes: changes,
            }
        }

        fn execute(&self, statement: &str) {
            self.other.execute_batch(statement).expect("executed");
        }

        async fn drop_a_file(&mut self) {
            let file = self.folder.path().join("take-017.wav");
            std::fs::write(&file, b"sand").expect("written");
            self.drop(file).await;
        }

        async fn drop(&mut self, path: std::path::PathBuf) {
            self.task.add(Dropped {
                id: self.task.ledger.next_drop(),
                destination: "here".into(),
                bucket: target().bucket,
                folder: Folder::new("").expect("the root"),
                paths: vec![path],
                on_conflict: OnConflict::Ask,
                rules: WalkRules::default(),
            });
            let walked = self.task.walks.join_next().await.expect("it walks");
            self.task.walked(walked.expect("no panic"));
            self.task.start_uploads();
        }

        async fn is_written(&mut self) {
            let written = self.task.writing.join_next().await.expect("it is written");
            self.task.written(written.expect("no panic"));
            self.task.start_uploads();
        }

        fn rows(&self) -> Vec<RowId> {
            self.task.rows.ids_of("here", |_| true)
        }

        fn only_row(&self) -> RowId {
            let ids = self.rows();
            assert_eq!(ids.len(), 1);
            ids[0]
        }
    }

    #[tokio::test]
    async fn no_file_is_sent_before_the_ledger_has_its_row() {
        let mut desk = Desk::new().await;
        desk.execute("BEGIN IMMEDIATE");
        desk.drop_a_file().await;
        // Whatever the person does meanwhile.
        let id = desk.only_row();
        desk.task.move_to_front(id);
        desk.task.pause(id);
        desk.task.resume(id);
        desk.task.start_uploads();
        assert!(desk.task.uploads.is_empty(), "it started too early");
        desk.execute("COMMIT");
        desk.is_written().await;
        assert_eq!(desk.task.uploads.len(), 1);
    }

    #[tokio::test]
    async fn a_row_that_is_moved_to_the_front_before_it_is_written_goes_there() {
        let mut desk = Desk::new().await;
        desk.task.pause_all(&"here".into(), true);
        desk.execute("BEGIN IMMEDIATE");
        let files = desk.folder.path().join("takes");
        std::fs::create_dir_all(&files).expect("made");
        for name in ["take-017.wav", "take-018.wav"] {
            std::fs::write(files.join(name), b"sand").expect("written");
        }
        desk.drop(files).await;
        while desk.rows().len() < 2 {
            let walked = desk.task.walks.join_next().await.expect("it walks");
            desk.task.walked(walked.expect("no panic"));
        }
        let second = desk.rows()[1];
        desk.task.move_to_front(second);
        desk.task.resume_all(&"here".into());
        desk.task.start_uploads();
        desk.task.pause_all(&"here".into(), true);
        desk.execute("COMMIT");
        while !desk.task.writing.is_empty() {
            desk.is_written().await;
        }
        let next = desk.task.lane(&"here".into()).next(true);
        assert_eq!(next, Some(second));
    }

    #[tokio::test]
    async fn a_held_row_that_the_ledger_could_not_take_is_written_before_it_is_sent() {
        let mut desk = Desk::new().await;
        let files = desk.folder.path().join("twins");
        for name in ["Take.wav", "take.wav"] {
            std::fs::create_dir_all(&files).expect("made");
            std::fs::write(files.join(name), b"sand").expect("written");
        }
        desk.execute("ALTER TABLE rows RENAME TO elsewhere");
        desk.drop(files).await;
        // The twin may come with a later step of the walk.
        while let Some(walked) = desk.task.walks.join_next().await {
            desk.task.walked(walked.expect("no panic"));
        }
        while !desk.task.writing.is_empty() {
            desk.is_written().await;
        }
        desk.execute("ALTER TABLE elsewhere RENAME TO rows");
        let is_held = |state: &RowState| matches!(state, RowState::Conflict(_));
        let held = desk.task.rows.ids_of("here", is_held);
        assert_eq!(held.len(), 1);
        desk.task.resolve(held[0], OnConflict::KeepBoth);
        desk.task.start_uploads();
        assert!(desk.task.uploads.is_empty(), "not before it is written");
        desk.is_written().await;
        assert_eq!(desk.task.uploads.len(), 1);
    }

    #[tokio::test]
    async fn a_row_that_the_ledger_could_not_take_fails_unsent_and_is_written_when_it_is_tried_again()
     {
        let mut desk = Desk::new().await;
        desk.execute("ALTER TABLE rows RENAME TO elsewhere");
        desk.drop_a_file().await;
        desk.is_written().await;
        let id = desk.only_row();
        let state = &desk.task.rows.get(id).expect("the row").row.state;
        assert!(matches!(state, RowState::Failed(_)), "{state:?}");
        assert!(
            desk.task.uploads.is_empty(),
            "nothing tells that it was sent"
        );
        desk.execute("ALTER TABLE elsewhere RENAME TO rows");
        desk.task.retry(id);
        desk.task.start_uploads();
        assert!(desk.task.uploads.is_empty(), "not before it is written");
        desk.is_written().await;
        assert_eq!(desk.task.uploads.len(), 1);
        let rows = desk.task.ledger.open_rows().await.expect("read");
        assert_eq!(rows.len(), 1);
    }
}
