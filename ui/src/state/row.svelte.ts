// One row, as it was told last. There may be 200,000: one signal each, and what follows from it is worked out when drawn.
import type { Conflict, ConflictChoice, Row as WireRow, RowChange } from '../ipc/bindings'

type Told = Omit<RowChange, 'id'>
export type LaneName = 'asking' | 'moving' | 'waiting' | 'takenBack' | 'stored'

export class Row {
  readonly id: number
  readonly name: string
  readonly drop: number
  /** Where `Uploads` has put it. */
  lane: LaneName | null = null

  #told: Told
  #bytesPerSecond = 0
  #measuredAt = 0
  #measuredBytes = 0

  constructor(row: WireRow) {
    this.id = row.id
    this.name = row.name
    this.drop = row.drop
    this.#told = $state.raw(row)
    this.#rest(row.sentBytes)
  }

  get key() {
    return this.#told.key
  }
  get sizeBytes() {
    return this.#told.sizeBytes
  }
  get sentBytes() {
    return this.#told.sentBytes
  }
  get state() {
    return this.#told.state
  }
  get failure() {
    return this.#told.failure
  }
  get note() {
    return this.#told.note
  }
  get proof() {
    return this.#told.proof
  }
  get conflict() {
    return this.#told.conflict
  }
  /** The twin's name, where the conflict is with another file of the drop. */
  get other() {
    return this.#told.other
  }

  /** Whole only when it is stored: after the last byte comes S3's own word. */
  get part(): number {
    if (this.state === 'stored') return 1
    return this.sizeBytes > 0 ? Math.min(0.99, this.sentBytes / this.sizeBytes) : 0
  }
  get bytesPerSecond(): number {
    // Measured when a change comes, so that it has no signal of its own.
    void this.#told
    return this.#bytesPerSecond
  }
  get secondsLeft(): number | null {
    return this.bytesPerSecond > 0 ? (this.sizeBytes - this.sentBytes) / this.bytesPerSecond : null
  }
  get canPause(): boolean {
    return ['waiting', 'sending', 'waitingForNetwork', 'waitingForSignIn'].includes(this.state)
  }
  get canMoveToFront(): boolean {
    return ['waiting', 'waitingForNetwork', 'waitingForSignIn'].includes(this.state)
  }
  get canCancel(): boolean {
    return !['stored', 'cancelled', 'skipped'].includes(this.state)
  }

  receive(change: Told): void {
    this.#measure(change)
    this.#told = change
  }

  /** Smoothed over seconds; parts finish in steps, and a raw difference would jump. */
  #measure(change: Told): void {
    const now = performance.now()
    if (change.state !== 'sending' || this.state !== 'sending' || change.sentBytes < this.#measuredBytes) {
      this.#rest(change.sentBytes)
    } else if (now - this.#measuredAt >= 1000) {
      const speed = ((change.sentBytes - this.#measuredBytes) * 1000) / (now - this.#measuredAt)
      this.#bytesPerSecond = this.#bytesPerSecond > 0 ? this.#bytesPerSecond * 0.7 + speed * 0.3 : speed
      this.#measuredAt = now
      this.#measuredBytes = change.sentBytes
    }
  }

  #rest(sentBytes: number): void {
    this.#bytesPerSecond = 0
    this.#measuredAt = performance.now()
    this.#measuredBytes = sentBytes
  }
}

const CHOICES: Record<Conflict, readonly ConflictChoice[]> = {
  taken: ['replace', 'keepBoth', 'skip'],
  maybeStored: ['replace', 'keepBoth', 'skip'],
  // Replacing would let one dropped file overwrite the other.
  sameKey: ['keepBoth', 'skip'],
  caseTwin: ['sendAnyway', 'keepBoth', 'skip'],
}

/** What can be chosen; an older core names no kind, and then the key is taken. */
export function choicesOf(conflict: Conflict | null): readonly ConflictChoice[] {
  return CHOICES[conflict ?? 'taken']
}
