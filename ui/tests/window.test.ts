import { fireEvent } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { tick } from 'svelte'
import { describe, expect, test, vi } from 'vitest'
import { failure } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import { useLanguage } from '../src/texts/language'
import { openWindow, part, parts } from './window'

describe('the window', () => {
  test('begins with the sandbox and the form when there is no destination', async () => {
    await openWindow(SCENES.first)
    expect(part('first-start').textContent).toContain('Files in, for as long as the sand runs.')
    expect(parts('connect-form')).toHaveLength(1)
    await userEvent.click(part('try-sandbox'))
    await expect.poll(() => parts('time-left').length, { timeout: 3000 }).toBe(1)
    expect(part('destination-switcher').textContent).toContain('Sandbox')
  })

  test('speaks Japanese', async () => {
    useLanguage(['ja-JP'])
    await openWindow(SCENES.first)
    expect(part('first-start').textContent).toContain('砂が落ちきるまで')
    expect(document.documentElement.lang).toBe('ja')
  })

  test('tells Rust where a drop goes', async () => {
    const { fake } = await openWindow(SCENES.list)
    expect(fake.calls).toContainEqual(['showFolder', 'd1', 'incoming/'])
    await expect.poll(() => parts('listing-row').length).toBeGreaterThan(3)
    await userEvent.click(document.querySelector('[data-key="incoming/2026-11/"] button')!)
    expect(fake.calls).toContainEqual(['showFolder', 'd1', 'incoming/2026-11/'])
    await expect.poll(() => parts('listing-row').map((row) => row.dataset['key'])).toEqual(['incoming/2026-11/day-02/', 'incoming/2026-11/day-01.wav'])
  })

  test.each([
    ['denied', 'picture-denied'],
    ['empty', 'picture-empty'],
    ['loading', 'picture-loading'],
    ['signedout', 'picture-signed-out'],
    ['offline', 'picture-offline'],
    ['failedList', 'picture-failed'],
    ['list', 'listing'],
  ] as const)('shows the scene %s as the picture %s and no other', async (scene, name) => {
    await openWindow(SCENES[scene])
    await expect.poll(() => parts(name).length).toBe(1)
    expect(document.querySelectorAll('[data-part^="picture-"]:not([data-part="picture-sign-in"])')).toHaveLength(name === 'listing' ? 0 : 1)
  })

  test('a denied listing shows the corrected policy and copies it', async () => {
    const writeText = vi.fn(async () => {})
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true })
    await openWindow(SCENES.denied)
    await expect.poll(() => parts('copy-policy').length).toBe(1)
    part('copy-policy').click()
    await expect.poll(() => part('copy-policy').textContent).toBe('Copied')
    expect(writeText).toHaveBeenCalledWith(expect.stringContaining('"s3:ListBucket"'))
  })

  test('a session that ends says what waits and offers to sign in again', async () => {
    const { fake } = await openWindow(SCENES.ended)
    const banner = part('end-banner')
    expect(banner.textContent).toContain('The session has ended.')
    expect(banner.textContent).toContain('12 files wait; everything that arrived is safe.')
    expect(banner.textContent).toContain('reef-survey-raw.tar goes on at 34% after you sign in.')
    expect(document.activeElement).toBe(part('sign-in-again'))
    await userEvent.click(part('sign-in-again'))
    expect(fake.calls).toContainEqual(['signIn', 'd1', null])
    await expect.poll(() => parts('end-banner').length, { timeout: 2000 }).toBe(0)
    await expect.poll(() => parts('upload-row')[0]?.dataset['state'], { timeout: 2000 }).toBe('waiting')
  })

  test('“not now” holds until something new waits', async () => {
    const { fake } = await openWindow(SCENES.waiting)
    await userEvent.click(part('not-now'))
    expect(parts('end-banner')).toHaveLength(0)
    await fake.chooseFiles('incoming/')
    await tick()
    expect(parts('end-banner')).toHaveLength(1)
  })

  test('a conflict offers replace, keep both and skip', async () => {
    const { fake } = await openWindow(SCENES.conflict)
    const row = parts('upload-row')[0]!
    expect(row.dataset['state']).toBe('conflict')
    expect(row.textContent).toContain('already in the bucket')
    await userEvent.click(row.querySelector('[data-part="row-keep-both"]')!)
    expect(fake.calls).toContainEqual(['resolveConflict', 2, 'keepBoth'])
    await expect.poll(() => document.querySelector('[data-id="2"]')?.getAttribute('data-key')).toBe('incoming/notes (2).md')
  })

  test('a failed row says its sentence once and can be tried again', async () => {
    await openWindow(SCENES.failed)
    const row = document.querySelector<HTMLElement>('[data-part="upload-row"][data-id="1"]')!
    expect(row.textContent).toContain('This file changed while it was uploaded.')
    await userEvent.click(row.querySelector('[data-part="row-retry"]')!)
    await expect.poll(() => document.querySelector('[data-part="upload-row"][data-id="1"]')?.getAttribute('data-state')).toBe('waiting')
  })

  test('files over the window show where they will go, and the overlay goes by itself', async () => {
    vi.useFakeTimers()
    const { fake } = await openWindow(SCENES.empty)
    fake.say({ kind: 'dropHover', items: 214, at: { x: 5, y: 5 } })
    await tick()
    expect(part('drop-overlay').textContent).toContain('Drop to upload 214 items')
    expect(part('drop-overlay').textContent).toContain('s3://s3-fs-example-bucket/incoming/')
    vi.advanceTimersByTime(3100)
    await tick()
    expect(parts('drop-overlay')).toHaveLength(0)
    vi.useRealTimers()
  })

  test('asks for six digits where the role wants them', async () => {
    const { fake, sandglass } = await openWindow({ ...SCENES.signedout, destinations: [{ ...SCENES.list.destinations[0]!, needsMfa: true }] })
    await userEvent.click(part('sign-in'))
    expect(part('mfa-submit')).toHaveProperty('disabled', true)
    await userEvent.type(part('field-mfaCode'), '123 456')
    await userEvent.click(part('mfa-submit'))
    expect(fake.calls).toContainEqual(['signIn', 'd1', '123456'])
    await expect.poll(() => sandglass.panel).toBeNull()
  })

  test('says at the field that a code was not accepted, and asks for the next one', async () => {
    const { fake, sandglass } = await openWindow({ ...SCENES.signedout, destinations: [{ ...SCENES.list.destinations[0]!, needsMfa: true }] })
    await userEvent.click(part('sign-in'))
    await userEvent.type(part('field-mfaCode'), '654321')
    await userEvent.click(part('mfa-submit'))
    await expect.poll(() => part('mfa-prompt').textContent).toContain('The one-time code was not accepted.')
    expect(part('field-mfaCode')).toHaveProperty('value', '')
    expect(document.activeElement).toBe(part('field-mfaCode'))
    expect(sandglass.notices).toEqual([])
    await userEvent.type(part('field-mfaCode'), '123456')
    await userEvent.click(part('mfa-submit'))
    await expect.poll(() => parts('mfa-prompt')).toEqual([])
    expect(fake.calls.filter(([what]) => what === 'signIn')).toHaveLength(2)
  })

  test('removing a destination asks, and says what will not be uploaded', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    await userEvent.click(part('destination-switcher'))
    await userEvent.click(part('remove-destination'))
    expect(part('remove-sheet').textContent).toContain('12 files that have not arrived will not be uploaded.')
    await userEvent.click(part('remove-submit'))
    expect(fake.calls).toContainEqual(['removeDestination', 'd1'])
    await expect.poll(() => part('destination-switcher').textContent).toContain('Archive')
  })

  test('the menu is walked with the arrow keys and closed with Escape', async () => {
    await openWindow(SCENES.list)
    part('destination-switcher').focus()
    await userEvent.keyboard('{Enter}')
    expect(document.activeElement?.textContent).toContain('Field recordings')
    await userEvent.keyboard('{ArrowDown}')
    expect(document.activeElement?.textContent).toContain('Archive')
    await userEvent.keyboard('{Escape}')
    expect(document.activeElement).toBe(part('destination-switcher'))
  })

  test('the listing is walked with the arrow keys and folders open with Enter', async () => {
    const { fake } = await openWindow(SCENES.list)
    await expect.poll(() => parts('listing-row').length).toBeGreaterThan(3)
    part('listing').focus()
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    expect(fake.calls).toContainEqual(['showFolder', 'd1', 'incoming/2026-11/'])
  })

  test('paths that were not added are listed with their reasons', async () => {
    const { fake } = await openWindow(SCENES.empty)
    fake.say({ kind: 'skipped', skipped: [{ name: 'a/link', failure: failure('brokenLink', 'nothing', 'a/link') }] })
    await tick()
    expect(part('skipped-sheet').textContent).toContain('1 path was not added')
    expect(part('skipped-row').textContent).toContain('Link that leads nowhere')
    await userEvent.click(part('skipped-close'))
    expect(parts('skipped-sheet')).toHaveLength(0)
  })

  test('a refused command becomes a message with its remedy', async () => {
    const { fake } = await openWindow(SCENES.signedout)
    fake.signIn = vi.fn(async () => {
      throw failure('offline', 'checkNetwork', 'sts.example.com')
    })
    await userEvent.click(part('sign-in'))
    await expect.poll(() => parts('notice').length).toBe(1)
    expect(part('notice').textContent).toContain('sts.example.com cannot be reached.')
    await userEvent.click(part('remedy'))
    expect(fake.signIn).toHaveBeenCalledTimes(2)
  })

  test('a row that is scrolled out of sight does not take the keyboard along', async () => {
    await openWindow({ ...SCENES.many, moves: false })
    await expect.poll(() => parts('listing-row').length).toBeGreaterThan(10)
    const list = part('listing')
    await userEvent.click(parts('listing-row')[0]!)
    expect(document.activeElement).toBe(list)
    expect(list.getAttribute('aria-activedescendant')).toBe(parts('listing-row')[0]!.id)
    list.scrollTop = 20_000
    await fireEvent.scroll(list)
    expect(list.hasAttribute('aria-activedescendant')).toBe(false)
    // Where it is already: it is shown again all the same.
    await userEvent.keyboard('{Home}')
    expect(list.scrollTop).toBe(0)
  })

  test('of ten thousand rows only those in sight are drawn', async () => {
    await openWindow({ ...SCENES.many, moves: false })
    await expect.poll(() => parts('listing-row').length).toBeGreaterThan(10)
    expect(parts('upload-row').length).toBeLessThan(60)
    expect(parts('listing-row').length).toBeLessThan(60)
  })
})
