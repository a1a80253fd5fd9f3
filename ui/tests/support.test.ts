import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { failure } from '../src/ipc/fake'
import { PREFERENCES, SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

async function openSettings() {
  const opened = await openWindow(SCENES.list)
  opened.sandglass.panel = { kind: 'settings' }
  await expect.poll(() => parts('settings-sheet').length).toBe(1)
  return opened
}

test('the text for support is shown whole, copied, and saved as it was shown', async () => {
  const { fake } = await openSettings()
  const wrote = vi.fn<(text: string) => Promise<void>>(async () => {})
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: wrote }, configurable: true })
  await userEvent.click(part('open-support'))
  await expect.poll(() => (part('support-text') as HTMLTextAreaElement).value).toContain('## The end of the log')
  await userEvent.click(part('support-copy'))
  expect(wrote).toHaveBeenCalledWith((part('support-text') as HTMLTextAreaElement).value)
  await userEvent.click(part('support-save'))
  await expect.poll(() => part('support-said').textContent).toBe('Saved as sandglass-support.md.')
  expect(fake.calls).toContainEqual(['saveSupportText'])
})

test('a text that cannot be saved says why and stays', async () => {
  const { fake, sandglass } = await openSettings()
  fake.saveSupportText = async () => {
    throw failure('fileUnwritable', 'chooseFileAgain', 'support.md')
  }
  sandglass.panel = { kind: 'support' }
  await expect.poll(() => parts('support-save').length).toBe(1)
  await expect.poll(() => part('support-save').hasAttribute('disabled')).toBe(false)
  await userEvent.click(part('support-save'))
  await expect.poll(() => part('support-sheet').textContent).toContain('support.md cannot be written.')
})

test('the log says more when the settings want it, and its folder is shown', async () => {
  const { fake } = await openSettings()
  await userEvent.click(part('open-logs'))
  expect(fake.calls).toContainEqual(['openLogs'])
  await userEvent.click(part('check-logsInDetail'))
  await userEvent.click(part('settings-save'))
  await expect.poll(() => parts('settings-sheet').length).toBe(0)
  expect(fake.calls).toContainEqual(['setPreferences', { ...PREFERENCES, logsInDetail: true }])
})
