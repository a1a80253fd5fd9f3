// The rows of one destination. An update touches the row that changed and nothing else.
//
// Rows stand in four lanes, so that what asks for an answer and what moves is on top, and so that a
// sum over the few moving rows never walks the 200,000 that wait.
import { SvelteMap } from 'svelte/reactivity'
import type { Row as WireRow, RowChange, RowState, Totals } from '../ipc/bindings'
import { Row, type LaneName } from './row.svelte'

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

/** Rows in the order in which they came. Leaving costs nothing until the lane is drawn: then all that left go at once. */
class Lane {
  readonly #name: LaneName
  readonly #rows: Row[] = []
  #gone = 0

  constructor(name: LaneName) {
    this.#name = name
  }

  get size(): number {
    return this.#rows.length - this.#gone
  }

  add(row: Row): void {
    // The row may be one of those that left and still stand here.
    if (this.#gone > 0) this.drawn()
    row.lane = this.#name
    this.#rows.push(row)
  }

  /** The caller gives the row its next lane. */
  delete(row: Row): void {
    row.lane = null
    this.#gone += 1
  }

  /** The lane's own array: copy what is kept. */
  drawn(): readonly Row[] {
    const rows = this.#rows
    let [kept, seen] = [0, 0]
    // Mostly the first ones leave: the walk ends behind the last that is gone, and what follows is moved in one go.
    for (; this.#gone > 0 && seen < rows.length; seen += 1) {
      const row = rows[seen]
      if (row?.lane === this.#name) rows[kept++] = row
      else this.#gone -= 1
    }
    if (seen > kept) rows.splice(kept, seen - kept)
    return rows
  }
}

const NO_TOTALS: Omit<Totals, 'destination'> = {
  ...{ files: 0, filesStored: 0, filesStopped: 0, filesPaused: 0, filesWaitingForNetwork: 0 },
  ...{ bytes: 0, bytesSent: 0, bytesPerSecond: 0, secondsLeft: null, planning: false, isPaused: false, isReachable: true },
}

function newLanes(): Record<LaneName, Lane> {
  return { asking: new Lane('asking'), moving: new Lane('moving'), waiting: new Lane('waiting'), finished: new Lane('finished') }
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
  /** All that is left is held back: at once, or one by one, as after a restart. */
  readonly isHeld = $derived(this.totals.isPaused || (this.filesLeft > 0 && this.filesLeft === this.totals.filesPaused))
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
      if (!row) continue
      this.#byId.delete(id)
      if (row.lane) this.#lanes[row.lane].delete(row)
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
    if (lane === row.lane) return false
    if (row.lane) this.#lanes[row.lane].delete(row)
    this.#lanes[lane].add(row)
    return true
  }

  #redraw(): void {
    const { asking, moving, waiting, finished } = this.#lanes
    this.#moving = moving.drawn().slice()
    this.hasFinished = finished.size > 0
    // What was stored last stands first among the finished.
    this.rows = asking.drawn().concat(moving.drawn(), waiting.drawn(), finished.drawn().slice().reverse())
  }
}
