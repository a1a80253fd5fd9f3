import { screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, test, vi } from 'vitest'
import { failure } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

describe('signing in', () => {
  test('says that it waits for a new key, and can be stopped', async () => {
    const { fake } = await openWindow(SCENES.newkey)
    expect(part('session-words').textContent).toBe('AWS is getting to know the key')
    await userEvent.click(part('cancel-sign-in'))
    expect(fake.calls).toContainEqual(['cancelSignIn', 'd1'])
    expect(part('session-words').textContent).toBe('signed out')
  })

  test('what the server did not give is said once and can be put away', async () => {
    const { fake } = await openWindow(SCENES.list)
    for (let twice = 0; twice < 2; twice++) fake.say({ kind: 'news', destination: 'd1', news: { what: 'lengthLowered', toSeconds: 14_400 } })
    await vi.waitFor(() => expect(parts('news')).toHaveLength(1))
    expect(part('news').textContent).toContain('allows sessions of 4 hrs at most')
    await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
    expect(parts('news')).toHaveLength(0)
  })

  test('a refusal by the role is copied with causes and policies', async () => {
    const user = userEvent.setup()
    const { fake } = await openWindow(SCENES.list)
    fake.say({ kind: 'failed', failure: failure('roleTrustRefused', 'askAdministrator', 'arn:aws:iam::123456789012:role/r'), destination: null })
    await user.click(await screen.findByRole('button', { name: 'Copy for the administrator' }))
    expect(fake.calls).toContainEqual(['administratorLetter', 'd1', 'signIn', 'en'])
    await vi.waitFor(async () => expect(await navigator.clipboard.readText()).toContain('letter about d1'))
  })

  test('what a session is asked for is sent with the form', async () => {
    const { fake } = await openWindow(SCENES.first)
    const user = userEvent.setup()
    await user.click(part('advanced'))
    await user.click(part('session-options'))
    await user.click(part('check-isWholeRole'))
    await user.type(part('field-sessionTags'), 'team=field')
    await user.click(part('check-isKeyNew'))
    await user.click(part('connect-submit'))
    const call = fake.calls.find(([name]) => name === 'connect')
    expect(call?.[1]).toMatchObject({ isKeyNew: true, session: { isWholeRole: true, tags: 'team=field', name: '', sourceIdentity: '' } })
  })
})
