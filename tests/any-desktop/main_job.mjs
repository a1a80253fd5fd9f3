// The main job in the real window on any desktop that tauri-driver knows: the sandbox, files pasted, signed out, signed in again.
//
//   node tests/any-desktop/main_job.mjs PROGRAM [NATIVE_DRIVER]
//
// The stories in `tests/e2e` tell far more, with a real mouse, but on Linux only. This one is what runs on Windows, where files are
// pasted, since no WebDriver drags files from outside.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const [program, nativeDriver] = process.argv.slice(2)
if (!program) throw new Error('which program?')

const PORT = 4723
const SOON = 60_000
const screens = resolve('target/screens')
const folder = mkdtempSync(join(tmpdir(), 'sandglass-'))
mkdirSync(screens, { recursive: true })

/** One command of WebDriver; its value. Each on a connection of its own: tauri-driver is slow to notice a second request on one. */
function ask(method, path, body) {
  const bytes = body && Buffer.from(JSON.stringify(body))
  const headers = { 'content-type': 'application/json', 'content-length': bytes?.length ?? 0 }
  return new Promise((answered, failed) => {
    const asked = request({ host: '127.0.0.1', port: PORT, method, path, headers, agent: false, timeout: SOON }, async (answer) => {
      const told = JSON.parse(Buffer.concat(await answer.toArray()).toString())
      if (answer.statusCode === 200) answered(told.value)
      else failed(new Error(`${path}: ${JSON.stringify(told.value)}`))
    })
    asked.on('error', failed)
    asked.on('timeout', () => asked.destroy(new Error(`${path}: no answer`)))
    asked.end(bytes)
  })
}

/** Looks until there is something, or fails with what did not happen. */
async function until(what, look) {
  let cause
  for (const end = Date.now() + SOON; Date.now() < end; await pause(200)) {
    const found = await look().catch((error) => void (cause = error))
    if (found) return found
  }
  throw new Error(`did not happen in time: ${what}`, { cause })
}

let session
const execute = (script, ...args) => ask('POST', `/session/${session}/execute/sync`, { script, args })
const there = (css) => until(css, () => execute('return document.querySelector(arguments[0]) !== null', css))
const part = (name) => there(`[data-part="${name}"]`)
const click = async (name) => {
  await part(name)
  await execute(`document.querySelector('[data-part="${name}"]').click()`)
}
const stored = (files) => there(`[data-part="totals"][data-stored="${files}"][data-files="${files}"]`)
const picture = async (name) => {
  // WebKit's driver never answers where nothing is painted by a GPU.
  if (process.platform === 'linux') return
  const png = await ask('GET', `/session/${session}/screenshot`)
  writeFileSync(join(screens, `any-desktop-${name}.png`), Buffer.from(png, 'base64'))
}

/** Puts files on the clipboard as the file manager does. */
function copy(paths) {
  const list = paths.map((path) => `'${path}'`).join(',')
  const done =
    process.platform === 'win32'
      ? spawnSync('powershell', ['-NoProfile', '-Command', `Set-Clipboard -Path ${list}`])
      : spawnSync('xclip', ['-selection', 'clipboard', '-t', 'text/uri-list'], { input: paths.map((path) => `file://${path}\r\n`).join(''), stdio: ['pipe', 'ignore', 'ignore'] })
  if (done.status !== 0) throw new Error(`not copied: ${done.stderr ?? done.error}`)
}

async function paste(paths) {
  copy(paths)
  const CONTROL = '\uE009'
  const actions = [
    { type: 'keyDown', value: CONTROL },
    { type: 'keyDown', value: 'v' },
    { type: 'keyUp', value: 'v' },
    { type: 'keyUp', value: CONTROL },
  ]
  await ask('POST', `/session/${session}/actions`, { actions: [{ type: 'key', id: 'keyboard', actions }] })
}

const files = ['grain.txt', '砂 two.txt', 'late.txt'].map((name) => {
  const path = join(folder, name)
  writeFileSync(path, `${name}\n`)
  return path
})
const home = join(folder, 'home')
const driver = spawn('tauri-driver', ['--port', `${PORT}`, ...(nativeDriver ? ['--native-driver', nativeDriver] : [])], {
  env: { ...process.env, SANDGLASS_HOME: home },
  stdio: 'inherit',
})
try {
  const capabilities = { alwaysMatch: { browserName: 'wry', 'tauri:options': { application: resolve(program) } } }
  session = (await until('the window opens', () => ask('POST', '/session', { capabilities }))).sessionId
  await part('first-start')
  await picture('1-first-start')
  await click('try-sandbox')
  await part('end-session')
  await part('picture-empty')
  await paste(files.slice(0, 2))
  await stored(2)
  await picture('2-stored')
  await click('end-session')
  await click('sign-in')
  await part('end-session')
  await paste(files.slice(2))
  await stored(3)
  await picture('3-stored-again')
  console.log('The main job went through.')
} catch (error) {
  if (session) await picture('failed').catch(() => {})
  throw error
} finally {
  if (session) await ask('DELETE', `/session/${session}`).catch(() => {})
  driver.kill()
  try {
    // On Windows a program that is just ending may still hold a file.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
  } catch (left) {
    console.warn(`${folder} stays: ${left}`)
  }
}
