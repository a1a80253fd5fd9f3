// What IAM answers about keys in the fake, and what is shown of it.
import type { KeyState, OtherKey, Rotated, RotationOutlook } from './bindings'

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString()

export const OUTLOOK: RotationOutlook = { ends: 'Q7RA', madeAt: day(412), lastUse: { kind: 'at', at: day(0.1) }, other: null, sharedWith: [] }
export const ROTATED: Rotated = { ends: 'N3WK', oldEnds: 'Q7RA', sharedWith: [], stillActive: null }

const OTHER: OtherKey = { ends: 'LX2B', isActive: true, madeAt: day(3), lastUse: { kind: 'never' }, role: 'spare' }

/** A destination's key in its states, by scene. */
export interface KeyScene {
  key: Partial<KeyState>
  outlook: RotationOutlook
  rotated: Rotated | 'never'
}
const STILL: KeyScene = { key: {}, outlook: OUTLOOK, rotated: ROTATED }

export const KEY_SCENES = {
  keyOld: { ...STILL, key: { isOld: true, daysHere: 100, madeAt: day(412) } },
  keyLeft: { ...STILL, key: { nextEnds: 'N3WK', oldEnds: 'LX2B' } },
  rotateShared: { ...STILL, outlook: { ...OUTLOOK, sharedWith: ['Archive', 'Field recordings 2'] } },
  rotateSpare: { ...STILL, outlook: { ...OUTLOOK, other: OTHER } },
  rotateInUse: { ...STILL, outlook: { ...OUTLOOK, other: { ...OTHER, lastUse: { kind: 'at', at: day(1) }, role: 'inUse' } } },
  rotateReplaced: { ...STILL, outlook: { ...OUTLOOK, other: { ...OTHER, role: 'replaced' } } },
  rotateBegun: { ...STILL, outlook: { ...OUTLOOK, other: { ...OTHER, role: 'begun' } } },
  rotateWait: { ...STILL, rotated: 'never' },
  rotateActive: { ...STILL, rotated: { ...ROTATED, sharedWith: ['Archive'], stillActive: { code: 'rotationDenied', message: '', remedy: 'askAdministrator', about: 'Field recordings' } } },
} satisfies Record<string, KeyScene>
