// One folder of a bucket as the window shows it: its pages, what has just arrived, and why there is nothing to see.
//
// Denied, empty, loading, signed out and offline are five states and five pictures.
import { asFailure, type Backend } from '../ipc/backend'
import type { Entry, Failure } from '../ipc/bindings'

export type Column = 'name' | 'size' | 'modified'
export interface Order {
  by: Column
  isDescending: boolean
}

export type ListingState = 'loading' | 'empty' | 'denied' | 'signedOut' | 'offline' | 'failed' | 'loaded'

export class Listing {
  readonly destination: string
  readonly folder: string

  #folders = $state.raw<readonly Entry[]>([])
  #arrived = $state.raw<readonly Entry[]>([])
  #objects = $state.raw<readonly Entry[]>([])
  #arrivedKeys = $state.raw<ReadonlySet<string>>(new Set())
  #next = $state.raw<string | null>(null)

  state = $state.raw<ListingState>('loading')
  failure = $state.raw<Failure | null>(null)
  isLoadingMore = $state.raw(false)
  /** Folders, then what arrived (newest first), then objects in the server's order. */
  readonly entries: readonly Entry[] = $derived.by(() => [...this.#folders, ...this.#arrived, ...this.#objects])
  readonly hasMore = $derived(this.#next !== null)
  /** A part of a name. Only what is loaded is looked at. */
  filter = $state.raw('')
  /** Null is the server's own order. */
  order = $state.raw<Order | null>(null)
  /** What is loaded, as the person wants to see it. */
  readonly shown: readonly Entry[] = $derived(ordered(filtered(this.entries, this.filter), this.order))
  /** The rest of the folder is being looked through. */
  isSearching = $state.raw(false)
  /** The key that a pasted address names; it is shown once it is loaded. */
  sought = $state.raw<string | null>(null)

  #backend: Backend
  /** A reload makes the answers to older questions void. */
  #asked = 0

  constructor(backend: Backend, destination: string, folder: string) {
    this.#backend = backend
    this.destination = destination
    this.folder = folder
  }

  hasArrived(key: string): boolean {
    return this.#arrivedKeys.has(key)
  }

  /** The first page. What is shown stays until the answer is there, so that a refresh does not flicker. */
  async load(): Promise<void> {
    const asked = ++this.#asked
    this.isLoadingMore = false
    if (this.state !== 'loaded') this.state = 'loading'
    try {
      const page = await this.#backend.list(this.destination, this.folder, null)
      if (asked !== this.#asked) return
      this.#folders = page.entries.filter((entry) => entry.isFolder)
      this.#objects = page.entries.filter((entry) => !entry.isFolder)
      const listed = new Set(page.entries.map((entry) => entry.key))
      this.#arrived = this.#arrived.filter((entry) => !listed.has(entry.key))
      this.#next = page.next
      this.failure = null
      this.state = this.entries.length > 0 ? 'loaded' : 'empty'
    } catch (thrown) {
      if (asked !== this.#asked) return
      this.#next = null
      this.failure = asFailure(thrown)
      this.state = pictureOf(this.failure)
    }
  }

  async loadMore(): Promise<void> {
    if (this.#next === null || this.isLoadingMore || this.state !== 'loaded') return
    const asked = this.#asked
    this.isLoadingMore = true
    try {
      const page = await this.#backend.list(this.destination, this.folder, this.#next)
      if (asked !== this.#asked) return
      const known = new Set(this.#folders.map((entry) => entry.key))
      for (const entry of this.#arrived) known.add(entry.key)
      const fresh = page.entries.filter((entry) => !known.has(entry.key))
      this.#folders = [...this.#folders, ...fresh.filter((entry) => entry.isFolder)]
      this.#objects = [...this.#objects, ...fresh.filter((entry) => !entry.isFolder)]
      this.#next = page.next
      this.failure = null
    } catch (thrown) {
      // What is already listed stays; the note under it says why there is no more.
      if (asked === this.#asked) this.failure = asFailure(thrown)
    } finally {
      if (asked === this.#asked) this.isLoadingMore = false
    }
  }

  /** Looks through the rest of the folder, page after page, until its end, a failure, or `stopSearch`. */
  async search(): Promise<void> {
    if (this.isSearching) return
    this.isSearching = true
    this.failure = null
    while (this.isSearching && this.hasMore && this.failure === null) await this.loadMore()
    this.isSearching = false
  }

  stopSearch(): void {
    this.isSearching = false
  }

  /** The server's order, upwards, downwards, and so on. */
  sortBy(by: Column): void {
    const now = this.order?.by === by ? this.order : null
    this.order = now === null ? { by, isDescending: false } : now.isDescending ? null : { by, isDescending: true }
  }

  /** Shows stored objects without asking the server. */
  arrive(entries: readonly Entry[]): void {
    const inside = new Map<string, Entry>()
    for (const entry of entries) {
      const child = this.#childOf(entry)
      if (child) inside.set(child.key, child)
    }
    if (inside.size === 0) return
    this.#arrivedKeys = new Set([...this.#arrivedKeys, ...inside.keys()])
    const fresh = [...inside.values()]
    const others = (list: readonly Entry[]) => (list.some((entry) => inside.has(entry.key)) ? list.filter((entry) => !inside.has(entry.key)) : list)
    const knownFolders = new Set(this.#folders.map((entry) => entry.key))
    const newFolders = fresh.filter((entry) => entry.isFolder && !knownFolders.has(entry.key))
    if (newFolders.length > 0) this.#folders = [...this.#folders, ...newFolders]
    const newObjects = fresh.filter((entry) => !entry.isFolder).reverse()
    if (newObjects.length > 0) {
      this.#arrived = [...newObjects, ...others(this.#arrived)]
      this.#objects = others(this.#objects)
    }
    if (this.state === 'empty') this.state = 'loaded'
  }

  /** The line of this folder in which an object appears: itself, or the folder it lies in. */
  #childOf(entry: Entry): Entry | null {
    if (!entry.key.startsWith(this.folder)) return null
    const rest = entry.key.slice(this.folder.length)
    const slash = rest.indexOf('/')
    if (rest === '') return null
    // An upload names no class, which means this one; the next listing says so too.
    if (slash === -1) return { ...entry, name: rest, storageClass: entry.storageClass ?? 'STANDARD' }
    const name = rest.slice(0, slash)
    return { isFolder: true, name, key: `${this.folder}${name}/`, sizeBytes: null, modified: null, storageClass: null }
  }
}

function filtered(entries: readonly Entry[], filter: string): readonly Entry[] {
  const plain = (text: string) => text.normalize('NFKC').toLocaleLowerCase()
  const wanted = plain(filter.trim())
  return wanted === '' ? entries : entries.filter((entry) => plain(entry.name).includes(wanted))
}

const NAMES = new Intl.Collator(undefined, { numeric: true })

/** Folders stay before objects. */
function ordered(entries: readonly Entry[], order: Order | null): readonly Entry[] {
  if (order === null) return entries
  const compare = {
    name: (a: Entry, b: Entry) => NAMES.compare(a.name, b.name),
    size: (a: Entry, b: Entry) => (a.sizeBytes ?? 0) - (b.sizeBytes ?? 0),
    modified: (a: Entry, b: Entry) => Date.parse(a.modified ?? '') - Date.parse(b.modified ?? '') || 0,
  }[order.by]
  const sign = order.isDescending ? -1 : 1
  return [...entries].sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || sign * compare(a, b))
}

function pictureOf(failure: Failure): ListingState {
  switch (failure.code) {
    case 'listingDenied':
      return 'denied'
    case 'sessionEnded':
    case 'signedOut':
      return 'signedOut'
    case 'offline':
    case 'hostUnknown':
      return 'offline'
    default:
      return 'failed'
  }
}

/** The folders that were open, so that going back shows them at once. */
export class Listings {
  #backend: Backend
  #byPlace = new Map<string, Listing>()

  constructor(backend: Backend) {
    this.#backend = backend
  }

  of(destination: string, folder: string): Listing {
    // A key cannot hold a newline and an id does not, so the two cannot run into each other.
    const place = `${destination}\n${folder}`
    let listing = this.#byPlace.get(place)
    if (!listing) this.#byPlace.set(place, (listing = new Listing(this.#backend, destination, folder)))
    return listing
  }

  arrive(destination: string, entries: readonly Entry[]): void {
    for (const listing of this.#byPlace.values()) if (listing.destination === destination) listing.arrive(entries)
  }

  /** Folders that could not be seen may be seen now, after a sign-in. */
  forget(destination: string): void {
    for (const [place, listing] of this.#byPlace) if (listing.destination === destination) this.#byPlace.delete(place)
  }
}
