// An AWS account in the page's memory: what is set up stays set up.
import type { DiffLine, Failure, SetupDone, SetupFields, SetupItem, SetupPlan, SetupSeen, SetupStep, SetupTexts, SetupThing } from './bindings'

const THINGS: readonly SetupThing[] = ['bucket', 'publicAccess', 'ownership', 'encryption', 'lifecycle', 'bucketPolicy', 'user', 'role', 'permissions', 'userPolicy']
const HAS_DOCUMENT: readonly SetupThing[] = ['publicAccess', 'ownership', 'encryption', 'lifecycle', 'bucketPolicy', 'role', 'permissions', 'userPolicy']

const document = (fields: SetupFields, thing: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: thing, Effect: 'Allow', Resource: `arn:aws:s3:::${fields.bucket}` }] }, null, 2)

const ADMINISTRATOR = 'arn:aws:sts::123456789012:assumed-role/AdministratorAccess/mira'

/** A line for the objects goes, one for the bucket comes; or all of it comes. */
function diffOf(fields: SetupFields, thing: SetupThing, standing: SetupItem['standing']): DiffLine[] {
  if (!HAS_DOCUMENT.includes(thing) || standing === 'right' || standing === 'withheld') return []
  const lines = document(fields, thing).split('\n')
  if (standing === 'missing') return lines.map((text) => ({ change: 'comes', text }))
  return lines.flatMap((text): DiffLine[] =>
    text.includes('Resource')
      ? [
          { change: 'goes', text: text.replace(fields.bucket, `${fields.bucket}/*`) },
          { change: 'comes', text },
        ]
      : [{ change: 'stays', text }],
  )
}

export class FakeAccount {
  /** Nobody is signed in, say. */
  refuses: Failure | null = null
  standings = new Map<SetupThing, SetupItem['standing']>()
  foreign = new Set<SetupThing>()
  /** The stories show the real one. */
  cloudformation: string | null = null
  /** IAM simulates what it is asked. */
  simulates = true
  /** Why something is withheld. */
  why: NonNullable<SetupItem['why']> = 'condition'
  /** The id of the destination that gets the user's key. */
  connects = 'd9'

  constructor(private readonly calls: [string, ...unknown[]][]) {}

  async setupTexts(fields: SetupFields): Promise<SetupTexts> {
    const paste = (name: 'bucketPolicy' | 'trust' | 'permissions' | 'userPolicy') => ({ paste: name, text: document(fields, name) })
    return {
      steps: [
        { step: 'sts', pastes: [] },
        { step: 'bucket', pastes: [paste('bucketPolicy')] },
        { step: 'user', pastes: [] },
        { step: 'role', pastes: [paste('trust'), paste('permissions')] },
        { step: 'userPolicy', pastes: [paste('userPolicy')] },
      ],
      cloudformation: this.cloudformation ?? document(fields, 'cloudformation'),
      terraform: `resource "aws_s3_bucket" "uploads" {\n  bucket = "${fields.bucket}"\n}\n`,
      awsCli: `#!/usr/bin/env bash\nbucket='${fields.bucket}'\n`,
      user: fields.user || 'sts-s3-upload-user',
      role: fields.role || 'sts-s3-example-role',
    }
  }

  async openConsole(fields: SetupFields, step: SetupStep['step']): Promise<void> {
    this.calls.push(['openConsole', fields.region, step])
  }

  async planAccount(fields: SetupFields, profile: string): Promise<SetupPlan> {
    this.calls.push(['planAccount', fields.bucket, profile])
    if (this.refuses) throw this.refuses
    const items = THINGS.map((thing) => {
      const standing = this.standings.get(thing) ?? 'missing'
      return { thing, standing, why: null, isForeign: this.foreign.has(thing), diff: diffOf(fields, thing, standing) }
    })
    return this.#planOf(items)
  }

  async setUpAccount(fields: SetupFields, profile: string, changesExisting: boolean, connectAs: string, seen: SetupSeen, receive: (done: SetupDone) => void): Promise<string | null> {
    this.calls.push(['setUpAccount', fields.bucket, profile, changesExisting, connectAs])
    this.#check(seen)
    for (const thing of THINGS) {
      const standing = this.standings.get(thing) ?? 'missing'
      const isLeft = !changesExisting && (standing === 'otherwise' || (this.foreign.has(thing) && standing !== 'right'))
      receive({ thing, outcome: standing === 'right' ? 'unchanged' : isLeft ? 'left' : standing === 'missing' ? 'made' : 'changed' })
      if (!isLeft) this.standings.set(thing, 'right')
    }
    return connectAs ? this.connects : null
  }

  async undoAccount(fields: SetupFields, profile: string, seen: SetupSeen, receive: (done: SetupDone) => void): Promise<void> {
    this.calls.push(['undoAccount', fields.bucket, profile])
    this.#check(seen)
    for (const thing of THINGS) if (!thing.startsWith('bucket')) this.standings.delete(thing)
    for (const thing of ['user', 'role', 'bucket'] as const) receive({ thing, outcome: thing === 'bucket' ? 'holdsObjects' : 'removed' })
  }

  async planRepair(destination: string, profile: string): Promise<SetupPlan> {
    this.calls.push(['planRepair', destination, profile])
    if (this.refuses) throw this.refuses
    const fields = { bucket: 's3-fs-example-bucket' } as SetupFields
    const items = (['role', 'permissions', 'userPolicy'] as const).map((thing) => {
      const standing = this.standings.get(thing) ?? 'right'
      const why = standing === 'withheld' ? this.why : null
      return { thing, standing, why, isForeign: true, diff: diffOf(fields, thing, standing) }
    })
    return this.#planOf(items)
  }

  #planOf(items: SetupItem[]): SetupPlan {
    return { administrator: ADMINISTRATOR, seal: this.#seal(), isSimulated: this.simulates, items }
  }

  /** As long as nothing changes, nobody sees anything else. */
  #seal(): string {
    return JSON.stringify([...this.standings])
  }

  #check(seen: SetupSeen): void {
    if (this.refuses) throw this.refuses
    if (seen.seal !== this.#seal() || seen.administrator !== ADMINISTRATOR) throw { code: 'setupSeenOtherwise', remedy: 'retry', message: '', about: ADMINISTRATOR } satisfies Failure
  }

  async repair(destination: string, profile: string, seen: SetupSeen, receive: (done: SetupDone) => void): Promise<void> {
    this.calls.push(['repair', destination, profile])
    this.#check(seen)
    for (const thing of ['role', 'permissions', 'userPolicy'] as const) {
      const standing = this.standings.get(thing)
      receive({ thing, outcome: standing === undefined ? 'unchanged' : standing === 'withheld' ? 'left' : 'changed' })
      if (standing !== 'withheld') this.standings.delete(thing)
    }
  }
}
