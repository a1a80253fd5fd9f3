import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { PastDrop, Row, RowChange } from '../src/ipc/bindings'
import { ROW } from '../src/ipc/scenes'
import { DropGroup } from '../src/state/group.svelte'
import { linePath, SpeedTrace } from '../src/state/speed.svelte'
import { Uploads } from '../src/state/uploads.svelte'

function row(id: number, more: Partial<Row> = {}): Row {
  return { ...ROW, id, destination: 'd1', name: `${id}.wav`, key: `in/${id}.wav`, sizeBytes: 1000, state: 'waiting', ...more }
}

function change(id: number, more: Partial<RowChange> = {}): RowChange {
  return { ...ROW, id, key: `in/${id}.wav`, sizeBytes: 1000, state: 'waiting', ...more }
}

/** Ids of rows; a drop's line is its number with a sign. */
const drawn = (uploads: Uploads, isGrouped = true) => uploads.items(isGrouped).map((item) => (item instanceof DropGroup ? `#${item.drop}` : item.id))
const lines = (uploads: Uploads) => uploads.items(true).filter((item) => item instanceof DropGroup)

describe('rows grouped by drop', () => {
  test('have no lines while there is one drop', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2)])
    expect(drawn(uploads)).toEqual([1, 2])
    uploads.add([row(3, { drop: 2 })])
    expect(drawn(uploads)).toEqual(['#1', 1, 2, '#2', 3])
    expect(drawn(uploads, false)).toEqual([1, 2, 3])
    uploads.remove([3])
    expect(drawn(uploads)).toEqual([1, 2])
  })

  test('keep their order within a drop', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2), row(3), row(4), row(9, { drop: 2 })])
    uploads.change([change(3, { state: 'sending', sentBytes: 1 }), change(1, { state: 'stored' }), change(4, { state: 'cancelled' }), change(2, { state: 'failed' })])
    expect(drawn(uploads)).toEqual(['#1', 2, 3, 4, 1, '#2', 9])
  })

  test('stand with the drop that asks first and those that are through last, the latest of them first', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2, { drop: 2 }), row(3, { drop: 3 }), row(4, { drop: 4 })])
    uploads.change([change(1, { state: 'stored' }), change(2, { state: 'stored' }), change(4, { state: 'conflict' })])
    expect(drawn(uploads)).toEqual(['#4', 4, '#3', 3, '#2', 2, '#1', 1])
  })

  test('fold away under their line', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2, { drop: 2 })])
    lines(uploads)[0]!.isOpen = false
    expect(drawn(uploads)).toEqual(['#1', '#2', 2])
    uploads.change([change(2, { state: 'sending' })])
    expect(drawn(uploads)).toEqual(['#1', '#2', 2])
  })

  test('are counted by drop, also those that were stored and have left the list', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2), row(3), row(4), row(9, { drop: 2 })])
    uploads.change([change(1, { state: 'stored' }), change(2, { state: 'stored' }), change(3, { state: 'cancelled' })])
    const [line] = lines(uploads)
    expect([line!.stored, line!.files]).toEqual([2, 3])
    uploads.remove([1, 3])
    expect([line!.stored, line!.files]).toEqual([2, 3])
  })

  test('are in one list only, however they move', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2), row(9, { drop: 2 })])
    for (const state of ['sending', 'conflict', 'waiting', 'stored', 'waiting', 'stored'] as const) uploads.change([change(1, { state }), change(9, { state })])
    expect(drawn(uploads, false)).toEqual([2, 9, 1])
    expect(drawn(uploads)).toEqual(['#1', 2, 1, '#2', 9])
    expect(uploads.counts).toEqual({ asking: 0, moving: 0, waiting: 1, takenBack: 0, stored: 2 })
  })
})

describe('a drop of an earlier run', () => {
  const past = (drop: number, more: Partial<PastDrop> = {}): PastDrop => ({ drop, folder: 'in/', addedAt: '2020-01-02T03:04:05Z', files: 40, stored: 12, bytes: 1, ...more })

  test('gets its time and what was stored then from the ledger', async () => {
    const uploads = new Uploads()
    uploads.add([...Array.from({ length: 28 }, (_, i) => row(i + 1)), row(99, { drop: 2 })])
    expect(uploads.undated).toBe(2)
    await uploads.date(Promise.resolve([past(1), past(7)]))
    const [line] = lines(uploads)
    expect([line!.addedAt, line!.stored, line!.files]).toEqual(['2020-01-02T03:04:05Z', 12, 40])
    expect(uploads.undated).toBe(0)
  })

  test('is counted right when files were stored while the ledger was asked', async () => {
    const uploads = new Uploads()
    uploads.add([...Array.from({ length: 28 }, (_, i) => row(i + 1)), row(99, { drop: 2 })])
    uploads.change([change(1, { state: 'stored' }), change(2, { state: 'stored' })])
    await uploads.date(Promise.resolve([past(1, { stored: 14 })]))
    expect([lines(uploads)[0]!.stored, lines(uploads)[0]!.files]).toEqual([14, 40])
  })

  test('of this run is counted by the page alone', async () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(99, { drop: 2 })])
    await uploads.date(Promise.resolve([past(1, { addedAt: new Date().toISOString(), files: 3, stored: 2 })]))
    expect([lines(uploads)[0]!.stored, lines(uploads)[0]!.files]).toEqual([0, 1])
  })

  test('keeps the time at which the page saw it when the ledger cannot be asked', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const uploads = new Uploads()
    uploads.add([row(1), row(99, { drop: 2 })])
    await uploads.date(Promise.reject({ code: 'ledgerFailed', message: 'no', remedy: 'retry', about: '' }))
    expect(Date.now() - Date.parse(lines(uploads)[0]!.addedAt)).toBeLessThan(60_000)
  })
})

describe('a filter', () => {
  test('shows one state, with its count, grouped or not', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2, { state: 'sending' }), row(3, { drop: 2, state: 'failed' }), row(4, { drop: 2, state: 'stored' }), row(5, { drop: 2, state: 'cancelled' })])
    expect(uploads.counts).toEqual({ asking: 1, moving: 1, waiting: 1, takenBack: 1, stored: 1 })
    uploads.filter = 'asking'
    expect(drawn(uploads)).toEqual(['#2', 3])
    uploads.filter = 'stored'
    expect(drawn(uploads, false)).toEqual([4])
    uploads.change([change(4, { state: 'waiting' })])
    expect(drawn(uploads)).toEqual([])
  })
})

describe('the speed of the last minute', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  test('takes one sample a second and forgets what is older than a minute', () => {
    const trace = new SpeedTrace()
    for (let tenth = 0; tenth < 900; tenth += 1) trace.take(tenth, tenth * 100)
    expect(trace.samples.length).toBe(61)
    expect(trace.samples[0]?.at).toBe(29_000)
  })

  test('stays level through a silence instead of sloping over it', () => {
    const trace = new SpeedTrace()
    trace.take(100, 0)
    trace.take(0, 500)
    trace.take(80, 20_000)
    expect(trace.samples).toEqual([{ at: 0, bytesPerSecond: 100 }, { at: 19_000, bytesPerSecond: 0 }, { at: 20_000, bytesPerSecond: 80 }])
  })

  test('moves every ten seconds only for who wants little motion', () => {
    const trace = new SpeedTrace()
    const drawings = new Set<unknown>()
    for (let second = 0; second < 30; second += 1) {
      trace.take(second, second * 1000)
      drawings.add(trace.calm)
    }
    expect(drawings.size).toBe(3)
  })

  test('is a line from edge to edge, and none while there is nothing to compare', () => {
    expect(linePath([{ at: 0, bytesPerSecond: 5 }], 62, 14)).toBe('')
    expect(linePath([{ at: 0, bytesPerSecond: 0 }, { at: 20_000, bytesPerSecond: 10 }], 62, 14)).toBe('M0.0 13.0L62.0 1.0')
  })

  test('runs no timer', () => {
    const uploads = new Uploads()
    uploads.totals = { ...uploads.totals, bytesPerSecond: 5 }
    expect(vi.getTimerCount()).toBe(0)
  })
})
