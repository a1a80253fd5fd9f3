// One folder of a bucket as the window shows it, or what was found below one. Its lines stay in Rust: here are the few in
// sight, and why there is nothing to see.
//
// Denied, empty, loading, signed out and offline are five states and five pictures.
import { asFailure, type Backend } from '../ipc/backend'
import type { Column, Entry, Failure, Order, View } from '../ipc/bindings'
import { LinesInSight } from './lines.svelte'
import { Selection } from './selection.svelte'

export type ListingState = 'loading' | 'empty' | 'denied' | 'signedOut' | 'offline' | 'failed' | 'loaded'

/** Rust answers no more lines at once. */
const MOST_AT_ONCE = 1000
/** What S3 tells at once. */
const ONE_PAGE = 1000
const NOTHING = { edition: 0, loaded: 0, shown: 0, looked: 0, hasMore: false, isLookingThrough: false }

export class Listing {
  readonly destination: string
  readonly folder: string
  /** The words that everything below the folder is searched for; null for the folder itself. */
  readonly find: string | null
  readonly lines: LinesInSight
  readonly selection = new Selection()

  #view = $state.raw<Omit<View, 'id' | 'failure'>>(NOTHING)
  #filter = $state.raw('')
  #order = $state.raw<Order | null>(null)

  state = $state.raw<ListingState>('loading')
  failure = $state.raw<Failure | null>(null)
  isLoadingMore = $state.raw(false)
  /** The key that a pasted address names; it is shown once it is loaded. */
  sought = $state.raw<string | null>(null)
  readonly loaded = $derived(this.#view.loaded)
  readonly shown = $derived(this.#view.shown)
  readonly looked = $derived(this.#view.looked)
  readonly edition = $derived(this.#view.edition)
  readonly hasMore = $derived(this.#view.hasMore)
  /** Page after page is being read. */
  readonly isLookingThrough = $derived(this.#view.isLookingThrough)

  #backend: Backend
  #id: number | null = null
  #opening: Promise<number> | null = null
  /** A reload makes the answers to older questions void. */
  #asked = 0

  constructor(backend: Backend, destination: string, folder: string, find: string | null = null) {
    this.#backend = backend
    this.destination = destination
    this.folder = folder
    this.find = find
    this.lines = new LinesInSight(async (from, count) => backend.lines(await this.#opened(), from, count))
  }

  /** A part of a name. Only what is loaded is looked at. */
  get filter(): string {
    return this.#filter
  }
  set filter(words: string) {
    if (words === this.#filter) return
    this.#filter = words
    void this.#arrange()
  }

  /** Null is the server's own order. */
  get order(): Order | null {
    return this.#order
  }

  /** The server's order, upwards, downwards, and so on. */
  sortBy(by: Column): Promise<void> {
    const now = this.#order?.by === by ? this.#order : null
    this.#order = now === null ? { by, isDescending: false } : now.isDescending ? null : { by, isDescending: true }
    return this.#arrange()
  }

  /**
   * It is looked at, for the first time or again. What one page tells is asked for anew; more than that, or what a search
   * has found, stays until the person asks.
   */
  async show(): Promise<void> {
    const stays = this.find === null ? this.state === 'loaded' && this.loaded > ONE_PAGE : this.state === 'loaded' || this.state === 'empty'
    if (!stays) await this.load()
  }

  /** The first page. What is shown stays until the answer is there, so that a refresh does not flicker; with `isQuiet` also a picture. */
  async load(isQuiet = false): Promise<void> {
    const asked = ++this.#asked
    this.isLoadingMore = false
    if (this.state !== 'loaded' && !isQuiet) this.state = 'loading'
    if (this.find !== null) return this.lookThrough()
    try {
      const view = await this.#backend.loadView(await this.#opened())
      if (asked === this.#asked) this.failure = null
      // Rust may have heard two questions the other way round: its edition tells which answer is the latest.
      this.#receive(view, true)
    } catch (thrown) {
      if (asked === this.#asked) this.#fail(asFailure(thrown))
    }
  }

  async loadMore(): Promise<void> {
    if (!this.hasMore || this.isLoadingMore || this.isLookingThrough || this.state !== 'loaded') return
    const asked = this.#asked
    this.isLoadingMore = true
    try {
      const view = await this.#backend.readOn(await this.#opened())
      if (asked !== this.#asked) return
      this.failure = null
      this.#receive(view)
    } catch (thrown) {
      // What is already listed stays; the note under it says why there is no more.
      if (asked === this.#asked) this.failure = asFailure(thrown)
    } finally {
      if (asked === this.#asked) this.isLoadingMore = false
    }
  }

  /** Reads page after page, until the end, a failure, or `stopLooking`. */
  async lookThrough(): Promise<void> {
    if (this.isLookingThrough) return
    this.failure = null
    this.#view = { ...this.#view, isLookingThrough: true }
    try {
      await this.#backend.lookThrough(await this.#opened())
    } catch (thrown) {
      this.#fail(asFailure(thrown))
    }
  }

  stopLooking(): void {
    if (this.isLookingThrough && this.#id !== null) this.#backend.stopLooking(this.#id).catch(() => {})
  }

  /** Lines as they are shown, whether in sight or not. */
  async read(from: number, count: number): Promise<readonly Entry[]> {
    const view = await this.#opened()
    const read: Entry[] = []
    while (read.length < count) {
      const { entries } = await this.#backend.lines(view, from + read.length, Math.min(MOST_AT_ONCE, count - read.length))
      if (entries.length === 0) break
      read.push(...entries)
    }
    return read
  }

  /** Where a key is shown, when it is. */
  async placeOf(key: string): Promise<number | null> {
    // A view that was closed meanwhile shows nothing any more.
    return this.#backend.findLine(await this.#opened(), key).catch(() => null)
  }

  /** Word of a view that Rust holds; it may be another one. */
  hear(view: View): void {
    if (view.id !== this.#id) return
    if (view.failure && this.loaded === 0) this.#fail(view.failure)
    else if (view.failure) this.failure = view.failure
    this.#receive(view)
  }

  close(): void {
    void this.#opening?.then((id) => this.#backend.closeView(id))
  }

  #opened(): Promise<number> {
    this.#opening ??= this.#backend.openView(this.destination, this.folder, this.find).then((id) => (this.#id = id))
    return this.#opening
  }

  async #arrange(): Promise<void> {
    try {
      this.#receive(await this.#backend.arrangeView(await this.#opened(), this.#filter, this.#order))
    } catch {
      // The view was closed meanwhile: nobody looks.
    }
  }

  #fail(failure: Failure): void {
    this.failure = failure
    this.state = pictureOf(failure)
    this.#view = { ...this.#view, hasMore: false, isLookingThrough: false }
  }

  /** An answer may be older than what was heard; that it came ends the waiting all the same. `isLoaded`: the first page was asked for, and edition 0 is not it yet. */
  #receive(view: View, isLoaded = false): void {
    if (view.edition >= this.#view.edition) {
      this.#view = view
      this.lines.receive(view)
    } else if (!isLoaded) return
    if (this.state !== 'loaded' && this.failure) return
    const { loaded, edition, isLookingThrough } = this.#view
    if (loaded > 0) this.state = 'loaded'
    else if ((isLoaded && edition > 0) || this.state === 'loaded' || (this.find !== null && !isLookingThrough)) this.state = 'empty'
  }
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

/** Folders that stay open in Rust, so that going back shows them at once. */
const MOST_OPEN = 12

export class Listings {
  #backend: Backend
  /** The one asked for last stands last. */
  #byPlace = new Map<string, Listing>()

  constructor(backend: Backend) {
    this.#backend = backend
  }

  of(destination: string, folder: string, find: string | null = null): Listing {
    // A key cannot hold a newline and an id does not, so they cannot run into each other.
    const place = `${destination}\n${folder}\n${find ?? ''}`
    const listing = this.#byPlace.get(place) ?? new Listing(this.#backend, destination, folder, find)
    this.#byPlace.delete(place)
    this.#byPlace.set(place, listing)
    for (const [oldest, old] of this.#byPlace) if (this.#byPlace.size > MOST_OPEN) this.#close(oldest, old)
    return listing
  }

  hear(view: View): void {
    for (const listing of this.#byPlace.values()) listing.hear(view)
  }

  /** Folders that could not be seen may be seen now, after a sign-in. */
  forget(destination: string): void {
    for (const [place, listing] of this.#byPlace) if (listing.destination === destination) this.#close(place, listing)
  }

  #close(place: string, listing: Listing): void {
    this.#byPlace.delete(place)
    listing.close()
  }
}
