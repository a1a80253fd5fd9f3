// What jsdom lacks of a browser.
import { cleanup } from '@testing-library/svelte'
import { afterEach, beforeEach } from 'vitest'
import { useLanguage } from '../src/texts/language'

globalThis.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
HTMLCanvasElement.prototype.getContext = () => null
HTMLElement.prototype.showPopover = () => {}
Element.prototype.scrollIntoView = () => {}
window.matchMedia = (media) => Object.assign(new EventTarget(), { media, matches: false }) as unknown as MediaQueryList
HTMLDialogElement.prototype.showModal = function () {
  this.open = true
}
HTMLDialogElement.prototype.close = function () {
  this.open = false
}

beforeEach(() => {
  localStorage.clear()
  useLanguage(['en-GB'])
})
afterEach(() => cleanup())

// jsdom has no layout: nothing lies anywhere, until a test says so.
document.elementFromPoint ??= () => null
