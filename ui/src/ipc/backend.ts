// The only file that talks to Tauri: one method for each of the shell's commands, under the same name.
//
// A rejected promise is always a `Failure`; see `asFailure` for the one case where Rust did not write it.
import { Channel, invoke } from '@tauri-apps/api/core'
import type { Change, ConflictChoice, ConnectForm, Failure, KeyFile, Page, PolicyAdvice } from './bindings'

export interface Backend {
  /** A snapshot first, then changes, until the page goes away. */
  watch(receive: (change: Change) => void): Promise<void>
  /** Keeps the key, saves the destination and answers its id. */
  connect(form: ConnectForm): Promise<string>
  /** The key stays in Rust; null when the person chose nothing. */
  chooseKeyFile(): Promise<KeyFile | null>
  trySandbox(): Promise<string>
  selectDestination(destination: string): Promise<void>
  removeDestination(destination: string): Promise<void>
  signIn(destination: string, mfaCode: string | null): Promise<void>
  endSession(destination: string): Promise<void>
  /** `folder` is a whole prefix in the bucket, as in `Entry.key`. */
  chooseFiles(folder: string): Promise<void>
  chooseFolder(folder: string): Promise<void>
  /** Tells Rust where a drop goes. */
  showFolder(destination: string, folder: string): Promise<void>
  list(destination: string, folder: string, next: string | null): Promise<Page>
  policyAdvice(destination: string): Promise<PolicyAdvice>
  cancelRow(row: number): Promise<void>
  retryRow(row: number): Promise<void>
  resolveConflict(row: number, choice: ConflictChoice): Promise<void>
  clearFinished(destination: string): Promise<void>
}

export const tauri: Backend = {
  watch(receive) {
    const channel = new Channel<Change>()
    channel.onmessage = receive
    return invoke('watch', { channel })
  },
  connect: (form) => invoke('connect', { form }),
  chooseKeyFile: () => invoke('choose_key_file'),
  trySandbox: () => invoke('try_sandbox'),
  selectDestination: (destination) => invoke('select_destination', { destination }),
  removeDestination: (destination) => invoke('remove_destination', { destination }),
  signIn: (destination, mfaCode) => invoke('sign_in', { destination, mfaCode }),
  endSession: (destination) => invoke('end_session', { destination }),
  chooseFiles: (folder) => invoke('choose_files', { folder }),
  chooseFolder: (folder) => invoke('choose_folder', { folder }),
  showFolder: (destination, folder) => invoke('show_folder', { destination, folder }),
  list: (destination, folder, next) => invoke('list', { destination, folder, next }),
  policyAdvice: (destination) => invoke('policy_advice', { destination }),
  cancelRow: (row) => invoke('cancel_row', { row }),
  retryRow: (row) => invoke('retry_row', { row }),
  resolveConflict: (row, choice) => invoke('resolve_conflict', { row, choice }),
  clearFinished: (destination) => invoke('clear_finished', { destination }),
}

/** Tauri itself rejects with a string (a refused permission, a bad argument): a bug of ours, shown as one. */
export function asFailure(thrown: unknown): Failure {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'remedy' in thrown) return thrown as Failure
  console.error(thrown)
  return { code: 'requestRefused', message: String(thrown), remedy: 'retry', about: 'Sandglass' }
}
