// The names of what a set-up makes, of its steps and their documents, in the page's language.
import type { SetupItem, SetupOutcome, SetupPaste, SetupStep, SetupThing } from '../ipc/bindings'
import { m } from '../paraglide/messages.js'

export const thingNames = {
  bucket: m.setup_thing_bucket,
  publicAccess: m.setup_thing_publicAccess,
  ownership: m.setup_thing_ownership,
  encryption: m.setup_thing_encryption,
  lifecycle: m.setup_thing_lifecycle,
  bucketPolicy: m.setup_thing_bucketPolicy,
  user: m.setup_thing_user,
  role: m.setup_thing_role,
  permissions: m.setup_thing_permissions,
  userPolicy: m.setup_thing_userPolicy,
} satisfies Record<SetupThing, () => string>

export const standingWords = {
  missing: m.setup_standing_missing,
  right: m.setup_standing_right,
  otherwise: m.setup_standing_otherwise,
  withheld: m.setup_standing_withheld,
} satisfies Record<SetupItem['standing'], () => string>

export const whyWords = {
  condition: m.setup_why_condition,
  deny: m.setup_why_deny,
  above: m.setup_why_above,
  otherAccount: m.setup_why_otherAccount,
  unclear: m.setup_why_unclear,
} satisfies Record<NonNullable<SetupItem['why']>, () => string>

export const outcomeWords = {
  unchanged: m.setup_standing_right,
  made: m.setup_outcome_made,
  changed: m.setup_outcome_changed,
  left: m.setup_outcome_left,
  removed: m.setup_outcome_removed,
  notOurs: m.setup_outcome_notOurs,
  holdsObjects: m.setup_outcome_holdsObjects,
  holdsMore: m.setup_outcome_holdsMore,
} satisfies Record<SetupOutcome, () => string>

export const stepNames = {
  sts: m.setup_step_sts,
  bucket: m.setup_step_bucket,
  user: m.setup_step_user,
  role: m.setup_step_role,
  userPolicy: m.setup_step_userPolicy,
} satisfies Record<SetupStep['step'], () => string>

type Words = (inputs: { bucket: string; region: string; user: string; role: string }) => string

export const stepWords = {
  sts: m.setup_step_sts_words,
  bucket: m.setup_step_bucket_words,
  user: m.setup_step_user_words,
  role: m.setup_step_role_words,
  userPolicy: m.setup_step_userPolicy_words,
} satisfies Record<SetupStep['step'], Words>

export const pasteNames = {
  bucketPolicy: m.setup_paste_bucketPolicy,
  trust: m.setup_paste_trust,
  permissions: m.setup_paste_permissions,
  userPolicy: m.setup_paste_userPolicy,
} satisfies Record<SetupPaste['paste'], () => string>
