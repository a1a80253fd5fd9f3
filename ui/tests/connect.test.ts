import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'
import { failure } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

async function fill(values: Record<string, string>) {
  for (const [name, value] of Object.entries(values)) await userEvent.type(part(`field-${name}`), value)
}

const GOOD = { name: 'Field', roleArn: 'arn:aws:iam::123456789012:role/r', bucket: 'b-1', region: 'eu-west-1', keyId: 'AKIAIOSFODNN7EXAMPLE', secret: SECRET }

describe('the connect form', () => {
  test('clears the secret the moment it is sent', async () => {
    await openWindow(SCENES.first)
    await fill(GOOD)
    await userEvent.click(part('connect-submit'))
    expect((part('field-secret') as HTMLInputElement).value).toBe('')
    expect(document.body.innerHTML).not.toContain(SECRET)
  })

  test('clears the secret when it is refused, and says why at the field', async () => {
    const { fake } = await openWindow(SCENES.first)
    fake.refuse = failure('badRoleArn', 'correctInput', 'nonsense')
    await fill({ ...GOOD, roleArn: 'nonsense' })
    await userEvent.click(part('connect-submit'))
    await expect.poll(() => parts('why-roleArn').length).toBe(1)
    const field = part('field-roleArn')
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(field.getAttribute('aria-describedby')).toBe(part('why-roleArn').id)
    expect(part('why-roleArn').textContent).toContain('“nonsense” is not a role ARN')
    expect(document.activeElement).toBe(field)
    expect((part('field-secret') as HTMLInputElement).value).toBe('')
    expect((part('field-bucket') as HTMLInputElement).value).toBe('b-1')
  })

  test('opens the advanced fields when one of them is wrong', async () => {
    const { fake } = await openWindow(SCENES.first)
    fake.refuse = failure('badSessionSeconds', 'correctInput', '12')
    await userEvent.click(part('connect-submit'))
    await expect.poll(() => parts('why-sessionSeconds').length).toBe(1)
    expect(part('advanced').getAttribute('aria-expanded')).toBe('true')
  })

  test('says a failure that belongs to no field under the form', async () => {
    const { fake } = await openWindow(SCENES.first)
    fake.refuse = failure('keychainLocked', 'unlockKeychain')
    await userEvent.click(part('connect-submit'))
    await expect.poll(() => parts('failure').length).toBe(1)
    expect(part('failure').textContent).toContain('The keychain is locked.')
  })

  test('takes a key from a file by its ticket and shows four characters of it', async () => {
    const { fake } = await openWindow(SCENES.first)
    await fill({ name: 'Field', roleArn: GOOD.roleArn, bucket: 'b-1', region: 'eu-west-1', secret: SECRET })
    await userEvent.click(part('choose-key-file'))
    await expect.poll(() => parts('key-file').length).toBe(1)
    expect(part('key-file').textContent).toContain('…WXYZ')
    expect(parts('field-secret')).toHaveLength(0)
    await userEvent.click(part('connect-submit'))
    await expect.poll(() => fake.calls.some(([name, form]) => name === 'connect' && (form as { key: string }).key === 'file')).toBe(true)
  })

  test('changes a destination that is there and keeps its key, unless another is typed', async () => {
    const { fake, sandglass } = await openWindow(SCENES.list)
    sandglass.change(SCENES.list.destinations[0]!, true)
    await expect.poll(() => parts('kept-key').length).toBe(1)
    expect(part('kept-key').textContent).toContain('…Q7RA')
    expect(parts('field-secret')).toHaveLength(0)
    await userEvent.click(part('connect-submit'))
    await expect.poll(() => fake.calls.find(([name]) => name === 'connect')?.[1]).toMatchObject({ key: 'kept', replaces: 'd1' })
    await expect.poll(() => parts('connect-form').length, { timeout: 2000 }).toBe(0)

    sandglass.change(SCENES.list.destinations[0]!, false)
    await expect.poll(() => parts('field-secret').length).toBe(1)
  })

  test('signs in after it has connected', async () => {
    const { fake } = await openWindow(SCENES.first)
    await fill(GOOD)
    await userEvent.click(part('connect-submit'))
    await expect.poll(() => fake.calls.some(([name]) => name === 'signIn')).toBe(true)
    await expect.poll(() => parts('time-left').length, { timeout: 2000 }).toBe(1)
  })

  test('asks for the one-time code even when the answer overtakes the destination', async () => {
    const { fake, sandglass } = await openWindow(SCENES.first)
    fake.connect = async () => 'late'
    await userEvent.click(part('connect-submit'))
    expect(sandglass.panel).toBeNull()
    const late = { ...SCENES.list.destinations[0]!, id: 'late', needsMfa: true }
    fake.say({ kind: 'destinations', destinations: [late], selected: 'late' })
    await expect.poll(() => parts('mfa-prompt').length).toBe(1)
  })
})
