// A destination's name and its access key: shown, removed, rotated.
import { failure } from '../../src/ipc/fake'
import { SCENES } from '../../src/ipc/scenes'
import { press, type } from '../hands'
import { never, refuses, type Stories } from '../story'

const { list, uploading, keyOld, keyLeft, rotateShared, rotateSpare, rotateInUse, rotateReplaced, rotateBegun, rotateWait, rotateActive } = SCENES
const openMenu = () => press('destination-switcher')
const openKey = () => press('destination-switcher', 'access-key')
const openRotation = () => press('destination-switcher', 'access-key', 'key-rotate')
const rotate = () => press('destination-switcher', 'access-key', 'key-rotate', 'rotation-submit')

export const keys: Stories = {
  'the-destinations-have-a-menu': { scene: list, does: openMenu, shows: 'access-key' },
  'the-sandbox-has-a-menu': {
    scene: list,
    does: async ({ fake }) => {
      await fake.trySandbox()
      await openMenu()
    },
    shows: 'rename-destination',
  },
  'a-destination-is-renamed': { scene: list, does: () => press('destination-switcher', 'rename-destination'), shows: 'rename-sheet' },
  'a-name-is-taken': {
    scene: list,
    does: async () => {
      await press('destination-switcher', 'rename-destination')
      await type('field-newName', 'Archive')
      await press('rename-submit')
    },
    shows: 'why-newName',
  },
  'a-destination-is-removed': { scene: list, does: () => press('destination-switcher', 'remove-destination'), shows: 'remove-sheet' },
  'a-destination-with-open-files-is-removed': { scene: uploading, does: () => press('destination-switcher', 'remove-destination'), shows: 'remove-sheet' },
  'the-access-key-is-shown': { scene: list, does: openKey, shows: 'key-since' },
  'the-access-key-is-looked-for': { scene: list, before: (fake) => (fake.keyState = never), does: openKey, shows: 'key-sheet' },
  'the-access-key-is-old': { scene: keyOld, does: openKey, shows: 'key-old' },
  'an-access-key-is-left-over': { scene: keyLeft, does: openKey, shows: 'key-old-left' },
  'the-access-key-is-gone': { scene: list, before: (fake) => (fake.key = { presence: 'gone', storedSince: null, daysHere: null }), does: openKey, shows: 'key-gone' },
  'the-access-key-has-changed': { scene: list, before: (fake) => (fake.key = { presence: 'changed' }), does: openKey, shows: 'key-changed' },
  'the-keychain-is-locked': { scene: list, before: (fake) => (fake.keyState = refuses(failure('keychainLocked', 'unlockKeychain'))), does: openKey, shows: 'failure' },
  'the-removal-of-a-key-is-asked': { scene: list, does: () => press('destination-switcher', 'access-key', 'key-remove'), shows: 'key-asked' },
  'the-access-key-was-removed': { scene: list, does: () => press('destination-switcher', 'access-key', 'key-remove', 'key-remove-submit'), shows: 'key-said' },
  'a-rotation-asks-iam': { scene: list, before: (fake) => (fake.rotationOutlook = never), does: openRotation, shows: 'rotation-sheet' },
  'a-rotation-can-begin': { scene: list, does: openRotation, shows: 'rotation-about' },
  'a-rotation-is-denied': { scene: list, before: (fake) => (fake.outlook = failure('rotationDenied', 'askAdministrator', 'Field recordings')), does: openRotation, shows: 'failure' },
  'a-rotated-key-is-shared': { scene: rotateShared, does: openRotation, shows: 'rotation-shared' },
  'a-rotation-finds-a-spare-key': { scene: rotateSpare, does: openRotation, shows: 'rotation-other' },
  'a-rotation-finds-a-key-in-use': { scene: rotateInUse, does: openRotation, shows: 'rotation-again' },
  'a-rotation-finds-a-replaced-key': { scene: rotateReplaced, does: openRotation, shows: 'rotation-other' },
  'a-rotation-was-begun': { scene: rotateBegun, does: openRotation, shows: 'rotation-other' },
  'a-rotation-waits-for-aws': { scene: rotateWait, does: rotate, shows: 'rotation-working' },
  'a-rotation-is-done': { scene: list, does: rotate, shows: 'rotation-done' },
  'a-rotation-left-the-old-key-active': { scene: rotateActive, does: rotate, shows: 'rotation-old' },
  'the-old-key-is-deleted': { scene: list, does: () => press('destination-switcher', 'access-key', 'key-rotate', 'rotation-submit', 'rotation-delete'), shows: 'rotation-deleted' },
  'only-the-old-key-is-left': { scene: keyLeft, does: () => press('destination-switcher', 'access-key', 'key-delete-old'), shows: 'rotation-delete' },
}
