import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { PREFERENCES, SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

const row = (key: string) => document.querySelector<HTMLElement>(`[data-part="listing-row"][data-key="${key}"]`)
/** jsdom has no layout: what lies where is said here. */
function put(element: Element | null): void {
  document.elementFromPoint = () => element
}
afterEach(() => put(null))

describe('a drop', () => {
  test('goes into the folder whose row is under it, which is marked while it hangs there', async () => {
    const { fake } = await openWindow(SCENES.list)
    await expect.poll(() => row('incoming/2026-11/')).not.toBeNull()
    put(row('incoming/2026-11/')!.querySelector('button'))
    fake.say({ kind: 'dropHover', items: 2, at: { x: 40, y: 180 } })
    await expect.poll(() => part('drop-overlay').textContent).toContain('s3://s3-fs-example-bucket/incoming/2026-11/')
    expect(row('incoming/2026-11/')!.classList).toContain('aimed')
    fake.say({ kind: 'dropHover', items: null, at: null })
    fake.say({ kind: 'dropped', token: 7, at: { x: 40, y: 180 } })
    expect(fake.calls).toContainEqual(['takeDrop', 7, 'incoming/2026-11/'])
    await expect.poll(() => parts('drop-overlay')).toEqual([])
    expect(row('incoming/2026-11/')!.classList).not.toContain('aimed')
  })

  test('on a file’s row, or beside the rows, goes into the folder that is shown', async () => {
    const { fake } = await openWindow(SCENES.list)
    await expect.poll(() => row('incoming/notes.md')).not.toBeNull()
    put(row('incoming/notes.md'))
    fake.say({ kind: 'dropped', token: 8, at: { x: 40, y: 280 } })
    expect(fake.calls).toContainEqual(['takeDrop', 8, 'incoming/'])
  })
})

describe('Ctrl+V', () => {
  test('uploads what the file manager has copied', async () => {
    const { fake } = await openWindow(SCENES.list)
    await userEvent.keyboard('{Control>}v{/Control}')
    expect(fake.calls).toContainEqual(['paste', 'incoming/'])
    await expect.poll(() => parts('upload-row').length).toBe(1)
  })

  test('says what to do when no file was copied', async () => {
    const { fake } = await openWindow(SCENES.list)
    fake.hasCopied = false
    await userEvent.keyboard('{Control>}v{/Control}')
    await expect.poll(() => document.body.textContent).toContain('copy files in the file manager first')
  })

  test('pastes text while a field has the focus', async () => {
    const { fake } = await openWindow(SCENES.list)
    await userEvent.click(part('open-filter'))
    await userEvent.keyboard('{Control>}v{/Control}')
    expect(fake.calls.some(([name]) => name === 'paste')).toBe(false)
  })
})

test('a small drop need not be looked at: so many files are a setting', async () => {
  const { fake, sandglass } = await openWindow({ ...SCENES.list, preferences: { ...PREFERENCES, looksFirst: true } })
  sandglass.panel = { kind: 'settings' }
  await vi.waitFor(() => expect(parts('field-looksFirstFrom').length).toBe(1))
  await userEvent.type(part('field-looksFirstFrom'), 'ten')
  await userEvent.click(part('settings-save'))
  expect(part('settings-sheet').textContent).toContain('whole number')
  await userEvent.clear(part('field-looksFirstFrom'))
  await userEvent.type(part('field-looksFirstFrom'), '50')
  await userEvent.click(part('settings-save'))
  await expect.poll(() => fake.calls).toContainEqual(['setPreferences', { ...PREFERENCES, looksFirst: true, looksFirstFrom: 50 }])
})
