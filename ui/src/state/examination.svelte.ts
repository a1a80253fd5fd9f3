// An examination as it goes on: each finding where its check stands.
import { asFailure, type Backend } from '../ipc/backend'
import type { Check, Failure, Finding, Verdict } from '../ipc/bindings'

/** The checks as they are shown, in the order in which they are made. */
export const GROUPS = {
  in: ['clock', 'key', 'sts', 'role', 'length'],
  bucket: ['bucket', 'list', 'store', 'overwrite', 'parts', 'abort', 'kms'],
  more: ['read', 'otherFolders', 'otherBuckets'],
} as const satisfies Record<string, readonly Check[]>

export class Examination {
  findings = $state.raw<readonly Finding[]>([])
  isRunning = $state.raw(false)
  /** It could not even begin. */
  failure = $state.raw<Failure | null>(null)
  /** What all findings come to; null until they are there. */
  verdict = $state.raw<Verdict | null>(null)

  constructor(
    private readonly backend: Backend,
    private readonly destination: string,
  ) {}

  of(check: Check): Finding | null {
    return this.findings.find((finding) => finding.check === check) ?? null
  }

  /** The check that is being made. */
  get current(): Check | null {
    const all: readonly Check[] = Object.values(GROUPS).flat()
    return this.isRunning ? (all[this.findings.length] ?? null) : null
  }

  /** Answers why it could not begin. */
  async run(code: string | null): Promise<Failure | null> {
    if (this.isRunning) return null
    this.findings = []
    this.failure = null
    this.verdict = null
    this.isRunning = true
    try {
      this.verdict = await this.backend.examine(this.destination, code, (finding) => {
        this.findings = [...this.findings, finding]
      })
    } catch (thrown) {
      this.failure = asFailure(thrown)
    }
    this.isRunning = false
    return this.failure
  }
}
