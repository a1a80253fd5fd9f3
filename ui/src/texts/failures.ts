// The sentence of every failure and the word of every remedy, in the page's language.
//
// A code without a text does not compile here; a text without Japanese does not compile in complete.ts.
import type { Code, Failure, Remedy } from '../ipc/bindings'
import { m } from '../paraglide/messages.js'

type Sentence = (inputs: { about: string }) => string

export const failureSentences = {
  keychainMissing: m.failure_keychainMissing,
  keychainLocked: m.failure_keychainLocked,
  keychainDismissed: m.failure_keychainDismissed,
  keychainRefused: m.failure_keychainRefused,
  accessKeyMissing: m.failure_accessKeyMissing,
  accessKeyChanged: m.failure_accessKeyChanged,
  accessKeyUnknown: m.failure_accessKeyUnknown,
  secretWrong: m.failure_secretWrong,
  roleRefused: m.failure_roleRefused,
  mfaRefused: m.failure_mfaRefused,
  sessionTooLong: m.failure_sessionTooLong,
  regionDisabled: m.failure_regionDisabled,
  clockOff: m.failure_clockOff,
  offline: m.failure_offline,
  answerNotUnderstood: m.failure_answerNotUnderstood,
  signInRefused: m.failure_signInRefused,
  roleTrustRefused: m.failure_roleTrustRefused,
  userMayNotAssume: m.failure_userMayNotAssume,
  externalIdRefused: m.failure_externalIdRefused,
  mfaMissing: m.failure_mfaMissing,
  mfaCodeUsed: m.failure_mfaCodeUsed,
  mfaDeviceUnknown: m.failure_mfaDeviceUnknown,
  sessionTagsRefused: m.failure_sessionTagsRefused,
  regionNotEnabled: m.failure_regionNotEnabled,
  sessionPolicyRefused: m.failure_sessionPolicyRefused,
  signInStopped: m.failure_signInStopped,
  rotationDenied: m.failure_rotationDenied,
  rotationTwoKeys: m.failure_rotationTwoKeys,
  rotationUnproved: m.failure_rotationUnproved,
  rotationStopped: m.failure_rotationStopped,
  iamRefused: m.failure_iamRefused,
  hostUnknown: m.failure_hostUnknown,
  certificateUntrusted: m.failure_certificateUntrusted,
  proxyUnreachable: m.failure_proxyUnreachable,
  proxyRefused: m.failure_proxyRefused,
  proxyPasswordWrong: m.failure_proxyPasswordWrong,
  captivePortal: m.failure_captivePortal,
  sessionEnded: m.failure_sessionEnded,
  signedOut: m.failure_signedOut,
  serverBusy: m.failure_serverBusy,
  listingDenied: m.failure_listingDenied,
  uploadDenied: m.failure_uploadDenied,
  readDenied: m.failure_readDenied,
  deleteDenied: m.failure_deleteDenied,
  bucketMissing: m.failure_bucketMissing,
  wrongRegion: m.failure_wrongRegion,
  requestRefused: m.failure_requestRefused,
  alreadyInBucket: m.failure_alreadyInBucket,
  maybeStored: m.failure_maybeStored,
  sameKey: m.failure_sameKey,
  caseTwin: m.failure_caseTwin,
  defect: m.failure_defect,
  changedWhileUploading: m.failure_changedWhileUploading,
  fileVanished: m.failure_fileVanished,
  fileUnreadable: m.failure_fileUnreadable,
  fileUnwritable: m.failure_fileUnwritable,
  logsNotShown: m.failure_logsNotShown,
  browserNotOpened: m.failure_browserNotOpened,
  samplesNotShown: m.failure_samplesNotShown,
  notCopied: m.failure_notCopied,
  nothingToPaste: m.failure_nothingToPaste,
  notAFile: m.failure_notAFile,
  brokenLink: m.failure_brokenLink,
  linkNotFollowed: m.failure_linkNotFollowed,
  linkLeadsOut: m.failure_linkLeadsOut,
  linkLoop: m.failure_linkLoop,
  leftOut: m.failure_leftOut,
  emptyFolder: m.failure_emptyFolder,
  nameNotUnicode: m.failure_nameNotUnicode,
  nameUnsafe: m.failure_nameUnsafe,
  nameEndsInSpace: m.failure_nameEndsInSpace,
  keyTooLong: m.failure_keyTooLong,
  fileTooLarge: m.failure_fileTooLarge,
  checksumMismatch: m.failure_checksumMismatch,
  ledgerFailed: m.failure_ledgerFailed,
  ledgerMovedAside: m.failure_ledgerMovedAside,
  notReceipts: m.failure_notReceipts,
  settingsFailed: m.failure_settingsFailed,
  destinationUnreadable: m.failure_destinationUnreadable,
  badName: m.failure_badName,
  nameTaken: m.failure_nameTaken,
  badRoleArn: m.failure_badRoleArn,
  badRegion: m.failure_badRegion,
  badBucket: m.failure_badBucket,
  badPrefix: m.failure_badPrefix,
  badEndpoint: m.failure_badEndpoint,
  badSessionSeconds: m.failure_badSessionSeconds,
  badExternalId: m.failure_badExternalId,
  badMfaSerial: m.failure_badMfaSerial,
  keyForAnotherServer: m.failure_keyForAnotherServer,
  badUploadOptions: m.failure_badUploadOptions,
  badMfaCode: m.failure_badMfaCode,
  badSessionTags: m.failure_badSessionTags,
  badSourceIdentity: m.failure_badSourceIdentity,
  badSessionName: m.failure_badSessionName,
  badProxy: m.failure_badProxy,
  badCaFile: m.failure_badCaFile,
  notADropZone: m.failure_notADropZone,
  dropZoneTooNew: m.failure_dropZoneTooNew,
  profilesMissing: m.failure_profilesMissing,
  profileUnusable: m.failure_profileUnusable,
  badAccessKey: m.failure_badAccessKey,
  badKeyFile: m.failure_badKeyFile,
  keyFileForgotten: m.failure_keyFileForgotten,
  noAdministrator: m.failure_noAdministrator,
  setupDenied: m.failure_setupDenied,
  setupRefused: m.failure_setupRefused,
  otherAccount: m.failure_otherAccount,
  setupSeenOtherwise: m.failure_setupSeenOtherwise,
  roleNamedOtherwise: m.failure_roleNamedOtherwise,
  notAUsersKey: m.failure_notAUsersKey,
  setupNotSeen: m.failure_setupNotSeen,
  bucketTaken: m.failure_bucketTaken,
  userKeyInUse: m.failure_userKeyInUse,
  badIamName: m.failure_badIamName,
  badAccount: m.failure_badAccount,
  badSourceIp: m.failure_badSourceIp,
  destinationUnknown: m.failure_destinationUnknown,
  destinationNeeded: m.failure_destinationNeeded,
  notAPath: m.failure_notAPath,
  dialogMissing: m.failure_dialogMissing,
  sandboxFailed: m.failure_sandboxFailed,
} satisfies Record<Code, Sentence>

export const remedyWords = {
  startKeychain: m.remedy_startKeychain,
  unlockKeychain: m.remedy_unlockKeychain,
  retry: m.remedy_retry,
  enterKeyAgain: m.remedy_enterKeyAgain,
  askAdministrator: m.remedy_askAdministrator,
  signIn: m.remedy_signIn,
  editDestination: m.remedy_editDestination,
  setClock: m.remedy_setClock,
  checkNetwork: m.remedy_checkNetwork,
  chooseConflict: m.remedy_chooseConflict,
  chooseFileAgain: m.remedy_chooseFileAgain,
  nothing: null,
  renameFile: m.remedy_renameFile,
  correctInput: null,
  installPortal: m.remedy_installPortal,
  changeNetwork: m.remedy_changeNetwork,
} satisfies Record<Remedy, (() => string) | null>

type Reason = (inputs: { count: number; n: string }) => string

/** Why a path of a drop is not added, as the head of a group of names. */
const reasons: Partial<Record<Code, Reason>> = {
  notAFile: m.reason_notAFile,
  brokenLink: m.reason_brokenLink,
  linkNotFollowed: m.reason_linkNotFollowed,
  linkLeadsOut: m.reason_linkLeadsOut,
  linkLoop: m.reason_linkLoop,
  leftOut: m.reason_leftOut,
  emptyFolder: m.reason_emptyFolder,
  nameNotUnicode: m.reason_nameNotUnicode,
  nameUnsafe: m.reason_nameUnsafe,
  nameEndsInSpace: m.reason_nameEndsInSpace,
  keyTooLong: m.reason_keyTooLong,
  fileTooLarge: m.reason_fileTooLarge,
  fileUnreadable: m.reason_fileUnreadable,
  fileVanished: m.reason_fileVanished,
}

export function reasonText(failure: Failure, count: number): string {
  const reason = reasons[failure.code] ?? m.reason_other
  return reason({ count, n: String(count) })
}

/** A code that this page does not know (an older page under a newer core) still says something. */
export function failureText(failure: Failure): string {
  const sentence: Sentence | undefined = failureSentences[failure.code]
  const text = sentence ? sentence({ about: failure.about }) : failure.message
  // Words in the place of a name begin a sentence as words do.
  if (failure.about !== m.row_this_file()) return text
  // Japanese parts a name from what follows, and a word not.
  const close = text.replaceAll(/(?<=[\p{sc=Hira}\p{sc=Kana}\p{sc=Han}]) (?=[\p{sc=Hira}\p{sc=Kana}\p{sc=Han}])/gu, '')
  return close.charAt(0).toUpperCase() + close.slice(1)
}

export function remedyText(failure: Failure): string | null {
  return remedyWords[failure.remedy]?.() ?? null
}
