// The stories' own page, apart from the app's: `npm run stories` serves it, `npm run pictures` builds it into target/.
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import { compileTexts } from './texts.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const ui = dirname(here)
const target = join(ui, '../target/stories')

/** The app's texts, with the stories' third language. */
function texts(): Plugin {
  return {
    name: 'texts',
    enforce: 'pre',
    buildStart: () => compileTexts(ui, target),
    resolveId(source) {
      const module = /\/paraglide\/(messages|runtime)\.js$/.exec(source)
      return module && !source.startsWith(target) ? join(target, 'paraglide', `${module[1]}.js`) : null
    },
  }
}

export default defineConfig({
  root: here,
  base: './',
  plugins: [texts(), svelte({ configFile: join(ui, 'svelte.config.js') })],
  server: { port: 5174, strictPort: true, host: '127.0.0.1', fs: { allow: [join(ui, '..')] } },
  clearScreen: false,
  cacheDir: join(target, 'vite'),
  build: {
    outDir: join(target, 'page'),
    emptyOutDir: true,
    target: ['safari16.4'],
    cssTarget: ['safari17.5'],
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
})
