import { describe, expect, test, vi } from 'vitest'
import type { Backend } from '../src/ipc/backend'
import type { Code, Entry, View } from '../src/ipc/bindings'
import { failure } from '../src/ipc/fake'
import { FakeViews, type Page } from '../src/ipc/views'
import { Listing, Listings } from '../src/state/listing.svelte'

const object = (key: string): Entry => ({ isFolder: false, name: key.split('/').at(-1) ?? '', key, sizeBytes: 1, modified: null, storageClass: null, etag: null, isNew: false })
const folder = (key: string): Entry => ({ ...object(key), isFolder: true, name: key.split('/').at(-2) ?? '' })

function listingOf(...answers: (Page | Code)[]) {
  const list = vi.fn(async (): Promise<Page> => {
    const answer = answers.shift() ?? 'offline'
    if (typeof answer === 'string') throw failure(answer, 'retry', 'x')
    return answer
  })
  const views: FakeViews = new FakeViews(list, (change) => change.kind === 'viewed' && listing.hear(change.view))
  const listing: Listing = new Listing(views as unknown as Backend, 'd1', 'in/')
  return { list, listing, views }
}

const keys = async (listing: Listing) => (await listing.read(0, 100)).map((entry) => entry.key)

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

  test('shows folders first and reads the next page once', async () => {
    const { listing, list } = listingOf({ entries: [object('in/a'), folder('in/b/')], next: '2' }, { entries: [folder('in/b/'), object('in/c')], next: null })
    await listing.load()
    await Promise.all([listing.loadMore(), listing.loadMore()])
    await listing.loadMore()
    expect(await keys(listing)).toEqual(['in/b/', 'in/a', 'in/c'])
    expect(list).toHaveBeenCalledTimes(2)
  })

  test('keeps what it has when the next page fails', async () => {
    const { listing } = listingOf({ entries: [object('in/a')], next: '2' }, 'offline')
    await listing.load()
    await listing.loadMore()
    expect(listing.state).toBe('loaded')
    expect(await keys(listing)).toEqual(['in/a'])
    expect(listing.failure?.code).toBe('offline')
  })

  test('shows what has just arrived without asking the server', async () => {
    const { listing, list, views } = listingOf({ entries: [object('in/a')], next: null })
    await listing.load()
    views.arrive('d1', [object('in/b'), object('elsewhere/c'), object('in/deep/er/d')])
    expect(await keys(listing)).toEqual(['in/deep/', 'in/b', 'in/a'])
    expect((await listing.read(0, 3)).map(({ isNew }) => isNew)).toEqual([true, true, false])
    expect(list).toHaveBeenCalledTimes(1)
  })

  test('an empty folder is a list again when something arrives', async () => {
    const { listing, views } = listingOf({ entries: [], next: null })
    await listing.load()
    views.arrive('d1', [object('in/a')])
    expect(listing.state).toBe('loaded')
  })

  test('an answer that was overtaken by a reload is dropped', async () => {
    let answer: (page: Page) => void = () => {}
    const list = vi
      .fn()
      .mockImplementationOnce(() => new Promise<Page>((done) => (answer = done)))
      .mockResolvedValueOnce({ entries: [object('in/new')], next: null })
    const listing = new Listing(new FakeViews(list) as unknown as Backend, 'd1', 'in/')
    const slow = listing.load()
    await listing.load()
    answer({ entries: [object('in/old')], next: null })
    await slow
    expect(await keys(listing)).toEqual(['in/new'])
  })

  test('questions that Rust hears the other way round leave no empty folder', async () => {
    const views = new FakeViews(async () => ({ entries: [object('in/a')], next: null }))
    const load = views.loadView.bind(views)
    let first: (() => void) | null = null
    const backend = Object.assign(views, {
      // The second question is heard first, so that its answer is void and tells of nothing.
      loadView: async (id: number): Promise<View> => {
        if (first === null) await new Promise<void>((heard) => (first = heard))
        else return { id, edition: 0, loaded: 0, shown: 0, looked: 0, hasMore: false, isLookingThrough: false, failure: null }
        return load(id)
      },
    })
    const listing = new Listing(backend as unknown as Backend, 'd1', 'in/')
    const one = listing.load()
    await vi.waitFor(() => expect(first).not.toBeNull())
    await listing.load()
    expect(listing.state).toBe('loading')
    first!()
    await one
    expect(listing.state).toBe('loaded')
  })

  test('an answer that is older than what was heard ends the waiting after a failure, too', async () => {
    const view = (edition: number): View => ({ id: 1, edition, loaded: edition, shown: edition, looked: edition, hasMore: false, isLookingThrough: false, failure: null })
    const answers: (() => Promise<View>)[] = [() => Promise.reject(failure('signedOut', 'signIn'))]
    const backend = { openView: async () => 1, loadView: () => answers.shift()!() }
    const listing = new Listing(backend as unknown as Backend, 'd1', 'in/')
    await listing.load()
    expect(listing.state).toBe('signedOut')
    // Signed in: what is stored meanwhile is told before the first page's answer has crossed.
    answers.push(async () => {
      listing.hear(view(2))
      return view(1)
    })
    await listing.load()
    expect(listing.state).toBe('loaded')
    expect(listing.shown).toBe(2)
  })

  test('word that is older than an answer changes nothing', async () => {
    const { listing, views } = listingOf({ entries: [object('in/a')], next: null })
    await listing.load()
    views.arrive('d1', [object('in/b')])
    const old: View = { id: 1, edition: 0, loaded: 0, shown: 0, looked: 0, hasMore: false, isLookingThrough: false, failure: null }
    listing.hear(old)
    expect(listing.shown).toBe(2)
  })
})

describe('of the lines', () => {
  const MANY = 5000
  const many = { entries: Array.from({ length: MANY }, (_, at) => object(`in/${String(at).padStart(4, '0')}`)), next: null }

  async function settled(listing: Listing, from: number): Promise<(string | null)[]> {
    listing.lines.slice(from, from + 3)
    await vi.waitFor(() => expect(listing.lines.at(from)).not.toBeNull())
    return listing.lines.slice(from, from + 3).map(({ entry }) => entry?.key ?? null)
  }

  test('only pieces around those in sight are held', async () => {
    const { listing, views } = listingOf(many)
    const lines = vi.spyOn(views, 'lines')
    await listing.load()
    expect(lines).not.toHaveBeenCalled()
    expect(listing.lines.length).toBe(MANY)
    expect(listing.lines.slice(4000, 4003).map(({ entry }) => entry)).toEqual([null, null, null])
    expect(await settled(listing, 4000)).toEqual(['in/4000', 'in/4001', 'in/4002'])
    expect(lines).toHaveBeenCalledTimes(1)
    for (let piece = 0; piece < 20; piece += 1) await settled(listing, piece * 200)
    lines.mockClear()
    await settled(listing, 19 * 200)
    expect(lines).not.toHaveBeenCalled()
    expect(listing.lines.at(4000)).toBeNull()
  })

  test('those in sight stand until the new ones are there', async () => {
    const { listing, views } = listingOf(many)
    await listing.load()
    await settled(listing, 0)
    views.arrive('d1', [object('in/new')])
    expect(listing.lines.at(0)?.key).toBe('in/0000')
    await vi.waitFor(() => expect(listing.lines.at(0)?.key).toBe('in/new'))
  })
})

describe('of the choice', () => {
  const five = { entries: ['a', 'b', 'c', 'd', 'e'].map((name) => object(`in/${name}`)), next: null }
  const chosen = (listing: Listing) => [...listing.selection.chosen.keys()].sort()

  test('one click chooses one, with the command key one more, with shift all between', async () => {
    const { listing } = listingOf(five)
    await listing.load()
    const [, b, , d] = await listing.read(0, 5)
    listing.selection.one(1, b!)
    listing.selection.toggle(3, d!)
    expect(chosen(listing)).toEqual(['in/b', 'in/d'])
    await listing.selection.upTo(1, b!, (from, count) => listing.read(from, count))
    expect(chosen(listing)).toEqual(['in/b', 'in/c', 'in/d'])
    listing.selection.toggle(3, d!)
    expect(chosen(listing)).toEqual(['in/b', 'in/c'])
    await listing.selection.all(listing.shown, (from, count) => listing.read(from, count))
    expect(listing.selection.bytes).toBe(5)
  })

  test('given up, it is not made again by what arrives; a line that was waited for is', async () => {
    const { listing } = listingOf(five)
    await listing.load()
    const [a, b] = await listing.read(0, 2)
    listing.selection.one(0, a!)
    listing.selection.clear()
    listing.selection.come(a!)
    expect(chosen(listing)).toEqual([])
    listing.selection.one(1, null)
    listing.selection.come(b!)
    expect(chosen(listing)).toEqual(['in/b'])
  })

  test('it stays when something arrives', async () => {
    const { listing, views } = listingOf(five)
    await listing.load()
    listing.selection.one(0, (await listing.read(0, 1))[0]!)
    views.arrive('d1', [object('in/new')])
    expect(chosen(listing)).toEqual(['in/a'])
  })
})

test('of many folders the last ones stay open', async () => {
  const views = new FakeViews(async () => ({ entries: [], next: null }))
  const close = vi.spyOn(views, 'closeView')
  const listings = new Listings(views as unknown as Backend)
  for (let n = 0; n < 14; n += 1) await listings.of('d1', `${n}/`).load()
  await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(2))
  listings.forget('d1')
  await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(14))
})
