// What is in the bucket, and why it cannot be seen.
import { failure } from '../../src/ipc/fake'
import { SCENES, type Scene } from '../../src/ipc/scenes'
import { key, part, press, pressRight, type } from '../hands'
import { never, type Stories } from '../story'

const { list, many, empty, denied, offline, failedList, loading, drop } = SCENES
const clockOff: Scene = { ...failedList, listing: failure('clockOff', 'setClock', 's3.ap-northeast-1.amazonaws.com') }
const filter = async (text: string) => {
  await press('open-filter')
  await type('filter', text)
}
/** The first page is there, and no other comes. */
const onePage = { scene: many, before: (fake) => (fake.list = pageThen(fake, never)) } satisfies Partial<Stories[string]> & { scene: Scene; before: Stories[string]['before'] }
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
  'a-folder-inside-is-open': { scene: list, does: ({ sandglass }) => sandglass.destinations.openFolder('d1', 'incoming/2026-11/'), shows: 'listing-row' },
  'a-deep-folder-is-open': {
    scene: list,
    does: ({ sandglass }) => sandglass.destinations.openFolder('d1', 'incoming/2026-11/a survey of the reef in the north/調査の記録/day-02/second attempt/'),
    shows: 'picture-empty',
  },
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
  'the-corrected-policy-is-copied': { scene: denied, does: () => press('copy-policy'), shows: 'copy-policy' },
  'the-list-is-out-of-reach': { scene: offline, shows: 'picture-offline' },
  'the-list-failed': { scene: failedList, shows: 'picture-failed' },
  'the-list-failed-for-a-wrong-clock': { scene: clockOff, shows: 'picture-failed' },
  'the-list-is-loading': { scene: loading, shows: 'picture-loading' },
  'files-hang-over-the-window': { scene: drop, shows: 'drop-overlay' },
  'something-hangs-over-the-window': { scene: list, does: ({ fake }) => fake.say({ kind: 'dropHover', items: 0, at: null }), shows: 'drop-overlay' },
}
