// The whole window over the fake: what a story of a screen begins with.
import { render } from '@testing-library/svelte'
import { tick } from 'svelte'
import App from '../src/App.svelte'
import { Fake } from '../src/ipc/fake'
import type { Scene } from '../src/ipc/scenes'
import { Sandglass } from '../src/state/sandglass.svelte'

export async function openWindow(scene: Scene) {
  const fake = new Fake(scene)
  const sandglass = new Sandglass(fake)
  const { container } = render(App, { sandglass })
  await tick()
  return { fake, sandglass, container }
}

/** The element with this `data-part`; the stories of the real window use the same names. */
export function part(name: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-part="${name}"]`)
  if (!found) throw new Error(`no ${name} in ${document.body.innerHTML.slice(0, 2000)}`)
  return found
}

export function parts(name: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-part="${name}"]`)]
}
