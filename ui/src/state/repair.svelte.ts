// What a destination's role and user lack, as an administrator's session sees it, and what adds it.
import type { Backend } from '../ipc/backend'
import type { Failure, SetupOutcome, SetupPlan, SetupThing } from '../ipc/bindings'
import { Turn } from './turn.svelte'

export class Repair {
  #profile = $state('')
  plan = $state.raw<SetupPlan | null>(null)
  outcomes = $state.raw<ReadonlyMap<SetupThing, SetupOutcome>>(new Map())

  readonly isAllRight = $derived(this.plan !== null && this.plan.items.every((item) => item.standing === 'right'))
  readonly canRepair = $derived(this.plan !== null && this.plan.items.some((item) => item.standing === 'missing' || item.standing === 'otherwise'))

  readonly #turn = new Turn<'plan' | 'repair'>()

  constructor(
    private readonly backend: Backend,
    private readonly destination: string,
  ) {}

  get profile(): string {
    return this.#profile
  }

  /** Another one's plan is another plan. */
  set profile(profile: string) {
    this.#profile = profile
    this.plan = null
    this.outcomes = new Map()
  }

  get isBusy() {
    return this.#turn.what
  }

  get failure(): Failure | null {
    return this.#turn.failure
  }

  look(): Promise<boolean> {
    return this.#turn.take('plan', async () => {
      this.outcomes = new Map()
      const { profile } = this
      const plan = await this.backend.planRepair(this.destination, profile)
      if (profile === this.profile) this.plan = plan
    })
  }

  /** True when all that can be mended was. */
  async apply(): Promise<boolean> {
    const { plan } = this
    if (!plan) return false
    return this.#turn.take('repair', () =>
      this.backend.repair(this.destination, this.profile, plan, ({ thing, outcome }) => {
        this.outcomes = new Map([...this.outcomes, [thing, outcome]])
      }),
    )
  }
}
