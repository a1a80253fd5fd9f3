// What a sheet is about comes into sight, though the sheet opens at its title.

const placed = new WeakMap<HTMLDialogElement, () => void>()

/** Brings what a sheet is about into sight, also when that is there before the sheet has shown its top. */
export function place(element: HTMLElement, block: ScrollLogicalPosition): void {
  const bring = () => element.scrollIntoView({ block })
  const dialog = element.closest('dialog')
  if (dialog) placed.set(dialog, bring)
  bring()
}

/** Shows a sheet's top, and then what was placed. */
export function showTop(dialog: HTMLDialogElement): void {
  dialog.scrollTop = 0
  placed.get(dialog)?.()
}
