// One story by `?story=NAME&lang=ja&theme=dark`, or the list of all.
import './still'
import '../src/style/tokens.css'
import '../src/style/base.css'
import './still.css'
import type { Axe } from './checks'

declare global {
  interface Window {
    stories: { names: Promise<{ all: string[]; main: string[] }>; told: Promise<void>; check: (axe: Axe) => Promise<string[]> }
  }
}

const query = new URLSearchParams(location.search)
const story = query.get('story')

// After this file, whose clock it goes by.
const told = import('./tell')
window.stories = {
  names: told.then(({ names }) => names),
  told: told.then(({ tell, showAll }) => (story === null ? showAll() : tell(story, query))),
  check: (axe) => import('./checks').then(({ findings }) => findings(axe)),
}
await window.stories.told
document.documentElement.dataset['ready'] = ''
