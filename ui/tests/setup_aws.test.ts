import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { failure, type Fake } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import { openWindow, part, parts } from './window'

async function opened(before: (fake: Fake) => void = () => {}) {
  const window = await openWindow(SCENES.list)
  before(window.fake)
  window.sandglass.panel = { kind: 'setup' }
  await expect.poll(() => parts('setup-sheet').length).toBe(1)
  await userEvent.type(part('field-setupBucket'), 'reef-uploads')
  return window
}

async function looked(before: (fake: Fake) => void = () => {}) {
  const window = await opened(before)
  await expect.poll(() => part('setup-look').hasAttribute('disabled')).toBe(false)
  await userEvent.click(part('setup-look'))
  await expect.poll(() => parts('setup-item').length).toBe(10)
  return window
}

const calls = (fake: Fake, name: string) => fake.calls.filter(([called]) => called === name)

test('nothing is made before it was looked at, and the plan says whose rights are used', async () => {
  const { fake } = await looked()
  expect(part('setup-administrator').textContent).toContain('AdministratorAccess/mira')
  expect(calls(fake, 'setUpAccount')).toEqual([])
  await userEvent.click(part('setup-apply'))
  await expect.poll(() => part('setup-said').textContent.trim()).toBe('Everything is set up.')
  expect(calls(fake, 'setUpAccount')).toEqual([['setUpAccount', 'reef-uploads', '', false, '']])
})

test('the user’s key goes with a named destination into the keychain', async () => {
  const { fake } = await opened()
  await userEvent.type(part('field-setupConnectAs'), 'Reef')
  await userEvent.click(part('setup-look'))
  await expect.poll(() => parts('setup-item').length).toBe(10)
  await userEvent.click(part('setup-apply'))
  await expect.poll(() => part('setup-said').textContent).toContain('the destination “Reef” is ready')
  expect(calls(fake, 'setUpAccount')[0]).toContain('Reef')
})

test('what is there and differs takes a yes, and shows what goes and what comes', async () => {
  const { fake } = await looked((fake) => {
    fake.account.standings.set('role', 'otherwise')
    fake.account.foreign.add('role')
  })
  const role = document.querySelector('[data-part="setup-item"][data-thing="role"]')
  expect(role?.querySelector('details')?.open).toBe(true)
  expect(role?.querySelectorAll('.goes, .comes')).toHaveLength(2)
  expect(role?.textContent).toContain('was not made by Sandglass')
  await userEvent.click(part('setup-apply'))
  await expect.poll(() => part('setup-said').textContent.trim()).toBe('Something differs and was left as it is.')
  await userEvent.click(part('check-setupChangesExisting'))
  await userEvent.click(part('setup-apply'))
  await expect.poll(() => part('setup-said').textContent.trim()).toBe('Everything is set up.')
  expect(calls(fake, 'setUpAccount').map(([, , , changes]) => changes)).toEqual([false, true])
})

test('a plan is forgotten when something else is written', async () => {
  await looked()
  await userEvent.type(part('field-setupBucket'), '-2')
  await expect.poll(() => parts('setup-item').length).toBe(0)
  expect(parts('setup-apply')).toEqual([])
})

test('a yes for one account is none for another one, nor for what is written since', async () => {
  await looked((fake) => fake.account.standings.set('role', 'otherwise'))
  await userEvent.click(part('check-setupChangesExisting'))
  await userEvent.type(part('field-setupProfile'), 'another')
  await expect.poll(() => parts('setup-item').length).toBe(0)
  await userEvent.click(part('setup-look'))
  await expect.poll(() => parts('setup-item').length).toBe(10)
  expect((part('check-setupChangesExisting') as HTMLInputElement).checked).toBe(false)
})

test('a plan that comes after something else was written is none', async () => {
  const { fake } = await opened()
  const answers: (() => void)[] = []
  const plan = fake.planAccount
  fake.planAccount = async (fields, profile) => {
    await new Promise<void>((answer) => answers.push(answer))
    return plan(fields, profile)
  }
  await expect.poll(() => part('setup-look').hasAttribute('disabled')).toBe(false)
  await userEvent.click(part('setup-look'))
  await userEvent.type(part('field-setupBucket'), '-2')
  answers[0]?.()
  await expect.poll(() => part('setup-look').hasAttribute('disabled')).toBe(false)
  expect(parts('setup-item')).toEqual([])
})

test('what is no longer as it was shown is shown anew, and takes a new yes', async () => {
  const { fake } = await looked((fake) => fake.account.standings.set('permissions', 'otherwise'))
  await userEvent.click(part('check-setupChangesExisting'))
  fake.account.standings.set('role', 'otherwise')
  await userEvent.click(part('setup-apply'))
  await expect.poll(() => part('setup-sheet').textContent).toContain('The account is no longer as it was shown')
  await expect.poll(() => document.querySelector<HTMLElement>('[data-thing="role"]')?.dataset['standing']).toBe('otherwise')
  expect((part('check-setupChangesExisting') as HTMLInputElement).checked).toBe(false)
  expect(calls(fake, 'setUpAccount')).toHaveLength(1)
})

test('what is written stays as it is while the account is changed', async () => {
  const { fake } = await looked()
  let end = () => {}
  const setUp = fake.setUpAccount
  fake.setUpAccount = async (...given) => {
    await new Promise<void>((ends) => (end = ends))
    return setUp(...given)
  }
  await userEvent.click(part('setup-apply'))
  await expect.poll(() => part('field-setupBucket').matches(':disabled')).toBe(true)
  expect(part('field-setupProfile').matches(':disabled')).toBe(true)
  end()
  await expect.poll(() => part('setup-said').textContent.trim()).toBe('Everything is set up.')
  expect(part('field-setupBucket').matches(':disabled')).toBe(false)
})

test('no key is made where a one-time code is needed', async () => {
  const { fake } = await opened()
  await userEvent.type(part('field-setupConnectAs'), 'Reef')
  await userEvent.click(part('setup-more'))
  await userEvent.click(part('check-setupNeedsMfa'))
  await userEvent.click(part('setup-look'))
  await expect.poll(() => parts('setup-item').length).toBe(10)
  await userEvent.click(part('setup-apply'))
  await expect.poll(() => part('setup-said').textContent.trim()).toBe('Everything is set up.')
  expect(calls(fake, 'setUpAccount')[0]?.at(-1)).toBe('')
})

test('an account number with other than twelve digits is said at its field', async () => {
  await opened((fake) => {
    const texts = fake.setupTexts
    fake.setupTexts = async (fields) => {
      if (fields.account === '12') throw failure('badAccount', 'correctInput', '12')
      return texts(fields)
    }
  })
  await userEvent.click(part('setup-way-console'))
  await expect.poll(() => parts('field-setupAccount').length).toBe(1)
  await userEvent.type(part('field-setupAccount'), '12')
  await expect.poll(() => part('why-setupAccount').textContent).toContain('which has 12 digits')
  expect(parts('setup-step')).toHaveLength(5)
})

test('taking back asks first, and says what stayed and what is there then', async () => {
  const { fake } = await looked((fake) => {
    for (const thing of ['bucket', 'user', 'role'] as const) fake.account.standings.set(thing, 'right')
  })
  await userEvent.click(part('setup-undo'))
  expect(calls(fake, 'undoAccount')).toEqual([])
  await userEvent.click(part('setup-undo-submit'))
  await expect.poll(() => document.querySelector('[data-thing="bucket"]')?.textContent).toContain('kept: objects are in it')
  expect(part('setup-said').textContent.trim()).toBe('Taken back. Each line says what was removed or kept.')
  expect(document.querySelector<HTMLElement>('[data-thing="role"]')?.dataset['standing']).toBe('missing')
})

test('nobody signed in to AWS is said with what to do, and it can be tried again', async () => {
  const { fake } = await opened((fake) => (fake.account.refuses = failure('noAdministrator', 'retry')))
  await expect.poll(() => part('setup-look').hasAttribute('disabled')).toBe(false)
  await userEvent.click(part('setup-look'))
  await expect.poll(() => part('setup-sheet').textContent).toContain('aws login')
  fake.account.refuses = null
  await userEvent.click(part('remedy'))
  await expect.poll(() => parts('setup-item').length).toBe(10)
})

test('the console’s five steps have their pages and their policies', async () => {
  const wrote = vi.fn<(text: string) => Promise<void>>(async () => {})
  const { fake } = await opened()
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: wrote }, configurable: true })
  await userEvent.click(part('setup-way-console'))
  await expect.poll(() => parts('setup-step').length).toBe(5)
  await userEvent.click(part('setup-open-role'))
  expect(fake.calls).toContainEqual(['openConsole', 'ap-northeast-1', 'role'])
  await userEvent.click(part('setup-copy-trust'))
  expect(wrote.mock.calls[0]?.[0]).toContain('"Sid": "trust"')
})

test('the code of each form is copied', async () => {
  const wrote = vi.fn<(text: string) => Promise<void>>(async () => {})
  await opened()
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: wrote }, configurable: true })
  await userEvent.click(part('setup-way-code'))
  await userEvent.selectOptions(part('field-setupForm'), 'terraform')
  await expect.poll(() => (part('setup-code') as HTMLTextAreaElement).value).toContain('aws_s3_bucket')
  await userEvent.click(part('setup-copy-code'))
  expect(wrote).toHaveBeenCalledWith((part('setup-code') as HTMLTextAreaElement).value)
})

test('a name that IAM would not take is said at its field', async () => {
  await opened((fake) => {
    fake.account.setupTexts = async () => {
      throw failure('badIamName', 'correctInput', 'two words')
    }
  })
  await userEvent.click(part('setup-more'))
  await userEvent.type(part('field-setupUser'), 'two words')
  await expect.poll(() => part('why-setupUser').textContent).toContain('“two words” cannot be the name of a user or a role')
  expect(parts('why-setupRole').filter(({ textContent }) => textContent !== '')).toEqual([])
})

test('the steps turn green as somebody signed in to AWS sees them, and nothing is changed by looking', async () => {
  const { fake } = await opened((fake) => {
    for (const thing of ['user', 'role', 'permissions'] as const) fake.account.standings.set(thing, 'right')
  })
  await userEvent.click(part('setup-way-console'))
  await expect.poll(() => parts('setup-check-steps').length).toBe(1)
  await userEvent.click(part('setup-check-steps'))
  const states = () => parts('setup-step').map((step) => [step.dataset['step'], step.querySelector<HTMLElement>('[data-state]')?.dataset['state']])
  await expect.poll(states).toEqual([
    ['sts', undefined],
    ['bucket', 'wrong'],
    ['user', 'right'],
    ['role', 'right'],
    ['userPolicy', 'wrong'],
  ])
  expect((part('field-setupAccount') as HTMLInputElement).value).toBe('123456789012')
  expect(calls(fake, 'setUpAccount')).toEqual([])
})

test('the destination that was made becomes a drop-zone file for the others', async () => {
  const { fake } = await opened((fake) => {
    fake.account.connects = 'd1'
  })
  await userEvent.type(part('field-setupConnectAs'), 'Reef')
  await userEvent.click(part('setup-look'))
  await expect.poll(() => parts('setup-item').length).toBe(10)
  await userEvent.click(part('setup-apply'))
  await expect.poll(() => parts('setup-drop-zone').length).toBe(1)
  await userEvent.click(part('setup-drop-zone'))
  expect(fake.calls).toContainEqual(['saveDropZone', 'd1'])
})
