//! *Renew now* in the middle of a big file: what is on its way keeps the old session, what starts takes the new one.

mod desk;

use std::collections::BTreeSet;
use std::time::Duration;

use app::{DropRequest, Event, OnConflict, RowState};
use desk::{Desk, soon};
use sandbox::Operation;

const MIB: usize = 1024 * 1024;
const PART: usize = 8 * MIB;
/// More than have arrived and are on their way together, when the second has arrived: at most eight are on their way.
const PARTS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_renewed_in_the_middle_of_a_file_sends_the_rest_under_the_new_one() {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let id = &destination.id;
    desk.app.sign_in(id, None).await.expect("signed in");
    let bytes: Vec<u8> = (0..PARTS * PART)
        .map(|at| u8::try_from(at % 251).unwrap_or(0))
        .collect();
    let file = desk.folder().join("survey.tar");
    std::fs::write(&file, &bytes).expect("write");
    desk.sandbox.faults().set_bandwidth(Some(12 * MIB as u64));
    let mut events = desk.app.watch();
    let dropped = DropRequest {
        destination: id.clone(),
        folder: None,
        paths: vec![file],
        on_conflict: OnConflict::Ask,
        rules: None,
    };
    desk.app.add_files(dropped).expect("added");
    soon("two parts have arrived", async {
        while desk
            .sandbox
            .counts()
            .parts
            .iter()
            .filter(|part| part.is_confirmed())
            .count()
            < 2
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    // Those on their way stay there.
    desk.sandbox.faults().set_bandwidth(Some(MIB as u64 / 4));
    desk.app.sign_in(id, None).await.expect("renewed");
    desk.sandbox.faults().set_bandwidth(None);
    soon("the file is stored", async {
        loop {
            let Some(Event::RowsChanged(rows)) = events.recv().await else {
                continue;
            };
            let is_stored = |state: &RowState| matches!(state, RowState::Stored(_));
            if rows.iter().any(|row| is_stored(&row.state)) {
                return;
            }
            let is_at_rest = |state: &RowState| matches!(state, RowState::WaitingForSignIn);
            assert!(
                !rows.iter().any(|row| is_at_rest(&row.state)),
                "it never waited"
            );
        }
    })
    .await;
    let counts = desk.sandbox.counts();
    let signers: BTreeSet<&str> = counts
        .parts
        .iter()
        .map(|part| part.access_key_id.as_str())
        .collect();
    assert_eq!(signers.len(), 2, "parts under both sessions");
    assert_eq!(counts.requests_of(Operation::CreateMultipartUpload), 1);
    assert_eq!(counts.parts.len(), PARTS, "no part twice");
    let stored = desk.sandbox.read_object("survey.tar").expect("stored");
    assert!(stored == bytes, "the bytes are the file's");
}
