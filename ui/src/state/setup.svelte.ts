// The AWS side as it is set up: what was written, its texts, its plan, and what came of it.
import { asFailure, type Backend } from '../ipc/backend'
import type { Failure, SetupDone, SetupFields, SetupOutcome, SetupPlan, SetupStep, SetupTexts, SetupThing } from '../ipc/bindings'
import { Turn } from './turn.svelte'

export type Way = 'forMe' | 'console' | 'code'

const STEP_OF: Record<SetupThing, SetupStep['step']> = {
  ...{ bucket: 'bucket', publicAccess: 'bucket', ownership: 'bucket', encryption: 'bucket', lifecycle: 'bucket', bucketPolicy: 'bucket' },
  ...{ user: 'user', role: 'role', permissions: 'role', userPolicy: 'userPolicy' },
}

const EMPTY: SetupFields = {
  ...{ region: '', bucket: '', prefix: '', user: '', role: '', account: '' },
  ...{ needsMfa: false, externalId: '', sourceIps: '', mayAbort: false, kmsKey: '' },
}

export class Setup {
  fields = $state<SetupFields>({ ...EMPTY })
  way = $state.raw<Way>('forMe')
  profile = $state('')
  /** The name of the destination that gets the user's key; empty for none. */
  connectAs = $state('')
  changesExisting = $state(false)

  texts = $state.raw<SetupTexts | null>(null)
  plan = $state.raw<SetupPlan | null>(null)
  outcomes = $state.raw<ReadonlyMap<SetupThing, SetupOutcome>>(new Map())
  done = $state.raw<'applied' | 'undone' | null>(null)
  /** The destination that got the user's key: its id and the name it was given. */
  connected = $state.raw<{ id: string; name: string } | null>(null)

  /** Something is there and differs, or was there before: it takes a yes. */
  readonly asksForYes = $derived(this.plan?.items.some((item) => item.standing === 'otherwise' || (item.isForeign && item.standing !== 'right')) ?? false)
  readonly isAllRight = $derived(this.plan !== null && this.plan.items.every((item) => item.standing === 'right'))

  readonly #turn = new Turn<'plan' | 'apply' | 'undo'>()
  /** What is wrong with what was written. */
  #written = $state.raw<Failure | null>(null)
  #asked = 0
  /** What was written when the plan was asked for: an answer to something else is none. */
  #planned = 0

  constructor(private readonly backend: Backend) {}

  /** While the account is changed, what is changed stays what was written. */
  get isFixed(): boolean {
    return this.#turn.what === 'apply' || this.#turn.what === 'undo'
  }

  get isBusy() {
    return this.#turn.what
  }

  get failure(): Failure | null {
    return this.#turn.failure ?? this.#written
  }

  /** The field that a failure is about. */
  failureOf(field: keyof SetupFields): Failure | null {
    const codes = { bucket: ['badBucket', 'bucketTaken'], region: ['badRegion'], prefix: ['badPrefix'], user: ['badIamName'], role: ['badIamName'], account: ['badAccount'], externalId: ['badExternalId'], sourceIps: ['badSourceIp'], kmsKey: ['badUploadOptions'] } as const
    const of = codes[field as keyof typeof codes] as readonly string[] | undefined
    if (!this.failure || !of?.includes(this.failure.code)) return null
    // Both names have the same form.
    if ((field === 'user' || field === 'role') && this.fields[field].trim() !== this.failure.about) return null
    return this.failure
  }

  readonly failedField = $derived((['bucket', 'region', 'prefix', 'user', 'role', 'account', 'externalId', 'sourceIps', 'kmsKey'] as const).find((field) => this.failureOf(field)) ?? null)

  /** The texts follow what is written; the last one asked for counts. */
  async write(): Promise<void> {
    const asked = (this.#asked += 1)
    const fields = $state.snapshot(this.fields)
    if (fields.bucket.trim() === '' || fields.region.trim() === '') {
      this.texts = null
      return
    }
    try {
      const texts = await this.backend.setupTexts(fields)
      if (asked !== this.#asked) return
      this.texts = texts
      this.#written = null
    } catch (thrown) {
      if (asked !== this.#asked) return
      // The steps stay on the page while a number in them is being written.
      const failure = asFailure(thrown)
      if (failure.code !== 'badAccount') this.texts = null
      this.#written = failure
    }
  }

  /** What was planned is no longer what is written, and a yes was for what was seen. */
  forgetPlan(): void {
    this.#planned += 1
    this.#turn.failure = null
    this.connected = null
    this.plan = null
    this.changesExisting = false
    this.outcomes = new Map()
    this.done = null
  }

  /** How a step of the five stands, as far as an administrator's session tells; none: not looked at, or not to be seen by anybody. */
  stepState(step: SetupStep['step']): 'right' | 'wrong' | null {
    const things = this.plan?.items.filter(({ thing }) => STEP_OF[thing] === step) ?? []
    if (things.length === 0) return null
    return things.every(({ standing }) => standing === 'right') ? 'right' : 'wrong'
  }

  look(): Promise<boolean> {
    return this.#turn.take('plan', async () => {
      this.outcomes = new Map()
      this.done = null
      await this.#plan()
      // The policies name the account that was looked at.
      if (this.plan && this.fields.account === '') this.fields.account = this.plan.administrator.split(':')[4] ?? ''
    })
  }

  async #plan(): Promise<void> {
    const planned = this.#planned
    const plan = await this.backend.planAccount($state.snapshot(this.fields), this.profile)
    if (planned !== this.#planned) return
    // A yes is for what was seen.
    if (plan.seal !== this.plan?.seal) this.changesExisting = false
    this.plan = plan
  }

  async apply(): Promise<void> {
    const { plan } = this
    if (!plan) return
    const isApplied = await this.#turn.take('apply', async () => {
      this.outcomes = new Map()
      const connectAs = this.fields.needsMfa ? '' : this.connectAs
      const id = await this.backend.setUpAccount($state.snapshot(this.fields), this.profile, this.changesExisting, connectAs, plan, (done) => this.#took(done))
      this.connected = id === null ? null : { id, name: connectAs }
      await this.#plan()
      this.done = 'applied'
    })
    if (!isApplied) await this.#lookAgain()
  }

  async undo(): Promise<void> {
    const { plan } = this
    if (!plan) return
    const isUndone = await this.#turn.take('undo', async () => {
      this.outcomes = new Map()
      this.connected = null
      await this.backend.undoAccount($state.snapshot(this.fields), this.profile, plan, (done) => this.#took(done))
      await this.#plan()
      this.done = 'undone'
    })
    if (!isUndone) await this.#lookAgain()
  }

  /** What was done until it broke off is part of what is seen, so that the next yes is for the rest. */
  async #lookAgain(): Promise<void> {
    const { failure } = this
    await this.#turn.take('plan', () => this.#plan())
    this.#turn.failure = failure
  }

  #took(done: SetupDone): void {
    this.outcomes = new Map([...this.outcomes, [done.thing, done.outcome]])
  }
}
