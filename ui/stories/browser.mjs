// A browser on a screen that nobody sees, driven over the W3C WebDriver protocol.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** Where Debian and Ubuntu put the small browser that comes with the webview of the real window. */
const MINI_BROWSER = `/usr/lib/${{ x64: 'x86_64', arm64: 'aarch64' }[process.arch] ?? process.arch}-linux-gnu/webkit2gtk-4.1/MiniBrowser`
const READY_WITHIN_MS = 20_000
/** A page that turns in a circle answers nothing, not even that it took too long. */
const ANSWERED_WITHIN_MS = 60_000
const RESIZED_WITHIN_MS = 1_000
/** So large that the pointer, which is in its middle, is not over the page. */
const SCREEN = '2400x1800x24'

/** Ended with this process, however it ends. */
const started = new Set()
process.on('exit', () => started.forEach(end))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

/** In a group of its own, so that what it starts ends with it. */
function start(program, args, options) {
  const child = spawn(program, args, { detached: true, ...options })
  child.on('error', (error) => {
    console.error(`${program}: ${error.message}; \`cargo xtask test\` installs it.`)
    process.exit(1)
  })
  started.add(child)
  return child
}

function end(child) {
  started.delete(child)
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // It has ended by itself.
    if (error.code !== 'ESRCH') throw error
  }
}

export async function openDisplay() {
  const xvfb = start('Xvfb', ['-displayfd', '1', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const number = await new Promise((found, refuse) => {
    xvfb.stdout.once('data', (line) => found(String(line).trim()))
    xvfb.once('exit', () => refuse(new Error('Xvfb ended without a display.')))
  })
  return { name: `:${number}`, close: () => end(xvfb) }
}

function freePort() {
  return new Promise((found, refuse) => {
    const server = createServer()
    server.once('error', refuse)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => found(port))
    })
  })
}

/** Nothing of the person's own settings, language or place reaches the pictures. */
function environment(display, home) {
  mkdirSync(home, { recursive: true })
  return {
    ...{ PATH: process.env.PATH, DISPLAY: display, HOME: home, TZ: 'UTC', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
    ...{ XDG_CONFIG_HOME: join(home, 'config'), XDG_CACHE_HOME: join(home, 'cache'), XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home },
    ...{ GDK_BACKEND: 'x11', GSETTINGS_BACKEND: 'memory', NO_AT_BRIDGE: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
    // Tiles that one time the processor draws and another time the graphics library differ in their edges.
    ...{ WEBKIT_SKIA_ENABLE_CPU_RENDERING: '1' },
  }
}

/** Which letters the page's fonts come to on this machine, with their versions. */
function letters() {
  const families = ['Noto Sans', 'Noto Sans CJK JP', 'Noto Sans Mono']
  const found = families.map((family) => execFileSync('fc-match', ['--format', '%{family[0]} %{fontversion}', family], { encoding: 'utf8' }))
  return [...new Set(found)].join(', ')
}

export class Browser {
  #driver
  #address
  #session = ''
  /** What draws: the browser's version and the letters it has. */
  hand = ''
  #size = ''
  /** What of the window is not the page, in pixels. */
  #bars = [0, 0]

  static async open(display, home) {
    const browser = new Browser()
    const port = await freePort()
    browser.#address = `http://127.0.0.1:${port}`
    browser.#driver = start('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], { env: environment(display.name, home), stdio: ['ignore', 'ignore', 'ignore'] })
    await browser.#untilReady()
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary: MINI_BROWSER, args: ['--automation'] }, timeouts: { script: READY_WITHIN_MS, pageLoad: READY_WITHIN_MS } } }
    const session = await browser.#ask('POST', '/session', { capabilities })
    browser.#session = `/session/${session.sessionId}`
    browser.hand = `${session.capabilities.browserName} ${session.capabilities.browserVersion} with ${letters()}`
    return browser
  }

  async #untilReady() {
    const deadline = Date.now() + READY_WITHIN_MS
    for (;;) {
      const status = await fetch(`${this.#address}/status`).then((answer) => answer.json(), () => null)
      if (status?.value?.ready) return
      if (Date.now() > deadline) throw new Error('WebKitWebDriver does not answer.')
      await new Promise((next) => setTimeout(next, 20))
    }
  }

  async #ask(method, path, body) {
    const answer = await fetch(this.#address + path, { method, signal: AbortSignal.timeout(ANSWERED_WITHIN_MS), ...(body ? { body: JSON.stringify(body) } : {}) })
    const { value } = await answer.json()
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`)
    return value
  }

  open(url) {
    this.#size = ''
    return this.#ask('POST', `${this.#session}/url`, { url })
  }

  /** What the promise that `body` answers comes to; `args` are its arguments. */
  async ask(body, ...args) {
    const script = `const told = arguments[arguments.length - 1]; (async (...args) => { ${body} })(...arguments).then((value) => told({ value }), (thrown) => told({ thrown: String(thrown) }))`
    const { value, thrown } = await this.#ask('POST', `${this.#session}/execute/async`, { script, args })
    if (thrown) throw new Error(thrown)
    return value
  }

  /** The page gets exactly this room: what the browser keeps for its own bars is added. */
  async resize(width, height) {
    if (this.#size === `${width}x${height}`) return
    const deadline = Date.now() + READY_WITHIN_MS
    while (!(await this.#sizedAs(width, height))) {
      if (Date.now() > deadline) throw new Error(`The page does not come to ${width} x ${height}.`)
      this.#bars = await this.#barsNow()
    }
    this.#size = `${width}x${height}`
  }

  /** Whether the page has this room soon after the window was asked for it. A window follows late, so what it is in between says nothing. */
  async #sizedAs(width, height) {
    await this.#ask('POST', `${this.#session}/window/rect`, { width: width + this.#bars[0], height: height + this.#bars[1] })
    const deadline = Date.now() + RESIZED_WITHIN_MS
    for (;;) {
      const inner = await this.ask('return [innerWidth, innerHeight]')
      if (inner[0] === width && inner[1] === height) return true
      if (Date.now() > deadline) return false
      await new Promise((next) => setTimeout(next, 10))
    }
  }

  async #barsNow() {
    const [rect, inner] = [await this.#ask('GET', `${this.#session}/window/rect`), await this.ask('return [innerWidth, innerHeight]')]
    return [Math.max(0, rect.width - inner[0]), Math.max(0, rect.height - inner[1])]
  }

  /** A PNG of what is seen. */
  async picture() {
    return Buffer.from(await this.#ask('GET', `${this.#session}/screenshot`), 'base64')
  }

  async close() {
    await this.#ask('DELETE', this.#session).catch(() => {})
    end(this.#driver)
  }
}
