// What a person does in a story: presses, types, and waits until something is there.
import { calm, frame } from './still'

const MOST_FRAMES = 120

export function parts(name: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-part="${name}"]`)]
}

/** The element with this `data-part`, as soon as it is there; the `at`th of several, the last one for -1. */
export async function part(name: string, at = 0): Promise<HTMLElement> {
  for (let frames = 0; frames < MOST_FRAMES; frames += 1) {
    const found = parts(name).at(at)
    if (found) return found
    await frame()
  }
  throw new Error(`There is no ${name}.`)
}

/** One after the other. */
export async function press(...names: string[]): Promise<void> {
  for (const name of names) {
    const button = await part(name)
    button.click()
    await calm()
  }
}

/** Presses what copies: without a person's hand WebKit lets nothing onto the clipboard, so here is one that takes it. */
export async function pressToCopy(name: string): Promise<void> {
  const clipboard: Pick<Clipboard, 'writeText'> = { writeText: () => Promise.resolve() }
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: clipboard })
  await press(name)
}

export async function type(name: string, text: string): Promise<void> {
  const field = (await part(name)) as HTMLInputElement
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
  await calm()
}

export async function choose(name: string, value: string): Promise<void> {
  const field = (await part(name)) as HTMLSelectElement
  field.value = value
  field.dispatchEvent(new Event('change', { bubbles: true }))
  await calm()
}

export async function key(name: string, key: string, more: KeyboardEventInit = {}): Promise<void> {
  const target = await part(name)
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
  await calm()
}

/** The menu of the `at`th of these opens where the pointer is. */
export async function pressRight(name: string, at: number): Promise<void> {
  const row = await part(name, at)
  const { left, top } = row.getBoundingClientRect()
  row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: left + 120, clientY: top + 16 }))
  await calm()
}
