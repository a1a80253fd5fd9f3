// Before there is a destination, and on the way to one more.
import { failure } from '../../src/ipc/fake'
import { DROP_ZONE, KEY_FILE, profileOffer } from '../../src/ipc/offers'
import { SCENES } from '../../src/ipc/scenes'
import { choose, press, type } from '../hands'
import { never, refuses, type Stories, type Telling } from '../story'

const ROLE = 'arn:aws:iam::123456789012:role/sts-s3-example-role'

async function fill(others: Record<string, string> = {}): Promise<void> {
  const typed = { name: 'Field recordings', roleArn: ROLE, bucket: 's3-fs-example-bucket', region: 'ap-northeast-1', prefix: 'incoming/', keyId: 'AKIAIOSFODNN7EXAMPLE', secret: 'not-a-secret', ...others }
  for (const [field, text] of Object.entries(typed)) await type(`field-${field}`, text)
}

async function send(others: Record<string, string> = {}): Promise<void> {
  await fill(others)
  await press('connect-submit')
}

const offer = (offered: typeof DROP_ZONE) => (telling: Telling) => telling.fake.say({ kind: 'offered', offer: offered })
const { first, empty, uploading } = SCENES

export const start: Stories = {
  'the-window-opens-for-the-first-time': { scene: first, shows: 'first-start' },
  'the-core-does-not-answer': { scene: first, before: (fake) => (fake.watch = refuses(failure('settingsFailed', 'retry', 'settings.json'))), shows: 'notice' },
  'the-sandbox-is-starting': { scene: first, before: (fake) => (fake.trySandbox = never), does: () => press('try-sandbox'), shows: 'try-sandbox' },
  'the-sandbox-does-not-start': { scene: first, before: (fake) => (fake.trySandbox = refuses(failure('sandboxFailed', 'retry'))), does: () => press('try-sandbox'), shows: 'notice' },
  'the-form-is-filled': { scene: first, does: () => fill(), shows: 'connect-form' },
  'the-form-is-checked': { scene: first, before: (fake) => (fake.connect = never), does: () => send(), shows: 'connect-form' },
  'the-form-refuses-a-role': { scene: first, before: (fake) => (fake.refuse = failure('roleRefused', 'correctInput', ROLE)), does: () => send(), shows: 'why-roleArn' },
  'the-form-lacks-a-bucket': { scene: first, before: (fake) => (fake.refuse = failure('badBucket', 'correctInput')), does: () => send({ bucket: '' }), shows: 'why-bucket' },
  'the-form-refuses-the-secret': { scene: first, before: (fake) => (fake.refuse = failure('secretWrong', 'correctInput', '…MPLE')), does: () => send(), shows: 'why-secret' },
  'the-form-meets-a-locked-keychain': { scene: first, before: (fake) => (fake.refuse = failure('keychainLocked', 'unlockKeychain')), does: () => send(), shows: 'failure' },
  'the-form-meets-a-trust-that-refuses': { scene: first, before: (fake) => (fake.refuse = failure('roleTrustRefused', 'askAdministrator', ROLE)), does: () => send(), shows: 'failure' },
  'the-form-shows-advanced-fields': { scene: first, does: () => press('advanced'), shows: 'advanced-fields' },
  'the-form-shows-session-options': { scene: first, does: () => press('advanced', 'session-options'), shows: 'session-fields' },
  'the-form-shows-upload-options': { scene: first, does: () => press('advanced', 'upload-options'), shows: 'option-fields' },
  'the-form-warns-of-a-plain-endpoint': {
    scene: first,
    does: async () => {
      await press('advanced')
      await type('field-endpoint', 'http://storage.example.com')
      await choose('field-addressingStyle', 'path')
    },
    shows: 'plain-endpoint',
  },
  'the-form-refuses-session-tags': {
    scene: first,
    before: (fake) => (fake.refuse = failure('sessionTagsRefused', 'askAdministrator', ROLE)),
    does: () => send(),
    shows: 'why-sessionTags',
  },
  'the-form-has-a-key-file': { scene: first, does: () => press('choose-key-file'), shows: 'key-file' },
  'the-form-refuses-a-key-file': { scene: first, before: (fake) => (fake.chooseKeyFile = refuses(failure('badKeyFile', 'correctInput', 'holiday.csv'))), does: () => press('choose-key-file'), shows: 'why-keyFile' },
  'the-form-takes-a-new-key': { scene: first, does: () => press('check-isKeyNew'), shows: 'check-isKeyNew' },
  'another-destination-is-connected': { scene: empty, does: () => press('destination-switcher', 'connect-another'), shows: 'connect-sheet' },
  'a-destination-is-changed': { scene: empty, does: () => press('destination-switcher', 'change-destination'), shows: 'kept-key' },
  'a-changed-destination-has-open-files': {
    scene: uploading,
    does: async () => {
      await press('destination-switcher', 'change-destination')
      await type('field-bucket', 'another-bucket')
      await press('connect-submit')
    },
    shows: 'change-asked',
  },
  'a-destination-can-be-imported': { scene: empty, does: () => press('destination-switcher', 'import-destination'), shows: 'aws-profile' },
  'an-import-finds-no-profiles': { scene: first, before: (fake) => (fake.profiles = refuses(failure('profilesMissing', 'nothing', '~/.aws/config'))), does: () => press('import-destination'), shows: 'profiles-missing' },
  'an-import-meets-another-file': { scene: first, before: (fake) => (fake.openDropZone = refuses(failure('notADropZone', 'chooseFileAgain', 'holiday.sandglass'))), does: () => press('import-destination', 'open-drop-zone'), shows: 'failure' },
  'a-drop-zone-is-offered': { scene: empty, does: offer(DROP_ZONE), shows: 'offer-warning' },
  'a-profile-is-offered': { scene: empty, does: offer(profileOffer('field')), shows: 'offer-left-out' },
  'a-key-file-is-offered': { scene: empty, does: offer(KEY_FILE), shows: 'offer-upload' },
  'an-offer-fills-the-form': {
    scene: empty,
    does: async (telling) => {
      offer(profileOffer('field'))(telling)
      await press('offer-take')
    },
    shows: 'connect-sheet',
  },
}
