//! Views: what is held of a folder that somebody looks at.

mod desk;

use app::{Column, Destination, DropRequest, Event, Folder, OnConflict, Order, View, ViewId};
use desk::{Desk, soon};
use sandbox::{Fault, Operation};

/// A page of S3 holds a thousand keys.
const KEYS: usize = 2500;

async fn signed_in() -> (Desk, Destination) {
    let desk = Desk::with(|_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let signed_in = desk.app.sign_in(&destination.id, None).await;
    signed_in.expect("signed in");
    (desk, destination)
}

fn fill(desk: &Desk) {
    let keys = (0..KEYS).map(|number| format!("take-{number}"));
    let below = ["deep/er/take-x", "deep/er/note"].map(str::to_owned);
    let filled = desk.sandbox.fill(keys.chain(below));
    filled.expect("the sandbox takes keys");
}

fn open(desk: &Desk, destination: &Destination, find: Option<&str>) -> ViewId {
    let view = desk.app.open_view(&destination.id, Folder::default(), find);
    view.expect("a view")
}

async fn names(desk: &Desk, view: ViewId, from: usize, count: usize) -> Vec<String> {
    let lines = desk.app.view_lines(view, from, count).await;
    let (_, lines) = lines.expect("lines");
    lines.into_iter().map(|line| line.name).collect()
}

async fn told(
    events: &mut tokio::sync::mpsc::UnboundedReceiver<Event>,
    is_it: impl Fn(&View) -> bool,
) -> View {
    soon("the view is told", async {
        loop {
            match events.recv().await {
                Some(Event::Viewed(view)) if is_it(&view) => return view,
                Some(_) => {}
                None => panic!("the events ended"),
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_read_page_by_page_and_told_line_by_line() {
    let (desk, destination) = signed_in().await;
    fill(&desk);
    let id = open(&desk, &destination, None);
    let first = desk.app.load_view(id).await.expect("a page");
    assert_eq!((first.loaded, first.has_more), (1000, true));
    assert_eq!(names(&desk, id, 0, 2).await, ["deep", "take-0"]);
    let second = desk.app.read_on(id).await.expect("a page");
    assert_eq!(second.loaded, 2000);
    assert!(second.edition > first.edition);
    assert_eq!(
        names(&desk, id, 1999, 9).await.len(),
        1,
        "no more than there is"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_looked_through_is_sorted_to_its_end() {
    let (desk, destination) = signed_in().await;
    fill(&desk);
    let mut events = desk.watching().await;
    let id = open(&desk, &destination, None);
    let order = Order {
        by: Column::Name,
        is_descending: true,
    };
    let arranged = desk.app.arrange_view(id, "take", Some(order)).await;
    arranged.expect("arranged");
    desk.app.look_through(id).expect("looks");
    let view = told(&mut events, |view| !view.is_looking_through).await;
    assert_eq!((view.loaded, view.shown), (KEYS as u64 + 1, KEYS as u64));
    assert!(!view.has_more);
    assert_eq!(names(&desk, id, 0, 2).await, ["take-2499", "take-2498"]);
    assert_eq!(
        desk.app
            .find_line(id, "take-0".to_owned())
            .await
            .expect("found"),
        Some(KEYS - 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_what_lies_in_folders_below() {
    let (desk, destination) = signed_in().await;
    fill(&desk);
    let mut events = desk.watching().await;
    let id = open(&desk, &destination, Some("TAKE-X"));
    desk.app.look_through(id).expect("looks");
    let view = told(&mut events, |view| !view.is_looking_through).await;
    assert_eq!((view.looked, view.shown), (KEYS as u64 + 2, 1));
    assert_eq!(names(&desk, id, 0, 9).await, ["deep/er/take-x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_through_stops_at_once_and_goes_on_after() {
    let (desk, destination) = signed_in().await;
    fill(&desk);
    let mut events = desk.watching().await;
    let id = open(&desk, &destination, None);
    desk.app.load_view(id).await.expect("a page");
    let never = Fault::Delay(std::time::Duration::from_mins(10));
    desk.sandbox
        .faults()
        .next(Operation::ListObjectsV2, 1, never);
    desk.app.look_through(id).expect("looks");
    desk.app.stop_looking(id).await;
    let view = told(&mut events, |view| !view.is_looking_through).await;
    assert_eq!((view.loaded, view.has_more), (1000, true));
    desk.sandbox.faults().clear();
    desk.app.look_through(id).expect("looks");
    let view = told(&mut events, |view| !view.is_looking_through).await;
    assert_eq!(view.loaded, KEYS as u64 + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_come_ends_the_looking_and_leaves_what_was_read() {
    let (desk, destination) = signed_in().await;
    fill(&desk);
    let mut events = desk.watching().await;
    let id = open(&desk, &destination, None);
    desk.app.load_view(id).await.expect("a page");
    let denied = Fault::fail(403, "AccessDenied");
    desk.sandbox
        .faults()
        .next(Operation::ListObjectsV2, 1, denied);
    desk.app.look_through(id).expect("looks");
    let view = told(&mut events, |view| !view.is_looking_through).await;
    let failure = view.failure.expect("why");
    assert_eq!(failure.code, app::Code::ListingDenied);
    assert_eq!(view.loaded, 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_shows_in_open_views_without_a_question() {
    let (desk, destination) = signed_in().await;
    let id = open(&desk, &destination, None);
    desk.app.load_view(id).await.expect("a page");
    let asked = desk.sandbox.counts().requests_of(Operation::ListObjectsV2);
    let mut events = desk.watching().await;
    let file = desk.folder().join("grain.txt");
    std::fs::write(&file, b"sand").expect("write");
    let dropped = DropRequest {
        destination: destination.id.clone(),
        folder: None,
        paths: vec![file],
        on_conflict: OnConflict::Ask,
        rules: None,
    };
    desk.app.add_files(dropped).expect("added");
    let view = told(&mut events, |view| view.id == id && view.shown == 1).await;
    let (edition, lines) = desk.app.view_lines(id, 0, 1).await.expect("lines");
    assert_eq!((edition, lines[0].is_new), (view.edition, true));
    assert_eq!(lines[0].entry.key(), "grain.txt");
    let now = desk.sandbox.counts().requests_of(Operation::ListObjectsV2);
    assert_eq!(now, asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_was_closed_is_told_nothing_and_answers_nothing() {
    let (desk, destination) = signed_in().await;
    let id = open(&desk, &destination, None);
    desk.app.close_view(id);
    let gone = desk.app.load_view(id).await.expect_err("closed");
    assert_eq!(gone.code, app::Code::DestinationUnknown);
    assert!(desk.app.view_lines(ViewId(999), 0, 1).await.is_err());
}
