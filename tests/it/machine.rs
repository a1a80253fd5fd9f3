//! The queue as a machine: random commands, faults and session ends through the app; then everything is healed, and what
//! must always hold is looked at.
//!
//! | what | holds |
//! |---|---|
//! | rows | Each dropped file has a row, which ends, or waits only while something holds it back. |
//! | objects | None is overwritten unless *Replace* was chosen; what is stored is what was read. |
//! | parts | None is sent again that the queue knows to be confirmed. |
//! | sums | They are the sums over the rows. |
//! | events | All events together make what a new watcher is shown. |
//!
//! `world` holds the app, its server and the files; `step` one command; `witness` hears every event; `truth` says what holds.

mod step;
mod truth;
mod witness;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};

use testkit::dice::Dice;
use tokio::runtime::Runtime;

use step::Step;
use world::World;

const RUNS: u64 = 28;
/// Side by side: they mostly wait.
const AT_A_TIME: u64 = 6;
const STEPS: u64 = 60;

#[test]
fn whatever_is_asked_of_the_queue_no_file_is_lost_and_nothing_is_overwritten_unasked() {
    let dice = Dice::fresh();
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= RUNS {
                        break;
                    }
                    let runtime = Runtime::new().expect("a runtime");
                    runtime.block_on(run(dice.beside(number)));
                }
            });
        }
    });
}

async fn run(mut dice: Dice) {
    let mut world = World::new(&mut dice).await;
    for _ in 0..STEPS {
        let step = Step::throw(&world, &mut dice);
        world.take(step, &mut dice).await;
        world.rest(dice.below(40)).await;
    }
    world.heal().await;
    world.assert_truth().await;
    // Whatever stopped is asked for once more; now nothing is in its way.
    world.finish().await;
    world.assert_truth().await;
    world.assert_all_is_stored_or_taken_back().await;
}
