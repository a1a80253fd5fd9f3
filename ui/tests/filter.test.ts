import userEvent from '@testing-library/user-event'
import { describe, expect, test, vi } from 'vitest'
import type { Entry } from '../src/ipc/bindings'
import { Fake } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import type { Page } from '../src/ipc/views'
import { Listing } from '../src/state/listing.svelte'
import { openWindow, part, parts } from './window'

const object = (name: string, sizeBytes: number, modified: string): Entry => ({ isFolder: false, name, key: `incoming/${name}`, sizeBytes, modified, storageClass: 'STANDARD', etag: null, isNew: false })
const folder = (name: string): Entry => ({ isFolder: true, name, key: `incoming/${name}/`, sizeBytes: null, modified: null, storageClass: null, etag: null, isNew: false })
const PAGES: Page[] = [
  { entries: [folder('b'), object('Take 10.wav', 3, '2026-01-03T00:00:00Z'), object('take 9.wav', 30, '2026-01-01T00:00:00Z')], next: '1' },
  { entries: [folder('a'), object('notes.md', 20, '2026-01-02T00:00:00Z')], next: '2' },
  { entries: [object('TAKE 1.wav', 1, '2026-01-04T00:00:00Z')], next: '3' },
  { entries: [], next: null },
]

async function opened(): Promise<{ listing: Listing; fake: Fake }> {
  const fake = new Fake(SCENES.list)
  fake.list = async (_destination, _folder, next) => PAGES[Number(next ?? 0)]!
  const listing = new Listing(fake, 'd1', 'incoming/')
  await fake.watch((change) => change.kind === 'viewed' && listing.hear(change.view))
  await listing.load()
  return { listing, fake }
}
const loaded = async () => (await opened()).listing
const names = async (listing: Listing) => (await listing.read(0, 100)).map(({ name }) => name)

describe('a listing', () => {
  test('is filtered by a part of the name, whatever its case and width', async () => {
    const listing = await loaded()
    listing.filter = ' ＴＡＫＥ '
    await vi.waitFor(async () => expect(await names(listing)).toEqual(['Take 10.wav', 'take 9.wav']))
    listing.filter = ''
    await vi.waitFor(async () => expect(await names(listing)).toHaveLength(3))
  })

  test('is sorted up, down and not, folders first', async () => {
    const listing = await loaded()
    await listing.lookThrough()
    await listing.sortBy('name')
    expect(await names(listing)).toEqual(['a', 'b', 'notes.md', 'TAKE 1.wav', 'take 9.wav', 'Take 10.wav'])
    await listing.sortBy('size')
    expect((await names(listing)).slice(2)).toEqual(['TAKE 1.wav', 'Take 10.wav', 'notes.md', 'take 9.wav'])
    await listing.sortBy('size')
    expect((await names(listing)).slice(2)).toEqual(['take 9.wav', 'notes.md', 'Take 10.wav', 'TAKE 1.wav'])
    await listing.sortBy('size')
    expect(listing.order).toBeNull()
  })

  test('is looked through to its end, or until that is stopped', async () => {
    const { listing, fake } = await opened()
    listing.filter = 'take'
    let answer = () => {}
    const list = fake.list
    fake.list = async (...asked) => {
      if (asked[2] === '2') await new Promise<void>((done) => (answer = done))
      return list(...asked)
    }
    const looking = listing.lookThrough()
    expect(listing.isLookingThrough).toBe(true)
    await vi.waitFor(() => expect(listing.loaded).toBeGreaterThan(3))
    listing.stopLooking()
    answer()
    await looking
    fake.list = list
    expect(listing.isLookingThrough).toBe(false)
    expect(listing.hasMore).toBe(true)
    await listing.lookThrough()
    expect(listing.hasMore).toBe(false)
    expect(listing.isLookingThrough).toBe(false)
    expect(await names(listing)).toEqual(['Take 10.wav', 'take 9.wav', 'TAKE 1.wav'])
  })
})

describe('the filter bar', () => {
  test('opens by Ctrl+F, counts what is loaded, and Escape takes the filter away', async () => {
    await openWindow(SCENES.list)
    await expect.poll(() => parts('listing-row').length).toBeGreaterThan(3)
    await userEvent.keyboard('{Control>}f{/Control}')
    await userEvent.type(part('filter'), 'take')
    await expect.poll(() => parts('listing-row').map((row) => row.dataset.key)).toEqual(['incoming/take-016.wav', 'incoming/take-017.wav'])
    expect(part('filter-said').textContent).toContain('2 of ')
    await userEvent.clear(part('filter'))
    await userEvent.type(part('filter'), 'nowhere')
    await expect.poll(() => parts('filter-none').length).toBe(1)
    await userEvent.keyboard('{Escape}')
    expect(parts('filter-bar')).toEqual([])
    await expect.poll(() => parts('listing-row').length).toBeGreaterThan(3)
  })

  test('leads to a pasted address, and says when that is in another bucket', async () => {
    const { sandglass } = await openWindow(SCENES.list)
    await userEvent.click(part('open-filter'))
    await userEvent.type(part('filter'), 's3://another/x')
    expect(part('filter-said').textContent).toContain('That is in the bucket another; this is s3-fs-example-bucket.')
    await userEvent.clear(part('filter'))
    await userEvent.type(part('filter'), 's3://s3-fs-example-bucket/incoming/2026-11/{Enter}')
    await expect.poll(() => sandglass.destinations.folder).toBe('incoming/2026-11/')
    expect(parts('filter-bar')).toEqual([])
  })

  test('a pasted key is the active row of its folder', async () => {
    await openWindow(SCENES.list)
    await userEvent.click(part('open-filter'))
    await userEvent.type(part('filter'), 'incoming/take-017.wav{Enter}')
    await expect.poll(() => document.querySelector('[aria-selected="true"]')?.getAttribute('data-key')).toBe('incoming/take-017.wav')
  })
})

describe('a row of the listing', () => {
  test('is copied as key, s3:// URL, ARN and https URL', async () => {
    await openWindow(SCENES.list)
    await expect.poll(() => parts('listing-row').length).toBeGreaterThan(3)
    const wrote = vi.fn<(text: string) => Promise<void>>(async () => {})
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: wrote }, configurable: true })
    const row = () => document.querySelector<HTMLElement>('[data-key="incoming/take-017.wav"]')!
    for (const item of ['copy-key', 'copy-s3', 'copy-arn', 'copy-https']) {
      await userEvent.pointer({ keys: '[MouseRight]', target: row() })
      await expect.poll(() => parts('entry-menu').length).toBe(1)
      await userEvent.click(part(item))
      expect(parts('entry-menu')).toEqual([])
    }
    expect(wrote.mock.calls.map(([text]) => text)).toEqual([
      'incoming/take-017.wav',
      's3://s3-fs-example-bucket/incoming/take-017.wav',
      'arn:aws:s3:::s3-fs-example-bucket/incoming/take-017.wav',
      'https://s3-fs-example-bucket.s3.ap-northeast-1.amazonaws.com/incoming/take-017.wav',
    ])
    expect(part('copied').textContent).toContain('Copied: https://')
  })

  test('opens its menu by the keyboard, and Ctrl+C copies its key', async () => {
    await openWindow(SCENES.list)
    await expect.poll(() => parts('listing-row').length).toBeGreaterThan(3)
    const wrote = vi.fn<(text: string) => Promise<void>>(async () => {})
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: wrote }, configurable: true })
    part('listing').focus()
    await userEvent.keyboard('{End}{Shift>}{F10}{/Shift}')
    await expect.poll(() => parts('entry-menu').length).toBe(1)
    await userEvent.keyboard('{Escape}')
    part('listing').focus()
    await userEvent.keyboard('{Home}{Control>}c{/Control}')
    expect(wrote).toHaveBeenCalledWith('incoming/2026-10/')
  })
})
