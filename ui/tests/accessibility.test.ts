import axe from 'axe-core'
import { tick } from 'svelte'
import { describe, expect, test } from 'vitest'
import { SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

async function problems(): Promise<string[]> {
  // jsdom has no layout and no colours; contrast is looked at in the real window.
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, 'page-has-heading-one': { enabled: false } } })
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`)
}

describe('a screen reader', () => {
  test.each(['first', 'empty', 'list', 'uploading', 'ended', 'denied', 'offline', 'signedout', 'loading', 'failedList', 'drop', 'conflict', 'failed', 'skipped', 'every', 'conflicts', 'drops', 'paused', 'cut', 'looking', 'preview', 'abandoned', 'quit'] as const)('can read the scene %s', async (scene) => {
    await openWindow(SCENES[scene])
    await new Promise((done) => setTimeout(done, 350))
    expect(await problems()).toEqual([])
  })

  test('can read the menu and the form in a sheet', async () => {
    await openWindow(SCENES.list)
    part('destination-switcher').click()
    await tick()
    expect(await problems()).toEqual([])
    part('connect-another').click()
    await tick()
    part('advanced').click()
    await tick()
    part('upload-options').click()
    await tick()
    expect(parts('connect-sheet')).toHaveLength(1)
    expect(await problems()).toEqual([])
  })

  test('can read the filter, the menu of a file, and the palette', async () => {
    await openWindow(SCENES.list)
    await expect.poll(() => parts('listing-row').length).toBeGreaterThan(3)
    part('open-filter').click()
    await tick()
    expect(await problems()).toEqual([])
    parts('listing-row').at(-1)?.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))
    await tick()
    expect(parts('entry-menu')).toHaveLength(1)
    expect(await problems()).toEqual([])
    document.querySelector<HTMLElement>('.behind')?.click()
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }))
    await tick()
    expect(parts('palette')).toHaveLength(1)
    expect(await problems()).toEqual([])
  })

  test.each([
    ['a row’s menu', ['row-more']],
    ['a row’s details', ['row-more', 'menu-details']],
    ['the receipts', ['uploads-menu', 'receipts']],
    ['what was left on the server', ['abandoned-show']],
    ['the access key', ['destination-switcher', 'access-key', 'key-remove']],
    ['a rotation before it begins', ['destination-switcher', 'access-key', 'key-rotate']],
    ['a rotation that is done', ['destination-switcher', 'access-key', 'key-rotate', 'rotation-submit']],
    ['the settings', ['destination-switcher', 'settings']],
    ['the network', ['destination-switcher', 'settings', 'open-network', 'proxy-manual']],
  ])('can read %s', async (_, presses) => {
    await openWindow(SCENES.abandoned)
    await expect.poll(() => parts('abandoned-line').length).toBe(1)
    for (const press of presses) {
      await expect.poll(() => parts(press).length).not.toBe(0)
      part(press).click()
      await tick()
    }
    await new Promise((done) => setTimeout(done, 150))
    expect(await problems()).toEqual([])
  })
})
