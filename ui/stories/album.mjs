// The approved pictures, and what differs from them.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'
import { packed } from './packed.mjs'

/** How far a pixel's colour may be off, from 0 to 1. */
const THRESHOLD = 0.1
/** How many of the pixels may be off: less than a word. */
const MOST_DIFFERENT = 0.0005
/** Which browser and letters drew the approved ones: others draw every word otherwise. */
const DRAWN_BY = 'drawn-by.txt'

export class Album {
  /** `approved` is kept in the repository; in `seen` is what a person must look at. */
  constructor(root, approved, seen) {
    this.root = root
    this.approved = approved
    this.seen = seen
    rmSync(seen, { recursive: true, force: true })
    for (const folder of [approved, seen]) mkdirSync(folder, { recursive: true })
  }

  has(name) {
    return existsSync(this.#fileOf(name))
  }

  isAsApproved(name, bytes) {
    return this.has(name) && this.#difference(this.#fileOf(name), bytes).isSame
  }

  /** A sentence when it is another picture than the approved one. */
  compare(name, bytes) {
    const file = this.#fileOf(name)
    if (!this.has(name)) return `${name} has no approved picture; the one that was seen is ${this.#keep(`${name}.png`, bytes)}.`
    const { isSame, words, shown } = this.#difference(file, bytes)
    if (isSame) return null
    const pictures = [this.#keep(`${name}.png`, bytes), ...(shown ? [this.#keep(`${name}.diff.png`, PNG.sync.write(shown))] : [])]
    return `${name} ${words}; see ${pictures.join(' and ')}.`
  }

  #difference(file, bytes) {
    const [was, is] = [PNG.sync.read(readFileSync(file)), PNG.sync.read(bytes)]
    if (was.width !== is.width || was.height !== is.height) return { isSame: false, words: `is ${is.width} x ${is.height} and was ${was.width} x ${was.height}`, shown: null }
    const shown = new PNG({ width: is.width, height: is.height })
    const part = pixelmatch(was.data, is.data, shown.data, is.width, is.height, { threshold: THRESHOLD }) / (is.width * is.height)
    return { isSame: part <= MOST_DIFFERENT, words: `differs in ${(part * 100).toFixed(2)} % of its pixels`, shown }
  }

  approve(name, bytes) {
    writeFileSync(this.#fileOf(name), packed(bytes))
  }

  /** A sentence when they were drawn by another browser, or with other letters, than these. */
  drawnElsewhere(hand) {
    const file = join(this.approved, DRAWN_BY)
    const was = existsSync(file) ? readFileSync(file, 'utf8').trim() : hand
    return was === hand ? null : `The approved pictures were drawn by ${was}; these by ${hand}.`
  }

  sign(hand) {
    writeFileSync(join(this.approved, DRAWN_BY), `${hand}\n`)
  }

  /** Approved pictures that no story draws any more. */
  leftOver(names) {
    const drawn = new Set(names.map((name) => `${name}.png`))
    return readdirSync(this.approved).filter((file) => file !== DRAWN_BY && !drawn.has(file))
  }

  remove(file) {
    rmSync(join(this.approved, file))
  }

  #fileOf(name) {
    return join(this.approved, `${name}.png`)
  }

  #keep(file, bytes) {
    const path = join(this.seen, file)
    writeFileSync(path, bytes)
    return relative(this.root, path)
  }
}
