// Where the keyboard goes when what had it is gone: the list is what the window is for.

/** The list of the folder; null while a picture stands in its place. */
export function theListing(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-part="listing"]')
}

export function focusListing(): void {
  theListing()?.focus({ preventScroll: true })
}
