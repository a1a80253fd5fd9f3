// The rows of one destination. An update touches the row that changed and nothing else.
//
// Rows stand in four lanes, so that what asks for an answer and what moves is on top, and so that a
// sum over the few moving rows never walks the 200,000 that wait.
import { SvelteMap } from 'svelte/reactivity'
import type { Row as WireRow, RowChange, RowState, Totals } from '../ipc/bindings'
import { Row } from './row.svelte'

type LaneName = 'asking' | 'moving' | 'waiting' | 'finished'

function laneOf(row: Row): LaneName {
  switch (row.state) {
    case 'conflict':
    case 'failed':
      return 'asking'
    case 'sending':
      return 'moving'
    case 'waiting':
    case 'paused':
    case 'waitingForNetwork':
    case 'waitingForSignIn':
      return row.sentBytes > 0 ? 'moving' : 'waiting'
    case 'stored':
    case 'cancelled':
    case 'skipped':
      return 'finished'
  }
}

/** Rows in the order in which they came; one of 200,000 leaves without a search. */
class Lane {
  #rows = new Set<Row>()
  #drawn: readonly Row[] | null = null
  readonly #newestFirst: boolean

  constructor(newestFirst = false) {
    this.#newestFirst = newestFirst
  }

  get size(): number {
    return this.#rows.size
  }

  add(row: Row): void {
    this.#rows.add(row)
    this.#drawn = null
  }

  delete(row: Row): void {
    this.#rows.delete(row)
    this.#drawn = null
  }

  /** The same array until a row comes or goes. */
  drawn(): readonly Row[] {
    if (!this.#drawn) {
      const rows = [...this.#rows]
      this.#drawn = this.#newestFirst ? rows.reverse() : rows
    }
    return this.#drawn
  }
}

const NO_TOTALS: Omit<Totals, 'destination'> = {
  ...{ files: 0, filesStored: 0, filesStopped: 0, filesPaused: 0, filesWaitingForNetwork: 0 },
  ...{ bytes: 0, bytesSent: 0, bytesPerSecond: 0, secondsLeft: null, planning: false, isPaused: false, isReachable: true },
}

function newLanes(): Record<LaneName, Lane> {
  // What was stored last stands first among the finished.
  return { asking: new Lane(), moving: new Lane(), waiting: new Lane(), finished: new Lane(true) }
}

export class Uploads {
  #moving = $state.raw<readonly Row[]>([])
  #failed = $state.raw(0)
  /** How many rows of a drop stand in conflict. */
  #asking = new SvelteMap<number, number>()

  /** All rows in the order they are drawn; replaced whole, and only when a row changes its lane. */
  rows = $state.raw<readonly Row[]>([])
  hasFinished = $state.raw(false)
  /** Grows when a begun upload may have been left on the server. */
  leftBehind = $state.raw(0)
  totals = $state.raw<Totals>({ destination: '', ...NO_TOTALS })

  readonly filesLeft = $derived(Math.max(0, this.totals.files - this.totals.filesStored - this.totals.filesStopped))
  readonly hasFailed = $derived(this.#failed > 0)
  readonly part = $derived(this.totals.bytes > 0 ? Math.min(1, this.totals.bytesSent / this.totals.bytes) : 0)
  readonly isDone = $derived(this.totals.files > 0 && this.totals.filesStored === this.totals.files && !this.totals.planning)
  /** The largest row that is half sent: the one a person worries about when the session ends. */
  readonly largestMoving = $derived.by(() => {
    let largest: Row | null = null
    for (const row of this.#moving) if (row.sentBytes > 0 && row.sizeBytes > (largest?.sizeBytes ?? 0)) largest = row
    return largest
  })

  #byId = new Map<number, Row>()
  #laneById = new Map<number, LaneName>()
  #lanes = newLanes()

  has(id: number): boolean {
    return this.#byId.has(id)
  }

  of(id: number): Row | null {
    return this.#byId.get(id) ?? null
  }

  askingOf(drop: number): number {
    return this.#asking.get(drop) ?? 0
  }

  /** All at once: a fresh snapshot. */
  reset(rows: readonly WireRow[]): void {
    this.#byId.clear()
    this.#laneById.clear()
    this.#asking.clear()
    this.#lanes = newLanes()
    this.#failed = 0
    this.add(rows)
    this.#redraw()
  }

  add(rows: readonly WireRow[]): void {
    for (const wire of rows) {
      // The same path dropped again joins its row; the core may then send it once more.
      const known = this.#byId.get(wire.id)
      if (known) {
        this.#receive(known, wire)
        continue
      }
      const row = new Row(wire)
      this.#byId.set(row.id, row)
      this.#count(row, null, row.state)
      this.#place(row)
    }
    if (rows.length > 0) this.#redraw()
  }

  change(changes: readonly RowChange[]): void {
    let moved = false
    for (const change of changes) {
      const row = this.#byId.get(change.id)
      if (row && this.#receive(row, change)) moved = true
    }
    if (moved) this.#redraw()
  }

  remove(ids: readonly number[]): void {
    let isGone = false
    for (const id of ids) {
      const row = this.#byId.get(id)
      const lane = this.#laneById.get(id)
      if (!row || !lane) continue
      this.#byId.delete(id)
      this.#laneById.delete(id)
      this.#lanes[lane].delete(row)
      this.#count(row, row.state, null)
      isGone = true
    }
    if (isGone) this.#redraw()
  }

  /** True when the row is in another lane now. */
  #receive(row: Row, change: Omit<RowChange, 'id'>): boolean {
    const [before, noted] = [row.state, row.note]
    row.receive(change)
    this.#count(row, before, row.state)
    const isTakenBack = row.state === 'cancelled' && before !== 'cancelled'
    if (isTakenBack || row.note !== noted) this.leftBehind += 1
    return this.#place(row)
  }

  /** Keeps the sums that buttons need, one row at a time. */
  #count(row: Row, before: RowState | null, now: RowState | null): void {
    if (before === now) return
    this.#failed += Number(now === 'failed') - Number(before === 'failed')
    const asks = Number(now === 'conflict') - Number(before === 'conflict')
    if (asks !== 0) this.#asking.set(row.drop, this.askingOf(row.drop) + asks)
  }

  /** Puts a row into the lane of its state; true when it was in another one. */
  #place(row: Row): boolean {
    const lane = laneOf(row)
    const before = this.#laneById.get(row.id)
    if (lane === before) return false
    if (before) this.#lanes[before].delete(row)
    this.#laneById.set(row.id, lane)
    this.#lanes[lane].add(row)
    return true
  }

  #redraw(): void {
    const { asking, moving, waiting, finished } = this.#lanes
    this.#moving = moving.drawn()
    this.hasFinished = finished.size > 0
    this.rows = asking.drawn().concat(moving.drawn(), waiting.drawn(), finished.drawn())
  }
}
