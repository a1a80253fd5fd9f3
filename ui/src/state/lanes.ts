// The lanes of a list of rows: what asks for an answer stands first, then what moves, what waits, what was taken back,
// what is stored. So a sum over the few moving rows never walks the 200,000 that wait, and a filter is a lane.
import type { LaneName, Row } from './row.svelte'

export const LANES: readonly LaneName[] = ['asking', 'moving', 'waiting', 'takenBack', 'stored']

/** Which rows are shown. */
export type Filter = 'all' | Exclude<LaneName, 'takenBack'>
export const FILTERS: readonly Filter[] = ['all', 'moving', 'asking', 'waiting', 'stored']

export type Counts = Readonly<Record<LaneName, number>>
export const NO_COUNTS: Counts = { asking: 0, moving: 0, waiting: 0, takenBack: 0, stored: 0 }

export function laneOf(row: Row): LaneName {
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
    case 'cancelled':
    case 'skipped':
      return 'takenBack'
    case 'stored':
      return 'stored'
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
    this.#rows.push(row)
  }

  /** A row whose lane is another one now, or none. */
  leave(): void {
    this.#gone += 1
  }

  /** The lane's own array: copy what is kept. */
  settled(): readonly Row[] {
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

/** One set of lanes. A row stands in two: that of all rows and that of its drop. */
export class Lanes {
  readonly #lanes: Record<LaneName, Lane> = {
    ...{ asking: new Lane('asking'), moving: new Lane('moving'), waiting: new Lane('waiting') },
    ...{ takenBack: new Lane('takenBack'), stored: new Lane('stored') },
  }

  get counts(): Counts {
    const { asking, moving, waiting, takenBack, stored } = this.#lanes
    return { asking: asking.size, moving: moving.size, waiting: waiting.size, takenBack: takenBack.size, stored: stored.size }
  }

  leave(lane: LaneName): void {
    this.#lanes[lane].leave()
  }

  /** Before a row comes: it may be one of those that left and still stand there. */
  settle(lane: LaneName): void {
    this.#lanes[lane].settled()
  }

  add(lane: LaneName, row: Row): void {
    this.#lanes[lane].add(row)
  }

  /** The rows of one filter, lane by lane; what was finished last stands first. */
  shown(filter: Filter): readonly (readonly Row[])[] {
    return (filter === 'all' ? LANES : [filter]).map((name) => {
      const rows = this.#lanes[name].settled()
      return name === 'stored' || name === 'takenBack' ? rows.slice().reverse() : rows.slice()
    })
  }
}

export function sumOf(counts: Counts): number {
  return LANES.reduce((sum, lane) => sum + counts[lane], 0)
}

/** How many rows a filter shows. */
export function countOf(counts: Counts, filter: Filter): number {
  return filter === 'all' ? sumOf(counts) : counts[filter]
}
