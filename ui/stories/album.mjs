// The approved pictures, and what differs from them.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'

/** How far a pixel's colour may be off, from 0 to 1. */
const THRESHOLD = 0.1
/** How many of the pixels may be off. */
const MOST_DIFFERENT = 0.002

export class Album {
  /** `approved` is kept in the repository; in `seen` is what a person must look at. */
  constructor(approved, seen) {
    this.approved = approved
    this.seen = seen
    this.compared = 0
    rmSync(seen, { recursive: true, force: true })
    for (const folder of [approved, seen]) mkdirSync(folder, { recursive: true })
  }

  /** A sentence when it is another picture than the approved one. */
  compare(name, bytes) {
    this.compared += 1
    const file = join(this.approved, `${name}.png`)
    if (!existsSync(file)) return `${name} has no approved picture; the one that was seen is ${this.#keep(`${name}.png`, bytes)}.`
    const [was, is] = [PNG.sync.read(readFileSync(file)), PNG.sync.read(bytes)]
    if (was.width !== is.width || was.height !== is.height) {
      return `${name} is ${is.width} x ${is.height} and was ${was.width} x ${was.height}; see ${this.#keep(`${name}.png`, bytes)}.`
    }
    const off = new PNG({ width: is.width, height: is.height })
    const count = pixelmatch(was.data, is.data, off.data, is.width, is.height, { threshold: THRESHOLD })
    const part = count / (is.width * is.height)
    if (part <= MOST_DIFFERENT) return null
    const seen = this.#keep(`${name}.png`, bytes)
    const shown = this.#keep(`${name}.diff.png`, PNG.sync.write(off))
    return `${name} differs in ${(part * 100).toFixed(2)} % of its pixels; see ${seen} and ${shown}.`
  }

  /** Lossless, and as small as ImageMagick makes it: half of what the browser gives. */
  approve(name, bytes) {
    this.compared += 1
    const size = ['-define', 'png:compression-level=9', '-define', 'png:compression-filter=5']
    const packed = execFileSync('convert', ['png:-', '-strip', ...size, 'png24:-'], { input: bytes, maxBuffer: 64 * 1024 * 1024 })
    writeFileSync(join(this.approved, `${name}.png`), packed)
  }

  /** Approved pictures that no story draws any more. */
  leftOver(names) {
    const drawn = new Set(names.map((name) => `${name}.png`))
    return readdirSync(this.approved).filter((file) => !drawn.has(file))
  }

  remove(file) {
    rmSync(join(this.approved, file))
  }

  #keep(file, bytes) {
    const path = join(this.seen, file)
    writeFileSync(path, bytes)
    return relative(process.cwd(), path)
  }
}
