// The same interface in memory: `npm run dev` in a browser and the tests run on it, without Rust.
//
// Never in the shipped bundle: only main.ts imports it, behind import.meta.env.DEV. One file, though long: it is one class, the whole of
// Rust as the page sees it, and each of its methods is a line or a few.
import type { Backend } from './backend'
import type { Abandoned, Change, Code, ConflictChoice, ConnectForm, Deleted, Destination, Downloaded, Entry, Extras, Failure, Finding, KeyState, Network, OldKey, Order, PastDrop, Preferences, Preview, Rotated, RotationOutlook } from './bindings'
import type { Language, LetterAbout, PreviewChoice, ProxyForm, Receipt, ReceiptFormat, Remedy, Row, RowState, Session, SetupDone, SetupFields, SetupSeen, SetupStep, Totals, Verdict, Wanted } from './bindings'
import { DROP_ZONE, PROFILES, profileOffer } from './offers'
import { adviceFor, receiptFor, RULE, SUPPORT, totalsOf } from './answers'
import { FakeAccount } from './account'
import { FakeDownloads } from './downloads'
import { ALL_WELL, type Examined } from './examinations'
import { OUTLOOK, ROTATED } from './keys'
import { PLAIN, ROW, SCENES, type Scene } from './scenes'
import { FakeViews, type Page } from './views'

const TICK_MS = 100
const PAGE_SIZE = 200
const BYTES_PER_SECOND = 38_000_000
const IN_FLIGHT = 3
const OPEN: readonly RowState[] = ['waiting', 'sending', 'waitingForNetwork', 'waitingForSignIn']

export function failure(code: Code, remedy: Remedy, about = ''): Failure {
  return { code, message: `${code}: ${about}`, remedy, about }
}

export class Fake implements Backend {
  destinations: Destination[]
  selected: string | null
  sessions = new Map<string, Session>()
  rows = new Map<number, Row>()
  entries: Entry[]
  /** What `list` answers instead of a page. */
  listing: Failure | 'never' | null
  /** What the next `connect` fails with. */
  refuse: Failure | null = null
  preferences: Preferences
  networkSet: Network = { proxy: 'system', url: '', user: '', hasPassword: false, noProxy: 'localhost, 127.0.0.1, ::1', trusted: null }
  /** What `keyState` says instead of what the destination says. */
  key: Partial<KeyState> = {}
  /** What IAM tells before a rotation. */
  outlook: RotationOutlook | Failure = OUTLOOK
  /** What comes of a rotation. */
  rotated: Rotated | 'never' = ROTATED
  abandonedUploads: Abandoned[]
  /** How many of them `abortAbandoned` cannot remove. */
  notRemovable: number
  /** Are all rows held back? */
  isHeld: boolean
  isReachable: boolean
  /** What the role allows besides uploads. */
  allows: Extras
  /** Are there files on the clipboard? */
  hasCopied = true
  /** What an examination finds. */
  examination: Examined | 'never' = ALL_WELL
  /** Every call, for the tests. */
  calls: [string, ...unknown[]][] = []
  readonly account = new FakeAccount(this.calls)
  readonly downloads = new FakeDownloads((change) => this.say(change))
  readonly views = new FakeViews((destination, folder, next, isRecursive) => this.list(destination, folder, next, isRecursive), (change) => this.say(change))

  #receive: (change: Change) => void = () => {}
  #stopRotation: () => void = () => {}
  #endsAt = 0
  #nextRow = 1
  #nextDrop = 100
  #previewed = new Map<number, Pick<Row, 'name' | 'key' | 'sizeBytes'>[]>()
  #scene: Scene

  constructor(scene: Scene = SCENES.first) {
    this.#scene = scene
    this.destinations = [...scene.destinations]
    this.selected = scene.destinations[0]?.id ?? null
    this.entries = [...scene.entries]
    this.listing = scene.listing
    this.preferences = scene.preferences
    this.abandonedUploads = [...scene.abandoned]
    this.notRemovable = scene.notRemovable
    this.isHeld = scene.isHeld
    this.allows = scene.allows
    Object.assign(this, scene.keys ?? {})
    this.isReachable = scene.isReachable
    for (const row of scene.rows) this.rows.set(row.id, { ...row })
    this.#nextRow = scene.rows.length + 1
    if (this.selected && scene.session) this.sessions.set(this.selected, scene.session)
    if (scene.session?.state === 'running') this.#endsAt = performance.now() + scene.session.secondsLeft * 1000
  }

  async watch(receive: (change: Change) => void): Promise<void> {
    this.#receive = receive
    receive({
      kind: 'snapshot',
      snapshot: {
        destinations: this.destinations,
        selected: this.selected,
        sessions: [...this.sessions].map(([destination, session]) => ({ destination, session })),
        rows: [...this.rows.values()].map((row) => ({ ...row })),
        totals: this.destinations.map(({ id }) => this.#totals(id)),
        preferences: this.preferences,
        knowsAbsence: this.#scene.knowsAbsence,
      },
    })
    for (const change of this.#scene.after) setTimeout(() => receive(change), 120)
    const { arrives } = this.#scene
    if (this.selected && arrives.length > 0) setTimeout(() => this.views.arrive(this.selected ?? '', arrives), 300)
    if (this.#scene.moves) setInterval(() => this.#tick(), TICK_MS)
  }

  /** Says something as Rust would. */
  say(change: Change): void {
    this.#receive(change)
  }

  async connect(form: ConnectForm): Promise<string> {
    // The secret must not live on in the list of calls.
    this.calls.push(['connect', { ...form, key: form.key.from }])
    await pause(300)
    if (this.refuse) throw this.refuse
    if (!form.roleArn.startsWith('arn:aws:iam::')) throw failure('badRoleArn', 'correctInput', form.roleArn)
    if (this.destinations.some(({ id, name }) => name === form.name && id !== form.replaces)) throw failure('nameTaken', 'correctInput', form.name)
    const id = form.replaces ?? `d${this.destinations.length + 1}`
    this.destinations = this.destinations.filter((known) => known.id !== id)
    const keyEnds = form.key.from === 'typed' ? form.key.id.slice(-4) : 'WXYZ'
    const { name, bucket, region, prefix, roleArn, uploads } = form
    this.#adopt({ ...PLAIN, id, name, bucket, region, prefix, roleArn, uploads, keyEnds, endpoint: form.endpoint || null, isSandbox: false, needsMfa: form.mfaSerial !== '' })
    return id
  }

  async chooseKeyFile() {
    await pause(200)
    return { ticket: 7, fileName: 'uploader_accessKeys.csv', keyEnds: 'WXYZ' }
  }

  async trySandbox(): Promise<string> {
    this.calls.push(['trySandbox'])
    await pause(700)
    this.#adopt({
      ...{ id: 'sandbox', name: 'Sandbox', bucket: 'sandbox-bucket', region: 'us-east-1', prefix: '', keyEnds: 'DBOX', isSandbox: true, needsMfa: false },
      ...{ roleArn: 'arn:aws:iam::000000000000:role/sandbox', endpoint: 'http://127.0.0.1:49152' },
      ...PLAIN,
    })
    await this.signIn('sandbox', null)
    return 'sandbox'
  }

  async selectDestination(destination: string): Promise<void> {
    this.selected = destination
    this.say({ kind: 'destinations', destinations: [...this.destinations], selected: destination })
  }

  async removeDestination(destination: string): Promise<void> {
    this.calls.push(['removeDestination', destination])
    this.destinations = this.destinations.filter(({ id }) => id !== destination)
    this.selected = this.destinations[0]?.id ?? null
    this.say({ kind: 'destinations', destinations: this.destinations, selected: this.selected })
  }

  async keyState(destination: string): Promise<KeyState> {
    const known = this.destinations.find(({ id }) => id === destination)
    return { ends: known?.keyEnds ?? '', presence: 'inKeychain', storedSince: known?.keySince ?? null, daysHere: 12, madeAt: null, isOld: false, nextEnds: null, oldEnds: null, ...this.key }
  }

  async forgetKey(destination: string): Promise<void> {
    this.calls.push(['forgetKey', destination])
    this.key = { presence: 'gone', storedSince: null, daysHere: null }
    if (this.sessions.get(destination)?.state === 'running') this.#end(destination, 'user')
  }

  async rotationOutlook(): Promise<RotationOutlook> {
    if ('ends' in this.outlook) return this.outlook
    throw this.outlook
  }

  async rotateKey(destination: string, deletes: string | null): Promise<Rotated> {
    this.calls.push(['rotateKey', destination, deletes])
    const { rotated } = this
    return rotated === 'never' ? new Promise((_, refuse) => (this.#stopRotation = () => refuse(failure('rotationStopped', 'retry', '…Q7RA')))) : rotated
  }

  async stopRotation(): Promise<void> {
    this.calls.push(['stopRotation'])
    this.#stopRotation()
  }

  async deleteOldKey(destination: string): Promise<OldKey> {
    this.calls.push(['deleteOldKey', destination])
    this.key = { ...this.key, oldEnds: null }
    return 'deleted'
  }

  async renameDestination(destination: string, name: string): Promise<void> {
    this.calls.push(['renameDestination', destination, name])
    if (this.destinations.some((known) => known.name === name && known.id !== destination)) throw failure('nameTaken', 'correctInput', name)
    this.destinations = this.destinations.map((known) => (known.id === destination ? { ...known, name } : known))
    this.say({ kind: 'destinations', destinations: this.destinations, selected: this.selected })
  }

  async duplicateDestination(destination: string): Promise<void> {
    this.calls.push(['duplicateDestination', destination])
    const first = this.destinations.find(({ id }) => id === destination)
    if (first) this.#adopt({ ...first, id: `d${this.destinations.length + 1}`, name: `${first.name} 2` })
  }

  async saveDropZone(destination: string): Promise<void> {
    this.calls.push(['saveDropZone', destination])
  }

  async openDropZone() {
    return DROP_ZONE
  }

  async profiles() {
    return PROFILES
  }

  async readProfile(name: string) {
    return profileOffer(name)
  }

  async uploadOffered(): Promise<void> {
    this.calls.push(['uploadOffered'])
  }

  async signIn(destination: string, mfaCode: string | null): Promise<void> {
    this.calls.push(['signIn', destination, mfaCode])
    if (mfaCode !== null && mfaCode !== '123456') throw failure('mfaRefused', 'signIn', 'arn:aws:iam::123456789012:role/sts-s3-example-role')
    this.#setSession(destination, { state: 'signingIn', waitsForNewKey: false })
    await pause(500)
    const lengthSeconds = 180
    this.#endsAt = performance.now() + lengthSeconds * 1000
    this.listing = this.#listingAfterSignIn()
    for (const row of this.rows.values()) if (row.state === 'waitingForSignIn') this.#move(row, 'waiting')
    this.#setSession(destination, { state: 'running', isRenewing: false, keepsRenewing: false, secondsLeft: lengthSeconds, lengthSeconds, endsAt: new Date(Date.now() + lengthSeconds * 1000).toISOString() })
  }

  async keepRenewing(destination: string, keeps: boolean): Promise<void> {
    this.calls.push(['keepRenewing', destination, keeps])
    const session = this.sessions.get(destination)
    if (session?.state === 'running') this.#setSession(destination, { ...session, keepsRenewing: keeps })
  }

  async cancelSignIn(destination: string): Promise<void> {
    this.calls.push(['cancelSignIn', destination])
    this.#setSession(destination, { state: 'none' })
  }

  async endSession(destination: string): Promise<void> {
    this.#end(destination, 'user')
  }

  async chooseFiles(folder: string): Promise<void> {
    this.calls.push(['chooseFiles', folder])
    const names = ['take-019.wav', 'take-020.wav', 'notes.md']
    this.#take(folder, names.map((name, i) => ({ name, key: folder + name, sizeBytes: [204_300_000, 96_000_000, 4100][i] ?? 0 })))
  }

  async chooseFolder(folder: string): Promise<void> {
    this.calls.push(['chooseFolder', folder])
    this.#take(folder, Array.from({ length: 40 }, (_, i) => `day-03/clip-${i + 1}.flac`).map((name) => ({ name, key: folder + name, sizeBytes: 6_000_000 })))
  }

  async takeDrop(token: number, folder: string): Promise<void> {
    this.calls.push(['takeDrop', token, folder])
    this.#take(folder, [{ name: 'dropped.wav', key: `${folder}dropped.wav`, sizeBytes: 41_000_000 }])
  }

  async paste(folder: string): Promise<void> {
    this.calls.push(['paste', folder])
    if (!this.hasCopied) throw failure('nothingToPaste', 'nothing')
    this.#take(folder, [{ name: 'pasted.wav', key: `${folder}pasted.wav`, sizeBytes: 41_000_000 }])
  }

  async addSamples(folder: string): Promise<void> {
    this.calls.push(['addSamples', folder])
    this.#take(folder, [{ name: 'samples/reef-survey.raw', key: `${folder}samples/reef-survey.raw`, sizeBytes: 41_943_040 }])
  }

  async showSamples(): Promise<void> {
    this.calls.push(['showSamples'])
  }

  async showFolder(destination: string, folder: string): Promise<void> {
    this.calls.push(['showFolder', destination, folder])
  }

  openView = (destination: string, folder: string, find: string | null) => this.views.openView(destination, folder, find)
  closeView = (view: number) => this.views.closeView(view)
  loadView = (view: number) => this.views.loadView(view)
  readOn = (view: number) => this.views.readOn(view)
  lookThrough = (view: number) => this.views.lookThrough(view)
  stopLooking = (view: number) => this.views.stopLooking(view)
  arrangeView = (view: number, words: string, order: Order | null) => this.views.arrangeView(view, words, order)
  lines = (view: number, from: number, count: number) => this.views.lines(view, from, count)
  findLine = (view: number, key: string) => this.views.findLine(view, key)

  /** A page, as the server would tell it. */
  async list(destination: string, folder: string, next: string | null, isRecursive = false): Promise<Page> {
    this.calls.push(['list', destination, folder, next])
    await pause(next ? 400 : 150)
    if (this.listing === 'never') return new Promise(() => {})
    if (this.listing) throw this.listing
    if (this.sessions.get(destination)?.state !== 'running') throw failure('signedOut', 'signIn', this.#name(destination))
    const below = this.entries.filter(({ key, isFolder }) => key.startsWith(folder) && !(isRecursive && isFolder))
    const inside = isRecursive ? below : below.filter(({ key }) => /^[^/]+\/?$/.test(key.slice(folder.length)))
    const from = Number(next ?? 0)
    return { entries: inside.slice(from, from + PAGE_SIZE), next: from + PAGE_SIZE < inside.length ? String(from + PAGE_SIZE) : null }
  }

  async extras(destination: string, key: string): Promise<Extras> {
    this.calls.push(['extras', destination, key])
    return this.allows
  }

  async copyLink(destination: string, key: string): Promise<string> {
    this.calls.push(['copyLink', destination, key])
    return new Date(Date.now() + 2_472_000).toISOString()
  }

  download(destination: string, objects: readonly Wanted[]): Promise<Downloaded | null> {
    const keys = objects.map(({ key }) => key)
    this.calls.push(['download', destination, keys])
    return this.downloads.download(destination, objects)
  }

  async stopDownload(download: number): Promise<void> {
    this.calls.push(['stopDownload', download])
    this.downloads.stop(download)
  }

  async deleteObjects(destination: string, keys: readonly string[]): Promise<Deleted> {
    this.calls.push(['deleteObjects', destination, keys])
    this.entries = this.entries.filter(({ key }) => !keys.includes(key))
    this.views.remove(destination, keys)
    return { count: keys.length, areHidden: false, failure: null }
  }

  async makeFolder(destination: string, folder: string, name: string): Promise<string> {
    this.calls.push(['makeFolder', destination, folder, name])
    const key = `${folder}${name}/`
    if (this.entries.some((entry) => entry.key === key)) throw failure('alreadyInBucket', 'chooseConflict', name)
    const made: Entry = { isFolder: true, name, key, sizeBytes: null, modified: null, storageClass: null, etag: null, isNew: true }
    this.entries.push(made)
    this.views.arrive(destination, [made])
    return key
  }

  setupTexts = (fields: SetupFields) => this.account.setupTexts(fields)
  openConsole = (fields: SetupFields, step: SetupStep['step']) => this.account.openConsole(fields, step)
  planAccount = (fields: SetupFields, profile: string) => this.account.planAccount(fields, profile)
  setUpAccount = (fields: SetupFields, profile: string, changesExisting: boolean, connectAs: string, seen: SetupSeen, receive: (done: SetupDone) => void) => this.account.setUpAccount(fields, profile, changesExisting, connectAs, seen, receive)
  undoAccount = (fields: SetupFields, profile: string, seen: SetupSeen, receive: (done: SetupDone) => void) => this.account.undoAccount(fields, profile, seen, receive)

  planRepair = (destination: string, profile: string) => this.account.planRepair(destination, profile)
  repair = (destination: string, profile: string, seen: SetupSeen, receive: (done: SetupDone) => void) => this.account.repair(destination, profile, seen, receive)

  async examine(destination: string, mfaCode: string | null, receive: (finding: Finding) => void): Promise<Verdict> {
    this.calls.push(['examine', destination, mfaCode])
    if (this.examination === 'never') return new Promise(() => {})
    const { findings, verdict } = this.examination
    for (const finding of findings) {
      await pause(20)
      receive(finding)
    }
    return verdict
  }

  async policyAdvice(destination: string) {
    return adviceFor(this.destinations.find(({ id }) => id === destination)?.bucket ?? '')
  }

  async administratorLetter(destination: string, about: LetterAbout, language: Language): Promise<string> {
    this.calls.push(['administratorLetter', destination, about, language])
    return `letter about ${destination}`
  }

  async cancelDrop(drop: number): Promise<void> {
    this.calls.push(['cancelDrop', drop])
    for (const row of this.rows.values()) if (row.drop === drop && row.state !== 'stored') this.#moveById(row.id, 'cancelled')
  }

  async cancelRow(row: number): Promise<void> {
    this.#moveById(row, 'cancelled')
  }

  async retryRow(row: number): Promise<void> {
    this.calls.push(['retryRow', row])
    this.#moveById(row, 'waiting')
  }

  async retryAll(destination: string): Promise<void> {
    this.calls.push(['retryAll', destination])
    for (const { id } of this.#rowsOf(destination).filter((row) => row.state === 'failed')) this.#moveById(id, 'waiting')
  }

  async pauseRow(row: number): Promise<void> {
    this.calls.push(['pauseRow', row])
    this.#moveById(row, 'paused')
  }

  async resumeRow(row: number): Promise<void> {
    this.calls.push(['resumeRow', row])
    this.#moveById(row, 'waiting')
  }

  async pauseAll(destination: string): Promise<void> {
    this.calls.push(['pauseAll', destination])
    this.isHeld = true
    for (const { id } of this.#rowsOf(destination).filter((row) => OPEN.includes(row.state))) this.#moveById(id, 'paused')
    this.say({ kind: 'totals', ...this.#totals(destination) })
  }

  async resumeAll(destination: string): Promise<void> {
    this.calls.push(['resumeAll', destination])
    this.isHeld = false
    for (const { id } of this.#rowsOf(destination).filter((row) => row.state === 'paused')) this.#moveById(id, 'waiting')
    this.say({ kind: 'totals', ...this.#totals(destination) })
  }

  async moveToFront(row: number): Promise<void> {
    this.calls.push(['moveToFront', row])
    const found = this.rows.get(row)
    if (found) this.rows = new Map([[row, found], ...this.rows])
  }

  async resolveConflict(row: number, choice: ConflictChoice): Promise<void> {
    this.calls.push(['resolveConflict', row, choice])
    this.#resolve(row, choice)
  }

  async resolveDrop(row: number, choice: ConflictChoice): Promise<void> {
    this.calls.push(['resolveDrop', row, choice])
    const drop = this.rows.get(row)?.drop
    for (const one of [...this.rows.values()]) if (one.drop === drop && one.state === 'conflict') this.#resolve(one.id, choice)
  }

  async networkIsBack(destination: string): Promise<void> {
    this.calls.push(['networkIsBack', destination])
    this.isReachable = true
    for (const { id } of this.#rowsOf(destination).filter((row) => row.state === 'waitingForNetwork')) this.#moveById(id, 'waiting')
    this.say({ kind: 'totals', ...this.#totals(destination) })
  }

  async setPreferences(preferences: Preferences): Promise<void> {
    this.calls.push(['setPreferences', preferences])
    this.preferences = preferences
    this.say({ kind: 'preferences', ...preferences })
  }

  async network(): Promise<Network> {
    return this.networkSet
  }

  async setNetwork({ password, ...form }: ProxyForm): Promise<Network> {
    // The password must not live on in the list of calls.
    this.calls.push(['setNetwork', { ...form, hasPassword: password !== null }])
    if (form.proxy === 'manual' && form.url === '') throw failure('badProxy', 'correctInput', form.url)
    this.networkSet = { ...this.networkSet, ...form, hasPassword: password !== null }
    return this.networkSet
  }

  async chooseCaFile(): Promise<Network | null> {
    this.calls.push(['chooseCaFile'])
    this.networkSet = { ...this.networkSet, trusted: { name: 'company-ca.pem', certificates: 2 } }
    return this.networkSet
  }

  async forgetCaFile(): Promise<Network> {
    this.calls.push(['forgetCaFile'])
    this.networkSet = { ...this.networkSet, trusted: null }
    return this.networkSet
  }

  async sendPreviewed(token: number, choice: PreviewChoice): Promise<void> {
    this.calls.push(['sendPreviewed', token, choice])
    this.#add(this.#previewed.get(token) ?? [])
    this.#previewed.delete(token)
  }

  async dropPreviewed(token: number): Promise<void> {
    this.calls.push(['dropPreviewed', token])
    this.#previewed.delete(token)
  }

  async receipt(row: number): Promise<Receipt | null> {
    const found = this.rows.get(row)
    await pause(80)
    return found?.state === 'stored' ? receiptFor(found) : null
  }

  async receiptOf(destination: string, key: string): Promise<Receipt | null> {
    const found = [...this.rows.values()].find((row) => row.destination === destination && row.key === key && row.state === 'stored')
    if (!found) return null
    const receipt = receiptFor(found)
    return { ...receipt, etag: this.entries.find((entry) => entry.key === key)?.etag ?? receipt.etag }
  }

  async drops(): Promise<PastDrop[]> {
    await pause(80)
    return [...this.#scene.drops]
  }

  async saveReceipts(destination: string, drop: number | null, format: ReceiptFormat): Promise<string | null> {
    this.calls.push(['saveReceipts', destination, drop, format])
    await pause(80)
    return `sandglass-${drop ?? 'all'}.${format}`
  }

  async abandoned(destination: string): Promise<Abandoned[]> {
    return destination === this.destinations[0]?.id ? [...this.abandonedUploads] : []
  }

  async abortAbandoned(destination: string): Promise<number> {
    this.calls.push(['abortAbandoned', destination])
    await pause(80)
    this.abandonedUploads = this.abandonedUploads.slice(0, this.notRemovable)
    return this.abandonedUploads.length
  }

  async lifecycleRule(): Promise<string> {
    return RULE
  }

  async supportText(): Promise<string> {
    return SUPPORT
  }

  async saveSupportText(): Promise<string | null> {
    this.calls.push(['saveSupportText'])
    return 'sandglass-support.md'
  }

  async openLogs(): Promise<void> {
    this.calls.push(['openLogs'])
  }

  async quitNow(): Promise<void> {
    this.calls.push(['quitNow'])
  }

  async stayOpen(): Promise<void> {
    this.calls.push(['stayOpen'])
  }

  async clearFinished(destination: string): Promise<void> {
    const finished = [...this.rows.values()].filter((row) => row.destination === destination && ['stored', 'cancelled', 'skipped'].includes(row.state))
    for (const { id } of finished) this.rows.delete(id)
    this.say({ kind: 'rowsRemoved', ids: finished.map(({ id }) => id) })
    this.say({ kind: 'totals', ...this.#totals(destination) })
  }

  #listingAfterSignIn(): Failure | null {
    return this.listing !== null && this.listing !== 'never' && this.listing.code === 'listingDenied' ? this.listing : null
  }

  #name(destination: string): string {
    return this.destinations.find(({ id }) => id === destination)?.name ?? destination
  }

  #adopt(destination: Destination): void {
    this.destinations = [...this.destinations.filter(({ id }) => id !== destination.id), destination]
    this.selected = destination.id
    this.say({ kind: 'destinations', destinations: this.destinations, selected: this.selected })
  }

  #setSession(destination: string, session: Session): void {
    this.sessions.set(destination, session)
    this.say({ kind: 'session', destination, session })
  }

  #end(destination: string, cause: 'time' | 'user'): void {
    for (const row of this.rows.values()) if (OPEN.includes(row.state)) this.#move(row, 'waitingForSignIn')
    this.#setSession(destination, { state: 'ended', cause })
    this.say({ kind: 'totals', ...this.#totals(destination) })
  }

  #rowsOf(destination: string): Row[] {
    return [...this.rows.values()].filter((row) => row.destination === destination)
  }

  #resolve(id: number, choice: ConflictChoice): void {
    const row = this.rows.get(id)
    if (row && choice === 'keepBoth') row.key = row.key.replace(/(\.[^./]*)?$/, ' (2)$1')
    this.#moveById(id, choice === 'skip' ? 'skipped' : 'waiting')
  }

  /** A drop: shown first where the person wants that. */
  #take(folder: string, files: Pick<Row, 'name' | 'key' | 'sizeBytes'>[]): void {
    if (!this.preferences.looksFirst) return this.#add(files)
    const token = this.#nextDrop++
    this.#previewed.set(token, files)
    const conflicts = files.filter((file) => this.entries.some(({ key }) => key === file.key)).map(({ name }) => name)
    const found = { folders: 0, skipped: [], skippedCount: 0, twins: [], conflicts, conflictCount: conflicts.length }
    const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
    const preview: Preview = { ...found, token, destination: this.selected ?? '', folder, isDone: true, files: files.length, bytes, listing: 'looked', fit: { kind: 'yes' } }
    this.say({ kind: 'preview', preview: { ...preview, isDone: false, files: 1, listing: 'notLooked', fit: { kind: 'unknown' } } })
    setTimeout(() => this.say({ kind: 'preview', preview }), 300)
  }

  #add(files: Pick<Row, 'name' | 'key' | 'sizeBytes'>[]): void {
    const destination = this.selected ?? ''
    const state: RowState = this.sessions.get(destination)?.state === 'running' ? 'waiting' : 'waitingForSignIn'
    const drop = this.#nextDrop++
    const rows = files.map((file): Row => ({ ...ROW, ...file, id: this.#nextRow++, destination, drop, state }))
    for (const row of rows) this.rows.set(row.id, row)
    this.say({ kind: 'rowsAdded', rows: rows.map((row) => ({ ...row })) })
    this.say({ kind: 'totals', ...this.#totals(destination) })
  }

  #moveById(id: number, state: RowState): void {
    const row = this.rows.get(id)
    if (!row) return
    const signedIn = this.sessions.get(row.destination)?.state === 'running'
    this.#move(row, state === 'waiting' && !signedIn ? 'waitingForSignIn' : state)
    this.say({ kind: 'totals', ...this.#totals(row.destination) })
  }

  #move(row: Row, state: RowState): void {
    row.state = state
    row.failure = null
    row.conflict = null
    row.other = null
    this.say({ kind: 'rowsChanged', rows: [{ ...row }] })
  }

  #tick(): void {
    const destination = this.selected
    if (!destination || this.sessions.get(destination)?.state !== 'running') return
    if (performance.now() >= this.#endsAt) return this.#end(destination, 'time')
    if (this.isHeld || !this.isReachable) return
    const rows = this.#rowsOf(destination)
    const sending = rows.filter((row) => row.state === 'sending')
    for (const row of rows.filter((row) => row.state === 'waiting').slice(0, IN_FLIGHT - sending.length)) {
      const taken = this.entries.some(({ key }) => key === row.key)
      row.state = taken && row.sentBytes === 0 ? 'conflict' : 'sending'
      row.conflict = row.state === 'conflict' ? 'taken' : null
      sending.push(row)
    }
    const arrived: Entry[] = []
    for (const row of sending) {
      if (row.state !== 'sending') continue
      row.sentBytes = Math.min(row.sizeBytes, row.sentBytes + (BYTES_PER_SECOND * (TICK_MS / 1000)) / IN_FLIGHT)
      if (row.sentBytes < row.sizeBytes) continue
      row.state = 'stored'
      row.proof = 'checksum'
      arrived.push({ isFolder: false, name: row.key.split('/').at(-1) ?? '', key: row.key, sizeBytes: row.sizeBytes, modified: new Date().toISOString(), storageClass: null, etag: null, isNew: true })
    }
    if (sending.length === 0) return
    this.say({ kind: 'rowsChanged', rows: sending.map((row) => ({ ...row })) })
    this.say({ kind: 'totals', ...this.#totals(destination) })
    this.entries.push(...arrived)
    if (arrived.length > 0) this.views.arrive(destination, arrived)
  }

  #totals(destination: string): Totals {
    // A line's speed is never level.
    const sway = this.#scene.moves ? 1 + 0.14 * Math.sin(performance.now() / 4100) + 0.07 * Math.sin(performance.now() / 900) : 1
    return totalsOf(this.#rowsOf(destination), destination, Math.round(BYTES_PER_SECOND * sway), { isPaused: this.isHeld, isReachable: this.isReachable })
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
