/** Puts text on the clipboard. The second way is for webviews that keep `navigator.clipboard` from a custom scheme. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    field.className = 'unseen'
    const before = document.activeElement
    document.body.append(field)
    field.select()
    document.execCommand('copy')
    field.remove()
    if (before instanceof HTMLElement) before.focus()
  }
}
