// Every story, in the order in which a person meets them.
import type { Stories } from '../story'
import { examinations, repairs, setups } from './account'
import { keys } from './keys'
import { listing } from './listing'
import { sessions } from './sessions'
import { settings } from './settings'
import { start } from './start'
import { uploads } from './uploads'

export const CHAPTERS: Record<string, Stories> = { start, listing, uploads, sessions, keys, examinations, repairs, setups, settings }
export const STORIES: Stories = Object.assign({}, ...Object.values(CHAPTERS))

/** Drawn in both languages, both themes and both sizes. */
export const MAIN = [
  'the-window-opens-for-the-first-time',
  'files-are-listed',
  'files-are-sent',
  'files-hang-over-the-window',
  'every-kind-of-conflict-asks',
  'files-have-failed',
  'the-session-has-ended',
  'the-destinations-have-a-menu',
  'the-settings-are-open',
  'the-palette-is-open',
]
