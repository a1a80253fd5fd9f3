import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'
import { failure } from '../src/ipc/fake'
import { SCENES, type Scene } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

const row = (key: string) => document.querySelector<HTMLElement>(`[data-part="listing-row"][data-key="${key}"]`)

async function chosen(scene: Scene, key: string) {
  const opened = await openWindow(scene)
  await expect.poll(() => row(key)).not.toBeNull()
  await userEvent.click(row(key)!)
  await userEvent.keyboard(' ')
  part('listing').focus()
  if (parts('details-pane').length === 0) await userEvent.keyboard(' ')
  await expect.poll(() => parts('details-pane').length).toBe(1)
  return opened
}

describe('what a role that may only upload is not offered', () => {
  test('no link, no download, no deleting', async () => {
    const { fake } = await chosen(SCENES.list, 'incoming/notes.md')
    await expect.poll(() => fake.calls).toContainEqual(['extras', 'd1', 'incoming/notes.md'])
    expect(parts('extras')).toEqual([])
    await userEvent.pointer({ keys: '[MouseRight]', target: row('incoming/notes.md')! })
    await expect.poll(() => parts('copy-https').length).toBe(1)
    expect(parts('menu-delete')).toEqual([])
  })
})

describe('what a richer role allows', () => {
  test('the Delete key asks, and does nothing where the role does not allow it', async () => {
    const { sandglass, fake } = await chosen(SCENES.extras, 'incoming/notes.md')
    fake.allows = { reads: true, deletes: false }
    part('listing').focus()
    await userEvent.keyboard('{Delete}')
    await expect.poll(() => fake.calls.filter(([what]) => what === 'extras').length).toBeGreaterThan(1)
    expect(sandglass.panel).toBeNull()
    fake.allows = { reads: true, deletes: true }
    await userEvent.keyboard('{Delete}')
    await expect.poll(() => part('delete-sheet').textContent).toContain('Delete “notes.md”?')
  })

  test('a link is copied, and its end is said', async () => {
    const { fake } = await chosen(SCENES.extras, 'incoming/notes.md')
    await expect.poll(() => parts('copy-link').length).toBe(1)
    await userEvent.click(part('copy-link'))
    await expect.poll(() => document.body.textContent).toContain('Copied a link to notes.md. Whoever has it can download')
    expect(fake.calls).toContainEqual(['copyLink', 'd1', 'incoming/notes.md'])
  })

  test('several objects are downloaded at once', async () => {
    const { fake } = await chosen(SCENES.extras, 'incoming/notes.md')
    const user = userEvent.setup()
    await user.keyboard('{Shift>}')
    await user.click(row('incoming/take-017.wav')!)
    await user.keyboard('{/Shift}')
    await expect.poll(() => parts('chosen').length).toBe(1)
    await user.pointer({ keys: '[MouseRight]', target: row('incoming/take-017.wav')! })
    await expect.poll(() => parts('menu-download').length).toBe(1)
    await user.click(part('menu-download'))
    expect(fake.calls).toContainEqual(['download', 'd1', ['incoming/notes.md', 'incoming/take-016.wav', 'incoming/take-017.wav']])
    await expect.poll(() => document.body.textContent).toContain('3 files downloaded.')
  })

  test('a download tells how far it is, and is stopped', async () => {
    const { fake, sandglass } = await chosen(SCENES.extras, 'incoming/notes.md')
    fake.downloads.stallsAfter = 1
    const objects = SCENES.extras.entries.filter(({ isFolder }) => !isFolder).slice(0, 3)
    sandglass.objects.download(SCENES.extras.destinations[0]!, objects)
    await expect.poll(() => parts('download-line').length).toBe(1)
    expect(part('download-line').textContent).toContain('Downloading file 2 of 3')
    await userEvent.click(part('download-stop'))
    expect(fake.calls).toContainEqual(['stopDownload', 1])
    await expect.poll(() => document.body.textContent).toContain('Stopped. 1 file of 3 was downloaded.')
    expect(parts('download-line')).toEqual([])
  })

  test('what came before a refusal is said, and trying again asks for the rest only', async () => {
    const { fake, sandglass } = await chosen(SCENES.extras, 'incoming/notes.md')
    fake.downloads.stallsAfter = 1
    fake.downloads.refuse = failure('serverBusy', 'retry', 's3')
    const objects = SCENES.extras.entries.filter(({ isFolder }) => !isFolder).slice(0, 3)
    sandglass.objects.download(SCENES.extras.destinations[0]!, objects)
    await expect.poll(() => document.body.textContent).toContain('1 file downloaded.')
    fake.downloads.stallsAfter = null
    await userEvent.click(part('remedy'))
    const rest = objects.slice(1).map(({ key }) => key)
    expect(fake.calls.at(-1)).toEqual(['download', 'd1', rest])
    await expect.poll(() => document.body.textContent).toContain('2 files downloaded.')
  })

  test('deleting asks with count and bytes, and says what versions mean; Enter alone deletes nothing', async () => {
    const { fake } = await chosen(SCENES.extras, 'incoming/take-016.wav')
    await expect.poll(() => parts('delete').length).toBe(1)
    await userEvent.click(part('delete'))
    await expect.poll(() => part('delete-sheet').textContent).toContain('Delete “take-016.wav”?')
    expect(part('delete-sheet').textContent).toContain('198 MB in all.')
    expect(part('delete-sheet').textContent).toContain('keeps versions')
    await userEvent.keyboard('{Enter}')
    await expect.poll(() => parts('delete-sheet')).toEqual([])
    expect(fake.calls.some(([name]) => name === 'deleteObjects')).toBe(false)
    await userEvent.click(part('delete'))
    await userEvent.click(part('delete-submit'))
    await expect.poll(() => row('incoming/take-016.wav')).toBeNull()
    expect(document.body.textContent).toContain('1 object deleted.')
  })

  test('what was deleted before a refusal is said with it', async () => {
    const { fake } = await chosen(SCENES.extras, 'incoming/take-016.wav')
    fake.deleteObjects = async () => ({ count: 2, areHidden: true, failure: failure('deleteDenied', 'askAdministrator', 'incoming/x') })
    await expect.poll(() => parts('delete').length).toBe(1)
    await userEvent.click(part('delete'))
    await userEvent.click(part('delete-submit'))
    await expect.poll(() => document.body.textContent).toContain('2 objects hidden; the bucket keeps their versions.')
    expect(document.body.textContent).toContain('This role may not delete incoming/x.')
  })
})

test('a new folder is made and opened; a name that is taken is said at its field', async () => {
  const { fake, sandglass } = await openWindow(SCENES.list)
  sandglass.panel = { kind: 'newFolder', destination: SCENES.list.destinations[0]!, folder: 'incoming/' }
  await expect.poll(() => parts('field-folderName').length).toBe(1)
  await userEvent.type(part('field-folderName'), '2026-11')
  await userEvent.click(part('new-folder-submit'))
  await expect.poll(() => part('new-folder-sheet').textContent).toContain('2026-11 is already in the bucket.')
  await userEvent.clear(part('field-folderName'))
  await userEvent.type(part('field-folderName'), '2026-12')
  await userEvent.click(part('new-folder-submit'))
  await expect.poll(() => sandglass.destinations.folder).toBe('incoming/2026-12/')
  expect(fake.calls).toContainEqual(['makeFolder', 'd1', 'incoming/', '2026-12'])
})
