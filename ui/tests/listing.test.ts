import { describe, expect, test, vi } from 'vitest'
import type { Backend } from '../src/ipc/backend'
import type { Code, Entry, Page } from '../src/ipc/bindings'
import { failure } from '../src/ipc/fake'
import { Listing } from '../src/state/listing.svelte'

const object = (key: string): Entry => ({ isFolder: false, name: key.split('/').at(-1) ?? '', key, sizeBytes: 1, modified: null, storageClass: null })
const folder = (key: string): Entry => ({ ...object(key), isFolder: true, name: key.split('/').at(-2) ?? '' })

function listingOf(...answers: (Page | Code)[]) {
  const list = vi.fn(async (): Promise<Page> => {
    const answer = answers.shift() ?? 'offline'
    if (typeof answer === 'string') throw failure(answer, 'retry', 'x')
    return answer
  })
  return { list, listing: new Listing({ list } as unknown as Backend, 'd1', 'in/') }
}

const keys = (listing: Listing) => listing.entries.map((entry) => entry.key)

describe('a listing', () => {
  test('is loading until the first answer', () => {
    expect(listingOf().listing.state).toBe('loading')
  })

  test.each([
    ['listingDenied', 'denied'],
    ['signedOut', 'signedOut'],
    ['sessionEnded', 'signedOut'],
    ['offline', 'offline'],
    ['serverBusy', 'failed'],
  ] as const)('that fails with %s is %s', async (code, state) => {
    const { listing } = listingOf(code)
    await listing.load()
    expect(listing.state).toBe(state)
    expect(listing.failure?.code).toBe(code)
  })

  test('without entries is empty, which is no failure', async () => {
    const { listing } = listingOf({ entries: [], next: null })
    await listing.load()
    expect(listing.state).toBe('empty')
    expect(listing.failure).toBeNull()
  })

  test('shows folders first and appends the next page once', async () => {
    const { listing, list } = listingOf({ entries: [object('in/a'), folder('in/b/')], next: '2' }, { entries: [folder('in/b/'), object('in/c')], next: null })
    await listing.load()
    await Promise.all([listing.loadMore(), listing.loadMore()])
    await listing.loadMore()
    expect(keys(listing)).toEqual(['in/b/', 'in/a', 'in/c'])
    expect(list).toHaveBeenCalledTimes(2)
  })

  test('keeps what it has when the next page fails', async () => {
    const { listing } = listingOf({ entries: [object('in/a')], next: '2' }, 'offline')
    await listing.load()
    await listing.loadMore()
    expect(listing.state).toBe('loaded')
    expect(keys(listing)).toEqual(['in/a'])
    expect(listing.failure?.code).toBe('offline')
  })

  test('shows what has just arrived without asking the server', async () => {
    const { listing, list } = listingOf({ entries: [object('in/a')], next: null })
    await listing.load()
    listing.arrive([object('in/b'), object('elsewhere/c'), object('in/deep/er/d')])
    expect(keys(listing)).toEqual(['in/deep/', 'in/b', 'in/a'])
    expect(listing.hasArrived('in/b')).toBe(true)
    expect(listing.hasArrived('in/a')).toBe(false)
    expect(list).toHaveBeenCalledTimes(1)
  })

  test('what replaced an object stands there once', async () => {
    const { listing } = listingOf({ entries: [object('in/a'), object('in/b')], next: null })
    await listing.load()
    listing.arrive([object('in/b')])
    listing.arrive([object('in/b')])
    expect(keys(listing)).toEqual(['in/b', 'in/a'])
  })

  test('an empty folder is a list again when something arrives', async () => {
    const { listing } = listingOf({ entries: [], next: null })
    await listing.load()
    listing.arrive([object('in/a')])
    expect(listing.state).toBe('loaded')
  })

  test('an answer that was overtaken by a reload is dropped', async () => {
    let answer: (page: Page) => void = () => {}
    const list = vi
      .fn()
      .mockImplementationOnce(() => new Promise<Page>((done) => (answer = done)))
      .mockResolvedValueOnce({ entries: [object('in/new')], next: null })
    const listing = new Listing({ list } as unknown as Backend, 'd1', 'in/')
    const slow = listing.load()
    await listing.load()
    answer({ entries: [object('in/old')], next: null })
    await slow
    expect(keys(listing)).toEqual(['in/new'])
  })
})
