import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'
import { SCENES } from '../src/ipc/scenes'
import { useLanguage } from '../src/texts/language'
import { openWindow, part, parts } from './window'

const options = () => [...document.querySelectorAll('[role="option"]')].map((option) => option.lastChild?.textContent)

async function openPalette(scene: keyof typeof SCENES = 'list') {
  const opened = await openWindow(SCENES[scene])
  await expect.poll(() => parts('add-files').length).toBe(1)
  await userEvent.keyboard('{Control>}k{/Control}')
  await expect.poll(() => parts('palette').length).toBe(1)
  return opened
}

describe('the palette', () => {
  test('finds a wish by a few letters and does it by Enter', async () => {
    const { sandglass } = await openPalette()
    await userEvent.type(part('palette-field'), 'acc key')
    expect(options()).toEqual(['Access key…'])
    await userEvent.keyboard('{Enter}')
    expect(parts('palette')).toEqual([])
    expect(sandglass.panel?.kind).toBe('key')
  })

  test('offers what can be done now, and nothing else', async () => {
    await openPalette('signedout')
    expect(options()).toContain('Sign in')
    expect(options()).not.toContain('End session')
    expect(options()).not.toContain('Pause all')
  })

  test('walks with the arrows, round the ends', async () => {
    const { fake } = await openPalette('uploading')
    await userEvent.type(part('palette-field'), 'session')
    expect(options()).toEqual(['Renew', 'End session'])
    await userEvent.clear(part('palette-field'))
    await userEvent.keyboard('{ArrowUp}')
    expect(document.querySelector('[aria-selected="true"][role="option"]')?.lastChild?.textContent).toBe('Text for support…')
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    await expect.poll(() => fake.sessions.get('d1')).toEqual({ state: 'ended', cause: 'user' })
  })

  test('shows another destination, and says when nothing is called so', async () => {
    const { fake } = await openPalette()
    await userEvent.type(part('palette-field'), 'xyzzy')
    expect(parts('palette-none')).toHaveLength(1)
    await userEvent.clear(part('palette-field'))
    await userEvent.type(part('palette-field'), 'archive{Enter}')
    expect(fake.selected).toBe('d2')
  })

  test('speaks Japanese', async () => {
    useLanguage(['ja'])
    await openPalette()
    await userEvent.type(part('palette-field'), 'アクセスキー')
    expect(options()).toEqual(['アクセスキー…'])
    useLanguage(['en'])
  })
})
