// A destination's name and its access key: shown, removed, rotated.
import { failure } from '../../src/ipc/fake'
import { SCENES, type Scene } from '../../src/ipc/scenes'
import { press, type } from '../hands'
import { never, refuses, type Stories } from '../story'

const { list, empty, uploading, keyOld, keyLeft, rotateShared, rotateSpare, rotateInUse, rotateReplaced, rotateBegun, rotateWait, rotateActive } = SCENES
/** What lies behind a sheet is other stories' matter. */
const over = (scene: Scene): Scene => ({ ...scene, entries: [] })
const openMenu = () => press('destination-switcher')
const openKey = () => press('destination-switcher', 'access-key')
const openRotation = () => press('destination-switcher', 'access-key', 'key-rotate')
const rotate = () => press('destination-switcher', 'access-key', 'key-rotate', 'rotation-submit')

export const keys: Stories = {
  'the-destinations-have-a-menu': { scene: list, does: openMenu, shows: 'access-key' },
  'the-sandbox-has-a-menu': {
    scene: empty,
    does: async ({ fake }) => {
      await fake.trySandbox()
      await openMenu()
    },
    shows: 'rename-destination',
  },
  'a-destination-is-renamed': { scene: empty, does: () => press('destination-switcher', 'rename-destination'), shows: 'rename-sheet' },
  'a-name-is-taken': {
    scene: empty,
    does: async () => {
      await press('destination-switcher', 'rename-destination')
      await type('field-newName', 'Archive')
      await press('rename-submit')
    },
    shows: 'why-newName',
  },
  'a-destination-is-removed': { scene: empty, does: () => press('destination-switcher', 'remove-destination'), shows: 'remove-sheet' },
  'a-destination-with-open-files-is-removed': { scene: uploading, does: () => press('destination-switcher', 'remove-destination'), shows: 'remove-sheet' },
  'the-access-key-is-shown': { scene: empty, does: openKey, shows: 'key-since' },
  'the-access-key-is-looked-for': { scene: empty, before: (fake) => (fake.keyState = never), does: openKey, shows: 'key-sheet' },
  'the-access-key-is-old': { scene: over(keyOld), does: openKey, shows: 'key-old' },
  'an-access-key-is-left-over': { scene: over(keyLeft), does: openKey, shows: 'key-old-left' },
  'the-access-key-is-gone': { scene: empty, before: (fake) => (fake.key = { presence: 'gone', storedSince: null, daysHere: null }), does: openKey, shows: 'key-gone' },
  'the-access-key-has-changed': { scene: empty, before: (fake) => (fake.key = { presence: 'changed' }), does: openKey, shows: 'key-changed' },
  'the-keychain-is-locked': { scene: empty, before: (fake) => (fake.keyState = refuses(failure('keychainLocked', 'unlockKeychain'))), does: openKey, shows: 'failure' },
  'the-removal-of-a-key-is-asked': { scene: empty, does: () => press('destination-switcher', 'access-key', 'key-remove'), shows: 'key-asked' },
  'the-access-key-was-removed': { scene: empty, does: () => press('destination-switcher', 'access-key', 'key-remove', 'key-remove-submit'), shows: 'key-said' },
  'a-rotation-asks-iam': { scene: empty, before: (fake) => (fake.rotationOutlook = never), does: openRotation, shows: 'rotation-sheet' },
  'a-rotation-can-begin': { scene: empty, does: openRotation, shows: 'rotation-about' },
  'a-rotation-is-denied': { scene: empty, before: (fake) => (fake.outlook = failure('rotationDenied', 'askAdministrator', 'Field recordings')), does: openRotation, shows: 'failure' },
  'a-rotated-key-is-shared': { scene: over(rotateShared), does: openRotation, shows: 'rotation-shared' },
  'a-rotation-finds-a-spare-key': { scene: over(rotateSpare), does: openRotation, shows: 'rotation-other' },
  'a-rotation-finds-a-key-in-use': { scene: over(rotateInUse), does: openRotation, shows: 'rotation-again' },
  'a-rotation-finds-a-replaced-key': { scene: over(rotateReplaced), does: openRotation, shows: 'rotation-other' },
  'a-rotation-was-begun': { scene: over(rotateBegun), does: openRotation, shows: 'rotation-other' },
  'a-rotation-waits-for-aws': { scene: over(rotateWait), does: rotate, shows: 'rotation-working' },
  'a-rotation-is-done': { scene: empty, does: rotate, shows: 'rotation-done' },
  'a-rotation-left-the-old-key-active': { scene: over(rotateActive), does: rotate, shows: 'rotation-old' },
  'the-old-key-is-deleted': { scene: empty, does: () => press('destination-switcher', 'access-key', 'key-rotate', 'rotation-submit', 'rotation-delete'), shows: 'rotation-deleted' },
  'only-the-old-key-is-left': { scene: over(keyLeft), does: () => press('destination-switcher', 'access-key', 'key-delete-old'), shows: 'rotation-delete' },
}
