// The whole state of the window: every change from Rust finds its owner here, every wish of the person leaves here.
import { createContext } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import { asFailure, type Backend } from '../ipc/backend'
import type { Change, ConnectForm, Destination, Failure, Remedy, Row, Skipped } from '../ipc/bindings'
import { failureText } from '../texts/failures'
import { copyText } from '../texts/copy'
import { Destinations } from './destinations.svelte'
import { DropHover } from './hover.svelte'
import { Listings } from './listing.svelte'
import { SessionClock } from './session.svelte'
import { Uploads } from './uploads.svelte'

/** What the person can do about a failure here; a remedy that is absent is only said in words. */
export type Actions = Partial<Record<Remedy, () => void>>
export type Notice = { id: number; failure: Failure; actions: Actions }
/** What lies over the window. */
export type Panel = { kind: 'connect'; like: Destination | null; keepsKey: boolean } | { kind: 'mfa'; destination: Destination } | { kind: 'remove'; destination: Destination }

export class Sandglass {
  readonly backend: Backend
  readonly destinations = new Destinations()
  readonly listings: Listings
  readonly hover = new DropHover()

  isReady = $state.raw(false)
  isSandboxStarting = $state.raw(false)
  skipped = $state.raw<readonly Skipped[]>([])
  notices = $state.raw<readonly Notice[]>([])
  panel = $state.raw<Panel | null>(null)

  readonly shown = $derived(this.destinations.shown)
  readonly session = $derived(this.shown ? this.sessionOf(this.shown.id) : null)
  readonly uploads = $derived(this.shown ? this.uploadsOf(this.shown.id) : null)

  #sessions = new SvelteMap<string, SessionClock>()
  #uploads = new SvelteMap<string, Uploads>()
  #nextNotice = 1
  #toSignIn: string | null = null

  constructor(backend: Backend) {
    this.backend = backend
    this.listings = new Listings(backend)
  }

  start(): void {
    this.backend.watch((change) => this.receive(change)).catch((thrown) => this.#tell(asFailure(thrown)))
  }

  /** Files that have not arrived, whatever keeps them. */
  openFilesOf(destination: Destination): number {
    const { files, filesStored } = this.uploadsOf(destination.id).totals
    return files - filesStored
  }

  sessionOf(destination: string): SessionClock {
    return this.#sessions.get(destination) ?? NO_SESSION
  }

  uploadsOf(destination: string): Uploads {
    return this.#uploads.get(destination) ?? NO_UPLOADS
  }

  receive(change: Change): void {
    switch (change.kind) {
      case 'snapshot': {
        const { destinations, selected, sessions, rows, totals } = change.snapshot
        this.destinations.receive(destinations, selected)
        for (const { id } of destinations) this.#adopt(id)
        for (const { destination, session } of sessions) this.#adopt(destination).session.receive(session)
        const byDestination = byDestinationOf(rows)
        for (const [id, uploads] of this.#uploads) uploads.reset(byDestination.get(id) ?? [])
        for (const sums of totals) this.#adopt(sums.destination).uploads.totals = sums
        this.isReady = true
        break
      }
      case 'destinations':
        for (const { id } of change.destinations.filter((now) => this.#showsElsewhere(now))) this.listings.forget(id)
        this.destinations.receive(change.destinations, change.selected)
        for (const { id } of change.destinations) this.#adopt(id)
        this.#forgetRemoved()
        if (this.#toSignIn) this.#signInSoon(this.#toSignIn)
        break
      case 'session':
        this.#adopt(change.destination).session.receive(change.session)
        break
      case 'rowsAdded':
        for (const [id, rows] of byDestinationOf(change.rows)) this.#adopt(id).uploads.add(rows)
        break
      case 'rowsChanged':
        // A change names no destination; ids are unique over all of them, and destinations are few.
        for (const uploads of this.#uploads.values()) uploads.change(change.rows)
        break
      case 'rowsRemoved':
        for (const uploads of this.#uploads.values()) uploads.remove(change.ids)
        break
      case 'totals':
        this.#adopt(change.destination).uploads.totals = change
        break
      case 'skipped':
        this.skipped = [...this.skipped, ...change.skipped]
        break
      case 'dropHover':
        this.hover.receive(change.items)
        break
      case 'arrived':
        this.listings.arrive(change.destination, change.entries)
        break
      case 'failed':
        this.#tell(change.failure)
        break
    }
  }

  /** Fails with the `Failure`, for the form to show at its field. */
  async connect(form: ConnectForm): Promise<void> {
    const id = await this.backend.connect(form)
    this.panel = null
    this.#signInSoon(id)
  }

  startSandbox(): void {
    if (this.isSandboxStarting) return
    this.isSandboxStarting = true
    const started = this.backend.trySandbox().then((id) => this.#signInSoon(id))
    this.#try(
      started.finally(() => (this.isSandboxStarting = false)),
      () => this.startSandbox(),
    )
  }

  /** Asks for the one-time code first where the role wants one. */
  signIn(destination: Destination, mfaCode: string | null = null): void {
    if (destination.needsMfa && mfaCode === null) {
      this.panel = { kind: 'mfa', destination }
      return
    }
    this.panel = null
    this.#try(this.backend.signIn(destination.id, mfaCode), () => this.signIn(destination))
  }

  endSession(destination: Destination): void {
    this.#try(this.backend.endSession(destination.id), () => this.endSession(destination))
  }

  select(destination: Destination): void {
    this.#try(this.backend.selectDestination(destination.id), () => this.select(destination))
  }

  /** Opens the form of a destination that is there already; its rows stay. */
  change(destination: Destination, keepsKey: boolean): void {
    this.panel = { kind: 'connect', like: destination, keepsKey }
  }

  remove(destination: Destination): void {
    this.panel = null
    this.#try(this.backend.removeDestination(destination.id), () => this.remove(destination))
  }

  addFiles(): void {
    this.#try(this.backend.chooseFiles(this.destinations.folder), () => this.addFiles())
  }

  addFolder(): void {
    this.#try(this.backend.chooseFolder(this.destinations.folder), () => this.addFolder())
  }

  showFolder(destination: string, folder: string): void {
    this.#try(this.backend.showFolder(destination, folder), () => this.showFolder(destination, folder))
  }

  clearFinished(destination: Destination): void {
    this.#try(this.backend.clearFinished(destination.id), () => this.clearFinished(destination))
  }

  /** For the small wishes of a row: a refusal is told, nothing is waited for. */
  ask(wish: Promise<void>): void {
    this.#try(wish)
  }

  /** The remedies that mean the same everywhere. */
  actionsFor(failure: Failure, retry?: () => void): Actions {
    const shown = this.shown
    const actions: Actions = { askAdministrator: () => void copyText(failureText(failure)) }
    if (retry) for (const remedy of ['retry', 'startKeychain', 'unlockKeychain', 'setClock', 'checkNetwork'] as const) actions[remedy] = retry
    if (shown) {
      actions.signIn = () => this.signIn(shown)
      actions.enterKeyAgain = () => this.change(shown, false)
      actions.editDestination = () => this.change(shown, true)
    }
    return actions
  }

  dismissNotice(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id)
  }

  #try(wish: Promise<void>, retry?: () => void): void {
    wish.catch((thrown) => this.#tell(asFailure(thrown), retry))
  }

  #tell(failure: Failure, retry?: () => void): void {
    const id = this.#nextNotice++
    const actions: Actions = {}
    for (const [remedy, act] of Object.entries(this.actionsFor(failure, retry)) as [Remedy, () => void][]) {
      actions[remedy] = () => {
        if (remedy !== 'askAdministrator') this.dismissNotice(id)
        act()
      }
    }
    // The same thing said twice is said once; more than three are a wall.
    const others = this.notices.filter((notice) => notice.failure.code !== failure.code || notice.failure.about !== failure.about)
    this.notices = [...others.slice(-2), { id, failure, actions }]
  }

  /** A new destination's answer may overtake the change that brings the destination itself. */
  #signInSoon(id: string): void {
    const destination = this.destinations.of(id)
    this.#toSignIn = destination ? null : id
    if (destination && !['running', 'signingIn'].includes(this.sessionOf(id).state)) this.signIn(destination)
  }

  #adopt(id: string): { session: SessionClock; uploads: Uploads } {
    let session = this.#sessions.get(id)
    if (!session) this.#sessions.set(id, (session = new SessionClock()))
    let uploads = this.#uploads.get(id)
    if (!uploads) this.#uploads.set(id, (uploads = new Uploads()))
    return { session, uploads }
  }

  /** A changed destination's old lists are another bucket's. */
  #showsElsewhere(now: Destination): boolean {
    const old = this.destinations.of(now.id)
    return old !== null && (old.bucket !== now.bucket || old.prefix !== now.prefix || old.roleArn !== now.roleArn || old.region !== now.region)
  }

  #forgetRemoved(): void {
    for (const [id, session] of this.#sessions) {
      if (this.destinations.of(id)) continue
      session.stop()
      this.#sessions.delete(id)
      this.#uploads.delete(id)
      this.listings.forget(id)
    }
  }
}

/** Map.groupBy is younger than the webviews of the systems that are supported. */
function byDestinationOf(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.destination)
    if (group) group.push(row)
    else groups.set(row.destination, [row])
  }
  return groups
}

// Shown between the birth of a destination and its first change; never written to.
const NO_SESSION = new SessionClock()
const NO_UPLOADS = new Uploads()

export const [getSandglass, setSandglass] = createContext<Sandglass>()
