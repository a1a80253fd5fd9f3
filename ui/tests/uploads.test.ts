import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Row, RowChange } from '../src/ipc/bindings'
import { ROW } from '../src/ipc/scenes'
import { Uploads } from '../src/state/uploads.svelte'

function row(id: number, more: Partial<Row> = {}): Row {
  return { ...ROW, id, destination: 'd1', name: `${id}.wav`, key: `in/${id}.wav`, sizeBytes: 1000, state: 'waiting', ...more }
}

function change(id: number, more: Partial<RowChange> = {}): RowChange {
  return { ...ROW, id, key: `in/${id}.wav`, sizeBytes: 1000, state: 'waiting', ...more }
}

const order = (uploads: Uploads) => uploads.rows.map((one) => one.id)

describe('uploads', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  test('rows keep the order in which they were added', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2)])
    uploads.add([row(3)])
    expect(order(uploads)).toEqual([1, 2, 3])
  })

  test('progress touches one row and leaves the list alone', () => {
    const uploads = new Uploads()
    uploads.add([row(1, { state: 'sending' }), row(2)])
    const [before, first] = [uploads.rows, uploads.rows[0]]
    uploads.change([change(1, { state: 'sending', sentBytes: 500 })])
    expect(uploads.rows).toBe(before)
    expect(first?.part).toBe(0.5)
  })

  test('what asks stands above what moves, and what is done stands last', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2), row(3), row(4)])
    uploads.change([change(3, { state: 'sending', sentBytes: 1 }), change(1, { state: 'stored', sentBytes: 1000 }), change(4, { state: 'conflict' })])
    expect(order(uploads)).toEqual([4, 3, 2, 1])
  })

  test('a change of a row that is not here changes nothing', () => {
    const uploads = new Uploads()
    uploads.add([row(1)])
    uploads.change([change(9, { state: 'stored' })])
    expect(order(uploads)).toEqual([1])
  })

  test('a row that is added again joins its row', () => {
    const uploads = new Uploads()
    uploads.add([row(1)])
    uploads.add([row(1, { state: 'sending', sentBytes: 10 })])
    expect(order(uploads)).toEqual([1])
    expect(uploads.rows[0]?.sentBytes).toBe(10)
  })

  test('removed rows leave', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2), row(3)])
    uploads.remove([2, 9])
    expect(order(uploads)).toEqual([1, 3])
    expect(uploads.has(2)).toBe(false)
  })

  test('the largest half-sent row is the one that goes on', () => {
    const uploads = new Uploads()
    uploads.add([row(1, { sizeBytes: 9000, state: 'waitingForSignIn' }), row(2, { state: 'waitingForSignIn', sentBytes: 340 }), row(3, { sizeBytes: 10, sentBytes: 5, state: 'waitingForSignIn' })])
    expect(uploads.largestMoving?.id).toBe(2)
    expect(uploads.largestMoving?.part).toBe(0.34)
  })

  test('speed and time left come from what was sent', () => {
    const uploads = new Uploads()
    uploads.add([row(1, { state: 'sending' })])
    vi.advanceTimersByTime(2000)
    uploads.change([change(1, { state: 'sending', sentBytes: 200 })])
    expect(uploads.rows[0]?.bytesPerSecond).toBe(100)
    expect(uploads.rows[0]?.secondsLeft).toBe(8)
  })

  test('an empty file that is stored is whole', () => {
    const uploads = new Uploads()
    uploads.add([row(1, { sizeBytes: 0, state: 'stored' })])
    expect(uploads.rows[0]?.part).toBe(1)
  })

  test('ten thousand rows take ten thousand changes in a moment', () => {
    const uploads = new Uploads()
    uploads.add(Array.from({ length: 10_000 }, (_, i) => row(i + 1)))
    const started = process.hrtime.bigint()
    for (let id = 1; id <= 10_000; id += 100) {
      const some = Array.from({ length: 100 }, (_, i) => id + i)
      uploads.change(some.map((one) => change(one, { state: 'sending', sentBytes: 1 })))
      uploads.change(some.map((one) => change(one, { state: 'stored', sentBytes: 1000 })))
    }
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(3000)
    expect(uploads.hasFinished).toBe(true)
  })
})
