// How the drawer of uploads stands; the same for all destinations.
import { keep, kept } from './kept'

const HEIGHT = 'drawer-height'
const UNGROUPED = 'drawer-ungrouped'

function keptHeight(): number | null {
  const height = Number(kept(HEIGHT))
  return Number.isFinite(height) && height > 0 ? height : null
}

export class Drawer {
  isOpen = $state.raw(true)
  /** Of the rows, at most, in pixels; null is the usual height. */
  height = $state.raw<number | null>(keptHeight())
  isGrouped = $state.raw(kept(UNGROUPED) === null)

  resize(height: number | null): void {
    this.height = height === null ? null : Math.round(height)
    keep(HEIGHT, this.height === null ? null : String(this.height))
  }

  group(isGrouped: boolean): void {
    this.isGrouped = isGrouped
    keep(UNGROUPED, isGrouped ? null : 'yes')
  }
}
