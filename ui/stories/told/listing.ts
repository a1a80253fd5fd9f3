// What is in the bucket, and why it cannot be seen.
import type { Entry } from '../../src/ipc/bindings'
import { failure, type Fake } from '../../src/ipc/fake'
import { SCENES, type Scene } from '../../src/ipc/scenes'
import { key, part, press, pressRight, pressToCopy, type } from '../hands'
import { never, type Stories } from '../story'

const { list, many, empty, denied, offline, failedList, loading, drop, extras, sandbox, uploading } = SCENES
const clockOff: Scene = { ...failedList, listing: failure('clockOff', 'setClock', 's3.ap-northeast-1.amazonaws.com') }
const filter = async (text: string) => {
  await press('open-filter')
  await type('filter', text)
}
/** Down to this line, then its details. */
async function detailsOf(line: number, open = 'Enter'): Promise<void> {
  // What arrives comes above it.
  await part('listing-row', line)
  for (let at = 0; at <= line; at += 1) await key('listing', 'ArrowDown')
  await key('listing', open)
}
const newFolder = { kind: 'newFolder', destination: list.destinations[0]!, folder: 'incoming/' } as const
/** The first page is there, and no other comes. */
const onePage = { scene: many, before: (fake) => (fake.list = pageThen(fake, never)) } satisfies Partial<Stories[string]> & { scene: Scene; before: Stories[string]['before'] }
const MILLION = 1_000_000
/** A folder of a million files, none of which is held. */
function million(fake: Fake): void {
  const { loadView, lines } = fake
  const frame = (at: number): Entry => {
    const name = `frame-${String(at).padStart(6, '0')}.tif`
    return { isFolder: false, name, key: `incoming/${name}`, sizeBytes: 2_400_000, modified: '2026-11-23T09:12:00Z', storageClass: 'STANDARD', etag: null, isNew: false }
  }
  fake.loadView = async (view) => ({ ...(await loadView(view)), loaded: MILLION, shown: MILLION, hasMore: false })
  fake.lines = async (view, from, count) => ({ ...(await lines(view, 0, 0)), entries: Array.from({ length: Math.min(count, MILLION - from) }, (_, i) => frame(from + i)) })
}
type FakeList = Parameters<NonNullable<Stories[string]['before']>>[0]

function pageThen(fake: FakeList, more: () => Promise<never>): FakeList['list'] {
  const page = fake.list.bind(fake)
  return (destination, folder, next) => (next === null ? page(destination, folder, next) : more())
}

export const listing: Stories = {
  'files-are-listed': { scene: list, shows: 'listing-row' },
  'a-file-is-chosen': {
    scene: list,
    does: async () => {
      await key('listing', 'ArrowDown')
      await key('listing', 'ArrowDown')
    },
    shows: 'listing-row',
  },
  'a-file-has-a-menu': { scene: list, does: () => pressRight('listing-row', 4), shows: 'entry-menu' },
  'the-listing-is-sorted-by-size': { scene: list, does: () => press('sort-size', 'sort-size'), shows: 'listing-row' },
  'a-sorted-listing-has-more-to-load': { ...onePage, does: () => press('sort-name', 'sort-name'), shows: 'sort-said' },
  'a-long-listing-loads-more': {
    ...onePage,
    does: async () => {
      await part('listing-row')
      await key('listing', 'End')
    },
    shows: 'listing-row',
  },
  'a-long-listing-cannot-load-more': {
    scene: many,
    before: (fake) => (fake.list = pageThen(fake, () => Promise.reject(failure('serverBusy', 'retry', 's3.ap-northeast-1.amazonaws.com')))),
    does: () => key('listing', 'End'),
    shows: 'listing-row',
  },
  'a-million-lines-have-an-end': {
    scene: list,
    before: million,
    does: async () => {
      await part('listing-row')
      await key('listing', 'End')
    },
    shows: 'listing-row',
  },
  'a-folder-inside-is-open': { scene: list, does: ({ sandglass }) => sandglass.destinations.openFolder('d1', 'incoming/2026-11/'), shows: 'listing-row' },
  'a-deep-folder-is-open': {
    scene: list,
    does: ({ sandglass }) => sandglass.destinations.openFolder('d1', 'incoming/2026-11/a survey of the reef in the north/調査の記録/day-02/second attempt/'),
    shows: 'picture-empty',
  },
  'several-lines-are-chosen': { scene: list, does: () => key('listing', 'a', { ctrlKey: true }), shows: 'chosen' },
  'the-details-of-a-file': { scene: list, does: () => detailsOf(4), shows: 'details-not-ours' },
  'the-details-of-what-this-computer-stored': { scene: { ...uploading, rows: uploading.rows.filter(({ state }) => state === 'stored') }, does: () => detailsOf(2), shows: 'details-pane' },
  'the-details-of-a-folder': { scene: list, does: () => detailsOf(0, ' '), shows: 'details-pane' },
  'a-download-goes-on': {
    scene: extras,
    before: (fake) => (fake.downloads.stallsAfter = 1),
    does: ({ sandglass }) => {
      const { destinations, entries } = extras
      for (const wanted of [entries.filter(({ isFolder }) => !isFolder).slice(0, 3), entries.slice(-1)]) sandglass.objects.download(destinations[0]!, wanted)
    },
    shows: 'download-line',
  },
  'the-details-of-what-was-replaced-since': {
    scene: { ...uploading, rows: uploading.rows.filter(({ state }) => state === 'stored') },
    before: (fake) => {
      const receiptOf = fake.receiptOf.bind(fake)
      fake.receiptOf = async (...asked) => {
        const receipt = await receiptOf(...asked)
        return receipt && { ...receipt, etag: '"5d41402abc4b2a76b9719d911017c592-12"' }
      }
      fake.entries = fake.entries.map((entry) => (entry.isFolder ? entry : { ...entry, etag: '"9bb58f26192e4ba00f01e2e7b136bbd8"' }))
    },
    does: () => detailsOf(2),
    shows: 'details-pane',
  },
  'a-search-finds-nothing': {
    scene: list,
    does: async () => {
      await filter('nowhere')
      await key('filter', 'Enter')
    },
    shows: 'picture-none-found',
  },
  'a-pasted-address-lies-outside': { scene: list, does: () => filter('s3://s3-fs-example-bucket/elsewhere/notes.md'), shows: 'filter-said' },
  'the-details-of-several': {
    scene: list,
    does: async () => {
      await key('listing', 'a', { ctrlKey: true })
      await key('listing', ' ')
    },
    shows: 'details-pane',
  },
  'the-role-allows-more': { scene: extras, does: () => detailsOf(4), shows: 'extras' },
  'the-menu-of-a-richer-role': { scene: extras, does: () => pressRight('listing-row', 4), shows: 'menu-delete' },
  'deleting-asks': {
    scene: extras,
    does: async () => {
      await detailsOf(4)
      await press('delete')
    },
    shows: 'delete-sheet',
  },
  'a-link-was-copied': {
    scene: extras,
    does: async () => {
      await detailsOf(4)
      await press('copy-link')
    },
    shows: 'news',
  },
  'a-new-folder-is-named': { scene: list, does: ({ sandglass }) => (sandglass.panel = newFolder), shows: 'new-folder-sheet' },
  'a-new-folder-is-there-already': {
    scene: list,
    does: async ({ sandglass }) => {
      sandglass.panel = newFolder
      await type('field-folderName', '2026-11')
      await press('new-folder-submit')
    },
    shows: 'why-folderName',
  },
  'everything-below-is-searched': {
    scene: list,
    does: async () => {
      await filter('wav')
      await press('search-below')
    },
    shows: 'search-end',
  },
  'a-search-runs': {
    ...onePage,
    does: async () => {
      await filter('0')
      await press('search-below')
    },
    shows: 'filter-stop',
  },
  'the-sandbox-is-empty': { scene: sandbox, shows: 'add-samples' },
  'nothing-can-be-pasted': { scene: list, before: (fake) => (fake.hasCopied = false), does: ({ sandglass }) => sandglass.paste(), shows: 'notice' },
  'the-filter-is-open': { scene: list, does: () => press('open-filter'), shows: 'filter-bar' },
  'the-filter-finds-two': { scene: list, does: () => filter('take'), shows: 'filter-said' },
  'the-filter-finds-nothing': { scene: list, does: () => filter('harbour at night'), shows: 'filter-none' },
  'the-filter-can-look-further': { ...onePage, does: () => filter('09'), shows: 'filter-search' },
  'the-filter-looks-further': {
    ...onePage,
    does: async () => {
      await filter('frame-09')
      await press('filter-search')
    },
    shows: 'filter-stop',
  },
  'a-pasted-address-leads-there': { scene: list, does: () => filter('s3://s3-fs-example-bucket/incoming/2026-11/day-01.wav'), shows: 'filter-go' },
  'a-pasted-address-leads-elsewhere': { scene: list, does: () => filter('s3://example-archive/2025/take-001.wav'), shows: 'filter-said' },
  'the-folder-is-empty': { scene: empty, shows: 'picture-empty' },
  'the-list-is-denied': { scene: denied, shows: 'copy-policy' },
  'the-corrected-policy-is-copied': { scene: denied, does: () => pressToCopy('copy-policy'), shows: 'copy-policy' },
  'the-list-is-out-of-reach': { scene: offline, shows: 'picture-offline' },
  'the-list-failed': { scene: failedList, shows: 'picture-failed' },
  'the-list-failed-for-a-wrong-clock': { scene: clockOff, shows: 'picture-failed' },
  'the-list-is-loading': { scene: loading, shows: 'picture-loading' },
  'files-hang-over-the-window': { scene: drop, shows: 'drop-overlay' },
  'files-hang-over-a-folder': {
    scene: list,
    does: async ({ fake }) => {
      const { left, top } = (await part('listing-row', 1)).getBoundingClientRect()
      fake.say({ kind: 'dropHover', items: 3, at: { x: left + 60, y: top + 15 } })
    },
    shows: 'drop-overlay',
  },
  'something-hangs-over-the-window': { scene: list, does: ({ fake }) => fake.say({ kind: 'dropHover', items: 0, at: null }), shows: 'drop-overlay' },
}
