/** Puts text on the clipboard; false where the webview refuses. The second way is for webviews that keep `navigator.clipboard` from a custom scheme. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    field.className = 'unseen'
    const before = document.activeElement
    // Beside what has the focus: outside of an open dialog nothing can be selected.
    const beside = before?.closest('dialog') ?? document.body
    beside.append(field)
    field.select()
    const isCopied = document.execCommand('copy')
    field.remove()
    if (before instanceof HTMLElement) before.focus()
    return isCopied
  }
}
