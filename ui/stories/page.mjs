// The stories' page, built and served on this computer only.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { build } from 'vite'

const KINDS = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }

export async function servePage(stories, page) {
  await build({ configFile: join(stories, 'vite.config.ts'), logLevel: 'warn' })
  const files = new Map()
  const fileOf = (path) => {
    if (!files.has(path)) files.set(path, readFile(join(page, path)))
    return files.get(path)
  }
  const server = createServer((asked, answer) => {
    const { pathname } = new URL(asked.url ?? '/', 'http://127.0.0.1')
    const path = pathname === '/' ? '/index.html' : normalize(pathname)
    fileOf(path).then(
      (content) => answer.writeHead(200, { 'content-type': KINDS[extname(path)] ?? 'application/octet-stream' }).end(content),
      () => answer.writeHead(404).end(),
    )
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.closeAllConnections() || server.close() }
}
