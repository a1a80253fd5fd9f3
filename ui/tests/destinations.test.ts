import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { tick } from 'svelte'
import { describe, expect, test } from 'vitest'
import { failure } from '../src/ipc/fake'
import { DROP_ZONE, KEY_FILE } from '../src/ipc/offers'
import { SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

async function problems(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, 'page-has-heading-one': { enabled: false } } })
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`)
}

async function menu(entry: string): Promise<void> {
  part('destination-switcher').click()
  await tick()
  part(entry).click()
  await tick()
}

describe('a destination', () => {
  test('is renamed in a sheet, which stays open and says so when the name is taken', async () => {
    const { fake } = await openWindow(SCENES.list)
    await menu('rename-destination')
    expect(await problems()).toEqual([])
    const field = part('field-newName') as HTMLInputElement
    expect(field.value).toBe(SCENES.list.destinations[0]!.name)
    fake.renameDestination = async () => {
      throw failure('nameTaken', 'correctInput', 'Other')
    }
    await userEvent.click(part('rename-submit'))
    await expect.poll(() => parts('why-newName').length).toBe(1)
    delete (fake as Partial<typeof fake>).renameDestination
    await userEvent.clear(field)
    await userEvent.type(field, 'Dunes')
    await userEvent.click(part('rename-submit'))
    await expect.poll(() => parts('rename-sheet').length).toBe(0)
    expect(fake.calls).toContainEqual(['renameDestination', 'd1', 'Dunes'])
    expect(part('destination-switcher').textContent).toContain('Dunes')
  })

  test('is duplicated and saved as a drop-zone file from its menu', async () => {
    const { fake } = await openWindow(SCENES.list)
    await menu('save-drop-zone')
    expect(fake.calls).toContainEqual(['saveDropZone', 'd1'])
    await menu('duplicate-destination')
    expect(fake.calls).toContainEqual(['duplicateDestination', 'd1'])
    await expect.poll(() => part('destination-switcher').textContent).toContain(' 2')
  })

  test('with open files is moved only after a second word', async () => {
    const { fake, sandglass } = await openWindow(SCENES.uploading)
    const shown = sandglass.shown!
    expect(sandglass.openFilesOf(shown)).toBeGreaterThan(0)
    sandglass.change(shown, true)
    await expect.poll(() => parts('kept-key').length).toBe(1)
    await userEvent.type(part('field-bucket'), '-2')
    await userEvent.click(part('connect-submit'))
    expect(part('change-asked').textContent).toContain('bucket')
    expect(fake.calls.some(([name]) => name === 'connect')).toBe(false)
    await userEvent.click(part('connect-submit'))
    expect(fake.calls.some(([name]) => name === 'connect')).toBe(true)
  })

  test('with open files gets another key without a question', async () => {
    const { fake, sandglass } = await openWindow(SCENES.uploading)
    sandglass.change(sandglass.shown!, false)
    await expect.poll(() => parts('field-secret').length).toBe(1)
    await userEvent.click(part('connect-submit'))
    expect(parts('change-asked')).toHaveLength(0)
    expect(fake.calls.some(([name]) => name === 'connect')).toBe(true)
  })

  test('that would send its kept key to another server asks for the key', async () => {
    const { fake, sandglass } = await openWindow(SCENES.list)
    sandglass.change(sandglass.shown!, true)
    await expect.poll(() => parts('kept-key').length).toBe(1)
    fake.refuse = failure('keyForAnotherServer', 'enterKeyAgain', 'elsewhere.example')
    await userEvent.click(part('connect-submit'))
    await expect.poll(() => parts('why-keyId').length).toBe(1)
    expect(part('why-keyId').textContent).toContain('elsewhere.example')
    expect(parts('kept-key')).toHaveLength(0)
  })
})

describe('what is offered', () => {
  test('from a drop-zone file is shown in full, and saved only with a key', async () => {
    const { fake } = await openWindow(SCENES.first)
    await userEvent.click(part('import-destination'))
    await expect.poll(() => parts('aws-profile').length).toBe(2)
    expect(await problems()).toEqual([])
    await userEvent.click(part('open-drop-zone'))
    await expect.poll(() => parts('offer-sheet').length).toBe(1)
    expect(await problems()).toEqual([])
    const text = part('offer-sheet').textContent
    for (const shown of ['s3://field-archive/incoming/', DROP_ZONE.form.roleArn, 'https://storage.example.com', 'colour']) expect(text).toContain(shown)
    expect(parts('offer-warning')).toHaveLength(1)
    expect(fake.calls).toEqual([])
    await userEvent.click(part('offer-take'))
    await expect.poll(() => parts('connect-sheet').length).toBe(1)
    const sheet = part('connect-sheet')
    const bucket = sheet.querySelector<HTMLInputElement>('[data-part="field-bucket"]')
    expect(bucket?.value).toBe('field-archive')
    expect(sheet.querySelector('[data-part="field-secret"]')).not.toBeNull()
    expect(fake.calls).toEqual([])
  })

  test('from an AWS profile brings its key by a ticket, and asks for the bucket', async () => {
    const { fake } = await openWindow(SCENES.list)
    await menu('import-destination')
    await expect.poll(() => parts('aws-profile').length).toBe(2)
    const [plain, field] = parts('aws-profile')
    expect((plain as HTMLButtonElement).disabled).toBe(true)
    await userEvent.click(field!)
    await expect.poll(() => parts('offer-left-out').length).toBe(1)
    await userEvent.click(part('offer-take'))
    await expect.poll(() => parts('key-file').length).toBe(1)
    expect(part('key-file').textContent).toContain('…PROF')
    expect((part('field-bucket') as HTMLInputElement).value).toBe('')
    await userEvent.type(part('field-bucket'), 'b-1')
    await userEvent.click(part('connect-submit'))
    await expect.poll(() => fake.calls.find(([name]) => name === 'connect')?.[1]).toMatchObject({ key: 'file', replaces: null, bucket: 'b-1' })
  })

  test('a dropped key file is not uploaded unless the person says so', async () => {
    const { fake } = await openWindow(SCENES.list)
    fake.say({ kind: 'offered', offer: KEY_FILE })
    await expect.poll(() => parts('offer-sheet').length).toBe(1)
    expect(part('offer-sheet').textContent).toContain('uploader_accessKeys.csv')
    expect(await problems()).toEqual([])
    expect(fake.calls.some(([name]) => name === 'uploadOffered')).toBe(false)
    await userEvent.click(part('offer-upload'))
    expect(fake.calls).toContainEqual(['uploadOffered'])
    expect(parts('offer-sheet')).toHaveLength(0)
  })

  test('over a half-filled form leaves what was typed as it is', async () => {
    const { fake, sandglass } = await openWindow(SCENES.list)
    sandglass.panel = { kind: 'connect', like: null, keepsKey: false }
    await expect.poll(() => parts('field-bucket').length).toBe(1)
    await userEvent.type(part('field-bucket'), 'half-filled')
    fake.say({ kind: 'offered', offer: KEY_FILE })
    await expect.poll(() => parts('offer-sheet').length).toBe(1)
    await userEvent.keyboard('{Escape}')
    sandglass.offer = null
    await expect.poll(() => parts('offer-sheet').length).toBe(0)
    expect((part('field-bucket') as HTMLInputElement).value).toBe('half-filled')
  })
})
