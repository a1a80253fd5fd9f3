// The AWS side: a destination examined, and a set-up.
import { DENIED_ABOVE, PUBLISHED, REFUSED, UNTOLD, ALL_WELL } from '../../src/ipc/examinations'
import { failure } from '../../src/ipc/fake'
import { SCENES } from '../../src/ipc/scenes'
import { part, press, type } from '../hands'
import { frame } from '../still'
import golden from '../../../crates/account/tests/golden/least.cloudformation.json?raw'
import type { Stories } from '../story'

const { empty } = SCENES
const examine = () => press('destination-switcher', 'examine')
const ended = 'examine-verdict'

export const examinations: Stories = {
  'an-examination-goes-on': { scene: empty, before: (fake) => (fake.examination = 'never'), does: examine, shows: 'examine-running' },
  'an-examination-finds-all-well': { scene: empty, before: (fake) => (fake.examination = ALL_WELL), does: examine, shows: ended },
  'an-examination-finds-the-published-policy': { scene: empty, before: (fake) => (fake.examination = PUBLISHED), does: examine, shows: ended },
  'an-examination-finds-a-refusing-role': { scene: empty, before: (fake) => (fake.examination = REFUSED), does: examine, shows: ended },
  'an-examination-finds-a-policy-above': { scene: empty, before: (fake) => (fake.examination = DENIED_ABOVE), does: examine, shows: ended },
  'an-examination-leaves-much-open': { scene: empty, before: (fake) => (fake.examination = UNTOLD), does: examine, shows: ended },
}

const repairing = async () => {
  await examine()
  await press('examine-repair', 'repair-look')
}

/** What an administrator's session mends. */
export const repairs: Stories = {
  'a-role-can-be-repaired': { scene: empty, before: (fake) => void ((fake.examination = PUBLISHED), fake.account.standings.set('permissions', 'otherwise')), does: repairing, shows: 'repair-submit' },
  'a-condition-cannot-be-repaired': { scene: empty, before: (fake) => void ((fake.examination = REFUSED), fake.account.standings.set('role', 'withheld')), does: repairing, shows: 'repair-said' },
  'a-repair-is-not-simulated': { scene: empty, before: (fake) => void ((fake.examination = PUBLISHED), (fake.account.simulates = false)), does: repairing, shows: 'repair-said' },
  'a-repair-finds-nothing': { scene: empty, before: (fake) => (fake.examination = PUBLISHED), does: repairing, shows: 'repair-said' },
}

/** The AWS side set up. */
const openSetup = async () => {
  await press('destination-switcher', 'set-up-aws')
  // A sheet shows its top once it is laid out, two frames after it was opened.
  for (let frames = 0; frames < 3; frames += 1) await frame()
  await type('field-setupBucket', 'reef-uploads')
}
const lookAtAccount = async () => {
  await openSetup()
  while ((await part('setup-look')).hasAttribute('disabled')) await frame()
  await press('setup-look')
}

export const setups: Stories = {
  'the-aws-side-can-be-set-up': { scene: empty, does: () => press('destination-switcher', 'set-up-aws'), shows: 'setup-sheet' },
  'a-set-up-has-more-choices': {
    scene: empty,
    does: async () => {
      await press('destination-switcher', 'set-up-aws', 'setup-more')
    },
    shows: 'check-setupMayAbort',
  },
  'a-set-up-is-planned': { scene: empty, does: lookAtAccount, shows: 'setup-plan' },
  'a-set-up-finds-another-role': {
    scene: empty,
    before: (fake) => {
      for (const thing of ['bucket', 'publicAccess', 'ownership', 'encryption', 'lifecycle', 'bucketPolicy', 'user'] as const) fake.account.standings.set(thing, 'right')
      fake.account.standings.set('role', 'otherwise')
      fake.account.foreign.add('role').add('permissions')
    },
    does: lookAtAccount,
    shows: 'setup-plan',
  },
  'a-set-up-is-done': {
    scene: empty,
    does: async () => {
      await lookAtAccount()
      await press('setup-apply')
    },
    shows: 'setup-said',
  },
  'a-set-up-is-taken-back': {
    scene: empty,
    does: async () => {
      await lookAtAccount()
      await press('setup-apply', 'setup-undo', 'setup-undo-submit')
    },
    shows: 'setup-said',
  },
  'nobody-may-set-up': { scene: empty, before: (fake) => (fake.account.refuses = failure('noAdministrator', 'retry')), does: lookAtAccount, shows: 'failure' },
  'the-five-steps-in-the-console': {
    scene: empty,
    does: async () => {
      await openSetup()
      await press('setup-way-console')
    },
    shows: 'setup-step',
  },
  'the-five-steps-are-checked': {
    scene: empty,
    before: (fake) => {
      for (const thing of ['user', 'role', 'permissions'] as const) fake.account.standings.set(thing, 'right')
    },
    does: async () => {
      await openSetup()
      await press('setup-way-console', 'setup-check-steps')
    },
    shows: 'setup-step-state',
  },
  'a-set-up-as-code': {
    scene: empty,
    before: (fake) => (fake.account.cloudformation = golden),
    does: async () => {
      await openSetup()
      await press('setup-way-code')
    },
    shows: 'setup-code',
  },
}
