import userEvent from '@testing-library/user-event'
import { describe, expect, test, vi } from 'vitest'
import { PREFERENCES, SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

describe('a session that is too short', () => {
  test('says how much is needed and how much there is, and renews at once', async () => {
    const { fake } = await openWindow(SCENES.nofit)
    await vi.waitFor(() => expect(part('outlook').textContent).toBe('needs about 14 mins, the session has 9 mins'))
    await userEvent.click(part('renew-now'))
    expect(fake.calls).toContainEqual(['signIn', 'd1', null])
  })

  test('is kept up on the person’s word, and the word can be taken back', async () => {
    const { fake } = await openWindow(SCENES.nofit)
    await vi.waitFor(() => expect(parts('keep-renewing')).toHaveLength(1))
    await userEvent.click(part('keep-renewing'))
    expect(fake.calls).toContainEqual(['keepRenewing', 'd1', true])
    await vi.waitFor(() => expect(part('outlook').textContent).toContain('the session is renewed until then'))
    expect(parts('renew-now')).toHaveLength(0)
    await userEvent.click(part('keep-renewing'))
    expect(fake.calls).toContainEqual(['keepRenewing', 'd1', false])
  })

  test('asks for the code where the role wants one, and offers no renewal by itself', async () => {
    const [first] = SCENES.nofit.destinations
    await openWindow({ ...SCENES.nofit, destinations: [{ ...first!, needsMfa: true }] })
    await vi.waitFor(() => expect(parts('renew-now')).toHaveLength(1))
    expect(parts('keep-renewing')).toHaveLength(0)
    await userEvent.click(part('renew-now'))
    expect(parts('mfa-prompt')).toHaveLength(1)
  })

  test('is announced to a screen reader', async () => {
    const { fake } = await openWindow(SCENES.list)
    fake.say({ kind: 'endsSoon', destination: 'd1', secondsLeft: 60 })
    await vi.waitFor(() => expect(part('ending').textContent).toBe('The session of “Field recordings” ends in 1 min.'))
  })

  test('that ended with the screen lock says so', async () => {
    await openWindow(SCENES.away)
    expect(part('end-banner').textContent).toContain('ended when the screen was locked')
  })

  test('what happens while the person is away is set in the settings', async () => {
    const { fake, sandglass } = await openWindow(SCENES.list)
    sandglass.panel = { kind: 'settings' }
    await vi.waitFor(() => expect(parts('settings-sheet')).toHaveLength(1))
    await userEvent.click(part('check-endsOnLock'))
    await userEvent.click(part('check-notifies'))
    await userEvent.type(part('field-idleMinutes'), '0')
    await userEvent.click(part('settings-save'))
    expect(part('why-idleMinutes').textContent).toBe('Give a whole number from 1 to 1440, or nothing.')
    await userEvent.clear(part('field-idleMinutes'))
    await userEvent.type(part('field-idleMinutes'), '15')
    await userEvent.click(part('settings-save'))
    expect(fake.calls).toContainEqual(['setPreferences', { ...PREFERENCES, notifies: false, idleMinutes: 15, endsOnLock: true }])
  })
})
