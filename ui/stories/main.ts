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
window.stories = {
  names: () => telling.then(({ names }) => names),
  tell: (query) => telling.then(({ tell }) => tell(new URLSearchParams(query))),
  check: (axe) => import('./checks').then(({ findings }) => findings(axe)),
}
void window.stories.tell(location.search).then(() => (document.documentElement.dataset['ready'] = ''))
