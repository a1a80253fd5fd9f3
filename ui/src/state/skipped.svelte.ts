// Paths of drops that were not added, by reason. They come in portions, and each costs only itself.
import type { Code, Failure, Skipped } from '../ipc/bindings'

export interface SkippedGroup {
  code: Code
  /** The first one's: its remedy is that of all. */
  failure: Failure
  /** Grows in place. */
  names: readonly string[]
}

export class SkippedPaths {
  count = $state.raw(0)
  /** In the order in which the reasons were met. */
  groups = $state.raw<readonly SkippedGroup[]>([])

  #names = new Map<Code, string[]>()

  add(skipped: readonly Skipped[]): void {
    const fresh: SkippedGroup[] = []
    for (const { name, failure } of skipped) {
      let names = this.#names.get(failure.code)
      if (!names) {
        this.#names.set(failure.code, (names = []))
        fresh.push({ code: failure.code, failure, names })
      }
      names.push(name)
    }
    this.count += skipped.length
    // New wrappers around the same names, so that what shows them hears that they have grown.
    this.groups = [...this.groups, ...fresh].map((group) => ({ ...group }))
  }

  clear(): void {
    this.#names.clear()
    this.count = 0
    this.groups = []
  }
}

/** Of a list that is told whole each time, such as a preview's thousand. */
export function groupsOf(skipped: readonly Skipped[]): readonly SkippedGroup[] {
  const paths = new SkippedPaths()
  paths.add(skipped)
  return paths.groups
}
