// The last minute of a speed, for a small line. A sample comes with a change of the totals: no timer runs.
const SPAN_MS = 60_000
const STEP_MS = 1000
/** A line is no narrower than this. */
const LEAST_MS = 10_000
/** For who wants little motion. */
const CALM_MS = 10_000

export interface Sample {
  at: number
  bytesPerSecond: number
}

export class SpeedTrace {
  /** Drawn anew once a second. */
  samples = $state.raw<readonly Sample[]>([])
  /** The same, every ten seconds. */
  calm = $state.raw<readonly Sample[]>([])

  #latest = 0

  take(bytesPerSecond: number, at = performance.now()): void {
    const last = this.samples.at(-1)
    const silent = last ? at - last.at : Infinity
    if (silent >= STEP_MS) {
      // Nothing came because nothing changed: the line stays level until now.
      const level = last && silent > 2 * STEP_MS ? [{ at: at - STEP_MS, bytesPerSecond: this.#latest }] : []
      this.samples = [...this.samples, ...level, { at, bytesPerSecond }].filter((sample) => at - sample.at <= SPAN_MS)
      if (at - (this.calm.at(-1)?.at ?? -Infinity) >= CALM_MS) this.calm = this.samples
    }
    this.#latest = bytesPerSecond
  }
}

/** The `d` of a path whose right edge is now; empty while there is nothing to compare. A young line is stretched. */
export function linePath(samples: readonly Sample[], width: number, height: number): string {
  const last = samples.at(-1)
  if (!last || samples.length < 2) return ''
  const span = Math.max(LEAST_MS, last.at - (samples[0]?.at ?? 0))
  const most = Math.max(1, ...samples.map((sample) => sample.bytesPerSecond))
  const points = samples.map((sample) => {
    const x = width * (1 - (last.at - sample.at) / span)
    const y = height - 1 - (height - 2) * (sample.bytesPerSecond / most)
    return `${x.toFixed(1)} ${y.toFixed(1)}`
  })
  return `M${points.join('L')}`
}
