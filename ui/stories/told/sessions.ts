// The sand: a session that runs, ends, is asked for again.
import { failure } from '../../src/ipc/fake'
import { SCENES, type Scene } from '../../src/ipc/scenes'
import { press, type } from '../hands'
import type { Stories } from '../story'

const { list, uploading, soon, nofit, keeps, ended, endedList, away, signedout, signingin, newkey, waiting, news } = SCENES
const ROLE = 'arn:aws:iam::123456789012:role/sts-s3-example-role'
const renewing: Scene = { ...nofit, session: { ...nofit.session, isRenewing: true } as Scene['session'] }
const ends = (cause: 'idle' | 'user' | 'time', scene: Scene): Scene => ({ ...scene, session: { state: 'ended', cause } })
/** The other destination asks for a one-time code. */
const mfa: Scene = { ...signedout, destinations: [...signedout.destinations].reverse(), entries: [] }

export const sessions: Stories = {
  'the-session-ends-soon': { scene: soon, shows: 'renew' },
  'the-session-is-renewed': { scene: renewing, shows: 'renew-now' },
  'the-files-need-longer-than-the-session': { scene: nofit, shows: 'renew-now' },
  'the-session-is-renewed-until-all-is-through': { scene: keeps, shows: 'keep-renewing' },
  'the-session-has-ended': { scene: ended, shows: 'end-banner' },
  'the-server-has-ended-the-session': { scene: endedList, shows: 'end-banner' },
  'the-session-ended-with-the-screen': { scene: away, shows: 'end-banner' },
  'the-session-ended-since-nobody-was-there': { scene: ends('idle', ended), shows: 'end-banner' },
  'the-person-has-ended-the-session': { scene: ends('user', uploading), does: ({ fake }) => fake.endSession('d1'), shows: 'end-banner' },
  'the-session-has-ended-and-nothing-waits': { scene: ends('time', list), shows: 'end-banner' },
  'the-person-does-not-sign-in-now': { scene: ended, does: () => press('not-now'), shows: 'sign-in' },
  'nobody-is-signed-in': { scene: signedout, shows: 'picture-signed-out' },
  'files-wait-for-the-first-sign-in': { scene: waiting, shows: 'end-banner' },
  'a-sign-in-is-on-its-way': { scene: signingin, shows: 'sign-in' },
  'a-sign-in-waits-for-a-new-key': { scene: newkey, shows: 'cancel-sign-in' },
  'a-one-time-code-is-asked-for': { scene: mfa, does: () => press('sign-in'), shows: 'mfa-prompt' },
  'a-one-time-code-is-refused': {
    scene: mfa,
    does: async () => {
      await press('sign-in')
      await type('field-mfaCode', '000000')
      await press('mfa-submit')
    },
    shows: 'failure',
  },
  'the-server-lowered-the-length': { scene: news, shows: 'news' },
  'a-sign-in-meets-a-locked-keychain': {
    scene: signedout,
    before: (fake) => (fake.signIn = () => Promise.reject(failure('keychainLocked', 'unlockKeychain'))),
    does: () => press('sign-in'),
    shows: 'notice',
  },
  'three-things-are-told-at-once': {
    scene: list,
    does: ({ fake }) => {
      fake.say({ kind: 'failed', failure: failure('roleTrustRefused', 'askAdministrator', ROLE), destination: null })
      fake.say({ kind: 'failed', failure: failure('proxyPasswordWrong', 'changeNetwork', 'proxy.example.com'), destination: null })
      fake.say({ kind: 'news', destination: 'd1', news: { what: 'narrowingOff' } })
    },
    shows: 'news',
  },
}
