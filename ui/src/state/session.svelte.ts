// One destination's session, and the countdown of its sand.
import type { EndCause, Session } from '../ipc/bindings'

/** A session shorter than AWS's shortest, such as the sandbox's, would be ending all the time: it ends soon in its last third. */
const SOON_SECONDS = 300

export class SessionClock {
  state = $state.raw<Session['state']>('none')
  cause = $state.raw<EndCause | null>(null)
  endsAt = $state.raw<string | null>(null)
  lengthSeconds = $state.raw(0)
  secondsLeft = $state.raw(0)
  /** STS is being asked for the next session while this one runs. */
  isRenewing = $state.raw(false)
  /** It is renewed by itself until its files are through. */
  keepsRenewing = $state.raw(false)
  /** STS is asked until it knows a key that was just created. */
  waitsForNewKey = $state.raw(false)

  readonly isRunning = $derived(this.state === 'running')
  readonly endsSoon = $derived(this.isRunning && this.secondsLeft <= Math.min(SOON_SECONDS, this.lengthSeconds / 3))
  /** How full the upper glass is, 0 to 1. */
  readonly level = $derived(this.isRunning && this.lengthSeconds > 0 ? Math.min(1, this.secondsLeft / this.lengthSeconds) : 0)

  // performance.now() and not Date: setting the wall clock must not move the sand.
  #zeroAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  receive(session: Session): void {
    clearTimeout(this.#timer)
    this.state = session.state
    this.isRenewing = session.state === 'running' && session.isRenewing
    this.keepsRenewing = session.state === 'running' && session.keepsRenewing
    this.waitsForNewKey = session.state === 'signingIn' && session.waitsForNewKey
    this.cause = session.state === 'ended' ? session.cause : null
    if (session.state === 'running') {
      this.endsAt = session.endsAt
      this.lengthSeconds = session.lengthSeconds
      this.#zeroAt = performance.now() + session.secondsLeft * 1000
      this.#tick()
    } else {
      this.endsAt = null
      this.secondsLeft = 0
    }
  }

  /** Stops the ticking, for a destination that is removed. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #tick(): void {
    const left = Math.max(0, this.#zeroAt - performance.now())
    this.secondsLeft = Math.ceil(left / 1000)
    // At zero the page waits for Rust's word: it alone knows when the session has ended.
    if (left > 0) this.#timer = setTimeout(() => this.#tick(), left % 1000 || 1000)
  }
}
