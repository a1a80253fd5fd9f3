// Rows on their way, what stops them, and what is known of them afterwards.
import { failure } from '../../src/ipc/fake'
import { SCENES, type Scene } from '../../src/ipc/scenes'
import { m } from '../../src/paraglide/messages.js'
import { choose, part, parts, press, type } from '../hands'
import { pass } from '../still'
import { refuses, type Stories, type Telling } from '../story'

const { list, uploading, every, conflict, conflicts, failed, paused, cut, skipped, many, looking, preview, previewDenied, abandoned, quit } = SCENES
/** What lies behind a sheet is other stories' matter. */
const over = (scene: Scene): Scene => ({ ...scene, entries: [] })
const stored: Scene = { ...uploading, rows: uploading.rows.map((row) => ({ ...row, sentBytes: row.sizeBytes, state: 'stored' as const, proof: 'checksum' as const })) }
const [wholePreview] = preview.after
const nothing = (telling: Telling) => {
  if (wholePreview?.kind === 'preview') telling.fake.say({ kind: 'preview', preview: { ...wholePreview.preview, token: 2, files: 0, bytes: 0, folders: 0, twins: [], conflicts: [], conflictCount: 0 } })
}

/** Their speed is known after a second. */
function move({ fake }: Telling): void {
  pass(1000)
  const rows = [...fake.rows.values()].filter((row) => row.state === 'sending')
  fake.say({ kind: 'rowsChanged', rows: rows.map((row) => ({ ...row, sentBytes: row.sentBytes + 19_000_000 })) })
}

async function pressAt(name: string, at: number): Promise<void> {
  ;(await part(name, at)).click()
}

const menuOf = (at: number) => () => pressAt('row-more', at)
const detailsOf = (at: number) => async () => {
  await pressAt('row-more', at)
  await press('menu-details')
}

export const uploads: Stories = {
  'files-are-sent': { scene: uploading, does: move, shows: 'upload-row' },
  'the-drop-is-still-walked': { scene: uploading, does: ({ sandglass }) => (sandglass.uploadsOf('d1').totals = { ...sandglass.uploadsOf('d1').totals, isPlanning: true }), shows: 'totals' },
  'ten-thousand-files-wait': { scene: many, shows: 'upload-row' },
  'rows-say-all-that-can-be-said': { scene: every, shows: 'row-note' },
  'two-files-are-in-the-bucket-already': { scene: conflict, shows: 'row-replace' },
  'every-kind-of-conflict-asks': { scene: conflicts, shows: 'row-send-anyway' },
  'a-choice-is-for-all': { scene: conflicts, does: () => pressAt('row-for-all', 0), shows: 'row-for-all' },
  'files-have-failed': { scene: failed, shows: 'row-retry' },
  'all-files-are-held': { scene: paused, shows: 'resume-all' },
  'the-network-is-cut': { scene: cut, shows: 'outlook' },
  'everything-is-stored': { scene: stored, shows: 'outlook' },
  'the-uploads-are-folded': { scene: uploading, does: () => press('toggle-uploads'), shows: 'totals' },
  'a-row-has-a-menu': { scene: uploading, does: menuOf(0), shows: 'row-menu' },
  'a-drop-is-to-be-cancelled': {
    scene: over(uploading),
    does: async () => {
      await pressAt('row-more', 0)
      await press('menu-cancel-drop')
    },
    shows: 'cancel-drop-sheet',
  },
  'a-failed-row-has-a-menu': { scene: failed, does: menuOf(1), shows: 'row-menu' },
  'the-uploads-have-a-menu': { scene: failed, does: () => press('uploads-menu'), shows: 'uploads-choices' },
  'the-details-of-a-row-being-sent': { scene: over(uploading), does: detailsOf(0), shows: 'details-sheet' },
  'the-details-of-a-stored-row': { scene: over(stored), does: detailsOf(0), shows: 'details-sheet' },
  'the-details-of-a-failed-row': { scene: over(failed), does: detailsOf(1), shows: 'details-sheet' },
  'the-details-of-a-row-that-asks': { scene: over(conflicts), does: detailsOf(3), shows: 'details-sheet' },
  'the-receipts-are-shown': { scene: over(uploading), does: () => press('uploads-menu', 'receipts'), shows: 'past-drop' },
  'there-are-no-receipts': { scene: over({ ...list, drops: [] }), does: () => press('uploads-menu', 'receipts'), shows: 'receipts-sheet' },
  'a-receipt-is-saved': { scene: over(uploading), does: () => press('uploads-menu', 'receipts', 'save-receipts'), shows: 'receipts-said' },
  'a-receipt-cannot-be-saved': {
    scene: over(uploading),
    before: (fake) => (fake.saveReceipts = refuses(failure('fileUnwritable', 'nothing', 'receipts.csv'))),
    does: () => press('uploads-menu', 'receipts', 'save-receipts'),
    shows: 'receipts-said',
  },
  'paths-are-not-added': { scene: over(skipped), shows: 'skipped-sheet' },
  'a-reason-opens-into-its-names': {
    scene: over(skipped),
    does: async () => {
      await part('skipped-row')
      for (const row of parts('skipped-row')) if (row.querySelector('[data-code="leftOut"]')) row.querySelector('summary')?.click()
    },
    shows: 'skipped-name',
  },
  'a-drop-is-looked-at': { scene: over(looking), shows: 'preview-sheet' },
  'a-drop-is-shown-before-it-is-sent': { scene: over(preview), shows: 'preview-conflicts' },
  'the-conflicts-of-a-drop-are-named': {
    scene: over(preview),
    does: async () => {
      ;(await part('preview-conflicts')).querySelector('summary')?.click()
      await choose('preview-choice', 'keepBoth')
    },
    shows: 'preview-choice',
  },
  'a-drop-is-shown-where-the-list-is-denied': { scene: over(previewDenied), shows: 'preview-choice' },
  'a-drop-has-nothing-to-send': { scene: over(list), does: nothing, shows: 'preview-sheet' },
  'parts-were-left-on-the-server': { scene: abandoned, shows: 'abandoned-line' },
  'the-left-parts-are-shown': { scene: over(abandoned), does: () => press('abandoned-show'), shows: 'abandoned-row' },
  'the-left-parts-are-removed': { scene: over({ ...abandoned, notRemovable: 0 }), does: () => press('abandoned-show', 'abandoned-remove'), shows: 'abandoned-said' },
  'some-parts-cannot-be-removed': { scene: over({ ...abandoned, notRemovable: 2 }), does: () => press('abandoned-show', 'abandoned-remove'), shows: 'abandoned-said' },
  'the-window-is-to-close': { scene: over(quit), shows: 'quit-sheet' },
  'the-palette-is-open': { scene: uploading, does: openPalette, shows: 'palette' },
  'the-palette-finds-a-few': {
    scene: uploading,
    does: async () => {
      openPalette()
      await type('palette-field', m.palette_folder())
    },
    shows: 'palette',
  },
  'the-palette-finds-nothing': {
    scene: uploading,
    does: async () => {
      openPalette()
      await type('palette-field', 'zzz')
    },
    shows: 'palette-none',
  },
}

function openPalette(): void {
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }))
}
