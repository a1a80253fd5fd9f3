//! A file that changes while it is read is stored as it is in the end, or not at all. The sandbox counts what it received,
//! so it is told there.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use sandbox::{Fault, Operation};
use testkit::files::{assert_same, expected};
use testkit::line::Line;
use testkit::sandglass::{Output, Running};
use testkit::wait::until;

use crate::person::{BIG, MIB, Person, SOON, put};
use crate::server::Server;

struct Changing {
    server: Server,
    line: Line,
    dropped: std::path::PathBuf,
    putting: Running,
    person: Person,
}

impl Changing {
    /// A big file, half of it sent.
    fn half_sent() -> Self {
        let server = Server::sandbox();
        let (line, destination) = server.behind_a_line();
        let person = Person::connected_to(&destination);
        let dropped = person.big_file("dunes.raw");
        line.let_parts_pass(2);
        let putting = person.sandglass.spawn(&put(&[], &[&dropped]));
        until("two parts are on their way", SOON, || {
            (line.held() == 2).then_some(())
        });
        Self {
            server,
            line,
            dropped,
            putting,
            person,
        }
    }

    fn finish(self) -> (Output, Server, std::path::PathBuf, Person) {
        self.line.open();
        (
            self.putting.finish(SOON),
            self.server,
            self.dropped,
            self.person,
        )
    }
}

fn append(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new()
        .append(true)
        .open(path)
        .expect("the file is there");
    file.write_all(bytes).expect("the file grows");
}

fn truncate(path: &Path, size: usize) {
    let file = OpenOptions::new()
        .write(true)
        .open(path)
        .expect("the file is there");
    file.set_len(u64::try_from(size).expect("small"))
        .expect("the file shrinks");
}

#[test]
fn a_file_that_grew_is_planned_again_and_stored_as_it_is() {
    let changing = Changing::half_sent();
    append(&changing.dropped, b"a last grain");
    let (sent, server, dropped, person) = changing.finish();
    let sent = sent.expect_code(0);
    assert_eq!(sent.row("dunes.raw")["state"], "stored");
    assert_eq!(sent.row("dunes.raw")["size_bytes"], BIG + 12);
    assert_same(&server.objects(), &expected(&[&dropped], ""));
    let counts = server.counts();
    assert_eq!(counts.requests_of(Operation::CreateMultipartUpload), 2);
    assert_eq!(counts.requests_of(Operation::CompleteMultipartUpload), 1);
    assert_eq!(person.waiting_row("dunes.raw"), None);
}

#[test]
fn a_file_that_shrank_is_planned_again_and_stored_as_it_is() {
    for size in [20 * MIB, MIB, 0] {
        let changing = Changing::half_sent();
        truncate(&changing.dropped, size);
        let (sent, server, dropped, _person) = changing.finish();
        let sent = sent.expect_code(0);
        assert_eq!(sent.row("dunes.raw")["size_bytes"], size);
        assert_same(&server.objects(), &expected(&[&dropped], ""));
    }
}

#[test]
fn a_file_of_the_same_size_with_other_bytes_is_found_out() {
    let changing = Changing::half_sent();
    let bytes = vec![b'x'; BIG];
    std::fs::write(&changing.dropped, bytes).expect("the file is written again");
    let (sent, server, dropped, _person) = changing.finish();
    sent.expect_code(0);
    assert_same(&server.objects(), &expected(&[&dropped], ""));
}

#[test]
fn a_file_that_keeps_changing_is_not_stored_and_says_so() {
    let changing = Changing::half_sent();
    append(&changing.dropped, b"once");
    let Changing {
        server,
        line,
        dropped,
        putting,
        person,
    } = changing;
    // The held parts of the first upload pass, one of the second follows, the rest is held again.
    let first = line.parts()[0].upload_id.clone();
    line.open();
    line.let_parts_pass(3);
    until("the file is being sent anew", SOON, || {
        let anew = |part: &testkit::line::Part| part.upload_id != first;
        (line.parts().iter().any(anew) && line.held() > 0).then_some(())
    });
    append(&dropped, b"and again");
    line.open();
    let failed = putting.finish(SOON).expect_code(1);
    let row = failed.row("dunes.raw");
    assert_eq!(row["state"], "failed");
    assert_eq!(row["failure"]["code"], "changedWhileUploading", "{row}");
    assert!(server.objects().is_empty());
    let counts = server.counts();
    assert_eq!(counts.requests_of(Operation::CompleteMultipartUpload), 0);
    let uploads: BTreeSet<_> = counts.parts.iter().map(|part| &part.upload_id).collect();
    assert_eq!(uploads.len(), 2, "planned again once, not for ever");
    // It has come to rest: the next try stores it.
    person.sandglass.run(&["resume"]).expect_code(0);
    assert_same(&server.objects(), &expected(&[&dropped], ""));
}

#[test]
fn a_folder_that_becomes_a_link_while_its_file_waits_gives_nothing_away() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let note = person.small_file("box/note.txt", b"sand");
    person.small_file("private/note.txt", b"nobody's business");
    let session_ends = Fault::fail(400, "ExpiredToken");
    server.faults().next(Operation::PutObject, 1, session_ends);
    let folder = note.parent().expect("a folder");
    person.sandglass.run(&put(&[], &[folder])).expect_code(3);
    let aside = person.folder().join("aside");
    std::fs::rename(folder, &aside).expect("moved");
    std::os::unix::fs::symlink("private", folder).expect("a link in its place");

    let refused = person.sandglass.run(&["resume"]).expect_code(1);
    let row = refused.row("box/note.txt");
    assert_eq!(row["failure"]["code"], "changedWhileUploading", "{row}");
    assert!(server.objects().is_empty());

    std::fs::remove_file(folder).expect("the link goes");
    std::fs::rename(&aside, folder).expect("moved back");
    person.sandglass.run(&["resume"]).expect_code(0);
    assert_same(&server.objects(), &expected(&[folder], ""));
}
