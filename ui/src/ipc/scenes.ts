// What the fake begins with: one scene for each picture of the window, chosen by `?scene=`.
import type { Change, Destination, Entry, Failure, Row, RowState, Session } from './bindings'

export interface Scene {
  destinations: Destination[]
  session: Session | null
  rows: Row[]
  entries: Entry[]
  listing: Failure | 'never' | null
  /** Said shortly after the snapshot. */
  after: Change[]
  /** Do uploads move and sessions end? Screenshots want them still. */
  moves: boolean
}

const ROLE = 'arn:aws:iam::123456789012:role/sts-s3-example-role'
/** Nothing advanced. */
export const PLAIN = { stsEndpoint: null, sessionSeconds: 3600, externalId: null, mfaSerial: null }
const FIELD: Destination = {
  ...{ id: 'd1', name: 'Field recordings', bucket: 's3-fs-example-bucket', region: 'ap-northeast-1', prefix: 'incoming/' },
  ...{ roleArn: ROLE, endpoint: null, isSandbox: false, keyEnds: 'Q7RA', needsMfa: false },
  ...PLAIN,
}
const ARCHIVE: Destination = { ...FIELD, id: 'd2', name: 'Archive', bucket: 'example-archive', prefix: '', needsMfa: true }

function running(secondsLeft: number, lengthSeconds = 3600): Session {
  return { state: 'running', secondsLeft, lengthSeconds, endsAt: new Date(Date.now() + secondsLeft * 1000).toISOString() }
}

function folder(key: string): Entry {
  return { isFolder: true, name: key.split('/').at(-2) ?? '', key, sizeBytes: null, modified: null, storageClass: null }
}

function object(key: string, sizeBytes: number, minutesAgo: number): Entry {
  const modified = new Date(Date.now() - minutesAgo * 60_000).toISOString()
  return { isFolder: false, name: key.split('/').at(-1) ?? '', key, sizeBytes, modified, storageClass: 'STANDARD' }
}

const FOLDER = 'incoming/'
const LISTED = [
  ...[folder(`${FOLDER}2026-10/`), folder(`${FOLDER}2026-11/`), object(`${FOLDER}notes.md`, 4100, 1300), object(`${FOLDER}take-016.wav`, 198_000_000, 4400)],
  ...[object(`${FOLDER}take-017.wav`, 203_900_000, 4300), object(`${FOLDER}a very long name that a careful person gave to a recording of the harbour at dawn, second attempt.flac`, 88_100_000, 600_000)],
  ...[object(`${FOLDER}2026-11/day-01.wav`, 190_000_000, 3000), folder(`${FOLDER}2026-11/day-02/`)],
]
const ARRIVED = [object(`${FOLDER}harbour-dawn.flac`, 88_100_000, 2), object(`${FOLDER}会議の録音 11月23日.wav`, 512_400_000, 1)]

let id = 0
function row(name: string, sizeBytes: number, part: number, state: RowState, failure: Failure | null = null): Row {
  return { id: ++id, destination: 'd1', name, key: FOLDER + name, sizeBytes, sentBytes: Math.round(sizeBytes * part), state, failure }
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
  row('take-018.wav', 201_000_000, 0.4, 'failed', { code: 'changedWhileUploading', message: 'take-018.wav changed while it was uploaded.', remedy: 'retry', about: 'take-018.wav' }),
  row('reef-survey-raw.tar', 3_100_000_000, 0, 'failed', { code: 'uploadDenied', message: 'This role may not store incoming/reef-survey-raw.tar.', remedy: 'askAdministrator', about: 'incoming/reef-survey-raw.tar' }),
  row('gone.wav', 1000, 0, 'failed', { code: 'fileVanished', message: 'gone.wav is no longer there.', remedy: 'chooseFileAgain', about: 'gone.wav' }),
  row('harbour-dawn.flac', 88_100_000, 0.2, 'cancelled'),
  row('notes.md', 4100, 0, 'skipped'),
])
const WAITING = UPLOADING.map((one) => (one.state === 'stored' ? one : { ...one, state: 'waitingForSignIn' as const }))
const MANY = Array.from({ length: 10_000 }, (_, i) => ({ ...row(`scan/frame-${String(i + 1).padStart(5, '0')}.tif`, 2_400_000, 0, 'waiting'), id: i + 1 }))

const DENIED: Failure = { code: 'listingDenied', message: 'This role may not see the list of s3-fs-example-bucket.', remedy: 'askAdministrator', about: 's3-fs-example-bucket' }
const OFFLINE: Failure = { code: 'offline', message: 's3.ap-northeast-1.amazonaws.com cannot be reached.', remedy: 'checkNetwork', about: 's3.ap-northeast-1.amazonaws.com' }
const BUSY: Failure = { code: 'serverBusy', message: 's3.ap-northeast-1.amazonaws.com was too busy, again and again.', remedy: 'retry', about: 's3.ap-northeast-1.amazonaws.com' }
const LOCKED: Failure = { code: 'keychainLocked', message: 'The keychain is locked.', remedy: 'unlockKeychain', about: '' }

const STILL: Scene = { destinations: [FIELD, ARCHIVE], session: running(2472), rows: [], entries: LISTED, listing: null, after: [], moves: false }
const arrive: Change = { kind: 'arrived', destination: 'd1', entries: ARRIVED }
// After the first page, so that the marks are seen on a listing that is there.
const hover: Change = { kind: 'dropHover', items: 214 }

export const SCENES = {
  first: { ...STILL, destinations: [], session: null, entries: [], moves: true },
  empty: { ...STILL, entries: [] },
  list: { ...STILL, after: [arrive] },
  live: { ...STILL, session: running(180, 180), rows: UPLOADING, moves: true },
  uploading: { ...STILL, rows: UPLOADING, after: [arrive] },
  many: { ...STILL, rows: MANY, entries: Array.from({ length: 10_000 }, (_, i) => object(`${FOLDER}frame-${String(i).padStart(5, '0')}.tif`, 2_400_000, i)), moves: true },
  ended: { ...STILL, session: { state: 'ended', cause: 'time' }, rows: WAITING, listing: DENIED },
  endedList: { ...STILL, session: { state: 'ended', cause: 'server' }, rows: WAITING },
  denied: { ...STILL, listing: DENIED },
  offline: { ...STILL, listing: OFFLINE },
  failedList: { ...STILL, listing: BUSY },
  loading: { ...STILL, listing: 'never' },
  signedout: { ...STILL, session: { state: 'none' } },
  signingin: { ...STILL, session: { state: 'signingIn' } },
  waiting: { ...STILL, session: { state: 'none' }, rows: WAITING.map((one) => ({ ...one, sentBytes: 0, state: 'waitingForSignIn' as const })) },
  soon: { ...STILL, session: running(278), rows: UPLOADING },
  drop: { ...STILL, session: running(278), after: [hover] },
  conflict: { ...STILL, rows: CONFLICT },
  failed: { ...STILL, rows: FAILED, after: [{ kind: 'failed', failure: LOCKED }] },
  skipped: {
    ...STILL,
    after: [
      {
        kind: 'skipped',
        skipped: [
          { name: 'day-01/latest', failure: { code: 'linkNotFollowed', message: '', remedy: 'nothing', about: 'day-01/latest' } },
          { name: 'day-01/old', failure: { code: 'brokenLink', message: '', remedy: 'nothing', about: 'day-01/old' } },
          { name: 'day-02/caf�.wav', failure: { code: 'nameNotUnicode', message: '', remedy: 'renameFile', about: 'day-02/caf�.wav' } },
        ],
      },
    ],
  },
} satisfies Record<string, Scene>
