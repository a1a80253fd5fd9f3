// Views in memory, for the fake: what `crates/app/src/app/views.rs` does, as simply as tests and story pages need it.
import { asFailure } from './backend'
import type { Change, Entry, Failure, Lines, Order, View } from './bindings'

/** A page as a server tells it. */
export interface Page {
  entries: Entry[]
  next: string | null
}
export type List = (destination: string, folder: string, next: string | null, isRecursive: boolean) => Promise<Page>

interface Open {
  destination: string
  folder: string
  find: string
  listed: Entry[]
  arrived: Entry[]
  shown: readonly Entry[]
  words: string
  order: Order | null
  next: string | null
  edition: number
  looked: number
  asked: number
  isLooking: boolean
  failure: Failure | null
}

export class FakeViews {
  #list: List
  #tell: (change: Change) => void
  #open = new Map<number, Open>()
  #last = 0

  constructor(list: List, tell: (change: Change) => void = () => {}) {
    this.#list = list
    this.#tell = tell
  }

  async openView(destination: string, folder: string, find: string | null): Promise<number> {
    const nothing = { listed: [], arrived: [], shown: [], words: '', order: null, next: null, failure: null }
    this.#open.set(++this.#last, { ...nothing, destination, folder, find: find ?? '', edition: 0, looked: 0, asked: 0, isLooking: false })
    return this.#last
  }

  async closeView(id: number): Promise<void> {
    this.#open.delete(id)
  }

  async loadView(id: number): Promise<View> {
    const open = this.#of(id)
    const asked = ++open.asked
    const page = await this.#page(open, null)
    if (asked !== open.asked) return this.#view(id)
    const listed = new Set(page.entries.map(({ key }) => key))
    open.arrived = open.arrived.filter(({ key }) => !listed.has(key))
    open.listed = []
    open.looked = 0
    return this.#take(id, page)
  }

  async readOn(id: number): Promise<View> {
    const open = this.#of(id)
    const { next, asked } = open
    if (next === null) return this.#view(id)
    const page = await this.#page(open, next)
    return asked === open.asked && next === open.next ? this.#take(id, page) : this.#view(id)
  }

  async lookThrough(id: number): Promise<void> {
    const open = this.#of(id)
    open.isLooking = true
    open.failure = null
    try {
      if (open.looked === 0) this.#told(id, await this.loadView(id))
      while (open.isLooking && open.next !== null) this.#told(id, await this.readOn(id))
    } catch (thrown) {
      open.failure = asFailure(thrown)
    }
    open.isLooking = false
    this.#told(id, this.#view(id))
  }

  async stopLooking(id: number): Promise<void> {
    this.#of(id).isLooking = false
  }

  async arrangeView(id: number, words: string, order: Order | null): Promise<View> {
    Object.assign(this.#of(id), { words, order })
    return this.#arrange(id)
  }

  async lines(id: number, from: number, count: number): Promise<Lines> {
    const { edition, shown } = this.#of(id)
    return { edition, entries: shown.slice(from, from + count) }
  }

  async findLine(id: number, key: string): Promise<number | null> {
    const place = this.#of(id).shown.findIndex((entry) => entry.key === key)
    return place < 0 ? null : place
  }

  /** What was stored shows in the open views of its destination. */
  arrive(destination: string, entries: readonly Entry[]): void {
    for (const [id, open] of this.#open) {
      if (open.destination !== destination) continue
      // Of one new folder several objects may come at once.
      const inside = [...new Map(entries.flatMap((entry) => childOf(entry, open.folder)).map((entry) => [entry.key, entry])).values()]
      if (inside.length === 0) continue
      const keys = new Set(inside.map(({ key }) => key))
      const knowsFolder = new Set(open.listed.filter(({ isFolder }) => isFolder).map(({ key }) => key))
      open.listed = open.listed.filter(({ key, isFolder }) => isFolder || !keys.has(key)).concat(inside.filter(({ key, isFolder }) => isFolder && !knowsFolder.has(key)))
      open.arrived = [...inside.filter(({ isFolder }) => !isFolder).reverse(), ...open.arrived.filter(({ key }) => !keys.has(key))]
      this.#told(id, this.#arrange(id))
    }
  }

  /** What was deleted leaves them. */
  remove(destination: string, keys: readonly string[]): void {
    for (const [id, open] of this.#open) {
      if (open.destination !== destination) continue
      open.listed = open.listed.filter(({ key }) => !keys.includes(key))
      open.arrived = open.arrived.filter(({ key }) => !keys.includes(key))
      this.#told(id, this.#arrange(id))
    }
  }

  #of(id: number): Open {
    const open = this.#open.get(id)
    if (!open) throw new Error(`no view ${id}`)
    return open
  }

  async #page(open: Open, next: string | null): Promise<Page> {
    const page = await this.#list(open.destination, open.folder, next, open.find !== '')
    return open.find === '' ? page : { ...page, entries: page.entries.map((entry) => ({ ...entry, name: entry.key.slice(open.folder.length) })) }
  }

  #take(id: number, page: Page): View {
    const open = this.#of(id)
    const known = new Set([...open.listed, ...open.arrived].map(({ key }) => key))
    open.looked += page.entries.length
    open.listed = [...open.listed, ...page.entries.filter(({ key, name }) => !known.has(key) && holds(name, open.find))]
    open.next = page.next
    return this.#arrange(id)
  }

  #arrange(id: number): View {
    const open = this.#of(id)
    const folders = open.listed.filter(({ isFolder }) => isFolder)
    const all = [...folders, ...open.arrived, ...open.listed.filter(({ isFolder }) => !isFolder)]
    open.shown = ordered(all.filter(({ name }) => holds(name, open.words)), open.order)
    open.edition += 1
    return this.#view(id)
  }

  #view(id: number): View {
    const { edition, listed, arrived, shown, looked, next, isLooking, failure } = this.#of(id)
    return { id, edition, loaded: listed.length + arrived.length, shown: shown.length, looked, hasMore: next !== null, isLookingThrough: isLooking, failure }
  }

  #told(id: number, view: View): void {
    this.#tell({ kind: 'viewed', view: { ...view, id } })
  }
}

/** The line of a folder in which an object appears: itself, or the folder that it lies in. */
function childOf(entry: Entry, folder: string): Entry[] {
  const rest = entry.key.startsWith(folder) ? entry.key.slice(folder.length) : ''
  const slash = rest.indexOf('/')
  if (rest === '') return []
  if (slash === -1) return [{ ...entry, name: rest, isNew: true }]
  const name = rest.slice(0, slash)
  return [{ isFolder: true, name, key: `${folder}${name}/`, sizeBytes: null, modified: null, storageClass: null, etag: null, isNew: true }]
}

function holds(name: string, words: string): boolean {
  const plain = (text: string) => text.normalize('NFKC').toLocaleLowerCase()
  return plain(name).includes(plain(words.trim()))
}

const NAMES = new Intl.Collator('ja', { numeric: true })

function ordered(entries: Entry[], order: Order | null): Entry[] {
  if (order === null) return entries
  const compare = {
    name: (a: Entry, b: Entry) => NAMES.compare(a.name, b.name),
    size: (a: Entry, b: Entry) => (a.sizeBytes ?? 0) - (b.sizeBytes ?? 0),
    modified: (a: Entry, b: Entry) => Date.parse(a.modified ?? '') - Date.parse(b.modified ?? '') || 0,
  }[order.by]
  const sign = order.isDescending ? -1 : 1
  return [...entries].sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || sign * compare(a, b))
}
