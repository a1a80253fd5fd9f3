// Where the keyboard is, and what stays where it was while the listing changes under it.
import userEvent from '@testing-library/user-event'
import { tick } from 'svelte'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Entry } from '../src/ipc/bindings'
import { failure } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

const still = { ...SCENES.list, arrives: [] }
const object = (name: string): Entry => ({ isFolder: false, name, key: `incoming/${name}`, sizeBytes: 4, modified: null, storageClass: null, etag: null, isNew: true })
const row = (key: string) => document.querySelector<HTMLElement>(`[data-part="listing-row"][data-key="${key}"]`)
const active = () => document.querySelector<HTMLElement>('[data-part="listing-row"].active')?.dataset['key']
const listed = async () => expect.poll(() => parts('listing-row').length).toBeGreaterThan(0)

afterEach(() => vi.useRealTimers())

describe('the keyboard', () => {
  test('goes on in a folder that it opened, and back in the one above', async () => {
    await openWindow(still)
    await listed()
    part('listing').focus()
    await userEvent.keyboard('{ArrowDown}{Enter}')
    await expect.poll(() => row('incoming/notes.md')).toBeNull()
    await userEvent.keyboard('{Backspace}')
    await expect.poll(() => row('incoming/notes.md')).not.toBeNull()
    await expect.poll(() => document.activeElement?.getAttribute('data-part')).toBe('listing')
  })

  test('is given to the list when what had it is gone', async () => {
    await openWindow(still)
    await listed()
    ;(document.activeElement as HTMLElement).blur()
    expect(document.activeElement).toBe(document.body)
    await userEvent.keyboard('{ArrowDown}')
    expect(document.activeElement).toBe(part('listing'))
    expect(active()).toBeDefined()
  })

  test('stays at its line when others arrive above it', async () => {
    const { fake } = await openWindow(still)
    await listed()
    part('listing').focus()
    await userEvent.keyboard('{End}')
    const key = active()
    fake.views.arrive('d1', [object('a-first.wav'), object('a-second.wav')])
    await expect.poll(() => row('incoming/a-first.wav')).not.toBeNull()
    expect(active()).toBe(key)
    await userEvent.keyboard('{ArrowUp}{ArrowDown}')
    await expect.poll(active).toBe(key)
  })
})

describe('the lines in sight', () => {
  test('stay where they are when others arrive above them, and the top shows what arrives', async () => {
    const { fake } = await openWindow({ ...SCENES.many, rows: [], moves: false })
    await listed()
    const list = part('listing')
    fake.views.arrive('d1', [object('a-first.wav')])
    await expect.poll(() => row('incoming/a-first.wav')).not.toBeNull()
    expect(list.scrollTop).toBe(0)
    list.scrollTop = 31 * 40
    list.dispatchEvent(new Event('scroll'))
    await expect.poll(() => row('incoming/a-first.wav')).toBeNull()
    fake.views.arrive('d1', [object('a-second.wav'), object('a-third.wav')])
    await expect.poll(() => list.scrollTop).toBe(31 * 42)
  })
})

describe('a folder', () => {
  test('is whole again for whoever comes back to it', async () => {
    const { sandglass } = await openWindow(still)
    await listed()
    const all = parts('listing-row').length
    await userEvent.click(part('open-filter'))
    await userEvent.type(part('filter'), 'notes')
    await expect.poll(() => parts('listing-row').length).toBe(1)
    sandglass.destinations.openFolder('d1', 'incoming/2026-11/')
    await tick()
    sandglass.destinations.openFolder('d1', 'incoming/')
    await expect.poll(() => parts('listing-row').length).toBe(all)
    expect(part('filter')).toHaveProperty('value', '')
  })

  test('without what is searched for says so, and not that it is empty', async () => {
    await openWindow(still)
    await listed()
    await userEvent.click(part('open-filter'))
    await userEvent.type(part('filter'), 'nowhere{Enter}')
    await expect.poll(() => parts('picture-none-found').length).toBe(1)
    expect(part('picture-none-found').textContent).toContain('No name here holds “nowhere”')
  })

  test('that cannot be reached is asked for again by itself', async () => {
    vi.useFakeTimers()
    const { fake } = await openWindow(SCENES.offline)
    await vi.advanceTimersByTimeAsync(500)
    expect(parts('picture-offline')).toHaveLength(1)
    fake.listing = null
    await vi.advanceTimersByTimeAsync(10_500)
    expect(parts('picture-offline')).toEqual([])
    expect(parts('listing-row').length).toBeGreaterThan(0)
  })

  test('that holds no such key says so', async () => {
    await openWindow(still)
    await listed()
    await userEvent.click(part('open-filter'))
    await userEvent.type(part('filter'), 'incoming/gone.txt{Enter}')
    await expect.poll(() => document.body.textContent).toContain('There is no gone.txt here.')
  })

  test('that the destination is no longer for is left', async () => {
    const { fake, sandglass } = await openWindow(still)
    sandglass.destinations.openFolder('d1', 'incoming/2026-11/')
    const destinations = fake.destinations.map((one) => ({ ...one, prefix: 'elsewhere/' }))
    fake.say({ kind: 'destinations', destinations, selected: 'd1' })
    expect(sandglass.destinations.folder).toBe('elsewhere/')
  })
})

describe('what concerns another destination than the one that is shown', () => {
  test('is mended there', async () => {
    const { fake, sandglass } = await openWindow(still)
    fake.say({ kind: 'failed', failure: failure('accessKeyMissing', 'enterKeyAgain', 'Archive'), destination: 'd2' })
    await expect.poll(() => parts('remedy').length).toBe(1)
    await userEvent.click(part('remedy'))
    expect(sandglass.panel).toMatchObject({ kind: 'connect', like: { id: 'd2' } })
  })
})

describe('a drop that went to the wrong place', () => {
  test('is taken back as a whole, after a question', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    await userEvent.click(document.querySelector('[data-part="upload-row"] [data-part="row-more"]')!)
    await userEvent.click(part('menu-cancel-drop'))
    expect(part('cancel-drop-sheet').textContent).toContain('Files that are stored stay in the bucket.')
    await userEvent.click(part('cancel-drop-submit'))
    expect(fake.calls.map(([what]) => what)).toContain('cancelDrop')
    await expect.poll(() => parts('cancel-drop-sheet')).toEqual([])
  })
})
