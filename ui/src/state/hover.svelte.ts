// Files that hang over the window.

/** Some window managers never say that the drag has left. */
const FORGET_AFTER_MS = 3000

export class DropHover {
  isOver = $state.raw(false)
  items = $state.raw(0)
  #timer: ReturnType<typeof setTimeout> | undefined

  receive(items: number | null): void {
    clearTimeout(this.#timer)
    this.isOver = items !== null
    this.items = items ?? 0
    if (items !== null) this.#timer = setTimeout(() => this.receive(null), FORGET_AFTER_MS)
  }
}
