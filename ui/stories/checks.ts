// What must hold of every story: no text is cut or lies on another one, the window does not scroll, and axe finds nothing.

/** Where glyphs end between two pixels. */
const SLACK = 1
/** Letters may reach into the next line's leading. */
const OVERLAP = 3

interface Words {
  text: string
  element: HTMLElement
  boxes: DOMRect[]
}

/** For a screen reader only. */
function isClipped(element: HTMLElement | null): boolean {
  return element !== null && (getComputedStyle(element).clipPath === 'inset(50%)' || isClipped(element.parentElement))
}

function isSeen(element: HTMLElement): boolean {
  return element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !isClipped(element)
}

/** The layer over everything, when one is open: what lies under it is not read. */
function topLayer(): HTMLElement {
  const over = [...document.querySelectorAll<HTMLElement>('dialog[open], [popover]:popover-open, [data-part="drop-overlay"]')]
  return over.at(-1) ?? document.body
}

function wordsOf(root: HTMLElement): Words[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const words: Words[] = []
  while (walker.nextNode()) {
    const node = walker.currentNode
    const text = (node.textContent ?? '').trim()
    const element = node.parentElement
    if (text === '' || !element || element.closest('option') || !isSeen(element)) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    words.push({ text, element, boxes: [...range.getClientRects()] })
  }
  return words
}

function named({ text, element }: Words): string {
  const part = element.closest<HTMLElement>('[data-part]')?.dataset['part'] ?? element.tagName.toLowerCase()
  return `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}” in ${part}`
}

/** The first box around it that hides what is outside of itself; null where the text can be scrolled into sight first. */
function clipOf(element: HTMLElement, axis: 'X' | 'Y'): HTMLElement | null {
  for (let box: HTMLElement | null = element; box && box !== document.body; box = box.parentElement) {
    const overflow = getComputedStyle(box)[`overflow${axis}`]
    if (overflow === 'auto' || overflow === 'scroll') return null
    if ((overflow === 'hidden' || overflow === 'clip') && getComputedStyle(box).display !== 'inline') return box
    // The top layer is cut by nothing.
    if (box.matches('dialog, [popover]')) return null
  }
  return document.body
}

/** Three dots, with the whole text at hand. */
function isShortened(element: HTMLElement, clip: HTMLElement): boolean {
  const isTitled = element.closest('[title]:not([title=""])') !== null
  return isTitled && getComputedStyle(clip).textOverflow === 'ellipsis'
}

function cutTexts(words: readonly Words[]): string[] {
  return words.flatMap((one) => {
    const across = clipOf(one.element, 'X')
    const down = clipOf(one.element, 'Y')
    const room = across?.getBoundingClientRect()
    const height = down?.getBoundingClientRect()
    const isCut = one.boxes.some((box) => room && (box.right > room.right + SLACK || box.left < room.left - SLACK))
    const isLow = one.boxes.some((box) => height && (box.bottom > height.bottom + OVERLAP || box.top < height.top - OVERLAP))
    if (isCut && across && !isShortened(one.element, across)) return [`${named(one)} is cut off at its side.`]
    return isLow ? [`${named(one)} is cut off above or below.`] : []
  })
}

/** What stays in sight while the rest scrolls under it, or stands where it was put. */
function plane(element: HTMLElement): Element | null {
  for (let box: HTMLElement | null = element; box; box = box.parentElement) {
    if (['sticky', 'absolute', 'fixed'].includes(getComputedStyle(box).position)) return box
  }
  return null
}

/** The part of a box that is not scrolled out of sight. */
function inSight(box: DOMRect, element: HTMLElement): DOMRect {
  let { left, right, top, bottom } = box
  for (let around: HTMLElement | null = element; around && around !== document.body; around = around.parentElement) {
    if (getComputedStyle(around).overflowX === 'visible') continue
    const room = around.getBoundingClientRect()
    ;[left, right, top, bottom] = [Math.max(left, room.left), Math.min(right, room.right), Math.max(top, room.top), Math.min(bottom, room.bottom)]
  }
  return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top))
}

function areOver(a: DOMRect, b: DOMRect): boolean {
  return Math.min(a.right, b.right) - Math.max(a.left, b.left) > OVERLAP && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > OVERLAP
}

function overlaps(words: readonly Words[]): string[] {
  const seen = words.map((one) => ({ one, plane: plane(one.element), boxes: one.boxes.map((box) => inSight(box, one.element)) }))
  const found: string[] = []
  for (const [i, a] of seen.entries()) {
    for (const b of seen.slice(i + 1)) {
      if (a.plane !== b.plane || !a.boxes.some((box) => b.boxes.some((other) => areOver(box, other)))) continue
      found.push(`${named(a.one)} lies on ${named(b.one)}.`)
    }
  }
  return found
}

/** A placeholder and a chosen word have no text nodes of their own. */
function cutFields(root: HTMLElement): string[] {
  const canvas = document.createElement('canvas').getContext('2d')
  return [...root.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')].filter(isSeen).flatMap((field) => {
    const text = field instanceof HTMLSelectElement ? (field.selectedOptions[0]?.text ?? '') : field.value === '' ? field.placeholder : ''
    const { font, paddingLeft, paddingRight } = getComputedStyle(field)
    if (!canvas || text === '') return []
    canvas.font = font
    const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)
    return canvas.measureText(text).width > room + SLACK ? [`“${text}” has no room in ${field.dataset['part']}.`] : []
  })
}

function windowRoom(): string[] {
  const { scrollWidth, scrollHeight } = document.documentElement
  const wide = scrollWidth > innerWidth ? [`The window is ${scrollWidth} wide inside and has room for ${innerWidth}.`] : []
  return scrollHeight > innerHeight ? [...wide, `The window is ${scrollHeight} high inside and has room for ${innerHeight}.`] : wide
}

/** What axe looks for: everything, what depends on the colours, nothing. */
export type Axe = 'all' | 'colours' | 'none'

async function barriers(axe: Axe): Promise<string[]> {
  if (axe === 'none') return []
  // Half a megabyte, and only some looks need it.
  const { default: engine } = await import('axe-core')
  const { violations } = await engine.run(document, { resultTypes: ['violations'], ...(axe === 'colours' ? { runOnly: ['color-contrast'] } : {}) })
  return violations.map((one) => `axe, ${one.id}: ${one.help}: ${one.nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`)
}

export async function findings(axe: Axe): Promise<string[]> {
  const layer = topLayer()
  const words = wordsOf(layer)
  return [...windowRoom(), ...cutTexts(words), ...cutFields(layer), ...overlaps(words), ...(await barriers(axe))]
}
