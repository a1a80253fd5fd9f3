// `npm run pictures`: draws every story in a browser and compares it with its approved picture; checks that texts have room.
//
// `npm run pictures -- --approve` takes what is seen as approved; words after it choose the stories whose names hold one of them.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Album } from './album.mjs'
import { Browser, openDisplay } from './browser.mjs'
import { looksOf, SIZES } from './matrix.mjs'
import { servePage } from './page.mjs'

const LANES = 2
const stories = dirname(fileURLToPath(import.meta.url))
const target = join(stories, '../../target')
const words = process.argv.slice(2).filter((word) => word !== '--approve')
const approves = process.argv.includes('--approve')
const isWanted = (story) => words.length === 0 || words.some((word) => story.includes(word))

const album = new Album(join(stories, 'approved'), join(target, 'pictures'))
/** What is wrong, as sentences. */
const differing = []
const findings = []

async function look(browser, address, { story, lang, theme, size, texts, name, isPicture, axe }) {
  await browser.resize(...SIZES[size])
  await browser.open(`${address}?${new URLSearchParams({ story, lang, theme, ...(texts ? { texts } : {}) })}`)
  await browser.ask('await window.stories.told')
  if (isPicture) {
    const bytes = await browser.picture()
    if (approves) album.approve(name, bytes)
    else differing.push(album.compare(name, bytes))
  }
  for (const found of await browser.ask('return window.stories.check(args[0])', axe)) findings.push(`${name}: ${found}`)
}

/** One browser, which takes the next look when it is done with one. */
async function lane(display, address, number, looks) {
  const browser = await Browser.open(display, join(target, `stories/home-${number}`))
  for (let next = looks.shift(); next; next = looks.shift()) {
    await look(browser, address, next).catch((error) => findings.push(`${next.name}: ${error.message}`))
  }
  await browser.close()
}

async function namesOf(display, address) {
  const browser = await Browser.open(display, join(target, 'stories/home-0'))
  await browser.open(address)
  const names = await browser.ask('return window.stories.names')
  await browser.close()
  return names
}

function reportLeftOver(looks) {
  // With some stories chosen, the others' pictures only look left over.
  if (words.length > 0) return
  for (const file of album.leftOver(looks.filter((one) => one.isPicture).map((one) => one.name))) {
    if (approves) album.remove(file)
    else differing.push(`ui/stories/approved/${file} has no story.`)
  }
}

const [page, display] = await Promise.all([servePage(stories, join(target, 'stories/page')), openDisplay()])
const looks = looksOf(await namesOf(display, page.address), isWanted)
reportLeftOver(looks)
await Promise.all(Array.from({ length: LANES }, (_, number) => lane(display, page.address, number + 1, looks)))
display.close()
page.close()

const differences = differing.filter((sentence) => sentence !== null).sort()
for (const sentence of [...findings.sort(), ...differences]) console.log(sentence)
if (differences.length > 0) console.log('If this is how it should look: npm run pictures -- --approve, perhaps with a word of the story’s name.')
console.log(`Pictures: ${album.compared} ${approves ? 'approved' : 'compared'}, ${differences.length} differ, ${findings.length} findings`)
process.exitCode = differences.length + findings.length > 0 ? 1 : 0
