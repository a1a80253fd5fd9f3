// Time that stands still, so that two runs draw the same pixels. Imported first: scenes count from now as they load.
//
// What the fake only lets a person wait for comes at once; what would come later by itself never comes.

/** As in the mock-up: a session with 41:12 left ends at 15:42. */
const NOW = Date.parse('2026-11-23T15:00:48Z')
const LATER_MS = 1000
/** Turns, or frames, without a change after which nothing more is expected. */
const CALM = 2
const MOST_TURNS = 600

const RealDate = Date
class StillDate extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [NOW] : given) as [number]))
  }

  static override now(): number {
    return NOW
  }
}
globalThis.Date = StillDate as DateConstructor
let passed = 0
performance.now = () => NOW + passed

/** For what is measured, such as a row's speed; the clock that is shown stays. */
export function pass(ms: number): void {
  passed += ms
}

const laterAtOnce = globalThis.setTimeout.bind(globalThis)
const waiting = new Set<number>()

function soon(act: TimerHandler, ms = 0, ...args: unknown[]): number {
  if (ms >= LATER_MS || typeof act !== 'function') return 0
  const timer = laterAtOnce(() => {
    waiting.delete(timer)
    act(...args)
  }) as unknown as number
  waiting.add(timer)
  return timer
}
globalThis.setTimeout = soon as unknown as typeof setTimeout
globalThis.setInterval = (() => 0) as unknown as typeof setInterval

const stop = globalThis.clearTimeout.bind(globalThis)
globalThis.clearTimeout = ((timer?: number) => {
  if (timer !== undefined) waiting.delete(timer)
  stop(timer)
}) as typeof clearTimeout

/** For the next story: nothing that was on its way comes. */
export function restart(): void {
  passed = 0
  for (const timer of waiting) stop(timer)
  waiting.clear()
}

export function frame(): Promise<void> {
  return new Promise((drawn) => requestAnimationFrame(() => drawn()))
}

function turn(): Promise<void> {
  return new Promise((passed) => laterAtOnce(passed))
}

async function rest(next: () => Promise<void>): Promise<void> {
  let changed: boolean
  const watch = new MutationObserver(() => (changed = true))
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  for (let turns = 0, still = 0; still < CALM; turns += 1) {
    if (turns > MOST_TURNS) throw new Error('It does not come to rest.')
    changed = false
    await next()
    still = changed || waiting.size > 0 ? 0 : still + 1
  }
  watch.disconnect()
}

/** Until nothing is on its way and nothing changes any more. */
export function calm(): Promise<void> {
  return rest(turn)
}

/** The same, and drawn: boxes have told their sizes, fonts are there. */
export async function drawn(): Promise<void> {
  await document.fonts.ready
  await rest(frame)
}
