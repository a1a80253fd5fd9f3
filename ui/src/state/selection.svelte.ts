// Which lines of a listing are chosen, and which one the keyboard is at.
//
// Lines are known by key: another order or a line that arrives changes nothing of what is chosen.
import { SvelteMap } from 'svelte/reactivity'
import type { Entry } from '../ipc/bindings'

/** A choice is held whole, a listing is not: so many lines are still few. */
export const MOST_CHOSEN = 10_000

/** Reads lines from this one on. */
type Read = (from: number, count: number) => Promise<readonly Entry[]>

export class Selection {
  readonly chosen = new SvelteMap<string, Entry>()
  /** Where the keyboard is; below zero before it was anywhere. */
  active = $state.raw(-1)
  /** The line that was there when the keyboard came; null until it is known. */
  activeEntry = $state.raw<Entry | null>(null)
  readonly entries: readonly Entry[] = $derived([...this.chosen.values()])
  /** Of the objects; what lies in folders is not known. */
  readonly bytes = $derived(this.entries.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0))

  /** The keyboard was quicker than the line it came to. */
  #awaits = false
  #from = 0
  /** The last wish counts, whichever answer comes first. */
  #wish = 0

  has(key: string): boolean {
    return this.chosen.has(key)
  }

  /** This one and no other. */
  one(at: number, entry: Entry | null): void {
    this.#wish += 1
    this.#from = at
    this.active = at
    this.activeEntry = entry
    this.#awaits = entry === null
    this.#set(entry ? [entry] : [])
  }

  /** This line is there now, where the keyboard is. True: it is another one than the keyboard came to, which has moved. */
  come(entry: Entry): boolean {
    if (this.#awaits) this.one(this.active, entry)
    else if (this.active >= 0) this.activeEntry ??= entry
    return this.active >= 0 && this.activeEntry?.key !== entry.key
  }

  /** Lines have come above the one that the keyboard is at, or gone. */
  shift(by: number): void {
    this.#from += by
    this.active += by
  }

  /** The line that the keyboard was at is gone: it is at the one that has its place. */
  stay(entry: Entry): void {
    this.activeEntry = entry
  }

  /** In or out, and the others as they are. */
  toggle(at: number, entry: Entry): void {
    this.#wish += 1
    this.#awaits = false
    this.#from = at
    this.active = at
    this.activeEntry = entry
    if (!this.chosen.delete(entry.key) && this.chosen.size < MOST_CHOSEN) this.chosen.set(entry.key, entry)
  }

  /** From where the last single one was chosen up to here. */
  async upTo(at: number, entry: Entry | null, read: Read): Promise<void> {
    this.active = at
    this.activeEntry = entry
    const first = Math.max(0, Math.min(this.#from, at))
    await this.#read(first, Math.abs(at - this.#from) + 1, read)
  }

  async all(length: number, read: Read): Promise<void> {
    await this.#read(0, length, read)
  }

  clear(): void {
    this.#wish += 1
    this.#awaits = false
    this.chosen.clear()
  }

  /** They are no longer there. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.chosen.delete(key)
  }

  async #read(from: number, count: number, read: Read): Promise<void> {
    const wish = ++this.#wish
    const entries = await read(from, Math.min(count, MOST_CHOSEN))
    if (wish === this.#wish) this.#set(entries)
  }

  #set(entries: readonly Entry[]): void {
    const keys = new Set(entries.map(({ key }) => key))
    for (const key of this.chosen.keys()) if (!keys.has(key)) this.chosen.delete(key)
    for (const entry of entries) this.chosen.set(entry.key, entry)
  }
}
