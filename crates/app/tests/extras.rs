//! What a richer role allows, and how that is found without changing anything.

mod desk;

use app::{Code, Destination, Extras, Folder, SessionOptions};
use desk::Desk;
use sandbox::{Operation, documents};
use serde_json::json;

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
    let denied = desk.app.download(&destination.id, "a.txt", &to).await;
    assert_eq!(denied.expect_err("denied").code, Code::ReadDenied);
    assert!(!to.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_comes_whole_and_its_link_ends_with_the_session() {
    let (desk, destination) = signed_in(whole_role(false), &["s3:GetObject"]).await;
    let id = &destination.id;
    let to = desk.folder().join("here.txt");
    let bytes = desk
        .app
        .download(id, "b.txt", &to)
        .await
        .expect("downloaded");
    assert_eq!(bytes, 9);
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
    let failed = desk.app.download(id, "b.txt", &nowhere).await;
    assert_eq!(failed.expect_err("no folder").code, Code::FileUnwritable);
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
    let failed = desk.app.download(&destination.id, "b.txt", &to).await;
    assert_eq!(failed.expect_err("rotten").code, Code::ChecksumMismatch);
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
    desk::soon("it leaves the view", async {
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
