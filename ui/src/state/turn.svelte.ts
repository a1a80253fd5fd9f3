// One thing is done at a time, and why the last one failed.
import { asFailure } from '../ipc/backend'
import type { Failure } from '../ipc/bindings'

export class Turn<What extends string> {
  /** What goes on. */
  what = $state.raw<What | null>(null)
  failure = $state.raw<Failure | null>(null)

  /** True when it was done: not where something else goes on, or it failed. */
  async take(what: What, work: () => Promise<void>): Promise<boolean> {
    if (this.what) return false
    this.what = what
    this.failure = null
    let isDone = true
    try {
      await work()
    } catch (thrown) {
      this.failure = asFailure(thrown)
      isDone = false
    }
    this.what = null
    return isDone
  }
}
