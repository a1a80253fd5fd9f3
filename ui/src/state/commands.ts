// What can be done now, for the menus and the palette: each wish has one name and one way.
import type { Destination } from '../ipc/bindings'
import { m } from '../paraglide/messages.js'
import type { Sandglass } from './sandglass.svelte'

export interface Command {
  /** Also the part's name in a menu. */
  id: string
  text: string
  act: () => void
}

/** Ways to one more destination. */
export function newDestinationCommands(sandglass: Sandglass): Command[] {
  const commands = [
    { id: 'connect-another', text: m.destination_connect(), act: () => (sandglass.panel = { kind: 'connect', like: null, keepsKey: false }) },
    { id: 'import-destination', text: m.dest_import(), act: () => (sandglass.panel = { kind: 'import' as const }) },
    { id: 'set-up-aws', text: m.setup_open(), act: () => (sandglass.panel = { kind: 'setup' }) },
  ]
  if (sandglass.destinations.all.some((destination) => destination.isSandbox)) return commands
  return [...commands, { id: 'try-sandbox', text: m.first_sandbox(), act: () => sandglass.startSandbox() }]
}

export function destinationCommands(sandglass: Sandglass, shown: Destination): Command[] {
  const kept = [
    { id: 'duplicate-destination', text: m.dest_duplicate(), act: () => sandglass.duplicate(shown) },
    { id: 'save-drop-zone', text: m.dest_save_zone(), act: () => sandglass.saveDropZone(shown) },
    { id: 'change-destination', text: m.destination_change(), act: () => sandglass.change(shown, true) },
    { id: 'access-key', text: m.key_open(), act: () => (sandglass.panel = { kind: 'key' as const, destination: shown }) },
  ]
  const examine = { id: 'examine', text: m.examine_open(), act: () => sandglass.examine(shown) }
  return [
    { id: 'rename-destination', text: m.dest_rename(), act: () => (sandglass.panel = { kind: 'rename', destination: shown }) },
    ...(shown.isSandbox ? [] : kept),
    examine,
    { id: 'remove-destination', text: m.destination_remove(), act: () => (sandglass.panel = { kind: 'remove', destination: shown }) },
  ]
}

export function supportCommands(sandglass: Sandglass): Command[] {
  return [
    { id: 'open-logs', text: m.settings_open_logs(), act: () => sandglass.openLogs() },
    { id: 'open-support', text: m.support_open(), act: () => (sandglass.panel = { kind: 'support' }) },
  ]
}

export function settingsCommand(sandglass: Sandglass): Command {
  return { id: 'settings', text: m.settings(), act: () => (sandglass.panel = { kind: 'settings' }) }
}

function sessionCommands(sandglass: Sandglass, shown: Destination): Command[] {
  const session = sandglass.sessionOf(shown.id)
  const signIn = { id: 'sign-in', text: session.isRunning ? m.session_renew() : m.session_sign_in(), act: () => sandglass.signIn(shown) }
  if (session.state === 'signingIn') return []
  return session.isRunning ? [signIn, { id: 'end-session', text: m.session_end(), act: () => sandglass.endSession(shown) }] : [signIn]
}

function folderCommands(sandglass: Sandglass, shown: Destination): Command[] {
  return [
    { id: 'add-files', text: m.folder_add_files(), act: () => sandglass.addFiles() },
    { id: 'add-folder', text: m.folder_add_folder(), act: () => sandglass.addFolder() },
    { id: 'paste', text: m.folder_paste(), act: () => sandglass.paste() },
    { id: 'new-folder', text: m.folder_new(), act: () => (sandglass.panel = { kind: 'newFolder', destination: shown, folder: sandglass.destinations.folder }) },
    { id: 'open-filter', text: m.filter_open(), act: () => (sandglass.isFiltering = true) },
    { id: 'refresh', text: m.folder_refresh(), act: () => void sandglass.listings.of(shown.id, sandglass.destinations.folder).load() },
  ]
}

function uploadCommands(sandglass: Sandglass, shown: Destination): Command[] {
  const uploads = sandglass.uploadsOf(shown.id)
  const all: (Command & { isOffered: boolean })[] = [
    { id: 'resume-all', text: m.uploads_resume_all(), act: () => sandglass.hold(shown, false), isOffered: uploads.isHeld },
    { id: 'pause-all', text: m.uploads_pause_all(), act: () => sandglass.hold(shown, true), isOffered: !uploads.isHeld && uploads.filesLeft > 0 },
    { id: 'retry-all', text: m.uploads_retry_all(), act: () => sandglass.retryAll(shown), isOffered: uploads.hasFailed },
    { id: 'clear-finished', text: m.uploads_clear(), act: () => sandglass.clearFinished(shown), isOffered: uploads.hasFinished },
    { id: 'group-by-drop', text: m.drawer_group(), act: () => sandglass.drawer.group(!sandglass.drawer.isGrouped), isOffered: uploads.count > 0 },
    { id: 'receipts', text: m.receipts(), act: () => (sandglass.panel = { kind: 'receipts', destination: shown }), isOffered: true },
  ]
  return all.filter((command) => command.isOffered)
}

/** A command among those of other kinds: *Rename* alone does not tell what. */
export interface NamedCommand extends Command {
  kind: string
}

/** Everything that can be done now with the destination that is shown, and what leads elsewhere. */
export function allCommands(sandglass: Sandglass, shown: Destination): NamedCommand[] {
  const others = sandglass.destinations.all.filter(({ id }) => id !== shown.id)
  const shows = others.map((other) => ({ id: `show-${other.id}`, text: m.palette_show({ name: other.name }), act: () => sandglass.select(other) }))
  const network = { id: 'open-network', text: m.network_open(), act: () => (sandglass.panel = { kind: 'network' }) }
  const of = (kind: string, commands: Command[]) => commands.map((command) => ({ ...command, kind }))
  return [
    ...of(m.palette_session(), sessionCommands(sandglass, shown)),
    ...of(m.palette_folder(), folderCommands(sandglass, shown)),
    ...of(m.uploads(), uploadCommands(sandglass, shown)),
    ...of(m.palette_destination(), [...shows, ...destinationCommands(sandglass, shown), ...newDestinationCommands(sandglass)]),
    ...of(m.settings_title(), [settingsCommand(sandglass), network, ...supportCommands(sandglass)]),
  ]
}
