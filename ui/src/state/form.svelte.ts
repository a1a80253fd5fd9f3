// The connect form while it is filled: its fields, where its access key comes from, and the field a failure belongs to.
import { asFailure, type Backend } from '../ipc/backend'
import type { Addressing, Code, ConnectForm as WireForm, Destination, Failure, KeyFile, Offer, SessionOptions, UploadOptions } from '../ipc/bindings'

const FIELD_OF: Partial<Record<Code, FieldName>> = {
  badName: 'name',
  nameTaken: 'name',
  badRoleArn: 'roleArn',
  roleRefused: 'roleArn',
  badRegion: 'region',
  regionDisabled: 'region',
  wrongRegion: 'region',
  badBucket: 'bucket',
  bucketMissing: 'bucket',
  badPrefix: 'prefix',
  badEndpoint: 'endpoint',
  answerNotUnderstood: 'endpoint',
  badSessionSeconds: 'sessionSeconds',
  sessionTooLong: 'sessionSeconds',
  badExternalId: 'externalId',
  badMfaSerial: 'mfaSerial',
  mfaDeviceUnknown: 'mfaSerial',
  badSessionTags: 'sessionTags',
  sessionTagsRefused: 'sessionTags',
  badSourceIdentity: 'sourceIdentity',
  badSessionName: 'sessionName',
  badAccessKey: 'keyId',
  accessKeyUnknown: 'keyId',
  secretWrong: 'secret',
  keyForAnotherServer: 'keyId',
  badKeyFile: 'keyFile',
  keyFileForgotten: 'keyFile',
}
const OPTIONS: readonly FieldName[] = ['storageClass', 'kmsKey', 'tags', 'leavesOut']
const SESSION: readonly FieldName[] = ['sessionTags', 'sourceIdentity', 'sessionName']
const ADVANCED: readonly FieldName[] = ['endpoint', 'stsEndpoint', 'sessionSeconds', 'externalId', 'mfaSerial', ...SESSION, ...OPTIONS]

/** As the core sets them for a destination that says nothing. */
const NEW_OPTIONS: UploadOptions = {
  ...{ keepsMtime: false, storageClass: '', kmsKey: '', tags: '', followsLinks: false, marksEmptyFolders: false },
  leavesOut: '.DS_Store, Thumbs.db, desktop.ini',
}

const NEW_ADDRESSING: Addressing = { style: 'usual', isFips: false, isDualStack: false }
const NEW_SESSION: SessionOptions = { tags: '', sourceIdentity: '', name: '', isWholeRole: false, mayDelete: false }

export type FieldName = Exclude<keyof WireForm, 'key' | 'replaces' | 'uploads' | 'addressing' | 'session' | 'isKeyNew'> | 'sessionTags' | 'sourceIdentity' | 'sessionName' | 'storageClass' | 'kmsKey' | 'tags' | 'leavesOut' | 'keyId' | 'secret' | 'keyFile'

export class ConnectForm {
  name = $state('')
  roleArn = $state('')
  region = $state('')
  bucket = $state('')
  prefix = $state('')
  endpoint = $state('')
  stsEndpoint = $state('')
  sessionSeconds = $state('')
  externalId = $state('')
  mfaSerial = $state('')
  keyId = $state('')
  secret = $state('')
  keyFile = $state.raw<KeyFile | null>(null)
  /** The key that the changed destination has already, by its last four characters. */
  keptKey = $state.raw<string | null>(null)

  addressing = $state<Addressing>({ ...NEW_ADDRESSING })
  session = $state<SessionOptions>({ ...NEW_SESSION })
  uploads = $state<UploadOptions>({ ...NEW_OPTIONS })

  isKeyNew = $state(false)

  isAdvanced = $state(false)
  isSessionOpen = $state(false)
  areOptionsOpen = $state(false)
  isBusy = $state.raw(false)
  failure = $state.raw<Failure | null>(null)
  readonly failedField: FieldName | null = $derived(this.failure ? this.#fieldOf(this.failure) : null)

  /** It was opened for the upload options. */
  readonly beginsAtOptions: boolean
  readonly #replaces: string | null
  readonly #like: Destination | null

  /** The server did not take the policy that narrows this destination's sessions. */
  get refusesPolicy(): boolean {
    return this.#like?.refusesPolicy ?? false
  }

  /** `like`: the destination that is changed; its key stays in the keychain, and with `keepsKey` in use. */
  constructor(like: Destination | null = null, keepsKey = false, opensOptions = false) {
    this.beginsAtOptions = opensOptions
    this.isAdvanced = opensOptions
    this.areOptionsOpen = opensOptions
    this.#replaces = like?.id ?? null
    this.#like = like
    if (!like) return
    if (keepsKey) this.keptKey = like.keyEnds
    this.name = like.name
    this.roleArn = like.roleArn
    this.region = like.region
    this.bucket = like.bucket
    this.prefix = like.prefix
    this.endpoint = like.endpoint ?? ''
    // Told only where it is not the endpoint's own.
    this.stsEndpoint = like.stsEndpoint === like.endpoint ? '' : (like.stsEndpoint ?? '')
    this.sessionSeconds = String(like.sessionSeconds)
    this.externalId = like.externalId ?? ''
    this.mfaSerial = like.mfaSerial ?? ''
    this.addressing = { ...like.addressing }
    this.session = { ...like.session }
    this.uploads = { ...like.uploads }
  }

  /** Begins with what was offered; its key waits in Rust, or is still to be given. */
  take({ form, key }: Offer): void {
    const { name, roleArn, region, bucket, prefix, endpoint, stsEndpoint, sessionSeconds, externalId, mfaSerial } = form
    Object.assign(this, { name, roleArn, region, bucket, prefix, endpoint, sessionSeconds, externalId, mfaSerial })
    this.stsEndpoint = stsEndpoint === endpoint ? '' : stsEndpoint
    this.addressing = { ...form.addressing }
    this.session = { ...form.session }
    this.uploads = { ...form.uploads }
    this.keyFile = key
  }

  /** The failure, for the field it belongs to. */
  failureOf(field: FieldName): Failure | null {
    return this.failedField === field ? this.failure : null
  }

  /** Would the changed destination be another place, or be entered as another role? Another key or option is not. */
  movesElsewhere(): boolean {
    const like = this.#like
    if (!like) return false
    const { roleArn, region, bucket, prefix, endpoint } = this
    return roleArn !== like.roleArn || region !== like.region || bucket !== like.bucket || prefix !== like.prefix || endpoint !== (like.endpoint ?? '')
  }

  async submit(connect: (form: WireForm) => Promise<void>): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    this.failure = null
    const sent = connect(this.#wire())
    // It has crossed; whatever comes of it, it does not stay on the page.
    this.secret = ''
    try {
      await sent
      this.keyFile = null
    } catch (thrown) {
      this.failure = asFailure(thrown)
      if (this.failure.code === 'keyForAnotherServer') this.typeKey()
      if (this.failure.code === 'keyFileForgotten' || this.failedField === 'keyId') this.keyFile = null
      if (this.failedField && ADVANCED.includes(this.failedField)) this.isAdvanced = true
      if (this.failedField && SESSION.includes(this.failedField)) this.isSessionOpen = true
      if (this.failedField && OPTIONS.includes(this.failedField)) this.areOptionsOpen = true
    } finally {
      this.isBusy = false
    }
  }

  async chooseKeyFile(backend: Backend): Promise<void> {
    try {
      const file = await backend.chooseKeyFile()
      if (!file) return
      this.failure = null
      this.keyFile = file
      this.keptKey = null
      this.keyId = ''
      this.secret = ''
    } catch (thrown) {
      this.failure = asFailure(thrown)
    }
  }

  typeKey(): void {
    this.keyFile = null
    this.keptKey = null
  }

  #wire(): WireForm {
    const { name, roleArn, region, bucket, prefix, endpoint, stsEndpoint, sessionSeconds, externalId, mfaSerial } = this
    return { name, roleArn, region, bucket, prefix, endpoint, stsEndpoint, sessionSeconds, externalId, mfaSerial, addressing: { ...this.addressing }, session: { ...this.session }, isKeyNew: this.isKeyNew, uploads: { ...this.uploads }, key: this.#key(), replaces: this.#replaces }
  }

  #key(): WireForm['key'] {
    if (this.keptKey) return { from: 'kept' }
    if (this.keyFile) return { from: 'file', ticket: this.keyFile.ticket }
    return { from: 'typed', id: this.keyId.trim(), secret: this.secret.trim() }
  }

  #fieldOf(failure: Failure): FieldName | null {
    // Both endpoints fail with one code; the sentence names the text that was typed.
    if (failure.code === 'badEndpoint' && failure.about === this.stsEndpoint && failure.about !== this.endpoint) return 'stsEndpoint'
    if (failure.code === 'badUploadOptions') return this.#optionOf(failure.about)
    const field = FIELD_OF[failure.code] ?? null
    if (failure.code === 'answerNotUnderstood' && this.endpoint === '') return null
    // A key from a file has no fields to stand beside.
    if (this.keyFile && (field === 'keyId' || field === 'secret')) return 'keyFile'
    return field
  }

  /** One code for all of them; the sentence names the text, or the part of it, that cannot be used. */
  #optionOf(about: string): FieldName {
    const { storageClass, kmsKey } = this.uploads
    if (about !== '' && about === storageClass) return 'storageClass'
    return about !== '' && kmsKey.includes(about) ? 'kmsKey' : 'tags'
  }
}
