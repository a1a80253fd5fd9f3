// What a row says of itself, in the page's language.
import { m } from '../paraglide/messages.js'
import type { Row } from '../state/row.svelte'
import { durationText, percentText, sizeText } from './format'

type About = Pick<Row, 'conflict' | 'other'>

/** Two or three words beside the choices. */
export function conflictWords({ conflict }: About): string {
  switch (conflict) {
    case 'maybeStored':
      return m.row_maybe_stored()
    case 'sameKey':
      return m.row_same_key()
    case 'caseTwin':
      return m.row_case_twin()
    case 'taken':
    case null:
      return m.row_conflict()
  }
}

/** The same with what it is about; null where the words say it all. */
export function conflictSentence({ conflict, other }: About): string | null {
  switch (conflict) {
    case 'maybeStored':
      return m.row_maybe_stored_words()
    case 'sameKey':
      return other === null ? null : m.row_same_key_words({ other })
    case 'caseTwin':
      return other === null ? null : m.row_case_twin_words({ other })
    case 'taken':
    case null:
      return null
  }
}

export function noteText(row: Pick<Row, 'note'>): string | null {
  if (row.note === null) return null
  return { startedAgain: m.row_note_started_again, fileChanged: m.row_note_file_changed }[row.note]()
}

function storedText(row: Pick<Row, 'proof'>): string {
  return { checksum: m.row_stored, etag: m.row_stored_etag, notReported: m.row_stored_not_reported }[row.proof ?? 'checksum']()
}

/** The words after a row's bar. */
export function stateText(row: Row): string {
  const percent = percentText(row.part)
  const isBegun = row.sentBytes > 0
  switch (row.state) {
    case 'waiting':
      return isBegun ? m.row_waits_at({ percent }) : m.row_waiting()
    case 'sending': {
      const speed = row.bytesPerSecond > 0 ? m.uploads_speed({ size: sizeText(row.bytesPerSecond) }) : null
      return [percent, speed, row.secondsLeft === null ? null : durationText(row.secondsLeft)].filter((part) => part !== null).join(' · ')
    }
    case 'paused':
      return isBegun ? m.row_paused_at({ percent }) : m.row_paused()
    case 'waitingForNetwork':
      return isBegun ? m.row_wait_network_at({ percent }) : m.row_wait_network()
    case 'waitingForSignIn':
      return isBegun ? m.row_waits_at({ percent }) : m.row_wait_sign_in()
    case 'stored':
      return storedText(row)
    case 'cancelled':
      return m.row_cancelled()
    case 'skipped':
      return m.row_skipped()
    case 'conflict':
      return conflictWords(row)
    case 'failed':
      return m.state_failed()
  }
}
