// The only file that talks to Tauri: one method for each of the shell's commands, under the same name.
//
// A rejected promise is always a `Failure`; see `asFailure` for the one case where Rust did not write it.
import { Channel, invoke } from '@tauri-apps/api/core'
import type {
  Abandoned,
  AwsProfile,
  Change,
  ConflictChoice,
  ConnectForm,
  Deleted,
  Downloaded,
  Extras,
  Failure,
  Finding,
  KeyFile,
  Language,
  LetterAbout,
  KeyState,
  Rotated,
  RotationOutlook,
  Network,
  Offer,
  OldKey,
  Lines,
  Order,
  PastDrop,
  PolicyAdvice,
  Preferences,
  PreviewChoice,
  ProxyForm,
  Receipt,
  ReceiptFormat,
  SetupDone,
  SetupFields,
  SetupPlan,
  SetupSeen,
  SetupStep,
  SetupTexts,
  Verdict,
  View,
  Wanted,
} from './bindings'

export interface Backend {
  /** A snapshot first, then changes, until the page goes away. */
  watch(receive: (change: Change) => void, language: Language): Promise<void>
  /** Keeps the key, saves the destination and answers its id. */
  connect(form: ConnectForm): Promise<string>
  /** The key stays in Rust; null when the person chose nothing. */
  chooseKeyFile(): Promise<KeyFile | null>
  trySandbox(): Promise<string>
  selectDestination(destination: string): Promise<void>
  removeDestination(destination: string): Promise<void>
  /** Its session and its rows go on. */
  renameDestination(destination: string, name: string): Promise<void>
  duplicateDestination(destination: string): Promise<void>
  /** Asks where in the system's dialog. */
  saveDropZone(destination: string): Promise<void>
  /** Null when the person chose nothing. */
  openDropZone(): Promise<Offer | null>
  profiles(): Promise<AwsProfile[]>
  readProfile(name: string): Promise<Offer>
  /** The file that was offered last goes into the bucket after all. */
  uploadOffered(): Promise<void>
  /** Looks in the keychain; nobody signs in. */
  keyState(destination: string): Promise<KeyState>
  /** Takes the key out of the keychain and ends the session; the destination stays. */
  forgetKey(destination: string): Promise<void>
  /** Asks IAM; nothing changes. */
  rotationOutlook(destination: string): Promise<RotationOutlook>
  /** `deletes`: the last four characters of the user's other key, which goes for the new one. */
  rotateKey(destination: string, deletes: string | null): Promise<Rotated>
  /** Stops waiting for AWS to know the new key. */
  stopRotation(): Promise<void>
  deleteOldKey(destination: string): Promise<OldKey>
  signIn(destination: string, mfaCode: string | null): Promise<void>
  /** The session is renewed by itself until its files are through. */
  keepRenewing(destination: string, keeps: boolean): Promise<void>
  /** Stops a sign-in that is on its way. */
  cancelSignIn(destination: string): Promise<void>
  endSession(destination: string): Promise<void>
  /** `folder` is a whole prefix in the bucket, as in `Entry.key`. */
  chooseFiles(folder: string): Promise<void>
  chooseFolder(folder: string): Promise<void>
  /** Where a drop fell, that `dropped` told of. */
  takeDrop(token: number, folder: string): Promise<void>
  /** The files on the system's clipboard. */
  paste(folder: string): Promise<void>
  /** Tells Rust where a drop goes. */
  /** Files to try it with, as if they had been dropped. */
  addSamples(folder: string): Promise<void>
  /** Shows them in the system's file manager. */
  showSamples(): Promise<void>
  showFolder(destination: string, folder: string): Promise<void>
  /** A folder, or everything below it whose name holds the words of `find`. Nothing is read yet. */
  openView(destination: string, folder: string, find: string | null): Promise<number>
  closeView(view: number): Promise<void>
  /** The first page anew. */
  loadView(view: number): Promise<View>
  /** The next page. */
  readOn(view: number): Promise<View>
  /** Page after page, told by `viewed`, until the end, a failure, or `stopLooking`. */
  lookThrough(view: number): Promise<void>
  stopLooking(view: number): Promise<void>
  arrangeView(view: number, words: string, order: Order | null): Promise<View>
  lines(view: number, from: number, count: number): Promise<Lines>
  /** Where a key is shown, when it is. */
  findLine(view: number, key: string): Promise<number | null>
  /** What the role allows besides uploads, as far as it was found; asks for this object's headers once a session. */
  extras(destination: string, key: string): Promise<Extras>
  /** Copies a link that ends with the session; answers when that is. The page does not learn the link. */
  copyLink(destination: string, key: string): Promise<string>
  /** Asks where, and answers when it is over; null when the person chose nothing. How far it is is told by `downloading`. */
  download(destination: string, objects: readonly Wanted[]): Promise<Downloaded | null>
  /** Whole files stay; nothing is left of the one that was coming. */
  stopDownload(download: number): Promise<void>
  deleteObjects(destination: string, keys: readonly string[]): Promise<Deleted>
  /** The new folder. */
  makeFolder(destination: string, folder: string, name: string): Promise<string>
  /** What to paste in the console, and the set-up as code. */
  setupTexts(fields: SetupFields): Promise<SetupTexts>
  /** A page of AWS's console, in the system's browser. */
  openConsole(fields: SetupFields, step: SetupStep['step']): Promise<void>
  /** What is there in the account; changes nothing. */
  planAccount(fields: SetupFields, profile: string): Promise<SetupPlan>
  /** Tells each thing as it is done; answers the id of the destination that was made. */
  setUpAccount(fields: SetupFields, profile: string, changesExisting: boolean, connectAs: string, seen: SetupSeen, receive: (done: SetupDone) => void): Promise<string | null>
  undoAccount(fields: SetupFields, profile: string, seen: SetupSeen, receive: (done: SetupDone) => void): Promise<void>
  /** What of the role and its user keeps the destination from working; changes nothing. */
  planRepair(destination: string, profile: string): Promise<SetupPlan>
  repair(destination: string, profile: string, seen: SetupSeen, receive: (done: SetupDone) => void): Promise<void>
  /** Tells each finding as its check ends; answers whether uploads work. */
  examine(destination: string, mfaCode: string | null, receive: (finding: Finding) => void): Promise<Verdict>
  policyAdvice(destination: string): Promise<PolicyAdvice>
  /** What to send to the administrator after a refusal: causes and policies. */
  administratorLetter(destination: string, about: LetterAbout, language: Language): Promise<string>
  cancelRow(row: number): Promise<void>
  /** All files of a drop that are not stored, those that are still looked for among them. */
  cancelDrop(drop: number): Promise<void>
  retryRow(row: number): Promise<void>
  retryAll(destination: string): Promise<void>
  pauseRow(row: number): Promise<void>
  resumeRow(row: number): Promise<void>
  pauseAll(destination: string): Promise<void>
  resumeAll(destination: string): Promise<void>
  /** It runs before all that wait. */
  moveToFront(row: number): Promise<void>
  resolveConflict(row: number, choice: ConflictChoice): Promise<void>
  /** The choice for all rows of this row's drop that stand in conflict. */
  resolveDrop(row: number, choice: ConflictChoice): Promise<void>
  clearFinished(destination: string): Promise<void>
  /** The system says so: what waits for the network is tried at once. */
  networkIsBack(destination: string): Promise<void>
  setPreferences(preferences: Preferences): Promise<void>
  network(): Promise<Network>
  setNetwork(form: ProxyForm): Promise<Network>
  /** Asks which in the system's dialog; null when the person chose none. */
  chooseCaFile(): Promise<Network | null>
  forgetCaFile(): Promise<Network>
  sendPreviewed(token: number, choice: PreviewChoice): Promise<void>
  dropPreviewed(token: number): Promise<void>
  /** Null when nothing is stored under this row. */
  receipt(row: number): Promise<Receipt | null>
  /** Of what this computer stored under this key last; null when it stored nothing there. */
  receiptOf(destination: string, key: string): Promise<Receipt | null>
  drops(destination: string): Promise<PastDrop[]>
  /** Asks where in the system's dialog; the file's name, or null when the person chose nothing. A null drop is all. */
  saveReceipts(destination: string, drop: number | null, format: ReceiptFormat): Promise<string | null>
  abandoned(destination: string): Promise<Abandoned[]>
  /** How many are left, where the role may not remove them. */
  abortAbandoned(destination: string): Promise<number>
  /** JSON to copy for the administrator. */
  lifecycleRule(destination: string): Promise<string>
  /** As it would be saved. */
  supportText(): Promise<string>
  /** Saves what was told last. Asks where in the system's dialog; the file's name. */
  saveSupportText(): Promise<string | null>
  openLogs(): Promise<void>
  quitNow(): Promise<void>
  stayOpen(): Promise<void>
}

export const tauri: Backend = {
  watch(receive, language) {
    const channel = new Channel<Change>()
    channel.onmessage = receive
    return invoke('watch', { channel, language })
  },
  connect: (form) => invoke('connect', { form }),
  chooseKeyFile: () => invoke('choose_key_file'),
  trySandbox: () => invoke('try_sandbox'),
  selectDestination: (destination) => invoke('select_destination', { destination }),
  removeDestination: (destination) => invoke('remove_destination', { destination }),
  renameDestination: (destination, name) => invoke('rename_destination', { destination, name }),
  duplicateDestination: (destination) => invoke('duplicate_destination', { destination }),
  saveDropZone: (destination) => invoke('save_drop_zone', { destination }),
  openDropZone: () => invoke('open_drop_zone'),
  profiles: () => invoke('profiles'),
  readProfile: (name) => invoke('read_profile', { name }),
  uploadOffered: () => invoke('upload_offered'),
  keyState: (destination) => invoke('key_state', { destination }),
  forgetKey: (destination) => invoke('forget_key', { destination }),
  rotationOutlook: (destination) => invoke('rotation_outlook', { destination }),
  rotateKey: (destination, deletes) => invoke('rotate_key', { destination, deletes }),
  stopRotation: () => invoke('stop_rotation'),
  deleteOldKey: (destination) => invoke('delete_old_key', { destination }),
  signIn: (destination, mfaCode) => invoke('sign_in', { destination, mfaCode }),
  keepRenewing: (destination, keeps) => invoke('keep_renewing', { destination, keeps }),
  cancelSignIn: (destination) => invoke('cancel_sign_in', { destination }),
  endSession: (destination) => invoke('end_session', { destination }),
  chooseFiles: (folder) => invoke('choose_files', { folder }),
  chooseFolder: (folder) => invoke('choose_folder', { folder }),
  takeDrop: (token, folder) => invoke('take_drop', { token, folder }),
  paste: (folder) => invoke('paste', { folder }),
  addSamples: (folder) => invoke('add_samples', { folder }),
  showSamples: () => invoke('show_samples'),
  showFolder: (destination, folder) => invoke('show_folder', { destination, folder }),
  openView: (destination, folder, find) => invoke('open_view', { destination, folder, find }),
  closeView: (view) => invoke('close_view', { view }),
  loadView: (view) => invoke('load_view', { view }),
  readOn: (view) => invoke('read_on', { view }),
  lookThrough: (view) => invoke('look_through', { view }),
  stopLooking: (view) => invoke('stop_looking', { view }),
  arrangeView: (view, words, order) => invoke('arrange_view', { view, words, order }),
  lines: (view, from, count) => invoke('lines', { view, from, count }),
  findLine: (view, key) => invoke('find_line', { view, key }),
  extras: (destination, key) => invoke('extras', { destination, key }),
  copyLink: (destination, key) => invoke('copy_link', { destination, key }),
  download: (destination, objects) => invoke('download', { destination, objects }),
  stopDownload: (download) => invoke('stop_download', { download }),
  deleteObjects: (destination, keys) => invoke('delete_objects', { destination, keys }),
  makeFolder: (destination, folder, name) => invoke('make_folder', { destination, folder, name }),
  setupTexts: (fields) => invoke('setup_texts', { fields }),
  openConsole: (fields, step) => invoke('open_console', { fields, step }),
  planAccount: (fields, profile) => invoke('plan_account', { fields, profile }),
  setUpAccount: (fields, profile, changesExisting, connectAs, { administrator, seal }, receive) => invoke('set_up_account', { fields, profile, changesExisting, connectAs, seen: { administrator, seal }, each: new Channel<SetupDone>(receive) }),
  undoAccount: (fields, profile, { administrator, seal }, receive) => invoke('undo_account', { fields, profile, seen: { administrator, seal }, each: new Channel<SetupDone>(receive) }),
  planRepair: (destination, profile) => invoke('plan_repair', { destination, profile }),
  repair: (destination, profile, { administrator, seal }, receive) => invoke('repair', { destination, profile, seen: { administrator, seal }, each: new Channel<SetupDone>(receive) }),
  examine: (destination, mfaCode, receive) => invoke('examine', { destination, mfaCode, each: new Channel<Finding>(receive) }),
  policyAdvice: (destination) => invoke('policy_advice', { destination }),
  administratorLetter: (destination, about, language) => invoke('administrator_letter', { destination, about, language }),
  cancelDrop: (drop) => invoke('cancel_drop', { drop }),
  cancelRow: (row) => invoke('cancel_row', { row }),
  retryRow: (row) => invoke('retry_row', { row }),
  retryAll: (destination) => invoke('retry_all', { destination }),
  pauseRow: (row) => invoke('pause_row', { row }),
  resumeRow: (row) => invoke('resume_row', { row }),
  pauseAll: (destination) => invoke('pause_all', { destination }),
  resumeAll: (destination) => invoke('resume_all', { destination }),
  moveToFront: (row) => invoke('move_to_front', { row }),
  resolveConflict: (row, choice) => invoke('resolve_conflict', { row, choice }),
  resolveDrop: (row, choice) => invoke('resolve_drop', { row, choice }),
  clearFinished: (destination) => invoke('clear_finished', { destination }),
  networkIsBack: (destination) => invoke('network_is_back', { destination }),
  setPreferences: (preferences) => invoke('set_preferences', { preferences }),
  network: () => invoke('network'),
  setNetwork: (form) => invoke('set_network', { form }),
  chooseCaFile: () => invoke('choose_ca_file'),
  forgetCaFile: () => invoke('forget_ca_file'),
  sendPreviewed: (token, choice) => invoke('send_previewed', { token, choice }),
  dropPreviewed: (token) => invoke('drop_previewed', { token }),
  receipt: (row) => invoke('receipt', { row }),
  receiptOf: (destination, key) => invoke('receipt_of', { destination, key }),
  drops: (destination) => invoke('drops', { destination }),
  saveReceipts: (destination, drop, format) => invoke('save_receipts', { destination, drop, format }),
  abandoned: (destination) => invoke('abandoned', { destination }),
  abortAbandoned: (destination) => invoke('abort_abandoned', { destination }),
  lifecycleRule: (destination) => invoke('lifecycle_rule', { destination }),
  supportText: () => invoke('support_text'),
  saveSupportText: () => invoke('save_support_text'),
  openLogs: () => invoke('open_logs'),
  quitNow: () => invoke('quit_now'),
  stayOpen: () => invoke('stay_open'),
}

/** Tauri itself rejects with a string (a refused permission, a bad argument): a bug of ours, shown as one. */
export function asFailure(thrown: unknown): Failure {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'remedy' in thrown) return thrown as Failure
  console.error(thrown)
  return { code: 'requestRefused', message: String(thrown), remedy: 'retry', about: 'Sandglass' }
}
