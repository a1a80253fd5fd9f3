import userEvent from '@testing-library/user-event'
import { tick } from 'svelte'
import { describe, expect, test, vi } from 'vitest'
import { failure } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

const rowOf = (id: number) => document.querySelector<HTMLElement>(`[data-part="upload-row"][data-id="${id}"]`)!
const inRow = (id: number, name: string) => rowOf(id).querySelector<HTMLElement>(`[data-part="${name}"]`)!

describe('rows under control', () => {
  test('all are held back and let go by one button', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    await userEvent.click(part('pause-all'))
    expect(fake.calls).toContainEqual(['pauseAll', 'd1'])
    expect(part('outlook').textContent).toBe('paused')
    expect(rowOf(1).textContent).toContain('paused at 34%')
    await userEvent.click(part('resume-all'))
    expect(fake.calls).toContainEqual(['resumeAll', 'd1'])
    expect(part('pause-all').getAttribute('aria-label')).toBe('Pause all')
  })

  test('one is held back and goes on', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    await userEvent.click(inRow(1, 'row-pause'))
    expect(fake.calls).toContainEqual(['pauseRow', 1])
    expect(part('totals').textContent).toContain('1 paused')
    expect(inRow(1, 'row-resume').getAttribute('aria-label')).toBe('Resume reef-survey-raw.tar')
    await userEvent.click(inRow(1, 'row-resume'))
    expect(fake.calls).toContainEqual(['resumeRow', 1])
  })

  test('what is held back one by one, as after a restart, is let go by one button, too', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    for (const pause of parts('row-pause')) await userEvent.click(pause)
    await userEvent.click(part('resume-all'))
    expect(fake.calls).toContainEqual(['resumeAll', 'd1'])
    expect(parts('resume-all')).toHaveLength(0)
  })

  test('one that waits is moved to the front, one that runs is not offered that', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    expect(inRow(1, 'row-front')).toBeNull()
    await userEvent.click(inRow(5, 'row-front'))
    expect(fake.calls).toContainEqual(['moveToFront', 5])
  })

  test('all that failed are tried again, and the button is there only then', async () => {
    const { fake } = await openWindow(SCENES.failed)
    await userEvent.click(part('retry-all'))
    expect(fake.calls).toContainEqual(['retryAll', 'd1'])
    await tick()
    expect(parts('retry-all')).toHaveLength(0)
  })

  test('the menu of a row is walked with the keyboard and gives the focus back', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    inRow(1, 'row-more').focus()
    await userEvent.keyboard('{Enter}')
    expect(document.activeElement).toBe(part('menu-pause'))
    await userEvent.keyboard('{ArrowDown}')
    expect(document.activeElement).toBe(part('menu-cancel'))
    await userEvent.keyboard('{Escape}')
    expect(document.activeElement).toBe(inRow(1, 'row-more'))
    expect(parts('row-menu')).toHaveLength(0)
    await userEvent.click(inRow(1, 'row-more'))
    await userEvent.click(part('menu-cancel'))
    expect(fake.rows.get(1)?.state).toBe('cancelled')
  })

  test('the menu of a row that leaves goes with it', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    await userEvent.click(inRow(1, 'row-more'))
    fake.say({ kind: 'rowsRemoved', ids: [1] })
    await tick()
    expect(parts('row-menu')).toHaveLength(0)
  })

  test('a row says what happened on the way and what proves it', async () => {
    await openWindow(SCENES.every)
    expect(inRow(1, 'row-note').textContent).toBe('Started again: the server no longer knew the upload')
    expect(inRow(5, 'row-note').textContent).toBe('Started again: the file changed')
    expect(rowOf(4).textContent).toContain('waiting for the network, at 20%')
    expect(rowOf(5).textContent).toContain('waiting for the network')
    expect(rowOf(7).textContent).toContain('stored, checksum verified')
    expect(rowOf(8).textContent).toContain('stored; the server told no checksum')
    expect(rowOf(9).textContent).toContain('stored, proved by its ETag')
  })

  test('without a connection the window names the server and says that it goes on by itself', async () => {
    const { fake } = await openWindow(SCENES.cut)
    expect(part('outlook').textContent).toBe('no connection to s3.ap-northeast-1.amazonaws.com — goes on by itself')
    expect(part('totals').querySelector('[role="status"]')?.textContent).toContain('no connection')
    window.dispatchEvent(new Event('online'))
    await tick()
    expect(fake.calls).toContainEqual(['networkIsBack', 'd1'])
    expect(parts('outlook').map((one) => one.textContent).join()).not.toContain('no connection')
  })

  test('the network is not announced to a destination that nobody is signed in to', async () => {
    const { fake } = await openWindow(SCENES.signedout)
    window.dispatchEvent(new Event('online'))
    expect(fake.calls.some(([name]) => name === 'networkIsBack')).toBe(false)
  })

  test('a refused wish of a row is told', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    fake.pauseRow = vi.fn(async () => {
      throw failure('ledgerFailed', 'retry')
    })
    await userEvent.click(inRow(1, 'row-pause'))
    await expect.poll(() => parts('notice').length).toBe(1)
  })
})

describe('conflicts', () => {
  const offered = (id: number) => [...rowOf(id).querySelectorAll('[role="group"] button')].map((button) => button.textContent)

  test('each kind offers what makes sense for it', async () => {
    await openWindow(SCENES.conflicts)
    expect(offered(1)).toEqual(['Replace', 'Keep both', 'Skip'])
    expect(offered(2)).toEqual(['Replace', 'Keep both', 'Skip'])
    expect(offered(3)).toEqual(['Keep both', 'Skip'])
    expect(offered(4)).toEqual(['Send anyway', 'Keep both', 'Skip'])
  })

  test('a twin is named', async () => {
    await openWindow(SCENES.conflicts)
    expect(rowOf(3).textContent).toContain('day-01/café.wav')
    expect(rowOf(4).textContent).toContain('Differs from day-01/README.md only in upper and lower case')
  })

  test('one choice answers one row', async () => {
    const { fake } = await openWindow(SCENES.conflicts)
    await userEvent.click(inRow(4, 'row-send-anyway'))
    expect(fake.calls).toContainEqual(['resolveConflict', 4, 'sendAnyway'])
    expect(rowOf(1).dataset['state']).toBe('conflict')
  })

  test('a ticked choice answers all of its drop, and of no other', async () => {
    const { fake } = await openWindow(SCENES.conflicts)
    expect(inRow(1, 'row-for-all').getAttribute('aria-label')).toBe('for all 4 of this drop')
    expect(inRow(5, 'row-for-all')).toBeNull()
    await userEvent.click(inRow(1, 'row-for-all'))
    await userEvent.click(inRow(1, 'row-skip'))
    expect(fake.calls).toContainEqual(['resolveDrop', 1, 'skip'])
    await tick()
    expect([1, 2, 3, 4, 5].map((id) => rowOf(id).dataset['state'])).toEqual(['skipped', 'skipped', 'skipped', 'skipped', 'conflict'])
  })

  test('the last one of a drop is no longer asked about for all', async () => {
    await openWindow(SCENES.conflicts)
    for (const id of [1, 2, 3]) await userEvent.click(inRow(id, 'row-skip'))
    expect(inRow(4, 'row-for-all')).toBeNull()
  })
})
