import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'
import { failure, Fake } from '../src/ipc/fake'
import type { KeyState } from '../src/ipc/bindings'
import { SCENES } from '../src/ipc/scenes'
import { useLanguage } from '../src/texts/language'
import { openWindow, part, parts } from './window'

async function openKey(key: Partial<KeyState> = {}, scene = SCENES.list, refuse?: Fake['keyState']) {
  const opened = await openWindow(scene)
  opened.fake.key = key
  if (refuse) opened.fake.keyState = refuse
  await userEvent.click(part('destination-switcher'))
  await userEvent.click(part('access-key'))
  return opened
}

describe('the access key of a destination', () => {
  test('is shown by its last four characters and since when it is here', async () => {
    await openKey({ storedSince: '2024-03-02T09:12:00Z' })
    await expect.poll(() => parts('key-since').length).toBe(1)
    expect(part('key-ends').textContent).toBe('Its ID ends in Q7RA.')
    expect(part('key-since').textContent).toBe('Stored here since 2 Mar 2024.')
    expect(parts('key-old')).toEqual([])
    expect(document.activeElement).toBe(part('key-close'))
    await userEvent.click(part('key-close'))
    expect(parts('key-sheet')).toEqual([])
  })

  test.each([
    ['en', 'This key has been here for 143 days; keys are best rotated now and then.'],
    ['ja', '保存してから 143 日たっています。キーは定期的にローテーションすることをおすすめします。'],
  ])('is called old in %s when it is, with its days', async (language, sentence) => {
    useLanguage([language])
    await openKey({ daysHere: 143, isOld: true })
    await expect.poll(() => parts('key-old').length).toBe(1)
    expect(part('key-old').textContent).toBe(sentence)
  })

  test('is replaced in the form that asks for a key', async () => {
    await openKey()
    await userEvent.click(part('key-enter'))
    await expect.poll(() => parts('field-secret').length).toBe(1)
    expect(parts('key-sheet')).toEqual([])
  })

  test('is removed after a second word, which says what stays and what ends', async () => {
    const { fake } = await openKey({}, SCENES.uploading)
    await expect.poll(() => parts('key-remove').length).toBe(1)
    await userEvent.click(part('key-remove'))
    expect(part('key-asked').textContent).toContain('The destination stays, and asks for a key at the next sign-in.')
    expect(part('key-asked').textContent).toContain('Its session ends at once.')
    expect(document.activeElement).toBe(part('key-keep'))
    await userEvent.click(part('key-keep'))
    expect(fake.calls.some(([name]) => name === 'forgetKey')).toBe(false)
    await userEvent.click(part('key-remove'))
    await userEvent.click(part('key-remove-submit'))
    await expect.poll(() => part('key-said').textContent).toContain('The key was removed from this computer.')
    expect(fake.calls).toContainEqual(['forgetKey', 'd1'])
    expect(fake.sessions.get('d1')).toEqual({ state: 'ended', cause: 'user' })
    await expect.poll(() => part('key-enter').textContent).toBe('Enter a key…')
    expect(parts('key-remove')).toEqual([])
    expect(document.activeElement).toBe(part('key-close'))
    expect(fake.destinations.some(({ id }) => id === 'd1')).toBe(true)
  })

  test.each([
    ['gone', 'It is no longer in the keychain.'],
    ['changed', 'Another program changed it in the keychain.'],
  ] as const)('that is %s is said to be', async (presence, sentence) => {
    await openKey({ presence, storedSince: null, daysHere: null })
    await expect.poll(() => parts(`key-${presence}`).length).toBe(1)
    expect(part(`key-${presence}`).textContent).toContain(sentence)
    expect(parts('key-since')).toEqual([])
  })

  test('in a locked keychain is not guessed at; once unlocked it is looked for again', async () => {
    const { fake } = await openKey({}, SCENES.list, async () => {
      throw failure('keychainLocked', 'unlockKeychain')
    })
    await expect.poll(() => parts('failure').length).toBe(1)
    expect(part('key-sheet').textContent).toContain('The keychain is locked.')
    expect(parts('key-since')).toEqual([])
    delete (fake as Partial<Fake>).keyState
    await userEvent.click(part('remedy'))
    await expect.poll(() => parts('key-since').length).toBe(1)
    expect(parts('failure')).toEqual([])
  })

  test('that the keychain does not let go stays, and the sheet says why', async () => {
    const { fake } = await openKey()
    fake.forgetKey = async () => {
      throw failure('keychainRefused', 'retry')
    }
    await expect.poll(() => parts('key-remove').length).toBe(1)
    await userEvent.click(part('key-remove'))
    await userEvent.click(part('key-remove-submit'))
    await expect.poll(() => parts('failure').length).toBe(1)
    expect(part('key-said').textContent).toBe('')
    expect(parts('key-asked')).toHaveLength(1)
  })
})
