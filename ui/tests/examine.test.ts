import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { ALL_WELL, DENIED_ABOVE, PUBLISHED, REFUSED, UNTOLD } from '../src/ipc/examinations'
import { failure, type Fake } from '../src/ipc/fake'
import { SCENES } from '../src/ipc/scenes'
import { findingText, policyNames } from '../src/texts/findings'
import { useLanguage } from '../src/texts/language'
import { openWindow, part, parts } from './window'

async function examined(before: (fake: Fake) => void = () => {}) {
  const opened = await openWindow(SCENES.list)
  before(opened.fake)
  await userEvent.click(part('destination-switcher'))
  await userEvent.click(part('examine'))
  await expect.poll(() => parts('examine-sheet').length).toBe(1)
  return opened
}

const verdict = () => expect.poll(() => parts('examine-verdict')[0]?.dataset['verdict'])
const line = (check: string) => document.querySelector<HTMLElement>(`[data-part="finding"][data-check="${check}"]`)

test('an examination shows each check with its state in words, and what was asked', async () => {
  await examined()
  await verdict().toBe('works')
  expect(parts('finding')).toHaveLength(15)
  expect(line('store')?.textContent).toContain('good: ')
  expect(line('store')?.textContent).not.toContain('BadDigest')
  await userEvent.click(part('examine-asked'))
  expect(line('store')?.textContent).toContain('PutObject: 400 BadDigest')
  expect(line('abort')?.dataset['state']).toBe('notNeeded')
})

test('a check that goes on is marked, and those behind it wait', async () => {
  await examined((fake) => (fake.examination = 'never'))
  await expect.poll(() => line('clock')?.dataset['state']).toBe('current')
  expect(line('key')?.dataset['state']).toBe('waiting')
  expect(parts('examine-copy-text')).toEqual([])
  expect(part('examine-again').hasAttribute('disabled')).toBe(true)
})

test('the published policy is shown against the corrected one, once, and copied', async () => {
  const wrote = vi.fn<(text: string) => Promise<void>>(async () => {})
  await examined((fake) => (fake.examination = PUBLISHED))
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: wrote }, configurable: true })
  await verdict().toBe('worksBut')
  await expect.poll(() => parts('copy-policy').length).toBe(1)
  await userEvent.click(part('copy-policy'))
  expect(wrote.mock.calls[0]?.[0]).toContain('"s3:ListBucket"')
})

test('a refused role says that uploads do not work, and has its remedy', async () => {
  const { fake } = await examined((fake) => (fake.examination = REFUSED))
  await verdict().toBe('broken')
  await userEvent.click(part('remedy'))
  expect(fake.calls).toContainEqual(['administratorLetter', 'd1', 'signIn', 'en'])
  expect(line('otherBuckets')?.textContent).toContain('Not examined: Role comes first.')
})

test('a server that does not tell is no yes and no no', async () => {
  await examined((fake) => (fake.examination = UNTOLD))
  await verdict().toBe('openEnd')
})

test('what all findings come to is what Rust says, whatever is wrong besides', async () => {
  const reads = PUBLISHED.findings.filter(({ check }) => check === 'read')
  const findings = UNTOLD.findings.map((finding) => reads.find(({ check }) => check === finding.check) ?? finding)
  await examined((fake) => (fake.examination = { ...UNTOLD, findings }))
  await verdict().toBe('openEnd')
  expect(line('read')?.dataset['state']).toBe('wrong')
  expect(part('examine-verdict').textContent).not.toContain('do not work')
})

test('a policy above the role’s is named, and no policy of the role is offered against it', async () => {
  await examined((fake) => (fake.examination = DENIED_ABOVE))
  await verdict().toBe('broken')
  expect(line('store')?.textContent).toContain('AWS says that a service control policy denies this in s3://s3-fs-example-bucket/incoming/;')
  expect(parts('copy-policy')).toEqual([])
  expect(parts('finding-letter')).toHaveLength(2)
})

test('each kind of policy above the role’s has its name in Japanese', () => {
  const denied = DENIED_ABOVE.findings.find(({ check }) => check === 'store')
  if (!denied) throw new Error('it is there')
  useLanguage(['ja'])
  for (const about of Object.keys(policyNames)) {
    const text = findingText({ ...denied, about })
    expect(text).not.toContain(about)
    expect(text).toMatch(/ポリシーを変更しても解決しません。$/)
  }
  useLanguage(['en'])
})

test('it is copied as text and as Markdown, with the names as they are', async () => {
  const wrote = vi.fn<(text: string) => Promise<void>>(async () => {})
  await examined((fake) => (fake.examination = PUBLISHED))
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: wrote }, configurable: true })
  await verdict().toBe('worksBut')
  await userEvent.click(part('examine-copy-text'))
  await userEvent.click(part('examine-copy-markdown'))
  const [text, markdown] = wrote.mock.calls.map(([copied]) => copied)
  expect(text).toMatch(/^Examination of “Field recordings”, today \d\d:\d\d\nUploads work; /)
  expect(text).toContain('✗ List (wrong): The role may store objects, but not see the list of s3://s3-fs-example-bucket/incoming/.')
  expect(text).toContain('\n    ListObjectsV2: 403 AccessDenied\n')
  expect(markdown).toContain('- ✗ **List** (wrong): ')
  expect(markdown).toContain(' `ListObjectsV2: 403 AccessDenied`')
  expect(markdown).toContain(String.raw`sts-s3-upload-user`)
})

test('a destination with an MFA device asks for its code first', async () => {
  const { fake, sandglass } = await openWindow(SCENES.list)
  const other = sandglass.destinations.all.find(({ needsMfa }) => needsMfa)
  if (!other) throw new Error('the scene has one')
  sandglass.examine(other)
  await expect.poll(() => parts('mfa-prompt').length).toBe(1)
  expect(fake.calls.filter(([name]) => name === 'examine')).toEqual([])
  await userEvent.type(part('field-mfaCode'), '123456')
  await userEvent.click(part('mfa-submit'))
  await verdict().toBe('works')
  expect(fake.calls).toContainEqual(['examine', other.id, '123456'])
})

test('what keeps an examination from beginning is said, and it can be asked for again', async () => {
  const { fake } = await examined((fake) => {
    fake.examine = async () => {
      throw failure('sandboxFailed', 'retry')
    }
  })
  await expect.poll(() => part('examine-sheet').textContent).toContain('The sandbox did not start.')
  fake.examine = async () => 'works'
  await userEvent.click(part('examine-again'))
  await expect.poll(() => part('examine-sheet').textContent).not.toContain('The sandbox did not start.')
})

test('what no policy of the role mends is copied as a letter', async () => {
  const wrote = vi.fn<(text: string) => Promise<void>>(async () => {})
  const findings = PUBLISHED.findings.map((finding) => (finding.check === 'list' ? { ...finding, code: 'listDeniedByBucket' as const, isMendedByPolicy: false } : finding))
  await examined((fake) => (fake.examination = { ...PUBLISHED, findings }))
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: wrote }, configurable: true })
  await verdict().toBe('worksBut')
  await userEvent.click(part('finding-letter'))
  await expect.poll(() => wrote.mock.calls[0]?.[0]).toMatch(/^The bucket’s own policy denies the list .*\n\nletter about d1$/s)
})

test('a prompt for a code that is closed leaves nothing that goes on', async () => {
  const { sandglass } = await openWindow(SCENES.list)
  const other = sandglass.destinations.all.find(({ needsMfa }) => needsMfa)
  if (!other) throw new Error('the scene has one')
  sandglass.examine(other)
  await expect.poll(() => parts('mfa-prompt').length).toBe(1)
  part('mfa-prompt').dispatchEvent(new Event('cancel'))
  await expect.poll(() => parts('mfa-prompt').length).toBe(0)
  expect(part('examine-running').textContent.trim()).toBe('')
})

test('what an administrator can mend is shown with what goes and what comes, mended after a yes, and examined again', async () => {
  const { fake } = await examined((fake) => {
    fake.examination = PUBLISHED
    fake.account.standings.set('permissions', 'otherwise')
  })
  await verdict().toBe('worksBut')
  await userEvent.click(part('examine-repair'))
  await userEvent.click(part('repair-look'))
  await expect.poll(() => parts('setup-item').length).toBe(3)
  expect(document.querySelector('[data-thing="permissions"]')?.querySelectorAll('.goes, .comes')).toHaveLength(2)
  expect(fake.calls.filter(([name]) => name === 'repair')).toEqual([])
  fake.examination = ALL_WELL
  await userEvent.click(part('repair-submit'))
  await verdict().toBe('works')
  expect(fake.calls.filter(([name]) => name === 'examine')).toHaveLength(2)
  expect(parts('examine-repair')).toEqual([])
})

test('what cannot be mended from here says why, and is not tried', async () => {
  const { fake } = await examined((fake) => {
    fake.examination = REFUSED
    fake.account.standings.set('role', 'withheld')
  })
  await verdict().toBe('broken')
  await userEvent.click(part('examine-repair'))
  await userEvent.click(part('repair-look'))
  await expect.poll(() => parts('setup-why')[0]?.textContent).toContain('It is left as it is.')
  expect(parts('repair-submit')).toEqual([])
  expect(fake.calls.filter(([name]) => name === 'repair')).toEqual([])
})

test('where IAM does not simulate, that is said beside what it found', async () => {
  await examined((fake) => {
    fake.examination = REFUSED
    fake.account.simulates = false
  })
  await verdict().toBe('broken')
  await userEvent.click(part('examine-repair'))
  await userEvent.click(part('repair-look'))
  await expect.poll(() => parts('repair-not-simulated')[0]?.textContent).toContain('iam:SimulatePrincipalPolicy')
  expect(part('repair-said').textContent).toContain('As far as it could be read')
})
