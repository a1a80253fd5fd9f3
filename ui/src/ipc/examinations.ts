// What the fake's examinations find.
import type { Check, Finding, FindingCode, FindingState, Verdict } from './bindings'

const ROLE = 'arn:aws:iam::123456789012:role/sts-s3-example-role'
const PLACE = 's3://s3-fs-example-bucket/incoming/'

/** All that the window is told. */
export interface Examined {
  findings: readonly Finding[]
  verdict: Verdict
}

function found(check: Check, state: FindingState, code: FindingCode, about = '', evidence: string[] = [], more = ''): Finding {
  const isMendedByPolicy = ['listDeniedOnly', 'listDenied', 'storeDenied', 'readAllowed', 'otherFoldersAllowed', 'otherBucketsAllowed'].includes(code)
  const isRepairable = ['listDeniedOnly', 'listDenied', 'storeDenied', 'kmsDenied'].includes(code)
  return { check, state, code, about, more, evidence, failure: null, isMendedByPolicy, isRepairable, asksAdministrator: state === 'wrong' }
}

const WELL: readonly Finding[] = [
  found('clock', 'good', 'clockAgrees', '1', []),
  found('key', 'good', 'keyKnownSince', 'arn:aws:iam::123456789012:user/sts-s3-upload-user', ['GetCallerIdentity: 200'], '2026-03-02'),
  found('sts', 'good', 'stsActive', 'ap-northeast-1', ['AssumeRole: 200']),
  found('role', 'good', 'roleAssumed', 'arn:aws:sts::123456789012:assumed-role/sts-s3-example-role/mira@studio.local', ['AssumeRole: 200']),
  found('length', 'good', 'lengthGranted', '60', ['AssumeRole: 200']),
  found('bucket', 'good', 'bucketThere', 's3-fs-example-bucket', ['HeadBucket: 200']),
  found('list', 'good', 'listAllowed', PLACE, ['ListObjectsV2: 200']),
  found('store', 'good', 'storeAllowed', PLACE, ['PutObject: 400 BadDigest', 'UploadPart: 404 NoSuchUpload']),
  found('overwrite', 'good', 'overwriteGuarded'),
  found('parts', 'good', 'partsAllowed', '', ['UploadPart: 404 NoSuchUpload']),
  found('abort', 'notNeeded', 'abortDenied', '', ['AbortMultipartUpload: 403 AccessDenied']),
  found('kms', 'cannotTell', 'kmsUntold', '', ['PutObject: 400 BadDigest']),
  found('read', 'good', 'readDenied', '', ['GetObject: 403 AccessDenied']),
  found('otherFolders', 'good', 'otherFoldersDenied', PLACE, ['ListObjectsV2: 403 AccessDenied', 'UploadPart: 403 AccessDenied']),
  found('otherBuckets', 'good', 'otherBucketsDenied', '', ['ListBuckets: 403 AccessDenied']),
]

/** Signed in, on AWS, with just the rights that uploads need. */
export const ALL_WELL: Examined = { findings: WELL, verdict: 'works' }

function but(verdict: Verdict, ...others: readonly Finding[]): Examined {
  return { verdict, findings: WELL.map((finding) => others.find(({ check }) => check === finding.check) ?? finding) }
}

/** The role has the tutorial's published policy, and reads what it need not. */
export const PUBLISHED = but(
  'worksBut',
  found('list', 'wrong', 'listDeniedOnly', PLACE, ['ListObjectsV2: 403 AccessDenied']),
  found('read', 'wrong', 'readAllowed', '', ['GetObject: 403 AccessDenied (only s3:ListBucket is missing)']),
)

const refused: readonly Finding[] = WELL.map((finding, at) => {
  if (at < 2) return finding
  if (finding.check === 'sts') return found('sts', 'cannotTell', 'stsUntold', 'ap-northeast-1')
  if (finding.check === 'role') return { ...found('role', 'wrong', 'notReached', '', ['AssumeRole: AccessDenied']), code: null, isRepairable: true, asksAdministrator: false, failure: { code: 'roleRefused', remedy: 'askAdministrator', message: '', about: ROLE } }
  return found(finding.check, 'cannotTell', 'notReached', 'role')
})

/** The role does not let the key in. */
export const REFUSED: Examined = { findings: refused, verdict: 'broken' }

/** The organization denies storing. */
export const DENIED_ABOVE = but(
  'broken',
  found('store', 'wrong', 'deniedAbove', 'service control policy', ['PutObject: 403 AccessDenied', 'UploadPart: 403 AccessDenied'], PLACE),
  found('parts', 'wrong', 'deniedAbove', 'service control policy', ['UploadPart: 403 AccessDenied'], PLACE),
)

/** Another server than AWS, which keeps its secrets. */
export const UNTOLD = but(
  'openEnd',
  found('store', 'cannotTell', 'storeUntold', PLACE, ['UploadPart: 500']),
  found('overwrite', 'cannotTell', 'overwriteUntold'),
  found('parts', 'cannotTell', 'partsUntold', '', ['UploadPart: 500']),
  found('kms', 'notNeeded', 'kmsNotUsed'),
)
