// The rows of one destination. An update touches the row that changed and nothing else.
//
// Each row stands in two sets of lanes, that of all rows and that of its drop, so that grouping and filtering them
// is putting arrays together.
import { asFailure } from '../ipc/backend'
import type { PastDrop, Row as WireRow, RowChange, RowState, Totals } from '../ipc/bindings'
import { DropGroup } from './group.svelte'
import { laneOf, Lanes, NO_COUNTS, countOf, sumOf, type Counts, type Filter } from './lanes'
import { Row } from './row.svelte'
import { SpeedTrace } from './speed.svelte'

const NO_TOTALS: Omit<Totals, 'destination'> = {
  ...{ files: 0, filesStored: 0, filesStopped: 0, filesPaused: 0, filesWaitingForNetwork: 0 },
  ...{ bytes: 0, bytesSent: 0, bytesPerSecond: 0, secondsLeft: null, isPlanning: false, isPaused: false, isReachable: true },
}

/** What the list draws: a row, or the line above a drop's rows. */
export type Item = Row | DropGroup

export class Uploads {
  readonly speed = new SpeedTrace()
  filter = $state.raw<Filter>('all')
  /** Rows in the list, by lane. */
  counts = $state.raw<Counts>(NO_COUNTS)
  /** Drops that have rows in the list. */
  dropCount = $state.raw(0)
  /** Drops whose time nobody has asked for. */
  undated = $state.raw(0)
  /** Grows when a begun upload may have been left on the server. */
  leftBehind = $state.raw(0)

  /** Grows when a row comes, goes or changes its lane. */
  #moves = $state.raw(0)
  #failed = $state.raw(0)
  #totals = $state.raw<Totals>({ destination: '', ...NO_TOTALS })

  /** The rows that the filter shows, in the order they are drawn without groups. */
  readonly rows: readonly Row[] = $derived.by(() => {
    void this.#moves
    return this.#lanes.shown(this.filter).flat()
  })
  readonly count = $derived(sumOf(this.counts))
  readonly hasFinished = $derived(this.counts.stored + this.counts.takenBack > 0)
  readonly filesLeft = $derived(Math.max(0, this.totals.files - this.totals.filesStored - this.totals.filesStopped))
  /** All that is left is held back: at once, or one by one, as after a restart. */
  readonly isHeld = $derived(this.totals.isPaused || (this.filesLeft > 0 && this.filesLeft === this.totals.filesPaused))
  readonly hasFailed = $derived(this.#failed > 0)
  readonly part = $derived(this.totals.bytes > 0 ? Math.min(1, this.totals.bytesSent / this.totals.bytes) : 0)
  readonly isDone = $derived(this.totals.files > 0 && this.totals.filesStored === this.totals.files && !this.totals.isPlanning)
  /** The largest row that is half sent: the one a person worries about when the session ends. */
  readonly largestMoving = $derived.by(() => {
    void this.#moves
    let largest: Row | null = null
    for (const row of this.#lanes.shown('moving').flat()) if (row.sentBytes > 0 && row.sizeBytes > (largest?.sizeBytes ?? 0)) largest = row
    return largest
  })

  #byId = new Map<number, Row>()
  #lanes = new Lanes()
  /** In the order in which the page saw them; one whose rows have left stays, since more may come. */
  #groups = new Map<number, DropGroup>()
  /** Those whose rows moved since the list was told. */
  #touched = new Set<DropGroup>()

  get totals(): Totals {
    return this.#totals
  }
  set totals(totals: Totals) {
    this.#totals = totals
    this.speed.take(totals.bytesPerSecond)
  }

  has(id: number): boolean {
    // The index has no signal of its own.
    void this.#moves
    return this.#byId.has(id)
  }

  of(id: number): Row | null {
    return this.#byId.get(id) ?? null
  }

  askingOf(drop: number): number {
    return this.#groups.get(drop)?.conflicts ?? 0
  }

  /** Files of a drop that have not arrived. */
  openOf(drop: number): number {
    const group = this.#groups.get(drop)
    return group ? group.files - group.stored : 0
  }

  /** What the list draws: first the drops that ask, then those under way; last those that are through, the latest first. */
  items(isGrouped: boolean): readonly Item[] {
    void this.#moves
    if (!isGrouped || this.dropCount < 2) return this.rows
    const groups = [...this.#groups.values()].filter((group) => countOf(group.counts, this.filter) > 0)
    const at = (place: DropGroup['place']) => groups.filter((group) => group.place === place)
    return [...at('asking'), ...at('underWay'), ...at('through').reverse()].flatMap((group) => [[group], ...(group.isOpen ? group.lanes.shown(this.filter) : [])] as readonly (readonly Item[])[]).flat()
  }

  /** Rows of an earlier run come without the time of their drop. */
  async date(asked: Promise<readonly PastDrop[]>): Promise<void> {
    this.undated = 0
    try {
      for (const past of await asked) this.#groups.get(past.drop)?.receive(past)
    } catch (thrown) {
      // The time at which the page saw them stands there.
      console.warn(asFailure(thrown).message)
    }
  }

  /** All at once: a fresh snapshot. */
  reset(rows: readonly WireRow[]): void {
    this.#byId.clear()
    this.#groups.clear()
    this.#touched.clear()
    this.#lanes = new Lanes()
    this.#failed = 0
    this.undated = 0
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
      this.#unplace(row)
      if (row.state === 'stored') this.#groupOf(row.drop).storedRowLeaves()
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
    if (asks !== 0) this.#groupOf(row.drop).conflicts += asks
  }

  #groupOf(drop: number): DropGroup {
    let group = this.#groups.get(drop)
    if (!group) {
      this.#groups.set(drop, (group = new DropGroup(drop)))
      this.undated += 1
    }
    return group
  }

  /** Puts a row into the lane of its state; true when it was in another one. */
  #place(row: Row): boolean {
    const lane = laneOf(row)
    if (lane === row.lane) return false
    this.#unplace(row)
    const group = this.#groupOf(row.drop)
    this.#touched.add(group)
    for (const lanes of [this.#lanes, group.lanes]) lanes.settle(lane)
    row.lane = lane
    for (const lanes of [this.#lanes, group.lanes]) lanes.add(lane, row)
    return true
  }

  #unplace(row: Row): void {
    if (row.lane === null) return
    const group = this.#groupOf(row.drop)
    this.#touched.add(group)
    for (const lanes of [this.#lanes, group.lanes]) lanes.leave(row.lane)
    row.lane = null
  }

  #redraw(): void {
    for (const group of this.#touched) group.tell()
    this.#touched.clear()
    let drops = 0
    for (const group of this.#groups.values()) if (sumOf(group.counts) > 0) drops += 1
    this.dropCount = drops
    this.counts = this.#lanes.counts
    this.#moves += 1
  }
}
