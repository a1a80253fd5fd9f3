//! The AWS side in the real window: examined, and set up. It is looked at by axe-core, too.

use sandbox::documents;
use testkit::moto::{Moto, administrator_at};

use crate::axe;
use crate::stage::{SOON, Stage, destination, fill, wait_for_listed, wait_until_stored};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_with_the_published_policy_is_examined_mended_and_its_list_is_seen() {
    let stage = Stage::set().await;
    let published = |options: &mut sandbox::Options| {
        options.role_policy = Some(documents::published_role_policy());
    };
    let sandbox = stage.sandbox(published).await;
    sandbox.put_object("take-016.wav", b"sand").expect("stored");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    window.find("picture-denied").await;

    window.click("denied-examine").await;
    window.wait_for("[data-verdict=\"worksBut\"]", SOON).await;
    window
        .wait_for("[data-check=\"list\"][data-state=\"wrong\"]", SOON)
        .await;
    window
        .wait_for("[data-check=\"store\"][data-state=\"good\"]", SOON)
        .await;
    axe::check(&window, "examine").await;
    stage.pictures(&window, "examine").await;
    assert_eq!(sandbox.objects().expect("read").len(), 1);

    // The administrator does what the sheet shows.
    sandbox.set_role_policy(documents::role_policy());
    window.click("examine-again").await;
    window.wait_for("[data-verdict=\"works\"]", SOON).await;
    stage.picture(&window, "examine-works").await;
    window.click("examine-close").await;
    window
        .wait_until_gone("[data-part=\"examine-sheet\"]", SOON)
        .await;
    crate::keyboard::wish(&stage, &window, "refresh").await;
    wait_for_listed(&window, "take-016.wav").await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_aws_side_is_set_up_by_whoever_is_signed_in_and_taken_back() {
    let stage = Stage::set().await;
    let moto = Moto::empty().await;
    let window = stage.window_with(&administrator_at(moto.endpoint())).await;
    window.click("set-up-aws").await;
    window
        .type_into("field-setupBucket", "s3-fs-example-bucket")
        .await;
    window
        .type_into("field-setupRegion", "ap-northeast-1")
        .await;
    axe::check(&window, "set-up").await;
    stage.pictures(&window, "set-up").await;
    window.click("setup-look").await;
    window
        .wait_for("[data-thing=\"role\"][data-standing=\"missing\"]", SOON)
        .await;
    window.click("setup-apply").await;
    window
        .wait_for_text("setup-said", "Everything is set up.", SOON)
        .await;
    axe::check(&window, "set-up-done").await;
    stage.pictures(&window, "set-up-done").await;
    let role = moto.aws("iam get-role --role-name sts-s3-example-role");
    assert!(role.contains(":user/sts-s3-upload-user"), "{role}");
    window.click("setup-undo").await;
    window.click("setup-undo-submit").await;
    window.wait_for_text("setup-plan", "removed", SOON).await;
    let users = moto.aws("iam list-users");
    assert!(!users.contains("sts-s3-upload-user"), "{users}");
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_without_rights_is_examined_repaired_and_a_file_goes_through() {
    let stage = Stage::set().await;
    let moto = Moto::empty().await;
    let mistaken = moto.mistaken_account();
    let key = moto.administrator_key();
    let mut administrator = administrator_at(moto.endpoint());
    for (name, value) in &mut administrator {
        match *name {
            "AWS_ACCESS_KEY_ID" => *value = &key.0,
            "AWS_SECRET_ACCESS_KEY" => *value = &key.1,
            _ => {}
        }
    }
    moto.let_user_in();
    moto.enforce_policies(true);
    let window = stage.window_with(&administrator).await;
    fill(&window, &mistaken).await;
    window.click("connect-submit").await;
    window.find("picture-denied").await;

    window.click("denied-examine").await;
    window.wait_for("[data-verdict=\"broken\"]", SOON).await;
    window
        .wait_for("[data-check=\"store\"][data-state=\"wrong\"]", SOON)
        .await;
    window.click("examine-repair").await;
    window.click("repair-look").await;
    window
        .wait_for(
            "[data-thing=\"permissions\"][data-standing=\"missing\"]",
            SOON,
        )
        .await;
    axe::check(&window, "repair").await;
    stage.pictures(&window, "repair").await;
    window.click("repair-submit").await;
    window
        .wait_for("[data-check=\"list\"][data-state=\"good\"]", SOON)
        .await;
    // moto answers 500 for a part of an upload that nobody has begun, and may keep a whole object: the rest shows by doing it.
    window.wait_for("[data-verdict=\"openEnd\"]", SOON).await;
    window.click("examine-close").await;

    let folder = stage.folder("grain");
    std::fs::write(folder.join("grain.txt"), b"sand").expect("a folder takes files");
    let from = stage.file_manager(&folder, 40);
    stage.drag_all(&from, &window);
    wait_until_stored(&window, 1, SOON).await;
    moto.enforce_policies(false);
    assert_eq!(moto.onlooker().keys().await, ["grain.txt"]);
    window.close().await.expect("the window closes");
}
