// What the fake begins with: one scene for each picture of the window, chosen by `?scene=`.
import { totalsOf } from './answers'
import { KEY_SCENES, type KeyScene } from './keys'
import type { Abandoned, Addressing, Change, Destination, Entry, Extras, Failure, PastDrop, Preferences, Preview, Row, RowState, Session, SessionOptions, Skipped, UploadOptions } from './bindings'

export interface Scene {
  destinations: Destination[]
  session: Session | null
  rows: Row[]
  entries: Entry[]
  listing: Failure | 'never' | null
  preferences: Preferences
  knowsAbsence: boolean
  drops: PastDrop[]
  abandoned: Abandoned[]
  notRemovable: number
  isHeld: boolean
  isReachable: boolean
  /** What the role allows besides uploads. */
  allows: Extras
  /** Said shortly after the snapshot. */
  after: Change[]
  /** Stored while one looks. */
  arrives: Entry[]
  /** Do uploads move and sessions end? Screenshots want them still. */
  moves: boolean
  keys?: KeyScene
}

const ROLE = 'arn:aws:iam::123456789012:role/sts-s3-example-role'
const OPTIONS: UploadOptions = {
  ...{ keepsMtime: false, storageClass: '', kmsKey: '', tags: '', followsLinks: false, marksEmptyFolders: false },
  leavesOut: '.DS_Store, Thumbs.db, desktop.ini',
}
/** Nothing advanced. */
const ADDRESSING: Addressing = { style: 'usual', isFips: false, isDualStack: false }
const SESSION: SessionOptions = { tags: '', sourceIdentity: '', name: '', isWholeRole: false, mayDelete: false }
export const PLAIN = { addressing: ADDRESSING, session: SESSION, longestSessionSeconds: null, refusesPolicy: false, isKeyNew: false, keySince: '2026-03-02T09:12:00Z', stsEndpoint: null, sessionSeconds: 3600, externalId: null, mfaSerial: null, uploads: OPTIONS }
/** A row about which there is nothing to say yet. */
export const ROW = { drop: 1, sentBytes: 0, failure: null, note: null, proof: null, conflict: null, other: null }
const FIELD: Destination = {
  ...{ id: 'd1', name: 'Field recordings', bucket: 's3-fs-example-bucket', region: 'ap-northeast-1', prefix: 'incoming/' },
  ...{ roleArn: ROLE, endpoint: null, isSandbox: false, keyEnds: 'Q7RA', needsMfa: false },
  ...PLAIN,
}
const ARCHIVE: Destination = { ...FIELD, id: 'd2', name: 'Archive', bucket: 'example-archive', prefix: '', needsMfa: true }

function running(secondsLeft: number, lengthSeconds = 3600): Session {
  return { state: 'running', isRenewing: false, keepsRenewing: false, secondsLeft, lengthSeconds, endsAt: new Date(Date.now() + secondsLeft * 1000).toISOString() }
}

const ETAG = '9b2cf535f27731c974343645a3985328'

function folder(key: string): Entry {
  return { isFolder: true, name: key.split('/').at(-2) ?? '', key, sizeBytes: null, modified: null, storageClass: null, etag: null, isNew: false }
}

function object(key: string, sizeBytes: number, minutesAgo: number): Entry {
  const modified = new Date(Date.now() - minutesAgo * 60_000).toISOString()
  return { isFolder: false, name: key.split('/').at(-1) ?? '', key, sizeBytes, modified, storageClass: 'STANDARD', etag: ETAG, isNew: false }
}

const FOLDER = 'incoming/'
const LISTED = [
  ...[folder(`${FOLDER}2026-10/`), folder(`${FOLDER}2026-11/`), object(`${FOLDER}notes.md`, 4100, 1300), object(`${FOLDER}take-016.wav`, 198_000_000, 4400)],
  ...[object(`${FOLDER}take-017.wav`, 203_900_000, 4300), object(`${FOLDER}a very long name that a careful person gave to a recording of the harbour at dawn, second attempt.flac`, 88_100_000, 600_000)],
  ...[object(`${FOLDER}2026-11/day-01.wav`, 190_000_000, 3000), folder(`${FOLDER}2026-11/day-02/`)],
]
const ARRIVED = [object(`${FOLDER}harbour-dawn.flac`, 88_100_000, 2), object(`${FOLDER}会議の録音 11月23日.wav`, 512_400_000, 1)]

let id = 0
function row(name: string, sizeBytes: number, part: number, state: RowState, more: Partial<Row> = {}): Row {
  const proof = state === 'stored' ? 'checksum' : null
  const conflict = state === 'conflict' ? 'taken' : null
  return { ...ROW, id: ++id, destination: 'd1', name, key: FOLDER + name, sizeBytes, sentBytes: Math.round(sizeBytes * part), state, proof, conflict, ...more }
}

function rows(make: () => Row[]): Row[] {
  id = 0
  return make()
}

const UPLOADING = rows(() => [
  row('reef-survey-raw.tar', 3_100_000_000, 0.34, 'sending'),
  row('take-018.wav', 201_000_000, 0.71, 'sending'),
  row('会議の録音 11月23日.wav', 512_400_000, 1, 'stored'),
  row('harbour-dawn.flac', 88_100_000, 1, 'stored'),
  ...Array.from({ length: 9 }, (_, i) => row(`day-01/clip-${i + 1}.flac`, 41_000_000, 0, 'waiting')),
  row('day-01/a folder inside/take-with-a-rather-long-name-000123.wav', 9_300_000, 0, 'waiting'),
])
const CONFLICT = rows(() => [
  row('reef-survey-raw.tar', 3_100_000_000, 0.34, 'sending'),
  row('notes.md', 4100, 0, 'conflict'),
  row('take-017.wav', 203_900_000, 0, 'conflict'),
  row('会議の録音 11月23日.wav', 512_400_000, 1, 'stored'),
])
const FAILED = rows(() => [
  row('take-018.wav', 201_000_000, 0.4, 'failed', { failure: { code: 'changedWhileUploading', message: 'take-018.wav changed while it was uploaded.', remedy: 'retry', about: 'take-018.wav' } }),
  row('reef-survey-raw.tar', 3_100_000_000, 0, 'failed', { failure: { code: 'uploadDenied', message: 'This role may not store incoming/reef-survey-raw.tar.', remedy: 'askAdministrator', about: 'incoming/reef-survey-raw.tar' } }),
  row('gone.wav', 1000, 0, 'failed', { failure: { code: 'fileVanished', message: 'gone.wav is no longer there.', remedy: 'chooseFileAgain', about: 'gone.wav' } }),
  row('harbour-dawn.flac', 88_100_000, 0.2, 'cancelled'),
  row('notes.md', 4100, 0, 'skipped'),
])
/** Everything that can be said of a row. */
const EVERY = rows(() => [
  row('reef-survey-raw.tar', 3_100_000_000, 0.34, 'sending', { note: 'startedAgain' }),
  row('take-018.wav', 201_000_000, 0.71, 'paused'),
  row('take-019.wav', 96_000_000, 0, 'paused'),
  row('take-020.wav', 96_000_000, 0.2, 'waitingForNetwork'),
  row('take-021.wav', 96_000_000, 0, 'waitingForNetwork', { note: 'fileChanged' }),
  row('take-022.wav', 96_000_000, 0, 'waiting'),
  row('会議の録音 11月23日.wav', 512_400_000, 1, 'stored'),
  row('harbour-dawn.flac', 88_100_000, 1, 'stored', { proof: 'notReported', note: 'startedAgain' }),
  row('harbour-dusk.flac', 88_100_000, 1, 'stored', { proof: 'etag' }),
])
const CONFLICTS = rows(() => [
  row('day-01/notes.md', 4100, 0, 'conflict'),
  row('day-01/take-017.wav', 203_900_000, 1, 'conflict', { conflict: 'maybeStored' }),
  row('day-01/cafe\u0301.wav', 41_000_000, 0, 'conflict', { conflict: 'sameKey', other: 'day-01/café.wav' }),
  row('day-01/Readme.md', 4100, 0, 'conflict', { conflict: 'caseTwin', other: 'day-01/README.md' }),
  row('other-drop.wav', 4100, 0, 'conflict', { drop: 2 }),
])
const WAITING = UPLOADING.map((one) => (one.state === 'stored' ? one : { ...one, state: 'waitingForSignIn' as const }))
const MANY = Array.from({ length: 10_000 }, (_, i) => ({ ...row(`scan/frame-${String(i + 1).padStart(5, '0')}.tif`, 2_400_000, 0, 'waiting'), id: i + 1 }))

/** Three drops: one of an earlier run, one that asks, one that is through. */
const GROUPED = rows(() => [
  ...Array.from({ length: 5 }, (_, i) => row(`survey/frame-${i + 1}.tif`, 24_000_000, i === 0 ? 0.6 : 0, i === 0 ? 'sending' : 'waiting', { drop: 12 })),
  row('notes.md', 4100, 0, 'conflict', { drop: 101 }),
  row('take-017.wav', 203_900_000, 0, 'conflict', { drop: 101 }),
  row('reef-survey-raw.tar', 3_100_000_000, 0.34, 'sending', { drop: 101 }),
  ...Array.from({ length: 4 }, (_, i) => row(`day-01/clip-${i + 1}.flac`, 41_000_000, 0, 'waiting', { drop: 101 })),
  row('harbour-dusk.flac', 88_100_000, 0, 'cancelled', { drop: 102 }),
  row('harbour-dawn.flac', 88_100_000, 1, 'stored', { drop: 102 }),
  row('会議の録音 11月23日.wav', 512_400_000, 1, 'stored', { drop: 102 }),
])
const STATES = ['sending', 'conflict', 'stored', 'stored', 'cancelled'] as const
/** As many as the drawer must bear, in two drops; made when asked for. */
function crowd(): Row[] {
  return rows(() =>
    Array.from({ length: 200_000 }, (_, i) => {
      const state = i % 5000 < STATES.length ? (STATES[i % 5000] ?? 'waiting') : 'waiting'
      return row(`scan/frame-${String(i + 1).padStart(6, '0')}.tif`, 2_400_000, state === 'sending' ? 0.4 : 0, state, { drop: i < 150_000 ? 12 : 101 })
    }),
  )
}

const DENIED: Failure = { code: 'listingDenied', message: 'This role may not see the list of s3-fs-example-bucket.', remedy: 'askAdministrator', about: 's3-fs-example-bucket' }
const OFFLINE: Failure = { code: 'offline', message: 's3.ap-northeast-1.amazonaws.com cannot be reached.', remedy: 'checkNetwork', about: 's3.ap-northeast-1.amazonaws.com' }
const BUSY: Failure = { code: 'serverBusy', message: 's3.ap-northeast-1.amazonaws.com was too busy, again and again.', remedy: 'retry', about: 's3.ap-northeast-1.amazonaws.com' }
const LOCKED: Failure = { code: 'keychainLocked', message: 'The keychain is locked.', remedy: 'unlockKeychain', about: '' }

const day = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
const DROPS: PastDrop[] = [
  { drop: 12, folder: FOLDER, addedAt: day(0.1), files: 14, stored: 3, bytes: 4_600_000_000 },
  { drop: 11, folder: `${FOLDER}2026-11/`, addedAt: day(1), files: 1200, stored: 1200, bytes: 51_000_000_000 },
  { drop: 9, folder: `${FOLDER}a rather long folder name that somebody gave to a survey of the reef/`, addedAt: day(40), files: 1, stored: 1, bytes: 88_100_000 },
]
const HISTORY: PastDrop[] = Array.from({ length: 400 }, (_, i) => {
  const files = [1, 14, 1200, 40][i % 4] ?? 1
  return { drop: 500 - i, folder: FOLDER + (i % 3 === 0 ? '' : `2026-${String((i % 12) + 1).padStart(2, '0')}/`), addedAt: day(0.1 + i * 1.7), files, stored: i < 2 ? i : files, bytes: files * 31_700_000 }
})
const ABANDONED: Abandoned[] = [
  { key: `${FOLDER}reef-survey-raw.tar`, confirmedBytes: 1_050_000_000, abandonedAt: day(0.2), uploadId: 'VXBsb2FkIElE1' },
  { key: `${FOLDER}2026-11/take-004.wav`, confirmedBytes: 134_000_000, abandonedAt: day(3), uploadId: 'VXBsb2FkIElE2' },
  { key: `${FOLDER}2026-11/take-005.wav`, confirmedBytes: 16_000_000, abandonedAt: day(30), uploadId: 'VXBsb2FkIElE3' },
]
const left = (name: string, code: Failure['code'], remedy: Failure['remedy'] = 'nothing'): Skipped => ({ name, failure: { code, message: '', remedy, about: name } })
const SKIPPED: Skipped[] = [
  ...[left('day-01/latest', 'linkNotFollowed'), left('day-01/old', 'brokenLink'), left('day-02/caf�.wav', 'nameNotUnicode', 'renameFile')],
  ...Array.from({ length: 14 }, (_, i) => left(`day-${String(i + 1).padStart(2, '0')}/.DS_Store`, 'leftOut', 'editDestination')),
  ...[left('day-02/archive', 'linkLeadsOut'), left('day-03/trailing ', 'nameEndsInSpace', 'renameFile')],
]
const PREVIEW: Preview = {
  ...{ token: 1, destination: 'd1', folder: FOLDER, isDone: true, files: 1214, bytes: 214_000_000_000, folders: 2 },
  ...{ skipped: SKIPPED, skippedCount: SKIPPED.length, twins: ['day-01/Readme.md'], listing: 'looked', fit: { kind: 'no', neededSeconds: 6000 } },
  ...{ conflicts: ['notes.md', 'take-016.wav', 'take-017.wav'], conflictCount: 3 },
}
const looking: Change = {
  kind: 'preview',
  preview: { ...PREVIEW, isDone: false, files: 318, folders: 0, bytes: 41_000_000_000, skipped: SKIPPED.slice(0, 3), skippedCount: 3, twins: [], conflicts: [], conflictCount: 0, listing: 'notLooked', fit: { kind: 'unknown' } },
}

export const PREFERENCES: Preferences = { mostRequests: null, kibPerSecond: null, looksFirst: false, looksFirstFrom: 1, notifies: true, idleMinutes: null, endsOnLock: false, language: null, theme: 'system', logsInDetail: false }
/** Fourteen minutes of uploads. */
const LONG = { ...totalsOf(UPLOADING, 'd1', 0, { isPaused: false, isReachable: true }), bytesPerSecond: 2_100_000, secondsLeft: 840 }

const STILL: Scene = {
  knowsAbsence: true,
  ...{ destinations: [FIELD, ARCHIVE], session: running(2472), rows: [], entries: LISTED, listing: null, after: [], arrives: [], moves: false },
  ...{ preferences: PREFERENCES, drops: DROPS, abandoned: [], notRemovable: 0, isHeld: false, isReachable: true },
  allows: { reads: false, deletes: false },
}
const hover: Change = { kind: 'dropHover', items: 214, at: { x: 120, y: 146 } }

export const SCENES = {
  first: { ...STILL, destinations: [], session: null, entries: [], moves: true },
  empty: { ...STILL, entries: [] },
  sandbox: { ...STILL, destinations: [{ ...FIELD, id: 'sandbox', name: 'Sandbox', bucket: 's3-fs-example-bucket', prefix: '', endpoint: 'http://127.0.0.1:49152', isSandbox: true }], session: running(140, 180), entries: [] },
  list: { ...STILL, arrives: ARRIVED },
  extras: { ...STILL, arrives: ARRIVED, allows: { reads: true, deletes: true } },
  live: { ...STILL, session: running(180, 180), rows: UPLOADING, moves: true },
  uploading: { ...STILL, rows: UPLOADING, arrives: ARRIVED },
  many: { ...STILL, rows: MANY, entries: Array.from({ length: 10_000 }, (_, i) => object(`${FOLDER}frame-${String(i).padStart(5, '0')}.tif`, 2_400_000, i)), moves: true },
  ended: { ...STILL, session: { state: 'ended', cause: 'time' }, rows: WAITING, listing: DENIED },
  endedList: { ...STILL, session: { state: 'ended', cause: 'server' }, rows: WAITING },
  denied: { ...STILL, listing: DENIED },
  offline: { ...STILL, listing: OFFLINE },
  failedList: { ...STILL, listing: BUSY },
  loading: { ...STILL, listing: 'never' },
  signedout: { ...STILL, session: { state: 'none' } },
  signingin: { ...STILL, session: { state: 'signingIn', waitsForNewKey: false } },
  newkey: { ...STILL, session: { state: 'signingIn', waitsForNewKey: true } },
  news: { ...STILL, after: [{ kind: 'news', destination: 'd1', news: { what: 'lengthLowered', toSeconds: 14_400 } }, { kind: 'news', destination: 'd1', news: { what: 'narrowingOff' } }] },
  waiting: { ...STILL, session: { state: 'none' }, rows: WAITING.map((one) => ({ ...one, sentBytes: 0, state: 'waitingForSignIn' as const })) },
  nofit: { ...STILL, session: running(540), rows: UPLOADING, after: [{ kind: 'totals', ...LONG }] },
  keeps: { ...STILL, session: { state: 'running', secondsLeft: 540, lengthSeconds: 3600, endsAt: new Date(Date.now() + 540_000).toISOString(), isRenewing: false, keepsRenewing: true }, rows: UPLOADING, after: [{ kind: 'totals', ...LONG }] },
  away: { ...STILL, session: { state: 'ended', cause: 'screenLocked' }, rows: WAITING, listing: DENIED },
  soon: { ...STILL, session: running(278), rows: UPLOADING },
  drop: { ...STILL, session: running(278), after: [hover] },
  conflict: { ...STILL, rows: CONFLICT },
  failed: { ...STILL, rows: FAILED, after: [{ kind: 'failed', failure: LOCKED, destination: null }] },
  skipped: { ...STILL, after: [{ kind: 'skipped', skipped: SKIPPED }] },
  drops: { ...STILL, rows: GROUPED, moves: true },
  history: { ...STILL, rows: UPLOADING, drops: HISTORY },
  nothing: { ...STILL, drops: [] },
  get crowd() {
    return { ...STILL, rows: crowd() }
  },
  every: { ...STILL, rows: EVERY },
  conflicts: { ...STILL, rows: CONFLICTS },
  paused: { ...STILL, rows: UPLOADING.map((one) => (one.state === 'stored' ? one : { ...one, state: 'paused' as const })), isHeld: true },
  cut: { ...STILL, rows: UPLOADING.map((one) => (one.state === 'stored' ? one : { ...one, state: 'waitingForNetwork' as const })), isReachable: false, arrives: ARRIVED },
  looking: { ...STILL, preferences: { ...PREFERENCES, looksFirst: true }, after: [looking] },
  preview: { ...STILL, preferences: { ...PREFERENCES, looksFirst: true }, after: [{ kind: 'preview', preview: PREVIEW }] },
  previewDenied: { ...STILL, after: [{ kind: 'preview', preview: { ...PREVIEW, skipped: [], skippedCount: 0, twins: [], conflicts: [], conflictCount: 0, listing: 'denied', fit: { kind: 'yes' } } }] },
  abandoned: { ...STILL, rows: UPLOADING, abandoned: ABANDONED, notRemovable: 3 },
  ...(Object.fromEntries(Object.entries(KEY_SCENES).map(([name, keys]) => [name, { ...STILL, keys }])) as Record<keyof typeof KEY_SCENES, Scene>),
  quit: { ...STILL, rows: UPLOADING, after: [{ kind: 'askQuit', running: 2, waiting: 10 }] },
} satisfies Record<string, Scene>
