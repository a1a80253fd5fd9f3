// Draws a story: the app on the fake, and then what the person does.
import { mount, unmount } from 'svelte'
import App from '../src/App.svelte'
import { Fake } from '../src/ipc/fake'
import { overwriteGetLocale } from '../src/paraglide/runtime.js'
import { Sandglass } from '../src/state/sandglass.svelte'
import { useLanguage } from '../src/texts/language'
import All from './All.svelte'
import { part } from './hands'
import { calm, drawn, restart } from './still'
import { MAIN, STORIES } from './told'

export const names = { all: Object.keys(STORIES), main: MAIN }
const target = document.getElementById('app') as HTMLElement
let shown: Record<string, unknown> | null = null

function speak(query: URLSearchParams): void {
  useLanguage([query.get('lang') === 'ja' ? 'ja-JP' : 'en-GB'])
  // Compiled for the stories only; see texts.mjs.
  if (query.get('texts') === 'long') overwriteGetLocale(() => 'en-XA' as 'en')
  document.documentElement.style.colorScheme = query.get('theme') ?? ''
}

/** Nothing of the story before stays. */
async function clear(): Promise<void> {
  if (shown) await unmount(shown)
  shown = null
  restart()
}

export async function tell(query: URLSearchParams): Promise<void> {
  await clear()
  speak(query)
  const name = query.get('story')
  if (name === null) {
    shown = mount(All, { target })
    return
  }
  const story = STORIES[name]
  if (!story) throw new Error(`There is no story ${name}.`)
  const fake = new Fake({ ...story.scene, moves: false })
  story.before?.(fake)
  const sandglass = new Sandglass(fake)
  shown = mount(App, { target, props: { sandglass } })
  await calm()
  await story.does?.({ fake, sandglass })
  const seen = await part(story.shows)
  // A form, and a way of setting up, is longer than a small window.
  if (seen.closest('form, [role=tabpanel]')) {
    // The browser brings a field that got the focus into sight some time later; what is scrolled before that does not stay.
    await drawn()
    seen.scrollIntoView({ block: 'nearest' })
  }
  await drawn()
}
