//! What one process takes over from another.

use super::*;

#[tokio::test]
async fn a_dead_processs_rows_are_adopted_with_their_confirmed_parts_and_a_living_ones_are_not() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = Ledger::open(dir.path()).expect("a ledger");
    let row = new_row(&first, "d");
    first.write(Write::Add(vec![row.clone()]));
    first.write(Write::Begin(row.file.id, begun()));
    first.write(Write::Part(row.file.id, 3, part()));
    first.write(Write::Pause(row.file.id, true));
    first
        .commit(Write::Part(row.file.id, 1, part()))
        .await
        .expect("committed");

    let second = Ledger::open(dir.path()).expect("a ledger");
    assert_ne!(second.next_id().0 >> 32, row.file.id.0 >> 32);
    assert!(second.adopt(None).await.expect("adopt").rows.is_empty());
    assert_eq!(second.open_rows().await.expect("rows").len(), 1);
    drop(first);
    let others = second.adopt(Some("another")).await.expect("adopt");
    assert!(others.rows.is_empty());
    let adopted = second.adopt(Some("d")).await.expect("adopt").rows;
    assert_eq!(adopted.len(), 1);
    assert_eq!(adopted[0].file.stamp, row.file.stamp);
    assert_eq!(adopted[0].file.on_conflict, OnConflict::KeepBoth);
    assert_eq!(adopted[0].confirmed_bytes, (8 << 20) + (4 << 20));
    assert!(adopted[0].is_paused);
    assert!(adopted[0].file.may_be_stored);
    let begun = adopted[0].file.begun.as_ref().expect("begun");
    assert_eq!(begun.parts, BTreeMap::from([(1, part()), (3, part())]));
}

#[tokio::test]
async fn a_drop_whose_walk_was_cut_is_walked_again_without_what_is_known() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = Ledger::open(dir.path()).expect("a ledger");
    let (cut, done) = (new_drop(&first, "d"), new_drop(&first, "d"));
    first.write(Write::WalkBegan(cut.clone()));
    first.write(Write::WalkBegan(done.clone()));
    first.write(Write::WalkEnded(done.id));
    let rows = ["open", "stored", "taken back", "renamed"]
        .map(|name| named_row(&first, "d", cut.id, name));
    first.write(Write::Add(rows.to_vec()));
    let mut renamed = rows[3].file.clone();
    renamed.key = "renamed (2)".into();
    first.write(Write::Restart(renamed));
    first.write(Write::Store(rows[1].file.id, receipt("stored")));
    first
        .commit(Write::Remove(rows[2].file.id))
        .await
        .expect("committed");
    drop(first);

    let second = Ledger::open(dir.path()).expect("a ledger");
    let adopted = second.adopt(None).await.expect("adopt");
    assert_eq!(adopted.rows.len(), 2);
    assert_eq!(adopted.walks.len(), 1);
    let walk = &adopted.walks[0];
    assert_eq!(format!("{:?}", walk.drop), format!("{cut:?}"));
    for row in &rows {
        assert!(
            walk.known.contains(&row.file.path.to_path(), &row.name),
            "{}",
            row.name
        );
    }
    assert_eq!(walk.known.len(), 4);
    let new = named_row(&second, "d", cut.id, "not yet walked");
    assert!(!walk.known.contains(&new.file.path.to_path(), &new.name));
    assert!(!walk.known.contains(&rows[0].file.path.to_path(), &new.name));

    // It ends now, and nobody walks it a third time.
    second
        .commit(Write::WalkEnded(cut.id))
        .await
        .expect("committed");
    drop(second);
    let third = Ledger::open(dir.path()).expect("a ledger");
    let adopted = third.adopt(None).await.expect("adopt");
    assert_eq!((adopted.rows.len(), adopted.walks.len()), (2, 0));
}

#[tokio::test]
async fn a_walk_is_taken_over_once_and_survives_a_second_death() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = Ledger::open(dir.path()).expect("a ledger");
    let cut = new_drop(&first, "d");
    first
        .commit(Write::WalkBegan(cut.clone()))
        .await
        .expect("committed");
    let second = Ledger::open(dir.path()).expect("a ledger");
    assert!(second.adopt(None).await.expect("adopt").walks.is_empty());
    drop(first);
    assert_eq!(second.adopt(None).await.expect("adopt").walks.len(), 1);
    assert!(second.adopt(None).await.expect("adopt").walks.is_empty());
    let added_at = second.drops(None).await.expect("drops")[0].added_at;
    second
        .commit(Write::WalkBegan(cut))
        .await
        .expect("committed");
    drop(second);
    let third = Ledger::open(dir.path()).expect("a ledger");
    assert_eq!(third.adopt(None).await.expect("adopt").walks.len(), 1);
    let drops = third.drops(None).await.expect("drops");
    assert_eq!(drops[0].added_at, added_at, "walked again, added once");
}
