import userEvent from '@testing-library/user-event'
import { tick } from 'svelte'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { SCENES } from '../src/ipc/scenes'
import { Drawer } from '../src/state/drawer.svelte'
import { openWindow, part, parts } from './window'

const still = { ...SCENES.drops, moves: false }
afterEach(() => vi.restoreAllMocks())

const lineWords = () => parts('drop-line').map((line) => line.textContent?.replace(/\s+/g, ' ').trim())
const states = () => parts('upload-row').map((row) => row.dataset['state'])

describe('the edge of the drawer', () => {
  test('is a named separator that says its height, and is gone with the rows', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    const edge = part('drawer-edge')
    expect(edge.getAttribute('role')).toBe('separator')
    expect(edge.getAttribute('aria-orientation')).toBe('horizontal')
    expect(edge.getAttribute('aria-label')).toBe('Height of the uploads')
    for (const name of ['aria-valuenow', 'aria-valuemin', 'aria-valuemax']) expect(Number(edge.getAttribute(name))).toBeGreaterThan(0)
    fake.say({ kind: 'rowsRemoved', ids: [...fake.rows.keys()] })
    await tick()
    expect(parts('drawer-edge')).toEqual([])
    expect(part('uploads').textContent).toContain('No uploads')
  })

  test('is drawn by hand and by keys within its limits, and goes back by a double click', async () => {
    // jsdom has no layout: the rows and the listing are said to be as high as this.
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(300)
    const { sandglass } = await openWindow(SCENES.many)
    await tick()
    const edge = part('drawer-edge')
    const point = async (what: string, clientY: number) => {
      edge.dispatchEvent(new MouseEvent(`pointer${what}`, { button: 0, clientY, bubbles: true }))
      await tick()
    }
    expect(edge.getAttribute('aria-valuemax')).toBe(String(300 + 300 - 91))
    await point('down', 500)
    await point('move', 450)
    expect(sandglass.drawer.height).toBe(350)
    await point('move', -900)
    expect(sandglass.drawer.height).toBe(509)
    await point('up', 0)
    await point('move', 480)
    expect(sandglass.drawer.height).toBe(509)
    edge.focus()
    await userEvent.keyboard('{ArrowDown}')
    expect(sandglass.drawer.height).toBe(300 - 38)
    await userEvent.keyboard('{Home}')
    expect(sandglass.drawer.height).toBe(38)
    await userEvent.keyboard('{End}')
    expect(sandglass.drawer.height).toBe(509)
    expect(document.querySelector<HTMLElement>('.rows')?.style.maxHeight).toBe('509px')
    await userEvent.dblClick(edge)
    expect(sandglass.drawer.height).toBeNull()
  })

  test('keeps the keyboard when the row with the focus leaves', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    const [row] = parts('upload-row')
    row?.querySelector('button')?.focus()
    expect(row?.contains(document.activeElement)).toBe(true)
    fake.say({ kind: 'rowsRemoved', ids: [Number(row?.dataset['id'])] })
    await tick()
    await expect.poll(() => document.activeElement?.getAttribute('aria-label')).toBe('Uploads')
    expect(document.activeElement?.getAttribute('role')).toBe('list')
  })

  test('is where it was the next time, and as usual where nothing can be kept', () => {
    new Drawer().resize(211.4)
    expect(new Drawer().height).toBe(211)
    localStorage.setItem('sandglass.drawer-height', 'high')
    expect(new Drawer().height).toBeNull()
    const denied = () => {
      throw new Error('denied')
    }
    vi.stubGlobal('localStorage', { getItem: denied, setItem: denied, removeItem: denied })
    const drawer = new Drawer()
    drawer.resize(100)
    expect([drawer.height, drawer.isGrouped]).toEqual([100, true])
    vi.unstubAllGlobals()
  })
})

describe('drops in the drawer', () => {
  test('have a line each, which says when, how many are stored and how many ask', async () => {
    await openWindow(still)
    await expect.poll(lineWords).toHaveLength(3)
    expect(lineWords()[0]).toMatch(/^Drop of \d\d:\d\d 0 of 7 stored 2 need an answer$/)
    expect(lineWords()[2]).toMatch(/^Drop of \d\d:\d\d 2 of 2 stored$/)
  })

  test('of an earlier run have the ledger’s time', async () => {
    const drops = [{ ...still.drops[0]!, drop: 12, addedAt: '2020-01-02T03:04:05Z', files: 5, stored: 0 }]
    await openWindow({ ...still, drops })
    await expect.poll(() => lineWords().join()).toContain('Drop of 2 Jan 2020 03:04 0 of 5 stored')
  })

  test('fold and unfold with the keyboard', async () => {
    await openWindow(still)
    const button = part('drop-line').querySelector('button')!
    const before = parts('upload-row').length
    expect(button.getAttribute('aria-expanded')).toBe('true')
    button.focus()
    await userEvent.keyboard('{Enter}')
    expect(button.getAttribute('aria-expanded')).toBe('false')
    expect(document.activeElement).toBe(button)
    expect(parts('upload-row')).toHaveLength(before - 7)
  })

  test('are grouped by choice, and the choice is kept', async () => {
    await openWindow(still)
    await userEvent.click(part('uploads-menu'))
    expect(part('group-by-drop').getAttribute('aria-checked')).toBe('true')
    await userEvent.click(part('group-by-drop'))
    expect(parts('drop-line')).toEqual([])
    expect(states().slice(0, 2)).toEqual(['conflict', 'conflict'])
    expect(new Drawer().isGrouped).toBe(false)
  })

  test('are not asked about while there is one', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    const drops = vi.spyOn(fake, 'drops')
    fake.say({ kind: 'rowsChanged', rows: [{ ...fake.rows.get(1)!, state: 'stored' }] })
    await tick()
    expect(drops).not.toHaveBeenCalled()
  })
})

describe('the filters of the drawer', () => {
  const chosen = () => document.querySelector('[role="radio"][aria-checked="true"]')?.textContent?.replace(/\s+/g, ' ').trim()

  test('count the rows, and show those of one state', async () => {
    await openWindow(still)
    expect([...part('drawer-filters').children].map((one) => one.textContent?.replace(/\s+/g, ' ').trim())).toEqual(['All 15', 'In progress 2', 'Needs attention 2', 'Waiting 8', 'Stored 2'])
    await userEvent.click(part('rows-stored'))
    expect(states()).toEqual(['stored', 'stored'])
    expect(parts('drop-line')).toHaveLength(1)
  })

  test('are walked with the arrow keys, round the ends', async () => {
    await openWindow(still)
    part('rows-all').focus()
    await userEvent.keyboard('{ArrowRight}{ArrowRight}')
    expect(chosen()).toBe('Needs attention 2')
    expect(document.activeElement).toBe(part('rows-asking'))
    await userEvent.keyboard('{End}')
    expect(chosen()).toBe('Stored 2')
    await userEvent.keyboard('{ArrowRight}')
    expect(chosen()).toBe('All 15')
    expect(parts('drawer-filters')[0]!.querySelectorAll('[tabindex="0"]')).toHaveLength(1)
  })

  test('say when nothing is there, and lead back to all', async () => {
    await openWindow(SCENES.uploading)
    await userEvent.click(part('rows-asking'))
    expect(part('no-rows').textContent).toContain('No file asks anything.')
    await userEvent.click(part('show-all-rows'))
    expect(chosen()).toBe('All 14')
    expect(document.activeElement).toBe(part('rows-all'))
    expect(parts('no-rows')).toEqual([])
  })

  test('stay where they are while they show little', async () => {
    await openWindow(SCENES.uploading)
    const height = () => document.querySelector<HTMLElement>('.rows')?.style.height
    const before = height()
    await userEvent.click(part('rows-asking'))
    expect(height()).toBe(before)
  })

  test('go with the rows when the drawer is shut', async () => {
    await openWindow(SCENES.uploading)
    await userEvent.click(part('toggle-uploads'))
    expect(parts('drawer-filters').concat(parts('drawer-edge'), parts('upload-row'))).toEqual([])
  })
})

describe('two hundred thousand rows', () => {
  test('are drawn as few, wherever they are opened', async () => {
    await openWindow(SCENES.crowd)
    await expect.poll(() => parts('upload-row').length).toBeGreaterThan(5)
    expect(parts('upload-row').length).toBeLessThan(100)
    await userEvent.click(part('rows-waiting'))
    expect(parts('upload-row').length).toBeLessThan(100)
    expect(part('rows-waiting').textContent).toContain('199,800')
    await userEvent.click(part('toggle-uploads'))
    await userEvent.click(part('toggle-uploads'))
    expect(document.querySelectorAll('*').length).toBeLessThan(2500)
  }, 60_000)
})
