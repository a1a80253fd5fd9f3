// The settings, and the way to the servers.
import { failure } from '../../src/ipc/fake'
import { SCENES } from '../../src/ipc/scenes'
import { press, type } from '../hands'
import { refuses, type Stories } from '../story'

const { empty } = SCENES
const openSettings = () => press('destination-switcher', 'settings')
const openNetwork = (...more: string[]) => press('destination-switcher', 'settings', 'open-network', ...more)
const MANUAL = { proxy: 'manual', url: 'http://proxy.example.com:8080', user: 'mira', hasPassword: true, noProxy: 'localhost, 127.0.0.1, ::1', trusted: { name: 'company-ca.pem', certificates: 2 } } as const

export const settings: Stories = {
  'the-settings-are-open': { scene: empty, does: openSettings, shows: 'settings-sheet' },
  'small-drops-are-not-looked-at': { scene: { ...empty, preferences: { ...empty.preferences, looksFirst: true, looksFirstFrom: 50 } }, does: openSettings, shows: 'field-looksFirstFrom' },
  'the-text-for-support-is-shown': { scene: empty, does: () => press('destination-switcher', 'settings', 'open-support'), shows: 'support-save' },
  'the-text-for-support-was-saved': { scene: empty, does: () => press('destination-switcher', 'settings', 'open-support', 'support-save'), shows: 'support-said' },
  'the-settings-know-no-absence': { scene: { ...empty, knowsAbsence: false }, does: openSettings, shows: 'settings-sheet' },
  'the-settings-refuse-a-count': {
    scene: empty,
    does: async () => {
      await openSettings()
      await type('field-mostRequests', '9999')
      await press('settings-save')
    },
    shows: 'why-mostRequests',
  },
  'the-settings-cannot-be-saved': {
    scene: empty,
    before: (fake) => (fake.setPreferences = refuses(failure('settingsFailed', 'retry', 'settings.json'))),
    does: async () => {
      await openSettings()
      await press('settings-save')
    },
    shows: 'failure',
  },
  'the-network-is-set': { scene: empty, does: () => openNetwork(), shows: 'network-sheet' },
  'a-proxy-is-set-by-hand': { scene: empty, before: (fake) => (fake.networkSet = MANUAL), does: () => openNetwork(), shows: 'field-proxyUrl' },
  'a-proxy-lacks-its-address': { scene: empty, does: () => openNetwork('proxy-manual', 'network-save'), shows: 'why-proxyUrl' },
  'a-certificate-file-is-broken': { scene: empty, before: (fake) => (fake.networkSet = { ...MANUAL, proxy: 'none', trusted: { name: 'company-ca.pem', certificates: 0 } }), does: () => openNetwork(), shows: 'trusted' },
}
