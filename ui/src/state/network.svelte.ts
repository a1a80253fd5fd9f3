// The network sheet while it is filled: which proxy, and the certificates that are trusted besides the platform's.
import { asFailure, type Backend } from '../ipc/backend'
import type { Failure, Network, ProxyChoice, TrustedFile } from '../ipc/bindings'

export class NetworkForm {
  proxy = $state<ProxyChoice>('system')
  url = $state('')
  user = $state('')
  password = $state('')
  noProxy = $state('')
  trusted = $state.raw<TrustedFile | null>(null)
  isReady = $state.raw(false)
  isBusy = $state.raw(false)
  failure = $state.raw<Failure | null>(null)

  #saved = $state.raw<Network | null>(null)
  /** The keychain's password belongs to this user of this proxy. */
  readonly keepsPassword = $derived(this.#saved !== null && this.#saved.hasPassword && this.#saved.user === this.user.trim() && this.#saved.url === this.url.trim())

  readonly #backend: Backend

  constructor(backend: Backend) {
    this.#backend = backend
  }

  async load(): Promise<void> {
    try {
      const set = await this.#backend.network()
      this.#saved = set
      this.proxy = set.proxy
      this.url = set.url
      this.user = set.user
      this.noProxy = set.noProxy
      this.trusted = set.trusted
      this.isReady = true
    } catch (thrown) {
      this.failure = asFailure(thrown)
    }
  }

  /** True when it is saved. */
  async save(): Promise<boolean> {
    if (this.isBusy) return false
    this.isBusy = true
    this.failure = null
    const { proxy, url, user, noProxy } = this
    const sent = this.#backend.setNetwork({ proxy, url, user, noProxy, password: this.password === '' ? null : this.password })
    // It has crossed; whatever comes of it, it does not stay on the page.
    this.password = ''
    try {
      this.#saved = await sent
      return true
    } catch (thrown) {
      this.failure = asFailure(thrown)
      return false
    } finally {
      this.isBusy = false
    }
  }

  trustFile = () => this.#changeTrust(this.#backend.chooseCaFile())
  forgetFile = () => this.#changeTrust(this.#backend.forgetCaFile())

  /** At once; what is typed stays as it is. */
  async #changeTrust(change: Promise<Network | null>): Promise<void> {
    this.failure = null
    try {
      const set = await change
      if (set) this.trusted = set.trusted
    } catch (thrown) {
      this.failure = asFailure(thrown)
    }
  }
}

/** Does this endpoint lie on another computer and speak http? */
export function isPlainAndRemote(endpoint: string): boolean {
  const host = /^http:\/\/(\[[^\]]*\]|[^/:]+)/i.exec(endpoint.trim())?.[1]?.toLowerCase()
  return host !== undefined && host !== 'localhost' && host !== '[::1]' && !/^127(\.\d{1,3}){3}$/.test(host)
}
