// Files that hang over the window, and the folder that they would fall into.
import type { Point } from '../ipc/bindings'

/** Some window managers never say that the drag has left. */
const FORGET_AFTER_MS = 3000

export class DropHover {
  isOver = $state.raw(false)
  items = $state.raw(0)
  /** The folder whose row is under them; null for the one that is shown. */
  target = $state.raw<string | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined

  receive(items: number | null, at: Point | null): void {
    clearTimeout(this.#timer)
    this.isOver = items !== null
    this.items = items ?? 0
    this.target = at && folderAt(at)
    if (items !== null) this.#timer = setTimeout(() => this.receive(null, null), FORGET_AFTER_MS)
  }
}

/** The page knows best what lies where. */
export function folderAt({ x, y }: Point): string | null {
  return document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-folder]')?.dataset.folder ?? null
}
