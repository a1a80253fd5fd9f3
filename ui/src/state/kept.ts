// How the window looked when it was closed: kept by the page itself, since Rust has no use for it. A webview
// may have no place for it; then the window opens as usual.

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`sandglass.${name}`)
  } catch {
    return null
  }
}

/** Null forgets it. */
export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`sandglass.${name}`)
    else localStorage.setItem(`sandglass.${name}`, value)
  } catch {
    // As usual the next time.
  }
}
