// The rows of one destination. An update touches the row that changed and nothing else.
//
// Rows stand in four lanes, so that what asks for an answer and what moves is on top, and so that a
// sum over the few moving rows never walks the ten thousand that wait.
import type { Failure, Row as WireRow, RowChange, RowState, Totals } from '../ipc/bindings'

export class Row {
  readonly id: number
  readonly name: string
  key = $state.raw('')
  sizeBytes = $state.raw(0)
  sentBytes = $state.raw(0)
  state = $state.raw<RowState>('waiting')
  failure = $state.raw<Failure | null>(null)
  bytesPerSecond = $state.raw(0)

  /** Whole only when it is stored: after the last byte comes S3's own word. */
  readonly part = $derived(this.state === 'stored' ? 1 : this.sizeBytes > 0 ? Math.min(0.99, this.sentBytes / this.sizeBytes) : 0)
  readonly secondsLeft = $derived(this.bytesPerSecond > 0 ? (this.sizeBytes - this.sentBytes) / this.bytesPerSecond : null)

  #measuredAt = 0
  #measuredBytes = 0

  constructor(row: WireRow) {
    this.id = row.id
    this.name = row.name
    this.receive(row)
  }

  receive(change: Omit<RowChange, 'id'>): void {
    this.#measure(change)
    this.key = change.key
    this.sizeBytes = change.sizeBytes
    this.sentBytes = change.sentBytes
    this.state = change.state
    this.failure = change.failure
  }

  /** Smoothed over seconds; parts finish in steps, and a raw difference would jump. */
  #measure(change: Omit<RowChange, 'id'>): void {
    const now = performance.now()
    if (change.state !== 'sending' || this.state !== 'sending' || change.sentBytes < this.#measuredBytes) {
      this.bytesPerSecond = 0
      this.#measuredAt = now
      this.#measuredBytes = change.sentBytes
    } else if (now - this.#measuredAt >= 1000) {
      const speed = ((change.sentBytes - this.#measuredBytes) * 1000) / (now - this.#measuredAt)
      this.bytesPerSecond = this.bytesPerSecond > 0 ? this.bytesPerSecond * 0.7 + speed * 0.3 : speed
      this.#measuredAt = now
      this.#measuredBytes = change.sentBytes
    }
  }
}

type Lane = 'asking' | 'moving' | 'waiting' | 'finished'

function laneOf(row: Row): Lane {
  switch (row.state) {
    case 'conflict':
    case 'failed':
      return 'asking'
    case 'sending':
      return 'moving'
    case 'waiting':
    case 'waitingForSignIn':
      return row.sentBytes > 0 ? 'moving' : 'waiting'
    case 'stored':
    case 'cancelled':
    case 'skipped':
      return 'finished'
  }
}

const NO_TOTALS = { files: 0, filesStored: 0, filesStopped: 0, bytes: 0, bytesSent: 0, bytesPerSecond: 0, secondsLeft: null, planning: false }

export class Uploads {
  #moving = $state.raw<readonly Row[]>([])

  /** All rows in the order they are drawn; replaced whole, and only when a row changes its lane. */
  rows = $state.raw<readonly Row[]>([])
  hasFinished = $state.raw(false)
  totals = $state.raw<Totals>({ destination: '', ...NO_TOTALS })

  readonly filesLeft = $derived(Math.max(0, this.totals.files - this.totals.filesStored - this.totals.filesStopped))
  readonly part = $derived(this.totals.bytes > 0 ? Math.min(1, this.totals.bytesSent / this.totals.bytes) : 0)
  readonly isDone = $derived(this.totals.files > 0 && this.totals.filesStored === this.totals.files && !this.totals.planning)
  /** The largest row that is half sent: the one a person worries about when the session ends. */
  readonly largestMoving = $derived.by(() => {
    let largest: Row | null = null
    for (const row of this.#moving) if (row.sentBytes > 0 && row.sizeBytes > (largest?.sizeBytes ?? 0)) largest = row
    return largest
  })

  #byId = new Map<number, Row>()
  #laneById = new Map<number, Lane>()
  #lanes: Record<Lane, Row[]> = { asking: [], moving: [], waiting: [], finished: [] }

  has(id: number): boolean {
    return this.#byId.has(id)
  }

  /** All at once: a fresh snapshot. */
  reset(rows: readonly WireRow[]): void {
    this.#byId.clear()
    this.#laneById.clear()
    this.#lanes = { asking: [], moving: [], waiting: [], finished: [] }
    this.add(rows)
    this.#redraw()
  }

  add(rows: readonly WireRow[]): void {
    for (const wire of rows) {
      // The same path dropped again joins its row; the core may then send it once more.
      const known = this.#byId.get(wire.id)
      if (known) {
        known.receive(wire)
        this.#place(known)
        continue
      }
      const row = new Row(wire)
      this.#byId.set(row.id, row)
      this.#place(row)
    }
    if (rows.length > 0) this.#redraw()
  }

  change(changes: readonly RowChange[]): void {
    let moved = false
    for (const change of changes) {
      const row = this.#byId.get(change.id)
      if (!row) continue
      row.receive(change)
      if (this.#place(row)) moved = true
    }
    if (moved) this.#redraw()
  }

  remove(ids: readonly number[]): void {
    const gone = new Set(ids.filter((id) => this.#byId.delete(id)))
    if (gone.size === 0) return
    for (const id of gone) this.#laneById.delete(id)
    for (const lane of Object.keys(this.#lanes) as Lane[]) {
      this.#lanes[lane] = this.#lanes[lane].filter((row) => !gone.has(row.id))
    }
    this.#redraw()
  }

  /** Puts a row into the lane of its state; true when it was in another one. */
  #place(row: Row): boolean {
    const lane = laneOf(row)
    const before = this.#laneById.get(row.id)
    if (lane === before) return false
    if (before) {
      const rows = this.#lanes[before]
      // Rows leave a lane near its front, so this search is short.
      rows.splice(rows.indexOf(row), 1)
    }
    this.#laneById.set(row.id, lane)
    // What was stored last stands first among the finished.
    if (lane === 'finished') this.#lanes.finished.unshift(row)
    else this.#lanes[lane].push(row)
    return true
  }

  #redraw(): void {
    const { asking, moving, waiting, finished } = this.#lanes
    this.#moving = moving.slice()
    this.hasFinished = finished.length > 0
    this.rows = [...asking, ...moving, ...waiting, ...finished]
  }
}
