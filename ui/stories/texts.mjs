// The page's texts for the stories, with a third language that only they have: English, 40 % longer.
import { compile } from '@inlang/paraglide-js'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const LONGER = 1.4
const VOWELS = /[aeiou]/i

/** Vowels are doubled, again and again, until a text is long enough; what has none gets its last letter again. */
export function lengthened(text) {
  const letters = [...text]
  const grow = (lengths) => letters.map((letter, i) => letter.repeat(lengths[i])).join('')
  const places = letters.flatMap((letter, i) => (VOWELS.test(letter) ? [i] : []))
  if (places.length === 0) places.push(letters.findLastIndex((letter) => letter.trim() !== ''))
  if (places[0] === -1) return text
  const lengths = letters.map(() => 1)
  const missing = Math.ceil(letters.length * (LONGER - 1))
  for (let added = 0; added < missing; added += 1) lengths[places[added % places.length]] += 1
  return grow(lengths)
}

/** The placeholders stay as they are. */
function lengthenedPattern(pattern) {
  return pattern.split(/(\{[^}]*\})/).map((part) => (part.startsWith('{') ? part : lengthened(part))).join('')
}

function lengthenedMessage(message) {
  if (typeof message === 'string') return lengthenedPattern(message)
  return message.map((one) => ({ ...one, match: Object.fromEntries(Object.entries(one.match).map(([form, pattern]) => [form, lengthenedPattern(pattern)])) }))
}

function longMessages(messages) {
  const { $schema, ...texts } = messages
  return { $schema, ...Object.fromEntries(Object.entries(texts).map(([id, message]) => [id, lengthenedMessage(message)])) }
}

/** Compiles them into `folder`, next to the project that they are made from. */
export async function compileTexts(ui, folder) {
  const project = join(folder, 'project.inlang')
  const messages = join(folder, 'messages')
  mkdirSync(project, { recursive: true })
  mkdirSync(messages, { recursive: true })
  const read = (locale) => JSON.parse(readFileSync(join(ui, 'messages', `${locale}.json`), 'utf8'))
  for (const [locale, texts] of [['en', read('en')], ['ja', read('ja')], ['en-XA', longMessages(read('en'))]]) writeFileSync(join(messages, `${locale}.json`), JSON.stringify(texts))
  const settings = JSON.parse(readFileSync(join(ui, 'project.inlang/settings.json'), 'utf8'))
  const modules = settings.modules.map((module) => relative(folder, join(ui, module)))
  writeFileSync(join(project, 'settings.json'), JSON.stringify({ ...settings, modules, locales: ['en', 'ja', 'en-XA'] }))
  await compile({
    ...{ project, outdir: join(folder, 'paraglide'), strategy: ['globalVariable', 'baseLocale'], outputStructure: 'locale-modules' },
    ...{ emitTsDeclarations: false, emitReadme: false, emitPrettierIgnore: false },
  })
}
