import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'
import { failure } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import { useLanguage } from '../src/texts/language'
import { openWindow, part, parts } from './window'

async function openKey(scene: keyof typeof SCENES) {
  const opened = await openWindow(SCENES[scene])
  await userEvent.click(part('destination-switcher'))
  await userEvent.click(part('access-key'))
  await expect.poll(() => parts('key-rotate').length).toBe(1)
  return opened
}

async function openRotation(scene: keyof typeof SCENES) {
  const opened = await openKey(scene)
  await userEvent.click(part('key-rotate'))
  await expect.poll(() => parts('rotation-about').length).toBe(1)
  return opened
}

const text = (name: string) => part(name).textContent.replace(/\s+/g, ' ').trim()

describe('rotating an access key', () => {
  test('begins with what IAM tells, and nothing happens without a word', async () => {
    const { fake } = await openRotation('list')
    expect(text('rotation-about')).toMatch(/^Its ID ends in Q7RA\. Made by IAM: .*\. Last used: .*\.$/)
    expect(document.activeElement).toBe(part('rotation-cancel'))
    await userEvent.click(part('rotation-cancel'))
    expect(parts('rotation-sheet')).toEqual([])
    expect(parts('key-sheet').length).toBe(1)
    expect(fake.calls.some(([name]) => name === 'rotateKey')).toBe(false)
  })

  test('says which key is in use then, and deletes the old one only after another word', async () => {
    const { fake } = await openRotation('rotateShared')
    expect(text('rotation-shared')).toBe('These destinations here have the same key and get the new one, too: Archive and Field recordings 2.')
    await userEvent.click(part('rotation-submit'))
    await expect.poll(() => parts('rotation-done').length).toBe(1)
    expect(fake.calls).toContainEqual(['rotateKey', 'd1', null])
    expect(text('rotation-done')).toBe('The new key …N3WK is in use.')
    expect(text('rotation-old')).toBe('The old key …Q7RA is inactive.')
    expect(document.activeElement).toBe(part('rotation-later'))
    expect(fake.calls.some(([name]) => name === 'deleteOldKey')).toBe(false)
    await userEvent.click(part('rotation-delete'))
    await expect.poll(() => parts('rotation-deleted').length).toBe(1)
    expect(fake.calls).toContainEqual(['deleteOldKey', 'd1'])
  })

  test('deletes a spare key for the new one only when its button names it', async () => {
    const { fake } = await openRotation('rotateSpare')
    expect(text('rotation-other')).toContain('The user also has the key …LX2B (made')
    expect(text('rotation-other')).toContain('never used')
    expect(text('rotation-submit')).toBe('Delete …LX2B and rotate')
    await userEvent.click(part('rotation-submit'))
    await expect.poll(() => parts('rotation-done').length).toBe(1)
    expect(fake.calls).toContainEqual(['rotateKey', 'd1', 'LX2B'])
  })

  test('is not offered beside a second key that something may use', async () => {
    const { fake } = await openRotation('rotateInUse')
    expect(parts('rotation-submit')).toEqual([])
    fake.outlook = { ends: 'Q7RA', madeAt: null, lastUse: { kind: 'untold' }, other: null, sharedWith: [] }
    await userEvent.click(part('rotation-again'))
    await expect.poll(() => parts('rotation-submit').length).toBe(1)
  })

  test('can be stopped while AWS does not know the new key', async () => {
    await openRotation('rotateWait')
    await userEvent.click(part('rotation-submit'))
    await expect.poll(() => parts('rotation-working').length).toBe(1)
    await userEvent.click(part('rotation-stop'))
    await expect.poll(() => parts('failure').length).toBe(1)
    expect(part('failure').dataset.code).toBe('rotationStopped')
    expect(parts('rotation-submit').length).toBe(1)
  })

  test('that did not make the old key inactive only does that, and makes no third key', async () => {
    const { fake } = await openRotation('rotateReplaced')
    expect(text('rotation-submit')).toBe('Make …LX2B inactive')
    await userEvent.click(part('rotation-submit'))
    await expect.poll(() => parts('rotation-done').length).toBe(1)
    expect(fake.calls).toContainEqual(['rotateKey', 'd1', null])
  })

  test('is not left in the middle: Escape stops the wait and shows how it ends', async () => {
    const { fake } = await openRotation('rotateWait')
    await userEvent.click(part('rotation-submit'))
    await expect.poll(() => parts('rotation-working').length).toBe(1)
    part('rotation-sheet').dispatchEvent(new Event('cancel', { cancelable: true }))
    await expect.poll(() => parts('failure').length).toBe(1)
    expect(parts('rotation-sheet').length).toBe(1)
    expect(fake.calls).toContainEqual(['stopRotation'])
  })

  test('says when the old key is still active, and why', async () => {
    await openRotation('rotateActive')
    await userEvent.click(part('rotation-submit'))
    await expect.poll(() => parts('rotation-done').length).toBe(1)
    expect(text('rotation-done')).toBe('The new key …N3WK is in use. Also changed: Archive.')
    expect(text('rotation-old')).toBe('The old key …Q7RA is still active.')
    expect(part('failure').dataset.code).toBe('rotationDenied')
  })

  test('tells who may not, with the text for the administrator', async () => {
    const { fake } = await openKey('list')
    fake.outlook = failure('rotationDenied', 'askAdministrator', 'Field recordings')
    await userEvent.click(part('key-rotate'))
    await expect.poll(() => parts('failure').length).toBe(1)
    expect(part('failure').textContent).toContain('This user may not rotate the access key of “Field recordings”.')
    expect(parts('remedy').length).toBe(1)
    expect(parts('rotation-submit')).toEqual([])
  })

  test('that was interrupted, and an old key that is left, are told in the key sheet', async () => {
    const { fake } = await openKey('keyLeft')
    expect(text('key-next')).toContain('…N3WK')
    expect(text('key-rotate')).toBe('Go on with the rotation…')
    await userEvent.click(part('key-delete-old'))
    expect(parts('rotation-about')).toEqual([])
    await userEvent.click(part('rotation-delete'))
    await expect.poll(() => parts('rotation-deleted').length).toBe(1)
    expect(fake.calls).toContainEqual(['deleteOldKey', 'd1'])
    await userEvent.click(part('rotation-close'))
    await expect.poll(() => parts('key-sheet').length).toBe(1)
    await expect.poll(() => parts('key-old-left').length).toBe(0)
  })

  test('speaks Japanese', async () => {
    useLanguage(['ja'])
    await openRotation('rotateSpare')
    expect(text('rotation-submit')).toBe('…LX2B を削除してローテーション')
    useLanguage(['en'])
  })
})
