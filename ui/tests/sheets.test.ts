import userEvent from '@testing-library/user-event'
import { tick } from 'svelte'
import { describe, expect, test, vi } from 'vitest'
import { failure } from '../src/ipc/fake'
import { PREFERENCES, SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

describe('a drop that is looked at first', () => {
  test('is switched on in the folder bar', async () => {
    const { fake } = await openWindow(SCENES.list)
    await userEvent.click(part('look-first'))
    expect(fake.calls).toContainEqual(['setPreferences', { ...PREFERENCES, looksFirst: true }])
    expect((part('look-first') as HTMLInputElement).checked).toBe(true)
  })

  test('is switched back when the core refuses', async () => {
    const { fake, sandglass } = await openWindow(SCENES.list)
    fake.setPreferences = vi.fn(async () => {
      throw failure('settingsFailed', 'retry')
    })
    await userEvent.click(part('look-first'))
    await expect.poll(() => parts('notice').length).toBe(1)
    expect(sandglass.preferences.looksFirst).toBe(false)
  })

  test('counts while it walks and cannot be sent before the end', async () => {
    const { fake } = await openWindow(SCENES.looking)
    await expect.poll(() => parts('preview-sheet').length).toBe(1)
    expect(part('preview-files').textContent).toBe('318')
    expect(document.activeElement).toBe(part('preview-send'))
    await userEvent.click(part('preview-send'))
    expect(fake.calls.some(([name]) => name === 'sendPreviewed')).toBe(false)
    expect(part('preview-sheet').textContent).toContain('Looking through the drop…')
    const [change] = SCENES.preview.after
    fake.say(change!)
    await tick()
    expect(part('preview-files').textContent).toBe('1,214')
    await userEvent.keyboard('{Enter}')
    expect(fake.calls).toContainEqual(['sendPreviewed', 1, 'ask'])
  })

  test('says what it would meet, whether it fits, and takes one choice for all', async () => {
    const { fake } = await openWindow(SCENES.preview)
    await expect.poll(() => parts('preview-sheet').length).toBe(1)
    expect(part('preview-sheet').textContent).toContain('Upload 1,214 files?')
    expect(part('preview-fit').textContent).toMatch(/^Needs about 1 hr 40 mins; the session has 41 mins left: you will be asked to sign in again\.$/)
    expect(part('preview-conflicts').textContent).toContain('3 files are already in the bucket')
    expect(part('preview-sheet').textContent).toContain('19 paths will not be added')
    await userEvent.selectOptions(part('preview-choice'), 'Keep both')
    await userEvent.click(part('preview-send'))
    expect(fake.calls).toContainEqual(['sendPreviewed', 1, 'keepBoth'])
    expect(parts('preview-sheet')).toHaveLength(0)
  })

  test('that is taken back does not come again with late news', async () => {
    const { fake } = await openWindow(SCENES.preview)
    await expect.poll(() => parts('preview-sheet').length).toBe(1)
    await userEvent.click(part('preview-cancel'))
    expect(fake.calls).toContainEqual(['dropPreviewed', 1])
    const [change] = SCENES.preview.after
    fake.say(change!)
    await tick()
    expect(parts('preview-sheet')).toHaveLength(0)
  })

  test('says that a denied list hides conflicts', async () => {
    await openWindow(SCENES.previewDenied)
    await expect.poll(() => parts('preview-conflicts').length).toBe(1)
    expect(part('preview-conflicts').textContent).toContain('This role may not see the list')
    expect(parts('preview-choice')).toHaveLength(1)
  })

  test('the picker goes the same way', async () => {
    const { fake } = await openWindow({ ...SCENES.list, preferences: { ...PREFERENCES, looksFirst: true } })
    await userEvent.click(part('add-files'))
    await expect.poll(() => part('preview-files').textContent).toBe('3')
    await userEvent.click(part('preview-send'))
    await expect.poll(() => parts('upload-row').length).toBe(3)
    expect(fake.rows.size).toBe(3)
  })
})

describe('paths that were not added', () => {
  test('stand under their reasons, and the rule can be changed from there', async () => {
    const { fake } = await openWindow(SCENES.skipped)
    await expect.poll(() => parts('skipped-row').length).toBe(6)
    const rule = document.querySelector<HTMLDetailsElement>('[data-part="skipped-row"]:has([data-code="leftOut"])')!
    expect(rule.textContent).toContain('14')
    await userEvent.click(rule.querySelector('summary')!)
    await expect.poll(() => parts('skipped-name').length).toBeGreaterThan(5)
    fake.say({ kind: 'skipped', skipped: [{ name: 'late/Thumbs.db', failure: failure('leftOut', 'editDestination', 'late/Thumbs.db') }] })
    await tick()
    expect(rule.querySelector('summary')?.textContent).toContain('15')
    await userEvent.click(part('change-rule'))
    expect((part('field-leavesOut') as HTMLInputElement).value).toBe('.DS_Store, Thumbs.db, desktop.ini')
    expect(document.activeElement).toBe(part('field-leavesOut'))
  })
})

describe('what stays of uploads', () => {
  test('a stored row shows its receipt', async () => {
    await openWindow(SCENES.every)
    await userEvent.click(document.querySelector('[data-id="8"] [data-part="row-more"]')!)
    await userEvent.click(part('menu-details'))
    await expect.poll(() => part('details-sheet').textContent).toContain('dzzcFHEJ8jM=')
    expect(part('details-sheet').textContent).toContain('incoming/harbour-dawn.flac')
    expect(part('details-sheet').textContent).toContain('The server took the file and told no checksum.')
    expect(part('details-state').textContent).toContain('Started again')
  })

  test('a drop’s receipts are saved as a file that the system’s dialog names', async () => {
    const { fake } = await openWindow(SCENES.uploading)
    await userEvent.click(part('uploads-menu'))
    await userEvent.click(part('receipts'))
    await expect.poll(() => parts('past-drop').map((drop) => drop.dataset['drop'])).toEqual(['12', '11', '9'])
    expect(parts('past-drop')[0]!.textContent).toContain('3 of 14 files stored · 4.6 GB')
    const [csv] = parts('save-receipts')
    await userEvent.click(csv!)
    expect(fake.calls).toContainEqual(['saveReceipts', 'd1', 12, 'csv'])
    await expect.poll(() => part('receipts-said').textContent).toContain('Saved as sandglass-12.csv.')
    await userEvent.click(parts('save-receipts').at(-1)!)
    expect(fake.calls).toContainEqual(['saveReceipts', 'd1', null, 'json'])
  })

  test('four hundred drops are a short list, and one of which nothing is stored offers no file', async () => {
    await openWindow(SCENES.history)
    await userEvent.click(part('uploads-menu'))
    await userEvent.click(part('receipts'))
    await expect.poll(() => parts('past-drop').length).toBeGreaterThan(5)
    expect(parts('past-drop').length).toBeLessThan(40)
    const [first, second] = parts('past-drop')
    expect(first!.textContent).toContain('nothing stored yet')
    expect(first!.querySelector('button')).toBeNull()
    expect(second!.querySelectorAll('button')).toHaveLength(2)
    expect(part('receipts-sheet').textContent).toContain('All drops (400)')
  })

  test('without a drop there is a sentence in place of the receipts', async () => {
    await openWindow(SCENES.nothing)
    await userEvent.click(part('uploads-menu'))
    await userEvent.click(part('receipts'))
    await expect.poll(() => part('receipts-sheet').textContent).toContain('Nothing has been dropped here yet.')
    expect(parts('save-receipts')).toEqual([])
  })

  test('incomplete uploads are a quiet line until they are asked about', async () => {
    const { fake } = await openWindow(SCENES.abandoned)
    await expect.poll(() => parts('abandoned-line').length).toBe(1)
    expect(part('abandoned-line').textContent).toContain('3 incomplete uploads stay on the server (1.2 GB)')
    await userEvent.click(part('abandoned-show'))
    await userEvent.click(part('abandoned-remove'))
    expect(fake.calls).toContainEqual(['abortAbandoned', 'd1'])
    await expect.poll(() => part('abandoned-said').textContent).toContain('3 could not be removed: most likely this role may not do it.')
    await expect.poll(() => part('abandoned-sheet').textContent).toContain('AbortIncompleteMultipartUpload')
  })

  test('incomplete uploads that are removed leave the window', async () => {
    await openWindow({ ...SCENES.abandoned, notRemovable: 0 })
    await expect.poll(() => parts('abandoned-show').length).toBe(1)
    await userEvent.click(part('abandoned-show'))
    await userEvent.click(part('abandoned-remove'))
    await expect.poll(() => part('abandoned-said').textContent).toBe('All were removed.')
    expect(parts('abandoned-line')).toHaveLength(0)
  })
})

describe('the window that is to close', () => {
  test('says how many are not finished and stays by default', async () => {
    const { fake } = await openWindow(SCENES.quit)
    await expect.poll(() => parts('quit-sheet').length).toBe(1)
    expect(part('quit-sheet').textContent).toContain('12 uploads are not finished')
    expect(part('quit-sheet').textContent).toContain('They go on the next time you sign in.')
    expect(document.activeElement).toBe(part('quit-stay'))
    await userEvent.keyboard('{Enter}')
    expect(fake.calls).toContainEqual(['stayOpen'])
    expect(parts('quit-sheet')).toHaveLength(0)
  })

  test('quits when that is chosen', async () => {
    const { fake } = await openWindow(SCENES.quit)
    await expect.poll(() => parts('quit-now').length).toBe(1)
    await userEvent.click(part('quit-now'))
    expect(fake.calls).toContainEqual(['quitNow'])
  })
})

describe('settings', () => {
  async function openSettings() {
    const opened = await openWindow(SCENES.list)
    await userEvent.click(part('destination-switcher'))
    await userEvent.click(part('settings'))
    return opened
  }

  test('take limits, and nothing for none', async () => {
    const { fake } = await openSettings()
    await userEvent.type(part('field-mostRequests'), '32')
    await userEvent.click(part('settings-save'))
    expect(fake.calls).toContainEqual(['setPreferences', { ...PREFERENCES, mostRequests: 32 }])
    await expect.poll(() => parts('settings-sheet').length).toBe(0)
  })

  test.each(['0', '513', '1.5', 'many'])('refuse %s requests at the field', async (typed) => {
    const { fake } = await openSettings()
    await userEvent.type(part('field-mostRequests'), typed)
    await userEvent.click(part('settings-save'))
    expect(part('why-mostRequests').textContent).toContain('from 1 to 512')
    expect(part('field-mostRequests').getAttribute('aria-invalid')).toBe('true')
    expect(fake.calls.some(([name]) => name === 'setPreferences')).toBe(false)
  })
})

describe('upload options', () => {
  test('cross with the form, as they were typed', async () => {
    const { fake, sandglass } = await openWindow(SCENES.list)
    const connect = vi.spyOn(fake, 'connect')
    sandglass.change(SCENES.list.destinations[0]!, true)
    await tick()
    await userEvent.click(part('advanced'))
    await userEvent.click(part('upload-options'))
    await userEvent.selectOptions(part('field-storageClass'), 'STANDARD_IA')
    await userEvent.type(part('field-tags'), 'a=1, b=2')
    await userEvent.click(part('check-keepsMtime'))
    await userEvent.click(part('connect-submit'))
    expect(connect.mock.calls[0]?.[0].uploads).toEqual({
      ...{ keepsMtime: true, storageClass: 'STANDARD_IA', kmsKey: '', tags: 'a=1, b=2', followsLinks: false, marksEmptyFolders: false },
      leavesOut: '.DS_Store, Thumbs.db, desktop.ini',
    })
  })

  test('one that cannot be used opens them and stands at its field', async () => {
    const { fake, sandglass } = await openWindow(SCENES.list)
    sandglass.change({ ...SCENES.list.destinations[0]!, uploads: { ...SCENES.list.destinations[0]!.uploads, kmsKey: 'nonsense' } }, true)
    fake.refuse = failure('badUploadOptions', 'correctInput', 'nonsense')
    await tick()
    await userEvent.click(part('connect-submit'))
    await expect.poll(() => parts('why-kmsKey').length).toBe(1)
    expect(document.activeElement).toBe(part('field-kmsKey'))
  })
})
