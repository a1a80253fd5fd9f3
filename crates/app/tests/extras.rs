//! What a richer role allows, and how that is found without changing anything.

mod desk;

use app::{
    Code, Destination, Download, DownloadTo, Downloaded, Event, Extras, Failure, Folder,
    SessionOptions, Wanted,
};
use std::time::Duration;

use desk::{Desk, soon};
use sandbox::{Fault, Operation, documents};
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

/// The tutorial's role, which also may do this with objects.
fn allow(desk: &Desk, actions: &[&str]) {
    let mut policy = documents::role_policy();
    let objects = format!("arn:aws:s3:::{}/*", documents::BUCKET);
    if let Some(statements) = policy["Statement"].as_array_mut() {
        statements.push(json!({"Effect": "Allow", "Action": actions, "Resource": objects}));
    }
    desk.sandbox.set_role_policy(policy);
}

async fn signed_in(options: SessionOptions, actions: &[&str]) -> (Desk, Destination) {
    let desk = Desk::with(|_| {}).await;
    allow(&desk, actions);
    desk.sandbox.put_object("a.txt", b"sand").expect("stored");
    desk.sandbox
        .put_object("b.txt", b"more sand")
        .expect("stored");
    let destination = desk.connect(|form| form.session = options).await;
    let signed_in = desk.app.sign_in(&destination.id, None).await;
    signed_in.expect("signed in");
    (desk, destination)
}

fn whole_role(may_delete: bool) -> SessionOptions {
    SessionOptions {
        is_whole_role: true,
        may_delete,
        ..SessionOptions::default()
    }
}

async fn download(
    desk: &Desk,
    destination: &Destination,
    keys: &[&str],
    to: DownloadTo,
) -> Result<Downloaded, Failure> {
    let objects = keys.iter().map(|key| Wanted {
        key: (*key).to_owned(),
        size_bytes: desk.sandbox.read_object(key).map_or(0, |o| o.len() as u64),
    });
    let objects = objects.collect();
    desk.app.download(&destination.id, objects, &to).await
}

/// Nothing of it came, and why.
fn failed(downloaded: Result<Downloaded, Failure>) -> Code {
    let downloaded = downloaded.expect("it began");
    assert_eq!((downloaded.files, downloaded.was_stopped), (0, false));
    downloaded.failure.expect("a failure").code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrowed_session_is_offered_nothing_and_nobody_is_asked() {
    let everything = &["s3:GetObject", "s3:DeleteObject"];
    let (desk, destination) = signed_in(SessionOptions::default(), everything).await;
    let extras = desk.app.extras(&destination.id, "a.txt").await;
    assert_eq!(extras.expect("known"), Extras::default());
    assert_eq!(desk.sandbox.counts().requests_of(Operation::HeadObject), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_is_found_by_an_objects_headers_once_and_deleting_is_never_tried() {
    let everything = &["s3:GetObject", "s3:DeleteObject"];
    let (desk, destination) = signed_in(whole_role(false), everything).await;
    for key in ["a.txt", "b.txt"] {
        let extras = desk.app.extras(&destination.id, key).await.expect("known");
        assert_eq!((extras.reads, extras.deletes), (true, false));
    }
    let counts = desk.sandbox.counts();
    assert_eq!(counts.requests_of(Operation::HeadObject), 1);
    assert_eq!(counts.requests_of(Operation::DeleteObject), 0);
    let refused = desk
        .app
        .delete(&destination.id, vec!["a.txt".to_owned()])
        .await;
    assert_eq!(refused.expect_err("not offered").code, Code::DeleteDenied);
    assert!(desk.sandbox.read_object("a.txt").is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_read_is_offered_no_link() {
    let (desk, destination) = signed_in(whole_role(false), &[]).await;
    let extras = desk.app.extras(&destination.id, "a.txt").await;
    assert_eq!(extras.expect("known"), Extras::default());
    let to = desk.folder().join("a.txt");
    let denied = download(
        &desk,
        &destination,
        &["a.txt"],
        DownloadTo::File(to.clone()),
    )
    .await;
    assert_eq!(failed(denied), Code::ReadDenied);
    assert!(!to.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_comes_whole_and_its_link_ends_with_the_session() {
    let (desk, destination) = signed_in(whole_role(false), &["s3:GetObject"]).await;
    let id = &destination.id;
    let to = desk.folder().join("here.txt");
    let came = download(
        &desk,
        &destination,
        &["b.txt"],
        DownloadTo::File(to.clone()),
    )
    .await;
    assert_eq!(came.expect("downloaded").files, 1);
    assert_eq!(std::fs::read(&to).expect("read"), b"more sand");
    let beside: Vec<_> = std::fs::read_dir(desk.folder()).expect("read").collect();
    assert!(
        beside
            .iter()
            .flatten()
            .all(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
    );

    let link = desk.app.temporary_link(id, "b.txt").await.expect("a link");
    let url = link.url.as_str();
    assert!(
        url.contains("X-Amz-Signature=") && url.contains("b.txt"),
        "{url}"
    );
    let lasts = url
        .split("X-Amz-Expires=")
        .nth(1)
        .and_then(|rest| rest.split('&').next());
    let lasts: u64 = lasts
        .and_then(|seconds| seconds.parse().ok())
        .expect("seconds");
    assert!((1..=3600).contains(&lasts), "{lasts}");
    let nowhere = desk.folder().join("no/here.txt");
    let unwritable = download(&desk, &destination, &["b.txt"], DownloadTo::File(nowhere)).await;
    assert_eq!(failed(unwritable), Code::FileUnwritable);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_not_those_that_were_stored_leave_no_file() {
    let (desk, destination) = signed_in(whole_role(false), &["s3:GetObject"]).await;
    let rotten = files_below(&desk.folder().join("sandbox"))
        .into_iter()
        .filter(|file| std::fs::read(file).is_ok_and(|bytes| bytes == b"more sand"));
    for file in rotten.collect::<Vec<_>>() {
        std::fs::write(file, b"less sand").expect("write");
    }
    let to = desk.folder().join("here.txt");
    let rotten = download(
        &desk,
        &destination,
        &["b.txt"],
        DownloadTo::File(to.clone()),
    )
    .await;
    assert_eq!(failed(rotten), Code::ChecksumMismatch);
    assert!(!to.exists());
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let below = entries.map(|entry| entry.path()).flat_map(|path| {
        if path.is_dir() {
            files_below(&path)
        } else {
            vec![path]
        }
    });
    below.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_leaves_the_view_and_a_refusal_is_remembered() {
    let (desk, destination) = signed_in(whole_role(true), &["s3:DeleteObject"]).await;
    let id = &destination.id;
    let view = desk
        .app
        .open_view(id, Folder::default(), None)
        .expect("a view");
    assert_eq!(desk.app.load_view(view).await.expect("a page").shown, 2);
    assert!(desk.app.extras(id, "a.txt").await.expect("known").deletes);
    let deleted = desk
        .app
        .delete(id, vec!["a.txt".to_owned()])
        .await
        .expect("deleted");
    assert_eq!((deleted.keys.len(), deleted.failure.is_none()), (1, true));
    soon("it leaves the view", async {
        while desk
            .app
            .view_lines(view, 0, 9)
            .await
            .expect("lines")
            .1
            .len()
            != 1
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
    allow(&desk, &[]);
    let refused = desk
        .app
        .delete(id, vec!["b.txt".to_owned()])
        .await
        .expect("told");
    assert_eq!(
        refused.failure.map(|failure| failure.code),
        Some(Code::DeleteDenied)
    );
    assert!(!desk.app.extras(id, "b.txt").await.expect("known").deletes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_made_as_the_console_makes_it_and_never_twice() {
    let (desk, destination) = signed_in(SessionOptions::default(), &[]).await;
    let id = &destination.id;
    let inside = Folder::default();
    let made = desk
        .app
        .make_folder(id, &inside, " 2026-12/ ")
        .await
        .expect("made");
    assert_eq!(made.as_str(), "2026-12/");
    assert_eq!(desk.sandbox.read_object("2026-12/").expect("there"), b"");
    let again = desk.app.make_folder(id, &inside, "2026-12").await;
    assert_eq!(again.expect_err("taken").code, Code::AlreadyInBucket);
    for name in ["", "  ", "a/b", "..", "/"] {
        let odd = desk.app.make_folder(id, &inside, name).await;
        assert_eq!(odd.expect_err(name).code, Code::BadPrefix);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_stopped_leaves_whole_files_and_nothing_else() {
    let (desk, destination) = signed_in(whole_role(false), &["s3:GetObject"]).await;
    let place = desk.folder().join("downloads");
    std::fs::create_dir(&place).expect("a folder");
    let mut events = desk.watching().await;
    let hour = Fault::Delay(Duration::from_hours(1));
    let faults = desk.sandbox.faults();
    faults.next_after(Operation::GetObject, 1, 1, hour);
    let app = desk.app.clone();
    let stopping = async {
        let begun = soon("it is told", downloading(&mut events)).await;
        assert_eq!((begun.files, begun.files_done, begun.bytes), (2, 0, 13));
        soon("the second object is asked for", async {
            while desk.sandbox.counts().requests_of(Operation::GetObject) < 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        app.stop_download(begun.id);
        app.stop_download(begun.id);
    };
    let to = DownloadTo::Folder(place.clone());
    let keys = ["a.txt", "b.txt"];
    let (downloaded, ()) = tokio::join!(download(&desk, &destination, &keys, to), stopping);
    let stopped = Downloaded {
        files: 1,
        was_stopped: true,
        failure: None,
    };
    assert_eq!(downloaded.expect("it began"), stopped);
    let last = soon("its end is told", async {
        loop {
            let told = downloading(&mut events).await;
            if told.is_over {
                return told;
            }
        }
    })
    .await;
    assert_eq!((last.files_done, last.bytes_done), (1, 4));
    assert_eq!(files_below(&place), [place.join("a.txt")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_refusal_is_told_with_it() {
    let (desk, destination) = signed_in(whole_role(false), &["s3:GetObject"]).await;
    let denied = Fault::fail(403, "AccessDenied");
    let faults = desk.sandbox.faults();
    faults.next_after(Operation::GetObject, 1, 1, denied);
    let place = desk.folder().join("downloads");
    std::fs::create_dir(&place).expect("a folder");
    let to = DownloadTo::Folder(place.clone());
    let downloaded = download(&desk, &destination, &["a.txt", "b.txt", "a.txt"], to).await;
    let downloaded = downloaded.expect("it began");
    let code = downloaded.failure.map(|failure| failure.code);
    assert_eq!((downloaded.files, code), (1, Some(Code::ReadDenied)));
    assert_eq!(files_below(&place), [place.join("a.txt")]);
}

async fn downloading(events: &mut UnboundedReceiver<Event>) -> Download {
    loop {
        match events.recv().await {
            Some(Event::Downloading(download)) => return download,
            Some(_) => {}
            None => panic!("the events ended"),
        }
    }
}
