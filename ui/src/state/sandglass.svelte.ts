// The whole state of the window: every change from Rust finds its owner here, every wish of the person leaves here.
// One file, though long: what it is made of stands in files of its own beside it, and these are the lines that join them.
import { createContext } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import { asFailure, type Backend } from '../ipc/backend'
import type { Change, Code, ConnectForm, Destination, Entry, Failure, Language, LetterAbout, Offer, Preferences, Preview, PreviewChoice, Remedy, Row } from '../ipc/bindings'
import { m } from '../paraglide/messages.js'
import { failureText } from '../texts/failures'
import { durationText } from '../texts/format'
import { copyText } from '../texts/copy'
import { pageLanguage, useLanguage } from '../texts/language'
import { newsText } from '../texts/news'
import { AbandonedUploads } from './abandoned.svelte'
import { Destinations } from './destinations.svelte'
import { Drawer } from './drawer.svelte'
import { DropHover, folderAt } from './hover.svelte'
import { Listings, type Listing } from './listing.svelte'
import { Objects } from './objects.svelte'
import { SessionClock } from './session.svelte'
import { SkippedPaths } from './skipped.svelte'
import { Uploads } from './uploads.svelte'

/** What the person can do about a failure here; a remedy that is absent is only said in words. */
export type Actions = Partial<Record<Remedy, Act>>
/** What is copied says whether it was. */
export type Act = () => void | Promise<boolean>
/** A failure, or what the person should know once. */
export type Notice = { id: number } & ({ kind: 'failure'; failure: Failure; actions: Actions } | { kind: 'news'; text: string })
/** What lies over the window. */
export type Panel =
  | { kind: 'connect'; like: Destination | null; keepsKey: boolean; opensOptions?: boolean; offer?: Offer }
  | { kind: 'import' }
  | { kind: 'rename' | 'key' | 'mfa' | 'remove' | 'receipts' | 'abandoned' | 'examine'; destination: Destination }
  | { kind: 'newFolder'; destination: Destination; folder: string }
  | { kind: 'delete'; destination: Destination; listing: Listing; entries: readonly Entry[] }
  | { kind: 'settings' }
  | { kind: 'setup' }
  | { kind: 'support' }
  | { kind: 'network' }
  | { kind: 'details'; destination: Destination; row: number }
  | { kind: 'cancelDrop'; drop: number; open: number }

/** Each refusal has its own cause and its own policies. */
function letterAbout(code: Code): LetterAbout {
  if (code === 'rotationDenied') return 'ownKeys'
  return code === 'listingDenied' || code === 'uploadDenied' ? 'bucket' : 'signIn'
}

/** Until the snapshot has come. */
const USUAL: Preferences = { mostRequests: null, kibPerSecond: null, looksFirst: false, looksFirstFrom: 1, notifies: true, idleMinutes: null, endsOnLock: false, language: null, theme: 'system', logsInDetail: false }

export class Sandglass {
  readonly backend: Backend
  readonly destinations = new Destinations()
  readonly listings: Listings
  readonly hover = new DropHover()
  readonly objects = new Objects(this)
  readonly drawer = new Drawer()
  readonly skipped = new SkippedPaths()

  isReady = $state.raw(false)
  isSandboxStarting = $state.raw(false)
  preferences = $state.raw<Preferences>(USUAL)
  /** What the window speaks; another one draws it anew. */
  language = $state.raw<Language>(pageLanguage())
  /** The settings for absence are offered where the system tells of it. */
  knowsAbsence = $state.raw(false)
  /** Said to a screen reader when a session ends soon; everybody else sees the sand. */
  ending = $state.raw('')
  /** Drops that wait for the person's word, the oldest first. */
  previews = $state.raw<readonly Preview[]>([])
  /** The window is to close while files are not finished. */
  quitting = $state.raw<{ running: number; waiting: number } | null>(null)
  notices = $state.raw<readonly Notice[]>([])
  panel = $state.raw<Panel | null>(null)
  /** The bar above the listing is open. */
  isFiltering = $state.raw(false)
  /** What everything below a folder is searched for. */
  found = $state.raw<{ destination: string; folder: string; words: string } | null>(null)
  /** The pane with what is known of the chosen line is open. */
  isDetailing = $state.raw(false)
  /** A file's content, offered. It lies over the panel, whose form may be half filled in. */
  offer = $state.raw<Offer | null>(null)

  readonly shown = $derived(this.destinations.shown)
  readonly session = $derived(this.shown ? this.sessionOf(this.shown.id) : null)
  readonly uploads = $derived(this.shown ? this.uploadsOf(this.shown.id) : null)

  #sessions = new SvelteMap<string, SessionClock>()
  #uploads = new SvelteMap<string, Uploads>()
  #abandoned = new SvelteMap<string, AbandonedUploads>()
  #nextNotice = 1
  #toSignIn: string | null = null
  /** Word of a preview that was answered may still be on its way. */
  #answered = new Set<number>()

  constructor(backend: Backend) {
    this.backend = backend
    this.listings = new Listings(backend)
  }

  /** Answers what ends it. */
  start(): () => void {
    this.backend.watch((change) => this.receive(change), pageLanguage()).catch((thrown) => this.tell(asFailure(thrown)))
    const isBack = () => this.#networkIsBack()
    window.addEventListener('online', isBack)
    return () => window.removeEventListener('online', isBack)
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

  abandonedOf(destination: string): AbandonedUploads | null {
    return this.#abandoned.get(destination) ?? null
  }

  receive(change: Change): void {
    switch (change.kind) {
      case 'snapshot': {
        const { destinations, selected, sessions, rows, totals, preferences } = change.snapshot
        this.#prefer(preferences)
        this.knowsAbsence = change.snapshot.knowsAbsence
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
        this.skipped.add(change.skipped)
        break
      case 'dropHover':
        this.hover.receive(change.items, change.at)
        break
      case 'dropped':
        this.#takeDrop(change.token, folderAt(change.at) ?? this.destinations.folder)
        break
      case 'viewed':
        this.listings.hear(change.view)
        break
      case 'downloading':
        this.objects.receive(change)
        break
      case 'failed':
        this.tell(change.failure, undefined, change.destination === null ? this.shown : this.destinations.of(change.destination))
        break
      case 'endsSoon':
        this.#sayEnding(change.destination, change.secondsLeft)
        break
      case 'news':
        this.say(newsText(change.news, this.destinations.of(change.destination)?.name ?? ''))
        break
      case 'preferences':
        this.#prefer(change)
        break
      case 'preview':
        this.#preview(change.preview)
        break
      case 'offered':
        this.offer = change.offer
        break
      case 'askQuit':
        this.quitting = change
        break
    }
  }

  #prefer(preferences: Preferences): void {
    const { language, theme } = preferences
    if (language !== this.preferences.language) this.language = useLanguage(language ? [language, ...navigator.languages] : navigator.languages)
    if (theme !== this.preferences.theme) document.documentElement.style.colorScheme = theme === 'system' ? '' : theme
    this.preferences = preferences
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
  signIn(destination: Destination): void {
    if (destination.needsMfa) {
      this.panel = { kind: 'mfa', destination }
      return
    }
    this.panel = null
    this.#try(this.backend.signIn(destination.id, null), () => this.signIn(destination), destination)
  }

  /** Answers why a code was not accepted, for the prompt to say at its field; anything else is told. */
  async signInWithCode(destination: Destination, code: string): Promise<Failure | null> {
    try {
      await this.backend.signIn(destination.id, code)
    } catch (thrown) {
      const failure = asFailure(thrown)
      if (failure.code === 'mfaRefused' || failure.code === 'mfaCodeUsed') return failure
      this.tell(failure, () => this.signIn(destination), destination)
    }
    if (this.panel?.kind === 'mfa') this.panel = null
    return null
  }

  keepRenewing(destination: Destination, keeps: boolean): void {
    this.#try(this.backend.keepRenewing(destination.id, keeps))
  }

  cancelSignIn(destination: Destination): void {
    this.#try(this.backend.cancelSignIn(destination.id))
  }

  endSession(destination: Destination): void {
    this.#try(this.backend.endSession(destination.id), () => this.endSession(destination))
  }

  select(destination: Destination): void {
    this.#try(this.backend.selectDestination(destination.id), () => this.select(destination))
  }

  /** Opens the form of a destination that is there already; its rows stay. */
  change(destination: Destination, keepsKey: boolean, opensOptions = false): void {
    this.panel = { kind: 'connect', like: destination, keepsKey, opensOptions }
  }

  duplicate(destination: Destination): void {
    this.#try(this.backend.duplicateDestination(destination.id), () => this.duplicate(destination))
  }

  saveDropZone(destination: Destination): void {
    this.#try(this.backend.saveDropZone(destination.id), () => this.saveDropZone(destination))
  }

  /** What the person chose to be offered takes the place of where it was chosen. */
  showOffer(offer: Offer): void {
    this.panel = null
    this.offer = offer
  }

  /** Opens the form with what was offered; it is saved when the form is sent. */
  take(offer: Offer): void {
    this.offer = null
    this.panel = { kind: 'connect', like: null, keepsKey: false, offer }
  }

  uploadOffered(): void {
    this.offer = null
    this.#try(this.backend.uploadOffered())
  }

  remove(destination: Destination): void {
    this.panel = null
    this.#try(this.backend.removeDestination(destination.id), () => this.remove(destination))
  }

  cancelDrop(drop: number): void {
    this.panel = null
    this.#try(this.backend.cancelDrop(drop))
  }

  addFiles(): void {
    this.#try(this.backend.chooseFiles(this.destinations.folder), () => this.addFiles())
  }

  addFolder(): void {
    this.#try(this.backend.chooseFolder(this.destinations.folder), () => this.addFolder())
  }

  paste(): void {
    this.#try(this.backend.paste(this.destinations.folder), () => this.paste())
  }

  #takeDrop(token: number, folder: string): void {
    this.#try(this.backend.takeDrop(token, folder), () => this.#takeDrop(token, folder))
  }

  showFolder(destination: string, folder: string): void {
    this.#try(this.backend.showFolder(destination, folder), () => this.showFolder(destination, folder))
  }

  clearFinished(destination: Destination): void {
    this.#try(this.backend.clearFinished(destination.id), () => this.clearFinished(destination))
  }

  retryAll(destination: Destination): void {
    this.#try(this.backend.retryAll(destination.id), () => this.retryAll(destination))
  }

  /** Holds a destination's rows back, or lets them go on. */
  hold(destination: Destination, isHeld: boolean): void {
    const held = isHeld ? this.backend.pauseAll(destination.id) : this.backend.resumeAll(destination.id)
    this.#try(held, () => this.hold(destination, isHeld))
  }

  lookFirst(looksFirst: boolean): void {
    const before = this.preferences
    this.preferences = { ...before, looksFirst }
    const set = this.backend.setPreferences(this.preferences)
    set.catch(() => (this.preferences = before))
    this.#try(set, () => this.lookFirst(looksFirst))
  }

  sendPreviewed(token: number, choice: PreviewChoice): void {
    this.#forgetPreview(token)
    this.#try(this.backend.sendPreviewed(token, choice))
  }

  dropPreviewed(token: number): void {
    this.#forgetPreview(token)
    this.#try(this.backend.dropPreviewed(token))
  }

  openLogs(): void {
    this.#try(this.backend.openLogs())
  }

  quitNow(): void {
    this.#try(this.backend.quitNow(), () => this.quitNow())
  }

  /** The question goes when it is known that the person stays: until then, closing once more quits. */
  stayOpen(): void {
    const stays = this.backend.stayOpen().then(() => {
      this.quitting = null
    })
    this.#try(stays)
  }

  /** For the small wishes of a row: a refusal is told, nothing is waited for. */
  ask(wish: Promise<void>): void {
    this.#try(wish)
  }

  examine(destination: Destination): void {
    this.panel = { kind: 'examine', destination }
  }

  /** The remedies that mean the same everywhere. */
  actionsFor(failure: Failure, retry?: () => void, concerned = this.shown): Actions {
    const actions: Actions = { askAdministrator: () => this.#copyForAdministrator(failure, concerned), changeNetwork: () => void (this.panel = { kind: 'network' }) }
    if (retry) for (const remedy of ['retry', 'startKeychain', 'unlockKeychain', 'setClock', 'checkNetwork'] as const) actions[remedy] = retry
    if (concerned) {
      actions.signIn = () => this.signIn(concerned)
      actions.enterKeyAgain = () => this.change(concerned, false)
      actions.editDestination = () => this.change(concerned, true)
    }
    return actions
  }

  /** The causes and the policies that would help; before there is a destination, the sentence alone. */
  async #copyForAdministrator(failure: Failure, concerned: Destination | null): Promise<boolean> {
    const sentence = failureText(failure)
    const letter = concerned ? await this.backend.administratorLetter(concerned.id, letterAbout(failure.code), pageLanguage()).catch(() => null) : null
    return copyText(letter ? `${sentence}\n\n${letter}` : sentence)
  }

  dismissNotice(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id)
  }

  #preview(preview: Preview): void {
    if (this.#answered.has(preview.token)) return
    const at = this.previews.findIndex(({ token }) => token === preview.token)
    this.previews = at === -1 ? [...this.previews, preview] : this.previews.with(at, preview)
  }

  #forgetPreview(token: number): void {
    this.#answered.add(token)
    this.previews = this.previews.filter((preview) => preview.token !== token)
  }

  /** The core tries by itself too; the system only knows sooner. */
  #networkIsBack(): void {
    for (const { id } of this.destinations.all) if (this.sessionOf(id).isRunning) this.ask(this.backend.networkIsBack(id))
    const shown = this.shown
    if (!shown) return
    const listing = this.listings.of(shown.id, this.destinations.folder)
    if (listing.state === 'offline') void listing.load()
  }

  #try(wish: Promise<void>, retry?: () => void, concerned = this.shown): void {
    wish.catch((thrown) => this.tell(asFailure(thrown), retry, concerned))
  }

  /** Says a failure, with what can be done about it at the destination that it concerns. */
  tell(failure: Failure, retry?: () => void, concerned = this.shown): void {
    const id = this.#nextNotice++
    const actions: Actions = {}
    for (const [remedy, act] of Object.entries(this.actionsFor(failure, retry, concerned)) as [Remedy, Act][]) {
      actions[remedy] = () => {
        if (remedy !== 'askAdministrator') this.dismissNotice(id)
        return act()
      }
    }
    // The same thing said twice is said once; more than three are a wall.
    const isOther = (notice: Notice) => notice.kind !== 'failure' || notice.failure.code !== failure.code || notice.failure.about !== failure.about
    this.notices = [...this.notices.filter(isOther).slice(-2), { id, kind: 'failure', failure, actions }]
  }

  #sayEnding(destination: string, secondsLeft: number): void {
    const name = this.destinations.of(destination)?.name ?? ''
    this.ending = m.session_ending({ name, time: durationText(secondsLeft) })
  }

  /** Says what a person should know once. */
  say(text: string): void {
    const isOther = (notice: Notice) => notice.kind !== 'news' || notice.text !== text
    this.notices = [...this.notices.filter(isOther).slice(-2), { id: this.#nextNotice++, kind: 'news', text }]
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
    if (!this.#abandoned.has(id)) this.#abandoned.set(id, new AbandonedUploads(this.backend, id))
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
      this.#abandoned.get(id)?.stop()
      this.#abandoned.delete(id)
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
