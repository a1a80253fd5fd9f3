import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test } from 'vitest'
import { PREFERENCES, SCENES } from '../src/ipc/scenes'
import { useLanguage } from '../src/texts/language'
import { openWindow, part, parts } from './window'

afterEach(() => {
  useLanguage(['en'])
  document.documentElement.style.colorScheme = ''
})

describe('language and colours', () => {
  test('are the system’s, until the settings say otherwise, at once and without a restart', async () => {
    const { sandglass, fake } = await openWindow(SCENES.list)
    expect(part('add-files').textContent).toContain('Add files…')
    sandglass.panel = { kind: 'settings' }
    await expect.poll(() => parts('field-language').length).toBe(1)
    await userEvent.selectOptions(part('field-language'), 'ja')
    await userEvent.selectOptions(part('field-theme'), 'dark')
    await userEvent.click(part('settings-save'))
    await expect.poll(() => part('add-files').textContent).toContain('ファイルを追加…')
    expect(document.documentElement.lang).toBe('ja')
    expect(document.documentElement.style.colorScheme).toBe('dark')
    expect(fake.calls).toContainEqual(['setPreferences', { ...PREFERENCES, language: 'ja', theme: 'dark' }])
    fake.say({ kind: 'preferences', ...PREFERENCES })
    await expect.poll(() => part('add-files').textContent).toContain('Add files…')
    expect(document.documentElement.style.colorScheme).toBe('')
  })

  test('of the snapshot are there from the first picture on', async () => {
    await openWindow({ ...SCENES.list, preferences: { ...PREFERENCES, language: 'ja', theme: 'light' } })
    await expect.poll(() => part('add-files').textContent).toContain('ファイルを追加…')
    expect(document.documentElement.style.colorScheme).toBe('light')
  })
})
