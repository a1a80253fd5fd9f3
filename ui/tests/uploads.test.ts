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
    // The fake clock would stop the measurement too.
    vi.useRealTimers()
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

  test('what stored last stands first among the finished', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2), row(3)])
    uploads.change([change(2, { state: 'stored' })])
    uploads.change([change(1, { state: 'stored' })])
    expect(order(uploads)).toEqual([3, 1, 2])
  })

  test('conflicts are counted for each drop, one row at a time', () => {
    const uploads = new Uploads()
    uploads.add([row(1, { state: 'conflict', conflict: 'taken' }), row(2), row(3, { drop: 2, state: 'conflict', conflict: 'taken' })])
    uploads.change([change(2, { state: 'conflict', conflict: 'sameKey' })])
    expect([uploads.askingOf(1), uploads.askingOf(2)]).toEqual([2, 1])
    uploads.change([change(1, { state: 'waiting' })])
    uploads.remove([3])
    expect([uploads.askingOf(1), uploads.askingOf(2)]).toEqual([1, 0])
  })

  test('held rows that are half sent stand with those that move', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2, { state: 'paused', sentBytes: 10 }), row(3, { state: 'waitingForNetwork', sentBytes: 10 }), row(4, { state: 'paused' })])
    expect(order(uploads)).toEqual([2, 3, 1, 4])
  })

  test('a row that was taken back or started again may have left parts behind', () => {
    const uploads = new Uploads()
    uploads.add([row(1), row(2)])
    uploads.change([change(1, { state: 'sending' })])
    expect(uploads.leftBehind).toBe(0)
    uploads.change([change(1, { state: 'cancelled' }), change(2, { state: 'sending', note: 'startedAgain' })])
    expect(uploads.leftBehind).toBe(2)
  })

  test('a change among two hundred thousand rows is no search', () => {
    vi.useRealTimers()
    const uploads = new Uploads()
    const born = process.hrtime.bigint()
    for (let from = 0; from < 200_000; from += 5000) uploads.add(Array.from({ length: 5000 }, (_, i) => row(from + i + 1)))
    const ids = Array.from({ length: 200 }, (_, i) => i + 1)
    // A second's worth: ten updates, two hundred rows each, from the far end of the queue as well.
    const started = process.hrtime.bigint()
    for (let batch = 0; batch < 10; batch += 1) {
      const some = ids.map((id) => (batch % 2 === 0 ? id + batch * 200 : 200_000 - id - batch * 200))
      uploads.change(some.map((id) => change(id, { state: 'sending', sentBytes: 1 })))
      uploads.change(some.map((id) => change(id, { state: 'stored', sentBytes: 1000 })))
    }
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6
    const adding = Number(started - born) / 1e6
    console.info(`200,000 rows: ${Math.round(adding)} ms to add, ${Math.round(milliseconds)} ms for 2,000 rows sent and stored`)
    expect(milliseconds).toBeLessThan(1000)
  }, 30_000)
})
