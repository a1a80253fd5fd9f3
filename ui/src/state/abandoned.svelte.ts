// Uploads that were begun and given up: what one destination's server still holds of them.
import { asFailure, type Backend } from '../ipc/backend'
import type { Abandoned, Failure } from '../ipc/bindings'

/** Taking back ten thousand rows is one question. */
const CALM_MS = 1000

export class AbandonedUploads {
  all = $state.raw<readonly Abandoned[]>([])
  isRemoving = $state.raw(false)
  /** How many the last removal left; null before the first. */
  left = $state.raw<number | null>(null)
  failure = $state.raw<Failure | null>(null)
  readonly bytes: number = $derived(this.all.reduce((sum, one) => sum + one.confirmedBytes, 0))

  #backend: Backend
  #destination: string
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(backend: Backend, destination: string) {
    this.#backend = backend
    this.#destination = destination
  }

  /** Quiet when it fails: it is a hint, and nobody asked for it. */
  async load(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      this.all = await this.#backend.abandoned(this.#destination)
    } catch (thrown) {
      console.warn(asFailure(thrown).message)
    }
  }

  loadSoon(): void {
    this.#timer ??= setTimeout(() => void this.load(), CALM_MS)
  }

  async remove(): Promise<void> {
    if (this.isRemoving) return
    this.isRemoving = true
    this.failure = null
    this.left = null
    try {
      this.left = await this.#backend.abortAbandoned(this.#destination)
    } catch (thrown) {
      this.failure = asFailure(thrown)
    }
    await this.load()
    this.isRemoving = false
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
