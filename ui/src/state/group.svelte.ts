// The rows of one drop, and what the line above them says.
import type { PastDrop } from '../ipc/bindings'
import { Lanes, NO_COUNTS, sumOf, type Counts } from './lanes'

export class DropGroup {
  readonly drop: number
  readonly lanes = new Lanes()

  isOpen = $state.raw(true)
  /** When the page saw it first, until the ledger tells. RFC 3339. */
  addedAt = $state.raw(new Date().toISOString())
  counts = $state.raw<Counts>(NO_COUNTS)
  /** How many of its rows stand in conflict. */
  conflicts = $state.raw(0)
  /** Stored files that are no longer in the list. */
  #left = $state.raw(0)

  readonly stored = $derived(this.#left + this.counts.stored)
  /** In all; as in the totals without what was taken back. */
  readonly files = $derived(this.#left + sumOf(this.counts) - this.counts.takenBack)

  constructor(drop: number) {
    this.drop = drop
  }

  get place(): 'asking' | 'underWay' | 'through' {
    if (this.counts.asking > 0) return 'asking'
    return this.counts.moving + this.counts.waiting > 0 ? 'underWay' : 'through'
  }

  tell(): void {
    this.counts = this.lanes.counts
  }

  storedRowLeaves(): void {
    this.#left += 1
  }

  /** What the ledger knows; of a drop of this run the page knows the files itself, and sooner. */
  receive(past: PastDrop): void {
    this.addedAt = past.addedAt
    if (Date.parse(past.addedAt) >= performance.timeOrigin) return
    // A file is a row or a receipt: what is no row here was stored before. That holds whatever is stored meanwhile.
    this.#left = Math.max(this.#left, Math.min(past.stored, past.files - (this.files - this.#left)))
  }
}
