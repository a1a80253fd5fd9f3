// One story by `?story=NAME&lang=ja&theme=dark`, or the list of all. The runner asks for one after the other by `window.stories`.
import './still'
import '../src/style/tokens.css'
import '../src/style/base.css'
import './still.css'
import type { Axe } from './checks'

declare global {
  interface Window {
    stories: {
      names: () => Promise<{ all: string[]; main: string[] }>
      /** Draws one, in the place of the one before. */
      tell: (query: string) => Promise<void>
      /** What is wrong with it, as sentences. */
      check: (axe: Axe) => Promise<string[]>
    }
  }
}

// After this file, whose clock they go by.
const telling = import('./tell')
/** One after the other: two at once would stand in one window. */
let last: Promise<void> = Promise.resolve()

function tellNext(query: string): Promise<void> {
  const told = last.then(() => telling).then(({ tell }) => tell(new URLSearchParams(query)))
  last = told.catch(() => {})
  return told
}

window.stories = {
  names: () => telling.then(({ names }) => names),
  tell: tellNext,
  check: (axe) => import('./checks').then(({ findings }) => findings(axe)),
}
void tellNext(location.search).then(() => (document.documentElement.dataset['ready'] = ''))
