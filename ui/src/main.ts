// First, so that a component's own style wins over the shared one.
import './style/tokens.css'
import './style/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { tauri, type Backend } from './ipc/backend'
import { Sandglass } from './state/sandglass.svelte'
import { useLanguage } from './texts/language'

let wanted = navigator.languages
let backend: Backend = tauri

// In a browser, and only while developing, the window runs on the fake.
if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) {
  const [{ Fake }, { SCENES }] = await Promise.all([import('./ipc/fake'), import('./ipc/scenes')])
  const query = new URLSearchParams(location.search)
  const name = query.get('scene') ?? 'first'
  backend = new Fake(name in SCENES ? SCENES[name as keyof typeof SCENES] : SCENES.first)
  const lang = query.get('lang')
  if (lang) wanted = [lang]
  const theme = query.get('theme')
  if (theme) document.documentElement.style.colorScheme = theme
}

useLanguage(wanted)
const target = document.getElementById('app')
if (target) mount(App, { target, props: { sandglass: new Sandglass(backend) } })
