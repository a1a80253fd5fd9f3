// What a story is.
import type { Failure } from '../src/ipc/bindings'
import type { Fake } from '../src/ipc/fake'
import type { Scene } from '../src/ipc/scenes'
import type { Sandglass } from '../src/state/sandglass.svelte'

export interface Telling {
  fake: Fake
  sandglass: Sandglass
}

/** The window in one state, brought there without a person. Its name is a sentence. */
export interface Story {
  scene: Scene
  /** Before the window is there: what the fake answers otherwise. */
  before?: (fake: Fake) => unknown
  /** What the person does then. */
  does?: (telling: Telling) => unknown
  /** The part that must be seen in the end. */
  shows: string
}

export type Stories = Record<string, Story>

/** What never comes: the window as it looks meanwhile. */
export const never = () => new Promise<never>(() => {})

export function refuses(failure: Failure): () => Promise<never> {
  return () => Promise.reject(failure)
}
