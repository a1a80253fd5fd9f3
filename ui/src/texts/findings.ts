// The sentence of every finding and the name of every check, in the page's language; and an examination as text.
//
// A code without a text does not compile here; a text without Japanese does not compile in complete.ts.
import type { Check, Finding, FindingCode, FindingState, PolicyAbove } from '../ipc/bindings'
import { m } from '../paraglide/messages.js'
import { failureText } from './failures'

type Sentence = (inputs: { about: string; more: string }) => string

export const findingSentences = {
  clockAgrees: m.finding_clockAgrees,
  clockUntold: m.finding_clockUntold,
  keyKnown: m.finding_keyKnown,
  keyKnownSince: m.finding_keyKnownSince,
  keyUntold: m.finding_keyUntold,
  stsActive: m.finding_stsActive,
  stsUntold: m.finding_stsUntold,
  roleAssumed: m.finding_roleAssumed,
  lengthGranted: m.finding_lengthGranted,
  lengthLowered: m.finding_lengthLowered,
  bucketThere: m.finding_bucketThere,
  bucketElsewhere: m.finding_bucketElsewhere,
  bucketUntold: m.finding_bucketUntold,
  listAllowed: m.finding_listAllowed,
  listDeniedOnly: m.finding_listDeniedOnly,
  listDeniedByBucket: m.finding_listDeniedByBucket,
  listDenied: m.finding_listDenied,
  listUntold: m.finding_listUntold,
  storeAllowed: m.finding_storeAllowed,
  storeKeptProbe: m.finding_storeKeptProbe,
  storeDenied: m.finding_storeDenied,
  storeDeniedByBucket: m.finding_storeDeniedByBucket,
  storeDeniedWhole: m.finding_storeDeniedWhole,
  storeUntold: m.finding_storeUntold,
  overwriteGuarded: m.finding_overwriteGuarded,
  overwriteUntold: m.finding_overwriteUntold,
  partsAllowed: m.finding_partsAllowed,
  partsDenied: m.finding_partsDenied,
  partsBeginUntold: m.finding_partsBeginUntold,
  partsUntold: m.finding_partsUntold,
  abortAllowed: m.finding_abortAllowed,
  abortDenied: m.finding_abortDenied,
  abortUntold: m.finding_abortUntold,
  kmsDenied: m.finding_kmsDenied,
  kmsKeyUnusable: m.finding_kmsKeyUnusable,
  kmsUntold: m.finding_kmsUntold,
  kmsNotUsed: m.finding_kmsNotUsed,
  readDenied: m.finding_readDenied,
  readAllowed: m.finding_readAllowed,
  readWanted: m.finding_readWanted,
  readUntold: m.finding_readUntold,
  otherFoldersDenied: m.finding_otherFoldersDenied,
  otherFoldersAllowed: m.finding_otherFoldersAllowed,
  otherFoldersNone: m.finding_otherFoldersNone,
  otherFoldersUntold: m.finding_otherFoldersUntold,
  otherBucketsDenied: m.finding_otherBucketsDenied,
  otherBucketsAllowed: m.finding_otherBucketsAllowed,
  otherBucketsUntold: m.finding_otherBucketsUntold,
  deniedAbove: m.finding_deniedAbove,
  notReached: m.finding_notReached,
} satisfies Record<FindingCode, Sentence>

export const policyNames = {
  'service control policy': m.finding_deniedBy_serviceControl,
  'resource control policy': m.finding_deniedBy_resourceControl,
  'permissions boundary': m.finding_deniedBy_permissionsBoundary,
  'session policy': m.finding_deniedBy_session,
  'VPC endpoint policy': m.finding_deniedBy_vpcEndpoint,
} satisfies Record<PolicyAbove, () => string>

export const checkNames = {
  clock: m.check_clock,
  key: m.check_key,
  sts: m.check_sts,
  role: m.check_role,
  length: m.check_length,
  bucket: m.check_bucket,
  list: m.check_list,
  store: m.check_store,
  overwrite: m.check_overwrite,
  parts: m.check_parts,
  abort: m.check_abort,
  kms: m.check_kms,
  read: m.check_read,
  otherFolders: m.check_otherFolders,
  otherBuckets: m.check_otherBuckets,
} satisfies Record<Check, () => string>

export const stateWords = {
  good: m.check_state_good,
  wrong: m.check_state_wrong,
  cannotTell: m.check_state_cannotTell,
  notNeeded: m.check_state_notNeeded,
} satisfies Record<FindingState, () => string>

/** Signs that a plain text has, and an issue tracker takes. */
const SIGNS = { good: '✓', wrong: '✗', cannotTell: '?', notNeeded: '–' } satisfies Record<FindingState, string>

export function findingText(finding: Finding): string {
  if (finding.failure) return failureText(finding.failure)
  if (!finding.code) return ''
  return findingSentences[finding.code]({ about: aboutText(finding), more: finding.more })
}

/** Checks and kinds of policies cross as words of their own. */
function aboutText({ code, about }: Finding): string {
  if (code === 'notReached' && about in checkNames) return checkNames[about as Check]()
  if (code === 'deniedAbove' && about in policyNames) return policyNames[about as PolicyAbove]()
  return about
}

export function evidenceText(finding: Finding): string {
  return finding.evidence.join(', ')
}

/** For a mail: a line for each check, and what was asked beneath it. */
export function asText(heading: string, summary: string, findings: readonly Finding[]): string {
  const lines = findings.map((finding) => {
    const head = `${SIGNS[finding.state]} ${checkNames[finding.check]()} (${stateWords[finding.state]()}): ${findingText(finding)}`
    return finding.evidence.length > 0 ? `${head}\n    ${evidenceText(finding)}` : head
  })
  return [heading, summary, '', ...lines, ''].join('\n')
}

/** For an issue tracker: a list. */
export function asMarkdown(heading: string, summary: string, findings: readonly Finding[]): string {
  const lines = findings.map((finding) => {
    const head = `- ${SIGNS[finding.state]} **${plain(checkNames[finding.check]())}** (${stateWords[finding.state]()}): ${plain(findingText(finding))}`
    return finding.evidence.length > 0 ? `${head} \`${evidenceText(finding)}\`` : head
  })
  return [`## ${plain(heading)}`, '', plain(summary), '', ...lines, ''].join('\n')
}

/** Names of buckets and roles may hold what Markdown reads as its own. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_<>[\]#|]/g, String.raw`\$&`)
}
