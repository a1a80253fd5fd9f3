// The lines of a listing that are in sight, and some around them: however long the listing is, the page holds no more.
import type { Entry, Lines, View } from '../ipc/bindings'

/** Lines asked for at once: more than a tall window shows. */
const AT_ONCE = 200
/** So many pieces are kept, so that scrolling back a little asks nobody. */
const MOST_KEPT = 12

export interface Line {
  at: number
  /** Null until Rust has answered. */
  entry: Entry | null
}

export class LinesInSight {
  length = $state.raw(0)
  /** Grows when lines have come. */
  #come = $state.raw(0)
  #edition = 0
  #kept = new Map<number, Lines>()
  #asked = new Set<number>()
  #ask: (from: number, count: number) => Promise<Lines>

  constructor(ask: (from: number, count: number) => Promise<Lines>) {
    this.#ask = ask
  }

  receive(view: View): void {
    this.#edition = view.edition
    this.length = view.shown
    // What is in sight is asked for anew; until it comes, what was there stands.
    this.#come += 1
  }

  /** What an array does, for whoever draws a window of it. */
  slice(from: number, to: number): Line[] {
    void this.#come
    const lines: Line[] = []
    const seen = new Set<string>()
    for (let at = from; at < Math.min(to, this.length); at += 1) {
      const entry = this.#entry(at)
      // An old piece beside a new one may tell a line twice; the old one is on its way out.
      const isTwice = entry !== null && seen.size === seen.add(entry.key).size
      lines.push({ at, entry: isTwice ? null : entry })
    }
    return lines
  }

  at(place: number): Entry | null {
    void this.#come
    return place < 0 || place >= this.length ? null : this.#entry(place)
  }

  #entry(at: number): Entry | null {
    const piece = Math.floor(at / AT_ONCE)
    const kept = this.#kept.get(piece)
    // A newer one than was heard of is on its way to being heard of.
    if (kept === undefined || kept.edition < this.#edition) void this.#fetch(piece)
    return kept?.entries[at - piece * AT_ONCE] ?? null
  }

  async #fetch(piece: number): Promise<void> {
    if (this.#asked.has(piece)) return
    this.#asked.add(piece)
    try {
      const lines = await this.#ask(piece * AT_ONCE, AT_ONCE)
      this.#kept.delete(piece)
      this.#kept.set(piece, lines)
      const [oldest] = this.#kept.keys()
      if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
      this.#come += 1
    } catch {
      // The view was closed meanwhile: nobody looks.
    } finally {
      this.#asked.delete(piece)
    }
  }
}
