// Draws a story: the app on the fake, and then what the person does.
import { mount } from 'svelte'
import App from '../src/App.svelte'
import { Fake } from '../src/ipc/fake'
import { overwriteGetLocale } from '../src/paraglide/runtime.js'
import { Sandglass } from '../src/state/sandglass.svelte'
import { useLanguage } from '../src/texts/language'
import All from './All.svelte'
import { part } from './hands'
import { calm, drawn } from './still'
import { MAIN, STORIES } from './told'

export const names = { all: Object.keys(STORIES), main: MAIN }
const target = document.getElementById('app') as HTMLElement

export async function tell(name: string, query: URLSearchParams): Promise<void> {
  const story = STORIES[name]
  if (!story) throw new Error(`There is no story ${name}.`)
  useLanguage([query.get('lang') === 'ja' ? 'ja-JP' : 'en-GB'])
  // Compiled for the stories only; see texts.mjs.
  if (query.get('texts') === 'long') overwriteGetLocale(() => 'en-XA' as 'en')
  document.documentElement.style.colorScheme = query.get('theme') ?? ''
  const fake = new Fake({ ...story.scene, moves: false })
  story.before?.(fake)
  const sandglass = new Sandglass(fake)
  mount(App, { target, props: { sandglass } })
  await calm()
  await story.does?.({ fake, sandglass })
  await part(story.shows)
  await drawn()
}

export async function showAll(): Promise<void> {
  mount(All, { target })
}
