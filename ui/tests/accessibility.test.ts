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
  test.each(['first', 'empty', 'list', 'uploading', 'ended', 'denied', 'offline', 'signedout', 'loading', 'failedList', 'drop', 'conflict', 'failed', 'skipped'] as const)('can read the scene %s', async (scene) => {
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
    expect(parts('connect-sheet')).toHaveLength(1)
    expect(await problems()).toEqual([])
  })
})
