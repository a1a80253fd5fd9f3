import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte()],
  // Loopback only.
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  clearScreen: false,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['safari16.4', 'chrome111'],
    // The CSP forbids data: images and inline styles, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // light-dark() must stay as written: the lowered form needs a custom property toggle.
    cssTarget: ['safari17.5', 'chrome123'],
  },
  // Vitest would otherwise pick Svelte's server build.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    setupFiles: ['tests/setup.ts'],
    include: ['tests/**/*.test.ts'],
    env: { TZ: 'UTC' },
  },
})
