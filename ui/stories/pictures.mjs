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
const root = join(stories, '../..')
const target = join(root, 'target')
const words = process.argv.slice(2).filter((word) => word !== '--approve')
const approves = process.argv.includes('--approve')
const isWanted = (story) => words.length === 0 || words.some((word) => story.includes(word))

const album = new Album(root, join(stories, 'approved'), join(target, 'pictures'))
/** What is wrong, as sentences. */
const differing = []
const findings = []

async function tell(browser, { story, lang, theme, size, texts }) {
  await browser.resize(...SIZES[size])
  await browser.ask('await window.stories.tell(args[0])', String(new URLSearchParams({ story, lang, theme, ...(texts ? { texts } : {}) })))
}

async function compare(browser, address, look) {
  if (approves) return album.approve(look.name, await browser.picture())
  if (album.isAsApproved(look.name, await browser.picture())) return
  // Told once more by a page that has told nothing else, before it is called different.
  await browser.open(address)
  await tell(browser, look)
  // Another browser may differ, but not be without a picture to differ from.
  const told = album.has(look.name) ? differing : findings
  told.push(album.compare(look.name, await browser.picture()))
}

async function take(browser, address, look) {
  await tell(browser, look)
  if (look.isPicture) await compare(browser, address, look)
  for (const found of await browser.ask('return window.stories.check(args[0])', look.axe)) findings.push(`${look.name}: ${found}`)
}

/** One browser, which takes the next look when it is done with one. */
async function lane(browser, address, looks) {
  for (let look = looks.shift(); look; look = looks.shift()) {
    await take(browser, address, look).catch((error) => findings.push(`${look.name}: ${error.message}`))
  }
  await browser.close()
}

async function openBrowser(display, address, number) {
  const browser = await Browser.open(display, join(target, `stories/home-${number}`))
  await browser.open(address)
  return browser
}

function reportLeftOver(looks) {
  // With some stories chosen, the others' pictures only look left over.
  if (words.length > 0) return
  for (const file of album.leftOver(looks.filter((one) => one.isPicture).map((one) => one.name))) {
    if (approves) album.remove(file)
    else findings.push(`ui/stories/approved/${file} has no story.`)
  }
}

const [page, display] = await Promise.all([servePage(stories, join(target, 'stories/page')), openDisplay()])
const browsers = await Promise.all(Array.from({ length: LANES }, (_, number) => openBrowser(display, page.address, number)))
const looks = looksOf(await browsers[0].ask('return window.stories.names()'), isWanted)
const count = looks.filter((look) => look.isPicture).length
reportLeftOver(looks)
await Promise.all(browsers.map((browser) => lane(browser, page.address, looks)))
display.close()
page.close()

const { hand } = browsers[0]
if (approves && words.length === 0) album.sign(hand)
const differences = differing.filter((sentence) => sentence !== null).sort()
for (const sentence of [...findings.sort(), ...differences]) console.log(sentence)
const elsewhere = album.drawnElsewhere(hand)
if (differences.length > 0) {
  console.log(elsewhere ?? 'They were drawn by the same browser as the approved ones.')
  console.log('If this is how it should look: npm run pictures -- --approve, perhaps with a word of the story’s name.')
}
// Where every letter has another shape, a difference says nothing about the page; what was found does.
const unjudged = elsewhere && differences.length > 0 ? ' (not judged: drawn elsewhere)' : ''
console.log(`Pictures: ${count} ${approves ? 'approved' : 'compared'}, ${differences.length} differ${unjudged}, ${findings.length} findings`)
process.exitCode = (elsewhere ? 0 : differences.length) + findings.length > 0 ? 1 : 0
