import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

export default ts.config(
  { ignores: ['dist/', 'src/paraglide/', 'node_modules/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    rules: {
      // One file knows Tauri: everything else works the same over ipc/fake.ts.
      'no-restricted-imports': ['error', { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/ipc/backend.ts talks to Tauri.' }] }],
      // The strict CSP forbids what these would need.
      'svelte/no-at-html-tags': 'error',
      'no-restricted-syntax': ['error', { selector: "SvelteAttribute[key.name='style']", message: 'The CSP drops style attributes; use a style: directive.' }],
      // Lookup tables that no effect reads are plain on purpose: a reactive Map of 10,000 rows costs a signal each.
      'svelte/prefer-svelte-reactivity': 'off',
      eqeqeq: 'error',
    },
  },
  { files: ['src/ipc/backend.ts'], rules: { 'no-restricted-imports': 'off' } },
)
